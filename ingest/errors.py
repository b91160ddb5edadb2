"""What can go wrong below the user interface, each with its remedy in the message.

    ImmunoragError
    ├── UnreadableFile        a file that gives no paper: broken, encrypted, scanned, not a paper, too slow
    ├── UnknownPaper          no paper in the library goes by that identifier
    ├── UnknownConcept        no drug, cancer, ... of the vocabulary goes by that name
    ├── LibraryError
    │   ├── EmptyLibrary      nothing to answer from
    │   ├── LibraryInUse      another process holds the lock for longer than we wait
    │   ├── OtherModel        the library was embedded with another model
    │   ├── ServerAway        the Chroma server that keeps the vectors does not answer
    │   └── BrokenLibrary     the catalogue itself cannot be read
    ├── SourceAway            Europe PMC or PubMed does not answer, or not what was asked
    ├── ModelError            an embedding model or an LLM that cannot be loaded or reached
    └── BadQuestion           a question that is empty or far too long

They are raised where the fact is known and caught once, in `ui/`. "No evidence" is an `Answer`, not an error.
"""

from __future__ import annotations

from pathlib import Path

__all__ = [
    "BadQuestion",
    "BrokenLibrary",
    "EmptyLibrary",
    "ImmunoragError",
    "LibraryError",
    "LibraryInUse",
    "ModelError",
    "OtherModel",
    "ServerAway",
    "SourceAway",
    "UnknownConcept",
    "UnknownPaper",
    "UnreadableFile",
]


class ImmunoragError(Exception):
    """Root of all errors that immunorag raises on purpose; the message is one line that names the remedy."""


class UnreadableFile(ImmunoragError):
    """A file that gives no paper. `reason` is a clause without the file's name ("is encrypted; ...")."""

    def __init__(self, path: Path | str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = Path(path)
        self.reason = reason

    def __reduce__(self) -> tuple[type[UnreadableFile], tuple[Path, str]]:
        """Worker processes send their errors home pickled; the default would call us with the message alone."""
        return (type(self), (self.path, self.reason))


class UnknownPaper(ImmunoragError):
    """No paper in the library goes by that identifier."""


class UnknownConcept(ImmunoragError):
    """No concept of the vocabulary goes by that name; the message suggests the nearest names."""


class LibraryError(ImmunoragError):
    """The library as a whole cannot do what was asked."""


class EmptyLibrary(LibraryError):
    """The library holds no papers yet."""


class LibraryInUse(LibraryError):
    """Another process holds the library; the message names its pid and command."""


class OtherModel(LibraryError):
    """The library was embedded with another model than the one asked for."""


class ServerAway(LibraryError):
    """The Chroma server that keeps the vectors does not answer, or refuses us; the library itself is whole."""


class BrokenLibrary(LibraryError):
    """The catalogue cannot be read; the indexes are never a reason for this, they are rebuilt."""


class SourceAway(ImmunoragError):
    """A literature source that does not answer, refuses, or sends what cannot be used; what is here is untouched."""


class ModelError(ImmunoragError):
    """An embedding model or LLM that cannot be loaded or reached."""


class BadQuestion(ImmunoragError):
    """A question that is empty, or longer than any question is."""

"""Which files are meant by paths: a file itself, of a folder all that is below it and looks like a paper."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator
from pathlib import Path

__all__ = ["SUFFIXES", "expand"]

SUFFIXES = (
    ".pdf", ".xml", ".nxml", ".gz", ".nbib", ".medline", ".ris", ".bib", ".md", ".markdown", ".txt", ".zip",
    ".tgz", ".tar",
)  # fmt: skip
"""What is taken from a folder; a file named outright is tried whatever it is called."""


def expand(paths: Iterable[Path | str], library: Path) -> tuple[list[Path], list[tuple[Path, str]]]:
    """The files that `paths` name, each once, and every path that names none with the reason.

    The library in the folder `library` is left out.
    """
    files: dict[Path, None] = {}
    missing: list[tuple[Path, str]] = []
    for given in paths:
        path = Path(given).expanduser()
        try:
            if path.is_dir():
                inside = list(_walk(path, library, set()))
                files.update(dict.fromkeys(inside))
                if not inside:
                    reason = f"the folder holds no file to read ({' '.join(SUFFIXES)})"
                    missing.append((path, reason))
            elif path.is_file():
                files[path] = None
            elif path.exists():
                missing.append((path, "is neither a file nor a folder"))
            else:
                missing.append((path, "there is no such file or folder"))
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            missing.append((path, f"cannot be read: {reason}"))
    return list(files), missing


def _walk(folder: Path, library: Path, seen: set[tuple[int, int]]) -> Iterator[Path]:
    """The files below `folder` in order of name; links are followed, circles once; the library itself is left out."""
    status = folder.stat()
    if (status.st_dev, status.st_ino) in seen or folder.resolve() == library:
        return
    seen.add((status.st_dev, status.st_ino))
    for item in sorted(folder.iterdir()):
        if item.name.startswith("."):
            continue
        if item.is_dir():
            with contextlib.suppress(PermissionError):
                yield from _walk(item, library, seen)
        elif item.suffix.lower() in SUFFIXES and item.is_file():
            yield item

"""Zip and tar archives of papers: their files, one at a time in a temporary copy, by the ordinary readers.

An archive is a stranger's: no name in it is ever used as a path (the copy has a name of ours), links, devices and
archives within it are passed over, and it may unpack to no more files and bytes than an honest one would. As from a
folder, plain text is taken only from `.md`, `.markdown` and `.txt`, so that a licence or a script is no paper; all
other forms go by content. One bad file in it costs no other; damage to the archive itself ends it, with the papers
before that given.
"""

from __future__ import annotations

import contextlib
import io
import itertools
import shutil
import stat
import struct
import tarfile
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import IO

from ingest.errors import UnreadableFile
from ingest.papers import Paper
from ingest.readers import read as read_file
from ingest.readers.sniffing import OFFICE, sniff
from ingest.readers.streams import blocks, most_unpacked

__all__ = ["read"]

MOST_FILES = 100_000
LARGEST_FILE = 1 << 30
"""Bytes that a file in an archive may unpack to, which is what the temporary folder must hold."""
LARGEST = 64 << 30
"""Bytes that all files of an archive may unpack to."""

_BLOCK = 1 << 20
_TEXT = (".md", ".markdown", ".txt")
_PREFIX = "immunorag-archive-"
_COPY = "immunorag-copy"  # a reader takes it for the title where the file names none; then the name in the archive is
_ABANDONED = 86_400  # seconds after which a temporary folder is one that a killed process left
_SHOWN = 3  # files that a note names
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_DAMAGE = (
    zipfile.BadZipFile, tarfile.TarError, zlib.error, struct.error, EOFError, OSError, ValueError, ArithmeticError,
    LookupError, RuntimeError, MemoryError,
)  # fmt: skip
"""What the standard library raises from archives that are not what they say."""


@dataclass(frozen=True, slots=True)
class _Member:
    """A file in an archive; `problem` is the clause why it is not unpacked, "" where it may be."""

    name: str
    open: Callable[[], IO[bytes] | None]
    problem: str = ""


class _DamagedMember(Exception):
    """The content of one file cannot be had from the archive."""


@dataclass(slots=True)
class _Tally:
    """What became of the files of an archive."""

    files: int = 0
    papers: int = 0
    empty: list[str] = field(default_factory=list)  # "name: why it gave no paper"
    notes: list[str] = field(default_factory=list)  # "name: what was passed over in it"

    def note(self) -> str:
        empty = f"{len(self.empty):,} of {_counted(self.files)} in it gave no paper: {_some(self.empty)}"
        return "; ".join(part for part in (empty if self.empty else "", _some(self.notes)) if part)


def read(path: Path, form: str) -> Generator[Paper, None, str]:
    """The papers of all files of an archive; `form` is "zip" or "tar" (also gzipped).

    Returns a note on the files that gave none and on what was passed over within others. Raises UnreadableFile where
    no file gives a paper, and, after the papers before, where the archive is cut off, damaged or a bomb.
    """
    tally = _Tally()
    members = _zip_members(path) if form == "zip" else _tar_members(path)
    with contextlib.closing(members), _room() as room:
        for member in members:
            tally.files += 1
            given, problem = 0, member.problem or _unpack(path, member, room / _COPY)
            if not problem:
                given, problem = yield from _papers(room / _COPY, member.name)
            tally.papers += given
            if problem:
                (tally.notes if given else tally.empty).append(f"{_shown(member.name)}: {problem}")
    if not tally.papers:
        kind = "a Zip archive" if form == "zip" else "a tar archive"
        why = f"{_counted(tally.files)}: {_some(tally.empty)}" if tally.files else "there is no file in it"
        raise UnreadableFile(
            path, f"is {kind} that gives no paper ({why}); use one with PDF, JATS or record files of papers"
        )
    return tally.note()


def _papers(copy: Path, name: str) -> Generator[Paper, None, tuple[int, str]]:
    """The papers of one file; returns how many, and the note on it or why there are no more."""
    given = 0
    try:
        form = sniff(copy)
    except UnreadableFile as error:
        return given, _brief(error.reason)
    if form in ("zip", "tar"):
        return given, "is an archive within an archive"
    if form == "text" and not name.lower().endswith(_TEXT):
        return given, f"is text that is not named as a paper ({', '.join(_TEXT)})"
    papers = None
    while True:
        try:
            papers = papers or read_file(copy)
            paper = next(papers)
        except StopIteration as end:
            return given, (end.value or "") if given else "holds no paper"
        except UnreadableFile as error:
            return given, _brief(error.reason)
        except RecursionError:
            return given, "is nested too deeply to be read"
        except MemoryError:
            return given, "needs too much memory to be read"
        except Exception as error:  # a reader's fault with one file is not the others' loss
            return given, f"cannot be read ({type(error).__name__})"
        given += 1
        yield replace(paper, title=_stem(name) or "(no title)") if paper.title == _COPY else paper


def _zip_members(path: Path) -> Generator[_Member, None, None]:
    try:
        archive = zipfile.ZipFile(path)
    except MemoryError:
        raise
    except _DAMAGE as error:
        raise UnreadableFile(
            path, f"is a Zip archive that is cut off or damaged ({_first_line(error)}); download it again"
        ) from None
    with archive:
        entries = archive.infolist()
        if any(entry.filename == "[Content_Types].xml" for entry in entries):
            raise UnreadableFile(path, f"is {OFFICE}")
        _refuse_bombs(path, entries)
        for entry in entries:
            if not entry.filename.endswith("/") and not _is_hidden(entry.filename):
                yield _Member(entry.filename, lambda entry=entry: archive.open(entry), _zip_problem(entry))  # type: ignore[misc]


def _refuse_bombs(path: Path, entries: list[zipfile.ZipInfo]) -> None:
    """Judge an archive by its directory; what unpacks to more than it says there is damaged, and stops there."""
    if len(entries) > MOST_FILES:
        raise UnreadableFile(path, _too_many())
    most = min(LARGEST, most_unpacked(path))
    if sum(entry.file_size for entry in entries if not _size_problem(entry.file_size)) > most:
        raise UnreadableFile(path, _too_much(most))
    placed = sorted((entry.header_offset, entry.compress_size) for entry in entries)
    for (start, size), (following, _) in itertools.pairwise(placed):
        if start + size + 30 > following:  # bytes of a header without its name
            raise UnreadableFile(path, "is a Zip archive whose files overlap, as in a Zip bomb, and was refused")


def _zip_problem(entry: zipfile.ZipInfo) -> str:
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind == stat.S_IFLNK:
        return "is a link"
    if kind not in (0, stat.S_IFREG) and entry.create_system == 3:
        return "is no regular file"
    if entry.flag_bits & 1:
        return "is encrypted"
    if entry.compress_type not in _METHODS:
        return "is packed by a method that is not supported"
    return _size_problem(entry.file_size)


def _tar_members(path: Path) -> Generator[_Member, None, None]:
    """The files of a tar archive as they come; it is read once, from its beginning to its end."""
    with contextlib.ExitStack() as closing:
        stream = closing.enter_context(_Stream(path))
        with _told(path):
            archive = closing.enter_context(tarfile.open(fileobj=stream, mode="r|", tarinfo=_Header))
        seen = total = 0
        while True:
            with _told(path):
                entry = archive.next()
            if entry is None:
                return
            archive.members = []  # type: ignore[attr-defined]  # it would remember all
            seen, total = seen + 1, total + entry.size
            if seen > MOST_FILES:
                raise UnreadableFile(path, _too_many())
            if total > LARGEST:
                raise UnreadableFile(path, _too_much(LARGEST))
            if not entry.isdir() and not _is_hidden(entry.name):
                yield _Member(entry.name, lambda entry=entry: archive.extractfile(entry), _tar_problem(entry))  # type: ignore[misc]


@contextlib.contextmanager
def _told(path: Path) -> Iterator[None]:
    """What `tarfile` says of a broken archive, as we say it."""
    try:
        yield
    except MemoryError:
        raise
    except _DAMAGE as error:
        raise UnreadableFile(
            path, f"is a tar archive that is cut off or damaged ({_first_line(error)}); download it again"
        ) from None


def _tar_problem(entry: tarfile.TarInfo) -> str:
    if entry.issym() or entry.islnk():
        return "is a link"
    if not entry.isreg() or entry.issparse():
        return "is no regular file"
    return _size_problem(entry.size)


class _Header(tarfile.TarInfo):
    """A header that does not hide where an archive breaks off: `tarfile` takes that for its end."""

    @classmethod
    def fromtarfile(cls, archive: tarfile.TarFile) -> _Header:
        try:
            return super().fromtarfile(archive)
        except tarfile.HeaderError as error:
            if type(error).__name__ == "EOFHeaderError":
                raise
            raise tarfile.ReadError(str(error)) from None


class _Stream(io.RawIOBase):
    """A file as `blocks` gives it, for `tarfile` to read from."""

    def __init__(self, path: Path) -> None:
        self._blocks = blocks(path)
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        parts, missing = [], size
        while missing > 0:
            if not self._rest and not (block := next(self._blocks, b"")):
                break
            if not self._rest:
                self._rest = memoryview(block)
            parts.append(bytes(self._rest[:missing]))
            self._rest = self._rest[missing:]
            missing -= len(parts[-1])
        return b"".join(parts)


@contextlib.contextmanager
def _room() -> Iterator[Path]:
    """A temporary folder; those that killed processes left are taken away at the next chance."""
    for left in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            if left.lstat().st_mtime < time.time() - _ABANDONED:
                shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=_PREFIX, ignore_cleanup_errors=True) as room:
        yield Path(room)


def _unpack(path: Path, member: _Member, copy: Path) -> str:
    """Write the content of a file to `copy`; the clause why it cannot be had, "" where it was."""
    written = 0
    try:
        with copy.open("wb") as target:
            for block in _content(member):
                written += len(block)
                if written > LARGEST_FILE:
                    return _size_problem(written)
                target.write(block)
    except _DamagedMember as error:
        return str(error)
    except OSError as error:
        raise UnreadableFile(
            path,
            f"cannot be unpacked in {copy.parent.parent} ({error.strerror or error}); free some space there, or set "
            "TMPDIR to another folder, and use --retry",
        ) from None
    return ""


def _content(member: _Member) -> Iterator[bytes]:
    try:
        source = member.open()
        if source is None:
            raise _DamagedMember("is no regular file")
        with source:
            while block := source.read(_BLOCK):
                yield block
    except _DAMAGE as error:
        raise _DamagedMember(f"is damaged in the archive ({_first_line(error)})") from None


def _is_hidden(name: str) -> bool:
    """Whether a name is of what a folder would hide, or of what a Mac adds to its archives."""
    parts = PurePosixPath(name.replace("\\", "/")).parts
    return any(part == "__MACOSX" or (part.startswith(".") and part not in (".", "..")) for part in parts)


def _stem(name: str) -> str:
    return _shown(PurePosixPath(name.replace("\\", "/")).stem)


def _shown(name: str) -> str:
    """A name as it can be printed: nothing that moves a cursor or turns a line round, and of bearable length."""
    name = "".join(char if char.isprintable() else "\ufffd" for char in name)
    return name if len(name) <= 80 else f"…{name[-79:]}"


def _size_problem(size: int) -> str:
    return f"is larger than {LARGEST_FILE >> 20:,} MB" if size > LARGEST_FILE else ""


def _too_many() -> str:
    return f"is an archive of more than {MOST_FILES:,} files; unpack it and give the folder"


def _too_much(most: int) -> str:
    return (
        f"unpacks to more than {most >> 20:,} MB, as a bomb does, and was refused; unpack it yourself if you trust it"
    )


def _brief(reason: str) -> str:
    """A reason without its remedy, which is for a file that one can touch."""
    return reason.partition(";")[0]


def _first_line(error: BaseException) -> str:
    return _shown((str(error).strip().splitlines() or [type(error).__name__])[0])


def _some(lines: list[str]) -> str:
    more = len(lines) - _SHOWN
    return "; ".join(lines[:_SHOWN]) + (f"; and {more:,} more" if more > 0 else "")


def _counted(files: int) -> str:
    return f"{files:,} file{'' if files == 1 else 's'}"

"""A library as one file, to move it to another machine or to keep it: `pack` it here, `unpack` it there.

    manifest.json       format and schema, and of every other file its name, size and SHA-256
    catalogue.sqlite    as it was at one moment
    files/ab/abcd….pdf  the originals

The indexes are left out: they are built again from the catalogue where the library is unpacked, without embedding.
What is unpacked may come from anybody: nothing is written that the manifest does not name, nothing outside the new
library, and nothing stays of it unless all is as the manifest says.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import tarfile
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from ingest.catalogue import SCHEMA_VERSION, Catalogue
from ingest.errors import LibraryError
from ingest.library import Library, Progress

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["pack", "unpack"]

_FORMAT = 1
_MANIFEST, _CATALOGUE = "manifest.json", "catalogue.sqlite"
_KEPT = re.compile(r"files/([0-9a-f]{2})/\1[0-9a-f]{62}(\.\w{1,16}){0,2}", re.ASCII)
_LARGEST_MANIFEST = 1 << 28
_BLOCK = 1 << 20

Contents = dict[str, tuple[int, str]]
"""Size and SHA-256 of every file, by its name."""


def pack(library: Library, file: Path, progress: Callable[[Progress], None] | None = None) -> list[str]:
    """Write `library` into the new file `file`, whole or not at all; returns the kept originals that were missing.

    Nobody can change the library meanwhile. Raises LibraryError where `file` exists or cannot be written.
    """
    hear = progress or (lambda _: None)
    if file.exists():
        raise LibraryError(f"{file}: exists already; name a new file")
    with _writable(file), library.alone(), tempfile.TemporaryDirectory(prefix=".exporting-", dir=file.parent) as room:
        snapshot, partial = Path(room) / _CATALOGUE, Path(room) / "partial"
        library.catalogue.snapshot(snapshot)
        kept = [record.kept for record in library.catalogue.files().values() if record.kept]
        sources = {name: library.path / name for name in sorted(set(kept)) if (library.path / name).is_file()}
        sources = {_CATALOGUE: snapshot, **sources}
        contents = {name: _measured(path) for name, path in sources.items()}
        with tarfile.open(partial, "w:gz", compresslevel=6) as archive:
            manifest = json.dumps({"immunorag library": _FORMAT, "schema": SCHEMA_VERSION, "files": contents}).encode()
            _add(archive, _MANIFEST, len(manifest), io.BytesIO(manifest))
            for done, (name, path) in enumerate(sources.items(), 1):
                with path.open("rb") as content:
                    _add(archive, name, contents[name][0], content)
                hear(Progress("files packed", done, len(sources)))
        with partial.open("rb") as written:
            _flush(written)
        partial.rename(file)
        return sorted(set(kept) - sources.keys())


def unpack(file: Path, folder: Path, progress: Callable[[Progress], None] | None = None) -> int:
    """Make the library that was packed into `file` in `folder`, which must be new or empty; returns its papers.

    All is unpacked, compared and indexed in a folder beside it, which takes its place at the end, or goes away.
    Raises LibraryError where `file` is no packed library, is damaged, or comes from a newer immunorag.
    """
    folder = folder.expanduser().absolute()
    if folder.is_symlink() or (folder.exists() and not (folder.is_dir() and not any(folder.iterdir()))):
        raise LibraryError(f"{folder}: is not empty; name a new folder for the library")
    with _writable(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        room = Path(tempfile.mkdtemp(prefix=f".{folder.name}-importing-", dir=folder.parent)) / "library"
        room.mkdir()
    try:
        with _writable(folder), _readable(file), tarfile.open(file, "r|gz") as archive:
            _extract(file, archive, room, progress or (lambda _: None))
        _examine(file, room)
        with Library.open(room, create=False, notice=lambda _: None, progress=progress) as library:
            library.rebuild()
            papers = len(library)
        with _writable(folder):
            room.rename(folder)
        return papers
    finally:
        shutil.rmtree(room.parent, ignore_errors=True)


def _extract(file: Path, archive: tarfile.TarFile, room: Path, hear: Callable[[Progress], None]) -> None:
    """Write what the manifest names below `room`, and nothing else."""
    contents = _manifest(file, archive)
    needed, free = sum(size for size, _ in contents.values()), shutil.disk_usage(room).free
    if needed > free:
        raise LibraryError(f"{file}: needs {needed:,} bytes in {room.parent}, where {free:,} are free; free some space")
    missing = set(contents)
    while member := archive.next():
        if member.name not in missing or not member.isfile() or member.size != contents[member.name][0]:
            raise LibraryError(
                f"{file}: holds {member.name!r}, which its manifest does not name so; it was tampered with"
            )
        content = archive.extractfile(member)
        target = room / member.name
        target.parent.mkdir(parents=True, exist_ok=True)
        digest = hashlib.sha256()
        with target.open("xb") as copy:
            while content is not None and (block := content.read(_BLOCK)):
                digest.update(block)
                copy.write(block)
            _flush(copy)
        if digest.hexdigest() != contents[member.name][1]:
            raise LibraryError(f"{file}: {member.name} is not what was packed; fetch or export the file again")
        missing.remove(member.name)
        hear(Progress("files unpacked", len(contents) - len(missing), len(contents)))
    if missing:
        raise LibraryError(f"{file}: lacks {min(missing)} and is cut short; fetch or export the file again")


def _manifest(file: Path, archive: tarfile.TarFile) -> Contents:
    """The first file of the archive, every name in it checked."""
    first = archive.next()
    content = archive.extractfile(first) if first and first.name == _MANIFEST and first.isfile() else None
    if first is None or content is None or first.size > _LARGEST_MANIFEST:
        raise LibraryError(f"{file}: is no exported library; make one with: immunorag library export FILE")
    try:
        manifest: Mapping[str, object] = json.loads(content.read())
        version, schema = int(str(manifest["immunorag library"])), int(str(manifest["schema"]))
        listed = manifest["files"]
        if not isinstance(listed, dict):
            raise TypeError
        contents = {str(name): (int(size), str(sha256)) for name, (size, sha256) in listed.items()}
    except (KeyError, TypeError, ValueError, RecursionError) as error:
        raise LibraryError(f"{file}: its manifest cannot be read; fetch or export the file again") from error
    if version > _FORMAT or schema > SCHEMA_VERSION:
        raise LibraryError(
            f"{file}: was exported by a newer immunorag (format {version}, schema {schema}); update immunorag: "
            "pip install --upgrade immunorag"
        )
    strange = [name for name in contents if name != _CATALOGUE and not _KEPT.fullmatch(name)]
    strange += [name for name, (size, _) in contents.items() if size < 0]
    if strange or _CATALOGUE not in contents:
        named = repr(strange[0]) if strange else "no catalogue"
        raise LibraryError(f"{file}: its manifest names {named}, which no export does; it was tampered with")
    return contents


def _examine(file: Path, room: Path) -> None:
    """See that the catalogue is one of ours, is whole, and points nowhere outside the library."""
    catalogue = Catalogue(room / _CATALOGUE, create=False)
    try:
        defects = catalogue.defects()
        if not defects and not catalogue.is_plain():
            defects = ["it holds more than tables"]
        if not defects and any(
            record.kept and not _KEPT.fullmatch(record.kept) for record in catalogue.files().values()
        ):
            defects = ["it names files outside the library"]
    finally:
        catalogue.close()
    if defects:
        raise LibraryError(f"{file}: its catalogue is not whole ({defects[0]}); fetch or export the file again")


def _add(archive: tarfile.TarFile, name: str, size: int, content: IO[bytes]) -> None:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o644
    archive.addfile(member, content)


def _flush(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())


def _measured(path: Path) -> tuple[int, str]:
    with path.open("rb") as file:
        return path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _readable(file: Path) -> Iterator[None]:
    try:
        yield
    except (tarfile.TarError, EOFError, zlib.error) as error:
        raise LibraryError(
            f"{file}: is no exported library, or is damaged or cut short ({error}); fetch or export the file again"
        ) from error


@contextmanager
def _writable(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if isinstance(error, tarfile.TarError):
            raise
        named = error.filename if isinstance(error.filename, str) else place
        raise LibraryError(
            f"{named}: {error.strerror or error}; check the name, the free space and the folder's rights"
        ) from error

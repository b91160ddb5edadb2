"""The bytes of a file as they come, unpacked where gzip packed them, so that no file need be held whole."""

from __future__ import annotations

import codecs
import gzip
import re
import zlib
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterable, Iterator
from pathlib import Path

from ingest.errors import UnreadableFile

__all__ = ["GZIP", "LONGEST_PAPER", "LONGEST_RECORD", "as_utf8", "blocks", "lines", "most_unpacked", "whole"]

GZIP = b"\x1f\x8b"
LONGEST_RECORD = 4 << 20
"""Bytes beyond which one line or one record is taken for damage."""

LONGEST_PAPER = 3_000_000
"""Characters beyond which a text is no paper (a long book has one million); so many take some minutes to embed."""

_BLOCK = 1 << 20
_FREE = 64 << 20  # bytes that any small file may unpack to
_MOST = 200  # times its size that a larger one may; XML of papers packs 5 to 20 times
_DECLARED = re.compile(rb"<\?xml\s[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z][\w.-]{0,40})[\"']")


def blocks(path: Path, size: int = _BLOCK) -> Iterator[bytes]:
    """The content of a file in blocks of at most `size` bytes, unpacked where it is gzip.

    Raises UnreadableFile where the packing is damaged, or unpacks to what no file of papers is (a bomb).
    """
    with path.open("rb") as file:
        if file.read(len(GZIP)) != GZIP:
            file.seek(0)
            while block := file.read(size):
                yield block
            return
        file.seek(0)
        most = most_unpacked(path)
        given = 0
        with gzip.GzipFile(fileobj=file) as unpacked:
            while block := _unpacked(unpacked, size, path):
                given += len(block)
                if given > most:
                    raise UnreadableFile(
                        path, f"unpacks to more than {most >> 20:,} MB, as a gzip bomb does, and was refused"
                    )
                yield block


def most_unpacked(path: Path) -> int:
    """Bytes beyond which what a packed file unpacks to is taken for a bomb."""
    return max(_FREE, _MOST * path.stat().st_size)


def _unpacked(file: gzip.GzipFile, size: int, path: Path) -> bytes:
    try:
        return file.read(size)
    except EOFError:
        raise UnreadableFile(path, "is a gzip archive that is cut off; download it again") from None
    except (gzip.BadGzipFile, zlib.error) as error:
        raise UnreadableFile(path, f"is a broken gzip archive ({error}); download it again") from None


def whole(path: Path, limit: int) -> bytes:
    """All of a file that must be held at once, unpacked. Raises UnreadableFile beyond `limit` bytes."""
    found = bytearray()
    for block in blocks(path):
        found += block
        if len(found) > limit:
            raise UnreadableFile(path, f"is larger than {limit // 10**6} MB unpacked, which no paper is")
    return bytes(found)


def as_utf8(source: Iterable[bytes]) -> Iterator[bytes]:
    """The same text in UTF-8, from UTF-16 by its mark or from what an XML declaration names; other bytes as they are.

    What the declared encoding cannot hold becomes U+FFFD, as a reader would see it.
    """
    source = iter(source)
    first = next(source, b"")
    name = _encoding(first)
    if name is None:
        yield first.removeprefix(BOM_UTF8)
        yield from source
        return
    decoder = codecs.getincrementaldecoder(name)("replace")
    yield decoder.decode(first).encode("utf-8", "replace")
    for block in source:
        yield decoder.decode(block).encode("utf-8", "replace")


def _encoding(first: bytes) -> str | None:
    if first.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return "utf-16"
    declared = _DECLARED.match(first.removeprefix(BOM_UTF8).lstrip()[:400])
    try:
        name = codecs.lookup(declared[1].decode("ascii")).name if declared else "utf-8"
        return None if name in ("utf-8", "ascii") or "\0" in b"<".decode(name) else name
    except (LookupError, UnicodeError):
        return None


def lines(source: Iterable[bytes]) -> Iterator[bytes]:
    """The lines of a text with their ends, whichever those are; one beyond `LONGEST_RECORD` comes in pieces."""
    rest = b""
    for block in source:
        parts = (rest + block).splitlines(keepends=True)
        rest = parts.pop() if parts and not parts[-1].endswith(b"\n") else b""
        yield from parts
        if len(rest) > LONGEST_RECORD:
            yield rest
            rest = b""
    if rest:
        yield rest

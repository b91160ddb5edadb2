"""Records of tagged lines, the common ground of RIS and MEDLINE: cut apart before they are read, so that none can spoil
another, each decoded by itself, since exports of several programs are often pasted together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from ingest.readers.streams import LONGEST_RECORD, as_utf8, blocks, lines

__all__ = ["Fields", "decoded", "fields", "raw_records"]

Fields = Mapping[str, list[str]]
"""Values by tag, in order; one that went over several lines is joined with blanks."""


def raw_records(
    path: Path, first: re.Pattern[bytes], last: re.Pattern[bytes] | None = None, *, gaps: bool = False
) -> Iterator[bytes | None]:
    """The stretches of a file that begin with a line like `first` or follow one like `last` (or, with `gaps`, a blank
    line that does not go on indented), blank ones left out; None for one that is longer than any record is."""
    held: list[bytes] = []
    size = 0
    blank = False
    for line in lines(as_utf8(blocks(path))):
        if first.match(line) or (gaps and blank and not line[:1].isspace()):
            yield from _record(held, size)
            held, size = [], 0
        size += len(line)
        if size <= LONGEST_RECORD:
            held.append(line)
        blank = not line.strip()
        if last is not None and last.match(line):
            yield from _record(held, size)
            held, size = [], 0
    yield from _record(held, size)


def _record(held: list[bytes], size: int) -> Iterator[bytes | None]:
    if size > LONGEST_RECORD:
        yield None
    elif raw := b"".join(held).strip(b"\r\n"):
        yield raw + b"\n" * held[-1].endswith((b"\n", b"\r"))


def decoded(raw: bytes) -> str:
    """A record in UTF-8, else in the Western code page."""
    for encoding in ("utf-8", "cp1252"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1")


def fields(text: str, line: re.Pattern[str]) -> Fields:
    """The values of a record by tag; `line` gives a tag and the beginning of its value, other lines go on with it."""
    found: dict[str, list[list[str]]] = {}
    value: list[str] | None = None
    for each in re.split(r"\r\n|\r|\n", text):
        if tagged := line.match(each):
            value = [tagged[2] or ""]
            found.setdefault(tagged[1], []).append(value)
        elif value is not None:
            value.append(each)
    return {
        tag: [joined for value in values if (joined := " ".join(" ".join(value).split()))]
        for tag, values in found.items()
    }

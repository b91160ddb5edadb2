"""What can be told of a reply before it is kept: whether it is what was asked for, and whole."""

from __future__ import annotations

from pathlib import Path

from ingest.errors import UnreadableFile
from ingest.readers.records import SHORTEST, Record
from ingest.readers.safe_xml import parse
from ingest.readers.sniffing import sniff
from ingest.sources.http import BadReply

__all__ = ["article", "counted", "fact", "has_abstract"]


def article(path: Path) -> None:
    """Raise BadReply unless the file is whole JATS. An error page is none, nor is what was cut off between two bytes
    of a reply that does not say how long it is."""
    try:
        form = sniff(path)
        if form == "jats":
            parse(path)
    except UnreadableFile as error:
        raise BadReply(f"a reply that {fact(error.reason)}") from error
    if form != "jats":
        raise BadReply(f"a reply that {fact(form)}" if form.startswith("is ") else "a reply that is no article")


def counted(value: object) -> int:
    """A number from a reply, itself or in digits. Raises BadReply."""
    if isinstance(value, str) and value.isdecimal() and len(value) < 12:
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    raise BadReply("a reply that does not say how many papers there are")


def has_abstract(record: Record) -> bool:
    """Whether a record has an abstract that its reader takes for one."""
    return sum(c.isalpha() for _, paragraph in record.abstract for c in paragraph) >= SHORTEST


def fact(reason: str) -> str:
    """Why a file is not read, without what its owner should do about it."""
    return reason.partition(";")[0].partition(", which")[0]

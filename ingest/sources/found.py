"""What is asked of a literature source, and what it finds. A source gives pages of papers, and the full text of one."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

from ingest.errors import BadQuestion

__all__ = ["Found", "Page", "Query", "Source", "first_day", "last_day"]

_DATE = re.compile(r"(\d{4})(?:[-/](\d{1,2})(?:[-/](\d{1,2}))?)?")
_LONGEST = 4_000  # characters; a longer query does not fit into an address


@dataclass(frozen=True, slots=True)
class Query:
    """`text` in the source's own syntax; the days of publication from `since` to `until`, both included.

    `entered` asks only for papers that the source has taken in on that day or later, whenever they were published.
    """

    text: str
    since: date | None = None
    until: date | None = None
    entered: date | None = None

    def __post_init__(self) -> None:
        """Raises BadQuestion where nothing, or too much, is asked, or no paper can match."""
        if not self.text.strip():
            raise BadQuestion("the query is empty; say what to search for")
        if len(self.text) > _LONGEST:
            raise BadQuestion(f"the query has {len(self.text):,} characters; ask with at most {_LONGEST:,}")
        if self.since and self.until and self.since > self.until:
            raise BadQuestion(f"{self.since} is later than {self.until}: no paper can match; turn the two round")


@dataclass(frozen=True, slots=True)
class Found:
    """A paper that a search found. `record` is the file, in the cache, of what the source says of it;
    None where it says nothing.

    `full_text` names its full text at the source, "" where there is none or none that is open as far as is known.
    `abstract` tells whether the record has one, `notice` whether it retracts or corrects another paper.
    """

    id: str
    title: str
    year: int | None
    record: Path | None
    full_text: str
    abstract: bool
    notice: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the papers that a search found, and of how many in all, as the source counts."""

    found: tuple[Found, ...]
    total: int


class Source(Protocol):
    """Where papers come from. Its methods raise SourceAway."""

    @property
    def name(self) -> str:
        """As people write it: "Europe PMC"."""
        ...

    def search(self, query: Query, most: int) -> Iterator[Page]:
        """The papers that match, the most relevant first, each once; at most `most` of them."""
        ...

    def full_text(self, found: Found) -> Path | None:
        """The file of its full text, downloaded unless it is in the cache; None where there is none that is open."""
        ...


def first_day(text: str) -> date:
    """The first day of a year, a month or a day: 2020, 2020-05, 2020-05-01. Raises BadQuestion."""
    year, month, day = _parts(text)
    return _day(text, year, 1 if month is None else month, 1 if day is None else day)


def last_day(text: str) -> date:
    """The last day of a year, a month or a day. Raises BadQuestion."""
    year, month, day = _parts(text)
    month = 12 if month is None else month
    first = _day(text, year, month, 1)
    return _day(text, year, month, calendar.monthrange(first.year, first.month)[1] if day is None else day)


def _parts(text: str) -> tuple[int, int | None, int | None]:
    match = _DATE.fullmatch(text.strip())
    if match is None:
        raise BadQuestion(f"{text!r} is no date; write a year or a day, for example 2020 or 2020-05-31")
    return int(match[1]), int(match[2]) if match[2] else None, int(match[3]) if match[3] else None


def _day(text: str, year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise BadQuestion(f"{text!r} is no day of the calendar; write it as 2020-05-31") from None

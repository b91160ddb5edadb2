"""MEDLINE, PubMed's own tagged format (`.nbib`). No kept parser exists: `nbib` has rested since 2021 and raises where a
file is not perfect."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from pathlib import Path

from ingest.papers import Paper
from ingest.readers.abstracts import headed_parts, plain_text
from ingest.readers.publication_types import design_of, notices_of, status_of
from ingest.readers.records import BROKEN, Record, clean_title, given_first, papers, years
from ingest.readers.tagged import Fields, decoded, fields, raw_records

__all__ = ["read"]

_FIRST = re.compile(rb"PMID ?- ?\d")
_LINE = re.compile(r"([A-Z][A-Z0-9]{1,3}) {0,2}- (.*)")
_SUFFIX = re.compile(r"(.+?) (Jr\.?|Sr\.?|2nd|3rd|4th|II|III|IV)")
_INITIALS = re.compile(r"(.+) ([A-Z]{1,4})")
_LINKS = ("RIN", "ECI", "ECIN", "EIN", "CRI", "CRIN", "PRIN", "ROF", "ECF", "EFR", "CRF", "PROF")
_PMID = re.compile(r"\bPMID: (\d{1,9})\b")


def read(path: Path) -> Generator[Paper, None, str]:
    """The papers of a MEDLINE file that have an abstract.

    Returns a note on the records passed over. Raises UnreadableFile where none gives a paper.
    """
    return (yield from papers(path, "a MEDLINE file", _records(path)))


def _records(path: Path) -> Iterator[Record | str]:
    for raw in raw_records(path, _FIRST, gaps=True):
        if raw is None:
            yield BROKEN
        elif b"- " in raw:
            found = fields(decoded(raw), _LINE)
            cut_off = not raw.endswith(b"\n") and "SO" not in found
            yield _record(found) if not cut_off and ("PMID" in found or "TI" in found) else BROKEN


def _record(found: Fields) -> Record:
    title = clean_title(plain_text(_first(found, "TI", "BTI")))
    if not title or title.lower() == "not available":
        title = clean_title(plain_text(_first(found, "TT"))) or title
    types = found.get("PT", [])
    links = [(tag, number) for tag in _LINKS for value in found.get(tag, []) for number in _PMID.findall(value) or [""]]
    return Record(
        title=title,
        abstract=headed_parts(plain_text(_first(found, "AB"))),
        source="pubmed",
        authors=_authors(found),
        journal=_first(found, "JT", "TA"),
        year=years(*found.get("DP", []), *found.get("DEP", [])),
        doi=next((value for tag in ("LID", "AID") for value in found.get(tag, []) if value.endswith("[doi]")), ""),
        pmid=_first(found, "PMID"),
        pmcid=_first(found, "PMC"),
        registers="\n".join(found.get("SI", [])),
        design=design_of(types),
        status=status_of(title, types, (name for name, _ in links)),
        notices=notices_of(links),
    )


def _first(found: Fields, *tags: str) -> str:
    return next((value for tag in tags for value in found.get(tag, [])), "")


def _authors(found: Fields) -> list[str]:
    """Full names where the record has them, else family names with initials; groups last."""
    full = [_spoken(name) for name in found.get("FAU", [])]
    return [*(full or (_INITIALS.sub(r"\2 \1", name) for name in found.get("AU", []))), *found.get("CN", [])]


def _spoken(name: str) -> str:
    """ "Li, Bo Jr" as "Bo Li Jr"."""
    family, comma, given = name.partition(", ")
    suffix = _SUFFIX.fullmatch(given)
    return given_first(f"{family}, {suffix[1]}, {suffix[2]}" if suffix else family + comma + given)

"""RIS, what reference managers and publishers export.

Read by ourselves: `rispy` (0.10) loses a record whose end is missing, mixes it into the next one, raises on a
continued first line and knows only one width of the tag's dash. On well-formed files the tests hold us to it.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from pathlib import Path

from ingest.papers import Paper
from ingest.readers.abstracts import headed_parts, plain_text
from ingest.readers.identifiers import normal_doi
from ingest.readers.publication_types import status_of
from ingest.readers.records import BROKEN, Record, clean_title, given_first, named_pmcid, named_pmid, papers, years
from ingest.readers.tagged import Fields, decoded, fields, raw_records

__all__ = ["read"]

_FIRST = re.compile(rb"TY {1,2}- ?[A-Z]")
_LAST = re.compile(rb"ER {1,2}-\s*$")
_WIDE = re.compile(r"([A-Z][A-Z0-9])  -(?: (.*)|\s*$)")
_NARROW = re.compile(r"([A-Z][A-Z0-9]) -(?: (.*)|\s*$)")
_PUBMED = re.compile(r"pubmed|medline|nlm", re.I)
_NOTES = ("N1", "M1", "C1", "C2", "C6", "C7", "U2", "RN", "AN", "ID", "UR", "L2", "LK")


def read(path: Path) -> Generator[Paper, None, str]:
    """The papers of a RIS file that have an abstract (AB, or N2).

    Returns a note on the records passed over. Raises UnreadableFile where none gives a paper.
    """
    return (yield from papers(path, "a RIS file", _records(path)))


def _records(path: Path) -> Iterator[Record | str]:
    for raw in raw_records(path, _FIRST, _LAST):
        if raw is None:
            yield BROKEN
        elif not _FIRST.match(raw):
            if re.search(rb"^(?:TI|T1|AU|AB|ER) {1,2}-", raw, re.M):  # else what a database puts on top
                yield BROKEN
        else:
            text = decoded(raw)
            found = fields(text, _NARROW if text.startswith("TY -") else _WIDE)
            yield _record(found) if raw.endswith(b"\n") or "ER" in found else BROKEN


def _record(found: Fields) -> Record:
    title = clean_title(plain_text(_first(found, "TI", "T1", "CT", "BT")))
    notes = [value for tag in _NOTES for value in found.get(tag, [])]
    own = _first(found, "AN", "ID") if _PUBMED.search(_first(found, "DB") + _first(found, "DP")) else ""
    return Record(
        title=title,
        abstract=headed_parts(plain_text(max(found.get("AB", []) + found.get("N2", []), key=len, default=""))),
        source="text",
        authors=[given_first(plain_text(name)) for name in found.get("AU", []) or found.get("A1", [])],
        journal=plain_text(_first(found, "JF", "T2", "JO", "JA", "J2")),
        year=years(_first(found, "PY", "Y1", "DA")),
        doi=next(filter(None, map(normal_doi, [_first(found, "DO"), _first(found, "M3"), *notes])), ""),
        pmid=named_pmid(notes) or (own if own.isdigit() else ""),
        pmcid=named_pmcid(notes),
        status=status_of(title, (), ()),
    )


def _first(found: Fields, *tags: str) -> str:
    return next((value for tag in tags for value in found.get(tag, [])), "")

"""BibTeX with abstracts: entries are cut apart at the lines that begin one, and read one by one by bibtexparser."""

from __future__ import annotations

import logging
import re
from collections.abc import Generator, Iterator, Mapping
from pathlib import Path

from ingest.papers import Paper
from ingest.readers.abstracts import headed_parts, plain_text
from ingest.readers.identifiers import normal_doi
from ingest.readers.latex import from_latex
from ingest.readers.publication_types import status_of
from ingest.readers.records import BROKEN, Record, clean_title, named_pmcid, named_pmid, papers, years
from ingest.readers.tagged import decoded, raw_records

__all__ = ["read"]

logging.getLogger("bibtexparser").addHandler(logging.NullHandler())

_FIRST = re.compile(rb"[ \t]*@[ \t]*(?:[A-Za-z]+[ \t]*(?:\{|\([^\s,()=]*\s*,)|string[ \t]*\()", re.I)
_ENTRY = re.compile(r"\s*@\s*([A-Za-z]+)")
_STRING = re.compile(r"\s*@\s*string\s*[{(]\s*([^\s=]{1,100})\s*=", re.I)
_WORD = re.compile(r"=\s*([A-Za-z][\w:.+-]{0,99})\s*(?=[,#}\n)])")
_NO_ENTRY = re.compile(r"(?<!\s)\s+(?=@)")  # looked for at the first blank of a run only, else runs cost their square
_LONGEST_STRINGS = 1 << 20


def read(path: Path) -> Generator[Paper, None, str]:
    """The papers of a BibTeX file that have an abstract.

    Returns a note on the records passed over. Raises UnreadableFile where none gives a paper.
    """
    return (yield from papers(path, "a BibTeX file", _records(path)))


def _records(path: Path) -> Iterator[Record | str]:
    strings: dict[str, str] = {}  # the definitions in front, as they stand
    room = _LONGEST_STRINGS
    for raw in raw_records(path, _FIRST):
        if raw is None:
            yield BROKEN
            continue
        text = _NO_ENTRY.sub(" ", decoded(raw).strip())  # else the parser takes what follows for one
        kind = _ENTRY.match(text)
        if kind is None or kind[1].lower() in ("comment", "preamble"):
            continue
        if kind[1].lower() == "string":
            named = _STRING.match(text)
            if named and len(text) <= room:
                strings[named[1].lower()] = text
                room -= len(text)
            continue
        used = {word[1].lower() for word in _WORD.finditer(text)} & strings.keys()
        yield from _entries("\n".join([*(strings[name] for name in sorted(used)), text]))


def _entries(source: str) -> Iterator[Record | str]:
    """The entries of a piece: one, unless several begin on a line."""
    from bibtexparser.entrypoint import parse_string
    from bibtexparser.model import DuplicateFieldKeyBlock, Entry

    try:
        blocks = parse_string(source).blocks
    except Exception:  # the parser announces that its own errors may be of any kind
        yield BROKEN
        return
    for block in blocks:
        inner = block.ignore_error_block if isinstance(block, DuplicateFieldKeyBlock) else None
        if isinstance(inner, Entry):  # left as it stood by the parser; the first of two fields counts
            yield _read({field.key.lower(): _bare(str(field.value)) for field in reversed(inner.fields)})
        elif isinstance(block, Entry):
            yield _read({field.key.lower(): str(field.value) for field in block.fields})
        elif getattr(block, "error", None) is not None:
            yield BROKEN


def _bare(value: str) -> str:
    return value[1:-1] if value[:1] + value[-1:] in ("{}", '""') else value


def _read(fields: Mapping[str, str]) -> Record | str:
    try:
        return _record(fields)
    except ValueError:
        return BROKEN


def _record(fields: Mapping[str, str]) -> Record:
    def text(*names: str) -> str:
        return plain_text(from_latex(next((fields[name] for name in names if fields.get(name)), "")))

    title = clean_title(text("title"))
    links = [fields[name].strip() for name in ("url", "note", "annote", "howpublished") if name in fields]
    in_pubmed = fields.get("eprinttype", fields.get("archiveprefix", "")).lower() in ("pubmed", "pmid")
    return Record(
        title=title,
        abstract=headed_parts(text("abstract")),
        source="text",
        authors=_authors(fields.get("author", "")),
        journal=text("journal", "journaltitle", "booktitle", "shortjournal"),
        year=years(text("year"), text("date")) or years(text("issue_date")),
        doi=normal_doi(text("doi")) or next(filter(None, map(normal_doi, links)), ""),
        pmid=text("pmid", "eprint" if in_pubmed else "pmid") or named_pmid(links),
        pmcid=text("pmcid", "pmc") or named_pmcid(links),
        status=status_of(title, (), ()),
    )


def _authors(source: str) -> list[str]:
    """ "Given von Family Jr" for each, a group in braces as it is; "and others" says no name."""
    from bibtexparser.middlewares.names import parse_single_name_into_parts, split_multiple_persons_names

    found = []
    for name in split_multiple_persons_names(" ".join(source.split())):
        parts = parse_single_name_into_parts(name, strict=False)
        words = from_latex(" ".join((*parts.first, *parts.von, *parts.last, *parts.jr)))
        if words and words != "others":
            found.append(words)
    return found

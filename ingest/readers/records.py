"""Bibliographic records with abstracts, whatever format they came in, to papers; what is passed over is counted."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.errors import UnreadableFile
from ingest.papers import Notice, Paper, Section, Source, Status, paper_id
from ingest.readers.abstracts import Part
from ingest.readers.identifiers import normal_doi, normal_pmcid, normal_pmid, trial_ids
from ingest.readers.sections import is_back_matter

__all__ = ["BROKEN", "Record", "clean_title", "given_first", "named_pmcid", "named_pmid", "papers", "years"]

BROKEN = "broken"
SHORTEST = 40
"""Letters below which an abstract is none ("No abstract available.")."""

_PMID = re.compile(
    r"(?:PubMed ?(?:ID|PMID)?|PMID)?[:\s]*(\d{5,8})[;.]?|https?://\S*(?:pubmed\.ncbi\.nlm\.nih\.gov|ncbi\.nlm\.nih\.gov/pubmed)"
    r"/(\d{1,8})/?",
    re.I,
)
_PMCID = re.compile(r"(?:PMCID[:\s]*)?(PMC\d{4,9})[;.]?|https?://\S*/(PMC\d{4,9})/?", re.I)
_LONGEST_NAME, _LONGEST_TITLE = 300, 2000  # characters; what is longer is damage


@dataclass(frozen=True, slots=True)
class Record:
    """What a bibliographic record says of a paper, identifiers as they stand in it.

    `abstract` is headed parts in order; `registers` is further text that may name trials. `notices` are what the record
    says of other papers, as publication_types.notices_of tells them.
    """

    title: str
    abstract: Sequence[Part]
    source: Source
    authors: Sequence[str] = ()
    journal: str = ""
    year: int | None = None
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""
    registers: str = ""
    design: str = ""
    status: Status = "normal"
    notices: Sequence[tuple[Status, str]] = ()


def papers(path: Path, form: str, found: Iterable[Record | str]) -> Generator[Paper, None, str]:
    """The papers of `found`, in which a string stands for a record that is passed over and says why.

    A record without an abstract is passed over too, for nothing can be quoted from it; if it is a notice, it gives a
    paper without text. Returns a note on what was passed over ("3 of 50 records passed over: 3 without an abstract"),
    "" where nothing was. Raises UnreadableFile where no record gives a paper; `form` names the format ("a RIS file").
    """
    passed: Counter[str] = Counter()
    given = 0
    for record in found:
        paper = record if isinstance(record, str) else _paper(record)
        if isinstance(paper, str):
            passed[paper] += 1
        else:
            given += 1
            yield paper
    total = given + passed.total()
    why = ", ".join(f"{count:,} {reason}" for reason, count in passed.items())
    if not given:
        raise UnreadableFile(
            path,
            f"is {form} that gives no paper ({_counted(total)}{': ' + why if why else ''}); "
            "use one with abstracts, or the PDF or JATS files of its papers",
        )
    return f"{passed.total():,} of {_counted(total)} passed over: {why}" if passed else ""


def given_first(name: str) -> str:
    """A name as it is spoken: "Family, Given" and "Family, Given, Suffix" turned round."""
    parts = [part for part in (part.strip() for part in name.split(",")) if part]
    return " ".join((parts[1], parts[0], *parts[2:])) if len(parts) > 1 else " ".join(parts)


def clean_title(title: str) -> str:
    """A title without the full stop and the brackets (of a translated one) that PubMed gives it."""
    title = title.strip()
    bare = title.removesuffix(".")
    if bare.startswith("[") and bare.endswith("]") and bare.count("[") == 1:
        return bare[1:-1].strip().removesuffix(".")
    return title if title.endswith("..") else bare


def named_pmid(notes: Iterable[str]) -> str:
    """The PubMed number that is all that a note or a link says, so that none is taken from talk of another paper."""
    return next((match[1] or match[2] for note in notes if (match := _PMID.fullmatch(note.strip()[:200]))), "")


def named_pmcid(notes: Iterable[str]) -> str:
    """Likewise the number in PubMed Central."""
    return next((match[1] or match[2] for note in notes if (match := _PMCID.fullmatch(note.strip()[:200]))), "")


def years(*dates: str) -> int | None:
    """The earliest year that the dates begin with or name; None where none does."""
    found = [year for date in dates if (year := _year(date)) is not None]
    return min(found, default=None)


def _year(date: str) -> int | None:
    for word in date[:60].replace("/", " ").replace("-", " ").replace(".", " ").split():
        if len(word) == 4 and word.isascii() and word.isdigit() and 1800 <= int(word) < 2100:
            return int(word)
        if len(word) == 8 and word.isascii() and word.isdigit() and 1800 <= int(word[:4]) < 2100:
            return int(word[:4])
    return None


def _paper(record: Record) -> Paper | str:
    text, sections = _text(record.abstract)
    if sum(c.isalpha() for c in text) < SHORTEST:
        if not record.notices:
            return "without an abstract"
        text, sections = "", ()
    title = record.title[:_LONGEST_TITLE]
    pmid, pmcid = normal_pmid(record.pmid[:40]), normal_pmcid(record.pmcid[:40])
    doi = normal_doi(record.doi[:300])
    named = "\n".join((title, *(paragraph for _, paragraph in record.abstract), record.registers))
    digest = hashlib.sha256(f"{title}\n{text}".encode("utf-8", "replace")).hexdigest()
    id_ = paper_id(pmid=pmid, pmcid=pmcid, doi=doi, sha256=digest)
    date = str(record.year or "")
    return Paper(
        id=id_,
        title=title or "(no title)",
        text=text,
        sections=sections,
        source=record.source,
        authors=tuple(dict.fromkeys(name for name in record.authors if 0 < len(name) <= _LONGEST_NAME)),
        journal=record.journal[:_LONGEST_NAME],
        year=record.year,
        doi=doi,
        pmid=pmid,
        pmcid=pmcid,
        trial_ids=trial_ids(named),
        design=record.design,
        status=record.status,
        notices=tuple(Notice(alias, status, id_, date, title) for status, alias in record.notices),
    )


def _text(parts: Sequence[Part]) -> tuple[str, tuple[Section, ...]]:
    """One text and a section a heading, as in JATS: "Abstract > Methods"; funding and the like are left out."""
    grouped: list[tuple[str, list[str]]] = []
    for name, paragraph in parts:
        if not paragraph or (name and is_back_matter(name)):
            continue
        title = f"Abstract > {name}" if name else "Abstract"
        if grouped and grouped[-1][0] == title:
            grouped[-1][1].append(paragraph)
        else:
            grouped.append((title, [paragraph]))
    sections: list[Section] = []
    start = 0
    for title, paragraphs in grouped:
        end = start + sum(map(len, paragraphs)) + 2 * (len(paragraphs) - 1)
        sections.append(Section("abstract", title, start, end))
        start = end + 2
    return "\n\n".join(paragraph for _, group in grouped for paragraph in group), tuple(sections)


def _counted(number: int) -> str:
    return f"{number:,} record{'' if number == 1 else 's'}"

"""Markdown and plain text, with the paper's data in front matter where it is given."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import get_args

from ingest.errors import UnreadableFile
from ingest.papers import Paper, Section, SectionKind, Species, Status, paper_id
from ingest.readers.front_matter import Value, split_front_matter
from ingest.readers.identifiers import normal_doi, normal_pmcid, normal_pmid, trial_ids
from ingest.readers.markdown import Block, blocks, is_markdown
from ingest.readers.sections import bare_heading, is_back_matter, section_kind
from ingest.readers.sniffing import looks_like_text
from ingest.readers.streams import LONGEST_PAPER

__all__ = ["read"]

SHORTEST = 60
"""Letters below which a text is no paper."""

_ANSWERS = {"yes": True, "true": True, "no": False, "false": False}
_COUNT = re.compile(r"[1-9]\d{0,8}|[1-9]\d{0,2}(?:[, ]\d{3}){1,2}", re.ASCII)
_NUMBERED = re.compile(r"(?:\d{1,2}(?:\.\d{1,2})*\.?|[IVX]{1,4}\.)\s+[A-Z]")


def read(path: Path, digest: bool = False) -> Iterator[Paper]:
    """The paper in a text file, its fields from the front matter: title, authors, journal, year, doi, pmid, pmcid,
    status, and the kind of study: design in words, species (a list: human, mouse, other animal, cell line, in silico),
    prospective (yes or no), sample_size, trials (names), trial_ids.

    What of these it does not state, or not so that it can be understood, is left to the rules of `ingest.study`.
    `source: digest` is honoured only where the caller says that the file is one of ours (`digest`): nobody else's file
    can pass for a digest. Raises UnreadableFile for what is no text, or too short to be a paper.
    """
    raw = path.read_bytes()
    text = _decoded(raw)
    if text is None:
        raise UnreadableFile(path, "is a binary file of unknown kind; use the PDF, JATS or text of the paper")
    fields, body = split_front_matter(text.replace("\r\n", "\n").replace("\r", "\n"))
    found = list(blocks(body) if fields or is_markdown(body) else _plain_blocks(body))
    title, found = _title(_word(fields, "title"), found)
    text, sections = _sections(found)
    if sum(c.isalpha() for c in text) < SHORTEST:
        raise UnreadableFile(
            path, f"has too little text to be a paper (under {SHORTEST} letters); give the paper itself"
        )
    if len(text) > LONGEST_PAPER:  # told here, so that it is not sent to the process that embeds
        raise UnreadableFile(
            path, f"is not one paper: {len(text):,} characters, of at most {LONGEST_PAPER:,}; split it"
        )
    doi, pmid = normal_doi(_word(fields, "doi")), normal_pmid(_word(fields, "pmid"))
    pmcid = normal_pmcid(_word(fields, "pmcid"))
    year = _word(fields, "year")[:4]
    status = _word(fields, "status").lower()
    yield Paper(
        id=paper_id(pmid=pmid, pmcid=pmcid, doi=doi, sha256=hashlib.sha256(raw).hexdigest()),
        title=title or path.stem,
        text=text,
        sections=sections,
        source="digest" if digest and _word(fields, "source").lower() == "digest" else "text",
        authors=_list(fields, "authors") or _list(fields, "author"),
        journal=_word(fields, "journal"),
        year=int(year) if re.fullmatch(r"(?:1[89]|20)\d\d", year) else None,
        doi=doi,
        pmid=pmid,
        pmcid=pmcid,
        trial_ids=tuple(dict.fromkeys((*trial_ids(" ".join(_list(fields, "trial_ids"))), *trial_ids(text)))),
        design=_word(fields, "design"),
        species=_species(_list(fields, "species")),
        prospective=_ANSWERS.get(_word(fields, "prospective").lower()),
        sample_size=_count(_word(fields, "sample_size")),
        trials=_list(fields, "trials"),
        status=next((known for known in get_args(Status) if known == status), "normal"),
    )


def _decoded(raw: bytes) -> str | None:
    """UTF-8, UTF-16 by its mark, else the Western code page that fits; None where the outcome is no writing."""
    encodings = ("utf-16",) if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "cp1252", "latin-1")
    for encoding in encodings:
        try:
            text = raw.decode(encoding)
        except UnicodeError:
            continue
        return text if "\0" not in text and looks_like_text(text[:200_000]) else None
    return None


def _word(fields: Mapping[str, Value], name: str) -> str:
    value = fields.get(name, "")
    return value if isinstance(value, str) else ", ".join(value)


def _list(fields: Mapping[str, Value], name: str) -> tuple[str, ...]:
    value = fields.get(name, ())
    if isinstance(value, str):
        value = tuple(re.split(r"\s*;\s*" if ";" in value else r"\s*,\s*(?:and\s+)?|\s+and\s+", value))
    return tuple(part for part in (part.strip() for part in value) if part)


def _species(named: tuple[str, ...]) -> tuple[Species, ...]:
    """Those among the names that are known, in the order of `Species`."""
    lower = {name.lower() for name in named}
    return tuple(known for known in get_args(Species) if known in lower)


def _count(value: str) -> int | None:
    """The number that "305", "1,034" or "1 034" writes."""
    return int(re.sub(r"[, ]", "", value)) if _COUNT.fullmatch(value) else None


def _title(named: str, found: list[Block]) -> tuple[str, list[Block]]:
    """The paper's title and the blocks without it: from the front matter, or the only or leading heading of level 1."""
    tops = [index for index, block in enumerate(found) if block.level == 1]
    if not tops or section_kind(found[tops[0]].text) != "other":
        return named, found
    heading = found[tops[0]].text
    same = bare_heading(heading) == bare_heading(named)
    is_title = same or len(tops) == 1 or (not named and tops[0] == 0)
    return (named or heading, found[: tops[0]] + found[tops[0] + 1 :]) if is_title else (named, found)


def _plain_blocks(text: str) -> Iterator[Block]:
    """Paragraphs between blank lines (or lines, where they are long), and the headings among them."""
    text = re.sub(r"[ \t]+\n", "\n", text.replace("\f", "\n\n")).strip()
    lines = text.split("\n")
    wrapped = "\n\n" in text or not lines or len(text) / len(lines) < 200
    for index, part in enumerate(re.split(r"\n{2,}", text) if wrapped else lines):
        first, _, rest = part.partition("\n")
        if index == 0 and len(part) < 300 and not part.rstrip().endswith(".") and section_kind(part) == "other":
            yield Block(1, " ".join(part.split()))
        elif _is_heading(first):
            yield Block(2, first.strip().rstrip(":"))
            if rest.strip():
                yield Block(0, " ".join(rest.split()))
        elif part.strip():
            yield Block(0, " ".join(part.split()))


def _is_heading(line: str) -> bool:
    line = line.strip()
    if not 2 < len(line) <= 80 or line.endswith((".", ",", ";")) or len(line.split()) > 10:
        return False
    if _NUMBERED.match(line) or (line.isupper() and sum(c.isalpha() for c in line) > 3):
        return True
    return len(line.split()) <= 4 and (section_kind(line) not in ("other", "table", "figure") or is_back_matter(line))


def _sections(found: list[Block]) -> tuple[str, tuple[Section, ...]]:
    """One text and its sections; back matter (references, funding) is left out with all that is nested in it."""
    parts: list[str] = []
    sections: list[Section] = []
    path: list[tuple[int, str]] = []
    left_out = 0
    start = position = 0

    def end() -> None:
        if position > start:
            title = " > ".join(name for _, name in path)
            kind: SectionKind = section_kind(title)
            sections.append(Section(kind, title, start, position - 2))

    for block in found:
        if block.level:
            if left_out and block.level > left_out:
                continue
            end()
            start = position
            while path and path[-1][0] >= block.level:
                path.pop()
            left_out = block.level if is_back_matter(block.text) else 0
            if block.text and not left_out:
                path.append((block.level, block.text))
        elif not left_out:
            parts.append(block.text)
            position += len(block.text) + 2
    end()
    return "\n\n".join(parts), tuple(sections)

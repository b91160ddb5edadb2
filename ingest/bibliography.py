"""Records for reference managers and programs: JSON lines, BibTeX, RIS.

Written by ourselves: the kept libraries read these formats well and write them without escaping.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import asdict

from ingest.papers import Paper
from ingest.rows import Record

__all__ = ["to_bibtex", "to_jsonl", "to_ris"]

_GROUP = re.compile(
    r"\b(?:group|investigators?|consortium|collaborat\w+|network|committee|society|team|association|institute|"
    r"university|initiative|alliance|agency|panel|authors)\b",
    re.I,
)
_SUFFIX = re.compile(r"(?:[JS]r\.?|II|III|IV)")
_SPECIAL = {
    **{ord(letter): f"\\{letter}" for letter in "&%$#_{}"},
    ord("\\"): r"\textbackslash{}",
    ord("~"): r"\textasciitilde{}",
    ord("^"): r"\textasciicircum{}",
}
_WARNINGS = {"retracted": "RETRACTED", "concern": "Expression of concern", "corrected": "Corrected"}


def to_jsonl(records: Iterable[Record]) -> Iterator[str]:
    """One JSON object a line, with the fields of `Record`."""
    for record in records:
        yield json.dumps(asdict(record), ensure_ascii=False) + "\n"


def to_bibtex(records: Iterable[Record | Paper]) -> Iterator[str]:
    """One BibTeX entry a paper, in UTF-8, as BibTeX, biber and reference managers read it; keys like `smith2019a`."""
    keys: set[str] = set()
    for record in records:
        fields = {
            "title": f"{{{_latex(record.title)}}}",  # twice in braces: its capitals are its own
            "author": " and ".join(map(_bibtex_name, record.authors)),
            "journal": _latex(record.journal),
            "year": str(record.year or ""),
            "doi": _latex(record.doi),
            "pmid": _latex(record.pmid),
            "pmcid": _latex(record.pmcid),
            "note": _latex(_note(record)),
        }
        lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
        kind = "article" if record.journal else "misc"
        yield "\n".join([f"@{kind}{{{_key(record, keys)},", *lines, "}", "", ""])


def to_ris(records: Iterable[Record | Paper]) -> Iterator[str]:
    """One RIS record a paper; lines end as the format has it, with carriage return and line feed."""
    for record in records:
        fields = [
            ("TY", "JOUR" if record.journal else "GEN"),
            ("TI", record.title),
            *(("AU", _ris_name(author)) for author in record.authors),
            ("JF", record.journal),
            ("PY", str(record.year or "")),
            ("DO", record.doi),
            ("AN", record.pmid),
            ("DB", "PubMed" if record.pmid else ""),
            ("C2", record.pmcid),
            ("N1", _note(record)),
        ]
        lines = [f"{tag}  - {_line(value)}" for tag, value in fields if value]
        yield "\r\n".join([*lines, "ER  - ", "", ""])


def _note(record: Record | Paper) -> str:
    """What a reader must know of a paper before citing it."""
    digest = "immunorag's digest, not the paper's text" if record.source == "digest" else ""
    return "; ".join(filter(None, (_WARNINGS.get(record.status, ""), digest)))


def _parts(name: str) -> tuple[str, str, str]:
    """Family name with its particles ("van der Berg"), given names, suffix; a group is all family name."""
    words = name.split()
    if len(words) < 2 or "," in name or " and " in name or _GROUP.search(name):
        return " ".join(words), "", ""
    suffix = words.pop() if len(words) > 2 and _SUFFIX.fullmatch(words[-1]) else ""
    start = len(words) - 1
    while start > 1 and words[start - 1].islower():
        start -= 1
    return " ".join(words[start:]), " ".join(words[:start]), suffix


def _bibtex_name(name: str) -> str:
    family, given, suffix = map(_latex, _parts(name))
    return ", ".join(filter(None, (family, suffix, given))) if given else f"{{{family}}}"


def _ris_name(name: str) -> str:
    return ", ".join(filter(None, _parts(name)))


def _key(record: Record | Paper, taken: set[str]) -> str:
    """`smith2019`, then `smith2019a`, ...: letters and digits of ASCII, each once."""
    family = _parts(record.authors[0])[0] if record.authors else record.title.partition(" ")[0]
    ascii_only = unicodedata.normalize("NFKD", family).encode("ascii", "ignore").decode()
    stem = (re.sub(r"[^a-z]", "", ascii_only.lower())[:40] or "paper") + str(record.year or "")
    key, number = stem, 0
    while key in taken:
        key = stem + _letters(number)
        number += 1
    taken.add(key)
    return key


def _letters(number: int) -> str:
    """0, 1, ... 25, 26 as a, b, ... z, aa."""
    text = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(ord("a") + rest) + text
    return text


def _latex(text: str) -> str:
    return _line(text).translate(_SPECIAL)


def _line(text: str) -> str:
    """`text` on one line without control characters."""
    return " ".join("".join(" " if unicodedata.category(one) == "Cc" else one for one in text).split())

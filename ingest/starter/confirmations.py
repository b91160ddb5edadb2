"""Where each figure in a digest was confirmed, and which figures have no confirmation.

A figure is a number of a digest's body, in digits or (two, half, twice) in words. It is confirmed when an entry of the
TOML file beside the digest quotes a stretch of the digest that holds it and names a public source that says the same.
Numbers that are part of a name (PD-L1, CheckMate 067, GPT-4o, 22C3) are no figures.

`keynote-024.toml` holds what was looked up for `keynote-024.md`; memory is not a source:

    citation     the addresses where title, authors, journal, year, DOI and PMID of the paper were read (a doi.org or
                 PubMed address: also where a public bibliography gives it for that title)
    [[figure]]   one source for some figures of the digest
        figures  stretches of the digest, verbatim; every number of its body lies in one of them
        source   a public address; those of PubMed, PMC and publishers were read as stored copies
        part     the place in the source, where it helps
        says     what stands there, in our words, with every number of `figures`
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

__all__ = ["Confirmation", "Digest", "citations", "confirmations", "digests", "numbers", "unconfirmed"]

WORDS = {
    "zero": "0",
    "two": "2",
    "three": "3",
    "four": "4",
    "five": "5",
    "six": "6",
    "seven": "7",
    "eight": "8",
    "nine": "9",
}
WORDS |= {"ten": "10", "eleven": "11", "twelve": "12", "half": "half", "twice": "twice"}

# A letter that touches the number, a letter and a hyphen or slash before it, or "CheckMate " make it part of a name.
NUMBER = re.compile(
    r"(?<![\w.])(?<![A-Za-z][-/])(?<!CheckMate )(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?![\w])"
    rf"|\b(?:{'|'.join(WORDS)})\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Digest:
    """A digest as it lies in the package: `body` is what stands below the front matter, without the headings."""

    slug: str
    front: dict[str, str]
    body: str


@dataclass(frozen=True, slots=True)
class Confirmation:
    """One source for some figures of one digest.

    `figures` are stretches of the digest, verbatim; `source` is a public address; `says` repeats in our words, with
    every number, what stands there; `part` names the place in the source (CIViC evidence item, table) where it helps.
    """

    digest: str
    figures: tuple[str, ...]
    source: str
    says: str
    part: str = ""


@cache
def digests() -> tuple[Digest, ...]:
    """The digests in the order of their file names."""
    return tuple(_parse(entry.name.removesuffix(".md"), _text(entry)) for entry in _files(".md"))


@cache
def confirmations() -> tuple[Confirmation, ...]:
    """Where the figures were confirmed: the digests in the order of their names, each in the order of its file."""
    return tuple(
        Confirmation(
            digest=slug,
            figures=tuple(entry["figures"]),
            source=entry["source"],
            says=entry["says"],
            part=entry.get("part", ""),
        )
        for slug, table in _tables().items()
        for entry in table.get("figure", ())
    )


@cache
def citations() -> dict[str, tuple[str, ...]]:
    """Digest -> the addresses where the paper's title, authors, journal, year and identifiers were read."""
    return {slug: tuple(table["citation"]) for slug, table in _tables().items()}


def numbers(text: str) -> set[str]:
    """The figures of `text`, each in one spelling: "10,380" and "10380", "three" and "3", "2.00" and "2" are one."""
    return {_spelled_one_way(match.group()) for match in NUMBER.finditer(text)}


def unconfirmed(digest: Digest, entries: Sequence[Confirmation]) -> list[str]:
    """The figures of `digest` that no entry for it covers, each with the words around it."""
    covered = [span for entry in entries if entry.digest == digest.slug for span in _spans(digest.body, entry.figures)]
    return [
        digest.body[max(0, match.start() - 30) : match.end() + 15]
        for match in NUMBER.finditer(digest.body)
        if not any(start <= match.start() and match.end() <= end for start, end in covered)
    ]


def _spans(text: str, stretches: Sequence[str]) -> Iterator[tuple[int, int]]:
    for stretch in stretches:
        for match in re.finditer(rf"(?<![\w.]){re.escape(stretch)}(?!\w)(?![.,]\d)", text):
            yield match.span()


def _spelled_one_way(number: str) -> str:
    number = WORDS.get(number.lower(), number).replace(",", "")
    return number.rstrip("0").rstrip(".") if "." in number else number


def _tables() -> dict[str, dict[str, Any]]:
    return {entry.name.removesuffix(".toml"): tomllib.loads(_text(entry)) for entry in _files(".toml")}


def _files(suffix: str) -> list[Traversable]:
    entries = [entry for entry in files(__package__).iterdir() if entry.name.endswith(suffix)]
    return sorted(entries, key=lambda entry: entry.name)


def _text(entry: Traversable) -> str:
    return entry.read_text(encoding="utf-8")


def _parse(slug: str, text: str) -> Digest:
    _, front, body = text.split("---\n", 2)
    lines = (line.split(":", 1) for line in front.splitlines())
    prose = "\n".join(line for line in body.splitlines() if not line.startswith("#"))
    return Digest(slug=slug, front={key.strip(): value.strip() for key, value in lines}, body=prose.strip())

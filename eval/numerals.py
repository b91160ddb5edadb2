"""The numbers of a text, read by rules of the harness' own: what grades an answer shares no line with what checked it.

Digits that are part of a name (PD-1, CD8, KEYNOTE-024) are no numbers. A sign is not read: "-0.5" and "0.5-0.8" would
need grammar to be told apart. In what is cited, numbers in words count too: "2 of 10" may rest on "two of ten".
"""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = ["Numeral", "foreign", "numerals"]

_DASHES = "-\u2010-\u2015\u2212"
_NUMBER = re.compile(
    rf"(?<![\w.·])(?<![^\W\d_][{_DASHES}])"  # not within a word or a number, nor behind "PD-"
    r"(?:\d{1,3}(?:[,\u00a0\u2009\u202f]\d{3})+(?!\d)|\d+|(?=[.·]\d))"
    r"(?:[.·]\d+)?"
)
_PERCENT = re.compile(r"\s?(?:%|per\s?cent\b)", re.IGNORECASE)
_BETWEEN = re.compile(rf"\s*(?:[{_DASHES}/,]|to|and|or|vs\.?|versus|\([^()]*\))+\s*", re.IGNORECASE)
_WORDS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
).split()
_TENS = {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "hundred": 100}
_VALUES = {word: float(value) for value, word in enumerate(_WORDS)} | {word: float(ten) for word, ten in _TENS.items()}
_WORD = re.compile(rf"\b(?:{'|'.join(_VALUES)})\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number as `text` writes it; `percent` is None where a share is told by what stands around it, or may be."""

    value: float
    percent: bool | None
    text: str


def numerals(text: str, *, words: bool = False) -> list[Numeral]:
    """The numbers of `text` in their order; with `words`, those written in words behind them.

    "3 to 5%" are two shares, the first of them perhaps; "12 (4.5)" may be a count and a share.
    """
    found: list[Numeral] = []
    matches = list(_NUMBER.finditer(text))
    shares: list[bool | None] = []
    for number in reversed(range(len(matches))):
        match, behind = matches[number], text[matches[number].end() :]
        share: bool | None = _PERCENT.match(behind) is not None
        if not share and number + 1 < len(matches) and shares[-1] is not False:
            share = None if _BETWEEN.fullmatch(text, match.end(), matches[number + 1].start()) else share
        if share is False and not re.match(r"[\s-]*[^\W\d_]", behind):  # no word behind it says what it counts
            share = None
        shares.append(share)
    for match, share in zip(matches, reversed(shares), strict=True):
        written = re.sub(r"[,\u00a0\u2009\u202f]", "", match.group()).replace("·", ".")
        found.append(Numeral(float(written), share, match.group()))
    if words:
        found += [Numeral(_VALUES[match.group().lower()], None, match.group()) for match in _WORD.finditer(text)]
    return found


def foreign(sentence: str, source: str) -> list[str]:
    """The numbers of `sentence`, as it writes them, that do not stand in `source`: not as 12 where there is 12%."""
    there = numerals(source, words=True)
    return [
        f"{one.text}%" if one.percent else one.text
        for one in numerals(sentence)
        if not any(one.value == other.value and _alike(one.percent, other.percent) for other in there)
    ]


def _alike(one: bool | None, other: bool | None) -> bool:
    return one is None or other is None or one is other

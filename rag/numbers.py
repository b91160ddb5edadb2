"""The numbers of a sentence, in one form whatever the typography: 0·62 and 0.62, 1,234 and 1234, −3 and -3."""

from __future__ import annotations

import itertools
import re
from decimal import Decimal

__all__ = ["Number", "format_number", "numbers_in"]

_MINUS = str.maketrans({"−": "-", "‒": "-", "·": ".", "∙": ".", "⋅": ".", "\u00a0": " ", "\u2009": " ", "\u202f": " "})
# A number that is no part of a name: CD8, PD-L1, KEYNOTE-024 and NCT02142738 are names and are left alone.
_NUMBER = re.compile(
    r"(?<![\w.])(?<!\w[-‐‑])"  # not behind a letter, nor behind a letter and a hyphen
    r"(?P<sign>(?<![\w)%])[-+])?(?P<value>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)"
    r"(?P<percent>\s?%|\s+per\s?cent\b|\s+percent\b)?(?![\w])"
)
_DIGIT_RANGE = re.compile(r"(?<=\d)(%?)\s?[-–—]\s?(?=[\d.])")
_UNIT_GLUED = re.compile(r"(?<=\d)(?=(?:mg|kg|mo|months?|weeks?|wk|years?|yr|y|d|h|ml|mL|nM|µg|μg|g|x)\b)")
_WORDS = {
    word: value
    for value, word in enumerate("two three four five six seven eight nine ten eleven twelve".split(), start=2)
}
_WORD = re.compile(rf"\b(?:{'|'.join(_WORDS)})\b", re.IGNORECASE)

Number = tuple[Decimal, bool]


def numbers_in(text: str) -> frozenset[Number]:
    """Each number of `text` as `(value, is a percentage)`; small numbers in words ("three") count as well.

    Where a percent sign ends a range ("20-30%"), both ends are percentages.
    """
    plain = _UNIT_GLUED.sub(" ", text.translate(_MINUS))
    plain = _DIGIT_RANGE.sub(r"\1 to ", plain)
    found: list[tuple[Decimal, bool, int, int]] = []
    for match in _NUMBER.finditer(plain):
        value = Decimal(match["value"].replace(",", ""))
        signed = -value if match["sign"] == "-" else value
        found.append((signed.normalize(), match["percent"] is not None, match.start(), match.end()))
    numbers = {(value, percent) for value, percent, _, _ in found}
    for (value, percent, _, end), (_, next_percent, start, _) in itertools.pairwise(found):
        if not percent and next_percent and plain[end:start].strip() in {"to", "and", "or"}:
            numbers.discard((value, False))
            numbers.add((value, True))
    numbers.update((Decimal(_WORDS[word.lower()]), False) for word in _WORD.findall(plain))
    return frozenset(numbers)


def format_number(number: Number) -> str:
    """The number as a person writes it: `30 %`, `0.62`."""
    value, percent = number
    return f"{value:f}{' %' if percent else ''}"

"""The figures of a text that can be an arm's, each with the words of its arm.

Each figure of a sentence is given the words of its arm: those behind it ("10.3 months with A"), those before it
("A: 10.3 months", "A (44%)"), or, where figures stand in a row ("A and B … 10.3 and 6.0 months", "(18% vs 9%)"), all
words of the row together with the figure's rank.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from ingest.sentences import sentence_spans
from rag.arms_words import arm_words
from rag.quantities import RATIOS, Quantity, quantities, spelled

__all__ = ["Figure", "figures_of", "figures_told"]

_BRACES = str.maketrans("{}", "()")
_NO_FIGURE = re.compile(
    r"(?:±|\+/-|\b(?:SDs?|SEs?|SEM|[nN])\b\s*[=:]?|\b(?:df|[Ff]|t|[Qq][13]|χ2?)\b\s*[=:(])\s*\(?\s*$"
)
_MOMENT = re.compile(
    r"\b(?:at|after|before|until|by|within|over|during|on|day|week|month|cycle|of follow-up)\s+$", re.I
)
_NUMBERED = re.compile(r"\b(?:[A-Z]{2,}|(?i:grades?|stages?|phase|group|arm|level|type|class|version|lines?))\s$")
_SPREAD = re.compile(r"\((?=[^()]*(?:\bIQR|\bSD|\bSE|C\.?I\b|[Rr]ange|\bQ1))[^()]*\)")
_JOINER = re.compile(
    r"[\s)%]*(?:,|;|and|or|vs\.?|v|versus|compared (?:with|to)|against|than|to|–|/)[\s,(]*(?:only|just|and|a|an)?\s*$"
)
_BEHIND = re.compile(r"\s*(?:[\w/%²]+\s+){0,3}?(?:in|with|for|among|on|under|after|given|receiving|by|of)\s")
_ASIDE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|(?:±|\+/-)\s*[\d.]+")
_ROW = re.compile(
    r"(?P<first>[^:;\n]{0,80}:\s[^:;\n]{1,80}|[^:;\n]{1,80});\s[^:;\n]{1,80}:\s"
)  # header: cell; header: cell
_NAMED_BEHIND = re.compile(r"\s*(?:[A-Za-z][\w+-]*\s*){1,4}(?=[,;)]|\bvs|\bversus|\band\b)")  # (39% A vs. 38% B)
_OPENING = re.compile(r"^[\s,;.]*(?:and |while )?(?:[Ww]ith|[Ii]n|[Aa]mong|[Uu]nder)\s[^,]*,")  # With A, it was …
_ENDS = re.compile(
    r"[;:.]\s|[;:.]$|,\s(?!respectively)|\s(?:and|but|while|whereas|versus|vs\.?|compared|against|than|or)\s*(?:[\w-]+\s){0,4}$"
    r"|\s(?:while|whereas|versus|vs\.?|compared|than|but)\s"
)
# "Compared with B, A had …": the order of the figures is A, B.
_COMPARED_FIRST = re.compile(r"^\s*((?:[Cc]ompared|[Ii]n comparison|[Rr]elative) (?:with|to) [^,]*),(.*)$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure and its arm's words; in a row of figures, the words of all arms (`said`) and its `rank` from 0."""

    quantity: Quantity
    words: frozenset[str]
    said: str = ""
    rank: int | None = None


@lru_cache(maxsize=256)
def figures_told(text: str) -> tuple[tuple[Figure, ...], ...]:
    """The figures of `text`, sentence by sentence; the rows of a table are one sentence, a row's first cell its arm."""
    told: list[tuple[Figure, ...]] = []
    rows: list[Figure] = []
    for start, end in sentence_spans(text):
        figures = figures_of(text[start:end])
        if row := _ROW.match(text, start, end):
            head = arm_words(row["first"])
            rows += [replace(figure, words=figure.words | head, said="", rank=None) for figure in figures]
        else:
            told.append(figures)
    return (*told, tuple(rows))


@lru_cache(maxsize=512)
def figures_of(sentence: str) -> tuple[Figure, ...]:
    """The figures of `sentence` that can be an arm's, in their order, each with the words of its arm."""
    plain = spelled(sentence).translate(_BRACES)
    main = _main(plain, sentence)
    if not main:
        return ()
    borders = [0, *(quantity.end for quantity in main)]
    gaps = [plain[border : quantity.start] for border, quantity in zip(borders, main, strict=False)]
    gaps.append(plain[borders[-1] :])
    found: list[Figure] = []
    place = 0
    while place < len(main):
        last = place
        while (
            last + 1 < len(main)
            and main[last + 1].kind == main[place].kind
            and _JOINER.match(_ASIDE.sub(" ", gaps[last + 1]))
        ):
            last += 1
        if last > place:
            said = _row_says(gaps, place, last)
            found += [Figure(main[at], arm_words(said), said, at - place) for at in range(place, last + 1)]
        else:
            before = plain[: main[place].start]
            bracketed = before.rfind("(") > before.rfind(")")
            found.append(Figure(main[place], arm_words(_own(gaps[place], gaps[place + 1], bracketed, found))))
        place = last + 1
    return tuple(found)


def _row_says(gaps: Sequence[str], first: int, last: int) -> str:
    """Where the arms of the figures `first` to `last`, which stand in a row, are named in the order of the figures."""
    if gaps[first].rstrip().endswith("("):
        said = " ".join(gaps)
    elif _BEHIND.match(_ASIDE.sub(" ", gaps[last + 1])):
        return gaps[last + 1]
    else:
        said = " ".join(gaps[: first + 1])
    return _COMPARED_FIRST.sub(r"\2 \1", said)


def _own(before: str, behind: str, bracketed: bool, found: Sequence[Figure]) -> str:
    """The words of the arm of a figure that stands alone, between the gaps `before` and `behind` it."""
    phrase = _ASIDE.sub(" ", behind)
    if bracketed and (named := _NAMED_BEHIND.match(behind)):
        return named.group()
    if not bracketed and _BEHIND.match(phrase):
        end = _ENDS.search(phrase)
        return phrase[: end.start()] if end else phrase
    if bracketed and any(letter.isalpha() for letter in before[before.rfind("(") :]):
        return before[before.rfind("(") :]
    phrase = _ASIDE.sub(" ", before)
    if opening := _OPENING.match(phrase):
        return opening.group()
    if found and found[-1].rank is None:  # what the figure before has taken is not this one's
        end = _ENDS.search(phrase)
        if _BEHIND.match(phrase) and end:
            phrase = phrase[end.start() :]
    return phrase


def _main(plain: str, sentence: str) -> list[Quantity]:
    """The quantities that can be results of an arm: no p values, ratios, intervals, spreads, sizes or moments."""
    read = quantities(sentence)
    wholes = {whole for _, whole in read.fractions}
    spreads = [match.span() for match in _SPREAD.finditer(plain)]
    kept: list[Quantity] = []
    for quantity in read.quantities:
        before = plain[max(0, quantity.start - 16) : quantity.start]
        if quantity.kind in ("p", "level", *RATIOS) or _NO_FIGURE.search(before) or _MOMENT.search(before):
            continue
        ranges = [*spreads, *((interval.start, interval.end) for interval in read.intervals)]
        if any(start <= quantity.start < end for start, end in ranges):
            continue
        if not quantity.kind and (quantity.value in wholes or (quantity.value < 10 and _NUMBERED.search(before))):
            continue
        if kept and re.fullmatch(r"\s*(?:\w+\s){0,2}\(", plain[kept[-1].end : quantity.start]):
            continue  # 12 patients (44.4 %): one figure, said twice
        kept.append(quantity)
    return kept

"""An arm's figure is not the other arm's: "10.3 months with A and 6.0 with B" is not "6.0 with A and 10.3 with B".

Each figure of a sentence is given the words of its arm: those behind it ("10.3 months with A"), those before it
("A: 10.3 months", "A (44%)"), or, where figures stand in a row ("A and B … 10.3 and 6.0 months", "(18% vs 9%)"), all
words of the row together with the figure's rank. Claim and passage are compared by the words that tell their arms
apart. Where the words do not tell, nothing is said against the claim.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations, pairwise

from ingest.sentences import sentence_spans
from rag.abbreviations import abbreviated, abbreviations
from rag.quantities import RATIOS, Quantity, quantities, spelled
from rag.words import content_words

__all__ = ["CONTROL", "TREATED", "arm_words", "larger_with", "swapped_arms"]

CONTROL = "§control"  # stands for whatever a control arm is called
TREATED = "§treated"
_WITHOUT = re.compile(r"\s*(?:with(?:out| no)|no)\b", re.IGNORECASE)
_BRACES = str.maketrans("{}", "()")
_CONTROLS = content_words("control placebo sham usual conventional standard comparator untreated vehicle")
_TREATMENTS = content_words("intervention experimental treated active verum")

_NO_ARM = content_words(
    "group arm treatment median mean rate overall rates respectively versus vs CI HR had were was alone "
    "given receiving significant significantly led resulted caused two both between"
)
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
_SPLIT = re.compile(r"\s(?:and|or|versus|vs\.?|than|compared (?:with|to)|against)\s|[,;]\s", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Figure:
    """A figure and its arm's words; in a row of figures, the words of all arms (`said`) and its `rank` from 0."""

    quantity: Quantity
    words: frozenset[str]
    said: str = ""
    rank: int | None = None


def swapped_arms(claim: str, cited: Sequence[str], context: str = "") -> str | None:
    """Say which figure of `claim` the `cited` texts give to another arm; None where none is seen to be.

    `context` is the text of the papers, for what they abbreviate.
    """
    known = {**abbreviations(context), **abbreviations(claim)}
    stated = _figures(abbreviated(claim, known))
    if not stated:
        return None
    told = [figures for text in cited for figures in _told(abbreviated(text, known))]
    return _swapped_pair(stated, told) or _strayed_figure(stated, told)


def arm_words(text: str) -> frozenset[str]:
    """The words by which an arm is known; every control arm has one in common."""
    words = frozenset(word for word in content_words(text) if not word[0].isdigit()) - _NO_ARM
    if words & _CONTROLS or _WITHOUT.match(text):
        words |= {CONTROL}
    if words & _TREATMENTS:
        words |= {TREATED}
    return words


def larger_with(mine: frozenset[str], other: frozenset[str], sentence: str) -> bool | None:
    """Whether the figures of `sentence` are larger for the arm known by `mine`; None where it does not tell."""
    verdicts: set[bool] = set()
    for first, second in pairwise(_figures(sentence)):
        if first.quantity.kind == second.quantity.kind and first.quantity.value != second.quantity.value:
            is_first = _told_by(*_opposed(mine - other, other - mine), first, second)
            if is_first is not None:
                verdicts.add(is_first == (first.quantity.value > second.quantity.value))
    return verdicts.pop() if len(verdicts) == 1 else None


@lru_cache(maxsize=256)
def _told(text: str) -> tuple[tuple[_Figure, ...], ...]:
    """The figures of `text`, sentence by sentence; the rows of a table are one sentence, a row's first cell its arm."""
    told: list[tuple[_Figure, ...]] = []
    rows: list[_Figure] = []
    for start, end in sentence_spans(text):
        figures = _figures(text[start:end])
        if row := _ROW.match(text, start, end):
            head = arm_words(row["first"])
            rows += [replace(figure, words=figure.words | head, said="", rank=None) for figure in figures]
        else:
            told.append(figures)
    return (*told, tuple(rows))


def _swapped_pair(stated: Sequence[_Figure], told: Sequence[Sequence[_Figure]]) -> str | None:
    for one, two in combinations(stated, 2):
        if one.quantity.value == two.quantity.value or one.quantity.kind != two.quantity.kind:
            continue
        verdicts = {_agree(one, two, figures) for figures in told} - {None}
        if verdicts == {False}:
            return f"the cited text gives {one.quantity.value:f} and {two.quantity.value:f} to the other arm"
    return None


def _strayed_figure(stated: Sequence[_Figure], told: Sequence[Sequence[_Figure]]) -> str | None:
    """A figure given to an arm of which the passage reports another figure, in the same breath as this one."""
    for figure in stated:
        if figure.rank is not None:
            continue
        verdicts: set[bool] = set()
        for figures in told:
            for own in (other for other in figures if _same(figure, other) and other.rank is None):
                for other in figures:
                    if other.quantity.value != own.quantity.value and other.quantity.kind == own.quantity.kind:
                        mine, theirs = own.words - other.words, other.words - own.words
                        mine, theirs = _opposed(mine, theirs)
                        if other.rank is None and mine and theirs:
                            if figure.words & mine:
                                verdicts.add(True)
                            elif figure.words & theirs:
                                verdicts.add(False)
        if verdicts == {False}:
            return f"the cited text gives {figure.quantity.value:f} to another arm"
    return None


def _agree(one: _Figure, two: _Figure, figures: Sequence[_Figure]) -> bool | None:
    """Whether `figures` of one sentence give the values of `one` and `two` to the same arms as the claim."""
    for first in (figure for figure in figures if _same(one, figure)):
        for second in (figure for figure in figures if _same(two, figure)):
            verdict = _same_arms(one, two, first, second)
            if verdict is not None:
                return verdict
    return None


def _same(one: _Figure, other: _Figure) -> bool:
    return one.quantity.value == other.quantity.value and (
        one.quantity.kind == other.quantity.kind or not one.quantity.kind or not other.quantity.kind
    )


def _same_arms(one: _Figure, two: _Figure, first: _Figure, second: _Figure) -> bool | None:
    if one.rank is None and two.rank is None:
        mine, other = _opposed(one.words - two.words, two.words - one.words)
        return _told_by(mine, other, first, second)
    if first.rank is None and second.rank is None:
        mine, other = _opposed(first.words - second.words, second.words - first.words)
        return _told_by(mine, other, one, two)
    if one.said and two.said and first.said and second.said:
        return _both_rows(one, two, first, second)
    return None


def _told_by(mine: frozenset[str], other: frozenset[str], first: _Figure, second: _Figure) -> bool | None:
    """Whether `first` belongs to the arm known by `mine` and `second` to that known by `other`."""
    if first.rank is None and second.rank is None:
        one, two = _opposed(first.words - second.words, second.words - first.words)
        same, crossed = len(mine & one) + len(other & two), len(mine & two) + len(other & one)
        return None if same == crossed else same > crossed
    if first.rank is None or second.rank is None:
        return None
    places = (_place(mine - other, first.said), _place(other - mine, first.said))
    if None in places:
        places = _sides(mine - other, other - mine, first.said)
    if None in places or places[0] == places[1]:
        return None
    return (places[0] < places[1]) == (first.rank < second.rank)  # type: ignore[operator]


def _both_rows(one: _Figure, two: _Figure, first: _Figure, second: _Figure) -> bool | None:
    """Two rows of figures: the arms of the claim's row are the parts of what it says, whichever parts both know."""
    for cut in _SPLIT.finditer(one.said):
        mine, other = arm_words(one.said[: cut.start()]), arm_words(one.said[cut.end() :])
        mine, other = _opposed(mine - other, other - mine)
        verdict = _told_by(mine, other, first, second)
        if verdict is not None:
            return verdict == (one.rank < two.rank)  # type: ignore[operator]
    return None


def _opposed(mine: frozenset[str], other: frozenset[str]) -> tuple[frozenset[str], frozenset[str]]:
    """The two arms' own words; who faces a control is treated."""
    if CONTROL in mine and CONTROL not in other:
        other |= {TREATED}
    elif CONTROL in other and CONTROL not in mine:
        mine |= {TREATED}
    return mine, other


def _sides(mine: frozenset[str], other: frozenset[str], said: str) -> tuple[int | None, int | None]:
    """The sides on which two arms are named where only one is known by its words, and `said` names just two."""
    cuts = list(_SPLIT.finditer(said))
    if len(cuts) != 1:
        return None, None
    sides = (arm_words(said[: cuts[0].start()]), arm_words(said[cuts[0].end() :]))
    for side in (0, 1):
        if other & sides[side] and not other & sides[1 - side]:
            return 1 - side, side
        if mine & sides[side] and not mine & sides[1 - side]:
            return side, 1 - side
    return None, None


def _place(words: frozenset[str], said: str) -> int | None:
    """Where an arm known by `words` is named in `said`: words of the outcome, which come along, stand before it."""
    places: dict[str, int] = {}
    for match in re.finditer(r"\S+", said):
        for word in arm_words(match.group()) & words:
            places.setdefault(word, match.start())
    return max(places.values(), default=None)


@lru_cache(maxsize=512)
def _figures(sentence: str) -> tuple[_Figure, ...]:
    """The figures of `sentence` that can be an arm's, in their order, each with the words of its arm."""
    plain = spelled(sentence).translate(_BRACES)
    main = _main(plain, sentence)
    if not main:
        return ()
    borders = [0, *(quantity.end for quantity in main)]
    gaps = [plain[border : quantity.start] for border, quantity in zip(borders, main, strict=False)]
    gaps.append(plain[borders[-1] :])
    found: list[_Figure] = []
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
            found += [_Figure(main[at], arm_words(said), said, at - place) for at in range(place, last + 1)]
        else:
            before = plain[: main[place].start]
            bracketed = before.rfind("(") > before.rfind(")")
            found.append(_Figure(main[place], arm_words(_own(gaps[place], gaps[place + 1], bracketed, found))))
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


def _own(before: str, behind: str, bracketed: bool, found: Sequence[_Figure]) -> str:
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

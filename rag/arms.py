"""An arm's figure is not the other arm's: "10.3 months with A and 6.0 with B" is not "6.0 with A and 10.3 with B".

Claim and passage are compared by the words that tell their arms apart. Where the words do not tell, nothing is said
against the claim.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations, pairwise

from rag.abbreviations import abbreviated, abbreviations
from rag.arms_figures import Figure, figures_of, figures_told
from rag.arms_words import arm_words, opposed

__all__ = ["larger_with", "swapped_arms"]

_SPLIT = re.compile(r"\s(?:and|or|versus|vs\.?|than|compared (?:with|to)|against)\s|[,;]\s", re.IGNORECASE)


def swapped_arms(claim: str, cited: Sequence[str], context: str = "") -> str | None:
    """Say which figure of `claim` the `cited` texts give to another arm; None where none is seen to be.

    `context` is the text of the papers, for what they abbreviate.
    """
    known = {**abbreviations(context), **abbreviations(claim)}
    stated = figures_of(abbreviated(claim, known))
    if not stated:
        return None
    told = [figures for text in cited for figures in figures_told(abbreviated(text, known))]
    return _swapped_pair(stated, told) or _strayed_figure(stated, told)


def larger_with(mine: frozenset[str], other: frozenset[str], sentence: str) -> bool | None:
    """Whether the figures of `sentence` are larger for the arm known by `mine`; None where it does not tell."""
    verdicts: set[bool] = set()
    for first, second in pairwise(figures_of(sentence)):
        if first.quantity.kind == second.quantity.kind and first.quantity.value != second.quantity.value:
            is_first = _told_by(*opposed(mine - other, other - mine), first, second)
            if is_first is not None:
                verdicts.add(is_first == (first.quantity.value > second.quantity.value))
    return verdicts.pop() if len(verdicts) == 1 else None


def _swapped_pair(stated: Sequence[Figure], told: Sequence[Sequence[Figure]]) -> str | None:
    for one, two in combinations(stated, 2):
        if one.quantity.value == two.quantity.value or one.quantity.kind != two.quantity.kind:
            continue
        verdicts = {_agree(one, two, figures) for figures in told} - {None}
        if verdicts == {False}:
            return f"the cited text gives {one.quantity.value:f} and {two.quantity.value:f} to the other arm"
    return None


def _strayed_figure(stated: Sequence[Figure], told: Sequence[Sequence[Figure]]) -> str | None:
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
                        mine, theirs = opposed(mine, theirs)
                        if other.rank is None and mine and theirs:
                            if figure.words & mine:
                                verdicts.add(True)
                            elif figure.words & theirs:
                                verdicts.add(False)
        if verdicts == {False}:
            return f"the cited text gives {figure.quantity.value:f} to another arm"
    return None


def _agree(one: Figure, two: Figure, figures: Sequence[Figure]) -> bool | None:
    """Whether `figures` of one sentence give the values of `one` and `two` to the same arms as the claim."""
    for first in (figure for figure in figures if _same(one, figure)):
        for second in (figure for figure in figures if _same(two, figure)):
            verdict = _same_arms(one, two, first, second)
            if verdict is not None:
                return verdict
    return None


def _same(one: Figure, other: Figure) -> bool:
    return one.quantity.value == other.quantity.value and (
        one.quantity.kind == other.quantity.kind or not one.quantity.kind or not other.quantity.kind
    )


def _same_arms(one: Figure, two: Figure, first: Figure, second: Figure) -> bool | None:
    if one.rank is None and two.rank is None:
        mine, other = opposed(one.words - two.words, two.words - one.words)
        return _told_by(mine, other, first, second)
    if first.rank is None and second.rank is None:
        mine, other = opposed(first.words - second.words, second.words - first.words)
        return _told_by(mine, other, one, two)
    if one.said and two.said and first.said and second.said:
        return _both_rows(one, two, first, second)
    return None


def _told_by(mine: frozenset[str], other: frozenset[str], first: Figure, second: Figure) -> bool | None:
    """Whether `first` belongs to the arm known by `mine` and `second` to that known by `other`."""
    if first.rank is None and second.rank is None:
        one, two = opposed(first.words - second.words, second.words - first.words)
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


def _both_rows(one: Figure, two: Figure, first: Figure, second: Figure) -> bool | None:
    """Two rows of figures: the arms of the claim's row are the parts of what it says, whichever parts both know."""
    for cut in _SPLIT.finditer(one.said):
        mine, other = arm_words(one.said[: cut.start()]), arm_words(one.said[cut.end() :])
        mine, other = opposed(mine - other, other - mine)
        verdict = _told_by(mine, other, first, second)
        if verdict is not None:
            return verdict == (one.rank < two.rank)  # type: ignore[operator]
    return None


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

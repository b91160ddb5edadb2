"""Two figures as printed, and which of them is whose: what regular print makes certain, and nothing else.

This extractor is the benchmark's own and knows nothing of `rag`.
"""

from __future__ import annotations

import itertools
import re

from eval.bench.made_claims_names import arm_words
from eval.bench.made_claims_nouns import Pair
from eval.suites import EvalQuestion

__all__ = ["pair_of"]

_ASIDE = re.compile(  # what is said about a figure, not a figure of an arm
    r"\((?:[^()]|\([^()]*\))*\)|\[[^\[\]]*\]|±\s*\d+(?:\.\d+)?|[=<>]\s*-?\d*\.?\d+"
    r"|\b(?:at|after|before|over|within|between|of|day|week|month|n|N)\s\d+\b(?!\.\d|%| ?%)(?: (?:and|to) \d+\b)?"
)
_FIGURE = re.compile(r"(?<![\w.,-])(-?\d+(?:\.\d+)?)(\s?%|\s(?:hours|days|weeks|months|years)\b)?(?![\w,.]*\d)(?!-\w)")
_UNIT = r"(\s?%|\s(?:hours|days|weeks|months|years)\b)?"
_VERSUS = re.compile(
    rf"\(\s*(?:[A-Za-z][\w+-]*:? )?(\d+(?:\.\d+)?){_UNIT}\s*(?:\s±\s?[\d.]+)?(?: [\w+-]+)?,?"
    rf"\s(?:vs\.?|versus)\s?(?:[A-Za-z][\w+-]*:? )?(\d+(?:\.\d+)?){_UNIT}[^\d.]"
)


def pair_of(question: EvalQuestion, evidence: str) -> Pair | None:
    """The two arms' figures of the first sentence of `evidence` that leaves no doubt which is whose.

    Either the arms are named beside the figures, in one of the orders `_order` knows, or the label says it: an outcome
    that increased was larger with the intervention.
    """
    for sentence in re.split(r"(?<=[a-z)])\. (?=[A-Z])", evidence):
        figures = _two_figures(sentence)
        if figures is None:
            continue
        (first, first_unit, first_at), (second, second_unit, second_at) = figures
        if first_unit != second_unit or float(first) == float(second):
            continue
        shown = first_unit if first_unit in ("", "%") else f" {first_unit}"
        order = _order(question, sentence, first_at, second_at)
        if question.label != "no significant difference" and not _CHANGE.search(sentence):
            larger_first = float(first) > float(second)
            told = larger_first == (question.label == "increased")
            if (order is not None and order != told) or (order is None and "respectively" in sentence):
                continue  # the annotation and the print do not agree: not certain
            order = told
        if order is not None:
            return Pair(first, second, shown) if order else Pair(second, first, shown)
    return None


def _two_figures(sentence: str) -> list[tuple[str, str, int]] | None:
    """Both figures (number, unit, place) of a sentence that holds two, asides left out, or compares two in brackets."""
    if match := _VERSUS.search(sentence):
        units = [(match[place] or "").strip() for place in (2, 4)]
        return [(match[1], units[0] or units[1], match.start(1)), (match[3], units[1] or units[0], match.start(3))]
    blanked = _ASIDE.sub(lambda match: " " * len(match.group()), sentence)
    figures = [(match[1], (match[2] or "").strip(), match.start()) for match in _FIGURE.finditer(blanked)]
    return figures if len(figures) == 2 else None


def _order(question: EvalQuestion, sentence: str, first_at: int, second_at: int) -> bool | None:
    """True where the first figure is the intervention's, False where it is the comparator's, None where it is not told.

    Known orders: "x in A and y in B", "A x and B y", and "A … B (x vs y)"; in each every arm is named once.
    """
    mine, other = arm_words(question.intervention), arm_words(question.comparator)
    mine, other = mine - other, other - mine
    if other & _CONTROL:
        other, mine = other | _CONTROL, (mine | _TREATED) - _CONTROL
    named = [
        (match.start(), word in mine)
        for match in re.finditer(r"[A-Za-z][\w-]*", sentence)
        if ((word := match.group().lower()) in mine) != (word in other)
    ]
    before = {arm for at, arm in named if at < first_at}
    near = any(first_at - 40 < at < first_at for at, _ in named)
    between = {arm for at, arm in named if first_at < at < second_at}
    behind = {arm for at, arm in named if at > second_at}
    for one, two in ((between, behind), (before, between)):
        if len(one) == len(two) == 1 and one != two and not (behind if two is between else before):
            if two is between and not near:
                return None
            return one == {True}
    arms = [arm for arm, _ in itertools.groupby(arm for at, arm in named if at < first_at)]
    if len(arms) == 2 and not between and not behind:
        return arms[0]
    return None


_CONTROL = frozenset("control controls placebo sham usual standard conventional".split())
_TREATED = frozenset("intervention experimental treatment treated active".split())
_CHANGE = re.compile(r"\b(?:by|from|change[sd]?|reduction|decreas\w+|increas\w+|improve\w+)\b", re.IGNORECASE)

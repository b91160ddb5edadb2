"""Whether a text says that something was shown: its p values, its confidence intervals, its words.

From p = 0.05 on nothing was shown; nor was it where the interval of a ratio holds 1, or that of a difference 0.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

from rag.quantities import RATIOS, Interval, Quantities, Quantity, quantities, spelled

__all__ = ["Shown", "hedged", "says_nothing", "says_significant", "shown_by_tests"]

Shown = bool | None
"""Shown, not shown, or not told."""

_NOTHING = re.compile(
    r"\bno (?:[\w-]+ ){0,4}?(?:differen\w+|effects?|changes?|improvement\w*|increases?|decreases?|reductions?|"
    r"benefits?|associations?|correlations?|impact|influence|advantage|trend|superiority|evidence|interactions?|relationships?)\b"
    r"|\b(?:no|none|not|nor|neither|never|cannot|without)\b(?: \w+){0,3}? (?:any )?"
    r"(?:statistical\w* |clinical\w* )?(?:significan\w+|differ\w*)"
    r"|\b(?:did|do|does|was|were|is|are|could|has|have|had|would)(?: not|n't|nt\b)(?: \w+){0,2}? "
    r"(?:\w*affect\w*|chang\w+|alter\w*|influenc\w+|improv\w+|increas\w+|decreas\w+|reduc\w+|lower\w*|rais\w+|prolong\w*|enhanc\w+|differ\w*|"
    r"lead|result|produc\w+|show|demonstrat\w+|associat\w+|confer|provid\w+|better|worse\w*|higher|greater|longer|shorter|superior|inferior)"
    r"|\bnon-?significan\w+|\binsignifican\w+|\b(?:similar|comparable|equivalent|unchanged|unaffected|indistinguishable|alike|"
    r"equal(?! to)|identical|non-?inferior\w*)\b|\bdid not reach\b|\bfail(?:ed|s|ure)? to\b|\bneither\b|\bthe same\b"
    r"|\bnot (?:\w+ ){0,2}?(?:confirmed|different|observed|found|detected|seen|evident|affected|superior|better)\b"
    r"|\b(?:NS|n\.s\.)(?=\W|$)"
    r"|\b(?:lack of|absence of)(?: \w+){0,2} (?:effect|difference|benefit|improvement)",
    re.IGNORECASE,
)
_NOT_NOTHING = re.compile(r"\bnot only\b|\bno more than\b|\bno less than\b", re.IGNORECASE)
_SIGNIFICANT = re.compile(r"\bsignifican\w+", re.IGNORECASE)
_HEDGED = re.compile(
    r"\b(?:numerical\w*|trends?|tend\w*|slight\w*|not (?:statistically )?significant\w*|non-?significant\w*)\b", re.I
)
_DIFFERENCE = re.compile(r"\bdifferen\w+|\beffects?\b|\bMD\b|\bchange", re.IGNORECASE)
_LEVEL = Decimal("0.05")
_NAMED_WITHIN = 60  # characters before an interval in which it is said what it is of


def says_nothing(text: str) -> re.Match[str] | None:
    """Where `text` says in words that nothing was found: no difference, did not improve, similar, failed to."""
    return None if _NOT_NOTHING.search(text) else _NOTHING.search(text)


def says_significant(text: str) -> bool:
    """Whether `text` calls something significant."""
    return _SIGNIFICANT.search(text) is not None


def hedged(text: str) -> bool:
    """Whether `text` speaks of a tendency, or of a difference in figures alone."""
    return _HEDGED.search(text) is not None


def shown_by_tests(text: str, about: Callable[[str], int]) -> Shown:
    """What the tests in `text` show; of several, the one whose stretch of text counts most words by `about`."""
    read = quantities(text)
    verdicts = [(q.start, q.end, verdict) for q in read.quantities if (verdict := _of_p(q)) is not None]
    if not verdicts:
        plain = spelled(text)
        verdicts = [
            (i.start, i.end, verdict) for i in read.intervals if (verdict := _of_interval(i, read, plain)) is not None
        ]
    if len({verdict for _, _, verdict in verdicts}) < 2:
        return verdicts[0][2] if verdicts else None
    borders = [0, *(end for _, end, _ in verdicts)]
    counts = [about(text[border:start]) for border, (start, _, _) in zip(borders, verdicts, strict=False)]
    nearest = {verdict for count, (_, _, verdict) in zip(counts, verdicts, strict=True) if count == max(counts)}
    return nearest.pop() if len(nearest) == 1 else None


def _of_p(quantity: Quantity) -> Shown:
    if quantity.kind != "p":
        return None
    if quantity.value < _LEVEL or (quantity.value == _LEVEL and quantity.bound == "<"):
        return True if quantity.bound in ("", "<", "≤") else None
    return False if quantity.bound in ("", ">", "≥") else None


def _of_interval(interval: Interval, read: Quantities, plain: str) -> Shown:
    """What a confidence interval shows: that of a ratio about 1, that of a difference about 0."""
    before = [quantity for quantity in read.quantities if quantity.end <= interval.start]
    if not any(quantity.kind == "level" for quantity in before):
        return None
    if any(quantity.kind in RATIOS for quantity in before[-3:]):
        return not interval.low <= 1 <= interval.high
    if interval.low < 0 < interval.high:
        return False
    named = plain[max(0, interval.start - _NAMED_WITHIN) : interval.start]
    return True if _DIFFERENCE.search(named) and interval.low * interval.high > 0 else None

"""The quantities of a text, each with its kind: 44.8 %, 10.3 months, HR 0.50, p < 0.001, 12 of 40, CI 0.41 to 0.89.

Read in one spelling (`rag.typography`), so 0·62 is 0.62. A number that is part of a name (CD8, PD-L1, KEYNOTE-024,
CheckMate 067, Table 2) is none. Where several share a unit ("10.3 versus 6.0 months", "20-30%"), each has it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise

from rag.typography import one_spelling

__all__ = ["RATIOS", "TIMES", "Interval", "Quantities", "Quantity", "kind_is_named", "quantities", "spelled"]

TIMES = frozenset({"second", "minute", "hour", "day", "week", "month", "year"})
RATIOS = frozenset({"HR", "OR", "RR", "IRR"})

_WORDS = "two three four five six seven eight nine ten eleven twelve".split()
_VALUES = {word: Decimal(value) for value, word in enumerate(_WORDS, start=2)}
_UNITS = {
    "%": r"%|per\s?cent(?:age points?)?\b|pct\b",
    "second": r"(?:seconds?|secs?)\b",
    "minute": r"(?:minutes?|mins?)\b",
    "hour": r"(?:hours?|hrs?|h)\b",
    "day": r"(?:days?|d)\b",
    "week": r"(?:weeks?|wks?)\b",
    "month": r"(?:months?|mos?|mth)\b",
    "year": r"(?:years?|yrs?|y)\b",
    "dose": r"(?:mg|kg|g|[µμ]g|mcg|ng|pg|ml|mL|dl|dL|L|IU|Gy|cm|mm|kcal|mmHg|mmol|nM|[µμ]M)"
    r"(?:[/.](?:kg|m2|m²|ml|mL|dl|dL|L|"
    r"day|d|h|min|week))*(?![\w/])",
}
_UNIT = re.compile("|".join(f"(?P<u{place}>{unit})" for place, unit in enumerate(_UNITS.values())))
_KINDS = tuple(_UNITS)
_NAMED = {
    "%": re.compile(r"%|per\s?cent"),
    **{time: re.compile(rf"(?<![A-Za-z]){_UNITS[time]}", re.IGNORECASE) for time in TIMES},
    "dose": re.compile(_UNITS["dose"]),
    "p": re.compile(r"\b[pP]\b"),
    "HR": re.compile(r"\ba?HRs?\b|hazards? ratio", re.IGNORECASE),
    "OR": re.compile(r"\ba?ORs?\b|(?i:odds ratio)"),
    "RR": re.compile(r"\bRRs?\b|relative risk|(?:risk|rate) ratio", re.IGNORECASE),
    "IRR": re.compile(r"\bIRRs?\b|incidence rate ratio", re.IGNORECASE),
}

_NUMBER = re.compile(
    r"(?:(?<![\w.])|(?<=\bvs\.))(?<![A-Za-z]-)"  # not behind a letter, nor behind a letter and a hyphen
    r"(?P<sign>(?<![\w)%])[-+])?"
    r"(?:(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)|(?P<word>(?<!-)(?i:"
    + "|".join(_WORDS)
    + r")))(?=\W|$|"  # nor before a letter, unless a unit is glued to it
    + "|".join(_UNITS.values())
    + r")(?!-[A-Z]{2}|–\d+[A-Z]{2})"  # nor 5-FU and 4-1BB
)
_RANGE_DASH = re.compile(r"(?<=[\d%])(\s?)-(?=\s?-?[\d.])")
_DASH = "–"  # between the ends of a range, once all dashes are spelled as hyphens

_NAME_BEFORE = re.compile(
    r"(?:\b(?:[A-Z]{4,}|[A-Z][a-z]+[A-Z]\w*)\s$)|(?:\b(?i:tables?|fig(?:ure)?s?|ref(?:erence)?s?|eqs?|appendix|box)\.?\s?$)"
)
_ARMS_COUNTED = re.compile(r"\s+(?:treatment\s+|study\s+|trial\s+)?(?:groups|arms|treatments|cohorts|strateg|regimens)")
_P = re.compile(r"\b[pP](?:[- ]?(?:value|trend))?s?(?:\s+(?:of|was|is|for\s\w+))?\s*[=<>≤≥:]?\s*$")
_RATIO = re.compile(
    r"(?:(?P<HR>\b(?i:a?HRs?\b|hazards? ratios?))|(?P<IRR>\b(?i:IRRs?\b|incidence rate ratios?))"
    r"|(?P<OR>\ba?ORs?\b|\b(?i:odds ratios?))|(?P<RR>\b(?i:RRs?\b|relative risks?|(?:risk|rate) ratios?)))"
    r"(?:[^.;\d]|vs\.){0,60}?(?:9\d(?:\.\d)?\s?%\s?(?i:CI|confidence intervals?)[^.;\d]{0,12})?$"
)
_LEVEL = re.compile(r"\s?%?\s*-?(?:CIs?\b|C\.I\.|CrI\b|confidence|credible)", re.IGNORECASE)
_BOUNDS_BEFORE = (
    ("≥", re.compile(r"(?:≥|>=|>\s*/\s*=|\bat least|\bno (?:less|fewer) than|\bminimum of)\s*$", re.IGNORECASE)),
    ("≤", re.compile(r"(?:≤|<=|<\s*/\s*=|\bat most|\b(?:no|not) more than|\bup to|\bmaximum of)\s*$", re.IGNORECASE)),
    (">", re.compile(r"(?:>|\b(?:more|greater|higher|longer|larger) than|\b(?:over|above|exceed\w*))\s*$", re.I)),
    ("<", re.compile(r"(?:<|\b(?:less|fewer|lower|shorter|smaller) than|\bunder|\bbelow)\s*$", re.IGNORECASE)),
)  # fmt: skip
_OVER_TIME = re.compile(r"\bover\s*$", re.IGNORECASE)  # "over 12 months" is how long, not more than
_BOUNDS_BEHIND = (
    ("≥", re.compile(r"\s*(?:or|and)\s(?:more|higher|greater|above|over|older|longer)\b", re.IGNORECASE)),
    ("≤", re.compile(r"\s*(?:or|and)\s(?:less|fewer|lower|below|under|younger)\b", re.IGNORECASE)),
)
_ABOUT = re.compile(
    r"(?:\b(?:about|approximately|approx\.?|around|roughly|nearly|almost|some|circa|ca\.|close to|just (?:over|under))"
    r"|[~≈])\s*$",
    re.IGNORECASE,
)
_SHARING = re.compile(
    rf"\s*-?(?:{_DASH}|/|±|\+/-|,?\s*(?:to|and|or|vs\.?|versus|v|against)|compared (?:with|to)|,)\s*(?:[<>≤≥=]\s*)?$"
)
_JOINED = re.compile(rf"\s*(?:{_DASH}|to|and|or|,|,\s*and|vs\.?|versus)\s*$")
_JOINT = re.compile(rf"\s*%?\s*(?P<joint>{_DASH}|\bto\b|,|;|\band\b)\s*$")
_OPENED = re.compile(r"(?:\b(?:CIs?|CrI|IQR|intervals?|range[ds]?)\b|C\.I\.)[\s\]):=,]*(?:of|was|is)?[\s(\[]*$", re.I)
_BRACKET = re.compile(r"[(\[]\s*$")
_FRACTION = re.compile(r"\s*(?:/|(?:\([^()]{1,20}\)\s*)?(?:\w+\s){0,2}(?:out )?of (?:the |all |a total of )?)\s*$")
_AROUND = re.compile(
    r"^[^.]*[(\[,;]\s*(?:\d\d(?:\.\d)?\s?%\s*-?)?(?:CIs?|C\.I\.|confidence|intervals?|IQR|range|[\s:=,(\[])*$",
    re.IGNORECASE,
)
_NEAR = 45  # characters between an estimate and its interval
_REACH = 90  # characters before a number in which its name is looked for


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number at `start:end` of the spelled text. `kind` is "" for a bare count, "level" for the 95 of 95 % CI.

    `bound` is "", "<", "≤", ">" or "≥"; `about` says that the writer calls it approximate.
    """

    value: Decimal
    kind: str
    bound: str
    about: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Interval:
    """Two numbers at `start:end` that belong together as ends of a range, and the estimate before them, if any."""

    low: Decimal
    high: Decimal
    estimate: Decimal | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Quantities:
    """What a text states: every quantity in its order, ranges, and `fractions` (12 of 40)."""

    quantities: tuple[Quantity, ...]
    intervals: tuple[Interval, ...]
    fractions: tuple[tuple[Decimal, Decimal], ...]


def spelled(text: str) -> str:
    """`text` in one spelling, the dash of a range told apart from a minus: what the places of quantities refer to."""
    return _RANGE_DASH.sub(rf"\1{_DASH}", one_spelling(text))


def kind_is_named(kind: str, text: str) -> bool:
    """Whether `text` says the word or sign of `kind` anywhere, as the head of a table does for its cells."""
    pattern = _NAMED.get(kind)
    return pattern is not None and pattern.search(text) is not None


@lru_cache(maxsize=512)
def quantities(text: str) -> Quantities:
    """Read every quantity, range and fraction of `text`."""
    plain = spelled(text)
    found = _share(plain, [_quantity(plain, match) for match in _NUMBER.finditer(plain) if not _is_name(plain, match)])
    return Quantities(tuple(found), tuple(_intervals(plain, found)), tuple(_fractions(plain, found)))


def _is_name(plain: str, match: re.Match[str]) -> bool:
    before = plain[max(0, match.start() - 30) : match.start()]
    if match["word"]:
        return bool(_ARMS_COUNTED.match(plain, match.end()))  # "the two groups" counts nothing
    named = _NAME_BEFORE.search(before)
    return bool(named) and (len(match["digits"]) >= 3 or not named.group().strip().isupper())  # type: ignore[union-attr]


def _quantity(plain: str, match: re.Match[str]) -> Quantity:
    before, end = plain[max(0, match.start() - _REACH) : match.start()], match.end()
    value = _VALUES[match["word"].lower()] if match["word"] else Decimal(match["digits"].replace(",", ""))
    value = -value if match["sign"] == "-" else value
    kind, unit_end = _kind(plain, before, end)
    behind = next((bound for bound, pattern in _BOUNDS_BEHIND if pattern.match(plain, unit_end)), "")
    bound = next((bound for bound, pattern in _BOUNDS_BEFORE if pattern.search(before)), behind)
    if bound == ">" and kind in TIMES and _OVER_TIME.search(before):
        bound = behind
    return Quantity(value, kind, bound, bool(_ABOUT.search(before)), match.start(), unit_end)


def _kind(plain: str, before: str, end: int) -> tuple[str, int]:
    """What the number that ends at `end` is, and where its unit ends."""
    if _LEVEL.match(plain, end):
        return "level", end
    gap = re.compile(r"[ \u00a0]?-?\s?").match(plain, end)
    unit = _UNIT.match(plain, gap.end() if gap else end)
    if unit and unit.lastgroup:
        kind = _KINDS[int(unit.lastgroup[1:])]
        return (unit.group() if kind == "dose" else kind), unit.end()
    if _P.search(before):
        return "p", end
    ratio = _RATIO.search(before)
    return (ratio.lastgroup or "" if ratio else ""), end


def _share(plain: str, found: list[Quantity]) -> list[Quantity]:
    """Hand a unit back to the numbers that it is shared with, and the name of a ratio on."""
    shared = list(found)
    for place in range(len(shared) - 2, -1, -1):
        this, following = shared[place], shared[place + 1]
        between = plain[this.end : following.start]
        if this.kind or not following.kind or following.kind in ("level", "p", *RATIOS) or not _SHARING.match(between):
            continue
        if "," in between and following.kind not in TIMES:
            continue
        shared[place] = replace(this, kind=following.kind)
    for place, (before, this) in enumerate(pairwise(shared)):
        if not this.kind and before.kind in RATIOS and _JOINED.match(plain[before.end : this.start]):
            shared[place + 1] = replace(this, kind=before.kind)
    return shared


def _intervals(plain: str, found: list[Quantity]) -> list[Interval]:
    intervals: list[Interval] = []
    for place, (low, high) in enumerate(pairwise(found)):
        joint = _JOINT.match(plain[low.end : high.start])
        if joint and _is_range(joint["joint"], plain[max(0, low.start - 40) : low.start], plain[high.end :][:1]):
            intervals.append(Interval(low.value, high.value, _estimate(plain, found, place), low.start, high.end))
    return intervals


def _is_range(joint: str, before: str, behind: str) -> bool:
    """Whether numbers with `joint` between them are ends of a range: "and" needs "between", commas a bracket or CI."""
    if joint in (",", ";"):
        return bool(_OPENED.search(before) or (_BRACKET.search(before) and behind in (")", "]")))
    return joint != "and" or before.rstrip().lower().endswith("between")


def _estimate(plain: str, found: list[Quantity], place: int) -> Decimal | None:
    """The number that the range beginning at `place` is put around: right before it, a confidence level apart."""
    estimate = next((candidate for candidate in reversed(found[:place]) if candidate.kind != "level"), None)
    if estimate is None:
        return None
    between = plain[estimate.end : found[place].start]
    return estimate.value if len(between) <= _NEAR and _AROUND.search(between) else None


def _fractions(plain: str, found: list[Quantity]) -> list[tuple[Decimal, Decimal]]:
    counted = [
        quantity for quantity in found if quantity.kind == "" and quantity.value == quantity.value.to_integral_value()
    ]
    fractions: list[tuple[Decimal, Decimal]] = []
    for part in counted:
        for whole in counted:
            between = plain[part.end : whole.start]
            if 0 < whole.start - part.end <= 45 and part.value <= whole.value and _FRACTION.match(between):
                fractions.append((part.value, whole.value))
                break
    return fractions

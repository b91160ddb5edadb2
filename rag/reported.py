"""What a sentence reports: of which drug or marker, on which endpoint, and which way it went.

"A prolonged survival compared with B (HR 0.68, 95% CI 0.53 to 0.87)" is a finding on A, against B, on survival, and it
says more. The subject is what the sentence compares: the drugs that it sets against others, or the marker that it links
to an outcome; drugs that patients merely were on are their `therapy`. A direction is told by words, else by a ratio and
its interval; "numerically longer" and p values from 0.05 on are a trend. A sentence that announces, doubts, wishes or
tells of others' work reports nothing.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from ingest.vocabulary import Concept, Mention, mentions
from rag.quantities import RATIOS, quantities
from rag.report_words import (
    A_RATIO,
    CLAUSE,
    CUE,
    ILL,
    LINKED,
    NO_DENIAL,
    NO_REPORT,
    NOTHING,
    OF_THE_GAIN,
    TREND,
    WAS_ON,
    WORDED,
)
from rag.roles import marked, roles

__all__ = ["Finding", "Ratio", "asked_about", "endpoints_in", "findings", "turned"]

_UP = {"up": 1, "good": 1, "down": -1, "bad": -1}
_REACH = 45  # characters around a word of direction in which what it is about stands
_GOOD = re.compile(r"survival|respon")
_GROUPS = {
    "relapse-free survival": "disease-free survival",
    "distant metastasis-free survival": "disease-free survival",
    "cancer-specific survival": "overall survival",
    "long-term survival": "overall survival",
    "best overall response": "objective response rate",
    "treatment-related adverse event": "adverse event",
    "treatment-emergent adverse event": "adverse event",
}
_GENERAL = frozenset({"RECIST", "iRECIST", "surgical resectability", "cost-effectiveness", "maximum tolerated dose"})
_HARMS = frozenset({
    "adverse event", "grade 3 or higher adverse event", "serious adverse event", "dose-limiting toxicity",
    "hyperprogression", "progressive disease",
})  # fmt: skip
_LEVEL = Decimal("0.05")
_ONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class Ratio:
    """A ratio of the two groups compared (HR, OR, RR) with its interval."""

    kind: str
    estimate: Decimal
    low: Decimal
    high: Decimal

    @property
    def shows(self) -> bool:
        """Whether the interval leaves out 1."""
        return not self.low <= _ONE <= self.high


@dataclass(frozen=True, slots=True)
class Finding:
    """What `text[start:end]` reports. `subject` and `against` are ids of concepts; several subjects are a combination.

    What both arms are given belongs to the `therapy` that those studied were on: the subject of "A plus B against B" is
    A.
    `way` is 1 where there is more of the endpoint (longer survival, more responses, more adverse events) with the
    subject, or with more of it; -1 where there is less, 0 where no difference was shown. `trend` says that what points
    one way was not significant. `aspect` is "mutation" where that is what a marker was looked at for. `population`
    are markers by which those studied were chosen, each with "+" or "-" behind it.
    """

    subject: frozenset[str]
    endpoint: str
    way: int
    start: int
    end: int
    against: frozenset[str] = frozenset()
    aspect: str = ""
    trend: bool = False
    ratio: Ratio | None = None
    therapy: frozenset[str] = frozenset()
    population: frozenset[str] = frozenset()


def findings(text: str, start: int, end: int) -> tuple[Finding, ...]:
    """What the sentence `text[start:end]` reports; none where it reports nothing that can be compared."""
    return tuple(replace(one, start=start, end=end) for one in _read(" ".join(text[start:end].split())))


def turned(finding: Finding) -> Finding:
    """The same, told of the other arm."""
    return replace(finding, subject=finding.against, against=finding.subject, way=-finding.way, ratio=None)


def _endpoint_group(name: str) -> str:
    """The endpoint under which `name` is compared: relapse-free with disease-free survival."""
    return _GROUPS.get(name, name)


def endpoints_in(text: str) -> frozenset[str]:
    """The endpoints and adverse events that `text` names, by the names under which they are compared."""
    kinds = ("endpoint", "event")
    named = {mention.concept.name for mention in mentions(text) if mention.concept.kind in kinds}
    return frozenset(_endpoint_group(name) for name in named - _GENERAL)


def asked_about(question: str) -> list[Concept]:
    """The drugs, markers and adverse events that a question is about; not the drugs that patients are on, if others."""
    named = [mention for mention in mentions(question) if mention.concept.kind in ("drug", "biomarker", "event")]
    on = [one for one in named if one.concept.kind == "drug" and WAS_ON.search(question[: one.start])]
    return [one.concept for one in named if one not in on] or [one.concept for one in named]


@lru_cache(maxsize=4096)
def _read(sentence: str) -> tuple[Finding, ...]:
    if not (CUE.search(sentence) or NOTHING.search(sentence) or LINKED.search(sentence) or A_RATIO.search(sentence)):
        return ()
    if NO_REPORT.search(sentence) or OF_THE_GAIN.search(sentence):
        return ()
    named = mentions(sentence)
    return tuple(
        finding for begin, close in _clauses(sentence, named) for finding in _in_clause(sentence, begin, close, named)
    )


def _clauses(sentence: str, named: Sequence[Mention]) -> list[tuple[int, int]]:
    """Stretches that each speak of an endpoint; what speaks of none belongs to the one before."""
    cuts = [0, *(match.start() for match in CLAUSE.finditer(sentence)), len(sentence)]
    clauses: list[tuple[int, int]] = []
    for begin, close in itertools.pairwise(cuts):
        if clauses and not _endpoints(sentence, begin, close, named):
            clauses[-1] = (clauses[-1][0], close)
        else:
            clauses.append((begin, close))
    return clauses


def _in_clause(sentence: str, begin: int, close: int, named: Sequence[Mention]) -> Iterator[Finding]:
    inside = [mention for mention in named if begin <= mention.start < close]
    own = any(mention.concept.kind in ("drug", "biomarker", "event") for mention in inside)
    who = roles(sentence, begin if own else 0, close, inside if own else [one for one in named if one.start < close])
    subjects = {one.concept.id for group in who.subjects for one in group}
    for name, place, mention in _outcomes(_endpoints(sentence, begin, close, inside)):
        if mention is not None and mention.concept.id in subjects:
            continue
        harm = name in _HARMS or (mention is not None and mention.concept.kind == "event")
        told = _direction(sentence[begin:close], place - begin, harm)
        if told is None:
            continue
        way, trend, ratio = told
        for group in who.subjects:
            level, aspect = (1, "") if group[0].concept.kind == "drug" else marked(sentence, group[0])
            ids = frozenset(one.concept.id for one in group)
            yield Finding(
                subject=ids,
                endpoint=_endpoint_group(name),
                way=way * level,
                start=0,
                end=0,
                against=who.against,
                aspect=aspect,
                trend=trend,
                ratio=ratio,
                therapy=who.therapy - ids,
                population=who.population,
            )


def _outcomes(endpoints: Sequence[tuple[str, int, Mention | None]]) -> list[tuple[str, int, Mention | None]]:
    """What was measured: beside survival or response an adverse event is what it was compared by."""
    if any(mention is not None and mention.concept.kind == "endpoint" for _, _, mention in endpoints):
        return [one for one in endpoints if one[2] is None or one[2].concept.kind == "endpoint"]
    return list(endpoints)


def _endpoints(
    sentence: str, begin: int, close: int, named: Sequence[Mention]
) -> list[tuple[str, int, Mention | None]]:
    """Name, place and mention of each endpoint that the clause names; by its words where no term of the field does."""
    found: dict[str, tuple[str, int, Mention | None]] = {}
    for mention in named:
        concept = mention.concept
        if begin <= mention.start < close and concept.kind in ("endpoint", "event") and concept.name not in _GENERAL:
            found.setdefault(concept.id, (concept.name, mention.start, mention))
    if not any(mention and mention.concept.kind == "endpoint" for _, _, mention in found.values()):
        for name, pattern in WORDED:
            if match := pattern.search(sentence, begin, close):
                return [*found.values(), (name, match.start(), None)]
    return list(found.values())


def _direction(clause: str, place: int, harm: bool) -> tuple[int, bool, Ratio | None] | None:
    """Which way the endpoint at `place` went, whether that is a trend, and the ratio; None where it is not told."""
    told = NO_DENIAL.sub(lambda match: " " * len(match.group()), clause)
    ratio = _ratio(told)
    cues = _cues(told, place, harm)
    if TREND.search(told):
        return (cues[0], True, ratio) if cues else (0, False, ratio)
    if NOTHING.search(told):
        return None if ratio is not None and ratio.shows else (0, False, ratio)
    values = [quantity for quantity in quantities(told).quantities if quantity.kind == "p"]
    if values and all(value.value >= _LEVEL and value.bound in ("", ">", "≥") for value in values):
        return (cues[0], True, ratio) if cues else (0, False, ratio)
    if cues:
        return cues[0], ratio is not None and not ratio.shows, ratio
    if ratio is not None:
        if not ratio.shows:
            return 0, False, ratio
        more = ratio.estimate > _ONE
        return (1 if more == (harm or ratio.kind != "HR") else -1), False, ratio
    if not harm and LINKED.search(told) and re.search(r"\brespon", told, re.IGNORECASE):
        return 1, False, None
    return None


def _cues(clause: str, place: int, harm: bool) -> list[int]:
    """The directions that words give, that nearest to the endpoint first."""
    found = []
    for match in CUE.finditer(clause):
        kind = match.lastgroup or ""
        turns = kind in ("good", "bad") if harm else kind in ("up", "down") and _ill(clause, match.start(), match.end())
        distance = min(abs(match.start() - place), abs(match.end() - place))
        found.append((distance, -_UP[kind] if turns else _UP[kind]))
    return [way for _, way in sorted(found)]


def _ill(clause: str, start: int, end: int) -> bool:
    """Whether the word of direction at `start:end` is about something that nobody wants more of."""
    behind = clause[end : end + _REACH]
    if (noun := ILL.search(behind)) is not None and not _GOOD.search(behind[: noun.start()]):
        return True
    before = clause[max(start - _REACH, 0) : start]
    nouns = list(ILL.finditer(before))
    return bool(nouns) and not _GOOD.search(before[nouns[-1].end() :])


def _ratio(clause: str) -> Ratio | None:
    """The first ratio with an interval."""
    read = quantities(clause)
    for interval in read.intervals:
        for quantity in read.quantities:
            if quantity.kind in RATIOS and quantity.value == interval.estimate:
                return Ratio(quantity.kind, quantity.value, interval.low, interval.high)
    return None

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

__all__ = ["ASSAYS", "CONTROL", "Finding", "Ratio", "asked_about", "endpoints_in", "findings", "turned"]

CONTROL = "control"  # stands for placebo, observation and whatever else a control arm is called
_PLACEBO = "placebo"
ASSAYS = frozenset(f"biomarker:{name}" for name in ("22C3", "28-8", "SP142", "SP263", "73-10"))

_CLAUSE = re.compile(r";\s|,?\s(?:but(?! also)|whereas|while|although|though)\s", re.IGNORECASE)
_NO_REPORT = re.compile(
    r"\bwhether\b|\bwill be\b|\bwe will\b|\bremains? (?:unclear|unknown|to be)\b|\bhypothesi[sz]|\b(?:sought|aim(?:s|"
    r"ed)?) to\b"
    r"|\b(?:earlier|previous|prior|other|later|smaller|larger) (?:[\w-]+ ){0,2}(?:trials?|stud(?:y|ies)|reports?|"
    r"work)\b"
    r"|\b(?:contradict|disagree)\w*\b|\bstands? against\b|\bwho (?:read|held|found|saw|reported)\b|"
    r"\bat (?:an? )?increased risk\b"
    r"|\bprimary (?:end ?point|outcome) was\b|\b(?:may|might|could|would) (?:be|have|not|explain)\b|\bask(?:s|ed)\b|"
    r"\?$",
    re.IGNORECASE,
)
# The gain is alike, or not, in several groups: nothing is said of whether there is one.
_OF_THE_GAIN = re.compile(
    r"\b(?:benefits?|gains?|effects?|advantage)\b[^;]{0,140}\b(?:similar|consistent|comparable|the same|"
    r"did not differ)\b"
    r"|\b(?:regardless|irrespective|whatever the|interaction)\b",
    re.IGNORECASE,
)
_NOTHING = re.compile(
    r"\b(?:no|nor|without) (?:[\w-]+ ){0,4}?(?:differen\w+|associations?|correlations?|effects?|impact|influence|"
    r"benefits?|"
    r"improvements?|advantage|gain|increases?|relation\w*|link|evidence|signs?|markers?|predictors?)\b"
    r"|\b(?:not|n't) (?:[\w-]+ ){0,3}?(?:differ\w*|improv\w+|prolong\w*|affect\w*|influenc\w+|chang\w+|increas\w+|"
    r"reduc\w+|"
    r"lower\w*|rais\w+|predict\w*|associat\w+|correlat\w+|linked|related|better|longer|higher|shorter|superior|"
    r"alter\w*|"
    r"extend\w*|delay\w*|confer\w*|reach\w*|translate\w*|significant\w*|help\w*|shown|seen|found|observed|confirmed)\b"
    r"|\bno (?:better|worse|more|less|longer|shorter|higher|lower|different)\b|\bfail(?:ed|s|ure)? to\b|\bneither\b"
    r"|\b(?:similar|comparable|unrelated|unaffected|unchanged|identical|equal|indistinguishable|non-?inferior\w*)\b"
    r"|\bthe same\b|\bin vain\b|\bwas negative\b",
    re.IGNORECASE,
)
_ALIKE = re.compile(r"\b(?:similar|comparable|differ\w*|the same|alike|identical|equal)\b", re.IGNORECASE)
_TREND = re.compile(
    r"\bnumerical\w*\b|\btrend\w*\b|\btended\b|\bdid not reach (?:statistical )?significance\b"
    r"|\bnot (?:statistically )?significant\w*\b|\bnon-?significant\w*\b",
    re.IGNORECASE,
)
_NO_DENIAL = re.compile(
    r"\bnot (?:only|merely|just)\b|\bnot (?:yet )?(?:been )?reached\b|\bno more than\b(?= \d)|\bno new\b", re.IGNORECASE
)

_CUE = re.compile(
    r"(?P<up>\b(?:longer|prolong\w*|higher|increas(?:e[sd]?|ing)|greater|larger|more (?:frequent\w*|common\w*|often|"
    r"likely)|commoner|"
    r"raise[sd]?|rose|doubl\w+|tripl\w+|enriched|extend\w*|lengthen\w*)\b)"
    r"|(?P<down>\b(?:shorter|shorten\w*|reduc\w+|lower(?:ed|s)?|decreas\w+|less (?:frequent\w*|common\w*|often|"
    r"likely)|fewer|rarer|"
    r"declin\w+|halv\w+|fell)\b)"
    r"|(?P<good>\b(?:improv\w+|better|superior|benefit(?:s|ed)?|favou?r(?:s|ed|able)?|delay(?:s|ed)?|work(?:s|ed))\b)"
    r"|(?P<bad>\b(?:wors\w+|(?<!non-)(?<!non)inferior|poor(?:er)?|impair\w*|detriment\w*|harm\w*|resist\w*|"
    r"unfavou?rable|rarely|seldom|hardly)\b)",
    re.IGNORECASE,
)
_UP = {"up": 1, "good": 1, "down": -1, "bad": -1}
# Less of these is more survival.
_ILL = re.compile(
    r"\b(?:deaths?|mortality|dying|(?:risk|hazard|rate|odds) of (?:disease )?(?:progression|recurrence|relapse)|"
    r"recurrence|relapse)"
    r"\b(?!-free)",
    re.IGNORECASE,
)
_REACH = 45  # characters around a word of direction in which what it is about stands

_WORDED = tuple(
    (name, re.compile(words, re.IGNORECASE))
    for name, words in (
        ("progression-free survival", r"\b(?:risk|hazard(?: ratio)?) (?:of|for) (?:disease )?progression\b"),
        ("disease-free survival", r"\b(?:risk of |hazard(?: ratio)? for )?(?:recurrence|relapse)\b(?!-free)"),
        ("objective response rate", r"\brespon(?:se|ses|ded|d)\b|\bresist(?:ance|ant|ed)\b"),
        ("overall survival", r"\b(?:deaths?|mortality|alive|died|lived|live|surviv(?:al|ed)|prognos\w+)\b"),
    )
)
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

_LINKED = re.compile(
    r"\b(?:associat\w+|correlat\w+|linked|predict\w*|prognostic|(?<!-)relat(?:ed|ion\w*)|unrelated|"
    r"(?:un)?affect(?:ed|s)?|"
    r"influenc\w+|impact|enriched|went with|goes with|mark(?:s|ed)|effect on)\b",
    re.IGNORECASE,
)
_LINK_TO = re.compile(  # what is linked follows
    r"\b(?:associat\w+|correlat\w+|relation\w*|link) (?:of|between)|\b(?:un)?affected by|\binfluenced by", re.IGNORECASE
)
_WAS_ON = re.compile(
    r"(?:\btreat(?:ed|ment) with|\bon|\bunder|\breceiv(?:ing|ed|e)|\bgiven|\bafter|\bbefore|\bduring|\bundergoing|"
    r"\btherapy with"
    r"|\b(?:response|responses|resistan\w+|responded|rate|assigned|randomi[sz]ed) to)\s+(?:an? |the |anti-?|"
    r"adjuvant |first-line )*$",
    re.IGNORECASE,
)
_THOSE = re.compile(
    r"\b(?:those|ones)(?: who)?(?: were)? (?:on|with|given|taking|took|receiv(?:ing|ed)|treated with)\s+(?:an? |"
    r"the )*$|\bwho took\s+$",
    re.IGNORECASE,
)
_REFERENCE = re.compile(
    r"\b(?:than|versus|vs\.?|compared (?:with|to)|in comparison (?:with|to)|over|against|relative to|"
    r"rather than)\b[^,;()]{0,70}$",
    re.IGNORECASE,
)
_CONTROLS = re.compile(
    r"\b(?:placebo|controls?|observation|standard (?:of )?care|best supportive care|transplantation)\b", re.IGNORECASE
)
_JOINED = re.compile(
    r"\s*(?:,? and|,? or|plus|\+|/|with|(?:in combination|combined|together) with)\s+(?:an? |the )?", re.I
)
_ADDED = re.compile(r"\b(?:add(?:ed|ing|ition of)|combining)\b", re.IGNORECASE)
_TO = re.compile(r"\bto\s+(?:an? |the )?$", re.IGNORECASE)
_AND = re.compile(r"\band (?:with |in |those (?:with|given) )?(?:an? |the )?$", re.IGNORECASE)
_LOW_BEFORE = re.compile(
    r"\b(?:low(?:er)?|loss of|lack of|lacking|absence of|absent|without|negative for|undetectable|"
    r"wild-type)\s+(?:an? |the )?$",
    re.IGNORECASE,
)
_LOW_BEHIND = re.compile(r"^[- ](?:low|negative|loss|deficien\w+|wild-type|null)\b", re.IGNORECASE)
_LOW_WITHIN = re.compile(r"(?:negative|low|loss|deficient)$", re.IGNORECASE)
_MUTATED = re.compile(r"^[- ](?:\w+ )?(?:mutat\w+|mutant|alter\w+|variants?|amplif\w+)|^ and (?:\w+ )?mutations", re.I)
_MUTATED_BEFORE = re.compile(r"\bmutat\w+ (?:of|in)\s+$|\bwild-type\s+$", re.IGNORECASE)
_A_RATIO = re.compile(r"\bratio\b|\b[HOR]R\b")
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
    on = [one for one in named if one.concept.kind == "drug" and _WAS_ON.search(question[: one.start])]
    return [one.concept for one in named if one not in on] or [one.concept for one in named]


@lru_cache(maxsize=4096)
def _read(sentence: str) -> tuple[Finding, ...]:
    if not (
        _CUE.search(sentence) or _NOTHING.search(sentence) or _LINKED.search(sentence) or _A_RATIO.search(sentence)
    ):
        return ()
    if _NO_REPORT.search(sentence) or _OF_THE_GAIN.search(sentence):
        return ()
    named = mentions(sentence)
    return tuple(
        finding for begin, close in _clauses(sentence, named) for finding in _in_clause(sentence, begin, close, named)
    )


def _clauses(sentence: str, named: Sequence[Mention]) -> list[tuple[int, int]]:
    """Stretches that each speak of an endpoint; what speaks of none belongs to the one before."""
    cuts = [0, *(match.start() for match in _CLAUSE.finditer(sentence)), len(sentence)]
    clauses: list[tuple[int, int]] = []
    for begin, close in itertools.pairwise(cuts):
        if clauses and not _endpoints(sentence, begin, close, named):
            clauses[-1] = (clauses[-1][0], close)
        else:
            clauses.append((begin, close))
    return clauses


def _in_clause(sentence: str, begin: int, close: int, named: Sequence[Mention]) -> Iterator[Finding]:
    inside = [mention for mention in named if begin <= mention.start < close]
    if not any(mention.concept.kind in ("drug", "biomarker", "event") for mention in inside):
        inside = [*(mention for mention in named if mention.start < begin), *inside]
    subjects, against, therapy, population = _roles(sentence, begin, close, inside)
    endpoints = _endpoints(sentence, begin, close, inside)
    subject_ids = {one.concept.id for group in subjects for one in group}
    if any(mention.concept.kind == "endpoint" for _, _, mention in endpoints if mention):
        endpoints = [one for one in endpoints if one[2] is None or one[2].concept.kind == "endpoint"]
    for name, place, mention in endpoints:
        if mention is not None and mention.concept.id in subject_ids:
            continue
        harm = name in _HARMS or (mention is not None and mention.concept.kind == "event")
        told = _direction(sentence[begin:close], place - begin, harm)
        if told is None:
            continue
        way, trend, ratio = told
        for group in subjects:
            level, aspect = 1, ""
            if group[0].concept.kind != "drug":
                level, aspect = _marked(sentence, group[0])
            ids = frozenset(one.concept.id for one in group)
            yield Finding(
                ids, _endpoint_group(name), way * level, 0, 0, against, aspect, trend, ratio, therapy - ids, population
            )


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
        for name, pattern in _WORDED:
            if match := pattern.search(sentence, begin, close):
                return [*found.values(), (name, match.start(), None)]
    return list(found.values())


def _roles(
    sentence: str, begin: int, close: int, named: Sequence[Mention]
) -> tuple[list[tuple[Mention, ...]], frozenset[str], frozenset[str], frozenset[str]]:
    """Who is who among what is named: subjects (each a combination), what they are set against, therapy, population."""
    drugs: list[Mention] = []
    markers: list[Mention] = []
    on: list[Mention] = []
    against: list[Mention] = []
    population: set[str] = set()
    alike = _ALIKE.search(sentence, begin, close) is not None
    added = _ADDED.search(sentence, begin, close) is not None
    cancers = [mention.start for mention in named if mention.concept.kind == "cancer"]
    last: tuple[int, list[Mention]] | None = None  # where the drug before ends, and its role
    for mention in named:
        kind, before = mention.concept.kind, sentence[begin : mention.start]
        if kind in ("biomarker", "event"):
            if mention.concept.id in ASSAYS or _REFERENCE.search(before):
                continue
            if kind == "biomarker" and any(0 <= place - mention.end <= 14 for place in cancers):
                population.add(f"{mention.concept.id}{'-' if _is_low(sentence, mention) else '+'}")
            else:
                markers.append(mention)
        elif kind == "drug":
            if alike and drugs and _AND.search(before):
                role = against
            elif last is not None and _goes_with(sentence[last[0] : mention.start], last[1] is against):
                role = last[1]
            elif _REFERENCE.search(before):
                role = against
            elif (added and drugs and _TO.search(before)) or (_WAS_ON.search(before) and not _THOSE.search(before)):
                role = on
            else:
                role = drugs
            role.append(mention)
            last = mention.end, role
    faced = {one.concept.id for one in against}
    shared = faced & {one.concept.id for one in drugs}  # the backbone, which both arms are given
    drugs = [one for one in drugs if one.concept.id not in shared and one.concept.name != _PLACEBO]
    controls = _CONTROLS.finditer(sentence, begin, close)
    if shared or any(_REFERENCE.search(sentence[begin : match.start()]) for match in controls):
        faced.add(CONTROL)
    faced -= {f"drug:{_PLACEBO}", *shared}
    if len(faced) > 1:
        faced.discard(CONTROL)
    subjects = _subjects(sentence, begin, close, drugs, markers)
    therapy = frozenset(shared.union(one.concept.id for one in on))
    if not subjects and on:
        subjects, therapy = [_each_once(on)], frozenset(shared)
    return subjects, frozenset(faced), therapy, frozenset(population)


def _goes_with(between: str, listed: bool) -> bool:
    """Whether the words between two drugs give them one role; a bare comma does in a list of what is compared with."""
    return bool(_JOINED.fullmatch(between)) or (listed and between.strip() == ",")


def _subjects(
    sentence: str, begin: int, close: int, drugs: Sequence[Mention], markers: Sequence[Mention]
) -> list[tuple[Mention, ...]]:
    link = _LINKED.search(sentence, begin, close)
    if link is not None and (markers or drugs):
        linked = sorted([*drugs, *markers], key=lambda one: one.start)
        reversed_link = _LINK_TO.search(sentence, begin, close)
        place = reversed_link.start() if reversed_link else link.start()
        before = [one for one in linked if one.end <= place]
        behind = [one for one in linked if one.start >= place]
        nearest = (behind[:1] or before[-1:]) if reversed_link else (before[-1:] or behind[:1])
        if nearest and nearest[0].concept.kind == "drug":
            return [_each_once(drugs)]
        return [tuple(nearest)] if nearest else []
    if drugs:
        return [_each_once(drugs)]
    return [(one,) for one in _each_once([one for one in markers if one.concept.kind == "biomarker"])]


def _each_once(named: Sequence[Mention]) -> tuple[Mention, ...]:
    return tuple({mention.concept.id: mention for mention in reversed(named)}.values())[::-1]


def _is_low(sentence: str, mention: Mention) -> bool:
    return bool(
        _LOW_BEFORE.search(sentence[: mention.start])
        or _LOW_BEHIND.match(sentence[mention.end :])
        or _LOW_WITHIN.search(sentence[mention.start : mention.end])
    )


def _marked(sentence: str, mention: Mention) -> tuple[int, str]:
    """Whether a sentence speaks of much (1) or little (-1) of a marker, and whether of its mutation."""
    before, behind = sentence[: mention.start], sentence[mention.end :]
    aspect = "mutation" if _MUTATED.match(behind) or _MUTATED_BEFORE.search(before) else ""
    return (-1 if _is_low(sentence, mention) else 1), aspect


def _direction(clause: str, place: int, harm: bool) -> tuple[int, bool, Ratio | None] | None:
    """Which way the endpoint at `place` went, whether that is a trend, and the ratio; None where it is not told."""
    told = _NO_DENIAL.sub(lambda match: " " * len(match.group()), clause)
    ratio = _ratio(told)
    cues = _cues(told, place, harm)
    if _TREND.search(told):
        return (cues[0], True, ratio) if cues else (0, False, ratio)
    if _NOTHING.search(told):
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
    if not harm and _LINKED.search(told) and re.search(r"\brespon", told, re.IGNORECASE):
        return 1, False, None
    return None


def _cues(clause: str, place: int, harm: bool) -> list[int]:
    """The directions that words give, that nearest to the endpoint first."""
    found = []
    for match in _CUE.finditer(clause):
        kind = match.lastgroup or ""
        turns = kind in ("good", "bad") if harm else kind in ("up", "down") and _ill(clause, match.start(), match.end())
        distance = min(abs(match.start() - place), abs(match.end() - place))
        found.append((distance, -_UP[kind] if turns else _UP[kind]))
    return [way for _, way in sorted(found)]


def _ill(clause: str, start: int, end: int) -> bool:
    """Whether the word of direction at `start:end` is about something that nobody wants more of."""
    behind = clause[end : end + _REACH]
    if (noun := _ILL.search(behind)) is not None and not re.search(r"survival|respon", behind[: noun.start()]):
        return True
    before = clause[max(start - _REACH, 0) : start]
    nouns = list(_ILL.finditer(before))
    return bool(nouns) and not re.search(r"survival|respon", before[nouns[-1].end() :])


def _ratio(clause: str) -> Ratio | None:
    """The first ratio with an interval."""
    read = quantities(clause)
    for interval in read.intervals:
        for quantity in read.quantities:
            if quantity.kind in RATIOS and quantity.value == interval.estimate:
                return Ratio(quantity.kind, quantity.value, interval.low, interval.high)
    return None

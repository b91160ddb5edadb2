"""Where studies disagree: findings on one comparison, in comparable people, that point in different directions.

Looked for in all passages that were read for an answer, not only in what it quotes, and where else their papers report
their findings. Two findings disagree that are on
the same drug or marker (or on two drugs of the class that was asked about) and the same endpoint, where one says more
and the other less or no difference. They do not where they are about different cancers, lines, therapies, groups of
patients or species; where what is called no difference leaves room for the other's figure on the same side; or where
they are reports of one trial, unless an older and a newer data cut. Reviews, editorials and protocols report nothing of
their own, and a single case disagrees with nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import combinations

from ingest.library import Library
from ingest.papers import Paper
from ingest.sentences import sentence_spans
from ingest.study import design_class
from ingest.vocabulary import Concept, concept, mentions, narrower
from rag.answer import Citation, Disagreement, Passage, Side
from rag.names import trials_in
from rag.population import Population, akin, comparable, differences, population
from rag.reported import Finding, asked_about, endpoints_in, findings, turned
from rag.retrieval import limited, located
from rag.strength import same_trial, strength

__all__ = ["disagreements", "numbered", "reporting"]

_NOT_OWN = frozenset({"review", "editorial", "protocol", "guideline", "case report"})
_NO_FINDINGS = frozenset({"introduction", "methods"})
_FINDINGS = frozenset({"abstract", "results", "conclusions"})
_FIRST, _FURTHER = 30, 5  # chunks of a paper that are looked through for where it reports findings, and that are read
_MOST, _MOST_SIDES = 3, 4
_SAME_SIDE = Decimal("0.85")  # a ratio up to this (or its inverse from it) that shows nothing still points somewhere
_PD_L1 = "biomarker:PD-L1 expression"
_SURVIVAL, _RATE, _HARM = ("longer", "shorter"), ("higher", "lower"), ("more frequent", "less frequent")


@dataclass(frozen=True, slots=True)
class _Told:
    """A finding with where it stands and whom it is about; `subject` as it was asked for."""

    finding: Finding
    subject: frozenset[str]
    people: Population
    passage: Passage

    @property
    def paper(self) -> Paper:
        return self.passage.paper


def disagreements(question: str, passages: Sequence[Passage]) -> tuple[Disagreement, ...]:
    """The disagreements in `passages` that bear on `question`, the strongest studies' first; numbers are 0.

    A disagreement bears on it that is on a drug, marker or adverse event it names (any, where it names none), and on an
    endpoint it names, in a cancer it names.
    """
    told = _one_a_source(_asked(question, _all(question, passages)))
    told.sort(key=lambda one: strength(one.paper), reverse=True)
    groups: list[list[_Told]] = []
    for one, other in combinations(told, 2):
        if _disagree(one, other) and not any(one in group and other in group for group in groups):
            group = [one, other]
            for third in told:
                if _belongs(third, group):
                    group.append(third)
            groups.append(group)
    return tuple(map(_set_side_by_side, _each_comparison_once(groups)[:_MOST]))


def reporting(library: Library, passages: Sequence[Passage]) -> list[Passage]:
    """`passages`, and behind them where else their papers report findings: a few chunks of each."""
    known = {passage.chunk.id for passage in passages}
    papers = dict.fromkeys(passage.paper.id for passage in passages)
    ids = [f"{paper}#{ordinal}" for paper in papers for ordinal in range(_FIRST)]
    further = [
        one
        for one in located(library, [(id, 0.0) for id in ids if id not in known])
        if one.chunk.section.kind in _FINDINGS
    ]
    return [*passages, *limited(further, _FURTHER)]


def numbered(found: Disagreement, number: Callable[[Citation], Citation]) -> Disagreement:
    """The disagreement with the numbers that its papers have in the answer."""
    return replace(found, sides=tuple(replace(side, citation=number(side.citation)) for side in found.sides))


def _all(question: str, passages: Sequence[Passage]) -> list[_Told]:
    classes = asked_about(question)
    found: dict[tuple[str, Finding], _Told] = {}
    for passage in passages:
        if design_class(passage.paper.design) in _NOT_OWN or passage.chunk.section.kind in _NO_FINDINGS:
            continue
        for start, end in sentence_spans(passage.paper.text, passage.chunk.start, passage.chunk.end):
            if _of_others(passage.paper, passage.paper.text[start:end]):
                continue
            for finding in findings(passage.paper.text, start, end):
                subject = frozenset(_as_asked(id, classes) for id in finding.subject)
                people = population(passage.paper, finding)
                found.setdefault((passage.paper.id, finding), _Told(finding, subject, people, passage))
    return list(found.values())


def _of_others(paper: Paper, sentence: str) -> bool:
    """Whether it speaks of another trial than the paper's own."""
    own = trials_in(" ".join((paper.title, *paper.trials, *paper.trial_ids)))
    return bool(trials_in(sentence) - own)


def _as_asked(id: str, classes: Sequence[Concept]) -> str:
    """The class that was asked about for a drug that belongs to it; all scores of PD-L1 are its expression."""
    kind, _, name = id.partition(":")
    if kind == "drug":
        return next(
            (one.id for one in classes if one.kind == "drug" and id in {below.id for below in narrower(one)}), id
        )
    if kind == "biomarker" and id in _pd_l1():
        return _PD_L1
    return f"{kind}:{name}"


def _pd_l1() -> frozenset[str]:
    return frozenset({"biomarker:PD-L1", *(one.id for one in narrower(concept("biomarker", "PD-L1 expression")))})


def _asked(question: str, told: Sequence[_Told]) -> list[_Told]:
    """Those findings that bear on what was asked; told of the other arm where that one was asked about."""
    named = asked_about(question)
    subjects = {_as_asked(one.id, named) for one in named}
    endpoints = endpoints_in(question) - {id.partition(":")[2] for id in subjects if id.startswith("event:")}
    events = {id.partition(":")[2] for id in subjects if id.startswith("event:")}
    cancers = frozenset(mention.concept.id for mention in mentions(question) if mention.concept.kind == "cancer")
    kept = []
    for one in told:
        if endpoints and one.finding.endpoint not in endpoints | events:
            continue
        if not akin(one.people.cancers, cancers):
            continue
        if not subjects or one.subject & subjects or one.finding.endpoint in events:
            kept.append(one)
        elif against := frozenset(_as_asked(id, named) for id in one.finding.against) & subjects:
            kept.append(_Told(turned(one.finding), against, one.people, one.passage))
    return kept


def _one_a_source(told: Sequence[_Told]) -> list[_Told]:
    """Of a paper's findings on one comparison in the same people, the clearest; none where it says both."""
    groups: dict[tuple[str, frozenset[str], str, Population, str], list[_Told]] = {}
    for one in told:
        key = (one.paper.id, one.subject, one.finding.endpoint, one.people, one.finding.aspect)
        groups.setdefault(key, []).append(one)
    kept = []
    for ours in groups.values():
        ways = {one.finding.way for one in ours}
        if {1, -1} <= ways:
            continue
        kept.append(max(ours, key=lambda one: (one.finding.ratio is not None, bool(one.finding.way))))
    return kept


def _disagree(one: _Told, other: _Told) -> bool:
    first, second = one.finding, other.finding
    if one.paper.id == other.paper.id or first.endpoint != second.endpoint or first.way == second.way:
        return False
    if not _same_subject(one, other) or not comparable(first, one.people, second, other.people):
        return False
    if same_trial(one.paper, other.paper) and one.paper.year == other.paper.year:
        return False
    if 0 in (first.way, second.way):
        shown, null = (first, second) if second.way == 0 else (second, first)
        return not shown.trend and not _leaves_room(null, shown)
    return not (first.trend and second.trend)


def _belongs(third: _Told, group: Sequence[_Told]) -> bool:
    """Whether a finding compares the same in comparable people as all of the group, of other papers than they."""
    return all(
        third.paper.id != one.paper.id
        and third.finding.endpoint == one.finding.endpoint
        and _same_subject(third, one)
        and comparable(third.finding, third.people, one.finding, one.people)
        and not same_trial(third.paper, one.paper)
        and (third.finding.way == one.finding.way or _disagree(third, one))
        for one in group
    )


def _each_comparison_once(groups: Sequence[list[_Told]]) -> list[list[_Told]]:
    """Of groups on one endpoint that share papers, the first, which has the strongest study."""
    kept: list[list[_Told]] = []
    for group in groups:
        papers = {one.paper.id for one in group}
        if not any(
            group[0].finding.endpoint == other[0].finding.endpoint and papers & {one.paper.id for one in other}
            for other in kept
        ):
            kept.append(group)
    return kept


def _same_subject(one: _Told, other: _Told) -> bool:
    """The same drugs, or the same with what all were on; a drug added is not a drug alone."""
    if one.subject == other.subject:
        return True
    whole = [told.finding.subject | told.finding.therapy for told in (one, other)]
    return (
        (whole[0] == whole[1])
        and bool(one.subject & other.subject)
        and not (one.finding.against and other.finding.against)
    )


def _leaves_room(null: Finding, shown: Finding) -> bool:
    """Whether what showed no difference points the same way, and its interval holds what the other found."""
    if null.ratio is None or shown.ratio is None or null.ratio.kind != shown.ratio.kind:
        return False
    ratio, estimate = null.ratio, shown.ratio.estimate
    points = ratio.estimate <= _SAME_SIDE if estimate < 1 else ratio.estimate >= 1 / _SAME_SIDE
    return points and ratio.low <= estimate <= ratio.high


def _set_side_by_side(group: Sequence[_Told]) -> Disagreement:
    sides = _both_ways(sorted(group, key=lambda one: strength(one.paper), reverse=True))
    one, other = sides[0], next(side for side in sides[1:] if side.finding.way != sides[0].finding.way)
    subject = one.subject & other.subject or one.subject
    common = frozenset[str].intersection(*(side.finding.subject for side in sides))

    def those(alike: bool) -> list[tuple[Finding, Population, Paper]]:
        chosen = (side for side in sides if (side.finding.way == one.finding.way) is alike)
        return [
            (replace(side.finding, subject=side.finding.subject - common), side.people, side.paper) for side in chosen
        ]

    clauses = differences(those(True), those(False))
    if same_trial(one.paper, other.paper) and one.paper.year and other.paper.year:
        clauses.insert(0, f"data cut: {one.paper.year} against {other.paper.year}")
    return Disagreement(
        " + ".join(sorted(id.partition(":")[2] for id in subject)),
        one.finding.endpoint,
        tuple(Side(_in_words(side.finding), _citation(side)) for side in sides),
        tuple(clauses),
    )


def _both_ways(told: Sequence[_Told]) -> list[_Told]:
    """At most four, the strongest first, among them one that points another way than the first."""
    sides = list(told[:_MOST_SIDES])
    if len({side.finding.way for side in sides}) == 1:
        sides[-1] = next(one for one in told if one.finding.way != sides[0].finding.way)
    return sides


def _citation(told: _Told) -> Citation:
    start, end = told.finding.start, told.finding.end
    return Citation(0, told.passage, told.paper.text[start:end], start, end)


def _in_words(finding: Finding) -> str:
    """What was found, in a word or two."""
    if finding.way == 0:
        return "no difference"
    words = _SURVIVAL if "survival" in finding.endpoint else _RATE if "respon" in finding.endpoint else _HARM
    word = words[0] if finding.way > 0 else words[1]
    return f"{word}, not significantly" if finding.trend else word

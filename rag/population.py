"""In whom a finding was made: cancer, line, species, how a marker was cut and stained; and what of it differs.

What a sentence does not say of its patients is read from its paper's title, else from its abstract.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ingest.papers import Paper
from ingest.vocabulary import Concept, concept, concepts_in
from rag.reported import Finding
from rag.roles import ASSAYS, CONTROL
from rag.strength import is_preclinical

__all__ = ["Population", "about", "akin", "comparable", "differences", "population"]

_LINES = {
    "first-line": "untreated",
    "treatment-naive": "untreated",
    "second-line": "pretreated",
    "third-line": "pretreated",
    "later-line": "pretreated",
    "previously treated": "pretreated",
    "checkpoint inhibitor-resistant": "pretreated",
    "progression on prior therapy": "pretreated",
    "platinum-resistant": "pretreated",
    "relapsed or refractory": "pretreated",
    "refractory": "pretreated",
    "relapsed": "pretreated",
    "adjuvant": "after surgery",
    "resected": "after surgery",
    "neoadjuvant": "before surgery",
    "resectable": "before surgery",
    "maintenance": "maintenance",
    "advanced": "advanced",
    "metastatic": "advanced",
    "unresectable": "advanced",
    "stage IV": "advanced",
}
_WORDED = {
    "untreated": re.compile(r"(?<!and )\buntreated\b(?! (?:controls?|group|patients (?:and|or)))", re.IGNORECASE),
    "pretreated": re.compile(r"\b(?:heavily )?pre-?treated\b|\bafter (?:failure|progression)\b", re.IGNORECASE),
}
_EARLY = frozenset({"after surgery", "before surgery"})
_LATE = frozenset({"untreated", "pretreated", "maintenance", "advanced"})
_APART = ({"untreated", "pretreated"}, {"after surgery", "before surgery"})
_UNSPECIFIED = frozenset({"cancer:solid tumor", "cancer:hematologic malignancy", "cancer:gastrointestinal cancer"})
_GENERAL = frozenset({"drug:immunotherapy", "drug:monoclonal antibody", "drug:targeted therapy"})
_MICE = re.compile(r"\b(?:mice|mouse|murine|rats?|xenografts?|cell lines?|in vitro)\b", re.IGNORECASE)
_PATIENTS = re.compile(r"\b(?:patients?|people|women|men|adults|children|participants)\b", re.IGNORECASE)
_SUBGROUP = re.compile(
    r"\b(?:in|among|for|of) (?:the |a )?(?:subgroups?|subset)(?: of)? (?P<of>[^,;.()]{3,50})"
    r"|\b(?P<who>never-smokers|smokers|elderly|older (?:patients|people|adults)|younger (?:patients|people)|"
    r"octogenarians"
    r"|(?:patients|people|those) with (?:brain|liver|bone) metastases|subgroups?|subset)\b",
    re.IGNORECASE,
)
_CUT = re.compile(
    r"(?:(?:of )?(?:at least|≥|>=|>|<|below|more than|fewer than|less than)\s?\d[\d.]*(?:\s?%| (?:mutations|"
    r"mut)[\w/ ]{0,12})"
    r"|(?:cut-?off|threshold) (?:was|of) \d[\d.,]*\s?(?:%|mutations)?)",
    re.IGNORECASE,
)
_CUTTABLE = re.compile(
    r"\bPD-?L1\b|\bTPS\b|\bCPS\b|tumou?r proportion|combined positive|\bTMB\b|mutation|\bratio\b", re.I
)


@dataclass(frozen=True, slots=True)
class Population:
    """Whom a finding is about, by ids of the vocabulary and words; what is empty is not told."""

    cancers: frozenset[str]
    lines: frozenset[str]
    human: bool
    therapy: frozenset[str]
    chosen: frozenset[str]
    subgroup: str
    cut: str
    assays: frozenset[str]


def about(paper: Paper) -> str:
    """Title and abstract; where there is no abstract, the beginning."""
    abstract = [paper.text[section.start : section.end] for section in paper.sections if section.kind == "abstract"]
    return "\n".join([paper.title, *(abstract or [paper.text[:2_000]])])


def population(paper: Paper, finding: Finding) -> Population:
    """Whom `finding` is about."""
    sentence = paper.text[finding.start : finding.end]
    told = (sentence, paper.title, about(paper))
    tagged = [_tagged(text) for text in told]
    cancers = _narrowest(_first([_ids(tagged[0], "cancer"), _ids(tagged[2], "cancer")]) - _UNSPECIFIED)
    lines = _first([_lines(text) for text in told])
    drugs = [_ids(concepts, "drug") - finding.subject - finding.against for concepts in tagged]
    animals = _MICE.search(sentence) and not _PATIENTS.search(sentence)
    subgroup = _SUBGROUP.search(sentence) or _SUBGROUP.search(paper.title)
    return Population(
        cancers,
        lines,
        not (is_preclinical(paper) or animals),
        finding.therapy or _first(drugs),
        finding.population,
        " ".join((subgroup["of"] or subgroup["who"]).lower().split()) if subgroup else "",
        _cut(told),
        _first([_ids(concepts, "biomarker") & ASSAYS for concepts in tagged]),
    )


def comparable(one: Finding, of_one: Population, other: Finding, of_other: Population) -> bool:
    """Whether two findings on the same subject and endpoint are about the same question in comparable people."""
    return (
        of_one.human == of_other.human
        and akin(of_one.cancers, of_other.cancers)
        and not _lines_apart(of_one.lines, of_other.lines)
        and of_one.subgroup == of_other.subgroup
        and not _chosen_apart(of_one.chosen, of_other.chosen)
        and (not one.aspect or not other.aspect or one.aspect == other.aspect)
        and _same_comparison(one, of_one, other, of_other)
    )


def differences(
    here: Sequence[tuple[Finding, Population, Paper]], there: Sequence[tuple[Finding, Population, Paper]]
) -> list[str]:
    """What differs between findings of one kind and of another: "cut-off: at least 50% against at least 1%"."""
    told = []
    for what, of in _KINDS.items():
        mine, theirs = ([name for one in side if (name := of(*one))] for side in (here, there))
        if mine and theirs and not {name.lower() for name in mine} & {name.lower() for name in theirs}:
            told.append(f"{what}: {'; '.join(dict.fromkeys(mine))} against {'; '.join(dict.fromkeys(theirs))}")
    return told


def _same_comparison(one: Finding, of_one: Population, other: Finding, of_other: Population) -> bool:
    """Drugs: against the same; markers: under the same therapy. What is not told is no difference."""
    if not _is_of_drugs(one):
        return akin(of_one.therapy - _GENERAL, of_other.therapy - _GENERAL)
    if one.against and other.against:
        return bool(one.against & other.against) or akin(one.against - {CONTROL}, other.against - {CONTROL}, False)
    return True


def _is_of_drugs(finding: Finding) -> bool:
    return all(subject.startswith("drug:") for subject in finding.subject)


def akin(one: frozenset[str], other: frozenset[str], untold: bool = True) -> bool:
    """Whether some of the one is, or is broader or narrower than, some of the other; `untold` where either is empty."""
    if not one or not other:
        return untold
    return any(
        mine in _above(theirs) or theirs in _above(mine) or _siblings(mine, theirs) for mine in one for theirs in other
    )


def _siblings(one: str, other: str) -> bool:
    """Whether two drugs are of one class, which two cancers never are."""
    return one.startswith("drug:") and bool((_above(one) & _above(other)) - _GENERAL)


@lru_cache(maxsize=2048)
def _above(id: str) -> frozenset[str]:
    """A concept and all that is broader, by their ids; what is most general is left out."""
    kind, _, name = id.partition(":")
    found, todo = {id}, [name]
    while todo:
        for broader in concept(kind, todo.pop()).broader:  # type: ignore[arg-type]  # ids are made of kinds
            if f"{kind}:{broader}" not in found:
                found.add(f"{kind}:{broader}")
                todo.append(broader)
    return frozenset(found) - _GENERAL - _UNSPECIFIED | {id}


def _lines(text: str) -> frozenset[str]:
    named = {_LINES[one.name] for one in _tagged(text) if one.name in _LINES}
    return frozenset(named.union(line for line, pattern in _WORDED.items() if pattern.search(text)))


def _narrowest(ids: frozenset[str]) -> frozenset[str]:
    """Those that none of the others is narrower than."""
    return frozenset(id for id in ids if not any(id != other and id in _above(other) for other in ids))


def _lines_apart(one: frozenset[str], other: frozenset[str]) -> bool:
    if (one and other) and ((one <= _EARLY and other <= _LATE) or (one <= _LATE and other <= _EARLY)):
        return True
    return any(one & pair and other & pair and not one & other & pair for pair in _APART)


def _chosen_apart(one: frozenset[str], other: frozenset[str]) -> bool:
    return any(marker[:-1] + ("-" if marker[-1] == "+" else "+") in other for marker in one)


@lru_cache(maxsize=512)
def _tagged(text: str) -> frozenset[Concept]:
    return concepts_in(text)


def _ids(concepts: Iterable[Concept], kind: str) -> frozenset[str]:
    return frozenset(one.id for one in concepts if one.kind == kind)


def _first(found: Iterable[frozenset[str]]) -> frozenset[str]:
    """The first that is not empty."""
    return next(filter(None, found), frozenset())


def _cut(texts: Iterable[str]) -> str:
    """The cut-off of a marker, in the words of the text; "" where none is told."""
    for text in texts:
        for sentence in re.split(r"(?<=[.?!])\s", text):
            if _CUTTABLE.search(sentence) and (match := _CUT.search(sentence)):
                return " ".join(match.group().removeprefix("of ").split())
    return ""


def _names(ids: Iterable[str], joint: str = ", ") -> str:
    return joint.join(sorted(id.partition(":")[2] or id for id in ids))


_KINDS: dict[str, Callable[[Finding, Population, Paper], str]] = {
    "drug": lambda finding, people, paper: _names(finding.subject, " + ") if _is_of_drugs(finding) else "",
    "compared with": lambda finding, people, paper: _names(finding.against),
    "cancer": lambda finding, people, paper: _names(people.cancers),
    "line": lambda finding, people, paper: ", ".join(sorted(people.lines)),
    "cut-off": lambda finding, people, paper: people.cut,
    "assay": lambda finding, people, paper: _names(people.assays),
    "design": lambda finding, people, paper: paper.design,
}

"""How much a study weighs as evidence, and which papers are reports of one.

Strength orders what answers about equally well; it never stands in for an answer (see `rag.quoting`). The order is that
of the field's hierarchies of evidence: doubted papers behind others, what was seen in people before what was seen in
animals, cells and models, then the design, the size, and the newest data.

Papers that report the same trial are one source. A synthesis that names a trial reports it not, and an analysis of
several trials belongs to none of them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence

from ingest.papers import DesignClass, Paper
from ingest.study import design_class
from rag.names import trials_in

__all__ = ["data_cut", "is_preclinical", "same_trial", "source_ids", "strength"]

# What no rule could tell stands above what tells single cases, reviews others, or promises results.
_RANKS: dict[DesignClass | None, int] = {
    "meta-analysis": 9,
    "systematic review": 8,
    "randomised trial": 8,
    "guideline": 7,
    "trial": 6,
    "cohort": 5,
    None: 4,
    "computational": 3,
    "preclinical": 3,
    "case report": 3,
    "review": 2,
    "editorial": 1,
    "protocol": 0,
}
_REPORTS: frozenset[DesignClass | None] = frozenset({"randomised trial", "trial", "cohort", None})
_DOUBT = {"normal": 0, "corrected": 0, "concern": -1, "retracted": -2}
_FOLLOW_UP = re.compile(
    r"\bfollow-?up (?:time )?(?:of|was|for) (?P<behind>\d+(?:\.\d+)?) (?P<unit>months?|years?)"
    r"|\b(?P<number>\d+(?:\.\d+)?|one|two|three|four|five|six|seven|eight|nine|ten)[- ](?P<of>months?|"
    r"years?)(?: of)? follow-?up",
    re.IGNORECASE,
)
_NUMBERS = {word: number for number, word in enumerate("one two three four five six seven eight nine ten".split(), 1)}


def strength(paper: Paper) -> tuple[int, bool, int, float, int]:
    """What papers are compared by, the stronger the greater: standing, people, design, size, year."""
    return (
        _DOUBT[paper.status],
        not is_preclinical(paper),
        _RANKS[design_class(paper.design)],
        round(math.log10(paper.sample_size or 1), 1),
        paper.year or 0,
    )


def is_preclinical(paper: Paper) -> bool:
    """Whether nobody was studied but animals and cells; a paper that tells neither is taken by its design."""
    if paper.species:
        return not {"human", "in silico"} & set(paper.species)
    return design_class(paper.design) == "preclinical"


def source_ids(papers: Iterable[Paper]) -> dict[str, str]:
    """The id of each paper -> the source it belongs to: the id of the first of the papers that report its trial."""
    found: dict[str, str] = {}
    firsts: list[Paper] = []
    for paper in papers:
        if paper.id not in found:
            first = next((other for other in firsts if same_trial(paper, other)), paper)
            found[paper.id] = found.get(first.id, first.id)
            firsts.append(paper)
    return found


def same_trial(one: Paper, other: Paper) -> bool:
    """Whether both report one and the same trial: a registry number in common, or the only name that each has."""
    if design_class(one.design) not in _REPORTS or design_class(other.design) not in _REPORTS:
        return False
    names = [trials_in(" ".join(paper.trials)) or frozenset(paper.trials) for paper in (one, other)]
    if max(map(len, names)) > 1:
        return False
    numbers = [frozenset(paper.trial_ids) for paper in (one, other)]
    if all(names) and names[0] != names[1]:
        return False
    return bool(numbers[0] & numbers[1]) or (bool(names[0]) and names[0] == names[1])


def data_cut(paper: Paper) -> tuple[int, float]:
    """How new the data of a report are: its year, then the longest follow-up that it tells, in months."""
    return paper.year or 0, max(_follow_ups(paper), default=0.0)


def _follow_ups(paper: Paper) -> Sequence[float]:
    found = []
    for match in _FOLLOW_UP.finditer(f"{paper.title}. {paper.text[:20_000]}"):
        number, unit = match["behind"] or match["number"], match["unit"] or match["of"]
        months = _NUMBERS.get(number.lower()) or float(number)
        found.append(months * (12 if unit.lower().startswith("year") else 1))
    return found

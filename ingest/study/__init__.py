"""What kind of evidence a paper is: its design, whom it studied, how many, looking forward or back, which trial.

Rules over publication types, title, abstract and the beginnings of the methods; no model. `python -m eval.bench
studies` tells how often they are right.
"""

from __future__ import annotations

import re
from dataclasses import replace

from ingest.papers import DesignClass, Paper
from ingest.study.design import UnknownDesign, design_class, design_named
from ingest.study.excerpt import Excerpt, excerpt
from ingest.study.rules import found_design, trial_words
from ingest.study.size import sample_size
from ingest.study.subjects import species, subjects
from ingest.study.trials import own_trial_ids, trial_names

__all__ = ["UnknownDesign", "classified", "design_class", "design_named"]

# What the text may make of a design that the record states; everything else that is stated stays. "Review" is put on
# every kind of synthesis, "clinical trial" on whatever had to do with one.
_MORE_EXACT: dict[DesignClass, frozenset[DesignClass]] = {
    "review": frozenset(("systematic review", "meta-analysis", "guideline")),
    "systematic review": frozenset(("meta-analysis",)),
    "trial": frozenset(("protocol",)),
    "randomised trial": frozenset(("protocol",)),
}
_LATER = "post hoc analysis"
_PHASE = re.compile(r"\bphase ([1-4](?:/[1-4])?)\b")
_TRIALS: frozenset[DesignClass] = frozenset(("trial", "randomised trial"))
_ONWARD: frozenset[DesignClass] = frozenset((*_TRIALS, "protocol"))
_OF_PEOPLE: frozenset[DesignClass] = frozenset((*_ONWARD, "cohort", "case report"))
_PROSPECTIVE = re.compile(r"\bprospective(?:ly)?\b(?! (?:studies|trials|research|validation)\b)")
_RETROSPECTIVE = re.compile(
    r"\bretrospective(?:ly)?\b(?! (?:studies|correlated)\b)|\bhistoric(?:al)? cohort\b"
    r"|\b(?:chart|medical records?) review\b|\barchival\b"
)
_NEGATED = re.compile(r"\b(?:no|need for|needed|lack of|future|previous|further|larger|requires?)\b[^.]{0,30}$")
_BEFORE = 60  # characters before a word in which it may be denied


def classified(paper: Paper) -> Paper:
    """The paper with design, species, prospective, sample_size, trial_ids and trials as its record and text tell them.

    What a reader stated is kept, unless the text is more exact ("trial" that randomised patients in phase 2 is a
    "phase 2 randomised trial"). A digest's design is kept as its author wrote it. Doing it twice changes nothing.
    """
    parts = excerpt(paper)
    seen = subjects(parts.told, parts.title)
    found = found_design(parts, seen)
    design = paper.design if paper.source == "digest" and paper.design else _more_exact(paper.design, found)
    kind = design_class(design)
    size = sample_size(kind, parts.title, parts.lead, parts.methods)
    return replace(
        paper,
        design=design,
        species=paper.species or species(kind, seen, parts),
        prospective=_prospective(kind, design, parts) if paper.prospective is None else paper.prospective,
        sample_size=size if paper.sample_size is None else paper.sample_size,
        trial_ids=own_trial_ids(kind, paper, parts),
        trials=paper.trials or trial_names(kind, paper, parts),
    )


def _more_exact(stated: str, found: str) -> str:
    known, told = design_class(stated), design_class(found)
    if known is None or told is None:
        return stated or found
    if known in _TRIALS and told in _TRIALS:
        return _joined(stated, found)
    if known == told:
        return found if len(found) > len(stated) else stated
    if known in _TRIALS and found.startswith(_LATER):
        return found
    return found if told in _MORE_EXACT.get(known, ()) else stated


def _joined(stated: str, found: str) -> str:
    """A trial with the phase and the lot that either tells; the stated phase first."""
    phases = [match[1] for words in (stated, found) if (match := _PHASE.search(words))]
    return trial_words(phases[0] if phases else "", any("randomised" in words for words in (stated, found)))


def _prospective(kind: DesignClass | None, design: str, parts: Excerpt) -> bool | None:
    """True for trials; for other studies of people what they say themselves; None where they do not, or say both."""
    if kind in _ONWARD:
        return True
    if kind not in _OF_PEOPLE:
        return None
    onward, back = (_says(pattern, parts) for pattern in (_PROSPECTIVE, _RETROSPECTIVE))
    return None if onward == back else onward


def _says(pattern: re.Pattern[str], parts: Excerpt) -> bool:
    """Whether title or abstract uses the word of this study, not of others that are wanted or were lacking."""
    return any(
        not _NEGATED.search(parts.told, max(match.start() - _BEFORE, 0), match.start())
        for match in pattern.finditer(parts.told)
    )

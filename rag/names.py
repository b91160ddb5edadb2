"""The drugs, biomarkers, cancers and trials that a claim names are those of the text it cites.

Synonyms are the same (Keytruda is pembrolizumab, CD274 is PD-L1). A claim may be broader than the text (a PD-1
inhibitor where the text says nivolumab), never narrower or beside it: PD-1 is not PD-L1, lung cancer does not vouch for
small cell lung cancer. The title of the paper counts as cited text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from ingest.vocabulary import Concept, mentions, narrower
from rag.abbreviations import abbreviations
from rag.typography import one_spelling

__all__ = ["canonical", "foreign_names", "trials_in"]

_KINDS = frozenset({"drug", "biomarker", "cancer"})
_CONTROLS = frozenset({"placebo", "best supportive care"})  # papers say "control group" for them
# KEYNOTE-024, CheckMate 067, IMspire150, NCT02142738: a coined name and its number, however they are joined.
_TRIAL = re.compile(
    r"\b(?:(?P<registry>NCT)\s?(?P<id>\d{8})"
    r"|(?P<name>[A-Z][a-z]+[A-Z][A-Za-z]*|[A-Z]{2}[a-z]{3,}|[A-Z]{4,}|(?i:keynote|checkmate))[- ]?"
    r"(?P<number>\d{2,4})[A-Za-z]?)\b"
)


def foreign_names(claim: str, cited: Iterable[str], context: str = "", trials: Iterable[str] = ()) -> str | None:
    """Say which drug, biomarker, cancer or trial `claim` names that no `cited` text does; None where there is none.

    `context` is the text of the papers, for what they abbreviate; `trials` are further names and registry numbers of
    their trials.
    """
    texts = list(cited)
    whole = one_spelling("\n".join(texts))
    longer = [long for short, long in abbreviations(context).items() if re.search(rf"\b{re.escape(short)}\b", whole)]
    known = frozenset[Concept]().union(*map(_concepts, (*texts, *longer)))
    foreign = sorted(concept.name for concept in _concepts(claim) if not _vouched(concept, known, whole))
    reported = frozenset[str]().union(*map(trials_in, (*texts, *trials)))
    foreign += sorted(trials_in(claim) - reported)
    return f"name not in the cited text: {', '.join(foreign)}" if foreign else None


@lru_cache(maxsize=512)
def canonical(text: str) -> str:
    """`text` with every drug, biomarker and cancer called by its one name: Keytruda as pembrolizumab."""
    pieces: list[str] = []
    position = 0
    for mention in mentions(text):
        if mention.concept.kind in _KINDS and mention.start >= position:
            pieces += [text[position : mention.start], mention.concept.name]
            position = mention.end
    return "".join((*pieces, text[position:]))


@lru_cache(maxsize=512)
def trials_in(text: str) -> frozenset[str]:
    """The trials that `text` names, in one spelling: `KEYNOTE-24`, `NCT02142738`."""
    named = [(mention.start, mention.end) for mention in mentions(text)]
    found: set[str] = set()
    for match in _TRIAL.finditer(text):
        if match["registry"]:
            found.add(f"NCT{match['id']}")
        elif not any(start < match.end() and match.start() < end for start, end in named):  # MPDL3280A is a drug
            found.add(f"{match['name'].upper()}-{int(match['number'])}")
    return frozenset(found)


@lru_cache(maxsize=512)
def _concepts(text: str) -> frozenset[Concept]:
    return frozenset(mention.concept for mention in mentions(text) if mention.concept.kind in _KINDS)


def _vouched(concept: Concept, known: frozenset[Concept], whole: str) -> bool:
    below = narrower(concept)
    most_general = concept.kind != "biomarker" and not concept.broader and len(below) > 1  # immunotherapy, solid tumor
    if most_general or concept.name in _CONTROLS or known.intersection(below):
        return True
    if concept.kind != "biomarker":
        return False
    # Who writes of a marker and who of its expression writes of the same.
    if any(other.kind == "biomarker" and other.name in concept.broader for other in known):
        return True
    # A marker may stand within the name of a drug: "anti-PD-1" speaks of PD-1.
    return any(
        re.search(rf"(?<![A-Za-z0-9]){re.escape(one_spelling(name))}(?![A-Za-z0-9])", whole, re.IGNORECASE)
        for name in (concept.name, *concept.synonyms)
    )

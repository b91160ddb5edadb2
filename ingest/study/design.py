"""Kinds of evidence: the design of a study in words, the class it belongs to, the names people type for it.

What people's observation is (cohort, case-control, cross-sectional, survey, registry, qualitative) is one class,
`cohort`. A later look at the patients of a trial ("post hoc", "secondary analysis") belongs there too: what it compares
was not what the lot decided; its words keep the trial ("post hoc analysis of a randomised trial"). Planned follow-up of
the groups as randomised stays a randomised trial.
"""

from __future__ import annotations

import re
from typing import get_args

from ingest.errors import ImmunoragError
from ingest.papers import DesignClass

__all__ = ["UnknownDesign", "design_class", "design_named"]


class UnknownDesign(ImmunoragError):
    """No kind of evidence goes by that name."""


# The first that occurs in the words of a design gives its class, so what says most stands first: a protocol of a
# randomised trial is a protocol, a post hoc analysis of one is a cohort.
_CLASSES: tuple[tuple[DesignClass, re.Pattern[str]], ...] = (
    ("protocol", re.compile(r"\bprotocol")),
    ("meta-analysis", re.compile(r"\bmeta-?\s?analys[ei]s\b|\bpooled analysis of trials\b")),
    ("systematic review", re.compile(r"\bsystematic review|\bscoping review|\bumbrella review")),
    ("guideline", re.compile(r"\bguidelines?\b|\bconsensus\b|\brecommendations\b")),
    ("cohort", re.compile(r"\bpost[- ]hoc\b|\bsecondary analysis\b")),
    ("trial", re.compile(r"\bnon-?randomi[sz]ed\b|\bunrandomi[sz]ed\b")),
    ("randomised trial", re.compile(r"\brandomi[sz]ed\b|\brcts?\b|\bequivalence trial")),
    ("case report", re.compile(r"\bcase (?:report|series|stud(?:y|ies)\b)|\bcases?$")),
    (
        "cohort",
        re.compile(
            r"\bcohort|\bmendelian|\bobservational\b|\bcase[- ]control|\bcross[- ]sectional|\bretrospective"
            r"|\bregistry|\bsurvey|\bqualitative|\breal[- ]world|\bdiagnostic accuracy|\blongitudinal|\bepidemiolog"
            r"|\bprospective study"
        ),
    ),
    ("trial", re.compile(r"\btrials?\b|\bphase (?:[0-4]|i)|\bsingle[- ]arm\b|\bbefore-and-after\b|\bintervention")),
    (
        "preclinical",
        re.compile(
            r"\bpreclinical|\bpre-clinical|\banimal|\bmouse\b|\bmice\b|\bin vitro\b|\bin vivo\b|\blaborator"
            r"|\bcell line"
        ),
    ),
    (
        "computational",
        re.compile(
            r"\bcomputational|\bin silico\b|\bsimulation|\bmodell?ing\b|\bbioinformatic|\bmachine learning"
            r"|\bdeep learning"
        ),
    ),
    ("review", re.compile(r"\breview")),
    ("editorial", re.compile(r"\beditorial|\bcomment|\bletter\b|\bnews\b|\bperspective|\bviewpoint|\bopinion")),
)

# What people type, beside the words that the patterns above know.
_NAMED: dict[str, DesignClass] = {
    "meta": "meta-analysis",
    "ma": "meta-analysis",
    "nma": "meta-analysis",
    "sr": "systematic review",
    "systematic": "systematic review",
    "clinical trial": "trial",
    "random": "randomised trial",
    "case": "case report",
    "in-vitro": "preclinical",
    "lab": "preclinical",
    "ai": "computational",
    "ml": "computational",
    "model": "computational",
}
# Who asks for a late phase means trials that compare, and hardly any of those leaves the groups to choice.
_LATE = re.compile(r"phase\s*(?:[34]|iii|iv)[ab]?(?:\s+(?:trials?|stud(?:y|ies)))?")


def design_class(design: str) -> DesignClass | None:
    """The class of a design given in words: "phase 3 randomised trial" is a randomised trial; None where none fits."""
    words = " ".join(design.lower().split())
    if not words:
        return None
    return next((kind for kind, pattern in _CLASSES if pattern.search(words)), None)


def design_named(name: str) -> DesignClass:
    """The kind of evidence a person means: "RCT", "meta", "case series"; "phase 3" alone is a randomised trial.

    Raises UnknownDesign, which names the known ones.
    """
    words = " ".join(name.lower().replace("_", " ").split())
    for kind in get_args(DesignClass):
        if words in (kind, f"{kind}s"):
            return kind  # type: ignore[no-any-return]  # get_args is untyped
    found = _NAMED.get(words) or _NAMED.get(words.replace("-", " "))
    if found is None and _LATE.fullmatch(words):
        found = "randomised trial"
    found = found or design_class(words) or design_class(words.replace("-", " "))
    if found is None:
        known = ", ".join(get_args(DesignClass))
        raise UnknownDesign(f"no kind of evidence is called {name!r}; known are {known}")
    return found

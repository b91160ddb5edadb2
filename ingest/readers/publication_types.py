"""The study design that the publication types of a bibliographic record tell, and whether its paper still stands."""

from __future__ import annotations

from collections.abc import Iterable

from ingest.papers import Status
from ingest.readers.identifiers import normal_pmid
from ingest.readers.jats_metadata import RETRACTED_TITLE

__all__ = ["design_of", "notices_of", "status_of"]

_SYNTHESES = {
    "meta-analysis": "meta-analysis",
    "network meta-analysis": "meta-analysis",
    "systematic review": "systematic review",
    "clinical trial protocol": "protocol",
    "practice guideline": "guideline",
    "guideline": "guideline",
    "consensus development conference": "guideline",
}
_PHASES = {
    "clinical trial, phase i": "1",
    "clinical trial, phase ii": "2",
    "clinical trial, phase iii": "3",
    "clinical trial, phase iv": "4",
}
_RANDOMISED = frozenset(("randomized controlled trial", "equivalence trial"))
_TRIALS = frozenset(
    ("clinical trial", "controlled clinical trial", "adaptive clinical trial", "pragmatic clinical trial")
)
_OTHERS = {
    "observational study": "observational study",
    "case reports": "case report",
    "case report": "case report",
    "review": "review",
    "scoping review": "review",
    "editorial": "editorial",
    "comment": "comment",
    "news": "news",
}
_LINKS: dict[str, Status] = {
    "retractionin": "retracted",
    "rin": "retracted",
    "expressionofconcernin": "concern",
    "ecin": "concern",
    "eci": "concern",
    "erratumin": "corrected",
    "ein": "corrected",
    "correctedandrepublishedin": "corrected",
    "cri": "corrected",
    "crin": "corrected",
    "partialretractionin": "corrected",
    "prin": "corrected",
}
# What a notice says of the paper it links to, by the names of the links that point back.
_BACKWARD: dict[str, Status] = {
    "retractionof": "retracted",
    "rof": "retracted",
    "expressionofconcernfor": "concern",
    "ecf": "concern",
    "erratumfor": "corrected",
    "efr": "corrected",
    "partialretractionof": "corrected",
    "prof": "corrected",
    "correctedandrepublishedfrom": "corrected",
    "crf": "corrected",
}
_NOTICES = frozenset(("retraction of publication", "published erratum", "expression of concern", "retraction notice"))


def design_of(types: Iterable[str]) -> str:
    """The study design among MEDLINE's publication types, the one that says most; "" where none says it."""
    names = [" ".join(name.lower().split()) for name in types]
    for name in names:
        if name in _SYNTHESES:
            return _SYNTHESES[name]
    phase = "/".join(sorted({_PHASES[name] for name in names if name in _PHASES}))
    randomised = any(name in _RANDOMISED for name in names)
    if phase or randomised or any(name in _TRIALS for name in names):
        return " ".join(filter(None, (f"phase {phase}" if phase else "", "randomised" if randomised else "", "trial")))
    return next((_OTHERS[name] for name in _OTHERS if name in names), "")


def status_of(title: str, types: Iterable[str], links: Iterable[str]) -> Status:
    """Whether a paper was retracted, put in doubt or corrected, from its title, its types and the names of its links
    to notices (`RetractionIn`, or `RIN` in MEDLINE).

    A notice points back (`RetractionOf`), and itself stands.
    """
    names = {" ".join(name.lower().split()) for name in types}
    if names & _NOTICES:
        return "normal"
    found = {_LINKS[link.lower()] for link in links if link.lower() in _LINKS}
    if "retracted publication" in names or RETRACTED_TITLE.match(title):
        found.add("retracted")
    grave: tuple[Status, ...] = ("retracted", "concern", "corrected")
    return next((status for status in grave if status in found), "normal")


def notices_of(links: Iterable[tuple[str, str]]) -> list[tuple[Status, str]]:
    """What a record says of other papers, of each its status and an alias.

    `links` are names of links (`RetractionOf`, or `ROF` in MEDLINE) with the PMIDs they lead to, or "".
    """
    found = ((_BACKWARD.get(link.lower()), normal_pmid(pmid)) for link, pmid in links)
    return list(dict.fromkeys((status, f"pmid:{pmid}") for status, pmid in found if status and pmid))

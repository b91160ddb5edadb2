"""Findings in animals and cells are told as such: a lead before what is quoted, a check on what an LLM writes."""

from __future__ import annotations

import re

from ingest.papers import Paper, Species
from rag.answer import Claim
from rag.strength import is_preclinical

__all__ = ["patients_were_studied", "studied_in"]

_IN: dict[Species, str] = {"mouse": "mice", "other animal": "animals", "cell line": "cell lines"}
_PEOPLE = re.compile(
    r"\b(?:patients?|people|humans?|women|men|children|adults|volunteers|participants)\b(?!-derived|[- ]derived)"
    r"|\bclinical (?:responses?|benefits?|outcomes?|trials?|activity|efficacy)\b|\bin the clinic\b",
    re.IGNORECASE,
)
_HUMAN_MATERIAL = re.compile(
    r"\bhuman(?:i[sz]ed)?[- ](?:\w+[- ]){0,3}(?:cells?|lines?|mice|xenografts?|tumou?rs?)\b", re.I
)
# What is hoped for or denied of patients is not claimed of them.
_NOT_CLAIMED = re.compile(
    r"\b(?:may|might|could|should|would|whether|remains?|needs?|not|no|never|before|future|hypothes\w+|suggest\w*)\b",
    re.IGNORECASE,
)
_SAID = re.compile(
    r"\b(?:mice|mouse|murine|rats?|animals?|cell[- ]lines?|in vitro|xenograft\w*|cultured)\b", re.IGNORECASE
)


def studied_in(claim: Claim) -> str:
    """In what all that a claim cites was seen where that is not in people: "mice and cell lines"; "" elsewhere.

    Also "" where the claim says so itself.
    """
    papers = [citation.passage.paper for citation in claim.citations]
    if not papers or not all(map(is_preclinical, papers)) or _SAID.search(claim.text):
        return ""
    return " and ".join(_kinds(papers)) or "the laboratory"


def patients_were_studied(claim: Claim) -> str | None:
    """A claim about patients cites some paper that studied people, or a passage that speaks of them."""
    papers = [citation.passage.paper for citation in claim.citations]
    if not papers or not all(map(is_preclinical, papers)):
        return None
    if not _speaks_of_people(claim.text) or _NOT_CLAIMED.search(claim.text):
        return None
    if any(_speaks_of_people(citation.passage.text) for citation in claim.citations):
        return None
    return f"speaks of patients, but what it cites was seen in {' and '.join(_kinds(papers)) or 'the laboratory'} only"


def _speaks_of_people(text: str) -> bool:
    return _PEOPLE.search(_HUMAN_MATERIAL.sub(" ", text)) is not None


def _kinds(papers: list[Paper]) -> list[str]:
    found = {species for paper in papers for species in paper.species}
    return [name for species, name in _IN.items() if species in found]

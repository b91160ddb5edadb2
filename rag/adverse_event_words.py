"""The words in which adverse events are told: what happened, how badly, and what it is laid to."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingest.vocabulary import mentions

__all__ = [
    "ANY_GRADE",
    "GENERAL",
    "GRADE",
    "Named",
    "asks_for_adverse_events",
    "cause_of",
    "events_named",
    "grades_of",
    "name_of",
]

GENERAL = "adverse event"
_IMMUNE = "immune-related adverse event"
ANY_GRADE = "any"
_GENERAL = re.compile(
    r"\b(?:(?P<serious>serious|severe)\s+)?(?:(?:treatment|drug|immune|therapy)[- ](?:related|mediated|emergent)\s+)?"
    r"(?:adverse\s+(?:drug\s+)?(?:events?|effects?|reactions?)|T?[RE]?AEs?(?![\w-])|toxicit(?:y|ies)|toxic effects?|"
    r"side[- ]effects?)\b(?!\s+profiles?)",
    re.IGNORECASE,
)
_ASKED = re.compile(
    r"\b(?:toxic\w*|adverse|side[- ]effects?|safe|safety|tolerab\w+|tolerated|irAEs?|AEs?|harms?|complications?)\b",
    re.IGNORECASE,
)
# What a question about toxicity may ask instead of how often it occurs.
_ASKED_OTHERWISE = re.compile(
    r"\b(?:predict\w*|manag\w+|treat(?:ed)? (?:for|with)|mechanisms?|why|detect\w*|identif\w+|biomarkers?|"
    r"language models?|LLMs?)\b",
    re.IGNORECASE,
)
_STEP = r"(?:[1-5](?!\d|\.\d)|(?-i:IV|I{1,3}|V)\b)"
GRADE = re.compile(
    rf"\b(?:grades?|gr\.?|G(?=\s?[1-5]))[\s-]*(?:(?P<least>≥|>=|at least)\s*)?(?P<low>{_STEP})"
    rf"(?:\s*(?:–|-|/|to|or|and)\s*(?:grades?\s*)?(?P<high>{_STEP})(?!%))?"
    r"(?P<more>\s*\+|\s*(?:or|and)\s+(?:higher|worse|more|above|greater|over))?"
    rf"|(?:≥|>=)\s*grade\s*(?P<least_low>{_STEP})"
    r"|\b(?P<any>(?:any|all)[- ]grades?|grades?[- ]any|grades? 1\s?[-–]\s?5)\b",
    re.IGNORECASE,
)
_CAUSES = (
    ("immune-related", r"immun(?:e|o)[- ]?(?:related|mediated|therapy-related)|\birAEs?\b|\bimAEs?\b"),
    ("any cause", r"\b(?:any|all)[- ]causes?\b|regardless of (?:cause|causality|attribution|relat\w+)|"
                  r"irrespective of (?:cause|causality|attribution|relat\w+)"),
    ("treatment-emergent", r"treatment[- ]emergent|\bTEAEs?\b"),
    ("treatment-related", r"(?:treatment|drug|therapy)[- ]related|\bTRAEs?\b|laid to (?:the )?(?:study )?treatment|"
                          r"(?:related|attribut\w+|due) to (?:the )?(?:study )?(?:treatment|drug|therapy)"),
)  # fmt: skip
_CAUSE = tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in _CAUSES)


@dataclass(frozen=True, slots=True)
class Named:
    """An adverse event named at `start:end` of a text; `general` is one of no kind ("adverse events")."""

    event: str
    start: int
    end: int
    general: bool = False


def asks_for_adverse_events(question: str) -> bool:
    """Whether `question` asks which adverse events there are, or how often one occurs."""
    if _ASKED_OTHERWISE.search(question):
        return False
    return bool(_ASKED.search(question)) or any(mention.concept.kind == "event" for mention in mentions(question))


def events_named(text: str) -> list[Named]:
    """The adverse events that `text` names, in their order, each as it is named there: chills are not pyrexia."""
    found = [
        Named(name_of(text[mention.start : mention.end]), mention.start, mention.end)
        if mention.concept.name != _IMMUNE
        else Named(_IMMUNE, mention.start, mention.end, general=True)
        for mention in mentions(text)
        if mention.concept.kind == "event"
    ]
    for match in _GENERAL.finditer(text):
        if not any(one.start < match.end() and match.start() < one.end for one in found):
            serious = f"{match['serious'].lower()} " if match["serious"] else ""
            found.append(Named(f"{serious}{GENERAL}", match.start(), match.end(), general=True))
    return sorted(found, key=lambda one: one.start)


def name_of(text: str) -> str:
    """`text` as a name within a sentence: on one line, no capital in front unless it is an abbreviation."""
    name = " ".join(text.split())
    return name[:1].lower() + name[1:] if name[1:2].islower() else name


def grades_of(text: str) -> list[str]:
    """The grades that `text` speaks of, each once, as "3", "3-4", "III-IV", "≥3" or "any"."""
    return list(dict.fromkeys(map(_grade, GRADE.finditer(text))))


def cause_of(text: str) -> str:
    """What `text` lays adverse events to, in one of four terms; "" where it does not tell or tells several."""
    found = [name for name, pattern in _CAUSE if pattern.search(text)]
    return found[0] if len(found) == 1 else ""


def _grade(match: re.Match[str]) -> str:
    if match["any"]:
        return ANY_GRADE
    if match["least_low"]:
        return f"≥{match['least_low']}"
    if match["high"]:
        return f"{match['low']}-{match['high']}"
    return f"≥{match['low']}" if match["least"] or match["more"] else match["low"]

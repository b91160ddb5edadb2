"""The trials a paper reports: their names, brought to one spelling, and their registry numbers.

The paper's own trials, not those it speaks of: names in the title, else in the abstract; numbers in title, abstract and
where the text says that it was registered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from ingest.papers import DesignClass, Paper
from ingest.readers.identifiers import trial_ids
from ingest.study.excerpt import Excerpt, plain

__all__ = ["own_trial_ids", "trial_names"]


class Series(NamedTuple):
    """A programme of numbered trials: its spelling, what joins name and number, the digits a number has at least."""

    spelling: str
    link: str
    digits: int


# Made-up names: they are known however they are written ("Keynote 24" is KEYNOTE-024).
_COINED = tuple(
    Series(*row)
    for row in (
        ("KEYNOTE", "-", 3),
        ("CheckMate", " ", 3),
        ("IMpower", "", 3),
        ("IMvigor", "", 3),
        ("IMbrave", "", 3),
        ("IMpassion", "", 3),
        ("IMmotion", "", 3),
        ("IMspire", "", 3),
        ("HARMONi", "-", 1),
        ("EMPOWER-Lung", " ", 1),
        ("CodeBreaK", " ", 3),
        ("DESTINY-Breast", "", 2),
        ("DESTINY-Gastric", "", 2),
        ("DESTINY-Lung", "", 2),
        ("ZUMA", "-", 1),
        ("KarMMa", "-", 1),
        ("CARTITUDE", "-", 1),
        ("MajesTEC", "-", 1),
        ("ASTRUM", "-", 3),
    )
)
# Words of the language: they are names only in capitals ("echo 301 ms later" is no trial).
_WORDS = tuple(
    Series(*row)
    for row in (
        ("RATIONALE", "-", 3),
        ("ORIENT", "-", 2),
        ("JUPITER", "-", 2),
        ("GEMSTONE", "-", 3),
        ("RELATIVITY", "-", 3),
        ("SKYSCRAPER", "-", 2),
        ("ATTRACTION", "-", 1),
        ("LEAP", "-", 3),
        ("ECHO", "-", 3),
        ("TOPAZ", "-", 1),
        ("KRYSTAL", "-", 1),
    )
)
_SPELLED = {re.sub(r"[^a-z]", "", series.spelling.lower()): series for series in (*_COINED, *_WORDS)}
# The number, and more of the series ("KEYNOTE-001 and 006") unless they count people.
_NUMBER = (
    r"[- ]{0,2}(?P<number>\d{1,4}[A-Za-z]{0,2})\b(?P<more>(?:(?:/|, | and |, and )-?\d{3}\b(?! "
    r"(?:patients|participants|women|men|months|years|%)))*)"
)


def _numbered(table: tuple[Series, ...], lower: bool) -> re.Pattern[str]:
    names = "|".join(re.escape(series.spelling).replace(r"\-", "[- ]?") for series in table)
    return re.compile(rf"\b(?P<series>{names.lower() if lower else names}){_NUMBER}")


_NUMBERED = ((_numbered(_COINED, lower=True), True), (_numbered(_WORDS, lower=False), False))
# Names that are unlike anything else in a paper of this field, with no "trial" beside them.
_WHOLE = re.compile(
    r"\bJAVELIN [A-Z][a-z]+(?: [A-Z][a-z]+){0,2}(?: \d{2,3}(?!\d))?|\b(?:HIMALAYA|POSEIDON|CASPIAN)\b"
    r"|\bPACIFIC(?:-\d)?\b|\bOpACIN(?:-neo)?\b|\b(?:ESCORT|CAPTAIN)-1st\b"
)
# "the POPLAR trial", "the phase 3 OAK study", "a trial (NICHE-2)": capitals, with a figure or without.
_NAME = r"[A-Z][A-Za-z]{0,3}[A-Z]{2,}[A-Za-z]{0,8}(?:[- ]?\d{1,4}[A-Z]?)?(?:-[A-Z][A-Za-z]{1,10})?"
_ACRONYM = re.compile(
    rf"\b(?:[Tt]he|[Oo]ur|[Tt]his|[Ii]n|of|from|I{{1,3}}|[1-4]|randomi[sz]ed) (?P<before>{_NAME}) "
    rf"(?:[Tt]rial|[Ss]tudy|clinical trial|randomi[sz]ed)\b|^(?P<head>{_NAME}): "
    rf"|\((?P<bracket>{_NAME})\): (?:an? |the )?(?:[\w-]+,? ){{0,6}}(?:trial|study)\b"
    rf"|\b(?:trial|study) \((?P<after>{_NAME})\)"
    rf"|\b(?P<phrase>{_NAME})(?: is| was) (?:a|an) (?:[\w-]+,? ){{0,8}}(?:trial|study)\b"
    rf"|\bresults (?:from|of) (?P<results>[A-Z]{{4,12}})(?= and\b|\.|$)",
)
# Capitals that stand before "trial" or "study" and name no trial.
_NOT_A_NAME = frozenset(
    (
        "RCT RCTS DNA RNA MRI PET CT GWAS PK PD PKPD QOL HIV HPV HBV HCV NSCLC SCLC HCC RCC CRC TNBC AML CLL ALL MDS "
        "COVID COVID-19 SARS US USA UK EU FDA EMA NIH NCI ICI ICIS CAR CAR-T TIL IHC PCR NGS III II IV VA BMT HSCT "
        "PROTOCOL OBJECTIVE METHODS RESULTS BACKGROUND DESIGN PURPOSE CONCLUSION CONCLUSIONS INTRODUCTION AIM AIMS "
        "FINDINGS ITT ICU AIDS COPD EORTC ECOG SWOG NRG JCOG TCGA SNP OPEN PHASE PILOT MAIN"
    ).split()
)
_TRIAL_TITLE = re.compile(r"\b(?:trial|study|phase|randomi[sz]ed|placebo)\b", re.IGNORECASE)
# A sentence about the trials of others.
_OTHERS = re.compile(
    r"\b(?:previous(?:ly)?|prior|earlier|unlike|in contrast to|compared with (?:the )?results|similar to|based on "
    r"(?:the )?results|after the|since the)\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"(?<=[.!?]) ")
_SYNTHESES: frozenset[DesignClass] = frozenset(
    ("review", "systematic review", "meta-analysis", "editorial", "guideline")
)
_REGISTERED = re.compile(
    r"\bregist(?:er|ra|ry)\w*|\bclinicaltrials\.gov\b|\bidentifier\b|\beudract\b|\btrial number\b", re.IGNORECASE
)
_NEAR = 160  # characters around a word of registering in which the number stands


def trial_names(design: DesignClass | None, paper: Paper, parts: Excerpt) -> tuple[str, ...]:
    """The names of the trials that the paper reports: "KEYNOTE-024", "CheckMate 227", "JAVELIN Renal 101", "LICC".

    A synthesis reports no trial of its own, unless its title names one. A digest names its own where it opens, and
    further down those it is compared with.
    """
    found = _names(parts.title, headed=bool(_TRIAL_TITLE.search(parts.title)))
    if not found and design not in _SYNTHESES:
        told = parts.lead
        if paper.source == "digest" and paper.sections:
            told = plain(paper.text[: min(paper.sections[0].end, len(told))])
        found = _names(" ".join(part for part in _SENTENCE_END.split(told) if not _OTHERS.search(part)))
    return tuple(found)


def own_trial_ids(design: DesignClass | None, paper: Paper, parts: Excerpt) -> tuple[str, ...]:
    """The registry numbers among `paper.trial_ids` and in its abstract that are the paper's own.

    Those in title and abstract, those beside a word of registering in the methods, and those that the record carries
    but the text does not. Where a study of its own has none of these and the reader found a single number, it is that.
    A digest's stay as they are: they were written by hand.
    """
    if paper.source == "digest":
        return paper.trial_ids
    named = trial_ids(f"{parts.title}\n{parts.lead}")
    if design in _SYNTHESES:
        return tuple(dict.fromkeys((*named, *(_carried(paper) if paper.source == "pubmed" else ()))))
    around = (
        parts.methods[max(match.start() - _NEAR, 0) : match.end() + _NEAR]
        for match in _REGISTERED.finditer(parts.methods)
    )
    found = tuple(dict.fromkeys((*named, *trial_ids("\n".join(around)), *_carried(paper))))
    return found or (paper.trial_ids if len(paper.trial_ids) == 1 else ())


def _carried(paper: Paper) -> Iterable[str]:
    """The numbers that the reader took from the record, not from the text."""
    return (known for known in paper.trial_ids if known not in paper.text)


def _names(text: str, headed: bool = False) -> list[str]:
    """The trials that `text` names, in its order, each in the one spelling; `headed` where "NAME: " may open it."""
    places: dict[tuple[int, int], list[str]] = {}
    lower = text.lower()
    for pattern, folded in _NUMBERED:
        for match in pattern.finditer(lower if folded else text):
            places[match.span()] = _spelled(match)
    for match in (*_WHOLE.finditer(text), *_ACRONYM.finditer(text)):
        if not headed and match.re is _ACRONYM and match["head"]:
            continue
        name = next(group for group in (*match.groups(), match[0]) if group)
        start = text.index(name, match.start())
        known = any(start < right and left < start + len(name) for left, right in places)
        if not known and name.upper() not in _NOT_A_NAME:
            places[start, start + len(name)] = [name]
    return list(dict.fromkeys(name for place in sorted(places) for name in places[place]))


def _spelled(match: re.Match[str]) -> list[str]:
    """ "KEYNOTE-024" of "keynote 24"; two names of "KEYNOTE-001 and 006"."""
    spelling, link, digits = _SPELLED[re.sub(r"[^a-z]", "", match["series"].lower())]
    numbers = [match["number"], *re.findall(r"\d+", match["more"])]
    return [f"{spelling}{link}{_padded(number, digits)}" for number in numbers]


def _padded(number: str, digits: int) -> str:
    figures = number.rstrip("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return figures.zfill(digits if figures == number else 1) + number[len(figures) :].upper()

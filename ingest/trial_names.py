"""The trials a paper reports: their names, brought to one spelling, and their registry numbers.

The paper's own trials, not those it speaks of: names in the title, else in the abstract; numbers in title, abstract and
where the text says that it was registered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ingest.papers import DesignClass, Paper
from ingest.readers.identifiers import trial_ids
from ingest.study_excerpt import Excerpt

__all__ = ["own_trial_ids", "trial_names"]

# Series of numbered trials, as their sponsors spell them, and the digits that a number is written with at least
# (KEYNOTE-024, CheckMate 067, but PACIFIC-2); "" for a series that is also one trial without a number.
_SERIES: tuple[tuple[str, str, int], ...] = (
    # spelling, what stands between name and number, digits
    ("KEYNOTE", "-", 3),
    ("LEAP", "-", 3),
    ("CheckMate", " ", 3),
    ("IMpower", "", 3),
    ("IMvigor", "", 3),
    ("IMbrave", "", 3),
    ("IMpassion", "", 3),
    ("IMmotion", "", 3),
    ("IMspire", "", 3),
    ("IMagyn", "", 3),
    ("RATIONALE", "-", 3),
    ("ORIENT", "-", 2),
    ("JUPITER", "-", 2),
    ("GEMSTONE", "-", 3),
    ("HARMONi", "-", 1),
    ("EMPOWER-Lung", " ", 1),
    ("EMPOWER-Cervical", " ", 1),
    ("CodeBreaK", " ", 3),
    ("KRYSTAL", "-", 1),
    ("DESTINY-Lung", "", 2),
    ("DESTINY-Breast", "", 2),
    ("DESTINY-Gastric", "", 2),
    ("TROPION-Lung", "", 2),
    ("TROPION-Breast", "", 2),
    ("ASCENT", "-", 2),
    ("ZUMA", "-", 1),
    ("KarMMa", "-", 1),
    ("CARTITUDE", "-", 1),
    ("RELATIVITY", "-", 3),
    ("COSMIC", "-", 3),
    ("ATTRACTION", "-", 1),
    ("ESCORT", "-", 1),
    ("CAPSTONE", "-", 1),
    ("CONTACT", "-", 2),
    ("SKYSCRAPER", "-", 2),
    ("EVOKE", "-", 2),
    ("KEYMAKER-U", "", 2),
    ("MASTERKEY", "-", 3),
    ("ECHO", "-", 3),
    ("EV", "-", 3),
    ("TOPACIO", "-", 1),
    ("PACIFIC", "-", 1),
    ("NADIM", "-", 1),
    ("AEGEAN", "-", 1),
    ("NIAGARA", "-", 1),
    ("EMERALD", "-", 1),
    ("ADAURA", "-", 1),
    ("FLAURA", "-", 1),
    ("ALEX", "-", 1),
    ("MARIPOSA", "-", 1),
    ("CAMEL", "-", 1),
    ("TROPICS", "-", 2),
    ("CheckMate-", "", 2),
)  # fmt: skip
_BY_NAME = {re.sub(r"[^a-z]", "", spelling.lower()): (spelling, link, digits) for spelling, link, digits in _SERIES}
_NUMBERED = re.compile(
    r"\b(?P<series>"
    + "|".join(re.escape(spelling.rstrip("-")).replace(r"\-", r"[- ]?") for spelling, _, _ in sorted(_SERIES, key=lambda row: -len(row[0])))
    + r")[- ]{0,2}(?P<number>\d{1,4}[A-Z]{0,2})\b(?P<more>(?:(?:/|, | and |, and )(?:-)?\d{2,4}\b(?! (?:patients|participants|women|men|months|years|%)))*)",
    re.IGNORECASE,
)  # fmt: skip
# Trials known by a name alone, which is a word or another thing elsewhere: only in the sponsor's spelling, and only
# where "trial", "study" or a bracket stands by (see `_ACRONYM`), except these, whose name is never anything else here.
_WHOLE = re.compile(
    r"\bJAVELIN (?:[A-Z][a-z]+(?: [A-Z][a-z]+)*(?: \d{2,3}(?!\d))?)|\bMYSTIC\b(?= trial|\))|\bHIMALAYA\b|\bPOSEIDON\b|\bTOPAZ-1\b|\bPACIFIC\b(?! Ocean| Island)"
    r"|\bCASPIAN\b|\bTRANSFORM\b(?= trial| study)|\bBELINDA\b|\bCheckMate 9[A-Z]{2}\b|\bMORPHEUS-[A-Z]\w+\b|\bNeoADAURA\b|\bOpACIN(?:-neo)?\b|\bSWOG[- ]S\d{4}\b"
)
# "the POPLAR trial", "the OAK study", "the phase 3 CASPIAN trial", "(NICHE-2)" after trial: capitals with a figure or not.
_NAME = r"[A-Z][A-Za-z]{0,3}[A-Z]{2,}[A-Za-z]{0,8}(?:[- ]?\d{1,4}[A-Z]?)?(?:-[A-Z][A-Za-z]{1,10})?"
_ACRONYM = re.compile(
    rf"\b(?:[Tt]he|[Oo]ur|[Tt]his|[Ii]n|of|from|I{{1,3}}|[1-4]|randomi[sz]ed) (?P<before>{_NAME}) (?:[Tt]rial|[Ss]tudy|clinical trial|randomi[sz]ed)\b"
    rf"|^(?P<head>{_NAME}): |\((?P<bracket>{_NAME})\): (?:an? |the )?(?:[\w-]+,? ){{0,6}}(?:trial|study)\b"
    rf"|\b(?:trial|study) \((?P<after>{_NAME})\)|\b(?P<phrase>{_NAME})(?: is| was) (?:a|an) (?:[\w-]+,? ){{0,8}}(?:trial|study)\b"
    rf"|\bresults (?:from|of) (?P<results>[A-Z]{{4,12}})(?= and\b|\.|$)",
)
# Capitals that stand before "trial" or "study" and name no trial.
_NOT_A_NAME = frozenset(
    "RCT RCTS DNA RNA MRI PET CT GWAS PK PD PKPD QOL HIV HPV HBV HCV NSCLC SCLC HCC RCC CRC TNBC AML CLL ALL MDS COVID COVID-19 SARS "
    "US USA UK EU FDA EMA NIH NCI ICI ICIS CAR CAR-T TIL IHC PCR NGS III II IV VA BMT HSCT PROTOCOL OBJECTIVE METHODS RESULTS "
    "BACKGROUND DESIGN PURPOSE CONCLUSION CONCLUSIONS INTRODUCTION AIM AIMS FINDINGS ITT ICU AIDS COPD EORTC ECOG SWOG NRG JCOG TCGA "
    "SNP OPEN PHASE PILOT MAIN".split()
)  # fmt: skip
# A sentence about the trials of others.
_OTHERS = re.compile(
    r"\b(?:previous(?:ly)?|prior|earlier|unlike|in contrast to|compared with (?:the )?results|similar to|based on (?:the )?results|after the|since the)\b",
    re.IGNORECASE,
)
_SYNTHESES: frozenset[DesignClass] = frozenset(("review", "systematic review", "meta-analysis", "editorial", "guideline"))
_REGISTERED = re.compile(
    r"\bregist(?:er|ra|ry)\w*|\bclinicaltrials\.gov\b|\bidentifier\b|\beudract\b|\btrial number\b", re.IGNORECASE
)
_NEAR = 160  # characters around a word of registering in which the number stands


def trial_names(design: DesignClass | None, parts: Excerpt) -> tuple[str, ...]:
    """The names of the trials that the paper reports: "KEYNOTE-024", "CheckMate 227", "JAVELIN Renal 101", "LICC".

    A synthesis reports no trial of its own, unless its title names one.
    """
    found = _names(parts.title)
    if not found and design not in _SYNTHESES:
        found = _names(" ".join(s for s in re.split(r"(?<=[.!?]) ", parts.lead) if not _OTHERS.search(s)))
    return tuple(dict.fromkeys(found))


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
        parts.methods[max(match.start() - _NEAR, 0) : match.end() + _NEAR] for match in _REGISTERED.finditer(parts.methods)
    )
    found = tuple(dict.fromkeys((*named, *trial_ids("\n".join(around)), *_carried(paper))))
    return found or (paper.trial_ids if len(paper.trial_ids) == 1 else ())


def _carried(paper: Paper) -> Iterable[str]:
    """The numbers that the reader took from the record, not from the text."""
    return (known for known in paper.trial_ids if known not in paper.text)


def _names(text: str) -> Iterable[str]:
    places: dict[int, list[str]] = {}
    for match in _NUMBERED.finditer(text):
        places.setdefault(match.start(), []).extend(_normal(match))
    for match in _WHOLE.finditer(text):
        places.setdefault(match.start(), [match[0]])
    for match in _ACRONYM.finditer(text):
        name = next(group for group in match.groups() if group)
        start = text.find(name, match.start())
        if name.upper() not in _NOT_A_NAME and not any(place <= start < place + len(found[0]) for place, found in places.items()):
            places.setdefault(start, [name])
    return [name for place in sorted(places) for name in places[place]]


def _normal(match: re.Match[str]) -> list[str]:
    """ "KEYNOTE-024" of "Keynote 24"; two names of "KEYNOTE-001 and 006"."""
    spelling, link, digits = _BY_NAME[re.sub(r"[^a-z]", "", match["series"].lower())]
    numbers = [match["number"], *re.findall(r"\d+", match["more"])]
    return [f"{spelling}{link}{_padded(number, digits)}" for number in numbers]


def _padded(number: str, digits: int) -> str:
    figures = re.match(r"\d+", number)
    assert figures is not None  # noqa: S101  # the pattern asks for one
    return figures[0].zfill(digits) + number[figures.end() :].upper()

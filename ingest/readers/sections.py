"""From a heading to the kind of section it opens, for every reader: JATS titles, Markdown headings, lines of a PDF."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import cast

from ingest.papers import SectionKind

__all__ = ["bare_heading", "is_back_matter", "section_kind"]

# The first pattern that matches the bare heading from its beginning wins, so that "Results and discussion" is results.
_KINDS: tuple[tuple[SectionKind, re.Pattern[str]], ...] = tuple(
    (cast(SectionKind, kind), re.compile(pattern))
    for kind, pattern in (
        (
            "abstract",
            r"(?:structured |graphical )?abstract$|(?:author |executive |lay |plain language )?summary$|synopsis$",
        ),
        (
            "introduction",
            r"introduction\b|introductory\b|background\b|rationale$|(?:research )?question$"
            r"|(?:study )?(?:aims?|objectives?|purpose)\b",
        ),
        (
            "methods",
            r"methods?\b|methodology\b|methodological\b|materials?\b.*\bmethods?\b|materials?$|experimental\b"
            r"|(?:patients?|subjects?|participants?|animals?|study population|procedures?|design|data)\b.*"
            r"\b(?:methods?|methodology|procedures?)\b|(?:study|trial|research) "
            r"(?:design|population|procedures?|protocol)\b"
            r"|(?:clinical|online|star) methods?\b|patients$|participants$|subjects$|setting$"
            r"|design(?: and population)?$"
            r"|statistical (?:analys|method)|data (?:collection|sources?|analys|extraction)"
            r"|search (?:strategy|methods?)\b|outcome measures?\b"
            r"|interventions?$|(?:eligibility|inclusion|selection) criteria\b|main outcome",
        ),
        ("results", r"results?\b|findings\b|main results?\b|observations?$|key results?\b"),
        ("discussion", r"discussions?\b|general discussion\b|comments?$|(?:study |strengths and )?limit(?:ation)?s?\b"),
        (
            "conclusions",
            r"conclusions?\b|concluding\b|(?:summary|perspectives?|future) and conclusions?\b|interpretations?$"
            r"|authors conclusions?\b|what (?:it|this) means$|main conclusions?\b",
        ),
        ("table", r"(?:supplementary )?table s?\d"),
        ("figure", r"(?:supplementary )?fig(?:ure)?\.? s?\d"),
    )
)
_COMPACT: dict[str, SectionKind] = {
    "abstract": "abstract",
    "summary": "abstract",
    "introduction": "introduction",
    "background": "introduction",
    "methods": "methods",
    "materialsandmethods": "methods",
    "materialandmethods": "methods",
    "patientsandmethods": "methods",
    "results": "results",
    "resultsanddiscussion": "results",
    "discussion": "discussion",
    "conclusion": "conclusions",
    "conclusions": "conclusions",
}
_BACK_MATTER = re.compile(
    r"references?(?: and notes| cited)?$|bibliography$|literature(?: cited)?$|works cited$"
    r"|acknowled?ge?ments?\b"
    r"|(?:financial )?(?:disclosures?|funding)(?:$| (?:sources?|information|statements?|support|and)\b)"
    r"|financial (?:support|disclosure)|sources? of (?:funding|support)"
    r"|(?:declarations? of |statement of )?(?:conflicts?|competing|duality) ?(?:of )?(?:financial )?interests?\b"
    r"|(?:declarations?|disclosure)(?: of (?:competing |conflicting )?interests?)?$|potential conflicts?\b"
    r"|(?:authors?|authorship|credit)(?: authorship)? (?:contributions?|information|details|disclosures?|affiliations?)"
    r"|authors(?: and affiliations)?$|contributors?(?:hip)?(?: statement)?$|about the authors?$"
    r"|pre ?publication history$|publishers? note\b|reporting summary$|peer review(?: file| information)?$"
    r"|(?:(?:availability of )?data(?: and materials?)?|code|materials?)(?: and code)? (?:availability|sharing|access)"
    r"|availability of (?:data|supporting data|materials?)|"
    r"(?:electronic |online |additional )?(?:supplement(?:ary|al)?|supporting|additional)"
    r" (?:materials?|information|data|files?|content|figures?|tables?)\b"
    r"|additional files?$|ethics (?:approval|statement|declarations?)|ethical (?:approval|statement)"
    r"|consent (?:for publication|to publish)|provenance and peer review|abbreviations?(?: used.*)?$"
    r"|list of abbreviations|open access$|rights and permissions$|generative ai\b|additional information$"
)
_NUMBER = re.compile(r"^(?:(?:section\s+)?\d+(?:\.\d+)*[.):|]?\s+|(?:\d+\.)+\d*\s*|[ivx]+[.):]\s*|[a-h][.)]\s+)", re.I)
_APOSTROPHES = re.compile(r"['’‘`´]")
_NOT_WORD = re.compile(r"[^\w.>]+")


@lru_cache(maxsize=4096)
def bare_heading(title: str) -> str:
    """The heading in lower case without number, apostrophes and punctuation: "2.1 | METHODS:" is "methods"."""
    bare = _NUMBER.sub("", " ".join(title.split()).lower(), count=1)
    return _NOT_WORD.sub(" ", _APOSTROPHES.sub("", bare)).strip(" .")


@lru_cache(maxsize=4096)
def section_kind(title: str) -> SectionKind:
    """The kind of section that a heading opens; "other" where the heading does not say.

    A path ("Methods > Patients") is known by its first part that says something. Headings that a PDF has letter-spaced
    ("M E T H O D S", "I NTRODUCTION") are read too.
    """
    for part in title.split(" > "):
        bare = bare_heading(part)
        for kind, pattern in _KINDS:
            if pattern.match(bare):
                return kind
        compact = _COMPACT.get(bare.replace(" ", ""))
        if compact:
            return compact
    return "other"


@lru_cache(maxsize=4096)
def is_back_matter(title: str) -> bool:
    """Whether a top-level heading opens what is left out of a text: references, funding, interests, the like."""
    bare = bare_heading(title)
    return bool(_BACK_MATTER.match(bare)) or bare.replace(" ", "") in {
        "references",
        "acknowledgements",
        "acknowledgments",
    }

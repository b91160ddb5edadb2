"""Restrictions on papers that a question states in words: "since 2020", "in mice", "randomised trials only".

Only what is said of papers counts. "Published since 2020" does; "patients treated since 2019" and "5-year survival" are
what is asked about. In doubt nothing is read, for a filter that nobody meant hides the answer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from ingest.papers import Filters, Species
from ingest.study import design_named

__all__ = ["Restrictions", "restricted", "restrictions"]

_YEAR = r"(?:19|20)\d\d"
_SPAN = re.compile(
    rf"\b(?:(?P<word>since|from|between|before|after|in or after|in|of|until|till|up to|through|by)\s+"
    rf"(?:the year\s+)?)?(?P<first>{_YEAR})(?:\s*(?:-|–|and|to|until|through)\s*(?P<last>{_YEAR}))?"
    r"(?P<open>\s+(?:onwards?|or (?:later|newer|earlier|older)|on(?=\s*(?:[,;?.]|$))))?\b",
    re.IGNORECASE,
)
_WORKS = (
    r"(?:papers?|articles?|publications?|stud(?:y|ies)|trials?|reports?|reviews?|meta-analys[ei]s|evidence|literature|"
    r"research|works?|guidelines?)"
)
# Words by which years are those of patients, treatments and events, not of papers.
_OTHERWISE = (
    r"(?:treated|diagnosed|enrol\w*|recruit\w*|given|included|operated|approved|licensed|patients?|people|men|women|"
    r"children|cases|survivors?|who|whose|start\w*|began|begun|opened|closed|ran|conducted|improved|changed)"
)
_PUBLISHED = re.compile(
    r",?\s*(?:\b(?:that|which)\s+)?(?:\b(?:were|was|are|is|have been|has been)\s+)?(?:\bfirst\s+)?"
    r"\b(?:published|printed|reported|presented|appeared)\s+$",
    re.IGNORECASE,
)
_WORKS_OF = re.compile(rf"\b{_WORKS}(?:\s+(?!{_OTHERWISE}\b)[\w-]+){{0,5}}\s+$", re.IGNORECASE)
_WORKS_AT_ONCE = re.compile(rf"\b{_WORKS}\s+$", re.IGNORECASE)
_IN_WORKS = re.compile(rf",?\s*\b(?:in|from|among) (?:the |any )?{_WORKS}\s+$", re.IGNORECASE)
_ONLY = re.compile(r",?\s*\b(?:but\s+)?only\s+$", re.IGNORECASE)
_KNOWN = re.compile(r"^what (?:is|was|has been) (?:known|new|learnt|learned|shown|found|reported)\b", re.IGNORECASE)
_AT_FIRST = re.compile(rf"\s*,\s*(?:\w+\s+){{0,2}}{_WORKS}\b", re.IGNORECASE)
_NEAR = 160  # characters before the years in which it stands what they are of
_OF_A_YEAR = frozenset(("in", "of", "by"))

_ANIMALS: tuple[tuple[Species, str], ...] = (
    ("mouse", r"mice|(?:mouse|murine) (?:models?|stud(?:y|ies)|experiments?)"),
    ("other animal", "rats|dogs|monkeys|primates|zebrafish|pigs|rabbits"),
    ("cell line", "cell lines"),
    ("human", "humans"),
)
_LIVING = "|".join(names for _, names in _ANIMALS)
# "Does it hold in humans" asks about the world, "in humans only" restricts; who asks about mice wants papers on mice.
_STUDIED = re.compile(
    rf"(?<!not )(?<!than )(?<!just )(?P<only>\bonly )?\bin (?:an? |the )?(?:[\w-]+ ){{0,2}}?(?:{_LIVING})"
    rf"(?:(?:,| and| or| as well as)+(?: in)? (?:{_LIVING}))*\b(?P<alone> (?:only|alone)\b)?",
    re.IGNORECASE,
)
_PEOPLE = re.compile(r"\b(?:patients?|people|persons?|humans?|women|men|children|adults|clinic\w*)\b", re.IGNORECASE)

_DESIGN = (
    r"(?:phase (?:3|iii) )?randomi[sz]ed(?: controlled)? trials?|rcts?|meta-analys[ei]s|systematic reviews?|"
    r"cohort studies|case reports?|preclinical studies"
)
_DESIGNS = re.compile(
    rf"\b(?:only|just|restricted to|limited to|based on|according to) (?:in |from )?(?:the )?(?:{_DESIGN})\b"
    rf"|\b(?:in |from )?(?:{_DESIGN}) (?:only|alone)\b",
    re.IGNORECASE,
)
_RETRACTED = re.compile(
    r"\b(?P<only>only (?:the )?retracted|retracted (?:papers?|stud(?:y|ies)) only)\b"
    r"|\b(?:including|also|even) (?:the )?retracted\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Restrictions:
    """What a question restricts itself to: `filters`, and the `phrases` that say so, as they stand there.

    `rest` is the question without its years, which no passage has to hold.
    """

    rest: str
    filters: Filters = field(default_factory=Filters)
    phrases: tuple[str, ...] = ()


@lru_cache(maxsize=256)
def restrictions(question: str) -> Restrictions:
    """What `question` says of the papers that it is put to."""
    return restricted(Filters(), question)


def restricted(asked: Filters, question: str) -> Restrictions:
    """What `question` says of papers besides the filters `asked` for; years, species and the like of these hold."""
    plain, rest = Filters(), question
    values: dict[str, Any] = {}
    phrases = []
    for names, read in _READERS:
        found = read(question)
        if found is None or any(getattr(asked, name) != getattr(plain, name) for name in names):
            continue
        values |= dict(zip(names, found.values, strict=True))
        phrases.append(found.phrase)
        rest = _without(rest, found.goes)
    return Restrictions(rest, replace(asked, **values), tuple(phrases))


@dataclass(frozen=True, slots=True)
class _Found:
    """The values of the filters, the phrase that says them, and what of the question goes with it."""

    values: tuple[Any, ...]
    phrase: str
    goes: str = ""


def _years(question: str) -> _Found | None:
    """The first years that are said of papers."""
    for match in _SPAN.finditer(question):
        goes, years = _said_of_papers(question, match), _between(match)
        if goes is not None and years is not None:
            return _Found(years, match.group(), goes)
    return None


def _said_of_papers(question: str, years: re.Match[str]) -> str | None:
    """What of `question` goes with `years` where they are those of papers; None where they are of something else."""
    before, after = question[max(years.start() - _NEAR, 0) : years.start()], question[years.end() :]
    said = years.group()
    ends = not after.strip(" ?.!")
    word = (years["word"] or "").lower()
    if match := _PUBLISHED.search(before) or _ONLY.search(before):
        works = _IN_WORKS.search(f"{before[: match.start()]} ")
        return f"{works.group().rstrip() if works else ''}{match.group()}{said}"
    if works := _IN_WORKS.search(before):
        return f"{works.group()}{said}"
    if (_WORKS_AT_ONCE if word in _OF_A_YEAR else _WORKS_OF).search(before):
        return said
    if word and (
        (ends and before.rstrip().endswith(","))
        or (not years.start() and _AT_FIRST.match(after))
        or (ends and word not in _OF_A_YEAR and _KNOWN.search(question))
    ):
        return said
    return None


def _between(years: re.Match[str]) -> tuple[int | None, int | None] | None:
    """The years that are meant, both included: "before 2019" ends with 2018, "after 2019" begins with 2020."""
    word, first, last = (years["word"] or "").lower(), int(years["first"]), years["last"]
    openly = (years["open"] or "").strip().lower()
    if last is not None:
        return (first, int(last)) if first <= int(last) else None
    if openly.endswith(("earlier", "older")):
        return None, first
    if openly or word in ("since", "in or after"):
        return first, None
    match word:
        case "after":
            return first + 1, None
        case "before":
            return None, first - 1
        case "until" | "till" | "up to" | "through" | "by":
            return None, first
        case "between":
            return None
        case _:
            return first, first


def _species(question: str) -> _Found | None:
    """What was studied; where people are set against animals, neither is left out."""
    match = _STUDIED.search(question)
    if match is None:
        return None
    named = tuple(kind for kind, names in _ANIMALS if re.search(rf"\b(?:{names})\b", match.group(), re.IGNORECASE))
    elsewhere = question[: match.start()] + question[match.end() :]
    if match["only"] or match["alone"]:
        return _Found((named,), match.group())
    doubtful = not {"mouse", "other animal"}.intersection(named) or _PEOPLE.search(elsewhere)
    return None if doubtful else _Found((named,), match.group())


def _designs(question: str) -> _Found | None:
    match = _DESIGNS.search(question)
    return _Found(((design_named(match.group()),),), match.group()) if match else None


def _statuses(question: str) -> _Found | None:
    match = _RETRACTED.search(question)
    return _Found((("retracted",) if match["only"] else (),), match.group()) if match else None


_READERS = (
    (("since", "until"), _years),
    (("species",), _species),
    (("designs",), _designs),
    (("statuses",), _statuses),
)


def _without(question: str, phrase: str) -> str:
    if not phrase:
        return question
    left = question.replace(phrase, " ", 1)
    left = re.sub(r"[\s,]+([?.!])", r"\1", " ".join(left.split())).strip(" ,")
    return left if any(letter.isalnum() for letter in left) else question

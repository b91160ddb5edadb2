"""From the words of a paper to its design: what it calls itself first, then what it speaks of.

The order is the argument. A title is the paper's own. A synthesis says so of itself, and names every other design; so
it is asked for before them. Animals are randomised too; so trials are asked for after them. What calls itself nothing
is weighed: words of the bench against people who were counted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ingest.study import words
from ingest.study.excerpt import Excerpt
from ingest.study.size import sample_size
from ingest.study.subjects import Subjects, subjects
from ingest.study.words import Rule

__all__ = ["found_design", "trial_words"]

_ABOUT_STUDIES = frozenset(("protocol", "meta-analysis", "systematic review", "guideline", "review"))
_ANIMALS_SURVEYED = re.compile(r"\bcross-sectional\b|\bseropreval|\bserological\b")
_LOT = re.compile(r"\brandomi[sz]|\brandomly\b|\bplacebo\b|\brcts?\b")
_CASES_AT_MOST = 50  # a larger "case series" is a cohort
_COUNTED = 30  # patients that no paper of the bench has by the way, and `_MANY` the same in figures
_MANY = re.compile(
    r"(?<![\d.,%-])(?:[3-9]\d|\d{3,}|\d{1,3}[, ]\d{3}) "
    r"(?:[\w-]+ ){0,4}(?:patients|participants|women|men|individuals|children|adults)\b"
)
_PEOPLE_WEIGH = _TITLE_WEIGHS = 4  # words of the bench
_NARRATIVE = 400  # characters below which an abstract that reports nothing may be cut off rather than a narrative
_NUMERALS = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}


def found_design(parts: Excerpt, seen: Subjects) -> str:
    """The design that title and abstract tell, in words ("phase 3 randomised trial"); "" where they do not tell."""
    title, told = parts.title.lower(), parts.told
    if words.NOTICE.match(title):
        return ""
    clinical = bool(_MANY.search(told)) and not subjects(title).beasts  # mice may stand beside many patients
    beastly = not clinical and seen.beasts > seen.studied and (seen.beasts >= 2 or not seen.persons)
    named = _first(words.TITLES, title)
    if named and not (beastly and named not in _ABOUT_STUDIES):
        return _worded(named, title, told)
    found = _first(words.SYNTHESES, told)
    if found == "review" and _reports(seen, told):
        found = ""  # an abstract of findings that closes with the literature
    if found:
        return _worded(found, title, told)
    if seen.beasts <= 2 and not seen.studied and (computed := _first(words.COMPUTED, told)):
        return computed
    if words.TOOLS.search(told):
        return "computational study"  # whatever animals or people its data are of
    if beastly and seen.studied < 3:
        return "cross-sectional study" if _ANIMALS_SURVEYED.search(told) else "preclinical study"
    if words.CADAVERS.search(told) and not clinical:
        return "preclinical study"
    for table in (words.CASES, words.LATER, words.TRIALS):
        if not (found := _first(table, told)):
            continue
        if table is not words.CASES or not _large(parts):
            return _worded(found, title, told)
        if found == "case series":
            return "cohort study"
    if found := _first(words.COMPUTED, told):
        return found
    if (
        _first(words.TRIALS, parts.methods.lower()) == "randomised trial"
        and not _first(words.OBSERVED, told)
        and not seen.cells
    ):
        return _worded("randomised trial", title, told)  # only the full text tells how the groups were made
    return _by_weight(parts, seen)


def _by_weight(parts: Excerpt, seen: Subjects) -> str:
    """A design for an abstract that does not call itself anything, from what it speaks of."""
    told = parts.told
    declares = bool(words.DECLARES.search(parts.title.lower()))
    observed = _first(words.OBSERVED, told)
    counted = (sample_size("cohort", parts.title, parts.lead) or 0) >= _COUNTED
    bench = (
        len({match[0] for match in words.BENCH.finditer(told)}) + 3 * _times(words.EXPERIMENT, told) + 2 * seen.cells
    )
    clinical = 2 * seen.studied + seen.persons + _PEOPLE_WEIGH * (bool(observed) + counted)
    if seen.beasts and not seen.studied:
        return "preclinical study"
    if words.PUBLIC.search(told) and not (seen.cells or seen.beasts or observed):
        return "computational study"
    if bench + _TITLE_WEIGHS * declares > max(clinical, _PEOPLE_WEIGH - 1):
        ours = declares or seen.cells >= 2 or _times(words.RESULT, told) or words.OUR_WORK.search(told)
        return "preclinical study" if ours else "review"
    if observed:
        return observed
    if seen.studied >= 2 or (seen.studied and (_times(words.RESULT, told) or words.OUR_WORK.search(told))):
        return "cohort study"
    if _times(words.RESULT, told) >= 2 or words.OUR_WORK.search(told):
        if seen.persons or (bench < 4 and words.EPIDEMIOLOGY.search(told)):
            return "cohort study"
        return "preclinical study" if bench >= 2 else "observational study"
    return "review" if len(told) > _NARRATIVE else ""


def _reports(seen: Subjects, told: str) -> bool:
    """Whether what calls itself a review tells of people or animals of its own."""
    if (seen.studied >= 3 or seen.beasts >= 3) and _times(words.RESULT, told) >= 2:
        return True
    return bool(seen.beasts and words.HANDS_ON.search(told))


def _large(parts: Excerpt) -> bool:
    """Whether what speaks of cases counts so many people that they are a population."""
    return (sample_size("cohort", parts.title, parts.lead) or 0) > _CASES_AT_MOST


def _times(pattern: re.Pattern[str], text: str) -> int:
    return sum(1 for _ in pattern.finditer(text))


def _first(rules: Iterable[Rule], text: str) -> str:
    """The design of the first rule that a sentence of `text` meets."""
    for rule in rules:
        for match in rule.pattern.finditer(text):
            if rule.unless is None or not rule.unless.search(text, *_sentence(text, match.start(), match.end())):
                return rule.design
    return ""


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """Borders of the sentence around a match; a full stop and a space end one, which is enough here."""
    after = text.find(". ", end)
    return text.rfind(". ", 0, start) + 1, after if after >= 0 else len(text)


def _worded(design: str, title: str, told: str) -> str:
    """The design with what else is known of it: the phase and the lot of a trial, the trial of a protocol."""
    if design in ("trial", "randomised trial"):
        randomised = design == "randomised trial" or _first(words.TRIALS, told) == "randomised trial"
        return trial_words(_phase(title, told), randomised)
    if design == "protocol":
        return f"protocol of a {trial_words(_phase(title, told), bool(_LOT.search(told)))}"
    if design == "post hoc analysis":
        return f"post hoc analysis of a {trial_words('', bool(_LOT.search(told)))}"
    return design


def trial_words(phase: str, randomised: bool) -> str:
    """ "phase 3 randomised trial": a trial in the words in which readers state it too."""
    return " ".join(filter(None, (f"phase {phase}" if phase else "", "randomised" if randomised else "", "trial")))


def _phase(title: str, told: str) -> str:
    """ "2", "1/2" or "": the phase that the title gives, else a sentence of the abstract about this trial."""
    if match := words.PHASE.search(title):
        return _numbers(match)
    for match in words.PHASE.finditer(told):
        start, end = _sentence(told, match.start(), match.end())
        if words.OWN_PHASE.search(told, start, end) and not words.OTHERS.search(told, start, end):
            return _numbers(match)
    return ""


def _numbers(match: re.Match[str]) -> str:
    found = [_NUMERALS.get(part, part) for part in (match["first"], match["second"]) if part]
    return "/".join(dict.fromkeys(found))

"""How many patients, or animals, a study had: the number it states for the whole, never that of a subgroup.

Where a paper says outright how many it took in, the first row of `_STATED` that fits counts, and in it the first
number. Else it is the largest of the numbers it speaks of people by, for groups are smaller than the whole.
Numbers come as 305, 45,079, with a thin or common space (45 079), and in words (eight hundred fifteen).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ingest.papers import DesignClass

__all__ = ["number", "sample_size"]

_MOST = 1_000_000_000  # what is larger is no sample
_YEARS = range(1980, 2035)
_UNITS = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen".split()
    )
}
_TENS = {
    word: 10 * value for value, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)
}
_WORD = "|".join(sorted([*_UNITS, *_TENS, "hundred", "thousand"], key=len, reverse=True))
_NUMBER = (
    rf"(?=[\dzotfsenh])(?:(?<![\w.,%/±-])(?:\d{{1,3}}(?:[, ]\d{{3}})+(?!\d)|\d{{1,9}})(?![\w%]|[.,]\d)"
    rf"|\b(?:{_WORD})(?:(?:-| and | |, )(?:{_WORD})){{0,8}}\b)"
)
_WHO = (
    r"(?:patients|participants|subjects|individuals|women|men|adults|children|infants|boys|girls|persons|people"
    r"|volunteers|survivors|residents|caregivers|students|physicians|nurses|recipients|veterans|inpatients"
    r"|adolescents|respondents|asthmatics|cases|pairs|mice|rats|rabbits|pigs|piglets|dogs|sheep|animals"
    r"|(?:guinea )?pigs|monkeys|cadavers|knees|hips|samples|specimens|tumou?rs|providers|donors|controls|males"
    r"|females|outpatients|neonates|newborns|families|interviews)"
)
_SOME = (
    r"(?:(?!(?:of|in|and|or|from|to|with|were|was|had|who|than|years?|months?|weeks?|days?|hours?"
    r"|\d+)\b)[\w/+'-]+,? ){0,5}"  # "consecutive breast cancer"
)
_GROUP = rf"(?P<n>{_NUMBER}) {_SOME}{_WHO}\b"
_TAKEN = (
    r"(?:enrolled|included|recruited|analy[sz]ed|evaluated|studied|identified|eligible|selected|reviewed|treated"
    r"|examined|investigated)"
)

_STATED = tuple(
    re.compile(row)
    for row in (
        # "63 patients were randomly assigned to A and 62 to B": the total is the sum
        rf"(?P<n>{_NUMBER}) (?:{_SOME}{_WHO} )?(?:were|was) "
        rf"(?:randomly |randomi[sz]ed |at random )?(?:assigned|allocated|randomi[sz]ed)? ?to "
        rf"(?:receive |the )?(?!either|one of|two|three|four|receive either)(?:[\w-]+ ){{1,5}}and (?P<m>{_NUMBER}) "
        rf"(?:{_WHO} )?(?:were )?(?:assigned )?to\b",
        rf"(?P<n>{_NUMBER}) (?:{_SOME}{_WHO} )?(?:\([^()]{{1,60}}\) )?(?:were|underwent) "
        rf"(?:\w+ )?(?:randomi[sz]\w+|randomly|allocated|at random)",
        rf"\b(?:randomi[sz]ed|randomly (?:assigned|allocated)|randomi[sz]es) {_GROUP}",
        rf"\b(?:in total,?|a total of|totally|overall,?|total sample size of|sample size of|target sample size is) "
        rf"{_GROUP}",
        rf"\btotal (?:sample )?(?:size|number) (?:of|was|is|=) (?P<n>{_NUMBER})\b",
        rf"\b(?:trial|study|study population|sample|cohort|population|series|analysis|set) "
        rf"(?:was conducted |was performed |comprises |of|in|with|among|on|comprising|comprised|included|involving"
        rf"|includes|consisted of|comprises)(?: of| among| a total of)? ?{_GROUP}",
        rf"\b(?:we|authors) (?:\w+ ){{0,2}}(?:enrolled|included|randomi[sz]ed|recruited|analy[sz]ed|studied"
        rf"|identified|evaluated|reviewed|examined|treated|conducted|compared|performed|used) "
        rf"(?:data (?:on|from|of) |records of |the records of |(?:a )?total of )?{_GROUP}",
    )
)
_SPOKEN_OF = re.compile(_GROUP)
_IN_BRACKETS = re.compile(rf"\b{_WHO} \( ?n ?= ?(?P<n>{_NUMBER}) ?\)")
_FEW = 10  # people: a number below is no sample, unless of cases or animals
# A rate, a group among several, those who were only looked at, the size that a calculation asked for.
_NOT_ALL = re.compile(
    r"\bper\b|\beach year\b|\bevery year\b|\bannually\b|\bworldwide\b|\bestimated\b|\bapproximately 1 in\b"
    r"|\bscreened\b|\bapproached\b|\bcontacted\b|\binvited\b|\bnn[ht]\b|\beach (?:group|arm|containing)\b"
    r"|\bin (?:each|the \w+ group)\b|\bsubgroups?\b|\bpower of\b|\bwould be (?:needed|required)\b|\bolder than\b"
    r"|\bof (?:these|whom)\b"
)
# What a number that stands before people may count instead: "at age 65 women", "type 1 patients".
_LABEL = re.compile(r"\b(?:aged?|type|grade|stage|level|phase|days?|weeks?|years?|months?|class|group|arm) $")
_UNSIZED: frozenset[DesignClass] = frozenset(("review", "editorial", "guideline"))


def number(text: str) -> int | None:
    """The whole number that `text` writes in figures or words: "45 079", "Eight hundred and fifteen"; None if none."""
    digits = re.sub(r"[, ]", "", text)
    if digits.isascii() and digits.isdigit():
        return int(digits) if len(digits) <= 12 else None
    total = part = 0
    words = re.findall(r"[a-z]+", text.lower())
    for word in words:
        if word in _UNITS:
            part += _UNITS[word]
        elif word in _TENS:
            part += _TENS[word]
        elif word == "hundred":
            part = 100 * max(part, 1)
        elif word == "thousand":
            total, part = total + 1000 * max(part, 1), 0
        elif word != "and":
            return None
    return total + part if words else None


def sample_size(design: DesignClass | None, *texts: str) -> int | None:
    """The size of the sample, by the first of `texts` (title, abstract, methods; plainly spelled) that states it.

    None for what has no sample of its own (reviews, editorials, guidelines), and where none is stated.
    """
    if design is None or design in _UNSIZED:
        return None
    for text in map(str.lower, texts):
        stated = (size for row in _STATED for size in _sizes(row, text))
        if found := next(stated, None):
            return found
        spoken_of = list(_sizes(_SPOKEN_OF, text)) or _only(list(_sizes(_IN_BRACKETS, text)))
        if spoken_of and (max(spoken_of) >= _FEW or design in ("case report", "preclinical")):
            return max(spoken_of)
    return None


def _only(sizes: list[int]) -> list[int]:
    """The sizes where they are one: of several groups none is the whole."""
    return sizes if len(sizes) == 1 else []


def _sizes(row: re.Pattern[str], text: str) -> Iterator[int]:
    for match in row.finditer(text):
        named = match.groupdict()
        size = number(match["n"])
        if named.get("m"):
            second = number(match["m"])
            size = size + second if size is not None and second is not None else None
        around = text[max(match.start() - 12, 0) : match.end() + 24]
        bare_year = size in _YEARS and not re.search(r"[, ]\d", match["n"])
        labelled = _LABEL.search(text, max(match.start("n") - 12, 0), match.start("n"))
        if size is not None and 1 < size < _MOST and not (bare_year or labelled or _NOT_ALL.search(around)):
            yield size

"""False claims: a true one with one thing changed. What is changed must be false of the passage."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from random import Random

from eval.bench.made_claims_figures import numbers_of, plainly
from eval.bench.made_claims_nouns import Finding, Kind, MadeClaim
from eval.bench.made_claims_true import directions, pairs

__all__ = ["changed", "swapped", "turned"]


def turned(finding: Finding, random: Random) -> Iterator[MadeClaim]:
    """The direction turned, or a negation put in or taken out."""
    truth = directions(finding, finding.label, random)
    if finding.label == "no significant difference":
        wrong = [("negation removed", random.choice(["increased", "decreased"]))]
    else:
        opposite = "decreased" if finding.label == "increased" else "increased"
        wrong = [("direction turned", opposite), ("negation added", "no significant difference")]
    for kind, label in wrong:
        for text, true in zip(directions(finding, label, random), truth, strict=True):
            yield MadeClaim(kind, text, finding.passage, finding.group, true)


def swapped(finding: Finding) -> Iterator[MadeClaim]:
    """Each arm given the other's figure."""
    if finding.pair is not None:
        wrong = replace(finding.pair, mine=finding.pair.other, other=finding.pair.mine)
        for text, true in zip(pairs(finding, wrong), pairs(finding, finding.pair), strict=True):
            yield MadeClaim("arm swapped", text, finding.passage, finding.group, true)


_CLAIMED = re.compile(r"(?<![\w.-])\d+(?:\.\d+)?(?![\w-])")
_TIME_UNITS = ("hours", "days", "weeks", "months", "years")


def changed(claims: list[MadeClaim], random: Random) -> Iterator[MadeClaim]:
    """A number changed, in every way that the claim's figures allow."""
    for claim in claims:
        known = numbers_of(claim.passage.paper.title + " " + claim.passage.text)
        for kind, text in (*_digits(claim.text, known, random), *_kinds(claim.text, claim.passage.text)):
            yield MadeClaim(kind, text, claim.passage, claim.group, claim.text)


def _digits(text: str, known: frozenset[float], random: Random) -> Iterator[tuple[Kind, str]]:
    figures = [match for match in _CLAIMED.finditer(text) if not _is_level(text, match) and _is_figure(text, match)]
    if not figures:
        return
    bounds = [match for match in figures if re.search(r"CI [\d.-]*(?: to )?$", text[: match.start()])]
    match = random.choice(bounds or figures)
    smaller = "<" in text[max(0, match.start() - 3) : match.start()]
    kind = "interval bound changed" if re.search(r"CI [\d.-]*(?: to )?$", text[: match.start()]) else "digit changed"
    moved = "decimals moved" if kind == "digit changed" else kind
    for done, options in ((kind, _other_digits(match.group())), (moved, _moved(match.group()))):
        wrong = [o for o in options if float(o) not in known and (not smaller or float(o) < float(match.group()))]
        if wrong:
            yield done, text[: match.start()] + random.choice(wrong) + text[match.end() :]


def _is_level(text: str, match: re.Match[str]) -> bool:
    return text[match.end() :].startswith("% CI")


def _is_figure(text: str, match: re.Match[str]) -> bool:
    """Whether the number is one that a form put in, not a word of the outcome's name."""
    before, behind = text[max(0, match.start() - 12) : match.start()], text[match.end() : match.end() + 9]
    return bool(re.search(r"(?:[=<] ?|\bwas |\band |: |versus |compared with |ratio |CI | to |, )$", before)) and bool(
        re.match(r"(?:%| (?:hours|days|weeks|months|years)\b)?(?:[).,;]| with| for| and| versus| compared| to)", behind)
    )


def _other_digits(number: str) -> list[str]:
    places = [place for place, digit in enumerate(number) if digit.isdigit() and number[: place + 1].strip("0.")]
    return [
        number[:place] + digit + number[place + 1 :]
        for place in places
        for digit in "123456789"
        if digit != number[place]
    ]


def _moved(number: str) -> list[str]:
    """0.62 as 0.26, 10.3 as 1.03."""
    whole, dot, decimals = number.partition(".")
    if not dot:
        return []
    moved = [f"{whole}.{decimals[::-1]}"] if len(set(decimals)) > 1 else []
    if whole.strip("0"):
        moved.append(f"{whole[:-1] or '0'}.{whole[-1]}{decimals}")
    else:
        moved.append(f"0.0{decimals}")
    return [text for text in moved if float(text) != float(number)]


def _kinds(text: str, passage: str) -> Iterator[tuple[Kind, str]]:
    """The number kept and what it is of changed, where the passage does not have it of the other kind, too."""
    match = re.search(r"(?<![\w.])(\d+(?:\.\d+)?)% (?:with|for|and|versus|compared)", text)
    if match and not _stands_bare(match[1], passage):
        yield "percentage made a count", text.replace(f"{match[1]}%", f"{match[1]} patients", 1)
    for unit in _TIME_UNITS:
        if match := re.search(rf"(?<![\w.])(\d+(?:\.\d+)?) {unit}\b", text):
            other = _TIME_UNITS[(_TIME_UNITS.index(unit) + 1) % len(_TIME_UNITS)]
            if not re.search(rf"\b{re.escape(match[1])}[ -]?{other[:-1]}|\b{other[:-1]}", passage):
                yield "unit changed", text.replace(f"{match[1]} {unit}", f"{match[1]} {other}", 1)
    for ratio, other in (("hazard ratio", "odds ratio"), ("odds ratio", "hazard ratio")):
        initials = "".join(word[0] for word in other.split()).upper()
        if ratio in text and not re.search(rf"\b{other}|\b{initials}\b", passage, re.IGNORECASE):
            yield "ratio renamed", text.replace(ratio, other)


def _stands_bare(number: str, passage: str) -> bool:
    """Whether `number` stands in `passage` without a percent sign (or where a table's head might say it)."""
    plain = plainly(passage)
    found = list(re.finditer(rf"(?<![\d.]){re.escape(number)}(?![\d]|\.\d)", plain))
    return not found or any(not re.match(r"\s?(?:%|per ?cent)", plain[match.end() :]) for match in found)

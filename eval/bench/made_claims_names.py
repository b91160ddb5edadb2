"""Annotated interventions, comparators and outcomes as words that can stand in a sentence."""

from __future__ import annotations

import html
import re

from eval.bench.made_claims_figures import plainly

__all__ = ["arm_words", "name_in_a_sentence"]

_NO_ARM = frozenset(
    "the group groups arm and with for then than from day days week weeks daily once per patients".split()
)
_DOSE = re.compile(
    r"\b(?:a |the )?\d[\d.,]*(?: (?:or|to|and) \d[\d.,]*)?\s?-?(?:%|mg|g|kg|IU|ml|mL|µg|"
    r"Gy|min|minutes?|hours?|h|days?|d|weeks?|wk|months?)"
    r"\b(?:/\w+)*(?: of)?|\d+(?:\.\d+)?%|\b(?:two|three|four|five|six|seven|eight|nine|ten|twelve)\b",
)


def name_in_a_sentence(text: str, passage: str) -> str:
    """An annotated name as words of a sentence: without asides, and cut before a figure that the passage lacks.

    "" where nothing is left that names a thing: of "4,370 IU per day (high dose)" only "per day" would be.
    """
    name = plainly(html.unescape(html.unescape(text)))
    name = re.sub(r"\([^()]*\)|\[[^\[\]]*\]", " ", name)
    name = re.split(r"[;:(]|\s(?:was|were|received?|is)\s", name)[0]
    name = _DOSE.sub(" ", name)
    for match in re.finditer(r"\d[\d.,]*", name):
        if not re.search(rf"(?<![\d.]){re.escape(match.group().rstrip('.,'))}(?!\d)", passage):
            name = name[: match.start()]
            break
    name = re.sub(r"\s+", " ", name).strip(" .,;-+×‘’'\"")
    name = re.sub(r"\s+(?:at|for|after|over) \d+$", "", name)  # of "at 12, 24 and 48 h"
    name = re.sub(r"^(?:to|for|used|receive|r)\s+", "", name)
    name = re.sub(
        r"\s*,\s*given\b.*|"
        r"(?:\s+(?:for|with|in|on|at|within|between|per day|of|and|or|to|given|once daily|daily|TID|divided doses)"
        r"|/)+$",
        "",
        name,
    )
    words = {word.lower() for word in re.findall(r"[A-Za-z]{2,}", name)}
    if not 2 <= len(name) <= 130 or not words - _NO_ARM:
        return ""
    return name[0].lower() + name[1:] if re.match(r"[A-Z][a-z]+\b", name) else name


def arm_words(name: str) -> frozenset[str]:
    """The words of `name` by which an arm is told from another."""
    words = re.findall(r"[A-Za-z][\w-]*", plainly(html.unescape(html.unescape(name))))
    return frozenset(word.lower() for word in words if len(word) > 2 or word.isupper()) - _NO_ARM

"""The words by which an arm of a study is known; whatever a control arm is called, it is the control."""

from __future__ import annotations

import re

from rag.words import content_words

__all__ = ["CONTROL", "TREATED", "arm_words", "opposed"]

CONTROL = "§control"  # stands for whatever a control arm is called
TREATED = "§treated"
_WITHOUT = re.compile(r"\s*(?:with(?:out| no)|no)\b", re.IGNORECASE)
_CONTROLS = content_words("control placebo sham usual conventional standard comparator untreated vehicle")
_TREATMENTS = content_words("intervention experimental treated active verum")

_NO_ARM = content_words(
    "group arm treatment median mean rate overall rates respectively versus vs CI HR had were was alone "
    "given receiving significant significantly led resulted caused two both between"
)


def arm_words(text: str) -> frozenset[str]:
    """The words by which an arm is known; every control arm has one in common."""
    words = frozenset(word for word in content_words(text) if not word[0].isdigit()) - _NO_ARM
    if words & _CONTROLS or _WITHOUT.match(text):
        words |= {CONTROL}
    if words & _TREATMENTS:
        words |= {TREATED}
    return words


def opposed(mine: frozenset[str], other: frozenset[str]) -> tuple[frozenset[str], frozenset[str]]:
    """The two arms' own words; who faces a control is treated."""
    if CONTROL in mine and CONTROL not in other:
        other |= {TREATED}
    elif CONTROL in other and CONTROL not in mine:
        mine |= {TREATED}
    return mine, other

"""What a claim says: the sign of its main statement, the arms that it compares, and the outcome that it is about."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.arms import arm_words
from rag.direction_words import CUE, NOTHING, REFERENCE, SIGNIFICANT, Sign, cues
from rag.words import content_words

__all__ = ["Stated", "outcome_of", "stated_direction"]

_BETWEEN = re.compile(r"\bbetween (?P<one>[^,;.()]+?) and (?P<two>[^,;.()]+)", re.IGNORECASE)
_A_NOUN = re.compile(r"\b(?:an?|the|no|any)\s+(?:\w+\s+)?$", re.IGNORECASE)  # an increase in …
_PLACE = re.compile(
    r"\s+(?:in|with|for|among|on|by|after|under)(?:\s(?:the|a|of|patients?|those|receiving|treated|subjects?|group|women|men))*\s"
)


@dataclass(frozen=True, slots=True)
class Stated:
    """What a claim says: a sign, and the words of the two arms.

    `leads` where its subject is what acts ("A increased"), `significant` where it says so.
    """

    sign: Sign
    subject: frozenset[str]
    other: frozenset[str]
    leads: bool
    significant: bool = False


def stated_direction(text: str) -> Stated | None:
    """What a claim says; the word of direction that "significantly" or a comparison goes with counts before others."""
    reference = REFERENCE.search(text)
    other = arm_words(reference["other"]) if reference else frozenset[str]()
    nothing = NOTHING.search(text)
    if nothing and not (reference and reference.start("other") <= nothing.start() < reference.end("other")):
        if between := _BETWEEN.search(text):
            return Stated("same", arm_words(between["one"]), arm_words(between["two"]), False)
        return Stated("same", _before(text, nothing.start(), reference), other, True)
    found = list(cues(text))
    if not found:
        return None

    def weight(cue: tuple[Sign, int, int]) -> tuple[bool, bool, int]:
        before, behind = text[max(0, cue[1] - 16) : cue[1]], text[cue[2] :]
        led = bool(re.search(r"\b(?:significantly|led to(?: an?)?|was|were)\s+$", before))
        return led, bool(re.match(r"\s+(?:with|in|for|among|than)\b", behind)), -cue[1]

    sign, start, end = max(found, key=weight)
    place = None if _A_NOUN.search(text[:start]) else _PLACE.match(text, end)
    if place:  # higher with A than …
        stop = reference.start() if reference and reference.start() > place.end() else len(text)
        subject = arm_words(text[place.end() : stop])
    else:
        subject = _before(text, start, reference)
    return Stated(sign, subject, other, not place, SIGNIFICANT.search(text) is not None)


def _before(text: str, place: int, reference: re.Match[str] | None) -> frozenset[str]:
    """The words before `place`, without a reference that opens the sentence ("Compared with B, A …")."""
    start = reference.end() if reference and reference.end() <= place else 0
    return arm_words(text[start:place])


_EMPTY = content_words(
    "no not did significant significantly statistically difference different differ change led lead similar "
    "treatment group arm effect had impact using use higher lower longer shorter increase increased decrease decreased "
    "reduction reduced improved improve worse better compared between mean "
    "median rate showed found respectively hazard odds ratio CI"
)


def outcome_of(text: str, stated: Stated) -> frozenset[str]:
    """The claim's words for what was measured: all but figures, words of direction and the arms that it compares."""
    words = frozenset(word for word in content_words(CUE.sub(" ", text)) if not word[0].isdigit()) - _EMPTY
    without = words - stated.other - stated.subject
    return without or words

"""What a claim says: the sign of its main statement, the arms that it compares, and the outcome that it is about."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rag.arms_words import arm_words
from rag.direction_words import CHANGE, CUE, OPPOSITE, REFERENCE, Cue, Sign, cues
from rag.significance import says_nothing, says_significant
from rag.words import content_words

__all__ = ["Stated", "outcome_of", "stated_direction"]

_BETWEEN = re.compile(r"\bbetween (?P<one>[^;()]+?) and (?P<two>[^;()]+?)(?=[;()]|\.?$)", re.IGNORECASE)
_LED = re.compile(r"\b(?:significantly|led to(?: an?)?|was|were)\s+$")
_COMPARED = re.compile(r"\s+(?:with|in|for|among|than)\b")
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
    nothing, found = says_nothing(text), cues(text)
    if nothing and any(cue.end < nothing.start() and _LED.search(text[: cue.start]) for cue in found):
        nothing = None  # "significantly better than a similar drug"
    if nothing and not (reference and reference.start("other") <= nothing.start() < reference.end("other")):
        if between := _BETWEEN.search(text):
            return Stated("same", arm_words(between["one"]), arm_words(between["two"]), False)
        return Stated("same", _before(text, nothing.start(), reference), other, True)
    if not found:
        return None

    def weight(cue: Cue) -> tuple[bool, bool, int]:
        led, compared = _LED.search(text[: cue.start]), _COMPARED.match(text, cue.end)
        return led is not None, compared is not None, -cue.start

    main = max(found, key=weight)
    place = None if _A_NOUN.search(text[: main.start]) else _PLACE.match(text, main.end)
    stop = reference.start() if reference and reference.start() > main.end else len(text)
    if place:  # higher with A than …
        subject, about = arm_words(text[place.end() : max(stop, place.end())]), text[: main.start]
    else:
        subject, about = _before(text, main.start, reference), text[main.end : stop]
    return Stated(_whole_sign(main.sign, about), subject, other, not place, says_significant(text))


def _whole_sign(sign: Sign, about: str) -> Sign:
    """The sign of a claim `about` a change: who increased the reduction of something has less of it."""
    changes = [cue.sign for cue in cues(about) if CHANGE.fullmatch(about, cue.start, cue.end)]
    if not changes or sign not in ("more", "less"):
        return sign
    return changes[0] if sign == "more" else OPPOSITE[changes[0]]


def _before(text: str, place: int, reference: re.Match[str] | None) -> frozenset[str]:
    """The words before `place`, without a reference that opens the sentence ("Compared with B, A …")."""
    start = reference.end() if reference and reference.end() <= place else 0
    return arm_words(text[start:place])


_EMPTY = content_words(
    "no not did significant significantly statistically difference different differ change led lead similar "
    "treatment group arm effect had impact using use higher lower longer shorter increase increased decrease decreased "
    "reduction reduced improved improve worse better compared between mean "
    "median rate showed found respectively hazard odds ratio CI alone"
)
_MEASURES = content_words(  # by which outcomes are measured: a pain score is told of in words of pain
    "level score number amount value count rank index total overall average frequency incidence proportion percentage "
    "prevalence concentration quantity degree extent"
)


def outcome_of(text: str, stated: Stated) -> frozenset[str]:
    """The claim's words for what was measured: all but figures, words of direction and the arms that it compares."""
    words = frozenset(word for word in content_words(CUE.sub(" ", text)) if not word[0].isdigit()) - _EMPTY
    without = (words - stated.other - stated.subject) or words
    return (without - _MEASURES) or without

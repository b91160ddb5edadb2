"""Whether a question needs what was said before it, and what of it says so: "And ...?", "it", a subject left out."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rag.named import SUBJECTS, Named, named
from rag.words import content_words

__all__ = ["TOPIC", "asks", "bare", "connected", "hangs", "points"]

# Content words at most of a question that leaves its subject out: one that asks what is asked of treatments and
# patients, and any other, which is soon a question on something else.
_ELLIPSIS, _OTHER_ELLIPSIS = 6, 2

_CONNECTIVE = re.compile(
    r"^(?:(?:and|but|or|also|then|okay|ok|so|thanks|thank you|great|good|i see|interesting|right|yes|no)\b[\s,.!;]+)+",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"^(?:(?:what|how)\s+about\b\s*|what\s+(?=if\b)|even\s+(?=when\b|if\b)|as for\b\s*)", re.IGNORECASE
)
_ASKS = re.compile(
    r"^(?:[^,?]{1,40},\s+)?(?:(?:by|in|of|for|at|on|from|with|to|under|after)\s+)?(?:what|which|who|whom|whose|when|where|"
    r"why|how|does|do|did|is|are|was|were|can|could|should|has|have|had|will|would|may|might)\b",
    re.IGNORECASE,
)
# What points at something said before; "it" of "is it safe to give" and "those" of "those with metastases" do not.
_POINTS = re.compile(
    r"\b(?:they|them|theirs|he|she)\b"
    r"|\bit\b(?!\s+(?:is\s+|was\s+)?(?:\w+\s+){1,2}(?:to|that|whether)\b)"
    r"|\bth(?:is|ese)\b(?! year)|\bthose\b(?! (?:who|with|without|whose|in|on|of|given|treated|that)\b)"
    r"|\b(?:is|was|does|did|of|with|to|than|for|like|on|by|under|about|why|chang\w+|explain\w*|affect\w*) that\b"
    r"|\bthat\s*(?=\?|$)|\bsuch (?!as\b)|\b(?:the|which|what) (?:same|newer|older|rest|remaining)\b"
    r"|\b(?:the|which|\w+ed) ones?\b|^(?:was|is|were|are) (?:one|any|some)\b",
    re.IGNORECASE,
)
# These point into the question itself as soon as it names something: "Geneformer by its makers".
_POINTS_NEAR = re.compile(
    r"\b(?:its|their|his|her|(?:the|which|what) (?:others?|two|both|former|latter))\b", re.IGNORECASE
)
_CLAUSE = re.compile(
    r"[.;:?!]|\b(?:when|wherever|if|because|although|while|once|which|who|where|as|and|or|but|so|before|after)\b",
    re.IGNORECASE,
)
_LATIN = re.compile(r"[a-z]{2}", re.IGNORECASE)  # the rules know no other language
_DEFINES = re.compile(r"^what (?:is|are|does|do) (?!the\b|its\b|their\b)", re.IGNORECASE)
_ASKED_OF_PATIENTS = re.compile(
    r"\bhow (?:many|much|long|often|common|soon)\b|\b(?:patients?|people|alive|die[ds]?|live[ds]?|share|percentage|"
    r"proportion|rates?|median|arms?|groups?|cohort|cut-?offs?|hazard ratio)\b",
    re.IGNORECASE,
)
TOPIC = re.compile(
    r"\b(?:surviv\w+|toxic\w*|side effects?|safety|respon\w+|dos(?:e|es|ing)|costs?|mechanisms?|duration|progression|"
    r"quality|mortality|deaths?|remissions?|sensitivity|specificity|accuracy|relapses?)\b",
    re.IGNORECASE,
)


def connected(asked: str) -> str:
    """`asked` without the words that tie it to what was said before: "and", "thanks"."""
    return _CONNECTIVE.sub("", asked.strip())


def bare(asked: str) -> str:
    """What is left of `asked` without these and without "what about"."""
    return _OPENING.sub("", connected(asked))


def asks(text: str) -> bool:
    """Whether `text` is a question with a verb of its own, not just something to be put into another."""
    return bool(_ASKS.match(text))


def hangs(asked: str) -> bool:
    """Whether `asked` needs what was said before to be understood."""
    text = asked.strip()
    left = bare(text)
    own = [one for one in named(text) if one.kind in SUBJECTS]
    says_it_all = asks(left) and len({one.kind for one in own}) > 1
    if (left != text and not says_it_all) or points(text, own):
        return True
    return not own and _leaves_out(text)


def points(text: str, own: Sequence[Named]) -> bool:
    """Whether `text` points outside of itself, not at what it names before: "its" does so, "it" only from a clause."""
    first = min((one.end for one in own), default=len(text))
    if any(first > match.start() or not _CLAUSE.search(text, first, match.start()) for match in _POINTS.finditer(text)):
        return True
    near = [match.start() for match in _POINTS_NEAR.finditer(text)]
    ahead = any(one.kind in ("method", "trial", "author", "term") for one in own)
    return bool(near) and not ahead and min(near) < first


def _leaves_out(text: str) -> bool:
    """Whether `text`, which names no subject, is one that the question before it gives one."""
    if _DEFINES.match(text) or not _LATIN.search(text):
        return False
    of_patients = any(one.kind not in SUBJECTS for one in named(text)) or any(
        pattern.search(text) for pattern in (_ASKED_OF_PATIENTS, TOPIC)
    )
    return len(content_words(text)) <= (_ELLIPSIS if of_patients else _OTHER_ELLIPSIS)

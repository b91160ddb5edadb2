"""Words that carry meaning, brought to a common form for comparing sentences."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["content_words", "word_forms"]

_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_STOP = frozenset(
    """a about after all also among an and any are as at be because been before between both but by can could did do
    does done during each either for from had has have having how i if in into is it its itself just may might more
    most much must no nor not of on onto only or other our out over own per s same she should so some such than that
    the their them then there these they this those through to too under until up upon us was we were what when where
    which while who whom whose why will with within without would yes you your
    compared effect effects patient patients study studies""".split()
)
_ENDINGS = ("ations", "ation", "ingly", "edly", "ings", "ing", "ies", "ied", "ers", "er", "ed", "es", "ly", "al", "s")


def word_forms(text: str) -> dict[str, str]:
    """The words of `text` that carry meaning, without inflection, each with a form in which it stands there.

    Stop words are left out, case is folded, dashes are unified, and a compound counts as itself and as its parts, so
    that "PD-L1-positive" meets "PD-L1".
    """
    folded = unicodedata.normalize("NFKC", text).lower().replace("‐", "-").replace("‑", "-").replace("–", "-")
    forms: dict[str, str] = {}
    for word in _WORD.findall(folded):
        for part in {word, *word.split("-")}:
            if part not in _STOP and (len(part) > 1 or part.isdigit()):
                forms.setdefault(_stem(part), part)
    return forms


def content_words(text: str) -> frozenset[str]:
    """The distinct words of `text` that carry meaning, without inflection; see `word_forms`."""
    return frozenset(word_forms(text))


def _stem(word: str) -> str:
    if any(character.isdigit() for character in word):
        return word
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)]
    return word

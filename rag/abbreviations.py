"""What a paper abbreviates, so that a claim's "radiofrequency ablation" meets the paper's "RFA".

Source: Schwartz, Hearst, A simple algorithm for identifying abbreviation definitions in biomedical text, PSB 2003: the
letters of the short form, from its last to its first, are found in the words before the bracket; the first letter must
begin a word. Only "long form (SHORT)" is read, not the other way round.
"""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = ["abbreviated", "abbreviations"]

_SHORT = re.compile(r"\(\s*([A-Za-z][A-Za-z0-9+&/-]{1,9})(?:[,;:][^()]{0,40})?\s*\)")
_MOST_WORDS_MORE = 5  # words of the long form beyond the letters of the short one


@lru_cache(maxsize=128)
def abbreviations(text: str) -> dict[str, str]:
    """Short form -> long form, for every abbreviation that `text` defines; the first definition counts."""
    found: dict[str, str] = {}
    for match in _SHORT.finditer(text):
        short = match[1]
        if sum(letter.isupper() for letter in short) < 2 and not (len(short) == 2 and short[0].isupper()):
            continue
        before = text[max(0, match.start() - 120) : match.start()].rstrip()
        words = re.split(r"[.;:()\n]\s*", before)[-1].split()
        window = " ".join(words[-min(len(short) + _MOST_WORDS_MORE, 2 * len(short)) :])
        long = _long_form(short, window)
        if long:
            found.setdefault(short.removesuffix("s") if short[:-1].isupper() else short, long)
    return found


def _long_form(short: str, window: str) -> str:
    """The shortest end of `window` that holds the letters of `short` in order; "" where none does."""
    place = len(window) - 1
    letters = [letter.lower() for letter in short if letter.isalnum()]
    for index in range(len(letters) - 1, -1, -1):
        while place >= 0 and (
            window[place].lower() != letters[index] or (index == 0 and place > 0 and window[place - 1].isalnum())
        ):
            place -= 1
        if place < 0:
            return ""
        place -= 1
    long = window[place + 1 :]
    return long if len(long) > len(short) and short not in long.split() else ""


def abbreviated(text: str, known: dict[str, str]) -> str:
    """`text` with every long form of `known` replaced by its short form, and "long (SHORT)" by the short form alone."""
    for short, long in sorted(known.items(), key=lambda entry: -len(entry[1])):
        form = r"[\s-]+".join(map(re.escape, re.split(r"[\s-]+", long)))
        text = re.sub(rf"\b{form}(?:s?\s*\(\s*{re.escape(short)}s?\s*\))?", short, text, flags=re.IGNORECASE)
    return text

"""One spelling for what printers spell in many ways, with the way back to the text as it stands.

Papers write 0·62 and 0.62, P<.001 and p < 0.001, −3 and -3, "PD-L1" and “PD‑L1”, ﬁ and fi; a PDF breaks immuno-
therapy over two lines. Comparing is done in the folded form, quoting never.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

__all__ = ["folded", "one_spelling"]

_CHARACTERS = str.maketrans(
    {
        **dict.fromkeys("‐‑‒–—―−﹣－", "-"),
        **dict.fromkeys("‘’‚‛′`´", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("·∙⋅•․", "·"),
        **dict.fromkeys("\u00ad\u200b\u200c\u200d\u2060\ufeff"),  # soft hyphens and what has no width
        "⩽": "≤", "≦": "≤", "⩾": "≥", "≧": "≥", "∼": "~", "∶": ":",
    }
)  # fmt: skip
_DECIMAL_DOT = re.compile(r"(?<=\d)·(?=\d)|(?<![\w.])·(?=\d)")
# A space within a number separates thousands: a narrow or fixed one always, a common one behind two or three digits.
_THOUSANDS = re.compile(
    r"(?<![\w.,])(?:\d{1,3}(?:[\u2009\u202f\u00a0]\d{3})+|\d{2,3}(?: \d{3})+)(?![\d%]|[.,·]\d|[ \u2009\u00a0]\d)"
)
_SPACES = dict.fromkeys(map(ord, " \u2009\u202f\u00a0"))
# What does not count in a quote: a hyphen within a word, also one at a line's end; white space beside what is no word.
_DROPPED = re.compile(r"(?<=[^\W\d_])-(?:\s*\n\s*(?=\w)|(?=\w))|(?<![\w\s])\s+|\s+(?![\w\s])")
_GAP = re.compile(r"\s+")


@lru_cache(maxsize=512)
def one_spelling(text: str) -> str:
    """`text` with dashes, quotes, decimal points, thousands, ligatures and spaces spelled in one way; not to quote."""
    joined = _THOUSANDS.sub(lambda match: match.group().translate(_SPACES), text)
    return unicodedata.normalize("NFKC", _DECIMAL_DOT.sub(".", joined.translate(_CHARACTERS)))


@lru_cache(maxsize=512)
def folded(text: str) -> tuple[str, tuple[int, ...]]:
    """`text` as quotes are compared, and for each of its characters the place in `text` that it came from."""
    spelled: list[tuple[str, int]] = [
        (plain, place)
        for place, character in enumerate(text)
        for plain in unicodedata.normalize("NFKC", character.translate(_CHARACTERS))
    ]
    whole = _DECIMAL_DOT.sub(".", "".join(character for character, _ in spelled))
    kept: list[tuple[str, int]] = []
    position = 0
    for drop in _DROPPED.finditer(whole):
        kept.extend(_one_blank(whole, spelled, position, drop.start()))
        position = drop.end()
    kept.extend(_one_blank(whole, spelled, position, len(whole)))
    return "".join(character for character, _ in kept), tuple(place for _, place in kept)


def _one_blank(whole: str, spelled: list[tuple[str, int]], start: int, end: int) -> list[tuple[str, int]]:
    """The characters from `start` to `end`, each run of white space as one blank."""
    found: list[tuple[str, int]] = []
    for index in range(start, end):
        if not whole[index].isspace():
            found.append((whole[index], spelled[index][1]))
        elif found and found[-1][0] != " ":
            found.append((" ", spelled[index][1]))
    return found

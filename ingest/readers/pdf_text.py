"""From lines of a PDF to running text: characters cleaned, divided words joined."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

__all__ = ["Words", "clean", "ends_sentence"]

_LIGATURES = {
    "\ufb00": "ff",
    "\ufb01": "fi",
    "\ufb02": "fl",
    "\ufb03": "ffi",
    "\ufb04": "ffl",
    "\ufb05": "st",
    "\ufb06": "st",
}
_GONE = "\xad\u200b\u200c\u200d\u2060\ufeff\ufffe\uffff"  # soft hyphen, zero width characters, no characters
_SPACES = "\xa0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t"
_TABLE = str.maketrans({**_LIGATURES, **dict.fromkeys(_GONE, ""), **dict.fromkeys(_SPACES, " ")})
# Controls, lone surrogates, private use: what no font but the paper's own can show.
_UNSHOWN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ue000-\uf8ff]")
_RUNS = re.compile(r" {2,}")

_HYPHENS = "-\u2010\u2011"
_WORD = re.compile(r"[^\W\d_]+")
_COMPOUND = re.compile(r"[^\W\d_]+(?:[-\u2010\u2011][^\W\d_]+)+")
_LAST = re.compile(r"([^\W_]+)$")
_FIRST = re.compile(r"^([^\W_]+)")
_TERMINAL = re.compile(r"[.?!:]['\"’”)\]]*(?:\[[\d,;\s–-]+\]|[\d,–-]{1,12})?$")


def clean(text: str) -> str:
    """The line with ligatures spelled out, every space a plain one, and nothing that cannot be shown."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    return _RUNS.sub(" ", _UNSHOWN.sub("", text.translate(_TABLE))).strip()


def ends_sentence(text: str) -> bool:
    """Whether a line could be the last of its paragraph: a stop or colon, with closing marks and a citation."""
    return bool(_TERMINAL.search(text))


class Words:
    """The words of one paper, which know how a word that was divided at the end of a line is spelled."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._words: Counter[str] = Counter()
        self._compounds: Counter[str] = Counter()
        for line in lines:
            text = line.lower()
            words = _WORD.findall(text)
            # The first and last word of a line may be halves.
            self._words.update(words[1:-1])
            if "-" in text or "\u2010" in text or "\u2011" in text:
                self._compounds.update(_COMPOUND.findall(text))

    def join(self, before: str, after: str, divided: bool) -> str:
        """`before`, at the end of a line, and `after`, at the start of the next, with what stood between them.

        `divided` says that a hyphen has been taken off the end of `before`. The hyphen stays in a compound: when the
        paper writes it so elsewhere, when both halves are words of the paper but not together, and beside a capital or
        digit (PD-L1, 12-week).
        """
        if not divided and before.endswith(tuple(_HYPHENS)) and len(before) > 1 and before[-2].isalnum():
            before, divided = before[:-1], True
        if not divided:
            return f"{before} {after}"
        left, right = _LAST.search(before), _FIRST.match(after)
        if left is None or right is None:
            return f"{before}-{after}" if right else f"{before}- {after}"
        return f"{before}-{after}" if self._is_compound(left.group(), right.group(), before, after) else before + after

    def _is_compound(self, left: str, right: str, before: str, after: str) -> bool:
        if left[-1].isdigit() or right[0].isdigit() or right[0].isupper() or (len(left) > 1 and left[-1].isupper()):
            return True
        left, right = left.lower(), right.lower()
        together = self._words[left + right]
        apart = self._compounds[f"{left}-{right}"]
        if together or apart:
            return apart > together
        # "intention-to-" and "treat": what is a compound already goes on as one.
        if before[: len(before) - len(left)].endswith(tuple(_HYPHENS)) or after[len(right) :].startswith("-"):
            return True
        return len(left) > 2 and len(right) > 2 and self._words[left] > 0 and self._words[right] > 0

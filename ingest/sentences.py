"""Where sentences begin and end. The only home of sentencex, with the mends that papers of this field need."""

from __future__ import annotations

import re
from itertools import pairwise

import sentencex

__all__ = ["sentence_spans"]

_BLOCK = re.compile(r"[^\n]+")

# An abbreviation before which no sentence ends, though a capital or a digit may follow.
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\[])(?:approx|ca|vs|resp|incl|excl|figs?|tabs?|suppl|refs?|eqs?|nos?|vol|wks?|mos?|yrs?|hrs?|min|max|"
    r"i\.v|p\.o|s\.c|i\.m|i\.p|e\.g|i\.e|cf|et al|spp?|subsp|var|st|drs?|profs?|inc|ltd|co|corp|u\.s)\.\s*$",
    re.IGNORECASE,
)
_CONTINUES = re.compile(r"\s*(?:[a-z]+[\s,;.)]|[)\],;:%=<>≤≥±–])")
# A full stop, a superscript citation fused to it, and the next sentence: "was positive.12,13 The next one".
_FUSED_CITATION = re.compile(r"(?<=[a-z)\]%])\.(?:\[?\d{1,3}(?:[,–-]\s?\d{1,3})*\]?)?\s+(?=[A-Z][a-z]*\b)")


def sentence_spans(text: str, start: int = 0, end: int | None = None) -> list[tuple[int, int]]:
    """Return `(start, end)` of each sentence of `text[start:end]`, in code points of `text`, white space trimmed.

    A line break always ends a sentence: paragraphs are separated by blank lines and table rows by one line break.
    """
    stop = len(text) if end is None else end
    spans: list[tuple[int, int]] = []
    for block in _BLOCK.finditer(text, start, stop):
        spans.extend(_trimmed(text, *span) for span in _block_spans(block.group(), block.start()))
    return [(left, right) for left, right in spans if left < right]


def _block_spans(block: str, offset: int) -> list[tuple[int, int]]:
    pieces: list[tuple[int, int]] = []
    position = 0
    for sentence in sentencex.segment("en", block):
        left, right = position, position + len(sentence)
        position = right
        if pieces and _belong_together(block, pieces[-1], (left, right)):
            pieces[-1] = (pieces[-1][0], right)
        else:
            pieces.append((left, right))
    return [(offset + a, offset + b) for left, right in pieces for a, b in _split_fused(block, left, right)]


def _belong_together(block: str, left: tuple[int, int], right: tuple[int, int]) -> bool:
    """Whether the splitter cut within a sentence: behind an abbreviation, or before what can begin none."""
    before = block[left[0] : left[1]]
    return bool(_ABBREVIATION.search(before[-12:]) or _CONTINUES.match(block, right[0], right[1]))


def _split_fused(block: str, left: int, right: int) -> list[tuple[int, int]]:
    cuts = [match.end() for match in _FUSED_CITATION.finditer(block, left, right)]
    cuts = [cut for cut in cuts if not _ABBREVIATION.search(block[max(left, cut - 12) : cut])]
    borders = [left, *cuts, right]
    return list(pairwise(borders))


def _trimmed(text: str, left: int, right: int) -> tuple[int, int]:
    piece = text[left:right]
    return left + len(piece) - len(piece.lstrip()), right - (len(piece) - len(piece.rstrip()))

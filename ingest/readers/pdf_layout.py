"""From the lines of every page to blocks in the order in which a reader takes them.

What repeats at the head and foot of pages goes; captions, tables and notes are told from the running text; two columns
are read one after the other, whatever the order in which they were drawn.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Literal

from ingest.readers.pdf_lines import Line

__all__ = ["Block", "Role", "Style", "arranged", "body_style", "without_furniture"]

Role = Literal["flow", "figure", "table", "row", "note", "label"]

_EDGE = 0.15  # of the page height: where running heads and feet stand
_LABEL_SIZE = 0.92  # of the text's size: smaller and no prose is the lettering of a figure
_DIGITS = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(
    r"^[-–—|\s]*(?:page\s*|e|s)?\d{1,5}(?:\s*(?:of|/)\s*\d{1,5})?[-–—|\s]*$|^[ivx]{1,6}$", re.IGNORECASE
)
_NUMBERED_LINE = re.compile(r"^(\d{1,4})\s+(?=\S)")
_LABEL = (
    r"(?:supplementary |extended data )?(?:(?P<table>table|box)|fig(?:ure)?s?\.?|scheme|chart|panel)"
    r"\s*[sS]?(?:\d{1,2}|[IVX]{1,4})[a-zA-Z]?"
)
_CAPTION = re.compile(rf"^{_LABEL}(?P<stop>\s*[.:|–—]|\s*$|\s+-)?", re.IGNORECASE)
_NOTE = re.compile(r"^(?:[*†‡§¶‖#]|\d{1,2}\s?(?=[A-Z])|[a-h]\s?(?=[A-Z])|Notes?[.:])")
_LONGEST_NOTE = 10  # lines
_PROSE = re.compile(r"[a-z]{2,} [a-z]{2,}")


@dataclass(frozen=True, slots=True)
class Style:
    """How the running text of a paper is set: its size in points and its fonts, and the usual step between lines."""

    size: float
    fonts: frozenset[str]
    leading: float

    def is_body(self, line: Line) -> bool:
        return abs(line.size - self.size) <= 0.04 * self.size and line.font in self.fonts

    def is_small(self, size: float) -> bool:
        return size < 0.96 * self.size


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that follow each other in one column; `column` counts stretches of one column over the whole paper."""

    role: Role
    lines: tuple[Line, ...]
    column: int = 0

    @property
    def page(self) -> int:
        return self.lines[0].page

    @property
    def size(self) -> float:
        return self.lines[0].size

    @property
    def x0(self) -> float:
        return min(line.x0 for line in self.lines)

    @property
    def x1(self) -> float:
        return max(line.x1 for line in self.lines)

    @property
    def top(self) -> float:
        return self.lines[0].y

    @property
    def letters(self) -> int:
        return sum(len(line.text) for line in self.lines)


def body_style(lines: Sequence[Line]) -> Style:
    """The type in which most of the text is set; every font that carries a fifth of that size's text belongs to it."""
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[round(line.size * 2) / 2] += len(line.text)
    size = sizes.most_common(1)[0][0]
    near = [line for line in lines if abs(line.size - size) <= 0.3]
    fonts: Counter[str] = Counter()
    for line in near:
        fonts[line.font] += len(line.text)
    exact: Counter[float] = Counter()
    for line in near:
        exact[round(line.size, 2)] += len(line.text)
    total = sum(fonts.values())
    steps = [a.y - b.y for a, b in pairwise(near) if a.page == b.page and 0 < a.y - b.y < 3 * size]
    return Style(
        size=exact.most_common(1)[0][0],
        fonts=frozenset(font for font, count in fonts.items() if count >= 0.2 * total),
        leading=median(steps) if steps else 1.2 * size,
    )


def without_furniture(pages: Sequence[Sequence[Line]], style: Style) -> list[list[Line]]:
    """The pages without running heads and feet, page numbers and line numbers.

    Heads and feet are what stands near an edge on several pages, digits aside; and, near the very edge, short lines of
    another type than the text that keep their distance from it.
    """
    spans = [_extent(page) for page in pages]
    seen: Counter[str] = Counter()
    for page, span in zip(pages, spans, strict=True):
        seen.update({_pattern(line) for line in page if _edge(line, span, _EDGE)})
    often = max(2, round(0.2 * len(pages)))
    heads = [
        [line for line in page if _is_furniture(line, span, seen[_pattern(line)] >= often, style)]
        for page, span in zip(pages, spans, strict=True)
    ]
    low, high = _margins([line.y for head in heads for line in head], spans)
    result = []
    for page, head in zip(pages, heads, strict=True):
        gone = set(head)
        kept = [line for line in page if line not in gone and (low < line.y < high or style.is_body(line))]
        result.append(_without_line_numbers(kept))
    return result


def _is_furniture(line: Line, span: tuple[float, float], repeated: bool, style: Style) -> bool:
    if not _edge(line, span, _EDGE):
        return False
    if _PAGE_NUMBER.match(line.text) and _edge(line, span, 0.01):
        return True
    # A letter or two may open every page's table; a repeated line of the text's own type is furniture all the same.
    return repeated and (len(line.text) > 3 or not style.is_body(line))


def _margins(ys: Sequence[float], spans: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """Below and above what there is furniture only, since it was found there on several pages."""
    counts = Counter(round(y) for y in ys)
    common = [y for y, count in counts.items() if count >= max(3, 0.4 * len(spans))]
    middle = sum(low + high for low, high in spans) / (2 * max(1, len(spans)))
    low = max((y for y in common if y < middle), default=float("-inf"))
    high = min((y for y in common if y > middle), default=float("inf"))
    return low + 1.5, high - 1.5


def _extent(page: Sequence[Line]) -> tuple[float, float]:
    ys = [line.y for line in page]
    return (min(ys), max(ys)) if ys else (0.0, 0.0)


def _edge(line: Line, span: tuple[float, float], share: float) -> bool:
    low, high = span
    depth = share * max(high - low, 1.0)
    return line.y <= low + depth or line.y >= high - depth


def _pattern(line: Line) -> str:
    return _DIGITS.sub("#", line.text).casefold().strip()


def _without_line_numbers(page: list[Line]) -> list[Line]:
    """Manuscripts number their lines: alone in the margin, or drawn with the line."""
    numbers = [
        (int(found.group(1)), found.end()) if (found := _NUMBERED_LINE.match(line.text)) else None for line in page
    ]
    known = [number[0] for number in numbers if number]
    if len(known) >= 10 and len(known) >= 0.6 * len(page):
        steps = sum(1 for a, b in pairwise(known) if b == a + 1)
        if steps >= 0.8 * (len(known) - 1):
            page = [line._replace(text=line.text[n[1] :]) if n else line for line, n in zip(page, numbers, strict=True)]
    alone = [line for line in page if line.text.isdigit() and len(line.text) <= 4]
    if len(alone) >= 10:
        left = min((line.x0 for line in page if not line.text.isdigit()), default=0.0)
        page = [line for line in page if not (line.text.isdigit() and line.x1 <= left)]
    return page


def arranged(pages: Sequence[Sequence[Line]], style: Style) -> list[Block]:
    """Blocks of all pages, each page's running text in reading order first, then its captions, tables and notes."""
    result: list[Block] = []
    column = 0
    drawn = [_blocks(page, style) for page in pages]
    lettering = _lettering_types(drawn, style)
    for page in drawn:
        blocks = _roles(page, style, lettering)
        flow = [block for block in blocks if block.role == "flow"]
        for ordered in _columns(flow):
            column += 1
            lines = [line for block in ordered for line in block.lines]
            result.extend(_notes(ordered, lines, column, style))
        result.extend(block for block in blocks if block.role not in ("flow", "label"))
    return result


def _blocks(page: Sequence[Line], style: Style) -> list[tuple[Line, ...]]:
    """Lines that were drawn one after the other, one below the other, in one size."""
    blocks: list[list[Line]] = []
    for line in page:
        last = blocks[-1][-1] if blocks else None
        if last is not None and _follows(last, line, style):
            blocks[-1].append(line)
        else:
            blocks.append([line])
    return [tuple(block) for block in blocks]


def _follows(last: Line, line: Line, style: Style) -> bool:
    size = max(last.size, line.size)
    step = last.y - line.y
    if not 0.4 * size < step < 2.2 * max(size, style.leading / 1.2):
        return False
    if abs(last.size - line.size) > 0.06 * size:
        return False
    if last.split or (not style.is_body(line) and _CAPTION.match(line.text)):
        return False
    return line.x0 < last.x1 and line.x1 > last.x0


def _roles(blocks: Sequence[tuple[Line, ...]], style: Style, lettering: set[tuple[float, str]]) -> list[Block]:
    result: list[Block] = []
    open_role: Role | None = None
    for lines in blocks:
        role = _caption_role(lines, style)
        if role is not None:
            open_role = role
        elif open_role == "table" and _is_row(lines, style):
            role = "row"
        elif _type(lines[0]) in lettering or (lines[0].size < _LABEL_SIZE * style.size and _is_lettering(lines)):
            role = "label"
        else:
            role = "flow"
            open_role = None
        result.append(Block(role, lines))
    return result


def _caption_role(lines: Sequence[Line], style: Style) -> Role | None:
    first = lines[0]
    found = _CAPTION.match(first.text)
    if found is None:
        return None
    apart = not style.is_body(first) or first.lead not in style.fonts
    rest = first.text[found.end() :].strip()
    if not (apart or found.group("stop")) or (found.group("stop") and rest[:1].islower()):
        return None
    if not found.group("stop") and rest[:1].islower():
        return None
    return "table" if found.group("table") else "figure"


def _is_row(lines: Sequence[Line], style: Style) -> bool:
    if style.is_small(lines[0].size):
        return True
    text = " ".join(line.text for line in lines)
    digits = sum(char.isdigit() for char in text)
    return any(line.split for line in lines) or digits > 0.15 * len(text) or not _is_prose(lines)


def _is_prose(lines: Sequence[Line]) -> bool:
    text = " ".join(line.text for line in lines)
    return len(text) >= 60 and len(_PROSE.findall(text)) >= 4


def _is_lettering(lines: Sequence[Line]) -> bool:
    letters = sum(len(line.text) for line in lines)
    return not _is_prose(lines) and (letters < 25 * len(lines) or len(lines) == 1)


def _lettering_types(pages: Sequence[Sequence[tuple[Line, ...]]], style: Style) -> set[tuple[float, str]]:
    """Types of a figure's lettering that are not small: seen only beside figures, and seldom followed by text."""
    seen: dict[tuple[float, str], list[int]] = {}
    for page in pages:
        figure = any(_caption_role(lines, style) == "figure" for lines in page)
        for index, lines in enumerate(page):
            if style.is_body(lines[0]) or _is_prose(lines):
                continue
            counts = seen.setdefault(_type(lines[0]), [0, 0, 0])
            counts[0] += 1
            counts[1] += not figure
            counts[2] += index + 1 < len(page) and style.is_body(page[index + 1][0])
    return {kind for kind, (count, off, heads) in seen.items() if count >= 4 and not off and heads <= 0.25 * count}


def _type(line: Line) -> tuple[float, str]:
    return (round(line.size), line.font.partition("-")[0].partition(",")[0])


def _notes(ordered: Sequence[Block], lines: Sequence[Line], column: int, style: Style) -> list[Block]:
    """The blocks of one column; a small one at its foot that opens with a note's mark is a note."""
    result: list[Block] = []
    for index, block in enumerate(ordered):
        last = index == len(ordered) - 1
        body_above = any(style.is_body(line) for line in lines[:1]) or index > 0
        small = style.is_small(block.size) and len(block.lines) <= _LONGEST_NOTE
        note = last and body_above and small and _NOTE.match(block.lines[0].text)
        result.append(Block("note" if note else "flow", block.lines, column))
    return result


def _columns(blocks: Sequence[Block]) -> list[list[Block]]:
    """Stretches of one column in reading order.

    A gutter is a place on which few blocks stand while several stand wholly on either side. Blocks that cross it part
    the page into bands; within a band the left side is read before the right. Without a gutter the drawing order holds.
    """
    gutter = _gutter(blocks)
    if gutter is None:
        return [list(blocks)] if blocks else []
    crossing = sorted((b for b in blocks if b.x0 < gutter < b.x1), key=lambda b: -b.top)
    bounds = [block.top for block in crossing]
    result: list[list[Block]] = []
    for band in range(len(bounds) + 1):
        high = bounds[band - 1] if band else float("inf")
        low = bounds[band] if band < len(bounds) else float("-inf")
        inside = [b for b in blocks if low < b.top <= high and not b.x0 < gutter < b.x1]
        for side in (True, False):
            half = [b for b in inside if (b.x1 <= gutter) is side]
            if half:
                result.extend(_columns(sorted(half, key=lambda b: -b.top)) if len(half) < len(blocks) else [half])
        if band < len(bounds):
            if result and crossing[band - 1 : band] and result[-1] == [crossing[band - 1]]:
                result[-1].append(crossing[band])
            else:
                result.append([crossing[band]])
    return result


def _gutter(blocks: Sequence[Block]) -> float | None:
    lines = [line for block in blocks for line in block.lines]
    if len(lines) < 6:
        return None
    starts, ends = sorted(line.x0 for line in lines), sorted(line.x1 for line in lines)
    left, width = starts[0], ends[-1] - starts[0]
    best: tuple[int, float] | None = None
    for step in range(25, 76):
        place = left + width * step / 100
        before, after = bisect_right(ends, place), len(lines) - bisect_left(starts, place)
        crossing = len(lines) - before - after
        if min(before, after) >= 3 and crossing <= 0.6 * (before + after):
            score = crossing - min(before, after, 5)
            if best is None or score < best[0]:
                best = (score, place)
    if best is None or not _is_column_start([line for line in lines if line.x0 >= best[1]]):
        return None
    return best[1]


def _is_column_start(lines: Sequence[Line]) -> bool:
    """Whether the lines on the right begin at common places, as a column's lines do."""
    starts = Counter(round(line.x0 / 4) for line in lines)
    return starts.most_common(1)[0][1] >= 0.3 * len(lines)

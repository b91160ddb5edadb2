"""From blocks in reading order to headings, paragraphs, captions and tables: what a paper is made of."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from typing import Literal

from ingest.readers.pdf_layout import Block, Style
from ingest.readers.pdf_lines import Line
from ingest.readers.pdf_text import Words, ends_sentence
from ingest.readers.sections import is_back_matter, section_kind

__all__ = ["Element", "elements"]

_BULLET = re.compile(r"^(?:[•·▪■□●○◦‣–*]|\(?(?:\d{1,2}|[ivx]{1,4}|[a-z])[.)])\s+\S")
_LEVELLED = re.compile(r"^(\d{1,2}(?:\.\d{1,2}){0,4})[.):|]?\s+(?=[^\W\d_])")
_LABEL = re.compile(r"^\W*(?:[A-Za-z]+ ){0,2}[A-Za-z]+\.?\s*[sS]?(?:\d{1,2}|[IVX]{1,4})[a-zA-Z]?(?=\W|$)")
_LONGEST_HEADING = 160


@dataclass(slots=True)
class Element:
    """A heading, a paragraph or a float, with the pieces of its text and the page each piece begins on."""

    role: Literal["heading", "paragraph", "figure", "table", "note"]
    text: str
    style: tuple[float, str, bool]
    pages: list[tuple[int, int]] = field(default_factory=list)  # (offset into text, page), ascending
    label: str = ""
    depth: int = 0  # of a numbered heading: "2.1" is 2
    small: bool = False

    @property
    def first_page(self) -> int:
        return self.pages[0][1]

    @property
    def last_page(self) -> int:
        return self.pages[-1][1]


def elements(blocks: Sequence[Block], style: Style, words: Words) -> list[Element]:
    """The paper's elements in reading order; a float stands before the first paragraph that leaves the float's page."""
    flow = list(_flow([block for block in blocks if block.role == "flow"], style, words))
    floats = list(_floats(blocks, style, words))
    result: list[Element] = []
    waiting = 0
    for position, element in enumerate(flow):
        leaves = element.last_page
        if element.role == "heading" and position + 1 < len(flow):
            leaves = max(leaves, flow[position + 1].first_page)
        while waiting < len(floats) and floats[waiting].first_page < leaves:
            result.append(floats[waiting])
            waiting += 1
        result.append(element)
    return result + floats[waiting:]


@dataclass(frozen=True, slots=True)
class _Placed:
    """A line of the running text with the column it stands in."""

    line: Line
    column: int
    left: float
    right: float

    @property
    def short(self) -> bool:
        return self.line.x1 < self.right - max(1.5 * self.line.size, 0.08 * (self.right - self.left))

    @property
    def indent(self) -> float:
        return (self.line.x0 - self.left) / self.line.size


def _flow(blocks: Sequence[Block], style: Style, words: Words) -> Iterator[Element]:
    placed = _placed(blocks)
    headings = _headings(placed, style)
    open_: Element | None = None
    last: _Placed | None = None
    held: tuple[Element, _Placed] | None = None  # a sentence of the text that small print has interrupted
    for index, item in enumerate(placed):
        if headings[index]:
            same = index > 0 and headings[index - 1] and open_ is not None and open_.role == "heading"
            if same and last is not None and open_ is not None and _goes_on(open_, last, item, style):
                open_.text = words.join(open_.text, item.line.text, last.line.hyphen)
            else:
                yield from _ended(held, open_)
                held, open_ = None, _heading(item, style)
        elif open_ is None or open_.role == "heading" or last is None:
            yield from _ended(held, open_)
            held, open_ = None, _paragraph(item, style)
        elif held is not None and _resumes(held[1], item, style):
            yield open_
            open_, last = held
            held = None
            _extend(open_, item, last.line.hyphen, words)
        elif _breaks(last, item, style):
            if held is None and _interrupts(last, item, style):
                held = (open_, last)
            else:
                yield open_
            open_ = _paragraph(item, style)
        else:
            _extend(open_, item, last.line.hyphen, words)
        last = item
    yield from _ended(held, open_)


def _ended(held: tuple[Element, _Placed] | None, open_: Element | None) -> Iterator[Element]:
    if held is not None:
        yield held[0]
    if open_ is not None:
        yield open_


def _interrupts(last: _Placed, item: _Placed, style: Style) -> bool:
    return style.is_small(item.line.size) and not style.is_small(last.line.size) and not ends_sentence(last.line.text)


def _resumes(held: _Placed, item: _Placed, style: Style) -> bool:
    alike = abs(held.line.size - item.line.size) <= 0.04 * style.size
    return alike and item.line.page - held.line.page <= 1 and not _breaks(held, item, style)


def _placed(blocks: Sequence[Block]) -> list[_Placed]:
    result: list[_Placed] = []
    for (page, column), group in groupby(blocks, key=lambda block: (block.page, block.column)):
        del page
        lines = [line for block in group for line in block.lines]
        starts: Counter[int] = Counter()
        ends: Counter[int] = Counter()
        for line in lines:
            starts[round(line.x0)] += len(line.text)
            ends[round(line.x1)] += len(line.text)
        left = starts.most_common(1)[0][0]
        # The common left edge, not an indent as common as it, and the edge to which the long lines run.
        left = min((x for x, n in starts.items() if n >= 0.3 * starts[left]), default=left)
        ordered = sorted(line.x1 for line in lines)
        right = ordered[int(0.9 * (len(ordered) - 1))]
        result.extend(_Placed(line, column, left, right) for line in lines)
    return result


def _style_of(line: Line) -> tuple[float, str, bool]:
    return (round(line.size * 2) / 2, line.font, line.text.isupper())


def _heading(item: _Placed, style: Style) -> Element:
    line = item.line
    numbered = _LEVELLED.match(line.text)
    depth = numbered.group(1).count(".") + 1 if numbered else 0
    return Element(
        "heading", line.text, _style_of(line), [(0, line.page)], depth=depth, small=style.is_small(line.size)
    )


def _paragraph(item: _Placed, style: Style) -> Element:
    line = item.line
    return Element("paragraph", line.text, _style_of(line), [(0, line.page)], small=style.is_small(line.size))


def _extend(element: Element, item: _Placed, hyphen: bool, words: Words) -> None:
    joined = words.join(element.text, item.line.text, hyphen)
    if item.line.page != element.last_page:
        element.pages.append((len(joined) - len(item.line.text), item.line.page))
    element.text = joined


def _breaks(last: _Placed, item: _Placed, style: Style) -> bool:
    """Whether a paragraph ends between two lines of running text."""
    before, line = last.line, item.line
    if abs(before.size - line.size) > 0.06 * max(before.size, line.size):
        return True
    if before.hyphen:
        return False
    ends = ends_sentence(before.text)
    begins_low = line.text[:1].islower()
    if last.column != item.column:
        if not ends:
            return last.short and not begins_low and not before.text.endswith((",", "-", "–"))
        return last.short or item.indent > 0.6 or bool(_BULLET.match(line.text))
    gap = before.y - line.y
    usual = style.leading * line.size / style.size
    if gap > 1.4 * usual or gap < -0.5 * usual:
        return ends or not begins_low
    if ends:
        indented = 0.6 < (line.x0 - before.x0) / line.size < 6 and item.indent > 0.6
        return last.short or indented or bool(_BULLET.match(line.text)) or (before.x0 - line.x0) / line.size > 0.8
    if _BULLET.match(line.text) and not begins_low:
        return last.short or before.text.endswith((";", ","))
    return last.short and not begins_low and last.line.x1 < last.left + 0.6 * (last.right - last.left)


def _headings(placed: Sequence[_Placed], style: Style) -> list[bool]:
    found = [_looks_like_heading(item, style) for item in placed]
    prose = _prose_types(placed, found)
    for index, item in enumerate(placed):
        if _type(item) in prose and not _is_known(_untitled(item.line.text)):
            found[index] = False
    for index, item in enumerate(placed):
        if not found[index]:
            continue
        before = placed[index - 1] if index else None
        after = next((other for k, other in enumerate(placed[index + 1 : index + 5], index + 1) if not found[k]), None)
        found[index] = _stands_alone(before, item, bool(index and found[index - 1]), style) and (
            after is not None and after.line.page - item.line.page <= 1
        )
    for index in range(1, len(placed)):
        above, item = placed[index - 1], placed[index]
        if found[index - 1] and not found[index] and _type(above) == _type(item) and above.column == item.column:
            found[index] = _type(item) not in prose and 0 < above.line.y - item.line.y < 1.5 * item.line.size
    return found


def _type(item: _Placed) -> tuple[float, str]:
    return (round(item.line.size * 2) / 2, item.line.font)


def _prose_types(placed: Sequence[_Placed], found: Sequence[bool]) -> set[tuple[float, str]]:
    """Types in which most lines could be no heading: an abstract, a list, references, set apart from the text."""
    lines: Counter[tuple[float, str]] = Counter()
    heads: Counter[tuple[float, str]] = Counter()
    runs: Counter[tuple[float, str]] = Counter()
    before: tuple[float, str] | None = None
    for item, head in zip(placed, found, strict=True):
        kind = _type(item)
        lines[kind] += 1
        heads[kind] += head
        runs[kind] += kind != before
        before = kind
    return {k for k, count in lines.items() if count > 3 and (heads[k] < 0.5 * count or count > 3 * runs[k])}


def _untitled(text: str) -> str:
    numbered = _LEVELLED.match(text)
    return text[numbered.end() :] if numbered else text


def _looks_like_heading(item: _Placed, style: Style) -> bool:
    line = item.line
    text = line.text
    body = style.is_body(line) and line.lead in style.fonts
    if (body and not item.short) or not 2 < len(text) <= _LONGEST_HEADING or line.size < 0.7 * style.size:
        return False
    numbered = _LEVELLED.match(text)
    title = text[numbered.end() :] if numbered else text
    words = len(title.split())
    if title[:1].islower() or title.endswith((",", ";")) or (title.endswith(".") and words > 6):
        return False
    if "@" in title or sum(map(str.isdigit, title)) > 0.3 * len(title) or not any(map(str.isalpha, title)):
        return False
    if body:
        shouted = title.isupper() and len(title) >= 6
        return not title.endswith(".") and (shouted or (bool(numbered) and len(title) < 60) or _is_known(title))
    return (
        line.tail == line.font
        and (line.lead == line.font or numbered is not None)
        and (words <= 20 or _is_known(title))
    )


def _is_known(title: str) -> bool:
    return len(title.split()) <= 7 and (section_kind(title) != "other" or is_back_matter(title))


def _stands_alone(before: _Placed | None, item: _Placed, follows_heading: bool, style: Style) -> bool:
    """Whether a line in a heading's type is one, and not the italic or bold middle of a paragraph."""
    if before is None or follows_heading or before.column != item.column:
        return True
    gap = before.line.y - item.line.y
    usual = style.leading * item.line.size / style.size
    return gap > 1.15 * usual or ends_sentence(before.line.text) or (before.short and gap > 0.9 * usual)


def _goes_on(open_: Element, last: _Placed, item: _Placed, style: Style) -> bool:
    if _style_of(item.line)[:2] != open_.style[:2] or last.column != item.column or _LEVELLED.match(item.line.text):
        return False
    gap = last.line.y - item.line.y
    if gap > 1.45 * max(style.leading * item.line.size / style.size, 1.1 * item.line.size) or gap <= 0:
        return False
    return len(open_.text) <= _LONGEST_HEADING and not (_is_known(open_.text) and last.short)


def _floats(blocks: Sequence[Block], style: Style, words: Words) -> Iterator[Element]:
    """Captions, each with the rows of its table, and notes; in the order of their pages."""
    open_: Element | None = None
    rows: list[Line] = []
    for block in blocks:
        if block.role == "row":
            rows.extend(block.lines)
            continue
        if block.role not in ("figure", "table", "note"):
            continue
        if open_ is not None:
            yield _with_rows(open_, rows, words)
        caption, rest = _caption(block, style)
        open_, rows = _float(block, caption, words), rest
    if open_ is not None:
        yield _with_rows(open_, rows, words)


def _caption(block: Block, style: Style) -> tuple[Sequence[Line], list[Line]]:
    """A table's caption and the rows drawn with it: they part where the type or the step between lines changes."""
    lines = block.lines
    if block.role != "table":
        return lines, []
    for index in range(1, len(lines)):
        before, line = lines[index - 1], lines[index]
        changed = line.font != before.font and line.lead != before.lead
        if changed or line.split or before.y - line.y > 1.4 * style.leading * line.size / style.size:
            return lines[:index], list(lines[index:])
    return lines, []


def _float(block: Block, caption: Sequence[Line], words: Words) -> Element:
    role: Literal["figure", "table", "note"] = "note"
    if block.role == "figure" or block.role == "table":
        role = block.role
    text = caption[0].text
    for before, line in pairwise(caption):
        text = words.join(text, line.text, before.hyphen)
    found = _LABEL.match(text) if role != "note" else None
    label = found.group().strip(" .:|") if found else ""
    text = text[found.end() :].lstrip(" .:|–—-") if found else text
    return Element(role, text, _style_of(caption[0]), [(0, block.page)], label=label, small=True)


def _with_rows(element: Element, lines: Sequence[Line], words: Words) -> Element:
    """The caption, a blank line, then one line of text a row: the cells that begin on one base line, left to right."""
    if not lines or element.role != "table":
        return element
    rows: list[list[_Cell]] = []
    for cell in sorted(_cells(lines, words), key=lambda cell: (-cell.top, cell.x0)):
        if rows and abs(rows[-1][0].top - cell.top) < 0.5 * cell.size:
            rows[-1].append(cell)
        else:
            rows.append([cell])
    body = "\n".join("; ".join(cell.text for cell in sorted(row, key=lambda cell: cell.x0)) for row in rows)
    element.text = f"{element.text}\n\n{body}" if element.text else body
    return element


@dataclass(slots=True)
class _Cell:
    text: str
    top: float
    x0: float
    size: float


def _cells(lines: Sequence[Line], words: Words) -> list[_Cell]:
    """Lines that were drawn one below the other, closer than the rows are, are one cell.

    Where all steps are alike and the table was drawn row by row, lines set close are one cell; else we cannot tell, and
    only what begins in lower case goes on.
    """
    steps = sorted(a.y - b.y for a, b in pairwise(lines) if _is_below(a, b))
    tight = 1.2 * steps[len(steps) // 10] if steps else 0.0
    two_steps = bool(steps) and steps[-1] > 1.1 * tight
    by_rows = sum(1 for a, b in pairwise(lines) if b.x0 > a.x1 and b.y > a.y - 0.5 * b.size) > 0.12 * len(lines)
    if by_rows and not two_steps and steps and steps[0] <= 1.2 * lines[0].size:
        tight, two_steps = 1.2 * lines[0].size, True
    result: list[_Cell] = []
    for index, line in enumerate(lines):
        above = lines[index - 1] if index else None
        goes_on = above is not None and _is_below(above, line) and above.y - line.y <= tight
        if above is not None and goes_on and (two_steps or above.hyphen or line.text[:1].islower()):
            result[-1].text = words.join(result[-1].text, line.text, above.hyphen)
        else:
            result.append(_Cell(line.text, line.y, line.x0, line.size))
    return result


def _is_below(above: Line, line: Line) -> bool:
    return 0 < above.y - line.y < 2.5 * line.size and line.x0 < above.x1 and line.x1 > above.x0 and not above.split

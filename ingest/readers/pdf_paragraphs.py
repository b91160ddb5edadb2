"""From blocks in reading order to headings, paragraphs, captions and tables: what a paper is made of."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from ingest.readers.pdf_elements import Element, style_of
from ingest.readers.pdf_floats import floats
from ingest.readers.pdf_layout import Block, Style
from ingest.readers.pdf_lines import Line
from ingest.readers.pdf_text import Words, ends_sentence
from ingest.readers.sections import is_back_matter, section_kind

__all__ = ["Element", "elements"]

_BULLET = re.compile(r"^(?:[•·▪■□●○◦‣–*]|\(?(?:\d{1,2}|[ivx]{1,4}|[a-z])[.)])\s+\S")
_LEVELLED = re.compile(r"^(\d{1,2}(?:\.\d{1,2}){0,4})[.):|]?\s+(?=[^\W\d_])")
_LONGEST_HEADING = 160


def elements(blocks: Sequence[Block], style: Style, words: Words) -> list[Element]:
    """The paper's elements in reading order; a float stands before the first paragraph that leaves the float's page."""
    flow = list(_flow([block for block in blocks if block.role == "flow"], style, words))
    drawn = list(floats(blocks, style, words))
    result: list[Element] = []
    waiting = 0
    for position, element in enumerate(flow):
        leaves = element.last_page
        if element.role == "heading" and position + 1 < len(flow):
            leaves = max(leaves, flow[position + 1].first_page)
        while waiting < len(drawn) and drawn[waiting].first_page < leaves:
            result.append(drawn[waiting])
            waiting += 1
        result.append(element)
    return result + drawn[waiting:]


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


def _heading(item: _Placed, style: Style) -> Element:
    line = item.line
    numbered = _LEVELLED.match(line.text)
    depth = numbered.group(1).count(".") + 1 if numbered else 0
    return Element("heading", line.text, style_of(line), [(0, line.page)], depth=depth, small=style.is_small(line.size))


def _paragraph(item: _Placed, style: Style) -> Element:
    line = item.line
    return Element("paragraph", line.text, style_of(line), [(0, line.page)], small=style.is_small(line.size))


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
    if style_of(item.line)[:2] != open_.style[:2] or last.column != item.column or _LEVELLED.match(item.line.text):
        return False
    gap = last.line.y - item.line.y
    if gap > 1.45 * max(style.leading * item.line.size / style.size, 1.1 * item.line.size) or gap <= 0:
        return False
    return len(open_.text) <= _LONGEST_HEADING and not (_is_known(open_.text) and last.short)

"""Figures, tables and notes of a PDF: captions apart from rows, rows from cells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from ingest.readers.pdf_elements import Element, style_of
from ingest.readers.pdf_layout import Block, Style
from ingest.readers.pdf_lines import Line
from ingest.readers.pdf_text import Words

__all__ = ["floats"]

_LABEL = re.compile(r"^\W*(?:[A-Za-z]+ ){0,2}[A-Za-z]+\.?\s*[sS]?(?:\d{1,2}|[IVX]{1,4})[a-zA-Z]?(?=\W|$)")


def floats(blocks: Sequence[Block], style: Style, words: Words) -> Iterator[Element]:
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
    return Element(role, text, style_of(caption[0]), [(0, block.page)], label=label, small=True)


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

"""JATS tables as text: the caption, then one line a row, "header: cell; header: cell", then the footnotes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ingest.readers.jats_text import Flow, local, plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml.etree import _Element

__all__ = ["caption_paragraphs", "label_of", "table_paragraphs"]

MAX_COLUMNS = 200
"""Columns beyond this are not a table anybody printed; spans are cut to it."""


LONGEST_HEADER = 300
"""Characters of a header, or of a cell that spans rows, that are said again in every row."""

LONGEST_TABLE = 1_000_000
"""Characters beyond which a table's headers and spanning cells are no longer said again: no table anybody printed."""


@dataclass(slots=True)
class _Cell:
    text: str
    columns: int
    heading: bool


_Row = list["_Cell | None"]  # by column; a cell that spans several columns stands in the first, the others hold None


def label_of(element: _Element, otherwise: str) -> str:
    """The label of a float ("Table 1"), or what to call it without one."""
    label = plain(element.find("label")).rstrip(".:| ")
    return f"{otherwise} {label}".lstrip() if label[:1].isdigit() else label or otherwise


def caption_paragraphs(element: _Element) -> list[str]:
    """The caption of a float: its title and its paragraphs."""
    flow = Flow()
    for child in element:
        if local(child.tag) in ("caption", "title"):
            flow.block(child)
    return flow.finish()


def table_paragraphs(wrap: _Element) -> list[str]:
    """Caption, rows (one paragraph with a line a row) and footnotes of a `table-wrap`, or of a bare `table`."""
    paragraphs = caption_paragraphs(wrap)
    tables = [wrap] if local(wrap.tag) in ("table", "array") else _outermost_tables(wrap)
    for table in tables:
        lines = _lines(table)
        if lines:
            paragraphs.append("\n".join(lines))
    for foot in wrap.iter("table-wrap-foot"):
        paragraphs.extend(_footnotes(foot))
    return paragraphs


def _outermost_tables(wrap: _Element) -> list[_Element]:
    found = []
    for element in wrap.iter("table", "array", "tgroup"):
        parent = element.getparent()
        if local(element.tag) != "tgroup" or parent is None or local(parent.tag) != "table":
            found.append(element)
    return [
        table for table in found if not any(ancestor in found for ancestor in table.iterancestors("table", "array"))
    ]


def _footnotes(foot: _Element) -> Iterable[str]:
    for note in list(foot.iter("fn")) or [foot]:
        mark = plain(note.find("label"))
        flow = Flow()
        flow.inline(note)
        for index, text in enumerate(flow.finish()):
            yield text if index or not mark else f"{mark}: {text}" if mark.isalnum() else f"{mark} {text}"


def _lines(table: _Element) -> list[str]:
    heads, rows = _grid(table)
    headers = _headers(heads)
    lines: list[str] = []
    length = 0
    for row in rows:
        cells = [(column, cell) for column, cell in enumerate(row) if cell is not None and cell.text]
        if len(cells) == 1 and cells[0][0] == 0:
            line = cells[0][1].text  # a heading within the table
        else:
            line = "; ".join(_named(headers, column, cell) for column, cell in cells)
        if line:
            lines.append(line)
        length += len(line)
        if length > LONGEST_TABLE:
            return _said_once(heads + rows)
    return lines or list(filter(None, ["; ".join(filter(None, headers))]))


def _said_once(rows: list[_Row]) -> list[str]:
    """The rows with each cell where it stands and no header repeated."""
    seen: set[int] = set()
    lines = []
    for row in rows:
        own = [cell for cell in row if cell is not None and cell.text and id(cell) not in seen]
        seen.update(map(id, own))
        if own:
            lines.append("; ".join(cell.text for cell in own))
    return lines


def _named(headers: list[str], column: int, cell: _Cell) -> str:
    spanned = dict.fromkeys(header for header in headers[column : column + cell.columns] if header)
    name = " / ".join(spanned)
    return f"{name}: {cell.text}" if name and name != cell.text else cell.text


def _headers(heads: list[_Row]) -> list[str]:
    """The header of each column: what stands above it in all header rows, top down, said once."""
    width = max((len(row) for row in heads), default=0)
    names: list[dict[str, None]] = [{} for _ in range(width)]
    for row in heads:
        for column, cell in enumerate(row):
            if cell is not None and cell.text:
                for below in names[column : column + cell.columns]:
                    below[cell.text] = None
    return [" ".join(name)[:LONGEST_HEADER].rstrip(": ") for name in names]


def _grid(table: _Element) -> tuple[list[_Row], list[_Row]]:
    """The header rows and the body rows, with row spans written out in each row they reach."""
    heads: list[_Row] = []
    rows: list[_Row] = []
    pending: dict[int, tuple[int, _Cell]] = {}
    group: _Element | None = None
    thead = False
    for element in table.iter("tr", "row"):
        parent = element.getparent()
        if parent is not group:
            group, pending = parent, {}
        row = _row(element, pending)
        in_head = parent is not None and local(parent.tag) == "thead"
        thead = thead or in_head
        leading = not thead and not rows and bool(row) and all(cell is None or cell.heading for cell in row)
        (heads if in_head or leading else rows).append(row)
    if not heads and len(rows) > 1 and _reads_as_header(rows[0], rows[1:]):
        heads.append(rows.pop(0))
    return heads, rows


def _reads_as_header(first: _Row, others: list[_Row]) -> bool:
    """Whether the first row of a table without header cells names its columns: words above numbers."""
    words = [cell.text for cell in first[1:] if cell is not None]
    numbers = [cell.text for row in others for cell in row[1:] if cell is not None and cell.text]
    return (
        bool(words)
        and all(word and not word[0].isdigit() for word in words)
        and sum(any(c.isdigit() for c in number) for number in numbers) * 2 > len(numbers)
    )


def _row(element: _Element, pending: dict[int, tuple[int, _Cell]]) -> _Row:
    row: _Row = []

    def reach_down() -> None:
        while len(row) in pending and len(row) < MAX_COLUMNS:
            left, cell = pending.pop(len(row))
            if left > 1:
                pending[len(row)] = (left - 1, cell)
            row.extend([cell, *[None] * (cell.columns - 1)])

    for child in element:
        tag = local(child.tag)
        if tag not in ("td", "th", "entry") or len(row) >= MAX_COLUMNS:
            continue
        reach_down()
        columns = min(_span(child, "colspan", tag), MAX_COLUMNS - len(row)) or 1
        cell = _Cell(_text(child), columns, tag == "th")
        below = _span(child, "rowspan", tag) - 1
        if below > 0:
            pending[len(row)] = (below, cell if len(cell.text) <= LONGEST_HEADER else _Cell("", columns, cell.heading))
        row.extend([cell, *[None] * (columns - 1)])
    reach_down()
    return row


def _text(cell: _Element) -> str:
    flow = Flow(table=True)
    flow.inline(cell)
    return " ".join(flow.finish())


def _span(cell: _Element, name: str, tag: str) -> int:
    """How many columns or rows a cell covers; CALS entries count columns by name (c1 to c3) and further rows."""
    if tag == "entry":
        if name == "rowspan":
            return _whole(cell.get("morerows")) + 1
        return max(_whole(cell.get("nameend")) - _whole(cell.get("namest")) + 1, 1)
    return max(_whole(cell.get(name)), 1)


def _whole(value: str | None) -> int:
    if not value:
        return 0
    match = re.search(r"\d{1,4}", value)
    return int(match[0]) if match else 0

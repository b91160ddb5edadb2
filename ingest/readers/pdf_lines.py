"""A PDF page as lines of text with their place and type: the only module that talks to pdfium's text API.

pdfium gives the characters of a page in the order in which they were drawn, with line breaks where the pen moved down.
We look at a few characters of every line for its place, size and font; asking for all of them would take five times
as long.
"""

from __future__ import annotations

import ctypes
import math
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import pypdfium2.raw as pdfium

if TYPE_CHECKING:
    from pypdfium2 import PdfPage

__all__ = ["Line", "page_lines"]

_BREAK = re.compile("(\r\n|[\r\n\ufffe])")
_TABLE = re.compile(r"(?:Table|TABLE|Box|BOX)\b")
_SUBSET = re.compile(r"^[A-Z]{6}\+")
_SMALLEST = 0.1  # points: what is set smaller is not there to be read
_COLUMN_GAP = 1.2  # of the font size: wider than a justified line's spaces, narrower than the gap between columns
_CELL_GAP = 1.5  # likewise, for the cells of a table
_LANE = 0.03  # of the page width on each side of its middle: lines that reach over both may be two columns in one


class Line(NamedTuple):
    """One line of one column. Points, origin at the lower left, turned so that the text runs from left to right."""

    text: str
    page: int  # counts from 1
    x0: float
    x1: float
    y: float  # of the baseline
    size: float
    font: str  # of its middle
    lead: str  # font of its first character
    tail: str = ""  # font of its last character
    hyphen: bool = False  # pdfium holds the hyphen at its end for one that divides a word
    split: bool = False  # the next line in drawing order was cut off from it at a wide gap


class _Probe(NamedTuple):
    x: float
    y: float
    size: float
    font: str
    turn: int  # quarter turns to the left


class _PageText:
    """Characters of one page by index, and what pdfium knows of each."""

    def __init__(self, raw: pdfium.FPDF_TEXTPAGE) -> None:
        self._raw = raw
        self._x, self._y = ctypes.c_double(), ctypes.c_double()
        self._matrix, self._box = pdfium.FS_MATRIX(), pdfium.FS_RECTF()
        self._name, self._flags = ctypes.create_string_buffer(128), ctypes.c_int()
        self._fonts: dict[bytes, str] = {}
        self.text = self._read()

    def _read(self) -> str:
        count = pdfium.FPDFText_CountChars(self._raw)
        if count <= 0:
            return ""
        buffer = (ctypes.c_ushort * (count + 1))()
        written = pdfium.FPDFText_GetText(self._raw, 0, count, buffer)
        text = bytes(buffer)[: max(written - 1, 0) * 2].decode("utf-16-le", errors="replace")
        if len(text) == count:
            return text
        # Characters without a code, or beyond the basic plane: the indexes differ, so ask one by one.
        codes = (pdfium.FPDFText_GetUnicode(self._raw, index) for index in range(count))
        return "".join(chr(code) if 0 < code < 0x110000 else "\x01" for code in codes)

    def probe(self, index: int) -> _Probe:
        raw = self._raw
        pdfium.FPDFText_GetCharOrigin(raw, index, self._x, self._y)
        pdfium.FPDFText_GetMatrix(raw, index, self._matrix)
        matrix = self._matrix
        size = pdfium.FPDFText_GetFontSize(raw, index) * math.hypot(matrix.c, matrix.d)
        if not (math.isfinite(size) and math.isfinite(self._x.value) and math.isfinite(self._y.value)):
            return _Probe(0.0, 0.0, 0.0, "", 0)
        turn = round(math.atan2(matrix.b, matrix.a) / (math.pi / 2)) % 4
        return _Probe(self._x.value, self._y.value, size, self.font(index), turn)

    def font(self, index: int) -> str:
        length = pdfium.FPDFText_GetFontInfo(self._raw, index, self._name, 128, self._flags)
        name = self._name.raw[: max(min(length, 128) - 1, 0)]
        known = self._fonts.get(name)
        if known is None:
            known = self._fonts[name] = _SUBSET.sub("", name.decode("utf-8", errors="replace"))
        return known

    def origin(self, index: int) -> tuple[float, float]:
        pdfium.FPDFText_GetCharOrigin(self._raw, index, self._x, self._y)
        return self._x.value, self._y.value

    def far_edge(self, index: int) -> tuple[float, float]:
        """Where the next character would begin: the advance included, as the point furthest along the baseline."""
        pdfium.FPDFText_GetLooseCharBox(self._raw, index, self._box)
        return self._box.right, self._box.left


def page_lines(page: PdfPage, number: int) -> list[Line]:
    """The lines of `page` in drawing order; text at an angle to most of the page (margin stamps) is left out."""
    textpage = page.get_textpage()
    try:
        chars = _PageText(textpage.raw)
        found = _measured(chars, number)
        width = page.get_width()
        if not found:
            return []
        weights = [0, 0, 0, 0]
        for line, turn in found:
            weights[turn] += len(line.text)
        upright = weights.index(max(weights))
        lines = [line for line, turn in found if turn == upright]
        if upright:
            return _merged([_turned(line, upright) for line in lines])
        return _merged(_cut_at_gaps(lines, chars, width))
    finally:
        textpage.close()


def _measured(chars: _PageText, number: int) -> list[tuple[Line, int]]:
    found: list[tuple[Line, int]] = []
    start = 0
    pieces = _BREAK.split(chars.text)
    for index in range(0, len(pieces), 2):
        piece = pieces[index]
        mark = pieces[index + 1] if index + 1 < len(pieces) else ""
        line = _measure(chars, start, piece, number, mark == "\ufffe")
        if line is not None:
            found.append(line)
        start += len(piece) + len(mark)
    return found


def _measure(chars: _PageText, start: int, piece: str, number: int, hyphen: bool) -> tuple[Line, int] | None:
    text = piece.strip()
    if not text:
        return None
    start += piece.index(text[0])
    end = start + len(text) - 1
    first, middle = chars.probe(start), chars.probe(_solid(chars.text, (start + end) // 2, end))
    # Superscripts and bullets stand elsewhere and are smaller: the larger of two speaks for the line.
    main = first if first.size > middle.size * 1.02 and first.turn == middle.turn else middle
    if main.size < _SMALLEST or not first.size:
        return None
    right, _ = chars.far_edge(end)
    if not math.isfinite(right):
        return None
    tail = chars.font(end)
    line = Line(text, number, first.x, max(right, first.x), main.y, main.size, middle.font, first.font, tail, hyphen)
    if main.turn:
        last = chars.probe(end)
        # Sideways, so the end along the baseline is the last character's origin and about half its size.
        step = (middle.size / 2, -middle.size / 2)[main.turn > 1]
        across, along = (last.x + step, last.y) if main.turn == 2 else (last.x, last.y + step)
        line = line._replace(x0=first.x, y=first.y, x1=across, lead=f"{along}")
    return line, main.turn


def _solid(text: str, index: int, end: int) -> int:
    """The first character from `index` on that is not a space (spaces have no type of their own)."""
    while index < end and text[index].isspace():
        index += 1
    return index


def _turned(line: Line, turn: int) -> Line:
    """A line of a page whose text runs sideways or upside down, in the reader's frame."""
    along = float(line.lead)
    if turn == 1:
        return line._replace(x0=line.y, x1=along, y=-line.x0, lead=line.font)
    if turn == 2:
        return line._replace(x0=-line.x0, x1=-line.x1, y=-line.y, lead=line.font)
    return line._replace(x0=-line.y, x1=-along, y=line.x0, lead=line.font)


def _cut_at_gaps(lines: Sequence[Line], chars: _PageText, width: float) -> list[Line]:
    """Cut lines where two columns, or two cells, were drawn as one.

    We look for gaps in lines that run over the middle of the page, that end before they begin, and, where the page has
    a table, in all.
    """
    low, high = width * (0.5 - _LANE), width * (0.5 + _LANE)
    table = any(_TABLE.match(line.text) for line in lines)
    result: list[Line] = []
    cursor = 0
    for line in lines:
        start = chars.text.find(line.text, cursor)
        if start < 0:
            result.append(line)
            continue
        cursor = start + len(line.text)
        across = line.x0 < low and line.x1 > high
        back = line.x1 - line.x0 < 0.12 * line.size * len(line.text)
        if " " in line.text and (across or back or table):
            result.extend(_cut(line, start, chars, _COLUMN_GAP if across else _CELL_GAP))
        else:
            result.append(line)
    return result


def _cut(line: Line, start: int, chars: _PageText, widest: float) -> list[Line]:
    parts: list[Line] = []
    starts = [start]
    begin, x0 = 0, line.x0
    text = line.text
    space = text.find(" ")
    while space > 0:
        after = space + 1
        while after < len(text) and text[after] == " ":
            after += 1
        if after >= len(text):
            break
        right = chars.far_edge(start + space - 1)[0]
        left, _ = chars.origin(start + after)
        if left - right > widest * line.size or left < right - 3 * line.size:
            parts.append(line._replace(text=text[begin:space], x0=x0, x1=right, hyphen=False, split=True))
            begin, x0 = after, left
            starts.append(start + after)
        space = text.find(" ", after)
    if not parts:
        return [line]
    end = max(chars.far_edge(start + len(text) - 1)[0], x0)
    parts.append(line._replace(text=text[begin:], x0=x0, x1=end))
    return [_typed(part, chars, at) for part, at in zip(parts, starts, strict=True)]


def _typed(part: Line, chars: _PageText, start: int) -> Line:
    probe = chars.probe(_solid(chars.text, start + len(part.text) // 2, start + len(part.text) - 1))
    return part._replace(
        font=probe.font, lead=chars.font(start), tail=chars.font(start + len(part.text) - 1), size=probe.size, y=probe.y
    )


def _merged(lines: Sequence[Line]) -> list[Line]:
    """Put back together what a raised or lowered character broke apart, and a large initial with its word."""
    result: list[Line] = []
    for line in lines:
        last = result[-1] if result else None
        if last is not None and not last.split and not last.hyphen:
            size = max(last.size, line.size)
            gap = line.x0 - last.x1
            if abs(line.y - last.y) <= 0.55 * size and -0.4 * size <= gap <= 0.9 * size:
                result[-1] = _joined(last, line, " " if gap > 0.15 * size else "")
                continue
            if len(last.text) == 1 and last.text.isupper() and last.size > 1.8 * line.size and gap < 2 * line.size:
                result[-1] = line._replace(text=last.text + line.text, x0=last.x0)
                continue
        result.append(line)
    return result


def _joined(last: Line, line: Line, space: str) -> Line:
    main = last if len(last.text) >= len(line.text) else line
    return main._replace(
        text=last.text + space + line.text,
        x0=last.x0,
        x1=line.x1,
        lead=last.lead,
        tail=line.tail,
        hyphen=line.hyphen,
        split=line.split,
    )

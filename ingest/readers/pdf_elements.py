"""What a PDF's pages are made of, once its lines are joined: the noun between finding elements and making sections."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from ingest.readers.pdf_lines import Line

__all__ = ["Element", "style_of"]


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


def style_of(line: Line) -> tuple[float, str, bool]:
    return (round(line.size * 2) / 2, line.font, line.text.isupper())

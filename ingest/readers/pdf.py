"""PDF: an article's text in reading order, with its sections and pages. pdfium reads, we put in order."""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from pathlib import Path

from ingest.errors import UnreadableFile
from ingest.papers import Page, Paper, Section, paper_id
from ingest.readers.identifiers import trial_ids
from ingest.readers.pdf_layout import Style, arranged, body_style, without_furniture
from ingest.readers.pdf_lines import Line, page_lines
from ingest.readers.pdf_metadata import FrontMatter, front_matter, xmp_packet
from ingest.readers.pdf_paragraphs import Element, elements
from ingest.readers.pdf_sections import Part, parts
from ingest.readers.pdf_text import Words, clean

__all__ = ["read"]

_ENOUGH_SENTENCES = 5
_ENOUGH_LETTERS = 500
_STOP = re.compile(r"[.?!](?=\s|$|\[|\d)|\n")
_SENTENCE_LETTERS = 28
_LONG = 20_000  # characters of a text that we take without the marks of a paper
_CITES = re.compile(r"\bet al\b|\[\d{1,3}(?:[,–-]\s?\d{1,3})*\]|^references$|doi\.org/10\.|\bPMID\b", re.IGNORECASE)
_NO_PROSE = "is not a paper: it holds fewer than 5 sentences of prose; give the article's own PDF"
_NO_PAPER = (
    "is not a paper: it has no abstract, no headings of one, no citations and no DOI; "
    "give the article's own PDF, or save the text as .txt or .md"
)
_KEYS = ("Title", "Author", "Subject", "Keywords", "CreationDate", "doi", "DOI", "WPS-ARTICLEDOI")


def read(path: Path) -> Iterator[Paper]:
    """Read the one paper of a PDF.

    Raises UnreadableFile where the file is empty, broken, encrypted with a password, has no text layer, holds too
    little prose for a paper (fewer than 5 sentences or 500 letters), or none of the marks of one.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UnreadableFile(path, f"cannot be read ({error.strerror}); check the file and its permissions") from error
    if not data.strip():
        raise UnreadableFile(path, "is empty (0 bytes); download it again")
    yield _paper(path, data)


def _paper(path: Path, data: bytes) -> Paper:
    pages, info, pictures = _opened(path, data)
    lines = [line for page in pages for line in page]
    if sum(len(line.text) for line in lines) < 40 * max(1, pictures):
        raise UnreadableFile(path, _no_text(pictures))
    style = body_style(lines)
    kept = without_furniture(pages, style)
    margins = _margins(pages, kept)
    front = front_matter(next((page for page in pages if page), []), margins, info, xmp_packet(data), style)
    words = Words(line.text for line in lines)
    found = parts(elements(arranged(_body(kept, front, style), style), style, words), style)
    text, sections, spans = _assembled(found)
    enough = 1 if front.doi else _ENOUGH_SENTENCES
    if _count_sentences(text) < enough or sum(map(str.isalpha, text)) < _ENOUGH_LETTERS:
        raise UnreadableFile(path, _no_text(pictures) if pictures * 2 > len(pages) else _NO_PROSE)
    if not (front.doi or len(text) >= _LONG or _marks_of_a_paper(lines, sections)):
        raise UnreadableFile(path, _NO_PAPER)
    return Paper(
        id=paper_id(doi=front.doi, sha256=hashlib.sha256(data).hexdigest()),
        title=front.title or path.stem,
        text=text,
        sections=sections,
        source="pdf",
        authors=front.authors,
        journal=front.journal,
        year=front.year,
        doi=front.doi,
        trial_ids=trial_ids("\n".join([front.title, text])),
        pages=spans,
    )


def _count_sentences(text: str) -> int:
    return sum(1 for piece in _STOP.split(text) if len(piece) > _SENTENCE_LETTERS)


def _no_text(pictures: int) -> str:
    if pictures:
        return "has no text layer; run OCR first, for example: ocrmypdf in.pdf out.pdf"
    return _NO_PROSE


def _marks_of_a_paper(lines: Sequence[Line], sections: Sequence[Section]) -> bool:
    """Whether anything tells a paper from another text: its headings, its references, what it cites."""
    if any(section.kind not in ("other", "table", "figure") for section in sections):
        return True
    return any(_CITES.search(line.text) for line in lines)


def _opened(path: Path, data: bytes) -> tuple[list[list[Line]], dict[str, str], int]:
    """The cleaned lines of every page, the document's information, and the number of pages that are pictures only."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise UnreadableFile(path, _why(str(error))) from error
    try:
        pages: list[list[Line]] = []
        pictures = broken = 0
        for index in range(len(document)):
            try:
                page = document[index]
                drawn = page_lines(page, index + 1)
            except pypdfium2.PdfiumError:
                broken += 1
                pages.append([])
                continue
            lines = [line._replace(text=text) for line in drawn if (text := clean(line.text))]
            if sum(len(line.text) for line in lines) < 100:
                pictures += any(True for _ in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE], max_depth=3))
            pages.append(lines)
            page.close()
        if broken == len(pages):
            raise UnreadableFile(path, "is broken: no page of it can be read; download it again")
        info = {key: value for key in _KEYS if (value := document.get_metadata_value(key))}
        return pages, info, pictures
    finally:
        document.close()


def _why(error: str) -> str:
    if "assword" in error:
        return (
            "is encrypted; save a copy without the password, for example: qpdf --decrypt --password=... in.pdf out.pdf"
        )
    if "ecurity" in error:
        return "is encrypted in a way that cannot be read; save a copy without protection"
    return "is broken or no PDF; download it again, or repair it, for example: qpdf in.pdf out.pdf"


def _margins(pages: Sequence[Sequence[Line]], kept: Sequence[Sequence[Line]]) -> list[str]:
    """Running heads and feet, each once, in order."""
    result: dict[str, None] = {}
    for before, after in zip(pages, kept, strict=True):
        texts = {line.text for line in after}
        result.update(dict.fromkeys(line.text for line in before if line.text not in texts))
    return list(result)


def _body(pages: list[list[Line]], front: FrontMatter, style: Style) -> list[list[Line]]:
    """The pages without the title and what stands above it on the first page."""
    if front.title_line < 0 or not pages:
        return pages
    first = next(index for index, page in enumerate(pages) if page)
    kept = [line for line in pages[first] if line.y < front.bottom - 0.5 or style.is_body(line)]
    return [*pages[:first], kept, *pages[first + 1 :]]


def _assembled(found: Sequence[Part]) -> tuple[str, tuple[Section, ...], tuple[Page, ...]]:
    """One text, with the sections and pages that lie over it."""
    pieces: list[str] = []
    sections: list[Section] = []
    begins: dict[int, int] = {}
    position = 0
    for part in found:
        if pieces:
            pieces.append("\n\n")
            position += 2
        start = position
        for index, element in enumerate(part.elements):
            if index:
                pieces.append("\n\n")
                position += 2
            _note_pages(begins, element, position)
            pieces.append(element.text)
            position += len(element.text)
        sections.append(Section(part.kind, part.title, start, position))
    return "".join(pieces), tuple(sections), _pages(begins, position)


def _note_pages(begins: dict[int, int], element: Element, position: int) -> None:
    """Where each page first has text; a float that had to wait for a later page's paragraph changes nothing."""
    for offset, page in element.pages:
        if not begins or page > max(begins):
            begins[page] = position + offset


def _pages(begins: dict[int, int], end: int) -> tuple[Page, ...]:
    numbers = sorted(begins)
    starts = [begins[number] for number in numbers]
    if starts:
        starts[0] = 0
    return tuple(
        Page(number, start, starts[bisect_right(starts, start)] if start < starts[-1] else end)
        for number, start in zip(numbers, starts, strict=True)
    )

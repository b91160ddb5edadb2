"""How much of a paper the PDF reader recovers, in what order, and how fast, beside plain pypdf.

Gold: the same articles in XML (BMC's `art`). Every paragraph of the body (`bdy`) is cut into sentences; those of at
least 40 letters count. Paragraphs are the running text, what the XML keeps in `bdy` of the back matter, and the
captions of figures, tables and additional files, each text once. Headings (`st`) are no sentences. What stands in the
cells of tables (mostly names of hospitals, no sentences) is shown in a column of its own and not counted.

Both sides are reduced to [a-z0-9], after compatibility decomposition (so that ligatures and accents count alike).
Citation marks stay in the gold: `<abbr>12</abbr>` stands as [12] in the print, and both reduce to 12. Where the XML
lists what the print gives as a range (2 3 4 5 for [2-5]) no reader can recover the sentence; they count as missing. A
sentence is recovered when it occurs in the reduced text of the reading.

- recovered: recovered sentences / gold sentences, over all papers together.
- in order: longest increasing subsequence of the recovered sentences' positions / recovered sentences, within each
  paper, summed over all. A sentence that occurs several times takes its first place after the one before it.
- pages/s: pages of all papers / seconds of reading, one process, files warm in the cache.

The peer is what tutorials do: `"\\n".join(page.extract_text() for page in pypdf.PdfReader(path).pages)`.
"""

from __future__ import annotations

import argparse
import re
import time
import unicodedata
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from eval.bench.data import add_data_option, data_folder

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["Reading", "gold_sentences", "longest_increasing", "main", "measured"]

GOAL_RECOVERED = 0.985
GOAL_IN_ORDER = 0.97
_LETTERS = 40
_NOT_ALNUM = re.compile(r"[^a-z0-9]+")
_FLOATS = {"fig", "table", "tbl", "suppl"}
_CELLS = {"tgroup", "tblbdy"}
_NOT_COUNTED = {"file", "graphic", "st"}


@dataclass(frozen=True, slots=True)
class Reading:
    """One reader's result on one paper; `missing` are the gold sentences that it did not recover."""

    name: str
    pages: int
    seconds: float
    gold: int
    found: int
    ordered: int
    missing: tuple[str, ...]


def reduced(text: str) -> str:
    """The text as [a-z0-9]."""
    return _NOT_ALNUM.sub("", unicodedata.normalize("NFKD", text).lower())


def gold_sentences(xml: bytes) -> tuple[list[str], list[str]]:
    """The sentences of an article of at least 40 letters, in order: (of paragraphs and captions, of table cells)."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    body = etree.fromstring(xml, parser).find(".//bdy")
    if body is None:
        raise ValueError("the XML has no bdy")
    prose: dict[str, str] = {}
    cells: dict[str, str] = {}
    for paragraph in body.iter("p"):
        above = {str(ancestor.tag) for ancestor in paragraph.iterancestors()}
        if above & _NOT_COUNTED or _inside_paragraph(paragraph):
            continue
        for sentence in _sentences(_text(paragraph)):
            key = reduced(sentence)
            # A caption stands in the XML twice, as `caption` and as `text`; a sentence of the text may come again.
            once = f"{len(prose)} {key}" if not above & _FLOATS else key
            (cells if above & _CELLS else prose).setdefault(once, sentence)
    return list(prose.values()), list(cells.values())


def _inside_paragraph(paragraph: _Element) -> bool:
    return next(paragraph.iterancestors("p"), None) is not None


def _text(paragraph: _Element) -> str:
    return " ".join("".join(str(piece) for piece in paragraph.itertext()).split())


def _sentences(text: str) -> Iterator[str]:
    from ingest.sentences import sentence_spans

    for start, end in sentence_spans(text):
        sentence = text[start:end]
        if sum(char.isalpha() for char in sentence) >= _LETTERS:
            yield sentence


def longest_increasing(values: Sequence[int]) -> int:
    """Length of the longest strictly increasing subsequence (patience sorting)."""
    tails: list[int] = []
    for value in values:
        place = bisect_left(tails, value)
        tails[place : place + 1] = [value]
    return len(tails)


def measured(text: str, gold: Sequence[str]) -> tuple[list[int], tuple[str, ...]]:
    """Positions in the reduced text of the gold sentences that occur in it, and those that do not."""
    haystack = reduced(text)
    positions: list[int] = []
    missing: list[str] = []
    after = 0
    for sentence in gold:
        needle = reduced(sentence)
        place = haystack.find(needle, after)
        if place < 0:
            place = haystack.find(needle)
        if place < 0:
            missing.append(sentence)
            continue
        positions.append(place)
        after = place + 1
    return positions, tuple(missing)


def _ours(path: Path) -> str:
    from ingest.errors import UnreadableFile
    from ingest.readers.pdf import read

    try:
        return "\n\n".join(paper.text for paper in read(path))
    except UnreadableFile:
        return ""  # nothing recovered


def _pypdf(path: Path) -> str:
    import pypdf

    return "\n".join(page.extract_text() for page in pypdf.PdfReader(path).pages)


def _pdfium(path: Path) -> str:
    import pypdfium2

    document = pypdfium2.PdfDocument(path.read_bytes())
    try:
        return "\n".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


READERS: dict[str, Callable[[Path], str]] = {"immunorag": _ours, "pypdf": _pypdf, "pypdfium2": _pdfium}


def _pages(path: Path) -> int:
    import pypdfium2

    document = pypdfium2.PdfDocument(path)
    try:
        return len(document)
    finally:
        document.close()


def read_all(folder: Path, reader: Callable[[Path], str], cells: bool = False) -> list[Reading]:
    """Measure `reader` on every PDF of `folder` that has its XML beside it."""
    result: list[Reading] = []
    for path in sorted(folder.glob("*.pdf")):
        xml = path.with_suffix(".xml")
        if not xml.exists():
            continue
        gold = gold_sentences(xml.read_bytes())[cells]
        start = time.perf_counter()
        text = reader(path)
        seconds = time.perf_counter() - start
        positions, missing = measured(text, gold)
        ordered = longest_increasing(positions)
        result.append(Reading(path.stem, _pages(path), seconds, len(gold), len(positions), ordered, missing))
    if not result:
        raise FileNotFoundError(f"no PDF with its XML beside it in {folder}; name the data folder with: --data DIR")
    return result


def main(argv: list[str]) -> int:
    """Print the table; 0 when both goals are met, else 1."""
    from rich.console import Console
    from rich.table import Table

    parser = argparse.ArgumentParser(
        prog="python -m eval.bench reading", description=(__doc__ or "").partition("\n")[0]
    )
    add_data_option(parser)
    parser.add_argument(
        "--verbose", action="store_true", help="a row for each paper, and every sentence that is missing"
    )
    options = parser.parse_args(argv)
    folder = data_folder(options.data, "pdf_with_xml")
    console = Console(width=80, highlight=False, soft_wrap=False)
    for reader in READERS.values():  # imports and caches are not part of reading
        reader(min(folder.glob("*.pdf")))
    results = {name: read_all(folder, reader) for name, reader in READERS.items()}
    cells = {name: read_all(folder, reader, cells=True) for name, reader in READERS.items()}
    ours = results["immunorag"]

    table = Table(title=f"Reading {len(ours)} PDFs, {sum(r.pages for r in ours)} pages", title_justify="left")
    for column in ("reader", "recovered", "in order", "table cells", "pages/s"):
        table.add_column(column, justify="left" if column == "reader" else "right")
    for name, readings in results.items():
        table.add_row(name, *_figures(readings), f"{_share(cells[name]):.3f}", f"{_speed(readings):.0f}")
    table.add_row("goal", f"{GOAL_RECOVERED:.3f}", f"{GOAL_IN_ORDER:.3f}", "", "", style="dim")
    console.print(table)
    total = sum(r.gold for r in ours)
    console.print(f"{total} gold sentences of at least {_LETTERS} letters in paragraphs and captions,")
    console.print(f"{sum(r.gold for r in cells['immunorag'])} in table cells (shown, not counted).")

    slower = _speed(results["pypdfium2"]) / _speed(ours)
    console.print(f"immunorag takes {slower:.1f} times as long as pypdfium2's bare text, on which it builds.")

    if options.verbose:
        rows = Table(title="immunorag, paper by paper", title_justify="left")
        for column in ("paper", "pages", "gold", "recovered", "in order", "ms/page"):
            rows.add_column(column, justify="left" if column == "paper" else "right")
        for one in ours:
            rows.add_row(
                one.name,
                str(one.pages),
                str(one.gold),
                *_figures([one]),
                f"{1000 * one.seconds / max(one.pages, 1):.1f}",
            )
        console.print(rows)
    lost = [(one.name, sentence) for one in ours for sentence in one.missing]
    if lost:
        console.print(f"\nnot recovered ({len(lost)}){':' if options.verbose else ', for example:'}")
        for name, sentence in lost if options.verbose else lost[:2]:
            console.print(f"{name}: {sentence}", markup=False)
    met = _share(ours) >= GOAL_RECOVERED and _order(ours) >= GOAL_IN_ORDER
    console.print(f"\ngoals {'met' if met else 'MISSED'}")
    return 0 if met else 1


def _share(readings: Sequence[Reading]) -> float:
    return sum(r.found for r in readings) / max(1, sum(r.gold for r in readings))


def _order(readings: Sequence[Reading]) -> float:
    return sum(r.ordered for r in readings) / max(1, sum(r.found for r in readings))


def _speed(readings: Sequence[Reading]) -> float:
    return sum(r.pages for r in readings) / max(1e-9, sum(r.seconds for r in readings))


def _figures(readings: Sequence[Reading]) -> tuple[str, str]:
    return f"{_share(readings):.4f}", f"{_order(readings):.4f}"

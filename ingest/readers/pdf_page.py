"""One page of a PDF as a picture, with quotes marked where they are printed.

It is drawn in a process of its own: drawing does more with a file than reading its text did, and a page that hangs,
crashes or takes all memory must take nothing else with it.
"""

from __future__ import annotations

import io
import json
import resource
import subprocess
import sys
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.errors import UnreadableFile

if TYPE_CHECKING:
    from pypdfium2 import PdfPage

__all__ = ["drawn", "page_picture"]

_LONGER_SIDE = 1_500  # pixels
_DEADLINE = 20.0  # seconds
_MEMORY = 2 << 30  # bytes
_SHORTEST = 24  # letters and figures of a quote that goes on overleaf, which are enough to know it by
_ENDING = 6  # letters and figures of its end, near its beginning
_LOST = 10  # letters and figures that the page may have and the quote not
_HIGHLIGHT = (255, 226, 122)
_BOOT = """
import json, sys
settings = json.load(sys.stdin)
sys.path[:] = settings["path"]
from pathlib import Path
from ingest.readers.pdf_page import drawn
sys.stdout.buffer.write(drawn(Path(settings["file"]), settings["page"], settings["quotes"]))
"""


def page_picture(file: Path, page: int, quotes: Sequence[str]) -> bytes:
    """Page `page` of a PDF, counted from 1, as PNG of at most 1,500 pixels, with `quotes` marked as far as found.

    Raises UnreadableFile where it cannot be drawn.
    """
    path = [entry or str(Path.cwd()) for entry in sys.path]
    settings = {"path": path, "file": str(file), "page": page, "quotes": list(quotes)}
    try:
        done = subprocess.run(  # noqa: S603 (our own interpreter and code)
            [sys.executable, "-P", "-c", _BOOT],
            input=json.dumps(settings).encode(),
            capture_output=True,
            timeout=_DEADLINE,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise UnreadableFile(file, f"page {page} took longer than {_DEADLINE:g} s to be drawn") from error
    if done.returncode or not done.stdout:
        raise UnreadableFile(file, f"page {page} cannot be drawn")
    return done.stdout


def drawn(file: Path, page: int, quotes: Sequence[str]) -> bytes:
    """What `page_picture` returns, drawn in this process, whose memory is limited from then on."""
    import pypdfium2
    from PIL import Image, ImageChops, ImageDraw

    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    with pypdfium2.PdfDocument(file) as document:
        leaf = document[page - 1]
        bitmap = leaf.render(scale=_LONGER_SIDE / max(leaf.get_size()))
        picture = bitmap.to_pil().convert("RGB")
        marks = Image.new("RGB", picture.size, "white")
        pen, place = ImageDraw.Draw(marks), bitmap.get_posconv(leaf)
        for left, bottom, right, top in _places(leaf, quotes):
            across, down = zip(place.to_bitmap(left, bottom), place.to_bitmap(right, top), strict=True)
            pen.rectangle((min(across) - 2, min(down) - 2, max(across) + 2, max(down) + 2), fill=_HIGHLIGHT)
        buffer = io.BytesIO()
        ImageChops.multiply(picture, marks).save(buffer, "PNG", optimize=True)
        return buffer.getvalue()


def _places(page: PdfPage, quotes: Sequence[str]) -> Iterator[tuple[float, float, float, float]]:
    """The rectangles of the lines that the quotes stand in: left, bottom, right, top, in points."""
    from pypdfium2 import raw

    text = page.get_textpage()
    codes = (raw.FPDFText_GetUnicode(text.raw, index) for index in range(text.count_chars()))
    letters = [(letter, index) for index, code in enumerate(codes) for letter in _folded(chr(code))]
    printed = "".join(letter for letter, _ in letters)
    for quote in quotes:
        start, length = _found(_folded(quote), printed)
        if not length:
            continue
        first, last = letters[start][1], letters[start + length - 1][1]
        yield from map(text.get_rect, range(text.count_rects(first, last - first + 1)))


def _folded(text: str) -> str:
    """The letters and figures of `text` alone: breaks of lines, hyphens and ligatures make no difference."""
    return "".join(letter for letter in unicodedata.normalize("NFKC", text).casefold() if letter.isalnum())


def _found(quote: str, printed: str) -> tuple[int, int]:
    """Where `quote` stands in `printed`, and how long; as much of its beginning as stands there. Length 0: nowhere.

    What lies between its beginning and its end may differ by a few letters: of some PDFs no reader gets all of them.
    """
    length = len(quote)
    while length >= min(_SHORTEST, len(quote)) and length:
        start = printed.find(quote[:length])
        if start < 0:
            length -= 1
            continue
        rest = printed[start + length : start + len(quote) + _LOST]
        for end in range(length + 1, len(quote) - _ENDING + 1):
            found = rest.find(quote[end:])
            if found >= 0:
                return start, length + found + len(quote) - end
        return start, length
    return 0, 0

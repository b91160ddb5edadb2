"""A page of a PDF as it was printed: the quote is marked where it stands, and a bad file harms nobody."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from ingest.errors import UnreadableFile
from ingest.readers.pdf_page import page_picture

LINES = ("Nivolumab was given to adults. The re-", "sponse rate was 31.7 % in the rst arm.", "Few patients stopped.")
QUOTE = "The response rate was 31.7% in the first arm."


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two pages of 600 x 800 points: the second has LINES at 700, 680 and 660 points from below."""
    file = tmp_path_factory.mktemp("pdf") / "printed.pdf"
    canvas = Canvas(str(file), pagesize=(600, 800))
    canvas.drawString(50, 700, "The first page.")
    canvas.showPage()
    for number, line in enumerate(LINES):
        canvas.drawString(50, 700 - 20 * number, line)
    canvas.save()
    return file


def marked(data: bytes) -> set[int]:
    """The heights, in whole points from below, at which something is highlighted."""
    picture = Image.open(io.BytesIO(data)).convert("RGB")
    scale = picture.height / 800
    return {
        round((picture.height - y) / scale)
        for y in range(picture.height)
        for x in range(0, picture.width, 3)
        if picture.getpixel((x, y)) == (255, 226, 122)
    }


def test_quote_over_two_lines_a_hyphen_and_lost_letters_is_marked_where_it_is_printed(printed: Path) -> None:
    heights = marked(page_picture(printed, 2, [QUOTE]))
    assert {702, 682} <= heights  # of "first", the PDF has lost the ligature
    assert not heights & set(range(655, 672))  # the third line is none of it
    assert min(heights) > 670
    assert max(heights) < 720


def test_a_quote_that_goes_on_overleaf_is_marked_as_far_as_it_stands_here(printed: Path) -> None:
    heights = marked(page_picture(printed, 2, ["Few patients stopped and all of the others went on to the end"]))
    assert heights == set()  # too little of it stands here to be sure
    assert 682 in marked(page_picture(printed, 2, [f"{QUOTE} Few patients stopped. It went on overleaf."]))


def test_a_quote_is_marked_to_its_end(printed: Path) -> None:
    picture = Image.open(io.BytesIO(page_picture(printed, 2, [QUOTE]))).convert("RGB")
    scale = picture.height / 800
    row = [picture.getpixel((x, round((800 - 682) * scale))) for x in range(picture.width)]
    last = max(x for x, colour in enumerate(row) if colour == (255, 226, 122)) / scale
    end = 50 + stringWidth(LINES[1], "Helvetica", 12)
    assert end - 8 < last < end + 4


def test_another_page_is_drawn_unmarked(printed: Path) -> None:
    assert marked(page_picture(printed, 1, [QUOTE])) == set()


@pytest.mark.parametrize("page", [0, 3, -1])
def test_a_page_that_is_not_there_is_said_to_be_none(printed: Path, page: int) -> None:
    with pytest.raises(UnreadableFile, match="cannot be drawn"):
        page_picture(printed, page, [])


def test_a_broken_file_is_said_to_be_broken(tmp_path: Path) -> None:
    file = tmp_path / "broken.pdf"
    file.write_bytes(b"%PDF-1.7\nnothing")
    with pytest.raises(UnreadableFile, match="cannot be drawn"):
        page_picture(file, 1, [])

"""The PDF reader, on papers that the tests print themselves: what it mends, what it leaves out, what it refuses."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pypdf
import pytest
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from ingest.errors import UnreadableFile
from ingest.papers import Paper
from ingest.readers.pdf import read
from ingest.readers.pdf_text import Words, clean, ends_sentence

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
WIDTH, HEIGHT = A4
BODY, BOLD, ITALIC = ("Times-Roman", 10.0), ("Helvetica-Bold", 10.5), ("Times-Italic", 10.0)

TITLE = "Clearance of an invented antibody in two invented cohorts"
BYLINE = "Ada Example1, Ben Sample2 and Cora van Muster1,2"
REFERENCE = "{n}. Nobody A, Noone B. A work that was never written on subject {n}. J Imagined Stud. 2011;{n}:1-9."


def sentences(topic: str, count: int) -> list[str]:
    """Different sentences of about 100 letters, so that each can be looked for."""
    words = (
        "infiltration",
        "pembrolizumab",
        "immunotherapy",
        "microenvironment",
        "hyperprogression",
        "pharmacokinetics",
    )
    return [
        f"For {topic} number {n} the investigators recorded {words[n % 6]} before treatment and {words[(n + 2) % 6]} "
        f"after cycle {n + 3} in all participants."
        for n in range(1, count + 1)
    ]


@dataclass
class Press:
    """Prints lines into columns; `interleaved` draws the two columns row by row, as some programs do."""

    columns: int = 2
    interleaved: bool = False
    head: str = "Example et al. Journal of Imagined Studies (2021) 7:42"
    canvas: Canvas = field(init=False)
    buffer: io.BytesIO = field(init=False)

    def __post_init__(self) -> None:
        self.buffer = io.BytesIO()
        self.canvas = Canvas(self.buffer, pagesize=A4)
        self.page = 1
        self.rows: list[tuple[float, float, str, tuple[str, float], float | None]] = []
        self.width = 495.0 if self.columns == 1 else 240.0
        self.top = HEIGHT - 90
        self.column, self.y = 0, self.top

    def front(self, title: str = TITLE, byline: str = BYLINE, doi: str = "10.5555/imagined.2021.42") -> None:
        y = self.top
        for text, font in (
            (title, ("Helvetica-Bold", 18.0)),
            (byline, ("Helvetica", 11.0)),
            (f"https://doi.org/{doi}", BODY),
        ):
            if text and not text.endswith("/"):
                for line in wrapped(text, font, 495, divide=False):
                    self.canvas.setFont(*font)
                    self.canvas.drawString(50, y, line)
                    y -= 1.3 * font[1]
                y -= 6
        self.top = self.y = y - 10

    def heading(self, text: str, font: tuple[str, float] = BOLD) -> None:
        self._need(40)
        self.y -= 8
        self._line(text, font)

    def paragraph(self, text: str, font: tuple[str, float] = BODY, indent: float = 10.0) -> None:
        lines = wrapped(text, font, self.width, indent=indent)
        for n, line in enumerate(lines):
            self._line(line, font, indent if n == 0 else 0.0, justify=n < len(lines) - 1)

    def caption_at_foot(self, text: str) -> None:
        """A float at the foot of the current column, which interrupts the text."""
        for line in wrapped(text, ("Helvetica", 8.0), self.width):
            self._line(line, ("Helvetica", 8.0))

    def break_column(self) -> None:
        self._need(10_000)

    def done(self) -> bytes:
        self._flush()
        self.canvas.save()
        return self.buffer.getvalue()

    def _line(self, text: str, font: tuple[str, float], indent: float = 0.0, justify: bool = False) -> None:
        self._need(12)
        x = 50 + self.column * (self.width + 15) + indent
        spread = None
        if justify and " " in text:
            spread = (self.width - indent - stringWidth(text, *font)) / text.count(" ")
        self.rows.append((x, self.y, text, font, spread))
        self.y -= 12

    def _need(self, space: float) -> None:
        if self.y - space >= 60 or not self.rows:
            return
        self.column += 1
        if self.column == self.columns:
            self._flush()
            self.column, self.top = 0, HEIGHT - 90
        self.y = self.top

    def _flush(self) -> None:
        rows = sorted(self.rows, key=lambda row: (-round(row[1]), row[0])) if self.interleaved else self.rows
        for x, y, text, font, spread in rows:
            drawn = self.canvas.beginText(x, y)
            drawn.setFont(*font)
            drawn.setWordSpace(spread or 0)
            drawn.textOut(text)
            self.canvas.drawText(drawn)
        self.canvas.setFont("Helvetica", 8)
        self.canvas.drawString(50, HEIGHT - 40, self.head)
        self.canvas.drawRightString(WIDTH - 50, 30, f"Page {self.page} of 9")
        self.canvas.showPage()
        self.page += 1
        self.rows = []


def wrapped(text: str, font: tuple[str, float], width: float, indent: float = 0.0, divide: bool = True) -> list[str]:
    """Lines of at most `width`; a long word that does not fit is divided by a hyphen."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        room = width - (indent if not lines else 0.0)
        longer = f"{line} {word}".strip()
        if stringWidth(longer, *font) <= room:
            line = longer
            continue
        half = len(word) // 2
        if divide and len(word) > 9 and word.isalpha() and stringWidth(f"{line} {word[:half]}-", *font) <= room:
            lines.append(f"{line} {word[:half]}-")
            line = word[half:]
        else:
            lines.append(line)
            line = word
    return [*lines, line]


def article(press: Press) -> bytes:
    """A whole article: abstract, four sections, a caption that interrupts a sentence, references, acknowledgements."""
    press.front()
    press.heading("Abstract")
    press.paragraph(" ".join(sentences("abstract", 3)), indent=0)
    for title, topic in (
        ("Introduction", "intro"),
        ("Methods", "method"),
        ("Results", "result"),
        ("Discussion", "point"),
    ):
        press.heading(title)
        if title == "Methods":
            press.heading("Study population", ("Helvetica-BoldOblique", 10.0))
        for start in range(0, 20, 5):
            press.paragraph(" ".join(sentences(topic, 20)[start : start + 5]))
    press.heading("References")
    for n in range(1, 12):
        press.paragraph(REFERENCE.format(n=n), ("Times-Roman", 8.0), indent=0)
    return press.done()


ALL = [
    sentence
    for topic, count in (("abstract", 3), ("intro", 20), ("method", 20), ("result", 20), ("point", 20))
    for sentence in sentences(topic, count)
]


@pytest.fixture
def reading(tmp_path: Path) -> Callable[[bytes], Paper]:
    def paper(data: bytes) -> Paper:
        path = tmp_path / "printed.pdf"
        path.write_bytes(data)
        return next(read(path))

    return paper


def refused(data: bytes, tmp_path: Path) -> str:
    path = tmp_path / "bad.pdf"
    path.write_bytes(data)
    with pytest.raises(UnreadableFile) as error:
        list(read(path))
    assert error.value.path == path
    assert "\n" not in str(error.value)
    return error.value.reason


@pytest.mark.parametrize("columns", [1, 2])
@pytest.mark.parametrize("interleaved", [False, True])
def test_every_sentence_is_whole_and_in_order(
    reading: Callable[[bytes], Paper], columns: int, interleaved: bool
) -> None:
    paper = reading(article(Press(columns=columns, interleaved=interleaved)))
    places = [paper.text.find(sentence) for sentence in ALL]
    assert [sentence for sentence, place in zip(ALL, places, strict=True) if place < 0] == []
    assert places == sorted(places)


def test_headings_become_sections_and_leave_the_text(reading: Callable[[bytes], Paper]) -> None:
    paper = reading(article(Press()))
    assert [(section.kind, section.title) for section in paper.sections] == [
        ("abstract", "Abstract"),
        ("introduction", "Introduction"),
        ("methods", "Methods > Study population"),
        ("results", "Results"),
        ("discussion", "Discussion"),
    ]
    assert "Study population" not in paper.text
    assert "Discussion" not in paper.text
    results = next(section for section in paper.sections if section.kind == "results")
    assert paper.text[results.start : results.end].split("\n\n") == [
        " ".join(sentences("result", 20)[start : start + 5]) for start in range(0, 20, 5)
    ]


def test_references_running_heads_and_page_numbers_are_left_out(reading: Callable[[bytes], Paper]) -> None:
    text = reading(article(Press())).text
    for gone in ("Nobody A", "never written", "Imagined Studies", "Page 2 of 9", "Ada Example", TITLE):
        assert gone not in text


def test_spans_of_sections_and_pages_lie_over_the_text(reading: Callable[[bytes], Paper]) -> None:
    paper = reading(article(Press()))
    for left, right in zip(paper.sections, paper.sections[1:], strict=False):
        assert paper.text[left.end : right.start] == "\n\n"
    assert paper.sections[0].start == 0
    assert paper.sections[-1].end == len(paper.text)
    assert [page.number for page in paper.pages] == list(range(1, len(paper.pages) + 1))
    assert paper.pages[0].start == 0
    assert paper.pages[-1].end == len(paper.text)
    assert all(a.end == b.start for a, b in zip(paper.pages, paper.pages[1:], strict=False))


def test_a_page_begins_with_its_first_word(reading: Callable[[bytes], Paper]) -> None:
    data = article(Press(columns=1))
    paper = reading(data)
    printed = pypdf.PdfReader(io.BytesIO(data)).pages[1].extract_text().replace("\n", " ")
    second = paper.pages[1]
    first_words = paper.text[second.start :].split()[:4]
    assert " ".join(first_words) in printed
    assert printed.index(" ".join(first_words)) < 80  # behind nothing but the running head


def test_title_doi_year_authors_and_journal_come_from_the_first_page(reading: Callable[[bytes], Paper]) -> None:
    paper = reading(article(Press()))
    assert paper.title == TITLE
    assert paper.doi == "10.5555/imagined.2021.42"
    assert paper.id == "doi:10.5555/imagined.2021.42"
    assert paper.year == 2021
    assert paper.authors == ("Ada Example", "Ben Sample", "Cora van Muster")
    assert paper.journal == "Journal of Imagined Studies"
    assert paper.source == "pdf"


def test_a_doi_among_the_references_is_not_the_papers_own(reading: Callable[[bytes], Paper]) -> None:
    press = Press()
    press.front(doi="")
    press.heading("Abstract")
    for start in range(0, 60, 5):
        press.paragraph(" ".join(sentences("abstract", 60)[start : start + 5]))
    press.break_column()
    press.heading("References")
    press.paragraph("1. Nobody A. A work. J Imagined Stud. 2011;1:1. doi:10.5555/another.2011.1", indent=0)
    paper = reading(press.done())
    assert paper.doi == ""
    assert paper.id.startswith("sha256:")


def test_trial_numbers_are_found(reading: Callable[[bytes], Paper]) -> None:
    press = Press(columns=1)
    press.front()
    press.heading("Abstract")
    press.paragraph(" ".join([*sentences("abstract", 6), "The trial is registered as NCT01234567 and ISRCTN12345678."]))
    assert reading(press.done()).trial_ids == ("NCT01234567", "ISRCTN12345678")


def test_a_caption_between_two_columns_does_not_break_the_sentence(reading: Callable[[bytes], Paper]) -> None:
    press = Press()
    press.front()
    press.heading("Abstract")
    press.paragraph(" ".join(sentences("abstract", 5)))
    press.heading("Results")
    press.paragraph("This sentence begins at the foot of the left column where a figure stands in its way and")
    press.caption_at_foot("Figure 1. Survival of invented participants by invented group over thirty months.")
    press.break_column()
    press.paragraph("continues at the top of the right column. " + " ".join(sentences("result", 20)), indent=0)
    paper = reading(press.done())
    assert "stands in its way and continues at the top of the right column." in paper.text
    figure = next(section for section in paper.sections if section.kind == "figure")
    assert figure.title == "Figure 1"
    assert (
        paper.text[figure.start : figure.end]
        == "Survival of invented participants by invented group over thirty months."
    )


def test_a_table_has_its_caption_and_a_line_for_each_row(reading: Callable[[bytes], Paper]) -> None:
    press = Press(columns=1)
    press.front()
    press.heading("Results")
    press.paragraph(" ".join(sentences("result", 8)))
    press._line("Table 1. Responses by group", ("Helvetica-Bold", 8.0))
    for row in (("Group", "Patients", "Responses"), ("Antibody", "120", "54"), ("Placebo", "118", "12")):
        for column, cell in enumerate(row):
            press.rows.append((50 + 150 * column, press.y, cell, ("Helvetica", 8.0), None))
        press.y -= 12
    press.y -= 6
    press.paragraph(" ".join(sentences("later result", 8)))
    paper = reading(press.done())
    table = next(section for section in paper.sections if section.kind == "table")
    assert table.title == "Table 1"
    assert paper.text[table.start : table.end] == (
        "Responses by group\n\nGroup; Patients; Responses\nAntibody; 120; 54\nPlacebo; 118; 12"
    )


def test_labels_within_the_abstract_name_its_parts(reading: Callable[[bytes], Paper]) -> None:
    press = Press(columns=1)
    press.front()
    press.heading("Abstract")
    for label in ("Background", "Methods", "Results", "Conclusions"):
        press.paragraph(f"{label}: " + " ".join(sentences(label.lower(), 2)), indent=0)
    press.heading("Introduction")
    press.paragraph(" ".join(sentences("intro", 8)))
    titles = [(section.kind, section.title) for section in reading(press.done()).sections]
    assert titles == [
        *(("abstract", f"Abstract > {label}") for label in ("Background", "Methods", "Results", "Conclusions")),
        ("introduction", "Introduction"),
    ]


def test_a_footnote_does_not_stand_in_the_sentence_it_interrupts(reading: Callable[[bytes], Paper]) -> None:
    press = Press()
    press.front()
    press.heading("Introduction")
    press.paragraph(" ".join(sentences("intro", 4)))
    press.paragraph("The last sentence of this column is not yet")
    press.paragraph(
        "* A footnote in small print that explains what the asterisk meant to the reader.", ("Times-Roman", 7.5)
    )
    press.break_column()
    press.paragraph("over, as its end stands here. " + " ".join(sentences("next", 20)), indent=0)
    assert "this column is not yet over, as its end stands here." in reading(press.done()).text


@pytest.mark.parametrize(
    ("before", "after", "joined"),
    [
        ("many inter", "ventions were", "many interventions were"),
        ("the follow", "up visit", "the follow-up visit"),  # the paper writes follow-up
        ("blocks PD", "L1 on", "blocks PD-L1 on"),
        ("a 12", "week course", "a 12-week course"),
        ("an intention-to", "treat basis", "an intention-to-treat basis"),
        ("with placebo", "controlled arms", "with placebo-controlled arms"),  # two words of the paper
    ],
)
def test_a_divided_word_keeps_its_hyphen_only_where_it_has_one(before: str, after: str, joined: str) -> None:
    words = Words(["at each follow-up visit they met", "all controlled trials had placebo arms then"])
    assert words.join(before, after, divided=True) == joined


def test_characters_that_no_reader_can_see_are_mended() -> None:
    assert clean("e\ufb03cacy\u00ad of\u00a0the\u200b \x02dr\ud800ug") == "efficacy of the drug"


def test_a_line_that_ends_a_sentence_may_carry_a_citation() -> None:
    assert ends_sentence("as shown before.[12,13]")
    assert ends_sentence("as shown before.”")
    assert not ends_sentence("as shown before by")


def test_an_encrypted_file_without_a_password_is_read(reading: Callable[[bytes], Paper]) -> None:
    assert ALL[0] in reading(encrypted(article(Press()), user="")).text


def test_an_encrypted_file_asks_for_a_copy_without_password(tmp_path: Path) -> None:
    assert "encrypted" in refused(encrypted(article(Press()), user="secret"), tmp_path)


def encrypted(data: bytes, user: str) -> bytes:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(data))
    writer.encrypt(user, "owner", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_a_scan_is_sent_to_ocr(tmp_path: Path) -> None:
    from PIL import Image

    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4)
    picture = Image.new("L", (60, 80), 200)
    for _ in range(3):
        canvas.drawInlineImage(picture, 0, 0, WIDTH, HEIGHT)
        canvas.showPage()
    canvas.save()
    assert "ocrmypdf" in refused(buffer.getvalue(), tmp_path)


def a_form() -> Iterator[str]:
    for name in ("Name", "Date of birth", "Address", "Signature"):
        yield f"{name}: ______________________"


def a_letter() -> Iterator[str]:
    for n in range(30):
        yield f"Dear neighbour number {n}, we would like to invite you to our garden this weekend. Please bring a cake."


def printed(lines: Sequence[str]) -> bytes:
    press = Press(columns=1, head="")
    for line in lines:
        press.paragraph(line)
    return press.done()


@pytest.mark.parametrize("lines", [list(a_form()), list(a_letter())], ids=["form", "letter"])
def test_what_is_no_paper_is_refused(lines: list[str], tmp_path: Path) -> None:
    assert refused(printed(lines), tmp_path).startswith("is not a paper")


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\n", b"not a PDF at all", article(Press())[:600]])
def test_empty_and_broken_files_are_refused(data: bytes, tmp_path: Path) -> None:
    reason = refused(data, tmp_path)
    assert "download it again" in reason


needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="needs the benchmark data in ../shared")


@needs_shared
@pytest.mark.parametrize("path", sorted((SHARED / "pdf_odd").glob("*.pdf")), ids=lambda path: path.stem)
def test_an_odd_file_gives_a_paper_or_a_reason(path: Path) -> None:
    start = time.monotonic()
    try:
        for paper in read(path):
            assert paper.sections
    except UnreadableFile as error:
        assert error.reason
    assert time.monotonic() - start < 20


@needs_shared
def test_articles_are_recovered_as_their_xml_has_them() -> None:
    from eval.bench.reading import GOAL_IN_ORDER, GOAL_RECOVERED, gold_sentences, longest_increasing, measured

    path = SHARED / "pdf_with_xml" / "trials_16_1_44.pdf"
    gold, _ = gold_sentences(path.with_suffix(".xml").read_bytes())
    positions, _ = measured(next(read(path)).text, gold)
    assert len(positions) / len(gold) >= GOAL_RECOVERED
    assert longest_increasing(positions) / len(positions) >= GOAL_IN_ORDER

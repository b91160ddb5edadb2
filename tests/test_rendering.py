"""What people see: wrapped on a terminal, one line a paragraph in a pipe, and nothing from a paper ever acts."""

from __future__ import annotations

import io
from dataclasses import replace

from rich.console import Console
from rich.text import Text

from ingest.papers import Chunk, Filters, Page, Paper, Section
from rag.answer import Answer, Citation, Claim, Disagreement, Passage, Side, Verdict
from ui.rendering import Block, answer_blocks, inert, paper_blocks, row, show

TEXT = "Response was seen in 44.8% of patients.\n\nMedian survival was 10.3 months, which was longer than expected."
PAPER = Paper(
    id="pmid:1",
    title="Pembrolizumab in lung cancer",
    text=TEXT,
    sections=(Section("results", "Results", 0, len(TEXT)),),
    source="pdf",
    authors=("A. Author", "B. Author"),
    journal="Journal of Tests",
    year=2016,
    doi="10.1000/j.test.1",
    pages=(Page(1, 0, 41), Page(2, 41, len(TEXT))),
)
DIGEST = replace(PAPER, id="pmid:2", source="digest", title="Nivolumab", pages=(), doi="", pmid="2", journal="")


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def citation(paper: Paper, start: int, end: int, number: int) -> Citation:
    chunk = Chunk(f"{paper.id}#0", paper.id, paper.sections[0], paper.page_at(0), 0, len(paper.text))
    return Citation(number, Passage(chunk, paper, paper.text, 1.0), paper.text[start:end], start, end)


def claim(text: str, *citations: Citation, reasons: tuple[str, ...] = ()) -> Claim:
    return Claim(text, citations, Verdict(not reasons, reasons))


FIRST = claim("Response was seen in 44.8% of patients.", citation(PAPER, 0, 39, 1), citation(DIGEST, 0, 39, 2))
SECOND = claim("Median survival was 10.3 months.", citation(PAPER, 41, len(TEXT), 1))
PASSAGES = tuple(citation.passage for citation in FIRST.citations)
ANSWER = Answer("What?", (FIRST, SECOND), PASSAGES, abstained=False, model="extractive")


def piped(blocks: list[Block]) -> str:
    stream = io.StringIO()
    show(Console(file=stream), blocks)
    return stream.getvalue()


def on_terminal(blocks: list[Block], width: int = 80, colour: bool = False) -> str:
    stream = Terminal()
    console = Console(file=stream, width=width, force_terminal=True, color_system="standard" if colour else None)
    show(console, blocks)
    return stream.getvalue()


def test_answer_in_a_pipe_is_one_line_a_paragraph() -> None:
    assert piped(answer_blocks(ANSWER)).splitlines() == [
        "Response was seen in 44.8% of patients. [1][2]",
        "",
        "Median survival was 10.3 months. [1]",
        "",
        "Sources",
        "[1]  A. Author et al. Pembrolizumab in lung cancer. Journal of Tests 2016. doi:10.1000/j.test.1",
        "       Results, page 1: “Response was seen in 44.8% of patients.”",
        "       Results, page 2: “Median survival was 10.3 months, which was longer than expected.”",
        "[2]  A. Author et al. immunorag digest of “Nivolumab”. 2016. PMID 2",
        "       Results: “Response was seen in 44.8% of patients.”",
        "",
        "evidence sentences, no LLM · 2 passages of 2 papers read",
        "For research; not medical advice.",
    ]


def test_answer_on_a_terminal_fits_its_width_with_hanging_indents() -> None:
    lines = on_terminal(answer_blocks(ANSWER), width=60).splitlines()
    assert max(map(len, lines)) <= 60
    at = next(index for index, line in enumerate(lines) if line.startswith("[1]  A. Author"))
    assert lines[at + 1].startswith("     ")
    assert lines[at + 1].strip()


def test_prose_is_no_wider_than_one_can_read_on_a_wide_terminal() -> None:
    assert max(map(len, on_terminal([Block(Text("word " * 200))], width=300).splitlines())) <= 100


def test_command_to_be_copied_is_not_broken() -> None:
    command = "immunorag ask --library " + "/very/long" * 20
    assert on_terminal([Block(Text(command), indent=2, wrap=False)], width=40).splitlines() == [f"  {command}"]


def test_prose_of_an_llm_is_one_paragraph_and_names_the_llm() -> None:
    output = piped(answer_blocks(replace(ANSWER, model="gpt-5-mini")))
    assert output.startswith("Response was seen in 44.8% of patients. [1][2] Median survival was 10.3 months. [1]\n")
    assert "written by gpt-5-mini, checked" in output


def test_abstention_says_so_and_shows_each_nearest_paper_once() -> None:
    answer = Answer("What?", (), (*PASSAGES, *PASSAGES), abstained=True, model="extractive")
    output = piped(answer_blocks(answer))
    assert output.startswith("The library does not hold an answer to this question.\n")
    assert output.count("Pembrolizumab in lung cancer") == 1
    assert "immunorag digest of “Nivolumab”" in output
    assert "immunorag ingest FOLDER" in output


def test_what_was_left_out_is_shown_with_its_reason() -> None:
    answer = replace(ANSWER, left_out=(claim("It was 99%.", reasons=("number not in the cited text: 99 %",)),))
    assert "It was 99%.  (number not in the cited text: 99 %)" in piped(answer_blocks(answer))


def test_retracted_and_doubted_papers_are_unmistakable() -> None:
    words = {"retracted": "RETRACTED", "concern": "EXPRESSION OF CONCERN", "corrected": "CORRECTED"}
    for status, word in words.items():
        paper = replace(PAPER, status=status)
        answer = replace(ANSWER, claims=(claim("So it is.", citation(paper, 0, 39, 1)),))
        assert f"[1]  {word}  A. Author" in piped(answer_blocks(answer))


def test_disagreeing_studies_stand_one_below_the_other_before_the_sources() -> None:
    trial = replace(PAPER, trials=("KEYNOTE-901",), design="phase 3 randomised trial", sample_size=1_200)
    sides = (Side("longer", citation(trial, 0, 39, 1)), Side("no difference", citation(DIGEST, 0, 39, 2)))
    apart = Disagreement("pembrolizumab", "overall survival", sides, ("line: untreated against pretreated",))
    lines = piped(answer_blocks(replace(ANSWER, disagreements=(apart,)))).splitlines()
    at = lines.index("Studies disagree: pembrolizumab, overall survival")
    assert lines[at + 1 : at + 6] == [
        "  longer         [1] KEYNOTE-901, phase 3 randomised trial, n = 1,200, 2016",
        "  no difference  [2] A. Author et al., 2016",
        "  what else differs: line: untreated against pretreated",
        "",
        "Sources",
    ]


def test_limits_end_the_answer_before_what_wrote_it() -> None:
    lines = piped(answer_blocks(replace(ANSWER, limits=("Rests on 2 trials.", "Both are old.")))).splitlines()
    assert lines[-5:-1] == [
        "Limits",
        "Rests on 2 trials. Both are old.",
        "",
        "evidence sentences, no LLM · 2 passages of 2 papers read",
    ]


def test_a_quote_from_mice_says_so_and_stays_word_for_word() -> None:
    mice = replace(PAPER, species=("mouse",), design="preclinical")
    answer = replace(ANSWER, claims=(claim("Tumours shrank.", citation(mice, 0, 39, 1)),))
    assert piped(answer_blocks(answer)).startswith("In mice: Tumours shrank. [1]\n")
    assert answer.claims[0].text == "Tumours shrank."


def test_markup_and_control_characters_of_a_paper_are_inert() -> None:
    title = "[bold red]Big[/] :smile: \x1b[31mred\x1b]8;;http://evil\x07link\x9b2J \u202eesrever\u2066\r\nnext\x00"
    paper = replace(PAPER, title=title, authors=("[link=http://evil]E[/link]",), journal="\x1b[2J")
    answer = replace(ANSWER, claims=(claim(f"{title} 44.8%", citation(paper, 0, 39, 1)),), model="\x1b[5mmodel")
    for output in (piped(answer_blocks(answer)), on_terminal(answer_blocks(answer)), piped(paper_blocks(paper))):
        assert "[bold red]Big[/] :smile:" in output
        for character in "\x1b\x07\x9b\x00\r\u202e\u2066":
            assert character not in output
    coloured = on_terminal(answer_blocks(answer), colour=True)
    assert "\x1b[5m" not in coloured
    assert "\x1b[2J" not in coloured
    assert "\x1b]8;;http://evil" not in coloured


def test_link_of_a_reference_is_made_of_a_true_doi_only() -> None:
    linked = on_terminal(answer_blocks(ANSWER), colour=True)
    assert ";https://doi.org/10.1000/j.test.1\x1b\\" in linked
    odd = replace(PAPER, doi="10.1000/x\x1b\\y")
    answer = replace(ANSWER, claims=(claim("So it is.", citation(odd, 0, 39, 1)),))
    assert "https://doi.org" not in on_terminal(answer_blocks(answer), colour=True)


def test_inert_keeps_letters_of_the_field() -> None:
    assert inert("anti–PD-1 IFN-γ 0·62 (≥50%) Åsa") == "anti–PD-1 IFN-γ 0·62 (≥50%) Åsa"
    assert inert("a\tb\n c\ud800d") == "a b c d"


def test_row_is_tab_separated_whatever_is_in_its_cells() -> None:
    stream = io.StringIO()
    row(Console(file=stream, width=20), "failed", "odd\tname\nof [a] file.pdf", "x" * 100)
    assert stream.getvalue() == f"failed\todd name of [a] file.pdf\t{'x' * 100}\n"


def test_paper_is_shown_with_identifiers_sections_and_what_it_is() -> None:
    output = piped(paper_blocks(DIGEST))
    assert "pmid:2" in output
    assert "This is immunorag's digest of the paper, not the paper itself." in output
    assert "  Results  results, 105 characters" in output


def test_what_was_understood_and_the_filters_stand_above_the_answer() -> None:
    answer = replace(ANSWER, understood="Does it\x1b[2J work?", filters=Filters(since=2020, species=("mouse",)))
    assert piped(answer_blocks(answer)).splitlines()[:4] == [
        "Understood as: Does it [2J work?",
        "Only papers: mouse; since 2020",
        "",
        "Response was seen in 44.8% of patients. [1][2]",
    ]
    assert piped(answer_blocks(replace(answer, abstained=True))).startswith("Understood as: ")

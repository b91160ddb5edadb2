"""An answer reads well, keeps its quotes, and never passes a digest off as the paper."""

from dataclasses import replace

from ingest.papers import Chunk, Filters, Page, Paper, Section
from rag.answer import Answer, Citation, Claim, Passage, Verdict
from rag.formats import reference, to_json, to_markdown

TEXT = "The response rate was 44.8%. Toxicity was lower."
SECTION = Section("results", "Results", 0, len(TEXT))
PAPER = Paper(
    "pmid:1", "A trial.", TEXT, (SECTION,), "pdf", ("Reck M", "Rodríguez-Abreu D"), "N Engl J Med", 2016, doi="10.1/x",
    pages=(Page(3, 0, len(TEXT)),),
)  # fmt: skip


def answer(paper: Paper = PAPER, abstained: bool = False) -> Answer:
    passage = Passage(Chunk("pmid:1#0", paper.id, SECTION, 3, 0, len(TEXT)), paper, TEXT, 0.03)
    first = Citation(1, passage, TEXT[:28], 0, 28)
    claims = (
        Claim("The response rate was 44.8%.", (first,), Verdict(passed=True)),
        Claim("It was well tolerated.", (first, Citation(1, passage, TEXT[29:], 29, 48)), Verdict(passed=True)),
    )
    return Answer("Does it work?", () if abstained else claims, (passage,), abstained, "extractive", {"total": 0.1})


def test_each_sentence_carries_its_marks_once() -> None:
    assert to_json(answer())["answer"] == "The response rate was 44.8%. [1] It was well tolerated. [1]"


def test_a_source_is_listed_once_with_each_quote_once() -> None:
    assert to_markdown(answer()).splitlines()[2:] == [
        "## Sources",
        "",
        "[1] Reck M et al. A trial. N Engl J Med 2016. doi:10.1/x",
        "",
        "> The response rate was 44.8%. (Results, page 3)",
        "> Toxicity was lower. (Results, page 3)",
    ]


def test_a_digest_is_never_passed_off_as_the_paper() -> None:
    digest = replace(PAPER, source="digest")
    assert reference(digest).startswith("Reck M et al. immunorag digest of “A trial.”")
    found = to_json(answer(digest))["claims"][0]["citations"][0]
    assert found["source"] == "digest"
    assert found["title"].startswith("immunorag digest of")


def test_an_abstention_names_what_is_nearest() -> None:
    assert "does not hold an answer" in to_markdown(answer(abstained=True))
    assert "- Reck M et al." in to_markdown(answer(abstained=True))
    assert to_json(answer(abstained=True))["claims"] == []


def test_offsets_point_into_the_papers_text() -> None:
    for claim in to_json(answer())["claims"]:
        for citation in claim["citations"]:
            assert TEXT[citation["start"] : citation["end"]] == citation["quote"]


def test_what_was_understood_and_the_filters_are_told_in_every_form() -> None:
    asked = replace(answer(), understood="Does nivolumab work?", filters=Filters(since=2020))
    assert to_json(asked)["understood"] == "Does nivolumab work?"
    assert to_json(asked)["filters"] == {"since": 2020}
    assert to_json(answer())["understood"] == "Does it work?"
    for one in (asked, replace(asked, abstained=True)):
        assert to_markdown(one).splitlines()[:4] == [
            "*Understood as: Does nivolumab work?*", "", "*Only papers: since 2020*", "",
        ]  # fmt: skip

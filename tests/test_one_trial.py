"""Three reports of one trial are one source with three data cuts, the newest first."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from ingest.library import Library
from ingest.papers import Paper
from rag.answer import Answer
from rag.assistant import Assistant
from rag.formats import to_json, to_markdown
from tests.embedders import HashEmbedder
from tests.made_papers import paper
from ui.rendering import answer_blocks, show

QUESTION = "What is the hazard ratio for overall survival with pembrolizumab in esophageal cancer?"


@pytest.fixture
def answer(tmp_path: Path) -> Iterator[Answer]:
    def report(number: int, year: int, ratio: str) -> Paper:
        return paper(
            number,
            f"In esophageal cancer the hazard ratio for overall survival with pembrolizumab was {ratio} in {year}.",
            title=f"Pembrolizumab in esophageal cancer (KEYNOTE-901): report of {year}",
            design="phase 3 randomised trial",
            trials=("KEYNOTE-901",),
            sample_size=600,
            year=year,
        )

    review = paper(
        4,
        "In esophageal cancer KEYNOTE-901 put the hazard ratio for overall survival with pembrolizumab at 0.70.",
        title="KEYNOTE-901 and other trials in esophageal cancer: a review",
        design="review",
        trials=("KEYNOTE-901",),
        year=2025,
    )
    others = [paper(number, f"Oxaliplatin caused neuropathy in cohort {number}.") for number in range(5, 13)]
    with Library.open(tmp_path / "library", embedder=HashEmbedder()) as library:
        library.add([report(1, 2019, "0.69"), report(2, 2024, "0.75"), report(3, 2021, "0.72"), review, *others])
        yield Assistant(library).ask(QUESTION)


def test_all_data_cuts_are_quoted_the_newest_first(answer: Answer) -> None:
    papers = [claim.citations[0].passage.paper for claim in answer.claims]
    assert [paper.year for paper in papers if paper.design != "review"] == [2024, 2021, 2019]
    assert papers[-1].design == "review"


def test_they_are_told_as_one_source(answer: Answer) -> None:
    assert answer.limits[0] == (
        "Rests on 1 randomised trial (600 patients) and 1 narrative review, published 2019 to 2025; "
        "3 reports are of KEYNOTE-901, which counts once."
    )
    trial, review = to_json(answer)["studies"]
    assert (trial["trials"], trial["numbers"]) == (["KEYNOTE-901"], [1, 2, 3])
    assert review["numbers"] == [4]


def test_later_numbers_say_whose_trial_they_report(answer: Answer) -> None:
    console = Console(record=True, width=200)
    show(console, answer_blocks(answer))
    assert console.export_text().count("the same trial as [1]") == 2
    assert to_markdown(answer).count("(the same trial as [1])") == 2

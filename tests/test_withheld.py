"""A retracted paper that would answer is named and not used; where it is asked for, it answers, flagged."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from ingest.library import Library
from ingest.papers import Filters, Notice
from rag.assistant import Assistant
from rag.formats import to_json, to_markdown
from tests.embedders import HashEmbedder
from tests.made_papers import paper
from ui.rendering import answer_blocks, show

QUESTION = "Does high TIGIT expression predict response to nivolumab in melanoma?"
BEST = "High TIGIT expression predicts response to nivolumab in melanoma."
SOUND = "In melanoma, response to nivolumab was seen in 40% of patients with high TIGIT expression."
NOTICE = Notice("pmid:1", "retracted", "Retraction Watch", "2024-06-26", "Duplication of images")


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library", embedder=HashEmbedder()) as opened:
        opened.add([paper(1, BEST), paper(2, SOUND), paper(3, "Oxaliplatin caused neuropathy in colon cancer.")])
        opened.heed([NOTICE])
        yield opened


def test_the_retracted_paper_that_fits_best_is_not_used_and_its_existence_is_mentioned(library: Library) -> None:
    answer = Assistant(library).ask(QUESTION)
    assert [claim.text for claim in answer.claims] == [SOUND]
    (left,) = answer.withheld
    assert (left.id, left.notices) == ("pmid:1", (NOTICE,))


def test_terminal_markdown_and_json_name_it_with_its_notice(library: Library) -> None:
    answer = Assistant(library).ask(QUESTION)
    notice = "Retraction Watch, 2024-06-26, Duplication of images"
    told = f"Not used, because it is retracted: Study 1. 2020. PMID 1 (notice: {notice})."
    console = Console(record=True, width=100)
    show(console, answer_blocks(answer))
    assert told in console.export_text()
    assert told in to_markdown(answer)
    (left,) = to_json(answer)["withheld"]
    assert (left["paper_id"], left["notices"][0]["reason"]) == ("pmid:1", "Duplication of images")


def test_an_abstention_names_it_too(library: Library) -> None:
    library.remove("pmid:2")
    answer = Assistant(library).ask(QUESTION)
    assert answer.abstained
    assert [paper.id for paper in answer.withheld] == ["pmid:1"]
    assert "Not used, because it is retracted" in to_markdown(answer)


def test_asked_for_it_answers_flagged(library: Library) -> None:
    answer = Assistant(library).ask(QUESTION, Filters(statuses=("retracted",)))
    assert [claim.text for claim in answer.claims] == [BEST]
    assert answer.withheld == ()
    assert answer.claims[0].citations[0].passage.paper.status == "retracted"
    assert answer.limits[1] == "It no longer stands undoubted."


def test_a_retracted_paper_on_something_else_is_not_mentioned(library: Library) -> None:
    assert Assistant(library).ask("Does oxaliplatin cause neuropathy in colon cancer?").withheld == ()


def test_filters_hold_for_what_is_withheld(library: Library) -> None:
    assert Assistant(library).ask(QUESTION, Filters(papers=("pmid:2",))).withheld == ()

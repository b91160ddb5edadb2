"""Two searches are better than one, and their order is what the formula says."""

from collections.abc import Iterator

import pytest

from ingest.library import Library
from ingest.papers import Filters
from rag.question import Question
from rag.retrieval import dense, fused, hybrid, lexical, reciprocal_rank_fusion
from tests.embedders import HashEmbedder
from tests.made_papers import paper

QUESTION = Question("pembrolizumab colitis")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with Library.open(tmp_path_factory.mktemp("retrieval") / "library", embedder=HashEmbedder()) as opened:
        opened.add(
            [
                paper(1, "Pembrolizumab caused colitis in a few of the patients."),
                paper(2, "Nivolumab caused pneumonitis in a few of the patients.", year=2010),
                paper(3, "Pembrolizumab was well tolerated by the patients."),
            ]
        )
        yield opened


def test_reciprocal_rank_fusion_by_hand() -> None:
    fused_scores = dict(reciprocal_rank_fusion([["a", "b"], ["b", "c"]], weights=[2, 1], c=60))
    assert fused_scores == pytest.approx({"a": 2 / 61, "b": 2 / 62 + 1 / 61, "c": 1 / 62})


def test_ties_keep_the_order_in_which_they_were_seen() -> None:
    assert [item for item, _ in reciprocal_rank_fusion([["a"], ["b"]])] == ["a", "b"]


def test_both_searches_find_the_chunk_that_holds_both_words(library: Library) -> None:
    for ranker in (dense(library), lexical(library), fused(dense(library), lexical(library))):
        assert ranker(QUESTION, 3)[0][0] == "pmid:1#0"


def test_passages_are_the_papers_own_text(library: Library) -> None:
    for passage in hybrid(library)(QUESTION, 3):
        assert passage.text == passage.paper.text[passage.chunk.start : passage.chunk.end]


def test_filters_hold_in_both_searches(library: Library) -> None:
    old = Question(QUESTION.text, Filters(until=2010))
    assert [passage.paper.id for passage in hybrid(library)(old, 3)] == ["pmid:2"]


@pytest.mark.parametrize("text", ['title:"x" AND (', "NOT OR AND", "a:b~2^3 [1 TO 2]", "\x00pembrolizumab", "🧬"])
def test_no_question_is_read_as_query_syntax(library: Library, text: str) -> None:
    hybrid(library)(Question(text + " pembrolizumab"), 3)

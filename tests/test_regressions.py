"""A change that makes answers worse fails, and the measures that tell of it are named.

The systems are real ones made worse: an assistant that reads one passage, a library indexed without titles and
sections, and an LLM's drafts shown without the checks. The questions and papers are few, made up, and alike enough
to be confused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from embedders import HashEmbedder
from langchain_core.language_models import FakeListChatModel
from made_papers import paper

from eval.baseline import read_baseline, write_baseline
from eval.benchmarks import Benchmark
from eval.compare import broken_floors, compared
from eval.harness import evaluated
from eval.questions import KeyFact
from eval.results import Asked, Cited, Comparison, Found, Reply, Run, Sentence
from eval.shelf import Shelf, shelved
from eval.summary import summarised
from eval.systems import Immunorag
from ingest.papers import Paper
from rag.assistant import Assistant
from rag.claims import bind, parse_draft
from rag.question import Question
from rag.retrieval import hybrid

DRUGS = (
    "pembrolizumab nivolumab ipilimumab atezolizumab durvalumab avelumab cemiplimab tremelimumab dostarlimab "
    "relatlimab camrelizumab toripalimab"
).split()


def trial(number: int, drug: str) -> Paper:
    """A paper whose title alone says which drug it is about; its answers stand in passages of their own."""
    texts = (
        f"The response rate was {30 + number}.5% in those treated. " + "Filler of the methods is told at length. " * 40,
        f"The rate of severe colitis was {5 + number}.2% in those treated. " + "Other events are told at length. " * 40,
    )
    return paper(number, " ".join(texts), title=f"{drug.capitalize()} in melanoma: response rate and severe colitis")


PAPERS = tuple(trial(number, drug) for number, drug in enumerate(DRUGS, start=1))
ASKED = tuple(
    Asked(
        f"q-{number:02}", f"What were the response rate and the rate of severe colitis of {drug} in melanoma?",
        f"pmid:{number}", gold=(f"pmid:{number}",),
        facts=(KeyFact(number=30.5 + number, unit="%"), KeyFact(number=5.2 + number, unit="%")),
    )
    for number, drug in enumerate(DRUGS, start=1)
)  # fmt: skip
BENCHMARK = Benchmark("own", "dev", ASKED, PAPERS)


@contextmanager
def opened(folder: Path, papers: Sequence[Paper] = PAPERS) -> Iterator[Shelf]:
    with shelved(replace(BENCHMARK, papers=tuple(papers)), folder, HashEmbedder(), lambda _: None) as shelf:
        yield shelf


def run_of(shelf: Shelf, passages: int = 8) -> Run:
    return evaluated(Immunorag(Assistant(shelf.library, passages=passages)), BENCHMARK, shelf)


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Run:
    folder = tmp_path_factory.mktemp("good")
    with opened(folder) as shelf:
        write_baseline(run_of(shelf), folder / "baseline.json")
    return read_baseline(folder / "baseline.json")


def against(good: Run, run: Run) -> Comparison:
    return compared(good, run, "baseline")


class Unchecked:
    """What an LLM drafts over the passages, shown as it is.

    Every other draft says a number that stands nowhere, every third something that its passage does not speak of.
    """

    name = "immunorag"

    def __init__(self, shelf: Shelf) -> None:
        self._retrieve = hybrid(shelf.library)

    def replies(self, asked: Sequence[Asked]) -> Iterator[Reply]:
        for number, one in enumerate(asked):
            passages = self._retrieve(Question(one.text), 8)
            draft = f"The response rate was {'99.9%' if number % 2 else 'told'} in those treated [1]."
            draft += "" if number % 3 else f" Insurers tripled prices of {DRUGS[number]} everywhere [1]."
            model = FakeListChatModel(responses=[draft])
            claims = [bind(sentence, passages) for sentence in parse_draft(str(model.invoke(one.text).content))]
            yield Reply(
                tuple(
                    Sentence(claim.text, tuple(Cited(cited.passage.paper.id, cited.quote) for cited in claim.citations))
                    for claim in claims
                ),
                tuple(Found(passage.paper.id, passage.text) for passage in passages),
            )


def test_the_same_system_is_the_same_in_every_measure(good: Run, tmp_path: Path) -> None:
    with opened(tmp_path) as shelf:
        comparison = against(good, run_of(shelf))
    assert comparison.worse == ()
    assert {change.trend for change in comparison.changes} == {"same"}
    assert all(change.flips == () for change in comparison.changes)


def test_an_assistant_that_reads_one_passage_says_less_of_what_it_finds(good: Run, tmp_path: Path) -> None:
    with opened(tmp_path) as shelf:
        assert against(good, run_of(shelf, passages=1)).worse == ("key_fact_recall",)


def test_a_library_indexed_without_context_no_longer_finds(good: Run, tmp_path: Path) -> None:
    bare = [replace(one, title="", sections=tuple(replace(part, title="") for part in one.sections)) for one in PAPERS]
    with opened(tmp_path, bare) as shelf:
        worse = against(good, run_of(shelf)).worse
    assert {"recall@1", "recall@5", "MRR@10", "nDCG@10", "answered"} <= set(worse)
    assert not {"unsupported_sentences", "wrong_numbers"} & set(worse)


def test_drafts_shown_unchecked_are_told_by_their_sentences_and_numbers(good: Run, tmp_path: Path) -> None:
    with opened(tmp_path) as shelf:
        run = evaluated(Unchecked(shelf), BENCHMARK, shelf)
    worse = against(good, run).worse
    assert {"unsupported_sentences", "wrong_numbers", "key_fact_recall"} <= set(worse)
    assert not {name for name in worse if name.startswith(("recall", "MRR", "nDCG"))}
    assert broken_floors(summarised(run)) == (
        "4 unsupported sentences shown, 0 allowed", "6 wrong numbers shown, 0 allowed",
    )  # fmt: skip

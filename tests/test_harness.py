"""A run of questions over a small library: what is asked, graded, kept, and gone on with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from embedders import HashEmbedder
from made_papers import paper

from eval.benchmarks import Benchmark
from eval.compare import compared
from eval.harness import evaluated, kept_for
from eval.questions import KeyFact
from eval.remembering import Remembering
from eval.results import Asked, Reply
from eval.runs import RunError
from eval.shelf import Shelf, shelved
from eval.suites import SuiteError
from eval.systems import Filed, Immunorag, Peer, rooms
from rag.assistant import Assistant

RESPONSE = "Pembrolizumab led to a response rate of 44.8% in PD-L1-positive lung cancer."
TOXICITY = "Severe colitis occurred in 12 of 40 patients given ipilimumab for melanoma."
BENCHMARK = Benchmark(
    "own",
    "dev",
    (
        Asked(
            "q-1", "What response rate did pembrolizumab have in PD-L1-positive lung cancer?", "pmid:1",
            gold=("pmid:1",), facts=(KeyFact(number=44.8, unit="%"),),
        ),
        Asked("q-2", "And with ipilimumab?", "pmid:2", gold=("pmid:2",),
              standalone="How many patients given ipilimumab for melanoma had severe colitis?",
              history=("Who had colitis?",), facts=(KeyFact(("12 of 40",)),)),
        Asked("u-1", "What is the capital of France?", "u-1", kind="unanswerable", expected="abstain"),
    ),
    (paper(1, RESPONSE), paper(2, TOXICITY)),
)  # fmt: skip


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    with shelved(BENCHMARK, tmp_path / "work", Remembering(HashEmbedder()), lambda _: None) as opened:
        yield opened


class Stopping:
    """A system that is cut off after so many replies, and notes what it is asked."""

    name = "stopping"

    def __init__(self, after: int) -> None:
        self.after, self.asked = after, list[str]()

    def replies(self, asked: Sequence[Asked]) -> Iterator[Reply]:
        for number, one in enumerate(asked):
            if number == self.after:
                raise KeyboardInterrupt
            self.asked.append(one.id)
            yield Reply(confidence=float(number))


def test_a_run_asks_and_grades_every_question(shelf: Shelf) -> None:
    run = evaluated(Immunorag(Assistant(shelf.library)), BENCHMARK, shelf, settings={"llm": None}, seed=3)
    assert [result.asked.id for result in run.results] == ["q-1", "q-2", "u-1"]
    assert [result.reply.answered for result in run.results] == [True, True, False]
    assert [result.told for result in run.results] == [(True,), (True,), ()]
    assert all(result.values["recall@1"] == 1 for result in run.results[:2])
    assert all(result.problems == () for result in run.results)
    assert all(result.reply.seconds for result in run.results)
    assert (run.settings["papers"], run.settings["llm"], run.seed) == (2, None, 3)
    assert run.titles == {one.id: one.title for one in BENCHMARK.papers}


def test_two_runs_are_the_same_in_every_measure(shelf: Shelf) -> None:
    one, other = (evaluated(Immunorag(Assistant(shelf.library)), BENCHMARK, shelf) for _ in range(2))
    changes = compared(one, other, "itself").changes
    assert {"recall@5", "key_fact_recall", "answered", "AURC"} <= {change.measure for change in changes}
    assert all(change.trend == "same" and change.difference == 0 for change in changes)


def test_a_run_that_was_cut_off_goes_on_where_it_was(shelf: Shelf, tmp_path: Path) -> None:
    kept = tmp_path / "replies.jsonl"
    first = Stopping(after=1)
    with pytest.raises(KeyboardInterrupt):
        evaluated(first, BENCHMARK, shelf, kept=kept)
    assert len(kept.read_text(encoding="utf-8").splitlines()) == 1
    second = Stopping(after=9)
    run = evaluated(second, BENCHMARK, shelf, kept=kept)
    assert second.asked == ["q-2", "u-1"]
    assert [result.reply.confidence for result in run.results] == [0.0, 0.0, 1.0]
    assert not kept.exists()


def test_half_a_line_of_a_killed_run_is_cut_off(shelf: Shelf, tmp_path: Path) -> None:
    kept = tmp_path / "replies.jsonl"
    kept.write_text('{"id": "q-1", "confidence": 0.5}\n{"id": "q-2", "conf', encoding="utf-8")
    run = evaluated(Stopping(after=9), BENCHMARK, shelf, kept=kept)
    assert [result.reply.confidence for result in run.results] == [0.5, 0.0, 1.0]


def test_what_is_kept_belongs_to_the_questions_and_the_settings(tmp_path: Path) -> None:
    same = kept_for(tmp_path, "immunorag", BENCHMARK, {"passages": 8})
    assert kept_for(tmp_path, "immunorag", BENCHMARK, {"passages": 8}) == same
    assert kept_for(tmp_path, "immunorag", BENCHMARK, {"passages": 1}) != same
    assert kept_for(tmp_path, "immunorag", BENCHMARK.limited(1), {"passages": 8}) != same


def test_a_question_on_a_paper_that_could_not_be_read_is_named(shelf: Shelf) -> None:
    strange = replace(BENCHMARK, asked=(replace(BENCHMARK.asked[0], gold=("pmid:9",)),))
    with pytest.raises(SuiteError, match=r"q-1: its paper pmid:9"):
        evaluated(Stopping(after=9), strange, shelf)


def test_a_file_of_another_system_is_graded_by_the_same_rules(shelf: Shelf, tmp_path: Path) -> None:
    file = tmp_path / "other.jsonl"
    file.write_text(
        '{"system": "other"}\n'
        '{"id": "q-1", "sentences": [{"text": "The response rate was 48.4% with pembrolizumab.", "citations":'
        ' [{"paper": "doi:10.1000/ABC", "quote": "response rate of 44.8%"}]}],'
        ' "found": [{"paper": "doi:10.1000/ABC"}]}\n',
        encoding="utf-8",
    )
    system = Filed(file, {"doi:10.1000/ABC": "pmid:1", "pmid:1": "pmid:1"})
    run = evaluated(system, BENCHMARK, shelf)
    assert run.system == "other"
    assert run.results[0].values["wrong_numbers"] == 1
    assert run.results[0].values["citation_precision"] == run.results[0].values["recall@1"] == 1
    assert run.results[1].reply.failure == "is not in the file"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"sentences": []}\n', "line 1: is no answer"),
        ('{"id": "q", "sentences": "none"}\n', "line 1: is no answer"),
        ('{"id": "q"}\n{"id": "q"}\n', "line 2: answers 'q' a second time"),
    ],
)
def test_a_file_of_another_shape_is_named(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "other.jsonl").write_text(text, encoding="utf-8")
    with pytest.raises(RunError, match=message):
        Filed(tmp_path / "other.jsonl", {})


def test_the_tutorial_shows_as_many_characters_as_we_do_and_the_median_where_we_show_none(
    shelf: Shelf, tmp_path: Path
) -> None:
    from eval.tutorial import Tutorial

    ours = [result.reply for result in evaluated(Immunorag(Assistant(shelf.library)), BENCHMARK, shelf).results]
    room = rooms(BENCHMARK.asked, ours)
    assert room["u-1"] == (room["q-1"] + room["q-2"]) // 2
    embedder = HashEmbedder()
    tutorial = Tutorial(tmp_path / "tutorial", lambda texts: embedder.embed(texts).tolist())
    for one in BENCHMARK.papers:
        tutorial.add_chunks(one.id, [one.text])
    run = evaluated(Peer(tutorial, room), BENCHMARK, shelf)
    assert [len(result.reply.text) for result in run.results] == [
        min(room[one.id], len(BENCHMARK.papers[0].text) + len(BENCHMARK.papers[1].text) + 1) for one in BENCHMARK.asked
    ]
    assert all(result.reply.confidence is not None and result.reply.seconds for result in run.results)
    assert run.results[0].values["unsupported_sentences"] == 0

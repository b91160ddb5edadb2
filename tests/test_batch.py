"""Many questions at once get the same care, and one at a time what comes about is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from embedders import HashEmbedder
from langchain_core.language_models import FakeListChatModel
from made_papers import paper

from ingest.errors import BadQuestion, EmptyLibrary
from ingest.library import Library
from ingest.papers import Filters
from rag.answer import Answer, Unanswered
from rag.assistant import Assistant
from rag.events import Drafting, Finished, Found, LeftOut, Sentence

RESPONSE = "Pembrolizumab led to a response rate of 44.8% in PD-L1-positive lung cancer."
TOXICITY = "Severe colitis occurred in 12 of 40 patients given ipilimumab for melanoma."
QUESTIONS = (
    "What response rate did pembrolizumab have in PD-L1-positive lung cancer?",
    "How many patients given ipilimumab for melanoma had severe colitis?",
    "What is the capital of France?",
    "What response rate did pembrolizumab have in lung cancer and how many patients given ipilimumab had colitis?",
)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library", embedder=HashEmbedder()) as opened:
        opened.add([paper(1, RESPONSE), paper(2, TOXICITY)])
        yield opened


def timeless(answer: Answer | Unanswered) -> Answer | Unanswered:
    return replace(answer, timings={}) if isinstance(answer, Answer) else answer


def test_a_batch_gives_what_single_questions_give_in_their_order(library: Library) -> None:
    assistant = Assistant(library)
    singly = [timeless(assistant.ask(question)) for question in QUESTIONS]
    assert [timeless(answer) for answer in assistant.ask_batch(QUESTIONS)] == singly
    assert [answer.abstained for answer in singly if isinstance(answer, Answer)] == [False, False, True, False]


def test_a_batch_embeds_no_sentence_twice(library: Library) -> None:
    embedder = library.embedder
    assert isinstance(embedder, HashEmbedder)
    before = embedder.seen
    list(Assistant(library).ask_batch([QUESTIONS[0]] * 20))
    assert embedder.seen - before == 4  # the question as it is searched for and as it is weighed, and both sentences


def test_a_batch_is_lazy_and_one_failure_stops_no_other(library: Library) -> None:
    taken: list[int] = []

    def asked() -> Iterator[str]:
        for number in range(1000):
            taken.append(number)
            yield "" if number == 1 else QUESTIONS[0]

    answers = Assistant(library).ask_batch(asked())
    first, second, third = (next(answers) for _ in range(3))
    assert isinstance(first, Answer)
    assert isinstance(second, Unanswered)
    assert "the question is empty" in second.reason
    assert isinstance(third, Answer)
    assert len(taken) < 200


def test_a_batch_with_an_llm_asks_several_at_once_and_keeps_the_order(library: Library) -> None:
    model = FakeListChatModel(responses=["Pembrolizumab led to a response rate of 44.8% [1]."], sleep=0.01)
    found = list(Assistant(library, model).ask_batch([QUESTIONS[0], "", QUESTIONS[2]] * 3, concurrency=3))
    assert [type(answer).__name__ for answer in found] == ["Answer", "Unanswered", "Answer"] * 3
    assert [answer.question for answer in found] == [QUESTIONS[0], "", QUESTIONS[2]] * 3


def test_an_empty_library_has_no_batch(tmp_path: Path) -> None:
    with Library.open(tmp_path / "empty", embedder=HashEmbedder()) as empty:
        with pytest.raises(EmptyLibrary):
            Assistant(empty).ask_batch(QUESTIONS)
        with pytest.raises(EmptyLibrary):
            Assistant(empty).stream(QUESTIONS[0])


def test_a_stream_tells_the_passages_then_each_checked_sentence_then_the_answer(library: Library) -> None:
    assistant = Assistant(library)
    found, sentence, finished = assistant.stream(QUESTIONS[0])
    assert isinstance(found, Found)
    assert isinstance(sentence, Sentence)
    assert isinstance(finished, Finished)
    assert timeless(finished.answer) == timeless(assistant.ask(QUESTIONS[0]))
    assert (found.passages, (sentence.claim,)) == (finished.answer.passages, finished.answer.claims)


def test_a_sentence_of_an_llm_is_told_before_the_next_is_written_and_only_if_it_passed(library: Library) -> None:
    text = (
        "Pembrolizumab led to a response rate of 44.8% in lung cancer [1]. Pembrolizumab led to 99.9% [1]. The end [1]."
    )
    model = FakeListChatModel(responses=[text, "NOT IN THE LIBRARY"])
    heard = list(Assistant(library, model).stream(QUESTIONS[0]))
    assert [type(event) for event in heard] == [Found, Drafting, Sentence, Drafting, LeftOut, LeftOut, Finished]
    (told,) = (event.claim for event in heard if isinstance(event, Sentence))
    assert told.text == "Pembrolizumab led to a response rate of 44.8% in lung cancer."
    finished = heard[-1]
    assert isinstance(finished, Finished)
    assert finished.answer.claims == (told,)


def test_a_stream_raises_what_asking_raises_and_may_be_left(library: Library) -> None:
    with pytest.raises(BadQuestion):
        Assistant(library).stream(" ")
    left = Assistant(library).stream(QUESTIONS[0], Filters())
    next(left)
    left.close()  # type: ignore[attr-defined]
    assert Assistant(library).ask(QUESTIONS[0]).claims


def test_what_failed_goes_back_once_with_the_reason_and_what_passes_then_is_added(library: Library) -> None:
    wrong, right = (
        "Pembrolizumab led to a response rate of 54.8% [1].",
        "Pembrolizumab led to a response rate of 44.8% [1].",
    )
    answer = Assistant(library, FakeListChatModel(responses=[wrong, right])).ask(QUESTIONS[0])
    assert [claim.text for claim in answer.claims] == ["Pembrolizumab led to a response rate of 44.8%."]
    assert [claim.text for claim in answer.left_out] == ["Pembrolizumab led to a response rate of 54.8%."]
    first, second = answer.exchanges
    assert "54.8" not in first.prompt
    assert "number not in the cited text: 54.8 %" in second.prompt
    assert second.reply == right


def test_an_llm_that_writes_nothing_is_stood_in_for_and_the_answer_says_so(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    answer = Assistant(library, FakeListChatModel(responses=[""])).ask(QUESTIONS[0])
    assert answer.model == "extractive"
    assert [claim.text for claim in answer.claims] == [RESPONSE]
    (remark,) = answer.remarks
    assert "did not answer" in remark
    assert "evidence sentences" in remark


def test_a_question_of_two_parts_is_answered_part_by_part(library: Library) -> None:
    answer = Assistant(library).ask(QUESTIONS[3])
    assert len(answer.parts) == 2
    assert {claim.text for claim in answer.claims} == {RESPONSE, TOXICITY}
    half = Assistant(library).ask("What is the capital of France and what response rate did pembrolizumab have?")
    assert [claim.text for claim in half.claims] == [RESPONSE]
    assert half.remarks == ("the library holds no answer to this part: What is the capital of France?",)

"""An answer without an LLM: understandable, without repetition, and led by what decides it."""

from dataclasses import replace

import numpy as np

from rag.answer import Passage
from rag.evidence import Evidence
from rag.question import Question
from rag.quoting import quoted
from tests.passages import passage

OPEN = Question("What is known of survival?")


def evidence(found: list[Passage], *, score: float = 1.0, **scores: float) -> list[Evidence]:
    """Each sentence of one-paper passages, alike to no other; `scores` are by the first word of a sentence."""
    items: list[Evidence] = []
    for number, one in enumerate(found, start=1):
        start = 0
        for text in one.text.split("  "):
            vector = np.eye(64, dtype=np.float32)[len(items)]
            at = scores.get(text.split()[0], score)
            items.append(Evidence(number, one.paper.id, start, start + len(text), text, 0.8, 0.8, at, vector))
            start += len(text) + 2
    return items


def texts(question: Question, found: list[Passage], **scores: float) -> list[str]:
    return [item.text for item in quoted(question, evidence(found, **scores), found)]


def test_the_best_paper_comes_first_and_is_read_in_its_own_order() -> None:
    found = [passage(1, "Alpha survived longer.  Beta died of sepsis."), passage(2, "Gamma recovered fully.")]
    told = texts(OPEN, found, Alpha=0.9, Beta=1.0, Gamma=0.95)
    assert told == ["Alpha survived longer.", "Beta died of sepsis.", "Gamma recovered fully."]


def test_what_was_said_in_nearly_the_same_words_is_not_said_again() -> None:
    found = [
        passage(1, "Nivolumab prolonged survival in melanoma."),
        passage(2, "In melanoma nivolumab prolonged survival."),
    ]
    assert len(texts(OPEN, found)) == 1


def test_one_paper_gives_at_most_three_sentences() -> None:
    found = [passage(1, "Alpha rose twice.  Beta fell slowly.  Gamma held still.  Delta grew fast.")]
    assert len(texts(OPEN, found)) == 3


def test_what_is_far_from_the_question_is_not_quoted_to_fill_up() -> None:
    found = [passage(1, "Alpha rose twice."), passage(2, "Beta fell slowly.")]
    near, far = evidence(found)
    assert quoted(OPEN, [near, replace(far, cosine=-0.8)], found) == [near]


def test_a_sentence_that_hangs_on_the_one_before_brings_it_along() -> None:
    text = "Pembrolizumab was given to smokers. These patients responded twice as often."
    found = [passage(1, text)]
    start = text.index("These")
    item = replace(evidence(found)[0], start=start, text=text[start:])
    (quote,) = quoted(OPEN, [item], found)
    assert (quote.start, quote.text) == (0, text)


def test_a_sentence_whose_antecedent_is_out_of_sight_is_left() -> None:
    assert texts(OPEN, [passage(1, "These patients responded twice as often.")]) == []


def test_a_yes_or_no_question_is_led_by_what_decides_it() -> None:
    question = Question("Does drug alpha improve survival in melanoma?")
    found = [
        passage(1, "Survival in melanoma is what alpha was tested for."),
        passage(2, "Drug alpha did not improve survival in melanoma."),
        passage(3, "No survival benefit of drug alpha came out in melanoma."),
    ]
    assert texts(question, found)[0] == "Drug alpha did not improve survival in melanoma."


def test_another_drugs_result_does_not_fill_up_the_answer() -> None:
    question = Question("Does nivolumab improve survival?")
    found = [passage(1, "Nivolumab improved survival greatly."), passage(2, "Ipilimumab prolonged survival somewhat.")]
    assert texts(question, found, Nivolumab=0.7, Ipilimumab=0.7) == ["Nivolumab improved survival greatly."]

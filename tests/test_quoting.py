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


def test_one_paper_gives_at_most_five_sentences() -> None:
    told = "Alpha rose twice.  Beta fell slowly.  Gamma held still.  Delta grew fast.  Eta sank low.  Zeta came back."
    assert len(texts(OPEN, [passage(1, told)])) == 5


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


def designed(number: int, text: str, design: str, **more: object) -> Passage:
    found = passage(number, text)
    return replace(found, paper=replace(found.paper, design=design, **more))  # type: ignore[arg-type]


def test_of_what_answers_about_equally_well_the_stronger_study_comes_first() -> None:
    found = [
        designed(1, "Alpha survived longer.", "cohort study"),
        designed(2, "Beta recovered fully.", "meta-analysis"),
        designed(3, "Gamma died early.", "preclinical", species=("mouse",)),
    ]
    told = texts(OPEN, found, Alpha=1.0, Beta=0.97, Gamma=1.02)
    assert told == ["Beta recovered fully.", "Alpha survived longer.", "Gamma died early."]


def test_a_cohort_that_answers_does_not_lose_to_a_meta_analysis_on_something_else() -> None:
    found = [
        designed(1, "Alpha survived longer.", "cohort study"),
        designed(2, "Beta recovered fully.", "meta-analysis"),
    ]
    assert texts(OPEN, found, Alpha=1.0, Beta=0.8)[0] == "Alpha survived longer."


def test_reports_of_one_trial_stand_together_the_newest_data_first() -> None:
    trial = {"trials": ("KEYNOTE-901",)}
    found = [
        designed(1, "Alpha reached 0.69 then.", "randomised trial", year=2019, **trial),
        designed(2, "Beta fell.", "randomised trial"),
        designed(3, "Gamma reached 0.75 now.", "randomised trial", year=2024, **trial),
    ]
    told = texts(OPEN, found, Alpha=1.0, Beta=0.99, Gamma=0.98)
    assert told == ["Gamma reached 0.75 now.", "Alpha reached 0.69 then.", "Beta fell."]


def test_another_data_cut_of_a_trial_is_no_repetition() -> None:
    words = "Pembrolizumab prolonged survival in melanoma, hazard ratio"
    cuts = [
        designed(number, f"{words} {ratio}.", "randomised trial", year=2018 + number, trials=("KEYNOTE-901",))
        for number, ratio in ((1, "0.69"), (2, "0.75"))
    ]
    assert texts(OPEN, cuts) == [f"{words} 0.75.", f"{words} 0.69."]
    assert len(texts(OPEN, [cuts[0], designed(3, f"{words} 0.69.", "randomised trial", trials=("KEYNOTE-901",))])) == 1

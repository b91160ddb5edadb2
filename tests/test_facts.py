"""Whether an answer says what it has to say."""

from __future__ import annotations

import pytest

from eval.facts import decided, says
from eval.questions import KeyFact


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Liver metastases and low albumin went with death.", True),
        ("Lower albumin did.", True),
        ("Prealbumin did.", False),
    ],
)
def test_any_wording_says_a_fact_but_not_within_a_word(text: str, told: bool) -> None:
    assert says(text, KeyFact(("lower albumin", "albumin"))) is told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("The hazard ratio was 2.07 (1.5 to 2.8).", True),
        ("Death came sooner (HR 2.07).", True),
        ("The hazard ratio was 2.08.", False),
        ("The hazard ratio was high. It was 2.07.", False),
    ],
)
def test_a_number_is_said_in_a_sentence_with_its_unit(text: str, told: bool) -> None:
    assert says(text, KeyFact(number=2.07, unit="hazard ratio")) is told


def test_a_number_within_its_tolerance_is_right() -> None:
    assert says("They lived 7.4 months.", KeyFact(number=7.5, unit="months", tolerance=0.1))
    assert not says("They lived 7.3 months.", KeyFact(number=7.5, unit="months", tolerance=0.1))


def test_a_share_needs_its_sign() -> None:
    assert says("55% had severe toxicity.", KeyFact(number=55, unit="%"))
    assert not says("55 people had severe toxicity, 12% of all.", KeyFact(number=55, unit="%"))


def test_patients_are_people() -> None:
    assert says("The registry held 169 patients.", KeyFact(number=169, unit="people"))


@pytest.mark.parametrize(
    ("question", "text", "verdict"),
    [
        ("Is it better?", "No: it failed.", "no"),
        ("Does it prolong survival?", "Survival was longer with it.", "yes"),
        ("Does it prolong survival?", "Survival was not longer with it. It was cheap.", "no"),
        ("Does it prolong survival?", "Survival was shorter with it.", "no"),
        ("Does it work?", "It not only worked, it was cheap.", "yes"),
        ("Does it work?", "It worked. It was not cheap.", "yes"),
    ],
)
def test_the_first_sentence_decides(question: str, text: str, verdict: str) -> None:
    assert decided(question, text) == verdict


def test_maybe_is_said_only_where_it_is_an_answer() -> None:
    text = "Whether it works is unclear."
    assert decided("Does it work?", text, maybe=True) == "maybe"
    assert decided("Does it work?", text) == "yes"

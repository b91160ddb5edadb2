"""The numbers of a text, each worked out by eye."""

from __future__ import annotations

import pytest

from eval.numerals import Numeral, foreign, numerals


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("HR 0.62 (95% CI 0.45-0.78; p<0.001)", [0.62, 95, 0.45, 0.78, 0.001]),
        ("a hazard ratio of 0·62 in 1,274 people", [0.62, 1274]),
        ("p=.04", [0.04]),
        ("PD-1, CD8, KEYNOTE-024, IL-6 and anti-PD-L1 are names", []),
        ("305 patients, 154 of them in arm A", [305, 154]),
        ("from 2015 to 2017.", [2015, 2017]),
    ],
)
def test_numbers_are_read_and_names_are_not(text: str, values: list[float]) -> None:
    assert [one.value for one in numerals(text)] == values


def test_a_share_is_told_from_a_count() -> None:
    assert numerals("45% of 20 patients") == [Numeral(45, True, "45"), Numeral(20, False, "20")]
    assert numerals("45 per cent")[0].percent is True


def test_the_first_of_two_shares_may_be_one() -> None:
    assert [one.percent for one in numerals("between 3 and 5% of them")] == [None, True]
    assert [one.percent for one in numerals("44.8% versus 27.8% of people")] == [True, True]


def test_a_number_that_stands_nowhere_is_foreign() -> None:
    assert foreign("Median survival was 12.1 months.", "Median survival was 11.2 months.") == ["12.1"]


def test_a_share_does_not_rest_on_a_count() -> None:
    assert foreign("12% responded.", "After 12 months, 30% responded.") == ["12%"]
    assert foreign("They lived 30 months.", "After 12 months, 30% responded.") == ["30"]


def test_a_share_may_rest_on_a_table_without_a_percent_sign() -> None:
    assert foreign("Fatigue occurred in 26.6%.", "fatigue, n (%): 41 (26.6)") == []


def test_digits_may_rest_on_words_and_thousands_on_either_form() -> None:
    assert foreign("2 of 10 responded.", "Two of ten responded.") == []
    assert foreign("1274 people", "1,274 people") == []


def test_a_sentence_rests_on_itself() -> None:
    text = "HR 0.62 (95% CI 0.45–0.78), 44.8% v 27.8%, 3–5 cm, 10(-4), 1.5 × 10^9/L and 0,78 in 12 345 people"
    assert foreign(text, text) == []

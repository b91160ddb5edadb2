"""How many patients a study had."""

from __future__ import annotations

import pytest

from ingest.study.excerpt import plain
from ingest.study.size import number, sample_size


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("305", 305), ("45,079", 45_079), ("45 079", 45_079), ("1,234,567", 1_234_567), ("seven", 7), ("forty-six", 46),
        ("Eight hundred fifteen", 815), ("one hundred and ninety", 190), ("One thousand one", 1_001),
        ("two thousand three hundred forty", 2_340), ("", None), ("some", None), ("1" * 13, None),
    ],
)  # fmt: skip
def test_a_number_is_read_in_figures_and_in_words(text: str, value: int | None) -> None:
    assert number(text) == value


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("305 patients were randomly assigned to A or B.", 305),
        ("A total of 45\u2009079 patients were recorded. Among 25\u202f777 men, more died.", 45_079),
        ("Eight hundred fifteen patients were enrolled.", 815),
        ("We screened 400 patients; 150 patients were randomised.", 150),
        ("134 women were randomised, 69 to A and 65 to placebo.", 134),
        ("63 patients were assigned to receive drug A and 62 to receive drug B.", 125),
        ("In a cohort of 481 newly diagnosed patients, 173 patients were lost.", 481),
        ("Between 2011 and 2014, 43 patients had surgery; 22 patients died.", 43),
        ("In 2011 patients were few.", None),
        ("Patients (n = 88) were followed.", 88),
        ("Men (n = 40) and women (n = 48) were followed.", None),
        ("At age 65 women of the village were asked.", None),
        ("12% patients and 3.5 patients per 100,000 people are ill.", None),
        ("After 35 months, 12 patients had died.", 12),
        ("Thirty-four mice were assigned at random.", 34),
        ("Nothing is stated.", None),
    ],
)
def test_the_size_is_that_of_the_whole(text: str, size: int | None) -> None:
    assert sample_size("cohort", plain(text)) == size


def test_the_title_counts_before_the_abstract() -> None:
    assert sample_size("cohort", "Drug A in 300 patients", "In 280 patients it worked.") == 300


def test_reviews_have_no_sample() -> None:
    assert sample_size("review", "A total of 305 patients were enrolled.") is None
    assert sample_size("meta-analysis", "12 trials involving 21,299 individuals were pooled.") == 21_299


def test_a_handful_is_a_sample_of_cases_only() -> None:
    assert sample_size("cohort", "Six patients responded.") is None
    assert sample_size("case report", "Six patients responded.") == 6

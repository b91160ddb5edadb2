"""A figure is an adverse event's only where the sentence says so, and an arm's only where it says whose it is."""

import pytest

from rag.adverse_event_sentences import Reported, reported_in
from rag.adverse_event_words import asks_for_adverse_events, grades_of


def told(sentence: str) -> list[tuple[str, str, str, str, int | None, int | None, float | None]]:
    return [
        (one.event, one.grade, one.cause, one.arm, one.affected, one.treated, one.percent)
        for one in reported_in(sentence)
    ]


def test_count_denominator_percent_grade_cause_and_arm_are_read() -> None:
    assert told(
        "Adverse events of grade 3 or 4 from any cause occurred in 154 of 404 patients (38%) given nivolumab plus "
        "ipilimumab and in 42 of 407 patients (10%) given placebo."
    ) == [
        ("adverse event", "3-4", "any cause", "nivolumab plus ipilimumab", 154, 404, 38.0),
        ("adverse event", "3-4", "any cause", "placebo", 42, 407, 10.0),
    ]


def test_two_arms_side_by_side_are_told_apart_by_their_order() -> None:
    assert told(
        "Grade 3-4 colitis was more common with nivolumab plus ipilimumab than with sunitinib (5.5% vs 2.7%)."
    ) == [
        ("colitis", "3-4", "", "nivolumab plus ipilimumab", None, None, 5.5),
        ("colitis", "3-4", "", "sunitinib", None, None, 2.7),
    ]


def test_figures_whose_arms_are_not_named_are_left_out() -> None:
    assert told("Adverse events of grade 3 or 4 were common (55% vs 27%).") == []
    tangled = (
        "Adverse events occurred in 12% of patients given pembrolizumab before and in 14% given pembrolizumab after."
    )
    assert told(tangled) == []


def test_arms_named_behind_their_figures() -> None:
    assert told("Grade 3 AEs included neutropenia (39.0% BTH1677 vs 26.7% Control).") == [
        ("neutropenia", "3", "", "BTH1677", None, None, 39.0),
        ("neutropenia", "3", "", "Control", None, None, 26.7),
    ]


def test_items_of_a_list_have_the_grade_and_cause_of_the_list() -> None:
    assert told(
        "Immune-related adverse events of grade 3 or 4 with ipilimumab were colitis in 8 patients (4%) and hepatitis "
        "(2%); rash of any grade occurred in 20%."
    ) == [
        ("colitis", "3-4", "immune-related", "ipilimumab", 8, None, 4.0),
        ("hepatitis", "3-4", "immune-related", "ipilimumab", None, None, 2.0),
        ("rash", "any", "", "ipilimumab", None, None, 20.0),
    ]


def test_patients_who_had_an_event_are_read_too() -> None:
    assert told("In the standard arm, 63% of the patients suffered from pneumonitis of grade ≥ 2.") == [
        ("pneumonitis", "≥2", "", "standard", None, None, 63.0)
    ]


def test_combined_events_stay_combined() -> None:
    assert [one.event for one in reported_in("Diarrhoea or colitis occurred in 9% of patients.")] == [
        "diarrhoea or colitis"
    ]


def test_adverse_events_that_ended_treatment_are_not_all_adverse_events() -> None:
    assert told("Treatment was stopped because of adverse events in 13% of the atezolizumab group.") == [
        ("adverse event leading to discontinuation", "", "", "atezolizumab", None, None, 13.0)
    ]
    assert told("Adverse events made 22% of the patients stop nivolumab.") == []


@pytest.mark.parametrize(
    "sentence",
    [
        "The response rate was 44% with nivolumab.",
        "Patients with colitis had a response rate of 44%.",
        "Patients who stopped because of treatment-related adverse events had an overall survival of 39% at 5 years.",
        "There were no grade 5 adverse events among 404 patients.",
        "Nivolumab at 50% of the dose was given after colitis.",
        "After colitis, the dose was reduced by 50%.",
        "Adverse events occurred in 10–20% of patients.",
        "Fatal toxic effects occurred in 0.3% to 1.3% of patients.",
        "Serious adverse events occurred in about 10% of patients.",
        "Adverse events occurred in fewer than 5% of patients.",
        "Corticosteroids resolved colitis in 14 of 18 patients.",
        "Colitis resolved in 14 of 18 patients (78%).",
        "Myocarditis was the deadliest toxic effect: 52 of 131 reported cases (39.7%) were fatal.",
        "Of 193 deaths laid to ipilimumab, 135 (70%) involved colitis.",
        "The incidence of rash was reduced by 50% (P=.016).",
        "The rate of adverse events was 5% higher with ipilimumab.",
        "Of 78 adverse events, 48 (61.5%) were classified as drug-related.",
        "Adverse events were graded; the 95% CI was 12 to 30.",
        "Hypertension was seen before, and progression-free survival was 12%.",
        "The commonest reasons for prednisone were breathlessness (33%), fatigue (21%) and brain metastases (19%).",
        "Diarrhea was predicted with a sensitivity of 91%.",
        "The combined rate of response and colitis in mice: 3/10 tumours.",
    ],
)  # fmt: skip
def test_what_is_no_frequency_of_an_adverse_event_is_left_alone(sentence: str) -> None:
    assert reported_in(sentence) == []


def test_what_is_not_stated_is_none() -> None:
    assert reported_in("Colitis occurred in 3 of 404 patients.") == [Reported("colitis", "", "", "", 3, 404, None)]
    assert reported_in("Colitis occurred in 5% of patients.") == [Reported("colitis", "", "", "", None, None, 5.0)]


@pytest.mark.parametrize(
    ("text", "grades"),
    [
        ("grade 3 or 4", ["3-4"]), ("Grade III–IV", ["III-IV"]), ("grade ≥ 3", ["≥3"]), ("grade 3 or higher", ["≥3"]),
        ("grade 3+", ["≥3"]), ("any-grade and grade 5", ["any", "5"]), ("G3", ["3"]), ("graded by two readers", []),
    ],
)  # fmt: skip
def test_grades_are_read_as_they_are_reported(text: str, grades: list[str]) -> None:
    assert grades_of(text) == grades


def test_a_question_about_toxicity_is_known_by_its_words() -> None:
    assert asks_for_adverse_events("Which irAEs occur with ipilimumab?")
    assert asks_for_adverse_events("How often does pembrolizumab cause colitis?")
    assert asks_for_adverse_events("Is nivolumab safe in renal cell carcinoma?")
    assert not asks_for_adverse_events("Does TMB predict response to nivolumab?")
    assert not asks_for_adverse_events("What predicts immune-related adverse events?")

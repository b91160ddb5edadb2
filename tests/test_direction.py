"""A claim says no other direction of an outcome than the text it cites, nor finds what was not found."""

import pytest

from rag.direction import contradicted_direction

LONGER = "Overall survival was significantly longer with pembrolizumab than with chemotherapy (P<0.001)."
NOTHING = "Quality of life did not differ significantly between pembrolizumab and chemotherapy (p = 0.42)."
HEDGED = "Fatigue was higher with pembrolizumab than with chemotherapy, but not significantly."
REDUCED = "Pembrolizumab significantly reduced mortality compared with placebo (p = 0.01)."


def agrees(claim: str, source: str) -> bool:
    return contradicted_direction(claim, [source]) is None


@pytest.mark.parametrize(
    ("source", "claim"),
    [
        (LONGER, "Pembrolizumab prolonged overall survival compared with chemotherapy."),
        (LONGER, "Overall survival was shorter with chemotherapy than with pembrolizumab."),
        (LONGER, "Compared with chemotherapy, pembrolizumab led to an increase in overall survival."),
        (LONGER, "Pembrolizumab improved overall survival."),
        (NOTHING, "There was no difference in quality of life between chemotherapy and pembrolizumab."),
        (NOTHING, "Pembrolizumab failed to improve quality of life."),
        (NOTHING, "Quality of life was similar with pembrolizumab and chemotherapy."),
        (HEDGED, "Fatigue was not significantly different between pembrolizumab and chemotherapy."),
        (REDUCED, "Mortality was lower with pembrolizumab than with placebo."),
        (REDUCED, "Pembrolizumab improved mortality compared with placebo."),
        ("Pembrolizumab was non-inferior to chemotherapy for survival.", "Survival was comparable with both."),
        ("Response was worse in the control group.", "Response was better with pembrolizumab than with placebo."),
    ],
)
def test_the_same_direction_passes(source: str, claim: str) -> None:
    assert agrees(claim, source)


@pytest.mark.parametrize(
    ("source", "claim"),
    [
        (LONGER, "Pembrolizumab shortened overall survival compared with chemotherapy."),
        (LONGER, "Overall survival was longer with chemotherapy than with pembrolizumab."),
        (LONGER, "There was no significant difference in overall survival between pembrolizumab and chemotherapy."),
        (LONGER, "Pembrolizumab did not prolong overall survival."),
        (LONGER, "Pembrolizumab failed to improve overall survival compared with chemotherapy."),
        (LONGER, "Pembrolizumab worsened overall survival compared with chemotherapy."),
        (NOTHING, "Pembrolizumab improved quality of life compared with chemotherapy."),
        (NOTHING, "Quality of life was higher with pembrolizumab than with chemotherapy."),
        (HEDGED, "Fatigue was significantly higher with pembrolizumab than with chemotherapy."),
        (REDUCED, "Pembrolizumab increased mortality compared with placebo."),
        (REDUCED, "Pembrolizumab had no effect on mortality compared with placebo."),
        ("Pembrolizumab was non-inferior to chemotherapy for survival.", "Pembrolizumab prolonged survival."),
    ],
)
def test_another_direction_is_told(source: str, claim: str) -> None:
    assert not agrees(claim, source)


def test_directions_are_of_an_outcome_each() -> None:
    source = "Survival was longer with pembrolizumab than with chemotherapy, whereas toxicity was lower."
    assert agrees("Toxicity was lower with pembrolizumab than with chemotherapy.", source)
    assert not agrees("Toxicity was higher with pembrolizumab than with chemotherapy.", source)


def test_figures_tell_the_direction_where_words_do_not() -> None:
    source = "The pain score was 2.1 with pembrolizumab and 4.3 with placebo (p = 0.01)."
    assert agrees("The pain score was lower with pembrolizumab than with placebo.", source)
    assert not agrees("The pain score was higher with pembrolizumab than with placebo.", source)


def test_a_following_sentence_takes_back() -> None:
    source = "The pain score was lower with pembrolizumab. However, this difference was not significant."
    assert not agrees("Pembrolizumab significantly lowered the pain score compared with placebo.", source)
    assert agrees("There was no significant difference in the pain score between pembrolizumab and placebo.", source)


def test_a_test_of_no_difference_is_none() -> None:
    source = "Stroke occurred in 4% with pembrolizumab and 5% with placebo (RR 0.89, 95% CI 0.76 to 1.04)."
    assert agrees("There was no significant difference in stroke between pembrolizumab and placebo.", source)
    assert not agrees("Pembrolizumab significantly decreased stroke compared with placebo.", source)


def test_a_sentence_without_an_outcome_speaks_of_the_one_before() -> None:
    source = "Walking time improved with both. There was no difference between the two groups."
    assert agrees("Walking time did not differ significantly between pembrolizumab and placebo.", source)
    assert not agrees("Pembrolizumab significantly increased walking time compared with placebo.", source)


def test_the_word_beside_the_outcome_counts() -> None:
    source = "Patients given pembrolizumab had higher IL-10 and lower IL-6 levels than those given placebo."
    assert agrees("Pembrolizumab increased IL-10 compared with placebo.", source)
    assert not agrees("Pembrolizumab increased IL-6 compared with placebo.", source)


def test_the_change_of_a_change() -> None:
    source = "The reduction in pain was significantly greater with pembrolizumab than with placebo."
    assert agrees("Pembrolizumab significantly increased the reduction in pain compared with placebo.", source)
    assert agrees("Pain was lower with pembrolizumab than with placebo.", source)
    assert not agrees("Pembrolizumab increased pain compared with placebo.", source)


def test_groups_alike_before_treatment_are_not_alike_after() -> None:
    source = "Pain was similar at baseline but was significantly lower with pembrolizumab than with placebo."
    assert agrees("Pain was lower with pembrolizumab than with placebo.", source)
    assert not agrees("There was no significant difference in pain between pembrolizumab and placebo.", source)


def test_what_each_group_did_is_no_difference_between_them() -> None:
    source = "Pain decreased significantly from baseline in both groups, with no difference between groups."
    assert agrees("There was no significant difference in pain between pembrolizumab and placebo.", source)


def test_no_difference_in_anything_is_none_in_this() -> None:
    source = "No significant differences were observed for any of the outcomes."
    assert agrees("There was no significant difference in fever between pembrolizumab and placebo.", source)
    assert not agrees("Pembrolizumab significantly increased fever compared with placebo.", source)


def test_where_the_text_does_not_speak_of_the_outcome_nothing_is_said() -> None:
    assert agrees("Pembrolizumab increased serum ferritin compared with placebo.", LONGER)
    assert agrees("Pembrolizumab is an antibody.", LONGER)


def test_the_reason_says_what_is_not_said() -> None:
    reason = contradicted_direction("Pembrolizumab shortened overall survival.", [LONGER])
    assert reason == 'the cited text does not say "less" (lower, shorter, decreased) of this outcome'

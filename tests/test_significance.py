"""What a text's tests show: p from 0.05 on, and an interval about no effect, show nothing."""

import pytest

from rag.significance import Shown, hedged, says_nothing, says_significant, shown_by_tests


def no_words(text: str) -> int:
    return 0


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("Pain was lower (p = 0.01).", True),
        ("Pain was lower (p < 0.05).", True),
        ("Pain was lower (p = 0.05).", False),
        ("Pain was lower (P > .05).", False),
        ("The risk fell (HR 0.62, 95% CI 0.41 to 0.89).", True),
        ("The risk fell (RR 0.89, 95% CI 0.76 to 1.04).", False),
        ("The mean difference was 0.3 (95% CI -0.2 to 0.8).", False),
        ("The mean difference was 0.3 (95% CI 0.1 to 0.5).", True),
        ("Response was seen in 44% (95% CI 30 to 58).", None),
        ("Pain was lower.", None),
    ],
)
def test_what_a_test_shows(text: str, verdict: Shown) -> None:
    assert shown_by_tests(text, no_words) is verdict


def test_of_several_tests_the_one_beside_the_outcome_counts() -> None:
    text = "Pain was 2 and 4 (p = 0.01), with fever in 10% and 12% (p = 0.6)."
    assert shown_by_tests(text, lambda stretch: stretch.count("Pain")) is True
    assert shown_by_tests(text, lambda stretch: stretch.count("fever")) is False
    assert shown_by_tests(text, no_words) is None


@pytest.mark.parametrize(
    "text",
    ["There was no difference.", "It did not improve survival.", "Survival was similar.", "It failed to lower pain."],
)
def test_words_for_nothing(text: str) -> None:
    assert says_nothing(text)


@pytest.mark.parametrize("text", ["A score of 3, or equal to it.", "It not only lowered pain.", "Pain was lower."])
def test_words_that_only_look_like_it(text: str) -> None:
    assert not says_nothing(text)


def test_a_tendency_is_told_from_a_finding() -> None:
    assert hedged("Pain tended to be lower.")
    assert not hedged("Pain was lower.")
    assert says_significant("Pain was significantly lower.")

"""A number of a claim stands in the cited text with its kind, or the reason says which does not."""

import pytest

from rag.numbers import numbers_in, unsupported_numbers, vouched_share

SOURCE = (
    "The response rate was 44.8% with pembrolizumab and 27.8% with chemotherapy (hazard ratio, 0·50; 95% CI, 0·37–0·68"
    ", P<.001). The hazard ratio for death was 0.60 (95% CI 0.41 to 0.89). Median survival was 10.3 versus 6.0 months "
    "in 12\u2009345 patients; 12 of 40 and 11 of 42 had fever, −3.5 points, in fewer than 5% before 52 weeks."
)


def reason(claim: str) -> str | None:
    return unsupported_numbers(claim, [SOURCE])


@pytest.mark.parametrize(
    "claim",
    [
        "The HR was 0.50 (95 % CI 0.37 to 0.68, p < 0.001).",
        "Survival was 10.3 months against 6.0 months.",
        "It was 12,345 patients.",
        "Fever struck 12/40.",
        "The change was -3.5.",
        "The response rate was about 45%.",
        "The response rate was nearly 45%.",
        "Less than 5% had it.",
        "An estimate of 0.60 was found.",
        "The two groups differed.",
    ],
)
def test_what_stands_there_is_vouched_for(claim: str) -> None:
    assert reason(claim) is None


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ("The response rate was 46.8%.", "46.8 %"),
        ("The response lasted 44.8 months.", "44.8 months (there: 44.8 %)"),
        ("It was seen in 44.8 patients.", "44.8 (there: 44.8 %)"),
        ("The response rate was 45%.", "45 %"),
        ("Survival was 10.3 weeks.", "10.3 weeks (there: 10.3 months)"),
        ("It was given for 12 months.", "12 months"),
        ("The odds ratio was 0.50.", "OR 0.50 (there: HR 0.50)"),
        ("The relative risk was 0.60.", "RR 0.60"),
        ("It was significant (p = 0.001).", "p = 0.001 (there: p < 0.001)"),
        ("95% responded.", "95 % (there: 95 % confidence)"),
        ("At least 44.8% responded.", "≥ 44.8 %"),
        ("5% had it.", "5 % (there: < 5 %)"),
        ("The change was 3.5.", "3.5"),
        ("The HR was 0.50 (95% CI 0.37 to 0.89).", "no interval from 0.37 to 0.89"),
        ("The HR was 0.60 (95% CI 0.37 to 0.68).", "not that of 0.60"),
        ("Fever struck 12 of 42.", "does not say 12 of 42"),
        ("Seven patients died.", "7"),
    ],
)
def test_what_does_not_is_named(claim: str, said: str) -> None:
    assert said in (reason(claim) or "")


def test_a_tables_head_names_what_its_cells_are() -> None:
    rows = "Outcome: ORR, n (%); pembrolizumab: 69 (44.8)\nOutcome: HR; pembrolizumab: 0.50"
    assert unsupported_numbers("The rate was 44.8%.", [rows]) is None
    assert unsupported_numbers("The hazard ratio was 0.50.", [rows]) is None
    assert unsupported_numbers("The odds ratio was 0.50.", [rows]) is not None


def test_any_cited_text_may_vouch() -> None:
    assert unsupported_numbers("It was 3% and 4%.", ["3%", "4%"]) is None


def test_the_share_that_is_vouched_for() -> None:
    assert vouched_share("It was 44.8%, 27.8%, 1% and 2%.", [SOURCE]) == pytest.approx(2 / 4)
    assert vouched_share("No number.", [SOURCE]) == 1.0


def test_numbers_are_known_by_value_and_kind() -> None:
    assert numbers_in("30% of 30") == {(30, "%"), (30, "")}
    assert numbers_in("0.50") == numbers_in("0·5")

"""A quantity is a value and what it is of; names hold no quantities."""

from decimal import Decimal

import pytest

from rag.quantities import Quantity, quantities


def read(text: str) -> list[tuple[str, str]]:
    return [(str(quantity.value), f"{quantity.bound}{quantity.kind}") for quantity in quantities(text).quantities]


def only(text: str) -> Quantity:
    (quantity,) = quantities(text).quantities
    return quantity


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("HR 0·62 (95% CI 0.41–0.89)", [("0.62", "HR"), ("95", "level"), ("0.41", ""), ("0.89", "")]),
        ("P<.001 or p = 0.03", [("0.001", "<p"), ("0.03", "p")]),
        ("1,234 of 20,000 cells", [("1234", ""), ("20000", "")]),
        ("12\u2009345 patients", [("12345", "")]),
        ("a change of −3.5 points", [("-3.5", "")]),
        ("a range of 20-30%", [("20", "%"), ("30", "%")]),
        ("10.3 versus 6.0 months", [("10.3", "month"), ("6.0", "month")]),
        ("3, 6 and 12-month follow-up", [("3", "month"), ("6", "month"), ("12", "month")]),
        ("three months at twelve sites", [("3", "month"), ("12", "")]),
        ("5mg/kg for 10.50 mo", [("5", "mg/kg"), ("10.50", "month")]),
        ("36 percent, 44.8 %", [("36", "%"), ("44.8", "%")]),
        ("HRs of 0.50 and 0.60", [("0.50", "HR"), ("0.60", "HR")]),
        ("an odds ratio of 2.1", [("2.1", "OR")]),
        ("a relative risk of 0.8", [("0.8", "RR")]),
        ("10.9 vs.14.3 min", [("10.9", "minute"), ("14.3", "minute")]),
        ("at least 50% and 5% or more", [("50", "≥%"), ("5", "≥%")]),
        ("fewer than 10 over 12 months", [("10", "<"), ("12", "month")]),
        ("no number", []),
    ],
)  # fmt: skip
def test_value_kind_and_bound(text: str, expected: list[tuple[str, str]]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    "name",
    ["PD-L1", "CD8", "KEYNOTE-024", "CheckMate 067", "NCT02142738", "IL-2", "CTLA-4", "B7-H1", "22C3", "5-FU", "4-1BB",
     "Table 2", "the two groups"],
)  # fmt: skip
def test_names_are_not_numbers(name: str) -> None:
    assert read(f"The result of {name} counts") == []


@pytest.mark.parametrize(
    "text",
    ["0.50 (95% CI, 0.37–0.68)", "0.50 (95 % CI 0·37 to 0·68)", "0.50 [0.37-0.68]", "0.50 (95% CI: 0.37; 0.68)",
     "[95% CI] = 0.50 [0.37 – 0.68]"],
)  # fmt: skip
def test_an_interval_is_both_ends_and_its_estimate(text: str) -> None:
    (interval,) = quantities(text).intervals
    assert (interval.low, interval.high, interval.estimate) == (Decimal("0.37"), Decimal("0.68"), Decimal("0.50"))


def test_a_range_without_estimate() -> None:
    (interval,) = quantities("between 3 and 9 years").intervals
    assert (interval.low, interval.high, interval.estimate) == (3, 9, None)
    assert quantities("3 and 9 years").intervals == ()


@pytest.mark.parametrize("text", ["12 of 40 patients", "12/40", "12 (30%) of the 40", "12 patients out of 40"])
def test_a_fraction_is_a_pair(text: str) -> None:
    assert quantities(text).fractions == ((12, 40),)


def test_about_is_heard() -> None:
    assert only("about 45%").about
    assert only("nearly 45%").about
    assert not only("45%").about

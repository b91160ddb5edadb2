"""One number, whatever the typography; names are no numbers."""

from decimal import Decimal

import pytest

from rag.numbers import format_number, numbers_in


def values(text: str) -> set[str]:
    return {format_number(number) for number in numbers_in(text)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("HR 0·62 (95% CI 0.41–0.89)", {"0.62", "95 %", "0.41", "0.89"}),
        ("P<.001", {"0.001"}),
        ("1,234 of 20,000 cells", {"1234", "20000"}),
        ("a change of −3.5 points", {"-3.5"}),
        ("a range of 20-30%", {"20 %", "30 %"}),
        ("12 of 40 patients", {"12", "40"}),
        ("three arms and twelve sites", {"3", "12"}),
        ("5mg/kg for 10.50 months", {"5", "10.5"}),
        ("36 percent", {"36 %"}),
        ("no number", set()),
    ],
)
def test_typography_does_not_matter(text: str, expected: set[str]) -> None:
    assert values(text) == expected


@pytest.mark.parametrize("name", ["PD-L1", "CD8", "KEYNOTE-024", "NCT02142738", "IL-2", "CTLA-4", "B7-H1", "22C3"])
def test_names_are_not_numbers(name: str) -> None:
    assert numbers_in(f"The {name} trial") == frozenset()


def test_a_percentage_is_not_a_plain_number() -> None:
    assert numbers_in("30%") == {(Decimal(30), True)}
    assert numbers_in("30 months") == {(Decimal(30), False)}

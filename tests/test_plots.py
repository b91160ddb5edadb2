from __future__ import annotations

import pytest

from ui.plots import bar_plot, by_span, size


def test_bars_are_as_long_as_their_numbers_and_fit_80_columns() -> None:
    lines = bar_plot({"jats": 1000, "a source with a very long name indeed": 500, "none": 0, "one": 1})
    assert max(map(len, lines)) <= 80
    full, half, none, one = (line.count("█") + line.count("▌") / 2 for line in lines)
    assert (half, none, one) == (full / 2, 0, 0.5)
    assert lines[0].endswith(" 1,000")
    assert lines[1].startswith("  a source with a very long nam~  █")
    assert lines[2].split() == ["none", "0"]


def test_nothing_to_draw_draws_nothing() -> None:
    assert bar_plot({}) == []
    assert by_span({}) == {}


def test_years_without_papers_are_shown_and_many_years_are_joined() -> None:
    assert by_span({2019: 2, 2021: 1, None: 4}) == {"2019": 2, "2020": 0, "2021": 1, "no year": 4}
    spans = by_span({1986: 1, 1989: 2, 2012: 5})
    assert list(spans)[:2] == ["1985-1989", "1990-1994"]
    assert (spans["1985-1989"], spans["2010-2014"], sum(spans.values())) == (3, 5, 8)
    assert len(by_span({1: 1, 9999: 1})) <= 24
    assert by_span({None: 3}) == {"no year": 3}


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0 bytes"), (999, "999 bytes"), (1000, "1.0 kB"), (14_300_000, "14.3 MB"), (10**13, "10.0 TB")],
)
def test_sizes_are_in_the_unit_that_fits(number: int, text: str) -> None:
    assert size(number) == text

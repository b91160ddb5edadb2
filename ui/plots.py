"""Bars of text for the terminal, at most 80 columns wide, the same in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping

__all__ = ["bar_plot", "by_span", "size"]

_WIDTH = 80
_WIDEST_LABEL = 30
_MOST_BARS = 24
_UNITS = ("kB", "MB", "GB", "TB")


def bar_plot(counts: Mapping[str, int], shown: Callable[[int], str] = "{:,}".format) -> list[str]:
    """One line for each count: label, bar, number; a count above zero has a bar, and the largest the longest."""
    if not counts:
        return []
    full, half = ("█", "▌") if "utf" in (sys.stdout.encoding or "").lower() else ("#", ":")
    labels = [label if len(label) <= _WIDEST_LABEL else label[: _WIDEST_LABEL - 1] + "~" for label in counts]
    left, right = max(map(len, labels)), max(len(shown(count)) for count in counts.values())
    room, most = _WIDTH - left - right - 6, max(*counts.values(), 1)
    lines = []
    for label, count in zip(labels, counts.values(), strict=True):
        halves = max(round(2 * room * count / most), int(count > 0))
        bar = full * (halves // 2) + half * (halves % 2)
        lines.append(f"  {label:<{left}}  {bar}{' ' if bar else ''}{shown(count)}")
    return lines


def by_span(years: Mapping[int | None, int]) -> dict[str, int]:
    """Counts by year, years between that have none included; by 5, 10 ... years where these are too many for a plot."""
    known = {year: count for year, count in years.items() if year is not None}
    spans: dict[str, int] = {}
    if known:
        first, last = min(known), max(known)
        step = next(step for step in (1, 5, 10, 50, 100, 1000, 10**9) if last // step - first // step < _MOST_BARS)
        for start in range(first - first % step, last + 1, step):
            label = str(start) if step == 1 else f"{start}-{start + step - 1}"
            spans[label] = sum(count for year, count in known.items() if start <= year < start + step)
    if None in years:
        spans["no year"] = years[None]
    return spans


def size(number: int) -> str:
    """Bytes in the unit that fits: `12.3 MB`."""
    if number < 1000:
        return f"{number:,} bytes"
    power = min((len(str(number)) - 1) // 3, len(_UNITS))
    return f"{number / 1000**power:,.1f} {_UNITS[power - 1]}"

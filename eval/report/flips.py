"""Two runs beside each other: each measure's difference, and the questions that flipped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from eval.measuring import measure
from eval.report.charts import DIFFERENCE, Axis, Mark, scale, strip
from eval.report.markdown import figure
from eval.report.measured import label
from eval.report.verdicts import Card
from eval.results import Change, Comparison, Trend

__all__ = ["Compared", "Difference", "Flipped", "told"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One measure in both runs; `drawn` is empty for a count or a length, which has no place on the axis of shares."""

    label: str
    before: str
    after: str
    difference: str
    trend: Trend
    guarded: bool
    lower: bool
    drawn: Markup | None


@dataclass(frozen=True, slots=True)
class Flipped:
    """A question whose values changed, each as (measure, before, after, trend); of several cuts of one, the first."""

    card: Card
    values: tuple[tuple[str, str, str, Trend], ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """A comparison as it is told: `both` says whether the other's answers are at hand, and not just its figures."""

    before: str
    both: bool
    scale: Markup
    differences: tuple[Difference, ...]
    better: tuple[Flipped, ...]
    worse: tuple[Flipped, ...]
    guarded_worse: tuple[str, ...]
    missing: int


def told(comparison: Comparison, cards: Sequence[Card], *, both: bool) -> Compared:
    """`comparison` with the cards of its questions; a question with anything that got worse stands among the worse.

    Those come first that changed most, in one direction.
    """
    axis = _axis(comparison)
    better, worse = list[Flipped](), list[Flipped]()
    for flipped in _flipped(comparison, {card.result.asked.id: card for card in cards}):
        trends = {trend for *_, trend in flipped.values}
        if trends != {"same"}:  # what is undefined in one run, and 0 in the other
            (worse if "worse" in trends else better).append(flipped)
    return Compared(
        before=comparison.before,
        both=both,
        scale=scale(axis),
        differences=tuple(_difference(change, axis) for change in comparison.changes),
        better=tuple(sorted(better, key=_size)),
        worse=tuple(sorted(worse, key=_size)),
        guarded_worse=tuple(map(label, comparison.worse)),
        missing=len(comparison.missing),
    )


def _flipped(comparison: Comparison, cards: Mapping[str, Card]) -> list[Flipped]:
    values: dict[str, dict[tuple[str, Trend], tuple[str, str, str, Trend]]] = {}
    for change in comparison.changes:
        one = measure(change.measure)
        for flip in change.flips:
            rose = (flip.after or 0.0) - (flip.before or 0.0)
            trend: Trend = "same" if not rose else "better" if (rose < 0) == (one.better == "lower") else "worse"
            before, after = (_value(change, value) for value in (flip.before, flip.after))
            changed = values.setdefault(flip.id, {})
            changed.setdefault((one.name, trend), (label(change.measure), before, after, trend))
    return [Flipped(cards[id], tuple(changed.values())) for id, changed in values.items() if id in cards]


def _value(change: Change, value: float | None) -> str:
    return "–" if value is None else f"{value:.3g}" if not measure(change.measure).total else f"{value:.0f}"


def _size(flipped: Flipped) -> int:
    trends = [trend for *_, trend in flipped.values]
    return -abs(trends.count("better") - trends.count("worse"))


def _difference(change: Change, axis: Axis) -> Difference:
    drawn = None
    if _is_share(change):
        drawn = strip([Mark(change.trend, change.difference, (change.low, change.high))], axis)
    decimals = 3 if _is_share(change) else 0
    difference, low, high = (f"{bound:+,.{decimals}f}" for bound in (change.difference, change.low, change.high))
    told = f"{difference} ({low} to {high})" if any((change.difference, change.low, change.high)) else "no difference"
    return Difference(
        label=label(change.measure),
        before=figure(change.measure, change.before),
        after=figure(change.measure, change.after),
        difference=told.replace("-", "\u2212"),
        trend=change.trend,
        guarded=change.guarded,
        lower=measure(change.measure).better == "lower",
        drawn=drawn,
    )


def _is_share(change: Change) -> bool:
    return change.guarded and not measure(change.measure).total


def _axis(comparison: Comparison) -> Axis:
    """The narrowest axis that holds every interval."""
    bounds = (abs(bound) for one in comparison.changes if _is_share(one) for bound in (one.low, one.high))
    widest = max(bounds, default=0.0)
    return next((axis for axis in DIFFERENCE if widest <= axis.high), DIFFERENCE[-1])

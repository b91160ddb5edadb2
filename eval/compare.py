"""Two runs, question by question: what got better, what got worse, and which questions flipped."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from eval.measures import Interval, paired_difference
from eval.measuring import FLOORS, measure
from eval.results import Change, Comparison, Flip, Result, Run, Summary, Trend
from eval.summary import SAMPLES, area_interval, names

__all__ = ["broken_floors", "compared"]

_TIMES = ("seconds",)


def compared(before: Run, after: Run, called: str) -> Comparison:
    """`after` against `before`, over the questions of both; `called` says what `before` is.

    A measure is worse, or better, where the 95 % paired bootstrap interval of its difference leaves out zero. It has to
    be defined for a question of each run; times are not compared, for they are the machine's as much as the system's.
    The samples are those of the seed of `after`.
    """
    earlier = {result.asked.id: result for result in before.results}
    pairs = [(earlier[one.asked.id], one) for one in after.results if one.asked.id in earlier]
    shared = {one.asked.id for _, one in pairs}
    missing = [one.asked.id for one in (*before.results, *after.results) if one.asked.id not in shared]
    old, new = [one for one, _ in pairs], [one for _, one in pairs]
    both = [name for name in names(new) if name not in _TIMES and any(name in one.values for one in old)]
    changes = [_change(name, old, new, after.seed) for name in both]
    if area := _area_change(old, new, after.seed):
        changes.append(area)
    return Comparison(called, tuple(changes), tuple(missing))


def broken_floors(summary: Summary) -> tuple[str, ...]:
    """What must not be shown at all and was, a clause each."""
    counts = {name: round(summary.measures.get(name, 0)) for name in FLOORS}
    return tuple(f"{count} {name.replace('_', ' ')} shown, 0 allowed" for name, count in counts.items() if count)


def _change(name: str, old: Sequence[Result], new: Sequence[Result], seed: int) -> Change:
    before, after = ([one.values.get(name) for one in side] for side in (old, new))
    difference = paired_difference(after, before, [one.asked.group for one in new], seed=seed, samples=SAMPLES)
    rows = zip(new, before, after, strict=True)
    flips = [Flip(one.asked.id, was, now) for one, was, now in rows if was != now]
    better = -1 if measure(name).better == "lower" else 1
    flips.sort(key=lambda flip: better * ((flip.after or 0.0) - (flip.before or 0.0)))
    told = [[value for value in side if value is not None] for side in (before, after)]
    weights = [len(values) if measure(name).total else 1 for values in told]
    means = [sum(values) / len(values) * weight for values, weight in zip(told, weights, strict=True)]
    n = sum(was is not None or now is not None for was, now in zip(before, after, strict=True))
    return _told(name, n, means[0], means[1], difference, max(weights), tuple(flips) if measure(name).guarded else ())


def _area_change(old: Sequence[Result], new: Sequence[Result], seed: int) -> Change | None:
    before, after = area_interval(old, seed), area_interval(new, seed)
    if before is None or after is None:
        return None
    apart = after[1] - before[1]
    low, high = np.nanquantile(apart, [0.025, 0.975])
    difference = Interval(after[0].estimate - before[0].estimate, float(low), float(high))
    return _told("AURC", len(new), before[0].estimate, after[0].estimate, difference)


def _told(
    name: str, n: int, before: float, after: float, difference: Interval, weight: int = 1, flips: tuple[Flip, ...] = ()
) -> Change:
    return Change(
        measure=name,
        n=n,
        before=before,
        after=after,
        difference=difference.estimate * weight,
        low=difference.low * weight,
        high=difference.high * weight,
        trend=_trend(difference, measure(name).better == "lower"),
        guarded=measure(name).guarded,
        flips=flips,
    )


def _trend(difference: Interval, lower: bool) -> Trend:
    if difference.low <= 0 <= difference.high:
        return "same"
    return "better" if (difference.estimate < 0) == lower else "worse"

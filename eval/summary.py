"""A run in figures: each measure over all questions, and over those of one area, type or kind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from eval.measures import Interval, area_under_risk, draws, mean_interval, risk_coverage
from eval.measuring import MEASURES, measure
from eval.results import Result, Run, Summary

__all__ = ["SAMPLES", "area_interval", "both_kinds", "names", "summarised"]

SAMPLES = 2_000  # bootstrap samples behind an interval
_PARTS = ("area", "type", "kind")
_FEWEST = 10  # questions of a part that gets intervals


def summarised(run: Run) -> Summary:
    """The summary of a run, with a part for every area, type and kind that at least one of its questions has."""
    whole = _summary(run.results, run.seed)
    by: dict[str, dict[str, Summary]] = {}
    for part in _PARTS:
        told = dict.fromkeys(name for result in run.results if (name := getattr(result.asked, part)))
        if len(told) > 1:
            by[part] = {
                name: _summary([one for one in run.results if getattr(one.asked, part) == name], run.seed)
                for name in told
            }
    return Summary(whole.n, whole.measures, whole.intervals, whole.counts, whole.risk_coverage, by)


def names(results: Iterable[Result]) -> list[str]:
    """The measures that are defined for at least one result, in the order in which they are told."""
    present = dict.fromkeys(name for result in results for name in result.values)
    order = {one.name: number for number, one in enumerate(MEASURES)}

    def place(name: str) -> tuple[int, int]:
        cut = name.partition("@")[2]
        return order[measure(name).name], int(cut or 0)

    return sorted(present, key=place)


def both_kinds(results: Sequence[Result]) -> tuple[list[int], list[int]]:
    """Where in `results` the answerable and the unanswerable questions stand that have a confidence."""
    sure = [(number, one.asked.expected) for number, one in enumerate(results) if one.reply.confidence is not None]
    answerable = [number for number, expected in sure if expected == "answer"]
    return answerable, [number for number, expected in sure if expected == "abstain"]


def area_interval(results: Sequence[Result], seed: int) -> tuple[Interval, NDArray[np.float64]] | None:
    """The area under risk with its interval, and its value in each bootstrap sample; None where it is undefined."""
    yes, no = both_kinds(results)
    if not yes or not no:
        return None
    answerable, unanswerable = ([results[number].reply.confidence or 0.0 for number in kind] for kind in (yes, no))
    counts = draws([one.asked.group for one in results], seed=seed, samples=SAMPLES).astype(np.float64)
    values = np.array([area_under_risk(answerable, unanswerable, (row[yes], row[no])) for row in counts])
    estimate = area_under_risk(answerable, unanswerable)
    low, high = np.nanquantile(values, [0.025, 0.975])
    return Interval(estimate, float(low), float(high)), values


def _summary(results: Sequence[Result], seed: int) -> Summary:
    groups = [one.asked.group for one in results]
    measures: dict[str, float] = {}
    intervals: dict[str, tuple[float, float]] = {}
    counts: dict[str, int] = {}
    for name in names(results):
        values = [one.values.get(name) for one in results]
        interval = mean_interval(values, groups, seed=seed, samples=SAMPLES)
        counts[name] = sum(value is not None for value in values)
        weight = counts[name] if measure(name).total else 1
        measures[name] = interval.estimate * weight
        if len(results) >= _FEWEST:
            intervals[name] = (interval.low * weight, interval.high * weight)
    if area := area_interval(results, seed):
        measures["AURC"], counts["AURC"] = area[0].estimate, sum(map(len, both_kinds(results)))
        if len(results) >= _FEWEST:
            intervals["AURC"] = (area[0].low, area[0].high)
    return Summary(len(results), measures, intervals, counts, _curve(results))


def _curve(results: Sequence[Result]) -> tuple[tuple[float, float, float], ...]:
    yes, no = both_kinds(results)
    if not yes or not no:
        return ()
    sure = [one.reply.confidence or 0.0 for one in results]
    return tuple(risk_coverage([sure[number] for number in yes], [sure[number] for number in no]))

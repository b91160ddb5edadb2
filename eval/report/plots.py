"""The plots of a run beside its peer: what it finds by depth, risk by coverage, and the time that answers take."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import mean, median, quantiles

from markupsafe import Markup

from eval.measures import evidence_rank, recall
from eval.report.charts import SECONDS, SHARE, Axis, Curve, Series, curves, scale, swarm
from eval.results import Evaluation, Result, Run, Summary

__all__ = ["Figure", "Times", "by_depth", "risk", "time_scale", "times"]

_DEPTH = 10
_COVERAGES = (0.5, 0.8, 0.9, 1.0)  # at which the risk is told in figures


@dataclass(frozen=True, slots=True)
class Figure:
    """A plot, and its figures as a table: `columns` head those of each row, a row a system."""

    title: str
    x: str
    y: str
    drawn: Markup
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Times:
    """How long `n` questions took one system."""

    system: str
    series: Series
    n: int
    median: str
    slow: str
    drawn: Markup


def by_depth(evaluation: Evaluation) -> list[Figure]:
    """Recall at each depth to ten: of gold papers, and of passages that hold the evidence, where a suite names them."""
    return [
        figure
        for title, y, value in (
            ("Papers", "recall@k", _papers_found),
            ("Passages", "evidence recall@k", _evidence_found),
        )
        if (figure := _depths(evaluation, title, y, value))
    ]


def risk(evaluation: Evaluation) -> Figure | None:
    """The risk-coverage curves, with a ring where each system stands by its own decision to answer or not."""
    drawn, rings, rows, highest = [], [], [], 0.0
    for series, run, summary in _sides(evaluation):
        points = summary.risk_coverage if summary else ()
        if not summary or not points:
            continue
        drawn.append(Curve(series, tuple((covered, wrong) for covered, _, wrong in points)))
        highest = max(highest, *(wrong for _, _, wrong in points))
        if decided := _decided(summary):
            rings.append((series, *decided))
            highest = max(highest, decided[1])
        told = (next(wrong for covered, _, wrong in points if covered >= least - 1e-9) for least in _COVERAGES)
        area = summary.measures.get("AURC")
        rows.append((run.system, ("" if area is None else f"{area:.3f}", *(f"{wrong:.3f}" for wrong in told))))
    if not drawn:
        return None
    return Figure(
        "Risk by coverage",
        "coverage: share of the answerable questions answered",
        "risk: share of wrong ones among those answered",
        curves(
            drawn,
            SHARE,
            _risks(highest),
            "Risk by coverage; the table below has its figures.",
            rings,
        ),
        ("AURC", *(f"risk at {least:.0%}".replace("%", "\u00a0%") for least in _COVERAGES)),
        tuple(rows),
    )


def times(evaluation: Evaluation) -> list[Times]:
    """The seconds that questions took, ours and the peer's over one logarithmic axis."""
    told = []
    for series, run, _ in _sides(evaluation):
        taken = sorted(value for one in run.results if (value := one.values.get("seconds")) is not None)
        if not taken:
            continue
        slow = quantiles(taken, n=10, method="inclusive")[-1] if len(taken) > 1 else taken[0]
        middle = median(taken)
        told.append(
            Times(run.system, series, len(taken), _time(middle), _time(slow), swarm(series, taken, SECONDS, middle))
        )
    return told


def time_scale() -> Markup:
    """The labels of the axis of `times`."""
    return scale(SECONDS)


def _sides(evaluation: Evaluation) -> list[tuple[Series, Run, Summary | None]]:
    sides: list[tuple[Series, Run, Summary | None]] = [("ours", evaluation.run, evaluation.summary)]
    if evaluation.peer is not None:
        sides.append(("peer", evaluation.peer, evaluation.peer_summary))
    return sides


def _depths(
    evaluation: Evaluation, title: str, y: str, value: Callable[[Sequence[Result]], list[float]]
) -> Figure | None:
    drawn, rows = [], []
    for series, run, _ in _sides(evaluation):
        if found := value(run.results):
            drawn.append(Curve(series, tuple(enumerate(found, start=1)), dots=True))
            rows.append((run.system, tuple(f"{share:.3f}" for share in found)))
    if not drawn:
        return None
    depths = range(1, _DEPTH + 1)
    across = Axis(0.5, _DEPTH + 0.5, tuple((k, str(k)) for k in depths))
    up = _shares(min(share for curve in drawn for _, share in curve.points))
    plot = curves(drawn, across, up, f"{y}, k from 1 to 10; the table below has its figures.")
    return Figure(title, "k, counted from the best", y, plot, tuple(map(str, depths)), tuple(rows))


def _papers_found(results: Sequence[Result]) -> list[float]:
    asked = [
        (list(dict.fromkeys(passage.paper for passage in one.reply.found)), one.asked.gold)
        for one in results
        if one.asked.gold and "recall@1" in one.values
    ]
    return [mean(recall(found, gold, k) for found, gold in asked) for k in range(1, _DEPTH + 1)] if asked else []


def _evidence_found(results: Sequence[Result]) -> list[float]:
    ranks = [
        evidence_rank([passage.text for passage in one.reply.found[:_DEPTH]], one.asked.evidence)
        for one in results
        if one.asked.evidence
    ]
    return [mean(rank is not None and rank <= k for rank in ranks) for k in range(1, _DEPTH + 1)] if ranks else []


def _decided(summary: Summary) -> tuple[float, float] | None:
    """Coverage and risk by the system's own decision, both kinds of question as if equally frequent."""
    covered, declined = summary.measures.get("answered"), summary.measures.get("abstention_recall")
    if covered is None or declined is None or not covered + 1 - declined:
        return None
    return covered, (1 - declined) / (covered + 1 - declined)


def _shares(lowest: float) -> Axis:
    """Shares up to one, from the half or the three quarters on where all are above it."""
    low = next(low for low in (0.75, 0.5, 0.0) if low <= lowest)
    ticks = tuple(low + (1 - low) * step / 5 for step in range(6))
    return Axis(low, 1, tuple((share, f"{share:.2g}".removeprefix("0") or "0") for share in ticks))


def _risks(highest: float) -> Axis:
    top = next(top for top in (0.1, 0.25, 0.5, 1.0) if highest <= top)
    return Axis(0, top, tuple((top * step / 5, f"{top * step / 5:g}".removeprefix("0") or "0") for step in range(6)))


def _time(seconds: float) -> str:
    return f"{seconds * 1000:.0f}\u00a0ms" if seconds < 1 else f"{seconds:.1f}\u00a0s"

"""Plots as inline SVG, in per cent of their box: text and strokes keep their size on a wide screen and on a narrow one.

What is drawn is told beside it in words or in a table as well, so a strip is hidden from screen readers and a curve has
its label. Text comes in through `Markup.format`, which escapes it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

__all__ = ["DIFFERENCE", "SECONDS", "SHARE", "Axis", "Curve", "Mark", "curves", "scale", "strip", "swarm"]

Series = Literal["ours", "peer", "better", "worse", "same"]

_LANES = {"ours": -7, "peer": 7}  # pixels from the middle of a strip, where both are drawn
_NEAR = 1.1  # per cent of the width within which two dots of a swarm would cover each other
_HIGHEST = 9  # dots of a swarm that stand over each other; the next ones begin at the bottom again


@dataclass(frozen=True, slots=True)
class Axis:
    """From `low` to `high`, with `ticks` as (value, label); `log` needs positive bounds. Values beyond are clipped."""

    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]
    log: bool = False

    def at(self, value: float) -> float:
        """Where `value` stands, from 0 to 100."""
        low, high = self.low, self.high
        if self.log:
            low, high, value = math.log10(low), math.log10(high), math.log10(max(value, low))
        return round(min(max((value - low) / (high - low), 0.0), 1.0) * 100, 2)


SHARE = Axis(0, 1, ((0, "0"), (0.25, ".25"), (0.5, ".5"), (0.75, ".75"), (1, "1")))
SECONDS = Axis(
    0.001, 100, ((0.001, "1 ms"), (0.01, "10 ms"), (0.1, "0.1 s"), (1, "1 s"), (10, "10 s"), (100, "100 s")), log=True
)
DIFFERENCE = tuple(
    Axis(-reach, reach, ((-reach, f"−{reach:g}"), (0, "0"), (reach, f"+{reach:g}")))
    for reach in (0.05, 0.1, 0.25, 0.5, 1)
)
"""Axes of differences, the narrowest first."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A value with its interval, if it has one."""

    series: Series
    value: float
    interval: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Curve:
    """Points as (x, y), in the order in which they are joined; `dots` says whether each is drawn as one too."""

    series: Series
    points: tuple[tuple[float, float], ...]
    dots: bool = False


def strip(marks: Sequence[Mark], axis: Axis) -> Markup:
    """Dots with whiskers over one axis, the peer's below ours."""
    drawn = [_grid(axis)]
    for mark in marks:
        parts = [_dot(mark.series, axis.at(mark.value), 50, 5)]
        if mark.interval:
            line = Markup('<line class="whisker {}" x1="{}%" x2="{}%" y1="50%" y2="50%"/>')
            parts.insert(0, line.format(mark.series, *map(axis.at, mark.interval)))
        lane = _LANES[mark.series] if len(marks) > 1 else 0
        drawn.append(Markup('<g transform="translate(0 {})">{}</g>').format(lane, Markup("").join(parts)))
    return _svg("strip", drawn)


def scale(axis: Axis) -> Markup:
    """The labels of an axis, to stand over the strips that share it."""
    return _svg(
        "scale", [Markup('<text x="{}%" y="1em">{}</text>').format(axis.at(at), label) for at, label in axis.ticks]
    )


def curves(
    drawn: Sequence[Curve], x: Axis, y: Axis, label: str, rings: Sequence[tuple[Series, float, float]] = ()
) -> Markup:
    """Lines over two axes; `rings` are (series, x, y) of what stands out."""
    parts = [_grid(x)]
    for at, name in y.ticks:
        place = round(100 - y.at(at), 2)
        parts.append(Markup('<line class="grid" x1="0" x2="100%" y1="{0}%" y2="{0}%"/>').format(place))
        parts.append(Markup('<text class="left" x="0" y="{}%" dx="-8" dy=".35em">{}</text>').format(place, name))
    for at, name in x.ticks:
        parts.append(Markup('<text class="below" x="{}%" y="100%" dy="1.5em">{}</text>').format(x.at(at), name))
    for curve in drawn:
        places = [(x.at(across), round(100 - y.at(up), 2)) for across, up in curve.points]
        path = " ".join(f"{across} {up}" for across, up in places)
        parts.append(
            Markup(
                '<svg viewBox="0 0 100 100" preserveAspectRatio="none" overflow="visible">'
                '<path class="line {}" d="M{}" vector-effect="non-scaling-stroke"/></svg>'
            ).format(curve.series, path)
        )
        if curve.dots:
            parts += [_dot(curve.series, across, up, 4) for across, up in places]
    parts += [_dot(f"{series} ring", x.at(across), round(100 - y.at(up), 2), 8) for series, across, up in rings]
    return Markup('<svg class="curves" role="img" aria-label="{}">{}</svg>').format(label, Markup("").join(parts))


def swarm(series: Series, values: Sequence[float], axis: Axis, median: float) -> Markup:
    """Every value as a dot, those that are alike over each other, and a line at the median."""
    parts = [_grid(axis)]
    taken: list[float] = []
    for place in sorted(map(axis.at, values)):
        lane = next((number for number, last in enumerate(taken) if place - last >= _NEAR), len(taken))
        if lane == len(taken):
            if lane == _HIGHEST:
                lane = min(range(_HIGHEST), key=taken.__getitem__)
            else:
                taken.append(place)
        taken[lane] = place
        parts.append(_dot(f"{series} small", place, round(90 - lane * 9, 2), 3))
    parts.append(
        Markup('<line class="median {0}" x1="{1}%" x2="{1}%" y1="0" y2="100%"/>').format(series, axis.at(median))
    )
    return _svg("swarm", parts)


def _svg(name: str, parts: Iterable[Markup]) -> Markup:
    return Markup('<svg class="{}" aria-hidden="true">{}</svg>').format(name, Markup("").join(parts))


def _grid(axis: Axis) -> Markup:
    lines = (
        Markup('<line class="grid{1}" x1="{0}%" x2="{0}%" y1="0" y2="100%"/>').format(
            axis.at(at), " zero" if at == 0 and axis.low < 0 else ""
        )
        for at, _ in axis.ticks
    )
    return Markup("").join(lines)


def _dot(series: str, across: float, up: float, radius: int) -> Markup:
    return Markup('<circle class="dot {}" cx="{}%" cy="{}%" r="{}"/>').format(series, across, up, radius)

"""The measures as rows of plots: over all questions, and over those of one area, type or kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from eval.measuring import Measure, measure
from eval.report.charts import SHARE, Mark, Series, strip
from eval.report.markdown import figure
from eval.results import Evaluation, Summary

__all__ = ["Group", "Panel", "Row", "costs", "groups", "label", "parts"]

_GROUPS = (
    (
        "Finding",
        "Whether the right papers and passages come up, and how soon.",
        ("evidence_recall", "recall", "MRR", "nDCG", "document_recall"),
    ),
    (
        "Answering",
        "What an answer says, and whether it cites the papers that say it.",
        ("key_fact_recall", "exact_answer", "quoted_evidence", "citation_precision", "citation_recall"),
    ),
    (
        "Knowing when not to",
        "Answering what has an answer, and leaving alone what has none.",
        ("answered", "abstention_recall", "abstention_precision", "AURC"),
    ),
)
_BY_PART = ("recall@5", "evidence_recall@5", "key_fact_recall", "exact_answer", "citation_precision", "answered",
            "abstention_recall")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One measure, or one part of the questions: what is drawn, and the same in figures."""

    label: str
    n: int
    ours: str
    interval: str
    peer: str
    drawn: Markup
    definition: str = ""
    lower: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Measures that answer one question of a reader's."""

    title: str
    lead: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Panel:
    """One measure over the parts of the questions."""

    label: str
    definition: str
    rows: tuple[Row, ...]


def label(name: str) -> str:
    """A measure's name as words: "key fact recall", "recall@5"."""
    return name.replace("_", " ")


def groups(evaluation: Evaluation) -> list[Group]:
    """The measures that are shares, by what they answer; one that has no group of its own stands in the last."""
    told = {name: measure(name) for name in evaluation.summary.measures}
    shares = {name: one for name, one in told.items() if one.guarded and not one.total}
    found = [
        Group(title, lead, _rows(evaluation, [name for name, one in shares.items() if one.name in members]))
        for title, lead, members in _GROUPS
    ]
    placed = {member for _, _, members in _GROUPS for member in members}
    found.append(
        Group("Further", "", _rows(evaluation, [name for name, one in shares.items() if one.name not in placed]))
    )
    return [group for group in found if group.rows]


def costs(evaluation: Evaluation) -> list[Row]:
    """What an answer takes: neither better nor worse by itself, and not guarded."""
    names = [name for name in evaluation.summary.measures if not measure(name).guarded]
    return [_row(label(name), name, evaluation.summary, evaluation.peer_summary, measure(name)) for name in names]


def parts(evaluation: Evaluation) -> dict[str, list[Panel]]:
    """For each part ("area", "type", "kind"), the telling measures over its names."""
    theirs = evaluation.peer_summary.by if evaluation.peer_summary else {}
    return {
        part: panels
        for part, summaries in evaluation.summary.by.items()
        if (panels := _panels(summaries, theirs.get(part, {})))
    }


def _panels(ours: Mapping[str, Summary], theirs: Mapping[str, Summary]) -> list[Panel]:
    panels = []
    for name in _BY_PART:
        rows = [_row(part, name, one, theirs.get(part)) for part, one in ours.items() if name in one.measures]
        if len(rows) > 1:
            panels.append(Panel(label(name), measure(name).definition, tuple(rows)))
    return panels


def _rows(evaluation: Evaluation, names: list[str]) -> tuple[Row, ...]:
    rows, told = [], set[str]()
    for name in names:
        one = measure(name)
        rows.append(
            _row(label(name), name, evaluation.summary, evaluation.peer_summary, None if one.name in told else one)
        )
        told.add(one.name)
    return tuple(rows)


def _row(text: str, name: str, ours: Summary, theirs: Summary | None, told: Measure | None = None) -> Row:
    marks = []
    sides: list[tuple[Series, Summary | None]] = [("ours", ours), ("peer", theirs)]
    for series, summary in sides:
        if summary is not None and name in summary.measures:
            marks.append(Mark(series, summary.measures[name], summary.intervals.get(name)))
    bounds = ours.intervals.get(name)
    return Row(
        label=text,
        n=ours.counts[name],
        ours=figure(name, ours.measures[name]),
        interval=f"{figure(name, bounds[0])} to {figure(name, bounds[1])}" if bounds else "",
        peer=figure(name, theirs.measures.get(name)) if theirs else "",
        drawn=strip(marks, SHARE),
        definition=told.definition if told else "",
        lower=measure(name).better == "lower" and measure(name).guarded,
    )

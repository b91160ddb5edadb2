"""An evaluation as Markdown, for a pull request or a README."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from eval.measuring import measure
from eval.results import Comparison, Evaluation, Run, Summary

__all__ = ["comparison_lines", "figure", "to_markdown"]

_FLIPS = 8  # ids told of one measure
_BY_PART = (
    "recall@5", "key_fact_recall", "exact_answer", "citation_precision", "answered", "abstention_recall",
    "unsupported_sentences", "wrong_numbers",
)  # fmt: skip
_MARKUP = re.compile(r"([\\`*_\[\]<>|#!])")


def to_markdown(evaluation: Evaluation) -> str:
    """Figures with intervals, beside the peer's; by area, type and kind; the verdicts; what a person judged."""
    run = evaluation.run
    split = f", split {run.split}" if run.split else ""
    lines = [
        f"# {run.system} on {run.suite}{split}: {evaluation.summary.n} questions, {run.date}",
        "",
        "; ".join(f"{name} {value}" for name, value in {**run.settings, "seed": run.seed}.items()),
        "",
        *_table(evaluation),
    ]
    for clause in evaluation.floors:
        lines += ["", f"**Floor broken:** {clause}."]
    for part, summaries in evaluation.summary.by.items():
        lines += ["", f"## By {part}", "", *_parts(part, summaries)]
    if evaluation.against_baseline is not None:
        lines += ["", "## Against the baseline", "", *comparison_lines(evaluation.against_baseline)]
    if evaluation.judged is not None:
        told = evaluation.judged
        lines += ["", "## Judged by a person", ""]
        lines += [f"{told.supported} of {told.n} sentences supported ({told.low:.3f} to {told.high:.3f})."]
        lines += [f"- {id}: {_cell(text)} ({_cell(note) or 'no note'})" for id, text, note in told.doubted]
    lines += ["", "## Problems found", "", *(_problems(run) or ["None."])]
    return "\n".join(lines) + "\n"


def comparison_lines(comparison: Comparison) -> list[str]:
    """A table of the measures that changed, and a line on those that did not."""
    changed = [change for change in comparison.changes if change.trend != "same"]
    same = [change.measure for change in comparison.changes if change.trend == "same"]
    lines = [f"Compared with {comparison.before}."]
    if changed:
        lines += [
            "",
            "| measure | before | after | difference (95 %) | verdict | flipped |",
            "|---|---|---|---|---|---|",
        ]
    for change in changed:
        ids = [flip.id for flip in change.flips]
        more = f" and {len(ids) - _FLIPS} more" if len(ids) > _FLIPS else ""
        lines.append(
            f"| {change.measure} | {figure(change.measure, change.before)} | {figure(change.measure, change.after)} | "
            f"{change.difference:+.3f} ({change.low:+.3f} to {change.high:+.3f}) | "
            f"{change.trend}{'' if change.guarded else ', not guarded'} | {', '.join(ids[:_FLIPS])}{more} |"
        )
    if same:
        lines += ["", f"The same: {', '.join(same)}."]
    if comparison.missing:
        lines += ["", f"Asked in one run only: {len(comparison.missing)} questions."]
    return lines


def figure(name: str, value: float | None) -> str:
    """A value as it is told: a count or a length without decimals, all else with three."""
    if value is None:
        return ""
    return f"{value:,.0f}" if measure(name).total or measure(name).name in ("characters", "tokens") else f"{value:.3f}"


def _table(evaluation: Evaluation) -> Iterator[str]:
    peer = evaluation.peer
    beside = f" {peer.system} |" if peer else ""
    yield f"| measure | n | {evaluation.run.system} | 95 % |{beside}"
    yield "|---|---|---|---|" + ("---|" if peer else "")
    for name, value in evaluation.summary.measures.items():
        low_high = evaluation.summary.intervals.get(name)
        bounds = f"{figure(name, low_high[0])} to {figure(name, low_high[1])}" if low_high else ""
        row = f"| {name} | {evaluation.summary.counts[name]} | {figure(name, value)} | {bounds} |"
        if evaluation.peer_summary is not None:
            row += f" {figure(name, evaluation.peer_summary.measures.get(name))} |"
        yield row


def _parts(part: str, summaries: Mapping[str, Summary]) -> Iterator[str]:
    names = [name for name in _BY_PART if any(name in one.measures for one in summaries.values())]
    yield f"| {part} | n | {' | '.join(names)} |"
    yield "|---|---|" + "---|" * len(names)
    for label, one in summaries.items():
        yield f"| {label} | {one.n} | {' | '.join(figure(name, one.measures.get(name)) for name in names)} |"


def _problems(run: Run) -> list[str]:
    return [
        f"- {result.asked.id}: {'; '.join(reasons)}: {_cell(sentence.text)}"
        for result in run.results
        for sentence, reasons in zip(result.reply.sentences, result.problems, strict=False)
        if reasons
    ]


def _cell(text: str) -> str:
    """A text of somebody's as plain words: nothing in it is markup, and it breaks no table."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))

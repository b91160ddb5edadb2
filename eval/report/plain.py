"""An evaluation as plain data, for a machine."""

from __future__ import annotations

from typing import Any

from eval.results import Comparison, Evaluation, Run, Summary
from eval.runs import to_json as nouns_to_json

__all__ = ["figures", "to_json"]


def figures(evaluation: Evaluation) -> dict[str, Any]:
    """What `immunorag eval --json` prints: one system's figures, or with a peer, those of both by their names."""
    ours = _figures(evaluation.run, evaluation.summary)
    if evaluation.judged is not None:
        ours["judged"] = nouns_to_json(evaluation.judged)
    if evaluation.against_baseline is not None:
        ours["baseline"] = {
            **_verdicts(evaluation.against_baseline),
            "floors": list(evaluation.floors),
            "failed": evaluation.failed,
        }
    if evaluation.peer is None or evaluation.peer_summary is None:
        return ours
    return {evaluation.run.system: ours, evaluation.peer.system: _figures(evaluation.peer, evaluation.peer_summary)}


def to_json(evaluation: Evaluation) -> dict[str, Any]:
    """All of an evaluation, with every question and reply."""
    return {"figures": figures(evaluation), "evaluation": nouns_to_json(evaluation)}


def _figures(run: Run, summary: Summary) -> dict[str, Any]:
    return {
        "system": run.system,
        "suite": run.suite,
        "split": run.split or None,
        "n": summary.n,
        "measures": dict(summary.measures),
        "intervals": {name: list(bounds) for name, bounds in summary.intervals.items()},
        "counts": dict(summary.counts),
        "settings": dict(run.settings),
        "versions": dict(run.versions),
        "seed": run.seed,
        "date": run.date,
    }


def _verdicts(comparison: Comparison) -> dict[str, Any]:
    return {
        "before": comparison.before,
        "verdicts": {change.measure: change.trend for change in comparison.changes},
        "worse": list(comparison.worse),
        "changes": [nouns_to_json(change) for change in comparison.changes if change.trend != "same" or change.flips],
        "missing": list(comparison.missing),
    }

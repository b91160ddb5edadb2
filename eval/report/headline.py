"""What a report says first: who was asked what, how it did in a few sentences, and what must not have been shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from eval.measuring import FLOORS, MEASURES
from eval.results import Evaluation, Run

__all__ = ["Floor", "day", "floors", "percent", "settings", "standfirst", "suite"]

_SUITES = {
    "own": "our own questions",
    "evidence-inference": "Evidence Inference 2.0",
    "bioasq": "BioASQ",
    "pubmedqa": "PubMedQA",
}
_SPLITS = {"dev": "development split", "heldout": "held-out split"}


@dataclass(frozen=True, slots=True)
class Floor:
    """How much was shown of what must not be; `hard` ones fail a build at the first."""

    name: str
    definition: str
    shown: int
    by_peer: int | None
    hard: bool


def suite(run: Run) -> str:
    """The suite and its split, as a reader would call them."""
    split = f", {_SPLITS.get(run.split, run.split)}" if run.split else ""
    return _SUITES.get(run.suite, run.suite) + split


def day(told: str) -> str:
    """ "2026-01-31" as "31 January 2026"; what is no such date stays as it is."""
    try:
        read = date.fromisoformat(told)
    except ValueError:
        return told
    return f"{read.day} {read:%B %Y}"


def percent(share: float) -> str:
    """A share in per cent, with a decimal only where it would else be told as none or all, and is neither."""
    whole = f"{share:.0%}"
    if whole in ("0%", "100%") and share not in (0, 1):
        whole = f"{share:.1%}"
    return whole.replace("%", "\u00a0%")


def standfirst(evaluation: Evaluation) -> list[str]:
    """The run in a few sentences, each only where its measures are defined."""
    return list(_told(evaluation))


def floors(evaluation: Evaluation) -> list[Floor]:
    """The guarded counts of what must not be shown, in the order of the measures."""
    ours = evaluation.summary.measures
    theirs = evaluation.peer_summary.measures if evaluation.peer_summary else {}
    return [
        Floor(
            one.name.replace("_", " "),
            one.definition,
            round(ours[one.name]),
            round(theirs[one.name]) if one.name in theirs else None,
            one.name in FLOORS,
        )
        for one in MEASURES
        if one.total and one.guarded and one.name in ours
    ]


def settings(run: Run) -> list[tuple[str, str]]:
    """What the figures depend on, each with its name."""
    told = {**run.settings, "seed": run.seed}
    return [(name.replace("_", " "), "none" if value is None else f"{value}") for name, value in told.items()]


def _told(evaluation: Evaluation) -> Iterator[str]:
    measures, counts = evaluation.summary.measures, evaluation.summary.counts
    if "answered" in measures:
        said = f"Of {counts['answered']:,} questions that the papers answer, it answers {percent(measures['answered'])}"
        if "key_fact_recall" in measures:
            said += f", and says {percent(measures['key_fact_recall'])} of the facts asked for"
        yield f"{said}."
    if "exact_answer" in measures and "key_fact_recall" not in measures:
        yield f"Its verdict, or the name it gives, is right for {percent(measures['exact_answer'])}."
    if "abstention_recall" in measures:
        yield (
            f"Of {counts['abstention_recall']:,} that they do not answer, it declines "
            f"{percent(measures['abstention_recall'])}."
        )
    if "citation_precision" in measures:
        told = percent(measures["citation_precision"])
        yield f"On average {told} of an answer's citations are to a paper that answers."
    if "recall@5" in measures:
        yield f"The first five papers it finds hold {percent(measures['recall@5'])} of the right ones."
    elif "evidence_recall@5" in measures:
        yield f"One of the first five passages holds the evidence for {percent(measures['evidence_recall@5'])}."

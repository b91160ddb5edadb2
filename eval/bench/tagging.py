"""Mentions of drugs, cancers, biomarkers, ... found in 182 sentences labelled by hand, beside plain substring matching.

The sentences are our own (`eval/labels/mentions.jsonl`) and were labelled before any tagger had read them; a third of
them, drawn by a seed, is held out: nothing was changed in the vocabulary because of what happened there. A mention is
right when it names the concept of a label whose span it touches; each label counts once.

- precision: right mentions / mentions found
- recall: labels found / labels
- exact: of the right mentions, those with the label's very span

The peer is what a script would do: every name of the same vocabulary, as a substring in any case, longest first.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

__all__ = ["Score", "Sentence", "Span", "main", "score", "sentences"]

GOAL_PRECISION = 0.97
GOAL_RECALL = 0.93
LABELS = Path(__file__).resolve().parent.parent / "labels" / "mentions.jsonl"

Span = tuple[str, int, int]  # concept id, start, end


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence with its labels; `part` is "tune" or "held-out"."""

    part: str
    text: str
    labels: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """Counts over some sentences: mentions found, labels, right mentions, and of these the ones with the very span."""

    found: int = 0
    labels: int = 0
    right: int = 0
    exact: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(
            self.found + other.found, self.labels + other.labels, self.right + other.right, self.exact + other.exact
        )

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.labels if self.labels else 1.0


def sentences(path: Path = LABELS) -> list[Sentence]:
    """The labelled sentences of a JSON Lines file."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        labels = tuple((label["concept"], label["start"], label["end"]) for label in row["mentions"])
        found.append(Sentence(row["part"], row["text"], labels))
    return found


def score(found: Iterable[Span], labels: Iterable[Span]) -> dict[str, Score]:
    """Kind of concept -> counts, for one sentence."""
    counts: dict[str, Score] = defaultdict(Score)
    open_labels = list(labels)
    for label in open_labels:
        counts[_kind(label)] += Score(labels=1)
    for span in found:
        match = next((label for label in open_labels if label[0] == span[0] and _touch(label, span)), None)
        if match is not None:
            open_labels.remove(match)
        counts[_kind(span)] += Score(found=1, right=int(match is not None), exact=int(match == span))
    return dict(counts)


def _kind(span: Span) -> str:
    return span[0].partition(":")[0]


def _touch(one: Span, other: Span) -> bool:
    return one[1] < other[2] and other[1] < one[2]


def _ours(text: str) -> list[Span]:
    from ingest.vocabulary import mentions

    return [(mention.concept.id, mention.start, mention.end) for mention in mentions(text)]


def _substrings(text: str) -> list[Span]:
    """The longest names first, as substrings in any case; a character belongs to one name."""
    lower = text.lower()
    taken = [False] * len(lower)
    found: list[Span] = []
    for name, concept in _names():
        start = lower.find(name)
        while start >= 0:
            end = start + len(name)
            if not any(taken[start:end]):
                taken[start:end] = [True] * len(name)
                found.append((concept, start, end))
            start = lower.find(name, end)
    return sorted(found, key=lambda span: span[1])


@cache
def _names() -> list[tuple[str, str]]:
    from ingest.vocabulary import concepts

    names = {name.lower(): one.id for one in concepts() for name in (one.name, *one.synonyms)}
    return sorted(names.items(), key=lambda item: -len(item[0]))


TAGGERS: dict[str, Callable[[str], list[Span]]] = {"immunorag": _ours, "substrings": _substrings}


def totals(part: str, rows: Sequence[Sentence], tagger: Callable[[str], list[Span]]) -> dict[str, Score]:
    """Kind -> counts over the sentences of one part, and "all"."""
    counts: dict[str, Score] = defaultdict(Score)
    for row in rows:
        if row.part == part:
            for kind, one in score(tagger(row.text), row.labels).items():
                counts[kind] += one
                counts["all"] += one
    return dict(counts)


def main(argv: list[str]) -> int:
    """Print a table for each part; 0 when both goals are met on the held-out part, else 1."""
    from typing import get_args

    from rich.console import Console
    from rich.table import Table

    from ingest.vocabulary import ConceptKind

    parser = argparse.ArgumentParser(
        prog="python -m eval.bench tagging", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--verbose", action="store_true", help="every label missed and mention wrong in the tune part")
    options = parser.parse_args(argv)
    rows = sentences()
    console = Console(width=80, highlight=False, soft_wrap=False)
    for part in ("tune", "held-out"):
        counts = {name: totals(part, rows, tagger) for name, tagger in TAGGERS.items()}
        size = sum(row.part == part for row in rows)
        table = Table(title=f"{part}: {size} sentences, {counts['immunorag']['all'].labels} labels", title_justify="left")
        table.add_column("kind")
        for name in counts:
            for column in ("precision", "recall", "exact"):
                table.add_column(column if name == "immunorag" else f"{name} {column}", justify="right")
        for kind in (*get_args(ConceptKind), "all"):
            cells = [cell for name in counts for cell in _cells(counts[name].get(kind, Score()))]
            table.add_row(kind, *cells, style="bold" if kind == "all" else None)
        console.print(table)
    if options.verbose:
        for line in _mistakes(rows):
            console.print(line, markup=False)
    ours = totals("held-out", rows, _ours)["all"]
    met = ours.precision >= GOAL_PRECISION and ours.recall >= GOAL_RECALL
    console.print(
        f"\ngoals on the held-out part (precision {GOAL_PRECISION}, recall {GOAL_RECALL}) {'met' if met else 'MISSED'}"
    )
    return 0 if met else 1


def _cells(one: Score) -> tuple[str, str, str]:
    return f"{one.precision:.3f}", f"{one.recall:.3f}", f"{one.exact / one.right:.3f}" if one.right else "-"


def _mistakes(rows: Sequence[Sentence]) -> list[str]:
    """What went wrong in the tune part; the held-out part is not shown, so that nobody tunes on it."""
    lines: list[str] = []
    for row in rows:
        if row.part != "tune":
            continue
        found = _ours(row.text)
        wrong = [span for span in found if not any(span[0] == label[0] and _touch(span, label) for label in row.labels)]
        missed = [label for label in row.labels if not any(span[0] == label[0] and _touch(span, label) for span in found)]
        for word, spans in (("wrong", wrong), ("missed", missed)):
            lines += [f"{word} {id} {row.text[start:end]!r} in: {row.text}" for id, start, end in spans]
    return lines

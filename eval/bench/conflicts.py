"""Whether answers say that studies disagree where they do, and only there, on 64 pairs of made findings; beside a peer.

The pairs are our own (`eval/labels/conflicts.jsonl`): two short papers in the manner of abstracts and a question on
them, written before anything looked for disagreements. Their drugs and cancers exist, their results are made up. Half
of them truly disagree: the same drug or marker, the same endpoint, comparable patients, and one says more where the
other says less or no difference, whatever the cut-off, assay, design or data cut. The others only seem to: another
cancer, line, endpoint, marker, drug, comparator, therapy, species or group of patients; the same in other words; a
trend beside a significant result; an aim; a review. The half a pair belongs to is fixed by the SHA-256 of its id; rules
were mended by what they said of the tuning half.

All papers lie in one library with the default embedding model; each question is put to `Assistant.ask` over the two
papers of its pair. A pair counts as found where the answer names any disagreement.

- precision: disagreeing pairs among those found
- recall: those found among the disagreeing pairs

Whoever writes both pairs and rules finds what he thought of: the figures tell that the rules do what they were meant
to, not how often findings of the literature are read rightly.

The peer knows no populations and no endpoints: of the passages read for the same answer, two that name one drug or
marker of the question take opposite stances on it (`rag.stance`).
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

from eval.suites import Half, half
from ingest.papers import Filters, Paper, Section
from ingest.sentences import sentence_spans

if TYPE_CHECKING:
    from ingest.embedding import Embedder
    from rag.answer import Answer

__all__ = ["PAIRS", "Outcome", "Pair", "Share", "main", "outcomes", "pairs", "peer_finds", "share"]

GOAL_PRECISION, GOAL_RECALL = 0.85, 0.75
PAIRS = Path(__file__).resolve().parents[1] / "labels" / "conflicts.jsonl"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two made papers and a question on them; `kind` says what they differ in, or why they only seem to disagree."""

    id: str
    disagree: bool
    kind: str
    question: str
    papers: tuple[Paper, Paper]

    @property
    def half(self) -> Half:
        return half(self.id)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the answer on a pair, and the peer, said of it."""

    pair: Pair
    answered: bool
    ours: bool
    peer: bool


@dataclass(frozen=True, slots=True)
class Share:
    """Pairs found, pairs that disagree, and both."""

    found: int
    disagreeing: int
    right: int

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 1.0

    @property
    def recall(self) -> float:
        return self.right / self.disagreeing if self.disagreeing else 1.0


def pairs(path: Path = PAIRS) -> list[Pair]:
    """The pairs of a JSON Lines file, in its order."""
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        row = json.loads(line)
        first, second = (_paper(10 * number + place, made) for place, made in enumerate(row["papers"]))
        found.append(Pair(row["id"], row["disagree"], row["kind"], row["question"], (first, second)))
    return found


def _paper(number: int, made: dict[str, str | int]) -> Paper:
    text = str(made["text"])
    return Paper(
        id=f"pmid:{900_000 + number}",
        title=str(made["title"]),
        text=text,
        sections=(Section("abstract", "Abstract", 0, len(text)),),
        source="pubmed",
        year=int(made["year"]),
        pmid=str(900_000 + number),
        design=str(made["design"]),
    )


def outcomes(asked: Sequence[Pair], embedder: Embedder | None = None) -> list[Outcome]:
    """Put each pair's question to a library of all their papers, restricted to its two."""
    from ingest.library import Library
    from rag.assistant import Assistant

    found = []
    with tempfile.TemporaryDirectory() as folder, Library.open(Path(folder) / "library", embedder=embedder) as library:
        library.add([paper for pair in asked for paper in pair.papers])
        assistant = Assistant(library)
        for pair in asked:
            answer = assistant.ask(pair.question, Filters(papers=tuple(paper.id for paper in pair.papers)))
            found.append(Outcome(pair, not answer.abstained, bool(answer.disagreements), peer_finds(pair, answer)))
    return found


def peer_finds(pair: Pair, answer: Answer) -> bool:
    """Whether two papers with a drug or marker of the question in common take opposite stances on the question."""
    from ingest.vocabulary import concepts_in
    from rag.stance import stance

    asked = {concept for concept in concepts_in(pair.question) if concept.kind in ("drug", "biomarker")}
    told = []
    for passage in answer.passages:
        sentences = [passage.text[start:end] for start, end in sentence_spans(passage.text)]
        stances = {said for sentence in sentences if (said := stance(pair.question, sentence))}
        told.append((passage.paper.id, concepts_in(passage.text) & asked, stances))
    return any(
        one != other
        and mine & theirs
        and (("yes" in said and "no" in theirs_said) or ("no" in said and "yes" in theirs_said))
        for (one, mine, said), (other, theirs, theirs_said) in combinations(told, 2)
    )


def share(found: Sequence[tuple[bool, bool]]) -> Share:
    """Counts over (disagrees, was found)."""
    return Share(
        sum(was_found for _, was_found in found),
        sum(disagrees for disagrees, _ in found),
        sum(disagrees and was_found for disagrees, was_found in found),
    )


def main(argv: list[str]) -> int:
    """Print both halves; 0 when both goals are met on the report half, else 1."""
    from rich.console import Console
    from rich.table import Table

    parser = argparse.ArgumentParser(
        prog="python -m eval.bench conflicts", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--verbose", action="store_true", help="each pair of the tuning half that was told wrongly")
    options = parser.parse_args(argv)
    asked = pairs()
    told = outcomes(asked)
    console = Console(width=100, highlight=False)
    table = Table(title=f"{len(asked)} pairs, half of them disagreeing", title_justify="left")
    for column in ("half", "system", "pairs", "found", "right", "precision", "recall"):
        table.add_column(column, justify="left" if column in ("half", "system") else "right")
    ours = Share(0, 0, 0)
    for part in ("tune", "report"):
        rows = [one for one in told if one.pair.half == part]
        for name in ("immunorag", "peer"):
            counts = share([(one.pair.disagree, one.ours if name == "immunorag" else one.peer) for one in rows])
            ours = counts if name == "immunorag" else ours
            figures = (len(rows), counts.found, counts.right, f"{counts.precision:.3f}", f"{counts.recall:.3f}")
            table.add_row(part, name, *map(str, figures))
    console.print(table)
    console.print(f"questions answered: {sum(one.answered for one in told)} of {len(told)}")
    if options.verbose:
        for one in told:
            if one.pair.half == "tune" and one.ours != one.pair.disagree:
                word = "missed" if one.pair.disagree else "invented"
                console.print(f"{word} {one.pair.id} ({one.pair.kind}): {one.pair.question}", markup=False)
    met = ours.precision >= GOAL_PRECISION and ours.recall >= GOAL_RECALL
    goals = f"goals on the report half (precision {GOAL_PRECISION}, recall {GOAL_RECALL})"
    console.print(f"{goals} {'met' if met else 'MISSED'}")
    return 0 if met else 1

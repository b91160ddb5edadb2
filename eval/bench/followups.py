"""Whether a follow-up finds its paper as often as the same question written out, without an LLM.

The conversations are our own (`eval/questions/follow-ups.jsonl`), of two and three turns: each ends in a question that
only makes sense after those before it, or, in some, in one on another subject; the full question stands beside it. The
library holds the starter digests and made-up papers on the same drugs, cancers and markers (`eval/distractors.py`).

recall@5: share of the conversations of which one of the first five passages is of a gold paper. `resolved` is the
follow-up as `rag.conversation` carries the conversation over, turn by turn; `written out` the full question; `as asked`
the follow-up alone, which is the floor. Intervals are 95 % bootstrap intervals over gold papers, both sides drawn
together. The rules were made on `dev`; `heldout` only reports.

A question on another subject has to stay as it is: every other question of our own is asked after one that it has
nothing to do with, and those are counted that do not.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from eval.bench.data import workplace
from eval.bench.names import hit_rank
from eval.measures import paired_difference
from eval.questions import OwnQuestion, own_questions
from rag.conversation import carried_over
from rag.question import Question
from rag.understanding import understand

if TYPE_CHECKING:
    from rich.console import Console

    from rag.retrieval import Retriever

__all__ = ["AMONG", "GOAL", "main", "resolved"]

AMONG = 5
GOAL = 0.05  # by how much the resolved follow-up may fall short of the question written out
_PER_PAPER = 4
_DEEPEST = 10
_BEFORE = "Does bevacizumab shrink vestibular schwannoma?"  # which no question of our own is about

Ranks = Sequence[int | None]


def resolved(asked: OwnQuestion) -> Question:
    """The last question of a conversation as it is understood, each of those before it having been understood."""
    history: tuple[tuple[str, str], ...] = ()
    for text in asked.history:
        history = (*history, (understand(Question(text, history=history)).text, ""))
    return understand(Question(asked.text, history=history)).question


def main(argv: list[str]) -> int:
    """Print a table for each split and for both; 0 when the goal is met over both, else 1."""
    from rich.console import Console

    from eval.distractors import distractors
    from ingest import starter
    from ingest.embedding import load_embedder
    from ingest.library import Library
    from rag.retrieval import hybrid

    parser = argparse.ArgumentParser(
        prog="python -m eval.bench followups", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--distractors", type=int, default=500, metavar="N", help="made-up papers beside the digests")
    parser.add_argument("--show", action="store_true", help="list what the follow-ups of dev become, and their ranks")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="build the library there, or use what was built there")
    options = parser.parse_args(argv)
    asked = [question for question in own_questions() if question.kind == "follow-up"]
    console = Console(width=100, highlight=False)
    with (
        workplace(options.keep) as folder,
        Library.open(folder / f"library-{options.distractors}", embedder=load_embedder(precision="fp32")) as library,
    ):
        library.add([*starter.papers(), *distractors(options.distractors)])
        retrieve = hybrid(library, _PER_PAPER)
        questions = {
            "resolved": [resolved(one) for one in asked],
            "written out": [Question(one.standalone) for one in asked],
            "as asked": [Question(one.text) for one in asked],
        }
        ranks = {name: _ranks(retrieve, asked, put) for name, put in questions.items()}
        console.print(f"{len(library)} papers, {library.chunk_count():,} chunks, {len(asked)} conversations")
    if options.show:
        _print_dev(console, asked, questions["resolved"], ranks)
    for split in ("dev", "heldout"):
        others = [one.text for one in own_questions() if one.kind != "follow-up" and one.split == split]
        changed = sum(carried_over(text, [_BEFORE])[0] != text for text in others)
        console.print(f"{split}: {changed} of {len(others)} questions on another subject were taken for follow-ups")
    for split in ("dev", "heldout"):
        chosen = [number for number, one in enumerate(asked) if one.split == split]
        _print(
            console, split, [asked[n] for n in chosen], {name: [row[n] for n in chosen] for name, row in ranks.items()}
        )
    return 0 if _print(console, "both", asked, ranks) else 1


def _ranks(retrieve: Retriever, asked: Sequence[OwnQuestion], put: Sequence[Question]) -> Ranks:
    return [
        hit_rank([passage.paper.id for passage in retrieve(question, _DEEPEST)], one.gold)
        for one, question in zip(asked, put, strict=True)
    ]


def _print(console: Console, name: str, asked: Sequence[OwnQuestion], ranks: dict[str, Ranks]) -> bool:
    """Print the table of some conversations; whether the resolved ones fall short by no more than the goal."""
    from rich.table import Table

    turns = sum(len(one.history) > 1 for one in asked)
    table = Table(title=f"{name}: {len(asked)} conversations, {turns} of three turns", title_justify="left")
    for heading in ("measure", *ranks, "resolved - written out", "95 % interval"):
        table.add_column(heading, justify="left" if heading == "measure" else "right")
    groups = [one.gold[0] for one in asked]
    short = 0.0
    for k in (1, AMONG, _DEEPEST):
        hits = {name: [float(rank is not None and rank <= k) for rank in row] for name, row in ranks.items()}
        difference = paired_difference(hits["resolved"], hits["written out"], groups)
        short = -difference.estimate if k == AMONG else short
        table.add_row(
            f"recall@{k}", *(f"{sum(row) / len(row):.3f}" for row in hits.values()),
            f"{difference.estimate:+.3f}", f"{difference.low:+.3f} to {difference.high:+.3f}",
        )  # fmt: skip
    console.print(table)
    return short <= GOAL


def _print_dev(
    console: Console, asked: Sequence[OwnQuestion], put: Sequence[Question], ranks: dict[str, Ranks]
) -> None:
    """Of `dev` alone, so that nobody tunes on the other."""
    for number, one in enumerate(asked):
        if one.split == "dev":
            told = ", ".join(f"{name} {row[number] or '-'}" for name, row in ranks.items())
            text = f"{one.id}: {told}: {put[number].text} ({' '.join(put[number].hints)})"
            console.print(text, markup=False, soft_wrap=True)

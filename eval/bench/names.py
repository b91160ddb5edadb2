"""Whether a paper is found by another name than its own: Keytruda for pembrolizumab, B7-H1 for PD-L1.

The questions are our own (`eval/questions/names.jsonl`), written from the digests without a look at what retrieval
finds. Each stands there twice: with other names than the gold digest uses anywhere, and in its own. The library holds
the starter digests and made-up papers on the same drugs, cancers and markers (`eval/distractors.py`).

recall@k: share of the questions for which one of the first k passages is of a gold paper. `off` and `on` are `hybrid`
without and with the names of the vocabulary. Intervals are 95 % bootstrap intervals over gold papers, both sides drawn
together. The papers are halved by the hash of their ids: the weights in `rag/concepts.py` were chosen on `tune`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from eval.bench.data import workplace
from eval.measures import paired_difference
from eval.questions import RenamedQuestion, renamed_questions

if TYPE_CHECKING:
    from rich.console import Console

    from ingest.library import Library
    from ingest.papers import Paper
    from rag.retrieval import Retriever

__all__ = ["DEPTHS", "Found", "hit_rank", "main"]

DEPTHS = (1, 5, 10)
_PER_PAPER = 4

Search = Callable[[str], list[str]]  # question -> the papers of the passages found, best first


@dataclass(frozen=True, slots=True)
class Found:
    """The rank of the first gold passage, question by question, with other names and in the paper's own words."""

    other: tuple[int | None, ...]
    own: tuple[int | None, ...]


def hit_rank(papers: Sequence[str], gold: Sequence[str]) -> int | None:
    """Rank, from 1, of the first passage of a gold paper; None where there is none."""
    return next((rank for rank, paper in enumerate(papers, start=1) if paper in gold), None)


def main(argv: list[str]) -> int:
    """Print a table for each half; 0 when the names do not make the questions in the papers' own words worse."""
    from rich.console import Console

    parser = argparse.ArgumentParser(prog="python -m eval.bench names", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--distractors", type=int, default=500, metavar="N", help="made-up papers beside the digests")
    parser.add_argument("--tutorial", action="store_true", help="also what a LangChain tutorial finds")
    parser.add_argument("--missed", action="store_true", help="list the questions of the tuning half missed at 5")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="build the library there, or use what was built there")
    options = parser.parse_args(argv)
    questions = renamed_questions()
    console = Console(width=100, highlight=False)
    with workplace(options.keep) as folder:
        papers = _papers(options.distractors)
        with _library(folder / f"library-{options.distractors}", papers) as library:
            from rag.retrieval import hybrid

            systems = {
                name: _asked(_search(hybrid(library, _PER_PAPER, names=on)), questions)
                for name, on in (("off", False), ("on", True))
            }
            console.print(
                f"{len(library)} papers, {library.chunk_count():,} chunks, {len(questions)} pairs of questions"
            )
        if options.tutorial:
            systems["tutorial"] = _asked(_tutorial(folder / f"tutorial-{options.distractors}", papers), questions)
    for part in ("tune", "report"):
        chosen = [number for number, question in enumerate(questions) if question.part == part]
        _print_part(console, part, [questions[number] for number in chosen], _only(systems, chosen))
    if options.missed:
        _print_missed(console, questions, systems["on"])
    held = _no_worse(questions, systems)
    console.print("the papers' own words: " + ("not worse with names on" if held else "WORSE with names on"))
    return 0 if held else 1


# -- the systems -----------------------------------------------------------------------------------------------------


def _asked(search: Search, questions: Sequence[RenamedQuestion]) -> Found:
    return Found(
        tuple(hit_rank(search(question.text), question.gold) for question in questions),
        tuple(hit_rank(search(question.own_words), question.gold) for question in questions),
    )


def _search(retrieve: Retriever) -> Search:
    from rag.question import Question

    return lambda text: [passage.paper.id for passage in retrieve(Question(text), max(DEPTHS))]


def _papers(distractors: int) -> list[Paper]:
    from eval.distractors import distractors as made
    from ingest import starter

    return [*starter.papers(), *made(distractors)]


def _library(folder: Path, papers: Sequence[Paper]) -> Library:
    from ingest.embedding import load_embedder
    from ingest.library import Library

    library = Library.open(folder, embedder=load_embedder(precision="fp32"))
    _say(f"immunorag: adding {len(papers)} papers")
    library.add(papers)
    return library


def _tutorial(folder: Path, papers: Sequence[Paper]) -> Search:
    from eval.tutorial import Tutorial, split_text

    tutorial = Tutorial(folder)
    known = tutorial.papers()
    _say(f"tutorial: adding {len(papers)} papers")
    for paper in papers:
        if paper.id not in known:
            tutorial.add_chunks(paper.id, split_text(f"{paper.title}\n\n{paper.text}"))
    return lambda text: [passage.paper for passage in tutorial.search(text, max(DEPTHS))]


# -- the tables ------------------------------------------------------------------------------------------------------


def _hits(ranks: Sequence[int | None], k: int) -> list[float]:
    return [float(rank is not None and rank <= k) for rank in ranks]


def _no_worse(questions: Sequence[RenamedQuestion], systems: dict[str, Found]) -> bool:
    """Whether no interval of what the names do to questions in the papers' own words lies below zero, over all."""
    groups = [question.gold[0] for question in questions]
    on, off = systems["on"].own, systems["off"].own
    return all(paired_difference(_hits(on, k), _hits(off, k), groups).high >= 0 for k in DEPTHS)


def _only(systems: dict[str, Found], chosen: Sequence[int]) -> dict[str, Found]:
    return {
        name: Found(tuple(found.other[n] for n in chosen), tuple(found.own[n] for n in chosen))
        for name, found in systems.items()
    }


def _print_part(console: Console, part: str, questions: Sequence[RenamedQuestion], systems: dict[str, Found]) -> None:
    from rich.table import Table

    groups = [question.gold[0] for question in questions]
    title = f"{part}: {len(questions)} pairs of questions, {len(set(groups))} papers"
    table = Table(title=title, title_justify="left")
    table.add_column("asked with")
    table.add_column("measure")
    for name in (*systems, "on - off", "95 % interval"):
        table.add_column(name, justify="right")
    for side, label in (("other", "other names"), ("own", "own words")):
        for k in DEPTHS:
            hits = {name: _hits(getattr(found, side), k) for name, found in systems.items()}
            difference = paired_difference(hits["on"], hits["off"], groups)
            table.add_row(
                label, f"recall@{k}", *(f"{sum(row) / len(row):.3f}" for row in hits.values()),
                f"{difference.estimate:+.3f}", f"{difference.low:+.3f} to {difference.high:+.3f}",
            )  # fmt: skip
    console.print(table)


def _print_missed(console: Console, questions: Sequence[RenamedQuestion], found: Found) -> None:
    """Of the tuning half alone, so that nobody tunes on the other."""
    for question, other, own in zip(questions, found.other, found.own, strict=True):
        if question.part == "tune" and (other is None or other > 5):
            console.print(f"{question.id}, rank {other}, in own words {own}: {question.text}", markup=False)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)

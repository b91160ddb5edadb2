"""How often the evidence is among the first passages, beside what a LangChain tutorial finds in the same papers.

Evidence Inference, all papers in one library, every question put to all of them. A passage counts when it holds at
least 60 % of the word trigrams of one gold evidence text (`eval.measures.holds`); recall within 5,000 characters reads
the ranking until that many characters of passages are read, and cuts the passage that crosses the border there.

The papers are halved by the hash of their names: whatever is chosen by looking at figures is chosen on `tune`, and
`report` tells whether it holds. Intervals are 95 % bootstrap intervals over papers. Whether Chroma's own search loses
anything is measured apart: its first 10 against those of an exact search over the same vectors.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import numpy as np

from eval.bench.data import add_data_option, data_folder, workplace
from eval.measures import evidence_rank, first_characters, paired_ratio
from eval.suites import EvalQuestion, Suite, evidence_inference, half

if TYPE_CHECKING:
    from rich.console import Console

    from ingest.library import Library
    from ingest.papers import Paper
    from rag.retrieval import Retriever

__all__ = ["MEASURES", "Found", "chroma_recall", "main", "scores"]

MEASURES = ("recall@1", "recall@5", "recall@10", "MRR@10", "recall in 5,000 ch.")
GOALS = {"recall@1": 1.3, "recall in 5,000 ch.": 1.25}  # ours over the tutorial's, all papers
GOAL_CHROMA = 0.99
_CHARACTERS = 5_000
_DEPTH = 50  # passages asked for: 5,000 characters are read long before
_NEWS = 5.0  # seconds between two lines of progress


@dataclass(frozen=True, slots=True)
class Found:
    """One system's scores: a row a question, a column a measure of MEASURES; and the median seconds a question took."""

    name: str
    rows: tuple[tuple[float, ...], ...]
    seconds: float

    def column(self, measure: str, chosen: Sequence[bool]) -> list[float]:
        place = MEASURES.index(measure)
        return [row[place] for row, wanted in zip(self.rows, chosen, strict=True) if wanted]


def scores(passages: Sequence[str], evidence: Sequence[str]) -> tuple[float, ...]:
    """The value of each of MEASURES for one question, given its passages, best first."""
    rank = evidence_rank(passages[:10], evidence)
    within = evidence_rank(first_characters(passages, _CHARACTERS), evidence) is not None
    at = [float(rank is not None and rank <= k) for k in (1, 5, 10)]
    return (*at, 1 / rank if rank else 0.0, float(within))


def chroma_recall(library: Library, questions: Sequence[str], k: int = 10) -> float:
    """Mean share of the exact first k chunks that Chroma finds; chunks as near as the exact k-th count as found."""
    ids, matrix = library.embeddings()
    place = {chunk_id: row for row, chunk_id in enumerate(ids)}
    shares: list[float] = []
    for vector in library.embedder.embed(questions):
        exact = matrix @ vector
        border = np.sort(exact)[-k] - 1e-6
        shares.append(sum(exact[place[chunk_id]] >= border for chunk_id, _ in library.dense(vector, k)) / k)
    return float(np.mean(shares))


def main(argv: list[str]) -> int:
    """Print the tables; 0 when the goals are met over all papers, else 1."""
    from rich.console import Console

    from ingest.embedding import Precision

    parser = argparse.ArgumentParser(
        prog="python -m eval.bench retrieval", description=(__doc__ or "").partition("\n")[0]
    )
    add_data_option(parser)
    parser.add_argument("--ablations", action="store_true", help="also what each part of our retrieval brings")
    parser.add_argument("--precision", choices=get_args(Precision), default="auto", help="of our embedding")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="build both stores there, or use what was built there")
    options = parser.parse_args(argv)
    suite = evidence_inference(data_folder(options.data, "evidence_inference_dev"))
    console = Console(width=80, highlight=False)
    with workplace(options.keep) as folder:
        theirs, their_size = _tutorial(suite, folder / "tutorial")
        library = _built(folder / f"library-{options.precision}", options.precision)
        _ingested(library, suite)
        with library:
            from rag.retrieval import hybrid

            ours = _asked("immunorag", _texts(hybrid(library)), suite)
            _print_sizes(console, suite, _size(library), their_size, options.precision)
            met = _print_comparison(console, suite, ours, theirs)
            if options.ablations:
                parts = _ablations(library, folder, options.precision, suite)
                _print_ablations(console, suite, [theirs, *parts, replace(ours, name="both, findings first")])
            exact = chroma_recall(library, [question.text for question in suite.questions])
            console.print(f"Chroma's recall@10 against exact search: {exact:.4f} (goal {GOAL_CHROMA:.2f})")
            met = met and exact >= GOAL_CHROMA
    console.print(f"goals {'met' if met else 'MISSED'}")
    return 0 if met else 1


# -- the systems -----------------------------------------------------------------------------------------------------

Texts = Callable[[str], list[str]]
Size = tuple[int, int]  # chunks, characters


def _asked(name: str, search: Texts, suite: Suite) -> Found:
    _say(f"{name}: asking {len(suite.questions)} questions")
    rows: list[tuple[float, ...]] = []
    seconds: list[float] = []
    for question in suite.questions:
        begin = time.perf_counter()
        texts = search(question.text)
        seconds.append(time.perf_counter() - begin)
        rows.append(scores(texts, question.evidence))
    return Found(name, tuple(rows), float(np.median(seconds)))


def _texts(retrieve: Retriever) -> Texts:
    from rag.question import Question

    return lambda text: [passage.text for passage in retrieve(Question(text), _DEPTH)]


def _tutorial(suite: Suite, folder: Path) -> tuple[Found, Size]:
    from eval.tutorial import Tutorial

    tutorial = Tutorial(folder)
    known = tutorial.papers()
    for done, (name, path) in enumerate(suite.papers.items()):
        if done % 10 == 0:
            _say(f"tutorial: paper {done} of {len(suite.papers)}")
        if name not in known:
            tutorial.add(path)
    found = _asked("tutorial", lambda text: [p.text for p in tutorial.search(text, _DEPTH)], suite)
    return found, (len(tutorial), tutorial.characters())


def _built(folder: Path, precision: str) -> Library:
    from ingest.embedding import load_embedder
    from ingest.library import Library

    return Library.open(folder, embedder=load_embedder(precision=precision))  # type: ignore[arg-type]


def _ingested(library: Library, suite: Suite) -> None:
    from ingest.library import Progress

    last = 0.0

    def hear(progress: Progress) -> None:
        nonlocal last
        if time.monotonic() - last > _NEWS:
            last = time.monotonic()
            _say(f"immunorag: {progress.stage} {progress.done} of {progress.total}")

    report = library.ingest(suite.papers.values(), progress=hear)
    for outcome in report.outcomes:
        if outcome.outcome == "failed":
            _say(f"immunorag: {outcome.path.name} failed: {outcome.reason}")


def _size(library: Library) -> Size:
    return library.chunk_count(), sum(record.characters for record in library.records())


def _ablations(library: Library, folder: Path, precision: str, suite: Suite) -> Iterator[Found]:
    """From one search alone to all of `hybrid`, which then also reads a paper first where it reports its findings."""
    from rag.retrieval import dense, lexical, retriever

    yield _asked("dense only", _texts(retriever(library, dense(library), weigh_findings=False)), suite)
    yield _asked("lexical only", _texts(retriever(library, lexical(library), weigh_findings=False)), suite)
    yield _asked("both", _texts(_both(library)), suite)
    with _built(folder / f"library-{precision}-no-context", precision) as bare:
        if not len(bare):
            _say("immunorag: embedding again, without context")
            bare.add([_without_context(library.paper(record.id)) for record in library.records()])
        yield _asked("both, no context", _texts(_both(bare)), suite)


def _both(library: Library) -> Retriever:
    from rag.retrieval import dense, fused, lexical, retriever

    return retriever(library, fused(lexical(library), dense(library), weights=(2.0, 1.0)), weigh_findings=False)


def _without_context(paper: Paper) -> Paper:
    """The same text without title and headings, so that a chunk is indexed as it stands."""
    sections = tuple(replace(section, kind="other", title="") for section in paper.sections)
    return replace(paper, title="", sections=sections)


# -- the tables ------------------------------------------------------------------------------------------------------


def _halves(suite: Suite) -> Iterator[tuple[str, list[EvalQuestion], list[bool]]]:
    for name in ("tune", "report", "all"):
        chosen = [name in ("all", half(question.paper)) for question in suite.questions]
        yield name, [q for q, wanted in zip(suite.questions, chosen, strict=True) if wanted], chosen


def _print_sizes(console: Console, suite: Suite, ours: Size, theirs: Size, precision: str) -> None:
    console.print(f"{len(suite.papers)} papers, {len(suite.questions)} questions; our embedding: {precision}")
    for name, (chunks, characters) in (("immunorag", ours), ("tutorial", theirs)):
        console.print(f"{name}: {chunks:,} chunks, {characters:,} characters ({characters / chunks:.0f} a chunk)")


def _print_comparison(console: Console, suite: Suite, ours: Found, theirs: Found) -> bool:
    """One table a half; whether the goals are met over all."""
    from rich.table import Table

    met = True
    for name, questions, chosen in _halves(suite):
        groups = [question.paper for question in questions]
        table = Table(title=f"{name}: {len(questions)} questions, {len(set(groups))} papers", title_justify="left")
        table.add_column("measure")
        for column in ("immunorag", "tutorial", "ratio", "95 % interval", "goal"):
            table.add_column(column, justify="right")
        for measure in MEASURES:
            mine, other = ours.column(measure, chosen), theirs.column(measure, chosen)
            ratio = paired_ratio(mine, other, groups)
            goal = GOALS.get(measure)
            table.add_row(
                measure, f"{np.mean(mine):.3f}", f"{np.mean(other):.3f}", f"{ratio.estimate:.2f}",
                f"{ratio.low:.2f} to {ratio.high:.2f}", f"{goal:.2f}" if goal else "",
            )  # fmt: skip
            met = met and (name != "all" or goal is None or ratio.estimate >= goal)
        console.print(table)
    console.print(f"a question, median: {1000 * ours.seconds:.0f} ms, tutorial {1000 * theirs.seconds:.0f} ms")
    return met


def _print_ablations(console: Console, suite: Suite, systems: Sequence[Found]) -> None:
    """A row a system; "both, findings first" is immunorag as it is."""
    from rich.table import Table

    for name, questions, chosen in _halves(suite):
        table = Table(title=f"What each part brings, {name}: {len(questions)} questions", title_justify="left")
        table.add_column("system")
        for measure in ("R@1", "R@5", "R@10", "MRR@10", "R in 5,000 ch."):
            table.add_column(measure, justify="right")
        for system in systems:
            table.add_row(system.name, *(f"{np.mean(system.column(measure, chosen)):.3f}" for measure in MEASURES))
        console.print(table)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)

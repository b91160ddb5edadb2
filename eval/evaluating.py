"""One evaluation from end to end: build the library, ask, grade, sum up, and compare."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from eval.baseline import read_baseline
from eval.benchmarks import Benchmark
from eval.compare import broken_floors, compared
from eval.grading import Texts
from eval.harness import TIMED, Settings, evaluated, kept_for
from eval.judging import read_form
from eval.remembering import Remembering
from eval.results import Comparison, Evaluation, Run
from eval.runs import RunError
from eval.shelf import Shelf, shelved
from eval.suites import SuiteError
from eval.summary import summarised
from eval.systems import Filed, Immunorag, Peer, System, rooms
from ingest.library import Progress

if TYPE_CHECKING:
    from eval.tutorial import Tutorial
    from ingest.embedding import Embedder
    from ingest.library import Library
    from rag.assistant import Assistant

__all__ = ["TUTORIAL", "against", "evaluation"]

TUTORIAL = "tutorial"
Hear = Callable[[Progress], None]
_TOGETHER = 200  # papers of which the tutorial embeds all chunks at once


def evaluation(
    benchmark: Benchmark,
    assistant: Callable[[Library], Assistant],
    work: Path,
    *,
    settings: Settings | None = None,
    peer: str | Path | None = None,
    baseline: Path | None = None,
    judged: Path | None = None,
    seed: int = 0,
    timed: int = TIMED,
    embedder: Embedder | None = None,
    hear: Hear = lambda progress: None,
) -> Evaluation:
    """Ask `assistant` of the library that `benchmark` makes, and beside it `peer`: TUTORIAL, or a file of answers.

    In the folder `work` stands what an interrupted run goes on from, and the vectors that were computed. `settings` is
    what the assistant was made with: a run goes on only where it is the same. `timed` questions are asked once more,
    alone. `embedder` is the default model in fp32, where none is given, so that figures hold across processors. Raises
    ImmunoragError.
    """
    earlier = None if baseline is None else _fitting(read_baseline(baseline), baseline, benchmark)
    with _remembering(embedder, work) as remembering, shelved(benchmark, work, remembering, hear) as shelf:
        told = {**(settings or {}), "embedding": remembering.name, "precision": "fp32"}

        def ran(system: System, texts: Texts | None = None) -> Run:
            kept = kept_for(work, system.name, benchmark, {**told, "seed": seed})
            return evaluated(
                system, benchmark, shelf, texts=texts, settings=told, seed=seed, kept=kept, timed=timed, hear=hear
            )

        run = ran(Immunorag(assistant(shelf.library)))
        other = None
        if isinstance(peer, Path):
            other = ran(Filed(peer, shelf.ids))
        elif peer is not None:
            tutorial, texts = _tutorial(benchmark, shelf, work, hear)
            other = ran(Peer(tutorial, rooms(benchmark.asked, [result.reply for result in run.results])), texts)
    summary = summarised(run)
    return Evaluation(
        run=run,
        summary=summary,
        floors=broken_floors(summary),
        peer=other,
        peer_summary=summarised(other) if other else None,
        against_peer=compared(other, run, other.system) if other else None,
        against_baseline=against(earlier, run) if earlier else None,
        judged=None if judged is None else read_form(judged, run),
    )


def against(baseline: Run, run: Run) -> Comparison:
    """`run` against the run that `baseline` keeps."""
    return compared(baseline, run, f"baseline of {baseline.date}")


def _fitting(baseline: Run, file: Path, benchmark: Benchmark) -> Run:
    if (baseline.suite, baseline.split) != (benchmark.suite, benchmark.split):
        theirs, ours = (" ".join(filter(None, (one.suite, one.split))) for one in (baseline, benchmark))
        raise RunError(f"{file}: is a baseline of {theirs}, not of {ours}; name another, or --update-baseline")
    return baseline


@contextmanager
def _remembering(embedder: Embedder | None, work: Path) -> Iterator[Remembering]:
    """The embedder with all vectors that earlier runs computed; those of this run are kept, even of one cut off."""
    from ingest.embedding import load_embedder
    from ingest.starter.vectors import carried

    work.mkdir(parents=True, exist_ok=True)
    remembering = Remembering(embedder or carried(load_embedder(precision="fp32")))
    file = work / f"vectors-{hashlib.sha256(remembering.name.encode()).hexdigest()[:8]}-fp32.npz"
    remembering.load(file)
    try:
        yield remembering
    finally:
        remembering.save(file)


def _tutorial(benchmark: Benchmark, shelf: Shelf, work: Path, hear: Hear) -> tuple[Tutorial, Texts]:
    """The tutorial with the papers of `benchmark`, and those papers as it reads them; built once, then kept in `work`.

    It goes by the ids of the library. Raises SuiteError where it is not installed.
    """
    try:
        from eval.tutorial import Tutorial, read_text, split_text

        texts = {paper.id: ("", f"{paper.title}\n\n{paper.text}".strip()) for paper in benchmark.papers}
        for file in benchmark.files:
            texts[shelf.ids.get(f"pmcid:{file.stem}", file.stem)] = ("", read_text(file))
        digest = hashlib.sha256(repr(sorted(texts.items())).encode("utf-8", "surrogatepass")).hexdigest()[:16]
        folder = work / f"tutorial-{digest}"
        whole = folder / "whole"
        if not whole.exists():
            shutil.rmtree(folder, ignore_errors=True)
        tutorial = Tutorial(folder)
        if whole.exists():
            return tutorial, texts
        papers = list(texts)
        for start in range(0, len(papers), _TOGETHER):
            hear(Progress("papers taken in by the tutorial", start, len(papers)))
            tutorial.add_rows(
                [
                    (f"{paper}#{number}", chunk, {"paper": paper})
                    for paper in papers[start : start + _TOGETHER]
                    for number, chunk in enumerate(split_text(texts[paper][1]))
                ]
            )
        whole.touch()
        return tutorial, texts
    except ImportError as error:
        raise SuiteError(f"the tutorial needs {error.name}; run: pip install 'immunorag[tutorial]'") from error

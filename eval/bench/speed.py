"""Papers a minute from PDF to searchable store, and the memory it takes, beside what a LangChain tutorial builds.

Both do the whole job on the same PDFs: read, cut, embed, store. Each run has a process and a folder of its own; the two
take turns, and medians are shown. Loading (imports, model weights, one warm-up text, an empty store) is timed apart and
the rate is given without and with it; the goal is for the rate without. Memory is summed over the process and its
children ten times a second, and the peak is shown: PSS, in which what processes share is counted once (RSS counts it in
each; where the system has no PSS, RSS stands in its place).

Of ours it is shown where the seconds go: embedding, writing (catalogue and indexes) and counting word pieces to cut by
follow each other; reading runs in processes beside them, and its processor time is set against the same seconds.

So that less work is not sold as more speed, what was embedded is shown: the chunks, their characters (overlaps counted
each time, our context lines apart) and the share of the body text, which is the share of the distinct word trigrams of
the gold XML's `bdy` (sentences of at least 40 letters of its paragraphs and captions) that stand in a chunk of that
paper.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from eval.bench.data import add_data_option, data_folder
from eval.bench.memory import of_tree
from eval.bench.stages import STAGES, Clocked, Stages
from eval.measures import trigrams

if TYPE_CHECKING:
    from rich.console import Console

    from ingest.embedding import Precision

__all__ = ["Run", "body_share", "main"]

GOAL_BF16, GOAL_FP32 = 2.5, 1.6  # our papers a minute over the tutorial's, with and without bf16 in the processor
GOAL_BODY = 0.95
_INTERVAL = 0.1  # seconds between two looks at the memory
_MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Run:
    """One system's whole job: seconds, the text it embedded by file name (stem), and the peak memory in bytes."""

    papers: int
    loading: float
    working: float
    context: int  # characters embedded besides the chunks' own
    texts: Mapping[str, Sequence[str]]
    pss: int = 0
    rss: int = 0
    stages: Mapping[str, float] = field(default_factory=dict)  # seconds; see eval.bench.stages

    @property
    def chunks(self) -> int:
        return sum(map(len, self.texts.values()))

    @property
    def characters(self) -> int:
        return sum(len(text) for texts in self.texts.values() for text in texts)

    def per_minute(self, *, with_loading: bool = False) -> float:
        return 60 * self.papers / (self.working + (self.loading if with_loading else 0))


def body_share(gold: Mapping[str, Sequence[str]], texts: Mapping[str, Sequence[str]]) -> float:
    """Share of the distinct word trigrams of each paper's gold sentences that stand in a chunk of that paper."""
    wanted = found = 0
    for name, sentences in gold.items():
        body = frozenset().union(*map(trigrams, sentences))
        held = frozenset().union(*map(trigrams, texts.get(name, ())))
        wanted += len(body)
        found += len(body & held)
    if not wanted:
        raise ValueError("the share of the body text is undefined without body text")
    return found / wanted


def main(argv: list[str]) -> int:
    """Print the table; 0 when the goals are met, else 1."""
    from rich.console import Console

    from ingest.embedding import Precision

    parser = argparse.ArgumentParser(prog="python -m eval.bench speed", description=(__doc__ or "").partition("\n")[0])
    add_data_option(parser)
    parser.add_argument("--runs", type=int, default=3, metavar="N", help="runs of each system, in turn (default: 3)")
    parser.add_argument("--precision", choices=get_args(Precision), default="auto", help="of our embedding")
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)  # system, folder to work in, file for the result
    options = parser.parse_args(argv)
    pdfs = sorted(data_folder(options.data, "pdf_with_xml").glob("*.pdf"))
    if options.child:
        system, folder, result = options.child
        run = _ours(pdfs, Path(folder), options.precision) if system == "immunorag" else _tutorial(pdfs, Path(folder))
        Path(result).write_text(json.dumps(asdict(run)), encoding="utf-8")
        return 0
    if options.runs < 1:
        parser.error("--runs counts from 1")
    runs: dict[str, list[Run]] = {"immunorag": [], "tutorial": []}
    for number in range(1, options.runs + 1):
        for system, done in runs.items():
            done.append(_measured(system, options.data, options.precision))
            _say(f"run {number} of {options.runs}, {system}: {done[-1].working:.1f} s")
    return _print(Console(width=80, highlight=False), runs, _gold(pdfs), options.precision)


# -- one run, in a process of its own --------------------------------------------------------------------------------


def _ours(pdfs: Sequence[Path], folder: Path, precision: Precision) -> Run:
    begin = time.perf_counter()
    from ingest.chunking import indexed_text
    from ingest.embedding import load_embedder
    from ingest.library import Library

    stages = Stages()
    model = load_embedder(precision=precision)
    model.embed(["warm"])
    embedder = Clocked(model, stages)
    with Library.open(folder, embedder=embedder) as library:
        stages.watch(library)
        loaded = time.perf_counter()
        report = library.ingest(pdfs)
        done = time.perf_counter()
        seconds = stages.ended()
        texts: dict[str, list[str]] = {}
        context = 0
        ids = library.embeddings()[0]
        for outcome in report.outcomes:
            for paper in map(library.paper, outcome.paper_ids):
                chunks = library.chunks([chunk_id for chunk_id in ids if chunk_id.rpartition("#")[0] == paper.id])
                pieces = [paper.text[chunk.start : chunk.end] for chunk in chunks]
                texts.setdefault(outcome.path.stem, []).extend(pieces)
                context += sum(len(indexed_text(paper, chunk, embedder)) for chunk in chunks) - sum(map(len, pieces))
    return Run(len(texts), loaded - begin, done - loaded, context, texts, stages=seconds)


def _tutorial(pdfs: Sequence[Path], folder: Path) -> Run:
    begin = time.perf_counter()
    from eval.tutorial import Tutorial

    tutorial = Tutorial(folder)
    tutorial.search("warm", 1)
    loaded = time.perf_counter()
    texts = {path.stem: tutorial.add(path) for path in pdfs}
    return Run(len(texts), loaded - begin, time.perf_counter() - loaded, 0, texts)


def _measured(system: str, data: Path, precision: str) -> Run:
    """Run `system` in a fresh process and folder, and watch the memory of all its processes."""
    with tempfile.TemporaryDirectory(prefix="immunorag-speed-") as name:
        folder, result, log = Path(name) / "store", Path(name) / "run.json", Path(name) / "log"
        command = [sys.executable, "-m", "eval.bench", "speed", "--data", str(data.resolve()), "--precision", precision]
        command += ["--child", system, str(folder), str(result)]
        with log.open("wb") as output:
            root = Path(__file__).resolve().parents[2]
            child = subprocess.Popen(command, cwd=root, stdout=output, stderr=output)  # noqa: S603  our own command
            try:
                pss, rss = _watched(child)
            finally:
                child.kill()
                child.wait()
        if not result.exists():
            tail = log.read_text(encoding="utf-8", errors="replace")[-2_000:]
            raise RuntimeError(f"the {system} run ended without a result:\n{tail}")
        return Run(**{**json.loads(result.read_text(encoding="utf-8")), "pss": pss, "rss": rss})


def _watched(child: subprocess.Popen[bytes]) -> tuple[int, int]:
    """Peak PSS and peak RSS, in bytes, of the child and all below it, until it ends."""
    peak_pss = peak_rss = 0
    while child.poll() is None:
        memory = of_tree(child.pid)
        peak_pss, peak_rss = max(peak_pss, memory.pss), max(peak_rss, memory.rss)
        time.sleep(_INTERVAL)
    child.wait()
    return peak_pss, peak_rss


def _gold(pdfs: Sequence[Path]) -> dict[str, list[str]]:
    from eval.bench.reading import gold_sentences

    pairs = [(path, path.with_suffix(".xml")) for path in pdfs]
    return {path.stem: gold_sentences(xml.read_bytes())[0] for path, xml in pairs if xml.exists()}


# -- the table -------------------------------------------------------------------------------------------------------


def _print(
    console: Console, runs: Mapping[str, Sequence[Run]], gold: Mapping[str, Sequence[str]], precision: str
) -> int:
    from rich.table import Table

    from ingest.embedding import has_bf16

    ours, theirs = runs["immunorag"], runs["tutorial"]
    goal = GOAL_BF16 if has_bf16() else GOAL_FP32
    count = len(ours)
    title = f"{theirs[0].papers} PDFs to a searchable store, medians of {count} {'run' if count == 1 else 'runs'}"
    table = Table(title=title, title_justify="left")
    table.add_column("")
    for column in ("immunorag", "tutorial", "ratio", "goal"):
        table.add_column(column, justify="right")

    def row(name: str, mine: float, other: float, form: str, goal: str = "", unit: int = 1) -> None:
        ratio = f"{mine / other:.2f}" if other else ""
        table.add_row(name, format(mine / unit, form), format(other / unit, form), ratio, goal)

    def medians(value: str) -> tuple[float, float]:
        mine, other = (statistics.median(getattr(run, value) for run in side) for side in (ours, theirs))
        return mine, other

    rates = [statistics.median(run.per_minute() for run in side) for side in (ours, theirs)]
    whole = [statistics.median(run.per_minute(with_loading=True) for run in side) for side in (ours, theirs)]
    shares = [body_share(gold, side[0].texts) for side in (ours, theirs)]
    row("papers a minute", rates[0], rates[1], ".1f", f"{goal:.1f}")
    row("papers a minute, with loading", whole[0], whole[1], ".1f")
    row("seconds", *medians("working"), ".1f")
    row("seconds of loading", *medians("loading"), ".1f")
    row("peak memory, MiB (PSS)", *medians("pss"), ",.0f", unit=_MIB)
    row("peak memory, MiB (RSS)", *medians("rss"), ",.0f", unit=_MIB)
    row("papers", ours[0].papers, theirs[0].papers, ".0f")
    row("chunks embedded", ours[0].chunks, theirs[0].chunks, ",.0f")
    row("characters embedded", ours[0].characters, theirs[0].characters, ",.0f")
    row("characters of context", ours[0].context, theirs[0].context, ",.0f")
    row("share of the body text", shares[0], shares[1], ".3f", f"{GOAL_BODY:.2f}")
    console.print(table)
    console.print(_where_the_seconds_go(ours))
    console.print(f"bf16 in this processor: {'yes' if has_bf16() else 'no'}; ours: {precision}; tutorial: fp32")
    met = rates[0] >= goal * rates[1] and shares[0] >= GOAL_BODY and ours[0].papers == theirs[0].papers
    console.print(f"goals {'met' if met else 'MISSED'}")
    return 0 if met else 1


def _where_the_seconds_go(runs: Sequence[Run]) -> str:
    """One line: each stage as a share of all runs' seconds."""
    whole = sum(run.working for run in runs)
    shares = {stage: sum(run.stages.get(stage, 0.0) for run in runs) / whole for stage in STAGES}
    rest = 1 - sum(share for stage, share in shares.items() if stage != "parse")
    parse = shares.pop("parse")
    told = ", ".join(f"{stage} {share:.1%}" for stage, share in (shares | {"rest": rest}).items())
    return f"immunorag's seconds: {told}; parse, in processes beside: {parse:.1%}"


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)

"""`immunorag eval`: how good it is, on whose questions, and whether it got worse."""

from __future__ import annotations

import json
import re
import shlex
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from platformdirs import user_cache_path
from rich.text import Text

from ui.cli.options import LlmUrlOption, PassagesOption
from ui.cli.terminal import Interrupted, error, note, out, progress_bars
from ui.rendering import Block, inert, is_terminal, row, show
from ui.settings import NO_LLM, load_settings

if TYPE_CHECKING:
    from eval.benchmarks import Benchmark
    from eval.results import Comparison, Evaluation
    from ingest.library import Library
    from rag.assistant import Assistant

__all__ = ["evaluate"]

_STYLES = {"better": "green", "same": "dim", "worse": "bold red"}


def evaluate(
    suite: Annotated[
        tuple[str, Path] | None,
        typer.Option(
            metavar="NAME PATH",
            help="A public suite and its file or folder: evidence-inference, bioasq, pubmedqa. Default: our own.",
            show_default=False,
        ),
    ] = None,
    split: Annotated[
        Literal["dev", "heldout"] | None,
        typer.Option(help="The half of our own questions. Default: dev.", show_default=False),
    ] = None,
    llm: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="The LLM that writes the answers: provider:model, local:FILE. Default: none.",
            show_default=False,
        ),
    ] = None,
    llm_url: LlmUrlOption = None,
    passages: PassagesOption = 8,
    compare: Annotated[
        str | None,
        typer.Option(
            metavar="tutorial|FILE",
            help="Beside it, a LangChain tutorial or the answers of another system (docs/evaluation.md).",
            show_default=False,
        ),
    ] = None,
    baseline: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Compare with this earlier run, question by question.", show_default=False),
    ] = None,
    update_baseline: Annotated[
        bool, typer.Option("--update-baseline", help="Write this run to the file of --baseline.")
    ] = False,
    report: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER", help="Write a report there, and sentences for a person to judge.", show_default=False
        ),
    ] = None,
    judged: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The filled-in form of an earlier report.", show_default=False),
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="The first N questions only.", show_default=False)
    ] = None,
    seed: Annotated[int, typer.Option(metavar="N", help="Of the intervals and of what is drawn.")] = 0,
    work: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Where it builds, and keeps what an interrupted run goes on from. Default: in your cache folder.",
            show_default=False,
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
) -> None:
    """Measure how good the answers are, and whether a change made them worse.

    Our own questions are asked of the starter library among 500 made-up records; a public suite is asked of its own
    papers. The library is built anew, apart from yours. Nothing that is graded here is graded by the checks that stand
    between an LLM and you: docs/evaluation.md says what each measure is.

    An interrupted run goes on where it stopped: give the same command again.

    \b
    Examples:
      immunorag eval
      immunorag eval --compare tutorial --report report
      immunorag eval --baseline eval/baseline.json
      immunorag eval --baseline eval/baseline.json --update-baseline
      immunorag eval --suite bioasq questions.json --json
      immunorag eval --llm openai:gpt-5-mini --limit 50

    \b
    In a pipe, one measure a line, tab-separated: measure, questions, value,
    low, high, the peer's value, verdict against the baseline.
    Exit code: 0 done, 1 when with --baseline a guarded measure is worse or a
    sentence or number is shown that is wrong, or on an error, 2 wrong usage,
    130 interrupted.
    """
    if suite is not None and split is not None:
        raise typer.BadParameter("--split is of our own questions; leave it out with --suite")
    if update_baseline and baseline is None:
        raise typer.BadParameter("--update-baseline needs --baseline FILE, the file to write")
    from eval.evaluating import TUTORIAL, evaluation

    settings = load_settings(llm=llm or NO_LLM, llm_url=llm_url)
    benchmark = _benchmark(suite, split or "dev").limited(limit)
    try:
        with progress_bars() as progress:
            done = evaluation(
                benchmark,
                partial(_assistant, llm=settings.llm, llm_url=settings.llm_url, passages=passages),
                work or user_cache_path("immunorag", appauthor=False) / "eval",
                settings={"llm": settings.llm, "passages": passages, "limit": limit},
                peer=TUTORIAL if compare == TUTORIAL else Path(compare) if compare else None,
                baseline=None if update_baseline else baseline,
                judged=judged,
                seed=seed,
                hear=progress,
            )
    except KeyboardInterrupt:
        raise Interrupted("interrupted; what is answered is kept, run the same command again to go on") from None
    if as_json:
        from eval.report.plain import figures

        sys.stdout.write(json.dumps(figures(done), ensure_ascii=False, indent=2) + "\n")
    else:
        _tell(done)
    if report is not None:
        from eval.report import written

        files = written(replace(done, command=_command()), report)
        note(f"written: {', '.join(map(str, files))}")
    if update_baseline and baseline is not None:
        from eval.baseline import write_baseline

        write_baseline(done.run, baseline)
        note(f"{baseline}: holds this run now")
    if done.failed:
        worse = done.against_baseline.worse if done.against_baseline else ()
        error("; ".join([*(f"{name} is worse" for name in worse), *done.floors]))
        raise typer.Exit(1)


def _benchmark(suite: tuple[str, Path] | None, split: Literal["dev", "heldout"]) -> Benchmark:
    from eval.benchmarks import OWN, PUBLIC, own, public

    if suite is None:
        return own(split)
    name, path = suite
    if name not in PUBLIC:
        raise typer.BadParameter(f"--suite {name!r} is not one of {', '.join(PUBLIC)}; without it, {OWN} is asked")
    return public(name, path)


def _assistant(library: Library, *, llm: str | None, llm_url: str | None, passages: int) -> Assistant:
    from rag.assistant import Assistant

    assistant = Assistant(library, llm, passages, base_url=llm_url)
    if assistant.host is not None:
        note(f"the questions and the passages go to {assistant.host}")
    return assistant


def _command() -> str:
    """What was typed, for whoever reads the report; a name and a password in an address are nobody's business."""
    return shlex.join(["immunorag", *(re.sub(r"//[^/@]*@", "//", argument) for argument in sys.argv[1:])])


def _tell(done: Evaluation) -> None:
    """A line a measure: the value, its interval, the peer's value, the verdict."""
    from eval.report.markdown import figure

    console = out()
    verdicts = {one.measure: one for one in done.against_baseline.changes} if done.against_baseline else {}
    lines = []
    for name, value in done.summary.measures.items():
        bounds = [figure(name, bound) for bound in done.summary.intervals.get(name, ())] or ["", ""]
        theirs = figure(name, done.peer_summary.measures.get(name)) if done.peer_summary else ""
        trend = verdicts[name].trend if name in verdicts else ""
        cells = (name, str(done.summary.counts[name]), figure(name, value), *bounds, theirs, trend)
        if is_terminal(console):
            lines.append(Block(_line(cells), wrap=False))
        else:
            row(console, *cells)
    if not is_terminal(console):
        return
    run = done.run
    title = f"{run.system} on {' '.join(filter(None, (run.suite, run.split)))}: {done.summary.n} questions"
    peer = done.peer.system if done.peer else ""
    head = _line(("measure", "n", "value", "95 %", "", peer, "verdict" if verdicts else ""))
    blocks = [Block(Text(title, style="bold")), Block(), Block(head, wrap=False), *lines]
    if done.against_baseline is not None:
        blocks += [Block(), *_flipped(done.against_baseline)]
    if done.judged is not None:
        told = f"A person found {done.judged.supported} of {done.judged.n} sentences supported by what they cite."
        blocks += [Block(), Block(Text(told))]
    show(console, blocks)


def _line(cells: tuple[str, ...]) -> Text:
    name, n, value, low, high, theirs, trend = cells
    between = f"{low} to {high}" if high else low
    line = Text.assemble((f"{inert(name):<22}", "cyan"), f"{n:>5}  {value:>8}  ", (f"{between:<17}", "dim"))
    line.append(f"  {inert(theirs):>8}  ")
    return line.append(trend, style=_STYLES.get(trend, ""))


def _flipped(comparison: Comparison) -> list[Block]:
    """The questions behind every measure that changed."""
    blocks = [Block(Text(f"Compared with {comparison.before}.", style="dim"))]
    for change in comparison.changes:
        if change.trend != "same" and change.flips:
            ids = ", ".join(flip.id for flip in change.flips)
            blocks.append(Block(Text.assemble((change.measure, _STYLES[change.trend]), f": {inert(ids)}"), indent=2))
    return blocks

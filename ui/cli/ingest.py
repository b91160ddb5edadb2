"""`immunorag ingest`: paper files into the library."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

from ingest.errors import ImmunoragError
from ui.cli.options import ChromaOption, LibraryOption, open_library
from ui.cli.terminal import Interrupted, error, out, progress_bars
from ui.rendering import Block, inert, is_terminal, row, show
from ui.settings import load_settings

if TYPE_CHECKING:
    from ingest.pipeline import FileOutcome

__all__ = ["ingest"]

_NAMED = 3  # ids of a file's papers that its line names; what else it gave is counted
_KNOWN = " (known; not read again)"  # how the pipeline ends the reason of a file that failed in an earlier run
_STYLES = {"added": "green", "replaced": "green", "unchanged": "dim", "failed": "bold red"}


def ingest(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH", help="Files and folders of papers; folders with all below.", show_default=False),
    ],
    library: LibraryOption = None,
    chroma_url: ChromaOption = None,
    retry: Annotated[bool, typer.Option("--retry", help="Read files again that failed before.")] = False,
    no_copy: Annotated[bool, typer.Option("--no-copy", help="Keep no copies of the originals in the library.")] = False,
    deadline: Annotated[
        int, typer.Option(min=1, metavar="SECONDS", help="The longest that reading one file may take.")
    ] = 60,
    wait: Annotated[
        int, typer.Option(min=0, metavar="SECONDS", help="How long to wait while another process uses the library.")
    ] = 60,
    workers: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=64,
            metavar="N",
            help="Processes that read files. Default: by the processors.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Read papers into the library, from files and folders.

    Formats: PDF, JATS/NXML, PubMed XML, search results of Europe PMC (JSON, XML), MEDLINE/.nbib, RIS and BibTeX with
    abstracts, also gzipped; Markdown and text with front matter; zip and tar archives of these. They are recognised by
    content, not by name.

    Files are known by their content, so that a second run adds nothing and an interrupted one goes on where it
    stopped. The library is made when there is none. A file that gives no paper is listed with the reason and stops
    nothing else.

    \b
    Examples:
      immunorag ingest papers/
      immunorag ingest review.pdf PMC5346637.xml
      immunorag ingest --library ./melanoma papers/melanoma
      immunorag ingest --retry --deadline 300 papers/

    \b
    In a pipe, one file a line, tab-separated: outcome, path, papers, reason.
    Of more than 3 papers, the first 3 are named and all are counted.
    Exit code: 0 done (bad files in a folder are listed), 1 when a PATH is
    missing, empty or itself a bad file, or no file of all gave a paper,
    2 wrong usage, 130 interrupted.
    """
    settings = load_settings(library=library, chroma_url=chroma_url)
    if not any(path.expanduser().exists() for path in paths):
        raise ImmunoragError("; ".join(f"{path}: there is no such file or folder, check the name" for path in paths))
    console = out()
    live = is_terminal(console)
    outcomes: list[FileOutcome] = []

    def report(outcome: FileOutcome) -> None:
        outcomes.append(outcome)
        if not live:
            row(console, outcome.outcome, outcome.path, _papers(outcome.paper_ids), outcome.reason)

    try:
        with progress_bars() as progress, open_library(settings, progress=progress, wait=wait) as opened:
            interrupted = opened.ingest(
                paths,
                report=report,
                progress=progress,
                deadline=deadline,
                workers=workers,
                copy=not no_copy,
                retry=retry,
            ).interrupted
    except KeyboardInterrupt:  # the second one
        interrupted = True
    named = {path.expanduser() for path in paths}
    at_fault = [outcome for outcome in outcomes if outcome.outcome == "failed" and outcome.path in named]
    if live:
        show(console, _failures([outcome for outcome in outcomes if outcome not in at_fault]))
    _counts(console, outcomes)
    for outcome in at_fault:
        error(f"{outcome.path}: {outcome.reason}")
    if interrupted:
        raise Interrupted("interrupted; what is reported is kept, run the same command again to go on")
    if at_fault or all(outcome.outcome == "failed" for outcome in outcomes):
        raise typer.Exit(1)


def _papers(ids: Sequence[str]) -> str:
    """The ids of a file's papers; of a set of thousands, the first of them and how many there are."""
    named = " ".join(ids[:_NAMED])
    return named if len(ids) <= _NAMED else f"{named} … {len(ids):,} papers"


def _failures(outcomes: Sequence[FileOutcome]) -> list[Block]:
    """The files that gave no paper, under the reason that they share; the commonest reason first."""
    by_reason: dict[str, list[Path]] = {}
    for outcome in outcomes:
        if outcome.outcome == "failed":
            by_reason.setdefault(outcome.reason.removesuffix(_KNOWN), []).append(outcome.path)
    blocks: list[Block] = []
    for reason, paths in sorted(by_reason.items(), key=lambda item: -len(item[1])):
        blocks.append(Block(Text.assemble(("Failed: ", "bold red"), inert(reason))))
        blocks += [Block(Text(inert(_short(path))), indent=4, wrap=False) for path in sorted(paths)]
        blocks.append(Block())
    known = sum(outcome.reason.endswith(_KNOWN) for outcome in outcomes)
    if known:
        blocks += [
            Block(Text(f"{known:,} of them failed before and were not read again; --retry reads them.")),
            Block(),
        ]
    return blocks


def _counts(console: Console, outcomes: Sequence[FileOutcome]) -> None:
    counts = Counter[str](outcome.outcome for outcome in outcomes)
    line = Text()
    for name, style in _STYLES.items():
        if counts[name] or name != "replaced":
            line.append(f"{counts[name]:,} {name}", style=style if counts[name] else "dim").append("  ")
    line.append(f"({sum(outcome.chunks for outcome in outcomes):,} new chunks)", style="dim")
    console.print(line, soft_wrap=True, highlight=False)


def _short(path: Path) -> str:
    """The path as short as it can be typed from here."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)

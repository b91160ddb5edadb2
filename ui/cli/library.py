"""`immunorag library`: the library as a whole: how large, whether sound, mended, moved."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.text import Text

from ui.cli.options import ChromaOption, LibraryOption, open_present
from ui.cli.terminal import error, note, out, progress_bars
from ui.plots import bar_plot, by_span, size
from ui.rendering import Block, inert, is_terminal, row, show
from ui.settings import load_settings

if TYPE_CHECKING:
    from ingest.checkup import Finding
    from ingest.stats import Stats

__all__ = ["library"]

library = typer.Typer(rich_markup_mode=None, no_args_is_help=True)


@library.callback()
def _library(context: typer.Context, library: LibraryOption = None) -> None:
    """Look after the library: stats, check, rebuild, export, import.

    \b
    Examples:
      immunorag library stats
      immunorag library check
      immunorag library export melanoma.tar.gz
      immunorag library import melanoma.tar.gz --library ./melanoma
    """
    context.obj = library


@library.command("stats")
def print_stats(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print the numbers as JSON.")] = False,
    library: LibraryOption = None,
) -> None:
    """Show how large the library is, by year, source and section, and what it takes on disk."""
    from ingest.stats import stats

    settings = load_settings(library=library or context.obj)
    with open_present(settings) as opened:
        found = stats(opened)
    if as_json:
        numbers = asdict(found) | {"years": {str(year or "unknown"): count for year, count in found.years.items()}}
        sys.stdout.write(json.dumps(numbers, ensure_ascii=False, indent=2) + "\n")
    else:
        show(out(), [Block(Text(inert(str(settings.library)), style="bold"), wrap=False), *_plots(found)])


@library.command("check")
def check_library(
    context: typer.Context,
    sample: Annotated[
        int | None,
        typer.Option(
            min=1, metavar="N", help="Look up N chunks in the indexes. Default: every chunk.", show_default=False
        ),
    ] = None,
    seed: Annotated[int, typer.Option(metavar="N", help="Another seed chooses another sample.")] = 0,
    library: LibraryOption = None,
    chroma_url: ChromaOption = None,
) -> None:
    """Prove that the library is whole.

    Looks at the catalogue's file, every text, chunk and embedding, every identifier and kept original, and compares
    both indexes with the catalogue: the same chunks, and each of them found. Nothing is changed, except that what a
    killed ingest left behind is mended first, as always. A library of hundreds of thousands of chunks is checked
    sooner with --sample.

    \b
    In a pipe, one check a line, tab-separated: ok or wrong, check, what was
    looked at, problems, remedy.
    Exit code: 0 all is well, 1 something is wrong or there was an error.
    """
    from ingest.checkup import check

    settings = load_settings(library=library or context.obj, chroma_url=chroma_url)
    console = out()
    wrong = total = 0
    with progress_bars() as progress, open_present(settings, progress) as opened:
        for finding in check(opened, progress, sample=sample, seed=seed):
            _print_finding(console, finding)
            total += 1
            wrong += bool(finding.problems)
    if wrong:
        error(f"{settings.library}: {wrong} of {total} checks found something wrong; what to do stands beside each")
        raise typer.Exit(1)


@library.command("rebuild")
def rebuild_library(context: typer.Context, library: LibraryOption = None, chroma_url: ChromaOption = None) -> None:
    """Build both indexes again from the catalogue.

    Needed when `immunorag library check` says so. Nothing is embedded or read again; the old indexes serve until
    the new ones are ready.
    """
    settings = load_settings(library=library or context.obj, chroma_url=chroma_url)
    with progress_bars() as progress, open_present(settings, progress) as opened:
        opened.rebuild()
        chunks = opened.chunk_count()
    _say(f"Indexes built again: {chunks:,} chunks in {settings.library}")


@library.command("export")
def export_library(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The new file, a .tar.gz.", show_default=False)],
    library: LibraryOption = None,
) -> None:
    """Pack the library into one file, to keep it or to move it to another machine.

    It holds the catalogue and the originals, not the indexes, which the import builds again.
    """
    from ingest.transfer import pack

    settings = load_settings(library=library or context.obj)
    with progress_bars() as progress, open_present(settings, progress) as opened:
        missing = pack(opened, file.expanduser(), progress)
        papers = len(opened)
    if missing:
        note(f"{len(missing):,} kept originals were missing and are left out, {missing[0]} first")
    _say(f"{papers:,} papers in {file}, {size(file.expanduser().stat().st_size)}")


@library.command("import")
def import_library(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What the export wrote.", show_default=False)],
    library: LibraryOption = None,
) -> None:
    """Unpack an exported library into a new folder.

    Everything is compared with its hash, and the indexes are built, before the library appears; when something is
    wrong, nothing is left behind. A folder that holds something is left alone.
    """
    from ingest.transfer import unpack

    settings = load_settings(library=library or context.obj)
    with progress_bars() as progress:
        papers = unpack(file.expanduser(), settings.library, progress)
    _say(f"{papers:,} papers in {settings.library}")


def _print_finding(console: Console, finding: Finding) -> None:
    if not is_terminal(console):
        outcome = "wrong" if finding.problems else "ok"
        row(console, outcome, finding.check, finding.looked_at, "; ".join(finding.problems), finding.remedy)
        return
    outcome, style = ("WRONG", "bold red") if finding.problems else ("ok", "green")
    line = Text.assemble((f"{outcome:<7}", style), f"{finding.check:<13}", (inert(finding.looked_at), "dim"))
    blocks = [Block(line), *(Block(Text(inert(problem)), indent=7) for problem in finding.problems)]
    if finding.remedy:
        blocks.append(Block(Text(inert(f"What to do: {finding.remedy}"), style="yellow"), indent=7))
    show(console, blocks)


def _plots(stats: Stats) -> list[Block]:
    facts = (
        f"{stats.papers:,} papers, {stats.chunks:,} chunks, {stats.characters:,} characters",
        f"embedded by {inert(stats.model)}",
    )
    plots = {
        "Papers by year": by_span(stats.years),
        "Papers by source": stats.sources,
        "Papers by status": stats.statuses if set(stats.statuses) - {"normal"} else {},
        "Characters by section": stats.sections,
    }
    lines = [*facts]
    for title, counts in plots.items():
        lines += ["", title, *bar_plot(counts)] if counts else []
    lines += ["", f"On disk: {size(sum(stats.disk.values()))}", *bar_plot(stats.disk, size)]
    return [Block(Text(line), wrap=False) for line in lines]


def _say(line: str) -> None:
    out().print(Text(inert(line)), soft_wrap=True, highlight=False)

"""`immunorag fetch`: papers from Europe PMC or PubMed into the library."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Annotated, Literal, cast

import typer
from platformdirs import user_cache_path
from rich.console import Console
from rich.text import Text

from ui.cli.options import ChromaOption, LibraryOption, open_library
from ui.cli.terminal import Interrupted, note, out, progress_bars
from ui.rendering import Block, inert, is_terminal, row, show
from ui.settings import load_settings

if TYPE_CHECKING:
    from ingest.sources.fetch import Fetched, FetchReport, Search
    from ingest.sources.found import Source

__all__ = ["fetch"]

_SOURCES = {"europepmc": "IMMUNORAG_EUROPEPMC_URL", "pubmed": "IMMUNORAG_EUTILS_URL"}


def fetch(
    query: Annotated[
        str,
        typer.Argument(metavar="QUERY", help="What to search for, in the syntax of the source.", show_default=False),
    ],
    source: Annotated[str, typer.Option(metavar="|".join(_SOURCES), help="Where to search.")] = "europepmc",
    most: Annotated[int, typer.Option("--max", min=1, metavar="N", help="The most papers to fetch.")] = 100,
    since: Annotated[
        str | None, typer.Option(metavar="DATE", help="Published then or later: 2020, 2020-05-31.", show_default=False)
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="DATE", help="Published then or earlier.", show_default=False)
    ] = None,
    full_text: Annotated[
        bool, typer.Option("--full-text/--abstracts", help="Full texts where they are open, or abstracts alone.")
    ] = True,
    update: Annotated[
        bool, typer.Option("--update", help="Only what is new since the last fetch of this query into this library.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="List what would be fetched, and change nothing.")] = False,
    email: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS",
            help="Tells the source whom to write to before it shuts you out. Default: IMMUNORAG_EMAIL.",
            show_default=False,
        ),
    ] = None,
    library: LibraryOption = None,
    chroma_url: ChromaOption = None,
    wait: Annotated[
        int, typer.Option(min=0, metavar="SECONDS", help="How long to wait while another process uses the library.")
    ] = 60,
) -> None:
    """Search Europe PMC or PubMed and read what is found into the library.

    Full texts are taken where they are open, abstracts otherwise, the most relevant papers first. What was downloaded
    is kept in your cache folder: a second run downloads no full text again, and an interrupted one goes on where it
    stopped. What a source says of a retraction or a correction comes along.

    Sources are asked slowly: Europe PMC 3 times a second, PubMed 3 times, or 10 with a key of yours from NCBI in
    NCBI_API_KEY.

    \b
    Examples:
      immunorag fetch "pembrolizumab AND melanoma" --since 2015
      immunorag fetch 'TITLE:"tumor mutational burden"' --max 500
      immunorag fetch "immune checkpoint inhibitors/adverse effects[mh]" --source pubmed
      immunorag fetch "pembrolizumab AND melanoma" --since 2015 --update

    \b
    In a pipe, one paper a line, tab-separated: outcome, id, full text or
    abstract, title, reason.
    Exit code: 0 done (what could not be had is listed), 1 when the source
    cannot be reached or no paper of all could be had, 2 wrong usage,
    130 interrupted.
    """
    if source not in _SOURCES:
        raise typer.BadParameter(f"--source {source!r} is not one of {', '.join(_SOURCES)}")
    from ingest.errors import BadQuestion
    from ingest.sources.fetch import fetch as take
    from ingest.sources.fetch import search, since_last
    from ingest.sources.found import Query, first_day, last_day
    from ingest.sources.history import History

    try:
        asked = Query(query, first_day(since) if since else None, last_day(until) if until else None)
    except BadQuestion as problem:
        raise typer.BadParameter(str(problem)) from problem
    settings = load_settings(library=library, chroma_url=chroma_url)
    console = out()
    try:
        with progress_bars() as progress, _connected(source, email) as connected:
            wanted = since_last(History(settings.library), connected, asked) if update else asked
            looked = search(connected, wanted, most=most, progress=progress)
            if not dry_run:  # the library is made only now that there is something to put into it
                with open_library(settings, progress=progress, wait=wait) as opened:
                    done = take(
                        opened,
                        asked,
                        connected,
                        most=most,
                        full_text=full_text,
                        update=update,
                        looked=looked,
                        progress=progress,
                    )
    except KeyboardInterrupt:
        raise Interrupted("interrupted; what was downloaded is kept, run the same command again to go on") from None
    if dry_run:
        _list(console, looked, full_text)
    else:
        _tell(console, done)


def _connected(source: str, email: str | None) -> AbstractContextManager[Source]:
    from ingest.sources.connect import connect

    return connect(
        cast("Literal['europepmc', 'pubmed']", source),
        user_cache_path("immunorag", appauthor=False) / "literature",
        email=email or os.environ.get("IMMUNORAG_EMAIL", ""),
        key=os.environ.get("NCBI_API_KEY", ""),
        url=os.environ.get(_SOURCES[source], ""),
    )


def _list(console: Console, looked: Search, full_text: bool) -> None:
    for found in looked.found:
        text = "full text" if found.full_text and full_text else "abstract" if found.abstract else "no text"
        if is_terminal(console):
            line = Text.assemble((inert(found.id), "cyan"), f"  {found.year or ''}  {text}")
            show(console, [Block(line, wrap=False), Block(Text(inert(found.title)), indent=4)])
        else:
            row(console, found.id, found.year or "", text, found.title)
    note(f"{len(looked.found):,} of {looked.total:,} papers found would be fetched; nothing was changed")
    _warn(looked.broken)


def _tell(console: Console, done: FetchReport) -> None:
    """The outcomes, where nobody is looking a line each; the counts; and how it ended."""
    if is_terminal(console):
        show(console, _troubles(done.papers))
    else:
        for paper in done.papers:
            row(console, paper.outcome, paper.found.id, paper.text, paper.found.title, paper.reason)
    _counts(console, done)
    _warn(done.broken)
    if not done.papers and not done.interrupted:
        note("nothing new was found" if done.total else "no paper matches the query; check its spelling and dates")
    if done.interrupted:
        raise Interrupted("interrupted; what is reported is kept, run the same command again to go on")
    if done.papers and all(paper.outcome in ("failed", "no text") for paper in done.papers):
        raise typer.Exit(1)


def _warn(broken: str) -> None:
    if broken:
        note(f"this is not all: {broken}; then run the same command again for the rest")


def _troubles(papers: Sequence[Fetched]) -> list[Block]:
    """The papers of which something could not be had, under the reason that they share; the commonest first."""
    by_reason: dict[str, list[Fetched]] = {}
    for paper in papers:
        if paper.reason:
            by_reason.setdefault(paper.reason, []).append(paper)
    blocks: list[Block] = []
    for reason, those in sorted(by_reason.items(), key=lambda item: -len(item[1])):
        lost = any(paper.outcome == "failed" for paper in those)
        head = ("Failed: ", "bold red") if lost else ("Left out: ", "yellow")
        blocks.append(Block(Text.assemble(head, inert(reason))))
        names = [Text.assemble((inert(paper.found.id), "cyan"), "  ", inert(paper.found.title)) for paper in those]
        blocks += [*(Block(name, indent=4) for name in names), Block()]
    return blocks


def _counts(console: Console, done: FetchReport) -> None:
    outcomes = Counter[str](paper.outcome for paper in done.papers)
    texts = Counter[str](paper.text for paper in done.papers)
    fetched = len(done.papers)
    known = outcomes["unchanged"] + outcomes["replaced"]
    parts = [
        (f"{fetched:,} of {done.total:,} found" if done.total > fetched else f"{fetched:,} found", ""),
        (f"{outcomes['added']:,} new", "green" if outcomes["added"] else "dim"),
        (f"{known:,} known", "dim"),
        (f"{texts['full text']:,} full text", ""),
        (f"{texts['abstract']:,} abstract", ""),
        (f"{outcomes['no text']:,} without text", "dim"),
        (f"{outcomes['failed']:,} failed", "bold red" if outcomes["failed"] else "dim"),
    ]
    line = Text()
    for text, style in parts:
        line.append(text, style=style).append("  ")
    line.append(f"({sum(paper.chunks for paper in done.papers):,} new chunks)", style="dim")
    console.print(line, soft_wrap=True, highlight=False)

"""`immunorag retractions`: what became of the papers of a library."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from ui.cli.options import ChromaOption, LibraryOption, open_present
from ui.cli.terminal import busy, out
from ui.rendering import Block, inert, is_terminal, row, show
from ui.settings import load_settings

__all__ = ["retractions"]


def retractions(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE.csv", help="Retraction Watch's list, as Crossref publishes it.", show_default=False
        ),
    ],
    library: LibraryOption = None,
    chroma_url: ChromaOption = None,
) -> None:
    """Mark the papers of the library that were retracted, put in doubt or corrected.

    The list is kept, so that papers that come later are marked as they come; a newer one takes its place. Retracted
    papers do not answer questions unless asked for with --status retracted, and are marked wherever they are shown.

    \b
    Example:
      immunorag retractions retraction_watch.csv

    In a pipe, one changed paper a line, tab-separated: status, id, title.
    """
    from ingest.retractions import RETRACTION_WATCH, read_retractions

    settings = load_settings(library=library, chroma_url=chroma_url)
    console = out()
    with busy("reading the list") as progress, open_present(settings, progress) as opened:
        notices = read_retractions(file)
        changed = opened.heed(notices, instead_of=RETRACTION_WATCH)
        papers = [opened.paper(paper_id) for paper_id in changed]
    if not is_terminal(console):
        for paper in papers:
            row(console, paper.status, paper.id, paper.title)
        return
    show(console, [Block(Text(inert(f"{paper.status}  {paper.id}  {paper.title}")), indent=2) for paper in papers])
    told = f"{len(notices):,} notices in the list; the status of {len(papers):,} papers changed"
    show(console, [Block(Text(told, style="dim"))])

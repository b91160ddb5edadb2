"""`immunorag demo`: the starter library and a first answer, with no network, key or download."""

from __future__ import annotations

import contextlib
import shlex
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from ui.cli.options import open_library
from ui.cli.terminal import busy, out, progress_console
from ui.rendering import Block, answer_blocks, show
from ui.settings import NO_LLM, Settings, load_settings, starter_folder

__all__ = ["demo"]

_QUESTION = "Does PD-L1 expression predict response to pembrolizumab or nivolumab?"
_SECOND_QUESTION = "Who benefits from nivolumab plus ipilimumab?"


def demo(
    library: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR",
            help="Where the starter library is kept. Default: the folder `starter` in your data folder.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Build the starter library and answer a first question from it.

    The starter library holds immunorag's own digests of landmark studies, each with the citation of the real paper; it
    is kept apart from your own library. Nothing is downloaded, and the second run takes seconds.

    \b
    Examples:
      immunorag demo
      immunorag demo --library /tmp/starter
    """
    from ingest.embedding import DEFAULT_MODEL, load_embedder
    from ingest.starter import papers
    from ingest.starter.vectors import carried
    from rag.assistant import Assistant

    settings = replace(load_settings(library=library or starter_folder(), llm=NO_LLM), chroma_url=None)
    console = progress_console()
    embedder = carried(load_embedder(settings.embedding or DEFAULT_MODEL))
    with (
        busy("building the starter library and answering from it") as progress,
        open_library(settings, progress=progress, embedder=embedder) as opened,
    ):
        opened.add(papers())
        digests = sum(record.source == "digest" for record in opened.records())
        answer = Assistant(opened).ask(_QUESTION)
    console.print(
        f"Starter library: {digests} digests of landmark studies in {settings.library}",
        style="dim",
        soft_wrap=True,
        highlight=False,
    )
    show(out(), [Block(Text(_QUESTION, style="bold")), Block(), *answer_blocks(answer), Block(), *_next(settings)])


def _next(settings: Settings) -> list[Block]:
    """What to type next, ready to be copied."""
    command = _command()
    there = "" if load_settings().library == settings.library else f" --library {_typed(settings.library)}"

    def typed(*lines: str) -> list[Block]:
        return [Block(Text(f"{command} {line}", style="cyan"), indent=2, wrap=False) for line in lines]

    return [
        Block(Text("What to type next", style="bold")),
        *typed(f'ask{there} "{_SECOND_QUESTION}"', f"papers list{there}"),
        Block(),
        Block(Text("With your own papers (PDF, JATS, PubMed, RIS, BibTeX, text), in your own library:")),
        *typed("ingest FOLDER", 'ask "YOUR QUESTION"'),
    ]


def _typed(path: Path) -> str:
    """`path` as it can be typed in a shell, from the home folder where it lies there."""
    whole = path.absolute()
    if whole.is_relative_to(Path.home()) and shlex.quote(str(whole)) == str(whole):
        return f"~/{whole.relative_to(Path.home())}"
    return shlex.quote(str(whole))


def _command() -> str:
    """How this command is reached from here: by its name where the shell finds it, else by its path."""
    started = Path(sys.argv[0])
    found = shutil.which("immunorag")
    if started.name != "immunorag" or (found and Path(found).resolve() == started.resolve()):
        return "immunorag"
    with contextlib.suppress(ValueError):
        return shlex.quote(str(started.absolute().relative_to(Path.cwd())))
    return shlex.quote(str(started.absolute()))

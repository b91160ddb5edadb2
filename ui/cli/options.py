"""Options that several commands share, and how they open a library."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ingest.errors import EmptyLibrary
from ui.cli.terminal import note
from ui.settings import Settings

if TYPE_CHECKING:
    from ingest.embedding import Embedder
    from ingest.library import Library, Progress
    from rag.assistant import Assistant

__all__ = [
    "ChromaOption",
    "LibraryOption",
    "LlmOption",
    "LlmUrlOption",
    "PaperOption",
    "PassagesOption",
    "assistant_for",
    "open_library",
    "open_present",
]

LibraryOption = Annotated[
    Path | None,
    typer.Option(
        "--library",
        metavar="DIR",
        help="The folder of the library. Default: IMMUNORAG_LIBRARY, else the one in your data folder.",
        show_default=False,
    ),
]

ChromaOption = Annotated[
    str | None,
    typer.Option(
        "--chroma-url",
        metavar="URL",
        help="The Chroma server that keeps the vectors. Default: IMMUNORAG_CHROMA_URL, else the library's folder.",
        show_default=False,
    ),
]


LlmOption = Annotated[
    str | None,
    typer.Option(
        "--llm",
        metavar="NAME",
        help="The LLM that writes the answer: provider:model, local:FILE, or none. Default: IMMUNORAG_LLM, else none.",
        show_default=False,
    ),
]

LlmUrlOption = Annotated[
    str | None,
    typer.Option(
        "--llm-url",
        metavar="URL",
        help="The OpenAI-compatible server that has the LLM (vLLM, llama.cpp, LM Studio). Default: IMMUNORAG_LLM_URL.",
        show_default=False,
    ),
]

PaperOption = Annotated[
    list[str] | None,
    typer.Option(metavar="ID", help="Only this paper: pmid:…, pmcid:…, doi:…; may be repeated.", show_default=False),
]
PassagesOption = Annotated[
    int, typer.Option("--passages", min=1, max=100, metavar="N", help="How many passages are read for an answer.")
]


def assistant_for(library: Library, settings: Settings, passages: int) -> Assistant:
    """The assistant that is set; says once to which host, if any, questions and passages go."""
    from rag.assistant import Assistant

    assistant = Assistant(library, settings.llm, passages, base_url=settings.llm_url)
    if assistant.host is not None:
        note(f"the question and the passages go to {assistant.host}")
    return assistant


def open_library(
    settings: Settings,
    *,
    create: bool = True,
    wait: float = 60.0,
    progress: Callable[[Progress], None] | None = None,
    embedder: Embedder | None = None,
) -> Library:
    """Open the library, making it when there is none and `create`; `progress` hears of indexes built anew.

    `embedder` is the model, by default the one that is set, else the library's own.
    """
    from ingest.embedding import load_embedder
    from ingest.library import Library

    if embedder is None and settings.embedding:
        embedder = load_embedder(settings.embedding)
    return Library.open(
        settings.library,
        embedder=embedder,
        create=create,
        wait=wait,
        notice=note,
        progress=progress,
        chroma_url=settings.chroma_url,
        chroma_token=settings.chroma_token,
    )


def open_present(settings: Settings, progress: Callable[[Progress], None] | None = None) -> Library:
    """Open a library to ask it; one that is not there is not made, for its name may be mistyped."""
    folder = settings.library
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        raise EmptyLibrary(
            f"there is no library in {folder} yet; add papers with: immunorag ingest FOLDER "
            "(or look around first with: immunorag demo)"
        )
    return open_library(settings, create=False, progress=progress)

"""`immunorag ui`: the chat page."""

from __future__ import annotations

import os
import sys
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ingest.errors import ImmunoragError
from ui.cli.options import (
    ChromaOption,
    LibraryOption,
    LlmOption,
    LlmUrlOption,
    PassagesOption,
    assistant_for,
    open_library,
)
from ui.cli.terminal import note
from ui.settings import load_settings, report_folder

if TYPE_CHECKING:
    from ingest.sources.found import Source

__all__ = ["ui"]

_WAIT = 10.0  # seconds that a visitor waits for another process that has the library


def ui(
    library: LibraryOption = None,
    host: Annotated[
        str, typer.Option(metavar="ADDRESS", help="The address to serve on; other than this machine's needs passwords.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65_535, metavar="N", help="The port; 0 takes a free one.")] = 7860,
    auth_file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Who may use the page, with hashed passwords.", show_default=False),
    ] = None,
    add_user: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Ask for a password, write it into --auth-file, end.", show_default=False),
    ] = None,
    without_passwords: Annotated[
        bool, typer.Option("--without-passwords", help="Serve beyond this machine to whoever can reach it.")
    ] = False,
    llm: LlmOption = None,
    llm_url: LlmUrlOption = None,
    passages: PassagesOption = 8,
    chroma_url: ChromaOption = None,
) -> None:
    """Open the chat page: ask, look into every source, look after the library.

    Serves on this machine until Ctrl-C. The page asks nothing of anybody else; only a search of Europe PMC, started by
    hand, and a hosted LLM leave this machine. The library is made where there is none.

    \b
    Examples:
      immunorag ui
      immunorag ui --library ./melanoma --llm ollama:qwen3
      immunorag ui --auth-file people --add-user ada
      immunorag ui --host 0.0.0.0 --auth-file people

    Programs can ask it too: POST /gradio_api/call/ask, see the page's “API”.
    """
    if add_user is not None:
        _add(auth_file, add_user)
        return
    from ui.page.desk import Desk
    from ui.page.passwords import Passwords
    from ui.page.server import is_here, listening, serve

    passwords = Passwords.read(auth_file) if auth_file is not None else None
    if not is_here(host) and passwords is None and not without_passwords:
        raise ImmunoragError(
            f"{host} can be reached from other machines; give --auth-file FILE, or say --without-passwords"
        )
    settings = load_settings(library=library, llm=llm, llm_url=llm_url, chroma_url=chroma_url)
    desk = Desk(
        lambda: open_library(settings, wait=_WAIT),
        lambda opened: assistant_for(opened, settings, passages),
        report_folder(),
    )
    listener = listening(host, port)
    address, at = listener.getsockname()[:2]
    sys.stdout.write(f"http://{f'[{address}]' if ':' in address else address}:{at}\n")
    sys.stdout.flush()
    note(f"serving {settings.library}; Ctrl-C ends it")
    try:
        serve(desk, _europe_pmc, listener, passwords)
    except KeyboardInterrupt:
        note("the page is closed")
    finally:
        desk.close()
    # A thread may still wait for an LLM, for a minute and more. The library is closed, and nobody is there to answer.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _add(auth_file: Path | None, name: str) -> None:
    from ui.page.passwords import with_person

    if auth_file is None:
        raise typer.BadParameter("--add-user needs --auth-file FILE")
    password = typer.prompt(f"Password for {name}", hide_input=True, confirmation_prompt=True)
    with_person(auth_file, name, password)
    note(f"{name} stands in {auth_file}; serve with: immunorag ui --auth-file {auth_file}")


def _europe_pmc() -> AbstractContextManager[Source]:
    from platformdirs import user_cache_path

    from ingest.sources.connect import connect

    return connect(
        "europepmc",
        user_cache_path("immunorag", appauthor=False) / "literature",
        email=os.environ.get("IMMUNORAG_EMAIL", ""),
        url=os.environ.get("IMMUNORAG_EUROPEPMC_URL", ""),
    )

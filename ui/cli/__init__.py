"""The `immunorag` command: one file a command. Errors are caught here, once."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from typing import Annotated

import typer

from ingest.errors import ImmunoragError
from ui.cli import ask, batch, chat, demo, fetch, ingest, library, papers, retractions, ui
from ui.cli.eval import evaluate
from ui.cli.terminal import Interrupted, error, listen
from ui.settings import switch_off_telemetry

__all__ = ["app", "main"]

_INTERRUPTED = 130

app = typer.Typer(
    name="immunorag",
    rich_markup_mode=None,
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("ingest")(ingest.ingest)
app.command("fetch")(fetch.fetch)
app.command("ask")(ask.ask)
app.command("chat")(chat.chat)
app.command("ui")(ui.ui)
app.command("batch")(batch.batch)
app.add_typer(papers.papers, name="papers")
app.add_typer(library.library, name="library")
app.command("retractions")(retractions.retractions)
app.command("demo")(demo.demo)
app.command("eval")(evaluate)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        sys.stdout.write(f"immunorag {version('immunorag')}\n")
        raise typer.Exit


@app.callback()
def _immunorag(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_print_version, help="Print the version and end.")
    ] = False,
) -> None:
    """Answer questions about cancer immunotherapy from papers, with citations that hold.

    Every sentence of an answer cites a passage with its exact quote, every number in it stands in that passage, and
    where the library holds no answer, it says so. Works with no network, no key and no download. For research; not
    medical advice.

    \b
    Try it:             immunorag demo
    With your papers:   immunorag ingest FOLDER
    Or the literature:  immunorag fetch "pembrolizumab AND melanoma"
                        immunorag ask "Does PD-L1 predict response?"
    In a browser:       immunorag ui
    """


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return its exit code: 0 done, 1 error, 2 wrong usage, 130 interrupted."""
    switch_off_telemetry()
    listen()
    try:
        code = app(args=arguments, standalone_mode=False, prog_name="immunorag")
        sys.stdout.flush()
    except ImmunoragError as problem:
        return _failed(str(problem), problem)
    except typer.TyperException as problem:
        return _wrong_usage(problem)
    except (Interrupted, KeyboardInterrupt, typer.Abort) as problem:
        error(str(problem) or "interrupted")
        return _INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader has gone; say nothing, also at exit
        return 1
    except Exception as problem:
        kind = type(problem).__name__
        return _failed(f"unexpected {kind}: {problem}; for the traceback set IMMUNORAG_DEBUG=1", problem)
    if code == _INTERRUPTED:  # typer makes this of a Ctrl-C that nobody caught, without a word
        error("interrupted")
    return code if isinstance(code, int) else 0


def _failed(message: str, problem: Exception) -> int:
    if os.environ.get("IMMUNORAG_DEBUG"):
        traceback.print_exception(problem)
    error(message)
    return 1


def _wrong_usage(problem: typer.TyperException) -> int:
    context = getattr(problem, "ctx", None)
    command = context.command_path if context is not None else "immunorag"
    if type(problem).__name__ == "NoArgsIsHelpError":
        sys.stdout.write(f"{problem.format_message()}\n")
        return problem.exit_code
    message = problem.format_message().rstrip(".")
    error(f"{message}{'' if message.endswith('?') else ';'} see: {command} --help")
    return problem.exit_code

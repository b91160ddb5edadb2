"""The two streams: answers go to standard output, everything about the work goes to standard error."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from ui.rendering import inert, is_terminal

if TYPE_CHECKING:
    from ingest.library import Progress

__all__ = ["Interrupted", "busy", "error", "listen", "note", "out", "progress_console"]


class Interrupted(Exception):
    """The user pressed Ctrl-C; the message says what was done and how to go on."""


def out() -> Console:
    """Standard output as it is now."""
    return Console(file=sys.stdout)


@cache
def progress_console() -> Console:
    """Standard error, shared so that notes print above a running progress bar instead of through it."""
    return Console(stderr=True)


def error(message: str) -> None:
    """Say in one line on standard error what went wrong."""
    _say("error:", "bold red", message)


def note(message: str) -> None:
    """Say in one line on standard error what is worth knowing."""
    _say("note:", "cyan", message)


@contextmanager
def busy(message: str) -> Iterator[Callable[[Progress], None]]:
    """Show that something takes a moment, where a person is looking; what it yields shows how far it has come."""
    console = progress_console()
    if not is_terminal(console):
        yield lambda progress: None
        return
    with console.status(Text(message, style="dim"), spinner="dots") as status:
        yield lambda progress: status.update(
            Text(f"{progress.stage}: {progress.done:,} of {progress.total:,}", style="dim")
        )


def listen() -> None:
    """Show what our own packages log (a rebuilt index, another process that is waited for) as notes; others' not."""
    os.environ.setdefault("HF_HUB_VERBOSITY", "error")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").addHandler(logging.NullHandler())
    handler = _Notes(level=logging.INFO)
    for package in ("ingest", "rag"):
        logger = logging.getLogger(package)
        if not any(isinstance(present, _Notes) for present in logger.handlers):
            logger.addHandler(handler)
        logger.setLevel(logging.INFO)
        logger.propagate = False


class _Notes(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        note(record.getMessage())


def _say(kind: str, style: str, message: str) -> None:
    line = Text.assemble((kind, style), " ", inert(message))
    progress_console().print(line, soft_wrap=True, highlight=False)

"""The two streams: answers go to standard output, everything about the work goes to standard error."""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars
from rich.text import Text

from ui.rendering import inert, is_terminal

if TYPE_CHECKING:
    from ingest.library import Progress

__all__ = ["Interrupted", "busy", "error", "listen", "note", "out", "progress_bars", "progress_console"]


_EVERY = 30.0  # seconds between lines of progress where nobody is looking


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


@contextmanager
def progress_bars() -> Iterator[Callable[[Progress], None]]:
    """Show how far something long has come: bars where a person is looking, else a line now and then."""
    console = progress_console()
    if not is_terminal(console):
        yield _lines()
        return
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bars(*columns, console=console, transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def update(progress: Progress) -> None:
            if progress.stage not in tasks:
                tasks[progress.stage] = bars.add_task(progress.stage, total=None)
            bars.update(tasks[progress.stage], completed=progress.done, total=progress.total or None)

        yield update


def _lines() -> Callable[[Progress], None]:
    latest: dict[str, str] = {}
    told = time.monotonic()

    def update(progress: Progress) -> None:
        nonlocal told
        latest[progress.stage] = f"{progress.done:,} of {progress.total:,} {progress.stage}"
        if time.monotonic() - told >= _EVERY:
            told = time.monotonic()
            note(", ".join(latest.values()))

    return update


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

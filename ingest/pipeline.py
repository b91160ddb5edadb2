"""Paths to library: files are found, recognised by their content, read in worker processes, taken in, reported.

Reading goes on in other processes while the papers already read are embedded here. A file's line is reported when its
last paper is committed; a process killed at any moment loses only what it has not reported, and the next run goes on
from there: files known by their content, good or bad, are not read again.
"""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ingest import readers
from ingest.folders import expand
from ingest.intake import Intake, Taken
from ingest.papers import Paper
from ingest.reading import Events
from ingest.session import FileOutcome, IngestReport, Session
from ingest.worker import Reader

if TYPE_CHECKING:
    from ingest.library import Library, Progress

__all__ = ["FileOutcome", "IngestReport", "Reader", "add", "ingest"]

_MOST_WORKERS = 4  # reading is far faster than embedding, and each holds some 80 MB


def ingest(
    library: Library,
    paths: Iterable[Path | str],
    *,
    report: Callable[[FileOutcome], None] | None = None,
    progress: Callable[[Progress], None] | None = None,
    deadline: float = 60.0,
    memory: int = 2 << 30,
    workers: int | None = None,
    copy: bool = True,
    retry: bool = False,
    read: Reader | None = None,
) -> IngestReport:
    """Read files and folders (all that is below them, hidden files and folders left out) into `library`.

    `report` hears each file's outcome once its papers are safe. A file may take `deadline` seconds and `memory` bytes;
    one that takes more fails, as does one that is missing, and the others go on. `workers` files are read at a time
    (default: one a processor, up to 4). The originals are kept unless `copy` is off. Files that failed before are read
    again only with `retry`, or by newer readers. `read` replaces the readers; it must be a function of a module.

    Ctrl-C ends after the current commit, with the indexes in order; a second one ends at once, also safely.
    """
    from ingest.library import Progress

    hear = progress or (lambda _: None)
    with library.writing(), _interruptible() as stopped:
        files, missing = expand(paths, library.path.resolve())
        session = Session(library, report, lambda done: hear(Progress("files", done, len(files) + len(missing))), copy)
        for path, reason in missing:
            session.settled(FileOutcome(path, "failed", reason=reason))
        intake = Intake(
            library,
            progress=lambda done, total: hear(Progress("chunks embedded", done, total)),
            stopped=stopped.is_set,
        )
        events = Events(
            session.new_files(files, retry),
            read=read or readers.read,
            workers=max(1, min(workers or _processors(), len(files) or 1)),
            deadline=deadline,
            memory=memory,
            stopped=stopped,
        )
        with contextlib.closing(events):
            for event in events:
                if event is None:
                    intake.commit()
                else:
                    session.hear(event, intake)
        intake.finish()
        session.finish()
        return session.report_of(interrupted=stopped.is_set())


def add(library: Library, papers: Iterable[Paper]) -> IngestReport:
    """Take in papers that come from no file; one outcome a paper, `path` being its id."""
    began = time.monotonic()
    outcomes: list[FileOutcome] = []

    def settle(taken: Taken) -> None:
        outcomes.append(FileOutcome(Path(taken.paper_id), taken.outcome, (taken.paper_id,), taken.reason, taken.chunks))

    with library.writing():
        intake = Intake(library, progress=lambda done, total: None)
        for paper in papers:
            intake.take(paper, settle)
        intake.finish()
    return IngestReport(tuple(outcomes), time.monotonic() - began)


@contextlib.contextmanager
def _interruptible() -> Iterator[threading.Event]:
    """An event that the first Ctrl-C sets; the second one is Python's own again. Only the main thread hears Ctrl-C."""
    stopped = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stopped
        return
    before = signal.getsignal(signal.SIGINT)

    def stop(number: int, frame: object) -> None:
        stopped.set()
        signal.signal(signal.SIGINT, before)

    signal.signal(signal.SIGINT, stop)
    try:
        yield stopped
    finally:
        signal.signal(signal.SIGINT, before)


def _processors() -> int:
    try:
        return min(len(os.sched_getaffinity(0)), _MOST_WORKERS)
    except AttributeError:  # macOS
        return min(os.cpu_count() or 1, _MOST_WORKERS)

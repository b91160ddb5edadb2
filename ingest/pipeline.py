"""Paths to library: files are found, recognised by their content, read in worker processes, taken in, reported.

Reading goes on in other processes while the papers already read are embedded here. A file's line is reported when its
last paper is committed; a process killed at any moment loses only what it has not reported, and the next run goes on
from there: files known by their content, good or bad, are not read again.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import queue
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ingest import readers
from ingest.catalogue import FileRecord
from ingest.errors import LibraryError
from ingest.intake import Intake, Outcome, Taken
from ingest.papers import Paper
from ingest.worker import Event, Reader, read_all

if TYPE_CHECKING:
    from ingest.library import Library, Progress

__all__ = ["FileOutcome", "IngestReport", "Reader", "add", "ingest"]

SUFFIXES = (
    ".pdf", ".xml", ".nxml", ".gz", ".nbib", ".medline", ".ris", ".bib", ".md", ".markdown", ".txt", ".zip",
    ".tgz", ".tar",
)  # fmt: skip
"""What is taken from a folder; a file named outright is tried whatever it is called."""

_MOST_WORKERS = 4  # reading is far faster than embedding, and each holds some 80 MB
_AHEAD = 64  # events read ahead of embedding
_PAUSE = 0.5  # seconds without news after which what is pending is committed


@dataclass(frozen=True, slots=True)
class FileOutcome:
    """What became of a file: its papers, why (for every outcome but a plain "added"), new chunks, seconds it took."""

    path: Path
    outcome: Outcome
    paper_ids: tuple[str, ...] = ()
    reason: str = ""
    chunks: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class IngestReport:
    """All outcomes in the order in which they were settled; `interrupted` when Ctrl-C left files unread."""

    outcomes: tuple[FileOutcome, ...]
    seconds: float
    interrupted: bool = False

    @property
    def added(self) -> int:
        """Files that gave a new paper."""
        return self._count("added")

    @property
    def unchanged(self) -> int:
        return self._count("unchanged")

    @property
    def replaced(self) -> int:
        return self._count("replaced")

    @property
    def failed(self) -> int:
        return self._count("failed")

    @property
    def chunks(self) -> int:
        return sum(outcome.chunks for outcome in self.outcomes)

    def _count(self, outcome: Outcome) -> int:
        return sum(each.outcome == outcome for each in self.outcomes)


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
        files, missing = _expand(paths, library.path.resolve())
        session = _Session(library, report, lambda done: hear(Progress("files", done, len(files) + len(missing))), copy)
        for outcome in missing:
            session.settled(outcome)
        intake = Intake(
            library,
            progress=lambda done, total: hear(Progress("chunks embedded", done, total)),
            stopped=stopped.is_set,
        )
        events = _Events(
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


@dataclass(slots=True)
class _File:
    """A file while it is being taken in."""

    path: Path
    sha256: str
    began: float
    taken: list[Taken] = field(default_factory=list)
    pending: int = 0
    ended: bool = False
    failure: str = ""
    note: str = ""  # of its reader, on records passed over
    kept: str = ""
    twins: list[Path] = field(default_factory=list)  # other paths with the same content


class _Session:
    """Who has heard what of which file in one run."""

    def __init__(
        self,
        library: Library,
        report: Callable[[FileOutcome], None] | None,
        progress: Callable[[int], None],
        copy: bool,
    ) -> None:
        self._library, self._catalogue = library, library.catalogue
        self._report, self._progress, self._copy = report, progress, copy
        self._began = time.monotonic()
        self._files: list[_File] = []
        self._by_hash: dict[str, _File] = {}
        self._known = self._catalogue.files()
        self._outcomes: list[FileOutcome] = []
        self._early: queue.SimpleQueue[FileOutcome] = (
            queue.SimpleQueue()
        )  # settled without reading, in the other thread

    def new_files(self, paths: Iterable[Path], retry: bool) -> Iterator[tuple[int, Path]]:
        """The files that have to be read, numbered; the others are settled. Runs in the reading thread."""
        for path in paths:
            began = time.monotonic()
            try:
                sha256 = _sha256(path)
            except OSError as error:
                self._early.put(FileOutcome(path, "failed", reason=f"cannot be read: {error.strerror or error}"))
                continue
            if (twin := self._by_hash.get(sha256)) is not None:
                twin.twins.append(path)
                continue
            file = _File(path, sha256, began)
            self._by_hash[sha256] = file
            known = self._known.get(sha256)
            if known is not None and self._still_true(known, retry):
                self._early.put(_known_outcome(path, known))
                file.ended = True
                continue
            self._files.append(file)
            yield len(self._files) - 1, path

    def _still_true(self, known: FileRecord, retry: bool) -> bool:
        """Whether what is recorded of a file needs no second look: same readers, its papers and its copy are here."""
        if known.reader_version != readers.READER_VERSION or (known.failed and retry):
            return False
        if known.kept and not (self._library.path / known.kept).exists():
            return False
        return all(self._catalogue.find([paper_id]) for paper_id in known.paper_ids)

    def hear(self, event: Event, intake: Intake) -> None:
        """Take in what a worker says of a file."""
        self._settle_early()
        file = self._files[event.job]
        if event.paper is not None:
            if self._copy and not file.kept:
                file.kept = _keep(file.path, file.sha256, self._library.path)
            file.pending += 1
            intake.take(event.paper, lambda taken: self._taken(file, taken))
            return
        file.ended = True
        if event.kind == "failed":
            file.failure = event.reason
        else:
            file.note = event.reason
        self._conclude(file)

    def finish(self) -> None:
        """Report the twins of files whose end has come, now that no more can turn up."""
        self._settle_early()
        for file in self._by_hash.values():
            if file.ended and not file.pending:
                for path in file.twins:
                    self.settled(FileOutcome(path, *_twin_outcome(file, self._known.get(file.sha256))))

    def settled(self, outcome: FileOutcome) -> None:
        self._outcomes.append(outcome)
        if self._report is not None:
            self._report(outcome)
        self._progress(len(self._outcomes))

    def report_of(self, *, interrupted: bool) -> IngestReport:
        return IngestReport(tuple(self._outcomes), time.monotonic() - self._began, interrupted)

    def _taken(self, file: _File, taken: Taken) -> None:
        file.pending -= 1
        file.taken.append(taken)
        self._conclude(file)

    def _conclude(self, file: _File) -> None:
        if not file.ended or file.pending:
            return
        outcome = _outcome(file)
        self._catalogue.put_file(
            FileRecord(
                file.sha256,
                file.path.name,
                readers.READER_VERSION,
                outcome.outcome == "failed",
                outcome.reason,
                outcome.paper_ids,
                file.kept,
            )
        )
        self.settled(outcome)

    def _settle_early(self) -> None:
        with contextlib.suppress(queue.Empty):
            while True:
                self.settled(self._early.get_nowait())


def _outcome(file: _File) -> FileOutcome:
    """One line for a file, however many papers it gave."""
    good = [taken for taken in file.taken if taken.outcome != "failed"]
    ids = tuple(dict.fromkeys(taken.paper_id for taken in good))
    chunks, seconds = sum(taken.chunks for taken in good), time.monotonic() - file.began
    outcome: Outcome
    if file.failure or not good:
        reasons = [file.failure, *(taken.reason for taken in file.taken if taken.outcome == "failed"), "holds no paper"]
        reason = next(reason for reason in reasons if reason)
        if good:
            reason += f"; {len(good):,} papers before that were taken in"
        return FileOutcome(file.path, "failed", ids, reason, chunks, seconds)
    kinds = [taken.outcome for taken in file.taken]
    outcome = next(kind for kind in ("added", "replaced", "unchanged") if kind in kinds)
    if len(file.taken) == 1:
        reason = good[0].reason
    else:
        counts = {kind: kinds.count(kind) for kind in ("added", "replaced", "unchanged", "failed")}
        reason = ", ".join(f"{count:,} papers {kind}" for kind, count in counts.items() if count)
    reason = "; ".join(filter(None, (reason, file.note)))
    return FileOutcome(file.path, outcome, ids, reason, chunks, seconds)


def _known_outcome(path: Path, known: FileRecord) -> FileOutcome:
    if known.failed:
        return FileOutcome(path, "failed", known.paper_ids, f"{known.reason} (known; not read again)")
    return FileOutcome(path, "unchanged", known.paper_ids, "this file is already in the library")


def _twin_outcome(file: _File, known: FileRecord | None) -> tuple[Outcome, tuple[str, ...], str]:
    outcome = _known_outcome(file.path, known) if known is not None and not file.taken else _outcome(file)
    if outcome.outcome == "failed":
        return "failed", outcome.paper_ids, outcome.reason
    return "unchanged", outcome.paper_ids, f"same file as {file.path}"


class _Events:
    """What `read_all` says, from a thread of its own, so that reading goes on while the caller embeds.

    Yields None after a pause in the news. Ends when all is said, or soon after `stopped`.
    """

    def __init__(
        self,
        jobs: Iterable[tuple[int, Path]],
        *,
        read: Reader,
        workers: int,
        deadline: float,
        memory: int,
        stopped: threading.Event,
    ) -> None:
        self._stopped = stopped
        self._closed = threading.Event()
        self._queue: queue.Queue[Event | BaseException | None] = queue.Queue(_AHEAD)
        source = read_all(
            jobs, read=read, workers=workers, deadline=deadline, memory=memory, stopped=self._closed.is_set
        )
        self._thread = threading.Thread(target=self._run, args=(source,), name="reading", daemon=True)
        self._thread.start()

    def __iter__(self) -> Iterator[Event | None]:
        while not self._stopped.is_set():
            try:
                event = self._queue.get(timeout=_PAUSE)
            except queue.Empty:
                yield None
                continue
            if event is None:
                return
            if isinstance(event, BaseException):
                raise event
            yield event

    def close(self) -> None:
        self._closed.set()
        self._thread.join()

    def _run(self, source: Iterator[Event]) -> None:
        last: BaseException | None = None
        try:
            for event in source:
                self._put(event)
                if self._closed.is_set():
                    break
        except BaseException as error:
            last = error
        finally:
            with contextlib.suppress(AttributeError):
                source.close()  # type: ignore[attr-defined] # ends the workers
            self._put(last)

    def _put(self, event: Event | BaseException | None) -> None:
        while not self._closed.is_set():
            try:
                self._queue.put(event, timeout=_PAUSE)
            except queue.Full:
                continue
            return


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


def _expand(paths: Iterable[Path | str], library: Path) -> tuple[list[Path], list[FileOutcome]]:
    """The files that `paths` name, each once, and an outcome for every path that names none."""
    files: dict[Path, None] = {}
    missing: list[FileOutcome] = []
    for given in paths:
        path = Path(given).expanduser()
        try:
            if path.is_dir():
                inside = list(_walk(path, library, set()))
                files.update(dict.fromkeys(inside))
                if not inside:
                    reason = f"the folder holds no file to read ({' '.join(SUFFIXES)})"
                    missing.append(FileOutcome(path, "failed", reason=reason))
            elif path.is_file():
                files[path] = None
            elif path.exists():
                missing.append(FileOutcome(path, "failed", reason="is neither a file nor a folder"))
            else:
                missing.append(FileOutcome(path, "failed", reason="there is no such file or folder"))
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            missing.append(FileOutcome(path, "failed", reason=f"cannot be read: {reason}"))
    return list(files), missing


def _walk(folder: Path, library: Path, seen: set[tuple[int, int]]) -> Iterator[Path]:
    """The files below `folder` in order of name; links are followed, circles once; the library itself is left out."""
    status = folder.stat()
    if (status.st_dev, status.st_ino) in seen or folder.resolve() == library:
        return
    seen.add((status.st_dev, status.st_ino))
    for item in sorted(folder.iterdir()):
        if item.name.startswith("."):
            continue
        if item.is_dir():
            with contextlib.suppress(PermissionError):
                yield from _walk(item, library, seen)
        elif item.suffix.lower() in SUFFIXES and item.is_file():
            yield item


def _keep(path: Path, sha256: str, library: Path) -> str:
    """Copy a file into the library under its hash, whole or not at all; returns the copy's path within the library."""
    name = f"files/{sha256[:2]}/{sha256}{path.suffix.lower()}"
    copy = library / name
    if not copy.exists():
        try:
            copy.parent.mkdir(parents=True, exist_ok=True)
            partial = copy.with_suffix(".partial")
            shutil.copyfile(path, partial)
            with partial.open("rb+") as file:
                os.fsync(file.fileno())
            partial.replace(copy)
        except OSError as error:
            reason = error.strerror or error
            raise LibraryError(
                f"{copy}: the copy of {path} cannot be written ({reason}); free some space, or use copy=False"
            ) from error
    return name


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _processors() -> int:
    try:
        return min(len(os.sched_getaffinity(0)), _MOST_WORKERS)
    except AttributeError:  # macOS
        return min(os.cpu_count() or 1, _MOST_WORKERS)

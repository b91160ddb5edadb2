"""Who has heard what of which file in one ingest: files known by their content, an outcome for each, told once."""

from __future__ import annotations

import contextlib
import queue
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from ingest import readers
from ingest.catalogue import FileRecord
from ingest.intake import Intake, Outcome, Taken
from ingest.originals import keep, sha256_of
from ingest.worker import Event

if TYPE_CHECKING:
    from ingest.library import Library

__all__ = ["FileOutcome", "IngestReport", "Session"]


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


class Session:
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
                sha256 = sha256_of(path)
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
                file.kept = keep(file.path, file.sha256, self._library.path)
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
    ids = tuple(dict.fromkeys(taken.paper_id for taken in good if taken.paper_id))
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

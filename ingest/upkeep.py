"""The indexes kept in step with the catalogue, among processes of which any may be killed at any moment.

Every change of a paper counts up the catalogue's revision. To bring the indexes up to date, the catalogue is told that
they are being written; the papers changed since the last time are written; the indexes are read back; the catalogue is
told up to which revision they are good. So whoever opens a library finds one of three states:

    good to the last revision      use it
    good, but the catalogue is     a writer is at work (use what there is) or was killed between papers (catch up;
    ahead                          where much was replaced, build both again: see `Indexes.worn_by`)
    being written, or an index     the writer was killed meanwhile, or the disk failed: build both indexes again, from
    fails                          the catalogue in a new folder, and switch to it; nothing is embedded a second time

A library whose papers were profiled by other rules than today's (profile.py) is brought to these first, by whoever
comes next, and its indexes are built again.

A Chroma server that does not answer is none of these: whoever asks is told, and nothing is rebuilt. A server that lost
the vectors, or another place for them than the last time, is an index that fails.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from ingest.admission import Admission
from ingest.catalogue import Catalogue, IndexState
from ingest.errors import LibraryError, ServerAway
from ingest.indexes import Indexes
from ingest.lock import Lock
from ingest.papers import Filters
from ingest.profile import fingerprint, profiled
from ingest.server import Server
from ingest.vectors import BrokenIndex, discard

__all__ = ["Progress", "Scope", "Upkeep"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far something long has come: `done` of `total`, in the units that `stage` names ("chunks indexed")."""

    stage: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Scope:
    """Where to search: `filters`, resolved, and empty where they admit all; what and which `share` of it they admit.

    `behind` means that a writer is ahead of the indexes: it may have removed what they find.
    """

    filters: Filters
    admission: Admission
    share: float
    behind: bool


class Upkeep:
    """The indexes of the library in the folder `path`, and who may use them; every search goes through `search`."""

    def __init__(
        self,
        path: Path,
        catalogue: Catalogue,
        wait: float,
        notice: Callable[[str], None],
        progress: Callable[[Progress], None],
        server: Server | None = None,
    ) -> None:
        self._path, self._catalogue, self._server = path, catalogue, server
        self._notice, self._progress = notice, progress
        self._writer_lock = Lock(path / "writer", wait, notice)
        self._index_lock = Lock(path / "lock", wait, notice)
        self._mutex = threading.RLock()  # over `_indexes`; never held while waiting for `_writer_lock`
        self._indexes: Indexes | None = None
        self._indexed = (0, 0)  # generation and revision that `_indexes` hold

    def close(self) -> None:
        with self._mutex:
            self._close_indexes()

    @property
    def folder(self) -> Path:
        """Where the indexes are at this moment; a rebuild moves them."""
        return self._folder(self._catalogue.index_state().generation)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Be the one process that may change the library, with the indexes as they are."""
        with self._writer_lock.hold(alone=True):
            yield

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Be the one process that may change the library; what a killed one left behind is mended first."""
        with self._writer_lock.hold(alone=True):
            if self._server is not None:
                self._server.answers()  # told before anything is read and embedded
            state = self._catalogue.index_state()
            if not state.clean or not self._is_current(state):
                self.sync()
            yield

    def opened(self) -> Indexes:
        """The indexes as they are, opened anew; to be closed."""
        return Indexes.open(self.folder, self._server)

    def rebuild(self, why: str) -> None:
        """Build both indexes again from the catalogue."""
        with self._writer_lock.hold(alone=True):
            self._rebuild(why)

    def search(self, filters: Filters, run: Callable[[Indexes, Scope], T]) -> T | None:
        """What `run` finds on indexes that are in order, mended first where they are not; None if nothing is there."""
        why = ""
        while True:
            with self._mutex, self._index_lock.hold(alone=False):
                state = self._catalogue.index_state()
                if state.clean and (self._is_current(state) or self._busy()):
                    try:
                        scope = self._scope(filters, state)
                        return run(self._opened(state), scope) if scope else None
                    except BrokenIndex as error:
                        if why:
                            raise LibraryError(
                                f"{self._path}: {why}, and again when rebuilt; check the disk"
                            ) from error
                        why = f"an index failed ({error})"
            self._mend(state, why)

    def sync(self) -> None:
        """Bring both indexes to the catalogue's revision. Only within `writing()`."""
        state = self._catalogue.index_state()
        if state.profiled != fingerprint():
            self._profile_again(state)
            return
        if not state.clean:
            self._rebuild("the indexes were left half-written")
            return
        if state.indexed == state.revision and (not state.revision or self._folder(state.generation).exists()):
            return
        try:
            with self._mutex, self._index_lock.hold(alone=True):
                caught_up = self._catch_up(state)
        except BrokenIndex as error:
            self._rebuild(f"an index failed ({error})")
        else:
            if not caught_up:
                self._rebuild()

    def _is_current(self, state: IndexState) -> bool:
        """Whether the indexes hold all that is in the catalogue, and this by today's rules."""
        return state.indexed == state.revision and state.profiled == fingerprint()

    def _profile_again(self, state: IndexState) -> None:
        """Bring the papers of an older immunorag to today's rules and vocabulary; no reading, no embedding."""
        papers = self._catalogue.paper_ids()
        if papers:
            self._notice(f"{self._path}: immunorag knows more of the field now; going through {len(papers):,} papers")
        for done, paper_id in enumerate(papers, 1):
            paper = self._catalogue.stated(paper_id)
            if paper is not None:
                self._catalogue.profile(profiled(paper, self._catalogue.chunks_of(paper_id)))
            self._progress(Progress("papers profiled", done, len(papers)))
        self._catalogue.mark_profiled(fingerprint())
        if papers or state.revision:
            self._rebuild("what the papers are about is told anew")

    def _catch_up(self, state: IndexState) -> bool:
        """Write what has changed; False, and nothing is touched, where that would wear the indexes out."""
        changes = self._catalogue.changes(state.indexed)
        if state.indexed == 0:  # nothing was ever indexed; what is there was left by one who was killed at once
            self._close_indexes()
            self._discard(self._folder(state.generation))
            indexes = Indexes.create(self._folder(state.generation), self._server)
        else:
            indexes = self._opened(state)
            written = self._catalogue.chunk_count(Filters(papers=tuple(id_ for id_, _ in changes), statuses=()))
            kept = self._catalogue.chunk_count() - written
            if indexes.worn_by(max(indexes.vectors.count() - kept, 0)):
                return False
        self._catalogue.mark_writing()
        try:
            indexes.drop([paper_id for paper_id, again in changes if again or self._server is not None])
            entries = self._catalogue.entries(paper_id for paper_id, _ in changes)
            indexes.write(entries, lambda done: None, self._catalogue.chunk_count)
        except ServerAway:  # nothing is harmed: what was written of the changes is dropped and written again
            indexes.close()
            self._indexes = None
            self._catalogue.mark_clean(state.generation, state.indexed)
            raise
        self._indexes, self._indexed = indexes, (state.generation, state.revision)
        self._catalogue.mark_clean(state.generation, state.revision)
        return True

    def _rebuild(self, why: str = "") -> None:
        """Write both indexes into a new folder and switch to it; the writer lock is held. No word without a `why`."""
        state = self._catalogue.index_state()
        total = self._catalogue.chunk_count()
        if total and why:
            self._notice(f"{self._path}: {why}; building them again from the catalogue ({total:,} chunks)")
        generation = state.generation + 1
        while self._folder(generation).exists():  # of a rebuild that was killed
            self._discard(self._folder(generation))
            generation += 1
        try:
            indexes = self._built(generation, total)
        except BaseException as error:
            self._discard(self._folder(generation))
            if not isinstance(error, BrokenIndex):
                raise
            raise LibraryError(
                f"{self._path}: the indexes cannot be written ({error}); check the free space and the folder's rights"
            ) from error
        with self._mutex, self._index_lock.hold(alone=True):
            self._close_indexes()
            self._indexes, self._indexed = indexes, (generation, state.revision)
            self._catalogue.mark_clean(generation, state.revision)
        for folder in self._path.glob("index-*"):
            if folder != self._folder(generation):
                self._discard(folder)

    def _built(self, generation: int, total: int) -> Indexes:
        indexes = Indexes.create(self._folder(generation), self._server)
        try:
            indexes.write(
                self._catalogue.entries(self._catalogue.paper_ids()),
                lambda done: self._progress(Progress("chunks indexed", done, total)),
                self._catalogue.chunk_count,
            )
        except BaseException:
            indexes.close()
            raise
        return indexes

    def _opened(self, state: IndexState) -> Indexes:
        """The indexes as the last writer left them, opened again where another process wrote since."""
        if self._indexes is not None and self._indexed == (state.generation, state.indexed):
            return self._indexes
        self._close_indexes()
        indexes = Indexes.open(self._folder(state.generation), self._server)
        try:
            expected = self._catalogue.chunk_count()
            if self._catalogue.index_state().revision == state.indexed:  # else a writer is ahead, and counts differ
                indexes.read_back(expected)
        except BaseException:
            indexes.close()
            raise
        self._indexes, self._indexed = indexes, (state.generation, state.indexed)
        return indexes

    def _close_indexes(self) -> None:
        if self._indexes is not None:
            self._indexes.close()
            self._indexes = None

    def _discard(self, folder: Path) -> None:
        """Remove indexes that nobody uses any more, and their collection on a server."""
        try:
            left = discard(folder / "chroma", self._server)
        except ServerAway:
            return  # the folder stays, so that a later rebuild knows what to delete
        if left:
            self._notice(f"{self._path}: {left}")
        shutil.rmtree(folder, ignore_errors=True)

    def _folder(self, generation: int) -> Path:
        return self._path / f"index-{generation}"

    def _scope(self, filters: Filters, state: IndexState) -> Scope | None:
        """Where `filters` leave something to search; None where they leave nothing."""
        total, admission = self._catalogue.chunk_count(), self._catalogue.admission(filters)
        if not admission.count or not state.indexed:
            return None
        all_of_it = admission.count == total
        asked = Filters(statuses=()) if all_of_it else self._catalogue.resolved(filters)
        return Scope(asked, admission, admission.count / total, state.indexed != state.revision)

    def _mend(self, state: IndexState, why: str) -> None:
        """Catch up or rebuild, unless another process has done so while we waited for the writer lock."""
        with self._writer_lock.hold(alone=True):
            now = self._catalogue.index_state()
            if not now.clean or not self._is_current(now):
                self.sync()
            elif why and now == state:
                self._rebuild(why)

    def _busy(self) -> bool:
        """Whether a writer is at work; if none is, one that was killed left the indexes behind the catalogue."""
        with self._writer_lock.hold_if_free() as free:
            return not free

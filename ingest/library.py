"""The library: papers, found by meaning and by words. Its truth is the catalogue; two indexes are kept in step with it.

    <library>/catalogue.sqlite     papers, text, chunks, embeddings                       (catalogue.py)
              files/ab/abcd….pdf   the originals, by their SHA-256
              index-3/chroma       dense search, derived                                  (vectors.py)
              index-3/words        lexical search, derived                                (words.py)
              writer, lock         who may change the library, who may use its indexes    (lock.py)

How they stay in step. Every change of a paper counts up the catalogue's revision. To bring the indexes up to date, the
catalogue is told that they are being written; the papers changed since the last time are written; the indexes are read
back; the catalogue is told up to which revision they are good. So whoever opens a library finds one of three states:

    good to the last revision      use it
    good, but the catalogue is     a writer is at work (use what there is) or was killed between papers (catch up)
    ahead
    being written, or an index     the writer was killed meanwhile, or the disk failed: build both indexes again, from
    fails                          the catalogue in a new folder, and switch to it; nothing is embedded a second time
"""

from __future__ import annotations

import logging
import os
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from ingest.catalogue import Catalogue, Entry, IndexState, Record
from ingest.embedding import Embedder, load_embedder
from ingest.errors import BrokenLibrary, LibraryError, OtherModel, UnknownPaper
from ingest.lock import Lock
from ingest.papers import Chunk, Filters, Paper
from ingest.vectors import BrokenIndex, Vectors, guarded, where
from ingest.words import Words

if TYPE_CHECKING:
    from ingest.pipeline import FileOutcome, IngestReport, Reader

__all__ = ["Library", "Progress", "Record"]

_BATCH = 4096  # entries written to the indexes at once; below Chroma's 5,461
_PROBES = 5  # entries of a batch that look for themselves before an index counts as written
_MARGIN, _WIDE = 1.3, 400  # see `dense`; half of Chroma's ef_search, so that the recall holds to the last one
_log = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far something long has come: `done` of `total`, in the units that `stage` names ("chunks indexed")."""

    stage: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class _Indexes:
    generation: int
    indexed: int
    vectors: Vectors
    words: Words

    def close(self) -> None:
        self.vectors.close()
        self.words.close()


@dataclass(frozen=True, slots=True)
class _Scope:
    """Where to search: `filters` without aliases and empty where they admit all; `share` of the chunks they admit."""

    filters: Filters
    share: float


class Library:
    """A library of papers in a folder; made by `Library.open`. Threads may share it, processes may open it together.

    Each operation takes the locks it needs for as long as it runs, and sees what other processes have written.
    """

    def __init__(
        self,
        path: Path,
        catalogue: Catalogue,
        embedder: Embedder | None,
        wait: float,
        notice: Callable[[str], None],
        progress: Callable[[Progress], None],
    ) -> None:
        self._path, self._catalogue, self._embedder = path, catalogue, embedder
        self._notice, self._progress = notice, progress
        self._writer_lock = Lock(path / "writer", wait, notice)
        self._index_lock = Lock(path / "lock", wait, notice)
        self._mutex = threading.RLock()  # over `_indexes`; never held while waiting for `_writer_lock`
        self._indexes: _Indexes | None = None

    @staticmethod
    def open(
        path: Path | str,
        *,
        embedder: Embedder | None = None,
        create: bool = True,
        wait: float = 60.0,
        notice: Callable[[str], None] | None = None,
        progress: Callable[[Progress], None] | None = None,
    ) -> Library:
        """Open the library in the folder `path`; where there is none, make one (with its parents) if `create`.

        Without `embedder`, the model the library was made with is loaded when it is first needed, or the default.
        Whenever another process has to be waited for, it is for at most `wait` seconds; `notice` hears (after 3 s) whom
        for, and why indexes are built anew; `progress` how far that is.

        Raises LibraryError where `path` is no library and none can be made there, OtherModel when it was made with
        another model than `embedder`, BrokenLibrary when its catalogue cannot be read.
        """
        folder = Path(path).expanduser()
        used = _make_room(folder, create)
        catalogue = Catalogue(folder / "catalogue.sqlite", create=create and not used)
        library = Library(folder, catalogue, embedder, wait, notice or _log.warning, progress or (lambda _: None))
        try:
            catalogue.index_state()
            if embedder is not None:
                library._check_model(embedder)
        except BaseException:
            library.close()
            raise
        return library

    def close(self) -> None:
        """Release files and memory; a closed library cannot be used again."""
        with self._mutex:
            self._close_indexes()
            self._catalogue.close()

    def __enter__(self) -> Library:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    # -- reading -----------------------------------------------------------------------------------------------------

    @property
    def path(self) -> Path:
        return self._path

    @property
    def embedder(self) -> Embedder:
        """The model that embeds papers and questions; loading the default takes a moment, its weights come later."""
        if self._embedder is None:
            model = self._catalogue.model()
            if model is not None and "@" in model[0]:  # a folder's model is recorded as name@hash
                raise OtherModel(f"{self._path}: was made with the model {model[0]}; name that model's folder")
            embedder = load_embedder(model[0]) if model else load_embedder()
            self._check_model(embedder)
            self._embedder = embedder
        return self._embedder

    def __len__(self) -> int:
        """Number of papers."""
        return self._catalogue.count()

    def records(self, filters: Filters | None = None) -> list[Record]:
        """What is known of each paper that `filters` admits (None: all, retracted ones too), newest first, no text."""
        return self._catalogue.records(filters)

    def chunk_count(self, filters: Filters | None = None) -> int:
        """Number of chunks of the papers that `filters` admits (None: all)."""
        return self._catalogue.chunk_count(filters)

    def paper(self, identifier: str) -> Paper:
        """The paper with this id or alias: `pmid:…`, `pmcid:…`, `doi:…`, `sha256:…`, or bare; case does not matter.

        Raises UnknownPaper.
        """
        for paper_id in self._catalogue.find([identifier]):
            paper = self._catalogue.paper(paper_id)
            if paper is not None:
                return paper
        raise UnknownPaper(f"no paper {identifier!r} in {self._path}; list them with: immunorag papers list")

    def chunks(self, ids: Sequence[str]) -> list[Chunk]:
        """The chunks with these ids, in their order. One that a writer has just removed is left out."""
        return self._catalogue.chunks(ids)

    def dense(self, vector: NDArray[np.float32], k: int, filters: Filters | None = None) -> list[tuple[str, float]]:
        """Return up to `k` chunk ids with their cosine similarity to `vector` (dim,), best first.

        `filters` (default: all but retracted papers) hold before the ranking. Chroma takes 360 ms for a filter that
        admits nearly all of 150,000 chunks; so where a filter leaves little out, some more than `k` are asked for
        without it and the others struck out, and Chroma filters only if fewer than `k` remain: the same, in 9 ms.
        """
        row = self._row(vector)

        def run(indexes: _Indexes, scope: _Scope) -> list[tuple[str, float]]:
            wide = int(_MARGIN * k / scope.share) + 10
            if scope.share < 1 and wide <= _WIDE:
                papers = set(self._catalogue.paper_ids(scope.filters))
                found = indexes.vectors.nearest(row, wide, None)
                admitted = [(id_, score) for id_, score in found if id_.rpartition("#")[0] in papers]
                if len(admitted) >= k:
                    return admitted[:k]
            return indexes.vectors.nearest(row, k, where(scope.filters))

        return self._search(k, filters, run)

    def lexical(
        self, words: str | Sequence[tuple[str, float]], k: int, filters: Filters | None = None
    ) -> list[tuple[str, float]]:
        """Return up to `k` chunk ids with their BM25 score over title, section title and text, best first.

        `words` is a text, or texts with the weight of their words. They are split and stemmed as the index is; nothing
        in them is syntax. `filters` (default: all but retracted papers) hold before the ranking.
        """
        return self._search(k, filters, lambda indexes, scope: indexes.words.best(words, k, scope.filters))

    def rarity(self, words: Sequence[str]) -> dict[str, float]:
        """How rare each word is in the library, 0 (in every chunk) to 1 (in none): log(N / df) / log(N)."""
        found = dict(self._search(1, None, lambda indexes, _: list(indexes.words.rarity(words).items())))
        return {word: found.get(word, 1.0) for word in words}

    def embeddings(self) -> tuple[list[str], NDArray[np.float32]]:
        """All chunk ids and their vectors (chunks, dim): for exact search, to measure the index against."""
        return self._catalogue.embeddings()

    @property
    def chroma_path(self) -> Path:
        """The folder of the Chroma collection `chunks` at this moment; a rebuild moves it."""
        return self._folder(self._catalogue.index_state().generation) / "chroma"

    # -- writing -----------------------------------------------------------------------------------------------------

    def ingest(
        self,
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
        """Read files and folders into the library; see `pipeline.ingest`."""
        from ingest import pipeline

        return pipeline.ingest(
            self, paths, report=report, progress=progress, deadline=deadline, memory=memory, workers=workers, copy=copy,
            retry=retry, read=read,
        )  # fmt: skip

    def add(self, papers: Iterable[Paper]) -> IngestReport:
        """Add papers that come from no file (a starter library, tests); one outcome a paper, under its id."""
        from ingest import pipeline

        return pipeline.add(self, papers)

    def remove(self, identifier: str) -> str:
        """Remove a paper, its chunks and the kept copies of its files; returns its id. Raises UnknownPaper."""
        with self.writing():
            paper_id = self.paper(identifier).id
            for kept in self._catalogue.remove(paper_id):
                (self._path / kept).unlink(missing_ok=True)
            self.sync()
        return paper_id

    def rebuild(self, why: str = "as asked") -> None:
        """Build both indexes again from the catalogue; no embedding, readers go on meanwhile where they can."""
        with self._writer_lock.hold(alone=True):
            self._rebuild(why)

    # -- for the pipeline --------------------------------------------------------------------------------------------

    @property
    def catalogue(self) -> Catalogue:
        """The truth itself; write to it only within `writing()`, and `sync()` afterwards."""
        return self._catalogue

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Be the one process that changes the library; what a killed one left behind is mended first."""
        with self._writer_lock.hold(alone=True):
            state = self._catalogue.index_state()
            if not state.clean or state.indexed != state.revision:
                self.sync()
            yield

    def record_model(self, embedder: Embedder) -> None:
        """Note which model embeds this library, the first time something is embedded; raises OtherModel after."""
        if self._catalogue.model() is None:
            self._catalogue.set_model(embedder.name, embedder.dim)
        self._check_model(embedder)

    def sync(self) -> None:
        """Bring both indexes to the catalogue's revision. Only within `writing()`."""
        state = self._catalogue.index_state()
        if not state.clean:
            self._rebuild("the indexes were left half-written")
            return
        if state.indexed == state.revision and (not state.revision or self._folder(state.generation).exists()):
            return
        try:
            with self._mutex, self._index_lock.hold(alone=True):
                self._catch_up(state)
        except BrokenIndex as error:
            self._rebuild(f"an index failed ({error})")

    # -- inside: the indexes -----------------------------------------------------------------------------------------

    def _catch_up(self, state: IndexState) -> None:
        changes = self._catalogue.changes(state.indexed)
        if state.indexed == 0:  # nothing was ever indexed; what is there was left by one who was killed at once
            self._close_indexes()
            shutil.rmtree(self._folder(state.generation), ignore_errors=True)
            indexes = self._create(state.generation)
        else:
            indexes = self._opened(state)
        self._catalogue.mark_writing()
        again = [paper_id for paper_id, is_again in changes if is_again]
        indexes.vectors.drop(again)
        indexes.words.drop(again)
        self._write(indexes, [paper_id for paper_id, _ in changes])
        self._indexes = replace(indexes, indexed=state.revision)
        self._catalogue.mark_clean(state.generation, state.revision)

    def _rebuild(self, why: str) -> None:
        """Write both indexes into a new folder and switch to it; the writer lock is held."""
        state = self._catalogue.index_state()
        total = self._catalogue.chunk_count()
        if total:
            self._notice(f"{self._path}: {why}; building them again from the catalogue ({total:,} chunks)")
        generation = state.generation + 1
        while self._folder(generation).exists():  # of a rebuild that was killed
            shutil.rmtree(self._folder(generation), ignore_errors=True)
            generation += 1
        try:
            indexes = self._create(generation)
            try:
                self._write(indexes, self._catalogue.paper_ids(), total)
            except BaseException:
                indexes.close()
                raise
        except BrokenIndex as error:
            shutil.rmtree(self._folder(generation), ignore_errors=True)
            raise LibraryError(
                f"{self._path}: the indexes cannot be written ({error}); check the free space and the folder's rights"
            ) from error
        with self._mutex, self._index_lock.hold(alone=True):
            self._close_indexes()
            self._indexes = replace(indexes, indexed=state.revision)
            self._catalogue.mark_clean(generation, state.revision)
        for folder in self._path.glob("index-*"):
            if folder != self._folder(generation):
                shutil.rmtree(folder, ignore_errors=True)

    @guarded
    def _write(self, indexes: _Indexes, paper_ids: Sequence[str], total: int | None = None) -> None:
        """Add the papers' entries, read some back, and have the disk keep them."""
        done, probes = 0, list[Entry]()
        entries = self._catalogue.entries(paper_ids)
        while batch := list(islice(entries, _BATCH)):
            indexes.vectors.put(batch)
            indexes.words.put(batch)
            probes = [*probes[-_PROBES:], *batch[:: max(len(batch) // _PROBES, 1)]][-2 * _PROBES :]
            done += len(batch)
            if total:
                self._progress(Progress("chunks indexed", done, total))
        indexes.words.commit()
        self._read_back(indexes, probes)
        _flush(self._folder(indexes.generation))

    def _read_back(self, indexes: _Indexes, probes: Sequence[Entry]) -> None:
        expected = self._catalogue.chunk_count()
        for name, count in (("Chroma", indexes.vectors.count()), ("Tantivy", indexes.words.count())):
            if count != expected:
                raise BrokenIndex(f"{name} holds {count:,} chunks, the catalogue {expected:,}")
        hits = [indexes.vectors.nearest(entry.vector, 1, None) for entry in probes]
        if hits and not any(hit and hit[0][1] > 0.999 for hit in hits):  # one may hide among twins, all may not
            raise BrokenIndex("Chroma finds no chunk by its own vector")

    @guarded
    def _create(self, generation: int) -> _Indexes:
        folder = self._folder(generation)
        folder.mkdir()
        vectors = Vectors(folder / "chroma", create=True)
        return _Indexes(generation, 0, vectors, Words(folder / "words", create=True))

    def _opened(self, state: IndexState) -> _Indexes:
        """The indexes as the last writer left them, opened again where another process wrote since."""
        if self._indexes is not None and (self._indexes.generation, self._indexes.indexed) == (
            state.generation,
            state.indexed,
        ):
            return self._indexes
        self._close_indexes()
        folder = self._folder(state.generation)
        vectors = Vectors(folder / "chroma")
        try:
            indexes = _Indexes(state.generation, state.indexed, vectors, Words(folder / "words"))
            if state.indexed == state.revision:
                self._read_back(indexes, ())
        except BaseException:
            vectors.close()
            raise
        self._indexes = indexes
        return indexes

    def _close_indexes(self) -> None:
        if self._indexes is not None:
            self._indexes.close()
            self._indexes = None

    def _folder(self, generation: int) -> Path:
        return self._path / f"index-{generation}"

    # -- inside: searching -------------------------------------------------------------------------------------------

    def _search(
        self, k: int, filters: Filters | None, run: Callable[[_Indexes, _Scope], list[tuple[str, float]]]
    ) -> list[tuple[str, float]]:
        """Run a search on indexes that are in order, mending them first where they are not."""
        if k < 1:
            raise ValueError(f"k is the number of chunks wanted, at least 1; got {k}")
        chosen = filters if filters is not None else Filters()
        why = ""
        while True:
            with self._mutex, self._index_lock.hold(alone=False):
                state = self._catalogue.index_state()
                if state.clean and (state.indexed == state.revision or self._busy()):
                    try:
                        return self._run(run, chosen, state)
                    except BrokenIndex as error:
                        if why:
                            raise LibraryError(
                                f"{self._path}: {why}, and again when rebuilt; check the disk"
                            ) from error
                        why = f"an index failed ({error})"
            self._mend(state, why)

    def _run(
        self, run: Callable[[_Indexes, _Scope], list[tuple[str, float]]], filters: Filters, state: IndexState
    ) -> list[tuple[str, float]]:
        total, admitted = self._catalogue.chunk_count(), self._catalogue.chunk_count(filters)
        if not admitted or not state.indexed:
            return []
        if admitted == total:
            filters = Filters(statuses=())
        elif filters.papers:
            filters = replace(filters, papers=tuple(self._catalogue.resolved(filters.papers)))
        found = run(self._opened(state), _Scope(filters, admitted / total))
        if state.indexed != state.revision:  # a writer is ahead of the indexes: it may have removed what they found
            present = self._catalogue.present([chunk_id for chunk_id, _ in found])
            found = [(chunk_id, score) for chunk_id, score in found if chunk_id in present]
        return found

    def _mend(self, state: IndexState, why: str) -> None:
        """Catch up or rebuild, unless another process has done so while we waited for the writer lock."""
        with self._writer_lock.hold(alone=True):
            now = self._catalogue.index_state()
            if not now.clean or now.indexed != now.revision:
                self.sync()
            elif why and now == state:
                self._rebuild(why)

    def _busy(self) -> bool:
        """Whether a writer is at work; if none is, one that was killed left the indexes behind the catalogue."""
        with self._writer_lock.hold_if_free() as free:
            return not free

    def _row(self, vector: NDArray[np.float32]) -> NDArray[np.float32]:
        row = np.asarray(vector, dtype=np.float32).reshape(-1)
        if not np.isfinite(row).all():
            raise ValueError("a vector to search with must be finite")
        model = self._catalogue.model()
        if model is not None and len(row) != model[1]:
            raise OtherModel(
                f"{self._path}: holds vectors of {model[1]} dimensions ({model[0]}), asked with {len(row)}"
            )
        return row

    def _check_model(self, embedder: Embedder) -> None:
        model = self._catalogue.model()
        if model is None:
            return
        name, dim = model
        if embedder.name != name or embedder.dim != dim:
            raise OtherModel(
                f"{self._path}: was made with the model {name} ({dim} dimensions), not {embedder.name}; "
                "use that model, or ingest the papers into a new library"
            )


def _make_room(folder: Path, create: bool) -> bool:
    """See that `folder` is a library or can become one; returns whether it has been used as one."""
    if folder.exists() and not folder.is_dir():
        raise LibraryError(f"{folder}: is a file; a library is a folder")
    try:
        inside = [item.name for item in folder.iterdir()] if folder.exists() else []
        used = any(name.startswith("index-") or name == "files" for name in inside)
        if "catalogue.sqlite" in inside:
            return used
        if used:
            raise BrokenLibrary(
                f"{folder / 'catalogue.sqlite'}: is missing; put a backup in its place, or ingest the originals in "
                f"{folder / 'files'} into a new library"
            )
        if not create:
            raise LibraryError(f"{folder}: there is no library; make one with: immunorag ingest FOLDER")
        ours = ("catalogue.sqlite", "lock", "writer", ".")
        if any(not name.startswith(ours) for name in inside):
            raise LibraryError(f"{folder}: holds other files and no library; name an empty or a new folder")
        folder.mkdir(parents=True, exist_ok=True)
        return False
    except OSError as error:
        raise LibraryError(f"{folder}: {error.strerror or error}; name a folder that you may write to") from error


def _flush(folder: Path) -> None:
    """Have the disk keep what was written below `folder`, so that "clean" stays true after a power cut."""
    for path in [*folder.rglob("*"), folder]:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

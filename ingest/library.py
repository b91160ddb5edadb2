"""The library: papers, found by meaning and by words. Its truth is the catalogue; two indexes are kept in step with it.

    <library>/catalogue.sqlite     papers, text, chunks, embeddings                       (catalogue.py)
              files/ab/abcd….pdf   the originals, by their SHA-256
              index-3/chroma       dense search, derived; or which server has it          (vectors.py, server.py)
              index-3/words        lexical search, derived                                (words.py)
              writer, lock         who may change the library, who may use its indexes    (lock.py)

How the two are kept in step, whoever is killed when, is told in `upkeep.py`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ingest import exact
from ingest.catalogue import Catalogue, Record
from ingest.embedding import Embedder, load_embedder
from ingest.errors import BrokenLibrary, LibraryError, OtherModel, UnknownPaper
from ingest.indexes import Indexes
from ingest.papers import Chunk, Filters, Notice, Paper
from ingest.profile import by_field
from ingest.server import Server
from ingest.upkeep import Progress, Scope, Upkeep
from ingest.vectors import where

if TYPE_CHECKING:
    from ingest.pipeline import FileOutcome, IngestReport, Reader

__all__ = ["Library", "Progress", "Record"]

_MARGIN, _WIDE = 1.3, 400  # see `dense`; half of Chroma's ef_search, so that the recall holds to the last one
_log = logging.getLogger(__name__)


class Library:
    """A library of papers in a folder; made by `Library.open`. Threads may share it, processes may open it together.

    Each operation takes the locks it needs for as long as it runs, and sees what other processes have written.
    """

    def __init__(self, path: Path, catalogue: Catalogue, embedder: Embedder | None, upkeep: Upkeep) -> None:
        self._path, self._catalogue, self._embedder = path, catalogue, embedder
        self._upkeep = upkeep

    @staticmethod
    def open(
        path: Path | str,
        *,
        embedder: Embedder | None = None,
        create: bool = True,
        wait: float = 60.0,
        notice: Callable[[str], None] | None = None,
        progress: Callable[[Progress], None] | None = None,
        chroma_url: str | None = None,
        chroma_token: str | None = None,
    ) -> Library:
        """Open the library in the folder `path`; where there is none, make one (with its parents) if `create`.

        Without `embedder`, the model the library was made with is loaded when it is first needed, or the default.
        Whenever another process has to be waited for, it is for at most `wait` seconds; `notice` hears (after 3 s) whom
        for, and why indexes are built anew; `progress` how far that is.

        With `chroma_url` (`http://127.0.0.1:8000`), a Chroma server keeps the vectors, and is sent `chroma_token`. If
        they were elsewhere before, they are built there from the catalogue when first needed. What needs them raises
        ServerAway while that server does not answer.

        Raises LibraryError where `path` is no library and none can be made there, OtherModel when it was made with
        another model than `embedder`, BrokenLibrary when its catalogue cannot be read.
        """
        folder = Path(path).expanduser()
        server = Server.at(chroma_url, chroma_token) if chroma_url else None
        used = _make_room(folder, create)
        catalogue = Catalogue(folder / "catalogue.sqlite", create=create and not used)
        upkeep = Upkeep(folder, catalogue, wait, notice or _log.warning, progress or (lambda _: None), server)
        library = Library(folder, catalogue, embedder, upkeep)
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
        self._upkeep.close()
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

    def subjects(self, identifier: str) -> dict[str, tuple[str, ...]]:
        """What a paper is about: names of the vocabulary, by the field of `Filters` that finds them.

        Raises UnknownPaper.
        """
        return by_field(self._catalogue.subjects(self.paper(identifier).id))

    def notices(self, identifier: str) -> list[Notice]:
        """What was made known of a paper after it appeared, the latest first. Raises UnknownPaper."""
        return self._catalogue.notices(self.paper(identifier).id)

    def chunks(self, ids: Sequence[str]) -> list[Chunk]:
        """The chunks with these ids, in their order. One that a writer has just removed is left out."""
        return self._catalogue.chunks(ids)

    def dense(self, vector: NDArray[np.float32], k: int, filters: Filters | None = None) -> list[tuple[str, float]]:
        """Return up to `k` chunk ids with their cosine similarity to `vector` (dim,), best first.

        `filters` (default: all but retracted papers) hold before the ranking. Chroma takes 360 ms for a filter that
        admits nearly all of 150,000 chunks; so where a filter leaves little out, some more than `k` are asked for
        without it and the others struck out, and Chroma filters only if fewer than `k` remain: the same, in 9 ms. Where
        it leaves few, these are compared one by one (exact.py), which takes a hundredth of the time.
        """
        row = self._row(vector)

        def run(indexes: Indexes, scope: Scope) -> list[tuple[str, float]]:
            if scope.share < 1 and scope.admission.count <= exact.FEW:
                return exact.nearest(*self._catalogue.vectors(scope.admission), row, k)
            wide = int(_MARGIN * k / scope.share) + 10
            if scope.share < 1 and wide <= _WIDE:
                found = indexes.vectors.nearest(row, wide, None)
                admitted = [(id_, score) for id_, score in found if scope.admission.admits(id_)]
                if len(admitted) >= k:
                    return admitted[:k]
            return indexes.vectors.nearest(row, k, where(scope.filters))

        return self._ranked(k, filters, run)

    def lexical(
        self, words: str | Sequence[tuple[str, float]], k: int, filters: Filters | None = None
    ) -> list[tuple[str, float]]:
        """Return up to `k` chunk ids with their BM25 score over title, section title and text, best first.

        `words` is a text, or texts with the weight of their words. They are split and stemmed as the index is; nothing
        in them is syntax. `filters` (default: all but retracted papers) hold before the ranking.
        """
        return self._ranked(k, filters, lambda indexes, scope: indexes.words.best(words, k, scope.filters))

    def rarity(self, words: Sequence[str]) -> dict[str, float]:
        """How rare each word is in the library, 0 (in every chunk) to 1 (in none): log(N / df) / log(N)."""
        found = self._upkeep.search(Filters(statuses=()), lambda indexes, _: indexes.words.rarity(words)) or {}
        return {word: found.get(word, 1.0) for word in words}

    def embeddings(self) -> tuple[list[str], NDArray[np.float32]]:
        """All chunk ids and their vectors (chunks, dim): for exact search, to measure the index against."""
        return self._catalogue.embeddings()

    @property
    def chroma_path(self) -> Path:
        """The folder of the Chroma collection `chunks` at this moment; a rebuild moves it.

        With a Chroma server, it holds `server.json`, which names the collection there.
        """
        return self._upkeep.folder / "chroma"

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

    def original(self, identifier: str, suffix: str = ".pdf") -> Path | None:
        """The kept file with `suffix` that gave a paper, within this library; None where there is none.

        Raises UnknownPaper.
        """
        paper_id = self.paper(identifier).id
        kept = [file.kept for file in self._catalogue.files().values() if paper_id in file.paper_ids]
        folder = (self._path / "files").resolve()
        copies = [(self._path / name).resolve() for name in kept if name.endswith(suffix)]
        return next((copy for copy in copies if copy.is_relative_to(folder) and copy.is_file()), None)

    def heed(self, notices: Iterable[Notice], instead_of: str = "") -> list[str]:
        """Take in notices of retraction, concern or correction; returns the ids of the papers whose status they change.

        Those on papers that are not here are kept, and heeded when these come. What was taken in from the origin
        `instead_of` before is forgotten, if one is named.
        """
        with self.writing():
            changed = self._catalogue.heed(notices, instead_of)
            self.sync()
        return changed

    def rebuild(self, why: str = "as asked") -> None:
        """Build both indexes again from the catalogue; no embedding, readers go on meanwhile where they can."""
        self._upkeep.rebuild(why)

    # -- for the pipeline --------------------------------------------------------------------------------------------

    @property
    def catalogue(self) -> Catalogue:
        """The truth itself; write to it only within `writing()`, and `sync()` afterwards."""
        return self._catalogue

    def alone(self) -> AbstractContextManager[None]:
        """Keep other processes from changing the library; readers go on."""
        return self._upkeep.alone()

    def writing(self) -> AbstractContextManager[None]:
        """Be the one process that changes the library; what a killed one left behind is mended first."""
        return self._upkeep.writing()

    def opened_indexes(self) -> Indexes:
        """The indexes as they are, opened anew, for the check; close them. Raises BrokenIndex."""
        return self._upkeep.opened()

    def record_model(self, embedder: Embedder) -> None:
        """Note which model embeds this library, the first time something is embedded; raises OtherModel after."""
        if self._catalogue.model() is None:
            self._catalogue.set_model(embedder.name, embedder.dim)
        self._check_model(embedder)

    def sync(self) -> None:
        """Bring both indexes to the catalogue's revision. Only within `writing()`."""
        self._upkeep.sync()

    # -- inside ------------------------------------------------------------------------------------------------------

    def _ranked(
        self, k: int, filters: Filters | None, run: Callable[[Indexes, Scope], list[tuple[str, float]]]
    ) -> list[tuple[str, float]]:
        """Run a search for `k` chunks; what a writer has removed since it was indexed is left out."""
        if k < 1:
            raise ValueError(f"k is the number of chunks wanted, at least 1; got {k}")

        def ranked(indexes: Indexes, scope: Scope) -> list[tuple[str, float]]:
            found = run(indexes, scope)
            if not scope.behind:
                return found
            present = self._catalogue.present([chunk_id for chunk_id, _ in found])
            return [(chunk_id, score) for chunk_id, score in found if chunk_id in present]

        return self._upkeep.search(filters if filters is not None else Filters(), ranked) or []

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

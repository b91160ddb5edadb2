"""Dense search: every chunk's vector in an embedded Chroma. The only home of chromadb in this package.

The collection is an ordinary one (name `chunks`, cosine space, documents = what may be quoted), so that any Chroma
client or `langchain_chroma.Chroma(collection_name="chunks", persist_directory=...)` can open it.

The HNSW parameters below were chosen by measurement against exact search, recall@10 of 300 to 500 queries:

    vectors of 384 dimensions                 M 16, ef_construction 100    M 32, ef_construction 200
                                              ef_search 100 (default)      ef_search 800
    passages and questions, MiniLM,  20,659   0.998                        0.9998
    the same with noise,            100,000                                1.000
    rank 64 and noise,               20,000   0.896
    rank 64 and noise,              100,000                                1.000 (0.997 at ef_search 400)
    isotropic normal,                20,000   0.360                        0.991
    isotropic normal,               100,000                                0.805 (0.943 at ef_search 1,600)

The last is the worst case there is, and no text looks like it. A query of 100,000 vectors takes 9 ms, less than
embedding the question.
"""

from __future__ import annotations

import itertools
import os
import traceback
from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from ingest.errors import ImmunoragError
from ingest.papers import Filters

if TYPE_CHECKING:
    from chromadb.api.client import Client

    from ingest.catalogue import Entry

__all__ = ["COLLECTION", "BrokenIndex", "Vectors"]

COLLECTION = "chunks"
_NEAR = 10  # rows among which a chunk must find itself
_NOTHING = 1e-4  # cosine distance between a vector and itself

_spellings = itertools.count()

P = ParamSpec("P")
T = TypeVar("T")


class BrokenIndex(Exception):
    """An index cannot be opened, read or written; never seen outside the library, which rebuilds it."""


def guarded(method: Callable[P, T]) -> Callable[P, T]:
    """Turn whatever an index library raises, a panic of its Rust part included, into BrokenIndex.

    What a rebuild cannot mend stays itself: too little memory, a package that is missing, a mistake in our own lines.
    """

    @wraps(method)
    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return method(*args, **kwargs)
        except (BrokenIndex, ImmunoragError, ImportError, MemoryError):
            raise
        except Exception as error:
            if _is_ours(error):
                raise
            raise BrokenIndex(_first_line(error)) from error
        except BaseException as error:
            if type(error).__name__ != "PanicException":  # pyo3 derives it from BaseException and does not export it
                raise
            raise BrokenIndex(_first_line(error)) from error

    return call


class Vectors:
    """The collection in `folder`. Its rows are what they were when it was opened: reopen it after another's writes."""

    @guarded
    def __init__(self, folder: Path, *, create: bool = False) -> None:
        import chromadb
        from chromadb.config import Settings

        # Chroma keeps one system a path and process, and it would serve us the rows of whoever opened it first. Spelled
        # differently each time ("chroma/./."), the path is ours alone.
        spelling = os.path.join(folder, *["."] * (next(_spellings) % 500 + 1))  # noqa: PTH118 (Path would tidy it)
        if not create and not (folder / "chroma.sqlite3").is_file():
            raise BrokenIndex(f"{folder.name} is missing")
        folder.mkdir(parents=True, exist_ok=True)
        settings = Settings(anonymized_telemetry=False)
        self._client = cast("Client", chromadb.PersistentClient(path=spelling, settings=settings))
        try:
            if create:
                self._collection = self._client.create_collection(
                    COLLECTION,
                    embedding_function=None,
                    configuration={
                        "hnsw": {"space": "cosine", "max_neighbors": 32, "ef_construction": 200, "ef_search": 800}
                    },
                )
            else:
                self._collection = self._client.get_collection(COLLECTION, embedding_function=None)
            self._batch = self._client.get_max_batch_size()
        except BaseException:
            self._client.close()
            raise

    def close(self) -> None:
        self._client.close()

    @guarded
    def count(self) -> int:
        return self._collection.count()

    @guarded
    def put(self, entries: Sequence[Entry]) -> None:
        """Insert or replace the rows of `entries`."""
        for start in range(0, len(entries), self._batch):
            part = entries[start : start + self._batch]
            self._collection.upsert(
                ids=[entry.chunk.id for entry in part],
                embeddings=np.stack([entry.vector for entry in part]),
                documents=[entry.text for entry in part],
                metadatas=[_metadata(entry) for entry in part],
            )

    @guarded
    def drop(self, paper_ids: Sequence[str]) -> None:
        """Delete all rows of these papers."""
        for start in range(0, len(paper_ids), 100):
            part = where(Filters(papers=tuple(paper_ids[start : start + 100]), statuses=()))
            self._collection.delete(where=part)

    @guarded
    def nearest(self, vector: NDArray[np.float32], k: int, where: dict[str, Any] | None) -> list[tuple[str, float]]:
        """Ids and cosine similarities of the `k` nearest chunks that `where` admits, nearest first."""
        found = self._collection.query(
            query_embeddings=vector[np.newaxis], n_results=k, where=where, include=["distances"]
        )
        distances = found["distances"]
        assert distances is not None  # noqa: S101 (asked for in `include`)
        return [(id_, 1 - distance) for id_, distance in zip(found["ids"][0], distances[0], strict=True)]

    # -- for the check -----------------------------------------------------------------------------------------------

    @guarded
    def ids(self) -> set[str]:
        """The ids of all rows."""
        return set(self._collection.get(include=[])["ids"])

    @guarded
    def differing(self, entries: Sequence[Entry]) -> list[str]:
        """Ids of those of `entries` whose row is missing, or is not what `put` would write."""
        rows = self._collection.get(
            ids=[entry.chunk.id for entry in entries], include=["embeddings", "documents", "metadatas"]
        )
        columns = (rows["ids"], rows["embeddings"], rows["documents"], rows["metadatas"])
        found = {id_: row for id_, *row in zip(*cast("tuple[Iterable[Any], ...]", columns), strict=True)}
        return [entry.chunk.id for entry in entries if not _same(entry, found.get(entry.chunk.id))]

    @guarded
    def lost(self, entries: Sequence[Entry]) -> list[str]:
        """Ids of those of `entries` that a search for their own vector does not find.

        Of chunks with the same vector, any may take the place of the other.
        """
        found = self._collection.query(
            query_embeddings=np.stack([entry.vector for entry in entries]), n_results=_NEAR, include=["distances"]
        )
        answers = zip(entries, found["ids"], cast("list[list[float]]", found["distances"]), strict=True)
        return [
            entry.chunk.id
            for entry, ids, distances in answers
            if entry.chunk.id not in ids and not (len(ids) == _NEAR and distances[-1] < _NOTHING)
        ]


def _same(entry: Entry, row: Sequence[Any] | None) -> bool:
    if row is None:
        return False
    vector, document, metadata = row
    return bool(
        document == entry.text
        and metadata == _metadata(entry)
        and np.shape(vector) == entry.vector.shape
        and float(np.dot(vector, entry.vector)) > 1 - _NOTHING
    )


def where(filters: Filters) -> dict[str, Any] | None:
    """`filters` in Chroma's language; None admits all. `filters.papers` must be ids, not aliases.

    Give it only filters that leave something out: one that matches everything costs 360 ms at 150,000 rows.
    """
    conditions: list[dict[str, Any]] = [
        {field: {"$in": list(admitted)}}
        for field, admitted in (("paper_id", filters.papers), ("source", filters.sources), ("status", filters.statuses))
        if admitted
    ]
    if filters.since is not None:
        conditions.append({"year": {"$gte": filters.since}})
    if filters.until is not None:
        conditions.append({"year": {"$lte": filters.until}})
    if len(conditions) > 1:
        return {"$and": conditions}
    return conditions[0] if conditions else None


def _metadata(entry: Entry) -> dict[str, str | int]:
    chunk = entry.chunk
    fields: Iterable[tuple[str, str | int | None]] = (
        ("paper_id", chunk.paper_id),
        ("title", entry.title),
        ("year", entry.year),
        ("source", entry.source),
        ("status", entry.status),
        ("section", chunk.section.title or chunk.section.kind),
        ("page", chunk.page),
        ("start", chunk.start),
        ("end", chunk.end),
    )
    return {name: value for name, value in fields if value is not None}


def _is_ours(error: Exception) -> bool:
    """Whether `error` is a name or attribute missing in a line of this package.

    Other kinds cannot be told apart: what the Rust parts raise about their data also seems to come from our line.
    """
    if not isinstance(error, NameError | AttributeError) or error.__traceback__ is None:
        return False
    *_, (frame, _) = traceback.walk_tb(error.__traceback__)
    return Path(frame.f_code.co_filename).parent == Path(__file__).parent


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]

"""Dense search: every chunk's vector in Chroma, embedded or a server. The only home of chromadb in this package.

The collection is an ordinary one (name `chunks`, cosine space, documents = what may be quoted), so that any Chroma
client or `langchain_chroma.Chroma(collection_name="chunks", persist_directory=...)` can open it.

On a server, which several libraries may share, each index has a collection of a name of its own. The folder then holds
`server.json`: which collection on which server. The collection says for which folder it was made, so that a copied
library does not write into that of its original.

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

import hashlib
import itertools
import json
import os
import secrets
import sys
import traceback
from collections.abc import Callable, Iterable, Sequence
from functools import partial, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar, cast
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from ingest.errors import ImmunoragError, ServerAway
from ingest.papers import Filters
from ingest.profile import FACETS
from ingest.server import Server

if TYPE_CHECKING:
    from chromadb.api.client import Client
    from chromadb.api.models.Collection import Collection
    from chromadb.config import Settings

    from ingest.catalogue import Entry

__all__ = ["COLLECTION", "BrokenIndex", "Vectors", "discard"]

COLLECTION = "chunks"
_HNSW: Any = {"hnsw": {"space": "cosine", "max_neighbors": 32, "ef_construction": 200, "ef_search": 800}}
_ON_SERVER = "server.json"
_REQUEST = 1000  # rows in one request to a server, some 10 MB of what it takes 40
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
    """The collection in `folder`, or that which `folder` says to be on `server`.

    Embedded, its rows are what they were when it was opened: reopen it after another's writes. On a server, what it
    does raises ServerAway where that does not answer.
    """

    @guarded
    def __init__(self, folder: Path, *, create: bool = False, server: Server | None = None) -> None:
        self._server = server
        if server is None:
            self._client = _embedded(folder, create=create)
        else:
            name = _named(folder, create=create, server=server)
            server.answers()
            self._client = server.ask(lambda: _served(server))
        try:
            if server is None:
                self._collection = self._ask(lambda: _collection(self._client, COLLECTION, create=create))
            else:
                self._collection = self._ask(
                    lambda: _collection(self._client, name, create=create, owner=_owner(folder))
                )
            self._batch = min(self._ask(self._client.get_max_batch_size), _REQUEST if server else sys.maxsize)
        except BaseException:
            self._client.close()
            raise

    def close(self) -> None:
        self._client.close()

    @guarded
    def count(self) -> int:
        return self._ask(self._collection.count)

    @guarded
    def put(self, entries: Sequence[Entry]) -> None:
        """Insert or replace the rows of `entries`."""
        for start in range(0, len(entries), self._batch):
            part = entries[start : start + self._batch]
            rows: Any = {
                "ids": [entry.chunk.id for entry in part],
                "embeddings": np.stack([entry.vector for entry in part]),
                "documents": [entry.text for entry in part],
                "metadatas": [_metadata(entry) for entry in part],
            }
            self._ask(partial(self._collection.upsert, **rows))

    @guarded
    def drop(self, paper_ids: Sequence[str]) -> None:
        """Delete all rows of these papers."""
        for start in range(0, len(paper_ids), 100):
            part = where(Filters(papers=tuple(paper_ids[start : start + 100]), statuses=()))
            self._ask(partial(self._collection.delete, where=part))

    @guarded
    def nearest(self, vector: NDArray[np.float32], k: int, where: dict[str, Any] | None) -> list[tuple[str, float]]:
        """Ids and cosine similarities of the `k` nearest chunks that `where` admits, nearest first."""
        found = self._ask(
            lambda: self._collection.query(
                query_embeddings=vector[np.newaxis], n_results=k, where=where, include=["distances"]
            )
        )
        distances = found["distances"]
        assert distances is not None  # noqa: S101 (asked for in `include`)
        return [(id_, 1 - distance) for id_, distance in zip(found["ids"][0], distances[0], strict=True)]

    def _ask(self, call: Callable[[], T]) -> T:
        """What `call` returns; with patience where a server is asked."""
        if self._server is None:
            return call()
        from chromadb.errors import NotFoundError

        try:
            return self._server.ask(call)
        except NotFoundError as error:
            raise BrokenIndex(f"the Chroma server at {self._server.url} no longer holds its vectors") from error

    # -- for the check -----------------------------------------------------------------------------------------------

    @guarded
    def ids(self) -> set[str]:
        """The ids of all rows."""
        return set(self._ask(lambda: self._collection.get(include=[]))["ids"])

    @guarded
    def differing(self, entries: Sequence[Entry]) -> list[str]:
        """Ids of those of `entries` whose row is missing, or is not what `put` would write."""
        rows = self._ask(
            lambda: self._collection.get(
                ids=[entry.chunk.id for entry in entries], include=["embeddings", "documents", "metadatas"]
            )
        )
        columns = (rows["ids"], rows["embeddings"], rows["documents"], rows["metadatas"])
        found = {id_: row for id_, *row in zip(*cast("tuple[Iterable[Any], ...]", columns), strict=True)}
        return [entry.chunk.id for entry in entries if not _same(entry, found.get(entry.chunk.id))]

    @guarded
    def lost(self, entries: Sequence[Entry]) -> list[str]:
        """Ids of those of `entries` that a search for their own vector does not find.

        Of chunks with the same vector, any may take the place of the other.
        """
        found = self._ask(
            lambda: self._collection.query(
                query_embeddings=np.stack([entry.vector for entry in entries]), n_results=_NEAR, include=["distances"]
            )
        )
        answers = zip(entries, found["ids"], cast("list[list[float]]", found["distances"]), strict=True)
        return [
            entry.chunk.id
            for entry, ids, distances in answers
            if entry.chunk.id not in ids and not (len(ids) == _NEAR and distances[-1] < _NOTHING)
        ]


def discard(folder: Path, server: Server | None) -> str:
    """Delete the collection that `folder` has on `server`; returns where it stays if it is on another one, else "".

    Raises ServerAway where `server` does not delete it.
    """
    place = _place(folder)
    if place is None:
        return ""
    url, name = place
    if server is None or server.url != url:
        return f"its old vectors stay in the collection {name} on the Chroma server at {url}; delete them there"
    from chromadb.errors import NotFoundError

    try:
        server.answers()
        client = _served(server)
        try:
            if (client.get_collection(name, embedding_function=None).metadata or {}).get("library") == _owner(folder):
                client.delete_collection(name)
        finally:
            client.close()
    except NotFoundError:
        return ""
    except Exception as error:
        raise ServerAway(f"{url}: the collection {name} cannot be deleted ({_first_line(error)})") from error
    return ""


def _settings(**more: Any) -> Settings:
    from chromadb.config import Settings

    nowhere: Any = {"_env_file": None}  # Chroma would read .env of the working directory, which may be a stranger's
    return Settings(anonymized_telemetry=False, **nowhere, **more)


def _embedded(folder: Path, *, create: bool) -> Client:
    import chromadb

    # Chroma keeps one system a path and process, and it would serve us the rows of whoever opened it first. Spelled
    # differently each time ("chroma/./."), the path is ours alone.
    spelling = os.path.join(folder, *["."] * (next(_spellings) % 500 + 1))  # noqa: PTH118 (Path would tidy it)
    if not create and not (folder / "chroma.sqlite3").is_file():
        place = _place(folder)
        raise BrokenIndex(
            f"the vectors are on the Chroma server at {place[0]}, not here" if place else f"{folder.name} is missing"
        )
    folder.mkdir(parents=True, exist_ok=True)
    return cast("Client", chromadb.PersistentClient(path=spelling, settings=_settings()))


def _served(server: Server) -> Client:
    import chromadb
    import httpx

    parts = urlsplit(server.url)
    ssl = parts.scheme == "https"
    port = parts.port or (443 if ssl else 80)
    host = f"{parts.scheme}://{parts.netloc.rpartition('@')[2].removesuffix(f':{port}')}:{port}{parts.path}"
    settings = _settings(chroma_server_host=host, chroma_server_http_port=port)
    client = cast("Client", chromadb.HttpClient(host, port, ssl, dict(server.headers), settings))
    client._server._session.timeout = httpx.Timeout(**server.timeouts)  # type: ignore[attr-defined]  # else for ever
    return client


def _collection(client: Client, name: str, *, create: bool, owner: str = "") -> Collection:
    if create:
        return client.create_collection(
            name,
            metadata={"library": owner} if owner else None,
            embedding_function=None,
            configuration=_HNSW,
            get_or_create=bool(owner),  # the answer to a first request may have been lost
        )
    found = client.get_collection(name, embedding_function=None)
    if owner and (found.metadata or {}).get("library") != owner:
        raise BrokenIndex(f"the collection {name} belongs to the library that this one was copied or moved from")
    return found


def _named(folder: Path, *, create: bool, server: Server) -> str:
    """The name of the collection on `server`: when `create` a new one, which `folder` notes."""
    if create:
        folder.mkdir(parents=True, exist_ok=True)
        name = f"immunorag-{secrets.token_hex(8)}-{folder.parent.name}"
        (folder / _ON_SERVER).write_text(json.dumps({"url": server.url, "collection": name}), encoding="utf-8")
        return name
    place = _place(folder)
    if place is None or place[0] != server.url:
        where_now = f"on the Chroma server at {place[0]}" if place else "in the library's folder"
        raise BrokenIndex(f"the vectors are {where_now}, not on the Chroma server at {server.url}")
    return place[1]


def _place(folder: Path) -> tuple[str, str] | None:
    """URL and collection that `folder` notes."""
    try:
        noted = json.loads((folder / _ON_SERVER).read_text(encoding="utf-8"))
        return str(noted["url"]), str(noted["collection"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _owner(folder: Path) -> str:
    """The library that the index in `folder` belongs to, by the place it is in."""
    return hashlib.sha256(os.fsencode(folder.parent.parent.resolve())).hexdigest()[:32]


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
    """`filters` in Chroma's language; None admits all. They must be resolved: ids of papers, names of concepts.

    Give it only filters that leave something out: one that matches everything costs 360 ms at 150,000 rows.
    """
    conditions: list[dict[str, Any]] = [
        {field: {"$in": list(admitted)}}
        for field, admitted in (("paper_id", filters.papers), ("source", filters.sources), ("status", filters.statuses))
        if admitted
    ]
    for field in FACETS:
        holding = [{field: {"$contains": value}} for value in getattr(filters, field)]
        if holding:
            conditions.append({"$or": holding} if len(holding) > 1 else holding[0])
    if filters.since is not None:
        conditions.append({"year": {"$gte": filters.since}})
    if filters.until is not None:
        conditions.append({"year": {"$lte": filters.until}})
    if len(conditions) > 1:
        return {"$and": conditions}
    return conditions[0] if conditions else None


def _metadata(entry: Entry) -> dict[str, Any]:
    chunk = entry.chunk
    fields: dict[str, Any] = {
        "paper_id": chunk.paper_id,
        "title": entry.title,
        "year": entry.year,
        "source": entry.source,
        "status": entry.status,
        "section": chunk.section.title or chunk.section.kind,
        "page": chunk.page,
        "start": chunk.start,
        "end": chunk.end,
    }
    fields |= {name: list(values) for name, values in entry.facets.items()}
    return {name: value for name, value in fields.items() if value is not None}


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

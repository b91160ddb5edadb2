"""The catalogue: the one truth about a library, in SQLite. The only home of sqlite3 in this package.

It holds the papers, their text, chunks and embeddings, the files they came from, and what state the two indexes are in.
Both indexes can be made again from it without embedding anything a second time.

Embeddings are kept as float16: a unit vector's cosine to its rounded self is above 0.999999, far closer than bf16
computes it in the first place, at half the bytes. Both indexes are always written from the rounded rows, so that a
rebuilt index is the same as the one it replaces.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from ingest.errors import BrokenLibrary, LibraryError, LibraryInUse
from ingest.papers import Chunk, Filters, Page, Paper, Section, SectionKind, Source, Status
from ingest.titles import title_key

__all__ = ["Catalogue", "Entry", "FileRecord", "IndexState", "Record", "normal_alias"]

SCHEMA_VERSION = 2

_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE papers (
    id TEXT PRIMARY KEY, title TEXT NOT NULL, authors TEXT NOT NULL, journal TEXT NOT NULL, year INTEGER,
    doi TEXT NOT NULL, pmid TEXT NOT NULL, pmcid TEXT NOT NULL, trial_ids TEXT NOT NULL, design TEXT NOT NULL,
    status TEXT NOT NULL, source TEXT NOT NULL, chunks INTEGER NOT NULL, characters INTEGER NOT NULL,
    title_key TEXT NOT NULL DEFAULT '');
CREATE INDEX papers_by_title ON papers (title_key);
CREATE TABLE texts (
    paper_id TEXT PRIMARY KEY REFERENCES papers ON DELETE CASCADE,
    text TEXT NOT NULL, sections TEXT NOT NULL, pages TEXT NOT NULL);
CREATE TABLE aliases (alias TEXT PRIMARY KEY, paper_id TEXT NOT NULL REFERENCES papers ON DELETE CASCADE);
CREATE INDEX aliases_of_paper ON aliases (paper_id);
CREATE TABLE chunks (
    id TEXT PRIMARY KEY, paper_id TEXT NOT NULL REFERENCES papers ON DELETE CASCADE, ordinal INTEGER NOT NULL,
    section INTEGER NOT NULL, page INTEGER, start INTEGER NOT NULL, "end" INTEGER NOT NULL, embedding BLOB NOT NULL);
CREATE INDEX chunks_of_paper ON chunks (paper_id, ordinal);
CREATE TABLE changes (paper_id TEXT PRIMARY KEY, revision INTEGER NOT NULL, again INTEGER NOT NULL);
CREATE INDEX changes_by_revision ON changes (revision);
CREATE TABLE files (
    sha256 TEXT PRIMARY KEY, name TEXT NOT NULL, reader_version INTEGER NOT NULL, failed INTEGER NOT NULL,
    reason TEXT NOT NULL, paper_ids TEXT NOT NULL, kept TEXT NOT NULL);
INSERT INTO meta VALUES ('revision', '0'), ('generation', '0'), ('indexes', 'clean'), ('indexed', '0');
"""

# How a catalogue of an older schema becomes one of the next: statements by the version they start from. They may call
# the function title_key (titles.py).
_MIGRATIONS: dict[int, str] = {
    1: """
ALTER TABLE papers ADD COLUMN title_key TEXT NOT NULL DEFAULT '';
UPDATE papers SET title_key = title_key(title);
CREATE INDEX papers_by_title ON papers (title_key);
"""
}

# `Filters` as SQL over the table papers; a field that is not bound admits all.
_ADMITTED = """
WHERE (:papers IS NULL OR id IN (SELECT value FROM json_each(:papers)))
  AND (:sources IS NULL OR source IN (SELECT value FROM json_each(:sources)))
  AND (:statuses IS NULL OR status IN (SELECT value FROM json_each(:statuses)))
  AND (:since IS NULL OR year >= :since) AND (:until IS NULL OR year <= :until)
"""


@dataclass(frozen=True, slots=True)
class Record:
    """What the library knows of a paper, without its text."""

    id: str
    title: str
    authors: tuple[str, ...]
    journal: str
    year: int | None
    source: Source
    status: Status
    doi: str
    pmid: str
    pmcid: str
    chunks: int
    characters: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One chunk as the indexes hold it; `text` is what may be quoted, `vector` a float32 row of unit norm."""

    chunk: Chunk
    title: str
    year: int | None
    source: Source
    status: Status
    text: str
    vector: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class FileRecord:
    """What became of a file, known by the SHA-256 of its content; `kept` is its copy's path in the library, or ""."""

    sha256: str
    name: str
    reader_version: int
    failed: bool
    reason: str
    paper_ids: tuple[str, ...]
    kept: str


@dataclass(frozen=True, slots=True)
class IndexState:
    """`revision` counts the catalogue's changes; the indexes in folder `generation` hold those up to `indexed`.

    Not `clean` means that a process has begun to write them and not said that it ended.
    """

    generation: int
    clean: bool
    indexed: int
    revision: int


def normal_alias(identifier: str) -> str:
    """The form in which identifiers are compared: `pmid:…`, `pmcid:pmc…`, `doi:…`, lower case; bare ones are named."""
    text = identifier.strip().lower()
    for prefix in ("https://doi.org/", "http://doi.org/", "https://dx.doi.org/", "http://dx.doi.org/"):
        text = text.removeprefix(prefix)
    if text.startswith("10.") and "/" in text:
        return f"doi:{text}"
    if text.startswith("pmc") and text[3:].isdigit():
        return f"pmcid:{text}"
    kind, colon, value = text.partition(":")
    return f"{kind.strip()}:{value.strip()}" if colon else (f"pmid:{text}" if text.isdigit() else text)


class Catalogue:
    """The catalogue in the file `path`, made when `create` and absent. Threads may share it; `close()` it."""

    def __init__(self, path: Path, *, create: bool) -> None:
        self._path = path
        self._mutex = threading.RLock()
        if not create and not path.exists():
            raise LibraryError(f"{path.parent}: there is no library; make one with: immunorag ingest FOLDER")
        with self._translated():
            self._connection = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
        try:
            self._prepare(create)
        except BaseException:
            self._connection.close()
            raise

    def _prepare(self, create: bool) -> None:
        with self._translated():
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = FULL")  # a paper reported as added survives a power cut
            self._connection.execute("PRAGMA foreign_keys = ON")
            version = self._version()
            if version == 0 and create:
                with self._transaction():
                    if self._version() == 0:  # another process may have been faster
                        for statement in _SCHEMA.split(";"):
                            self._connection.execute(statement)
                        self._connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION:d}")
                version = SCHEMA_VERSION
        if version == 0:
            raise BrokenLibrary(self._broken("it is empty"))
        if version > SCHEMA_VERSION:
            raise LibraryError(
                f"{self._path}: was made by a newer immunorag (schema {version}, this one reads {SCHEMA_VERSION}); "
                "update immunorag: pip install --upgrade immunorag"
            )
        if version < SCHEMA_VERSION:
            self._migrate()

    def _migrate(self) -> None:
        """Bring an older catalogue to this schema in one transaction: whole, or as it was."""
        self._connection.create_function("title_key", 1, title_key, deterministic=True)
        with self._transaction():
            for version in range(self._version(), SCHEMA_VERSION):  # asked again: another process may have been faster
                if version not in _MIGRATIONS:
                    raise LibraryError(
                        f"{self._path}: has schema {version}, too old for this immunorag (it reads {SCHEMA_VERSION}); "
                        f"ingest the originals in {self._path.parent / 'files'} into a new library"
                    )
                for statement in _MIGRATIONS[version].split(";"):
                    self._connection.execute(statement)
            self._connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION:d}")

    def _version(self) -> int:
        return int(self._connection.execute("PRAGMA user_version").fetchone()[0])

    def close(self) -> None:
        with self._mutex:
            self._connection.close()

    # -- the indexes' state ------------------------------------------------------------------------------------------

    def index_state(self) -> IndexState:
        meta = dict(self._all("SELECT key, value FROM meta"))
        try:
            return IndexState(
                int(meta["generation"]), meta["indexes"] == "clean", int(meta["indexed"]), int(meta["revision"])
            )
        except (KeyError, ValueError) as error:
            raise BrokenLibrary(self._broken("its state is missing")) from error

    def mark_writing(self) -> None:
        """Say that the indexes are about to be written: whoever finds this without a live writer rebuilds them."""
        with self._transaction():
            self._set("indexes", "writing")

    def mark_clean(self, generation: int, indexed: int) -> None:
        """Say that the indexes in folder `generation` have been written and read back, up to revision `indexed`."""
        with self._transaction():
            self._set("generation", str(generation))
            self._set("indexed", str(indexed))
            self._set("indexes", "clean")

    def changes(self, since: int) -> list[tuple[str, bool]]:
        """Papers changed after revision `since`, oldest first, and whether an index may hold older rows of them."""
        rows = self._all("SELECT paper_id, again FROM changes WHERE revision > ? ORDER BY revision", (since,))
        return [(paper_id, bool(again)) for paper_id, again in rows]

    # -- the embedding model -----------------------------------------------------------------------------------------

    def model(self) -> tuple[str, int] | None:
        """Name and dimension of the model that embedded this library; None while it holds nothing."""
        meta = dict(self._all("SELECT key, value FROM meta"))
        return (meta["model"], int(meta["dim"])) if "model" in meta else None

    def set_model(self, name: str, dim: int) -> None:
        with self._transaction():
            self._set("model", name)
            self._set("dim", str(dim))

    # -- papers ------------------------------------------------------------------------------------------------------

    def find(self, identifiers: Iterable[str]) -> list[str]:
        """Ids of the papers that any of `identifiers` finds, in the order of the identifiers, each once."""
        found: dict[str, None] = {}
        for identifier in identifiers:
            rows = self._all("SELECT paper_id FROM aliases WHERE alias = ?", (normal_alias(identifier),))
            found.update((paper_id, None) for (paper_id,) in rows)
        return list(found)

    def candidates(self, paper: Paper) -> list[str]:
        """Ids of the papers that share an identifier or the title with `paper`, in the order in which they came."""
        rows = self._all(
            "SELECT id FROM papers WHERE id IN "
            "(SELECT paper_id FROM aliases WHERE alias IN (SELECT value FROM json_each(:aliases))) "
            "OR (title_key = :title AND title_key != '') ORDER BY rowid",
            {"aliases": json.dumps([normal_alias(a) for a in paper.aliases]), "title": title_key(paper.title)},
        )
        return [paper_id for (paper_id,) in rows]

    def paper(self, paper_id: str) -> Paper | None:
        """The paper with exactly this id."""
        rows = self._all(
            "SELECT id, title, text, sections, source, authors, journal, year, doi, pmid, pmcid, trial_ids, design, "
            "status, pages FROM papers JOIN texts ON paper_id = id WHERE id = ?",
            (paper_id,),
        )
        return _paper(rows[0]) if rows else None

    def records(self, filters: Filters | None = None) -> list[Record]:
        """The papers that `filters` admits (None: all), newest first."""
        columns = "id, title, authors, journal, year, source, status, doi, pmid, pmcid, chunks, characters"
        statement = f"SELECT {columns} FROM papers {_ADMITTED} ORDER BY year DESC, title, id"  # noqa: S608 (constants)
        rows = self._all(statement, self._admitted(filters))
        return [Record(row[0], row[1], tuple(json.loads(row[2])), *row[3:]) for row in rows]

    def count(self) -> int:
        """Number of papers."""
        return int(self._all("SELECT count(*) FROM papers")[0][0])

    def chunk_count(self, filters: Filters | None = None) -> int:
        """Number of chunks of the papers that `filters` admits."""
        statement = "SELECT coalesce(sum(chunks), 0) FROM papers" + _ADMITTED  # noqa: S608 (constants)
        rows = self._all(statement, self._admitted(filters))
        return int(rows[0][0])

    def put(
        self,
        paper: Paper,
        chunks: Sequence[Chunk],
        vectors: NDArray[np.float32],
        absorbed: Iterable[str] = (),
        names: Iterable[str] = (),
    ) -> None:
        """Store `paper` in one transaction, instead of what was stored under its id and of the papers `absorbed`.

        `names` find it too, besides its own aliases and those of the papers that it replaces.
        """
        blobs = np.ascontiguousarray(vectors, dtype=np.float16)
        section_of = {section: index for index, section in enumerate(paper.sections)}
        with self._transaction():
            aliases = [*paper.aliases, *names]
            for old in absorbed:
                aliases += [alias for (alias,) in self._all("SELECT alias FROM aliases WHERE paper_id = ?", (old,))]
                self._delete(old)
                self._hand_over_files(old, paper.id)
            aliases += [alias for (alias,) in self._all("SELECT alias FROM aliases WHERE paper_id = ?", (paper.id,))]
            place = self._all("SELECT rowid FROM papers WHERE id = ?", (paper.id,))  # kept: it is when the paper came
            self._connection.execute("DELETE FROM papers WHERE id = ?", (paper.id,))
            self._insert_paper(paper, len(chunks), place[0][0] if place else None)
            self._connection.execute(
                "INSERT INTO texts VALUES (?, ?, ?, ?)",
                (
                    paper.id,
                    paper.text,
                    json.dumps([(s.kind, s.title, s.start, s.end) for s in paper.sections], ensure_ascii=False),
                    json.dumps([(p.number, p.start, p.end) for p in paper.pages]),
                ),
            )
            self._connection.executemany(
                "INSERT INTO chunks VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    (c.id, paper.id, ordinal, section_of[c.section], c.page, c.start, c.end, blobs[ordinal].tobytes())
                    for ordinal, c in enumerate(chunks)
                ),
            )
            self._insert_aliases(paper.id, aliases)
            self._change(paper.id)

    def describe(self, paper: Paper, names: Iterable[str] = ()) -> None:
        """Store what is new in the metadata of a known paper whose text, title and chunks stay; `names` find it too."""
        with self._transaction():
            self._connection.execute(
                "UPDATE papers SET authors = ?, journal = ?, year = ?, doi = ?, pmid = ?, pmcid = ?, trial_ids = ?, "
                "design = ?, status = ? WHERE id = ?",
                (
                    json.dumps(paper.authors, ensure_ascii=False), paper.journal, paper.year, paper.doi, paper.pmid,
                    paper.pmcid, json.dumps(paper.trial_ids), paper.design, paper.status, paper.id,
                ),
            )  # fmt: skip
            self._insert_aliases(paper.id, [*paper.aliases, *names])
            self._change(paper.id)

    def name(self, paper_id: str, names: Iterable[str]) -> None:
        """Let `names` find a known paper of which nothing else changes."""
        with self._transaction():
            self._insert_aliases(paper_id, names)

    def remove(self, paper_id: str) -> list[str]:
        """Remove a paper and forget the files that gave it; returns the kept copies of those that gave no other."""
        with self._transaction():
            self._delete(paper_id)
            rows = self._all(
                "SELECT sha256, kept, json_array_length(paper_ids) FROM files "
                "WHERE EXISTS (SELECT 1 FROM json_each(paper_ids) WHERE value = ?)",
                (paper_id,),
            )
            self._connection.executemany("DELETE FROM files WHERE sha256 = ?", [(sha256,) for sha256, _, _ in rows])
        return [kept for _, kept, papers in rows if kept and papers == 1]

    # -- chunks ------------------------------------------------------------------------------------------------------

    def chunks(self, ids: Sequence[str]) -> list[Chunk]:
        """The chunks with these ids, in their order; ids that are no longer there are left out."""
        rows = self._all(
            'SELECT id, paper_id, section, page, start, "end" FROM chunks WHERE id IN (SELECT value FROM json_each(?))',
            (json.dumps(ids),),
        )
        found = {row[0]: row for row in rows}
        sections = {row[1]: self._sections(row[1]) for row in found.values()}
        return [
            Chunk(row[0], row[1], sections[row[1]][row[2]], row[3], row[4], row[5])
            for row in (found[id_] for id_ in ids if id_ in found)
        ]

    def present(self, ids: Sequence[str]) -> set[str]:
        """Which of these chunk ids exist."""
        rows = self._all("SELECT id FROM chunks WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(ids),))
        return {id_ for (id_,) in rows}

    def entries(self, paper_ids: Iterable[str]) -> Iterator[Entry]:
        """Everything the indexes need of these papers, chunk by chunk, one paper in memory at a time."""
        for paper_id in paper_ids:
            paper = self.paper(paper_id)
            if paper is None:
                continue
            rows = self._all(
                'SELECT id, section, page, start, "end", embedding FROM chunks WHERE paper_id = ? ORDER BY ordinal',
                (paper_id,),
            )
            for id_, section, page, start, end, embedding in rows:
                chunk = Chunk(id_, paper_id, paper.sections[section], page, start, end)
                text = paper.text[start:end]
                yield Entry(chunk, paper.title, paper.year, paper.source, paper.status, text, _vector(embedding))

    def paper_ids(self, filters: Filters | None = None) -> list[str]:
        """The ids of the papers that `filters` admits (None: all), in the order in which they came."""
        statement = f"SELECT id FROM papers {_ADMITTED} ORDER BY rowid"  # noqa: S608 (constants)
        return [paper_id for (paper_id,) in self._all(statement, self._admitted(filters))]

    def embeddings(self) -> tuple[list[str], NDArray[np.float32]]:
        """All chunk ids and their vectors as rows of one matrix: what an exact search compares with."""
        rows = self._all("SELECT id, embedding FROM chunks ORDER BY rowid")
        if not rows:
            model = self.model()
            return [], np.zeros((0, model[1] if model else 0), dtype=np.float32)
        return [id_ for id_, _ in rows], np.stack([_vector(blob) for _, blob in rows])

    def rows(self, paper_id: str) -> list[tuple[str, int, int, int, int, bytes]]:
        """A paper's chunks as they are stored: id, ordinal, number of its section, start, end, float16 embedding."""
        statement = (
            'SELECT id, ordinal, section, start, "end", embedding FROM chunks WHERE paper_id = ? ORDER BY ordinal'
        )
        return [(row[0], row[1], row[2], row[3], row[4], row[5]) for row in self._all(statement, (paper_id,))]

    def characters_by_section(self) -> dict[str, int]:
        """Characters of text in each kind of section, the largest first."""
        rows = self._all(
            "SELECT json_extract(value, '$[0]') AS kind, "
            "sum(json_extract(value, '$[3]') - json_extract(value, '$[2]')) AS size "
            "FROM texts, json_each(sections) GROUP BY kind ORDER BY size DESC, kind"
        )
        return {str(kind): int(size) for kind, size in rows}

    # -- the whole ---------------------------------------------------------------------------------------------------

    def defects(self) -> list[str]:
        """What SQLite finds wrong with its file, and with the ties between its tables; empty where all is well."""
        broken = [str(line) for (line,) in self._all("PRAGMA integrity_check(10)") if line != "ok"]
        loose = self._all("PRAGMA foreign_key_check")
        tables = sorted({str(table) for table, *_ in loose})
        return broken + [f"{len(loose):,} rows of {' and '.join(tables)} belong to no paper"] * bool(loose)

    def snapshot(self, path: Path) -> None:
        """Write the catalogue as it is at this moment into the new file `path`, with nothing beside it."""
        with self._mutex, self._translated(), closing(sqlite3.connect(path)) as copy:
            self._connection.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")

    def is_plain(self) -> bool:
        """Whether there is nothing in the file but tables and indexes: no trigger or view that would act unasked."""
        return not self._all("SELECT 1 FROM sqlite_master WHERE type NOT IN ('table', 'index')")

    # -- files -------------------------------------------------------------------------------------------------------

    def files(self) -> dict[str, FileRecord]:
        """Every file ever read, by its SHA-256."""
        rows = self._all("SELECT sha256, name, reader_version, failed, reason, paper_ids, kept FROM files")
        return {
            row[0]: FileRecord(row[0], row[1], row[2], bool(row[3]), row[4], tuple(json.loads(row[5])), row[6])
            for row in rows
        }

    def put_file(self, file: FileRecord) -> None:
        with self._transaction():
            self._connection.execute(
                "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    file.sha256, file.name, file.reader_version, int(file.failed), file.reason,
                    json.dumps(file.paper_ids, ensure_ascii=False), file.kept,
                ),
            )  # fmt: skip

    # -- inside ------------------------------------------------------------------------------------------------------

    def _insert_paper(self, paper: Paper, chunks: int, rowid: int | None) -> None:
        self._connection.execute(
            "INSERT INTO papers (rowid, id, title, authors, journal, year, doi, pmid, pmcid, trial_ids, design, "
            "status, source, chunks, characters, title_key) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                rowid, paper.id, paper.title, json.dumps(paper.authors, ensure_ascii=False), paper.journal, paper.year,
                paper.doi, paper.pmid, paper.pmcid, json.dumps(paper.trial_ids), paper.design,
                paper.status, paper.source, chunks, len(paper.text), title_key(paper.title),
            ),
        )  # fmt: skip

    def _insert_aliases(self, paper_id: str, aliases: Iterable[str]) -> None:
        """An alias stays with the paper that had it first."""
        self._connection.executemany(
            "INSERT OR IGNORE INTO aliases VALUES (?, ?)", [(normal_alias(alias), paper_id) for alias in aliases]
        )

    def _delete(self, paper_id: str) -> None:
        self._connection.execute("DELETE FROM papers WHERE id = ?", (paper_id,))
        self._change(paper_id)

    def _hand_over_files(self, paper_id: str, heir: str) -> None:
        """The files that gave one paper have given `heir`, so that they are forgotten with it."""
        rows = self._all(
            "SELECT paper_ids, sha256 FROM files WHERE EXISTS (SELECT 1 FROM json_each(paper_ids) WHERE value = ?)",
            (paper_id,),
        )
        for ids, sha256 in rows:
            heirs = dict.fromkeys(heir if id_ == paper_id else id_ for id_ in json.loads(ids))
            self._connection.execute(
                "UPDATE files SET paper_ids = ? WHERE sha256 = ?",
                (json.dumps(list(heirs), ensure_ascii=False), sha256),
            )

    def _change(self, paper_id: str) -> None:
        """Count the change of a paper, so that the indexes can catch up with it."""
        self._connection.execute("UPDATE meta SET value = CAST(value AS INTEGER) + 1 WHERE key = 'revision'")
        self._connection.execute(
            "INSERT INTO changes SELECT ?, CAST(value AS INTEGER), 0 FROM meta WHERE key = 'revision' "
            "ON CONFLICT (paper_id) DO UPDATE SET revision = excluded.revision, again = 1",
            (paper_id,),
        )

    def _sections(self, paper_id: str) -> tuple[Section, ...]:
        rows = self._all("SELECT sections FROM texts WHERE paper_id = ?", (paper_id,))
        return _parsed_sections(rows[0][0]) if rows else ()

    def _admitted(self, filters: Filters | None) -> dict[str, Any]:
        """The values that `_ADMITTED` binds."""
        chosen = filters or Filters(statuses=())
        return {
            "papers": json.dumps(self.resolved(chosen.papers)) if chosen.papers else None,
            "sources": json.dumps(chosen.sources) if chosen.sources else None,
            "statuses": json.dumps(chosen.statuses) if chosen.statuses else None,
            "since": chosen.since,
            "until": chosen.until,
        }

    def resolved(self, identifiers: Iterable[str]) -> list[str]:
        """The ids behind `identifiers`; one that finds no paper stays as it is, and admits nothing."""
        return list(dict.fromkeys(id_ for identifier in identifiers for id_ in self.find([identifier]) or [identifier]))

    def _set(self, key: str, value: str) -> None:
        self._connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def _all(self, statement: str, values: Sequence[Any] | dict[str, Any] = ()) -> list[tuple[Any, ...]]:
        with self._mutex, self._translated():
            return self._connection.execute(statement, values).fetchall()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._mutex, self._translated():
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Turn SQLite's errors into ours, which name the file and the remedy."""
        try:
            yield
        except sqlite3.OperationalError as error:
            message = str(error)
            if "locked" in message:
                raise LibraryInUse(f"{self._path}: another process keeps it locked; try again later") from error
            if "malformed" in message or "no such" in message:
                raise BrokenLibrary(self._broken(message)) from error
            folder = self._path.parent
            if not os.access(folder, os.W_OK):
                raise LibraryError(
                    f"{folder}: cannot be written to ({message}), and SQLite writes even to read; get the right to, or "
                    "copy the library to where you have it"
                ) from error
            raise LibraryError(f"{self._path}: {message}; check the free space and the rights of {folder}") from error
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.IntegrityError | sqlite3.ProgrammingError | sqlite3.InterfaceError):
                raise
            raise BrokenLibrary(self._broken(str(error))) from error

    def _broken(self, reason: str) -> str:
        folder = self._path.parent
        return (
            f"{self._path}: the catalogue cannot be read ({reason}); the originals are in {folder / 'files'}: "
            "ingest them into a new library, or put a backup in its place"
        )


def _paper(row: tuple[Any, ...]) -> Paper:
    return Paper(
        id=row[0],
        title=row[1],
        text=row[2],
        sections=_parsed_sections(row[3]),
        source=cast(Source, row[4]),
        authors=tuple(json.loads(row[5])),
        journal=row[6],
        year=row[7],
        doi=row[8],
        pmid=row[9],
        pmcid=row[10],
        trial_ids=tuple(json.loads(row[11])),
        design=row[12],
        status=cast(Status, row[13]),
        pages=tuple(Page(*page) for page in json.loads(row[14])),
    )


def _parsed_sections(text: str) -> tuple[Section, ...]:
    return tuple(Section(cast(SectionKind, kind), title, start, end) for kind, title, start, end in json.loads(text))


def _vector(blob: bytes) -> NDArray[np.float32]:
    row = np.frombuffer(blob, dtype=np.float16).astype(np.float32)
    unit: NDArray[np.float32] = row / max(float(np.linalg.norm(row)), 1e-12)
    return unit

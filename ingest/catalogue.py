"""The catalogue: the one truth about a library, in SQLite (database.py, schema.py).

It holds the papers, their text, chunks and embeddings, what they are about, the files they came from, and what state
the two indexes are in. Both indexes can be made again from it without embedding anything a second time.

Embeddings are kept as float16: a unit vector's cosine to its rounded self is above 0.999999, far closer than bf16
computes it in the first place, at half the bytes. Both indexes are always written from the rounded rows, so that a
rebuilt index is the same as the one it replaces.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ingest import noticed, revisions, storing
from ingest.admission import Admission, admission, resolved
from ingest.aliases import normal_alias
from ingest.database import Database
from ingest.papers import Chunk, Filters, Notice, Paper, Section
from ingest.profile import Profile, facets
from ingest.rows import (
    COLUMNS,
    Entry,
    FileRecord,
    IndexState,
    Record,
    as_paper,
    as_record,
    as_sections,
    as_stated,
    as_vector,
)  # fmt: skip
from ingest.schema import SCHEMA_VERSION
from ingest.titles import title_key
from ingest.vocabulary import ConceptKind

__all__ = ["SCHEMA_VERSION", "Catalogue", "Entry", "FileRecord", "IndexState", "Record"]

_ADMISSIONS = 32  # of how many filters it is remembered what they admit


class Catalogue:
    """The catalogue in the file `path`, made when `create` and absent. Threads may share it; `close()` it."""

    def __init__(self, path: Path, *, create: bool) -> None:
        self._database = Database(path, create=create)
        self._admissions: tuple[int, dict[Filters, Admission]] = (-1, {})

    def close(self) -> None:
        self._database.close()

    # -- the indexes' state ------------------------------------------------------------------------------------------

    def index_state(self) -> IndexState:
        return revisions.index_state(self._database)

    def mark_writing(self) -> None:
        """Say that the indexes are about to be written: whoever finds this without a live writer rebuilds them."""
        revisions.mark_writing(self._database)

    def mark_clean(self, generation: int, indexed: int) -> None:
        """Say that the indexes in folder `generation` have been written and read back, up to revision `indexed`."""
        revisions.mark_clean(self._database, generation, indexed)

    def changes(self, since: int) -> list[tuple[str, bool]]:
        """Papers changed after revision `since`, oldest first, and whether an index may hold older rows of them."""
        return revisions.changes(self._database, since)

    # -- the embedding model -----------------------------------------------------------------------------------------

    def model(self) -> tuple[str, int] | None:
        """Name and dimension of the model that embedded this library; None while it holds nothing."""
        meta = dict(self._database.rows("SELECT key, value FROM meta"))
        return (meta["model"], int(meta["dim"])) if "model" in meta else None

    def set_model(self, name: str, dim: int) -> None:
        with self._database.transaction():
            revisions.keep(self._database, "model", name)
            revisions.keep(self._database, "dim", str(dim))

    # -- papers ------------------------------------------------------------------------------------------------------

    def find(self, identifiers: Iterable[str]) -> list[str]:
        """Ids of the papers that any of `identifiers` finds, in the order of the identifiers, each once."""
        found: dict[str, None] = {}
        for identifier in identifiers:
            rows = self._database.rows("SELECT paper_id FROM aliases WHERE alias = ?", (normal_alias(identifier),))
            found.update((paper_id, None) for (paper_id,) in rows)
        return list(found)

    def candidates(self, paper: Paper) -> list[str]:
        """Ids of the papers that share an identifier or the title with `paper`, in the order in which they came."""
        rows = self._database.rows(
            "SELECT id FROM papers WHERE id IN "
            "(SELECT paper_id FROM aliases WHERE alias IN (SELECT value FROM json_each(:aliases))) "
            "OR (title_key = :title AND title_key != '') ORDER BY rowid",
            {"aliases": json.dumps([normal_alias(a) for a in paper.aliases]), "title": title_key(paper.title)},
        )
        return [paper_id for (paper_id,) in rows]

    def paper(self, paper_id: str) -> Paper | None:
        """The paper with exactly this id, with the kind of study it reports and its status by all that is known."""
        rows = self._database.rows(
            f"SELECT {COLUMNS}, text, sections, pages FROM papers JOIN texts ON paper_id = id WHERE id = ?",  # noqa: S608
            (paper_id,),
        )
        return as_paper(rows[0]) if rows else None

    def stated(self, paper_id: str) -> Paper | None:
        """The paper with exactly this id, as its readers gave it, before rules and notices."""
        paper = self.paper(paper_id)
        if paper is None:
            return None
        ((stated,),) = self._database.rows("SELECT stated FROM papers WHERE id = ?", (paper_id,))
        return as_stated(paper, json.loads(stated))

    def records(self, filters: Filters | None = None) -> list[Record]:
        """The papers that `filters` admits as a whole (None: all), newest first."""
        rows = self._database.rows(
            f"SELECT {COLUMNS}, chunks, characters FROM papers ORDER BY year DESC, title, id"  # noqa: S608 (constants)
        )
        admitted = self.admission(filters).papers
        return [as_record(row) for row in rows if row[0] in admitted]

    def count(self) -> int:
        """Number of papers."""
        return int(self._database.rows("SELECT count(*) FROM papers")[0][0])

    def chunk_count(self, filters: Filters | None = None) -> int:
        """Number of chunks that `filters` admits (None: all)."""
        if filters is None:
            return int(self._database.rows("SELECT coalesce(sum(chunks), 0) FROM papers")[0][0])
        return self.admission(filters).count

    def admission(self, filters: Filters | None) -> Admission:
        """What `filters` admits (None: all). Raises UnknownConcept."""
        asked = Filters(statuses=()) if filters is None else self.resolved(filters)
        revision = self.index_state().revision
        known_at, known = self._admissions
        if known_at != revision or len(known) > _ADMISSIONS:
            self._admissions = (revision, known := {})
        found = known.get(asked)
        if found is None:
            found = known[asked] = admission(self._database, asked)
        return found

    def resolved(self, filters: Filters) -> Filters:
        """`filters` by ids of papers and names of concepts, see `admission.resolved`. Raises UnknownConcept."""
        return resolved(filters, self.find)

    def put(
        self,
        paper: Paper,
        chunks: Sequence[Chunk],
        vectors: NDArray[np.float32],
        absorbed: Iterable[str] = (),
        names: Iterable[str] = (),
        profile: Profile | None = None,
    ) -> None:
        """Store `paper` in one transaction, instead of what was stored under its id and of the papers `absorbed`.

        `names` find it too, besides its own aliases and those of the papers that it replaces. `profile` is what the
        rules make of it (None: nothing).
        """
        storing.put(self._database, paper, chunks, vectors, absorbed, names, profile)

    def describe(self, paper: Paper, names: Iterable[str] = (), profile: Profile | None = None) -> None:
        """Store what is new in the metadata of a known paper whose text, title and chunks stay; `names` find it too."""
        storing.describe(self._database, paper, names, profile)

    def profile(self, profile: Profile) -> None:
        """Store what today's rules make of a known paper. The indexes are not told: rebuild them after the last one."""
        with self._database.transaction():
            storing.keep_profile(self._database, profile.paper.id, profile)

    def mark_profiled(self, rules: str) -> None:
        """Say that all papers have been profiled by the rules of this fingerprint."""
        with self._database.transaction():
            revisions.keep(self._database, "profiled", rules)

    def subjects(self, paper_id: str) -> frozenset[str]:
        """The ids of the concepts that the paper is about."""
        rows = self._database.rows("SELECT concept FROM subjects WHERE paper_id = ?", (paper_id,))
        return frozenset(concept for (concept,) in rows)

    def named(self, kind: ConceptKind) -> dict[str, int]:
        """How many papers are about each concept of a kind, by its name, the most first."""
        rows = self._database.rows(
            "SELECT substr(concept, length(:kind) + 2), count(*) AS papers FROM subjects "
            "WHERE substr(concept, 1, length(:kind) + 1) = :kind || ':' GROUP BY concept ORDER BY papers DESC, concept",
            {"kind": kind},
        )
        return {str(name): int(papers) for name, papers in rows}

    def named_together(self, first: ConceptKind, second: ConceptKind) -> dict[tuple[str, str], int]:
        """How many papers are about both of two concepts, one of each kind, by their names."""
        rows = self._database.rows(
            "SELECT substr(one.concept, length(:first) + 2), substr(other.concept, length(:second) + 2), count(*) "
            "FROM subjects AS one JOIN subjects AS other USING (paper_id) "
            "WHERE substr(one.concept, 1, length(:first) + 1) = :first || ':' "
            "AND substr(other.concept, 1, length(:second) + 1) = :second || ':' GROUP BY one.concept, other.concept",
            {"first": first, "second": second},
        )
        return {(str(one), str(other)): int(papers) for one, other, papers in rows}

    def name(self, paper_id: str, names: Iterable[str]) -> None:
        """Let `names` find a known paper of which nothing else changes."""
        with self._database.transaction():
            storing.keep_names(self._database, paper_id, names)

    def remove(self, paper_id: str) -> list[str]:
        """Remove a paper and forget the files that gave it; returns the kept copies of those that gave no other."""
        return storing.remove(self._database, paper_id)

    # -- notices -----------------------------------------------------------------------------------------------------

    def heed(self, notices: Iterable[Notice], instead_of: str = "") -> list[str]:
        """Keep notices on papers, here or not yet; returns the ids of the papers whose status they change.

        What was kept of the origin `instead_of` before goes, if one is named: a list is taken in whole each time.
        """
        return noticed.heed(self._database, notices, instead_of)

    def notices(self, paper_id: str) -> list[Notice]:
        """What is known from elsewhere of a paper of the library, the latest first."""
        return noticed.notices_on(self._database, paper_id)

    # -- chunks ------------------------------------------------------------------------------------------------------

    def chunks(self, ids: Sequence[str]) -> list[Chunk]:
        """The chunks with these ids, in their order; ids that are no longer there are left out."""
        rows = self._database.rows(
            'SELECT id, paper_id, section, page, start, "end" FROM chunks WHERE id IN (SELECT value FROM json_each(?))',
            (json.dumps(ids),),
        )
        found = {row[0]: row for row in rows}
        sections = {row[1]: self._sections(row[1]) for row in found.values()}
        return [
            Chunk(row[0], row[1], sections[row[1]][row[2]], row[3], row[4], row[5])
            for row in (found[id_] for id_ in ids if id_ in found)
        ]

    def chunks_of(self, paper_id: str) -> list[Chunk]:
        """The chunks of a paper, in its order."""
        rows = self._database.rows("SELECT id FROM chunks WHERE paper_id = ? ORDER BY ordinal", (paper_id,))
        return self.chunks([id_ for (id_,) in rows])

    def present(self, ids: Sequence[str]) -> set[str]:
        """Which of these chunk ids exist."""
        rows = self._database.rows(
            "SELECT id FROM chunks WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(ids),)
        )
        return {id_ for (id_,) in rows}

    def entries(self, paper_ids: Iterable[str]) -> Iterator[Entry]:
        """Everything the indexes need of these papers, chunk by chunk, one paper in memory at a time."""
        for paper_id in paper_ids:
            paper = self.paper(paper_id)
            if paper is None:
                continue
            subjects, tags = self.subjects(paper_id), self._tags(paper_id)
            whole = facets(paper, subjects)
            rows = self._database.rows(
                'SELECT id, section, page, start, "end", embedding FROM chunks WHERE paper_id = ? ORDER BY ordinal',
                (paper_id,),
            )
            for id_, section, page, start, end, embedding in rows:
                yield Entry(
                    Chunk(id_, paper_id, paper.sections[section], page, start, end),
                    paper.title,
                    paper.year,
                    paper.source,
                    paper.status,
                    paper.text[start:end],
                    as_vector(embedding),
                    facets(paper, subjects | tags[id_]) if id_ in tags else whole,
                )

    def paper_ids(self, filters: Filters | None = None) -> list[str]:
        """The ids of the papers that `filters` admits as a whole (None: all), in the order in which they came."""
        return list(self.admission(filters).papers)

    def vectors(self, admission: Admission) -> tuple[list[str], NDArray[np.float32]]:
        """Ids and vectors (chunks, dim) of the chunks that are admitted."""
        rows = self._database.rows(
            "SELECT id, embedding FROM chunks WHERE paper_id IN (SELECT value FROM json_each(?)) "
            "UNION ALL SELECT id, embedding FROM chunks WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(admission.papers)), json.dumps(sorted(admission.chunks))),
        )
        return self._matrix(rows)

    def embeddings(self) -> tuple[list[str], NDArray[np.float32]]:
        """All chunk ids and their vectors as rows of one matrix: what an exact search compares with."""
        return self._matrix(self._database.rows("SELECT id, embedding FROM chunks ORDER BY rowid"))

    def rows(self, paper_id: str) -> list[tuple[str, int, int, int, int, bytes]]:
        """A paper's chunks as they are stored: id, ordinal, number of its section, start, end, float16 embedding."""
        statement = (
            'SELECT id, ordinal, section, start, "end", embedding FROM chunks WHERE paper_id = ? ORDER BY ordinal'
        )
        return [(row[0], row[1], row[2], row[3], row[4], row[5]) for row in self._database.rows(statement, (paper_id,))]

    def characters_by_section(self) -> dict[str, int]:
        """Characters of text in each kind of section, the largest first."""
        rows = self._database.rows(
            "SELECT json_extract(value, '$[0]') AS kind, "
            "sum(json_extract(value, '$[3]') - json_extract(value, '$[2]')) AS size "
            "FROM texts, json_each(sections) GROUP BY kind ORDER BY size DESC, kind"
        )
        return {str(kind): int(size) for kind, size in rows}

    # -- the whole ---------------------------------------------------------------------------------------------------

    def defects(self) -> list[str]:
        """What SQLite finds wrong with its file, and with the ties between its tables; empty where all is well."""
        return self._database.defects()

    def snapshot(self, path: Path) -> None:
        """Write the catalogue as it is at this moment into the new file `path`, with nothing beside it."""
        self._database.snapshot(path)

    def is_plain(self) -> bool:
        """Whether there is nothing in the file but tables and indexes: no trigger or view that would act unasked."""
        return self._database.is_plain()

    # -- files -------------------------------------------------------------------------------------------------------

    def files(self) -> dict[str, FileRecord]:
        """Every file ever read, by its SHA-256."""
        rows = self._database.rows("SELECT sha256, name, reader_version, failed, reason, paper_ids, kept FROM files")
        return {
            row[0]: FileRecord(row[0], row[1], row[2], bool(row[3]), row[4], tuple(json.loads(row[5])), row[6])
            for row in rows
        }

    def put_file(self, file: FileRecord) -> None:
        with self._database.transaction():
            self._database.change(
                "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    file.sha256, file.name, file.reader_version, int(file.failed), file.reason,
                    json.dumps(file.paper_ids, ensure_ascii=False), file.kept,
                ),
            )  # fmt: skip

    # -- inside ------------------------------------------------------------------------------------------------------

    def _sections(self, paper_id: str) -> tuple[Section, ...]:
        rows = self._database.rows("SELECT sections FROM texts WHERE paper_id = ?", (paper_id,))
        return as_sections(rows[0][0]) if rows else ()

    def _matrix(self, rows: Sequence[tuple[str, bytes]]) -> tuple[list[str], NDArray[np.float32]]:
        if not rows:
            model = self.model()
            return [], np.zeros((0, model[1] if model else 0), dtype=np.float32)
        return [id_ for id_, _ in rows], np.stack([as_vector(blob) for _, blob in rows])

    def _tags(self, paper_id: str) -> dict[str, frozenset[str]]:
        """What the chunks of a paper name besides its subjects."""
        found: dict[str, set[str]] = {}
        for chunk, concept in self._database.rows(
            "SELECT chunk_id, concept FROM tags JOIN chunks ON id = chunk_id WHERE paper_id = ?", (paper_id,)
        ):
            found.setdefault(chunk, set()).add(concept)
        return {chunk: frozenset(concepts) for chunk, concepts in found.items()}

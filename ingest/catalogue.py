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

from ingest.admission import Admission, admission, resolved
from ingest.database import Database
from ingest.papers import GRAVITY, Chunk, Filters, Notice, Paper, Section
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
    stated_fields,
)  # fmt: skip
from ingest.schema import SCHEMA_VERSION
from ingest.titles import title_key
from ingest.vocabulary import ConceptKind

__all__ = ["SCHEMA_VERSION", "Catalogue", "Entry", "FileRecord", "IndexState", "Record", "normal_alias"]

_ADMISSIONS = 32  # of how many filters it is remembered what they admit


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
        self._database = Database(path, create=create)
        self._admissions: tuple[int, dict[Filters, Admission]] = (-1, {})

    def close(self) -> None:
        self._database.close()

    # -- the indexes' state ------------------------------------------------------------------------------------------

    def index_state(self) -> IndexState:
        meta = dict(self._database.rows("SELECT key, value FROM meta"))
        try:
            return IndexState(
                generation=int(meta["generation"]),
                clean=meta["indexes"] == "clean",
                indexed=int(meta["indexed"]),
                revision=int(meta["revision"]),
                profiled=meta.get("profiled", ""),
            )
        except (KeyError, ValueError) as error:
            raise self._database.broken("its state is missing") from error

    def mark_writing(self) -> None:
        """Say that the indexes are about to be written: whoever finds this without a live writer rebuilds them."""
        with self._database.transaction():
            self._set("indexes", "writing")

    def mark_clean(self, generation: int, indexed: int) -> None:
        """Say that the indexes in folder `generation` have been written and read back, up to revision `indexed`."""
        with self._database.transaction():
            self._set("generation", str(generation))
            self._set("indexed", str(indexed))
            self._set("indexes", "clean")

    def changes(self, since: int) -> list[tuple[str, bool]]:
        """Papers changed after revision `since`, oldest first, and whether an index may hold older rows of them."""
        rows = self._database.rows("SELECT paper_id, again FROM changes WHERE revision > ? ORDER BY revision", (since,))
        return [(paper_id, bool(again)) for paper_id, again in rows]

    # -- the embedding model -----------------------------------------------------------------------------------------

    def model(self) -> tuple[str, int] | None:
        """Name and dimension of the model that embedded this library; None while it holds nothing."""
        meta = dict(self._database.rows("SELECT key, value FROM meta"))
        return (meta["model"], int(meta["dim"])) if "model" in meta else None

    def set_model(self, name: str, dim: int) -> None:
        with self._database.transaction():
            self._set("model", name)
            self._set("dim", str(dim))

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
        blobs = np.ascontiguousarray(vectors, dtype=np.float16)
        section_of = {section: index for index, section in enumerate(paper.sections)}
        with self._database.transaction():
            aliases = [*paper.aliases, *names]
            for old in absorbed:
                aliases += [
                    alias for (alias,) in self._database.rows("SELECT alias FROM aliases WHERE paper_id = ?", (old,))
                ]
                self._delete(old)
                self._hand_over_files(old, paper.id)
            aliases += [
                alias for (alias,) in self._database.rows("SELECT alias FROM aliases WHERE paper_id = ?", (paper.id,))
            ]
            place = self._database.rows(
                "SELECT rowid FROM papers WHERE id = ?", (paper.id,)
            )  # kept: it is when the paper came
            self._database.change("DELETE FROM papers WHERE id = ?", (paper.id,))
            self._insert_paper(paper, len(chunks), place[0][0] if place else None)
            self._database.change(
                "INSERT INTO texts VALUES (?, ?, ?, ?)",
                (
                    paper.id,
                    paper.text,
                    json.dumps([(s.kind, s.title, s.start, s.end) for s in paper.sections], ensure_ascii=False),
                    json.dumps([(p.number, p.start, p.end) for p in paper.pages]),
                ),
            )
            self._database.change_many(
                "INSERT INTO chunks VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    (c.id, paper.id, ordinal, section_of[c.section], c.page, c.start, c.end, blobs[ordinal].tobytes())
                    for ordinal, c in enumerate(chunks)
                ),
            )
            self._insert_aliases(paper.id, aliases)
            self._profile(paper.id, profile or Profile(paper))
            self.heed(paper.notices)
            self._settle_status(paper.id)
            self._change(paper.id)

    def describe(self, paper: Paper, names: Iterable[str] = (), profile: Profile | None = None) -> None:
        """Store what is new in the metadata of a known paper whose text, title and chunks stay; `names` find it too."""
        with self._database.transaction():
            self._database.change(
                "UPDATE papers SET authors = ?, journal = ?, year = ?, doi = ?, pmid = ?, pmcid = ?, stated = ? "
                "WHERE id = ?",
                (
                    json.dumps(paper.authors, ensure_ascii=False), paper.journal, paper.year, paper.doi, paper.pmid,
                    paper.pmcid, stated_fields(paper), paper.id,
                ),
            )  # fmt: skip
            self._insert_aliases(paper.id, [*paper.aliases, *names])
            self._profile(paper.id, profile or Profile(paper))
            self.heed(paper.notices)
            self._settle_status(paper.id)
            self._change(paper.id)

    def profile(self, profile: Profile) -> None:
        """Store what today's rules make of a known paper. The indexes are not told: rebuild them after the last one."""
        with self._database.transaction():
            self._profile(profile.paper.id, profile)

    def mark_profiled(self, rules: str) -> None:
        """Say that all papers have been profiled by the rules of this fingerprint."""
        with self._database.transaction():
            self._set("profiled", rules)

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
            self._insert_aliases(paper_id, names)

    def remove(self, paper_id: str) -> list[str]:
        """Remove a paper and forget the files that gave it; returns the kept copies of those that gave no other."""
        with self._database.transaction():
            self._delete(paper_id)
            rows = self._database.rows(
                "SELECT sha256, kept, json_array_length(paper_ids) FROM files "
                "WHERE EXISTS (SELECT 1 FROM json_each(paper_ids) WHERE value = ?)",
                (paper_id,),
            )
            self._database.change_many("DELETE FROM files WHERE sha256 = ?", [(sha256,) for sha256, _, _ in rows])
        return [kept for _, kept, papers in rows if kept and papers == 1]

    # -- notices -----------------------------------------------------------------------------------------------------

    def heed(self, notices: Iterable[Notice], instead_of: str = "") -> list[str]:
        """Keep notices on papers, here or not yet; returns the ids of the papers whose status they change.

        What was kept of the origin `instead_of` before goes, if one is named: a list is taken in whole each time.
        """
        with self._database.transaction():
            before = self._noticed() if instead_of else set()
            self._database.change("DELETE FROM notices WHERE origin = ?", (instead_of,))
            self._database.change_many(
                "INSERT OR REPLACE INTO notices VALUES (?, ?, ?, ?, ?)",
                ((normal_alias(one.alias), one.status, one.origin, one.date, one.reason) for one in notices),
            )
            changed = [paper_id for paper_id in sorted(before | self._noticed()) if self._settle_status(paper_id)]
            for paper_id in changed:
                self._change(paper_id)
        return changed

    def notices(self, paper_id: str) -> list[Notice]:
        """What is known from elsewhere of a paper of the library, the latest first."""
        rows = self._database.rows(
            "SELECT notices.alias, status, origin, date, reason FROM notices JOIN aliases USING (alias) "
            "WHERE paper_id = ? ORDER BY date DESC, origin",
            (paper_id,),
        )
        return [Notice(*row) for row in rows]

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

    def _insert_paper(self, paper: Paper, chunks: int, rowid: int | None) -> None:
        self._database.change(
            "INSERT INTO papers (rowid, id, title, authors, journal, year, doi, pmid, pmcid, trial_ids, design, "
            "status, source, chunks, characters, title_key, stated) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                rowid, paper.id, paper.title, json.dumps(paper.authors, ensure_ascii=False), paper.journal, paper.year,
                paper.doi, paper.pmid, paper.pmcid, json.dumps(paper.trial_ids), paper.design, paper.status,
                paper.source, chunks, len(paper.text), title_key(paper.title), stated_fields(paper),
            ),
        )  # fmt: skip

    def _profile(self, paper_id: str, profile: Profile) -> None:
        """Store the kind of study, subjects and tags of a paper, instead of what was stored of them."""
        paper = profile.paper
        self._database.change(
            "UPDATE papers SET design = ?, design_class = ?, species = ?, prospective = ?, sample_size = ?, "
            "trial_ids = ?, trials = ? WHERE id = ?",
            (
                paper.design, "".join(facets(paper, ()).get("designs", ())), json.dumps(paper.species),
                paper.prospective, paper.sample_size, json.dumps(paper.trial_ids),
                json.dumps(paper.trials, ensure_ascii=False), paper_id,
            ),
        )  # fmt: skip
        self._database.change("DELETE FROM subjects WHERE paper_id = ?", (paper_id,))
        self._database.change(
            "DELETE FROM tags WHERE chunk_id IN (SELECT id FROM chunks WHERE paper_id = ?)", (paper_id,)
        )
        self._database.change_many(
            "INSERT INTO subjects VALUES (?, ?)", ((concept, paper_id) for concept in sorted(profile.subjects))
        )
        self._database.change_many(
            "INSERT INTO tags VALUES (?, ?)",
            ((concept, chunk) for chunk, concepts in profile.tags.items() for concept in sorted(concepts)),
        )

    def _noticed(self) -> set[str]:
        """The papers of the library that any notice is on."""
        return {id_ for (id_,) in self._database.rows("SELECT paper_id FROM notices JOIN aliases USING (alias)")}

    def _settle_status(self, paper_id: str) -> bool:
        """Give a paper the gravest status that its readers or a notice state; returns whether that changes it."""
        ((now, stated),) = self._database.rows("SELECT status, stated FROM papers WHERE id = ?", (paper_id,))
        told = [notice.status for notice in self.notices(paper_id)]
        status = max([json.loads(stated).get("status", now), *told], key=GRAVITY.__getitem__)
        self._database.change("UPDATE papers SET status = ? WHERE id = ?", (status, paper_id))
        return bool(status != now)

    def _insert_aliases(self, paper_id: str, aliases: Iterable[str]) -> None:
        """An alias stays with the paper that had it first."""
        self._database.change_many(
            "INSERT OR IGNORE INTO aliases VALUES (?, ?)", [(normal_alias(alias), paper_id) for alias in aliases]
        )

    def _delete(self, paper_id: str) -> None:
        self._database.change("DELETE FROM papers WHERE id = ?", (paper_id,))
        self._change(paper_id)

    def _hand_over_files(self, paper_id: str, heir: str) -> None:
        """The files that gave one paper have given `heir`, so that they are forgotten with it."""
        rows = self._database.rows(
            "SELECT paper_ids, sha256 FROM files WHERE EXISTS (SELECT 1 FROM json_each(paper_ids) WHERE value = ?)",
            (paper_id,),
        )
        for ids, sha256 in rows:
            heirs = dict.fromkeys(heir if id_ == paper_id else id_ for id_ in json.loads(ids))
            self._database.change(
                "UPDATE files SET paper_ids = ? WHERE sha256 = ?",
                (json.dumps(list(heirs), ensure_ascii=False), sha256),
            )

    def _change(self, paper_id: str) -> None:
        """Count the change of a paper, so that the indexes can catch up with it."""
        self._database.change("UPDATE meta SET value = CAST(value AS INTEGER) + 1 WHERE key = 'revision'")
        self._database.change(
            "INSERT INTO changes SELECT ?, CAST(value AS INTEGER), 0 FROM meta WHERE key = 'revision' "
            "ON CONFLICT (paper_id) DO UPDATE SET revision = excluded.revision, again = 1",
            (paper_id,),
        )

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

    def _set(self, key: str, value: str) -> None:
        self._database.change("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

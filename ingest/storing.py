"""Papers go into the catalogue, and out of it: each with its text, chunks, names and profile, in one transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from ingest.aliases import normal_alias
from ingest.database import Database
from ingest.noticed import heed, settle_status
from ingest.papers import Chunk, Paper
from ingest.profile import Profile, facets
from ingest.revisions import count_change
from ingest.rows import stated_fields
from ingest.titles import title_key

__all__ = ["describe", "keep_names", "keep_profile", "put", "remove"]


def put(
    database: Database,
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
    with database.transaction():
        aliases = [*paper.aliases, *names]
        for old in absorbed:
            aliases += [alias for (alias,) in database.rows("SELECT alias FROM aliases WHERE paper_id = ?", (old,))]
            _delete(database, old)
            _hand_over_files(database, old, paper.id)
        aliases += [alias for (alias,) in database.rows("SELECT alias FROM aliases WHERE paper_id = ?", (paper.id,))]
        place = database.rows("SELECT rowid FROM papers WHERE id = ?", (paper.id,))  # kept: it is when the paper came
        database.change("DELETE FROM papers WHERE id = ?", (paper.id,))
        _insert_paper(database, paper, len(chunks), place[0][0] if place else None)
        database.change(
            "INSERT INTO texts VALUES (?, ?, ?, ?)",
            (
                paper.id,
                paper.text,
                json.dumps([(s.kind, s.title, s.start, s.end) for s in paper.sections], ensure_ascii=False),
                json.dumps([(p.number, p.start, p.end) for p in paper.pages]),
            ),
        )
        database.change_many(
            "INSERT INTO chunks VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (c.id, paper.id, ordinal, section_of[c.section], c.page, c.start, c.end, blobs[ordinal].tobytes())
                for ordinal, c in enumerate(chunks)
            ),
        )
        keep_names(database, paper.id, aliases)
        keep_profile(database, paper.id, profile or Profile(paper))
        heed(database, paper.notices)
        settle_status(database, paper.id)
        count_change(database, paper.id)


def describe(database: Database, paper: Paper, names: Iterable[str] = (), profile: Profile | None = None) -> None:
    """Store what is new in the metadata of a known paper whose text, title and chunks stay; `names` find it too."""
    with database.transaction():
        database.change(
            "UPDATE papers SET authors = ?, journal = ?, year = ?, doi = ?, pmid = ?, pmcid = ?, stated = ? "
            "WHERE id = ?",
            (
                json.dumps(paper.authors, ensure_ascii=False), paper.journal, paper.year, paper.doi, paper.pmid,
                paper.pmcid, stated_fields(paper), paper.id,
            ),
        )  # fmt: skip
        keep_names(database, paper.id, [*paper.aliases, *names])
        keep_profile(database, paper.id, profile or Profile(paper))
        heed(database, paper.notices)
        settle_status(database, paper.id)
        count_change(database, paper.id)


def remove(database: Database, paper_id: str) -> list[str]:
    """Remove a paper and forget the files that gave it; returns the kept copies of those that gave no other."""
    with database.transaction():
        _delete(database, paper_id)
        rows = database.rows(
            "SELECT sha256, kept, json_array_length(paper_ids) FROM files "
            "WHERE EXISTS (SELECT 1 FROM json_each(paper_ids) WHERE value = ?)",
            (paper_id,),
        )
        database.change_many("DELETE FROM files WHERE sha256 = ?", [(sha256,) for sha256, _, _ in rows])
    return [kept for _, kept, papers in rows if kept and papers == 1]


def keep_profile(database: Database, paper_id: str, profile: Profile) -> None:
    """Store the kind of study, subjects and tags of a paper, instead of what was stored of them."""
    paper = profile.paper
    database.change(
        "UPDATE papers SET design = ?, design_class = ?, species = ?, prospective = ?, sample_size = ?, "
        "trial_ids = ?, trials = ? WHERE id = ?",
        (
            paper.design, "".join(facets(paper, ()).get("designs", ())), json.dumps(paper.species),
            paper.prospective, paper.sample_size, json.dumps(paper.trial_ids),
            json.dumps(paper.trials, ensure_ascii=False), paper_id,
        ),
    )  # fmt: skip
    database.change("DELETE FROM subjects WHERE paper_id = ?", (paper_id,))
    database.change("DELETE FROM tags WHERE chunk_id IN (SELECT id FROM chunks WHERE paper_id = ?)", (paper_id,))
    database.change_many(
        "INSERT INTO subjects VALUES (?, ?)", ((concept, paper_id) for concept in sorted(profile.subjects))
    )
    database.change_many(
        "INSERT INTO tags VALUES (?, ?)",
        ((concept, chunk) for chunk, concepts in profile.tags.items() for concept in sorted(concepts)),
    )


def keep_names(database: Database, paper_id: str, aliases: Iterable[str]) -> None:
    """An alias stays with the paper that had it first."""
    database.change_many(
        "INSERT OR IGNORE INTO aliases VALUES (?, ?)", [(normal_alias(alias), paper_id) for alias in aliases]
    )


def _insert_paper(database: Database, paper: Paper, chunks: int, rowid: int | None) -> None:
    database.change(
        "INSERT INTO papers (rowid, id, title, authors, journal, year, doi, pmid, pmcid, trial_ids, design, "
        "status, source, chunks, characters, title_key, stated) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            rowid, paper.id, paper.title, json.dumps(paper.authors, ensure_ascii=False), paper.journal, paper.year,
            paper.doi, paper.pmid, paper.pmcid, json.dumps(paper.trial_ids), paper.design, paper.status,
            paper.source, chunks, len(paper.text), title_key(paper.title), stated_fields(paper),
        ),
    )  # fmt: skip


def _delete(database: Database, paper_id: str) -> None:
    database.change("DELETE FROM papers WHERE id = ?", (paper_id,))
    count_change(database, paper_id)


def _hand_over_files(database: Database, paper_id: str, heir: str) -> None:
    """The files that gave one paper have given `heir`, so that they are forgotten with it."""
    rows = database.rows(
        "SELECT paper_ids, sha256 FROM files WHERE EXISTS (SELECT 1 FROM json_each(paper_ids) WHERE value = ?)",
        (paper_id,),
    )
    for ids, sha256 in rows:
        heirs = dict.fromkeys(heir if id_ == paper_id else id_ for id_ in json.loads(ids))
        database.change(
            "UPDATE files SET paper_ids = ? WHERE sha256 = ?",
            (json.dumps(list(heirs), ensure_ascii=False), sha256),
        )

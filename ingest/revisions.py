"""What has changed in a catalogue, and how far the two indexes have followed: the state that decides on a rebuild."""

from __future__ import annotations

from ingest.database import Database
from ingest.rows import IndexState

__all__ = ["changes", "count_change", "index_state", "keep", "mark_clean", "mark_writing"]


def index_state(database: Database) -> IndexState:
    """How far the indexes are, and by which rules. Raises BrokenLibrary where that is not written down."""
    meta = dict(database.rows("SELECT key, value FROM meta"))
    try:
        return IndexState(
            generation=int(meta["generation"]),
            clean=meta["indexes"] == "clean",
            indexed=int(meta["indexed"]),
            revision=int(meta["revision"]),
            profiled=meta.get("profiled", ""),
        )
    except (KeyError, ValueError) as error:
        raise database.broken("its state is missing") from error


def mark_writing(database: Database) -> None:
    """Say that the indexes are about to be written: whoever finds this without a live writer rebuilds them."""
    with database.transaction():
        keep(database, "indexes", "writing")


def mark_clean(database: Database, generation: int, indexed: int) -> None:
    """Say that the indexes in folder `generation` have been written and read back, up to revision `indexed`."""
    with database.transaction():
        keep(database, "generation", str(generation))
        keep(database, "indexed", str(indexed))
        keep(database, "indexes", "clean")


def changes(database: Database, since: int) -> list[tuple[str, bool]]:
    """Papers changed after revision `since`, oldest first, and whether an index may hold older rows of them."""
    rows = database.rows("SELECT paper_id, again FROM changes WHERE revision > ? ORDER BY revision", (since,))
    return [(paper_id, bool(again)) for paper_id, again in rows]


def count_change(database: Database, paper_id: str) -> None:
    """Count the change of a paper, so that the indexes can catch up with it."""
    database.change("UPDATE meta SET value = CAST(value AS INTEGER) + 1 WHERE key = 'revision'")
    database.change(
        "INSERT INTO changes SELECT ?, CAST(value AS INTEGER), 0 FROM meta WHERE key = 'revision' "
        "ON CONFLICT (paper_id) DO UPDATE SET revision = excluded.revision, again = 1",
        (paper_id,),
    )


def keep(database: Database, key: str, value: str) -> None:
    """Write down one word on the whole library. Only within a transaction."""
    database.change("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

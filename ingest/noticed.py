"""Notices on papers: kept whether the paper is here or not yet, and what status they give it."""

from __future__ import annotations

import json
from collections.abc import Iterable

from ingest.aliases import normal_alias
from ingest.database import Database
from ingest.papers import GRAVITY, Notice
from ingest.revisions import count_change

__all__ = ["heed", "notices_on", "settle_status"]


def heed(database: Database, notices: Iterable[Notice], instead_of: str = "") -> list[str]:
    """Keep notices on papers, here or not yet; returns the ids of the papers whose status they change.

    What was kept of the origin `instead_of` before goes, if one is named: a list is taken in whole each time.
    """
    with database.transaction():
        before = _noticed(database) if instead_of else set()
        database.change("DELETE FROM notices WHERE origin = ?", (instead_of,))
        database.change_many(
            "INSERT OR REPLACE INTO notices VALUES (?, ?, ?, ?, ?)",
            ((normal_alias(one.alias), one.status, one.origin, one.date, one.reason) for one in notices),
        )
        changed = [paper_id for paper_id in sorted(before | _noticed(database)) if settle_status(database, paper_id)]
        for paper_id in changed:
            count_change(database, paper_id)
    return changed


def notices_on(database: Database, paper_id: str) -> list[Notice]:
    """What is known from elsewhere of a paper of the library, the latest first."""
    rows = database.rows(
        "SELECT notices.alias, status, origin, date, reason FROM notices JOIN aliases USING (alias) "
        "WHERE paper_id = ? ORDER BY date DESC, origin",
        (paper_id,),
    )
    return [Notice(*row) for row in rows]


def settle_status(database: Database, paper_id: str) -> bool:
    """Give a paper the gravest status that its readers or a notice state; returns whether that changes it."""
    ((now, stated),) = database.rows("SELECT status, stated FROM papers WHERE id = ?", (paper_id,))
    told = [notice.status for notice in notices_on(database, paper_id)]
    status = max([json.loads(stated).get("status", now), *told], key=GRAVITY.__getitem__)
    database.change("UPDATE papers SET status = ? WHERE id = ?", (status, paper_id))
    return bool(status != now)


def _noticed(database: Database) -> set[str]:
    """The papers of the library that any notice is on."""
    return {id_ for (id_,) in database.rows("SELECT paper_id FROM notices JOIN aliases USING (alias)")}

"""Which chunks `Filters` admit, by the catalogue: what both indexes must agree with."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from ingest import vocabulary
from ingest.database import Database
from ingest.papers import Filters
from ingest.profile import CONCEPT_FIELDS
from ingest.vocabulary import ConceptKind

__all__ = ["Admission", "admission", "resolved"]

# What `Filters` ask of a paper as a whole; a value that is null admits all.
_PAPERS = """
SELECT id, chunks FROM papers
WHERE (:papers IS NULL OR id IN (SELECT value FROM json_each(:papers)))
  AND (:sources IS NULL OR source IN (SELECT value FROM json_each(:sources)))
  AND (:statuses IS NULL OR status IN (SELECT value FROM json_each(:statuses)))
  AND (:designs IS NULL OR design_class IN (SELECT value FROM json_each(:designs)))
  AND (:species IS NULL OR EXISTS (
        SELECT 1 FROM json_each(papers.species) AS own JOIN json_each(:species) AS asked ON own.value = asked.value))
  AND (:since IS NULL OR year >= :since) AND (:until IS NULL OR year <= :until)
ORDER BY rowid
"""
_ABOUT = "SELECT paper_id FROM subjects WHERE concept IN (SELECT value FROM json_each(?))"
_NAMING = "SELECT chunk_id FROM tags WHERE concept IN (SELECT value FROM json_each(?))"


@dataclass(frozen=True, slots=True)
class Admission:
    """What is admitted: every chunk of `papers` (in the order in which they came), and `chunks` of other papers.

    `count` is the number of chunks in all.
    """

    papers: dict[str, None]
    chunks: frozenset[str]
    count: int

    @property
    def paper_count(self) -> int:
        """Papers of which at least one chunk is admitted."""
        return len(self.papers) + len({chunk.rpartition("#")[0] for chunk in self.chunks})

    def admits(self, chunk_id: str) -> bool:
        return chunk_id.rpartition("#")[0] in self.papers or chunk_id in self.chunks


def resolved(filters: Filters, find: Callable[[Iterable[str]], list[str]]) -> Filters:
    """`filters` with papers by their ids, and concepts by their names, narrower ones included.

    `find` gives the ids of the papers behind identifiers; one that finds none stays, and admits nothing. Raises
    UnknownConcept.
    """
    papers = tuple(dict.fromkeys(id_ for named in filters.papers for id_ in find([named]) or [named]))
    names: Any = {field: _with_narrower(kind, getattr(filters, field)) for field, kind in CONCEPT_FIELDS.items()}
    return replace(filters, papers=papers, **names)


def _with_narrower(kind: ConceptKind, names: Iterable[str]) -> tuple[str, ...]:
    concepts = (below for name in names for below in vocabulary.narrower(vocabulary.concept(kind, name)))
    return tuple(dict.fromkeys(concept.name for concept in concepts))


def admission(database: Database, filters: Filters) -> Admission:
    """What `filters`, resolved, admit."""
    passing = dict[str, int](database.rows(_PAPERS, _values(filters)))
    asked = [
        json.dumps([f"{kind}:{name}" for name in getattr(filters, field)])
        for field, kind in CONCEPT_FIELDS.items()
        if getattr(filters, field)
    ]
    about = [{paper for (paper,) in database.rows(_ABOUT, (concepts,))} for concepts in asked]
    naming = [{chunk for (chunk,) in database.rows(_NAMING, (concepts,))} for concepts in asked]
    papers = {paper: None for paper in passing if all(paper in one for one in about)}
    chunks = frozenset(
        chunk
        for chunk in set[str]().union(*naming)
        if (paper := chunk.rpartition("#")[0]) in passing
        and paper not in papers
        and all(paper in one or chunk in other for one, other in zip(about, naming, strict=True))
    )
    return Admission(papers, chunks, sum(passing[paper] for paper in papers) + len(chunks))


def _values(filters: Filters) -> dict[str, Any]:
    lists = {name: getattr(filters, name) for name in ("papers", "sources", "statuses", "designs", "species")}
    values: dict[str, Any] = {name: json.dumps(admitted) if admitted else None for name, admitted in lists.items()}
    return values | {"since": filters.since, "until": filters.until}

"""Proof that a library is whole: the catalogue in itself, the indexes against the catalogue, the kept files.

What a killed writer left behind is mended first, as at every opening; then nothing is mended, only told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from random import Random
from typing import TYPE_CHECKING

import numpy as np

from ingest.catalogue import Catalogue
from ingest.indexes import Indexes
from ingest.originals import sha256_of
from ingest.papers import Paper
from ingest.upkeep import Progress
from ingest.vectors import BrokenIndex

if TYPE_CHECKING:
    from ingest.library import Library

__all__ = ["Finding", "check"]

_BATCH = 256
_NAMED = 3  # of many that are wrong, how many are named
_ROUNDING = 0.01  # how far float16 may take the norm of a unit vector from 1, and more

_REBUILD = "build the indexes again: immunorag library rebuild"
_INGEST = "remove the paper, and ingest its file again"
_BACKUP = "put a backup in its place, or ingest the originals in files/ into a new library"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found: `problems`, none where all is well, in `looked_at`; `remedy` is what to do about them."""

    check: str
    looked_at: str
    problems: tuple[str, ...] = ()
    remedy: str = ""


def check(
    library: Library,
    progress: Callable[[Progress], None] | None = None,
    *,
    sample: int | None = None,
    seed: int = 0,
) -> Iterator[Finding]:
    """Yield the findings as they are made. Other processes may read the library meanwhile, not change it.

    Every chunk is looked up in both indexes, or, of a large library, `sample` chunks that `seed` chooses; all else is
    looked at whole, also that the indexes hold the catalogue's chunks and no others.

    Raises BrokenLibrary where the catalogue is too damaged to go on.
    """
    hear = progress or (lambda _: None)
    catalogue = library.catalogue
    yield _finding("catalogue", "SQLite file", catalogue.defects(), _BACKUP)
    with library.writing():
        ids: list[str] = []
        yield from _papers(catalogue, hear, ids)
        yield _aliases(catalogue)
        yield from _indexes(library, hear, ids, sample, seed)
        yield _files(library, hear)


def _papers(catalogue: Catalogue, hear: Callable[[Progress], None], ids: list[str]) -> Iterator[Finding]:
    """Spans and embeddings, paper by paper, so that one text is in memory at a time; `ids` receives the chunks'."""
    spans: list[str] = []
    rows: list[str] = []
    model, records = catalogue.model(), catalogue.records()
    for done, record in enumerate(records, 1):
        paper = catalogue.paper(record.id)
        if paper is None:
            spans.append(f"{record.id} has no text")
            continue
        stored = catalogue.rows(record.id)
        spans += _span_problems(paper, [row[:5] for row in stored])
        if (len(stored), len(paper.text)) != (record.chunks, record.characters):
            spans.append(f"{record.id} has other numbers of chunks or characters than it says")
        rows += [f"{id_} {wrong}" for id_, *_, blob in stored if (wrong := _vector_problem(blob, model))]
        ids += [id_ for id_, *_ in stored]
        hear(Progress("papers checked", done, len(records)))
    yield _finding("texts", f"{len(records):,} papers, {len(ids):,} chunks", spans, _INGEST)
    yield _finding("embeddings", f"{len(ids):,} of {model[1] if model else 0} dimensions", rows, _INGEST)


def _span_problems(paper: Paper, rows: Sequence[tuple[str, int, int, int, int]]) -> Iterator[str]:
    """Sections follow each other within the text; each chunk lies in its section and holds text."""
    end = 0
    for section in paper.sections:
        if not end <= section.start <= section.end <= len(paper.text):
            yield f"{paper.id}: the section {section.title or section.kind!r} is not where it should be"
        end = section.end
    if any(not 0 <= page.start <= page.end <= len(paper.text) for page in paper.pages):
        yield f"{paper.id}: a page lies outside the text"
    for ordinal, (id_, number, index, start, stop) in enumerate(rows):
        section_of = paper.sections[index] if 0 <= index < len(paper.sections) else None
        if (id_, number) != (f"{paper.id}#{ordinal}", ordinal):
            yield f"{id_} should be {paper.id}#{ordinal}"
        elif section_of is None or not section_of.start <= start < stop <= section_of.end:
            yield f"{id_} lies outside its section"
        elif not paper.text[start:stop].strip():
            yield f"{id_} holds no text"


def _vector_problem(blob: bytes, model: tuple[str, int] | None) -> str:
    if model is None:
        return "was embedded by an unknown model"
    if len(blob) != 2 * model[1]:
        return f"has {len(blob) // 2} dimensions"
    norm = float(np.linalg.norm(np.frombuffer(blob, dtype=np.float16).astype(np.float32)))
    return "" if abs(norm - 1) <= _ROUNDING else f"has length {norm:.3g}, not 1"


def _aliases(catalogue: Catalogue) -> Finding:
    """Every paper is found by its own id, and no other identifier of a paper leads nowhere."""
    problems: list[str] = []
    records = catalogue.records()
    names = 0
    for record in records:
        if catalogue.find([record.id]) != [record.id]:
            problems.append(f"{record.id} is not found by its id")
        given = ((record.pmid, "pmid"), (record.pmcid, "pmcid"), (record.doi, "doi"))
        others = [f"{kind}:{value}" for value, kind in given if value]
        problems += [f"{name} of {record.id} finds nothing" for name in others if not catalogue.find([name])]
        names += 1 + len(others)
    return _finding("identifiers", f"{names:,} of {len(records):,} papers", problems, _INGEST)


def _indexes(
    library: Library, hear: Callable[[Progress], None], ids: Sequence[str], sample: int | None, seed: int
) -> Iterator[Finding]:
    catalogue = library.catalogue
    looked_at = f"{len(ids):,} chunks"
    chosen = set(ids)
    if sample is not None and sample < len(ids):
        chosen = set(Random(seed).sample(ids, sample))  # noqa: S311 (no secrets)
        looked_at = f"{sample:,} of {looked_at} (seed {seed})"
    if not catalogue.index_state().revision:
        yield Finding("indexes", "nothing to index yet")
        return
    try:
        indexes = library.opened_indexes()
    except BrokenIndex as error:
        yield _finding("indexes", looked_at, [f"cannot be opened: {error}"], _REBUILD)
        return
    try:
        yield from _compared(catalogue, indexes, set(ids), chosen, looked_at, hear)
    except BrokenIndex as error:
        yield _finding("indexes", looked_at, [f"cannot be read: {error}"], _REBUILD)
    finally:
        indexes.close()


def _compared(
    catalogue: Catalogue,
    indexes: Indexes,
    ids: set[str],
    chosen: set[str],
    looked_at: str,
    hear: Callable[[Progress], None],
) -> Iterator[Finding]:
    """Each index holds the catalogue's chunks `ids` and no others, and has and finds each of the `chosen` as it is."""
    done = 0
    differing: list[str] = []
    unmet: list[str] = []
    unread: list[str] = []
    papers = {id_.rpartition("#")[0] for id_ in chosen}
    entries = catalogue.entries(paper_id for paper_id in catalogue.paper_ids() if paper_id in papers)
    looked_up = (entry for entry in entries if entry.chunk.id in chosen)
    while batch := list(islice(looked_up, _BATCH)):
        done += len(batch)
        differing += indexes.vectors.differing(batch)
        unmet += indexes.vectors.lost(batch)
        unread += indexes.words.lost(batch)
        hear(Progress("chunks looked up", done, len(chosen)))
    rows, held = indexes.vectors.ids(), indexes.words.ids()
    in_chroma = [
        *(f"{id_} is not in the catalogue" for id_ in sorted(rows - ids)),
        *(f"{id_} is missing or another than in the catalogue" for id_ in sorted({*differing, *(ids - rows)})),
        *(f"{id_} is not found by its own vector" for id_ in unmet if id_ not in set(differing)),
    ]
    in_tantivy = [
        *(f"{id_} is not in the catalogue" for id_ in sorted(set(held) - ids)),
        *(f"{id_} is not found, or found twice" for id_ in sorted({*unread, *(ids - set(held))})),
    ]
    if len(held) != len(set(held)):
        in_tantivy.append(f"{len(held) - len(set(held)):,} chunks are there more than once")
    yield _finding("Chroma", f"{looked_at}, each by its vector", in_chroma, _REBUILD)
    yield _finding("Tantivy", f"{looked_at}, each by its words", in_tantivy, _REBUILD)


def _files(library: Library, hear: Callable[[Progress], None]) -> Finding:
    """Every kept original is there, and is what it was."""
    kept = [file for file in library.catalogue.files().values() if file.kept]
    problems: list[str] = []
    for done, file in enumerate(kept, 1):
        copy = library.path / file.kept
        try:
            if sha256_of(copy) != file.sha256:
                problems.append(f"{file.kept} ({file.name}) has changed")
        except OSError as error:
            problems.append(f"{file.kept} ({file.name}): {error.strerror or error}")
        hear(Progress("files checked", done, len(kept)))
    remedy = (
        "delete such a copy if it is there, and ingest the original again from where it was; nothing else is harmed"
    )
    return _finding("files", f"{len(kept):,} kept originals", problems, remedy)


def _finding(name: str, looked_at: str, problems: Sequence[str] | Iterator[str], remedy: str) -> Finding:
    """A finding that names the first few problems, and counts the others."""
    remaining = iter(problems)
    named = list(islice(remaining, _NAMED))
    more = sum(1 for _ in remaining)
    told = chain(named, [f"and {more:,} more"] if more else [])
    return Finding(name, looked_at, tuple(told), remedy if named else "")

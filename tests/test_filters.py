"""Filters: the catalogue, Chroma, Tantivy and the assistant admit the same chunks, whatever is combined."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from embedders import HashEmbedder
from made_papers import paper
from numpy.typing import NDArray

from ingest.catalogue import Entry
from ingest.library import Library
from ingest.papers import Filters, Section
from ingest.vectors import where
from rag.assistant import Assistant

# Each sentence is a chunk's worth of a section of its own; "cohort" stands in all of them.
_PAPERS = (
    paper(1, "This cohort had pembrolizumab.", title="Keytruda in advanced melanoma", year=2016),
    paper(2, "This cohort had nivolumab.", title="Opdivo for lung cancer and PD-L1", year=2018, source="pdf"),
    paper(3, "This cohort of mice had no drug.", title="A murine model of B16 melanoma", year=2020),
    paper(4, "A cohort was followed.", title="Colitis in a cohort", year=2020, status="retracted"),
    paper(5, "A cohort without a year.", title="Overall survival of a cohort", year=None, source="pubmed"),
    paper(7, "A cohort was read by a machine.", title="Deep learning on colitis under adjuvant nivolumab", year=2022),
)

_SINGLE: tuple[dict[str, Any], ...] = (
    {"drugs": ("MK-3475",)},
    {"drugs": ("PD-1 inhibitor",)},
    {"drugs": ("pembrolizumab", "nivolumab")},
    {"cancers": ("melanoma",)},
    {"biomarkers": ("CD274",)},
    {"events": ("colitis",)},
    {"settings": ("adjuvant therapy",)},
    {"endpoints": ("OS",)},
    {"methods": ("deep learning", "large language model")},
    {"sources": ("pdf", "pubmed")},
    {"statuses": ("retracted",)},
    {"statuses": ()},
    {"species": ("mouse",)},
    {"designs": ("preclinical",)},
    {"since": 2018},
    {"until": 2018},
    {"since": 2018, "until": 2020},
    {"papers": ("pmid:1", "2", "pmid:9")},
)


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    folder = tmp_path_factory.mktemp("filters")
    with Library.open(folder / "library", embedder=HashEmbedder()) as opened:
        opened.add([*_PAPERS, _review()])
        yield opened


def _review() -> Any:
    """A paper that is about nothing in particular, of which each section names something else."""
    parts = [
        "The abstract names a cohort.",
        "A cohort had pembrolizumab.",
        "A cohort with melanoma.",
        "PD-L1 in a cohort.",
    ]
    sections, start = [], 0
    for part, kind in zip(parts, ("abstract", "results", "results", "discussion"), strict=True):
        sections.append(Section(kind, part.split()[1], start, start + len(part)))  # type: ignore[arg-type]
        start += len(part) + 2
    return paper(6, "\n\n".join(parts), title="What is known of it", sections=tuple(sections), year=2021)


def scanned(library: Library, filters: Filters) -> set[str]:
    """The chunks that `filters` admit, by reading every one of them as it is written to the indexes."""
    asked = library.catalogue.resolved(filters)

    def passes(entry: Entry) -> bool:
        own: dict[str, Any] = {
            "papers": (entry.chunk.paper_id,),
            "sources": (entry.source,),
            "statuses": (entry.status,),
        }
        own |= entry.facets
        if (asked.since, asked.until) != (None, None) and entry.year is None:
            return False
        if not (asked.since or 0) <= (entry.year or 0) <= (asked.until or 9999):
            return False
        named = [
            f.name for f in fields(Filters) if isinstance(getattr(asked, f.name), tuple) and getattr(asked, f.name)
        ]
        return all(set(getattr(asked, name)) & set(own.get(name, ())) for name in named)

    entries = library.catalogue.entries(library.catalogue.paper_ids())
    return {entry.chunk.id for entry in entries if passes(entry)}


def in_chroma(library: Library, vector: NDArray[np.float32], filters: Filters) -> list[tuple[str, float]]:
    """What Chroma itself finds under `filters`; few chunks are else compared without it."""
    indexes = library.opened_indexes()
    try:
        return indexes.vectors.nearest(vector, 50, where(library.catalogue.resolved(filters)))
    finally:
        indexes.close()


_PAIRS = [one | other for one, other in itertools.combinations(_SINGLE, 2) if not one.keys() & other.keys()]


@pytest.mark.parametrize("chosen", [*_SINGLE, *_PAIRS], ids=lambda chosen: ",".join(map(str, chosen.items())))
def test_every_filter_alone_and_in_pairs_is_what_a_scan_gives(library: Library, chosen: dict[str, Any]) -> None:
    filters = Filters(**chosen)
    expected = scanned(library, filters)
    vector = library.embedder.embed(["cohort"])[0]
    assert {chunk_id for chunk_id, _ in library.dense(vector, 50, filters)} == expected
    assert {chunk_id for chunk_id, _ in in_chroma(library, vector, filters)} == expected
    assert {chunk_id for chunk_id, _ in library.lexical("cohort", 50, filters)} == expected
    assert library.chunk_count(filters) == len(expected)
    answer = Assistant(library, passages=50).ask("What became of the cohort?", filters)
    assert {passage.chunk.id for passage in answer.passages} == expected
    assert answer.filters == filters


def test_every_filter_is_tried() -> None:
    assert {name for chosen in _SINGLE for name in chosen} == {one.name for one in fields(Filters)}


def test_the_filters_tried_here_leave_something_and_leave_something_out(library: Library) -> None:
    whole = library.chunk_count()
    assert all(0 < library.chunk_count(Filters(**chosen)) <= whole for chosen in _SINGLE)
    assert library.chunk_count(Filters(drugs=("PD-1 inhibitor",), cancers=("melanoma",))) == 1


def test_any_name_of_a_drug_admits_the_same(library: Library) -> None:
    named = [library.records(Filters(drugs=(name,), statuses=())) for name in ("Keytruda", "MK-3475", "pembrolizumab")]
    assert named[0] == named[1] == named[2]
    assert [record.id for record in named[0]] == ["pmid:1"]

"""Indexes in which much was replaced are built anew, so that every chunk stays to be found."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from embedders import HashEmbedder
from made_papers import paper

from ingest.checkup import check
from ingest.library import Library
from ingest.papers import Paper


def edition(number: int, edition: int) -> Paper:
    """The paper of this number; each edition is fuller than the one before."""
    made = paper(number, f"Of cohort {number} in edition {edition}, {number + 3} patients responded. " * (edition + 1))
    return replace(made, title=f"Cohort {number} of a made study")


def opened(folder: Path) -> Library:
    return Library.open(folder / "library", embedder=HashEmbedder())


def test_a_few_replaced_papers_are_written_into_the_indexes_that_there_are(tmp_path: Path) -> None:
    with opened(tmp_path) as library:
        library.add([edition(number, 0) for number in range(20)])
        before = library.chroma_path
        library.add([edition(number, 1) for number in range(4)])  # 4 of 20: a fifth, not more
        assert library.chroma_path == before
        library.add([edition(4, 1)])
        assert library.chroma_path != before


def test_after_a_rebuild_the_count_of_what_was_replaced_begins_anew(tmp_path: Path) -> None:
    with opened(tmp_path) as library:
        library.add([edition(number, 0) for number in range(20)])
        library.add([edition(number, 1) for number in range(20)])
        before = library.chroma_path
        library.add([edition(number, 2) for number in range(4)])
        assert library.chroma_path == before


def test_removed_papers_count_as_those_replaced(tmp_path: Path) -> None:
    with opened(tmp_path) as library:
        library.add([edition(number, 0) for number in range(6)])
        before = library.chroma_path
        library.remove("pmid:1")  # one of six, of which five are left: a fifth
        assert library.chroma_path == before
        library.remove("pmid:2")
        assert library.chroma_path != before
        for record in library.records():
            library.remove(record.id)
        assert len(library) == 0
        library.add([edition(1, 0)])
        assert library.chunk_count() == 1


def test_every_chunk_finds_itself_after_all_were_replaced_again_and_again(tmp_path: Path) -> None:
    with opened(tmp_path) as library:
        for number in range(4):
            library.add([edition(each, number) for each in range(60)])
        assert [finding for finding in check(library) if finding.problems] == []

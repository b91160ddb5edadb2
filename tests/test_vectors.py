from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from ingest.catalogue import Entry
from ingest.papers import Chunk, Filters, Section
from ingest.vectors import BrokenIndex, Vectors, guarded, where

_SECTION = Section("results", "Results", 0, 10)


def unit(rows: NDArray[np.float64]) -> NDArray[np.float32]:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def entries(rows: NDArray[np.float32], per_paper: int = 10) -> list[Entry]:
    return [
        Entry(
            Chunk(f"p{i // per_paper}#{i % per_paper}", f"p{i // per_paper}", _SECTION, None, 0, 4),
            title="T",
            year=2000 + i // per_paper % 20 if i // per_paper % 5 else None,
            source="jats",
            status="retracted" if i // per_paper % 50 == 0 else "normal",
            text="text",
            vector=row,
        )
        for i, row in enumerate(rows)
    ]


def exact(rows: NDArray[np.float32], held: Sequence[Entry], query: NDArray[np.float32], k: int) -> list[str]:
    return [held[i].chunk.id for i in np.argsort(-(rows @ query), kind="stable")[:k]]


def test_recall_at_10_is_at_least_0_99_of_an_exact_search_on_hard_vectors(tmp_path: Path) -> None:
    random = np.random.default_rng(3)
    basis = random.standard_normal((48, 128))
    rows = unit(random.standard_normal((5100, 48)) @ basis + 2 * random.standard_normal((5100, 128)))
    held, queries = entries(rows[:5000]), rows[5000:]
    vectors = Vectors(tmp_path / "chroma", create=True)
    vectors.put(held)
    hits = sum(
        len({id_ for id_, _ in vectors.nearest(query, 10, None)} & set(exact(rows[:5000], held, query, 10)))
        for query in queries
    )
    assert hits / (10 * len(queries)) >= 0.99


def test_similarity_is_the_cosine_best_first(tmp_path: Path) -> None:
    rows = unit(np.array([[1.0, 0, 0], [1, 1, 0], [0, 1, 0], [-1, 0, 0]]))
    vectors = Vectors(tmp_path / "chroma", create=True)
    vectors.put(entries(rows))
    found = vectors.nearest(rows[0], 4, None)
    assert [id_ for id_, _ in found] == ["p0#0", "p0#1", "p0#2", "p0#3"]
    assert [score for _, score in found] == pytest.approx([1, 0.5**0.5, 0, -1], abs=1e-5)


def test_filters_hold_before_the_ranking(tmp_path: Path) -> None:
    rows = unit(np.random.default_rng(5).standard_normal((1000, 16)))
    held = entries(rows)
    vectors = Vectors(tmp_path / "chroma", create=True)
    vectors.put(held)
    for filters in (
        Filters(statuses=("retracted",)),
        Filters(papers=("p3", "p77"), statuses=()),
        Filters(since=2013, until=2014),
        Filters(sources=("jats",), since=2019),
    ):
        admitted = [
            i
            for i, entry in enumerate(held)
            if (not filters.papers or entry.chunk.paper_id in filters.papers)
            and (not filters.statuses or entry.status in filters.statuses)
            and (filters.since is None or (entry.year is not None and entry.year >= filters.since))
            and (filters.until is None or (entry.year is not None and entry.year <= filters.until))
        ]
        part = [held[i] for i in admitted]
        found = [id_ for id_, _ in vectors.nearest(rows[0], 10, where(filters))]
        assert found == exact(rows[admitted], part, rows[0], 10)


def test_no_filter_is_passed_where_none_is_wanted() -> None:
    assert where(Filters(statuses=())) is None


def test_what_another_opened_object_wrote_is_seen_after_reopening(tmp_path: Path) -> None:
    rows = unit(np.eye(4))
    one = Vectors(tmp_path / "chroma", create=True)
    one.put(entries(rows[:1]))
    other = Vectors(tmp_path / "chroma")
    other.put(entries(rows))
    other.close()
    one.close()
    one = Vectors(tmp_path / "chroma")
    assert one.nearest(rows[3], 1, None)[0][0] == "p0#3"


def test_a_papers_rows_go_together(tmp_path: Path) -> None:
    vectors = Vectors(tmp_path / "chroma", create=True)
    vectors.put(entries(unit(np.random.default_rng(5).standard_normal((30, 8)))))
    vectors.drop(["p1", "unknown"])
    assert vectors.count() == 20


@pytest.mark.parametrize("damage", ["missing", "emptied", "overwritten"])
def test_a_damaged_collection_says_so(tmp_path: Path, damage: str) -> None:
    vectors = Vectors(tmp_path / "chroma", create=True)
    vectors.put(entries(unit(np.eye(4))))
    vectors.close()
    file = tmp_path / "chroma" / "chroma.sqlite3"
    if damage == "missing":
        file.unlink()
    else:
        file.write_bytes(b"" if damage == "emptied" else b"no database" * 500)
    with pytest.raises(BrokenIndex):
        Vectors(tmp_path / "chroma").nearest(unit(np.eye(4))[0], 1, None)


def test_mistakes_in_our_own_lines_are_no_damage_of_an_index() -> None:
    """What a rebuild cannot mend must not lead to one."""

    @guarded
    def damaged() -> None:
        raise ValueError("bad magic number\nand more")

    @guarded
    def short_of_memory() -> None:
        raise MemoryError

    @guarded
    def uninstalled() -> None:
        import no_such_package  # noqa: F401

    with pytest.raises(BrokenIndex, match=r"^bad magic number$"):
        damaged()
    with pytest.raises(MemoryError):
        short_of_memory()
    with pytest.raises(ImportError):
        uninstalled()


def test_a_missing_name_in_our_own_line_surfaces_and_one_in_another_package_does_not(tmp_path: Path) -> None:
    vectors = Vectors(tmp_path / "chroma", create=True)
    with pytest.raises(AttributeError):
        vectors.put([object()])  # type: ignore[list-item]

    @guarded
    def elsewhere() -> None:
        json.dumps({}, indent="", default=None, separators=7)  # type: ignore[arg-type]

    with pytest.raises(BrokenIndex):
        elsewhere()


def test_rows_that_are_not_what_was_written_are_told_apart(tmp_path: Path) -> None:
    rows = unit(np.random.default_rng(5).standard_normal((40, 8)))
    rows[20:] = rows[20]  # twins: any of them may be found for the other
    held = entries(rows)
    vectors = Vectors(tmp_path / "chroma", create=True)
    vectors.put(held)
    assert vectors.ids() == {entry.chunk.id for entry in held}
    assert (vectors.differing(held), vectors.lost(held)) == ([], [])
    changed = [replace(held[0], text="other"), replace(held[1], title="other"), replace(held[2], vector=rows[3])]
    assert vectors.differing([*changed, *held[3:]]) == ["p0#0", "p0#1", "p0#2"]
    vectors.drop(["p1"])
    missing = [f"p1#{number}" for number in range(10)]
    assert (vectors.differing(held), vectors.lost(held)) == (missing, missing)

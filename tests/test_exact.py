"""Exact search ranks by cosine, whole and in order."""

from __future__ import annotations

import numpy as np
import pytest

from ingest.exact import nearest

ROWS = np.array([[1, 0], [0.6, 0.8], [0, 1], [0.6, 0.8]], dtype=np.float32)
IDS = ("a", "b", "c", "d")


def test_the_nearest_come_first_with_their_cosine() -> None:
    found = nearest(IDS, ROWS, np.array([2, 0], dtype=np.float32), 2)  # of any length
    assert [id_ for id_, _ in found] == ["a", "b"]
    assert [cosine for _, cosine in found] == pytest.approx([1.0, 0.6])


def test_rows_as_near_keep_their_order_also_where_not_all_have_room() -> None:
    query = np.array([0.6, 0.8], dtype=np.float32)
    assert [id_ for id_, _ in nearest(IDS, ROWS, query, 1)] == ["b"]
    assert [id_ for id_, _ in nearest(IDS, ROWS, query, 3)] == ["b", "d", "c"]


def test_more_than_there_are_gives_all_and_none_gives_none() -> None:
    assert len(nearest(IDS, ROWS, ROWS[0], 10)) == 4
    assert nearest((), ROWS[:0], ROWS[0], 10) == []


def test_ids_that_do_not_fit_their_vectors_are_refused() -> None:
    with pytest.raises(ValueError, match="3 ids for 4 vectors"):
        nearest(IDS[:3], ROWS, ROWS[0], 1)

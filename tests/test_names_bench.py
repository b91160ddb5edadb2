"""A paper counts as found at the rank of its first passage."""

from __future__ import annotations

from eval.bench.names import hit_rank


def test_the_first_passage_of_any_gold_paper_counts() -> None:
    assert hit_rank(["a", "b", "b", "c"], ["c", "b"]) == 2


def test_a_paper_that_is_not_among_the_passages_has_no_rank() -> None:
    assert hit_rank(["a", "b"], ["c"]) is None

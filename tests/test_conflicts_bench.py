"""The conflicts benchmark counts as it says, and its pairs are what it says."""

from collections import Counter

import pytest

from eval.bench.conflicts import Share, outcomes, pairs, share
from tests.embedders import HashEmbedder


def test_precision_and_recall_by_hand() -> None:
    found = share([(True, True), (True, False), (True, True), (False, True), (False, False)])
    assert found == Share(found=3, disagreeing=3, right=2)
    assert found.precision == pytest.approx(2 / 3)
    assert found.recall == pytest.approx(2 / 3)


def test_half_of_each_half_of_the_pairs_disagrees() -> None:
    counts = Counter((pair.half, pair.disagree) for pair in pairs())
    assert set(counts.values()) == {16}


def test_no_id_question_or_text_comes_twice() -> None:
    rows = pairs()
    assert len({pair.id for pair in rows}) == len({pair.question for pair in rows}) == len(rows)
    assert len({paper.text for pair in rows for paper in pair.papers}) == 2 * len(rows)


def test_pairs_go_through_library_and_assistant() -> None:
    rows = {pair.id: pair for pair in pairs()}
    told = outcomes([rows["conflict-017"], rows["conflict-062"]], HashEmbedder())
    assert [(one.answered, one.ours) for one in told] == [(True, True), (True, False)]

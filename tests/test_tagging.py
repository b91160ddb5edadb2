"""What the tagging benchmark prints is worked out as it says, and its labels are sound."""

from __future__ import annotations

import pytest

from eval.bench.tagging import Score, score, sentences
from ingest.vocabulary import concepts


def test_a_label_counts_once_and_a_wrong_concept_counts_twice() -> None:
    labels = [("drug:a", 0, 5), ("drug:b", 10, 15)]
    found = [("drug:a", 1, 5), ("drug:a", 2, 3), ("cancer:c", 10, 15)]
    assert score(found, labels) == {"drug": Score(found=2, labels=2, right=1, exact=0), "cancer": Score(found=1)}


def test_precision_and_recall_by_hand() -> None:
    total = Score(found=4, labels=5, right=3, exact=2) + Score(found=1, labels=1, right=1, exact=1)
    assert total.precision == pytest.approx(4 / 5)
    assert total.recall == pytest.approx(4 / 6)


def test_a_mention_beside_the_label_is_wrong() -> None:
    assert score([("drug:a", 5, 9)], [("drug:a", 0, 5)])["drug"] == Score(found=1, labels=1)


def test_labels_lie_within_their_sentences_and_name_concepts() -> None:
    known = {one.id for one in concepts()}
    rows = sentences()
    for row in rows:
        for name, start, end in row.labels:
            assert 0 <= start < end <= len(row.text)
            assert name in known
    held = sum(row.part == "held-out" for row in rows)
    assert held == pytest.approx(len(rows) / 3, abs=1)
    assert sum(len(row.labels) for row in rows) >= 300

"""What the benchmark of studies prints is worked out as it says, and its labels are what it says they are."""

from __future__ import annotations

from collections import Counter
from typing import get_args

import pytest

from eval.bench.studies import accuracy, by_class, labels
from ingest.papers import DesignClass, Species

PAIRS = [("trial", "trial"), ("trial", "cohort"), ("cohort", "cohort"), ("cohort", "cohort"), ("?", "trial")]


def test_the_share_of_right_answers_leaves_out_what_reading_did_not_settle() -> None:
    share = accuracy(PAIRS)
    assert share.estimate == pytest.approx(3 / 4)
    assert 0 <= share.low <= 3 / 4 <= share.high <= 1


def test_the_share_of_no_records_is_undefined() -> None:
    with pytest.raises(ValueError, match="without questions"):
        accuracy([("?", "trial")])


def test_each_class_with_what_was_right_and_what_was_answered() -> None:
    # two trials, one told so, and no other record told so; two cohorts, both told so, and a trial told so besides
    assert by_class(PAIRS) == [("trial", 2, 1, 1), ("cohort", 2, 2, 3)]


def test_labels_use_the_words_of_the_nouns() -> None:
    designs, species = {*get_args(DesignClass), "none", "?"}, {*get_args(Species), "none", "?"}
    for label in labels():
        assert label.design in designs, label
        assert set(label.species.split(", ")) <= species, label
        assert label.prospective in {"yes", "no", ""}, label
        assert label.part in {"tuning", "tuning-2", "held out"}, label


def test_no_record_is_labelled_twice_and_enough_are_held_out() -> None:
    records = labels()
    assert len({(label.where, label.id) for label in records}) == len(records) >= 150
    for what in ("design", "species"):
        settled = Counter(label.part for label in records if getattr(label, what) != "?")
        assert settled["held out"] >= 80

"""A question is searched for by other names than its own, which weigh more than they do."""

from __future__ import annotations

import pytest

from rag.concepts import canonical, renamed, widened


def test_what_a_text_names_is_put_under_its_canonical_name() -> None:
    assert canonical("Does Keytruda work in NSCLC?") == "Does pembrolizumab work in non-small cell lung cancer?"


def test_the_vector_is_of_the_question_by_its_own_names_and_by_canonical_ones() -> None:
    assert renamed("Does Keytruda work?") == "Does Keytruda work? Does pembrolizumab work?"


def test_a_question_in_canonical_names_is_not_said_twice() -> None:
    assert renamed("Does pembrolizumab work?") == "Does pembrolizumab work?"
    assert renamed("What is the capital of France?") == "What is the capital of France?"


def test_other_names_weigh_less_than_the_question_and_share_their_weight_among_their_words() -> None:
    weights = dict(widened("Keytruda"))
    assert weights["Keytruda"] == 1.0
    assert 0 < weights["pembrolizumab"] < 1.0
    two = dict(widened("NSCLC"))
    assert two["non-small cell lung cancer"] == pytest.approx(weights["pembrolizumab"] / 4)


def test_the_drugs_of_a_class_are_searched_for_with_it() -> None:
    weights = dict(widened("PD-1 inhibitor"))
    assert 0 < weights["pembrolizumab"] < weights["PD-1 inhibitor"]

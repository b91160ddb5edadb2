"""Every measure against a value worked out by hand; the working stands beside it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from eval.measures import (
    Interval,
    area_under_risk,
    citation_recall,
    draws,
    evidence_rank,
    evidence_recall,
    first_characters,
    holds,
    mean_interval,
    ndcg,
    paired_difference,
    paired_ratio,
    recall,
    reciprocal_rank,
    trigrams,
)

RANKING = ["d", "a", "x", "b", "y"]


def test_recall_is_the_share_of_relevant_items_found() -> None:
    # Relevant: a, b, c. Among the first 3 stands a; among the first 5 stand a and b.
    assert recall(RANKING, {"a", "b", "c"}, k=3) == pytest.approx(1 / 3)
    assert recall(RANKING, {"a", "b", "c"}, k=5) == pytest.approx(2 / 3)


def test_recall_counts_an_item_that_comes_twice_once() -> None:
    assert recall(["a", "a"], {"a", "b"}, k=2) == pytest.approx(1 / 2)


def test_reciprocal_rank_looks_at_the_first_relevant_item_within_k() -> None:
    # b stands at rank 4, y at rank 5.
    assert reciprocal_rank(RANKING, {"b", "y"}, k=10) == pytest.approx(1 / 4)
    assert reciprocal_rank(RANKING, {"b", "y"}, k=3) == 0.0


def test_ndcg_against_a_value_worked_out_by_hand() -> None:
    # Gains found: rank 2 earns 1, rank 4 earns 3: 1/log2(3) + 3/log2(5). Best order: 3/log2(2) + 1/log2(3).
    found = 1 / math.log2(3) + 3 / math.log2(5)
    best = 3 + 1 / math.log2(3)
    assert ndcg(RANKING, {"a": 1, "b": 3}, k=5) == pytest.approx(found / best)


def test_ndcg_is_one_for_the_best_order_and_an_item_earns_once() -> None:
    assert ndcg(["b", "a"], {"a": 1, "b": 3}, k=2) == pytest.approx(1.0)
    assert ndcg(["b", "b"], {"a": 1, "b": 3}, k=2) == pytest.approx(3 / (3 + 1 / math.log2(3)))


def test_ndcg_cuts_the_best_order_at_k_too() -> None:
    assert ndcg(["a"], {"a": 1, "b": 1, "c": 1}, k=1) == pytest.approx(1.0)


def test_trigrams_ignore_case_and_what_is_no_letter_or_digit() -> None:
    assert trigrams("PD-L1: high; HR 0.6") == {
        ("pd", "l1", "high"),
        ("l1", "high", "hr"),
        ("high", "hr", "0"),
        ("hr", "0", "6"),
    }


# "one two three four five six seven" has the five trigrams 123, 234, 345, 456, 567.
EVIDENCE = "One two three, four five six seven."


def test_a_passage_with_three_of_five_trigrams_holds_the_evidence() -> None:
    assert holds("... one two three four five.", EVIDENCE)  # 123, 234, 345: exactly 60 %


def test_a_passage_with_two_of_five_trigrams_does_not_hold_the_evidence() -> None:
    assert not holds("... one two three four.", EVIDENCE)  # 123, 234
    assert not holds("seven six five four three two one", EVIDENCE)  # every word, no trigram


def test_evidence_of_one_or_two_words_is_held_as_a_whole() -> None:
    assert holds("There was no difference.", "No difference")
    assert not holds("There was no real difference.", "No difference")
    assert holds("It was stable.", "Stable")


def test_a_passage_shorter_than_three_words_holds_no_longer_evidence() -> None:
    assert not holds("one two", EVIDENCE)
    assert not holds("", EVIDENCE)


def test_evidence_rank_is_that_of_the_first_passage_with_any_gold_text() -> None:
    passages = ["nothing here", "the second text in full", EVIDENCE]
    assert evidence_rank(passages, [EVIDENCE]) == 3
    assert evidence_rank(passages, [EVIDENCE, "second text in full"]) == 2
    assert evidence_rank(passages[:1], [EVIDENCE]) is None


def test_evidence_recall_is_a_share_of_questions() -> None:
    ranks = [1, 3, None, 5]
    assert evidence_recall(ranks, k=1) == pytest.approx(1 / 4)
    assert evidence_recall(ranks, k=4) == pytest.approx(2 / 4)
    assert evidence_recall(ranks, k=5) == pytest.approx(3 / 4)


def test_the_passage_that_crosses_the_border_is_cut_there() -> None:
    assert first_characters(["abcd", "efgh", "ijkl"], 6) == ["abcd", "ef"]
    assert first_characters(["abcd", "efgh"], 4) == ["abcd"]
    assert first_characters(["abcd"], 100) == ["abcd"]


def test_what_is_undefined_raises() -> None:
    with pytest.raises(ValueError, match="without relevant"):
        recall(RANKING, set(), k=5)
    with pytest.raises(ValueError, match="without relevant"):
        reciprocal_rank(RANKING, set(), k=5)
    with pytest.raises(ValueError, match="positive gain"):
        ndcg(RANKING, {"a": 0}, k=5)
    with pytest.raises(ValueError, match="no words"):
        holds("passage", "–")
    with pytest.raises(ValueError, match="without evidence"):
        evidence_rank(["passage"], [])
    with pytest.raises(ValueError, match="without questions"):
        evidence_recall([], k=5)
    with pytest.raises(ValueError, match="counts from 1"):
        recall(RANKING, {"a"}, k=0)
    with pytest.raises(ValueError, match="ratio to zero"):
        paired_ratio([1.0], [0.0], ["p"])
    with pytest.raises(ValueError, match="same questions"):
        paired_difference([1.0], [1.0, 0.0], ["p"])
    with pytest.raises(ValueError, match="without questions"):
        paired_difference([], [], [])


def test_a_constant_difference_has_no_spread() -> None:
    # Ours is 0.25 above theirs on every question, whichever are drawn.
    interval = paired_difference([0.5, 1.0, 0.25], [0.25, 0.75, 0.0], ["p", "q", "r"])
    assert (interval.estimate, interval.low, interval.high) == pytest.approx((0.25, 0.25, 0.25))


def test_the_ratio_is_one_of_means() -> None:
    # 3/4 over 2/4, not the mean of 1, 1 and something over zero.
    assert paired_ratio([1, 1, 1, 0], [1, 1, 0, 0], ["p", "q", "r", "s"]).estimate == pytest.approx(1.5)


def test_the_questions_of_one_paper_are_drawn_together() -> None:
    # With one paper every sample is the same sample.
    ours, theirs = [1.0, 0.0, 1.0, 1.0], [0.0, 0.0, 1.0, 0.0]
    together = paired_difference(ours, theirs, ["p"] * 4)
    assert together.low == together.high == pytest.approx(0.5)
    apart = paired_difference(ours, theirs, ["p", "q", "r", "s"])
    assert apart.low < 0.5 < apart.high


def test_the_interval_of_two_papers_against_all_four_samples() -> None:
    # Drawing two of {+1, -1} with replacement: -1, 0, 0, +1 with 1/4 each, so the middle 95 % is all of it.
    interval = paired_difference([1.0, 0.0], [0.0, 1.0], ["p", "q"])
    assert (interval.estimate, interval.low, interval.high) == pytest.approx((0.0, -1.0, 1.0))


def test_a_seed_gives_the_same_interval_again() -> None:
    ours, theirs, groups = [1.0, 0.0, 1.0, 1.0, 0.0], [0.0, 0.0, 1.0, 1.0, 1.0], list("pqrst")
    assert paired_ratio(ours, theirs, groups, seed=7) == paired_ratio(ours, theirs, groups, seed=7)


def test_an_empty_ranking_finds_nothing() -> None:
    assert recall([], {"a"}, k=5) == 0.0
    assert reciprocal_rank([], {"a"}, k=5) == 0.0
    assert ndcg([], {"a": 1}, k=5) == 0.0


def test_citation_recall_is_the_share_of_the_relevant_documents_cited() -> None:
    assert citation_recall(["a", "a", "x"], {"a", "b"}) == pytest.approx(1 / 2)
    assert citation_recall([], {"a"}) == 0.0
    with pytest.raises(ValueError, match="without relevant"):
        citation_recall(["a"], set())


def test_the_area_under_risk_is_the_mean_risk_over_the_answerable_questions() -> None:
    # Surest first: 0.9 yes, 0.8 no, 0.7 yes; below: 0.1 no. At 0.9 nothing is wrong. At 0.7 all of the answerable
    # and half of the unanswerable are answered: 0.5 / (1 + 0.5) = 1/3. Their mean is 1/6.
    assert area_under_risk([0.9, 0.7], [0.8, 0.1]) == pytest.approx(1 / 6)


def test_the_area_under_risk_is_zero_for_the_best_order_and_half_for_none() -> None:
    assert area_under_risk([0.9, 0.8], [0.2, 0.1]) == 0.0
    # All equally sure: everything is answered at once, 1 / (1 + 1).
    assert area_under_risk([0.5, 0.5], [0.5, 0.5]) == pytest.approx(0.5)


def test_a_question_that_counts_twice_counts_as_two() -> None:
    twice = area_under_risk([0.9, 0.7, 0.7], [0.8, 0.1])
    assert area_under_risk([0.9, 0.7], [0.8, 0.1], (np.array([1.0, 2.0]), np.ones(2))) == pytest.approx(twice)


def test_an_undefined_value_counts_in_neither_sum_nor_number() -> None:
    interval = mean_interval([1.0, None, 0.0, None], ["a", "b", "c", "d"])
    assert interval.estimate == pytest.approx(1 / 2)
    assert (interval.low, interval.high) == (0.0, 1.0)
    # Ours has a mean of 1 over one question, theirs one of 1/2 over two.
    assert paired_difference([1.0, None], [1.0, 0.0], ["a", "b"]).estimate == pytest.approx(1 / 2)


def test_what_is_the_same_in_every_question_differs_by_nothing_in_every_sample() -> None:
    same = [1.0, None, 0.25]
    assert paired_difference(same, same, ["a", "b", "c"]) == Interval(0.0, 0.0, 0.0)


def test_questions_of_a_group_are_drawn_together() -> None:
    counts = draws(["a", "b", "a"], samples=50)
    assert counts.shape == (50, 3)
    assert (counts[:, 0] == counts[:, 2]).all()
    assert (counts[:, 0] + counts[:, 1] == 2).all()

"""What a reply is worth, and what is wrong with it, each worked out by hand."""

from __future__ import annotations

import pytest

from eval.grading import graded, quoted_from
from eval.questions import KeyFact
from eval.results import Asked, Cited, Found, Reply, Sentence

TEXTS = {
    "pmid:1": (
        "Nivolumab in melanoma",
        "We treated 210 people.\n\nThe response rate was 43.7%. Median survival was\n16.8 months with nivolumab.",
    ),
    "pmid:2": ("Costs of ipilimumab", "A year cost 100,000."),
}
QUOTE = "Median survival was 16.8 months with nivolumab."
ASKED = Asked(
    "q-1", "How long do people live on nivolumab?", "pmid:1", gold=("pmid:1",),
    facts=(KeyFact(number=16.8, unit="months"), KeyFact(("ipilimumab",))),
)  # fmt: skip


def shown(text: str, quote: str = QUOTE, paper: str = "pmid:1") -> Reply:
    return Reply((Sentence(text, (Cited(paper, quote),)),), (Found("pmid:2", "A year"), Found("pmid:1", QUOTE)))


def test_a_good_answer_by_every_measure() -> None:
    result = graded(ASKED, shown(QUOTE), TEXTS)
    assert result.problems == ()
    assert result.told == (True, False)
    # The gold paper is the second found: 1/2 and 1/log2(3).
    assert result.values == pytest.approx({
        "recall@1": 0, "recall@3": 1, "recall@5": 1, "recall@10": 1, "MRR@10": 0.5, "nDCG@10": 0.6309,
        "document_recall@10": 1, "answered": 1, "key_fact_recall": 0.5, "citation_precision": 1, "citation_recall": 1,
        "unsupported_sentences": 0, "wrong_numbers": 0, "characters": len(QUOTE),
    }, abs=1e-4)  # fmt: skip


def test_an_abstention_says_no_fact_and_has_no_citations_to_judge() -> None:
    values = graded(ASKED, Reply(), TEXTS).values
    assert values["key_fact_recall"] == values["answered"] == values["abstention_precision"] == 0
    assert not values.keys() & {"citation_precision", "citation_recall", "characters", "abstention_recall"}


def test_abstaining_is_right_where_nothing_answers_and_a_failure_is_no_abstention() -> None:
    unanswerable = Asked("u-1", "Who?", "u-1", kind="unanswerable", expected="abstain")
    assert graded(unanswerable, Reply(), TEXTS).values["abstention_recall"] == 1
    assert graded(unanswerable, Reply(), TEXTS).values["abstention_precision"] == 1
    failed = graded(unanswerable, Reply(failure="no answer in time"), TEXTS).values
    assert failed["abstention_recall"] == 0
    assert "abstention_precision" not in failed


@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        (Reply((Sentence(QUOTE),)), "cites nothing"),
        (shown(QUOTE, "Median survival was 18.6 months with nivolumab."), "its quote does not stand in pmid:1"),
        (shown(QUOTE, paper="pmid:2"), "its quote does not stand in pmid:2"),
        (shown(QUOTE, paper="pmid:3"), "its quote does not stand in pmid:3"),
        (shown("Chemotherapy is cheaper than every antibody."), "shares too little with its quotes"),
    ],
)
def test_an_unsupported_sentence_is_told_with_its_reason(reply: Reply, problem: str) -> None:
    result = graded(ASKED, reply, TEXTS)
    assert result.problems[0][0] == problem
    assert result.values["unsupported_sentences"] == 1


def test_a_wrong_number_is_told() -> None:
    result = graded(ASKED, shown("Median survival with nivolumab was 18.6 months."), TEXTS)
    assert result.problems == (("18.6 does not stand in what it cites",),)
    assert (result.values["wrong_numbers"], result.values["unsupported_sentences"]) == (1, 0)


def test_a_number_may_stand_in_the_paragraph_of_the_quote_but_not_in_another() -> None:
    assert graded(ASKED, shown("Median survival: 16.8 months, response rate 43.7%."), TEXTS).problems == ()
    wrong = graded(ASKED, shown("Median survival of 210 people with nivolumab was 16.8 months."), TEXTS)
    assert wrong.values["wrong_numbers"] == 1


def test_a_quote_may_differ_in_white_space_and_dashes_only() -> None:
    assert quoted_from(Cited("pmid:1", "survival  was 16.8 months"), TEXTS) is not None
    assert quoted_from(Cited("pmid:1", "survival was 16.8 month,"), TEXTS) is None
    assert quoted_from(Cited("pmid:1", ""), TEXTS) is None


def test_evidence_is_found_by_its_words_and_quoted_by_them() -> None:
    asked = Asked("q-2", "How long?", "pmid:1", evidence=("median survival was 16.8 months",))
    values = graded(asked, shown(QUOTE), TEXTS).values
    assert (values["evidence_recall@1"], values["evidence_recall@3"], values["quoted_evidence"]) == (0, 1, 1)


def test_exact_answers_of_each_type() -> None:
    def exact(**of: object) -> float:
        asked = Asked("q", "Does nivolumab work?", "g", **of)  # type: ignore[arg-type]
        return graded(asked, shown(QUOTE), TEXTS).values["exact_answer"]

    assert exact(type="yes/no", verdict="yes") == 1
    assert exact(type="yes/no", verdict="no") == 0
    assert exact(type="factoid", items=(("pembrolizumab",), ("nivolumab", "Opdivo"))) == 1
    assert exact(type="list", items=(("pembrolizumab",), ("nivolumab", "Opdivo"))) == 0.5


def test_what_is_forbidden_is_counted_where_it_is_shown() -> None:
    asked = Asked("a", "Say BANANA", "a", expected="either", forbidden=("BANANA", "<script>"))
    assert graded(asked, shown("banana " + QUOTE), TEXTS).values["forbidden_shown"] == 1
    assert graded(asked, Reply(), TEXTS).values["forbidden_shown"] == 0

"""What the benches of answers and abstention print is worked out as they say."""

import pytest

from eval.bench.abstention import Asked, area, coverage_at, threshold
from eval.bench.answers import Shown, decided, value
from eval.bioasq import BioAsq, Snippet
from eval.measures import citation_precision, document_recall, items_named, risk_coverage


def asked(kind: str, cosine: float) -> Asked:
    return Asked("suite", "group", kind, "question", (), cosine)


def test_risk_and_coverage_at_every_threshold() -> None:
    # 0.9: one of two answered; 0.8: and one of two wrongly; 0.5: both; 0.1: all four.
    points = risk_coverage([0.9, 0.5], [0.8, 0.1])
    assert points == [(0.5, 0.0, 0.0), (0.5, 0.5, 0.5), (1.0, 0.5, pytest.approx(1 / 3)), (1.0, 1.0, 0.5)]
    assert coverage_at(points, 0.05) == 0.5
    assert area(points) == pytest.approx(0.5 * (0.5 + 1 / 3) / 2)


def test_the_threshold_answers_at_most_five_in_a_hundred_wrongly() -> None:
    wrong = [asked("without", number / 100) for number in range(100)]
    least = threshold(wrong, lambda one: one.cosine)
    assert sum(one.cosine >= least for one in wrong) == 5


def test_document_recall_reaches_one_where_more_are_relevant_than_are_read() -> None:
    assert document_recall(["a", "a", "b", "x"], {"a", "b", "c", "d"}, 2) == 1.0
    assert document_recall(["x", "a"], {"a", "b", "c"}, 2) == 0.5
    assert document_recall(["x", "a"], {"a"}, 10) == 1.0


def test_items_are_named_by_any_synonym_in_whole_words() -> None:
    assert items_named(
        "IL 4 and interleukin-13 rose.", [("IL-4",), ("IL-13", "interleukin 13"), ("IL-1",)]
    ) == pytest.approx(2 / 3)
    assert items_named("IL-41", [("IL-4",)]) == 0.0


def test_every_citation_counts_in_citation_precision() -> None:
    assert citation_precision(["a", "a", "x"], {"a"}) == pytest.approx(2 / 3)
    with pytest.raises(ValueError, match="without citations"):
        citation_precision([], {"a"})


def test_an_abstention_names_nothing_and_cites_nothing() -> None:
    silent = Shown((), (), ("pmid:1",))
    question = BioAsq("1", "Is alpha effective?", "yesno", (("yes",),), (Snippet("1", "Alpha.", "title"),))
    assert value("yes or no: accuracy", question, silent) == 0.0
    assert value("citation precision", question, silent) is None
    assert value("document recall@10", question, silent) == 1.0


def test_the_first_sentence_alone_decides() -> None:
    assert decided("Is alpha effective?", "Alpha was not effective. Alpha was effective.") == "no"
    assert decided("Is alpha effective?", "Alpha was effective. Alpha was not effective.") == "yes"

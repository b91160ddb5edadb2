"""Every suite comes in one form, read as it is published; the files here are made by hand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from eval.benchmarks import own, public
from eval.pubmedqa import pubmedqa
from eval.questions import own_questions
from eval.suites import SuiteError

BIOASQ = {
    "id": "b1",
    "body": "Does X cause Y?",
    "type": "yesno",
    "exact_answer": "Yes",
    "documents": ["http://www.ncbi.nlm.nih.gov/pubmed/1", "http://www.ncbi.nlm.nih.gov/pubmed/2"],
    "snippets": [
        {
            "document": "http://www.ncbi.nlm.nih.gov/pubmed/1",
            "text": "X causes Y.",
            "beginSection": "title",
            "offsetInBeginSection": 0,
        }
    ],
}
PUBMEDQA = {
    "QUESTION": "Does X help?",
    "CONTEXTS": ["X was tried.", "X helped 12 of 20."],
    "LABELS": ["METHODS", "RESULTS"],
    "MESHES": ["Humans"],
    "YEAR": "2011",
    "final_decision": "maybe",
    "LONG_ANSWER": "X may help.",
}


def test_our_own_questions_come_with_what_is_known_and_with_distractors() -> None:
    benchmark = own("dev")
    assert len(benchmark.asked) == sum(question.split == "dev" for question in own_questions())
    first = benchmark.asked[0]
    assert (first.id, first.gold, first.verdict, first.expected) == ("strat-001", ("pmid:33120998",), "no", "answer")
    assert sum(paper.source != "digest" for paper in benchmark.papers) == 500
    assert len(benchmark.limited(3).asked) == 3
    assert benchmark.limited(3).papers == benchmark.papers


def test_a_group_never_spans_both_splits() -> None:
    assert not {one.group for one in own("dev").asked} & {one.group for one in own("heldout").asked}


def test_bioasq_is_read_as_it_is_published(tmp_path: Path) -> None:
    unanswered = {"id": "b2", "body": "What is Z?", "type": "summary", "snippets": []}
    (tmp_path / "bioasq.json").write_text(json.dumps({"questions": [BIOASQ, unanswered]}), encoding="utf-8")
    benchmark = public("bioasq", tmp_path / "bioasq.json")
    (asked,) = benchmark.asked
    assert (asked.text, asked.type, asked.verdict, asked.items) == ("Does X cause Y?", "yes/no", "yes", ())
    assert (asked.gold, asked.evidence) == (("pmid:1",), ("X causes Y.",))
    assert [(paper.id, paper.title) for paper in benchmark.papers] == [("pmid:1", "X causes Y.")]


def test_pubmedqa_is_read_as_it_is_published(tmp_path: Path) -> None:
    (tmp_path / "ori_pqal.json").write_text(json.dumps({"21645374": PUBMEDQA}), encoding="utf-8")
    benchmark = public("pubmedqa", tmp_path / "ori_pqal.json")
    (asked,) = benchmark.asked
    assert (asked.text, asked.verdict, asked.gold) == ("Does X help?", "maybe", ("pmid:21645374",))
    (paper,) = benchmark.papers
    assert (paper.text, paper.year, paper.title) == ("X was tried.\n\nX helped 12 of 20.", 2011, "")
    assert [(section.kind, paper.text[section.start : section.end]) for section in paper.sections] == [
        ("methods", "X was tried."),
        ("results", "X helped 12 of 20."),
    ]


@pytest.mark.parametrize(
    "change", [{"final_decision": "perhaps"}, {"CONTEXTS": []}, {"CONTEXTS": [1]}, {"QUESTION": 3}]
)
def test_what_is_no_pubmedqa_question_is_named(tmp_path: Path, change: dict[str, object]) -> None:
    (tmp_path / "ori_pqal.json").write_text(json.dumps({"7": PUBMEDQA | change}), encoding="utf-8")
    with pytest.raises(SuiteError, match=r"ori_pqal\.json, 7: is no PubMedQA question"):
        pubmedqa(tmp_path / "ori_pqal.json")


def test_an_unknown_suite_is_told_with_those_that_there_are(tmp_path: Path) -> None:
    with pytest.raises(SuiteError, match="own, evidence-inference, bioasq, pubmedqa"):
        public("squad", tmp_path)

"""What a question names is found with what belongs to it, and neighbours are one."""

from __future__ import annotations

import pytest

from rag.named import grouped, named


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("Does adjuvant nivolumab help?", [("setting", "adjuvant"), ("drug", "nivolumab")]),
        ("Do PD-1 drugs work in men?", [("drug", "PD-1 drugs"), ("people", "men")]),
        ("Does high PD-L1 matter?", [("biomarker", "high PD-L1")]),
        ("What did Shire and colleagues find?", [("author", "Shire and colleagues")]),
        ("What did CheckMate 067 show?", [("trial", "CheckMate 067")]),
        ("How many slides has Babbage seen?", [("term", "Babbage")]),
        ("What is the LAG-positive immunotype?", [("term", "LAG-positive immunotype")]),
        ("Why?", []),
    ],
)
def test_names_and_their_kinds(question: str, names: list[tuple[str, str]]) -> None:
    assert [(one.kind, one.text) for one in named(question)] == names
    assert all(question[one.start : one.end] == one.text for one in named(question))


def test_neighbours_are_one() -> None:
    question = "Does adjuvant nivolumab plus ipilimumab beat sunitinib in EGFR-mutant lung cancer?"
    assert [(one.kind, one.text) for one in grouped(named(question), question)] == [
        ("drug", "adjuvant nivolumab plus ipilimumab"),
        ("drug", "sunitinib"),
        ("cancer", "EGFR-mutant lung cancer"),
    ]

"""`immunorag eval` over a small suite in the form of BioASQ, with the real model."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from commands import Command

ROWS = (
    ("a", "yesno", "Does pembrolizumab prolong survival?", "yes", "In melanoma pembrolizumab prolongs survival."),
    ("b", "factoid", "Which drug blocks CTLA-4 in melanoma?", ["ipilimumab"], "Ipilimumab blocks CTLA-4 in melanoma."),
    ("c", "list", "Which drugs block PD-1?", [["nivolumab"], ["cemiplimab"]], "Nivolumab and cemiplimab block PD-1."),
)  # fmt: skip


@pytest.fixture
def suite(tmp_path: Path) -> Path:
    file = tmp_path / "bioasq.jsonl"
    lines = []
    for number, (key, kind, question, exact, text) in enumerate(ROWS, start=1):
        snippet = {"pmid": str(number), "text": text, "section": "abstract"}
        row = {"id": key, "question": question, "type": kind, "exact_answer": exact, "snippets": [snippet]}
        lines.append(json.dumps(row))
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def test_two_systems_are_one_json_object(immunorag: Command, suite: Path, tmp_path: Path) -> None:
    done = immunorag(
        "eval", "--suite", "bioasq", str(suite), "--compare", "tutorial", "--json", "--work", str(tmp_path)
    )
    told = json.loads(done.out)
    assert done.code == 0
    assert told.keys() == {"immunorag", "tutorial"}
    for system in told.values():
        assert {"system", "suite", "n", "measures", "intervals"} <= system.keys()
        assert system["measures"]["document_recall@10"] == 1.0
        assert system["measures"]["exact_answer"] > 0
        assert {"evidence_recall@1", "evidence_recall@5", "quoted_evidence", "citation_precision"} <= system[
            "measures"
        ].keys()
    assert (told["immunorag"]["suite"], told["immunorag"]["n"]) == ("bioasq", 3)
    assert told["immunorag"]["settings"]["precision"] == "fp32"


def test_a_run_is_kept_as_a_baseline_and_is_the_same_again(immunorag: Command, suite: Path, tmp_path: Path) -> None:
    arguments = ("eval", "--suite", "bioasq", str(suite), "--work", str(tmp_path / "work"))
    baseline = ("--baseline", str(tmp_path / "baseline.json"))
    assert immunorag(*arguments, *baseline).code == 1
    assert immunorag(*arguments, *baseline, "--update-baseline").code == 0
    done = immunorag(*arguments, *baseline, "--report", str(tmp_path / "report"))
    assert done.code == 0
    rows = [line.split("\t") for line in done.out.splitlines()]
    assert ["document_recall@10", "3", "1.000", "", "", "", "same"] in rows
    assert {row[6] for row in rows} <= {"same", ""}
    assert (tmp_path / "report" / "report.md").exists()


def test_a_worse_run_fails_and_says_in_what(immunorag: Command, suite: Path, tmp_path: Path) -> None:
    arguments = ("eval", "--suite", "bioasq", str(suite), "--work", str(tmp_path / "work"))
    baseline = tmp_path / "baseline.json"
    immunorag(*arguments, "--baseline", str(baseline), "--update-baseline")
    kept = json.loads(baseline.read_text(encoding="utf-8"))
    for question in kept["questions"]:
        question["values"]["citation_recall"] = 2.0
    baseline.write_text(json.dumps(kept), encoding="utf-8")
    done = immunorag(*arguments, "--baseline", str(baseline))
    assert done.code == 1
    assert "error: citation_recall is worse" in done.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--suite", "squad", "x"), "'squad' is not one of evidence-inference, bioasq, pubmedqa"),
        (("--suite", "bioasq", "x", "--split", "dev"), "--split is of our own questions"),
        (("--update-baseline",), "--update-baseline needs --baseline FILE"),
        (("--split", "train"), "dev"),
    ],
)
def test_wrong_usage_is_told(immunorag: Command, arguments: tuple[str, ...], message: str) -> None:
    done = immunorag("eval", *arguments)
    assert done.code == 2
    assert message in done.err


def test_a_suite_that_is_not_there_is_told(immunorag: Command) -> None:
    done = immunorag("eval", "--suite", "bioasq", "none.jsonl")
    assert (done.code, "none.jsonl: no such file" in done.err) == (1, True)

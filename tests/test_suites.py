"""A benchmark is read as published, or the message says which line of which file is not."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from eval.suites import SuiteError, evidence_inference, half

SHARED = Path(__file__).parents[2] / "shared" / "data" / "evidence_inference_dev"
ROW = {
    "id": "ei-1",
    "question": "What was the effect of A compared with B on C?",
    "paper": "PMC1",
    "intervention": "A",
    "comparator": "B",
    "outcome": "C",
    "label": "increased",
    "evidence": ["C rose under A."],
}


def suite_folder(folder: Path, *lines: str) -> Path:
    (folder / "papers").mkdir()
    (folder / "papers" / "PMC1.nxml").write_text("<article/>", encoding="utf-8")
    (folder / "questions.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


def test_a_question_is_read_with_all_that_is_known_of_it(tmp_path: Path) -> None:
    suite = evidence_inference(suite_folder(tmp_path, json.dumps(ROW), ""))
    (question,) = suite.questions
    assert (question.id, question.text, question.paper) == ("ei-1", ROW["question"], "PMC1")
    assert question.evidence == ("C rose under A.",)
    assert (question.intervention, question.comparator, question.outcome) == ("A", "B", "C")
    assert question.label == "increased"
    assert suite.papers == {"PMC1": tmp_path / "papers" / "PMC1.nxml"}


def test_a_unicode_line_separator_within_a_question_ends_no_line(tmp_path: Path) -> None:
    row = json.dumps({**ROW, "question": "One\u2028two?"}, ensure_ascii=False)
    assert evidence_inference(suite_folder(tmp_path, row)).questions[0].text == "One\u2028two?"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{not json", "line 2: is no JSON"),
        ("[1]", "line 2: is no JSON object"),
        (json.dumps({**ROW, "id": "ei-2", "question": ""}), "line 2: 'question' must be a text"),
        (json.dumps({**ROW, "id": "ei-2", "label": 3}), "line 2: 'label' must be a text"),
        (json.dumps({**ROW, "id": "ei-2", "evidence": []}), "line 2: 'evidence' must be a list"),
        (json.dumps({**ROW, "id": "ei-2", "evidence": [" "]}), "line 2: 'evidence' must be a list"),
        (json.dumps({**ROW, "id": "ei-2", "paper": "PMC2"}), "line 2: its paper is missing: .*PMC2.nxml"),
        (json.dumps(ROW), "line 2: the id 'ei-1' comes twice"),
    ],
)
def test_an_error_names_the_file_and_the_line(tmp_path: Path, line: str, message: str) -> None:
    folder = suite_folder(tmp_path, json.dumps(ROW), line)
    with pytest.raises(SuiteError, match=f"questions.jsonl, {message}"):
        evidence_inference(folder)


def test_a_folder_that_is_no_suite_is_named(tmp_path: Path) -> None:
    with pytest.raises(SuiteError, match="no such file"):
        evidence_inference(tmp_path)
    with pytest.raises(SuiteError, match="holds no questions"):
        evidence_inference(suite_folder(tmp_path, ""))


def test_a_paper_stays_in_its_half() -> None:
    # SHA-256("PMC1") begins with 76 (even), SHA-256("PMC2") with 3f (odd).
    assert (half("PMC1"), half("PMC2")) == ("tune", "report")


@pytest.mark.skipif(not SHARED.is_dir(), reason="the benchmark data lie beside the checkout")
def test_the_published_development_set_is_read_whole() -> None:
    suite = evidence_inference(SHARED)
    assert (len(suite.questions), len(suite.papers)) == (242, 100)
    halves = Counter(half(question.paper) for question in suite.questions)
    assert halves["tune"] > 80 and halves["report"] > 80

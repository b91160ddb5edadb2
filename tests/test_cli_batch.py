"""`immunorag batch`: a file of questions in, a file of answers out, and nothing lost when it is cut off."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from commands import COLITIS, COMMAND, NIVOLUMAB, Command

QUESTIONS = (
    "What was the response rate with nivolumab in PD-L1-positive melanoma?",
    "How often does ipilimumab cause colitis?",
    "What is the capital of France?",
)


@pytest.fixture
def library(immunorag: Command, tmp_path: Path) -> Path:
    folder = tmp_path / "papers"
    folder.mkdir()
    (folder / "nivolumab.md").write_text(NIVOLUMAB, encoding="utf-8")
    (folder / "colitis.md").write_text(COLITIS, encoding="utf-8")
    assert immunorag("ingest", "--library", tmp_path / "library", folder).code == 0
    return tmp_path / "library"


def jsonl(path: Path, *rows: object) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_each_row_gets_its_line_and_a_bad_one_stops_no_other(immunorag: Command, tmp_path: Path, library: Path) -> None:
    rows = jsonl(
        tmp_path / "q.jsonl", {"id": "a", "question": QUESTIONS[0]}, {"nothing": 1}, QUESTIONS[1], [], {"question": "?"}
    )
    done = immunorag("batch", rows, tmp_path / "a.jsonl", "--library", library)
    assert done.code == 0, done.err
    found = lines(tmp_path / "a.jsonl")
    assert [line["id"] for line in found] == ["a", "2", "3", "4", "5"]
    assert ["error" in line for line in found] == [False, True, False, True, True]
    single = json.loads(immunorag("ask", "--json", QUESTIONS[0], "--library", library).out)
    assert found[0].keys() == {"id"} | single.keys() - {"timings"}
    assert [found[0][key] for key in ("answer", "claims", "passages")] == [
        single[key] for key in ("answer", "claims", "passages")
    ]
    assert "row 2: holds no question" in done.err


def test_csv_is_read_by_its_columns(immunorag: Command, tmp_path: Path, library: Path) -> None:
    (tmp_path / "q.csv").write_text(f'note,Question,id\nx,"{QUESTIONS[1]}",one\n', encoding="utf-8")
    done = immunorag("batch", tmp_path / "q.csv", "-", "--library", library)
    assert (json.loads(done.out)["id"], json.loads(done.out)["abstained"]) == ("one", False)
    (tmp_path / "q.csv").write_text("frage\nWas?\n", encoding="utf-8")
    refused = immunorag("batch", tmp_path / "q.csv", "-", "--library", library)
    assert "no column named question" in refused.err


def test_filters_hold_for_every_question(immunorag: Command, tmp_path: Path, library: Path) -> None:
    rows = jsonl(tmp_path / "q.jsonl", QUESTIONS[0])
    immunorag("batch", rows, tmp_path / "a.jsonl", "--drug", "Yervoy", "--library", library)
    (answer,) = lines(tmp_path / "a.jsonl")
    assert answer["filters"] == {"drugs": ["Yervoy"]}
    passages = answer["passages"]
    assert isinstance(passages, list)
    assert {passage["paper_id"] for passage in passages} == {"pmid:90000002"}


def test_answers_to_other_questions_are_not_gone_on_with(immunorag: Command, tmp_path: Path, library: Path) -> None:
    first = jsonl(tmp_path / "q.jsonl", QUESTIONS[0])
    immunorag("batch", first, tmp_path / "a.jsonl", "--library", library)
    before = (tmp_path / "a.jsonl").read_bytes()
    other = jsonl(tmp_path / "other.jsonl", QUESTIONS[1])
    refused = immunorag("batch", other, tmp_path / "a.jsonl", "--library", library)
    assert refused.code == 1
    assert "answers to other questions" in refused.err
    assert (tmp_path / "a.jsonl").read_bytes() == before


def test_a_killed_run_ends_in_the_same_file(immunorag: Command, tmp_path: Path, library: Path) -> None:
    rows = jsonl(tmp_path / "q.jsonl", *(f"{question} ({n})" for n in range(50) for question in QUESTIONS))
    whole, cut = tmp_path / "whole.jsonl", tmp_path / "cut.jsonl"
    assert immunorag("batch", rows, whole, "--library", library).code == 0
    with subprocess.Popen(
        [*COMMAND, "batch", str(rows), str(cut), "--library", str(library)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=dict(os.environ),
    ) as process:
        while process.poll() is None and (not cut.exists() or cut.read_bytes().count(b"\n") < 70):
            time.sleep(0.01)
        process.send_signal(signal.SIGKILL)
    with cut.open("ab") as file:
        file.write(b'{"id": "half of a li')
    resumed = immunorag("batch", rows, cut, "--library", library)
    assert resumed.code == 0
    assert "were answered before" in resumed.err
    assert cut.read_bytes() == whole.read_bytes()


def test_an_answer_can_be_taken_away_and_retraced(immunorag: Command, tmp_path: Path, library: Path) -> None:
    audit = tmp_path / "audit.json"
    done = immunorag("ask", QUESTIONS[0], "--format", "markdown", "--audit", audit, "--library", library)
    assert "## Sources" in done.out
    found = json.loads(audit.read_text(encoding="utf-8"))
    assert found["answer"]["question"] == QUESTIONS[0]
    assert found["library"]["papers"] == 2
    assert all(verdict["passed"] for verdict in found["verdicts"])
    assert set(found["papers"]) >= {"pmid:90000001"}
    bibtex = immunorag("ask", QUESTIONS[0], "--format", "bibtex", "--library", library).out
    assert "10.1000/made.up.1" in bibtex
    assert immunorag("ask", QUESTIONS[0], "--format", "ris", "--library", library).out.startswith("TY  - JOUR")

"""A run survives its file."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from eval.questions import KeyFact
from eval.results import Asked, Cited, Found, LeftOut, Reply, Result, Run, Sentence
from eval.runs import RunError, objects, read_run, reply_from_json, to_json, write_run

ASKED = Asked(
    id="q-1", text="Does it work?", group="pmid:1", area="treatment strategy", type="yes/no", gold=("pmid:1",),
    facts=(KeyFact(("works",)), KeyFact(number=7.5, unit="months", tolerance=0.1)), verdict="yes",
    items=(("a", "A"), ("b",)), history=("What?",), standalone="Does X work?",
)  # fmt: skip
REPLY = Reply(
    sentences=(Sentence("It works.", (Cited("pmid:1", "works"),)),),
    found=(Found("pmid:1", "It works."), Found("pmid:2")),
    confidence=0.5,
    left_out=(LeftOut("It kills.", ("12 stands nowhere",)),),
    seconds=0.25,
    tokens=(10, 2),
)
RUN = Run(
    "immunorag", "own", "dev", (Result(ASKED, REPLY, {"recall@5": 1.0}, ((),), (True, False)),), {"passages": 8},
    {"numpy": "2.4"}, 7, "2026-01-31", {"pmid:1": "A trial"},
)  # fmt: skip


def test_a_run_read_back_equals_the_run_written(tmp_path: Path) -> None:
    text = io.StringIO()
    write_run(RUN, text)
    (tmp_path / "run.json").write_text(text.getvalue(), encoding="utf-8")
    assert read_run(tmp_path / "run.json") == RUN


def test_a_reply_read_back_equals_the_reply_written() -> None:
    assert reply_from_json(json.loads(json.dumps(to_json(REPLY)))) == REPLY
    assert reply_from_json({}) == Reply()


def test_what_has_its_default_is_not_written() -> None:
    assert to_json(Sentence("It works.")) == {"text": "It works."}
    assert to_json(Reply()) == {}


@pytest.mark.parametrize("row", [{"sentences": [{"text": 3}]}, {"found": [{}]}, {"confidence": "high"}, {"tokens": 3}])
def test_a_reply_of_another_shape_is_refused(row: dict[str, object]) -> None:
    with pytest.raises((TypeError, KeyError, ValueError)):
        reply_from_json(row)


def test_a_line_that_is_no_object_is_named(tmp_path: Path) -> None:
    file = tmp_path / "answers.jsonl"
    file.write_text('{"id": "q"}\n\n[]\n', encoding="utf-8")
    with pytest.raises(RunError, match="line 3: is no JSON object"):
        list(objects(file))


def test_a_file_that_is_no_run_is_named(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text("{}", encoding="utf-8")
    with pytest.raises(RunError, match=r"run\.json: holds no run"):
        read_run(tmp_path / "run.json")

"""The split `dev` of our own questions against `eval/baseline.json`: what continuous integration fails on."""

from __future__ import annotations

from pathlib import Path

from eval.baseline import read_baseline
from eval.benchmarks import own
from eval.evaluating import evaluation
from eval.report.markdown import comparison_lines
from rag.assistant import Assistant

BASELINE = Path(__file__).resolve().parent.parent / "eval" / "baseline.json"
REMEDY = "if that is meant: immunorag eval --baseline eval/baseline.json --update-baseline"


def test_the_baseline_has_every_question_of_its_split() -> None:
    kept = {result.asked.id for result in read_baseline(BASELINE).results}
    assert kept == {asked.id for asked in own("dev").asked}, REMEDY


def test_nothing_got_worse_since_the_baseline(tmp_path: Path) -> None:
    done = evaluation(own("dev"), Assistant, tmp_path, baseline=BASELINE, timed=0)
    assert done.against_baseline is not None
    assert not done.failed, "\n".join([*done.floors, *comparison_lines(done.against_baseline), REMEDY])

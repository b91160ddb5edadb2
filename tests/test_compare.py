"""Two runs are compared question by question; the runs are made by hand."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from eval.baseline import read_baseline, write_baseline
from eval.compare import broken_floors, compared
from eval.results import Asked, Reply, Result, Run
from eval.runs import RunError
from eval.summary import summarised


def result(number: int, confidence: float | None = None, expected: str = "answer", **values: float) -> Result:
    asked = Asked(f"q-{number:03}", "?", f"g-{number}", area="one" if number % 2 else "two", expected=expected)  # type: ignore[arg-type]
    return Result(asked, Reply(confidence=confidence), {name.replace("_at_", "@"): v for name, v in values.items()})


def run(*results: Result) -> Run:
    return Run("immunorag", "own", "dev", results, {"passages": 8}, {"python": "3.11"}, 1, "2026-01-31")


GOOD = run(*(result(n, recall_at_5=1.0, wrong_numbers=0.0, seconds=1.0) for n in range(40)))


def test_a_run_is_the_same_as_itself_in_every_measure() -> None:
    comparison = compared(GOOD, GOOD, "itself")
    assert {change.measure: change.trend for change in comparison.changes} == {
        "recall@5": "same",
        "wrong_numbers": "same",
    }
    assert all(
        change.difference == change.low == change.high == 0 and not change.flips for change in comparison.changes
    )
    assert comparison.worse == comparison.missing == ()


def test_what_got_worse_is_named_with_the_questions_that_flipped() -> None:
    worse = run(
        *(replace(one, values={**one.values, "recall@5": float(n >= 12)}) for n, one in enumerate(GOOD.results))
    )
    comparison = compared(GOOD, worse, "baseline")
    assert comparison.worse == ("recall@5",)
    change = comparison.changes[0]
    assert (change.before, change.after, change.difference) == pytest.approx((1.0, 0.7, -0.3))
    assert change.low < change.high < 0
    assert [flip.id for flip in change.flips] == [f"q-{n:03}" for n in range(12)]
    assert compared(worse, GOOD, "baseline").changes[0].trend == "better"


def test_one_question_of_forty_is_no_regression_yet() -> None:
    nearly = run(*(result(n, recall_at_5=float(n > 0)) for n in range(40)))
    assert compared(GOOD, nearly, "baseline").changes[0].trend == "same"


def test_where_less_is_better_more_is_worse_and_is_added_up() -> None:
    wrong = run(*(replace(one, values={**one.values, "wrong_numbers": 2.0}) for one in GOOD.results))
    change = next(one for one in compared(GOOD, wrong, "baseline").changes if one.measure == "wrong_numbers")
    assert (change.trend, change.before, change.after) == ("worse", 0, 80)


def test_a_longer_answer_does_not_fail_a_build() -> None:
    short, long = (run(*(result(n, characters=length) for n in range(20))) for length in (100.0, 200.0))
    comparison = compared(short, long, "baseline")
    assert comparison.changes[0].trend == "worse"
    assert comparison.worse == ()


def test_questions_of_one_run_only_are_told_and_not_compared() -> None:
    fewer = replace(GOOD, results=GOOD.results[:39])
    comparison = compared(GOOD, fewer, "baseline")
    assert comparison.missing == ("q-039",)
    assert comparison.changes[0].n == 39


def test_the_area_under_risk_is_compared_too() -> None:
    sure = run(
        *(result(n, 0.9, answered=1.0) for n in range(20)),
        *(result(n, 0.1, "abstain", abstention_recall=1.0) for n in range(20, 40)),
    )
    unsure = replace(sure, results=tuple(replace(one, reply=Reply(confidence=0.5)) for one in sure.results))
    assert compared(sure, unsure, "baseline").worse == ("AURC",)
    assert compared(sure, sure, "baseline").worse == ()


def test_a_floor_is_broken_by_one() -> None:
    assert broken_floors(summarised(GOOD)) == ()
    one = run(result(1, wrong_numbers=1.0, unsupported_sentences=0.0), *GOOD.results[2:])
    assert broken_floors(summarised(one)) == ("1 wrong numbers shown, 0 allowed",)


def test_a_summary_has_means_intervals_and_parts() -> None:
    summary = summarised(run(*(result(n, recall_at_5=float(n % 2)) for n in range(40))))
    assert (summary.n, summary.counts["recall@5"]) == (40, 40)
    assert summary.measures["recall@5"] == 0.5
    low, high = summary.intervals["recall@5"]
    assert 0.3 < low < 0.5 < high < 0.7
    assert summary.by["area"]["one"].measures["recall@5"] == 1.0
    assert summary.by["area"]["two"].n == 20


def test_a_baseline_is_read_back_without_texts_and_times(tmp_path: Path) -> None:
    write_baseline(GOOD, tmp_path / "baseline.json")
    again = read_baseline(tmp_path / "baseline.json")
    assert (again.system, again.suite, again.split, again.seed, again.date) == (
        "immunorag",
        "own",
        "dev",
        1,
        "2026-01-31",
    )
    assert again.settings == {"passages": 8}
    assert again.results[0].values == {"recall@5": 1.0, "wrong_numbers": 0.0}
    assert all(change.trend == "same" for change in compared(again, GOOD, "baseline").changes)


def test_a_file_that_is_no_baseline_is_named(tmp_path: Path) -> None:
    (tmp_path / "baseline.json").write_text("[]", encoding="utf-8")
    with pytest.raises(RunError, match=r"baseline\.json: is no baseline"):
        read_baseline(tmp_path / "baseline.json")
    with pytest.raises(RunError, match="--update-baseline"):
        read_baseline(tmp_path / "none.json")

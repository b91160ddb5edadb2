"""An evaluation as Markdown and as JSON, with figures made by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from eval.compare import broken_floors, compared
from eval.report import written
from eval.report.markdown import to_markdown
from eval.report.plain import figures
from eval.results import Asked, Cited, Evaluation, Judged, Reply, Result, Run, Sentence
from eval.runs import RunError, run_from_json
from eval.summary import summarised


def run(system: str, recall: float, wrong: float = 0.0) -> Run:
    sentence = Sentence("It <b>works</b> | well.", (Cited("pmid:1", "works"),))
    results = tuple(
        Result(
            Asked(f"q-{number:02}", "Does it work?", f"g-{number}", area="one" if number < 6 else "two"),
            Reply((sentence,)),
            {"recall@5": recall, "wrong_numbers": wrong},
            ((f"{number} does not stand in what it cites",),) if wrong else (),
        )
        for number in range(12)
    )
    return Run(system, "own", "dev", results, {"passages": 8}, {"python": "3.11"}, 1, "2026-01-31")


def evaluation(ours: Run, peer: Run | None = None, baseline: Run | None = None) -> Evaluation:
    summary = summarised(ours)
    return Evaluation(
        ours,
        summary,
        broken_floors(summary),
        peer,
        summarised(peer) if peer else None,
        compared(peer, ours, peer.system) if peer else None,
        compared(baseline, ours, "baseline of 2026-01-30") if baseline else None,
    )


def test_one_system_is_one_object_with_measures_and_intervals() -> None:
    told = figures(evaluation(run("immunorag", 0.5)))
    assert (told["system"], told["suite"], told["split"], told["n"]) == ("immunorag", "own", "dev", 12)
    assert told["measures"] == {"recall@5": 0.5, "wrong_numbers": 0.0}
    assert told["intervals"] == {"recall@5": [0.5, 0.5], "wrong_numbers": [0.0, 0.0]}
    assert "baseline" not in told


def test_two_systems_are_told_by_their_names_in_the_same_shape() -> None:
    told = figures(evaluation(run("immunorag", 0.5), run("tutorial", 0.25)))
    assert told.keys() == {"immunorag", "tutorial"}
    assert told["immunorag"].keys() == told["tutorial"].keys()
    assert told["tutorial"]["measures"]["recall@5"] == 0.25


def test_a_baseline_comes_with_its_verdicts() -> None:
    told = figures(evaluation(run("immunorag", 0.5, wrong=1.0), baseline=run("immunorag", 1.0)))["baseline"]
    assert told["verdicts"] == {"recall@5": "worse", "wrong_numbers": "worse"}
    assert told["worse"] == ["recall@5", "wrong_numbers"]
    assert told["floors"] == ["12 wrong numbers shown, 0 allowed"]
    assert told["failed"] is True
    assert len(told["changes"][0]["flips"]) == 12


def test_a_floor_fails_a_build_only_beside_a_baseline() -> None:
    assert evaluation(run("immunorag", 1.0, wrong=1.0)).failed is False
    assert evaluation(run("immunorag", 1.0, wrong=1.0), baseline=run("immunorag", 1.0, wrong=1.0)).failed is True
    assert evaluation(run("immunorag", 1.0), baseline=run("immunorag", 1.0)).failed is False


def test_markdown_tells_figures_parts_verdicts_and_problems() -> None:
    whole = replace(
        evaluation(run("immunorag", 0.5, wrong=1.0), run("tutorial", 0.25), run("immunorag", 1.0)),
        judged=Judged(3, 2, 0.208, 0.939, (("q-01", "It works.", "not | quite"),)),
    )
    text = to_markdown(whole)
    assert "| recall@5 | 12 | 0.500 | 0.500 to 0.500 | 0.250 |" in text
    assert "| wrong_numbers | 12 | 12 | 12 to 12 | 0 |" in text
    assert "| one | 6 | 0.500 | 6 |" in text
    assert "| recall@5 | 1.000 | 0.500 | -0.500 (-0.500 to -0.500) | worse | q-00, q-01," in text
    assert "and 4 more |" in text
    assert "**Floor broken:** 12 wrong numbers shown, 0 allowed." in text
    assert "2 of 3 sentences supported (0.208 to 0.939)." in text
    assert r"not \| quite" in text
    assert "- q-03: 3 does not stand in what it cites: It " in text


def test_nothing_that_is_shown_is_markup() -> None:
    text = to_markdown(evaluation(run("immunorag", 0.5, wrong=1.0)))
    assert "<b>" not in text
    assert r"It \<b\>works\</b\> \| well." in text


def test_every_form_lies_in_the_folder(tmp_path: Path) -> None:
    ours = run("immunorag", 0.5)
    files = written(evaluation(ours), tmp_path / "report")
    assert {"report.md", "report.json", "judge.csv"} <= {file.name for file in files}
    whole = json.loads((tmp_path / "report" / "report.json").read_text(encoding="utf-8"))
    assert run_from_json(whole["evaluation"]["run"]) == ours
    assert whole["figures"]["measures"]["recall@5"] == 0.5


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(RunError, match="name another folder"):
        written(evaluation(run("immunorag", 0.5)), tmp_path / "file")

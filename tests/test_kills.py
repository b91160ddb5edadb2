"""A library survives SIGKILL; `python -m eval.bench kills` does the same two hundred times."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from eval.bench import kills
from eval.bench.kills import PeerTally, Tally, kill_ingests, kill_upserts


def test_a_library_whose_ingest_is_killed_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kills, "_GROUPS", 2)  # of files: a smaller folder than the benchmark's
    monkeypatch.setattr(kills, "_PAPERS", 4)
    (tmp_path / "papers").mkdir()
    tally = Tally()
    kill_ingests(tmp_path, 4, 3, tally, lambda _: None)
    assert tally.complaints == []
    assert (tally.unopened, tally.out_of_step, tally.lost, tally.doubled) == (0, 0, 0, 0)
    assert tally.kills == 4
    assert tally.same == tally.ends >= 1
    assert tally.flawless


def test_the_peer_is_killed_while_it_upserts(tmp_path: Path) -> None:
    tally = PeerTally()
    kill_upserts(tmp_path, 1, 1, tally, lambda _: None)
    assert tally.kills == 1
    assert tally.broken == sum(tally.reasons.values())  # it may break: that is what is measured


@pytest.mark.parametrize("wrong", ["unopened", "out_of_step", "lost", "doubled"])
def test_one_fault_is_enough_to_miss_the_goal(wrong: str) -> None:
    tally = Tally(kills=200, ends=9, same=9)
    assert tally.flawless
    setattr(tally, wrong, 1)
    assert not tally.flawless


def test_an_ingest_that_ends_otherwise_misses_the_goal() -> None:
    assert not Tally(kills=200, ends=9, same=8).flawless
    assert not Tally(kills=200, ends=0, same=0).flawless


def test_only_whole_lines_count_as_reported(tmp_path: Path) -> None:
    lines = tmp_path / "lines"
    lines.write_text(json.dumps(["pmid:1"]) + "\n" + json.dumps(["pmid:2", "pmid:3"]) + "\n" + '["pmid:4"]')
    assert kills._reported(lines) == {"pmid:1", "pmid:2", "pmid:3"}
    assert kills._reported(tmp_path / "none") == set()


def test_the_table_is_plain_text_of_eighty_columns(capsys: pytest.CaptureFixture[str]) -> None:
    from rich.console import Console

    tally = Tally(kills=200, in_writes=101, ends=30, same=30, complaints=["kill 3, library 1: [pmid:1] is lost"])
    kills._print(Console(width=80), tally, PeerTally(kills=200, broken=9, reasons=Counter({"pickle EOF": 9})))
    printed = capsys.readouterr().out
    assert "30 of 30" in printed
    assert "[pmid:1] is lost" in printed
    assert "\x1b" not in printed
    assert max(map(len, printed.splitlines())) <= 80

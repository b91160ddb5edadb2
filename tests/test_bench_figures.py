"""What the retrieval and speed benchmarks print is worked out as they say."""

from __future__ import annotations

import pytest

from eval.bench.records import peaks
from eval.bench.retrieval import MEASURES, scores
from eval.bench.speed import Run, _where_the_seconds_go, body_share
from eval.bench.stages import Stages

EVIDENCE = ["one two three four five six seven"]


def test_the_scores_of_a_question_whose_evidence_comes_second() -> None:
    row = scores(["nothing of the kind", EVIDENCE[0]], EVIDENCE)
    assert dict(zip(MEASURES, row, strict=True)) == {
        "recall@1": 0.0, "recall@5": 1.0, "recall@10": 1.0, "MRR@10": 0.5, "recall in 5,000 ch.": 1.0,
    }  # fmt: skip


def test_evidence_at_rank_eleven_counts_only_for_what_is_read_by_characters() -> None:
    assert scores([*["filler words here"] * 10, EVIDENCE[0]], EVIDENCE) == (0.0, 0.0, 0.0, 0.0, 1.0)


def test_evidence_behind_five_thousand_characters_is_not_read() -> None:
    assert scores(["x" * 5_000, EVIDENCE[0]], EVIDENCE) == (0.0, 1.0, 1.0, 0.5, 0.0)


def test_the_share_of_the_body_text_is_one_of_distinct_trigrams_paper_by_paper() -> None:
    # Paper a: 123, 234, 345 are wanted, 123 and 234 held, in two chunks. Paper b: 678 is held by paper a alone.
    gold = {"a": ["One two three four five."], "b": ["Six seven eight."]}
    texts = {"a": ["one two three", "two three four", "six seven eight"], "b": ["nine"]}
    assert body_share(gold, texts) == pytest.approx(2 / 4)


def test_the_share_of_no_body_text_is_undefined() -> None:
    with pytest.raises(ValueError, match="without body text"):
        body_share({}, {"a": ["one two three"]})


def test_papers_a_minute_without_and_with_loading() -> None:
    run = Run(papers=16, loading=8.0, working=24.0, context=0, texts={"a": ["four", "five"]})
    assert run.per_minute() == pytest.approx(40.0)
    assert run.per_minute(with_loading=True) == pytest.approx(30.0)
    assert (run.chunks, run.characters) == (2, 8)


def test_shares_of_time_are_of_all_runs_seconds_and_parsing_stands_beside() -> None:
    stages = {"parse": 6.0, "cut": 1.0, "embed": 14.0, "write": 3.0}
    run = Run(papers=16, loading=8.0, working=20.0, context=0, texts={}, stages=stages)
    other = Run(papers=16, loading=8.0, working=20.0, context=0, texts={}, stages=stages | {"embed": 16.0})
    assert _where_the_seconds_go([run, other]) == (
        "immunorag's seconds: cut 5.0%, embed 75.0%, write 15.0%, rest 5.0%; parse, in processes beside: 30.0%"
    )


def test_a_stage_counts_its_calls_also_those_that_raise() -> None:
    stages = Stages()
    with pytest.raises(ZeroDivisionError):
        stages.around("embed", lambda: 1 / 0)()
    assert stages.around("write", lambda value: value + 1)(1) == 2
    assert stages.seconds["embed"] > 0
    assert stages.ended().keys() == {"parse", "cut", "embed", "write"}


def test_the_peak_at_a_mark_is_the_highest_until_it_is_reached() -> None:
    seen = [(0, 10), (90, 40), (120, 30), (450, 60), (600, 50)]
    assert peaks(seen, [100, 400, 500, 1_000]) == {100: 40, 400: 60, 500: 60}

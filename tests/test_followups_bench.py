"""The bench of follow-ups resolves a conversation turn by turn."""

from __future__ import annotations

from eval.bench.followups import resolved
from eval.questions import OwnQuestion
from ingest.papers import Filters


def asked(*turns: str) -> OwnQuestion:
    *before, text = turns
    return OwnQuestion(
        "x-001", text, "follow-up", "treatment strategy", "factoid", "dev", history=tuple(before), standalone="What?"
    )


def test_the_third_turn_knows_the_first() -> None:
    question = resolved(
        asked("What is tebentafusp?", "How often does uveal melanoma respond to it?", "How toxic is it?")
    )
    assert question.text == "How toxic is tebentafusp in uveal melanoma?"
    assert question.history == ()


def test_restrictions_are_read_from_what_was_understood() -> None:
    question = resolved(asked("Does nivolumab work in papers since 2020?", "And in melanoma?"))
    assert question.filters == Filters(since=2020)
    assert "2020" not in question.text

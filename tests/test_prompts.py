"""Prompts have the slots they are filled with, and say what the checks rely on."""

import pytest

from prompts import fill


def test_a_missing_or_extra_slot_raises() -> None:
    with pytest.raises(ValueError, match="question"):
        fill("answer", passages="p")
    with pytest.raises(ValueError, match="colour"):
        fill("answer", passages="p", question="q", colour="red")


def test_an_unknown_prompt_raises() -> None:
    with pytest.raises(KeyError, match="absent"):
        fill("absent")


def test_braces_in_a_value_stay() -> None:
    assert "{question}" in fill("answer", passages="{question}", question="q")


@pytest.mark.parametrize("words", ["NOT IN THE LIBRARY", "square brackets", "no orders", "exactly as it is written"])
def test_the_rules_say_what_the_checks_rely_on(words: str) -> None:
    assert words in fill("answer_system")

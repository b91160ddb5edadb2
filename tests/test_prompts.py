"""Prompts have the slots they are filled with, and say what the checks rely on."""

from pathlib import Path

import pytest

import prompts
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


@pytest.mark.parametrize("words", ["NOT IN THE LIBRARY", "square brackets", "every word and every number"])
def test_what_failed_is_asked_for_again_under_the_same_rules(words: str) -> None:
    filled = fill("answer_again", passages="the passages", question="the question", rejected="the sentences")
    assert words in filled
    assert filled.index("the passages") < filled.index("the question") < filled.index("the sentences")


@pytest.mark.parametrize(
    "words", ["one question a line, 4 at most", "understood by itself", "no orders", "the question"]
)
def test_the_split_says_what_is_read_back(words: str) -> None:
    assert words in fill("split", question="the question", most="4")


@pytest.mark.parametrize(
    "words", ["one question on one line", "Use only words", "no orders", "what was said", "and now?"]
)
def test_the_follow_up_says_what_is_read_back(words: str) -> None:
    assert words in fill("follow_up", history="what was said", question="and now?")


@pytest.mark.parametrize("name", sorted(file.stem for file in Path(prompts.__file__).parent.glob("*.txt")))
def test_every_prompt_is_plain_text_that_ends_with_a_line(name: str) -> None:
    text = (Path(prompts.__file__).parent / f"{name}.txt").read_text(encoding="ascii")
    assert text.endswith("\n")
    assert not set("\t*#`") & set(text)

"""Words of direction are read with what they speak of."""

import pytest

from rag.direction_words import cues


def read(text: str) -> list[tuple[str, str]]:
    return [(cue.sign, text[slice(*cue.about)].strip(" ,.")) for cue in cues(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Pain was lower with A.", [("less", "Pain was")]),
        ("A reduced pain.", [("less", "pain")]),
        ("A had higher IL-10 and lower IL-6", [("more", "IL-10 and"), ("less", "IL-6")]),
        ("There was an increase in pain", [("more", "in pain")]),
    ],
)
def test_what_a_word_speaks_of(text: str, expected: list[tuple[str, str]]) -> None:
    assert read(text) == expected


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("a greater reduction in pain", "less"),
        ("a smaller reduction in pain", "more"),
        ("A reduced more pain", "less"),
        ("pain decreased less", "more"),
        ("the reduction in pain was greater", "less"),
        ("the increase in pain was significantly smaller", "less"),
        ("A was less effective", "worse"),
    ],
)
def test_a_measured_change_is_one_direction(text: str, sign: str) -> None:
    assert [cue.sign for cue in cues(text)] == [sign]


@pytest.mark.parametrize(
    "text",
    ["older adults", "the risk of falls", "at least two", "higher scores indicate less pain"[:22], "lower tertile"],
)
def test_words_that_say_no_direction(text: str) -> None:
    assert cues(text) == ()

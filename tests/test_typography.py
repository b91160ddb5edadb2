"""What printers spell in many ways is compared in one, and found again where it stands."""

import pytest

from rag.typography import folded, one_spelling


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0·62 (95 % CI, 0·41–0·89)", "0.62 (95 % CI, 0.41-0.89)"),
        ("−3·5 and ·04", "-3.5 and .04"),
        ("12\u2009345 and 1\u202f234\u202f567", "12345 and 1234567"),
        ("12 345 patients", "12345 patients"),
        ("in 2016 305 patients", "in 2016 305 patients"),
        ("ﬁrst “line” of ther\u00adapy", 'first "line" of therapy'),
        ("PD‑L1", "PD-L1"),
    ],
)
def test_one_spelling(text: str, expected: str) -> None:
    assert one_spelling(text) == expected


def test_folded_text_knows_where_each_character_came_from() -> None:
    text = "an immuno-\ntherapy, ﬁrst  line"
    plain, places = folded(text)
    assert plain == "an immunotherapy,first line"
    start = plain.index("immunotherapy")
    assert text[places[start] : places[start + len("immunotherapy") - 1] + 1] == "immuno-\ntherapy"
    start = plain.index("first")
    assert text[places[start] : places[start + 4] + 1] == "ﬁrst"


def test_a_hyphen_between_digits_counts() -> None:
    assert folded("10–20")[0] == "10-20"
    assert folded("PD-\nL1")[0] == folded("PD‐L1")[0] == "PDL1"

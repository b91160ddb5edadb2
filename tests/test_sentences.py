"""Sentences end where a reader would end them, and spans are exact."""

import pytest

from ingest.sentences import sentence_spans


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    "sentence",
    [
        "Response was seen in approx. 30% of cases.",
        "The hazard ratio was 0·62 (95% CI, 0.41–0.89; P < .001).",
        "Smith et al. reported a median of 3.5 months.",
        "Nivolumab was given at 3 mg/kg i.v. every two weeks.",
        "PD-L1 was stained with antibodies, e.g. 22C3 and SP142.",
        "Growth of E. coli was not affected.",
        "Survival is shown in Fig. 2 and in Suppl. Table 1.",
    ],
)
def test_abbreviations_and_decimals_do_not_end_a_sentence(sentence: str) -> None:
    assert split(f"{sentence} Another sentence follows.") == [sentence, "Another sentence follows."]


def test_a_superscript_citation_fused_to_the_full_stop_ends_the_sentence() -> None:
    assert split("The trial was positive.12,13 The next one was not.") == [
        "The trial was positive.12,13",
        "The next one was not.",
    ]


def test_paragraphs_and_table_rows_end_a_sentence() -> None:
    assert split("Arm: nivolumab; ORR: 40%\nArm: docetaxel; ORR: 9%\n\nA new paragraph") == [
        "Arm: nivolumab; ORR: 40%",
        "Arm: docetaxel; ORR: 9%",
        "A new paragraph",
    ]


def test_spans_count_code_points_within_the_whole_text() -> None:
    text = "Ünrelated 𝛼. IFN-γ rose. It fell."
    spans = sentence_spans(text, start=13)
    assert [text[start:end] for start, end in spans] == ["IFN-γ rose.", "It fell."]
    assert spans[0] == (13, 24)


def test_no_letter_is_lost_between_sentences() -> None:
    text = "One sentence vs. another (n = 3). Two?  Three!\n\n 4. Four [5]. Dr. Who, i.e. five."
    kept = "".join(split(text)).replace(" ", "")
    assert kept == "".join(text.split())

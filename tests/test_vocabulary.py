"""Names are found whole, in their own sense and at their exact place, and lead to their concepts."""

from __future__ import annotations

from itertools import pairwise

import pytest

from ingest.errors import ImmunoragError, UnknownConcept
from ingest.vocabulary import (
    Concept,
    ConceptKind,
    concept,
    concepts,
    concepts_in,
    fingerprint,
    mentions,
    narrower,
)
from ingest.vocabulary.matching import Tagger
from ingest.vocabulary.terms import Term


def found(text: str) -> list[tuple[str, str]]:
    """Concept ids and the stretches of the text that name them."""
    return [(one.concept.id, text[one.start : one.end]) for one in mentions(text)]


def ids(text: str) -> list[str]:
    return [one.concept.id for one in mentions(text)]


def test_generic_brand_and_code_name_one_drug() -> None:
    assert found("Pembrolizumab, Keytruda® and MK 3475") == [
        ("drug:pembrolizumab", "Pembrolizumab"),
        ("drug:pembrolizumab", "Keytruda"),
        ("drug:pembrolizumab", "MK 3475"),
    ]


@pytest.mark.parametrize("text", ["PD-L1", "PD‑L1", "PD–L1", "PDL1", "pd l1", "PD-\nL1", "B7-H1", "CD274"])
def test_hyphens_dashes_and_case_do_not_matter(text: str) -> None:
    assert found(text) == [("biomarker:PD-L1", text)]


def test_pd_1_is_not_pd_l1_and_its_antibodies_are_drugs() -> None:
    assert ids("PD-1 and PD-L1") == ["biomarker:PD-1", "biomarker:PD-L1"]
    assert ids("anti-PD-1, PD-1 blockade, PD-L1 inhibitors, anti-PD-(L)1") == [
        "drug:PD-1 inhibitor", "drug:PD-1 inhibitor", "drug:PD-L1 inhibitor", "drug:PD-1/PD-L1 inhibitor",
    ]  # fmt: skip


def test_a_greek_letter_and_its_name_are_one() -> None:
    assert ids("IFN-γ") == ids("IFNγ") == ids("IFN-gamma") == ["biomarker:interferon gamma"]
    assert ids("αPD-1") == ["drug:PD-1 inhibitor"]


def test_british_spelling_accents_and_plurals_do_not_matter() -> None:
    assert ids("oesophageal tumours") == ids("esophageal tumor") == ["cancer:esophageal cancer"]
    assert ids("Guillain-Barré") == []  # no name on its own
    assert ids("Guillain–Barré syndrome") == ids("Guillain-Barre syndrome")
    assert ids("oncolytic viruses, TLSs, brain metastases") == [
        "drug:oncolytic virus", "biomarker:tertiary lymphoid structures", "cancer:brain metastasis",
    ]  # fmt: skip


def test_the_span_is_exact_where_letters_fold_to_more_or_fewer() -> None:
    text = "Straße 5: pem\u00adbrolizumab, CTLA₄, Se\u0301zary syndrome, ﬁrst-line 𝔘 nivolumab"
    assert found(text) == [
        ("drug:pembrolizumab", "pem\u00adbrolizumab"),
        ("biomarker:CTLA-4", "CTLA₄"),
        ("cancer:Sézary syndrome", "Se\u0301zary syndrome"),
        ("setting:first-line", "ﬁrst-line"),
        ("drug:nivolumab", "nivolumab"),
    ]


@pytest.mark.parametrize("text", ["PD-L10", "xPD-L1", "SCLCX", "B7-H10", "CD1900", "nivolumabx", "IL-2R", "OS1"])
def test_a_part_of_another_name_is_no_mention(text: str) -> None:
    assert found(text) == []


def test_the_number_of_a_reference_may_touch_a_long_name() -> None:
    assert found("pembrolizumab12 and nivolumab³") == [
        ("drug:pembrolizumab", "pembrolizumab"), ("drug:nivolumab", "nivolumab"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    ["the car and the till", "til dawn", "a vista of the tide", "amplified by PCR", "all patients", "we met uni staff"],
)
def test_words_are_no_abbreviations(text: str) -> None:
    assert found(text) == []


def test_an_abbreviation_counts_in_its_own_case() -> None:
    assert ids("CAR and TILs and OS and pCR") == [
        "drug:CAR-T cell therapy", "biomarker:tumor-infiltrating lymphocytes", "endpoint:overall survival",
        "endpoint:pathological complete response",
    ]  # fmt: skip


def test_a_heading_in_capitals_tells_no_abbreviation() -> None:
    assert ids("BENEFIT IN ALL PATIENTS WITH LEUKEMIA") == ["cancer:leukemia"]
    assert "cancer:acute lymphoblastic leukemia" in ids("Children with relapsed ALL, the commonest leukemia")


def test_a_guarded_abbreviation_needs_its_context_once_in_a_text() -> None:
    assert ids("The CR of 3.") == []
    assert ids("The CR rate was high.") == ["endpoint:complete response"]
    far = "word " * 60
    assert ids(f"Complete remission was deep. {far} CR lasted.") == ["endpoint:complete response"] * 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Osteosarcoma (OS) is rare. OS spreads.", ["cancer:osteosarcoma"]),
        ("Open surgery (OS) was safe; OS took an hour.", ["drug:surgery"]),
        ("Overall survival (OS) was long. OS doubled.", ["endpoint:overall survival"] * 3),
        ("natural killer (NK) cells", ["biomarker:natural killer cells"]),
        ("In melanoma (OS 12 months)", ["cancer:melanoma", "endpoint:overall survival"]),
    ],
)
def test_a_text_may_introduce_an_abbreviation_for_something_else(text: str, expected: list[str]) -> None:
    assert ids(text) == expected


def test_what_must_stand_ahead_must_do_so_every_time() -> None:
    assert found("advanced melanoma at an advanced age") == [
        ("setting:advanced", "advanced"), ("cancer:melanoma", "melanoma"),
    ]  # fmt: skip


def test_the_longest_name_wins() -> None:
    assert found("non-small-cell lung cancer") == [("cancer:non-small cell lung cancer", "non-small-cell lung cancer")]
    assert found("non-metastatic") == []
    assert ids("the IL-2 receptor") == []
    assert ids("ulcerative colitis, then colitis") == ["event:colitis"]


def test_names_do_not_run_over_paragraphs_or_sentences() -> None:
    assert ids("small cell\n\nlung cancer") == ["cancer:lung cancer"]
    assert ids("It was small cell. Lung cancer") == ["cancer:lung cancer"]


def test_one_phrase_may_name_concepts_of_several_kinds() -> None:
    drug, event = Concept("drug", "flare therapy"), Concept("event", "flare")
    tagger = Tagger([Term("flare", drug), Term("flare", event), Term("flares", event)])
    assert [(one.concept.id, one.start) for one in tagger.mentions("A flare")] == [
        ("drug:flare therapy", 2), ("event:flare", 2),
    ]  # fmt: skip


def test_a_tagger_without_terms_finds_nothing() -> None:
    assert Tagger([]).mentions("pembrolizumab") == []


@pytest.mark.parametrize("text", ["", " ", "\n\n\n", "\u00ad", "—", "’s", "\ud800", "α", "𝟙"])
def test_odd_texts_name_nothing(text: str) -> None:
    assert mentions(text) == []


def test_mentions_are_in_order_and_inside_the_text() -> None:
    text = "irColitis, anti–PD-1 and Keytruda in NSCLC: OS, ORR; CAR-T vs. TIL therapy " * 20
    spans = [(one.start, one.end) for one in mentions(text)]
    assert spans == sorted(spans)
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))
    assert len(spans) == 20 * 8


def test_concepts_in_a_text_are_counted_once() -> None:
    assert {one.id for one in concepts_in("Keytruda is pembrolizumab")} == {"drug:pembrolizumab"}


@pytest.mark.parametrize(
    ("kind", "name", "expected"),
    [
        ("drug", "keytruda", "pembrolizumab"),
        ("drug", "cemiplimab-rwlc", "cemiplimab"),
        ("drug", "MPDL3280A", "atezolizumab"),
        ("drug", "αPD1", "PD-1 inhibitor"),
        ("biomarker", "cd274", "PD-L1"),
        ("biomarker", "pdcd1", "PD-1"),
        ("cancer", " nsclc ", "non-small cell lung cancer"),
        ("event", "irColitis", "colitis"),
        ("event", "immune-mediated colitis", "colitis"),
        ("event", "checkpoint inhibitor-induced pneumonitis", "pneumonitis"),
        ("endpoint", "os", "overall survival"),
        ("setting", "1L", "first-line"),
        ("method", "uni", "UNI"),
    ],
)
def test_a_concept_is_found_by_any_of_its_names(kind: ConceptKind, name: str, expected: str) -> None:
    assert concept(kind, name).name == expected


def test_every_concept_is_found_by_every_name_it_shows() -> None:
    for one in concepts():
        for name in (one.name, *one.synonyms):
            assert concept(one.kind, name) == one


def test_an_unknown_name_suggests_the_nearest() -> None:
    with pytest.raises(
        UnknownConcept, match=r"no drug is called 'pembrolizumap' .* did you mean pembrolizumab"
    ) as error:
        concept("drug", "pembrolizumap")
    assert isinstance(error.value, ImmunoragError)
    with pytest.raises(UnknownConcept, match="try another name"):
        concept("cancer", "q" * 10_000)


def test_narrower_concepts_are_those_below_at_any_depth() -> None:
    below = narrower(concept("drug", "immune checkpoint inhibitor"))
    assert below[0].name == "immune checkpoint inhibitor"
    names = [one.name for one in below]
    assert {"PD-1 inhibitor", "pembrolizumab", "ipilimumab", "cadonilimab"} <= set(names)
    assert len(names) == len(set(names))
    assert "blinatumomab" not in names
    assert narrower(concept("drug", "pembrolizumab")) == (concept("drug", "pembrolizumab"),)
    assert concept("cancer", "LUAD") in narrower(concept("cancer", "lung cancer"))


def test_concepts_of_a_kind() -> None:
    assert {one.kind for one in concepts("event")} == {"event"}
    assert len(concepts()) == sum(
        len(concepts(kind)) for kind in ("cancer", "drug", "biomarker", "event", "setting", "endpoint", "method")
    )


def test_the_fingerprint_is_sixteen_hexadecimal_digits_and_stays() -> None:
    assert fingerprint() == fingerprint()
    assert len(fingerprint()) == 16
    int(fingerprint(), 16)

"""What a claim names, the cited text names: by any synonym, or more exactly, never something beside it."""

import pytest

from rag.names import foreign_names, trials_in

SOURCE = "CheckMate 057 (NCT01673867) gave nivolumab in non-small-cell lung cancer and measured PD-L1 and KRAS."


@pytest.mark.parametrize(
    "claim",
    [
        "Opdivo was given in NSCLC.",
        "A PD-1 inhibitor was given in lung cancer.",
        "CD274 expression was measured.",
        "Immunotherapy was given in checkmate-057.",
        "In NCT01673867, nivolumab was better than placebo.",
    ],
)
def test_synonyms_and_broader_names_pass(claim: str) -> None:
    assert foreign_names(claim, [SOURCE]) is None


@pytest.mark.parametrize(
    ("claim", "name"),
    [
        ("Pembrolizumab was given in NSCLC.", "pembrolizumab"),
        ("Nivolumab was given in small cell lung cancer.", "small cell lung cancer"),
        ("Nivolumab was given in melanoma.", "melanoma"),
        ("NRAS was measured.", "NRAS"),
        ("LAG-3 was measured.", "LAG-3"),
        ("CheckMate 017 gave nivolumab.", "CHECKMATE-17"),
        ("NCT02142738 gave nivolumab.", "NCT02142738"),
    ],
)
def test_siblings_do_not(claim: str, name: str) -> None:
    assert name in (foreign_names(claim, [SOURCE]) or "")


def test_pd_1_is_not_pd_l1() -> None:
    assert foreign_names("PD-1 was measured.", ["PD-L1 was measured in melanoma."]) is not None
    assert foreign_names("PD-L1 was measured.", ["PD-1 was measured in melanoma."]) is not None


def test_abbreviations_and_trials_of_the_paper_are_known() -> None:
    context = "Renal cell carcinoma (RCC) was treated."
    assert foreign_names("Renal cell carcinoma responded.", ["RCC responded."], context) is None
    assert foreign_names("KEYNOTE-024 was positive.", ["The trial was positive."], trials=["KEYNOTE 024"]) is None


def test_trials_in_one_spelling() -> None:
    assert trials_in("KEYNOTE-024, Keynote 24 and IMspire150; MPDL3280A") == {"KEYNOTE-24", "IMSPIRE-150"}

"""Studies disagree only where they compared the same in comparable people; what else differs is told."""

from dataclasses import replace
from typing import Any

import pytest

from ingest.papers import Chunk, Paper
from rag.answer import Disagreement, Passage
from rag.disagreement import disagreements
from tests.made_papers import paper

QUESTION = "Does pembrolizumab prolong overall survival in melanoma?"
LONGER = (
    "Pembrolizumab prolonged overall survival in melanoma compared with chemotherapy (HR 0.60, 95% CI 0.45 to 0.80)."
)
NONE = (
    "Pembrolizumab did not prolong overall survival in melanoma compared with chemotherapy "
    "(HR 1.01, 95% CI 0.84 to 1.21)."
)


def study(number: int, text: str, **more: Any) -> Paper:
    return paper(number, text, **({"design": "randomised trial", "species": ("human",)} | more))


def passages(*papers: Paper) -> list[Passage]:
    return [
        Passage(Chunk(f"{one.id}#0", one.id, one.sections[0], None, 0, len(one.text)), one, one.text, 1.0)
        for one in papers
    ]


def found(*papers: Paper, question: str = QUESTION) -> tuple[Disagreement, ...]:
    return disagreements(question, passages(*papers))


def test_a_benefit_and_none_are_set_side_by_side_word_for_word() -> None:
    (apart,) = found(study(1, LONGER), study(2, NONE, sample_size=900))
    assert (apart.subject, apart.endpoint) == ("pembrolizumab", "overall survival")
    assert [(side.finding, side.citation.quote) for side in apart.sides] == [
        ("no difference", NONE),
        ("longer", LONGER),
    ]


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ("melanoma", "renal cell carcinoma"),
        ("untreated melanoma", "previously treated melanoma"),
        ("resected melanoma", "metastatic melanoma"),
        ("PD-L1-positive melanoma", "PD-L1-negative melanoma"),
        ("melanoma", "elderly patients with melanoma"),
    ],
)
def test_other_people_are_no_disagreement(here: str, there: str) -> None:
    one, other = study(1, LONGER.replace("melanoma", here)), study(2, NONE.replace("melanoma", there))
    assert found(one, other, question="Does pembrolizumab prolong overall survival?") == ()


def test_another_comparator_endpoint_or_species_is_no_disagreement() -> None:
    assert found(study(1, LONGER), study(2, NONE.replace("chemotherapy", "ipilimumab"))) == ()
    assert found(study(1, LONGER), study(2, NONE.replace("overall", "progression-free"))) == ()
    mice = study(2, NONE.replace("in melanoma", "in mice with melanoma"), design="preclinical", species=("mouse",))
    assert found(study(1, LONGER), mice) == ()


def test_studies_that_are_not_comparable_with_each_other_are_never_put_in_one_row() -> None:
    anywhere = study(1, LONGER.replace(" in melanoma", ""), title="A trial")
    lung, skin = (study(number, NONE.replace("melanoma", cancer)) for number, cancer in ((2, "NSCLC"), (3, "melanoma")))
    (apart,) = found(anywhere, lung, skin, question="Does pembrolizumab prolong overall survival?")
    assert len(apart.sides) == 2


def test_a_disagreement_in_another_cancer_than_asked_about_is_not_shown() -> None:
    lung = (study(1, LONGER.replace("melanoma", "NSCLC")), study(2, NONE.replace("melanoma", "NSCLC")))
    assert found(*lung) == ()
    assert len(found(*lung, question="Does pembrolizumab prolong overall survival in lung cancer?")) == 1


def test_an_interval_that_holds_the_others_figure_on_the_same_side_is_no_disagreement() -> None:
    small = NONE.replace("HR 1.01, 95% CI 0.84 to 1.21", "HR 0.71, 95% CI 0.44 to 1.14")
    assert found(study(1, LONGER), study(2, small)) == ()


def test_reviews_and_protocols_disagree_with_nobody() -> None:
    assert found(study(1, LONGER), study(2, NONE, design="review")) == ()
    assert found(study(1, LONGER), study(2, NONE, design="protocol of a randomised trial")) == ()


def test_reports_of_one_trial_disagree_only_between_data_cuts() -> None:
    early = study(1, NONE, year=2019, trials=("KEYNOTE-901",))
    late = study(2, LONGER, year=2022, trials=("KEYNOTE-901",))
    assert found(early, replace(late, year=2019)) == ()
    (apart,) = found(early, late)
    assert apart.differences[0] == "data cut: 2022 against 2019"


def test_what_else_differs_is_told() -> None:
    one = study(
        1, LONGER.replace("in melanoma", "in melanoma with PD-L1 of at least 50%"), design="phase 3 randomised trial"
    )
    other = study(2, NONE.replace("in melanoma", "in melanoma with PD-L1 of at least 1%"), design="cohort study")
    (apart,) = found(one, other)
    assert apart.differences == (
        "cut-off: at least 50% against at least 1%",
        "design: phase 3 randomised trial against cohort study",
    )


def test_drugs_of_the_class_that_is_asked_about_are_compared() -> None:
    one, other = study(1, LONGER), study(2, NONE.replace("Pembrolizumab", "Nivolumab"))
    assert found(one, other) == ()
    (apart,) = found(one, other, question="Do PD-1 inhibitors prolong overall survival in melanoma?")
    assert (apart.subject, apart.differences) == ("PD-1 inhibitor", ("drug: pembrolizumab against nivolumab",))


def test_the_arm_that_is_asked_about_may_be_the_other_one() -> None:
    turned = "Chemotherapy led to shorter overall survival in melanoma than pembrolizumab (P=0.01)."
    assert found(study(1, LONGER), study(2, turned)) == ()
    assert len(found(study(1, turned), study(2, NONE))) == 1


def test_what_another_trial_found_is_not_this_papers_finding() -> None:
    echo = study(
        2, "In KEYNOTE-777 pembrolizumab did not prolong overall survival in melanoma.", trials=("KEYNOTE-901",)
    )
    assert found(study(1, LONGER), echo) == ()


def test_markers_are_compared_under_the_same_therapy() -> None:
    question = "Does KEAP1 predict overall survival in lung adenocarcinoma?"
    worse = "KEAP1 mutations were associated with shorter overall survival in lung adenocarcinoma on nivolumab."
    none = "KEAP1 mutations were not associated with overall survival in lung adenocarcinoma on nivolumab."
    other = none.replace("nivolumab", "chemotherapy")
    assert len(found(study(1, worse), study(2, none), question=question)) == 1
    assert found(study(1, worse), study(2, other), question=question) == ()

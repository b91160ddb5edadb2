"""The classes of designs, and what people type for them."""

from __future__ import annotations

from typing import get_args

import pytest

from ingest.papers import DesignClass
from ingest.readers.publication_types import design_of
from ingest.study import UnknownDesign, design_class, design_named


@pytest.mark.parametrize(
    ("design", "kind"),
    [
        ("phase 3 randomised trial", "randomised trial"),
        ("Randomized controlled trial", "randomised trial"),
        ("phase 1/2 trial", "trial"),
        ("non-randomised trial", "trial"),
        ("protocol of a phase 3 randomised trial", "protocol"),
        ("post hoc analysis of a randomised trial", "cohort"),
        ("meta-analysis of randomised trials", "meta-analysis"),
        ("systematic review", "systematic review"),
        ("cohort with validation cohorts", "cohort"),
        ("observational study", "cohort"),
        ("case series", "case report"),
        ("mouse experiments", "preclinical"),
        ("narrative review", "review"),
        ("comment", "editorial"),
        ("", None),
        ("lecture", None),
    ],
)
def test_a_design_in_words_belongs_to_a_class(design: str, kind: DesignClass | None) -> None:
    assert design_class(design) == kind


@pytest.mark.parametrize("kind", get_args(DesignClass))
def test_every_class_is_known_by_its_own_name(kind: DesignClass) -> None:
    assert (design_class(kind), design_named(kind), design_named(f"{kind}s".upper())) == (kind, kind, kind)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("RCT", "randomised trial"),
        ("rcts", "randomised trial"),
        ("randomized-trial", "randomised trial"),
        ("phase 3", "randomised trial"),
        ("Phase II", "trial"),
        ("phase 1/2", "trial"),
        ("meta", "meta-analysis"),
        ("meta analysis", "meta-analysis"),
        ("systematic_review", "systematic review"),
        ("case series", "case report"),
        ("retrospective", "cohort"),
        ("real-world", "cohort"),
        ("in vitro", "preclinical"),
        ("in silico", "computational"),
        ("guidelines", "guideline"),
        ("study protocol", "protocol"),
    ],
)
def test_what_people_type_names_a_class(name: str, kind: DesignClass) -> None:
    assert design_named(name) == kind


@pytest.mark.parametrize("name", ["", "lecture", "nature"])
def test_an_unknown_design_is_refused_with_the_known_ones(name: str) -> None:
    with pytest.raises(UnknownDesign, match=r"known are meta-analysis, systematic review, .*, editorial") as refused:
        design_named(name)
    assert repr(name) in str(refused.value)


@pytest.mark.parametrize(("types", "design"), [(["Editorial", "Comment"], "editorial"), (["News"], "news")])
def test_publication_types_tell_opinions(types: list[str], design: str) -> None:
    assert design_of(types) == design
    assert design_class(design) == "editorial"

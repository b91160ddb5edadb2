"""What was seen in animals and cells is never told as if patients had it."""

from dataclasses import replace
from typing import Any

import pytest

from rag.answer import Citation, Claim, Verdict
from rag.preclinical import patients_were_studied, studied_in
from tests.passages import passage

MICE = "Blocking TIGIT shrank B16 melanomas and doubled survival."


def claim(text: str, source: str = MICE, **paper: Any) -> Claim:
    fields = {"design": "preclinical", "species": ("mouse",)} | paper
    found = passage(1, source)
    found = replace(found, paper=replace(found.paper, **fields))
    return Claim(text, (Citation(1, found, source, 0, len(source)),), Verdict(passed=True))


@pytest.mark.parametrize(
    "text",
    [
        "Blocking TIGIT doubled survival of patients with melanoma.",
        "People with melanoma lived longer with a TIGIT antibody.",
        "Blocking TIGIT led to clinical responses in melanoma.",
    ],
)
def test_a_claim_about_patients_from_mice_alone_fails(text: str) -> None:
    assert patients_were_studied(claim(text)) == "speaks of patients, but what it cites was seen in mice only"


@pytest.mark.parametrize(
    "text",
    [
        "Blocking TIGIT doubled survival of mice with melanoma.",
        "Blocking TIGIT may help patients with melanoma.",
        "Blocking TIGIT shrank patient-derived xenografts of melanoma.",
        "Blocking TIGIT has not been tested in patients.",
        "Humanised mice with human melanoma cells lived twice as long.",
    ],
)
def test_what_is_hoped_for_or_told_of_mice_passes(text: str) -> None:
    assert patients_were_studied(claim(text)) is None


def test_a_paper_that_studied_people_as_well_may_speak_of_them() -> None:
    text = "TIGIT was high in patients with melanoma."
    assert patients_were_studied(claim(text, species=("human", "mouse"))) is None
    assert patients_were_studied(claim(text, source="Tumours of 40 patients held TIGIT.")) is None


def test_a_quote_from_mice_gets_a_lead_unless_it_says_so_itself() -> None:
    assert studied_in(claim(MICE)) == "mice"
    assert studied_in(claim(MICE, species=("mouse", "cell line"))) == "mice and cell lines"
    assert studied_in(claim(MICE, species=())) == "the laboratory"
    assert studied_in(claim("In mice, blocking TIGIT doubled survival.")) == ""
    assert studied_in(claim(MICE, species=("human",))) == ""

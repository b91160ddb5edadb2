"""The trials a paper reports, by name and by registry number."""

from __future__ import annotations

import pytest

from ingest.readers.identifiers import trial_ids
from ingest.study import classified
from tests.studied import paper


@pytest.mark.parametrize(
    ("title", "names"),
    [
        ("Overall survival in KEYNOTE 024", ("KEYNOTE-024",)),
        ("Update of Keynote-24 and keynote‑189", ("KEYNOTE-024", "KEYNOTE-189")),
        ("Pooled KEYNOTE-001, 002 and 006", ("KEYNOTE-001", "KEYNOTE-002", "KEYNOTE-006")),
        ("Checkmate-227 and CheckMate 9LA", ("CheckMate 227", "CheckMate 9LA")),
        ("IMpower 150 and ImPower010", ("IMpower150", "IMpower010")),
        ("JAVELIN Renal 101: avelumab plus axitinib", ("JAVELIN Renal 101",)),
        ("Durvalumab after chemoradiotherapy in PACIFIC", ("PACIFIC",)),
        ("RATIONALE 303, ORIENT-11 and HIMALAYA", ("RATIONALE-303", "ORIENT-11", "HIMALAYA")),
        ("Durvalumab with or without tremelimumab: the POSEIDON study", ("POSEIDON",)),
        ("LICC: a phase II trial of a vaccine", ("LICC",)),
        ("Atezolizumab or docetaxel (POPLAR): a randomised trial", ("POPLAR",)),
        ("An echo 301 ms later, with a rationale 2 pages long", ()),
        ("The RCT study, a MRI study and the NSCLC trial", ()),
        ("DeepCC: a framework for subtypes", ()),
        ("Pacific islands and their health", ()),
    ],
)
def test_trials_are_known_in_one_spelling(title: str, names: tuple[str, ...]) -> None:
    assert classified(paper(title, "80 patients were randomised to A or B.")).trials == names


def test_names_of_the_abstract_count_where_the_title_has_none_and_those_of_others_do_not() -> None:
    told = "In CheckMate 026, 80 patients were randomised. Earlier, KEYNOTE-024 had shown a benefit."
    assert classified(paper("Nivolumab first", told)).trials == ("CheckMate 026",)
    assert classified(paper("KEYNOTE-042", told)).trials == ("KEYNOTE-042",)


def test_a_review_reports_no_trial() -> None:
    told = paper("Checkpoint inhibitors", "This review discusses KEYNOTE-024 and the POPLAR trial (NCT02142738).")
    assert classified(told).trials == ()


def test_a_digest_names_its_own_trial_where_it_opens() -> None:
    told = paper(
        "Nivolumab first",
        "",
        ("introduction", "CheckMate 026 asked whether nivolumab is better."),
        ("discussion", "In KEYNOTE-024 pembrolizumab was better."),
        source="digest",
        design="phase 3 randomised trial",
    )
    assert classified(told).trials == ("CheckMate 026",)


NUMBERS = ("NCT00000001", "NCT00000002")


def test_of_the_numbers_in_a_full_text_the_registered_one_is_the_papers_own() -> None:
    told = paper(
        "Drug A or B",
        "80 patients were randomised to A or B.",
        ("methods", "The trial was registered at ClinicalTrials.gov as NCT00000001."),
        ("discussion", "Another trial (NCT00000002) is under way."),
        trial_ids=NUMBERS,
    )
    assert classified(told).trial_ids == ("NCT00000001",)


def test_numbers_that_a_record_carries_beside_its_text_are_its_own() -> None:
    told = paper("Drug A or B", "80 patients were randomised to A or B.", source="pubmed", trial_ids=NUMBERS)
    assert classified(told).trial_ids == NUMBERS


def test_a_review_owns_none_of_the_trials_that_it_discusses() -> None:
    under_way = "NCT00000001 and NCT00000002 are under way."
    told = paper("Drugs", "This review discusses drugs.", ("other", under_way), trial_ids=NUMBERS)
    assert classified(told).trial_ids == ()


def test_the_only_number_of_a_study_is_its_own() -> None:
    told = paper("Drug A or B", "80 patients were randomised.", ("other", "NCT00000001."), trial_ids=NUMBERS[:1])
    assert classified(told).trial_ids == NUMBERS[:1]


def test_the_numbers_of_a_digest_stay_as_they_are() -> None:
    told = paper("Drug A", "It was compared with B (NCT00000002).", trial_ids=NUMBERS, source="digest", design="review")
    assert classified(told).trial_ids == NUMBERS


def test_registers_of_many_countries_are_known() -> None:
    text = "jRCTs031180159; CTRI/2018/05/013837, ChiCTR-IIR-17013257, EU CT 2022-500123-12-00, EudraCT 2015-000123-22."
    assert trial_ids(text) == (
        "jRCTs031180159", "CTRI/2018/05/013837", "ChiCTR-IIR-17013257", "2022-500123-12-00", "2015-000123-22",
    )  # fmt: skip

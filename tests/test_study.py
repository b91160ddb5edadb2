"""What kind of evidence a paper is, told from titles, abstracts and publication types."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from ingest.papers import Paper
from ingest.study import classified
from ingest.study.excerpt import MOST_LEAD, MOST_METHODS, MOST_TITLE, excerpt
from tests.studied import paper

FILLED = {"design", "species", "prospective", "sample_size", "trial_ids", "trials"}


@pytest.mark.parametrize(
    ("title", "abstract", "design"),
    [
        ("Drug A or drug B", "In this open-label phase 3 trial, 305 patients were randomly assigned to A or B.",
         "phase 3 randomised trial"),
        ("Drug A after drug B", "In this single-arm phase II study, 40 patients received drug A.", "phase 2 trial"),
        ("A phase Ib/II trial of drug A", "We enrolled 30 adults with melanoma.", "phase 1/2 trial"),
        ("Drug A: study protocol for a phase 3 randomised trial", "Patients will receive A or B.",
         "protocol of a phase 3 randomised trial"),
        ("Drug A in lung cancer", "Eligible patients will be randomised to A or B; 200 are needed.",
         "protocol of a randomised trial"),
        ("Tumour burden and benefit", "This post hoc analysis of a randomised trial compared 90 patients.",
         "post hoc analysis of a randomised trial"),
        ("Benefit of drug A: a meta-analysis", "Five randomised trials were pooled.", "meta-analysis"),
        ("Benefit of drug A", "We searched PubMed and Embase, and 12 studies were included.", "systematic review"),
        ("How drug A works", "In this review, we discuss randomised trials of drug A in patients.", "review"),
        ("Guidelines: colitis under drug A", "A panel agreed on 12 statements.", "guideline"),
        ("Outcomes of drug A", "We retrospectively reviewed the records of 80 patients.", "retrospective cohort study"),
        ("Smoking and drug A", "In a case-control study, 40 cases were set against 80 controls.", "case-control study"),
        ("Nurses on drug A", "We held in-depth interviews with 14 nurses.", "qualitative study"),
        ("Myocarditis under drug A", "A 61-year-old man had chest pain after the second dose.", "case report"),
        ("Colitis under drug A: a case series", "We describe 6 patients.", "case series"),
        ("Skin tumours: a case series", "Case series. A total of 357 patients were seen.", "case series"),
        ("Skin tumours of two peoples", "Case series. A total of 357 patients were compared.", "cohort study"),
        ("Drug A slows tumours", "BALB/c mice were randomly assigned to drug A or saline; tumours shrank in mice.",
         "preclinical study"),
        ("Drug A kills cells", "MCF-7 cells were treated with drug A. Western blot showed less protein.",
         "preclinical study"),
        ("Knees after surgery", "Six human cadaver knees were tested before and after surgery.", "preclinical study"),
        ("Grafts and drug A", "Cadaveric donor kidneys of 40 patients were studied. Patients were followed for 1 year.",
         "cohort study"),
        ("Vitamin D and T cells", "We performed an uncontrolled supplementation trial among 50 subjects.", "trial"),
        ("Talking to the dying", "Physicians filled in a questionnaire before and after the training.", "trial"),
        ("Masks for infants", "Participants were asked to ventilate a simulator with each of 2 masks.", "trial"),
        ("Pain after surgery", "Participants were asked to rate their pain. We followed 90 patients.", "cohort study"),
        ("Home readings", "39 patients randomised to the intervention arm of a trial kept booklets.",
         "post hoc analysis of a randomised trial"),
        ("Survival of sisters", "In a population-based cohort, 831 patients were followed from the proband on.",
         "cohort study"),
        ("GABA in fibres", "The purpose of this review is to show release. We used slices of guinea pigs.",
         "preclinical study"),
        ("Peaks of mice", "The software is written in R and available at https://example.org; mice and mice.",
         "computational study"),
        ("Waiting or treating", "A Markov model compared waiting with treating at the age of 69.",
         "computational study"),
        ("Deep learning reads slides", "We trained a network on slides of 900 patients.", "computational study"),
        ("Editorial: on drug A", "It is early days.", "editorial"),
        ("Correction: Drug A or drug B", "", ""),
        ("RETRACTED: Drug A or drug B", "80 patients were randomised to A or B.", "randomised trial"),
    ],
)  # fmt: skip
def test_a_design_is_told_from_title_and_abstract(title: str, abstract: str, design: str) -> None:
    assert classified(paper(title, abstract)).design == design


@pytest.mark.parametrize(
    "abstract",
    [
        "Previous randomised trials of drug A failed. We followed 90 patients who took it.",
        "Patients were randomly divided into training and validation cohorts. We followed 90 patients.",
        "Controls were randomly selected from the registry. We followed 90 patients.",
    ],
)
def test_the_word_random_makes_no_trial_of_an_observation(abstract: str) -> None:
    assert classified(paper("Survival under drug A", abstract)).design == "cohort study"


@pytest.mark.parametrize(
    ("stated", "told", "design"),
    [
        ("trial", "In this randomised phase 2 trial, 80 patients received A or B.", "phase 2 randomised trial"),
        ("phase 3 trial", "Patients were randomised to A or B.", "phase 3 randomised trial"),
        ("randomised trial", "In this open-label phase 3 study, 80 patients received A.", "phase 3 randomised trial"),
        ("randomised trial", "In a post hoc analysis of the trial, 80 patients had samples.",
         "post hoc analysis of a trial"),
        ("trial", "We followed a prospective cohort of 80 patients.", "trial"),
        ("review", "We searched PubMed; a meta-analysis was performed.", "meta-analysis"),
        ("review", "We retrospectively reviewed the records of 80 patients.", "review"),
        ("observational study", "We retrospectively reviewed the records of 80 patients.",
         "retrospective cohort study"),
        ("case report", "We followed 80 patients.", "case report"),
        ("meta-analysis", "Patients were randomised in all trials.", "meta-analysis"),
    ],
)  # fmt: skip
def test_a_stated_design_is_kept_unless_the_text_is_more_exact(stated: str, told: str, design: str) -> None:
    assert classified(paper("Drug A", told, design=stated)).design == design


def test_the_design_of_a_digest_is_its_authors() -> None:
    digest = paper("Drug A", "Patients were randomised to A or B.", design="cohort", source="digest")
    assert classified(digest).design == "cohort"


def test_what_front_matter_states_of_a_study_is_kept() -> None:
    stated = replace(
        paper("KEYNOTE-024", "305 patients were randomised to A or B.", design="cohort", source="digest"),
        species=("mouse",), prospective=False, sample_size=12, trials=("OAK",),
    )  # fmt: skip
    assert classified(stated) == stated


def test_how_groups_were_made_is_looked_up_in_the_methods() -> None:
    told = paper("Drug A", "Drug A raised the response of 44 patients.", ("methods", "Patients were randomly divided."))
    assert classified(told).design == "randomised trial"


@pytest.mark.parametrize(
    ("title", "abstract", "prospective"),
    [
        ("Drug A or B", "80 patients were randomised to A or B.", True),
        ("Drug A", "This prospective study followed 80 patients.", True),
        ("Drug A", "We retrospectively reviewed the records of 80 patients.", False),
        ("Drug A", "We retrospectively reviewed 80 patients of a prospective registry.", None),
        ("Drug A", "We followed 80 patients; prospective studies are needed.", None),
        ("Drug A", "In this review, we discuss prospective and other evidence.", None),
    ],
)
def test_prospective_is_what_the_paper_says_of_itself(title: str, abstract: str, prospective: bool | None) -> None:
    assert classified(paper(title, abstract)).prospective is prospective


def test_nothing_else_of_a_paper_is_touched() -> None:
    before = paper("KEYNOTE-024", "305 patients were randomised to A or B (NCT02142738).")
    after = classified(before)
    kept = {field.name for field in fields(Paper)} - FILLED
    assert {name: getattr(after, name) for name in kept} == {name: getattr(before, name) for name in kept}
    assert after == replace(
        before, design="randomised trial", species=("human",), prospective=True, sample_size=305,
        trial_ids=("NCT02142738",), trials=("KEYNOTE-024",),
    )  # fmt: skip


JUNK = (
    "a", "1,", "one-", "a-b ", "(", "TRIAL ", "we ", "randomised, ", "KEYNOTE-001, ", "12 patients ", "was aed ",
    "searched medline ", "human, mouse, ", "six fresh cadaver ", "software ", "before and after ", "\0", "İ", ". ",
)  # fmt: skip


@pytest.mark.parametrize("junk", JUNK)
def test_a_megabyte_of_junk_is_read_no_further_than_the_excerpt(junk: str) -> None:
    text = junk * (1_000_000 // len(junk))
    cuts = [(start, start + 1_000) for start in range(0, 900_000, 1_000)]
    for kind in ("abstract", "methods", "other"):
        whole = paper(text, "", (kind, text))
        cut = replace(whole, sections=tuple(replace(whole.sections[0], start=a, end=b) for a, b in cuts))
        for one in (whole, cut):
            parts = excerpt(one)
            # a space may be put after the full stop that ends each sentence, hence twice
            assert len(parts.title) <= 2 * MOST_TITLE
            assert len(parts.lead) <= 2 * MOST_LEAD
            assert len(parts.methods) <= 2 * MOST_METHODS
            done = classified(one)
            assert classified(done) == done


@pytest.mark.parametrize("text", ["", " ", "\n\n", "Ünïcödé", "\ud800", "p < 0.05"])
def test_any_text_at_all_is_taken(text: str) -> None:
    told = paper(text, text)
    assert classified(classified(told)) == classified(told)

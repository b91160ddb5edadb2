"""Which study weighs more, and which papers are reports of one trial."""

from dataclasses import replace

from ingest.papers import Paper
from rag.strength import data_cut, is_preclinical, same_trial, source_ids, strength
from tests.made_papers import paper

TRIAL = paper(1, design="phase 3 randomised trial", species=("human",), trials=("KEYNOTE-901",), sample_size=600)


def stronger(one: Paper, other: Paper) -> bool:
    return strength(one) > strength(other)


def test_designs_stand_in_the_order_of_the_fields_hierarchies() -> None:
    designs = [
        "meta-analysis",
        "randomised trial",
        "phase 2 trial",
        "cohort study",
        "case report",
        "editorial",
        "protocol",
    ]
    ordered = [replace(TRIAL, design=design) for design in designs]
    assert sorted(ordered, key=strength, reverse=True) == ordered


def test_people_weigh_more_than_mice_whatever_the_design() -> None:
    assert stronger(replace(TRIAL, design="case report"), replace(TRIAL, design="preclinical", species=("mouse",)))


def test_a_doubted_paper_stands_behind_every_other() -> None:
    assert stronger(replace(TRIAL, design="editorial"), replace(TRIAL, status="concern"))


def test_size_then_year_decide_between_the_same_designs() -> None:
    assert stronger(TRIAL, replace(TRIAL, sample_size=60, year=2024))
    assert stronger(replace(TRIAL, year=2024), replace(TRIAL, year=2020))


def test_tissue_of_patients_is_not_the_laboratory() -> None:
    assert is_preclinical(replace(TRIAL, species=("mouse", "cell line")))
    assert not is_preclinical(replace(TRIAL, design="preclinical", species=("human", "mouse")))
    assert is_preclinical(replace(TRIAL, design="preclinical", species=()))


def test_reports_of_one_trial_share_its_name_or_its_number() -> None:
    later = replace(TRIAL, id="pmid:2", design="post hoc analysis of a randomised trial", trials=("Keynote 901",))
    registered = paper(3, design="randomised trial", trial_ids=("NCT00000001",))
    assert same_trial(TRIAL, later)
    assert same_trial(registered, replace(registered, id="pmid:4", trials=("KEYNOTE-901",)))
    assert not same_trial(TRIAL, replace(TRIAL, trials=("KEYNOTE-902",)))
    assert not same_trial(paper(5), paper(6))


def test_a_synthesis_that_names_a_trial_does_not_report_it() -> None:
    for design in ("meta-analysis", "systematic review", "review", "editorial", "guideline"):
        assert not same_trial(TRIAL, replace(TRIAL, id="pmid:2", design=design))


def test_an_analysis_of_several_trials_is_a_source_of_its_own() -> None:
    pooled = replace(TRIAL, id="pmid:2", design="cohort", trials=("KEYNOTE-901", "KEYNOTE-902"))
    assert source_ids([TRIAL, pooled]) == {"pmid:1": "pmid:1", "pmid:2": "pmid:2"}


def test_three_reports_are_one_source() -> None:
    reports = [replace(TRIAL, id=f"pmid:{number}") for number in (1, 2, 3)]
    assert set(source_ids([*reports, paper(9)]).values()) == {"pmid:1", "pmid:9"}


def test_newer_data_are_told_by_the_year_then_by_the_follow_up() -> None:
    three = replace(TRIAL, text="After a median follow-up of 36.5 months survival was longer.")
    five = replace(TRIAL, text="Survival was longer after 5 years of follow-up.")
    assert data_cut(three) == (2020, 36.5)
    assert data_cut(five) == (2020, 60)
    assert data_cut(five) < data_cut(replace(three, year=2021))

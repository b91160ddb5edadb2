"""What an answer is said to rest on is what its papers are, in few words."""

from dataclasses import replace

from rag.limits import limits
from tests.made_papers import paper

TRIAL = paper(1, design="phase 3 randomised trial", species=("human",), sample_size=600, prospective=True, year=2019)
COHORT = paper(2, design="cohort study", species=("human",), sample_size=80, prospective=False, year=2016)
MICE = paper(3, design="preclinical", species=("mouse",), year=2014)


def test_studies_are_counted_by_design_the_strongest_first_with_sizes_and_years() -> None:
    assert limits([COHORT, TRIAL]) == (
        "Rests on 1 randomised trial (600 patients) and 1 observational study (80 patients), published 2016 to 2019.",
        "1 of 2 looked back at records.",
    )


def test_a_single_study_is_said_to_be_one() -> None:
    assert limits([TRIAL]) == ("Rests on a single randomised trial (600 patients), published 2019.",)


def test_reports_of_one_trial_count_once() -> None:
    reports = [replace(TRIAL, id=f"pmid:{year}", year=year, trials=("KEYNOTE-901",)) for year in (2020, 2024)]
    assert limits([*reports, replace(TRIAL, sample_size=300)])[0] == (
        "Rests on 2 randomised trials (300 and 600 patients), published 2019 to 2024; "
        "2 reports are of KEYNOTE-901, which counts once."
    )


def test_a_size_that_only_some_tell_is_not_given_to_all() -> None:
    told = limits([COHORT, replace(COHORT, id="pmid:9", sample_size=None)])[0]
    assert told == "Rests on 2 observational studies (80 patients in 1, not told of the other), published 2016."


def test_missing_randomisation_is_missed_only_where_an_effect_is_asked_for() -> None:
    assert limits([COHORT])[1] == "None of it was randomised and it looked back at records."
    assert limits([COHORT], of_effect=False)[1] == "It looked back at records."


def test_what_was_seen_in_mice_alone_is_open_in_patients() -> None:
    assert limits([MICE])[1] == "Nothing of it was seen in people; whether it holds in patients is open."
    assert limits([TRIAL, MICE])[1] == "1 of 2 studied animals or cells only."


def test_doubt_and_digests_are_told() -> None:
    told = limits([replace(TRIAL, status="concern", source="digest"), COHORT])
    assert told[1] == "1 of 2 no longer stands undoubted."
    assert told[3] == "What was read for 1 of the 2 papers are immunorag's digests, not the papers themselves."


def test_there_are_never_more_than_four_sentences_and_none_without_a_source() -> None:
    doubted = [replace(one, status="concern", source="digest") for one in (TRIAL, COHORT, MICE)]
    assert len(limits(doubted)) <= 4
    assert limits([]) == ()

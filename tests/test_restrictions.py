"""Years, species, designs are read from a question where they are said of papers, and nowhere else."""

from __future__ import annotations

import pytest

from ingest.papers import Filters
from rag.restrictions import restricted, restrictions


@pytest.mark.parametrize(
    ("question", "since", "until", "rest"),
    [
        ("Which trials of TMB were published since 2020?", 2020, None, "Which trials of TMB?"),
        ("What do papers from 2018 to 2021 say on TMB?", 2018, 2021, "What do papers say on TMB?"),
        ("Which studies between 2018 and 2021 tested PD-L1?", 2018, 2021, "Which studies tested PD-L1?"),
        ("Does TMB predict response in papers before 2019?", None, 2018, "Does TMB predict response?"),
        ("Does TMB predict response, after 2019?", 2020, None, "Does TMB predict response?"),
        ("Does TMB predict response, but only since 2019?", 2019, None, "Does TMB predict response?"),
        ("What is known about TMB since 2018?", 2018, None, "What is known about TMB?"),
        ("Which articles of 2017 report on LAG-3?", 2017, 2017, "Which articles report on LAG-3?"),
        ("What did studies published 2019 or later find?", 2019, None, "What did studies find?"),
        ("What did reports from 2020 onwards find?", 2020, None, "What did reports find?"),
        ("What did papers until 2015 find?", None, 2015, "What did papers find?"),
        ("Since 2020, which papers tested TIGIT?", 2020, None, "which papers tested TIGIT?"),
    ],
)
def test_years_of_papers_are_read(question: str, since: int | None, until: int | None, rest: str) -> None:
    read = restrictions(question)
    assert read.filters == Filters(since=since, until=until)
    assert read.rest == rest
    assert len(read.phrases) == 1
    assert read.phrases[0] in question


@pytest.mark.parametrize(
    "question",
    [
        "How do patients treated since 2019 fare?",
        "What is 5-year survival with nivolumab?",
        "Has survival in melanoma improved since 2011?",
        "Which people diagnosed between 2015 and 2018 lived longer?",
        "What did studies of patients enrolled since 2019 find?",
        "Was nivolumab approved in 2015?",
        "Which trials started in 2015?",
        "How many of 2020 samples were positive?",
        "What did papers published between 2021 and 2018 find?",
        "Do findings in mice hold in patients?",
        "Is it effective in patients, not in mice?",
        "Does it hold in humans?",
        "Do randomised trials report toxicity well?",
        "Is treatment according to guidelines better?",
        "Which mouse antibodies bind PD-1?",
    ],
)
def test_what_is_asked_about_is_no_filter(question: str) -> None:
    assert restrictions(question).filters == Filters()
    assert restrictions(question).rest == question


@pytest.mark.parametrize(
    ("question", "filters"),
    [
        ("Does TGF-beta blockade restore T cells in mice?", Filters(species=("mouse",))),
        ("Does it work in mouse models of melanoma?", Filters(species=("mouse",))),
        ("Does it work in rats?", Filters(species=("other animal",))),
        ("Does it work in mice and humans?", Filters(species=("mouse", "human"))),
        ("Does it work in humans only?", Filters(species=("human",))),
        ("Does PD-L1 predict response in randomised trials only?", Filters(designs=("randomised trial",))),
        ("Does PD-L1 matter, according to meta-analyses?", Filters(designs=("meta-analysis",))),
        ("What is known of it, including retracted papers?", Filters(statuses=())),
    ],
)
def test_species_designs_and_statuses_are_read(question: str, filters: Filters) -> None:
    assert restrictions(question).filters == filters
    assert restrictions(question).rest == question


def test_what_was_asked_for_by_a_filter_is_not_read_from_the_words() -> None:
    question = "Which papers since 2020 are on TMB in mice?"
    read = restricted(Filters(until=2015, drugs=("nivolumab",)), question)
    assert read.filters == Filters(until=2015, drugs=("nivolumab",), species=("mouse",))
    assert read.phrases == ("in mice",)


def test_a_question_of_nothing_but_years_keeps_them() -> None:
    assert restrictions("Papers only since 2020?").rest == "Papers?"
    assert restrictions("Only since 2020?").rest == "Only since 2020?"

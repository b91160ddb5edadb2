"""Filters are told in words, and where no paper passes them, the answer says which of them it is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from embedders import HashEmbedder
from langchain_core.language_models import FakeListChatModel
from made_papers import paper

from ingest.library import Library
from ingest.papers import Filters
from rag.assistant import Assistant
from rag.filtering import described, shut_out


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    with Library.open(tmp_path_factory.mktemp("filtering") / "library", embedder=HashEmbedder()) as opened:
        opened.add(
            [
                paper(1, "Nivolumab prolonged survival in melanoma.", title="Nivolumab in melanoma", year=2016),
                paper(2, "Nivolumab prolonged survival in lung cancer.", title="Nivolumab in lung cancer", year=2018),
                paper(3, "Ipilimumab prolonged survival in melanoma.", title="Ipilimumab in melanoma", year=2018),
                paper(4, "Colitis in a cohort.", title="A retracted paper", year=2018, status="retracted"),
            ]
        )
        yield opened


@pytest.mark.parametrize(
    ("filters", "words"),
    [
        (Filters(), ()),
        (Filters(since=2020), ("since 2020",)),
        (Filters(until=2020), ("until 2020",)),
        (Filters(since=2018, until=2020), ("2018 to 2020",)),
        (Filters(since=2018, until=2018), ("of 2018",)),
        (
            Filters(species=("mouse", "human"), drugs=("nivolumab",), sources=("pdf",)),
            ("nivolumab", "mouse or human", "read from pdf"),
        ),
        (Filters(statuses=("retracted",)), ("retracted",)),
        (Filters(statuses=()), ("of any status, retracted ones too",)),
    ],
)
def test_filters_are_told_in_words(filters: Filters, words: tuple[str, ...]) -> None:
    assert described(filters) == words


def test_without_filters_nothing_is_said(library: Library) -> None:
    assert shut_out(library, Filters()) == ()
    assert shut_out(library, Filters(since=2000)) == ()  # it leaves nothing out


def test_how_many_papers_are_left_is_told(library: Library) -> None:
    assert shut_out(library, Filters(since=2018)) == ("the filters leave 2 of 3 papers",)


def test_a_filter_that_leaves_nothing_by_itself_is_named(library: Library) -> None:
    assert shut_out(library, Filters(since=2020, drugs=("nivolumab",))) == (
        "no paper here passes the filter “since 2020”",
        "without “since 2020”, 2 papers would pass",
    )
    assert shut_out(library, Filters(species=("mouse",))) == ("no paper here passes the filter “mouse”",)


def test_two_filters_that_leave_nothing_together_are_named(library: Library) -> None:
    assert shut_out(library, Filters(drugs=("ipilimumab",), cancers=("lung cancer",), since=2018)) == (
        "no paper here passes both “lung cancer” and “ipilimumab”: 1 paper the first, 1 paper the second",
    )


def test_where_only_all_together_leave_nothing_each_is_told_without(library: Library) -> None:
    filters = Filters(drugs=("nivolumab",), cancers=("melanoma",), since=2018)
    assert shut_out(library, filters) == (
        "no paper here passes all of the filters together",
        "without “melanoma”, 1 paper would pass",
        "without “nivolumab”, 1 paper would pass",
        "without “since 2018”, 1 paper would pass",
    )


def test_an_abstention_names_the_filter_and_what_it_was_read_from(library: Library) -> None:
    answer = Assistant(library).ask("What did papers published before 1990 find about nivolumab in melanoma?")
    assert answer.abstained
    assert answer.filters == Filters(until=1989)
    assert answer.missing == (
        "no paper here passes the filter “until 1989”",
        "“before 1990” was read from the question; leave it out to ask all papers",
    )


def test_filters_read_from_the_question_hold(library: Library) -> None:
    answer = Assistant(library).ask("Did nivolumab prolong survival in papers published since 2018?")
    assert {passage.paper.id for passage in answer.passages} == {"pmid:2", "pmid:3"}
    assert answer.question == "Did nivolumab prolong survival in papers published since 2018?"
    assert answer.understood == ""
    assert answer.filters == Filters(since=2018)
    assert [claim.text for claim in answer.claims] == ["Nivolumab prolonged survival in lung cancer."]


def test_a_follow_up_is_answered_as_it_was_understood(library: Library) -> None:
    assistant = Assistant(library)
    history = [("Did nivolumab prolong survival in melanoma?", "It did.")]
    answer = assistant.ask("And in lung cancer?", history=history)
    assert (answer.question, answer.understood) == (
        "And in lung cancer?",
        "Did nivolumab prolong survival in lung cancer?",
    )
    assert answer.claims[0].text == "Nivolumab prolonged survival in lung cancer."
    again = assistant.ask("And in melanoma?", history=[answer])
    assert again.understood == "Did nivolumab prolong survival in melanoma?"
    told = list(assistant.stream("And in lung cancer?", history=history))[-1]
    assert getattr(told, "answer").understood == answer.understood  # noqa: B009 (it is a `Finished`)


def test_an_llm_resolves_the_follow_up_and_then_answers_it(library: Library) -> None:
    resolved = "In lung cancer, did nivolumab prolong survival?"
    model = FakeListChatModel(responses=[resolved, "NOT IN THE LIBRARY"])
    answer = Assistant(library, model).ask(
        "And in lung cancer?", history=[("Did nivolumab prolong survival in melanoma?", "")]
    )
    assert (answer.understood, answer.abstained) == (resolved, True)

"""From a query to papers in the library: whatever the server does, and whoever is killed when, it ends the same."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, Literal

import pytest
from embedders import HashEmbedder
from literature_server import (
    FAULTS,
    Article,
    Fault,
    Literature,
    Request,
    articles,
    busy_for_seconds,
    error_page,
    forbidden,
    pubmed_article,
    serving,
)

from ingest.errors import BadQuestion, SourceAway
from ingest.library import Library, Progress
from ingest.papers import Paper
from ingest.sources.connect import connect
from ingest.sources.fetch import Fetched, FetchReport, fetch, search
from ingest.sources.found import Query, Source
from ingest.sources.http import Clock, Patience

SourceName = Literal["europepmc", "pubmed"]
SOURCES: tuple[SourceName, ...] = ("europepmc", "pubmed")
QUERY = Query("nivolumab AND melanoma")
QUICK = Patience(first=0.01, longest=0.02)


def opened(folder: Path) -> Library:
    return Library.open(folder, embedder=HashEmbedder(), notice=lambda line: None)


@contextmanager
def connected(name: SourceName, literature: Literature, cache: Path, **more: Any) -> Iterator[Source]:
    """The source, served by `literature`; pauses are not waited out."""
    unhurried = Clock(sleep=lambda seconds: None)
    with connect(name, cache, url=literature.url, **({"patience": QUICK, "clock": unhurried} | more)) as source:
        yield source


def contents(library: Library) -> tuple[list[Paper], int]:
    """All that a library holds of its papers, and its number of chunks."""
    papers = [library.paper(record.id) for record in library.records()]
    return sorted(papers, key=lambda paper: paper.id), library.chunk_count()


def fetched(
    name: SourceName, literature: Literature, folder: Path, query: Query = QUERY, **more: Any
) -> tuple[FetchReport, tuple[list[Paper], int]]:
    """Fetch into the library of `folder`; what was reported, and what the library holds then."""
    heard: list[Fetched] = []
    with opened(folder / "library") as library, connected(name, literature, folder / "cache") as source:
        report = fetch(library, query, source, report=heard.append, **more)
        assert tuple(heard) == report.papers
        return report, contents(library)


def downloads(literature: Literature) -> Counter[str]:
    """How often each full text was asked for, and each record of PubMed."""
    asked = Counter[str]()
    for request in literature.requests:
        if request.path.endswith("/fullTextXML"):
            asked[request.path.split("/")[0]] += 1
        elif request.path == "efetch.fcgi":
            asked.update(f"{request.parameters['db']} {number}" for number in request.parameters["id"].split(","))
    return asked


# -- what is fetched ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SOURCES)
def test_full_texts_where_they_are_open_abstracts_otherwise(name: SourceName, tmp_path: Path) -> None:
    with serving(Literature(articles(10))) as literature:
        report, (papers, _) = fetched(name, literature, tmp_path)
    assert [(paper.outcome, paper.text) for paper in report.papers] == [
        ("added", "full text"),
        ("added", "full text"),
        ("added", "abstract"),
        ("added", "full text"),
        ("added", "abstract"),
        ("added", "full text"),
        ("added", "full text"),
        ("added", "abstract"),
        ("no text", ""),
        ("added", "full text"),
    ]
    assert (report.total, report.complete) == (10, True)
    assert [paper.id for paper in papers] == [f"pmid:{90_000_001 + n}" for n in range(10) if n != 8]
    assert "In the main text, colitis" in papers[0].text
    assert papers[0].title == "Made-up response of cohort 90000001 to nivolumab & ipilimumab"
    assert "In the main text" not in papers[2].text
    assert [section.title for section in papers[2].sections] == ["Abstract > Background", "Abstract > Results"]
    assert papers[2].text.endswith("Responses were seen in 3 of 60 patients (p < 0.05) given nivolumab.")


@pytest.mark.parametrize("name", SOURCES)
def test_abstracts_alone_where_that_is_asked(name: SourceName, tmp_path: Path) -> None:
    with serving(Literature(articles(10))) as literature:
        report, (papers, _) = fetched(name, literature, tmp_path, full_text=False)
        assert not any("PMC" in key or key.startswith("pmc") for key in downloads(literature))
    assert {paper.text for paper in report.papers} == {"abstract", ""}
    assert not any("In the main text" in paper.text for paper in papers)


@pytest.mark.parametrize("name", SOURCES)
def test_no_more_than_asked_for_and_each_once_though_pages_overlap(name: SourceName, tmp_path: Path) -> None:
    with serving(Literature(articles(12), page=4, overlap=1)) as literature:
        report, (papers, _) = fetched(name, literature, tmp_path, most=7)
    assert [paper.found.id for paper in report.papers] == [f"pmid:{90_000_001 + n}" for n in range(7)]
    assert len(papers) == 7


@pytest.mark.parametrize("name", SOURCES)
def test_retractions_corrections_and_kinds_of_study_come_along(name: SourceName, tmp_path: Path) -> None:
    made = [
        Article(90000001, types=("Clinical Trial, Phase III", "Randomized Controlled Trial")),
        Article(90000002, links=(("Retraction in", "90000009"),), types=("Retracted Publication",)),
        Article(90000003, open=False, links=(("Erratum in", "90000008"),)),
        Article(90000004, open=False, links=(("Expression of concern in", "90000007"),)),
        Article(90000005, open=False, links=(("Comment in", "90000006"),)),
    ]
    with serving(Literature(made)) as literature:
        _, (papers, _) = fetched(name, literature, tmp_path)
    assert [paper.status for paper in papers] == ["normal", "retracted", "corrected", "concern", "normal"]
    assert papers[0].design == "phase 3 randomised trial"


@pytest.mark.parametrize("name", SOURCES)
def test_a_paper_retracted_since_is_marked_by_the_next_fetch(name: SourceName, tmp_path: Path) -> None:
    with serving(Literature(articles(2))) as literature:
        _, (before, chunks) = fetched(name, literature, tmp_path)
        retracted = replace(literature.articles[1], links=(("Retraction in", "90000099"),))
        literature.articles = [literature.articles[0], retracted]
        for record in (tmp_path / "cache").rglob("PUBMED-*.xml"):
            os.utime(record, (time.time() - 90_000,) * 2)  # a record is asked for again after a day
        report, (after, still) = fetched(name, literature, tmp_path)
    assert [paper.status for paper in before] == ["normal", "normal"]
    assert [paper.status for paper in after] == ["normal", "retracted"]
    assert (still, [paper.outcome for paper in report.papers]) == (chunks, ["unchanged", "unchanged"])
    assert max(downloads(literature)[f"PMC{number}"] for number in (90001001, 90001002)) <= 1


# -- a server that misbehaves ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SOURCES)
def test_a_misbehaving_server_ends_with_the_same_library(name: SourceName, tmp_path: Path) -> None:
    """Each request meets two faults, of all kinds in turn, before it is answered; pages overlap."""
    with serving(Literature(articles(12))) as literature:
        well, expected = fetched(name, literature, tmp_path / "well")
    with serving(Literature(articles(12), faults=FAULTS, each=2, page=5, overlap=2)) as literature:
        badly, got = fetched(name, literature, tmp_path / "badly")
        assert len(literature.requests) > len(FAULTS)
    assert got == expected
    assert [(paper.found.id, paper.outcome, paper.text) for paper in badly.papers] == [
        (paper.found.id, paper.outcome, paper.text) for paper in well.papers
    ]
    assert badly.complete


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
@pytest.mark.parametrize("name", SOURCES)
def test_each_fault_twice_before_every_answer_changes_nothing(name: SourceName, fault: Fault, tmp_path: Path) -> None:
    def downloaded(literature: Literature, folder: Path) -> dict[str, bytes]:
        """All that a search and its full texts leave in the cache, which holds nothing half done."""
        with connected(name, literature, folder) as source:
            for found in search(source, QUERY).found:
                if found.full_text:
                    source.full_text(found)
        return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    with serving(Literature(articles(2))) as literature:
        expected = downloaded(literature, tmp_path / "well")
    assert len(expected) == 4
    with serving(Literature(articles(2), faults=[fault], each=2)) as literature:
        assert downloaded(literature, tmp_path / "badly") == expected


def test_a_full_text_that_cannot_be_had_is_listed_and_the_rest_goes_on(tmp_path: Path) -> None:
    with serving(Literature(articles(7), faults=[error_page], each=0)) as literature:
        bad = literature.articles[1].pmcid
        literature.fault = lambda request: error_page if request.path.startswith(bad) else None  # type: ignore[method-assign]
        report, (papers, _) = fetched("europepmc", literature, tmp_path)
        assert [paper.text for paper in report.papers].count("full text") == 4
        failed = report.papers[1]
        assert (failed.outcome, failed.text) == ("added", "abstract")
        why = "Europe PMC gives no answer that can be used (a reply that is a web page (HTML)); try again later"
        assert failed.reason == f"full text: {why}"
        assert (len(papers), report.complete) == (7, True)  # one that cannot be had is no reason to ask for all again
        literature.fault = lambda request: None  # type: ignore[method-assign]
        again, (papers, _) = fetched("europepmc", literature, tmp_path)
        assert [paper.outcome for paper in again.papers].count("replaced") == 1
        assert (again.papers[1].text, again.complete) == ("full text", True)


def test_a_record_that_pubmed_does_not_give_is_listed_and_the_rest_goes_on(tmp_path: Path) -> None:
    with serving(Literature(articles(3))) as literature:
        right = literature.reply

        def without_the_second(request: Request) -> tuple[int, str, str]:
            status, kind, text = right(request)
            gone = pubmed_article(literature.articles[1]) if request.parameters.get("db") == "pubmed" else "nothing"
            return status, kind, text.replace(gone, "")

        literature.reply = without_the_second  # type: ignore[method-assign]
        report, (papers, _) = fetched("pubmed", literature, tmp_path)
    assert [paper.outcome for paper in report.papers] == ["added", "failed", "added"]
    assert report.papers[1].reason == "the source gives no record of it"
    assert [paper.id for paper in papers] == ["pmid:90000001", "pmid:90000003"]


def test_a_book_and_a_full_text_that_is_gone_are_no_failures(tmp_path: Path) -> None:
    with serving(Literature(articles(2))) as literature:
        right = literature.reply

        def gone(request: Request) -> tuple[int, str, str]:
            status, kind, text = right(request)
            return (404, kind, "") if request.path.endswith("XML") else (status, kind, text)

        literature.reply = gone  # type: ignore[method-assign]
        report, _ = fetched("europepmc", literature, tmp_path)
        assert [(paper.text, paper.reason) for paper in report.papers] == [("abstract", "")] * 2
        book = "<PubmedBookArticle><BookDocument><PMID>90000001</PMID></BookDocument></PubmedBookArticle>"
        books = 200, "text/xml", f"<PubmedArticleSet>{book}</PubmedArticleSet>"
        literature.reply = lambda request: (  # type: ignore[method-assign]
            right(request) if request.path == "esearch.fcgi" else books
        )
        report, _ = fetched("pubmed", literature, tmp_path, most=1)
        assert [paper.outcome for paper in report.papers] == ["no text"]


def test_what_was_damaged_in_the_cache_stops_nothing(tmp_path: Path) -> None:
    with serving(Literature(articles(3))) as literature:
        _, (papers, _) = fetched("pubmed", literature, tmp_path)
        for path in (tmp_path / "cache").rglob("*.xml"):
            path.write_bytes(path.read_bytes()[:100])
        report, (still, _) = fetched("pubmed", literature, tmp_path)
    assert (len(report.papers), still) == (3, papers)


def test_a_source_that_goes_away_is_not_asked_for_every_paper(tmp_path: Path) -> None:
    with serving(Literature(articles(20))) as literature:
        literature.fault = lambda request: busy_for_seconds if "PMC" in request.path else None  # type: ignore[method-assign]
        report, (papers, _) = fetched("europepmc", literature, tmp_path)
        assert sum(downloads(literature).values()) == 3 * QUICK.tries
    assert {paper.text for paper in report.papers} == {"abstract", ""}
    assert len(papers) == 18
    assert report.papers[-1].reason == "full text: not tried, for Europe PMC gave none of 3 before"
    assert report.broken == "Europe PMC gives no answer that can be used (HTTP 429); try again later"


def test_full_texts_that_are_refused_stop_no_others(tmp_path: Path) -> None:
    with serving(Literature(articles(20))) as literature:
        shut = {one.pmcid for one in literature.articles[:7]}
        literature.fault = lambda request: (  # type: ignore[method-assign]
            forbidden if request.path.partition("/")[0] in shut else None
        )
        report, _ = fetched("europepmc", literature, tmp_path)
    assert [paper.text for paper in report.papers].count("full text") == 7
    assert report.papers[0].reason == "full text: Europe PMC refuses what we ask for (HTTP 403); check the address"
    assert report.complete


@pytest.mark.parametrize("name", SOURCES)
def test_a_search_that_breaks_off_gives_what_it_has(name: SourceName, tmp_path: Path) -> None:
    with serving(Literature(articles(9), page=4)) as literature:
        later = {"cursorMark": "Ao4==", "retstart": "4"}
        literature.fault = lambda request: (  # type: ignore[method-assign]
            error_page if later.items() & request.parameters.items() else None
        )
        report, (papers, _) = fetched(name, literature, tmp_path)
    assert (len(report.papers), report.total, len(papers)) == (4, 9, 4)
    assert "gives no answer that can be used" in report.broken
    assert not report.complete


@pytest.mark.parametrize("name", SOURCES)
def test_a_source_that_gives_nothing_is_an_error_and_leaves_the_library_as_it_is(
    name: SourceName, tmp_path: Path
) -> None:
    with (
        serving(Literature(articles(2), faults=[busy_for_seconds], each=99)) as literature,
        pytest.raises(SourceAway, match=r"gives no answer that can be used \(HTTP 429\); try again later"),
    ):
        fetched(name, literature, tmp_path)
    with pytest.raises(SourceAway, match=r"cannot be reached \(.*refused.*\); check the network"):
        fetched(name, literature, tmp_path)
    with opened(tmp_path / "library") as library:
        assert len(library) == 0


# -- again, and what is new -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SOURCES)
def test_the_same_again_downloads_nothing_again(name: SourceName, tmp_path: Path) -> None:
    with serving(Literature(articles(10))) as literature:
        _, first = fetched(name, literature, tmp_path)
        once = downloads(literature)
        report, second = fetched(name, literature, tmp_path)
        with opened(tmp_path / "other") as other, connected(name, literature, tmp_path / "cache") as source:
            fetch(other, QUERY, source)
            assert contents(other) == first
        assert downloads(literature) == once
        assert set(once.values()) == {1}
    assert second == first
    assert {paper.outcome for paper in report.papers} == {"unchanged", "no text"}


@pytest.mark.parametrize("name", SOURCES)
def test_update_asks_only_for_what_is_new_since_the_last_fetch_of_that_query(name: SourceName, tmp_path: Path) -> None:
    old, new = articles(3), Article(90000050, entered="2026-03-05")
    asked = "query" if name == "europepmc" else "term"
    with serving(Literature(old)) as literature:
        fetched(name, literature, tmp_path, today=date(2026, 3, 1), update=True)  # the first: everything
        assert literature.requests[0].parameters[asked] == "nivolumab AND melanoma"
        literature.articles, literature.requests = [*old, new], []
        report, (papers, _) = fetched(name, literature, tmp_path, today=date(2026, 3, 9), update=True)
        assert [paper.found.id for paper in report.papers] == ["pmid:90000050"]
        assert len(papers) == 4
        assert literature.requests[0].parameters[asked] == (
            "(nivolumab AND melanoma) AND FIRST_IDATE:[2026-02-27 TO 3000-12-31]"
            if name == "europepmc"
            else "(nivolumab AND melanoma) AND 2026/02/27:3000/12/31[crdt]"
        )
        literature.requests = []
        other = Query("nivolumab AND melanoma", since=date(2020, 1, 1))
        fetched(name, literature, tmp_path, other, today=date(2026, 3, 9), update=True)  # another query
        assert "3000-12-31]" not in literature.requests[0].parameters[asked].partition("FIRST_IDATE")[2]
        assert "crdt" not in literature.requests[0].parameters[asked]
        literature.requests = []
        report, _ = fetched(name, literature, tmp_path, today=date(2026, 3, 20), update=True)
        assert "2026-03-07" in literature.requests[0].parameters[asked].replace("/", "-")
        assert (report.papers, report.total) == ((), 0)


def test_a_fetch_that_was_not_whole_does_not_count_for_update(tmp_path: Path) -> None:
    with serving(Literature(articles(4))) as literature:
        literature.fault = lambda request: error_page if "PMC" in request.path else None  # type: ignore[method-assign]
        fetched("europepmc", literature, tmp_path)
        literature.fault, literature.requests = lambda request: None, []  # type: ignore[method-assign]
        report, _ = fetched("europepmc", literature, tmp_path, update=True)
        assert literature.requests[0].parameters["query"] == "nivolumab AND melanoma"
        assert [paper.text for paper in report.papers] == ["full text", "full text", "abstract", "full text"]


def test_an_update_that_was_cut_short_by_its_bound_is_asked_for_again(tmp_path: Path) -> None:
    new = [Article(90000050 + number, entered="2026-03-05", open=False) for number in range(3)]
    with serving(Literature([])) as literature:
        fetched("europepmc", literature, tmp_path, today=date(2026, 3, 1))
        literature.articles = new
        report, _ = fetched("europepmc", literature, tmp_path, today=date(2026, 3, 9), update=True, most=2)
        assert (len(report.papers), report.total) == (2, 3)
        report, (papers, _) = fetched("europepmc", literature, tmp_path, today=date(2026, 3, 9), update=True)
        assert len(papers) == 3


def test_a_damaged_record_of_fetches_is_no_obstacle(tmp_path: Path) -> None:
    with serving(Literature(articles(1))) as literature:
        fetched("europepmc", literature, tmp_path)
        for damage in ("", "[", '{"a": 1}', '[{"source": "Europe PMC"}]', "null"):
            (tmp_path / "library" / "fetches.json").write_text(damage)
            report, _ = fetched("europepmc", literature, tmp_path, update=True)
            assert len(report.papers) == 1


# -- interrupted ----------------------------------------------------------------------------------------------------

_FETCHER = """
import sys
from pathlib import Path
from embedders import HashEmbedder
from ingest.library import Library
from ingest.sources.connect import connect
from ingest.sources.fetch import fetch
from ingest.sources.found import Query
from ingest.sources.http import Clock
name, url, folder = sys.argv[1:]
with (
    Library.open(folder + "/library", embedder=HashEmbedder(), notice=print) as library,
    connect(name, Path(folder, "cache"), url=url, clock=Clock(sleep=lambda seconds: None)) as source,
):
    fetch(library, Query("nivolumab AND melanoma"), source)
"""


@pytest.mark.parametrize("blow", [signal.SIGINT, signal.SIGKILL])
@pytest.mark.parametrize("name", SOURCES)
def test_interrupted_and_resumed_is_as_if_nothing_had_happened(
    name: SourceName, blow: signal.Signals, tmp_path: Path
) -> None:
    """Stopped at the fourth full text, each time, until it comes through: none that had come is asked for again."""
    with serving(Literature(articles(12))) as literature:
        _, expected = fetched(name, literature, tmp_path / "whole")
    reached, go_on = threading.Event(), threading.Event()
    with serving(Literature(articles(12))) as literature:

        def hold(request: Request) -> None:
            full_texts = [key for key in downloads(literature) if key.startswith(("PMC", "pmc"))]
            if len(full_texts) == 4 and not go_on.is_set():
                reached.set()
                go_on.wait(30)

        literature.before = hold
        arguments = [sys.executable, "-c", _FETCHER, name, literature.url, str(tmp_path)]
        paths = os.pathsep.join([str(Path(__file__).parent), *filter(None, sys.path)])
        fetcher = subprocess.Popen(arguments, env=os.environ | {"PYTHONPATH": paths}, stderr=subprocess.PIPE)
        assert reached.wait(60)
        fetcher.send_signal(blow)
        _, said = fetcher.communicate(timeout=60)
        assert fetcher.returncode != 0
        assert blow == signal.SIGKILL or b"KeyboardInterrupt" in said
        go_on.set()
        _, got = fetched(name, literature, tmp_path)
        asked = downloads(literature)
    assert got == expected
    assert sorted(asked.values())[-2:] == [1, 2]  # only the one that was under way was asked for twice


def test_ctrl_c_while_papers_are_taken_in_leaves_the_rest_for_the_next_time(tmp_path: Path) -> None:
    def interrupt(progress: Progress) -> None:
        if progress.stage == "files" and progress.done == 2:
            os.kill(os.getpid(), signal.SIGINT)

    with serving(Literature(articles(12))) as literature:
        _, expected = fetched("europepmc", literature, tmp_path / "whole")
        report, (papers, _) = fetched("europepmc", literature, tmp_path, progress=interrupt)
        assert (report.interrupted, report.complete) == (True, False)
        assert {paper.found.id for paper in report.papers} == {paper.id for paper in papers}
        report, got = fetched("europepmc", literature, tmp_path)
        assert report.complete
    assert got == expected


# -- asking ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SOURCES)
def test_a_search_alone_lists_what_there_is_and_downloads_no_full_text(name: SourceName, tmp_path: Path) -> None:
    heard: list[Progress] = []
    with (
        serving(Literature(articles(5))) as literature,
        connected(name, literature, tmp_path) as source,
    ):
        looked = search(source, QUERY, progress=heard.append)
        assert not any("PMC" in key or key.startswith("pmc") for key in downloads(literature))
    assert [found.abstract for found in looked.found] == [True] * 5
    assert (looked.found[1].year, looked.found[1].full_text) == (2021, "PMC90001002")
    assert heard[-1] == Progress("papers found", 5, 5)


def test_a_query_that_makes_no_sense_is_told() -> None:
    for query, word in (("  ", "empty"), ("a" * 4001, "4,001 characters")):
        with pytest.raises(BadQuestion, match=word):
            Query(query)
    with pytest.raises(BadQuestion, match="later than"):
        Query("a", date(2021, 1, 1), date(2020, 12, 31))

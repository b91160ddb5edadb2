"""`immunorag fetch` as people use it: against a server on this machine that is Europe PMC or PubMed to it."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import COMMAND, Command, at_home
from literature_server import Article, Literature, Request, articles, error_page, serving

from ingest.library import Library
from ingest.sources import http


@pytest.fixture
def literature(monkeypatch: pytest.MonkeyPatch) -> Iterator[Literature]:
    """Ten papers at both sources; pauses and paces are short."""
    monkeypatch.setattr(http, "PATIENCE", http.Patience(first=0.01, longest=0.02))
    with serving(Literature(articles(10))) as served:
        yield served


@pytest.fixture
def fetch(immunorag: Command, literature: Literature, monkeypatch: pytest.MonkeyPatch) -> Command:
    """The command, at home where both sources are ours."""
    monkeypatch.setenv("IMMUNORAG_EUROPEPMC_URL", literature.url)
    monkeypatch.setenv("IMMUNORAG_EUTILS_URL", literature.url)
    return immunorag


def errors(err: str) -> list[str]:
    """What standard error says but for notes, which may come of progress on a slow machine."""
    return [line for line in err.splitlines() if not line.startswith("note: ")]


def test_one_line_a_paper_and_a_count(fetch: Command) -> None:
    done = fetch("fetch", "nivolumab", "--library", "library")
    lines = done.out.splitlines()
    assert (done.code, errors(done.err)) == (0, [])
    assert [line.split("\t")[:3] for line in lines[:3]] == [
        ["added", "pmid:90000001", "full text"],
        ["added", "pmid:90000002", "full text"],
        ["added", "pmid:90000003", "abstract"],
    ]
    assert lines[8] == (
        "no text\tpmid:90000009\t\tMade-up response of cohort 90000009 to nivolumab & ipilimumab\t"
        "has neither an abstract nor an open full text"
    )
    assert lines[10].startswith("10 found  9 new  0 known  6 full text  3 abstract  1 without text  0 failed  (")
    again = fetch("fetch", "nivolumab", "--library", "library")
    assert again.out.splitlines()[10] == (
        "10 found  0 new  9 known  6 full text  3 abstract  1 without text  0 failed  (0 new chunks)"
    )
    shown = fetch("papers", "show", "90000001", "--library", "library")
    assert "source: jats" in shown.out


def test_options_reach_the_source(fetch: Command, literature: Literature) -> None:
    done = fetch(
        "fetch", "nivolumab", "--source", "pubmed", "--max", "3", "--since", "2020", "--until", "2024-06",
        "--abstracts", "--email", "ada@example.org", "--library", "library",
    )  # fmt: skip
    assert done.code == 0
    assert done.out.splitlines()[-1].startswith("3 of 10 found  3 new  0 known  0 full text  3 abstract")
    assert [request.path for request in literature.requests] == ["esearch.fcgi", "efetch.fcgi"]
    first = literature.requests[0].parameters
    assert (first["retmax"], first["email"]) == ("3", "ada@example.org")
    assert first["term"] == "(nivolumab) AND 2020/01/01:2024/06/30[dp]"


def test_a_dry_run_lists_and_changes_nothing(fetch: Command, literature: Literature) -> None:
    done = fetch("fetch", "nivolumab", "--dry-run", "--library", "library")
    assert done.code == 0
    assert done.out.splitlines()[2:4] == [
        "pmid:90000003\t2021\tabstract\tMade-up response of cohort 90000003 to nivolumab & ipilimumab",
        "pmid:90000004\t2021\tfull text\tMade-up response of cohort 90000004 to nivolumab & ipilimumab",
    ]
    assert done.err == "note: 10 of 10 papers found would be fetched; nothing was changed\n"
    assert not Path("library").exists()
    assert [request.path for request in literature.requests] == ["search"]


def test_update_fetches_what_is_new(fetch: Command, literature: Literature) -> None:
    literature.articles = articles(2)
    fetch("fetch", "nivolumab", "--abstracts", "--library", "library")
    literature.articles = [*articles(2), Article(90000050, entered="2999-01-01")]
    looked = fetch("fetch", "nivolumab", "--update", "--dry-run", "--library", "library")
    assert looked.out.startswith("pmid:90000050\t")
    done = fetch("fetch", "nivolumab", "--update", "--library", "library")
    assert done.out.splitlines()[-1].startswith("1 found  1 new")
    literature.articles = articles(2)
    done = fetch("fetch", "nivolumab", "--update", "--library", "library")
    assert (done.code, done.out.startswith("0 found")) == (0, True)
    assert done.err == "note: no paper matches the query; check its spelling and dates\n"


def test_a_source_that_is_away_is_one_line(fetch: Command, literature: Literature) -> None:
    literature.faults, literature.each = [error_page], 99
    done = fetch("fetch", "nivolumab", "--library", "library")
    assert (done.code, done.out) == (1, "")
    assert errors(done.err) == [
        "error: Europe PMC gives no answer that can be used (a reply that is no page of results); try again later"
    ]
    assert not Path("library").exists()


def test_nothing_that_could_be_had_is_an_error(fetch: Command, literature: Literature) -> None:
    literature.articles = [Article(90000001, abstract=False)]
    literature.fault = lambda request: error_page if "PMC" in request.path else None  # type: ignore[method-assign]
    done = fetch("fetch", "nivolumab", "--library", "library")
    assert done.code == 1
    assert done.out.startswith("failed\tpmid:90000001\t\tMade-up response")
    assert done.out.splitlines()[-1].startswith(
        "1 found  0 new  0 known  0 full text  0 abstract  0 without text  1 failed"
    )


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["nivolumab", "--source", "scholar"], "--source 'scholar' is not one of europepmc, pubmed"),
        (["nivolumab", "--since", "soon"], "'soon' is no date"),
        (["nivolumab", "--since", "2021", "--until", "2020"], "later than"),
        ([" "], "the query is empty"),
        (["nivolumab", "--max", "0"], "--max"),
    ],
)
def test_wrong_usage_asks_nobody(fetch: Command, literature: Literature, arguments: list[str], word: str) -> None:
    done = fetch("fetch", *arguments)
    assert (done.code, done.out) == (2, "")
    assert word in done.err
    assert literature.requests == []
    assert not Path("home").exists()


def test_another_address_must_be_guarded(fetch: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMMUNORAG_EUROPEPMC_URL", "http://example.org/rest")
    done = fetch("fetch", "nivolumab", "--library", "library")
    assert (done.code, done.err) == (
        1,
        "error: the address of Europe PMC must be https://…, without a password or a query; mend it\n",
    )
    assert not Path("library").exists()


def test_on_a_terminal_there_is_a_summary_in_which_titles_are_inert(literature: Literature, tmp_path: Path) -> None:
    hostile = "Made-up \x1b[2J title \u202e that turns [bold]round[/bold]"
    literature.articles = [Article(90000001, open=False, abstract=False, named=hostile)]
    home = tmp_path / "home"
    home.mkdir()
    ours, theirs = pty.openpty()
    environ = at_home(home, {"IMMUNORAG_EUROPEPMC_URL": literature.url, "TERM": "xterm"})
    with subprocess.Popen(
        [*COMMAND, "fetch", "nivolumab"], stdout=theirs, stderr=theirs, env=environ, cwd=home
    ) as command:
        os.close(theirs)
        said = b""
        try:
            while block := os.read(ours, 4096):
                said += block
        except OSError:
            pass
    os.close(ours)
    assert command.returncode == 1
    assert b"\x1b[2J" not in said
    lines = [re.sub(r"\x1b\[[?\d;]*[a-zA-Z]", "", line).rstrip() for line in said.decode().splitlines()]
    assert "Left out: has neither an abstract nor an open full text" in lines[-4]
    assert lines[-3] == "    pmid:90000001  Made-up [2J title that turns [bold]round[/bold]"
    assert lines[-1] == "1 found  0 new  0 known  0 full text  0 abstract  1 without text  0 failed  (0 new chunks)"


def test_ctrl_c_while_papers_are_downloaded_keeps_them(literature: Literature, tmp_path: Path) -> None:
    reached, go_on = threading.Event(), threading.Event()

    def hold(request: Request) -> None:
        if len(literature.asked("fullTextXML")) == 3:
            reached.set()
            go_on.wait(30)

    literature.before = hold
    environ = at_home(tmp_path, {"IMMUNORAG_EUROPEPMC_URL": literature.url})
    arguments = [*COMMAND, "fetch", "nivolumab", "--library", str(tmp_path / "library")]
    with subprocess.Popen(
        arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environ, cwd=tmp_path
    ) as command:
        assert reached.wait(60)
        command.send_signal(signal.SIGINT)
        out, err = command.communicate(timeout=60)
        go_on.set()
    assert (command.returncode, out) == (130, b"")
    assert err.decode().splitlines() == [
        "error: interrupted; what was downloaded is kept, run the same command again to go on"
    ]
    assert len([*(tmp_path / ".cache" / "immunorag" / "literature").rglob("PMC*.xml")]) == 2
    with Library.open(tmp_path / "library", create=False) as library:
        assert len(library) == 0

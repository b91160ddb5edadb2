"""Requests to a source: paced, patient within bounds, kept to the source, and silent about the key."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from literature_server import (
    Fault,
    Handler,
    Literature,
    articles,
    broken_inside,
    busy_for_seconds,
    busy_until_a_date,
    serving,
)  # fmt: skip

from ingest.errors import BadQuestion, ImmunoragError, SourceAway
from ingest.readers import read
from ingest.sources.cache import Cache
from ingest.sources.connect import connect
from ingest.sources.fetch import search
from ingest.sources.found import Query, first_day, last_day
from ingest.sources.http import BadReply, Client, Clock, Pace, Patience, Refused, checked_url

RECORDED = Path(__file__).resolve().parents[2] / "shared" / "data" / "europepmc"
KEY = "0123456789abcdef-key-of-mine"
QUERY = Query("nivolumab")


class Made:
    """A clock whose time passes only while somebody sleeps."""

    def __init__(self, start: float = 1_000.0) -> None:
        self.at, self.slept = start, list[float]()
        self.clock = Clock(lambda: self.at, lambda: self.at, self._sleep)

    def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds


@contextmanager
def client(literature: Literature, clock: Clock, **patience: float) -> Iterator[Client]:
    with Client("Europe PMC", literature.url, 3.0, patience=Patience(**patience), clock=clock) as one:  # type: ignore[arg-type]
        yield one


def asked(literature: Literature, clock: Clock, **patience: float) -> bytes:
    with client(literature, clock, **patience) as one:
        return one.ask("search", {"query": "a", "pageSize": "10", "cursorMark": "*"}, lambda raw: raw)


# -- pace -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rate", "expected"), [(3.0, 3), (10.0, 10)])
def test_no_second_holds_more_requests_than_the_rate(rate: float, expected: int) -> None:
    made = Made()
    pace = Pace(rate, made.clock)
    times = []
    for number in range(60):
        pace.wait()
        times.append(made.at)
        made.at += 0.01 if number % 20 else 0.5  # what the request itself takes
    assert max(sum(start <= each < start + 1 for each in times) for start in times) == expected


def test_whoever_has_waited_already_does_not_wait_again() -> None:
    made = Made()
    pace = Pace(2.0, made.clock)
    pace.wait()
    made.at += 30
    pace.wait()
    assert made.slept == []
    pace.wait()
    assert made.slept == [pytest.approx(0.525)]


def test_ncbi_is_asked_three_times_a_second_and_ten_times_with_a_key(tmp_path: Path) -> None:
    with serving(Literature(articles(3))) as literature:
        gaps = []
        for key in ("", KEY):
            made = Made()
            with connect("pubmed", tmp_path / (key or "none"), key=key, url=literature.url, clock=made.clock) as source:
                search(source, QUERY)
            gaps.append(made.slept)
    assert [each for gap in gaps for each in gap] == [pytest.approx(1.05 / 3), pytest.approx(1.05 / 10)]


# -- patience -------------------------------------------------------------------------------------------------------


def test_pauses_double_within_their_jitter_up_to_a_bound() -> None:
    made = Made()
    with (
        serving(Literature([], faults=[broken_inside], each=99)) as literature,
        pytest.raises(SourceAway, match="HTTP 500"),
    ):
        asked(literature, made.clock, tries=7, first=1.0, longest=8.0)
    assert len(literature.requests) == 7
    for pause, longest in zip(made.slept, (1, 2, 4, 8, 8, 8), strict=True):
        assert longest / 2 <= pause <= longest


@pytest.mark.parametrize(
    ("fault", "longest", "least", "most"),
    [
        (busy_for_seconds, 60.0, 7.0, 7.0),
        (busy_for_seconds, 3.0, 3.0, 3.0),
        (busy_until_a_date, 60.0, 7.0, 9.0),
        (busy_until_a_date, 5.0, 5.0, 5.0),
    ],
)
def test_the_source_says_how_long_to_wait_within_a_bound(
    fault: Fault, longest: float, least: float, most: float
) -> None:
    import time

    slept: list[float] = []
    clock = Clock(sleep=slept.append, now=time.time)
    with serving(Literature([], faults=[fault], each=1)) as literature:
        asked(literature, clock, longest=longest)
    assert least <= max(slept) <= most


@pytest.mark.parametrize("header", ["", "soon", "-5", "Tue, 99 Foo 2026", "1e999", "9" * 400])
def test_a_wait_that_makes_no_sense_is_our_own_pause(header: str) -> None:
    made = Made()

    def busy(handler: Handler, content: bytes, kind: str) -> None:
        handler.send(b"", "text/plain", 429, Retry_After=header)

    with serving(Literature([], faults=[busy], each=1)) as literature:
        asked(literature, made.clock, longest=2.0)
    assert max(made.slept) <= 2.0


def test_a_server_that_falls_silent_is_not_waited_for() -> None:
    def silent(handler: Handler, content: bytes, kind: str) -> None:
        handler.send(content[:10], kind, length=len(content))
        ended.wait(30)
        handler.close_connection = True

    ended = threading.Event()
    with (
        serving(Literature([], faults=[silent], each=99)) as literature,
        pytest.raises(SourceAway, match=r"Europe PMC cannot be reached \(.*timed out.*\); check the network"),
    ):
        try:
            asked(literature, Clock(sleep=lambda seconds: None), tries=2, silence=0.1)
        finally:
            ended.set()
    assert len(literature.requests) <= 2


def test_a_body_that_drips_is_given_up_after_a_while() -> None:
    def drip(handler: Handler, content: bytes, kind: str) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000000")
        handler.end_headers()
        try:
            while not ended.wait(0.02):
                handler.wfile.write(b" ")
                handler.wfile.flush()
        except OSError:
            pass
        handler.close_connection = True

    ended = threading.Event()
    with (
        serving(Literature([], faults=[drip], each=99)) as literature,
        pytest.raises(SourceAway, match=r"a reply that took longer than 0.1 s"),
    ):
        try:
            asked(literature, Clock(sleep=lambda seconds: None), tries=2, whole=0.1)
        finally:
            ended.set()


def test_a_gigantic_reply_is_refused_before_it_is_held() -> None:
    sent = 0

    def gigantic(handler: Handler, content: bytes, kind: str) -> None:
        nonlocal sent
        handler.send_response(200)
        handler.send_header("Content-Length", str(1 << 40))
        handler.end_headers()
        try:
            for _ in range(1000):
                handler.wfile.write(bytes(1 << 20))
                sent += 1
        except OSError:
            pass
        handler.close_connection = True

    with (
        serving(Literature([], faults=[gigantic], each=99)) as literature,
        pytest.raises(Refused, match="Europe PMC sends more than 2 MB at once"),
    ):
        asked(literature, Made().clock, most=2 << 20)
    assert len(literature.requests) == 1
    assert sent < 100  # what the network holds on its way


def test_a_reply_counts_only_when_it_is_accepted() -> None:
    made, seen = Made(), list[bytes]()

    def accept(raw: bytes) -> int:
        seen.append(raw)
        if len(seen) < 3:
            raise BadReply("a reply that is odd")
        return len(seen)

    with serving(Literature([])) as literature, client(literature, made.clock) as one:
        assert one.ask("search", {"query": "a", "pageSize": "1", "cursorMark": "*"}, accept) == 3
    with (
        serving(Literature([])) as literature,
        client(literature, made.clock, tries=2) as one,
        pytest.raises(SourceAway, match=r"gives no answer that can be used \(a reply that is odd\)"),
    ):
        seen.clear()
        one.ask("search", {"query": "a", "pageSize": "1", "cursorMark": "*"}, accept)


# -- where we go ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "http://www.ebi.ac.uk/rest", "ftp://127.0.0.1", "https://", "https://me:secret@example.org", "file:///etc/passwd",
        "https://example.org/?a=b", "https://example.org/#a", "http://127.0.0.1.example.org", "nonsense", "https://[",
    ],
)  # fmt: skip
def test_only_https_or_this_machine_is_asked(url: str) -> None:
    with pytest.raises(ImmunoragError, match="the address of PubMed must be https://") as told:
        checked_url("PubMed", url)
    assert "secret" not in str(told.value)
    for good in ("https://example.org/rest/", "http://127.0.0.1:8000/rest", "http://localhost", "http://[::1]:80"):
        assert checked_url("PubMed", good) == good.rstrip("/")


def test_redirections_are_followed_within_the_server_only() -> None:
    def moved(to: str) -> Fault:
        return lambda handler, content, kind: handler.send(b"", "text/plain", 302, Location=to)

    with serving(Literature([])) as literature:
        literature.faults, literature.each = (
            [moved(f"{literature.url}/search?moved=1&pageSize=1&cursorMark=*&query=a")],
            1,
        )
        literature.faults = [*literature.faults]
        assert b"resultList" in asked(literature, Made().clock)
    with socket.create_server(("127.0.0.1", 0)) as elsewhere:
        elsewhere.settimeout(0.2)
        for to in (
            f"http://127.0.0.1:{elsewhere.getsockname()[1]}/",
            "https://example.org/",
            "file:///etc/passwd",
            "//[",
        ):
            with (
                serving(Literature([], faults=[moved(to)], each=9)) as literature,
                pytest.raises(Refused, match=r"elsewhere|an address that is none"),
            ):
                asked(literature, Made().clock)
        with pytest.raises(TimeoutError):
            elsewhere.accept()
    with (
        serving(Literature([], faults=[moved("/rest/search?pageSize=1&cursorMark=*&query=a")], each=99)) as literature,
        pytest.raises(Refused, match="in circles"),
    ):
        asked(literature, Made().clock)


@pytest.mark.parametrize(
    ("status", "hint"), [(400, "the syntax of the query"), (403, "the address"), (404, "the address")]
)
def test_what_is_refused_is_not_asked_for_again(status: int, hint: str) -> None:
    def refuse(handler: Handler, content: bytes, kind: str) -> None:
        handler.send(b"no", "text/plain", status)

    with (
        serving(Literature([], faults=[refuse], each=9)) as literature,
        pytest.raises(Refused, match=rf"refuses what we ask for \(HTTP {status}\); check {hint}"),
    ):
        asked(literature, Made().clock)
    assert len(literature.requests) == 1


# -- who asks -------------------------------------------------------------------------------------------------------


def test_ncbi_hears_who_asks_and_the_key_is_in_no_address_log_error_or_file(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(handler: Handler, content: bytes, kind: str) -> None:
        handler.send(f'{{"error":"API key invalid","api-key":"{KEY}"}}'.encode(), "application/json", 400)

    caplog.set_level(logging.DEBUG)
    who = {"email": "ada@example.org", "key": KEY}
    with (
        serving(Literature(articles(4), faults=[broken_inside], each=1)) as literature,
        connect("pubmed", tmp_path, url=literature.url, clock=Made().clock, **who) as source,
    ):
        for found in search(source, QUERY).found:
            source.full_text(found)
        for request in literature.requests:
            assert request.method == "POST"
            assert request.address == {}
            assert request.body["tool"] == "immunorag"
            assert request.body["email"] == "ada@example.org"
            assert request.body["api_key"] == KEY
            assert request.headers["User-Agent"].startswith("immunorag")
        assert {request.path for request in literature.requests} == {"esearch.fcgi", "efetch.fcgi"}
        literature.faults, literature.each = [refuse], 99
        with pytest.raises(SourceAway, match="PubMed does not accept the key; check NCBI_API_KEY") as told:
            search(source, QUERY)
    assert KEY not in caplog.text
    assert KEY not in str(told.value) + repr(told.value.__cause__)
    assert not any(KEY.encode() in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def test_europe_pmc_is_asked_in_its_own_words(tmp_path: Path) -> None:
    with (
        serving(Literature(articles(4), page=3)) as literature,
        connect("europepmc", tmp_path, email="ada@example.org", url=literature.url, clock=Made().clock) as source,
    ):
        search(
            source, Query("nivolumab OR ipilimumab", date(2020, 1, 1), date(2024, 12, 31), date(2026, 1, 2)), most=50
        )
    first, second = literature.requests
    assert first.parameters == {
        "query": "(nivolumab OR ipilimumab) AND FIRST_PDATE:[2020-01-01 TO 2024-12-31] "
        "AND FIRST_IDATE:[2026-01-02 TO 3000-12-31]",
        "resultType": "core",
        "format": "json",
        "pageSize": "50",
        "cursorMark": "*",
        "email": "ada@example.org",
    }
    assert second.parameters == first.parameters | {"cursorMark": "Ao3=="}


@pytest.mark.skipif(not RECORDED.exists(), reason="needs ../shared/data/europepmc")
def test_what_was_recorded_of_europe_pmc_is_found(tmp_path: Path) -> None:
    replies = [(RECORDED / name).read_text() for name in ("search_cancer_core.json", "search_no_results.json")]
    with (
        serving(Literature([])) as literature,
        connect("europepmc", tmp_path, url=literature.url, clock=Made().clock) as source,
    ):
        literature.reply = lambda request: (200, "application/json", replies[0])  # type: ignore[method-assign]
        looked = search(source, Query("cancer"), most=25)
        literature.reply = lambda request: (200, "application/json", replies[1])  # type: ignore[method-assign]
        assert search(source, Query("asdkfjh")).found == ()
    assert (len(looked.found), looked.total) == (25, 5_059_039)
    assert [found.full_text for found in looked.found if found.full_text] == [
        "PMC12120539", "PMC12174270", "PMC12069736", "PMC12106854", "PMC12166167", "PMC12170467", "PMC12175802",
        "PMC12175096",
    ]  # fmt: skip
    assert sum(found.abstract for found in looked.found) == 21
    for found in looked.found:
        assert found.record is not None
        if found.abstract:
            assert [paper.id for paper in read(found.record)] == [found.id]


def test_pubmed_is_asked_in_its_own_words(tmp_path: Path) -> None:
    with (
        serving(Literature(articles(3))) as literature,
        connect("pubmed", tmp_path, url=literature.url, clock=Made().clock) as source,
    ):
        search(source, Query("nivolumab OR ipilimumab", since=date(2020, 1, 1)), most=50)
    assert [request.parameters for request in literature.requests] == [
        {
            "db": "pubmed",
            "term": "(nivolumab OR ipilimumab) AND 2020/01/01:3000/12/31[dp]",
            "retmode": "json",
            "sort": "relevance",
            "retstart": "0",
            "retmax": "50",
            "tool": "immunorag",
        },
        {"db": "pubmed", "id": "90000001,90000002,90000003", "retmode": "xml", "tool": "immunorag"},
    ]


# -- what is kept ---------------------------------------------------------------------------------------------------


def test_the_cache_keeps_nothing_that_did_not_pass_and_no_name_leads_out_of_it(tmp_path: Path) -> None:
    cache = Cache(tmp_path, lambda: 5e9)

    def refuse(path: Path) -> None:
        assert path.read_bytes() == b"half"
        raise BadReply("no")

    with pytest.raises(BadReply):
        cache.put("records", "MED-1.json", b"half", refuse)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    kept = cache.put("records", "MED-1.json", b"whole")
    assert (cache.held("records", "MED-1.json"), cache.held("records", "MED-1.json", 60)) == (kept, None)
    assert cache.held("records", "MED-2.json") is None
    for name in ("../../x.json", "a/b.json", ".x.json", "x", "x.exe", "", "x" * 80 + ".json"):
        with pytest.raises(ValueError, match="no name of a file of ours"):
            cache.put("records", name, b"")


def test_records_without_a_sound_name_are_passed_over(tmp_path: Path) -> None:
    import json

    from literature_server import result

    def odd(handler: Handler, content: bytes, kind: str) -> None:
        page = json.loads(content)
        good = result(articles(1)[0])
        page["resultList"]["result"] = [
            good | {"id": "../../../etc/passwd"}, good | {"source": None}, "text", None, 7, [], {}, good,
        ]  # fmt: skip
        handler.send(json.dumps(page | {"hitCount": 8}).encode(), kind)

    with (
        serving(Literature(articles(8), faults=[odd], each=9)) as literature,
        connect("europepmc", tmp_path, url=literature.url, clock=Made().clock) as source,
    ):
        looked = search(source, QUERY)
    assert [found.id for found in looked.found] == ["pmid:90000001"]


# -- days -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2020", date(2020, 1, 1), date(2020, 12, 31)),
        ("2020-02", date(2020, 2, 1), date(2020, 2, 29)),
        ("2020/2/3", date(2020, 2, 3), date(2020, 2, 3)),
    ],
)
def test_a_year_is_its_first_day_or_its_last(text: str, first: date, last: date) -> None:
    assert (first_day(text), last_day(text)) == (first, last)


@pytest.mark.parametrize("text", ["20", "yesterday", "2020-13", "2021-02-29", "2020-00-01", "0000", ""])
def test_what_is_no_date_is_told(text: str) -> None:
    for day in (first_day, last_day):
        with pytest.raises(BadQuestion, match=r"is no (date|day)"):
            day(text)

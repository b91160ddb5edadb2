"""The page's server as programs meet it: what it serves, to whom, under which headers, and how it ends."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import httpx
import pytest
from browser import served
from commands import start, write_papers

from ui.page.passwords import with_person

QUESTION = "What was the response rate with nivolumab?"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("home")
    write_papers(home / "papers")
    done = start(["ingest", "papers", "--library", "library"], home=home)
    assert done.code == 0, done.err
    return home


@pytest.fixture(scope="module")
def server(home: Path) -> Iterator[httpx.Client]:
    with served(home, home / "library") as address, httpx.Client(base_url=address, timeout=60) as client:
        yield client


def test_every_reply_forbids_the_browser_to_ask_anybody_else(server: httpx.Client) -> None:
    for path in ("/", "/config", "/no-such-page"):
        headers = server.get(path).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert "connect-src 'self'" in headers["content-security-policy"]
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-frame-options"] == "DENY"


def test_the_page_names_no_font_script_or_style_elsewhere(server: httpx.Client) -> None:
    config = server.get("/config").json()
    assert config["stylesheets"] == []
    assert config["analytics_enabled"] is False
    assert "googleapis" not in server.get("/").text
    assert "googleapis" not in server.get("/theme.css").text


@pytest.mark.parametrize("file", ["/etc/passwd", "LIBRARY/catalogue.sqlite", "/proc/self/environ", "HOME/page.log"])
def test_no_file_is_served_that_is_not_the_pages_own(server: httpx.Client, home: Path, file: str) -> None:
    path = file.replace("LIBRARY", str(home / "library")).replace("HOME", str(home))
    for route in (
        "gradio_api/file=",
        "file=",
        "static/..%2f..%2f..%2f..%2f..",
        "gradio_api/file=/tmp/..%2f..",
        "assets/..",
    ):
        assert server.get(f"/{route}{path}").status_code in (400, 403, 404), route


def test_nothing_is_fetched_for_a_visitor(server: httpx.Client) -> None:
    assert server.get("/gradio_api/proxy=http://127.0.0.1:1/").status_code in (400, 403, 404)


def test_a_request_that_is_too_large_is_refused_unread(server: httpx.Client) -> None:
    connection = HTTPConnection(server.base_url.host, server.base_url.port or 80, timeout=60)
    with closing(connection):
        connection.putrequest("POST", "/gradio_api/upload")
        connection.putheader("Content-Type", "multipart/form-data; boundary=x")
        connection.putheader("Content-Length", str(2 << 30))
        connection.endheaders()
        assert connection.getresponse().status == 413


def test_programs_ask_by_the_pages_own_api(server: httpx.Client) -> None:
    assert list(server.get("/gradio_api/info").json()["named_endpoints"]) == ["/ask"]
    called = server.post("/gradio_api/call/ask", json={"data": [QUESTION, {"drugs": ["Opdivo"]}]}).json()
    told = server.get(f"/gradio_api/call/ask/{called['event_id']}").text
    answer = json.loads(told.partition("event: complete\ndata: ")[2])[0]
    assert answer["schema_version"] == 1
    assert answer["filters"] == {"drugs": ["nivolumab"]}
    assert "31.7%" in answer["answer"]


def test_without_a_name_and_its_password_nothing_is_shown(home: Path) -> None:
    with_person(home / "people", "ada", "correct horse")
    with served(home, home / "library", "--auth-file", str(home / "people")) as address:
        with httpx.Client(base_url=address, timeout=60) as stranger:
            assert stranger.get("/config").status_code == 401
            assert stranger.post("/gradio_api/call/ask", json={"data": [QUESTION]}).status_code == 401
            assert stranger.post("/login", data={"username": "ada", "password": "battery"}).status_code == 400
            assert stranger.get("/config").status_code == 401
        with httpx.Client(base_url=address, timeout=60) as ada:
            assert ada.post("/login", data={"username": "ada", "password": "correct horse"}).status_code == 200
            assert ada.get("/config").status_code == 200


def test_ctrl_c_ends_the_page_in_order_and_leaves_a_whole_library(home: Path) -> None:
    with served(home, home / "library") as address:
        assert httpx.get(address, timeout=60).status_code == 200
    log = (home / "page.log").read_text(encoding="utf-8")
    assert "Traceback" not in log
    assert "the page is closed" in log
    done = start(["library", "check", "--library", "library"], home=home)
    assert done.code == 0, done.out

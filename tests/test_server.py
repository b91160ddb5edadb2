"""Vectors on a real Chroma server: it goes away, comes back, loses its data, is shared, is none at all."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import chromadb
import httpx
import pytest
from commands import Command
from embedders import HashEmbedder
from made_papers import paper

from ingest import server as server_module
from ingest.checkup import check
from ingest.chunking import chunk
from ingest.errors import LibraryError, ServerAway
from ingest.library import Library
from ingest.papers import Filters
from ingest.server import Server

_WOMBAT = "A wombat instead, which slept all day and ate grass at night, as wombats do in winter."
_TOKEN = "s3cret"  # noqa: S105


class Chroma:
    """A Chroma server of our own on a free port; `start` and `stop` it as often as wanted."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None
        self.start(folder)

    def start(self, folder: Path) -> None:
        command = [
            str(Path(sys.executable).with_name("chroma")),
            "run",
            "--host",
            "127.0.0.1",
            "--port",
            str(self.port),
        ]
        self._process = subprocess.Popen(
            [*command, "--path", str(folder)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"ANONYMIZED_TELEMETRY": "False", "DO_NOT_TRACK": "1"},
        )
        until = time.monotonic() + 30
        while time.monotonic() < until:
            try:
                if httpx.get(f"{self.url}/api/v2/heartbeat").is_success:
                    return
            except httpx.TransportError:
                time.sleep(0.1)
        raise TimeoutError("chroma run does not answer")

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def collections(self) -> list[str]:
        client = chromadb.HttpClient("127.0.0.1", self.port)
        return [collection.name for collection in client.list_collections()]


@pytest.fixture
def chroma(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Chroma]:
    monkeypatch.setattr(server_module, "PAUSES", (0.05, 0.1))
    server = Chroma(tmp_path / "server")
    yield server
    server.stop()


def opened(folder: Path, url: str | None, words: list[str] | None = None) -> Library:
    return Library.open(
        folder, embedder=HashEmbedder(), notice=(words if words is not None else []).append, chroma_url=url
    )


def found(library: Library, text: str, filters: Filters | None = None) -> list[str]:
    return [id_ for id_, _ in library.dense(library.embedder.embed([text])[0], 3, filters)]


def problems(library: Library) -> dict[str, tuple[str, ...]]:
    return {finding.check: finding.problems for finding in check(library) if finding.problems}


def papers(*numbers: int) -> list[Any]:
    return [paper(number, f"Zebra number {number} met a quokka.", year=2000 + number) for number in numbers]


def test_a_library_with_a_server_finds_filters_and_checks_as_one_without(tmp_path: Path, chroma: Chroma) -> None:
    words: list[str] = []
    with opened(tmp_path / "served", chroma.url + "/", words) as one, opened(tmp_path / "plain", None) as other:
        for library in (one, other):
            library.add(papers(*range(12)))
            library.add([paper(3, _WOMBAT), *papers(12)])
            library.remove("pmid:5")
            assert problems(library) == {}
        vector = one.embedder.embed(["Zebra number 7 met a quokka."])[0]
        for filters in (None, Filters(since=2008), Filters(papers=("pmid:2", "pmid:4")), Filters(sources=("pdf",))):
            ours, theirs = one.dense(vector, 5, filters), other.dense(vector, 5, filters)
            assert [id_ for id_, _ in ours] == [id_ for id_, _ in theirs]
            assert [score for _, score in ours] == pytest.approx([score for _, score in theirs], abs=1e-5)
        assert found(one, _WOMBAT)[0] == "pmid:3#0"
        assert not list((tmp_path / "served").rglob("chroma.sqlite3"))
        before = chroma.collections()
        noted = json.loads((one.chroma_path / "server.json").read_text())
        assert noted == {"url": chroma.url, "collection": before[0]}
        one.rebuild()
        assert len(before) == len(chroma.collections()) == 1
        assert before != chroma.collections()
        assert problems(one) == {}
    assert [word for word in words if "as asked" not in word] == []


def test_a_server_that_went_away_is_told_and_is_no_broken_index(tmp_path: Path, chroma: Chroma) -> None:
    words: list[str] = []
    with opened(tmp_path / "library", chroma.url, words) as library:
        library.add(papers(1, 2))
        before = chroma.collections()
        chroma.stop()
        acts: tuple[Callable[[], object], ...] = (
            lambda: found(library, "Zebra"),
            lambda: library.add(papers(3)),
            lambda: list(check(library)),
        )
        for act in acts:
            with pytest.raises(ServerAway) as caught:
                act()
            assert str(caught.value).startswith(f"the Chroma server at {chroma.url} does not answer (")
            assert f"start it with: chroma run --host 127.0.0.1 --port {chroma.port} --path FOLDER" in str(caught.value)
        with opened(tmp_path / "library", chroma.url) as again, pytest.raises(ServerAway):
            found(again, "Zebra")
        chroma.start(tmp_path / "server")
        assert found(library, "Zebra number 2 met a quokka.")[0] == "pmid:2#0"
        library.add(papers(3))
        assert found(library, "Zebra number 3 met a quokka.")[0] == "pmid:3#0"
        assert problems(library) == {}
        assert (words, chroma.collections()) == ([], before)


def test_a_server_that_dies_during_a_write_costs_no_rebuild(tmp_path: Path, chroma: Chroma) -> None:
    words: list[str] = []
    with opened(tmp_path / "library", chroma.url, words) as library:
        library.add([paper(1, "First a zebra."), *papers(*range(2, 9))])
        before = chroma.collections()
        with library.writing():
            for each in (paper(1, _WOMBAT), *papers(9)):
                library.catalogue.put(each, chunk(each, library.embedder), library.embedder.embed([each.text]))
            entries = list(library.catalogue.entries(["pmid:1"]))
            indexes = library.opened_indexes()
            indexes.vectors.put(entries)  # half of what a sync would have written
            indexes.close()
            chroma.stop()
            with pytest.raises(ServerAway):
                library.sync()
        chroma.start(tmp_path / "server")
        assert found(library, _WOMBAT)[0] == "pmid:1#0"
        assert problems(library) == {}
        assert (words, chroma.collections()) == ([], before)


def test_a_server_that_dies_during_a_rebuild_leaves_the_old_vectors_and_no_litter(
    tmp_path: Path, chroma: Chroma
) -> None:
    words: list[str] = []
    with opened(tmp_path / "library", chroma.url) as library:
        library.add(papers(1, 2))
    before = chroma.collections()
    with (
        Library.open(
            tmp_path / "library", notice=words.append, progress=lambda _: chroma.stop(), chroma_url=chroma.url
        ) as library,
        pytest.raises(ServerAway),
    ):
        library.rebuild()
    chroma.start(tmp_path / "server")
    assert len(chroma.collections()) == 2
    with opened(tmp_path / "library", chroma.url, words) as library:
        assert found(library, "Zebra number 2 met a quokka.")[0] == "pmid:2#0"
        assert len(words) == 1  # the rebuild that was asked for
        library.rebuild()
        assert problems(library) == {}
        assert len(chroma.collections()) == 1
        assert chroma.collections() != before
        assert [path.name for path in (tmp_path / "library").glob("index-*")] == [library.chroma_path.parent.name]


def test_the_command_takes_the_address_by_flag_and_from_the_environment(
    tmp_path: Path, chroma: Chroma, immunorag: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(tmp_path / "library", chroma.url) as library:
        library.add(papers(1))
    monkeypatch.setenv("IMMUNORAG_CHROMA_TOKEN", _TOKEN)
    monkeypatch.setenv("IMMUNORAG_LIBRARY", str(tmp_path / "library"))
    assert immunorag("library", "check", "--chroma-url", chroma.url).code == 0
    chroma.stop()
    monkeypatch.setenv("IMMUNORAG_CHROMA_URL", chroma.url)
    done = immunorag("papers", "remove", "pmid:1")
    assert (done.code, done.out) == (1, "")
    assert f"the Chroma server at {chroma.url} does not answer" in done.err
    assert _TOKEN not in done.err


def test_a_server_that_lost_its_data_is_filled_again_with_a_word(tmp_path: Path, chroma: Chroma) -> None:
    words: list[str] = []
    with opened(tmp_path / "library", chroma.url, words) as library:
        library.add(papers(1, 2))
        for number in (0, 1):
            chroma.stop()
            chroma.start(tmp_path / f"empty-{number}")
            if number:
                library.add(papers(3))
            assert found(library, "Zebra number 2 met a quokka.")[0] == "pmid:2#0"
            assert problems(library) == {}
    assert len(words) == 2
    for word in words:
        assert f"the Chroma server at {chroma.url} no longer holds its vectors" in word
        assert "building them again from the catalogue" in word


def test_vectors_move_between_folder_and_server_with_a_word(tmp_path: Path, chroma: Chroma) -> None:
    words: list[str] = []
    for url, word in (
        (None, None),
        (chroma.url, f"the vectors are in the library's folder, not on the Chroma server at {chroma.url}"),
        (None, f"the vectors are on the Chroma server at {chroma.url}, not here"),
    ):
        with opened(tmp_path / "library", url, words) as library:
            if word is None:
                library.add(papers(1, 2))
            assert found(library, "Zebra number 2 met a quokka.")[0] == "pmid:2#0"
            assert word is None or word in words[-1 if url else -2], words
            assert problems(library) == {}
    (name,) = chroma.collections()
    assert words[-1].endswith(f"stay in the collection {name} on the Chroma server at {chroma.url}; delete them there")


def test_two_libraries_and_a_copy_share_a_server_and_touch_each_other_not(tmp_path: Path, chroma: Chroma) -> None:
    words: list[str] = []
    with opened(tmp_path / "one", chroma.url, words) as one, opened(tmp_path / "two", chroma.url, words) as two:
        one.add(papers(1))
        two.add(papers(2))
        shutil.copytree(tmp_path / "one", tmp_path / "copy")
        with opened(tmp_path / "copy", chroma.url) as copy:
            copy.add(papers(3))
            assert problems(copy) == {}
        one.rebuild()
        two.rebuild()
        for library, number in ((one, 1), (two, 2)):
            assert found(library, "Zebra") == [f"pmid:{number}#0"]
            assert problems(library) == {}
    assert len(chroma.collections()) == 3


class _Portal(BaseHTTPRequestHandler):
    """What is no Chroma server: it asks for a token, or speaks of other things."""

    seen: list[str | None] = []  # noqa: RUF012 (a class is made for each request)

    def do_GET(self) -> None:
        self.seen.append(self.headers.get("Authorization"))
        self.send_response(401 if self.path.startswith("/locked") else 200)
        self.end_headers()
        self.wfile.write(b"<html>Welcome</html>")

    def log_message(self, *arguments: Any) -> None:
        """Say nothing."""


def test_what_refuses_us_or_is_no_chroma_server_is_told_and_the_token_is_not(tmp_path: Path) -> None:
    portal = HTTPServer(("127.0.0.1", 0), _Portal)
    threading.Thread(target=portal.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{portal.server_port}"
    try:
        for place, word in (("/locked", "refuses us; set IMMUNORAG_CHROMA_TOKEN"), ("", "is no Chroma server")):
            with (
                Library.open(tmp_path, embedder=HashEmbedder(), chroma_url=url + place, chroma_token=_TOKEN) as library,
                pytest.raises(ServerAway, match=word) as caught,
            ):
                library.add(papers(1))
            assert _TOKEN not in f"{caught.value} {caught.value.__cause__!r}"
    finally:
        portal.shutdown()
        portal.server_close()
    assert set(_Portal.seen) == {f"Bearer {_TOKEN}"}
    assert _TOKEN not in repr(Server.at(url, _TOKEN))


@pytest.mark.parametrize("url", ["127.0.0.1:8000", "ftp://host", "http://", "http://h:99999", "http://h/?a=b", "x"])
def test_an_address_that_is_none_is_told(tmp_path: Path, url: str) -> None:
    with pytest.raises(LibraryError, match=r"^chroma_url is .*; it must be like http://127\.0\.0\.1:8000$"):
        opened(tmp_path, url)


def test_a_password_in_the_address_is_refused_and_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match="set IMMUNORAG_CHROMA_TOKEN instead") as caught:
        opened(tmp_path, "https://me:s3cret@host")
    assert "s3cret" not in str(caught.value)

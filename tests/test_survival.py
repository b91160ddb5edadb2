"""What a library survives: a full disk, a read-only one, two writers at once, a damaged catalogue."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from embedders import HashEmbedder
from made_papers import paper, read_lines, write

from ingest.checkup import check
from ingest.errors import BrokenLibrary, LibraryError
from ingest.library import Library


def opened(folder: Path) -> Library:
    return Library.open(folder, embedder=HashEmbedder(), notice=lambda line: None)


def problems(library: Library) -> dict[str, tuple[str, ...]]:
    return {finding.check: finding.problems for finding in check(library) if finding.problems}


@contextmanager
def mounted(at: Path, *arguments: str) -> Iterator[None]:
    """A mount at the folder `at`, as root may make it; skips the test where that is not allowed."""
    at.mkdir(exist_ok=True)
    command = ["mount", *arguments, str(at)]
    done = subprocess.run(command, capture_output=True, text=True, check=False) if shutil.which("mount") else None
    if done is None or done.returncode:
        pytest.skip(f"nothing can be mounted here: {done.stderr.strip() if done else 'there is no mount'}")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(at)], check=True)


def test_a_full_disk_is_a_clear_word_and_loses_nothing_that_was_reported(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    with mounted(disk, "-t", "tmpfs", "-o", "size=6m", "tmpfs"):
        folder = write(tmp_path / "in", *(f"{n} {f'Zebra number {n} met a quokka. ' * 60}" for n in range(600)))
        reported: list[str] = []
        words: list[str] = []
        for _ in range(3):  # again and again, as people try
            try:
                with opened(disk / "library") as library:
                    library.ingest([folder], read=read_lines, report=lambda each: reported.extend(each.paper_ids))
            except LibraryError as error:
                words.append(str(error))
        assert len(words) == 3
        for word in words:
            assert "free space" in word or "free some space" in word, word
            assert word.startswith(str(disk))
        subprocess.run(["mount", "-o", "remount,size=200m", str(disk)], check=True)
        with opened(disk / "library") as library:
            assert {record.id for record in library.records()} >= set(reported)
            assert problems(library) == {}
            report = library.ingest([folder], read=read_lines)
            assert (len(library), report.failed) == (600, 0)
            assert problems(library) == {}


def test_a_read_only_disk_is_a_clear_word_and_the_library_stays_as_it_is(tmp_path: Path) -> None:
    with opened(tmp_path / "library") as library:
        library.add([paper(1, "Zebra.")])
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "library").rglob("*") if path.is_file()}
    disk = tmp_path / "disk"
    with mounted(disk, "--bind", str(tmp_path / "library")):
        subprocess.run(["mount", "-o", "remount,ro,bind", str(disk)], check=True)
        with pytest.raises(LibraryError, match=r"disk: cannot be written to .*copy the library to where you have it"):
            opened(disk)
    assert {path: path.stat().st_mtime_ns for path in before} == before
    with opened(tmp_path / "library") as library:
        assert problems(library) == {}


def test_a_new_library_on_a_read_only_disk_is_a_clear_word(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    with (
        mounted(disk, "-t", "tmpfs", "-o", "ro", "tmpfs"),
        pytest.raises(LibraryError, match="Read-only file system; name a folder that you may write to"),
    ):
        opened(disk / "library")


_WRITER = """
import sys
from embedders import HashEmbedder
from made_papers import read_lines
from ingest.library import Library
with Library.open(sys.argv[1], embedder=HashEmbedder(), notice=print) as library:
    report = library.ingest([sys.argv[2]], read=read_lines)
    print(report.added, report.unchanged, report.failed)
"""

_READER = """
import sys
from embedders import HashEmbedder
from ingest.library import Library
with Library.open(sys.argv[1], embedder=HashEmbedder(), notice=print) as library:
    query = library.embedder.embed(["zebra"])[0]
    print("open", flush=True)
    looks, seen = 0, [0]
    while not (seen[-1] == 400 and len(library) == 400):
        found = [id_ for id_, _ in library.lexical("zebra", 400)]
        assert len(found) >= seen[-1], (len(found), seen)
        assert len(library.dense(query, 10)) >= min(10, len(found))
        assert [chunk.id for chunk in library.chunks(found)] == found
        looks += 1
        seen.append(len(found))
    print(looks, sorted(set(seen)))
"""


def script(code: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code), *arguments],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *filter(None, sys.path)])},
    )


def test_two_writers_and_a_reader_at_once_end_with_every_paper_once(tmp_path: Path) -> None:
    """Both writers are given the same files; the reader sees only whole states, each with no less than the last."""
    folder = write(tmp_path / "in", *(f"{number} Zebra number {number}." for number in range(400)))
    library = str(tmp_path / "library")
    opened(tmp_path / "library").close()
    reader = script(_READER, library)
    assert reader.stdout is not None
    assert reader.stdout.readline() == "open\n"
    writers = [script(_WRITER, library, str(folder)) for _ in range(2)]
    said = [writer.communicate(timeout=120)[0].split("\n")[-2].split() for writer in writers]
    assert [writer.returncode for writer in writers] == [0, 0]
    assert sorted(said) == [["0", "400", "0"], ["400", "0", "0"]]
    read = reader.communicate(timeout=120)[0]
    assert reader.returncode == 0, read
    with opened(tmp_path / "library") as one:
        assert len(one) == 400
        assert problems(one) == {}


def test_damaged_pages_of_the_catalogue_are_told_and_left_as_they_are(tmp_path: Path) -> None:
    with opened(tmp_path) as library:
        library.add([paper(number, f"Zebra number {number} met a quokka. " * 30) for number in range(300)])
    file = tmp_path / "catalogue.sqlite"
    whole = file.read_bytes()
    told = 0
    for page in range(1, len(whole) // 4096, 7):
        damaged = whole[: page * 4096] + b"\xff" * 4096 + whole[(page + 1) * 4096 :]
        file.write_bytes(damaged)
        try:
            with opened(tmp_path) as library:
                words = [problem for finding in check(library) for problem in finding.problems]
        except BrokenLibrary as error:
            words = [str(error)]
            assert "put a backup in its place" in words[0]
        told += bool(words)
        assert file.read_bytes() == damaged
        assert (tmp_path / "index-0").is_dir()
    assert told >= len(range(1, len(whole) // 4096, 7)) - 3  # a page that is free holds nothing to lose

"""`immunorag library` and `immunorag papers`, on libraries made without the real model: they never load it."""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
from commands import COMMAND, Command, at_home, holding
from embedders import HashEmbedder
from made_papers import paper, read_lines, write

from ingest.library import Library


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    with Library.open(folder / "library", embedder=HashEmbedder(), notice=lambda line: None) as library:
        library.ingest([write(folder / "in", "1 Zebra stripes.", "2 Quokka smiles.")], read=read_lines)
        library.add(
            [
                paper(3, "Emu runs.", year=2015, source="pdf", authors=("Ada Example",), journal="J", doi="10.1/x"),
                paper(4, "Gnu rests.", year=None, status="retracted"),
            ]
        )
    return folder / "library"


@pytest.fixture
def library(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "library")
    return tmp_path / "library"


def rows(out: str) -> list[list[str]]:
    return [line.split("\t") for line in out.splitlines()]


# -- the library ------------------------------------------------------------------------------------------------------


def test_check_of_a_sound_library_has_a_line_a_check(immunorag: Command, library: Path) -> None:
    done = immunorag("library", "check", "--library", library)
    assert (done.code, done.err) == (0, "")
    assert [row[0] for row in rows(done.out)] == ["ok"] * 7
    assert ["ok", "texts", "4 papers, 4 chunks", "", ""] in rows(done.out)


def test_check_of_a_sample_tells_what_was_sampled(immunorag: Command, library: Path) -> None:
    done = immunorag("library", "check", "--sample", "2", "--seed", "7", "--library", library)
    assert (done.code, done.err) == (0, "")
    assert ["ok", "Tantivy", "2 of 4 chunks (seed 7), each by its words", "", ""] in rows(done.out)


def test_check_tells_what_is_wrong_and_the_remedy_it_names_mends_it(immunorag: Command, library: Path) -> None:
    (index,) = library.glob("index-*")
    shutil.rmtree(index / "words")
    done = immunorag("library", "check", "--library", library)
    assert done.code == 1
    assert done.err == f"error: {library}: 1 of 6 checks found something wrong; what to do stands beside each\n"
    (wrong,) = [row for row in rows(done.out) if row[0] == "wrong"]
    assert wrong[1:4] == ["indexes", "4 chunks", "cannot be opened: words is missing"]
    assert "immunorag library rebuild" in wrong[4]
    rebuilt = immunorag("library", "rebuild", "--library", library)
    assert rebuilt.out == f"Indexes built again: 4 chunks in {library}\n"
    assert rebuilt.err == f"note: {library}: as asked; building them again from the catalogue (4 chunks)\n"
    assert immunorag("library", "check", "--library", library).code == 0


def test_stats_draw_plots_that_fit_80_columns_and_print_their_numbers(immunorag: Command, library: Path) -> None:
    done = immunorag("library", "stats", "--library", library)
    assert done.code == 0
    lines = done.out.splitlines()
    assert lines[1] == "4 papers, 4 chunks, 47 characters"
    assert max(map(len, lines[1:])) <= 80
    assert re.search(r"^  2020     █+ 2$", done.out, re.MULTILINE)
    assert re.search(r"^  2016     0$", done.out, re.MULTILINE)
    assert re.search(r"^  no year  █+▌? 1$", done.out, re.MULTILINE)
    assert re.search(r"^  retracted  █+▌? 1$", done.out, re.MULTILINE)
    numbers = json.loads(immunorag("library", "stats", "--json", "--library", library).out)
    assert numbers["years"] == {"2020": 2, "2015": 1, "unknown": 1}
    assert numbers["sources"] == {"jats": 3, "pdf": 1}
    assert numbers["sections"] == {"results": 47}
    assert all(numbers["disk"].values())


def test_exported_library_is_imported_elsewhere(immunorag: Command, library: Path, tmp_path: Path) -> None:
    done = immunorag("library", "export", "moved.tar.gz", "--library", library)
    assert re.fullmatch(r"4 papers in moved\.tar\.gz, \d+\.\d kB\n", done.out)
    done = immunorag("library", "import", "moved.tar.gz", "--library", tmp_path / "new")
    assert (done.code, done.out, done.err) == (0, f"4 papers in {tmp_path / 'new'}\n", "")
    listed = immunorag("papers", "list", "--library", library).out
    assert immunorag("papers", "list", "--library", tmp_path / "new").out == listed
    assert immunorag("library", "check", "--library", tmp_path / "new").code == 0
    for arguments in (("export", "moved.tar.gz"), ("import", "moved.tar.gz"), ("import", "none.tar.gz")):
        done = immunorag("library", *arguments, "--library", library)
        assert (done.code, done.out, done.err.count("\n")) == (1, "", 1)
        assert done.err.startswith("error: ")


def test_library_that_is_not_there_is_not_made_by_looking_after_it(immunorag: Command, tmp_path: Path) -> None:
    for arguments in (("check",), ("stats",), ("rebuild",), ("export", "x.tar.gz")):
        done = immunorag("library", *arguments, "--library", tmp_path / "typo")
        assert done.code == 1
        assert "immunorag ingest FOLDER" in done.err
    assert list(tmp_path.iterdir()) == []


def test_who_writes_to_the_library_is_named_and_waiting_can_be_given_up(immunorag: Command, library: Path) -> None:
    with holding(library) as pid:
        process = subprocess.Popen(
            [*COMMAND, "library", "rebuild", "--library", str(library)],
            stderr=subprocess.PIPE,
            env=at_home(library.parent),
        )
        assert process.stderr is not None
        assert f"waiting for process {pid} (".encode() in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        assert process.stderr.read().endswith(b"error: interrupted\n")
        assert process.wait() == 130
    assert immunorag("library", "check", "--library", library).code == 0


def test_on_a_terminal_a_check_is_not_wider_than_it(library: Path, tmp_path: Path) -> None:
    shutil.rmtree(next(library.glob("index-*")) / "chroma")
    parent, child = pty.openpty()
    environ = {**at_home(tmp_path), "COLUMNS": "80", "TERM": "xterm-256color"}
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE"):
        environ.pop(name, None)
    command = [*COMMAND, "library", "check", "--library", str(library)]
    with subprocess.Popen(command, stdin=child, stdout=child, stderr=subprocess.DEVNULL, env=environ) as process:
        os.close(child)
        output = b""
        while True:
            try:
                output += os.read(parent, 65536)
            except OSError:  # the other end is closed
                break
    os.close(parent)
    assert process.returncode == 1
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", output.decode()).replace("\r\n", "\n")
    assert "ok     catalogue    SQLite file" in plain
    assert "WRONG  indexes      4 chunks\n       cannot be opened: chroma is missing\n       What to do: build" in plain
    assert max(map(len, plain.splitlines())) <= 80


# -- its papers -------------------------------------------------------------------------------------------------------


def test_papers_are_listed_by_filter(immunorag: Command, library: Path) -> None:
    def listed(*options: str) -> list[str]:
        return [row[0] for row in rows(immunorag("papers", "list", *options, "--library", library).out)]

    assert listed() == ["pmid:1", "pmid:2", "pmid:3", "pmid:4"]
    assert listed("--since", "2016") == ["pmid:1", "pmid:2"]
    assert listed("--until", "2016") == ["pmid:3"]
    assert listed("--source", "pdf") == ["pmid:3"]
    assert listed("--source", "pdf", "--source", "jats") == listed()
    assert listed("--status", "retracted") == ["pmid:4"]
    for wrong in (("--source", "docx"), ("--status", "fine"), ("--since", "2020", "--until", "2010")):
        done = immunorag("papers", "list", *wrong, "--library", library)
        assert (done.code, done.out) == (2, "")
        assert wrong[0] in done.err


def test_papers_are_exported_by_filter_in_three_formats(immunorag: Command, library: Path) -> None:
    def exported(*options: str) -> str:
        done = immunorag("papers", "export", *options, "--library", library)
        assert (done.code, done.err) == (0, "")
        return done.out

    assert [json.loads(line)["id"] for line in exported().splitlines()] == ["pmid:1", "pmid:2", "pmid:3", "pmid:4"]
    assert exported("--format", "bibtex", "--source", "pdf").startswith(
        "@article{example2015,\n  title = {{Study 3}},\n"
    )
    assert exported("--format", "ris", "--status", "retracted").splitlines()[-3] == "N1  - RETRACTED"
    assert immunorag("papers", "export", "--format", "docx", "--library", library).code == 2


def test_removed_papers_are_gone_and_an_unknown_one_removes_nothing(immunorag: Command, library: Path) -> None:
    done = immunorag("papers", "remove", "pmid:1", "pmid:77", "--library", library)
    assert (done.code, done.out) == (1, "")
    assert "pmid:77" in done.err
    done = immunorag("papers", "remove", "10.1/X", "1", "pmid:1", "--library", library)
    assert (done.code, done.out) == (0, "removed\tpmid:3\tStudy 3\nremoved\tpmid:1\tStudy 1\n")
    assert [row[0] for row in rows(immunorag("papers", "list", "--library", library).out)] == ["pmid:2", "pmid:4"]
    assert len([path for path in (library / "files").rglob("*") if path.is_file()]) == 1
    assert immunorag("library", "check", "--library", library).code == 0


# -- help -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [["library"], ["library", "import"], ["papers", "export"], ["papers", "remove"]])
def test_help_of_what_looks_after_a_library_fits_80_columns(immunorag: Command, arguments: list[str]) -> None:
    done = immunorag(*arguments, "--help")
    assert done.code == 0
    assert done.out.startswith(f"Usage: immunorag {' '.join(arguments)}")
    assert max(map(len, done.out.splitlines())) <= 80

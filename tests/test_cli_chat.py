"""`immunorag chat`: a conversation in a terminal, and over a pipe."""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from commands import COMMAND, Command, Done, at_home, start, write_papers

from ui.cli.filters import typed

FIRST = "What was the response rate with nivolumab in melanoma?"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("chat")
    done = start(["ingest", str(write_papers(folder / "papers")), "--library", str(folder / "library")], home=folder)
    assert done.code == 0, done.err
    return folder / "library"


Chat = Callable[..., Done]


@pytest.fixture
def chat(immunorag: Command, library: Path, monkeypatch: pytest.MonkeyPatch) -> Chat:
    """Says lines to the command as a pipe does, the last with a byte that is no UTF-8."""

    def said(*lines: str, arguments: tuple[str, ...] = ()) -> Done:
        stdin = io.TextIOWrapper(io.BytesIO("\r\n".join(lines).encode() + b"\xff\n" if lines else b""))
        monkeypatch.setattr(sys, "stdin", stdin)
        return immunorag("chat", "--library", library, *arguments)

    return said


def test_each_line_of_a_pipe_is_a_question_and_may_follow_the_last(chat: Chat) -> None:
    done = chat(FIRST, "", "How many had severe adverse events?", "")
    assert "31.7% with nivolumab" in done.out
    assert "Understood as: How many had severe adverse events with nivolumab in melanoma?" in done.out
    assert "9 of 120 patients given nivolumab" in done.out
    assert done.out.count("not medical advice") == 2
    assert done.out.startswith(f"{FIRST}\n")


def test_commands_are_obeyed_and_unknown_ones_named(chat: Chat) -> None:
    done = chat(
        ":help", ":filters", ":filters --since 2020 --drug Yervoy", FIRST, ":new", "How toxic is it?",
        ":filters none", ":filters", ":what", ":filters --drug Foobarumab", ":filters --colour blue",
    )  # fmt: skip
    assert "Ctrl-D ends." in done.out
    assert "Only papers: Yervoy; since 2020" in done.out
    assert "Understood as" not in done.out  # the conversation was forgotten
    assert done.out.count("all papers\n") == 2 + 1  # and once in :help
    assert "error: :what is unknown; known are :filters, :new, :help" in done.err
    assert "no drug is called 'Foobarumab'" in done.err
    assert "no filter is called '--colour'; known are --cancer" in done.err
    assert done.code == 1


def test_a_line_that_cannot_be_asked_ends_no_conversation(chat: Chat) -> None:
    done = chat("???", "x " * 3000, FIRST)
    assert done.err.count("error: ") == 2
    assert "31.7% with nivolumab" in done.out
    assert done.code == 1


def test_the_filters_of_the_command_hold_from_the_first_question(chat: Chat) -> None:
    done = chat(FIRST, "And with ipilimumab?", arguments=("--until", "2019"))
    assert done.out.count("Only papers: until 2019") == 2


def test_a_person_is_prompted_and_ends_with_ctrl_d(library: Path) -> None:
    master, slave = pty.openpty()
    command = [*COMMAND, "chat", "--library", str(library)]
    with subprocess.Popen(
        command, stdin=slave, stdout=slave, stderr=slave, env=at_home(library.parent), cwd=library.parent
    ) as running:
        os.close(slave)
        read_until(master, b":help shows more", b"> ")
        os.write(master, f"{FIRST}\n".encode())
        read_until(master, b"31.7%", b"not medical advice", b"> ")
        os.write(master, b"\x04")
        assert running.wait(timeout=60) == 0
    os.close(master)


def read_until(master: int, *wanted: bytes) -> None:
    """Read what the terminal shows until all of `wanted` was seen, in this order."""
    seen = b""
    for one in wanted:
        while one not in seen:
            seen += os.read(master, 4096)
        seen = seen.partition(one)[2]


def test_help_teaches_by_examples(immunorag: Command) -> None:
    done = immunorag("chat", "--help")
    assert "And in melanoma?" in done.out
    assert "immunorag chat < questions.txt" in done.out


def test_filters_are_typed_as_options_are() -> None:
    chosen = typed(["--since", "2020", "--drug", "nivolumab", "--drug", "ipilimumab", "--design", "rct"])
    assert (chosen.since, chosen.drugs, chosen.designs) == (2020, ("nivolumab", "ipilimumab"), ("randomised trial",))


@pytest.mark.parametrize(
    "words", [["--since"], ["--since", "soon"], ["since", "2020"], ["--since", "2020", "--until", "2010"]]
)
def test_filters_that_make_no_sense_are_refused(words: list[str]) -> None:
    import typer

    with pytest.raises(typer.BadParameter):
        typed(words)


def test_a_library_that_is_not_there_is_said_at_once(immunorag: Command, tmp_path: Path) -> None:
    done = immunorag("chat", "--library", tmp_path / "none")
    assert (done.code, done.out) == (1, "")
    assert "there is no library" in done.err


def test_an_empty_pipe_is_no_error(chat: Chat) -> None:
    assert chat() == Done(0, "", "")

"""`immunorag chat`: a conversation with the library."""

from __future__ import annotations

import contextlib
import shlex
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import typer
from rich.text import Text

from ingest.errors import ImmunoragError
from ingest.papers import Filters
from ui.cli.filters import filtered, typed
from ui.cli.options import (
    ChromaOption,
    LibraryOption,
    LlmOption,
    LlmUrlOption,
    PaperOption,
    PassagesOption,
    assistant_for,
    open_present,
)
from ui.cli.terminal import busy, error, note, out
from ui.rendering import Block, answer_blocks, inert, is_terminal, show
from ui.settings import load_settings

if TYPE_CHECKING:
    from rag.assistant import Assistant

__all__ = ["chat"]

_PROMPT = "> "
_LONGEST_LINE = 100_000  # bytes; far more than any question may have
_HELP = """\
A line is a question, a follow-up to those before it, or one of these:
  :filters                     which papers are asked
  :filters --since 2020 ...    ask only these from now on; the options are those of immunorag ask
  :filters none                ask all papers again
  :new                         forget the conversation
  :help                        this
Ctrl-D ends."""


@filtered(retracted=False)
def chat(
    llm: LlmOption = None,
    llm_url: LlmUrlOption = None,
    passages: PassagesOption = 8,
    filters: Filters = Filters(),  # noqa: B008 (frozen)
    paper: PaperOption = None,
    library: LibraryOption = None,
    chroma_url: ChromaOption = None,
) -> None:
    """Ask question after question, each in the light of those before.

    A follow-up need not say again what was said: "And in melanoma?", "How toxic is it?", "How many had grade 3?". What
    it was understood as stands above the answer. Answers are those of ask. Ctrl-D ends, :help shows what else can be
    typed. Where standard input is a file or a pipe, each of its lines is a question.

    \b
    Examples:
      immunorag chat
      immunorag chat --cancer melanoma --since 2020
      immunorag chat --llm openai:gpt-5-mini
      immunorag chat < questions.txt

    Exit code: 0 done, 1 when a question could not be asked, 2 wrong usage.
    """
    settings = load_settings(library=library, llm=llm, llm_url=llm_url, chroma_url=chroma_url)
    with contextlib.ExitStack() as stack:
        with busy("opening the library") as progress:
            opened = stack.enter_context(open_present(settings, progress))
            papers = tuple(opened.paper(identifier).id for identifier in paper or ())
            assistant = assistant_for(opened, settings, passages)
        looking = sys.stdin.isatty() and is_terminal(out())
        if looking:
            note(f"{len(opened):,} papers; ask away (:help shows more, Ctrl-D ends)")
        talk = _Talk(assistant, replace(filters, papers=papers))
        failed = False
        for line in _typed_lines() if looking else _piped_lines():
            failed = not talk.hear(line, looking) or failed
    if failed and not looking:
        raise typer.Exit(1)


class _Talk:
    """The conversation so far, and the papers that it is with."""

    def __init__(self, assistant: Assistant, filters: Filters) -> None:
        self._assistant, self._filters = assistant, filters
        self._history: list[tuple[str, str]] = []
        self._commands: dict[str, Callable[[str], None]] = {
            ":filters": self._choose,
            ":new": self._begin_anew,
            ":help": lambda rest: _say(*_HELP.splitlines()),
        }

    def hear(self, line: str, looking: bool) -> bool:
        """Answer a question or do what a line with a colon says; False where it could not be."""
        try:
            if line.startswith(":"):
                self._obey(line)
            else:
                self._answer(line, looking)
        except (ImmunoragError, typer.BadParameter) as problem:
            error(str(problem))
            return False
        except KeyboardInterrupt:
            if not looking:
                raise
            note("given up; the conversation is as it was before")
        return True

    def _answer(self, question: str, looking: bool) -> None:
        from rag.conversation import turn

        with busy("reading the papers"):
            answer = self._assistant.ask(question, self._filters, self._history)
        self._history.append(turn(answer))
        asked = [] if looking else [Block(Text(inert(question), style="bold")), Block()]
        show(out(), [*asked, *answer_blocks(answer), Block()])

    def _obey(self, line: str) -> None:
        name, _, rest = line.partition(" ")
        command = self._commands.get(name)
        if command is None:
            raise typer.BadParameter(f"{name} is unknown; known are {', '.join(self._commands)}")
        command(rest.strip())

    def _choose(self, rest: str) -> None:
        from rag.filtering import described

        if rest == "none":
            self._filters = Filters()
        elif rest:
            try:
                words = shlex.split(rest)
            except ValueError as problem:
                raise typer.BadParameter(f"{rest}: {problem}; close the quotes") from problem
            chosen = typed(words)
            self._assistant.library.chunk_count(chosen)  # a name that is unknown is told now
            self._filters = chosen
        _say("; ".join(described(self._filters)) or "all papers")

    def _begin_anew(self, rest: str) -> None:
        self._history.clear()
        _say("a new conversation")


def _say(*lines: str) -> None:
    show(
        out(), [Block(Text(inert(line) if line == line.strip() else line, style="cyan"), wrap=False) for line in lines]
    )


def _typed_lines() -> Iterator[str]:
    """The lines that a person types, to be gone back to with the arrow keys where the system can."""
    with contextlib.suppress(ImportError):
        import readline  # noqa: F401 (it works by being there)
    while True:
        try:
            line = input(_PROMPT).strip()
        except EOFError:
            sys.stdout.write("\n")
            return
        if line:
            yield line.encode("utf-8", "replace").decode("utf-8")


def _piped_lines() -> Iterator[str]:
    while read := sys.stdin.buffer.readline(_LONGEST_LINE):
        line = read.decode("utf-8-sig", "replace").strip()
        if line:
            yield line

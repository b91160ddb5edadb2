"""`immunorag batch`: many questions, from a file into a file."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Annotated, Any

import typer

from ingest.papers import Filters
from ui.batch_files import Row, UnusableFile, done_already, read_questions
from ui.cli.filters import filtered
from ui.cli.options import (
    ChromaOption,
    LibraryOption,
    LlmOption,
    LlmUrlOption,
    PassagesOption,
    assistant_for,
    open_present,
)
from ui.cli.terminal import Interrupted, error, note, progress_bars
from ui.settings import load_settings

__all__ = ["batch"]


@filtered(retracted=False)
def batch(
    questions: Annotated[
        Path, typer.Argument(metavar="QUESTIONS", help="JSON lines, or CSV (.csv).", show_default=False)
    ],
    answers: Annotated[
        Path, typer.Argument(metavar="ANSWERS", help="JSON lines; - is standard output.", show_default=False)
    ],
    llm: LlmOption = None,
    llm_url: LlmUrlOption = None,
    passages: PassagesOption = 8,
    filters: Filters = Filters(),  # noqa: B008 (frozen)
    concurrency: Annotated[
        int, typer.Option(min=1, max=64, metavar="N", help="How many questions an LLM is asked at once.")
    ] = 4,
    library: LibraryOption = None,
    chroma_url: ChromaOption = None,
) -> None:
    """Answer many questions, each with the same care as ask.

    A row of QUESTIONS is {"question": "...", "id": "..."}, or a line of a CSV with a column question; id may be left
    out. ANSWERS gets a line for each, in the same order: the id and what ask --json prints, without the times. A row
    that holds no question gets a line with the key error, and stops no other.

    An interrupted run goes on where it stopped: give the same command again.

    \b
    Examples:
      immunorag batch questions.jsonl answers.jsonl
      immunorag batch --llm openai:gpt-5-mini --cancer melanoma q.csv a.jsonl
      immunorag batch questions.jsonl - | jq .answer

    Exit code: 0 done, 1 when no row could be answered, 2 wrong usage, 130 interrupted.
    """
    from ingest.library import Progress

    rows = read_questions(questions)
    settings = load_settings(library=library, llm=llm, llm_url=llm_url, chroma_url=chroma_url)
    if not rows:
        raise UnusableFile(f"{questions}: holds no question")
    begun = 0 if str(answers) == "-" else done_already(answers, rows)
    if begun:
        note(f"{begun:,} of {len(rows):,} questions were answered before; going on behind them")
    failed = 0
    with progress_bars() as progress, open_present(settings, progress) as opened, _written(answers) as file:
        assistant = assistant_for(opened, settings, passages)
        asked = (row.question for row in rows[begun:])
        try:
            for number, answer in enumerate(assistant.ask_batch(asked, filters, concurrency=concurrency), begun):
                row = rows[number]
                line = {"error": row.error} if row.error else _line(answer)
                if "error" in line:
                    failed += 1
                    error(f"{questions}: row {row.id}: {line['error']}")
                _write(file, row, line)
                progress(Progress("questions", number + 1, len(rows)))
        except KeyboardInterrupt:
            raise Interrupted("interrupted; what is written is kept, run the same command again to go on") from None
    if failed and failed == len(rows) - begun:
        raise typer.Exit(1)


def _line(answer: Any) -> dict[str, Any]:
    from rag.answer import Unanswered
    from rag.formats import to_json

    if isinstance(answer, Unanswered):
        return {"error": answer.reason}
    plain = to_json(answer)
    del plain["timings"]  # so that an interrupted run ends in the same file
    return plain


def _write(file: IO[str], row: Row, line: dict[str, Any]) -> None:
    file.write(json.dumps({"id": row.id} | line | {"question": row.question}, ensure_ascii=False) + "\n")
    file.flush()


@contextmanager
def _written(path: Path) -> Iterator[IO[str]]:
    """The file of answers, to be gone on with."""
    if str(path) == "-":
        yield sys.stdout
        return
    try:
        file = path.open("a", encoding="utf-8")
    except OSError as problem:
        raise UnusableFile(f"{path}: cannot be written ({problem.strerror or problem}); name another file") from problem
    with file:
        yield file

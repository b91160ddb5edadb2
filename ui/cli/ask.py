"""`immunorag ask`: a question to the library."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ingest.errors import ImmunoragError
from ingest.papers import Filters
from ui.cli.filters import filtered
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
from ui.cli.terminal import busy, out, progress_console
from ui.rendering import answer_blocks, is_terminal, show
from ui.settings import load_settings

if TYPE_CHECKING:
    from rag.answer import Answer
    from rag.assistant import Assistant

__all__ = ["ask"]

_LONGEST_INPUT = 16_000_000  # bytes read from standard input; far more than any question may have


def _print_schema(wanted: bool) -> None:
    if wanted:
        sys.stdout.write((files("ui") / "answer.schema.json").read_text(encoding="utf-8"))
        raise typer.Exit


@filtered(retracted=False)
def ask(
    question: Annotated[
        str,
        typer.Argument(
            metavar="QUESTION",
            help="The question in words, in quotes; - reads it from standard input.",
            show_default=False,
        ),
    ],
    llm: LlmOption = None,
    llm_url: LlmUrlOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
    form: Annotated[
        Literal["markdown", "bibtex", "ris"] | None,
        typer.Option("--format", help="Print it as Markdown, or its sources as BibTeX or RIS.", show_default=False),
    ] = None,
    audit: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Also write all that the answer came from to this JSON file.", show_default=False
        ),
    ] = None,
    passages: PassagesOption = 8,
    filters: Filters = Filters(),  # noqa: B008 (frozen)
    paper: PaperOption = None,
    library: LibraryOption = None,
    chroma_url: ChromaOption = None,
    schema: Annotated[
        bool,
        typer.Option(
            "--schema", is_eager=True, callback=_print_schema, help="Print the JSON Schema of --json and end."
        ),
    ] = False,
) -> None:
    """Answer a question, with citations you can check.

    Without an LLM the answer is made of the sentences of the papers that answer best, word for word. With one, the
    prose is the LLM's, and every sentence is checked against the passages it cites. Where the library holds no
    answer, it says so and shows the nearest papers; that is no error.

    \b
    Examples:
      immunorag ask "Does PD-L1 expression predict response to nivolumab?"
      immunorag ask --since 2020 --passages 12 "What causes resistance?"
      immunorag ask --cancer NSCLC --design rct "Does TMB predict benefit?"
      immunorag ask --llm openai:gpt-5-mini "Who benefits from dual blockade?"
      immunorag ask --json "What is tumor mutational burden?" > answer.json
      immunorag ask --format markdown --audit audit.json "Who responds?"
      immunorag ask - < question.txt

    \b
    The key of a hosted LLM comes from its own variable (OPENAI_API_KEY, ...).
    Exit code: 0 answered or abstained, 1 error, 2 wrong usage.
    """
    from rag.question import Question

    settings = load_settings(library=library, llm=llm, llm_url=llm_url, chroma_url=chroma_url)
    text = _from_standard_input() if question == "-" else question.encode("utf-8", "replace").decode("utf-8")
    Question(text)  # a bad question is told before anything is loaded

    waiting_for = "reading the papers" if settings.llm is None else f"reading the papers; {settings.llm} writes"
    with busy(waiting_for) as progress, open_present(settings, progress) as opened:
        papers = tuple(opened.paper(identifier).id for identifier in paper or ())
        assistant = assistant_for(opened, settings, passages)
        answer = assistant.ask(text, replace(filters, papers=papers))
        if audit is not None:
            _audited(audit, answer, assistant)
    if form is not None:
        from rag.formats import to_bibtex, to_markdown, to_ris

        sys.stdout.write({"markdown": to_markdown, "bibtex": to_bibtex, "ris": to_ris}[form](answer).rstrip() + "\n")
    elif as_json:
        from rag.formats import to_json

        unicode_safe = "utf" in (sys.stdout.encoding or "").lower()
        sys.stdout.write(json.dumps(to_json(answer), ensure_ascii=not unicode_safe, indent=2) + "\n")
    else:
        show(out(), answer_blocks(answer))


def _audited(file: Path, answer: Answer, assistant: Assistant) -> None:
    from rag.audit import to_audit

    try:
        file.write_text(json.dumps(to_audit(answer, assistant), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise ImmunoragError(f"{file}: cannot be written ({error.strerror or error}); name another file") from error


def _from_standard_input() -> str:
    if sys.stdin.isatty() and is_terminal(progress_console()):
        progress_console().print("Type the question, then press Enter and Ctrl-D.", style="dim")
    return sys.stdin.buffer.read(_LONGEST_INPUT).decode("utf-8-sig", "replace").strip()

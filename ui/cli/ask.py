"""`immunorag ask`: a question to the library."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from importlib.resources import files
from typing import Annotated

import typer

from ingest.papers import Filters
from ui.cli.filters import filtered
from ui.cli.options import ChromaOption, LibraryOption, open_present
from ui.cli.terminal import busy, out, progress_console
from ui.rendering import answer_blocks, is_terminal, show
from ui.settings import load_settings

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
    llm: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="The LLM that writes the answer, as provider:model, or none. Default: IMMUNORAG_LLM, else none.",
            show_default=False,
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
    passages: Annotated[
        int, typer.Option(min=1, max=100, metavar="N", help="How many passages are read for the answer.")
    ] = 8,
    filters: Filters = Filters(),  # noqa: B008 (frozen)
    paper: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ID", help="Only this paper: pmid:…, pmcid:…, doi:…; may be repeated.", show_default=False
        ),
    ] = None,
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
      immunorag ask - < question.txt

    \b
    The key of a hosted LLM comes from its own variable (OPENAI_API_KEY, ...).
    Exit code: 0 answered or abstained, 1 error, 2 wrong usage.
    """
    from rag.question import Question

    settings = load_settings(library=library, llm=llm, chroma_url=chroma_url)
    text = _from_standard_input() if question == "-" else question.encode("utf-8", "replace").decode("utf-8")
    Question(text)  # a bad question is told before anything is loaded

    waiting_for = "reading the papers" if settings.llm is None else f"reading the papers; {settings.llm} writes"
    with busy(waiting_for) as progress, open_present(settings, progress) as opened:
        from rag.assistant import Assistant

        papers = tuple(opened.paper(identifier).id for identifier in paper or ())
        answer = Assistant(opened, settings.llm, passages).ask(text, replace(filters, papers=papers))
    if as_json:
        from rag.formats import to_json

        unicode_safe = "utf" in (sys.stdout.encoding or "").lower()
        sys.stdout.write(json.dumps(to_json(answer), ensure_ascii=not unicode_safe, indent=2) + "\n")
    else:
        show(out(), answer_blocks(answer))


def _from_standard_input() -> str:
    if sys.stdin.isatty() and is_terminal(progress_console()):
        progress_console().print("Type the question, then press Enter and Ctrl-D.", style="dim")
    return sys.stdin.buffer.read(_LONGEST_INPUT).decode("utf-8-sig", "replace").strip()

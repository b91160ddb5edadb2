"""`immunorag papers`: what the library holds."""

from __future__ import annotations

import json
import sys
import unicodedata
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Literal

import typer
from rich.text import Text

from ingest.papers import Filters
from ui.cli.filters import filtered
from ui.cli.options import ChromaOption, LibraryOption, open_present
from ui.cli.terminal import busy, out
from ui.rendering import Block, inert, is_terminal, paper_blocks, row, show, study_facts
from ui.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ingest.catalogue import Record

__all__ = ["papers"]

papers = typer.Typer(rich_markup_mode=None)

_ALL = Filters(statuses=())


@papers.callback(invoke_without_command=True)
def _overview(context: typer.Context, library: LibraryOption = None) -> None:
    """Show what the library holds.

    \b
    Examples:
      immunorag papers
      immunorag papers list --since 2020 --source pdf
      immunorag papers list --drug Keytruda --cancer NSCLC --design rct
      immunorag papers show pmid:27718847
      immunorag papers show 10.1056/NEJMoa1606774 --text
      immunorag papers export --format bibtex > library.bib
      immunorag papers remove pmid:27718847
    """
    context.obj = library
    if context.invoked_subcommand is None:
        _list(library, _ALL)


@papers.command("list")
@filtered(retracted=True)
def list_papers(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="Print the list as JSON.")] = False,
    filters: Filters = _ALL,
    library: LibraryOption = None,
) -> None:
    """List the papers of the library, newest first.

    Names of drugs, cancers, biomarkers and the like may be any that are in use: --drug MK-3475 and --drug Keytruda list
    the same papers, --drug "PD-1 inhibitor" those on any of the class. Options combine.

    \b
    Examples:
      immunorag papers list --drug Keytruda --cancer NSCLC --design rct
      immunorag papers list --species mouse --biomarker CD274
      immunorag papers list --status retracted

    In a pipe, one paper a line, tab-separated: id, year, source, status, chunks, title, design.
    """
    _list(library or context.obj, filters, as_json=as_json)


@papers.command("show")
def show_paper(
    context: typer.Context,
    identifier: Annotated[
        str, typer.Argument(metavar="ID", help="pmid:…, pmcid:…, doi:… or a bare PMID, PMCID, DOI.", show_default=False)
    ],
    text: Annotated[bool, typer.Option("--text", help="Print the paper's text as the library has it.")] = False,
    library: LibraryOption = None,
) -> None:
    """Show one paper: reference and sections, or its text.

    The `start` and `end` of an answer's citations count the characters of what --text prints.
    """
    settings = load_settings(library=library or context.obj)
    with open_present(settings) as opened:
        paper = opened.paper(identifier)
        subjects, notices = opened.subjects(paper.id), opened.notices(paper.id)
    if text:
        sys.stdout.write((_visible(paper.text) if is_terminal(out()) else paper.text) + "\n")
    else:
        show(out(), paper_blocks(paper, subjects, notices))


@papers.command("export")
@filtered(retracted=True)
def export_papers(
    context: typer.Context,
    form: Annotated[
        Literal["jsonl", "bibtex", "ris"], typer.Option("--format", help="JSON lines, BibTeX or RIS.")
    ] = "jsonl",
    filters: Filters = _ALL,
    library: LibraryOption = None,
) -> None:
    """Print the records of the papers for a reference manager or a program.

    \b
    Examples:
      immunorag papers export > library.jsonl
      immunorag papers export --format bibtex --since 2020 > recent.bib
      immunorag papers export --format ris --status normal > library.ris
    """
    from ingest.bibliography import to_bibtex, to_jsonl, to_ris

    settings = load_settings(library=library or context.obj)
    with open_present(settings) as opened:
        records = opened.records(filters)
    for part in {"jsonl": to_jsonl, "bibtex": to_bibtex, "ris": to_ris}[form](records):
        sys.stdout.write(part)


@papers.command("remove")
def remove_papers(
    context: typer.Context,
    identifiers: Annotated[
        list[str],
        typer.Argument(metavar="ID...", help="pmid:…, pmcid:…, doi:… or a bare PMID, PMCID, DOI.", show_default=False),
    ],
    library: LibraryOption = None,
    chroma_url: ChromaOption = None,
) -> None:
    """Remove papers, with their chunks and the kept copies of their files.

    When one ID is unknown, nothing is removed. An ingest of the same files takes the papers in again.

    In a pipe, one removed paper a line, tab-separated: removed, id, title.
    """
    settings = load_settings(library=library or context.obj, chroma_url=chroma_url)
    console = out()
    with busy("removing") as progress, open_present(settings, progress) as opened:
        found = {paper.id: paper.title for paper in map(opened.paper, identifiers)}
        for paper_id, title in found.items():
            opened.remove(paper_id)
            if is_terminal(console):
                show(console, [Block(Text(inert(f"removed  {paper_id}  {title}")))])
            else:
                row(console, "removed", paper_id, title)


def _list(library: Path | None, filters: Filters, *, as_json: bool = False) -> None:
    with open_present(load_settings(library=library)) as opened:
        records = opened.records(filters)
    if as_json:
        sys.stdout.write(json.dumps([asdict(record) for record in records], ensure_ascii=False, indent=2) + "\n")
    else:
        _print_records(records)


def _print_records(records: Sequence[Record]) -> None:
    console = out()
    if not is_terminal(console):
        for record in records:
            cells = (record.id, record.year or "", record.source, record.status, record.chunks, record.title)
            row(console, *cells, record.design)
        return
    show(console, [block for record in records for block in _record_blocks(record)])
    chunks = sum(record.chunks for record in records)
    show(console, [Block(), Block(Text(f"{len(records):,} papers, {chunks:,} chunks", style="dim"))])


def _record_blocks(record: Record) -> list[Block]:
    title = Text(inert(record.title))
    if record.status != "normal":
        title = Text.assemble((f"{record.status.upper()}  ", "bold red"), title)
    facts = Text.assemble(
        (inert(record.id), "cyan"), "  ", (record.source, "yellow" if record.source == "digest" else "dim")
    )
    study = study_facts(record)
    if study:
        facts.append(f"  {inert(study)}", style="dim")
    return [Block(title, indent=6, lead=f"{record.year or '':4}  "), Block(facts, indent=6)]


def _visible(text: str) -> str:
    """`text` with every control character but the line feed replaced, at the same length: offsets still hold."""
    return "".join(
        "\N{REPLACEMENT CHARACTER}" if letter != "\n" and unicodedata.category(letter) in {"Cc", "Cs"} else letter
        for letter in text
    )

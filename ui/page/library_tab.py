"""The library in the page: its papers, one of them, papers added and removed, what it is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import gradio as gr

from ingest.errors import ImmunoragError
from ingest.papers import DesignClass, Source, Status
from ingest.sources.fetch import Fetched, Search, fetch, search
from ingest.sources.found import Query
from ui.page.adding import Hear, Line, adding_html, uploads, watched
from ui.page.blocks import html
from ui.page.charts import charts_html
from ui.page.desk import Desk
from ui.page.frame import problem_html
from ui.page.shelf import ORDERS, PAGE, Sought, found_html, paper_html, shelf_html, sought

if TYPE_CHECKING:
    from ingest.sources.found import Source as Literature

__all__ = ["library_tab"]

_SUFFIXES = [".pdf", ".xml", ".nxml", ".nbib", ".zip", ".tar", ".gz", ".tgz", ".ris", ".bib", ".json", ".txt", ".md"]
_MOST_FOUND = 25


def library_tab(
    desk: Desk,
    literature: Callable[[], AbstractContextManager[Literature]],
    tabs: gr.Tabs,
    only: gr.components.Component,
) -> None:
    """`only` is the filter by papers, which “Ask this paper” fills before it shows the tab to ask in."""
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    alone: dict[str, Any] = {**quiet, "concurrency_id": "adding", "concurrency_limit": 1}
    shown, looked = gr.State(PAGE), gr.State(None)
    with gr.Tabs(elem_classes="inner"):
        with gr.Tab("Papers") as papers:
            with gr.Row():
                words = gr.Textbox(label="Search", placeholder="Title, author, journal, year, PMID", scale=2)
                order = gr.Dropdown(list(ORDERS), value=ORDERS[0], label="Order", min_width=150)
                designs = gr.Dropdown(list(get_args(DesignClass)), multiselect=True, label="Design", min_width=180)
                sources = gr.Dropdown(list(get_args(Source)), multiselect=True, label="Read from", min_width=150)
                statuses = gr.Dropdown(list(get_args(Status)), multiselect=True, label="Status", min_width=150)
            paper = html("", elem_id="paper", listens=("act",))
            shelf = html("", elem_id="shelf", listens=("shelf",))
        with gr.Tab("Add papers"):
            with gr.Row():
                with gr.Column(min_width=300):
                    files = gr.File(
                        file_count="multiple",
                        file_types=_SUFFIXES,
                        label="PDF, XML, nbib, zip and others",
                        elem_id="files",
                        height=160,
                    )
                    upload = gr.Button("Add to the library", variant="primary")
                with gr.Column(min_width=300):
                    query = gr.Textbox(
                        label="Search Europe PMC (asks europepmc.org)", submit_btn="Search", elem_id="query"
                    )
                    found = html("", elem_id="found")
                    take = gr.Button("Add these papers", visible=False)
            added = html("", elem_id="added")
        with gr.Tab("Overview") as overview:
            charts = html("", elem_id="charts")

    def listed(how_many: int, *asked: Any) -> str:
        try:
            records = desk.library.records()
            return shelf_html(sought(records, _asked(*asked)), len(records), how_many)
        except ImmunoragError as error:
            return problem_html(str(error))

    def listed_anew(*asked: Any) -> list[Any]:
        return [PAGE, listed(PAGE, *asked)]

    def on_shelf(event: gr.EventData, how_many: int, *asked: Any) -> list[Any]:
        if event.how == "more":
            return [how_many + PAGE, listed(how_many + PAGE, *asked), gr.skip()]
        return [how_many, gr.skip(), _paper(desk, str(event.paper))]

    def acted(event: gr.EventData, how_many: int, *asked: Any) -> list[Any]:
        identifier = str(event.paper)
        if event.how == "ask":
            return ["", gr.skip(), [identifier], gr.Tabs(selected="ask")]
        if event.how == "remove":
            try:
                desk.library.remove(identifier)
            except ImmunoragError as error:
                return [problem_html(str(error)), gr.skip(), gr.skip(), gr.skip()]
            return ["", listed(how_many, *asked), gr.skip(), gr.skip()]
        return ["", gr.skip(), gr.skip(), gr.skip()]

    def add_uploads(paths: list[str] | None) -> Iterator[list[Any]]:
        try:
            work = uploads(desk.library, [Path(path) for path in paths or ()])
        except ImmunoragError as error:
            yield [problem_html(str(error)), None]
            return
        for state in watched(work, desk):
            yield [adding_html(state), None]

    def look(text: str) -> list[Any]:
        try:
            with literature() as source:
                result = search(source, Query(text), most=_MOST_FOUND)
            present = [one.id for one in result.found if desk.library.catalogue.find([one.id])]
        except ImmunoragError as error:
            return [problem_html(str(error)), None, gr.Button(visible=False)]
        return [found_html(result.found, result.total, present), (text, result), gr.Button(visible=bool(result.found))]

    def add_found(sought_for: tuple[str, Search] | None) -> Iterator[str]:
        if sought_for is None:
            return
        text, result = sought_for

        def work(hear: Hear) -> None:
            with literature() as source:
                fetch(
                    desk.library, Query(text), source, most=_MOST_FOUND, looked=result, progress=hear.progress,
                    report=lambda one: hear.line(_line(one)),
                )  # fmt: skip

        for state in watched(work, desk):
            yield adding_html(state)

    asked: list[Any] = [words, order, designs, sources, statuses]
    papers.select(listed_anew, asked, [shown, shelf], **quiet)
    gr.on([one.change for one in asked], listed_anew, asked, [shown, shelf], trigger_mode="always_last", **quiet)
    shelf.shelf(on_shelf, [shown, *asked], [shown, shelf, paper], **quiet)
    paper.act(acted, [shown, *asked], [paper, shelf, only, tabs], **quiet)
    upload.click(add_uploads, files, [added, files], **alone)
    query.submit(look, query, [found, looked, take], **quiet)
    take.click(add_found, looked, added, **alone)
    overview.select(lambda: charts_html(desk.library), None, charts, **quiet)


def _asked(words: str, order: Any, designs: list[str], sources: list[str], statuses: list[str]) -> Sought:
    known = order if order in ORDERS else ORDERS[0]
    return Sought(words or "", tuple(sources or ()), tuple(statuses or ()), tuple(designs or ()), known)


def _paper(desk: Desk, identifier: str) -> str:
    try:
        library = desk.library
        return paper_html(library.paper(identifier), library.subjects(identifier), library.notices(identifier))
    except ImmunoragError as error:
        return problem_html(str(error))


def _line(one: Fetched) -> Line:
    return Line(one.outcome, one.found.title or one.found.id, one.reason or one.text)

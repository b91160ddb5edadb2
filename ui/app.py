"""The chat page: a Gradio app, thin over the public API. What it shows is made in `ui.page`, from text that is escaped.

Visitors share one `Desk`. What is theirs alone, their conversation, is Gradio's state of their session.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

import gradio as gr
from gradio.events import api

from ingest.errors import ImmunoragError
from ingest.papers import Filters
from ingest.profile import CONCEPT_FIELDS
from rag.formats import to_json
from ui.page.blocks import html
from ui.page.chosen import LABELS, chips_html, choices, chosen, chosen_as_fields, without
from ui.page.conversation import Turn, conversation_html, heard, history_of, turn_html
from ui.page.desk import Desk
from ui.page.frame import EVIDENCE, fine_print_html, masthead_html, problem_html, welcome_html
from ui.page.leaf import leaf
from ui.page.library_tab import library_tab
from ui.page.quality import quality_html
from ui.page.takeaway import FORMS, answer_gift, conversation_gift

if TYPE_CHECKING:
    from ingest.sources.found import Source

__all__ = ["build"]

_AT_ONCE = 10  # answers that are worked on at a time; who comes later waits in the queue
_QUEUE = 64
_MOST_TURNS = 40  # of a conversation that are kept; what is older leaves the page
_LOOK = 0.3  # seconds between two looks at whether the models are loaded
_log = logging.getLogger(__name__)

Turns = list[Turn]


def build(desk: Desk, literature: Callable[[], AbstractContextManager[Source]]) -> gr.Blocks:
    """The page. `literature` connects to Europe PMC, and is called when somebody searches there."""
    page = gr.Blocks(title="immunorag", analytics_enabled=False, fill_width=True)
    with page:
        masthead = html(masthead_html(desk), elem_id="masthead", listens=())
        with gr.Tabs(selected="ask") as tabs:
            with gr.Tab("Ask", id="ask"):
                fields = _ask_tab(desk, page)
            with gr.Tab("Library", id="library"):
                library_tab(desk, literature, tabs, fields["papers"])
            with gr.Tab("Quality", id="quality") as quality:
                report = html("", elem_id="quality")
        page.load(_until_ready(desk), outputs=[masthead], show_progress="hidden", api_visibility="private")
        quality.select(
            lambda: quality_html(desk.report), None, report, show_progress="hidden", api_visibility="private"
        )
        page.load(None, js="() => immunorag.begin()", api_visibility="private")
        api(_asked_by_programs(desk), api_name="ask", concurrency_limit=_AT_ONCE)
        page.queue(max_size=_QUEUE, default_concurrency_limit=_AT_ONCE)
    return page


def _ask_tab(desk: Desk, page: gr.Blocks) -> Mapping[str, Any]:
    """The conversation, its evidence, what is asked next; returns the fields of the filters, by their names."""
    turns = gr.State([])
    with gr.Row(elem_id="desk"):
        with gr.Column(elem_id="talk"):
            past = html("", elem_id="past", listens=("take", "again"))
            latest = html(welcome_html(), elem_id="latest", listens=("take", "again", "example"), watched=True)
            with gr.Column(elem_id="compose"):
                chips = html("", elem_id="chips", listens=("drop",))
                question = gr.Textbox(
                    label="Question", show_label=False, placeholder="Ask a question", elem_id="question",
                    lines=1, max_lines=6, autofocus=True, submit_btn="Ask", stop_btn=False, max_length=4_000,
                    html_attributes=gr.InputHTMLAttributes(enterkeyhint="send"),
                )  # fmt: skip
                fine_print = html(fine_print_html(None), elem_id="fineprint", listens=())
                with gr.Row(elem_classes="tools"):
                    anew = gr.Button("New conversation", size="sm")
                    keep = gr.Button("Save conversation", size="sm")
                with gr.Accordion("Filters", open=False, elem_id="filters"):
                    fields = _filter_fields()
        with gr.Column(elem_id="evidence"):
            evidence = html(EVIDENCE, elem_id="evidence-panel", listens=("leaf",))
    gift, printed = gr.JSON(visible="hidden"), gr.JSON(visible="hidden")

    names = list(fields)
    inputs = list(fields.values())
    shown = [past, latest, turns, question]

    def submitted(text: str, before: Turns, *values: Any) -> Iterator[list[Any]]:
        try:
            filters = chosen(dict(zip(names, values, strict=True)))
        except ImmunoragError as error:
            yield from _failed_at_once(before, text, error)
            return
        yield from _answered(desk, before, text, filters)

    def example(before: Turns, event: gr.EventData) -> Iterator[list[Any]]:
        yield from _answered(desk, before, str(event.text), Filters())

    def again(before: Turns, event: gr.EventData) -> Iterator[list[Any]]:
        turn = _turn(before, event.turn)
        if turn is None:
            return
        kept = before[: before.index(turn)]
        if event.how == "retry":
            yield from _answered(desk, kept, turn.question, turn.filters)
        else:
            yield [conversation_html(kept), "" if kept else welcome_html(), kept, _resting(turn.question)]

    def stopped(before: Turns) -> list[Any]:
        if not before or before[-1].over:
            return [gr.skip(), before, _resting()]
        last = replace(before[-1], stopped=True)
        return [turn_html(last, len(before) - 1), [*before[:-1], last], _resting()]

    def take(before: Turns, event: gr.EventData) -> dict[str, str] | None:
        turn = _turn(before, event.turn)
        if turn is None or turn.answer is None or event.form not in FORMS:
            return None
        return asdict(answer_gift(event.form, turn.answer, desk.assistant))

    def keep_all(before: Turns) -> dict[str, str] | None:
        return asdict(conversation_gift(before)) if before else None

    def applied(*values: Any) -> str:
        try:
            return str(chips_html(chosen(dict(zip(names, values, strict=True)))))
        except ImmunoragError as error:
            return problem_html(str(error))

    def drop(event: gr.EventData, *values: Any) -> list[Any]:
        filters = without(chosen(dict(zip(names, values, strict=True))), str(event.field), str(event.value))
        return list(chosen_as_fields(filters).values())

    def turned(event: gr.EventData) -> dict[str, str]:
        return leaf(desk, {name: getattr(event, name, None) for name in ("key", "paper", "page", "spans")})

    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    slow: dict[str, Any] = {**quiet, "concurrency_id": "answers", "concurrency_limit": _AT_ONCE}
    running = [
        question.submit(submitted, [question, turns, *inputs], shown, **slow),
        latest.example(example, [turns], shown, **slow),
        latest.again(again, [turns], shown, **slow),
        past.again(again, [turns], shown, **slow),
    ]
    question.stop(stopped, [turns], [latest, turns, question], cancels=running, **quiet)
    anew.click(lambda: ["", welcome_html(), [], _resting()], None, shown, cancels=running, **quiet)
    for taking in (latest.take(take, [turns], gift, **quiet), past.take(take, [turns], gift, **quiet),
                   keep.click(keep_all, [turns], gift, **quiet)):  # fmt: skip
        taking.then(None, gift, js="(gift) => immunorag.save(gift)", **quiet)
    evidence.leaf(turned, None, printed, concurrency_limit=2, **quiet).then(
        None, printed, js="(found) => immunorag.showLeaf(found)", **quiet
    )
    gr.on([field.change for field in inputs], applied, inputs, chips, **quiet)
    chips.drop(drop, inputs, inputs, **quiet)
    page.load(lambda: fine_print_html(desk.assistant), outputs=fine_print, **quiet)
    return fields


def _filter_fields() -> dict[str, Any]:
    """A field for each filter; the names of the vocabulary are offered, any synonym may be typed."""
    fields: dict[str, Any] = {}
    plain = chosen_as_fields(Filters())
    with gr.Row():
        for name, label in LABELS.items():
            if name in ("since", "until"):
                fields[name] = gr.Textbox(label=label, placeholder="2020", max_length=4, min_width=120)
                continue
            offered = choices(name)
            fields[name] = gr.Dropdown(
                offered, value=plain[name], multiselect=True, label=label, min_width=200,
                allow_custom_value=name in CONCEPT_FIELDS or name == "papers",
            )  # fmt: skip
    return fields


def _answered(desk: Desk, before: Turns, question: str, filters: Filters) -> Iterator[list[Any]]:
    """The answer to `question` as it comes about, put behind the turns before it."""
    before = before[-_MOST_TURNS:]
    turn, number = Turn(question, filters), len(before)
    if not desk.ready:
        turn = replace(turn, waiting=desk.word)
    yield [conversation_html(before), turn_html(turn, number), [*before, turn], _busy()]
    try:
        for event in desk.stream(question, filters, history_of(before)):
            turn = heard(replace(turn, waiting=""), event)
            yield [gr.skip(), turn_html(turn, number), [*before, turn], gr.skip()]
    except ImmunoragError as error:
        turn = replace(turn, failed=str(error))
    except Exception as error:
        _log.exception("a question from the page could not be answered")
        turn = replace(turn, failed=f"unexpected {type(error).__name__}; the terminal that serves this page says more")
    yield [gr.skip(), turn_html(turn, number), [*before, turn], _resting()]


def _failed_at_once(before: Turns, question: str, error: ImmunoragError) -> Iterator[list[Any]]:
    turn = Turn(question, failed=str(error))
    yield [conversation_html(before), turn_html(turn, len(before)), [*before, turn], _resting(question)]


def _turn(turns: Sequence[Turn], number: Any) -> Turn | None:
    """The turn that a browser names, if there is one."""
    return turns[number] if isinstance(number, int) and 0 <= number < len(turns) else None


def _busy() -> gr.Textbox:
    return gr.Textbox(value="", submit_btn=False, stop_btn="Stop")


def _resting(text: str = "") -> gr.Textbox:
    """The field as it waits for a question: with `text` in it, else with what the reader has typed meanwhile."""
    typed: dict[str, Any] = {"value": text} if text else {}
    return gr.Textbox(submit_btn="Ask", stop_btn=False, **typed)


def _until_ready(desk: Desk) -> Callable[[], Iterator[str]]:
    def until_ready() -> Iterator[str]:
        said = None
        while not desk.ready:
            if desk.word != said:
                said = desk.word
                yield masthead_html(desk)
            time.sleep(_LOOK)
        yield masthead_html(desk)

    return until_ready


def _asked_by_programs(desk: Desk) -> Callable[..., dict[str, Any]]:
    def ask(question: str, filters: dict[str, Any] | None = None) -> dict[str, Any]:
        """Answer a question. `filters` are fields of `Filters` by their names; returns what `ask --json` prints."""
        try:
            return to_json(desk.assistant.ask(question, chosen(filters or {})))
        except ImmunoragError as error:
            raise gr.Error(str(error)) from error

    return ask

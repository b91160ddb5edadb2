"""What stands around the conversation: the head of the page, its welcome, its fine print."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rag.drafting import EXTRACTIVE
from rag.models import model_name
from ui.page.answer import wrote
from ui.page.markup import Markup, joined, line, plural, sentence
from ui.rendering import NOT_ADVICE

if TYPE_CHECKING:
    from rag.assistant import Assistant
    from ui.page.desk import Desk

__all__ = ["EVIDENCE", "EXAMPLES", "fine_print_html", "masthead_html", "problem_html", "welcome_html"]

EXAMPLES = (
    ("Patient stratification", "Are antibiotics before checkpoint inhibitors tied to shorter survival?"),
    ("Biomarkers", "Does PD-L1 expression predict response to pembrolizumab or nivolumab?"),
    ("Treatment strategy", "Who benefits from nivolumab plus ipilimumab?"),
    ("Foundation models and LLMs", "How well does a vision-language model predict response to immunotherapy?"),
)
EVIDENCE = (
    '<aside aria-label="Source" class="beside"><div class="bar"><button type="button" data-close>Close</button></div>'
    '<div class="shown" tabindex="0" aria-live="polite" role="region" aria-label="Source and passage"></div></aside>'
)
_MASTHEAD = Markup(
    '<header class="masthead"><h1>immuno<b>rag</b></h1><p class="about">Answers from the literature of cancer '
    'immunotherapy, with citations that hold</p><div class="answers {}" role="status"><span class="dot" '
    'aria-hidden="true"></span><span>{}</span><button type="button" class="theme" data-theme="turn">'
    "Light or dark</button></div></header>"
)


def masthead_html(desk: Desk) -> str:
    """The head of the page, with what answers; while that is being loaded, with a word about it."""
    if not desk.ready:
        return str(_MASTHEAD.format("loading", f"{desk.word}; you can ask already"))
    if desk.word:  # what went wrong
        return str(_MASTHEAD.format("broken", line(desk.word)))
    model = desk.assistant.chat_model
    badge = wrote(EXTRACTIVE if model is None else model_name(model))
    return str(_MASTHEAD.format("", line(f"{badge} · {plural(len(desk.library), 'paper')}")))


def welcome_html() -> str:
    """What is seen before the first question."""
    examples = joined(
        Markup('<li><button type="button" data-example="{}"><span class="area">{}</span>{}</button></li>').format(
            question, area, question
        )
        for area, question in EXAMPLES
    )
    return str(
        Markup(
            '<div class="welcome"><h2>What would you like to know about immunotherapy?</h2><p>Every sentence of an '
            "answer carries the passage it rests on. Where the library holds no answer, it says so.</p>"
            '<ul class="examples" aria-label="Examples">{}</ul></div>'
        ).format(examples)
    )


def fine_print_html(assistant: Assistant | None) -> str:
    """The one line about advice, and where text is sent if the model is not on this machine."""
    host = None if assistant is None else assistant.host
    sent = (
        Markup(' <p class="sent">Questions and the passages found for them are sent to {}.</p>').format(line(host))
        if host
        else ""
    )
    return str(Markup('<p>{}</p>{} <p class="api"><a href="?view=api">API</a></p>').format(NOT_ADVICE, sent))


def problem_html(message: str) -> str:
    """What went wrong, and the remedy, in place of what was asked for."""
    return str(Markup('<p class="failed" role="alert">{}</p>').format(sentence(message)))

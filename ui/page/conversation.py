"""A conversation: what was asked, what is known of its answer at each moment, and how both are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from ingest.papers import Filters
from rag.answer import Answer, Claim
from rag.drafting import EXTRACTIVE
from rag.events import Drafting, Event, Finished, Found, Sentence
from rag.formats import to_markdown
from ui.page.answer import answer_html, claims_html
from ui.page.chosen import chips_html
from ui.page.markup import Markup, joined, line, plural, sentence
from ui.rendering import NOT_ADVICE

__all__ = ["Turn", "conversation_html", "conversation_markdown", "heard", "history_of", "turn_html"]

_ACTIONS = Markup(
    '<div class="again" role="group" aria-label="This question">'
    '<button type="button" data-again="edit">Edit</button><button type="button" data-again="retry">Ask again</button>'
    "</div>"
)


@dataclass(frozen=True, slots=True)
class Turn:
    """A question, and its `answer` once there is one; until then `claims` are the sentences that have passed.

    `waiting` says what has to be done before; `passages` and `papers` count what was found, None before that;
    `writing` names the LLM at work, "" where none is.
    `failed` says why there is no answer; `stopped` that the reader did not wait for it.
    """

    question: str
    filters: Filters = field(default_factory=Filters)
    answer: Answer | None = None
    claims: tuple[Claim, ...] = ()
    waiting: str = ""
    passages: int | None = None
    papers: int = 0
    writing: str = ""
    failed: str = ""
    stopped: bool = False

    @property
    def over(self) -> bool:
        return self.answer is not None or bool(self.failed) or self.stopped


def heard(turn: Turn, event: Event) -> Turn:
    """`turn` as it is after `event`."""
    match event:
        case Found(passages):
            papers = len({passage.paper.id for passage in passages})
            return replace(turn, passages=len(passages), papers=papers)
        case Drafting(model):
            return replace(turn, writing="" if model == EXTRACTIVE else model)
        case Sentence(claim):
            return replace(turn, claims=(*turn.claims, claim))
        case Finished(answer):
            return replace(turn, answer=answer)
    return turn


def history_of(turns: Sequence[Turn]) -> tuple[tuple[str, str], ...]:
    """What a follow-up may refer to: each question as it was understood, with the text of its answer."""
    answered = [turn.answer for turn in turns if turn.answer is not None]
    return tuple(
        (answer.understood or answer.question, " ".join(claim.text for claim in answer.claims)) for answer in answered
    )


def conversation_html(turns: Sequence[Turn], first: int = 0) -> str:
    """The turns, numbered from `first`."""
    return "".join(turn_html(turn, number) for number, turn in enumerate(turns, start=first))


def turn_html(turn: Turn, number: int) -> str:
    """A turn as far as it has come."""
    held = turn.filters if turn.answer is None else turn.answer.filters  # with what the question itself restricts
    chips = chips_html(held, removable=False)
    asked = Markup('<div class="asked"><h2 class="question">{}</h2>{}{}</div>').format(
        line(turn.question), chips, _ACTIONS if turn.over else ""
    )
    if turn.answer is not None:
        body = Markup(answer_html(turn.answer, number))
    else:
        body = joined(
            [_stage(turn), claims_html(turn.claims, number, turn.writing or EXTRACTIVE) if turn.claims else ""]
        )
    return str(
        Markup('<article class="turn" data-turn="{}" aria-busy="{}">{}<div class="answer">{}</div></article>').format(
            number, "false" if turn.over else "true", asked, body
        )
    )


def conversation_markdown(turns: Sequence[Turn]) -> str:
    """All questions and answers as one document."""
    parts = ["# A conversation with immunorag", "", f"*{NOT_ADVICE}*"]
    for turn in turns:
        parts += ["", f"## {' '.join(turn.question.split())}", ""]
        parts.append(_deeper(to_markdown(turn.answer)) if turn.answer is not None else "*No answer.*")
    return "\n".join(parts) + "\n"


def _deeper(markdown: str) -> str:
    """The headings of an answer below those of the conversation."""
    return "\n".join(f"#{row}" if row.startswith("#") else row for row in markdown.split("\n"))


def _stage(turn: Turn) -> Markup:
    """What is going on, in a line that screen readers announce."""
    if turn.failed:
        return Markup('<p class="failed" role="alert">{}</p>').format(sentence(turn.failed))
    if turn.stopped:
        return Markup('<p class="remark">Stopped. {}</p>').format(
            "The sentences below had passed their checks." if turn.claims else "Ask again when you like."
        )
    if turn.waiting:
        words = turn.waiting
    elif turn.passages is None:
        words = "Searching the library"
    elif turn.writing:
        words = f"{_read(turn)}; {turn.writing} writes, and each sentence appears when it has passed the checks"
    else:
        words = f"{_read(turn)}; choosing the sentences that answer"
    return Markup('<p class="stage" role="status"><span class="pulse" aria-hidden="true"></span>{}</p>').format(
        line(words)
    )


def _read(turn: Turn) -> str:
    return f"{plural(turn.passages or 0, 'passage')} of {plural(turn.papers, 'paper')} read"

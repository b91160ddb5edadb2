"""What an LLM is shown, and how it is made to write: what fits its budget, retries, and an end to what runs on."""

from __future__ import annotations

import logging
import random
import re
import time
import unicodedata
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ingest.errors import ModelError
from prompts import fill
from rag.answer import Passage
from rag.failures import Failure, judged
from rag.models import model_name
from rag.question import Question
from rag.quotable import name_shown, shown_part

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import BaseMessage
    from langchain_core.messages.ai import UsageMetadata

__all__ = [
    "NOT_IN_THE_LIBRARY",
    "Written",
    "fitted",
    "messages",
    "one_line",
    "shown",
    "write",
]

NOT_IN_THE_LIBRARY = "NOT IN THE LIBRARY"

_TAG = re.compile(r"[<＜﹤‹«〈《⟨⟪❬❮❰ᐸ˂≺⋖](?!\s*[-−–+±=≤]?\s*[.·]?\d)")
_BLANK = re.compile(r"[\u034f\u115f\u1160\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_THINK = ("<think>", "</think>")
_MOST_THOUGHT = 200_000  # characters written in all, thoughts included, before an answer is given up
_LONGEST_TRY = 1_800.0  # seconds that a model may go on writing
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Written:
    """What an LLM wrote, without its thoughts. Tokens are those of the try that succeeded, None where not told."""

    text: str
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


def messages(
    question: Question, passages: Sequence[Passage], *, rejected: Sequence[tuple[str, str]] = ()
) -> list[BaseMessage]:
    """The prompt: rules, then the passages fenced and numbered from 1, then the question.

    `rejected` are sentences of a first draft that failed the checks, each with the reason; with them, they alone are
    asked for anew.
    """
    from langchain_core.messages import HumanMessage, SystemMessage

    slots = {
        "passages": "\n\n".join(_fenced(number, passage) for number, passage in enumerate(passages, start=1)),
        "question": one_line(question.text),
    }
    if rejected:
        listed = "\n".join(f"- {one_line(text)}\n  Reason: {one_line(reason)}" for text, reason in rejected)
        asked = fill("answer_again", rejected=listed, **slots)
    else:
        asked = fill("answer", **slots)
    return [SystemMessage(fill("answer_system")), HumanMessage(asked)]


def fitted(
    question: Question, passages: Sequence[Passage], budget: int, count: Callable[[str], int]
) -> tuple[list[Passage], int]:
    """The passages whose prompt has at most `budget` tokens, in their order, and how many had to be left out.

    The highest scores go first; one that is too long leaves its room to the next. `count` is as of `counter_of`.
    """
    room = budget - sum(count(message.text) for message in messages(question, ()))
    kept: set[int] = set()
    for index in sorted(range(len(passages)), key=lambda index: -passages[index].score):
        needed = count(_fenced(len(passages), passages[index]) + "\n\n")
        if needed <= room:
            kept.add(index)
            room -= needed
    return [passage for index, passage in enumerate(passages) if index in kept], len(passages) - len(kept)


def _fenced(number: int, passage: Passage) -> str:
    """One passage between marks that its own text cannot close, without what in it is no finding."""
    paper = passage.paper
    head = ", ".join(
        part for part in (name_shown(paper.title), name_shown(paper.journal), str(paper.year or "")) if part
    )
    return f"<passage {number}>\n{one_line(head)}\n{shown(shown_part(passage.text))}\n</passage {number}>"


def shown(text: str) -> str:
    """`text` as a prompt may hold it: nothing in it is invisible, and nothing opens or closes a tag.

    A less-than sign (or what looks like one) before a number stays: p < 0.05 must be copied as it stands.
    """
    return _TAG.sub("(", _visible(_printable(text)))


def one_line(text: str) -> str:
    """`shown` on one line."""
    return " ".join(shown(text).split())


def write(
    chat_model: BaseChatModel,
    messages: Sequence[BaseMessage],
    *,
    hear: Callable[[str], None] = lambda piece: None,
    attempts: int = 3,
    patience: float = 60.0,
    longest: int = 12_000,
    sleep: Callable[[float], Any] = time.sleep,
) -> Written:
    """What `chat_model` writes to `messages`; `hear` gets it piece by piece, a try that fails included.

    Where the server is slow, busy, away or sends nothing of use, it is asked up to `attempts` times, after pauses that
    double (or as long as it asks for) and are `patience` seconds at most. What runs on is cut off at `longest`
    characters. Raises ModelError, whose message is a sentence and never holds a key; nothing else is raised, unless
    `hear` does.
    """
    name, streams = model_name(chat_model), True
    for attempt in range(1, attempts + 1):
        try:
            return _tried(chat_model, messages, hear, longest, streams)
        except Failure as failed:
            failure = failed
        if not failure.again or attempt == attempts:
            break
        streams = streams and not failure.whole
        pause = min(patience, max(failure.wait or 0.0, 2.0 ** (attempt - 1) * random.uniform(0.5, 1.0)))  # noqa: S311
        _log.info("%s did not answer (%s); trying again in %.0f s", name, failure.reason, pause)
        sleep(pause)
    tries = f" after {attempt} tries" if attempt > 1 else ""
    raise ModelError(f"{name} did not answer: {failure.reason}{tries}")  # not from the server's error, which may tell


def _tried(
    chat_model: BaseChatModel,
    messages: Sequence[BaseMessage],
    hear: Callable[[str], None],
    longest: int,
    streams: bool,
) -> Written:
    """One try at `write`. Raises Failure."""
    usages: list[UsageMetadata] = []
    text = ""
    with closing(_answered(chat_model, messages, streams, usages)) as pieces:
        for piece in _without_thoughts(pieces):
            fits = _printable(piece)[: longest - len(text)]
            text += fits
            if fits:
                hear(fits)
            if len(text) >= longest:
                break
    text = text.rpartition(_THINK[1])[2].strip()  # some begin to think unannounced
    if not text:
        raise Failure("wrote nothing", whole=True)
    if not usages:
        return Written(text)
    return Written(
        text, sum(usage["input_tokens"] for usage in usages), sum(usage["output_tokens"] for usage in usages)
    )


def _answered(
    chat_model: BaseChatModel, messages: Sequence[BaseMessage], streams: bool, usages: list[UsageMetadata]
) -> Generator[str, None, None]:
    """The text of the reply, piece by piece where it `streams`; what it tells of tokens goes into `usages`."""
    begun, length = time.monotonic(), 0
    failure = Failure("goes on and on without an answer", again=False)
    try:
        for reply in chat_model.stream(messages) if streams else (chat_model.invoke(messages) for _ in range(1)):
            if usage := getattr(reply, "usage_metadata", None):
                usages.append(usage)
            length += len(reply.text)
            yield reply.text
            if length > _MOST_THOUGHT or time.monotonic() - begun > _LONGEST_TRY:
                break
        else:
            return
    except ModelError:  # a model on this machine says itself what it lacks
        raise
    except Exception as error:
        failure = judged(error, chat_model)
    raise failure


def _without_thoughts(pieces: Iterable[str]) -> Iterator[str]:
    """What stands outside of `<think>…</think>`, also where the marks come in pieces."""
    held, thinks = "", False
    for piece in pieces:
        held += piece
        while _THINK[thinks] in held:
            before, _, held = held.partition(_THINK[thinks])
            if not thinks:
                yield before
            thinks = not thinks
        begun = _begun(held, _THINK[thinks])
        if not thinks:
            yield held[: len(held) - begun]
        held = held[len(held) - begun :]
    if not thinks:
        yield held


def _begun(text: str, mark: str) -> int:
    """How many characters at the end of `text` may be the beginning of `mark`."""
    return next((length for length in range(min(len(mark) - 1, len(text)), 0, -1) if text.endswith(mark[:length])), 0)


def _printable(text: str) -> str:
    """`text` without control characters, and without halves of surrogate pairs, which cannot be written out."""
    return "".join(letter for letter in text if letter in "\n\t" or unicodedata.category(letter) not in {"Cc", "Cs"})


def _visible(text: str) -> str:
    """`text` without characters that show nothing: formats such as a zero-width space, selectors, fillers."""
    return "".join(letter for letter in text if unicodedata.category(letter) != "Cf" and not _BLANK.match(letter))

"""Many questions: those of a group are embedded together, and so are the sentences of all their passages, each once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING

from ingest.errors import ImmunoragError
from ingest.papers import Filters
from ingest.remembered import Remembered
from rag.answer import Answer, Passage, Unanswered
from rag.concepts import canonical, renamed
from rag.evidence import sentence_texts
from rag.parts import split
from rag.question import Question
from rag.retrieval import Retriever, hybrid
from rag.understanding import understand

if TYPE_CHECKING:
    from langchain_core.runnables import Runnable

    from rag.assistant import Assistant

__all__ = ["answers"]

_GROUP = 64  # questions that are embedded together
_PER_PAPER = 4


def answers(
    assistant: Assistant, questions: Iterable[str | Question], filters: Filters, concurrency: int
) -> Iterator[Answer | Unanswered]:
    """See `Assistant.ask_batch`."""
    from rag.chain import build_chain

    library = assistant.library
    remaining = iter(questions)
    while group := list(islice(remaining, _GROUP)):
        embedder = Remembered(library.embedder)
        asked = [_question(one, filters) for one in group]
        retrieve = _once(hybrid(library, _PER_PAPER, embedder=embedder))
        _embed_together([one for one in asked if isinstance(one, Question)], retrieve, assistant.passages, embedder)
        chain = build_chain(
            library, retrieve, assistant.chat_model, assistant.passages, assistant.budget, embedder=embedder
        )
        if assistant.chat_model is None:
            yield from (_answer(chain, one) for one in asked)
            continue
        with ThreadPoolExecutor(max(concurrency, 1), thread_name_prefix="immunorag") as pool:
            try:
                yield from pool.map(partial(_answer, chain), asked)
            finally:
                pool.shutdown(wait=False, cancel_futures=True)


def _question(one: str | Question, filters: Filters) -> Question | Unanswered:
    if isinstance(one, Question):
        return one
    try:
        return Question(one, filters)
    except ImmunoragError as error:
        return Unanswered(one, str(error))


def _answer(chain: Runnable[Question | str, Answer], one: Question | Unanswered) -> Answer | Unanswered:
    from langsmith import tracing_context

    if isinstance(one, Unanswered):
        return one
    try:
        with tracing_context(enabled=False):
            return chain.invoke(one)
    except Exception as error:  # whatever it is, the others are answered
        return Unanswered(one.text, str(error) or type(error).__name__)


def _embed_together(questions: list[Question], retrieve: Retriever, passages: int, embedder: Remembered) -> None:
    """Have `embedder` know what the chain will ask it for."""
    questions = [understand(question).question for question in questions]
    parts = {part for question in questions for part in split(question.text)}
    embedder.embed([asked for text in parts for asked in (canonical(text), renamed(text))])
    found: list[Passage] = []
    for question in questions:
        try:
            found += [passage for part in split(question.text) for passage in retrieve(question.part(part), passages)]
        except ImmunoragError:
            continue  # told when it is answered
    embedder.embed(sentence_texts(found))


def _once(retrieve: Retriever) -> Retriever:
    """`retrieve`, which searches for no question twice."""
    known: dict[tuple[Question, int], list[Passage]] = {}

    def remembered(question: Question, k: int) -> list[Passage]:
        if (question, k) not in known:
            known[question, k] = retrieve(question, k)
        return known[question, k]

    return remembered

"""The assistant: a library, a model or none, and the chain between them."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from ingest.errors import EmptyLibrary
from ingest.library import Library
from ingest.papers import Filters
from rag.answer import Answer, Unanswered
from rag.conversation import turn
from rag.events import Event, Finished
from rag.question import Question
from rag.retrieval import hybrid

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.retrievers import BaseRetriever
    from langchain_core.runnables import Runnable

__all__ = ["Assistant"]

_PER_PAPER = 4


class Assistant:
    """Answers questions from `library`.

    `chat_model` is None (answers are composed of verbatim sentences), a name such as `openai:gpt-5-mini` or
    `local:model.gguf`, or any LangChain chat model. `passages` is how many are read for an answer, `budget` how many
    tokens of them an LLM is shown (None: as many as it takes). With `base_url`, the name is that of a model of the
    OpenAI-compatible server there.
    """

    def __init__(
        self,
        library: Library,
        chat_model: BaseChatModel | str | None = None,
        passages: int = 8,
        *,
        budget: int | None = None,
        base_url: str | None = None,
    ) -> None:
        from rag.chain import build_chain
        from rag.models import load_chat_model

        self.library = library
        self.chat_model = load_chat_model(chat_model, base_url=base_url) if isinstance(chat_model, str) else chat_model
        self.passages, self.budget = passages, budget
        self._retrieve = hybrid(library, per_paper=_PER_PAPER)
        self._chain = build_chain(library, self._retrieve, self.chat_model, passages, budget)

    @property
    def host(self) -> str | None:
        """The host that receives questions and passages; None where they stay on this machine."""
        from rag.models import host_of

        return None if self.chat_model is None else host_of(self.chat_model)

    @property
    def chain(self) -> Runnable[Question | str, Answer]:
        """The chain itself, from a question to an `Answer`, to be composed with Runnables of your own."""
        return self._chain

    def retriever(self, filters: Filters | None = None) -> BaseRetriever:
        """What answers are retrieved with, as a retriever of LangChain for chains of your own."""
        from rag.langchain_retriever import PassageRetriever

        return PassageRetriever(retrieve=self._retrieve, passages=self.passages, filters=filters or Filters())

    def ask(
        self, question: str, filters: Filters | None = None, history: Sequence[Answer | tuple[str, str]] = ()
    ) -> Answer:
        """Answer `question` from the papers that `filters` admits.

        `history` is the conversation before it, oldest first: its answers, or (question as understood, answer). What a
        follow-up was understood as, and filters read from its words, stand in the answer.

        Raises BadQuestion for an empty or overlong question, EmptyLibrary where there is nothing to answer from. An LLM
        that does not answer raises nothing: evidence sentences stand in for it, and the answer's `remarks` say so.
        Tracing to LangSmith is off whatever the environment says: questions and passages stay here.
        """
        from langsmith import tracing_context

        asked = Question(question, filters or Filters(), history=_turns(history))
        self._need_papers()
        with tracing_context(enabled=False):
            return self._chain.invoke(asked)

    def stream(
        self, question: str, filters: Filters | None = None, history: Sequence[Answer | tuple[str, str]] = ()
    ) -> Iterator[Event]:
        """Answer `question` and tell how it goes on: see `rag.events`. Ends with `Finished`; raises what `ask` raises.

        Where the caller stops listening, the answer is given up at the next event.
        """
        asked = Question(question, filters or Filters(), history=_turns(history))
        self._need_papers()
        return self._events(asked)

    def ask_batch(
        self, questions: Iterable[str | Question], filters: Filters | None = None, *, concurrency: int = 4
    ) -> Iterator[Answer | Unanswered]:
        """Answer many questions, each as `ask` would, in their order and as they are asked for.

        They are searched for and their passages embedded many at a time; an LLM is asked up to `concurrency` of them at
        once. A question that fails gives an `Unanswered` and stops no other. Raises EmptyLibrary.
        """
        from rag.batch import answers

        self._need_papers()
        return answers(self, questions, filters or Filters(), concurrency)

    def _need_papers(self) -> None:
        if not len(self.library):
            raise EmptyLibrary("the library holds no papers yet; add some with: immunorag ingest FOLDER")

    def _events(self, asked: Question) -> Iterator[Event]:
        from langsmith import tracing_context

        from rag.chain import HEAR

        told: queue.SimpleQueue[Event | BaseException] = queue.SimpleQueue()
        left = threading.Event()

        def hear(event: Event) -> None:
            if left.is_set():
                raise _NobodyListens
            told.put(event)

        def run() -> None:
            try:
                with tracing_context(enabled=False):
                    told.put(Finished(self._chain.invoke(asked, {"configurable": {HEAR: hear}})))
            except BaseException as error:  # told to the caller, whose thread it is to be raised in
                told.put(error)

        worker = threading.Thread(target=run, name="immunorag answer", daemon=True)
        worker.start()
        try:
            while True:
                event = told.get()
                if isinstance(event, BaseException):
                    raise event
                yield event
                if isinstance(event, Finished):
                    return
        finally:
            left.set()


def _turns(history: Sequence[Answer | tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple(turn(one) if isinstance(one, Answer) else one for one in history)


class _NobodyListens(Exception):
    """Ends an answer that nobody waits for."""

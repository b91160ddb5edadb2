"""The assistant: a library, a model or none, and the chain between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ingest.errors import EmptyLibrary
from ingest.library import Library
from ingest.papers import Filters
from rag.answer import Answer
from rag.question import Question
from rag.retrieval import hybrid

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

__all__ = ["Assistant"]

_PER_PAPER = 4


class Assistant:
    """Answers questions from `library`.

    `chat_model` is None (answers are composed of verbatim sentences), a name such as `openai:gpt-5-mini`, or any
    LangChain chat model. `passages` is how many are read for an answer.
    """

    def __init__(self, library: Library, chat_model: BaseChatModel | str | None = None, passages: int = 8) -> None:
        from rag.chain import build_chain
        from rag.models import load_chat_model

        self.library = library
        model = load_chat_model(chat_model) if isinstance(chat_model, str) else chat_model
        self._chain = build_chain(library, hybrid(library, per_paper=_PER_PAPER), model, passages)

    def ask(self, question: str, filters: Filters | None = None) -> Answer:
        """Answer `question` from the papers that `filters` admits.

        Raises BadQuestion for an empty or overlong question, EmptyLibrary where there is nothing to answer from.
        Tracing to LangSmith is off whatever the environment says: questions and passages stay here.
        """
        from langsmith import tracing_context

        asked = Question(question, filters or Filters())
        if not len(self.library):
            raise EmptyLibrary("the library holds no papers yet; add some with: immunorag ingest FOLDER")
        with tracing_context(enabled=False):
            return self._chain.invoke(asked)

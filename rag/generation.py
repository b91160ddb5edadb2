"""Chat models by LangChain's names (`provider:model`), and what they are shown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ingest.errors import ModelError
from prompts import fill
from rag.answer import Passage
from rag.question import Question

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.messages import BaseMessage

__all__ = ["NOT_IN_THE_LIBRARY", "load_chat_model", "messages", "model_name"]

NOT_IN_THE_LIBRARY = "NOT IN THE LIBRARY"

_FENCE = re.compile(r"<(?=/?\s*passage)", re.IGNORECASE)


def load_chat_model(name: str) -> BaseChatModel:
    """Return the chat model `provider:model`, for example `openai:gpt-5-mini`, `anthropic:…` or `ollama:…`.

    Keys come from the provider's own environment variables. Raises ModelError when the provider's package is not
    installed, its key is missing or the name is none.
    """
    from langchain.chat_models import init_chat_model

    provider, colon, model = name.partition(":")
    if not (provider and colon and model):
        raise ModelError(f"{name!r} names no LLM; write provider:model, for example openai:gpt-5-mini, or none")
    try:
        chat_model: BaseChatModel = init_chat_model(model, model_provider=provider)
    except ImportError as error:
        raise ModelError(f"{provider} needs its package; run: pip install 'immunorag[{provider}]'") from error
    except Exception as error:  # each provider raises its own kind, for a missing key among others
        first_line = (str(error).splitlines() or [type(error).__name__])[0]
        raise ModelError(f"the LLM {name} cannot be set up: {first_line}") from error
    return chat_model


def model_name(chat_model: BaseChatModel) -> str:
    """What an answer says wrote its draft."""
    for attribute in ("model_name", "model"):
        value = getattr(chat_model, attribute, None)
        if isinstance(value, str) and value:
            return value
    return type(chat_model).__name__


def messages(question: Question, passages: Sequence[Passage]) -> list[BaseMessage]:
    """The prompt: rules, then the passages fenced and numbered from 1, then the question."""
    from langchain_core.messages import HumanMessage, SystemMessage

    fenced = "\n\n".join(_fenced(number, passage) for number, passage in enumerate(passages, start=1))
    return [
        SystemMessage(fill("answer_system")),
        HumanMessage(fill("answer", passages=fenced, question=" ".join(question.text.split()))),
    ]


def _fenced(number: int, passage: Passage) -> str:
    """One passage between marks that its own text cannot close."""
    paper = passage.paper
    head = ", ".join(part for part in (paper.title, paper.journal, str(paper.year or "")) if part)
    body = _FENCE.sub("‹", f"{head}\n{passage.text}")
    return f"<passage {number}>\n{body}\n</passage {number}>"

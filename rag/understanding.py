"""A question as it is asked -> as it is put to the library: follow-ups resolved, restrictions read as filters."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rag.conversation import understood
from rag.question import Question
from rag.restrictions import restricted

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

__all__ = ["Understood", "understand"]


@dataclass(frozen=True, slots=True)
class Understood:
    """`asked` as it came; `question` as it is searched for; `text` is what it was understood as, in words.

    `read` are the phrases of it that became filters.
    """

    asked: Question
    text: str
    question: Question
    read: tuple[str, ...] = ()

    @property
    def otherwise(self) -> str:
        """`text`, where that is not how it was asked; else ""."""
        return "" if self.text.strip() == self.asked.text.strip() else self.text


def understand(asked: Question, chat_model: BaseChatModel | None = None) -> Understood:
    """What is meant by `asked`; an LLM resolves a follow-up where there is one."""
    meant = understood(asked, chat_model)
    read = restricted(meant.filters, meant.text)
    return Understood(asked, meant.text, replace(meant, text=read.rest, filters=read.filters), read.phrases)

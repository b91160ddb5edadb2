"""Questions put into words that stand alone: one of several parts split, one that follows others resolved.

An LLM does it; where what it writes is odd, the question stays whole, and a follow-up is left to `rag.conversation`.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ingest.errors import ModelError
from prompts import fill
from rag.generation import one_line, write
from rag.words import content_words

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

__all__ = ["resolved_follow_up", "split_question"]

_MOST_PARTS = 4
_TURNS = 4  # of the conversation, the last ones
_SHOWN = 600  # characters of each answer in it
_LONGEST = 2_000  # characters that are read of what the LLM writes
_LIST_BULLET = re.compile(r"^\s*(?:[-*•]|\(?\d{1,2}[.):])\s+")
_NUMBER = re.compile(r"\d+")
_MARKUP = re.compile(r"[<>\[\]`*|\\]|://|\bwww\.", re.IGNORECASE)  # no question needs it, and this one will be shown
_log = logging.getLogger(__name__)


def split_question(chat_model: BaseChatModel, question: str) -> list[str]:
    """The questions that `question` is made of, at most four; `[question]` where it asks one thing, or in doubt."""
    lines = _lines(chat_model, fill("split", question=one_line(question), most=str(_MOST_PARTS)))
    parts = list(dict.fromkeys(line for line in lines if line))
    if not 1 < len(parts) <= _MOST_PARTS or not all(_is_made_of(part, question) for part in parts):
        return [question]
    return parts


def resolved_follow_up(chat_model: BaseChatModel, history: Sequence[tuple[str, str]], question: str) -> str | None:
    """`question` with what "it" and "they" stand for in its `history` of (question, answer); None in doubt."""
    if not history:
        return question
    told = "\n\n".join(
        f"Question: {one_line(asked)}\nAnswer: {one_line(answer)[:_SHOWN]}" for asked, answer in history[-_TURNS:]
    )
    lines = _lines(chat_model, fill("follow_up", history=told, question=one_line(question)))
    if len(lines) != 1 or not _is_made_of(lines[0], "\n".join([told, question])):
        return None
    return lines[0] if content_words(question) & content_words(lines[0]) or not content_words(question) else None


def _lines(chat_model: BaseChatModel, prompt: str) -> list[str]:
    from langchain_core.messages import HumanMessage

    try:
        text = write(chat_model, [HumanMessage(prompt)], attempts=2, longest=_LONGEST).text
    except ModelError as error:
        _log.info("%s; nothing is put into other words", error)
        return []
    return [_LIST_BULLET.sub("", line).strip() for line in text.splitlines() if line.strip()]


def _is_made_of(rephrased: str, source: str) -> bool:
    """Whether `rephrased` is a question of the words of `source`: few words, no number and no markup are its own."""
    words = content_words(rephrased)
    return (
        rephrased.endswith("?")
        and len(words) > 1
        and not _MARKUP.search(rephrased)
        and len(rephrased) <= len(source) + 200
        and 3 * len(words & content_words(source)) >= 2 * len(words)
        and set(_NUMBER.findall(rephrased)) <= set(_NUMBER.findall(source))
    )

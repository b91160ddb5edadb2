"""What can be taken away: an answer, or a conversation, as a file."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, get_args

from rag.answer import Answer
from rag.formats import to_bibtex, to_json, to_markdown, to_ris
from ui.page.conversation import Turn, conversation_markdown

if TYPE_CHECKING:
    from rag.assistant import Assistant

__all__ = ["FORMS", "Form", "Gift", "answer_gift", "conversation_gift"]

Form = Literal["copy", "markdown", "json", "bibtex", "ris", "audit"]
FORMS: tuple[Form, ...] = get_args(Form)
_KINDS: dict[Form, tuple[str, str]] = {
    "copy": ("", "text/plain"),
    "markdown": ("md", "text/markdown"),
    "json": ("json", "application/json"),
    "bibtex": ("bib", "application/x-bibtex"),
    "ris": ("ris", "application/x-research-info-systems"),
    "audit": ("audit.json", "application/json"),
}
_LONGEST_STEM = 60


@dataclass(frozen=True, slots=True)
class Gift:
    """A file for the reader's browser to save; without a `name`, text for the clipboard."""

    name: str
    kind: str
    text: str


def answer_gift(form: Form, answer: Answer, assistant: Assistant) -> Gift:
    """`answer` in the form asked for; an audit also needs what it came from."""
    from rag.audit import to_audit

    ending, kind = _KINDS[form]
    match form:
        case "bibtex":
            text = to_bibtex(answer)
        case "ris":
            text = to_ris(answer)
        case "json":
            text = _json(to_json(answer))
        case "audit":
            text = _json(to_audit(answer, assistant))
        case _:
            text = to_markdown(answer).rstrip() + "\n"
    return Gift(f"{_stem(answer.question)}.{ending}" if ending else "", kind, text)


def conversation_gift(turns: Sequence[Turn]) -> Gift:
    """All of it as one Markdown document, named after its first question."""
    stem = _stem(turns[0].question) if turns else "conversation"
    return Gift(f"{stem}-conversation.md", "text/markdown", conversation_markdown(turns))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _stem(question: str) -> str:
    """A file's name from a question: letters and digits of ASCII alone."""
    words = re.sub(r"[^a-z0-9]+", "-", question.lower().encode("ascii", "ignore").decode())
    return words.strip("-")[:_LONGEST_STEM].strip("-") or "answer"

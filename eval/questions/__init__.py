"""Our own questions over the starter library, written from its digests without a look at what `rag/` finds."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from eval.suites import Half

__all__ = ["RenamedQuestion", "renamed_questions"]


@dataclass(frozen=True, slots=True)
class RenamedQuestion:
    """A question that calls things by `other_names` than its paper does, and the same one in the paper's own words.

    `gold` are the papers that answer, by id; one is enough. `part` is the half of the first of them.
    """

    id: str
    text: str
    own_words: str
    other_names: tuple[str, ...]
    gold: tuple[str, ...]
    part: Half


def renamed_questions() -> tuple[RenamedQuestion, ...]:
    """The questions of `names.jsonl`, in its order."""
    return tuple(
        RenamedQuestion(
            id=row["id"],
            text=row["question"],
            own_words=row["same_question_in_the_papers_words"],
            other_names=tuple(row["other_names"]),
            gold=tuple(row["gold"]),
            part=row["part"],
        )
        for row in _rows("names.jsonl")
    )


def _rows(name: str) -> Iterator[dict[str, Any]]:
    for line in (files(__name__) / name).read_text(encoding="utf-8").splitlines():
        if line.strip():
            yield json.loads(line)

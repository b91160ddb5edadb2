"""What is asked."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from ingest.errors import BadQuestion
from ingest.papers import Filters

__all__ = ["Question"]

_LONGEST = 4_000


@dataclass(frozen=True, slots=True)
class Question:
    """A question and the papers it is put to. Raises BadQuestion when it is empty or longer than 4,000 characters.

    `hints` are words to search for besides, which the question itself does not hold: they never count as asked.
    `history` is the conversation that it follows, oldest first: each question as it was understood, and its answer.
    """

    text: str
    filters: Filters = field(default_factory=Filters)
    hints: tuple[str, ...] = ()
    history: tuple[tuple[str, str], ...] = ()

    def part(self, text: str) -> Question:
        """The question `text`, put to the same papers."""
        return replace(self, text=text)

    def __post_init__(self) -> None:
        if not any(character.isalnum() for character in self.text):
            raise BadQuestion('the question is empty; ask one in words, for example: "What predicts response to PD-1?"')
        if len(self.text) > _LONGEST:
            raise BadQuestion(
                f"the question has {len(self.text):,} characters; ask it in at most {_LONGEST:,} "
                "(papers belong into the library: immunorag ingest FILE)"
            )

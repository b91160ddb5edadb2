"""Whether the library answers a question at all: how sure it is, and how sure is sure enough."""

from __future__ import annotations

from collections.abc import Sequence

from rag.answer import Passage
from rag.evidence import Evidence, nearness
from rag.question import Question

__all__ = ["confidence", "enough"]

_ENOUGH = 0.5


def confidence(question: Question, evidence: Sequence[Evidence], passages: Sequence[Passage]) -> float:
    """How sure it is, 0 to 1, that `passages` answer `question`."""
    return nearness(evidence)


def enough(confidence: float) -> bool:
    """Whether an answer may be given at this confidence."""
    return confidence >= _ENOUGH

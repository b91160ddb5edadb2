"""What `Assistant.stream` tells while an answer comes about, in this order; a sentence only when its checks passed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rag.answer import Answer, Claim, Passage

__all__ = ["Drafting", "Event", "Finished", "Found", "Hear", "LeftOut", "Sentence", "unheard"]


@dataclass(frozen=True, slots=True)
class Found:
    """The passages that the answer will be made from, best first."""

    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Drafting:
    """`model` has begun to write; what it writes is not heard before it is checked."""

    model: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A claim that passed every check, with the numbers of its citations as they will be in the answer."""

    claim: Claim


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A claim that failed a check, for good."""

    claim: Claim


@dataclass(frozen=True, slots=True)
class Finished:
    """The whole answer; nothing comes after it."""

    answer: Answer


Event = Found | Drafting | Sentence | LeftOut | Finished
Hear = Callable[[Event], None]


def unheard(event: Event) -> None:
    """Hear nothing."""

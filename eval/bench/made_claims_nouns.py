"""What the claims of the checks' benchmark are made of, and what they are."""

from __future__ import annotations

from dataclasses import dataclass

from rag.answer import Passage

__all__ = ["Finding", "Kind", "MadeClaim", "Pair"]

Kind = str
"""`true`, or what was done to a true claim."""


@dataclass(frozen=True, slots=True)
class MadeClaim:
    """A claim about `passage`; `group` is the paper it was made from, `made_from` the true claim where it is false."""

    kind: Kind
    text: str
    passage: Passage
    group: str
    made_from: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two figures as printed, with their common unit: of the intervention, of the comparator."""

    mine: str
    other: str
    unit: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What an annotated question says, in words that can stand in a sentence."""

    intervention: str
    comparator: str
    outcome: str
    label: str
    pair: Pair | None
    p: str
    ratio: str
    passage: Passage
    group: str

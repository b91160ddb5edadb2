"""Question -> passages and the sentences that answer: part by part, and once more where the first round falls short."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ingest.embedding import Embedder
from ingest.vocabulary import concepts_in
from rag.abstention import confidence, enough
from rag.answer import Passage
from rag.evidence import Evidence, Rarity, weigh
from rag.parts import split
from rag.question import Question
from rag.retrieval import Retriever

__all__ = ["Material", "Part", "research", "taught"]

_TEACHERS = 3  # passages whose names a second round searches for
_TAUGHT = 6  # names at most
_TAUGHT_KINDS = frozenset(("drug", "biomarker", "cancer"))

Split = Callable[[str], list[str]]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the question, what answers it best, and how sure it is that this answers it, 0 to 1."""

    question: Question
    evidence: tuple[Evidence, ...]
    confidence: float

    @property
    def answered(self) -> bool:
        return enough(self.confidence)


@dataclass(frozen=True, slots=True)
class Material:
    """What an answer is made from; the numbers of the parts' evidence count `passages` from 1."""

    question: Question
    passages: tuple[Passage, ...]
    parts: tuple[Part, ...]

    @property
    def confidence(self) -> float:
        """That of the part that is surest: who asks two things is told of the one that the library knows."""
        return max(part.confidence for part in self.parts)


def research(
    retrieve: Retriever,
    question: Question,
    passages: int,
    *,
    embedder: Embedder,
    rarity: Rarity,
    taken_apart: Split = split,
) -> Material:
    """Find what the library holds on `question`, in at most `passages` passages for each of its parts."""
    parts = [question.part(text) for text in taken_apart(question.text)]
    found = [retrieve(part, passages) for part in parts]
    material = _weighed(question, parts, found, embedder, rarity)
    short = [part for part in material.parts if not part.answered]
    if not short or not material.passages:
        return material
    for number, part in enumerate(material.parts):
        if not part.answered:
            wider = replace(parts[number], hints=(*parts[number].hints, *taught(part.question, found[number])))
            found[number] = retrieve(wider, passages) if wider.hints else found[number]
    again = _weighed(question, parts, found, embedder, rarity)
    return again if again.confidence > material.confidence else material


def _weighed(
    question: Question,
    parts: Sequence[Question],
    found: Sequence[Sequence[Passage]],
    embedder: Embedder,
    rarity: Rarity,
) -> Material:
    """The passages of all parts in turn, each once, and what they hold for each part."""
    rows = itertools.zip_longest(*found)
    together = {passage.chunk.id: passage for row in rows for passage in row if passage is not None}
    passages = tuple(together.values())
    weighed = []
    for part in parts:
        evidence = weigh(part, passages, embedder, rarity)
        weighed.append(Part(part, tuple(evidence), confidence(part, evidence, passages, rarity)))
    return Material(question, passages, tuple(weighed))


def taught(question: Question, passages: Sequence[Passage]) -> tuple[str, ...]:
    """Names of trials, drugs, biomarkers and cancers in the nearest passages that the question does not name."""
    asked = concepts_in(question.text)
    names: dict[str, None] = {}
    for passage in passages[:_TEACHERS]:
        names |= dict.fromkeys(passage.paper.trials)
        concepts = sorted(concepts_in(passage.text) - asked, key=lambda concept: concept.id)
        names |= {concept.name: None for concept in concepts if concept.kind in _TAUGHT_KINDS}
    return tuple(names)[:_TAUGHT]

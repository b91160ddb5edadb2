"""Retracted papers that would have answered: they are looked for, named, and not used."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from ingest.embedding import Embedder
from ingest.library import Library
from ingest.papers import Filters, Paper
from rag.abstention import MODEL, confidence, enough, features
from rag.answer import Passage
from rag.evidence import Evidence, Rarity, nearness, weigh
from rag.question import Question
from rag.rounds import Material

__all__ = ["withheld"]

_RETRACTED = Filters(statuses=("retracted",))
_SEARCHED, _MOST = 6, 3  # passages, papers
_AS_NEAR = 0.9  # of the nearness of the best sentence that may be used


def withheld(
    library: Library,
    retrieve: Callable[[Question, int], Sequence[Passage]],
    material: Material,
    embedder: Embedder,
) -> tuple[Paper, ...]:
    """The retracted papers that answer the question by the measure of the others and come about as near as the best.

    Each has as its `notices` those on it. None where retracted papers were asked for: then they answer, flagged.
    """
    question = material.question
    if "retracted" in question.filters.statuses or not library.chunk_count(_RETRACTED):
        return ()
    wanted = replace(question, filters=replace(question.filters, statuses=_RETRACTED.statuses))
    found: dict[str, list[Passage]] = {}
    for passage in retrieve(wanted, _SEARCHED):
        found.setdefault(passage.paper.id, []).append(passage)
    used = max((nearness(part.evidence) for part in material.parts if part.answered), default=0.0)
    kept: list[Paper] = []
    for passages in found.values():
        if not _could(wanted, passages, library.rarity):
            continue
        evidence = weigh(wanted, passages, embedder, library.rarity)
        sure = confidence(wanted, evidence, passages, library.rarity)
        if enough(sure) and nearness(evidence) >= _AS_NEAR * used:
            paper = passages[0].paper
            kept.append(replace(paper, notices=tuple(library.notices(paper.id))))
    return tuple(kept[:_MOST])


def _could(question: Question, passages: Sequence[Passage], rarity: Rarity) -> bool:
    """Whether a paper would do if a sentence of it came as near as can be: most are told apart without embedding."""
    nearest = Evidence(1, passages[0].paper.id, 0, 0, "", 1.0, 1.0, 0.0, np.zeros(1, np.float32))
    return any(enough(MODEL.score(one)) for one in features(question, [nearest], passages, rarity))

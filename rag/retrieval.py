"""Question -> passages: dense and lexical search, fused by rank.

A `Ranker` orders chunk ids; a `Retriever` turns an order into passages. Both are plain functions, so they compose.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TypeVar

from ingest.embedding import Embedder
from ingest.library import Library
from ingest.papers import Paper
from rag.answer import Passage
from rag.concepts import renamed, widened
from rag.findings import asks_for_findings, findings_first
from rag.question import Question

__all__ = [
    "Ranker",
    "Retriever",
    "dense",
    "fused",
    "hybrid",
    "lexical",
    "limited",
    "located",
    "reciprocal_rank_fusion",
    "retriever",
]

Item = TypeVar("Item", bound=Hashable)
Ranking = list[tuple[str, float]]
Ranker = Callable[[Question, int], Ranking]
Retriever = Callable[[Question, int], list[Passage]]

_HINT = 0.5  # the weight of a word that the question does not hold itself
_DEPTH = 100  # chunks that each search hands to the fusion
_DENSE_WEIGHT, _LEXICAL_WEIGHT = 1.0, 2.0  # measured on the tuning half of Evidence Inference: eval.bench retrieval


def reciprocal_rank_fusion(
    rankings: Sequence[Iterable[Item]], weights: Sequence[float] | None = None, c: float = 60
) -> list[tuple[Item, float]]:
    """Score of an item = sum over rankings of weight / (c + rank), rank from 1; ties keep first-seen order.

    Source: Cormack, Clarke, Büttcher, SIGIR 2009, doi:10.1145/1571941.1572114; the weights are ours."""
    scores: dict[Item, float] = {}
    for ranking, weight in zip(rankings, weights or [1.0] * len(rankings), strict=True):
        for rank, item in enumerate(ranking, start=1):
            scores[item] = scores.get(item, 0.0) + weight / (c + rank)
    return sorted(scores.items(), key=lambda pair: -pair[1])


def dense(library: Library, *, names: bool = True, embedder: Embedder | None = None) -> Ranker:
    """Chunks by cosine similarity of their vectors to that of the question, with canonical `names` said beside."""

    def rank(question: Question, k: int) -> Ranking:
        text = renamed(question.text) if names else question.text
        return library.dense((embedder or library.embedder).embed([text])[0], k, question.filters)

    return rank


def lexical(library: Library, *, names: bool = True) -> Ranker:
    """Chunks by BM25 over title, section and text; with `names`, other names of what the question names count too."""

    def rank(question: Question, k: int) -> Ranking:
        asked = widened(question.text) if names else [(question.text, 1.0)]
        return library.lexical([*asked, *((hint, _HINT) for hint in question.hints)], k, question.filters)

    return rank


def fused(*rankers: Ranker, weights: Sequence[float] | None = None, depth: int = _DEPTH) -> Ranker:
    """Merge rankers by reciprocal rank."""

    def rank(question: Question, k: int) -> Ranking:
        rankings = [[item for item, _ in ranker(question, max(k, depth))] for ranker in rankers]
        return reciprocal_rank_fusion(rankings, weights)[:k]

    return rank


def retriever(library: Library, ranker: Ranker, per_paper: int | None = None, weigh_findings: bool = True) -> Retriever:
    """Turn chunk ids into passages, at most `per_paper` of one paper (None: any number).

    With `weigh_findings`, a question about an effect reads a paper first where it reports its findings.
    """

    def retrieve(question: Question, k: int) -> list[Passage]:
        found = located(library, ranker(question, max(k, _DEPTH)))
        if weigh_findings and asks_for_findings(question.text):
            found = findings_first(found)
        return limited(found, per_paper)[:k]

    return retrieve


def located(library: Library, ranking: Ranking) -> list[Passage]:
    """The passages of a ranking's chunks, in its order."""
    scores = dict(ranking)
    papers: dict[str, Paper] = {}
    passages = []
    for chunk in library.chunks(list(scores)):
        if chunk.paper_id not in papers:
            papers[chunk.paper_id] = library.paper(chunk.paper_id)
        paper = papers[chunk.paper_id]
        passages.append(Passage(chunk, paper, paper.text[chunk.start : chunk.end], scores[chunk.id]))
    return passages


def limited(passages: Sequence[Passage], per_paper: int | None) -> list[Passage]:
    """Keep the first `per_paper` passages of each paper."""
    taken: Counter[str] = Counter()
    kept = []
    for passage in passages:
        taken[passage.paper.id] += 1
        if per_paper is None or taken[passage.paper.id] <= per_paper:
            kept.append(passage)
    return kept


def hybrid(
    library: Library, per_paper: int | None = None, *, names: bool = True, embedder: Embedder | None = None
) -> Retriever:
    """What `Assistant` retrieves with: both searches, fused 2:1 in favour of the lexical one, findings first.

    Without `names`, a drug is found by the name that the question uses and by no other. `embedder` stands in for the
    library's own, if it is the same model.
    """
    rankers = lexical(library, names=names), dense(library, names=names, embedder=embedder)
    ranker = fused(*rankers, weights=(_LEXICAL_WEIGHT, _DENSE_WEIGHT))
    return retriever(library, ranker, per_paper)

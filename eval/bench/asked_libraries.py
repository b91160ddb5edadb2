"""The libraries of both dev sets, with an embedder that remembers, and retrieval as if some papers were not there."""

from __future__ import annotations

import sys
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from eval.remembering import Remembering

if TYPE_CHECKING:
    from ingest.embedding import Embedder
    from ingest.library import Library
    from ingest.papers import Paper
    from rag.question import Question
    from rag.retrieval import Ranker, Ranking, Retriever

__all__ = ["Remembering", "opened", "say", "without"]

_WEIGHTS = (2.0, 1.0)  # lexical and dense, as `rag.retrieval.hybrid` has them


def opened(folder: Path, embedder: Embedder, papers: Sequence[Paper] | Sequence[Path]) -> Library:
    """The library in `folder`; where there is none, it is made of `papers`, or of the files they are read from."""
    from ingest.library import Library

    library = Library.open(folder, embedder=embedder)
    if not len(library):
        say(f"{folder.name}: taking in {len(papers)} papers")
        library.ingest([one for one in papers if isinstance(one, Path)])
        library.add([one for one in papers if not isinstance(one, Path)])
    return library


def without(library: Library, papers: Collection[str], per_paper: int | None = 4) -> Retriever:
    """Retrieve as `Assistant` does, as if `papers` were not in the library: their chunks are struck out of each search
    before the two are fused, and as many more are asked for."""
    from rag.retrieval import dense, fused, lexical, retriever

    gone = set(papers)
    chunks = sum(chunk_id.rpartition("#")[0] in gone for chunk_id in _chunk_ids(library))

    def left(rank: Ranker) -> Ranker:
        def ranked(question: Question, k: int) -> Ranking:
            found = rank(question, k + chunks)
            return [(chunk, score) for chunk, score in found if chunk.rpartition("#")[0] not in gone][:k]

        return ranked

    return retriever(library, fused(left(lexical(library)), left(dense(library)), weights=_WEIGHTS), per_paper)


def _chunk_ids(library: Library) -> list[str]:
    if library.path not in _IDS:
        _IDS[library.path] = library.embeddings()[0]
    return _IDS[library.path]


_IDS: dict[Path, list[str]] = {}


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)

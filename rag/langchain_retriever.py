"""Our retrieval as a retriever of LangChain, for chains of people's own."""

from __future__ import annotations

from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, Field

from ingest.papers import Filters
from rag.answer import Passage
from rag.question import Question

__all__ = ["PassageRetriever"]


class PassageRetriever(BaseRetriever):
    """Passages as `Document`s: `page_content` is the passage, word for word; `metadata` says where it stands.

    `retrieve` is a `rag.retrieval.Retriever`, `passages` how many are given. Raises BadQuestion for an empty question.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    retrieve: Any
    passages: int = 8
    filters: Filters = Field(default_factory=Filters)

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        return [_document(passage) for passage in self.retrieve(Question(query, self.filters), self.passages)]


def _document(passage: Passage) -> Document:
    paper, chunk = passage.paper, passage.chunk
    metadata = {
        "paper_id": paper.id,
        "title": paper.title,
        "year": paper.year,
        "journal": paper.journal,
        "doi": paper.doi,
        "pmid": paper.pmid,
        "source": paper.source,
        "status": paper.status,
        "design": paper.design,
        "section": chunk.section.title or chunk.section.kind,
        "page": chunk.page,
        "start": chunk.start,
        "end": chunk.end,
        "score": passage.score,
    }
    return Document(id=chunk.id, page_content=passage.text, metadata=metadata)

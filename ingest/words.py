"""Lexical search: BM25 over title, section title and text of every chunk. The only home of tantivy in this package.

Queries are built from terms, never parsed: no question can be read as query syntax.

What is indexed was chosen on the 239 questions of `evidence_inference_dev`, alternate questions apart; MRR@10 of BM25:

    text alone, words as they are                          0.313      (all)
    title, text                                            0.399      0.378
    title, section title, text                             0.399      0.374
    title twice, section title, text                       0.422      0.392
        the same, stemmed English, title once              0.357      (all; 0.386 unstemmed)
        the same, with stems at a tenth of the weight      0.419      0.391

So words count as they are written; their stems at a tenth of that, which costs nothing here and lets `tumour` find
`tumours` where nothing else does.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from math import log
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.papers import Filters
from ingest.profile import FACETS
from ingest.vectors import BrokenIndex, guarded

if TYPE_CHECKING:
    from tantivy import IndexWriter, Query, Schema, TextAnalyzer

    from ingest.catalogue import Entry

__all__ = ["Words"]

_FIELDS = {"text": 1.0, "stems": 0.1}  # the weight of a word in each
_LONGEST_WORD = 40
_MOST_TERMS = 1000  # of a query; the rest is left out
_HEAP = 64_000_000  # bytes a writer may fill before it flushes a segment


class Words:
    """The index in `folder`, as it was when it was opened or last written through this object."""

    @guarded
    def __init__(self, folder: Path, *, create: bool = False) -> None:
        from tantivy import Index

        if create:
            folder.mkdir(parents=True, exist_ok=True)
            self._index = Index(_schema(), path=str(folder), reuse=False)
        else:
            if not (folder / "meta.json").is_file():
                raise BrokenIndex(f"{folder.name} is missing")
            self._index = Index.open(str(folder))
        for field in _FIELDS:
            self._index.register_tokenizer(field, _analyzer(field))
        self._index.config_reader("manual")
        self._index.reload()
        self._writer: IndexWriter | None = None

    def close(self) -> None:
        self._writer = None

    @guarded
    def count(self) -> int:
        return int(self._index.searcher().num_docs)

    @guarded
    def put(self, entries: Sequence[Entry]) -> None:
        """Add `entries`; `drop` their papers first where they may be there already. Seen after `commit`."""
        from tantivy import Document

        writer = self._open_writer()
        for entry in entries:
            chunk = entry.chunk
            text = "\n".join((entry.title, entry.title, chunk.section.title, entry.text))
            fields: dict[str, Any] = {
                "id": chunk.id,
                "paper_id": chunk.paper_id,
                "source": entry.source,
                "status": entry.status,
                **dict.fromkeys(_FIELDS, text),
                **{name: list(values) for name, values in entry.facets.items()},
            }
            if entry.year is not None:
                fields["year"] = entry.year
            writer.add_document(Document(**fields))

    @guarded
    def drop(self, paper_ids: Sequence[str]) -> None:
        """Delete all chunks of these papers. Seen after `commit`."""
        for paper_id in paper_ids:
            self._open_writer().delete_documents_by_term("paper_id", paper_id)

    @guarded
    def commit(self) -> None:
        if self._writer is not None:
            self._writer.commit()
            self._writer.wait_merging_threads()
            self._writer = None
        self._index.reload()

    @guarded
    def best(
        self, words: str | Sequence[tuple[str, float]], k: int, filters: Filters | None
    ) -> list[tuple[str, float]]:
        """Ids and BM25 scores of the `k` best chunks that `filters` admits, best first. See `Library.lexical`."""
        from tantivy import Occur, Query

        schema = self._index.schema
        terms = [
            (Occur.Should, Query.boost_query(Query.term_query(schema, field, term, "freq"), share * weight))
            for field, share in _FIELDS.items()
            for term, weight in _terms(words, field).items()
        ]
        if not terms:
            return []
        wanted = Query.boolean_query(terms)
        conditions = _conditions(filters, schema) if filters else []
        query = Query.boolean_query([(Occur.Must, part) for part in (wanted, *conditions)]) if conditions else wanted
        searcher = self._index.searcher()
        hits = searcher.search(query, k, count=False).hits
        return [(str(searcher.doc(address)["id"][0]), float(score)) for score, address in hits]

    @guarded
    def rarity(self, words: Sequence[str]) -> dict[str, float]:
        """How rare each word is; see `Library.rarity`. A compound is as rare as the rarest of its parts."""
        searcher = self._index.searcher()
        chunks = max(int(searcher.num_docs), 2)
        found: dict[str, float] = {}
        for word in words:
            counts = [int(searcher.doc_freq("stems", term)) for term in _analyzer("stems").analyze(word)]
            found[word] = log(chunks / min(max(min(counts, default=chunks), 1), chunks)) / log(chunks)
        return found

    @guarded
    def ids(self) -> list[str]:
        """The ids of all chunks; one that is there twice comes twice."""
        from tantivy import Query

        searcher = self._index.searcher()
        hits = searcher.search(Query.all_query(), max(int(searcher.num_docs), 1), count=False).hits
        return [str(searcher.doc(address)["id"][0]) for _, address in hits]

    @guarded
    def lost(self, entries: Sequence[Entry]) -> list[str]:
        """Ids of those of `entries` that are not found exactly once by their id, their paper and their first word."""
        from tantivy import Occur, Query

        schema, searcher = self._index.schema, self._index.searcher()
        lost: list[str] = []
        for entry in entries:
            wanted = [("id", entry.chunk.id), ("paper_id", entry.chunk.paper_id)]
            wanted += [("text", term) for term in _analyzer("text").analyze(entry.text)[:1]]
            parts = [(Occur.Must, Query.term_query(schema, field, term, "basic")) for field, term in wanted]
            if len(searcher.search(Query.boolean_query(parts), 2, count=False).hits) != 1:
                lost.append(entry.chunk.id)
        return lost

    def _open_writer(self) -> IndexWriter:
        if self._writer is None:
            self._writer = self._index.writer(_HEAP, 1)
        return self._writer


def _terms(words: str | Sequence[tuple[str, float]], field: str) -> dict[str, float]:
    """The field's terms of `words` with their weights; a term that comes twice has the higher weight, not the sum."""
    terms: dict[str, float] = {}
    for text, weight in [(words, 1.0)] if isinstance(words, str) else words:
        for term in _analyzer(field).analyze(text.encode("utf-8", "replace").decode("utf-8")):  # no lone surrogates
            if weight > terms.get(term, 0.0):
                terms[term] = weight
                if len(terms) == _MOST_TERMS:
                    return terms
    return terms


def _conditions(filters: Filters, schema: Schema) -> list[Query]:
    """`filters`, resolved, as queries that a chunk must match; they add nothing to its score."""
    from tantivy import FieldType, Query

    named = {"paper_id": filters.papers, "source": filters.sources, "status": filters.statuses}
    named |= {field: getattr(filters, field) for field in FACETS}
    conditions = [Query.term_set_query(schema, field, list(admitted)) for field, admitted in named.items() if admitted]
    if filters.since is not None or filters.until is not None:
        years = Query.range_query(schema, "year", FieldType.Integer, filters.since, filters.until)
        conditions.append(years)
    return [Query.const_score_query(condition, 0.0) for condition in conditions]


def _schema() -> Schema:
    from tantivy import SchemaBuilder

    builder = SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    for name in ("paper_id", "source", "status", *FACETS):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("year", indexed=True, fast=True)
    for field in _FIELDS:
        builder.add_text_field(field, tokenizer_name=field, index_option="freq")
    return builder.build()


@cache
def _analyzer(field: str) -> TextAnalyzer:
    """Letters and digits, lower case, accents off: `PD-L1 Tumours` = `pd l1 tumours`; `stems`: `pd l1 tumour`."""
    from tantivy import Filter, TextAnalyzerBuilder, Tokenizer

    builder = TextAnalyzerBuilder(Tokenizer.simple()).filter(Filter.remove_long(_LONGEST_WORD))
    builder = builder.filter(Filter.lowercase()).filter(Filter.ascii_fold())
    return (builder.filter(Filter.stemmer("english")) if field == "stems" else builder).build()

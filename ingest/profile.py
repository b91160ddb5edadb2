"""A paper's profile: what kind of study it reports and what it is about, by today's rules and vocabulary.

Profiles are derived: where the rules have changed, a library's papers are profiled again, without reading or embedding.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from ingest import vocabulary
from ingest.papers import Chunk, Paper
from ingest.study import classified, design_class
from ingest.vocabulary import ConceptKind, Mention

__all__ = ["CONCEPT_FIELDS", "FACETS", "Profile", "by_field", "facets", "fingerprint", "profiled"]

_RULES = 2  # count up when the rules here or in `ingest.study` change, so that libraries are profiled again

CONCEPT_FIELDS: Mapping[str, ConceptKind] = {
    "cancers": "cancer",
    "drugs": "drug",
    "biomarkers": "biomarker",
    "events": "event",
    "settings": "setting",
    "endpoints": "endpoint",
    "methods": "method",
}
"""The fields of `Filters` that hold names of the vocabulary, and of which kind."""

FACETS = ("designs", "species", *CONCEPT_FIELDS)
"""The fields of `Filters` by which both indexes know a chunk besides its paper, year, source and status."""

_OPENING = 1_500  # characters that stand for the abstract where a paper has none
_SHARE, _FEWEST = 0.2, 4  # of its chunks, and how many at least, that name what a paper is about


@dataclass(frozen=True, slots=True)
class Profile:
    """`paper` has its kind of study; `subjects` are the ids of the concepts it is about, `tags` those that its chunks
    name besides, by chunk id.
    """

    paper: Paper
    subjects: frozenset[str] = frozenset()
    tags: Mapping[str, frozenset[str]] = field(default_factory=dict)


def profiled(paper: Paper, chunks: Sequence[Chunk]) -> Profile:
    """Profile `paper` as its readers gave it.

    A paper is about what its title or abstract names, and what a fifth of its chunks name (at least four).
    """
    found = vocabulary.mentions(paper.text)  # of the whole, for an abbreviation has one sense in a text
    headings = {title: _ids(title) for title in {section.title for section in paper.sections}}
    named = {chunk.id: _within(found, chunk.start, chunk.end) | headings[chunk.section.title] for chunk in chunks}
    abstract = [(section.start, section.end) for section in paper.sections if section.kind == "abstract"]
    opening = [_within(found, start, end) for start, end in abstract or [(0, _OPENING)]]
    counts = Counter(concept for concepts in named.values() for concept in concepts)
    often = {concept for concept, count in counts.items() if count >= max(_FEWEST, _SHARE * len(chunks))}
    subjects = _ids(paper.title).union(often, *opening)
    tags = {chunk_id: concepts - subjects for chunk_id, concepts in named.items() if concepts - subjects}
    return Profile(classified(paper), subjects, tags)


def facets(paper: Paper, concepts: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """What the indexes know a chunk by: its values for each of `FACETS` that has any.

    `paper` is one with its kind of study, `concepts` the ids of what it is about and of what the chunk names.
    """
    design = design_class(paper.design)
    study = {"designs": (design,) if design else (), "species": paper.species}
    return {field: values for field, values in study.items() if values} | by_field(concepts)


def by_field(concepts: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """The names of concepts, given by their ids, by the field of `Filters` that finds them; no field is empty."""
    names: dict[str, list[str]] = {}
    for concept in sorted(concepts):
        kind, _, name = concept.partition(":")
        names.setdefault(kind, []).append(name)
    return {field: tuple(names[kind]) for field, kind in CONCEPT_FIELDS.items() if kind in names}


@cache
def fingerprint() -> str:
    """Names the rules and the vocabulary that profiles are made by."""
    return hashlib.sha256(f"{_RULES} {vocabulary.fingerprint()}".encode()).hexdigest()[:16]


def _ids(text: str) -> frozenset[str]:
    return frozenset(concept.id for concept in vocabulary.concepts_in(text))


def _within(mentions: Sequence[Mention], start: int, end: int) -> frozenset[str]:
    """The concepts of those mentions, which are in order, that begin in a stretch of the text."""
    first, last = (bisect_left(mentions, place, key=lambda mention: mention.start) for place in (start, end))
    return frozenset(mention.concept.id for mention in mentions[first:last])

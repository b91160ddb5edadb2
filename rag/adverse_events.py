"""How often adverse events occurred, study by study: what an answer about toxicity tells in a table.

The papers found that are about what is asked are read whole: results, abstract and tables; introduction and discussion
tell of other studies. Nothing is computed: a figure that is not stated is None, and each quote holds all figures of its
row.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from ingest.papers import Chunk, Paper, Section
from ingest.vocabulary import concepts_in, narrower
from rag.adverse_event_sentences import Reported, reported_in
from rag.adverse_event_tables import reported_in_row, rows_of, table_at
from rag.adverse_event_words import asks_for_adverse_events, grades_of
from rag.answer import AdverseEvent, Citation, Passage
from rag.concepts import canonical
from rag.naming import holds, names_of
from rag.question import Question
from rag.quotable import quotable_spans, unquotable

__all__ = ["MOST", "ChunksOf", "adverse_events"]

ChunksOf = Callable[[str], Sequence[Chunk]]
"""The chunks of the paper with that id, in its order."""

MOST = 20
"""Adverse events of one study that are told, the most frequent ones."""

_LONGEST_QUOTE = 1_500  # characters; a row whose grade stands in a caption farther off is left out
_REPORTING = frozenset({"results", "abstract", "table"})

_Found = tuple[Reported, int, int]


def adverse_events(question: Question, passages: Sequence[Passage], chunks_of: ChunksOf) -> tuple[AdverseEvent, ...]:
    """What the papers of `passages` report, by study and then by frequency; nothing where toxicity is not asked for.

    A paper counts where it is about all that the question names. Citations have the number 0 until they get their own.
    """
    if not asks_for_adverse_events(question.text):
        return ()
    names = [name for name in names_of(question.text) if name.kind != "event"]
    asked = [
        frozenset(narrower(name.concept)) for name in names_of(question.text) if name.kind == "event" and name.concept
    ]
    papers = {passage.paper.id: passage.paper for passage in passages}
    found: list[AdverseEvent] = []
    for paper in papers.values():
        told = "\n".join([_about(paper), *(one.text for one in passages if one.paper.id == paper.id)])
        if all(holds(told, name, (*paper.trials, *paper.trial_ids)) for name in names):
            rows = [one for one in _told_once(_reported(paper)) if _is_asked(one[0], asked)]
            rows.sort(key=lambda one: -_frequency(one[0]))
            found += _cited(paper, rows, passages, chunks_of)
    return tuple(found)


def _about(paper: Paper) -> str:
    return "\n".join(
        [paper.title, *(paper.text[one.start : one.end] for one in paper.sections if one.kind == "abstract")]
    )


def _is_asked(one: Reported, asked: Sequence[frozenset[object]]) -> bool:
    named = concepts_in(one.event)
    return not asked or any(named & concepts for concepts in asked)


def _reported(paper: Paper) -> Iterator[_Found]:
    """What the paper reports, each with the place of its quote; a section that reports results comes first."""
    for section in sorted(paper.sections, key=lambda section: section.kind == "abstract"):
        if section.kind not in _REPORTING and (section.kind != "other" or paper.source not in ("digest", "text")):
            continue
        if section.kind == "table":
            yield from _in_table(paper, section)
            continue
        for start, end in quotable_spans(paper.text, section.start, section.end):
            yield from ((one, start, end) for one in reported_in(paper.text[start:end]))


def _in_table(paper: Paper, section: Section) -> Iterator[_Found]:
    table = table_at(paper, section)
    if table is None:
        return
    grades = grades_of(table.caption)
    for row in rows_of(paper, section.start, section.end):
        if unquotable(row.text) or unquotable(row.heading) or any(map(unquotable, table.caption.split("\n"))):
            continue
        for one in reported_in_row(row, table):
            if one.grade or not grades:
                yield one, row.start, row.end
            elif len(grades) == 1 and row.end - table.start <= _LONGEST_QUOTE:  # the quote is to hold the grade, too
                yield replace(one, grade=grades[0]), table.start, row.end


def _told_once(found: Iterator[_Found]) -> list[_Found]:
    """Each adverse event once, as it is told most fully."""
    kept: list[_Found] = []
    for one in found:
        place = next((place for place, other in enumerate(kept) if _same(one[0], other[0])), None)
        if place is None:
            kept.append(one)
        elif _fullness(one[0]) > _fullness(kept[place][0]):
            kept[place] = one
    return kept


def _same(one: Reported, other: Reported) -> bool:
    """Whether two reports may be of the same: nothing that both tell differs, and a figure is told by both."""
    words = (
        (one.event.lower(), other.event.lower()),
        (one.grade, other.grade),
        (one.cause, other.cause),
        (canonical(one.arm).lower(), canonical(other.arm).lower()),
    )
    figures = ((one.affected, other.affected), (one.treated, other.treated), (one.percent, other.percent))
    if any(left and right and left != right for left, right in words):
        return False
    if any(left is not None and right is not None and left != right for left, right in figures):
        return False
    return any(left is not None and left == right for left, right in (figures[0], figures[2]))


def _fullness(one: Reported) -> int:
    return sum(bool(word) for word in (one.grade, one.cause, one.arm)) + sum(
        figure is not None for figure in (one.affected, one.treated, one.percent)
    )


def _frequency(one: Reported) -> float:
    """For the order alone; what is shown is never computed."""
    if one.percent is not None:
        return one.percent
    return 100 * (one.affected or 0) / one.treated if one.treated else 0.0


def _cited(
    paper: Paper, rows: Sequence[_Found], passages: Sequence[Passage], chunks_of: ChunksOf
) -> Iterator[AdverseEvent]:
    if not rows:
        return
    known = {passage.chunk.id: passage for passage in passages}
    chunks = sorted(chunks_of(paper.id), key=lambda chunk: chunk.start)
    starts = [chunk.start for chunk in chunks]
    for one, start, end in rows[:MOST]:
        chunk = chunks[max(bisect_right(starts, start) - 1, 0)] if chunks else passages[0].chunk
        passage = known.get(chunk.id) or Passage(chunk, paper, paper.text[chunk.start : chunk.end], 0.0)
        citation = Citation(0, passage, paper.text[start:end], start, end)
        yield AdverseEvent(one.event, one.grade, one.cause, one.arm, one.affected, one.treated, one.percent, citation)

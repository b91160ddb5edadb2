"""A paper becomes chunks: whole sentences of one section, short enough that the embedding model reads all of it."""

from __future__ import annotations

from collections.abc import Iterator

from ingest.embedding import Embedder
from ingest.papers import Chunk, Paper, Section
from ingest.sentences import sentence_spans

__all__ = ["chunk", "indexed_text"]

_SPECIAL_TOKENS = 2
_CONTEXT_SHARE = 0.3  # of the model's limit; a longer title or heading is cut, the chunk itself never
_CONTEXT_CHARACTERS = 300
_PIECE = 8  # characters of a word piece, more than most have

Span = tuple[int, int]


def chunk(paper: Paper, embedder: Embedder) -> list[Chunk]:
    """Cut `paper` into chunks in reading order; with their context they fit `embedder.limit`.

    Chunks hold whole sentences; only a sentence longer than the limit is cut, between words.
    """
    spans: list[tuple[Section, Span]] = []
    for section in paper.sections:
        room = embedder.limit - _SPECIAL_TOKENS - embedder.count_tokens([_context(paper, section, embedder)])[0]
        spans.extend((section, span) for span in _pack(paper.text, section, room, embedder))
    return [
        Chunk(f"{paper.id}#{ordinal}", paper.id, section, paper.page_at(start), start, end)
        for ordinal, (section, (start, end)) in enumerate(spans)
    ]


def indexed_text(paper: Paper, chunk: Chunk, embedder: Embedder) -> str:
    """What is embedded and searched for `chunk`: its context (title, section), then its text. Never quoted."""
    return f"{_context(paper, chunk.section, embedder)}\n{paper.text[chunk.start : chunk.end]}"


def _context(paper: Paper, section: Section, embedder: Embedder) -> str:
    heading = section.title or (section.kind if section.kind != "other" else "")
    context = ". ".join(part for part in (paper.title.rstrip("."), heading) if part)[:_CONTEXT_CHARACTERS]
    while context and embedder.count_tokens([context])[0] > embedder.limit * _CONTEXT_SHARE:
        context = context[: len(context) * 3 // 4]
    return context


def _pack(text: str, section: Section, room: int, embedder: Embedder) -> Iterator[Span]:
    """Fill chunks with sentences up to `room` word pieces, evenly, so that the last is not a scrap."""
    sentences = sentence_spans(text, section.start, section.end)
    if not sentences:
        return
    sizes = embedder.count_tokens([text[start:end] for start, end in sentences])
    pieces = [
        piece
        for span, size in zip(sentences, sizes, strict=True)
        for piece in ([(span, size)] if size <= room else _cut(text, span, room, embedder))
    ]
    total = sum(size for _, size in pieces)
    target = total / -(-total // room) if total else room
    start, end, filled = pieces[0][0][0], pieces[0][0][1], pieces[0][1]
    for span, size in pieces[1:]:
        if filled + size > room or filled >= target:
            yield start, end
            start, filled = span[0], 0
        end, filled = span[1], filled + size
    yield start, end


def _cut(text: str, span: Span, room: int, embedder: Embedder) -> list[tuple[Span, int]]:
    """Cut one overlong sentence between words (within a word only where that word alone is too long)."""
    start, end = span
    pieces: list[tuple[Span, int]] = []
    while start < end:
        stop = _longest_prefix(text, start, end, room, embedder)
        pieces.append(((start, stop), embedder.count_tokens([text[start:stop]])[0]))
        start = stop
        while start < end and text[start].isspace():
            start += 1
    return pieces


def _longest_prefix(text: str, start: int, end: int, room: int, embedder: Embedder) -> int:
    """The end of the longest prefix of `text[start:end]` that fits, at a word's end where there is one.

    It is looked for near `start` first: a "sentence" may be all of a damaged file of many megabytes.
    """
    low, high = start + 1, min(start + _PIECE * room, end)
    while high < end and embedder.count_tokens([text[start:high]])[0] <= room:
        low, high = high, min(start + 2 * (high - start), end)
    while low < high:  # the largest stop whose text fits
        middle = (low + high + 1) // 2
        if embedder.count_tokens([text[start:middle]])[0] <= room:
            low = middle
        else:
            high = middle - 1
    if low < end and not text[low].isspace():
        space = max(text.rfind(" ", start + 1, low), text.rfind("\n", start + 1, low))
        if space > start:
            return space
    return low

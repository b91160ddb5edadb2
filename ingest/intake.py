"""Papers go into the library: recognised, chunked, embedded in large batches, committed one by one.

Chunks of several papers are embedded together, sorted by length, so that little of a batch is padding. A paper counts
as taken when its transaction has ended; only then is it reported.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from ingest.aliases import normal_alias
from ingest.chunking import chunk, indexed_text
from ingest.editions import merged, same_paper
from ingest.errors import ModelError
from ingest.papers import Chunk, Paper
from ingest.profile import profiled
from ingest.readers.streams import LONGEST_PAPER
from ingest.titles import title_key

if TYPE_CHECKING:
    from ingest.library import Library

__all__ = ["Intake", "Outcome", "Taken"]

Outcome = Literal["added", "unchanged", "replaced", "failed"]

_FIRST_BATCH = 64  # chunks; small, so that the model is loaded while the next files are read
_BATCH = 512  # chunks embedded together: 16 times what the model takes at once, seconds to a report
_SLICE = 128  # chunks between two looks at whether to stop
_SYNC = 2048  # chunks after which the indexes are written, some seconds in which readers wait, and then see them


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one paper; `paper_id` is "" for a notice, which is none."""

    paper_id: str
    outcome: Outcome
    reason: str = ""
    chunks: int = 0


@dataclass(frozen=True, slots=True)
class _Pending:
    paper: Paper
    chunks: Sequence[Chunk]
    absorbed: tuple[str, ...]
    names: tuple[str, ...]
    outcome: Outcome
    reason: str
    settle: Callable[[Taken], None]


class Intake:
    """Takes papers into `library`, within its `writing()`. Call `finish` at the end.

    `progress` hears how many chunks are embedded, of how many; where `stopped` says so, what is not yet committed is
    dropped.
    """

    def __init__(
        self, library: Library, *, progress: Callable[[int, int], None], stopped: Callable[[], bool] = lambda: False
    ) -> None:
        self._library, self._catalogue = library, library.catalogue
        self._progress, self._stopped = progress, stopped
        self._pending: list[_Pending] = []
        self._names: set[str] = set()  # what finds the papers pending
        self._titles: dict[str, list[Paper]] = {}  # the papers pending, by `title_key`
        self._deferred: list[tuple[Paper, Callable[[Taken], None]]] = []
        self._size, self._limit = 0, _FIRST_BATCH
        self._embedded, self._unsynced = 0, 0

    @property
    def idle(self) -> bool:
        return not self._pending

    def take(self, paper: Paper, settle: Callable[[Taken], None]) -> None:
        """Take a paper; `settle` is called once, when its fate is known: now, or after a later batch."""
        paper = _storable(paper)
        if not paper.sections or not paper.text.strip():
            settle(self._heeded(paper) if paper.notices else Taken(paper.id, "failed", "holds no text"))
            return
        if len(paper.text) > LONGEST_PAPER:
            reason = f"is not one paper: {len(paper.text):,} characters, of at most {LONGEST_PAPER:,}; split it"
            settle(Taken(paper.id, "failed", reason))
            return
        names = {normal_alias(alias) for alias in paper.aliases}
        twins = self._titles.get(title_key(paper.title), ())
        known = self._known(paper)
        known_pending = names & self._names or any(one.id in self._names for one in known)
        if known_pending or any(same_paper(twin, paper) for twin in twins):
            self._deferred.append((paper, settle))  # until the edition of it in the batch is in the catalogue
            return
        pending = self._recognised(paper, known, settle)
        if pending is None:
            return
        if not pending.chunks:
            settle(Taken(paper.id, "failed", "holds no sentence"))
            return
        self._pending.append(pending)
        self._names |= names | {pending.paper.id, *pending.absorbed}
        self._titles.setdefault(title_key(pending.paper.title), []).append(pending.paper)
        self._size += len(pending.chunks)
        if self._size >= self._limit:
            self.commit()

    def commit(self) -> None:
        """Embed and commit what is pending."""
        batch, self._pending, self._names, self._titles, self._size = self._pending, [], set(), {}, 0
        if batch:
            self._limit = _BATCH
            self._commit(batch)
        deferred, self._deferred = self._deferred, []
        for paper, settle in deferred:
            self.take(paper, settle)

    def finish(self) -> None:
        """Commit what is pending and bring the indexes up to date."""
        while (self._pending or self._deferred) and not self._stopped():
            self.commit()
        self._library.sync()

    def _heeded(self, notice: Paper) -> Taken:
        """What became of a paper that has no text but says something of others."""
        changed = self._catalogue.heed(notice.notices)
        told = ", ".join(f"{one.alias} is {one.status}" for one in notice.notices)
        known = f"changes {', '.join(changed)}" if changed else "none of them is here, or all is known"
        return Taken("", "unchanged", f"a notice: {told}; {known}")

    def _recognised(self, paper: Paper, known: Sequence[Paper], settle: Callable[[Taken], None]) -> _Pending | None:
        """What is to be embedded of `paper`, which the library has as `known`; None where its fate is settled."""
        if not known:
            return _Pending(paper, chunk(paper, self._library.embedder), (), (), "added", "", settle)
        first, *others = known
        best = first
        for edition in (*others, paper):  # `paper` may be the first to say that two known papers are one
            best, fresh = merged(best, edition)
        if best.text == first.text and best.title == first.title and not others:
            if best != first:
                pieces = self._catalogue.chunks_of(first.id)
                self._catalogue.describe(best, paper.aliases, profiled(best, pieces))
            elif any(not self._catalogue.find([name]) for name in paper.aliases):
                self._catalogue.name(first.id, paper.aliases)
            settle(Taken(first.id, "unchanged", _why_unchanged(first, paper, best)))
            return None
        absorbed = tuple(other.id for other in others)
        chunks = chunk(best, self._library.embedder)
        reason = _why_replaced(first, paper) if fresh else f"same paper as {first.id}, joined with it"
        return _Pending(best, chunks, absorbed, paper.aliases, "replaced", reason, settle)

    def _known(self, paper: Paper) -> list[Paper]:
        """The papers of the library that are `paper`, in the order in which they came.

        One that has no more than its title in common must contradict none of the others. Where papers that contradict
        each other have its title (a preprint and the article, each with a DOI), it is the one of the same year, else
        the one that came first.
        """
        owners = self._catalogue.find([paper.id])
        candidates = [one for one in map(self._catalogue.stated, self._catalogue.candidates(paper)) if one is not None]
        names = {normal_alias(name) for name in paper.aliases}

        def distance(one: Paper) -> tuple[bool, bool, bool]:
            named = not names.isdisjoint(normal_alias(name) for name in one.aliases)
            return one.id not in owners, not named, one.year != paper.year

        matching = sorted((one for one in candidates if one.id in owners or same_paper(one, paper)), key=distance)
        chosen: list[Paper] = []
        whole = paper
        for one in matching:
            if one.id in owners or same_paper(one, whole):
                chosen.append(one)
                whole, _ = merged(whole, one)
        return [one for one in candidates if one in chosen]

    def _commit(self, batch: Sequence[_Pending]) -> None:
        embedder = self._library.embedder
        texts = [indexed_text(item.paper, piece, embedder) for item in batch for piece in item.chunks]
        vectors = np.empty((len(texts), embedder.dim), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda index: len(texts[index]), reverse=True)
        for start in range(0, len(order), _SLICE):
            if self._stopped():
                return
            rows = order[start : start + _SLICE]
            vectors[rows] = embedder.embed([texts[row] for row in rows])
            self._progress(self._embedded + start + len(rows), self._embedded + len(texts))
        if not np.isfinite(vectors).all():
            raise ModelError(f"the embedding model {embedder.name} gives vectors that are not numbers; use another")
        self._embedded += len(texts)
        self._library.record_model(embedder)
        start = 0
        for item in batch:
            stop = start + len(item.chunks)
            profile = profiled(item.paper, item.chunks)
            self._catalogue.put(item.paper, item.chunks, vectors[start:stop], item.absorbed, item.names, profile)
            item.settle(Taken(item.paper.id, item.outcome, item.reason, len(item.chunks)))
            start = stop
        self._unsynced += len(texts)
        if self._unsynced >= _SYNC:
            self._library.sync()
            self._unsynced = 0


def _why_unchanged(known: Paper, arrived: Paper, best: Paper) -> str:
    if arrived.text == known.text:
        reason = f"already in the library as {known.id}"
    elif arrived.source == "digest":
        reason = f"a digest of {known.id}, which the library holds itself"
    elif len(arrived.text) <= len(known.text):
        reason = f"same paper as {known.id}, whose text is fuller"
    else:
        reason = f"same paper as {known.id}, whose {known.source} is surer than {arrived.source}"
    gained = [field.name for field in fields(Paper) if getattr(best, field.name) != getattr(known, field.name)]
    return reason + (f"; it gave {', '.join(gained)}" if gained else "")


def _why_replaced(known: Paper, arrived: Paper) -> str:
    if known.source == "digest" and arrived.source != "digest":
        return f"replaces immunorag's digest of {known.id}"
    if known.source == arrived.source:
        return f"a fuller text of {known.id}"
    return f"better text of {known.id} than its {known.source}"


def _storable(paper: Paper) -> Paper:
    """`paper` without lone surrogates, which some PDFs hold and UTF-8 cannot: each becomes "?", so that spans hold."""
    try:
        "".join((paper.text, paper.title, paper.journal, *paper.authors, *(s.title for s in paper.sections))).encode()
    except UnicodeEncodeError:
        return replace(
            paper,
            text=_valid(paper.text),
            title=_valid(paper.title),
            journal=_valid(paper.journal),
            authors=tuple(_valid(author) for author in paper.authors),
            sections=tuple(replace(section, title=_valid(section.title)) for section in paper.sections),
        )
    return paper


def _valid(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")

"""A query to papers in the library: searched, downloaded into the cache, taken in by the pipeline, reported.

    search      pages of records into the cache
    download    the full texts that are open, one by one
    ingest      first the full texts, then the records: a record adds to its paper what only it knows (kind of study,
                retraction), and is the paper where there is no full text

What is in the cache stays there, so that a fetch that was stopped anywhere, run again, goes on from there.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ingest.errors import LibraryInUse, SourceAway
from ingest.pipeline import FileOutcome
from ingest.sources.found import Found, Query, Source
from ingest.sources.history import History
from ingest.sources.http import Refused

if TYPE_CHECKING:
    from ingest.library import Library, Progress

__all__ = ["FetchReport", "Fetched", "Outcome", "Search", "fetch", "search", "since_last"]

Outcome = Literal["added", "replaced", "unchanged", "no text", "failed"]

_OVERLAP = timedelta(days=2)  # between two fetches: a source needs its time to index, and lives in another time zone
_GIVE_UP = 3  # full texts in a row that cannot be had, after which no more are tried
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Search:
    """What a search found, of `total` as the source counts; `broken` says why it ended early, "" where it did not."""

    found: tuple[Found, ...]
    total: int
    broken: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What became of a paper: `text` is what the library has of it now, `reason` why that is not more.

    "no text" is a paper with neither an abstract nor an open full text.
    """

    found: Found
    outcome: Outcome
    text: Literal["full text", "abstract", ""] = ""
    reason: str = ""
    chunks: int = 0


@dataclass(frozen=True, slots=True)
class FetchReport:
    """All papers in the order in which they were found, of `total` as the source counts.

    `broken` says why the source was given up before the end, "" where it was not; `interrupted` means that Ctrl-C left
    papers out of the library.
    """

    papers: tuple[Fetched, ...]
    total: int
    broken: str = ""
    interrupted: bool = False

    @property
    def complete(self) -> bool:
        """Whether the next fetch of this query need only ask for what is newer."""
        return not (self.broken or self.interrupted)


def search(
    source: Source, query: Query, *, most: int = 100, progress: Callable[[Progress], None] | None = None
) -> Search:
    """The papers that `query` finds, at most `most`; their records are then in the cache.

    Raises SourceAway when nothing could be found out; a search that breaks off later gives what it has.
    """
    from ingest.library import Progress

    found: list[Found] = []
    total = 0
    try:
        for page in source.search(query, most):
            found += page.found
            total = max(page.total, len(found))
            if progress is not None:
                progress(Progress("papers found", len(found), min(total, most)))
    except SourceAway as error:
        if not found:
            raise
        return Search(tuple(found), total, str(error))
    return Search(tuple(found), total)


def fetch(
    library: Library,
    query: Query,
    source: Source,
    *,
    most: int = 100,
    full_text: bool = True,
    update: bool = False,
    looked: Search | None = None,
    report: Callable[[Fetched], None] | None = None,
    progress: Callable[[Progress], None] | None = None,
    workers: int | None = None,
    today: date | None = None,
) -> FetchReport:
    """Search `source`, download what is new of up to `most` papers, and take it into `library`.

    `full_text` downloads full texts where they are open; else, abstracts alone. `update` asks only for what the source
    has taken in since the last whole fetch of this query into this library, `today` being the day of this one.
    `looked` is what the search found, where it was made before. `report` hears each paper's outcome at the end, when it
    is safe.

    Raises SourceAway when nothing could be found out. Ctrl-C while papers are downloaded is KeyboardInterrupt, with all
    downloads kept; later it ends as `pipeline.ingest` does.
    """
    began = today or datetime.now(UTC).date()
    history = History(library.path)
    if looked is None:
        looked = search(source, since_last(history, source, query) if update else query, most=most, progress=progress)
    texts, missed, away = _full_texts(source, looked.found, progress) if full_text else ({}, {}, "")
    outcomes, interrupted = _ingested(library, [list(texts.values()), _records(looked.found)], progress, workers)
    papers = tuple(
        _fetched(found, outcomes, texts.get(found.id), missed.get(found.id, ""), full_text)
        for found in looked.found
        if not interrupted or {found.record, texts.get(found.id)} & outcomes.keys()
    )
    for paper in papers:
        if report is not None:
            report(paper)
    done = FetchReport(papers, looked.total, looked.broken or away, interrupted)
    if done.complete and not (update and looked.total > most):
        # who cannot note it asks for too much the next time, which costs little
        with contextlib.suppress(LibraryInUse), library.alone():
            history.note(source.name, query, began)
    return done


def since_last(history: History, source: Source, query: Query) -> Query:
    """The query, asking only for what is new since its last whole fetch; as it is where there was none."""
    last = history.last(source.name, query)
    if last is None:
        _log.info("this query was not fetched in whole before; asking for all of it")
        return query
    return replace(query, entered=last - _OVERLAP)


def _full_texts(
    source: Source, found: Sequence[Found], progress: Callable[[Progress], None] | None
) -> tuple[dict[str, Path], dict[str, str], str]:
    """The files of the full texts that are open, why others could not be had, both by the paper's id; and why no more
    were tried, "" where all were."""
    from ingest.library import Progress

    texts: dict[str, Path] = {}
    missed: dict[str, str] = {}
    wanted = [paper for paper in found if paper.full_text]
    in_a_row = 0
    for done, paper in enumerate(wanted, 1):
        try:
            path = source.full_text(paper)
            in_a_row = 0
            if path is not None:
                texts[paper.id] = path
        except Refused as error:  # an answer, though not the one we want
            missed[paper.id] = f"full text: {error}"
        except SourceAway as error:
            missed[paper.id] = f"full text: {error}"
            in_a_row += 1
            if in_a_row == _GIVE_UP:
                why = f"full text: not tried, for {source.name} gave none of {_GIVE_UP} before"
                return texts, dict.fromkeys((late.id for late in wanted[done:]), why) | missed, str(error)
        if progress is not None:
            progress(Progress("full texts", done, len(wanted)))
    return texts, missed, ""


def _records(found: Sequence[Found]) -> list[Path]:
    """The records that say something: those with an abstract, and notices, which need none."""
    return [paper.record for paper in found if paper.record is not None and (paper.abstract or paper.notice)]


def _ingested(
    library: Library,
    rounds: Sequence[Sequence[Path]],
    progress: Callable[[Progress], None] | None,
    workers: int | None,
) -> tuple[dict[Path, FileOutcome], bool]:
    """What became of each file, one round after the other; and whether Ctrl-C left some out."""
    from ingest.library import Progress

    outcomes: dict[Path, FileOutcome] = {}
    total = sum(map(len, rounds))

    def hear(heard: Progress) -> None:
        if progress is not None and heard.stage == "files":
            progress(Progress("files", before + heard.done, total))
        elif progress is not None:
            progress(heard)

    for paths in rounds:
        before = len(outcomes)
        if paths:
            done = library.ingest(paths, progress=hear, workers=workers)
            outcomes.update((outcome.path, outcome) for outcome in done.outcomes)
            if done.interrupted:
                return outcomes, True
    return outcomes, False


def _fetched(
    found: Found, outcomes: dict[Path, FileOutcome], text: Path | None, missed: str, full_text: bool
) -> Fetched:
    """One outcome of a paper, from those of its full text and its record."""
    full = outcomes.get(text) if text is not None else None
    record = outcomes.get(found.record) if found.record is not None else None
    if full is not None and full.outcome == "failed":
        missed, full = f"full text: {full.reason}", None
    good = [outcome for outcome in (full, record) if outcome is not None and outcome.outcome != "failed"]
    if good:
        kinds = [outcome.outcome for outcome in good]
        best = next(kind for kind in ("added", "replaced", "unchanged") if kind in kinds)
        chunks = sum(outcome.chunks for outcome in good)
        return Fetched(found, best, "full text" if full is not None else "abstract", missed, chunks)
    if found.record is None:
        missed = missed or "the source gives no record of it"
    elif record is not None:
        missed = missed or record.reason
    if missed:
        return Fetched(found, "failed", reason=missed)
    return Fetched(
        found, "no text", reason="has neither an abstract nor an open full text" if full_text else "has no abstract"
    )

"""Papers into the library from the page: a line for each file as it is settled, and how far the work has come."""

from __future__ import annotations

import queue
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.errors import BadQuestion, ImmunoragError
from ui.page.markup import Markup, joined, line, sentence

if TYPE_CHECKING:
    from ingest.library import Library, Progress
    from ui.page.desk import Desk

__all__ = ["MOST_FILES", "Adding", "Hear", "Line", "adding_html", "uploads", "watched"]

MOST_FILES = 50
_EVERY = 0.4  # seconds between two looks of the reader at the same work


@dataclass(frozen=True, slots=True)
class Line:
    """What became of one file or paper."""

    outcome: str
    name: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Adding:
    """Work in progress: the lines so far, and the latest of its stages; `failed` says why it ended early."""

    lines: tuple[Line, ...] = ()
    stage: str = ""
    done: int = 0
    total: int = 0
    over: bool = False
    failed: str = ""


class Hear:
    """What the work tells: a line for what is settled, progress on the way. Both end it when the page closes."""

    def __init__(self, told: queue.SimpleQueue[Line | Progress], closing: Callable[[], bool]) -> None:
        self._told, self._closing = told, closing

    def line(self, line: Line) -> None:
        self._told.put(line)
        self._end()

    def progress(self, progress: Progress) -> None:
        self._told.put(progress)
        self._end()

    def _end(self) -> None:
        if self._closing():
            raise ImmunoragError("the page is being closed; what has a line here is in the library, the rest is not")


def watched(work: Callable[[Hear], None], desk: Desk) -> Iterator[Adding]:
    """Do `work` in a thread of its own, which goes on even if nobody watches; give its state now and then."""

    told: queue.SimpleQueue[Line | Progress] = queue.SimpleQueue()
    ended: list[str] = []

    def run() -> None:
        try:
            work(Hear(told, lambda: desk.closing))
            ended.append("")
        except ImmunoragError as error:
            ended.append(str(error))
        except BaseException as error:
            ended.append(f"unexpected {type(error).__name__}: {error}")
            raise

    thread = threading.Thread(target=run, name="immunorag adding")  # no daemon: it ends before the process does
    thread.start()
    state = Adding()
    while True:
        over = not thread.is_alive()
        state = _caught_up(state, told)
        yield replace(state, over=over, failed=ended[0] if over and ended else "")
        if over:
            return
        thread.join(_EVERY)


def uploads(library: Library, paths: Sequence[Path]) -> Callable[[Hear], None]:
    """The work of reading uploaded files into `library`; the files are gone afterwards. Raises BadQuestion."""
    if not paths:
        raise BadQuestion("there is no file yet; choose some first")
    if len(paths) > MOST_FILES:
        raise BadQuestion(f"{len(paths):,} files are too many at once; add at most {MOST_FILES}, or a zip of them")

    def work(hear: Hear) -> None:
        try:
            library.ingest(
                paths,
                report=lambda outcome: hear.line(Line(outcome.outcome, outcome.path.name, _reason(outcome.reason))),
                progress=hear.progress,
                retry=True,
            )
        finally:
            for path in paths:
                path.unlink(missing_ok=True)

    return work


def adding_html(state: Adding) -> str:
    """The lines, the latest first, below how far the work has come."""
    rows = joined(
        Markup(
            '<li class="{}"><span class="outcome">{}</span><span class="name">{}</span><span class="why">{}</span></li>'
        ).format(
            one.outcome.replace(" ", "-"), one.outcome, line(one.name), sentence(one.reason) if one.reason else ""
        )
        for one in reversed(state.lines)
    )  # fmt: skip
    failed = Markup('<p class="failed" role="alert">{}</p>').format(sentence(state.failed)) if state.failed else ""
    return str(Markup('<div class="adding">{}{}<ul>{}</ul></div>').format(_head(state), failed, rows))


def _head(state: Adding) -> Markup:
    if state.over:
        counts = Counter(one.outcome for one in state.lines)
        told = ", ".join(f"{count:,} {outcome}" for outcome, count in counts.items())
        return Markup('<p class="stage" role="status">{}</p>').format(told or "Nothing was added")
    if not state.total:
        return Markup(
            '<p class="stage" role="status"><span class="pulse" aria-hidden="true"></span>{}</p><progress></progress>'
        ).format(state.stage or "Beginning")
    return Markup(
        '<p class="stage" role="status"><span class="pulse" aria-hidden="true"></span>{}: {} of {}</p>'
        '<progress value="{}" max="{}" aria-label="{}"></progress>'
    ).format(state.stage, f"{state.done:,}", f"{state.total:,}", state.done, state.total, state.stage)


def _caught_up(state: Adding, told: queue.SimpleQueue[Line | Progress]) -> Adding:
    lines = list(state.lines)
    stage, done, total = state.stage, state.done, state.total
    while not told.empty():
        heard = told.get()
        if isinstance(heard, Line):
            lines.append(heard)
        else:
            stage, done, total = heard.stage, heard.done, heard.total
    return Adding(tuple(lines), stage, done, total)


def _reason(reason: str) -> str:
    """Why, without the folder that uploads lie in."""
    return " ".join(Path(word).name if word.startswith("/") else word for word in reason.split(" "))

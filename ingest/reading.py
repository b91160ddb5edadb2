"""Reading goes on in a thread of its own, and a little ahead, while the caller embeds what has been read."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

from ingest.worker import Event, Reader, read_all

__all__ = ["Events"]

_AHEAD = 64  # events read ahead of embedding
_PAUSE = 0.5  # seconds without news after which the caller hears that there are none


class Events:
    """What `read_all` says, from a thread of its own, so that reading goes on while the caller embeds.

    Yields None after a pause in the news. Ends when all is said, or soon after `stopped`.
    """

    def __init__(
        self,
        jobs: Iterable[tuple[int, Path]],
        *,
        read: Reader,
        workers: int,
        deadline: float,
        memory: int,
        stopped: threading.Event,
    ) -> None:
        self._stopped = stopped
        self._closed = threading.Event()
        self._queue: queue.Queue[Event | BaseException | None] = queue.Queue(_AHEAD)
        source = read_all(
            jobs, read=read, workers=workers, deadline=deadline, memory=memory, stopped=self._closed.is_set
        )
        self._thread = threading.Thread(target=self._run, args=(source,), name="reading", daemon=True)
        self._thread.start()

    def __iter__(self) -> Iterator[Event | None]:
        while not self._stopped.is_set():
            try:
                event = self._queue.get(timeout=_PAUSE)
            except queue.Empty:
                yield None
                continue
            if event is None:
                return
            if isinstance(event, BaseException):
                raise event
            yield event

    def close(self) -> None:
        self._closed.set()
        self._thread.join()

    def _run(self, source: Iterator[Event]) -> None:
        last: BaseException | None = None
        try:
            for event in source:
                self._put(event)
                if self._closed.is_set():
                    break
        except BaseException as error:
            last = error
        finally:
            with contextlib.suppress(AttributeError):
                source.close()  # type: ignore[attr-defined] # ends the workers
            self._put(last)

    def _put(self, event: Event | BaseException | None) -> None:
        while not self._closed.is_set():
            try:
                self._queue.put(event, timeout=_PAUSE)
            except queue.Full:
                continue
            return

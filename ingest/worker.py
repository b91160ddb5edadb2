"""Files are read in processes of their own, so that no file can hang, crash or exhaust the one that holds the library.

A worker is this module run by a fresh interpreter (not a fork: the parent has threads and, later, torch; not
`multiprocessing`'s spawn: that imports the caller's main module again). It is told a path, sends back what the reader
yields, paper by paper, and how it ended. The parent kills it when it stays silent for longer than the deadline.

    parent -> worker   path
    worker -> parent   ("paper", Paper)* then ("end", note) or ("failed", reason)
"""

from __future__ import annotations

import contextlib
import importlib
import json
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Literal

from ingest.errors import UnreadableFile
from ingest.papers import Paper

__all__ = ["Event", "Reader", "read_all"]

Reader = Callable[[Path], Iterator[Paper]]
_GRACE = 10  # seconds after the deadline at which a worker whose parent is gone ends by itself
_BOOT = """
import json, sys
settings = json.loads(sys.argv[1])
sys.path[:] = settings["path"]
from ingest.worker import serve
serve(settings)
"""
_BLINK = 0.5  # seconds after which we look whether to stop
_OUT_OF_MEMORY = "needs more than {memory:,} MB of memory to be read; split it or raise the limit"


@dataclass(frozen=True, slots=True)
class Event:
    """News of the file numbered `job`: a paper of it, its end, or why it gives no more papers."""

    job: int
    kind: Literal["paper", "end", "failed"]
    paper: Paper | None = None
    reason: str = ""


def read_all(
    jobs: Iterable[tuple[int, Path]],
    *,
    read: Reader,
    workers: int,
    deadline: float,
    memory: int,
    stopped: Callable[[], bool] = lambda: False,
) -> Iterator[Event]:
    """Read the files of `jobs` in up to `workers` processes and yield the news as they come.

    A file that sends nothing for `deadline` seconds, or whose reading needs more than `memory` bytes, or crashes its
    process, fails; the others do not notice. `read` must be importable by its module and name. When `stopped` says so,
    all reading ends at once.
    """
    if "<" in read.__qualname__:
        raise ValueError(
            f"{read.__qualname__} cannot be found by name in another process; read with a module's function"
        )
    waiting = iter(jobs)
    crew: list[_Worker] = []
    try:
        while not stopped():
            while len(crew) < workers and (job := next(waiting, None)) is not None:
                crew.append(_Worker(read, deadline, memory).given(job))
            if not crew:
                return
            ready = wait(
                [worker.news for worker in crew], timeout=min(_BLINK, *(worker.time_left() for worker in crew))
            )
            for worker in list(crew):
                if worker.news in ready:
                    event, usable = worker.hear()
                elif worker.time_left() <= 0:
                    event, usable = worker.failed(f"took longer than {deadline:g} s to be read"), False
                else:
                    continue
                if event.kind != "paper":
                    job = next(waiting, None) if usable else None
                    if job is None:
                        worker.end()
                        crew.remove(worker)
                    else:
                        worker.given(job)
                yield event
    finally:
        for worker in crew:
            worker.end()


class _Worker:
    """The parent's side of one worker process."""

    def __init__(self, read: Reader, deadline: float, memory: int) -> None:
        ours, theirs = socket.socketpair()
        settings = {
            "path": [entry or str(Path.cwd()) for entry in sys.path],
            "read": f"{read.__module__}:{read.__qualname__}",
            "descriptor": theirs.fileno(),
            "memory": memory,
            "alarm": int(deadline) + _GRACE,
        }
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 (our own interpreter and code)
                [sys.executable, "-P", "-c", _BOOT, json.dumps(settings)],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is for the parent, which lets the crew finish
            )
        self.news = Connection(ours.detach())
        self._deadline, self._memory = deadline, memory
        self._job, self._since = -1, 0.0

    def given(self, job: tuple[int, Path]) -> _Worker:
        self._job, path = job
        self._since = time.monotonic()
        with contextlib.suppress(OSError):  # a worker that has died is heard of as such
            self.news.send(str(path))
        return self

    def time_left(self) -> float:
        """Seconds until the file is too late; starting the interpreter counts, it takes a tenth of a second."""
        return max(self._since + self._deadline - time.monotonic(), 0.0)

    def hear(self) -> tuple[Event, bool]:
        """What the worker has to say, and whether it can be given another file afterwards."""
        try:
            kind, what = self.news.recv()
        except MemoryError:
            return self.failed(_out_of_memory(self._memory)), False
        except Exception:
            return self.failed(self._epitaph()), False
        self._since = time.monotonic()
        if kind == "paper":
            return Event(self._job, "paper", paper=what), True
        return Event(self._job, kind, reason=what), kind == "end" or what != _out_of_memory(self._memory)

    def failed(self, reason: str) -> Event:
        return Event(self._job, "failed", reason=reason)

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        self.news.close()

    def _epitaph(self) -> str:
        """How the process died, in words."""
        try:
            code = self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            return "the process that read it sent what nobody understands"
        if code == -signal.SIGALRM:
            return f"took longer than {self._deadline:g} s to be read"
        if code == -signal.SIGKILL:
            return "the process that read it was killed, for want of memory as a rule"
        name = signal.Signals(-code).name if code < 0 else f"exit code {code}"
        return f"the process that read it crashed ({name}); the file is damaged, or larger than the memory limit"


def serve(settings: dict[str, object]) -> None:
    """The worker's side: read one file after another until the parent closes the connection."""
    memory = int(str(settings["memory"]))
    alarm = int(str(settings["alarm"]))
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    module, _, name = str(settings["read"]).partition(":")
    connection = Connection(int(str(settings["descriptor"])))
    read: Reader = getattr(importlib.import_module(module), name)
    while True:
        try:
            path = Path(connection.recv())
        except (EOFError, OSError):
            return
        signal.alarm(alarm)
        kind, what = _read(read, path, connection, memory, alarm)
        signal.alarm(0)
        try:
            connection.send((kind, what))
        except OSError:
            return


def _read(read: Reader, path: Path, connection: Connection, memory: int, alarm: int) -> tuple[str, str]:
    try:
        papers = iter(read(path))
        while True:
            try:
                paper = next(papers)
            except StopIteration as end:
                return "end", end.value or ""  # a note on what was passed over
            signal.alarm(0)  # the parent may be busy; waiting for it is no fault of the file
            connection.send(("paper", paper))
            signal.alarm(alarm)
    except UnreadableFile as error:
        return "failed", error.reason
    except MemoryError:
        return "failed", _out_of_memory(memory)
    except RecursionError:
        return "failed", "is nested too deeply to be read"
    except OSError as error:
        return "failed", f"cannot be read: {error.strerror or error}"
    except Exception as error:
        first_line = (str(error).strip().splitlines() or ["no reason given"])[0]
        return "failed", f"cannot be read: {type(error).__name__}: {first_line[:200]}"


def _out_of_memory(memory: int) -> str:
    return _OUT_OF_MEMORY.format(memory=memory >> 20)

"""Who may touch a library when: two locks, both advisory (`flock`), both released by the kernel when a process dies.

    writer   one process at a time changes the library; held for a whole ingest, which may take hours
    lock     the indexes: readers share it for the milliseconds of one search, a writer has it alone for the seconds in
             which it writes them

Two, because one lock for a whole ingest would shut every reader out until its end, and a lock that readers hold as long
as they are open (a page: for days) would shut every writer out. The order is always `writer` before `lock`.

Every `hold` opens the file anew, so that threads of one process exclude each other as processes do.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shlex
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ingest.errors import LibraryError, LibraryInUse

__all__ = ["Lock"]

_PATIENCE = 3.0  # seconds of waiting in silence
_LONGEST_NAP = 0.05
_LONGEST_COMMAND = 120


class Lock:
    """A lock file. `wait` is how many seconds to wait for others; `notice` is told whom for, after 3 of them."""

    def __init__(self, path: Path, wait: float, notice: Callable[[str], None]) -> None:
        self._path, self._wait, self._notice = path, wait, notice

    @contextmanager
    def hold(self, *, alone: bool) -> Iterator[None]:
        """Hold the lock, `alone` or together with others that do not ask to be alone; not re-entrant.

        Raises LibraryInUse, which names the holder, when `wait` seconds were not enough.
        """
        descriptor = self._open(alone)
        try:
            self._acquire(descriptor, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
            with _signed(descriptor) if alone else _unsigned():
                yield
        finally:
            os.close(descriptor)  # closing releases the lock

    @contextmanager
    def hold_if_free(self) -> Iterator[bool]:
        """Hold the lock alone if nobody has it; yields whether we do. Never waits."""
        descriptor = self._open(alone=True)
        try:
            if _try(descriptor, fcntl.LOCK_EX):
                with _signed(descriptor):
                    yield True
            else:
                yield False
        finally:
            os.close(descriptor)

    def _open(self, alone: bool) -> int:
        try:
            return os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            if not alone and self._path.exists():  # a library on a read-only disk can still be read
                return os.open(self._path, os.O_RDONLY | os.O_CLOEXEC)
            reason = error.strerror or type(error).__name__
            raise LibraryError(f"{self._path}: cannot be written ({reason}); check the folder's rights") from error

    def _acquire(self, descriptor: int, kind: int) -> None:
        began, nap, told = time.monotonic(), 0.001, False
        while not _try(descriptor, kind):
            waited = time.monotonic() - began
            if waited >= self._wait:
                holder = self._holder()
                raise LibraryInUse(
                    f"{self._path.parent}: in use by {holder}; try again when it has ended (waited {waited:.0f} s)"
                )
            if waited >= _PATIENCE and not told:
                self._notice(f"waiting for {self._holder()}, which is using {self._path.parent}")
                told = True
            time.sleep(min(nap, max(self._wait - waited, 0.001)))
            nap = min(nap * 2, _LONGEST_NAP)

    def _holder(self) -> str:
        """`process 4711 (immunorag ingest papers)`, from what the holder wrote; readers write nothing."""
        try:
            pid, _, command = self._path.read_text(encoding="utf-8", errors="replace").strip().partition(" ")
            os.kill(int(pid), 0)  # signal 0 asks only whether that process lives
        except PermissionError:
            return f"process {pid} ({command})"
        except (OSError, ValueError):
            return "another process that is reading it"
        return f"process {pid} ({command})"


def _try(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _signed(descriptor: int) -> Iterator[None]:
    """Write our pid and command into the lock file for whoever has to wait; a full disk must not keep us out."""
    with contextlib.suppress(OSError):
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()} {_command()}\n".encode("utf-8", "replace"), 0)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            os.ftruncate(descriptor, 0)


@contextmanager
def _unsigned() -> Iterator[None]:
    yield


def _command() -> str:
    arguments = [Path(sys.argv[0]).name or "python", *sys.argv[1:]] if sys.argv else ["python"]
    command = " ".join(shlex.join(arguments).split())
    return command if len(command) <= _LONGEST_COMMAND else command[: _LONGEST_COMMAND - 1] + "…"

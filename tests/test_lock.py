from __future__ import annotations

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from ingest.errors import LibraryInUse
from ingest.lock import Lock

_HOLD = """
import sys, time
from pathlib import Path
from ingest.lock import Lock
with Lock(Path(sys.argv[1]), 0, print).hold(alone=True):
    print("held", flush=True)
    time.sleep(60)
"""


def lock(path: Path, wait: float = 0.0) -> tuple[Lock, list[str]]:
    notices: list[str] = []
    return Lock(path, wait, notices.append), notices


def test_readers_share_and_a_writer_is_alone(tmp_path: Path) -> None:
    one, _ = lock(tmp_path / "lock")
    with one.hold(alone=False), one.hold(alone=False), pytest.raises(LibraryInUse), one.hold(alone=True):
        pass
    with one.hold(alone=True), pytest.raises(LibraryInUse), one.hold(alone=False):
        pass


def test_trying_never_waits(tmp_path: Path) -> None:
    one, _ = lock(tmp_path / "lock", wait=60)
    with one.hold_if_free() as free:
        assert free
        with one.hold_if_free() as again:
            assert not again


def test_who_waits_is_told_for_whom_and_then_given_up_with_a_remedy(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    holder = subprocess.Popen([sys.executable, "-c", _HOLD, str(path)], stdout=subprocess.PIPE, text=True)
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        waiter, notices = lock(path, wait=3.5)
        with (
            pytest.raises(LibraryInUse, match=rf"process {holder.pid} \(-c .*try again") as caught,
            waiter.hold(alone=False),
        ):
            pass
        assert "\n" not in str(caught.value)
        assert [f"process {holder.pid}" in notice for notice in notices] == [True]
    finally:
        holder.kill()
        holder.wait()
    with waiter.hold(alone=True):  # the kernel released what the killed process held
        pass


def test_a_thread_that_waits_goes_on_when_the_lock_is_free(tmp_path: Path) -> None:
    one, _ = lock(tmp_path / "lock", wait=10)
    order: list[str] = []

    def write() -> None:
        with one.hold(alone=True):
            order.append("writer")

    with one.hold(alone=False):
        thread = threading.Thread(target=write)
        thread.start()
        time.sleep(0.1)
        order.append("reader")
    thread.join()
    assert order == ["reader", "writer"]

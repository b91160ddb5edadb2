"""What several test files start from."""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import Command


def pytest_configure() -> None:
    """Let Ctrl-C reach the processes that tests start: a shell's background job begins with it ignored, for good."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def immunorag(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Command]:
    """The command in this process, in an empty home; what it does to the process is undone."""
    environ = dict(os.environ)
    for name in [name for name in os.environ if name.startswith(("IMMUNORAG_", "XDG_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    loggers = [logging.getLogger(name) for name in ("ingest", "rag")]
    before = [(logger.handlers[:], logger.level, logger.propagate) for logger in loggers]
    yield Command(capsys)
    os.environ.clear()
    os.environ.update(environ)
    logging.captureWarnings(False)
    for logger, (handlers, level, propagate) in zip(loggers, before, strict=True):
        logger.handlers[:], logger.level, logger.propagate = handlers, level, propagate

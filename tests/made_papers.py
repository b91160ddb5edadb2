"""Small papers to test with, and readers that misbehave: functions of a module, so that worker processes find them."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ingest.papers import Paper, Section


def paper(number: int | str, *sentences: str, **more: Any) -> Paper:
    """A paper `pmid:<number>` of one results section; other fields by keyword."""
    text = " ".join(sentences) or f"Patient group {number} had responses. Survival in cohort {number} was longer."
    fields: dict[str, Any] = {
        "id": f"pmid:{number}",
        "pmid": str(number),
        "title": f"Study {number}",
        "text": text,
        "sections": (Section("results", "Results", 0, len(text)),),
        "source": "jats",
        "year": 2020,
    }
    return Paper(**(fields | more))


def write(folder: Path, *papers: str) -> Path:
    """One file a line of `number sentence...`, as `read_lines` below reads them."""
    folder.mkdir(parents=True, exist_ok=True)
    for line in papers:
        (folder / f"{line.split()[0]}.txt").write_text(line, encoding="utf-8")
    return folder


def read_lines(path: Path) -> Iterator[Paper]:
    """A reader of files of lines `number sentence...`; some first words misbehave instead."""
    for line in path.read_text(encoding="utf-8").splitlines():
        number, _, text = line.partition(" ")
        match number:
            case "hang":
                time.sleep(600)
            case "eat":
                _ = [bytearray(1 << 20) for _ in range(100_000)]
            case "crash":
                os.kill(os.getpid(), signal.SIGSEGV)
            case "raise":
                raise ZeroDivisionError(text)
            case "surrogate":
                yield paper(9, "One \ud800 broken character.")
            case _:
                yield paper(number, text)

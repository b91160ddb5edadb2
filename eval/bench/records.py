"""The memory that a PubMed set of 20,000 records takes to ingest, beside the same records in sets of 200.

Both libraries grow alike (the index of the vectors is in memory), so what one set takes above the small ones is what
grows with the file. The records are made up. Each ingest has a process of its own; PSS (RSS where the system has none)
is summed over it and its children five times a second, and the peak is shown from the beginning to when so many papers
were in the library. The vectors come from a model that costs next to nothing, or, with `--real`, from the default one.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from eval.bench.made_records import pubmed_set
from eval.bench.memory import of_tree

__all__ = ["main", "peaks"]

GOAL = 1.1  # peak of one set over that of many
_SMALL = 200  # records of a small set
_MARKS = (500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000)  # papers in the library
_INTERVAL = 0.2  # seconds between two looks at the memory
_MIB = 1 << 20


def peaks(seen: Sequence[tuple[int, int]], marks: Sequence[int]) -> dict[int, int]:
    """The highest memory up to the first moment at which each of `marks` was reached; `seen` are (papers, bytes)."""
    found: dict[int, int] = {}
    highest = 0
    for papers, memory in seen:
        highest = max(highest, memory)
        found.update((mark, highest) for mark in marks if mark <= papers and mark not in found)
    return found


def main(argv: list[str]) -> int:
    """Print the table; 0 when the goal is met, else 1."""
    parser = argparse.ArgumentParser(
        prog="python -m eval.bench records", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--records", type=int, default=20_000, metavar="N", help="in all (default: 20000)")
    parser.add_argument("--real", action="store_true", help="embed with the default model, some 40 records a second")
    parser.add_argument("--child", nargs=2, type=Path, help=argparse.SUPPRESS)  # library, folder of the sets
    options = parser.parse_args(argv)
    if options.child:
        _ingest(*options.child, real=options.real)
        return 0
    if options.records < _SMALL:
        parser.error(f"--records counts from {_SMALL}")
    with tempfile.TemporaryDirectory(prefix="immunorag-records-") as name:
        one, many = Path(name) / "one", Path(name) / "many"
        for folder in (one, many):
            folder.mkdir()
        pubmed_set(one / "set.xml", options.records)
        for first in range(1, options.records + 1, _SMALL):
            pubmed_set(many / f"{first:06}.xml", min(_SMALL, options.records + 1 - first), first=first)
        runs = {folder.name: _measured(folder, options.records, options.real) for folder in (one, many)}
    return _print(runs, options.records)


def _ingest(library: Path, folder: Path, *, real: bool) -> None:
    """Ingest `folder`, and say on each news how many papers are in."""
    from eval.bench.hashing import HashEmbedder
    from ingest.library import Library, Progress

    with Library.open(library, embedder=None if real else HashEmbedder()) as opened:

        def hear(progress: Progress) -> None:
            print(len(opened), flush=True)

        report = opened.ingest([folder], progress=hear)
        print(len(opened), flush=True)
        if report.failed:
            raise RuntimeError(next(outcome.reason for outcome in report.outcomes if outcome.outcome == "failed"))


def _measured(folder: Path, records: int, real: bool) -> tuple[dict[int, int], float]:
    """Peaks by mark, the last up to the end of the process, and seconds."""
    command = [sys.executable, "-m", "eval.bench", "records", "--child", str(folder / "library"), str(folder)]
    begin = time.perf_counter()
    child = subprocess.Popen(  # noqa: S603 (our own command)
        [*command, *["--real"] * real], cwd=Path(__file__).resolve().parents[2], stdout=subprocess.PIPE
    )
    papers = 0

    def listen() -> None:
        nonlocal papers
        assert child.stdout is not None  # noqa: S101 (a pipe)
        for line in child.stdout:
            papers = int(line)

    listener = threading.Thread(target=listen)
    listener.start()
    seen: list[tuple[int, int]] = []
    try:
        while child.poll() is None:
            seen.append((papers, of_tree(child.pid).pss))
            if len(seen) % 100 == 1:
                print(f"{folder.name}: {papers:,} papers, {seen[-1][1] / _MIB:,.0f} MiB", file=sys.stderr, flush=True)
            time.sleep(_INTERVAL)
    finally:
        child.kill()
        child.wait()
        listener.join()
    if child.returncode or papers != records:
        raise RuntimeError(f"the ingest of {folder.name} ended with {papers:,} of {records:,} papers")
    reached = peaks(seen, [mark for mark in _MARKS if mark < records])
    return reached | {records: max(memory for _, memory in seen)}, time.perf_counter() - begin


def _print(runs: dict[str, tuple[dict[int, int], float]], records: int) -> int:
    from rich.console import Console
    from rich.table import Table

    (one, one_seconds), (many, many_seconds) = runs["one"], runs["many"]
    console = Console(width=80, highlight=False)
    table = Table(title=f"{records:,} PubMed records: peak memory of all processes, MiB", title_justify="left")
    for column in ("papers in the library", "one set", f"sets of {_SMALL}", "ratio"):
        table.add_column(column, justify="right")
    for mark in one:
        table.add_row(
            f"{mark:,}", f"{one[mark] / _MIB:,.0f}", f"{many[mark] / _MIB:,.0f}", f"{one[mark] / many[mark]:.2f}"
        )
    table.add_row("seconds", f"{one_seconds:.0f}", f"{many_seconds:.0f}", "")
    console.print(table)
    met = one[records] <= GOAL * many[records]
    console.print(f"goal (one set takes at most {GOAL:.1f} times as much) {'met' if met else 'MISSED'}")
    return 0 if met else 1

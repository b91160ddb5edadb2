"""What is left of a library whose ingest is killed at 200 moments, beside Chroma alone as a tutorial has it.

A process ingests a folder of made papers, group after group, and prints a line for each file; it is sent SIGKILL.
Half of the kills wait until the catalogue says that the indexes are being written and come at a random moment from then
on, the others come at a random moment of the whole; whether a kill hit an index write is read from the catalogue
afterwards. In one of four such cases the process that mends the indexes is killed too, before anyone looks. After each
kill a fresh process opens the library and looks at all of it:

- does not open: Library.open, the first search, or the look itself raises.
- out of step: catalogue, Chroma and Tantivy do not hold the same chunks, or a chunk does not find itself, by its vector
  in Chroma and by its text in Tantivy; or `immunorag library check` finds anything else.
- lost: papers whose line was printed before the kill and which the library does not hold.
- doubled: papers that the library holds more than once (their titles are unique).

The same library is killed again and again until an ingest outruns its killer; then one is let run to its end, and the
library must hold what one that was never killed holds: the same papers, chunks, texts and vectors.

For comparison a process upserts the chunks of the same papers into `langchain_chroma.Chroma` with its defaults, batch
after batch, and is killed at random moments; the store is broken when a fresh process cannot open, count or query it,
and a new one is begun. Rows that had been acknowledged and are gone are counted too.

"Fresh" processes are forked from a server that has imported the code and opened nothing, which saves the imports.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from eval.bench.kills_processes import ended, ingest, look, query, result_of, started, upsert
from eval.bench.made_papers import write_papers

__all__ = ["PeerTally", "Tally", "kill_ingests", "kill_upserts", "main"]

_GROUPS, _PAPERS = 12, 8  # of one ingest; each group ends with an index write
_POLL = 0.002  # seconds between two looks at the catalogue
_MENDERS = 0.25  # share of the kills in index writes after which the mending process is killed too


@dataclass(slots=True)
class Tally:
    """What happened to the libraries; `mending` kills come on top of `kills`.

    `ends` counts ingests that were let run to their end, `same` those of them that ended as they should.
    """

    kills: int = 0
    in_writes: int = 0
    mending: int = 0
    unopened: int = 0
    out_of_step: int = 0
    lost: int = 0
    doubled: int = 0
    ends: int = 0
    same: int = 0
    rebuilt: int = 0
    complaints: list[str] = field(default_factory=list)

    @property
    def flawless(self) -> bool:
        return self.kills > 0 and self.same == self.ends > 0 and not (
            self.unopened or self.out_of_step or self.lost or self.doubled
        )  # fmt: skip


@dataclass(slots=True)
class PeerTally:
    """What happened to the stores: `broken` no longer open, count or answer; `lost` rows were acknowledged."""

    kills: int = 0
    broken: int = 0
    lost: int = 0
    reasons: Counter[str] = field(default_factory=Counter)


# -- the killer ------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Libraries:
    """One library after another, each killed until its ingest outruns the killer."""

    folder: Path
    rng: random.Random
    tally: Tally
    expected: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.0  # of a whole ingest
    write: float = 0.1  # of one index write
    number: int = 0

    @property
    def library(self) -> Path:
        return self.folder / f"library-{self.number}"

    @property
    def lines(self) -> Path:
        return self.folder / f"lines-{self.number}"

    def measure(self, seed: int) -> None:
        """Ingest once without a kill: what is to come out, and how long it and its index writes take."""
        for group in range(_GROUPS):
            numbers = range(group * _PAPERS, (group + 1) * _PAPERS)
            write_papers(self.folder / "papers" / f"{group:02}", numbers, seed)
        began = time.monotonic()
        process = self._ingest()
        writes: list[float] = []
        while self._until_writing(process):
            since = time.monotonic()
            while self._writing() and process.is_alive():
                time.sleep(_POLL)
            writes.append(time.monotonic() - since)
        process.join()
        self.seconds = time.monotonic() - began
        self.write = statistics.median(writes) if writes else self.write
        self.expected = self._looked_at()
        if "error" in self.expected or self.expected["faults"]:
            raise RuntimeError(f"an ingest without a kill gave no sound library: {self.expected}")
        self.number += 1

    def kill_once(self) -> None:
        """Start an ingest and kill it; when it ended before, the library is compared and a new one begun."""
        aim_at_write = self.tally.in_writes * 2 <= self.tally.kills
        process = self._ingest()
        try:
            if aim_at_write:
                for _ in range(self.rng.randrange(4)):
                    self._until_writing(process)
                    while self._writing() and process.is_alive():
                        time.sleep(_POLL)
                self._until_writing(process)
                process.join(self.rng.uniform(0, self.write))
            else:
                process.join(self.rng.uniform(0, self.seconds / 2))
            outran = not process.is_alive()
        finally:
            process.kill()
            process.join()
        if outran:
            self._compare()
            return
        self.tally.kills += 1
        if self._writing():
            self.tally.in_writes += 1
            if self.rng.random() < _MENDERS:
                self._kill_mender()
        self._judge(self._looked_at())

    def _kill_mender(self) -> None:
        """Kill the ingest that finds half-written indexes, while it builds them again as a rule."""
        process = self._ingest()
        process.join(self.rng.uniform(0, 3 * self.write))
        self.tally.mending += process.is_alive()
        process.kill()
        process.join()

    def _ingest(self) -> ForkServerProcess:
        return started(ingest, self.library, self.folder / "papers", self.lines)

    def _compare(self) -> None:
        """Let an ingest run to its end, and compare."""
        ended(self._ingest())
        found = self._looked_at()
        self._judge(found)
        self.tally.ends += 1
        same = all(found.get(key) == self.expected[key] for key in ("papers", "titles", "fingerprint"))
        self.tally.same += same
        if not same:
            self._complain("it did not end as an ingest without a kill does")
        self._begin_anew()

    def _judge(self, found: dict[str, Any]) -> None:
        if "error" in found:
            self.tally.unopened += 1
            self._complain(found["error"])
            self._begin_anew()
            return
        self.tally.rebuilt += found["rebuilt"]
        lost = _reported(self.lines) - set(found["papers"])
        doubled = len(found["titles"]) - len(set(found["titles"]))
        self.tally.lost += len(lost)
        self.tally.doubled += doubled
        self.tally.out_of_step += bool(found["faults"])
        for what in (*(f"{paper_id} is lost" for paper_id in sorted(lost)), *found["faults"][:3]):
            self._complain(what)

    def _begin_anew(self) -> None:
        self.number += 1

    def _looked_at(self) -> dict[str, Any]:
        return result_of(look, self.library, self.folder / "look.json")

    def _until_writing(self, process: ForkServerProcess) -> bool:
        """Wait until the indexes are being written; False when the process ends before."""
        while process.is_alive():
            if self._writing():
                return True
            time.sleep(_POLL)
        return False

    def _writing(self) -> bool:
        from ingest.catalogue import Catalogue
        from ingest.errors import LibraryError

        path = self.library / "catalogue.sqlite"
        if not path.exists():
            return False
        with contextlib.suppress(LibraryError):  # it is just being made
            catalogue = Catalogue(path, create=False)
            try:
                return not catalogue.index_state().clean
            finally:
                catalogue.close()
        return False

    def _complain(self, what: str) -> None:
        self.tally.complaints.append(f"kill {self.tally.kills}, library {self.number}: {what}")
        _say(f"  {self.tally.complaints[-1]}")


def kill_ingests(folder: Path, kills: int, seed: int, tally: Tally, hear: Callable[[str], None]) -> None:
    """Kill `kills` ingests in `folder`, counting in `tally` as it goes; the libraries stay there."""
    libraries = _Libraries(folder, random.Random(seed), tally)  # noqa: S311 (moments, not secrets)
    hear(f"an ingest without a kill, of {_GROUPS * _PAPERS} papers")
    libraries.measure(seed)
    hear(f"it took {libraries.seconds:.1f} s, an index write {libraries.write:.2f} s")
    while tally.kills < kills:
        libraries.kill_once()
        if tally.kills % 10 == 0:
            hear(f"{tally.kills} of {kills} kills, {tally.in_writes} during index writes")
    libraries._compare()


def kill_upserts(folder: Path, kills: int, seed: int, tally: PeerTally, hear: Callable[[str], None]) -> None:
    """Kill `kills` processes that upsert into the tutorial's store, counting in `tally`."""
    rng = random.Random(seed)  # noqa: S311
    rows, batch, number = 20_000, 250, 0
    while tally.kills < kills:
        store, lines = folder / f"store-{number}", folder / f"rows-{number}"
        before = _acknowledged(lines)
        process = started(upsert, store, rows, batch, lines)
        try:
            while process.is_alive() and _acknowledged(lines) == before:  # until it is upserting
                time.sleep(_POLL)
            process.join(rng.uniform(0, 2.0))
            outran = not process.is_alive()
        finally:
            process.kill()
            process.join()
        if outran:
            number += 1
            continue
        tally.kills += 1
        found = result_of(query, store, folder / "query.json")
        if "error" in found:
            tally.broken += 1
            tally.reasons[str(found["error"])[:100]] += 1
            number += 1
        elif found["counted"] < _acknowledged(lines):
            tally.lost += _acknowledged(lines) - found["counted"]
            number += 1
        if tally.kills % 10 == 0:
            hear(f"Chroma alone: {tally.kills} of {kills} kills, {tally.broken} broke")


def _reported(lines: Path) -> set[str]:
    """The papers whose line is whole."""
    text = lines.read_text(encoding="utf-8") if lines.exists() else ""
    return {paper_id for line in text.splitlines(keepends=True) if line.endswith("\n") for paper_id in json.loads(line)}


def _acknowledged(lines: Path) -> int:
    text = lines.read_text(encoding="utf-8") if lines.exists() else ""
    return max((int(line) for line in text.splitlines(keepends=True) if line.endswith("\n")), default=0)


# -- the table -------------------------------------------------------------------------------------------------------


def main(argv: list[str]) -> int:
    """Print the table; 0 when every library survived, else 1."""
    from rich.console import Console

    parser = argparse.ArgumentParser(
        prog="python -m eval.bench kills",
        description=(__doc__ or "").partition("\n\n")[0],
        epilog="200 kills take about 20 minutes on two processors. Ctrl-C ends, and shows what was counted so far.",
    )
    parser.add_argument("--kills", type=int, default=200, metavar="N", help="of our ingest (default: 200)")
    parser.add_argument("--peer-kills", type=int, metavar="N", help="of Chroma alone (default: as many; 0: none)")
    parser.add_argument("--seed", type=int, default=1, help="of the papers and of the moments (default: 1)")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="leave papers and libraries there, to look into")
    options = parser.parse_args(argv)
    if options.kills < 1:
        parser.error("--kills counts from 1")
    if options.keep and options.keep.is_dir() and any(options.keep.iterdir()):
        parser.error(f"{options.keep} is not empty; name a new folder")
    peer_kills = options.kills if options.peer_kills is None else options.peer_kills
    tally, peer = Tally(), PeerTally()
    stopped = False
    with tempfile.TemporaryDirectory(prefix="immunorag-kills-") as name:
        folder = options.keep or Path(name)
        (folder / "papers").mkdir(parents=True, exist_ok=True)
        try:
            kill_ingests(folder, options.kills, options.seed, tally, _say)
            kill_upserts(folder, peer_kills, options.seed, peer, _say)
        except KeyboardInterrupt:
            stopped = True
    _print(Console(width=80, highlight=False), tally, peer)
    if stopped:
        print("stopped by Ctrl-C; the counts are of what was done until then")
        return 130
    print(f"goals {'met' if tally.flawless else 'MISSED'}")
    return 0 if tally.flawless else 1


def _print(console: Any, tally: Tally, peer: PeerTally) -> None:
    from rich.table import Table

    table = Table(title="SIGKILL during an ingest", title_justify="left")
    table.add_column("")
    table.add_column("immunorag", justify="right")
    table.add_column("Chroma alone", justify="right")
    table.add_row("kills", str(tally.kills), str(peer.kills))
    table.add_row("of them during index writes", str(tally.in_writes), "")
    table.add_row("besides, while mending after such a kill", str(tally.mending), "")
    table.add_row("do not open, count or answer", str(tally.unopened), str(peer.broken))
    table.add_row("open, but the indexes are out of step", str(tally.out_of_step), "")
    table.add_row("papers reported and lost", str(tally.lost), "")
    table.add_row("rows acknowledged and lost", "", str(peer.lost))
    table.add_row("papers doubled", str(tally.doubled), "")
    table.add_row("indexes built again at the next opening", str(tally.rebuilt), "")
    table.add_row("ingests resumed to the same end", f"{tally.same} of {tally.ends}", "")
    console.print(table)
    for reason, count in peer.reasons.most_common(5):
        console.print(f"Chroma alone, {count} times: {reason}", markup=False)
    for complaint in tally.complaints[:10]:
        console.print(complaint, markup=False)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)

"""The two indexes together: what is written to one is written to the other, read back, and kept by the disk.

Nothing here knows the catalogue or any lock; `library.py` says what to write, when, and what to do when it fails.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from ingest.catalogue import Entry
from ingest.server import Server
from ingest.vectors import BrokenIndex, Vectors, guarded
from ingest.words import Words

__all__ = ["Indexes"]

_BATCH = 4096  # entries written at once; below Chroma's 5,461
_WORN = 5  # see `worn_by`
_DROPPED = "dropped"  # the file that counts the rows dropped since the folder was made
_PROBES = 5  # entries of a batch that look for themselves before the indexes count as written


@dataclass(frozen=True, slots=True)
class Indexes:
    """Both indexes in one folder, as they were when opened or last written through this object; `close` them.

    Every method raises BrokenIndex for whatever goes wrong in an index or on its disk, ServerAway where a server keeps
    the vectors and does not answer.
    """

    folder: Path
    vectors: Vectors
    words: Words

    @staticmethod
    def create(folder: Path, server: Server | None = None) -> Indexes:
        """Empty indexes in the new folder `folder`; the vectors on `server` where there is one."""
        _make(folder)
        return Indexes._both(folder, server, create=True)

    @staticmethod
    def open(folder: Path, server: Server | None = None) -> Indexes:
        return Indexes._both(folder, server, create=False)

    @staticmethod
    def _both(folder: Path, server: Server | None, *, create: bool) -> Indexes:
        vectors = Vectors(folder / "chroma", create=create, server=server)
        try:
            return Indexes(folder, vectors, Words(folder / "words", create=create))
        except BaseException:
            vectors.close()
            raise

    def close(self) -> None:
        self.vectors.close()
        self.words.close()

    @guarded
    def worn_by(self, dropping: int) -> bool:
        """Whether, with `dropping` more, over a fifth as many chunks were dropped as are held: time to build anew.

        Chroma's HNSW keeps what is deleted as a waypoint and ties new rows to it. Measured: of 192 chunks that had all
        been replaced, up to 21 were found no more, even by their own vector, in 10 of 36 runs; of 2,099 of which a
        fifth had been replaced, all were found, and after six such rounds all but one.
        """
        return _WORN * (self._dropped() + dropping) > self.vectors.count()

    @guarded
    def drop(self, paper_ids: Sequence[str]) -> None:
        """Delete all chunks of these papers; `write` ends it."""
        before = self.vectors.count()
        self.vectors.drop(paper_ids)
        self.words.drop(paper_ids)
        dropped = self._dropped() + before - self.vectors.count()
        (self.folder / _DROPPED).write_text(str(dropped), encoding="utf-8")

    def _dropped(self) -> int:
        noted = self.folder / _DROPPED
        return int(noted.read_text(encoding="utf-8")) if noted.exists() else 0

    def write(self, entries: Iterator[Entry], written: Callable[[int], None], expected: Callable[[], int]) -> None:
        """Add `entries`, read some back, and have the disk keep them.

        `written` hears how many are in; `expected` says how many chunks there must be in all when they are.
        """
        done, probes = 0, list[Entry]()
        while batch := list(islice(entries, _BATCH)):
            self.vectors.put(batch)
            self.words.put(batch)
            probes = [*probes[-_PROBES:], *batch[:: max(len(batch) // _PROBES, 1)]][-2 * _PROBES :]
            done += len(batch)
            written(done)
        self.words.commit()
        self.read_back(expected(), probes)
        _flush(self.folder)

    def read_back(self, expected: int, probes: Sequence[Entry] = ()) -> None:
        """Raise BrokenIndex unless both hold `expected` chunks and the `probes` find themselves."""
        for name, count in (("Chroma", self.vectors.count()), ("Tantivy", self.words.count())):
            if count != expected:
                raise BrokenIndex(f"{name} holds {count:,} chunks, the catalogue {expected:,}")
        hits = [self.vectors.nearest(entry.vector, 1, None) for entry in probes]
        if hits and not any(hit and hit[0][1] > 0.999 for hit in hits):  # one may hide among twins, all may not
            raise BrokenIndex("Chroma finds no chunk by its own vector")


@guarded
def _make(folder: Path) -> None:
    folder.mkdir()


@guarded
def _flush(folder: Path) -> None:
    """Have the disk keep what was written below `folder`, so that "clean" stays true after a power cut."""
    for path in [*folder.rglob("*"), folder]:
        descriptor = os.open(path, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

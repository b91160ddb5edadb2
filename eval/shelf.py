"""The papers of a benchmark as a temporary library, and as the texts that answers are graded against."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from eval.benchmarks import Benchmark
from eval.results import Asked
from eval.suites import SuiteError
from ingest.library import Progress

if TYPE_CHECKING:
    from eval.grading import Texts
    from ingest.embedding import Embedder
    from ingest.library import Library
    from ingest.papers import Paper

__all__ = ["Shelf", "shelved"]

Hear = Callable[[Progress], None]


@dataclass(frozen=True, slots=True)
class Shelf:
    """A library, the title and text of each of its papers by id, and the id behind every identifier of a paper."""

    library: Library
    texts: Texts
    ids: Mapping[str, str]

    def named(self, asked: Asked) -> Asked:
        """`asked` with the ids that the library gives its gold papers; raises SuiteError where it lacks one."""
        if missing := [paper for paper in asked.gold if paper not in self.ids]:
            raise SuiteError(f"{asked.id}: its paper {missing[0]} is not among those that could be read")
        return replace(asked, gold=tuple(self.ids[paper] for paper in asked.gold))


@contextmanager
def shelved(benchmark: Benchmark, folder: Path, embedder: Embedder, hear: Hear) -> Iterator[Shelf]:
    """Build the library of `benchmark` below `folder`, with `embedder`; it goes when it is no longer needed."""
    from ingest.library import Library

    folder.mkdir(parents=True, exist_ok=True)
    with (
        TemporaryDirectory(prefix="library-", dir=folder, ignore_cleanup_errors=True) as place,
        Library.open(Path(place), embedder=embedder) as library,
    ):
        library.add(_told(benchmark.papers, hear))
        if benchmark.files and library.ingest(benchmark.files, progress=hear, copy=False).interrupted:
            raise KeyboardInterrupt
        papers = [library.paper(record.id) for record in library.records()]
        yield Shelf(
            library,
            {paper.id: (paper.title, paper.text) for paper in papers},
            {alias: paper.id for paper in papers for alias in paper.aliases},
        )


def _told(papers: tuple[Paper, ...], hear: Hear) -> Iterable[Paper]:
    for number, paper in enumerate(papers):
        hear(Progress("papers taken in", number, len(papers)))
        yield paper

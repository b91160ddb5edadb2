"""Where the seconds of an ingest go: clocks around the embedding model, the catalogue and the indexes."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from ingest.embedding import Embedder
    from ingest.library import Library

__all__ = ["STAGES", "Clocked", "Stages"]

STAGES = ("parse", "cut", "embed", "write")

P = ParamSpec("P")
T = TypeVar("T")


class Stages:
    """Seconds by stage: `cut`, `embed` and `write` follow each other in one process, so they are those of the wall.

    `parse` is the processor time of the reading processes, which run beside it; their start, imports included.
    """

    def __init__(self) -> None:
        self.seconds = dict.fromkeys(STAGES, 0.0)
        self._children = _of_children()

    def around(self, stage: str, call: Callable[P, T]) -> Callable[P, T]:
        """`call`, its time counted as `stage`."""

        def timed(*args: P.args, **kwargs: P.kwargs) -> T:
            begin = time.perf_counter()
            try:
                return call(*args, **kwargs)
            finally:
                self.seconds[stage] += time.perf_counter() - begin

        return timed

    def watch(self, library: Library) -> None:
        """Count what `library` writes, into its catalogue and into its indexes."""
        for owner, name in ((library, "sync"), (library.catalogue, "put"), (library.catalogue, "put_file")):
            setattr(owner, name, self.around("write", getattr(owner, name)))

    def ended(self) -> dict[str, float]:
        """Seconds of every stage; the reading processes must have ended."""
        self.seconds["parse"] = _of_children() - self._children
        return dict(self.seconds)


class Clocked:
    """An embedding model whose time is counted in `stages`; counting word pieces is most of what cutting takes."""

    def __init__(self, embedder: Embedder, stages: Stages) -> None:
        self.name, self.dim, self.limit = embedder.name, embedder.dim, embedder.limit
        self._count, self._embed = stages.around("cut", embedder.count_tokens), stages.around("embed", embedder.embed)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self._count(texts)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._embed(texts)


def _of_children() -> float:
    """Processor seconds of the child processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime

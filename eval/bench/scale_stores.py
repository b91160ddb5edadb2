"""The two stores of the scale benchmark, written with the same rows."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from eval.bench.scale_material import Floats, Material, made_papers, say

if TYPE_CHECKING:
    from ingest.embedding import Embedder

__all__ = ["build_ours", "build_peer", "rebuild", "sizes"]

_SYNC = 8_192  # chunks between two index writes


def build_ours(folder: Path, material: Material, count: int, embedder: Embedder) -> float:
    """Write the library; seconds of its writing."""
    from ingest.library import Library

    seconds = 0.0
    unsynced = done = 0
    with Library.open(folder, embedder=embedder) as library, library.writing():
        library.record_model(embedder)
        for paper, chunks, rows in made_papers(material, count):
            begin = time.perf_counter()
            library.catalogue.put(paper, chunks, rows)
            seconds += time.perf_counter() - begin
            unsynced += len(chunks)
            done += len(chunks)
            if unsynced >= _SYNC or done >= count:
                begin = time.perf_counter()
                library.sync()
                seconds += time.perf_counter() - begin
                unsynced = 0
                say(f"immunorag: {done:,} of {count:,} chunks, {done / seconds:,.0f} a second")
    return seconds


def rebuild(folder: Path, embedder: Embedder) -> float:
    from ingest.library import Library

    begin = time.perf_counter()
    with Library.open(
        folder, embedder=embedder, notice=say, progress=lambda progress: say(f"rebuild: {progress.done:,} chunks")
    ) as library:
        library.rebuild()
    return time.perf_counter() - begin


def build_peer(folder: Path, material: Material, count: int) -> float:
    from eval.tutorial import BATCH, Tutorial

    waiting: list[tuple[str, str, dict[str, str | int]]] = []
    vectors: list[Floats] = []
    seconds = 0.0
    tutorial = Tutorial(folder, lambda texts: np.stack(vectors[: len(texts)]).tolist())
    done = 0
    for paper, chunks, rows in made_papers(material, count):
        metadata: dict[str, str | int] = {"paper": paper.id, "year": paper.year or 0}
        waiting += [(chunk.id, paper.text[chunk.start : chunk.end], metadata) for chunk in chunks]
        vectors += list(rows)
        done += len(chunks)
        while len(waiting) >= BATCH or (waiting and done >= count):
            begin = time.perf_counter()
            tutorial.add_rows(waiting[:BATCH])
            seconds += time.perf_counter() - begin
            del waiting[:BATCH], vectors[:BATCH]
            stored = done - len(waiting)
            say(f"tutorial: {stored:,} of {count:,} chunks, {stored / seconds:,.0f} a second")
    return seconds


def sizes(folder: Path) -> dict[str, int]:
    """Bytes on disk by part."""
    sizes = {"catalogue": 0, "Chroma": 0, "Tantivy": 0}
    for path in folder.rglob("*"):
        if path.is_file():
            part = "Tantivy" if "words" in path.parts else "catalogue" if "catalogue" in path.name else "Chroma"
            sizes[part] += path.stat().st_size
    return sizes

"""What the scale benchmark measures of a store, each in a fresh process: the first answer, then many."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from eval.bench.scale_material import Floats, Questions
from ingest.papers import Filters
from rag.concepts import renamed

__all__ = ["FILTERS", "Served", "child", "measured", "percentiles", "share_found"]

FILTERS: dict[str, Filters] = {
    "none": Filters(),
    "all": Filters(since=1900),
    "year": Filters(since=2016),
    "few": Filters(since=2025),
    "paper": Filters(papers=("pmid:7000003",)),
}
_PEER_FILTERS: dict[str, dict[str, Any] | None] = {
    "none": None,
    "all": {"year": {"$gte": 1900}},
    "year": {"year": {"$gte": 2016}},
    "few": {"year": {"$gte": 2025}},
    "paper": {"paper": "pmid:7000003"},
}


class Served:
    """Serves vectors that were made before: implements `ingest.embedding.Embedder` for texts it knows."""

    def __init__(self, name: str, texts: Sequence[str], vectors: Floats) -> None:
        self.name, self.dim, self.limit = name, int(vectors.shape[1]), 256
        self._row = {asked: row for row, text in enumerate(texts) for asked in (text, renamed(text))}
        self._vectors = vectors

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    def embed(self, texts: Sequence[str]) -> Floats:
        return self._vectors[[self._row[text] for text in texts]]


def percentiles(seconds: Sequence[float]) -> tuple[float, float]:
    """p50 and p95 in milliseconds, linear between ranks."""
    if not seconds:
        raise ValueError("percentiles are undefined without measurements")
    p50, p95 = np.percentile(np.asarray(seconds) * 1_000, [50, 95])
    return float(p50), float(p95)


def share_found(found: Sequence[Sequence[int]], matrix: Floats, vectors: Floats, k: int = 10) -> float:
    """Mean share of the exact first k rows of `matrix` among those `found`; as near as the exact k-th counts."""
    shares: list[float] = []
    for rows, vector in zip(found, vectors, strict=True):
        exact = matrix @ vector
        border = np.partition(exact, -k)[-k] - 1e-3  # the vectors of both stores are rounded
        shares.append(float((exact[list(rows[:k])] >= border).sum()) / k)
    return float(np.mean(shares))


def _cold(system: str, store: Path, asked: Questions) -> None:
    """Open and answer once."""
    if system == "immunorag":
        from ingest.library import Library

        with Library.open(store, create=False) as library:
            found = library.dense(asked.vectors[0], 10), library.lexical(asked.texts[0], 10)
            assert all(found)  # noqa: S101 (an empty answer is no answer)
    else:
        from eval.tutorial import Tutorial

        assert Tutorial(store, lambda texts: asked.vectors[:1].tolist()).search("first", 10)  # noqa: S101


def _warm_ours(store: Path, asked: Questions, count: int) -> dict[str, Any]:
    import rag.retrieval  # noqa: F401 (imports are not the library's memory)
    from ingest.library import Library
    from rag.question import Question
    from rag.retrieval import hybrid

    with Library.open(store, create=False) as opened:
        model = opened.catalogue.model()
        opened.rarity(["survival"])  # imports what is imported late
    before = _memory()
    assert model is not None  # noqa: S101 (it has just been built)
    with Library.open(store, create=False, embedder=Served(model[0], asked.texts, asked.vectors)) as library:
        retrieve = hybrid(library)
        times: dict[str, tuple[float, float]] = {}
        for name, filters in FILTERS.items():
            searches: dict[str, Callable[[int], object]] = {
                "dense": lambda i, filters=filters: library.dense(asked.vectors[i], 10, filters),  # type: ignore[misc]
                "lexical": lambda i, filters=filters: library.lexical(asked.texts[i], 10, filters),  # type: ignore[misc]
                "whole": lambda i, filters=filters: retrieve(Question(asked.texts[i], filters), 8),  # type: ignore[misc]
            }
            for kind, search in searches.items():
                times[f"{kind} {name}"] = _timed(search, count, name)
        grown = _memory() - before
        ids, matrix = library.embeddings()
        place = {chunk_id: row for row, chunk_id in enumerate(ids)}
        vectors = asked.vectors[:count]
        found = [[place[chunk_id] for chunk_id, _ in library.dense(vector, 10)] for vector in vectors]
    return {"times": times, "memory": grown, "recall": share_found(found, matrix, vectors)}


def _warm_peer(store: Path, ours: Path, asked: Questions, count: int) -> dict[str, Any]:
    from eval.tutorial import Tutorial
    from ingest.library import Library

    row = {text: number for number, text in enumerate(asked.texts)}
    with tempfile.TemporaryDirectory(prefix="immunorag-scale-") as empty:
        Tutorial(Path(empty), lambda texts: asked.vectors[:1].tolist())  # imports what is imported late
    before = _memory()
    tutorial = Tutorial(store, lambda texts: [asked.vectors[row[text]].tolist() for text in texts])
    times: dict[str, tuple[float, float]] = {}
    for name, where in _PEER_FILTERS.items():
        times[f"dense {name}"] = _timed(
            lambda i, where=where: tutorial.search(asked.texts[i], 10, where),  # type: ignore[misc]
            count,
            name,
        )
    grown = _memory() - before
    with Library.open(ours, create=False) as library:  # the same vectors, under the same ids
        ids, matrix = library.embeddings()
    place = {chunk_id: number for number, chunk_id in enumerate(ids)}
    found = [[place[hit.id] for hit in tutorial.search(text, 10)] for text in asked.texts[:count]]
    return {"times": times, "memory": grown, "recall": share_found(found, matrix, asked.vectors[:count])}


def _timed(search: Callable[[int], object], count: int, name: str) -> tuple[float, float]:
    """p50 and p95 over the questions; the slow filters get a third of them."""
    search(0)
    seconds: list[float] = []
    for number in range(count if name == "none" else max(count // 3, 1)):
        begin = time.perf_counter()
        search(number)
        seconds.append(time.perf_counter() - begin)
    return percentiles(seconds)


def _memory() -> int:
    """Bytes of this process that are its own and resident."""
    import psutil  # type: ignore[import-untyped]

    return int(psutil.Process().memory_info().rss)


def measured(task: str, system: str, folder: Path, questions: int) -> dict[str, Any]:
    """Do a task in a fresh process; `seconds` are from its start to its end."""
    result = folder / "result.json"
    result.unlink(missing_ok=True)
    command = [sys.executable, "-m", "eval.bench", "scale", "--child", task, system, str(folder.resolve())]
    begin = time.perf_counter()
    done = subprocess.run(  # noqa: S603 (our own command)
        [*command, "--questions", str(questions)],
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = time.perf_counter() - begin
    if done.returncode or not result.exists():
        raise RuntimeError(f"{task} of {system} ended without a result:\n{done.stderr[-2_000:]}")
    found: dict[str, Any] = json.loads(result.read_text(encoding="utf-8"))
    return found | {"seconds": seconds}


def child(task: str, system: str, folder: Path, questions: int) -> None:
    asked = Questions.load(folder)
    store = folder / system
    found: dict[str, Any] = {}
    if task == "cold":
        _cold(system, store, asked)
    elif system == "immunorag":
        found = _warm_ours(store, asked, questions)
    else:
        found = _warm_peer(store, folder / "immunorag", asked, questions)
    (folder / "result.json").write_text(json.dumps(found), encoding="utf-8")

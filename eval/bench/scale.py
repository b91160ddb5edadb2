"""How the library answers when it holds 200,000 chunks, beside the tutorial's store with the same rows.

The rows are chunks of real papers with their real vectors (Evidence Inference, read, cut and embedded by our own code).
Where there are not enough they come again, with noise: one word of eight from another chunk, and a vector that has a
cosine of about 0.9 to the first one's. Both stores hold the same texts, vectors, paper ids and years (at random, from
1996 to 2025). Ours is written through the catalogue, with an index write every 8,192 chunks; the tutorial's in the
largest batches that Chroma takes. Questions are those of Evidence Inference, embedded before the clock starts.

- cold: a fresh process from start to end that answers one question (imports, opening, one dense and, ours, one lexical
  search); files may be in the system's cache.
- dense, lexical: the first 10 chunks. whole: what `Assistant` retrieves for a question: both searches, 100 deep, fused,
  the passages' text fetched, the first 8. The tutorial's whole is its dense search.
- filters: all (a year that admits everything), year (since 2016: a third), few (only 2025: a thirtieth), paper (one).
- recall@10: share of the exact first 10 that Chroma finds; as near as the exact tenth counts as found.
- bytes a chunk in memory: what the process has grown by, from its imports to after all these searches.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from eval.bench.data import add_data_option, data_folder
from ingest.papers import Chunk, Filters, Paper, Section

if TYPE_CHECKING:
    from ingest.embedding import Embedder

__all__ = ["FILTERS", "Material", "made_papers", "main", "percentiles", "share_found"]

GOAL_RECALL = 0.99
_REAL = 5_000  # chunks embedded by the model
_SYNC = 8_192  # chunks between two index writes
_NOISE = 0.48  # length of the noise added to a unit vector: cosine 1 / sqrt(1 + 0.48²) = 0.90
_CHANGED = 8  # one word of so many comes from elsewhere
_COLD_RUNS = 3

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
Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Material:
    """Real papers: of each its title, its chunks as (heading, text), and their rows of `vectors`, in order."""

    papers: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    vectors: Floats

    def __len__(self) -> int:
        return len(self.vectors)


class Served:
    """Serves vectors that were made before: implements `ingest.embedding.Embedder` for texts it knows."""

    def __init__(self, name: str, texts: Sequence[str], vectors: Floats) -> None:
        self.name, self.dim, self.limit = name, int(vectors.shape[1]), 256
        self._row = {text: row for row, text in enumerate(texts)}
        self._vectors = vectors

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    def embed(self, texts: Sequence[str]) -> Floats:
        return self._vectors[[self._row[text] for text in texts]]


def made_papers(material: Material, count: int, seed: int = 1) -> Iterator[tuple[Paper, list[Chunk], Floats]]:
    """Papers with `count` chunks in all, and their vectors: the real ones first, then their noisy copies."""
    rng, noise = Random(seed), np.random.default_rng(seed)  # noqa: S311 (no secrets)
    words = [word for _, chunks in material.papers[:50] for _, text in chunks for word in text.split()]
    made, number = 0, 0
    while made < count:
        first = 0
        for title, chunks in material.papers:
            rows = material.vectors[first : first + len(chunks)]
            first += len(chunks)
            number += 1
            taken = min(len(chunks), count - made)
            if made >= len(material):
                chunks = tuple((heading, _noisy(text, words, rng, number)) for heading, text in chunks)
                step = noise.standard_normal(rows.shape).astype(np.float32)
                rows = rows + step * np.float32(_NOISE / np.sqrt(rows.shape[1]))
                rows /= np.linalg.norm(rows, axis=1, keepdims=True)
            yield _paper(7_000_000 + number, title, rng.randrange(1996, 2026), chunks[:taken], rows[:taken])
            made += taken
            if made >= count:
                return


def _noisy(text: str, words: Sequence[str], rng: Random, number: int) -> str:
    changed = [rng.choice(words) if rng.randrange(_CHANGED) == 0 else word for word in text.split()]
    return f"{' '.join(changed)} [{number}]"


def _paper(
    number: int, title: str, year: int, chunks: Sequence[tuple[str, str]], rows: Floats
) -> tuple[Paper, list[Chunk], Floats]:
    sections: list[Section] = []
    spans: list[tuple[Section, int, int]] = []
    position = 0
    for heading, text in chunks:
        section = Section("other", heading, position, position + len(text))
        sections.append(section)
        spans.append((section, position, position + len(text)))
        position += len(text) + 2
    paper = Paper(
        f"pmid:{number}", title, "\n\n".join(text for _, text in chunks), tuple(sections), "jats",
        year=year, pmid=str(number),
    )  # fmt: skip
    ids = (f"{paper.id}#{ordinal}" for ordinal in range(len(spans)))
    return paper, [Chunk(id_, paper.id, *span[:1], None, *span[1:]) for id_, span in zip(ids, spans, strict=True)], rows


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


# -- material --------------------------------------------------------------------------------------------------------


def _material(data: Path, keep: Path) -> tuple[Material, _Questions]:
    """Real chunks with their vectors and the questions with theirs; embedded once, then kept."""
    from eval.suites import evidence_inference
    from ingest.embedding import load_embedder
    from ingest.library import Library, Progress

    suite = evidence_inference(data_folder(data, "evidence_inference_dev"))
    embedder = load_embedder()

    def hear(progress: Progress) -> None:
        _say(f"embedding real chunks: {progress.stage} {progress.done} of {progress.total}")

    with Library.open(keep / "library-auto", embedder=embedder) as library:
        names = iter(suite.papers.values())
        while library.chunk_count() < _REAL and (some := list(islice(names, 20))):
            library.ingest(some, progress=hear)
        papers: list[tuple[str, tuple[tuple[str, str], ...]]] = []
        vectors: list[Floats] = []
        for record in library.records():
            entries = list(library.catalogue.entries([record.id]))
            papers.append((record.title, tuple((entry.chunk.section.title, entry.text) for entry in entries)))
            vectors += [entry.vector for entry in entries]
    texts = [question.text for question in suite.questions]
    kept = keep / "questions-auto.npy"
    if not kept.exists():
        np.save(kept, embedder.embed(texts))
    return Material(tuple(papers), np.stack(vectors)), _Questions(texts, np.load(kept))


# -- the two stores --------------------------------------------------------------------------------------------------


def _build_ours(folder: Path, material: Material, count: int, embedder: Embedder) -> float:
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
                _say(f"immunorag: {done:,} of {count:,} chunks, {done / seconds:,.0f} a second")
    return seconds


def _rebuild(folder: Path, embedder: Embedder) -> float:
    from ingest.library import Library

    begin = time.perf_counter()
    with Library.open(
        folder, embedder=embedder, notice=_say, progress=lambda progress: _say(f"rebuild: {progress.done:,} chunks")
    ) as library:
        library.rebuild()
    return time.perf_counter() - begin


def _build_peer(folder: Path, material: Material, count: int) -> float:
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
            _say(f"tutorial: {stored:,} of {count:,} chunks, {stored / seconds:,.0f} a second")
    return seconds


def _sizes(folder: Path) -> dict[str, int]:
    """Bytes on disk by part."""
    sizes = {"catalogue": 0, "Chroma": 0, "Tantivy": 0}
    for path in folder.rglob("*"):
        if path.is_file():
            part = "Tantivy" if "words" in path.parts else "catalogue" if "catalogue" in path.name else "Chroma"
            sizes[part] += path.stat().st_size
    return sizes


# -- measured in a process of its own --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Questions:
    """Questions and their vectors, as a measuring process finds them in the folder."""

    texts: Sequence[str]
    vectors: Floats

    @staticmethod
    def load(folder: Path) -> _Questions:
        return _Questions(json.loads((folder / "questions.json").read_text("utf-8")), np.load(folder / "questions.npy"))


def _cold(system: str, store: Path, asked: _Questions) -> None:
    """Open and answer once."""
    if system == "immunorag":
        from ingest.library import Library

        with Library.open(store, create=False) as library:
            found = library.dense(asked.vectors[0], 10), library.lexical(asked.texts[0], 10)
            assert all(found)  # noqa: S101 (an empty answer is no answer)
    else:
        from eval.tutorial import Tutorial

        assert Tutorial(store, lambda texts: asked.vectors[:1].tolist()).search("first", 10)  # noqa: S101


def _warm_ours(store: Path, asked: _Questions, count: int) -> dict[str, Any]:
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


def _warm_peer(store: Path, ours: Path, asked: _Questions, count: int) -> dict[str, Any]:
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


def _measured(task: str, system: str, folder: Path, questions: int) -> dict[str, Any]:
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


def _child(task: str, system: str, folder: Path, questions: int) -> None:
    asked = _Questions.load(folder)
    store = folder / system
    found: dict[str, Any] = {}
    if task == "cold":
        _cold(system, store, asked)
    elif system == "immunorag":
        found = _warm_ours(store, asked, questions)
    else:
        found = _warm_peer(store, folder / "immunorag", asked, questions)
    (folder / "result.json").write_text(json.dumps(found), encoding="utf-8")


# -- the whole -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Figures:
    """One store's figures: seconds, bytes, and `times` in milliseconds (p50, p95) by search and filter."""

    built: float
    rebuilt: float | None
    disk: dict[str, int]
    cold: float
    memory: int
    recall: float
    times: dict[str, tuple[float, float]]


def measure(folder: Path, material: Material, asked: _Questions, count: int, peer: bool) -> dict[str, _Figures]:
    """Build the stores in `folder` and measure them."""
    (folder / "questions.json").write_text(json.dumps(list(asked.texts)), encoding="utf-8")
    np.save(folder / "questions.npy", asked.vectors)
    questions = min(len(asked.texts), 90)
    embedder = Served("all-MiniLM-L6-v2", asked.texts, asked.vectors)
    figures: dict[str, _Figures] = {}
    for system in ("immunorag", "tutorial") if peer else ("immunorag",):
        store = folder / system
        shutil.rmtree(store, ignore_errors=True)
        build = _build_ours(store, material, count, embedder) if system == "immunorag" else _build_peer(
            store, material, count
        )  # fmt: skip
        _say(f"{system}: first answers from cold")
        cold = float(np.median([_measured("cold", system, folder, questions)["seconds"] for _ in range(_COLD_RUNS)]))
        _say(f"{system}: searching")
        warm = _measured("warm", system, folder, questions)
        disk = _sizes(store)
        rebuilt = _rebuild(store, embedder) if system == "immunorag" else None
        figures[system] = _Figures(build, rebuilt, disk, cold, warm["memory"], warm["recall"], warm["times"])
    return figures


def main(argv: list[str]) -> int:
    """Print the tables; 0 when Chroma's recall meets its goal, else 1."""
    from rich.console import Console

    parser = argparse.ArgumentParser(
        prog="python -m eval.bench scale",
        description=(__doc__ or "").partition("\n")[0],
        epilog="200,000 chunks take half an hour on two free processors and 3 GB of disk; 20,000 show the shape in two "
        "minutes.",
    )
    add_data_option(parser)
    parser.add_argument("--chunks", type=int, default=200_000, metavar="N", help="in each store (default: 200000)")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep stores and embedded chunks there for next time")
    parser.add_argument("--no-peer", action="store_true", help="without the tutorial's store")
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)  # task, system, folder
    parser.add_argument("--questions", type=int, default=90, help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    if options.child:
        task, system, folder = options.child
        _child(task, system, Path(folder), options.questions)
        return 0
    if options.chunks < 100:
        parser.error("--chunks counts from 100")
    with _workplace(options.keep) as place:
        material, asked = _material(options.data, place)
        _say(f"{len(material):,} real chunks, {len(asked.texts)} questions")
        figures = measure(place, material, asked, options.chunks, not options.no_peer)
    return _print(Console(width=80, highlight=False), figures, options.chunks, min(options.chunks, len(material)))


@contextmanager
def _workplace(keep: Path | None) -> Iterator[Path]:
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep
    else:
        with tempfile.TemporaryDirectory(prefix="immunorag-scale-") as folder:
            yield Path(folder)


def _print(console: Any, figures: dict[str, _Figures], count: int, real: int) -> int:
    from rich.table import Table

    table = Table(title=f"{count:,} chunks, {real:,} of them real, the others with noise", title_justify="left")
    table.add_column("")
    for system in figures:
        table.add_column(system, justify="right")

    def row(name: str, value: Callable[[_Figures], str]) -> None:
        table.add_row(name, *(value(each) for each in figures.values()))

    row("first answer from cold, s", lambda each: f"{each.cold:.1f}")
    row("recall@10 against exact search", lambda each: f"{each.recall:.3f}")
    row("built, s", lambda each: f"{each.built:.0f}")
    row("built, chunks a second", lambda each: f"{count / each.built:,.0f}")
    row("indexes built again, s", lambda each: "" if each.rebuilt is None else f"{each.rebuilt:.0f}")
    for part in ("catalogue", "Chroma", "Tantivy"):
        row(f"bytes a chunk on disk, {part}", lambda each, part=part: f"{each.disk[part] / count:,.0f}")  # type: ignore[misc]
    row("bytes a chunk in memory", lambda each: f"{each.memory / count:,.0f}")
    console.print(table)

    times = Table(title="A search, ms: p50 / p95", title_justify="left")
    times.add_column("filter")
    for column in ("dense", "lexical", "whole", "tutorial, dense"):
        times.add_column(column, justify="right")
    for name in FILTERS:
        cells = [(system, f"{kind} {name}") for system, kind in _COLUMNS]
        shown = [figures[system].times.get(key) if system in figures else None for system, key in cells]
        times.add_row(name, *("" if pair is None else f"{pair[0]:.1f} / {pair[1]:.1f}" for pair in shown))
    console.print(times)
    met = figures["immunorag"].recall >= GOAL_RECALL
    console.print(f"goal (recall@10 of at least {GOAL_RECALL:.2f}) {'met' if met else 'MISSED'}")
    return 0 if met else 1


_COLUMNS = (("immunorag", "dense"), ("immunorag", "lexical"), ("immunorag", "whole"), ("tutorial", "dense"))


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)

"""What the scale benchmark fills its stores with: real chunks with their vectors, and noisy copies of them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from random import Random

import numpy as np
from numpy.typing import NDArray

from eval.bench.data import data_folder
from ingest.papers import Chunk, Paper, Section

__all__ = ["Floats", "Material", "Questions", "made_papers", "material_of", "say"]

_REAL = 5_000  # chunks embedded by the model
_NOISE = 0.48  # length of the noise added to a unit vector: cosine 1 / sqrt(1 + 0.48²) = 0.90
_CHANGED = 8  # one word of so many comes from elsewhere

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Material:
    """Real papers: of each its title, its chunks as (heading, text), and their rows of `vectors`, in order."""

    papers: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    vectors: Floats

    def __len__(self) -> int:
        return len(self.vectors)


@dataclass(frozen=True, slots=True)
class Questions:
    """Questions and their vectors, as a measuring process finds them in the folder."""

    texts: Sequence[str]
    vectors: Floats

    @staticmethod
    def load(folder: Path) -> Questions:
        return Questions(json.loads((folder / "questions.json").read_text("utf-8")), np.load(folder / "questions.npy"))


def material_of(data: Path, keep: Path) -> tuple[Material, Questions]:
    """Real chunks with their vectors and the questions with theirs; embedded once, then kept."""
    from eval.suites import evidence_inference
    from ingest.embedding import load_embedder
    from ingest.library import Library, Progress

    suite = evidence_inference(data_folder(data, "evidence_inference_dev"))
    embedder = load_embedder()

    def hear(progress: Progress) -> None:
        say(f"embedding real chunks: {progress.stage} {progress.done} of {progress.total}")

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
    return Material(tuple(papers), np.stack(vectors)), Questions(texts, np.load(kept))


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


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)

"""The vectors of the starter library. They come with the install, so that it is built without waiting for a model.

`python -m ingest.starter.vectors` computes them anew, in fp32, after a digest was changed. They are found by the hash
of the text that was embedded, so one that no longer fits is simply not found, and computed.
"""

from __future__ import annotations

import sys
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np

from ingest.chunking import chunk, indexed_text
from ingest.embedding import DEFAULT_MODEL, Embedder, load_embedder
from ingest.remembered import Remembered, text_key
from ingest.starter import papers

__all__ = ["carried", "missing"]

_FILE = "vectors.npz"


def carried(embedder: Embedder) -> Embedder:
    """`embedder` with the vectors of the starter library, if it is the model that they were made with."""
    entry = files("ingest.starter") / _FILE
    if embedder.name != DEFAULT_MODEL or not entry.is_file():
        return embedder
    with as_file(entry) as path, np.load(path, allow_pickle=False) as stored:
        rows = stored["rows"].astype(np.float32)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        known = {key.tobytes(): row for key, row in zip(stored["hashes"], rows, strict=True)}
        return Remembered(embedder, known, learns=False)


def missing() -> list[str]:
    """The chunks of the starter library whose vectors do not come with the install: none, unless a digest changed."""
    known = carried(load_embedder())
    return [id_ for id_, text in _texts(known) if not (isinstance(known, Remembered) and known.knows(text))]


def _texts(embedder: Embedder) -> list[tuple[str, str]]:
    """Id and embedded text of every chunk of the starter library."""
    return [(piece.id, indexed_text(paper, piece, embedder)) for paper in papers() for piece in chunk(paper, embedder)]


def main() -> int:
    """Compute the vectors and write them beside the digests."""
    embedder = load_embedder(precision="fp32")
    texts = [text for _, text in _texts(embedder)]
    hashes = np.frombuffer(b"".join(map(text_key, texts)), dtype=np.uint8).reshape(len(texts), -1)
    np.savez(Path(__file__).parent / _FILE, hashes=hashes, rows=embedder.embed(texts).astype(np.float16))
    sys.stdout.write(f"{len(texts)} vectors in {_FILE}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

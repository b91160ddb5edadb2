"""The vectors of the starter library. They come with the install, so that it is built without waiting for a model.

`python -m ingest.starter.vectors` computes them anew, in fp32, after a digest was changed. They are found by the hash
of the text that was embedded, so one that no longer fits is simply not found, and computed.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Mapping, Sequence
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ingest.chunking import chunk, indexed_text
from ingest.embedding import DEFAULT_MODEL, Embedder, load_embedder
from ingest.starter import papers

__all__ = ["carried", "missing"]

_FILE = "vectors.npz"
_HASH = 16  # bytes


class _Carried:
    """An embedding model that knows the vectors of some texts already."""

    def __init__(self, embedder: Embedder, known: Mapping[bytes, NDArray[np.float32]]) -> None:
        self._embedder, self._known = embedder, known

    @property
    def name(self) -> str:
        return self._embedder.name

    @property
    def dim(self) -> int:
        return self._embedder.dim

    @property
    def limit(self) -> int:
        return self._embedder.limit

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self._embedder.count_tokens(texts)

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = np.empty((len(texts), self.dim), dtype=np.float32)
        hashes = [_hash(text) for text in texts]
        unknown = [place for place, key in enumerate(hashes) if key not in self._known]
        if unknown:
            rows[unknown] = self._embedder.embed([texts[place] for place in unknown])
        for place, key in enumerate(hashes):
            if key in self._known:
                rows[place] = self._known[key]
        return rows


def carried(embedder: Embedder) -> Embedder:
    """`embedder` with the vectors of the starter library, if it is the model that they were made with."""
    entry = files("ingest.starter") / _FILE
    if embedder.name != DEFAULT_MODEL or not entry.is_file():
        return embedder
    with as_file(entry) as path, np.load(path, allow_pickle=False) as stored:
        rows = stored["rows"].astype(np.float32)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        return _Carried(embedder, {key.tobytes(): row for key, row in zip(stored["hashes"], rows, strict=True)})


def missing() -> list[str]:
    """The chunks of the starter library whose vectors do not come with the install: none, unless a digest changed."""
    known = carried(load_embedder())
    held = known._known if isinstance(known, _Carried) else {}
    return [id_ for id_, text in _texts(known) if _hash(text) not in held]


def _texts(embedder: Embedder) -> list[tuple[str, str]]:
    """Id and embedded text of every chunk of the starter library."""
    return [(piece.id, indexed_text(paper, piece, embedder)) for paper in papers() for piece in chunk(paper, embedder)]


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()[:_HASH]


def main() -> int:
    """Compute the vectors and write them beside the digests."""
    embedder = load_embedder(precision="fp32")
    texts = [text for _, text in _texts(embedder)]
    hashes = np.frombuffer(b"".join(map(_hash, texts)), dtype=np.uint8).reshape(len(texts), _HASH)
    np.savez(Path(__file__).parent / _FILE, hashes=hashes, rows=embedder.embed(texts).astype(np.float16))
    sys.stdout.write(f"{len(texts)} vectors in {_FILE}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

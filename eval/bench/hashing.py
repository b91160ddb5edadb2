"""An embedding model that costs next to nothing, for benchmarks in which the vectors' meaning does not matter."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

__all__ = ["HashEmbedder"]

_WORD = re.compile(r"\w+")


class HashEmbedder:
    """Implements `ingest.embedding.Embedder`: a text is the sum of its words' own directions, a word a word piece.

    The same text has the same vector in every process, so that interrupted runs can be compared with whole ones.
    """

    def __init__(self, name: str = "hash-384", dim: int = 384, limit: int = 256) -> None:
        self.name, self.dim, self.limit = name, dim, limit

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(_WORD.findall(text)) for text in texts]

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        rows = np.zeros((len(texts), self.dim), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in _WORD.findall(text.lower()):
                row += _direction(word, self.dim)
            row[0] += 1e-3  # a text without words has a direction too
        unit: NDArray[np.float32] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return unit


@cache
def _direction(word: str, dim: int) -> NDArray[np.float32]:
    return np.random.default_rng(zlib.crc32(word.encode())).standard_normal(dim).astype(np.float32)

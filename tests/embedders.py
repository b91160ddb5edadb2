"""A real embedder without a model: a text is the sum of its words' own directions, so that common words make near."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

_WORD = re.compile(r"\w+")


@cache
def _direction(word: str, dim: int) -> NDArray[np.float32]:
    return np.random.default_rng(zlib.crc32(word.encode())).standard_normal(dim).astype(np.float32)


class HashEmbedder:
    """Implements `ingest.embedding.Embedder`; a word is a word piece. `seen` counts the texts embedded."""

    def __init__(self, name: str = "hash-64", dim: int = 64, limit: int = 256) -> None:
        self.name, self.dim, self.limit = name, dim, limit
        self.seen = 0

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(_WORD.findall(text)) for text in texts]

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.seen += len(texts)
        rows = np.zeros((len(texts), self.dim), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in _WORD.findall(text.lower()):
                row += _direction(word, self.dim)
            row[0] += 1e-3  # a text without words has a direction too
        unit: NDArray[np.float32] = rows / np.linalg.norm(rows, axis=1, keepdims=True)
        return unit

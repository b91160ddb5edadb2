"""The embedder of the tests: without a model, small, and it counts what it is asked to embed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from eval.bench import hashing


class HashEmbedder(hashing.HashEmbedder):
    """`seen` is the number of texts embedded."""

    def __init__(self, name: str = "hash-64", dim: int = 64, limit: int = 256) -> None:
        super().__init__(name, dim, limit)
        self.seen = 0

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.seen += len(texts)
        return super().embed(texts)

"""An embedding model that embeds no text twice: the same sentences come up under many questions of a batch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ingest.embedding import Embedder

__all__ = ["Remembered"]


class Remembered:
    """`embedder` with a memory. Texts that are new are embedded by length, so that little of a batch is padding."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: dict[str, NDArray[np.float32]] = {}

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
        new = sorted({text for text in texts if text not in self._known}, key=lambda text: (len(text), text))
        if new:
            self._known.update(zip(new, self._embedder.embed(new), strict=True))
        return np.stack([self._known[text] for text in texts]) if texts else np.empty((0, self.dim), dtype=np.float32)

"""An embedding model that knows some vectors already, and need not embed a text twice."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ingest.embedding import Embedder

__all__ = ["Remembered", "text_key"]

_BYTES = 16


def text_key(text: str) -> bytes:
    """What the vector of a text is remembered by."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:_BYTES]


class Remembered:
    """`embedder` with the vectors of some texts, by `text_key`; those that it embeds are added, if it `learns`."""

    def __init__(
        self, embedder: Embedder, known: Mapping[bytes, NDArray[np.float32]] | None = None, *, learns: bool = True
    ) -> None:
        self._embedder, self._learns = embedder, learns
        self._known = dict(known or {})

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

    def knows(self, text: str) -> bool:
        return text_key(text) in self._known

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if not texts:
            return np.empty((0, self.dim), dtype=np.float32)
        keys = [text_key(text) for text in texts]
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
        known = self._known if self._learns else dict(self._known)
        if new:
            known.update(zip(new, self._embedder.embed(list(new.values())), strict=True))
        return np.stack([known[key] for key in keys])

"""Exact search in a few chunks: their vectors side by side, every one compared.

Chroma serves a filter that leaves little by looking for its rows one by one in the graph, with an ef_search of
hundreds; comparing them all is exact and, up to some thousands, sooner.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

__all__ = ["nearest"]


def nearest(
    ids: Sequence[str], vectors: NDArray[np.float32], vector: NDArray[np.float32], k: int
) -> list[tuple[str, float]]:
    """Ids and cosine similarities of the `k` rows of `vectors` (len(ids), dim) nearest to `vector` (dim,), best first.

    Rows have unit length; `vector` may have any but 0, which is as far from all. Of rows as near, the first come first.
    """
    if len(ids) != len(vectors):
        raise ValueError(f"{len(ids)} ids for {len(vectors)} vectors")
    similarities = vectors @ (vector / max(float(np.linalg.norm(vector)), 1e-12))
    if k < len(ids):
        border = np.partition(similarities, -k)[-k]
        rows = np.flatnonzero(similarities >= border)
    else:
        rows = np.arange(len(ids))
    order = rows[np.argsort(-similarities[rows], kind="stable")][:k]
    return [(ids[row], float(similarities[row])) for row in order]

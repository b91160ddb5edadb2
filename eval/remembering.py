"""An embedder that remembers, over several runs: what a benchmark embeds is mostly what it embedded before.

Vectors are found by the hash of their text, so that one of another text, or of a text that changed, is never used.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from ingest.remembered import Remembered

__all__ = ["Remembering"]


class Remembering(Remembered):
    """An embedder that embeds each text once, also over several runs: the questions of a set share most passages."""

    def load(self, file: Path) -> None:
        """Remember what `save` kept in `file`, if it is there."""
        if file.is_file():
            kept = np.load(file, allow_pickle=False)
            self._known.update((key.tobytes(), row) for key, row in zip(kept["keys"], kept["vectors"], strict=True))

    def save(self, file: Path) -> None:
        """Keep in `file` what was embedded so far."""
        if self._known:
            keys = np.stack([np.frombuffer(key, dtype=np.uint8) for key in self._known])
            beside = file.with_suffix(".writing.npz")  # whoever is killed here leaves the file as it was
            np.savez(beside, keys=keys, vectors=np.stack(list(self._known.values())))
            beside.replace(file)

    @contextmanager
    def forgetting(self) -> Iterator[None]:
        """Know nothing meanwhile, so that what is timed embeds all that it needs."""
        known, self._known = self._known, {}
        try:
            yield
        finally:
            self._known = known

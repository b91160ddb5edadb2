"""How large a library is, and what it is made of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ingest.library import Library

__all__ = ["Stats", "stats"]


@dataclass(frozen=True, slots=True)
class Stats:
    """Counts of papers by year (None where it is not known), source and status; characters by kind of section.

    `disk` has the bytes of each part that are written, as the file system counts them.
    """

    papers: int
    chunks: int
    characters: int
    model: str
    years: Mapping[int | None, int]
    sources: Mapping[str, int]
    statuses: Mapping[str, int]
    sections: Mapping[str, int]
    disk: Mapping[str, int]


def stats(library: Library) -> Stats:
    records = library.records()
    model = library.catalogue.model()
    index = library.chroma_path.parent
    return Stats(
        papers=len(records),
        chunks=sum(record.chunks for record in records),
        characters=sum(record.characters for record in records),
        model=f"{model[0]}, {model[1]} dimensions" if model else "none yet",
        years=dict(Counter(record.year for record in records)),
        sources=dict(Counter(record.source for record in records)),
        statuses=dict(Counter(record.status for record in records)),
        sections=library.catalogue.characters_by_section(),
        disk={
            "catalogue (texts, embeddings)": sum(_size(path) for path in library.path.glob("catalogue.sqlite*")),
            "Chroma": _size(index / "chroma"),
            "Tantivy": _size(index / "words"),
            "originals": _size(library.path / "files"),
        },
    )


def _size(path: Path) -> int:
    """Bytes on disk of a file, or of all below a folder; what goes away meanwhile counts as nothing."""
    total = 0
    for item in [path, *path.rglob("*")] if path.is_dir() else [path]:
        try:
            status = item.stat()
        except OSError:
            continue
        total += status.st_blocks * 512 if item.is_file() else 0
    return total

"""What a reader makes of a file of records: its papers, whose sections cover their text, and its note at the end."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import cast

from ingest.papers import Paper
from ingest.readers import read


def taken(path: Path) -> tuple[list[Paper], str]:
    """The papers of a file, and the note on the records passed over."""
    papers: list[Paper] = []
    reading = cast("Generator[Paper, None, str | None]", read(path))
    while True:
        try:
            paper = next(reading)
        except StopIteration as end:
            return papers, end.value or ""
        assert "\n\n".join(paper.text[section.start : section.end] for section in paper.sections) == paper.text
        papers.append(paper)


def papers_of(folder: Path, content: str | bytes) -> tuple[list[Paper], str]:
    """Likewise, of a file of this content and a name that says nothing."""
    path = folder / "export"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return taken(path)

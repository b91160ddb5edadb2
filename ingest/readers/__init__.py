"""Paper files to papers: the format is told from a file's content, never from its name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ingest.errors import UnreadableFile
from ingest.papers import Paper
from ingest.readers.sniffing import sniff

__all__ = ["READER_VERSION", "read"]

READER_VERSION = 1
"""Bumped when what the readers make of a file changes, so that a library reads known files again."""


def read(path: Path) -> Iterator[Paper]:
    """The papers in a file: one, or several where the file is a set of articles.

    Raises UnreadableFile, naming the reason and the remedy, here or while the papers are taken.
    """
    path = Path(path)
    form = sniff(path)
    if form == "pdf":
        from ingest.readers import pdf

        return pdf.read(path)
    if form == "jats":
        from ingest.readers import jats

        return jats.read(path)
    if form == "text":
        from ingest.readers import text

        return text.read(path)
    raise UnreadableFile(path, form)

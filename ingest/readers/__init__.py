"""Paper files to papers: the format is told from a file's content, never from its name."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ingest.errors import UnreadableFile
from ingest.papers import Paper
from ingest.readers.sniffing import sniff

__all__ = ["READER_VERSION", "read"]

READER_VERSION = 5
"""Bumped when what the readers make of a file changes, so that a library reads known files again."""


def read(path: Path) -> Iterator[Paper]:
    """The papers in a file, one by one: one, or as many as a set of articles or records, or an archive, holds.

    What the iterator returns at its end (the `value` of its `StopIteration`) is a note on what was passed over, if any.
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
    if form == "pubmed":
        from ingest.readers import pubmed

        return pubmed.read(path)
    if form == "europepmc":
        from ingest.readers import europepmc

        return europepmc.read(path)
    if form == "medline":
        from ingest.readers import medline

        return medline.read(path)
    if form == "ris":
        from ingest.readers import ris

        return ris.read(path)
    if form == "bibtex":
        from ingest.readers import bibtex

        return bibtex.read(path)
    if form == "text":
        from ingest.readers import text

        return text.read(path)
    if form in ("zip", "tar"):
        from ingest.readers import archives

        return archives.read(path, form)
    raise UnreadableFile(path, form)

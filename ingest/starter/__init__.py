"""The starter library: digests of landmark papers in our own words, each figure with where it was confirmed.

A digest is never the paper: its `source` is `digest`, and the real paper, once ingested, takes its place. The figures
and their sources lie in the TOML file beside the digest; `python -m ingest.starter` prints `docs/starter.md`.
"""

from __future__ import annotations

from importlib.resources import as_file, files

from ingest.papers import Paper
from ingest.readers import text

__all__ = ["papers"]


def papers() -> list[Paper]:
    """Every digest as a paper with `source="digest"`, in the order of the file names."""
    entries = [entry for entry in files(__name__).iterdir() if entry.name.endswith(".md")]
    found: list[Paper] = []
    for entry in sorted(entries, key=lambda entry: entry.name):
        with as_file(entry) as path:
            found.extend(text.read(path, digest=True))
    return found

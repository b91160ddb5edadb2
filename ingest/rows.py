"""What the catalogue gives, and how its rows become it: nouns of ours out, columns of SQLite in."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from ingest.papers import Chunk, Page, Paper, Section, SectionKind, Source, Species, Status

__all__ = [
    "COLUMNS", "Entry", "FileRecord", "IndexState", "Record", "as_paper", "as_record", "as_sections", "as_stated",
    "as_vector", "stated_fields",
]  # fmt: skip

_OVERRULED = ("design", "species", "prospective", "sample_size", "trial_ids", "trials", "status")
COLUMNS = (
    "id, title, authors, journal, year, doi, pmid, pmcid, source, trial_ids, design, status, species, prospective, "
    "sample_size, trials"
)


@dataclass(frozen=True, slots=True)
class Record:
    """What the library knows of a paper, without its text; see `Paper`."""

    id: str
    title: str
    authors: tuple[str, ...]
    journal: str
    year: int | None
    source: Source
    status: Status
    doi: str
    pmid: str
    pmcid: str
    chunks: int
    characters: int
    design: str = ""
    species: tuple[Species, ...] = ()
    prospective: bool | None = None
    sample_size: int | None = None
    trial_ids: tuple[str, ...] = ()
    trials: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One chunk as the indexes hold it; `text` is what may be quoted, `vector` a float32 row of unit norm.

    `facets` are what else filters know it by, see `profile.facets`.
    """

    chunk: Chunk
    title: str
    year: int | None
    source: Source
    status: Status
    text: str
    vector: NDArray[np.float32]
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FileRecord:
    """What became of a file, known by the SHA-256 of its content; `kept` is its copy's path in the library, or ""."""

    sha256: str
    name: str
    reader_version: int
    failed: bool
    reason: str
    paper_ids: tuple[str, ...]
    kept: str


@dataclass(frozen=True, slots=True)
class IndexState:
    """`revision` counts the catalogue's changes; the indexes in folder `generation` hold those up to `indexed`.

    Not `clean` means that a process has begun to write them and not said that it ended. `profiled` names the rules that
    the papers were profiled by.
    """

    generation: int
    clean: bool
    indexed: int
    revision: int
    profiled: str


def as_record(row: tuple[Any, ...]) -> Record:
    *columns, chunks, characters = row
    return Record(chunks=chunks, characters=characters, **_described(columns))


def as_paper(row: tuple[Any, ...]) -> Paper:
    *columns, text, sections, pages = row
    return Paper(
        text=text,
        sections=as_sections(sections),
        pages=tuple(Page(*page) for page in json.loads(pages)),
        **_described(columns),
    )


def _described(columns: Sequence[Any]) -> dict[str, Any]:
    """The fields that `COLUMNS` hold, by their names."""
    fields = dict(zip(COLUMNS.split(", "), columns, strict=True))
    fields |= {name: tuple(json.loads(fields[name])) for name in ("authors", "trial_ids", "species", "trials")}
    prospective = fields["prospective"]
    return fields | {"prospective": None if prospective is None else bool(prospective)}


def stated_fields(paper: Paper) -> str:
    """What readers found of that which rules and notices may overrule."""
    fields = {name: getattr(paper, name) for name in _OVERRULED}
    return json.dumps(fields, ensure_ascii=False)


def as_stated(paper: Paper, stated: dict[str, Any]) -> Paper:
    """`paper` with what its readers had found of that which rules and notices overruled."""
    unstated = {"species": (), "prospective": None, "sample_size": None, "trials": ()}
    fields = {name: tuple(value) if isinstance(value, list) else value for name, value in stated.items()}
    return replace(paper, **(unstated | fields))


def as_sections(text: str) -> tuple[Section, ...]:
    return tuple(Section(cast(SectionKind, kind), title, start, end) for kind, title, start, end in json.loads(text))


def as_vector(blob: bytes) -> NDArray[np.float32]:
    row = np.frombuffer(blob, dtype=np.float16).astype(np.float32)
    unit: NDArray[np.float32] = row / max(float(np.linalg.norm(row)), 1e-12)
    return unit

"""Retraction Watch's list, as Crossref publishes it: a CSV file of retractions, concerns, corrections and the like."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

from ingest.errors import UnreadableFile
from ingest.papers import Notice, Status
from ingest.readers.identifiers import normal_doi, normal_pmid

__all__ = ["RETRACTION_WATCH", "read_retractions"]

RETRACTION_WATCH = "Retraction Watch"
_NATURE, _DATE, _REASON = "RetractionNature", "RetractionDate", "Reason"
_DOI, _PMID = "OriginalPaperDOI", "OriginalPaperPubMedID"
_STATUS: dict[str, Status] = {"retraction": "retracted", "expression of concern": "concern", "correction": "corrected"}
_REINSTATED = "reinstatement"
_LONGEST_FIELD = 1 << 20
_LONGEST_REASON = 500


def read_retractions(path: Path) -> list[Notice]:
    """The notices of the list in `path`, by DOI and by PMID, without those that a later reinstatement takes back.

    Raises UnreadableFile where it is no such list.
    """
    rows = list(_rows(path))
    reinstated: dict[str, str] = {}
    for row in rows:
        if _nature(row) == _REINSTATED:
            reinstated |= {alias: max(_date(row), reinstated.get(alias, "")) for alias in _aliases(row)}
    return [
        Notice(alias, _STATUS[_nature(row)], RETRACTION_WATCH, _date(row), _reason(row))
        for row in rows
        if _nature(row) in _STATUS
        for alias in _aliases(row)
        if alias not in reinstated or reinstated[alias] < _date(row)
    ]


def _rows(path: Path) -> Iterator[Mapping[str, str]]:
    csv.field_size_limit(_LONGEST_FIELD)
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            reader = csv.DictReader(file)
            missing = {_NATURE, _DATE, _DOI, _PMID} - set(reader.fieldnames or ())
            if missing:
                raise UnreadableFile(
                    path,
                    f"is not Retraction Watch's list, for it has no column {' and none '.join(sorted(missing))}; "
                    "download retraction_watch.csv from Crossref's retraction-watch-data",
                )
            for row in reader:
                yield {name: value for name, value in row.items() if isinstance(value, str)}
    except csv.Error as error:
        raise UnreadableFile(path, f"is no CSV that can be read ({error}); download it again") from error
    except OSError as error:
        raise UnreadableFile(path, f"cannot be read: {error.strerror or error}") from error


def _nature(row: Mapping[str, str]) -> str:
    return " ".join(row.get(_NATURE, "").lower().split())


def _aliases(row: Mapping[str, str]) -> list[str]:
    """How the paper is found; the list writes "unavailable" or 0 where it does not know."""
    doi, pmid = normal_doi(row.get(_DOI, "")), normal_pmid(row.get(_PMID, ""))
    return [*([f"doi:{doi}"] if doi else []), *([f"pmid:{pmid}"] if pmid else [])]


def _date(row: Mapping[str, str]) -> str:
    """The list's "5/30/2024 0:00" as 2024-05-30; "" where there is none."""
    day = row.get(_DATE, "").partition(" ")[0]
    for form in ("%m/%d/%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(day, form).date().isoformat()
        except ValueError:
            continue
    return ""


def _reason(row: Mapping[str, str]) -> str:
    """The list's "+Duplication of Image;+Investigation by Journal;" in words."""
    parts = [part.strip(" +") for part in row.get(_REASON, "").split(";")]
    return "; ".join(part for part in parts if part)[:_LONGEST_REASON]

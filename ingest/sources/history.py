"""When a library last had everything that a query found, so that the next time only what is new is asked for."""

from __future__ import annotations

import json
import os
from datetime import date
from pathlib import Path

from ingest.errors import LibraryError
from ingest.sources.found import Query

__all__ = ["History"]


class History:
    """The queries that a library was fetched by; `fetches.json` in its folder, which may be deleted."""

    def __init__(self, library: Path) -> None:
        self._path = library / "fetches.json"

    def last(self, source: str, query: Query) -> date | None:
        """The day on which the last whole fetch of this query began; None where there was none."""
        day = self._days().get(_key(source, query))
        try:
            return date.fromisoformat(day) if day is not None else None
        except ValueError:
            return None

    def note(self, source: str, query: Query, day: date) -> None:
        """Remember that a fetch which began on `day` was whole. Only one process may do so at a time."""
        days = self._days() | {_key(source, query): day.isoformat()}
        fetches = [dict(zip(_NAMES, (*key, day), strict=True)) for key, day in sorted(days.items())]
        partial = self._path.with_suffix(f".{os.getpid()}")
        try:
            partial.write_text(json.dumps(fetches, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
            partial.replace(self._path)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise LibraryError(f"{self._path}: cannot be written ({reason}); free some space") from error
        finally:
            partial.unlink(missing_ok=True)

    def _days(self) -> dict[tuple[str, ...], str]:
        try:
            fetches = json.loads(self._path.read_text(encoding="utf-8"))
            return {tuple(str(each[name]) for name in _NAMES[:-1]): str(each[_NAMES[-1]]) for each in fetches}
        except (OSError, ValueError, TypeError, KeyError):  # damaged: everything is asked for again, nothing is lost
            return {}


_NAMES = ("source", "query", "since", "until", "fetched")


def _key(source: str, query: Query) -> tuple[str, ...]:
    text = " ".join(query.text.split())
    return source, text, *("" if day is None else day.isoformat() for day in (query.since, query.until))

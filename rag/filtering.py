"""Filters in words, and, where no paper passes them, which of them it is that none passes."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ingest.papers import Filters

if TYPE_CHECKING:
    from ingest.library import Library

__all__ = ["described", "shut_out"]

_PLAIN = Filters()
# What belongs together is one filter to whoever set it.
_UNITS: tuple[tuple[str, ...], ...] = (
    *((name,) for name in ("cancers", "drugs", "biomarkers", "events", "settings", "endpoints", "methods")),
    ("designs",),
    ("species",),
    ("since", "until"),
    ("sources",),
    ("statuses",),
    ("papers",),
)


def described(filters: Filters) -> tuple[str, ...]:
    """Each of the filters that leave something out, in words: "since 2020", "mouse", "melanoma or lung cancer"."""
    return tuple(_words(unit, filters) for unit in _set(filters))


def shut_out(library: Library, filters: Filters, read: Sequence[str] = ()) -> tuple[str, ...]:
    """Clauses on what `filters` leave of the papers: which of them, or which two, leave none; else how many.

    `read` are the phrases of the question that became filters. Nothing is said where nothing is left out.
    """
    units = _set(filters)
    if not units:
        return ()

    def passing(*kept: tuple[str, ...]) -> int:
        values: dict[str, Any] = {name: getattr(filters, name) for unit in kept for name in unit}
        return library.catalogue.admission(replace(_PLAIN, **values)).paper_count

    remedies = [f"“{phrase}” was read from the question; leave it out to ask all papers" for phrase in read]
    left = passing(*units)
    if left:
        whole = passing()
        return (f"the filters leave {left:,} of {_papers(whole)}", *remedies) if left < whole else ()
    return (*_emptied(units, filters, passing), *remedies)


def _emptied(units: Sequence[tuple[str, ...]], filters: Filters, passing: Callable[..., int]) -> list[str]:
    """The filters that leave nothing: each by itself, or in pairs, or only all of them together."""
    words = {unit: f"“{_words(unit, filters)}”" for unit in units}

    def without(*gone: tuple[str, ...]) -> str:
        count = passing(*(unit for unit in units if unit not in gone))
        return f"{_papers(count)} would pass"

    alone = [unit for unit in units if not passing(unit)]
    if alone:
        said = [f"no paper here passes the filter {words[unit]}" for unit in alone]
        if len(alone) < len(units):
            said.append(f"without {' and '.join(words[unit] for unit in alone)}, {without(*alone)}")
        return said
    pairs = [pair for pair in itertools.combinations(units, 2) if not passing(*pair)]
    if pairs:
        return [
            f"no paper here passes both {words[one]} and {words[other]}: {_papers(passing(one))} the first, "
            f"{_papers(passing(other))} the second"
            for one, other in pairs
        ]
    return [
        "no paper here passes all of the filters together",
        *(f"without {words[unit]}, {without(unit)}" for unit in units),
    ]


def _set(filters: Filters) -> list[tuple[str, ...]]:
    return [unit for unit in _UNITS if any(getattr(filters, name) != getattr(_PLAIN, name) for name in unit)]


def _words(unit: tuple[str, ...], filters: Filters) -> str:
    match unit:
        case ("since", "until"):
            return _years(filters.since, filters.until)
        case ("statuses",):
            return " or ".join(filters.statuses) or "of any status, retracted ones too"
        case ("sources",):
            return f"read from {' or '.join(filters.sources)}"
        case _:
            return " or ".join(getattr(filters, unit[0]))


def _years(since: int | None, until: int | None) -> str:
    if since is None or until is None:
        return f"until {until}" if since is None else f"since {since}"
    return f"of {since}" if since == until else f"{since} to {until}"


def _papers(count: int) -> str:
    return f"{count:,} paper{'' if count == 1 else 's'}"

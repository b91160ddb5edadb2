"""The filters that a reader has chosen: from the page's fields to `Filters`, and to chips that take them back."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any, cast, get_args

from ingest import vocabulary
from ingest.errors import BadQuestion
from ingest.papers import DesignClass, Filters, Source, Species, Status
from ingest.profile import CONCEPT_FIELDS
from rag.formats import filters as that_apply
from ui.page.markup import Markup, joined, line

__all__ = ["LABELS", "chips_html", "choices", "chosen", "chosen_as_fields", "without"]

# What a reader may choose, in the order of the page: fields of `Filters`, in their words.
LABELS: Mapping[str, str] = {
    "cancers": "Cancer",
    "drugs": "Drug or class",
    "biomarkers": "Biomarker",
    "events": "Adverse event",
    "settings": "Setting or line",
    "endpoints": "Endpoint",
    "methods": "AI method or model",
    "designs": "Study design",
    "species": "Studied in",
    "sources": "Read from",
    "statuses": "Status",
    "papers": "Paper",
    "since": "From year",
    "until": "To year",
}
_FIXED: Mapping[str, tuple[str, ...]] = {
    "designs": get_args(DesignClass),
    "species": get_args(Species),
    "sources": get_args(Source),
    "statuses": get_args(Status),
}
_YEAR = re.compile(r"1[89]\d\d|2[01]\d\d")


def choices(field: str) -> list[str]:
    """What can be chosen in `field`: all that its kind knows; none where only the reader knows (papers)."""
    if field in CONCEPT_FIELDS:
        return sorted((one.name for one in vocabulary.concepts(CONCEPT_FIELDS[field])), key=str.lower)
    return list(_FIXED.get(field, ()))


def chosen(values: Mapping[str, Any]) -> Filters:
    """The filters that the page's fields hold, by their names; synonyms become the vocabulary's own names.

    Raises ImmunoragError for a name that nothing goes by, and for years that no paper can have.
    """
    named: dict[str, Any] = {}
    for field in LABELS:
        value = values.get(field)
        if field in ("since", "until"):
            named[field] = _year(value, LABELS[field])
        elif field in CONCEPT_FIELDS:
            kind = CONCEPT_FIELDS[field]
            named[field] = tuple(dict.fromkeys(vocabulary.concept(kind, str(one)).name for one in value or ()))
        else:
            named[field] = tuple(str(one) for one in value or ())
            unknown = set(named[field]) - set(_FIXED[field]) if field in _FIXED else ()
            if unknown:
                raise BadQuestion(f"{min(unknown)} is none of {', '.join(_FIXED[field])}")
    if named["since"] and named["until"] and named["since"] > named["until"]:
        raise BadQuestion(f"{named['since']} is later than {named['until']}: no paper can match")
    if not named["statuses"]:
        named["statuses"] = Filters().statuses
    return Filters(**named)


def chosen_as_fields(filters: Filters) -> dict[str, list[str] | str]:
    """The other way round: what the page's fields hold where `filters` apply."""
    held = {field: getattr(filters, field) for field in LABELS}
    return {field: list(value) if isinstance(value, tuple) else str(value or "") for field, value in held.items()}


def without(filters: Filters, field: str, value: str) -> Filters:
    """`filters` with one value taken back: what its chip does."""
    if field not in LABELS:
        return filters
    if field == "statuses":
        return replace(filters, statuses=Filters().statuses)
    if field in ("since", "until"):
        return replace(filters, **cast(Any, {field: None}))
    kept = tuple(one for one in getattr(filters, field) if one != value)
    return replace(filters, **cast(Any, {field: kept}))


def chips_html(filters: Filters, *, removable: bool = True) -> Markup:
    """A chip for each value that leaves something out; empty where all of the library is asked."""
    applied = that_apply(filters)
    chips = [
        _chip(one.name, value, removable)
        for one in fields(Filters)
        if one.name in applied and one.name in LABELS
        for value in _values(one.name, applied[one.name])
    ]
    if not chips:
        return Markup("")
    return Markup('<div class="applied" role="group" aria-label="Filters applied">{}</div>').format(joined(chips))


def _values(field: str, value: Any) -> Sequence[str]:
    if field == "statuses":
        return [", ".join(value)]
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


def _chip(field: str, value: str, removable: bool) -> Markup:
    label = Markup('<span class="field">{}</span> {}').format(LABELS[field], line(value))
    if not removable:
        return Markup('<span class="chip filter">{}</span>').format(label)
    return Markup(
        '<button type="button" class="chip filter" data-drop="{}" data-value="{}" aria-label="Remove filter {} {}">'
        '{}<span class="cross" aria-hidden="true">×</span></button>'
    ).format(field, value, LABELS[field], line(value), label)


def _year(value: Any, label: str) -> int | None:
    text = str(value if value is not None else "").strip()
    if not text:
        return None
    if not _YEAR.fullmatch(text):
        raise BadQuestion(f"{label}: {text[:20]} is no year; write four digits, for example 2020")
    return int(text)

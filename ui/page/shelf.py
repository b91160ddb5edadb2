"""The library as a reader walks along it: its papers searched, filtered and sorted, and the page of one paper."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from ingest.papers import Notice, Paper
from ingest.rows import Record
from ingest.sources.found import Found
from ingest.study import design_class
from rag.quotable import name_shown
from ui.page.chosen import LABELS
from ui.page.markup import Markup, chip, joined, line, named, plural, sentence, status_chips
from ui.page.source import authors, level_marks, paper_head, warning, where
from ui.rendering import inert

__all__ = ["ORDERS", "PAGE", "Order", "Sought", "found_html", "paper_html", "shelf_html", "sought"]

PAGE = 40  # papers shown before more are asked for
Order = Literal["newest first", "oldest first", "by title", "by journal"]
ORDERS: tuple[Order, ...] = get_args(Order)
_KEYS: Mapping[Order, Callable[[Record], Any]] = {
    "newest first": lambda record: (-(record.year or 0), record.title.casefold()),
    "oldest first": lambda record: (record.year or 9999, record.title.casefold()),
    "by title": lambda record: record.title.casefold(),
    "by journal": lambda record: (record.journal.casefold(), -(record.year or 0)),
}


@dataclass(frozen=True, slots=True)
class Sought:
    """What a reader looks for on the shelf; what is empty leaves nothing out."""

    words: str = ""
    sources: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    designs: tuple[str, ...] = ()
    order: Order = "newest first"


def sought(records: Sequence[Record], asked: Sought) -> list[Record]:
    """The papers in whose title, authors, journal, year or identifiers every word occurs, in the order asked for."""
    words = asked.words.casefold().split()
    found = [
        record
        for record in records
        if (not asked.sources or record.source in asked.sources)
        and (not asked.statuses or record.status in asked.statuses)
        and (not asked.designs or design_class(record.design) in asked.designs)
        and all(word in _said_of(record) for word in words)
    ]
    return sorted(found, key=_KEYS[asked.order])


def shelf_html(records: Sequence[Record], total: int, shown: int = PAGE) -> str:
    """The first `shown` of the papers found, of `total` in the library, each a button that opens it."""
    if not total:
        return str(
            Markup(
                '<div class="empty"><p>The library holds no papers yet.</p><p>Drop PDF, XML, nbib or zip files into '
                "“Add papers”, or search Europe PMC there.</p></div>"
            )
        )
    if not records:
        return str(Markup('<p class="empty">No paper of the library matches. Take a word or a filter away.</p>'))
    rows = joined(map(_row, records[:shown]))
    left = len(records) - shown
    more = (
        Markup('<button type="button" class="more" data-shelf="more">Show {} more</button>').format(min(left, PAGE))
        if left > 0
        else ""
    )
    count = plural(len(records), "paper") if len(records) == total else f"{len(records):,} of {plural(total, 'paper')}"
    return str(Markup('<p class="count" role="status">{}</p><ol class="shelf">{}</ol>{}').format(count, rows, more))


def paper_html(paper: Paper, subjects: Mapping[str, Sequence[str]], notices: Sequence[Notice]) -> str:
    """One paper: what is known of it, what it is about, and its text."""
    return str(
        Markup(
            '<article class="paper" data-paper="{}"><div class="paper-acts"><button type="button" data-act="close">'
            'Close</button><button type="button" data-act="ask">Ask this paper</button><button type="button" '
            'class="grave" data-act="remove">Remove</button></div>{}{}{}{}<div class="text">{}</div></article>'
        ).format(
            paper.id, paper_head(paper), warning(paper), joined(map(_notice, notices)), _subjects(subjects),
            joined(_section(paper, index) for index in range(len(paper.sections))),
        )
    )  # fmt: skip


def found_html(found: Sequence[Found], total: int, present: Sequence[str]) -> str:
    """What a search of the literature found, before any of it is in the library; `present` are ids that are."""
    if not found:
        return str(Markup('<p class="empty">Nothing was found. Try other words, or fewer.</p>'))
    rows = joined(
        Markup(
            '<li><span class="title">{}</span><span class="facts"><span class="where">{} {}</span>{}{}</span></li>'
        ).format(
            named(one.title), one.year or "", line(one.id),
            chip("Full text" if one.full_text else "Abstract" if one.abstract else "No text"),
            chip("In the library", "here") if one.id in present else "",
        )
        for one in found
    )  # fmt: skip
    told = f"The first {len(found):,} of {total:,} papers found" if total > len(found) else plural(total, "paper")
    return str(Markup('<p class="count" role="status">{}</p><ol class="found">{}</ol>').format(told, rows))


def _row(record: Record) -> Markup:
    design = chip(name_shown(record.design)) if record.design else ""
    return Markup(
        '<li><button type="button" class="row" data-shelf="open" data-paper="{}"><span class="number">{}</span>'
        '<span class="what"><span class="title">{}</span><span class="where">{}</span></span>'
        '<span class="facts">{}{}{}</span></button></li>'
    ).format(
        record.id, record.year or "–", named(record.title), line(_by(record)), status_chips(record),
        level_marks(record.design), design,
    )  # fmt: skip


def _by(record: Record) -> str:
    return " · ".join(part for part in (authors(record), where(record)) if part)


def _said_of(record: Record) -> str:
    said = (record.title, *record.authors, record.journal, str(record.year or ""), record.id, record.doi, record.pmid)
    return " ".join((*said, record.pmcid, *record.trials, *record.trial_ids)).casefold()


def _notice(notice: Notice) -> Markup:
    told = ", ".join(part for part in (notice.date, notice.reason, notice.origin) if part)
    kind = "grave" if notice.status in {"retracted", "concern"} else "mild"
    return Markup('<p class="warning {}">{}</p>').format(kind, sentence(f"{notice.status}: {told}"))


def _subjects(subjects: Mapping[str, Sequence[str]]) -> Markup:
    rows = joined(
        Markup("<dt>{}</dt><dd>{}</dd>").format(LABELS.get(field, field), joined(chip(name) for name in names))
        for field, names in subjects.items()
    )
    return Markup('<dl class="subjects">{}</dl>').format(rows) if rows else Markup("")


def _section(paper: Paper, index: int) -> Markup:
    section = paper.sections[index]
    heading = inert(section.title or section.kind)
    return Markup("<section><h4>{}</h4><p>{}</p></section>").format(
        heading[:1].upper() + heading[1:], paper.text[section.start : section.end].strip()
    )

"""What the library is made of, as charts: bars and tables of HTML, for any theme, screen and screen reader."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ingest.study import design_class
from ui.page.markup import Markup, joined, line, plural
from ui.plots import by_span

if TYPE_CHECKING:
    from ingest.library import Library

__all__ = ["charts_html"]

_MOST_BARS, _MOST_ROWS, _MOST_COLUMNS = 10, 10, 8


def charts_html(library: Library) -> str:
    """Papers by year, design and cancer, and which biomarkers are studied with which drugs."""
    records = library.records()
    if not records:
        return str(Markup('<p class="empty">There is nothing to draw before the library holds papers.</p>'))
    catalogue = library.catalogue
    designs = Counter(design_class(record.design) or "not told" for record in records)
    return str(
        Markup('<div class="charts">{}{}{}{}</div>').format(
            _columns("Published", by_span(Counter(record.year for record in records))),
            _bars("Study designs", dict(designs.most_common())),
            _bars("Cancers", catalogue.named("cancer")),
            _heat_map("Biomarkers studied with drugs", catalogue.named_together("biomarker", "drug")),
        )
    )


def _columns(heading: str, counts: Mapping[str, int]) -> Markup:
    """Upright columns, for what has an order of its own."""
    most = max(counts.values())
    columns = joined(
        Markup(
            '<li style="--share:{}" title="{}: {}"><span class="figure">{}</span><span class="bar"></span>'
            '<span class="label">{}</span></li>'
        ).format(f"{count / most:.3f}", label, plural(count, "paper"), f"{count:,}" if count else "", label)
        for label, count in counts.items()
    )
    return _chart(heading, "years", Markup('<ol class="columns">{}</ol>').format(columns))


def _bars(heading: str, counts: Mapping[str, int]) -> Markup:
    """Bars lying down, the longest first; what does not fit is counted."""
    if not counts:
        return Markup("")
    shown = dict(list(counts.items())[:_MOST_BARS])
    most = max(shown.values())
    bars = joined(
        Markup(
            '<li style="--share:{}"><span class="label">{}</span><span class="bar"></span>'
            '<span class="figure">{}</span></li>'
        ).format(f"{count / most:.3f}", line(label), f"{count:,}")
        for label, count in shown.items()
    )
    more = len(counts) - len(shown)
    rest = Markup('<p class="rest">and {} more</p>').format(f"{more:,}") if more else ""
    return _chart(heading, "", Markup('<ol class="bars">{}</ol>{}').format(bars, rest))


def _heat_map(heading: str, together: Mapping[tuple[str, str], int]) -> Markup:
    """A table whose cells are the darker, the more papers are about both."""
    if not together:
        return Markup("")
    rows, columns = (
        [name for name, _ in _totals(together, place).most_common(most)]
        for place, most in ((0, _MOST_ROWS), (1, _MOST_COLUMNS))
    )
    darkest = max(together.values())
    head = joined(Markup('<th scope="col"><span>{}</span></th>').format(line(name)) for name in columns)
    body = joined(
        Markup('<tr><th scope="row">{}</th>{}</tr>').format(
            line(row), joined(_cell(together.get((row, column), 0), darkest) for column in columns)
        )
        for row in rows
    )
    table = Markup(
        '<div class="scroll" tabindex="0" role="region" aria-label="{}"><table class="heat"><thead><tr><td></td>{}</tr>'
        "</thead><tbody>{}</tbody></table></div>"
    ).format(heading, head, body)
    return _chart(heading, "wide", table)


def _cell(count: int, darkest: int) -> Markup:
    if not count:
        return Markup('<td class="none"><span class="unseen">0</span></td>')
    return Markup('<td class="some" style="--heat:{}">{}</td>').format(f"{count / darkest:.3f}", f"{count:,}")


def _totals(together: Mapping[tuple[str, str], int], place: int) -> Counter[str]:
    totals: Counter[str] = Counter()
    for names, count in together.items():
        totals[names[place]] += count
    return totals


def _chart(heading: str, kind: str, body: Markup) -> Markup:
    return Markup('<section class="chart {}"><h3>{}</h3>{}</section>').format(kind, heading, body)

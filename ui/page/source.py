"""A source beside the answer: which paper, of what strength, and the passage with the quote in its place."""

from __future__ import annotations

import json
from collections.abc import Sequence

from ingest.papers import DesignClass, Paper
from ingest.rows import Record
from ingest.study import design_class
from rag.answer import Citation, Claim
from rag.checks import is_a_whole_sentence
from rag.formats import lead
from rag.quotable import name_shown
from ui.page.markup import Markup, chip, joined, line, links, named, passage_shown, plural, status_chips
from ui.rendering import study_facts

__all__ = [
    "authors", "level", "level_marks", "paper_head", "passed", "short_reference", "source_html", "study_chips",
    "warning", "where",
]  # fmt: skip

# Levels of evidence for "does this intervention help?", 1 the strongest.
# Source: Oxford Centre for Evidence-Based Medicine, 2011 Levels of Evidence. Guidelines, reviews, editorials, protocols
# and computational work have no level there.
_LEVELS: dict[DesignClass, int] = {
    "meta-analysis": 1,
    "systematic review": 1,
    "randomised trial": 2,
    "trial": 3,
    "cohort": 3,
    "case report": 4,
    "preclinical": 5,
}
_WEAKEST = 5
_NAMED_AUTHORS = 3
_WHOLE = ("Cites a passage of this library", "The quote stands there word for word", "The sentence is the paper’s own")
_CHECKED = (
    "Cites a passage of this library",
    "The quote stands there word for word",
    "Every number stands in what is cited",
    "Figures keep their arms of the study",
    "Direction and negation agree",
    "Drugs, markers, cancers and trials are those cited",
    "The passage supports the sentence",
)


def source_html(citations: Sequence[Citation], name: str, claim: Claim | None = None) -> Markup:
    """One source, with every quote in `citations`, for the panel beside the answer; `name` is the element's id.

    `claim` is the sentence that rests on it, None where a table does.
    """
    number, paper = citations[0].number, citations[0].passage.paper
    return Markup(
        '<section class="source" id="{}" hidden aria-label="Source {}">'
        '<p class="source-number">Source {}</p>{}{}<div class="evidence">{}</div>{}</section>'
    ).format(
        name, number, number, paper_head(paper), warning(paper), joined(_passages(citations)),
        _checked(claim) if claim is not None else "",
    )  # fmt: skip


def _checked(claim: Claim) -> Markup:
    return Markup(
        '<div class="checked"><h4>The answer says</h4><p class="said">{}{}</p>'
        '<h4>Checks it passed</h4><ul class="checks">{}</ul></div>'
    ).format(lead(claim), line(claim.text), joined(Markup("<li>{}</li>").format(check) for check in passed(claim)))


def passed(claim: Claim) -> tuple[str, ...]:
    """The checks behind a claim that passed; a paper's own whole sentence has nothing else to be true to."""
    return _WHOLE if is_a_whole_sentence(claim) else _CHECKED


def paper_head(paper: Paper | Record) -> Markup:
    """Title, authors, journal and year, kind of study, links."""
    return Markup('<h3 class="title">{}</h3>{}<p class="by">{}</p><p class="where">{}</p>{}{}').format(
        named(paper.title), _chips_row(status_chips(paper)), line(authors(paper)), line(where(paper)),
        _chips_row(study_chips(paper)), links(paper),
    )  # fmt: skip


def warning(paper: Paper | Record) -> Markup:
    """What to know before this paper is relied on; empty where there is nothing."""
    words = {
        "retracted": "This paper has been retracted. Do not rely on what it reports.",
        "concern": "The journal has expressed concern about this paper.",
    }.get(paper.status, "")
    if not words and paper.source == "digest":
        words = "These are immunorag’s own words on the paper, not the paper’s. Follow the link to read it."
    kind = "grave" if paper.status in {"retracted", "concern"} else "mild"
    return Markup('<p class="warning {}">{}</p>').format(kind, words) if words else Markup("")


def authors(paper: Paper | Record) -> str:
    """The first authors, and how many more there are."""
    first = ", ".join(map(name_shown, paper.authors[:_NAMED_AUTHORS]))
    more = len(paper.authors) - _NAMED_AUTHORS
    return f"{first} and {more:,} more" if more > 0 else first


def where(paper: Paper | Record) -> str:
    """Journal and year."""
    return ", ".join(part for part in (name_shown(paper.journal), str(paper.year or "")) if part)


def short_reference(paper: Paper | Record) -> str:
    """`Rizvi 2015`: the first author's family name and the year; the title where there is no author."""
    first = name_shown(paper.authors[0] if paper.authors else paper.title)
    family = first.split(",")[0] if "," in first else first.split()[-1] if paper.authors and first.split() else first
    return f"{family} {paper.year}" if paper.year else family


def level(design: str) -> int | None:
    """The level of evidence of a study design, 1 the strongest to 5; None where it has none."""
    kind = design_class(design)
    return _LEVELS.get(kind) if kind is not None else None


def level_marks(design: str) -> Markup:
    """The level of evidence as bars, the more the stronger; empty where a design has none."""
    found = level(design)
    if found is None:
        return Markup("")
    bars = joined(
        Markup('<i class="{}"></i>').format("on" if bar <= _WEAKEST + 1 - found else "")
        for bar in range(1, _WEAKEST + 1)
    )
    label = f"Level of evidence {found} of 5, 1 being the strongest (Oxford CEBM 2011)"
    return Markup('<span class="level" role="img" aria-label="{}" title="{}">{}</span>').format(label, label, bars)


def study_chips(paper: Paper | Record) -> Markup:
    """How strong the evidence is, and whom or what was studied."""
    facts = study_facts(paper)
    return joined([level_marks(paper.design), *(chip(fact) for fact in facts.split(" · ") if fact)])


def _chips_row(chips: Markup) -> Markup:
    return Markup('<p class="chips">{}</p>').format(chips) if chips else Markup("")


def _passages(citations: Sequence[Citation]) -> list[Markup]:
    """Each passage once, with every quote of it highlighted."""
    by_chunk: dict[str, list[Citation]] = {}
    for citation in citations:
        by_chunk.setdefault(citation.passage.chunk.id, []).append(citation)
    return [_passage(same) for same in by_chunk.values()]


def _passage(citations: Sequence[Citation]) -> Markup:
    passage = citations[0].passage
    spans = sorted({(one.start - passage.chunk.start, one.end - passage.chunk.start) for one in citations})
    place = name_shown(citations[0].section)
    page = f", page {citations[0].page}" if citations[0].page is not None else ""
    quotes = plural(len(spans), "quote")
    return Markup("<figure><figcaption>{}{}<span>{}</span></figcaption><blockquote>{}</blockquote>{}</figure>").format(
        line(place[:1].upper() + place[1:]), page, quotes, passage_shown(passage.text, spans), _as_printed(citations)
    )


def _as_printed(citations: Sequence[Citation]) -> Markup:
    """A button for the page of the PDF on which the first quote stands; page.js asks for it when it is clicked."""
    page, paper = citations[0].page, citations[0].passage.paper
    if page is None or paper.source != "pdf":
        return Markup("")
    spans = sorted({(one.start, one.end) for one in citations if one.page == page})
    return Markup(
        '<button type="button" class="leaf" data-leaf="{}" data-paper="{}" data-spans="{}">{}</button>'
    ).format(page, paper.id, json.dumps(spans), f"Page {page} as printed")

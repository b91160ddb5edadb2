"""An answer as HTML: sentences with marks that open their sources, and everything else a reader should weigh."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ingest.papers import Paper
from rag.answer import AdverseEvent, Answer, Citation, Claim, Disagreement, Side
from rag.drafting import EXTRACTIVE
from rag.formats import ABSTAINED, lead, same_trial_as, sources, withdrawn
from rag.quotable import name_shown
from ui.page.markup import Markup, chip, joined, line, links, named, plural, sentence, status_chips
from ui.page.source import level_marks, short_reference, source_html, where

__all__ = ["answer_html", "claims_html", "wrote"]

_NEAREST = 5
_TAKE = (("markdown", "Markdown"), ("json", "JSON"), ("bibtex", "BibTeX"), ("ris", "RIS"), ("audit", "Audit file"))


def answer_html(answer: Answer, turn: int = 0) -> str:
    """The whole of `answer`; `turn` numbers it within a conversation, so that its sources have names of their own.

    Nothing in it is anybody's markup but ours.
    """
    body = _abstained(answer) if answer.abstained else claims_html(answer.claims, turn, answer.model)
    return str(
        joined(
            [
                _understood(answer),
                body,
                _remarks(answer),
                _sources(answer, turn),
                joined(_disagreement(one, turn) for one in answer.disagreements),
                _adverse_events(answer.adverse_events, turn),
                _beside_the_claims(answer, turn),
                _list("Limits of this answer", "limits", map(sentence, answer.limits)),
                _withheld(answer.withheld),
                _left_out(answer.left_out),
                _foot(answer),
            ]
        )
    )


def claims_html(claims: Sequence[Claim], turn: int, model: str = EXTRACTIVE) -> Markup:
    """The sentences with their marks, and behind them, hidden, the sources that the marks open.

    An LLM's prose is one paragraph; sentences of different papers stand apart.
    """
    sentences, panels = [], []
    for index, claim in enumerate(claims):
        numbers = list(dict.fromkeys(citation.number for citation in claim.citations))
        marks = []
        for number in numbers:
            name = f"source-{turn}-{index}-{number}"
            paper = next(one.passage.paper for one in claim.citations if one.number == number)
            marks.append(_mark(number, name, paper))
            panels.append(source_html([one for one in claim.citations if one.number == number], name, claim))
        sentences.append(
            Markup('<p class="claim">{}{}<span class="marks">{}</span></p>').format(
                _lead(claim), line(claim.text), joined(marks)
            )
        )
    return Markup('<div class="sentences {}">{}</div><div class="panels" hidden>{}</div>').format(
        "" if model == EXTRACTIVE else "flowing", joined(sentences, " "), joined(panels)
    )


def _lead(claim: Claim) -> Markup:
    """That something was seen in mice or cells, where it was."""
    return Markup('<span class="lead">{}</span> ').format(lead(claim).strip()) if lead(claim) else Markup("")


def wrote(model: str) -> str:
    """What writes the answers, in words."""
    return "Evidence sentences, no LLM" if model == EXTRACTIVE else f"Written by {model}, every sentence checked"


def _mark(number: int, name: str, paper: Paper) -> Markup:
    grave = " grave" if paper.status in {"retracted", "concern"} else ""
    label = f"Source {number}: {short_reference(paper)}" + (f", {paper.status}" if grave else "")
    return Markup(
        '<button type="button" class="mark{}" data-opens="{}" aria-expanded="false" aria-label="{}" title="{}">'
        "{}</button>"
    ).format(grave, name, line(label), line(label), number)


def _understood(answer: Answer) -> Markup:
    if not answer.understood or answer.understood == answer.question:
        return Markup("")
    return Markup('<p class="understood">Understood as: <q>{}</q></p>').format(line(answer.understood))


def _abstained(answer: Answer) -> Markup:
    nearest = list({passage.paper.id: passage.paper for passage in answer.passages}.values())[:_NEAREST]
    lacks = joined(Markup("<p>{}</p>").format(sentence(lack)) for lack in answer.missing)
    head = Markup('<div class="abstained"><p class="verdict">{}</p>{}</div>').format(ABSTAINED, lacks)
    items = (_reference(paper) for paper in nearest)
    return head + _list("Nearest in the library", "nearest", items)


def _remarks(answer: Answer) -> Markup:
    return joined(Markup('<p class="remark">{}</p>').format(sentence(remark)) for remark in answer.remarks)


def _sources(answer: Answer, turn: int) -> Markup:
    rows = []
    together = same_trial_as(answer)
    for number, citations in sources(answer).items():
        paper = citations[0].passage.paper
        rows.append(
            Markup(
                '<li><button type="button" class="row" data-opens="{}" aria-expanded="false">'
                '<span class="number">{}</span><span class="what"><span class="title">{}</span>'
                '<span class="where">{}</span></span><span class="facts">{}{}{}{}</span></button></li>'
            ).format(
                _opened(answer, number, turn),
                number,
                named(paper.title),
                line(where(paper)),
                status_chips(paper),
                level_marks(paper.design),
                chip(_kind(paper)) if _kind(paper) else "",
                chip(f"The same trial as {together[number]}") if number in together else "",
            )
        )
    if not rows:
        return Markup("")
    return Markup('<section class="sources"><h3>{}</h3><ol>{}</ol></section>').format(
        "Sources" if len(rows) > 1 else "Source", joined(rows)
    )


def _opened(answer: Answer, number: int, turn: int) -> str:
    """What a source's row opens: the source of the first claim that cites it, else that of the tables."""
    citing = (i for i, claim in enumerate(answer.claims) if any(one.number == number for one in claim.citations))
    index = next(citing, None)
    return _more(number, turn) if index is None else f"source-{turn}-{index}-{number}"


def _more(number: int, turn: int) -> str:
    return f"source-{turn}-more-{number}"


def _beside_the_claims(answer: Answer, turn: int) -> Markup:
    """The sources of what is set side by side or in a table, hidden, for the marks there to open."""
    found: dict[int, dict[tuple[int, int], Citation]] = {}
    for citation in (
        *(side.citation for apart in answer.disagreements for side in apart.sides),
        *(event.citation for event in answer.adverse_events),
    ):
        found.setdefault(citation.number, {}).setdefault((citation.start, citation.end), citation)
    panels = [source_html(list(quotes.values()), _more(number, turn)) for number, quotes in found.items()]
    return Markup('<div class="panels" hidden>{}</div>').format(joined(panels)) if panels else Markup("")


def _kind(paper: Paper) -> str:
    size = f"n = {paper.sample_size:,}" if paper.sample_size is not None else ""
    return ", ".join(filter(None, (name_shown(paper.design), size)))


def _disagreement(found: Disagreement, turn: int) -> Markup:
    """Findings that point in different directions, side by side."""
    differ = _list("What else differs", "differences", map(sentence, found.differences))
    return Markup(
        '<section class="disagreement"><h3>Studies disagree: {}, {}</h3><div class="sides">{}</div>{}</section>'
    ).format(line(found.subject), line(found.endpoint), joined(_side(side, turn) for side in found.sides), differ)


def _side(side: Side, turn: int) -> Markup:
    paper = side.citation.passage.paper
    return Markup(
        '<figure class="side"><p class="finding">{}</p><blockquote>{}</blockquote>'
        "<figcaption>{}{}{}</figcaption></figure>"
    ).format(
        line(side.finding), side.citation.quote, _cited_as(side.citation, turn), level_marks(paper.design),
        status_chips(paper),
    )  # fmt: skip


def _cited_as(citation: Citation, turn: int) -> Markup:
    paper = citation.passage.paper
    return Markup('<span class="cited">{}{}</span>').format(
        line(short_reference(paper)), _mark(citation.number, _more(citation.number, turn), paper)
    )


def _adverse_events(events: Sequence[AdverseEvent], turn: int) -> Markup:
    if not events:
        return Markup("")
    rows = joined(
        Markup(
            '<tr><th scope="row">{}</th><td>{}</td><td>{}</td><td>{}</td><td class="figure">{}</td>'
            '<td class="figure">{}</td><td>{}</td></tr>'
        ).format(
            line(event.event), line(event.grade), line(event.cause), line(event.arm), _share(event),
            "" if event.percent is None else f"{event.percent:g} %", _cited_as(event.citation, turn),
        )
        for event in events
    )  # fmt: skip
    heads = joined(
        Markup('<th scope="col">{}</th>').format(head)
        for head in ("Event", "Grade", "Cause", "Arm", "Affected", "Share", "Source")
    )
    return Markup(
        '<section class="events"><h3>Adverse events</h3><div class="scroll" tabindex="0" role="region" '
        'aria-label="Adverse events"><table><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div></section>'
    ).format(heads, rows)


def _share(event: AdverseEvent) -> str:
    if event.affected is None:
        return ""
    return f"{event.affected:,}" if event.treated is None else f"{event.affected:,} of {event.treated:,}"


def _withheld(papers: Sequence[Paper]) -> Markup:
    """Papers that would have answered, were they not retracted."""
    return _list("Withheld: retracted papers that would have answered", "withheld", map(_withdrawn, papers))


def _withdrawn(paper: Paper) -> Markup:
    return Markup('{}<span class="why">{}</span>').format(_reference(paper), line(withdrawn(paper)))


def _left_out(claims: Sequence[Claim]) -> Markup:
    if not claims:
        return Markup("")
    items = joined(
        Markup('<li><span class="said">{}</span><span class="why">{}</span></li>').format(
            line(claim.text), sentence("; ".join(claim.verdict.reasons) or "did not pass")
        )
        for claim in claims
    )
    return Markup(
        '<details class="left-out"><summary>{} left out, for the checks failed</summary><ul>{}</ul></details>'
    ).format(plural(len(claims), "sentence"), items)


def _reference(paper: Paper) -> Markup:
    return Markup('<span class="title">{}</span><span class="where">{}</span>{}{}').format(
        named(paper.title), line(where(paper)), status_chips(paper), links(paper)
    )


def _list(heading: str, kind: str, items: Iterable[Markup]) -> Markup:
    rows = joined(Markup("<li>{}</li>").format(item) for item in items)
    if not rows:
        return Markup("")
    return Markup('<section class="{}"><h3>{}</h3><ul>{}</ul></section>').format(kind, heading, rows)


def _foot(answer: Answer) -> Markup:
    read, papers = len(answer.passages), len({passage.paper.id for passage in answer.passages})
    seconds = answer.timings.get("total")
    took = f" in {seconds:.1f} s" if seconds is not None else ""
    told = f"{wrote(answer.model)} · {plural(read, 'passage')} of {plural(papers, 'paper')} read{took}"
    buttons = joined(
        Markup('<button type="button" data-take="{}">{}</button>').format(form, label) for form, label in _TAKE
    )
    return Markup(
        '<footer class="foot"><p class="badge">{}</p><div class="take" role="group" aria-label="Take the answer away">'
        '<button type="button" data-take="copy">Copy</button>{}</div></footer>'
    ).format(line(told), buttons)

"""An answer as Markdown, as JSON, and its sources for a reference manager."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from ingest import bibliography
from ingest.papers import Filters, Paper, Status
from rag.answer import Answer, Citation, Claim, Disagreement, Passage, Side
from rag.filtering import described
from rag.preclinical import studied_in
from rag.strength import source_ids

__all__ = [
    "ABSTAINED", "SCHEMA_VERSION", "WARNINGS", "cited", "filters", "lead", "marks", "place", "reference",
    "same_trial_as", "sources", "study", "taken_as", "to_bibtex", "to_json", "to_markdown", "to_ris", "withdrawn",
]  # fmt: skip

SCHEMA_VERSION = 1
WARNINGS: dict[Status, str] = {
    "retracted": "RETRACTED",
    "concern": "EXPRESSION OF CONCERN",
    "corrected": "CORRECTED",
}
ABSTAINED = "The library does not hold an answer to this question."


def title(paper: Paper) -> str:
    """The paper's title; a digest is never passed off as the paper."""
    return f"immunorag digest of “{paper.title}”" if paper.source == "digest" else paper.title


def reference(paper: Paper) -> str:
    """One line that lets a reader find the paper: authors, title, journal, year, DOI or PMID."""
    authors = paper.authors[0] + (" et al." if len(paper.authors) > 1 else "") if paper.authors else ""
    where = " ".join(part for part in (paper.journal, str(paper.year or "")) if part)
    number = f"doi:{paper.doi}" if paper.doi else f"PMID {paper.pmid}" if paper.pmid else ""
    return ". ".join(part.rstrip(".") for part in (authors, title(paper), where, number) if part)


def to_markdown(answer: Answer) -> str:
    """The answer with `[n]` marks, its sources with every quote, and, where it abstained, the nearest papers."""
    asked = [line for said in taken_as(answer) for line in (f"*{said}*", "")]
    return "\n".join([*asked, _answered(answer)])


def _answered(answer: Answer) -> str:
    if answer.abstained:
        nearest = dict.fromkeys(reference(passage.paper) for passage in answer.passages)
        lines = [ABSTAINED, *(f"{lack[0].upper()}{lack[1:]}." for lack in answer.missing)]
        lines += ["", "Nearest in the library:", "", *(f"- {line}" for line in nearest)] if nearest else []
        lines += [line for paper in answer.withheld for line in ("", withdrawn(paper))]
        return "\n".join(lines)
    lines = [_body(answer), ""]
    lines += [line for remark in answer.remarks for line in (f"*{remark[0].upper()}{remark[1:]}.*", "")]
    lines += [line for apart in answer.disagreements for line in _side_by_side(apart)]
    lines += ["## Sources"]
    together = same_trial_as(answer)
    for number, citations in sources(answer).items():
        beside = f" (the same trial as [{together[number]}])" if number in together else ""
        paper = citations[0].passage.paper
        warning = f"**{WARNINGS[paper.status]}** " if paper.status in WARNINGS else ""
        lines += ["", f"[{number}] {warning}{reference(paper)}{beside}", ""]
        lines += [f"> {' '.join(citation.quote.split())} ({place(citation)})" for citation in citations]
    lines += [line for paper in answer.withheld for line in ("", withdrawn(paper))]
    lines += ["", "## Limits", "", " ".join(answer.limits)] if answer.limits else []
    return "\n".join(lines)


def _side_by_side(apart: Disagreement) -> list[str]:
    rows = [f"- {side.finding}: [{side.citation.number}] {study(side.citation.passage.paper)}" for side in apart.sides]
    differs = ["", f"What else differs: {'; '.join(apart.differences)}."] if apart.differences else []
    return [f"## Studies disagree: {apart.subject}, {apart.endpoint}", "", *rows, *differs, ""]


def to_json(answer: Answer) -> dict[str, Any]:
    """The answer as plain data, `schema_version` 1; later versions add keys and never rename any.

    Offsets count Unicode code points of the paper's text; `number` is the `[n]` of `answer`.
    """
    return {
        "schema_version": SCHEMA_VERSION,
        "question": answer.question,
        "understood": answer.understood or answer.question,
        "abstained": answer.abstained,
        "answer": ABSTAINED if answer.abstained else _body(answer),
        "claims": [_claim(claim) for claim in answer.claims],
        "left_out": [{"text": claim.text, "reasons": list(claim.verdict.reasons)} for claim in answer.left_out],
        "passages": [_passage(passage) for passage in answer.passages],
        "model": answer.model,
        "parts": list(answer.parts),
        "confidence": answer.confidence,
        "remarks": list(answer.remarks),
        "missing": list(answer.missing),
        "disagreements": [_disagreement(one) for one in answer.disagreements],
        "studies": _studies(answer),
        "limits": list(answer.limits),
        "withheld": [_withheld(paper) for paper in answer.withheld],
        "filters": filters(answer.filters),
        "tokens": None if answer.tokens is None else {"prompt": answer.tokens[0], "reply": answer.tokens[1]},
        "timings": dict(answer.timings),
    }


def to_bibtex(answer: Answer) -> str:
    """The papers that the answer cites, in BibTeX."""
    return "".join(bibliography.to_bibtex(cited(answer)))


def to_ris(answer: Answer) -> str:
    """The papers that the answer cites, in RIS."""
    return "".join(bibliography.to_ris(cited(answer)))


def taken_as(answer: Answer) -> list[str]:
    """What a reader has to know of what was asked: the question as it was understood, and the filters, if any."""
    only = "; ".join(described(answer.filters))
    understood = f"Understood as: {answer.understood}" if answer.understood else ""
    return [line for line in (understood, f"Only papers: {only}" if only else "") if line]


def cited(answer: Answer) -> list[Paper]:
    """The papers that the answer cites, by their numbers."""
    return [citations[0].passage.paper for citations in sources(answer).values()]


def filters(chosen: Filters) -> dict[str, Any]:
    """The filters that leave something out, by the names of the fields of `Filters`."""
    plain = Filters()
    named = {one.name: getattr(chosen, one.name) for one in fields(Filters)}
    asked = {name: value for name, value in named.items() if value != getattr(plain, name)}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in asked.items()}


def _body(answer: Answer) -> str:
    return " ".join(f"{lead(claim)}{claim.text} {marks(claim)}" for claim in answer.claims)


def lead(claim: Claim) -> str:
    """What stands before a claim whose findings are not from people: "In mice: "."""
    where = studied_in(claim)
    return f"In {where}: " if where else ""


def marks(claim: Claim) -> str:
    """The claim's citation marks: `[1][3]`."""
    return "".join(f"[{number}]" for number in dict.fromkeys(citation.number for citation in claim.citations))


def sources(answer: Answer) -> dict[int, list[Citation]]:
    """The citations of each source, in the order of their numbers, no quote twice."""
    found: dict[int, dict[tuple[int, int], Citation]] = {}
    quoted = [citation for claim in answer.claims for citation in claim.citations]
    quoted += [side.citation for apart in answer.disagreements for side in apart.sides]
    for citation in quoted:
        found.setdefault(citation.number, {}).setdefault((citation.start, citation.end), citation)
    return {number: list(quotes.values()) for number, quotes in sorted(found.items())}


def same_trial_as(answer: Answer) -> dict[int, int]:
    """The number of each source that reports the trial of an earlier one -> that one's number."""
    papers = {number: citations[0].passage.paper for number, citations in sources(answer).items()}
    ids = source_ids(papers.values())
    first: dict[str, int] = {}
    for number, paper in papers.items():
        first.setdefault(ids[paper.id], number)
    return {number: first[ids[paper.id]] for number, paper in papers.items() if first[ids[paper.id]] != number}


def study(paper: Paper) -> str:
    """A study in a few words, as it is set beside another: "KEYNOTE-564, phase 3 randomised trial, n = 994, 2021"."""
    name = paper.trials[0] if len(paper.trials) == 1 else f"{paper.authors[0]} et al." if paper.authors else paper.title
    size = "" if paper.sample_size is None else f"n = {paper.sample_size:,}"
    return ", ".join(part for part in (name, paper.design, size, str(paper.year or "")) if part)


def withdrawn(paper: Paper) -> str:
    """That a paper would have answered and is retracted, with the notice on it where one is known."""
    notices = [notice for notice in paper.notices if notice.status == "retracted"][:1]
    told = [", ".join(part for part in (notice.origin, notice.date, notice.reason) if part) for notice in notices]
    return f"Not used, because it is retracted: {reference(paper)}{f' (notice: {told[0]})' if told else ''}."


def place(citation: Citation) -> str:
    return citation.section if citation.page is None else f"{citation.section}, page {citation.page}"


def _claim(claim: Claim) -> dict[str, Any]:
    citations = [_citation(citation) for citation in claim.citations]
    return {"text": claim.text, "studied_in": studied_in(claim), "citations": citations}


def _disagreement(apart: Disagreement) -> dict[str, Any]:
    def told(side: Side) -> dict[str, Any]:
        return {"finding": side.finding, "citation": _citation(side.citation)}

    return {
        "subject": apart.subject,
        "endpoint": apart.endpoint,
        "sides": [told(side) for side in apart.sides],
        "differences": list(apart.differences),
    }


def _studies(answer: Answer) -> list[dict[str, Any]]:
    together = same_trial_as(answer)
    found: dict[int, list[Paper]] = {}
    for number, citations in sources(answer).items():
        found.setdefault(together.get(number, number), []).append(citations[0].passage.paper)
    numbers = {first: [first, *(n for n, other in together.items() if other == first)] for first in found}
    return [
        {
            "trials": list(dict.fromkeys(name for one in papers for name in (*one.trials, *one.trial_ids))),
            "numbers": numbers[first],
        }
        for first, papers in found.items()
    ]


def _withheld(paper: Paper) -> dict[str, Any]:
    notices = [
        {"status": one.status, "origin": one.origin, "date": one.date, "reason": one.reason} for one in paper.notices
    ]
    return {"paper_id": paper.id, "title": title(paper), "year": paper.year, "status": paper.status, "notices": notices}


def _citation(citation: Citation) -> dict[str, Any]:
    paper = citation.passage.paper
    return {
        "number": citation.number,
        "paper_id": paper.id,
        "title": title(paper),
        "year": paper.year,
        "source": paper.source,
        "status": paper.status,
        "design": paper.design,
        "species": list(paper.species),
        "prospective": paper.prospective,
        "sample_size": paper.sample_size,
        "trials": [*paper.trials, *paper.trial_ids],
        "doi": paper.doi,
        "pmid": paper.pmid,
        "section": citation.section,
        "page": citation.page,
        "quote": citation.quote,
        "start": citation.start,
        "end": citation.end,
    }


def _passage(passage: Passage) -> dict[str, Any]:
    chunk = passage.chunk
    return {
        "paper_id": passage.paper.id,
        "section": chunk.section.title or chunk.section.kind,
        "page": chunk.page,
        "start": chunk.start,
        "end": chunk.end,
        "text": passage.text,
        "score": passage.score,
    }

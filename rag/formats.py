"""An answer as Markdown, as JSON, and its sources for a reference manager."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from ingest import bibliography
from ingest.papers import Filters, Paper
from rag.answer import Answer, Citation, Claim, Passage
from rag.filtering import described

__all__ = [
    "ABSTAINED", "SCHEMA_VERSION", "cited", "filters", "marks", "place", "reference", "sources", "taken_as",
    "to_bibtex", "to_json", "to_markdown", "to_ris",
]  # fmt: skip

SCHEMA_VERSION = 1
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
        return "\n".join(lines)
    lines = [_body(answer), ""]
    lines += [line for remark in answer.remarks for line in (f"*{remark[0].upper()}{remark[1:]}.*", "")]
    lines += ["## Sources"]
    for number, citations in sources(answer).items():
        lines += ["", f"[{number}] {reference(citations[0].passage.paper)}", ""]
        lines += [f"> {' '.join(citation.quote.split())} ({place(citation)})" for citation in citations]
    return "\n".join(lines)


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
    return " ".join(f"{claim.text} {marks(claim)}" for claim in answer.claims)


def marks(claim: Claim) -> str:
    """The claim's citation marks: `[1][3]`."""
    return "".join(f"[{number}]" for number in dict.fromkeys(citation.number for citation in claim.citations))


def sources(answer: Answer) -> dict[int, list[Citation]]:
    """The citations of each source, in the order of their numbers, no quote twice."""
    found: dict[int, dict[tuple[int, int], Citation]] = {}
    for claim in answer.claims:
        for citation in claim.citations:
            found.setdefault(citation.number, {}).setdefault((citation.start, citation.end), citation)
    return {number: list(quotes.values()) for number, quotes in sorted(found.items())}


def place(citation: Citation) -> str:
    return citation.section if citation.page is None else f"{citation.section}, page {citation.page}"


def _claim(claim: Claim) -> dict[str, Any]:
    return {"text": claim.text, "citations": [_citation(citation) for citation in claim.citations]}


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

"""An answer as Markdown and as JSON."""

from __future__ import annotations

from typing import Any

from ingest.papers import Paper
from rag.answer import Answer, Citation, Claim, Passage

__all__ = ["ABSTAINED", "SCHEMA_VERSION", "marks", "place", "reference", "sources", "to_json", "to_markdown"]

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
    if answer.abstained:
        nearest = dict.fromkeys(reference(passage.paper) for passage in answer.passages)
        lines = [ABSTAINED, "", "Nearest in the library:", "", *(f"- {line}" for line in nearest)]
        return "\n".join(lines if nearest else [ABSTAINED])
    lines = [_body(answer), "", "## Sources"]
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
        "abstained": answer.abstained,
        "answer": ABSTAINED if answer.abstained else _body(answer),
        "claims": [_claim(claim) for claim in answer.claims],
        "left_out": [{"text": claim.text, "reasons": list(claim.verdict.reasons)} for claim in answer.left_out],
        "passages": [_passage(passage) for passage in answer.passages],
        "model": answer.model,
        "timings": dict(answer.timings),
    }


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

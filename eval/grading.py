"""A question and a reply become a result. Nothing here knows how the reply was made, or what `rag.checks` said of it.

A shown sentence is unsupported where it cites nothing, where one of its quotes does not stand, word for word, in the
paper that it cites, or where fewer than half of its content words stand in its quotes and their papers' titles. A
number is wrong where it stands neither in the quotes nor in the paragraphs that they are taken from.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache

from eval.facts import decided, says
from eval.measures import (
    citation_precision,
    citation_recall,
    document_recall,
    evidence_rank,
    holds,
    items_named,
    ndcg,
    recall,
    reciprocal_rank,
)
from eval.numerals import foreign
from eval.results import Asked, Cited, Reply, Result, Sentence

__all__ = ["CUTS", "Texts", "graded", "quoted_from"]

Texts = Mapping[str, tuple[str, str]]
"""Title and text of each paper, by its id."""

CUTS = (1, 3, 5, 10)
_LEAST_SHARED = 0.5
_STEM = 5  # letters by which content words are compared: "progress" in "progression"
_CONTENT = re.compile(r"[^\W\d_]{4,}")
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"))


def graded(asked: Asked, reply: Reply, texts: Texts) -> Result:
    """The result of `reply` to `asked`; `texts` has the papers as the system could read them."""
    numbers, unsupported, problems = 0, 0, []
    for sentence in reply.sentences:
        lacks, wrong = _lacking(sentence, texts), _wrong(sentence, texts)
        unsupported += bool(lacks)
        numbers += len(wrong)
        problems.append((*lacks, *(f"{number} does not stand in what it cites" for number in wrong)))
    told = tuple(says(reply.text, fact) for fact in asked.facts)
    values = {
        **_found(asked, reply),
        **_answered(asked, reply),
        **_said(asked, reply, told),
        **_cited(asked, reply),
        "unsupported_sentences": float(unsupported),
        "wrong_numbers": float(numbers),
        **_spent(reply),
    }
    if asked.forbidden:
        shown = reply.text.casefold()
        values["forbidden_shown"] = float(sum(text.casefold() in shown for text in asked.forbidden))
    return Result(asked, reply, values, tuple(problems) if any(problems) else (), told)


def quoted_from(citation: Cited, texts: Texts) -> str | None:
    """The paragraph that holds the quote, its title before it; None where the paper does not hold it, word for word.

    White space, and which dash it is, make no difference; letters, digits and signs do.
    """
    if citation.paper not in texts:
        return None
    title, text = texts[citation.paper]
    for part in (title, text):
        squeezed, places = _squeezed(part)
        start = squeezed.find(wanted := _squeezed(citation.quote)[0])
        if wanted and start >= 0:
            first, last = places[start], places[start + len(wanted) - 1]
            begins, ends = part.rfind("\n\n", 0, first), part.find("\n\n", last)
            return f"{title}\n{part[max(begins, 0) : ends if ends >= 0 else len(part)]}"
    return None


def _lacking(sentence: Sentence, texts: Texts) -> list[str]:
    if not sentence.citations:
        return ["cites nothing"]
    strange = [one for one in sentence.citations if quoted_from(one, texts) is None]
    if strange:
        return [f"its quote does not stand in {paper}" for paper in dict.fromkeys(one.paper for one in strange)]
    said = _content(sentence.text)
    cited = " ".join(f"{texts[one.paper][0]} {one.quote}" for one in sentence.citations)
    if said and len(said & _content(cited)) < _LEAST_SHARED * len(said):
        return ["shares too little with its quotes"]
    return []


def _wrong(sentence: Sentence, texts: Texts) -> list[str]:
    sources = [one.quote for one in sentence.citations]
    sources += [place for one in sentence.citations if (place := quoted_from(one, texts))]
    return foreign(sentence.text, "\n".join(sources))


def _found(asked: Asked, reply: Reply) -> dict[str, float]:
    values: dict[str, float] = {}
    if asked.gold:
        papers = list(dict.fromkeys(passage.paper for passage in reply.found))
        values |= {f"recall@{k}": recall(papers, asked.gold, k) for k in CUTS}
        values["MRR@10"] = reciprocal_rank(papers, asked.gold, 10)
        values["nDCG@10"] = ndcg(papers, dict.fromkeys(asked.gold, 1), 10)
        values["document_recall@10"] = document_recall(papers, asked.gold, 10)
    if asked.evidence:
        rank = evidence_rank([passage.text for passage in reply.found[: max(CUTS)]], asked.evidence)
        values |= {f"evidence_recall@{k}": float(rank is not None and rank <= k) for k in CUTS}
    return values


def _answered(asked: Asked, reply: Reply) -> dict[str, float]:
    values: dict[str, float] = {}
    if asked.expected == "answer":
        values["answered"] = float(reply.answered)
    elif asked.expected == "abstain":
        values["abstention_recall"] = float(_abstained(reply))
    if asked.expected != "either" and _abstained(reply):
        values["abstention_precision"] = float(asked.expected == "abstain")
    return values


def _abstained(reply: Reply) -> bool:
    return not reply.answered and not reply.failure


def _said(asked: Asked, reply: Reply, told: Sequence[bool]) -> dict[str, float]:
    values: dict[str, float] = {}
    if asked.expected != "answer":
        return values
    if told:
        values["key_fact_recall"] = sum(told) / len(told)
    if asked.verdict:
        maybe = "maybe" in asked.type
        values["exact_answer"] = float(reply.answered and decided(asked.text, reply.text, maybe=maybe) == asked.verdict)
    elif asked.items:
        named = items_named(reply.text, asked.items)
        values["exact_answer"] = named if asked.type == "list" else float(named > 0)
    return values


def _cited(asked: Asked, reply: Reply) -> dict[str, float]:
    values: dict[str, float] = {}
    citations = [citation for sentence in reply.sentences for citation in sentence.citations]
    if reply.answered and asked.evidence:
        values["quoted_evidence"] = float(
            any(holds(citation.quote, text) for citation in citations for text in asked.evidence)
        )
    if reply.answered and asked.gold:
        cited = [citation.paper for citation in citations]
        values["citation_recall"] = citation_recall(cited, asked.gold)
        if cited:
            values["citation_precision"] = citation_precision(cited, asked.gold)
    return values


def _spent(reply: Reply) -> dict[str, float]:
    values: dict[str, float] = {}
    if reply.answered:
        values["characters"] = float(len(reply.text))
    if reply.seconds is not None:
        values["seconds"] = reply.seconds
    if reply.tokens is not None:
        values["tokens"] = float(sum(reply.tokens))
    return values


def _content(text: str) -> set[str]:
    return {word[:_STEM].casefold() for word in _CONTENT.findall(text)}


@lru_cache(maxsize=4096)
def _squeezed(text: str) -> tuple[str, tuple[int, ...]]:
    """`text` without white space, in one form of every character, and where each character that is left stands."""
    kept, places = [], []
    for place, character in enumerate(text):
        for one in unicodedata.normalize("NFKC", character).translate(_DASHES):
            if not one.isspace() and one != "\u00ad":
                kept.append(one)
                places.append(place)
    return "".join(kept), tuple(places)

"""Claim x passages -> verdict. Deterministic and fast; every failure comes with a reason a person understands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from rag.answer import Citation, Claim, Verdict
from rag.numbers import format_number, numbers_in
from rag.words import content_words

__all__ = ["CHECKS", "Check", "check"]

_LEAST_SHARED = 0.5  # of a claim's content words, in the passages it cites

Check = Callable[[Claim], str | None]


def check(claim: Claim) -> Claim:
    """Return `claim` with its verdict: passed, or the reason of each check that failed."""
    reasons = tuple(reason for reason in (test(claim) for test in CHECKS) if reason)
    return replace(claim, verdict=Verdict(passed=not reasons, reasons=reasons))


def cites(claim: Claim) -> str | None:
    """A claim cites at least one passage that it was given."""
    return None if claim.citations else "cites no passage of the library"


def quotes_are_verbatim(claim: Claim) -> str | None:
    """Every quote is the paper's own text at its place."""
    for citation in claim.citations:
        if not citation.quote or citation.passage.paper.text[citation.start : citation.end] != citation.quote:
            return f"quote of [{citation.number}] is not verbatim in {citation.passage.paper.id}"
    return None


def numbers_are_present(claim: Claim) -> str | None:
    """Every number of the claim stands in the text it cites, percentages as percentages."""
    found = frozenset[tuple[object, bool]]().union(*(numbers_in(_cited_text(citation)) for citation in claim.citations))
    absent = sorted(numbers_in(claim.text) - found)
    if not absent:
        return None
    return f"number not in the cited text: {', '.join(map(format_number, absent))}"


def words_are_shared(claim: Claim) -> str | None:
    """At least half of the claim's content words stand in the text it cites; a plain floor, not entailment."""
    claimed = content_words(claim.text)
    if not claimed or not claim.citations:
        return None
    cited = frozenset[str]().union(*(content_words(_cited_text(citation)) for citation in claim.citations))
    share = len(claimed & cited) / len(claimed)
    return None if share >= _LEAST_SHARED else f"only {share:.0%} of its words stand in the cited text"


def _cited_text(citation: Citation) -> str:
    return f"{citation.passage.paper.title}\n{citation.passage.text}"


CHECKS: tuple[Check, ...] = (cites, quotes_are_verbatim, numbers_are_present, words_are_shared)

"""Claim x passages -> verdict. Deterministic and fast; every failure comes with a reason a person understands.

A claim that is a whole sentence of a passage it cites is true to it by itself: only its citations are looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache

from ingest.sentences import sentence_spans
from rag.answer import Citation, Claim, Verdict
from rag.arms import swapped_arms
from rag.claims import find_verbatim
from rag.direction import contradicted_direction
from rag.names import foreign_names
from rag.numbers import unsupported_numbers
from rag.quotable import unquotable, withheld_part
from rag.support import shared_words
from rag.words import content_words

__all__ = ["CHECKS", "NOT_TO_BE_SHOWN", "Check", "check", "is_a_whole_sentence"]

NOT_TO_BE_SHOWN = "not to be shown"  # how the reasons of the checks begin whose claims nobody is to see
_LEAST_SHARED = 0.25  # of a claim's content words, in the passages it cites

Check = Callable[[Claim], str | None]


def check(claim: Claim, further: Sequence[Check] = ()) -> Claim:
    """Return `claim` with its verdict: passed, or the reason of each check that failed.

    `further` are checks that need something of the install, such as `rag.support.supported(embedder)`.
    """
    tests = ABOUT_CITATIONS if not claim.citations or is_a_whole_sentence(claim) else (*CHECKS, *further)
    reasons = tuple(reason for reason in (test(claim) for test in tests) if reason)
    return replace(claim, verdict=Verdict(passed=not reasons, reasons=reasons))


def is_a_whole_sentence(claim: Claim) -> bool:
    """Whether the claim is, word for word, a sentence (or several in a row) of a passage that it cites."""
    for citation in claim.citations:
        text = citation.passage.text
        span = find_verbatim(claim.text, text)
        if span:
            borders = _sentences(text)
            if span[0] in {start for start, _ in borders} and span[1] in {end for _, end in borders}:
                return True
    return False


@lru_cache(maxsize=256)
def _sentences(text: str) -> tuple[tuple[int, int], ...]:
    return tuple(sentence_spans(text))


def cites(claim: Claim) -> str | None:
    """A claim cites at least one passage that it was given."""
    return None if claim.citations else "cites no passage of the library"


def quotes_are_verbatim(claim: Claim) -> str | None:
    """Every quote is the paper's own text at its place."""
    for citation in claim.citations:
        if not citation.quote or citation.passage.paper.text[citation.start : citation.end] != citation.quote:
            return f"quote of [{citation.number}] is not verbatim in {citation.passage.paper.id}"
    return None


def may_be_shown(claim: Claim) -> str | None:
    """Neither the claim nor a quote of it holds what no reader is to be shown: see `rag.quotable`."""
    for text in (claim.text, *(citation.quote for citation in claim.citations)):
        for start, end in [(0, len(text)), *_sentences(text)]:
            if why := unquotable(text[start:end]):
                return f"{NOT_TO_BE_SHOWN}: {why}"
    return None


def rests_on_what_may_be_shown(claim: Claim) -> str | None:
    """No word of the claim stands only in what its passages do not say as findings, such as an order to a model."""
    withheld = "\n".join(withheld_part(text) for text in {citation.passage.text for citation in claim.citations})
    if not withheld:
        return None
    findings = _papers(claim)
    for text in withheld.split("\n"):
        findings = findings.replace(text, " ")
    words = content_words(claim.text) & content_words(withheld)
    return f"{NOT_TO_BE_SHOWN}: it rests on what is no finding" if words - content_words(findings) else None


def numbers_are_present(claim: Claim) -> str | None:
    """Every number of the claim stands in the text it cites, with its kind."""
    return unsupported_numbers(claim.text, _cited(claim))


def figures_keep_their_arms(claim: Claim) -> str | None:
    """No figure of the claim is given to an arm that the cited text gives another figure."""
    return swapped_arms(claim.text, _cited(claim), _papers(claim))


def direction_agrees(claim: Claim) -> str | None:
    """The cited text does not say of the same outcome that it went another way, or nowhere."""
    return contradicted_direction(claim.text, _cited(claim), _papers(claim))


def names_are_cited(claim: Claim) -> str | None:
    """Drugs, biomarkers, cancers and trials of the claim are those of the text it cites."""
    papers = [citation.passage.paper for citation in claim.citations]
    trials = [name for paper in papers for name in (*paper.trials, *paper.trial_ids)]
    return foreign_names(claim.text, _cited(claim), _papers(claim), trials)


def words_are_shared(claim: Claim) -> str | None:
    """Enough of the claim's content words stand in the text it cites; a plain floor, not entailment."""
    if not claim.citations:
        return None
    share = shared_words(claim.text, _cited(claim), _papers(claim))
    return None if share >= _LEAST_SHARED else f"only {share:.0%} of its words stand in the cited text"


def _cited(claim: Claim) -> list[str]:
    return [_cited_text(citation) for citation in claim.citations]


def _papers(claim: Claim) -> str:
    """The papers cited, for what they abbreviate."""
    return "\n\n".join(
        {citation.passage.paper.id: citation.passage.paper.text for citation in claim.citations}.values()
    )


def _cited_text(citation: Citation) -> str:
    return f"{citation.passage.paper.title}\n{citation.passage.text}"


ABOUT_CITATIONS: tuple[Check, ...] = (cites, quotes_are_verbatim, may_be_shown, rests_on_what_may_be_shown)
CHECKS: tuple[Check, ...] = (
    *ABOUT_CITATIONS,
    numbers_are_present,
    figures_keep_their_arms,
    direction_agrees,
    names_are_cited,
    words_are_shared,
)

"""What a question names, and whether a text is about it: drugs, cancers, markers, events, methods, trials, and names
that no vocabulary holds but that are written as names are (RT001, TBC1D16).

Synonyms are the same, and what is narrower counts: a question about PD-1 inhibitors is met by nivolumab, one about lung
cancer by NSCLC. Siblings do not count, nor does what is broader.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from ingest.vocabulary import Concept, mentions, narrower
from rag.names import trials_in
from rag.typography import one_spelling

__all__ = ["Name", "holds", "names_of"]

_KINDS = frozenset({"drug", "cancer", "biomarker", "event", "method"})
# A trial: by its registry number, a coined name and its number, or its place ("the CANDOR trial", "trial PEACHTREE").
_ACRONYM = r"[A-Z][A-Za-z]*[A-Z][A-Za-z]*(?:[- ]?\d{1,4})?"
_TRIAL = re.compile(
    r"\b(?P<registry>NCT\s?\d{8})\b"
    r"|\b(?P<coined>(?=[A-Za-z]*[A-Z]{2}|[A-Z][a-z]+[A-Z])[A-Za-z]{5,}(?:-[A-Z][a-z]+)?[- ]?\d{2,3})\b"
    rf"|\b(?P<before>{_ACRONYM})(?= (?:\w+ ){{0,2}}?(?:trials?|stud(?:y|ies))\b)"
    rf"|\b(?:trials?|study) (?P<after>{_ACRONYM})\b"
)
# A code: letters with figures, capitals behind the first letter, or capitals alone.
_CODE = re.compile(
    r"(?<![\w.-])(?=[\w.+/-]*[A-Za-z])"
    r"(?P<code>[A-Za-z]+[\w-]*\d[\w+-]*|\w*[a-z]\w*[A-Z][\w-]*|[A-Z]{2}[A-Z0-9-]+)(?![\w-])"
)
_NO_NAME = frozenset("II III IV VI FDA EMA EU USA UK WHO RCT DNA RNA".split())


@dataclass(frozen=True, slots=True)
class Name:
    """Something that a question names: a concept of the vocabulary, or a `trial` or `term` in its own spelling."""

    kind: str
    text: str
    concept: Concept | None = None


@lru_cache(maxsize=512)
def names_of(question: str) -> tuple[Name, ...]:
    """What `question` names, each once, in its order. What is most general (immunotherapy) names nothing."""
    found: dict[Name, int] = {}
    taken: list[tuple[int, int]] = []
    for mention in mentions(question):
        taken.append((mention.start, mention.end))
        if mention.concept.kind in _KINDS and not _general(mention.concept):
            found.setdefault(Name(mention.concept.kind, mention.concept.name, mention.concept), mention.start)

    def free(start: int, end: int) -> bool:
        return not any(start < right and left < end for left, right in taken)

    for pattern, kind in ((_TRIAL, "trial"), (_CODE, "term")):
        for match in pattern.finditer(question):
            group = match.lastgroup or 0
            start, end = match.span(group)
            if free(start, end) and match[group] not in _NO_NAME:
                taken.append((start, end))
                found.setdefault(Name(kind, match[group]), start)
    return tuple(sorted(found, key=lambda name: found[name]))


def holds(text: str, name: Name, trials: Iterable[str] = ()) -> bool:
    """Whether `text` names it, by whatever name; `trials` are names of trials that `text` is known to report."""
    if name.concept is not None:
        if _concepts(text).intersection(narrower(name.concept)):
            return True
        if name.kind != "biomarker":
            return False
        # A marker may stand within the name of a drug: "anti-PD-1" speaks of PD-1. Its expression goes by it.
        marker = name.text.removesuffix(" expression")
        return any(_stands(written, text, re.IGNORECASE) for written in (marker, name.text, *name.concept.synonyms))
    if trials_in(name.text) & frozenset[str]().union(*map(trials_in, (text, *trials))):
        return True
    return _stands(name.text, "\n".join((text, *trials)), re.IGNORECASE)


def _stands(name: str, text: str, flags: re.RegexFlag) -> bool:
    wanted = r"[- ]?".join(re.escape(part) for part in re.split(r"[- ]", one_spelling(name)))
    return re.search(rf"(?<![A-Za-z0-9]){wanted}s?(?![A-Za-z0-9])", one_spelling(text), flags) is not None


@lru_cache(maxsize=2048)
def _concepts(text: str) -> frozenset[Concept]:
    return frozenset(mention.concept for mention in mentions(text))


def _general(concept: Concept) -> bool:
    return not concept.broader and len(narrower(concept)) > 10

"""What a passage says about an outcome: its sentences and clauses, each with the direction that it tells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from ingest.sentences import sentence_spans
from rag.arms import arm_words, larger_with
from rag.direction_claims import Stated
from rag.direction_words import HEDGED, NOT_ONLY, NOTHING, REFERENCE, SIGNIFICANT, Sign, cues
from rag.quantities import quantities
from rag.words import content_words

__all__ = ["Told", "told_directions"]

_LEAST = 0.4  # of the outcome's words in a sentence that is about it
_NEARLY = 0.75  # of the best sentence's share
_LEVEL = Decimal("0.05")

_CLAUSE = re.compile(
    r";\s|[:.]\s(?=[A-Z])|,?\s(?:but|whereas|while|however|although|though|yet|despite)\s|,\swith\sno\b"
    r"|,?\sand\s(?=(?:[\w-]+\s){1,6}?(?:was|were|had|did|showed)\b)",
    re.IGNORECASE,
)
_AFTERTHOUGHT = re.compile(
    r"[\s,;]*(?:but|although|though|yet|however|with|and)?[\s,]*"
    r"(?:this|these|it|the (?:differen|change|effect|result|trend)\w*|"
    r"there|not|no|none|non|without|p|did|was|were|failed)\b",
    re.IGNORECASE,
)
_COMPARATIVE = re.compile(r"^(?:\w+er|more|less|worse|superior\w*|inferior\w*)\b", re.IGNORECASE)
_NEXT = re.compile(r"(?:however|but|this|these|those|the differences?|nevertheless|although)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Told:
    """What a passage says: a sign, all words of the sentence, and those of its reference ("than with …").

    `shown` says that a difference was significant, `compared` that groups are set against each other, and not a group
    after against itself before.
    """

    sign: Sign
    shown: bool = False
    words: frozenset[str] = frozenset()
    reference: frozenset[str] = frozenset()
    compared: bool = True


def told_directions(outcome: frozenset[str], stated: Stated, source: str) -> Iterator[tuple[float, Told]]:
    """What `source` says about `outcome`, with the share of its words in the sentence that says it.

    A sentence that only says of the one before that it was no difference ("However, …") belongs to it.
    """
    sentences = _sentences(source)
    shares = [len(outcome & words) / max(len(outcome), 1) for _, words in sentences]
    best = max(shares, default=0.0)
    for place, ((sentence, _), share) in enumerate(zip(sentences, shares, strict=True)):
        if share >= max(_LEAST, _NEARLY * best):
            following = [behind for behind, _ in sentences[place + 1 : place + 3] if _NEXT.match(behind)]
            revoked = any(NOTHING.search(behind) for behind in following)
            if revoked:
                yield share, Told("same")
            for said in _statements(sentence, outcome, stated):
                if said.shown or not revoked:
                    yield share, said


@lru_cache(maxsize=256)
def _sentences(source: str) -> tuple[tuple[str, frozenset[str]], ...]:
    return tuple((source[start:end], content_words(source[start:end])) for start, end in sentence_spans(source))


def _statements(sentence: str, outcome: frozenset[str], stated: Stated) -> Iterator[Told]:
    """What the clauses of `sentence` that are about `outcome` say; an afterthought ("but not …") goes along."""
    clauses = _clauses(sentence)
    shares = [len(outcome & content_words(clause)) for clause in clauses]
    best = max(shares)
    for place, (clause, share) in enumerate(zip(clauses, shares, strict=True)):
        if share < 0.6 * best:
            continue
        whole = clause
        for behind in clauses[place + 1 :]:
            if (any(cues(whole)) or NOTHING.search(whole)) and not _AFTERTHOUGHT.match(behind):
                break
            whole += " " + behind
        yield from _said(whole, sentence, stated)


def _clauses(sentence: str) -> list[str]:
    clauses: list[str] = []
    position = 0
    for cut in _CLAUSE.finditer(sentence):
        if sentence.count("(", 0, cut.start()) <= sentence.count(")", 0, cut.start()):
            clauses.append(sentence[position : cut.start()])
            position = cut.start()
    clauses.append(sentence[position:])
    return [clause for clause in clauses if clause.strip()] or [sentence]


def _said(clause: str, sentence: str, stated: Stated) -> Iterator[Told]:
    values = [quantity for quantity in quantities(clause).quantities if quantity.kind == "p"]
    shown = any(q.value < _LEVEL or (q.value == _LEVEL and q.bound == "<") for q in values)
    not_shown = any(q.value >= _LEVEL and q.bound in ("", ">", "≥") for q in values)
    nothing = bool(NOTHING.search(clause)) and not NOT_ONLY.search(clause)
    if nothing or (not_shown and not shown):
        yield Told("same")
        return
    if (HEDGED.search(clause) and not SIGNIFICANT.search(clause)) or (shown and not_shown and not any(cues(clause))):
        return
    if not any(cues(clause)):
        if (larger := larger_with(stated.subject, stated.other, sentence)) is not None and not NOTHING.search(sentence):
            yield Told("more" if larger else "less", shown, stated.subject, stated.other, shown)
        elif shown:
            yield Told("same", shown=True)  # a difference, whichever way
        return
    references = list(REFERENCE.finditer(sentence))
    other = frozenset[str]().union(*(arm_words(reference["other"]) for reference in references))
    rest = sentence
    for reference in reversed(references):
        rest = rest[: reference.start()] + " " + rest[reference.end() :]
    significant = shown or SIGNIFICANT.search(clause) is not None
    for sign, start, end in cues(clause):
        compared = REFERENCE.search(clause) is not None or _COMPARATIVE.search(clause[start:end]) is not None
        yield Told(sign, significant, arm_words(rest), other, compared)

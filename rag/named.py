"""What a question names and where, in its own words: drugs, cancers, markers, trials, authors, whom it is about.

Wider than `rag.naming`, which says what a paper must hold to be an answer: settings and endpoints, general names
(immunotherapy) and words with a capital count, too, for they are what a conversation is about.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from ingest.vocabulary import mentions
from rag.naming import names_of

__all__ = ["OUTCOMES", "SUBJECTS", "Named", "grouped", "named"]

SUBJECTS = frozenset({"drug", "cancer", "biomarker", "method", "trial", "term", "author"})
"""Kinds of what a question can be about; the others say what is asked of it."""
OUTCOMES = frozenset({"endpoint", "event"})

_AUTHOR = re.compile(r"\b[A-Z][\w'’-]+(?: and (?:colleagues|co-?workers|others)| et al\.?)")
_CAPITAL = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{2,}\b")
_MADE = re.compile(  # by the stems of the international nonproprietary names, where the vocabulary does not know it
    r"\b[a-z]{3,}(?:mab|n[iy]b|cept|leucel|leukin|limus|platin|taxel|ciclib|parib|xaban|statin|gepant|tide|vir)s?\b",
    re.IGNORECASE,
)
_DEFINED = re.compile(r"^what (?:is|are) (?:an? |the )?(?P<term>[\w-]+(?: [\w-]+){0,2})\s*\??$", re.IGNORECASE)
_OF_SOMETHING = re.compile(  # nothing by itself: "What is the response rate?"
    r"\b(?:cut-?off|rate|dos(?:e|age)|mechanism|duration|survival|toxicity|cost|evidence|effect|difference|reason|role|"
    r"definition|threshold|schedule|conclusion|result|answer)s?$",
    re.IGNORECASE,
)
_PEOPLE = re.compile(r"\b(?:(?:wo)?men|(?:fe)?males|children|adults|smokers|elderly)\b", re.IGNORECASE)
_AGENTS = re.compile(r"[- ](?:drugs?|agents?|inhibitors?|blockers?|antibod(?:y|ies)|blockade)\b", re.IGNORECASE)
_HEADED = re.compile(
    r"(?:[- ](?:mutant|mutated|positive|negative|deficient|proficient|high|low))*(?: tumou?rs?| patients)?",
    re.IGNORECASE,
)
_ALONE = re.compile(r" (?:alone|monotherapy)\b", re.IGNORECASE)
_LEVEL = re.compile(r"\b(?:high|low|many|positive|negative) $", re.IGNORECASE)
_JOINED = re.compile(r"\s*(?:,|/|\+|\band\b|\bplus\b|\bwith\b|\bor\b)\s*", re.IGNORECASE)
_TOGETHER = re.compile(r"[-\s]*")


@dataclass(frozen=True, slots=True)
class Named:
    """What a question names at `[start, end)` of it; `name` is the same whatever it is called."""

    kind: str
    name: str
    text: str
    start: int
    end: int


@lru_cache(maxsize=512)
def named(question: str) -> tuple[Named, ...]:
    """What `question` names, in order, without overlaps. Kinds are those of the vocabulary, `trial`, `term` (a code, a
    word with a capital, or all that "What is ...?" asks about), `author` and `people`."""
    found = [_mentioned(question, m.concept.kind, m.concept.id, m.start, m.end) for m in mentions(question)]
    for pattern, kind in ((_AUTHOR, "author"), (_PEOPLE, "people"), (_CAPITAL, "term"), (_MADE, "term")):
        found += [_spelled(kind, match) for match in pattern.finditer(question)]
    for name in names_of(question):
        if name.concept is None:
            start = question.find(name.text)
            found.append(Named(name.kind, name.text.casefold(), name.text, start, start + len(name.text)))
    kept: list[Named] = []
    for one in sorted(found, key=lambda one: (one.start, -one.end)):
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    defined = _DEFINED.match(question.strip())
    if kept or defined is None or _OF_SOMETHING.search(defined["term"]):
        return tuple(kept)
    return (_spelled("term", defined, "term"),)


def grouped(names: Sequence[Named], question: str) -> list[Named]:
    """Neighbours in `question` as one: "nivolumab plus ipilimumab", "EGFR-mutant lung cancer", "adjuvant nivolumab"."""
    groups: list[Named] = []
    for one in names:
        if groups:
            gap = question[groups[-1].end : one.start]
            if _TOGETHER.fullmatch(gap) or (groups[-1].kind == one.kind and _JOINED.fullmatch(gap)):
                start = groups.pop().start
                one = replace(one, text=question[start : one.end], start=start)
        groups.append(one)
    return groups


def _mentioned(question: str, kind: str, name: str, start: int, end: int) -> Named:
    """A name of the vocabulary with what belongs to it: "high mutational burden", "PD-1 drugs", which are drugs."""
    if kind == "biomarker":
        if agents := _AGENTS.match(question, end):
            kind, end = "drug", agents.end()
        elif headed := _HEADED.match(question, end):
            end = headed.end()
        if level := _LEVEL.search(question, 0, start):
            start = level.start()
    if kind == "drug" and (alone := _ALONE.match(question, end)):
        end = alone.end()
    return Named(kind, name, question[start:end], start, end)


def _spelled(kind: str, match: re.Match[str], group: int | str = 0) -> Named:
    return Named(kind, match[group].casefold(), match[group], match.start(group), match.end(group))

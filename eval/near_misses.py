"""Near misses: a question with one of its names exchanged for another, so that no gold paper answers it any more.

A drug, cancer, marker or trial of the question gives way to another of the vocabulary (trials: of other questions) that
no gold paper names anywhere. One from the library is taken where there is one: its words are not strange there, only
out of place.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from random import Random

from ingest.papers import Paper
from ingest.vocabulary import Concept, concepts, concepts_in, mentions, narrower
from rag.naming import Name, holds, names_of

__all__ = ["KINDS", "NearMiss", "near_misses"]

KINDS = ("drug", "cancer", "biomarker", "trial")
_CONTROLS = frozenset({"placebo", "best supportive care"})


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A question that names `put` where the one it was made from names `taken`."""

    kind: str
    text: str
    taken: str
    put: str


def near_misses(
    question: str, gold: Sequence[Paper], known: Iterable[Concept], trials: Iterable[str], random: Random
) -> list[NearMiss]:
    """One near miss a kind of name that `question` holds; `known` and `trials` are what the library names."""
    told = "\n".join(f"{paper.title}\n{paper.text}" for paper in gold)
    held = concepts_in(told)
    found = []
    for kind in KINDS:
        taken = [name for name in names_of(question) if name.kind == kind and name.text not in _CONTROLS]
        if not taken:
            continue
        name = random.choice(taken)
        if kind == "trial":
            others = [other for other in trials if not holds(told, Name("trial", other)) and other not in question]
        else:
            others = _others(name, held, known) or _others(name, held, concepts())
        if others:
            put = random.choice(sorted(others))
            found.append(NearMiss(kind, _exchanged(question, name, put), name.text, put))
    return found


def _others(name: Name, held: frozenset[Concept], known: Iterable[Concept]) -> list[str]:
    """Concepts of the same kind that are neither held, nor broader or narrower than what is, or than the name itself."""
    assert name.concept is not None
    near = {name.concept, *held}
    near |= {below for one in (name.concept, *held) for below in narrower(one)}
    return [
        one.name for one in known if one.kind == name.kind and one not in near and near.isdisjoint(narrower(one))
    ]


def _exchanged(question: str, name: Name, put: str) -> str:
    """Every mention of `name` in `question` replaced."""
    if name.concept is None:
        return question.replace(name.text, put)
    written, end = [], 0
    for mention in mentions(question):
        if mention.concept == name.concept and mention.start >= end:
            written += [question[end : mention.start], put]
            end = mention.end
    return "".join([*written, question[end:]])

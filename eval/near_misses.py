"""Near misses: a question with one of its names exchanged for another, so that no gold paper answers it any more.

A drug, cancer, marker or trial of the question gives way to another of the vocabulary (trials: of other questions) that
no gold paper names, and such that no paper of the library names all that the new question does. One that the title of
another paper of the library names is taken where there is one: its words are not strange there, only out of place.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from random import Random

from ingest.papers import Paper
from ingest.vocabulary import Concept, concept, concepts, concepts_in, mentions, narrower
from rag.naming import Name, holds, names_of

__all__ = ["KINDS", "NearMiss", "near_misses"]

KINDS = ("drug", "cancer", "biomarker", "trial")
_DRAWS = 40
_CONTROLS = frozenset({"placebo", "best supportive care"})


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A question that names `put` where the one it was made from names `taken`."""

    kind: str
    text: str
    taken: str
    put: str


def near_misses(
    question: str, gold: Sequence[Paper], library: Sequence[Paper], trials: Iterable[str], random: Random
) -> list[NearMiss]:
    """One near miss a kind of name that `question` holds; `trials` are names of trials to exchange others for.

    A question that some paper of the library names all of would not miss: its name is drawn again.
    """
    held = frozenset[Concept]().union(*map(_told, gold))
    known = sorted(frozenset[Concept]().union(*map(_titled, library)), key=lambda concept: concept.id)
    found = []
    for kind in KINDS:
        taken = [name for name in names_of(question) if name.kind == kind and name.text not in _CONTROLS]
        if not taken:
            continue
        name = random.choice(taken)
        if kind == "trial":
            drawn = [other for other in trials if other != name.text]
        else:
            drawn = _shuffled(_others(name, held, known), random) + _shuffled(_others(name, held, concepts()), random)
        for put in drawn[:_DRAWS]:
            text = _exchanged(question, name, put)
            if not any(_names_all(paper, names_of(text)) for paper in library):
                found.append(NearMiss(kind, text, name.text, put))
                break
    return found


def _names_all(paper: Paper, names: Sequence[Name]) -> bool:
    return bool(names) and all(
        name.concept in _wider(paper) if name.concept else holds(f"{paper.title}\n{paper.text}", name) for name in names
    )


def _shuffled(names: list[str], random: Random) -> list[str]:
    return random.sample(names, len(names))


@lru_cache(maxsize=4096)
def _told(paper: Paper) -> frozenset[Concept]:
    return concepts_in(f"{paper.title}\n{paper.text}")


@lru_cache(maxsize=4096)
def _titled(paper: Paper) -> frozenset[Concept]:
    return concepts_in(paper.title)


@lru_cache(maxsize=4096)
def _wider(paper: Paper) -> frozenset[Concept]:
    """What the paper names, and all that is broader: who is asked for the latter is answered by the former."""
    found = set(_told(paper))
    todo = list(found)
    for one in todo:
        for name in one.broader:
            above = concept(one.kind, name)
            if above not in found:
                found.add(above)
                todo.append(above)
    return frozenset(found)


def _others(name: Name, held: frozenset[Concept], known: Iterable[Concept]) -> list[str]:
    """Concepts of the same kind that are neither held, nor broader or narrower than what is, or than the name."""
    if name.concept is None:
        return []
    near = {name.concept, *held}
    near |= {below for one in (name.concept, *held) for below in narrower(one)}
    return [one.name for one in known if one.kind == name.kind and one not in near and near.isdisjoint(narrower(one))]


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

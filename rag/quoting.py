"""Evidence -> what an answer without an LLM quotes: sentences word for word, in an order that reads as an answer.

A sentence that hangs on the one before brings it along, and is left where that one hangs, too. What was said is not
said again. A yes/no question is answered first by what decides it; a list by what adds most to it.

Of studies that answer about equally well the stronger comes first; strength moves nothing past what answers better.
Reports of one trial are one source: they stand together, the newest data first.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ingest.papers import Paper
from ingest.sentences import sentence_spans
from ingest.vocabulary import concepts_in
from rag.answer import Passage
from rag.antecedents import hangs
from rag.asking import asking, bearing
from rag.evidence import Evidence, nearness
from rag.naming import holds, names_of
from rag.question import Question
from rag.stance import Stance, stance
from rag.strength import data_cut, source_ids, strength
from rag.words import content_words

__all__ = ["quoted"]

_Place = tuple[str, int]

_MOST_ALIKE = 0.9  # cosine from which two sentences say the same
_SAME_WORDS = 0.75, 0.9  # shares of the longer and of the shorter sentence's words, from either of which they do
_WORTH_ADDING, _WORTH_ANOTHER = 0.6, 0.8  # of the best sentence's score: of one from a source quoted already, or not
_NEAR = 0.6  # of the nearest sentence's nearness; what is farther off is about something else
_MOST_OF_A_SOURCE = 5
_LONGEST = 700  # characters of a sentence and the one that it hangs on
# Below the best source's score, within which the stronger goes first. The first source was right in 81 of 83 answers
# on digests (tuning questions) at 0.06, in 80 at 0.03 and at 0.15, in 78 at 0.25.
_ABOUT_AS_WELL = 0.06
_BEARS = 0.08  # what a sentence gains that is of the kind asked for
_ADDS = 0.05  # what it gains for each item that a list does not have yet
_MOST_ADDED = 4
_NAMED = 0.3  # what a sentence loses whose passage holds none of the names of the question that the best one holds

_FIGURE = re.compile(r"\d+(?:[.·]\d+)?")
_ITEM = re.compile(r"(?<![\w-])(?:[A-Za-z]+-?\d[\w-]*|\w*[a-z]\w*[A-Z][\w-]*|[A-Z][A-Z0-9-]{2,})(?![\w-])")


def quoted(
    question: Question, evidence: Sequence[Evidence], passages: Sequence[Passage], most: int = 6
) -> list[Evidence]:
    """Pick what an answer to `question` quotes, in reading order: best source first, within a paper as it is written.

    Takes up to `most` sentences, at most five of a source. A further source has to answer nearly as well as the best
    one; what a source adds to its first sentence need only be near the question.
    """
    wanted = asking(question.text)
    worth = _worth(question, evidence, passages)
    sources = _sources(passages)
    near_enough = _NEAR * nearness(evidence)
    near = sorted((item for item in evidence if item.nearness >= near_enough), key=lambda item: -worth[_place(item)])
    left = _newest_first(near, worth, sources)
    best = worth[_place(near[0])] if near else 0.0
    chosen: list[Evidence] = []
    items = _items(question.text)
    taken: Counter[str] = Counter()
    while left and len(chosen) < most:
        if wanted == "list":
            left.sort(key=lambda item: -(worth[_place(item)] + _added(item.text, items)))
        item = left.pop(0)
        source = sources.of[item.paper_id]
        least = _WORTH_ANOTHER if taken and not taken[source] else _WORTH_ADDING
        if worth[_place(item)] < least * best:
            continue
        whole = _with_antecedent(item, passages)
        if whole is None or taken[source] == _MOST_OF_A_SOURCE or _repeats(whole, chosen, sources):
            continue
        chosen = [other for other in chosen if not _within(other, whole)] + [whole]
        worth.setdefault(_place(whole), worth[_place(item)])
        items |= _items(whole.text)
        taken[source] += 1
    order = _reading_order(chosen, worth, sources)
    read = sorted(chosen, key=lambda item: (order[item.paper_id], item.start))
    return _decided(question, chosen, read, order) if wanted == "yes or no" else read


def _worth(question: Question, evidence: Sequence[Evidence], passages: Sequence[Passage]) -> dict[_Place, float]:
    """The score of each sentence, with what it gains as the kind of answer asked for or loses by other names."""
    wanted, names = asking(question.text), names_of(question.text)
    held = []
    for passage in passages:
        told = f"{passage.paper.title}\n{passage.text}"
        held.append(sum(holds(told, name, (*passage.paper.trials, *passage.paper.trial_ids)) for name in names))
    most = max(held, default=0)
    worth = {}
    for item in evidence:
        missing = 1 - held[item.number - 1] / most if most else 0.0
        worth[_place(item)] = item.score + _BEARS * bearing(wanted, item.text) - _NAMED * missing
    return worth


@dataclass(frozen=True, slots=True)
class _Sources:
    """The papers that are quoted from, and the source that each belongs to."""

    papers: Mapping[str, Paper]
    of: Mapping[str, str]


def _sources(passages: Sequence[Passage]) -> _Sources:
    papers = {passage.paper.id: passage.paper for passage in passages}
    return _Sources(papers, source_ids(papers.values()))


def _newest_first(ranked: Sequence[Evidence], worth: Mapping[_Place, float], sources: _Sources) -> list[Evidence]:
    """The same order, but where reports of one trial say something about as well, the newer takes the older's place."""
    places: dict[str, list[int]] = {}
    for place, item in enumerate(ranked):
        places.setdefault(sources.of[item.paper_id], []).append(place)
    order = list(ranked)
    for ours in places.values():
        left = [ranked[place] for place in ours]
        for place in ours:
            as_well = [item for item in left if worth[_place(item)] >= worth[_place(left[0])] - _ABOUT_AS_WELL]
            order[place] = max(as_well, key=lambda item: data_cut(sources.papers[item.paper_id]))
            left.remove(order[place])
    return order


def _reading_order(chosen: Sequence[Evidence], worth: Mapping[_Place, float], sources: _Sources) -> dict[str, int]:
    """The rank of each paper: sources by how well they answer, the stronger of those that do so about equally first."""
    best: dict[str, float] = {}
    for item in chosen:
        source = sources.of[item.paper_id]
        best[source] = max(best.get(source, worth[_place(item)]), worth[_place(item)])
    weight = {
        source: max(strength(sources.papers[item.paper_id]) for item in chosen if sources.of[item.paper_id] == source)
        for source in best
    }
    order: dict[str, None] = {}
    left = sorted(best, key=lambda source: -best[source])
    while left:
        as_well = [source for source in left if best[source] >= best[left[0]] - _ABOUT_AS_WELL]
        first = max(as_well, key=lambda source: weight[source])
        left.remove(first)
        reports = {item.paper_id for item in chosen if sources.of[item.paper_id] == first}
        order |= dict.fromkeys(sorted(reports, key=lambda paper: data_cut(sources.papers[paper]), reverse=True))
    return {paper: rank for rank, paper in enumerate(order)}


def _place(item: Evidence) -> _Place:
    return item.paper_id, item.start


def _with_antecedent(item: Evidence, passages: Sequence[Passage]) -> Evidence | None:
    """The sentence, with the one before where it hangs on it; None where that does not help."""
    if not hangs(item.text):
        return item
    passage = passages[item.number - 1]
    text = passage.paper.text
    before = [span for span in sentence_spans(text, passage.chunk.start, item.start) if span[1] <= item.start]
    if not before or "\n" in text[before[-1][1] : item.start]:
        return None
    start = before[-1][0]
    both = " ".join(text[start : item.end].split())
    if hangs(" ".join(text[start : before[-1][1]].split())) or len(both) > _LONGEST:
        return None
    return replace(item, start=start, text=both)


def _repeats(item: Evidence, chosen: Sequence[Evidence], sources: _Sources) -> bool:
    """Whether it says what was said: in the same place, by its meaning, or in nearly the same words.

    Other figures in another report of the same trial are those of another data cut, and no repetition.
    """
    words = content_words(item.text)
    for other in chosen:
        if _another_cut(item, other, sources):
            continue
        theirs = content_words(other.text)
        longer, shorter = max(len(words), len(theirs), 1), max(min(len(words), len(theirs)), 1)
        shared = len(words & theirs)
        same_words = shared >= _SAME_WORDS[0] * longer or shared >= _SAME_WORDS[1] * shorter
        if same_words or _within(item, other) or float(item.vector @ other.vector) > _MOST_ALIKE:
            return True
    return False


def _another_cut(item: Evidence, other: Evidence, sources: _Sources) -> bool:
    return (
        item.paper_id != other.paper_id
        and sources.of[item.paper_id] == sources.of[other.paper_id]
        and set(_FIGURE.findall(item.text)) != set(_FIGURE.findall(other.text))
    )


def _within(one: Evidence, other: Evidence) -> bool:
    """Whether `one` is quoted in `other` already."""
    return one.paper_id == other.paper_id and other.start <= one.start and one.end <= other.end


def _items(text: str) -> set[str]:
    """What of `text` a list could hold: concepts, and names as no vocabulary holds them."""
    return {concept.id for concept in concepts_in(text)} | set(_ITEM.findall(text))


def _added(text: str, items: set[str]) -> float:
    return _ADDS * min(len(_items(text) - items), _MOST_ADDED)


def _decided(
    question: Question, chosen: Sequence[Evidence], read: Sequence[Evidence], rank: Mapping[str, int]
) -> list[Evidence]:
    """The same, led by the sentence that decides: the first source's best that says what the weightier side says."""
    weights: dict[Stance, float] = {"yes": 0.0, "no": 0.0}
    stances = {_place(item): stance(question.text, item.text) for item in chosen}
    for item in chosen:
        if said := stances[_place(item)]:
            weights[said] += item.score
    if not any(weights.values()):
        return list(read)
    side = max(weights, key=lambda one: weights[one])
    lead = min((item for item in chosen if stances[_place(item)] == side), key=lambda item: rank[item.paper_id])
    order = dict.fromkeys([lead.paper_id, *(item.paper_id for item in read)])
    rest = [item for paper in order for item in read if item.paper_id == paper and item is not lead]
    return [lead, *rest]

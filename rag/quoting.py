"""Evidence -> what an answer without an LLM quotes: sentences word for word, in an order that reads as an answer.

A sentence that hangs on the one before brings it along, and is left where that one hangs, too. What was said is not
said again. A yes/no question is answered first by what decides it; a list by what adds most to it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from ingest.sentences import sentence_spans
from ingest.vocabulary import concepts_in
from rag.answer import Passage
from rag.antecedents import hangs
from rag.asking import asking, bearing
from rag.evidence import Evidence, nearness
from rag.naming import holds, names_of
from rag.question import Question
from rag.stance import Stance, stance
from rag.words import content_words

__all__ = ["quoted"]

_Place = tuple[str, int]

_MOST_ALIKE = 0.9  # cosine from which two sentences say the same
_SAME_WORDS = 0.75, 0.9  # shares of the longer and of the shorter sentence's words, from either of which they do
_WORTH_QUOTING, _WORTH_FILLING = 0.8, 0.6  # of the best sentence's score: of any, and of the first few
_NEAR = 0.6  # of the nearest sentence's nearness; what is farther off is about something else
_MOST_OF_A_PAPER = 3
_LONGEST = 700  # characters of a sentence and the one that it hangs on
_BEARS = 0.08  # what a sentence gains that is of the kind asked for
_ADDS = 0.05  # what it gains for each item that a list does not have yet
_MOST_ADDED = 4
_NAMED = 0.3  # what a sentence loses whose passage holds none of the names of the question that the best one holds

_ITEM = re.compile(r"(?<![\w-])(?:[A-Za-z]+-?\d[\w-]*|\w*[a-z]\w*[A-Z][\w-]*|[A-Z][A-Z0-9-]{2,})(?![\w-])")


def quoted(
    question: Question, evidence: Sequence[Evidence], passages: Sequence[Passage], most: int = 6, least: int = 4
) -> list[Evidence]:
    """Pick what an answer to `question` quotes, in reading order: best paper first, within a paper as it is written.

    Takes up to `most` sentences, at most three of a paper. The first `least` need only be near the question,
    further ones nearly as good as the best.
    """
    wanted = asking(question.text)
    worth = _worth(question, evidence, passages)
    near_enough = _NEAR * nearness(evidence)
    left = sorted((item for item in evidence if item.nearness >= near_enough), key=lambda item: -worth[_place(item)])
    best = worth[_place(left[0])] if left else 0.0
    chosen: list[Evidence] = []
    items = _items(question.text)
    taken: Counter[str] = Counter()
    while left and len(chosen) < most:
        if wanted == "list":
            left.sort(key=lambda item: -(worth[_place(item)] + _added(item.text, items)))
        item = left.pop(0)
        if worth[_place(item)] < (_WORTH_QUOTING if len(chosen) >= least else _WORTH_FILLING) * best:
            continue
        whole = _with_antecedent(item, passages)
        if whole is None or taken[item.paper_id] == _MOST_OF_A_PAPER or _repeats(whole, chosen):
            continue
        chosen = [other for other in chosen if not _within(other, whole)] + [whole]
        items |= _items(whole.text)
        taken[item.paper_id] += 1
    order = {paper: rank for rank, paper in enumerate(dict.fromkeys(item.paper_id for item in chosen))}
    read = sorted(chosen, key=lambda item: (order[item.paper_id], item.start))
    return _decided(question, chosen, read) if wanted == "yes or no" else read


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


def _repeats(item: Evidence, chosen: Sequence[Evidence]) -> bool:
    """Whether it says what was said: in the same place, by its meaning, or in nearly the same words."""
    words = content_words(item.text)
    for other in chosen:
        theirs = content_words(other.text)
        longer, shorter = max(len(words), len(theirs), 1), max(min(len(words), len(theirs)), 1)
        shared = len(words & theirs)
        same_words = shared >= _SAME_WORDS[0] * longer or shared >= _SAME_WORDS[1] * shorter
        if same_words or _within(item, other) or float(item.vector @ other.vector) > _MOST_ALIKE:
            return True
    return False


def _within(one: Evidence, other: Evidence) -> bool:
    """Whether `one` is quoted in `other` already."""
    return one.paper_id == other.paper_id and other.start <= one.start and one.end <= other.end


def _items(text: str) -> set[str]:
    """What of `text` a list could hold: concepts, and names as no vocabulary holds them."""
    return {concept.id for concept in concepts_in(text)} | set(_ITEM.findall(text))


def _added(text: str, items: set[str]) -> float:
    return _ADDS * min(len(_items(text) - items), _MOST_ADDED)


def _decided(question: Question, chosen: Sequence[Evidence], read: Sequence[Evidence]) -> list[Evidence]:
    """The same, led by the sentence that decides: the best one that says what the weightier side says."""
    weights: dict[Stance, float] = {"yes": 0.0, "no": 0.0}
    stances = {_place(item): stance(question.text, item.text) for item in chosen}
    for item in chosen:
        if said := stances[_place(item)]:
            weights[said] += item.score
    if not any(weights.values()):
        return list(read)
    side = max(weights, key=lambda one: weights[one])
    lead = next(item for item in chosen if stances[_place(item)] == side)
    order = dict.fromkeys([lead.paper_id, *(item.paper_id for item in read)])
    rest = [item for paper in order for item in read if item.paper_id == paper and item is not lead]
    return [lead, *rest]

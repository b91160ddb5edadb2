"""Passages -> the sentences that answer, best first; and how near the library comes to the question at all."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ingest.embedding import Embedder
from ingest.papers import SectionKind
from rag.answer import Passage
from rag.concepts import canonical
from rag.findings import asks_for_findings, figures
from rag.question import Question
from rag.quotable import quotable_spans
from rag.words import content_words, word_forms

__all__ = ["Evidence", "Rarity", "asked_words", "nearness", "sentence_texts", "subject_words", "weigh"]

Rarity = Callable[[Sequence[str]], Mapping[str, float]]

_SHORTEST, _LONGEST = 40, 700  # characters; shorter is a fragment, longer a table or a list run together

_RESULT = re.compile(
    r"\b(?:significant\w*|associated|correlat\w+|improv\w+|increas\w+|decreas\w+|reduc\w+|longer|shorter|higher|lower|"
    r"superior|inferior|predict\w*|respon(?:se|ded) rate|hazard ratio|odds ratio|HR|OR|CI|median|versus|vs|"
    r"compared with|no difference|did not|showed|demonstrated|found that|we found|"
    r"inhibit\w*|suppress\w*|promot\w*|enhanc\w*)\b",
    re.IGNORECASE,
)
_AIM = re.compile(
    r"\b(?:aims?|aimed|objectives?|purpose|goals?|sought|asked (?:whether|how)|hypothesi[sz]ed?|will be|"
    r"were? randomi[sz]ed|remains? (?:unclear|unknown|to be)|further (?:studies|research)|"
    r"(?:was|were) (?:assessed|measured|evaluated|determined|calculated|recorded|defined|analy[sz]ed|collected))\b",
    re.IGNORECASE,
)
_LIMIT = re.compile(
    r"\b(?:limitations?|could not (?:tell|say|be)|cannot (?:tell|speak|say|be)|can(?:not| neither) |"
    r"without a control group|confound\w*|had to be (?:tested|confirmed)|needs? to be (?:tested|confirmed)|"
    r"may not (?:apply|hold)|too (?:few|small|short))\b",
    re.IGNORECASE,
)
_DANGLING = re.compile(
    r"^(?:this|these|those|that|it|its|they|their|such|he|she|however|moreover|furthermore|in addition|additionally|"
    r"similarly|in contrast|conversely|therefore|thus|hence|consequently|also|another|both|"
    r"the (?:former|latter|same)|in the (?:first|second|third|other|same|former|latter))\b",
    re.IGNORECASE,
)
# Words that say what kind of answer is wanted, or that an answer is wanted, and nothing of its subject.
_FOR_THE_ASKING = content_words(
    "often please list name describe briefly define give tell type types kind kinds aspects role information involved "
    "implicated associated used use tested investigated included studied link example currently known regarding "
    "concerning yes no 1 2 3 4 5 6 7 8 9 two three four five"
)
_PLACE: dict[SectionKind, float] = {"results": 0.06, "abstract": 0.06, "methods": -0.06, "introduction": -0.06}


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sentence of passage `number` (from 1), `paper.text[start:end]`, and how well it answers.

    `cosine` is its similarity to the question; `coverage` the share of the question's words, weighted by their rarity
    in the library, that it or its paper's title holds. Both lie in 0 to 1; `score` adds its manner of speech to them.
    """

    number: int
    paper_id: str
    start: int
    end: int
    text: str
    cosine: float
    coverage: float
    score: float
    vector: NDArray[np.float32]

    @property
    def nearness(self) -> float:
        """How near the sentence comes to the question, 0 to 1, its manner of speech left aside."""
        return 0.5 * self.cosine + 0.5 * self.coverage


def weigh(question: Question, passages: Sequence[Passage], embedder: Embedder, rarity: Rarity) -> list[Evidence]:
    """Score each whole sentence of `passages` as an answer to `question`, best first; the same place counts once."""
    places = _sentences(passages)
    if not places:
        return []
    texts = [_on_one_line(passage, start, end) for _, passage, start, end in places]
    vectors = embedder.embed([canonical(question.text), *texts])
    cosines = vectors[1:] @ vectors[0]
    asked = asked_words(question, rarity)
    findings = asks_for_findings(question.text)
    titles = {passage.paper.id: content_words(canonical(passage.paper.title)) for passage in passages}
    weighed = []
    for (number, passage, start, end), text, vector, cosine in zip(places, texts, vectors[1:], cosines, strict=True):
        coverage = _coverage(asked, content_words(canonical(text)), titles[passage.paper.id])
        score = 0.4 * float(cosine) + 0.4 * coverage + 0.3 / (number + 1) + _manner(text)
        score += _PLACE.get(passage.chunk.section.kind, 0.0)
        if findings:
            score += 0.1 * math.log1p(min(figures(text), 10))
        weighed.append(Evidence(number, passage.paper.id, start, end, text, float(cosine), coverage, score, vector))
    return sorted(weighed, key=lambda evidence: -evidence.score)


def sentence_texts(passages: Sequence[Passage]) -> list[str]:
    """What `weigh` embeds of `passages`."""
    return [_on_one_line(passage, start, end) for _, passage, start, end in _sentences(passages)]


def nearness(evidence: Sequence[Evidence]) -> float:
    """How near the library comes to the question, 0 to 1: what abstention is decided by."""
    return max((item.nearness for item in evidence), default=0.0)


def _sentences(passages: Sequence[Passage]) -> list[tuple[int, Passage, int, int]]:
    seen: set[tuple[str, int, int]] = set()
    places = []
    for number, passage in enumerate(passages, start=1):
        for start, end in quotable_spans(passage.paper.text, passage.chunk.start, passage.chunk.end):
            place = (passage.paper.id, start, end)
            if place not in seen and _is_sentence(passage.paper.text[start:end]):
                seen.add(place)
                places.append((number, passage, start, end))
    return places


def _on_one_line(passage: Passage, start: int, end: int) -> str:
    return " ".join(passage.paper.text[start:end].split())


def _is_sentence(text: str) -> bool:
    letters = sum(character.isalpha() for character in text)
    return (
        _SHORTEST <= len(text) <= _LONGEST
        and letters >= 0.6 * len(text)
        and text[-1] in ".!)]\"'”’"
        and (text[0].isupper() or text[0].isdigit() or not text[0].isalpha())
    )


def subject_words(question: str) -> dict[str, str]:
    """The words that say what `question` is about, each with a form in which it stands there; see `word_forms`."""
    forms = word_forms(canonical(question))
    return {word: form for word, form in forms.items() if word not in _FOR_THE_ASKING} or forms


def asked_words(question: Question, rarity: Rarity) -> dict[str, float]:
    """The words of its subject and their weights, 0 to 1: what is rare in the library says most of what is asked."""
    forms = subject_words(question.text)
    weights = rarity(list(forms.values()))
    return {word: weights[form] ** 1.5 for word, form in forms.items()}


def _coverage(asked: Mapping[str, float], sentence: frozenset[str], title: frozenset[str]) -> float:
    """The rarity-weighted share of the asked words that stand in the sentence; in the title alone they count half."""
    total = sum(asked.values())
    held = sum(weight * (1.0 if word in sentence else 0.5 if word in title else 0.0) for word, weight in asked.items())
    return held / total if total else 0.0


def _manner(text: str) -> float:
    """What the manner of speech adds: results over aims and limits, nothing that hangs on the line before."""
    return (
        0.05 * bool(_RESULT.search(text))
        - 0.15 * bool(_AIM.search(text))
        - 0.1 * bool(_LIMIT.search(text))
        - 0.08 * bool(_DANGLING.match(text))
        - 0.1 * text.endswith("?")
    )

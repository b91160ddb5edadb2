"""Whether the library answers a question at all: how sure it is, and how sure is sure enough.

A paper answers when it speaks of what is asked, not merely of something like it. Each paper found is looked at by
itself, so that one about the drug and another about the cancer do not add up to an answer:

- `nearness`: how near its best sentence comes to the question (see `rag.evidence`);
- `passage`, `paper`: share of the asked words, weighted by rarity, that its best passage, or title, abstract and
  passages, hold;
- `rare`, `rarest`: share of the three rarest asked words among the latter, and whether the rarest is there;
- `names`: share of what the question names (see `rag.naming`) that it is about; `all_named`: 1 where it is all of it.

A logistic model joins them; the surest paper counts.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from functools import lru_cache

from ingest.papers import Paper
from rag.answer import Passage
from rag.concepts import canonical
from rag.evidence import Evidence, Rarity, asked_words, subject_words
from rag.naming import holds, names_of
from rag.question import Question
from rag.words import content_words

__all__ = ["ENOUGH", "MODEL", "Features", "Model", "confidence", "enough", "features", "missing"]

_RARE = 3


@dataclass(frozen=True, slots=True)
class Features:
    """What a paper has of a question; each 0 to 1."""

    nearness: float
    passage: float
    paper: float
    rare: float
    rarest: float
    names: float
    all_named: float


@dataclass(frozen=True, slots=True)
class Model:
    """A logistic model: the score is 1 / (1 + exp(-(bias + weights · features)))."""

    bias: float
    weights: Features

    def score(self, features: Features) -> float:
        pairs = zip(astuple(self.weights), astuple(features), strict=True)
        return 1 / (1 + math.exp(-(self.bias + sum(weight * value for weight, value in pairs))))


# Fitted on 2026-11-24 by `python -m eval.bench abstention --calibrate`: tuning halves of `bioasq_dev` and
# `evidence_inference_dev` (564 questions), all-MiniLM-L6-v2. The threshold that answers 5 % of those without an answer
# is 0.575; ours is lower, for at that one a quarter of our own questions (dev), which are put in people's own words,
# would be turned away. It answers 7 % of those without an answer, and of our own (dev) 4 %.
MODEL = Model(
    bias=-7.73,
    weights=Features(nearness=2.49, passage=1.36, paper=2.41, rare=0.65, rarest=0.3, names=0.37, all_named=3.59),
)
ENOUGH = 0.36


def confidence(question: Question, evidence: Sequence[Evidence], passages: Sequence[Passage], rarity: Rarity) -> float:
    """How sure it is, 0 to 1, that `passages` answer `question`."""
    return max(map(MODEL.score, features(question, evidence, passages, rarity)), default=0.0)


def enough(confidence: float) -> bool:
    """Whether an answer may be given at this confidence."""
    return confidence >= ENOUGH


def features(
    question: Question, evidence: Sequence[Evidence], passages: Sequence[Passage], rarity: Rarity
) -> list[Features]:
    """What each paper of `passages` with a sentence to quote has of the question."""
    asked = asked_words(question, rarity)
    rare = sorted(asked, key=lambda word: -asked[word])[:_RARE]
    names = names_of(question.text)
    nearest: dict[str, float] = {}
    for item in evidence:
        nearest[item.paper_id] = max(item.nearness, nearest.get(item.paper_id, 0.0))
    found = []
    for passages_of_it in _by_paper(passages):
        paper = passages_of_it[0].paper
        if paper.id not in nearest:
            continue
        about = _about(paper)
        title = content_words(canonical(paper.title))
        held = [content_words(canonical(passage.text)) | title for passage in passages_of_it]
        whole = content_words(canonical(about)).union(*held)
        text = "\n".join((about, *(passage.text for passage in passages_of_it)))
        named = [holds(text, name, (*paper.trials, *paper.trial_ids)) for name in names]
        found.append(
            Features(
                nearness=nearest[paper.id],
                passage=max(_share(asked, words) for words in held),
                paper=_share(asked, whole),
                rare=_held([word in whole for word in rare]),
                rarest=_held([word in whole for word in rare[:1]]),
                names=_held(named),
                all_named=float(all(named)),
            )
        )
    return found


def missing(question: Question, evidence: Sequence[Evidence], passages: Sequence[Passage]) -> tuple[str, ...]:
    """What a library that does not answer would need: the names asked for that its nearest papers do not hold.

    Each is a clause, "no paper found here is about relatlimab"; where each name is held by some paper but none holds
    all, one says so: "no paper found here is about relatlimab and hepatocellular carcinoma together". Where
    nothing named is missing, the words asked for that no passage holds.
    """
    names = names_of(question.text)
    held = [
        [holds("\n".join((_about(ours[0].paper), *(passage.text for passage in ours))), name) for name in names]
        for ours in _by_paper(passages)
    ]
    nowhere = [name.text for place, name in enumerate(names) if not any(row[place] for row in held)]
    if nowhere:
        return tuple(f"no paper found here is about {name}" for name in nowhere)
    if len(names) > 1 and not any(map(all, held)):
        together = ", ".join(name.text for name in names[:-1])
        return (f"no paper found here is about {together} and {names[-1].text} together",)
    told = content_words(canonical(" ".join(f"{one.paper.title} {one.text}" for one in passages)))
    unheard = [form for word, form in subject_words(question.text).items() if word not in told]
    return tuple(f"no passage found here speaks of “{form}”" for form in unheard)


def _by_paper(passages: Sequence[Passage]) -> list[list[Passage]]:
    papers: defaultdict[str, list[Passage]] = defaultdict(list)
    for passage in passages:
        papers[passage.paper.id].append(passage)
    return list(papers.values())


@lru_cache(maxsize=256)
def _about(paper: Paper) -> str:
    """Title and abstract: what a paper is about."""
    abstract = [paper.text[section.start : section.end] for section in paper.sections if section.kind == "abstract"]
    return "\n".join((paper.title, *abstract))


def _share(asked: Mapping[str, float], words: frozenset[str]) -> float:
    total = sum(asked.values())
    return sum(weight for word, weight in asked.items() if word in words) / total if total else 0.0


def _held(held: Sequence[bool]) -> float:
    """The share of what is held; 1 where nothing is asked for."""
    return sum(held) / len(held) if held else 1.0

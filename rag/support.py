"""How well the cited text supports a claim: one score from what the install carries. It is not called entailment.

Three features, joined by a logistic model:

- `overlap`: share of the claim's content words that stand in the cited text, abbreviations written out or not, each
  weighted by its rarity in the library;
- `cosine`: of the claim to the sentence of the cited text nearest to it;
- `figures`: share of the claim's quantities that the cited text vouches for; 1 where the claim has none.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ingest.embedding import Embedder
from ingest.sentences import sentence_spans
from rag.abbreviations import abbreviated, abbreviations
from rag.answer import Claim
from rag.names import canonical
from rag.numbers import vouched_share
from rag.words import content_words, word_forms

__all__ = ["LEAST_SUPPORT", "MODEL", "Model", "features", "sentence_vectors", "shared_words", "supported"]

Rarity = Callable[[Sequence[str]], Mapping[str, float]]

# Words with which a sentence reports, whatever it reports.
_REPORTING = content_words(
    "report reported reports examined examine assessed measured tested connection concern concerns given treated "
    "enrolled people figures come versus respectively led reached found showed shown significant significantly "
    "difference change group groups"
)


@dataclass(frozen=True, slots=True)
class Model:
    """A logistic model: the score is 1 / (1 + exp(-(bias + weights · features)))."""

    bias: float
    overlap: float
    cosine: float
    figures: float

    def score(self, features: tuple[float, float, float]) -> float:
        overlap, cosine, figures = features
        at = self.bias + self.overlap * overlap + self.cosine * cosine + self.figures * figures
        return 1 / (1 + math.exp(-at))


# Fitted on 2026-11-24 by `python -m eval.bench checks --calibrate --most 80`: true claims against the same ones citing
# another paper, tuning half of `evidence_inference_dev`, all-MiniLM-L6-v2. The threshold loses 2 % of its true claims.
MODEL = Model(bias=-4.03, overlap=4.49, cosine=2.38, figures=1.58)
LEAST_SUPPORT = 0.42


def supported(embedder: Embedder, rarity: Rarity, least: float = LEAST_SUPPORT) -> Callable[[Claim], str | None]:
    """Build the check that a claim's support is at least `least`, 0 to 1; hand it to `check` as one of `further`."""
    vectors = sentence_vectors(embedder)

    def support_is_enough(claim: Claim) -> str | None:
        if not claim.citations:
            return None
        score = MODEL.score(features(claim, embedder, rarity, vectors))
        return None if score >= least else f"support by the cited text is {score:.2f}, below {least:.2f}"

    return support_is_enough


SentenceVectors = Callable[[str], NDArray[np.float32]]


def features(claim: Claim, embedder: Embedder, rarity: Rarity, vectors: SentenceVectors) -> tuple[float, float, float]:
    """`overlap`, `cosine` and `figures` of a claim that cites something; `vectors` are those of a text's sentences."""
    texts = [citation.passage.text for citation in claim.citations]
    titled = [f"{citation.passage.paper.title}\n{citation.passage.text}" for citation in claim.citations]
    context = "\n\n".join({citation.passage.paper.text for citation in claim.citations})
    own = embedder.embed([canonical(claim.text)])[0]
    cosine = max(float(np.max(vectors(text) @ own, initial=0.0)) for text in texts)
    return shared_words(claim.text, titled, context, rarity), cosine, vouched_share(claim.text, titled)


def shared_words(claim: str, cited: Sequence[str], context: str, rarity: Rarity | None = None) -> float:
    """The share of the content words of `claim` that stand in `cited`, 1 where it has none; by rarity where given.

    A word counts as standing there also as part of a long form of which the text, or `context`, has the short one.
    """
    known = {**abbreviations(context), **abbreviations(claim)}
    written = " ".join(form for text in cited for form in (text, abbreviated(text, known), canonical(text)))
    found = content_words(written) | content_words(" ".join(long for short, long in known.items() if short in written))
    forms = {word: form for word, form in word_forms(canonical(claim)).items() if word not in _REPORTING}
    weights = rarity(list(forms.values())) if rarity else dict.fromkeys(forms.values(), 1.0)
    total = sum(weights[form] for form in forms.values())
    if not total:
        return 1.0
    return sum(weights[form] for word, form in forms.items() if word in found) / total


def sentence_vectors(embedder: Embedder) -> SentenceVectors:
    """The vectors of the sentences of a text, remembered for the texts asked for last."""

    @lru_cache(maxsize=512)
    def vectors(text: str) -> NDArray[np.float32]:
        spans = sentence_spans(text) or [(0, len(text))]
        return embedder.embed([canonical(text[start:end]) for start, end in spans])

    return vectors

"""Measures, each with its definition, its source, and the rival definition that it is not.

A ranking is a sequence of items, best first; k counts from 1. What is undefined raises ValueError, it is not zero.
A passage is judged by its words alone (`holds`), so that two systems that cut papers differently are measured alike.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Interval",
    "Values",
    "area_under_risk",
    "citation_precision",
    "citation_recall",
    "document_recall",
    "draws",
    "evidence_rank",
    "evidence_recall",
    "first_characters",
    "holds",
    "items_named",
    "mean_interval",
    "ndcg",
    "paired_difference",
    "paired_ratio",
    "recall",
    "reciprocal_rank",
    "risk_coverage",
    "trigrams",
]

Floats = NDArray[np.float64]


def recall(ranking: Sequence[Hashable], relevant: Collection[Hashable], k: int) -> float:
    """Share of the relevant items that stand among the first k of the ranking: `R@k` of ir-measures.

    Source: Manning, Raghavan, Schütze, Introduction to Information Retrieval (2008), section 8.3, cut at k.
    It is not "success@k" (one relevant item is enough), which question answering often calls recall.
    """
    if not relevant:
        raise ValueError("recall is undefined without relevant items")
    return _by_the_library("R", ranking, dict.fromkeys(relevant, 1), k)


def reciprocal_rank(ranking: Sequence[Hashable], relevant: Collection[Hashable], k: int) -> float:
    """1 / rank of the first relevant item, 0 where none stands among the first k: `RR@k` of ir-measures.

    Its mean over questions is MRR@k. Source: Voorhees, The TREC-8 Question Answering Track Report (1999). It is not
    average precision: later relevant items count for nothing.
    """
    if not relevant:
        raise ValueError("reciprocal rank is undefined without relevant items")
    return _by_the_library("RR", ranking, dict.fromkeys(relevant, 1), k)


def ndcg(ranking: Sequence[Hashable], gains: Mapping[Hashable, int], k: int) -> float:
    """Discounted gain of the first k over that of the best order: `nDCG@k` of ir-measures, gains as given.

    The sum of gain / log2(rank + 1), as trec_eval has it: discounted at every rank. Source: Järvelin, Kekäläinen, ACM
    TOIS 20(4) (2002), doi:10.1145/582415.582418. It is not Burges' form (2005), whose gain is 2^gain - 1; for gains of
    0 and 1 the two are equal.
    """
    if not any(gain > 0 for gain in gains.values()):
        raise ValueError("nDCG is undefined without an item of positive gain")
    return _by_the_library("nDCG", ranking, gains, k)


def trigrams(text: str) -> frozenset[tuple[str, ...]]:
    """The distinct runs of three words; words are lower-cased [a-z0-9]+, so that dashes and spaces make no difference.

    A text of one or two words gives one run, all of it; a text without words gives none.
    """
    words = _words(text)
    length = min(3, len(words))
    return _runs(words, length) if length else frozenset()


def holds(passage: str, evidence: str, share: float = 0.6) -> bool:
    """Whether the passage holds at least `share` of the distinct word trigrams of one gold evidence text.

    Evidence of fewer than three words is held when its words stand in the passage next to each other. Sixty per cent
    forgives a border that cuts a sentence; it is not containment of the text, nor an overlap of both sides as in ROUGE.
    """
    wanted = trigrams(evidence)
    if not wanted:
        raise ValueError("the evidence text holds no words")
    length = len(next(iter(wanted)))
    return len(wanted & _runs(_words(passage), length)) >= share * len(wanted)


def evidence_rank(passages: Sequence[str], evidence: Sequence[str]) -> int | None:
    """Rank, from 1, of the first passage that holds one of the evidence texts; None where none does."""
    if not evidence:
        raise ValueError("evidence rank is undefined without evidence texts")
    for rank, passage in enumerate(passages, start=1):
        if any(holds(passage, text) for text in evidence):
            return rank
    return None


def evidence_recall(ranks: Sequence[int | None], k: int) -> float:
    """Share of the questions for which one of the first k passages holds a gold evidence text.

    `ranks` has one `evidence_rank` a question. One text is enough: this is success@k over questions, not the
    share of all evidence found.
    """
    _check_depth(k)
    if not ranks:
        raise ValueError("evidence recall is undefined without questions")
    return sum(rank is not None and rank <= k for rank in ranks) / len(ranks)


def first_characters(passages: Sequence[str], characters: int) -> list[str]:
    """What a reader sees who reads the ranking up to `characters`: a passage that crosses the border is cut there.

    What is left of a cut passage still counts if it holds the evidence by itself, so neither long nor short passages
    gain by where the border falls. Passages are judged one by one, never joined.
    """
    if characters < 1:
        raise ValueError("a reader reads at least one character")
    seen: list[str] = []
    left = characters
    for passage in passages:
        if left <= 0:
            break
        seen.append(passage[:left])
        left -= len(passage)
    return seen


def document_recall(ranking: Sequence[Hashable], relevant: Collection[Hashable], k: int) -> float:
    """Relevant documents among the first k of the ranking over min(k, number of relevant ones): 1 can be reached.

    A document that comes twice counts once, and takes one place. Source: the cut-off recall of BEIR's `recall_cap`
    (Thakur et al., NeurIPS 2021 Datasets and Benchmarks); it is not `recall`, which divides by all relevant ones.
    """
    _check_depth(k)
    wanted = set(relevant)
    if not wanted:
        raise ValueError("recall is undefined without relevant documents")
    first = list(dict.fromkeys(ranking))[:k]
    return len(wanted.intersection(first)) / min(k, len(wanted))


def items_named(text: str, items: Sequence[Collection[str]]) -> float:
    """Share of the items, each a collection of synonyms, of which at least one synonym stands in `text`.

    Words are compared as in `trigrams`, whole and in a row: "IL-4" stands in "IL 4", not in "IL-41". BioASQ's own list
    measure is an F-measure over the items a system returns; a text in prose returns no list, so this is its recall.
    """
    if not items:
        raise ValueError("the share of named items is undefined without items")
    told = f" {' '.join(_words(text))} "
    return sum(any(_stands(name, told) for name in item) for item in items) / len(items)


def citation_precision(cited: Sequence[Hashable], relevant: Collection[Hashable]) -> float:
    """Share of the citations that are to relevant documents; every citation counts, not every document once.

    It is not ALCE's citation precision (Gao et al., EMNLP 2023), which asks an entailment model whether the text
    supports the sentence: here the gold documents decide.
    """
    if not cited:
        raise ValueError("citation precision is undefined without citations")
    return sum(document in relevant for document in cited) / len(cited)


def citation_recall(cited: Sequence[Hashable], relevant: Collection[Hashable]) -> float:
    """Share of the relevant documents that are cited at least once.

    It is not ALCE's citation recall (Gao et al., EMNLP 2023), the share of sentences that their citations support.
    """
    if not relevant:
        raise ValueError("citation recall is undefined without relevant documents")
    wanted = set(relevant)
    return len(wanted.intersection(cited)) / len(wanted)


def risk_coverage(
    answerable: Sequence[float], unanswerable: Sequence[float], weights: Sequence[float] | None = None
) -> list[tuple[float, float, float]]:
    """`(coverage, wrongly answered, risk)` at every threshold, the highest first, from the confidences in both.

    Coverage is the share of the answerable questions that are answered, wrongly answered that of the unanswerable ones
    (weighted by `weights`, if given). Risk is the share of wrong ones among what is answered, as if both kinds of
    question were equally frequent: wrongly answered / (coverage + wrongly answered).

    Source: El-Yaniv, Wiener, JMLR 11 (2010), whose coverage is over all questions; ours is over those with an
    answer, for how many have none is the choice of whoever makes the set.
    """
    if not answerable or not unanswerable:
        raise ValueError("a risk-coverage curve needs questions of both kinds")
    yes = np.sort(np.asarray(answerable))
    order = np.argsort(unanswerable)
    no = np.asarray(unanswerable)[order]
    heavier = np.concatenate(
        [[0.0], np.cumsum(np.asarray(weights if weights is not None else np.ones(len(no)))[order])]
    )
    points = []
    for threshold in sorted({*answerable, *unanswerable}, reverse=True):
        coverage = 1 - float(np.searchsorted(yes, threshold)) / len(yes)
        wrong = 1 - float(heavier[np.searchsorted(no, threshold)] / heavier[-1])
        points.append((coverage, wrong, wrong / (coverage + wrong) if wrong else 0.0))
    return points


def area_under_risk(
    answerable: Sequence[float], unanswerable: Sequence[float], weights: tuple[Floats, Floats] | None = None
) -> float:
    """The area under the risk-coverage curve (AURC): 0 where it is surer of every answerable question; lower is better.

    The mean, over the answerable questions, of the risk of answering it and all that is as sure or surer: of
    `risk_coverage` at its confidence. `weights` says how often each question of either kind counts.

    Source: Geifman, Uziel, El-Yaniv, ICLR 2019, arXiv:1805.08206, with the risk and coverage of
    `risk_coverage`. It is not E-AURC, which takes off what the best order could not avoid: here that is 0.
    """
    if not answerable or not unanswerable:
        raise ValueError("a risk-coverage curve needs questions of both kinds")
    (yes, wanted), (no, unwanted) = (
        _surest_first(confidences, None if weights is None else weights[kind])
        for kind, confidences in enumerate((answerable, unanswerable))
    )
    # How many of each kind are at least as sure as each answerable question: a tie is answered as a whole.
    answered = np.cumsum(wanted)[np.searchsorted(-yes, -yes, side="right") - 1]
    wrong = np.concatenate([[0.0], np.cumsum(unwanted)])[np.searchsorted(-no, -yes, side="right")]
    if not wanted.sum() or not unwanted.sum():
        return float("nan")
    answered, wrong = answered / wanted.sum(), wrong / unwanted.sum()
    with np.errstate(invalid="ignore"):
        risk = np.where(wrong > 0, wrong / (answered + wrong), 0.0)
    return float((risk * wanted).sum() / wanted.sum())


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate and the bounds between which the middle 95 % of its bootstrap distribution lies."""

    estimate: float
    low: float
    high: float


Values = Sequence[float | None]


def mean_interval(values: Values, groups: Sequence[Hashable], *, seed: int = 0, samples: int = 10_000) -> Interval:
    """Mean of the values that are defined (not None), with its interval; drawn as `paired_difference` does."""
    means, _ = _drawn(values, values, groups, seed, samples)
    return _interval(_mean(values), means)


def paired_difference(
    ours: Values, theirs: Values, groups: Sequence[Hashable], *, seed: int = 0, samples: int = 10_000
) -> Interval:
    """Mean of ours less mean of theirs over the same questions, with its 95 % percentile bootstrap interval.

    Whole groups (the questions of one paper) are drawn with replacement, both systems together: questions of one paper
    fall and stand together, and drawing them one by one would make the interval too narrow. A value may be undefined
    (None) on one side: it counts in neither the sum nor the number of that side.
    Source: Efron, Tibshirani, An Introduction to the Bootstrap (1993), chapters 8 and 13; it is not the BCa interval.
    """
    mine, other = _drawn(ours, theirs, groups, seed, samples)
    return _interval(_mean(ours) - _mean(theirs), mine - other)


def paired_ratio(
    ours: Values, theirs: Values, groups: Sequence[Hashable], *, seed: int = 0, samples: int = 10_000
) -> Interval:
    """Mean of ours over mean of theirs; drawn as `paired_difference` does. Undefined where theirs is zero throughout.

    A ratio of means, not the mean of ratios. A sample in which theirs happens to be zero counts as infinite.
    """
    if not any(theirs):
        raise ValueError("a ratio to zero is undefined")
    mine, other = _drawn(ours, theirs, groups, seed, samples)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = np.where(other > 0, mine / other, np.inf)
    return _interval(_mean(ours) / _mean(theirs), ratios)


def draws(groups: Sequence[Hashable], *, seed: int = 0, samples: int = 10_000) -> NDArray[np.int64]:
    """How often each question counts in each bootstrap sample: (samples, questions), those of a group alike."""
    names = {group: number for number, group in enumerate(dict.fromkeys(groups))}
    counts = _counts(len(names), seed, samples)
    return counts[:, [names[group] for group in groups]]


def _counts(groups: int, seed: int, samples: int) -> NDArray[np.int64]:
    return np.random.default_rng(seed).multinomial(groups, np.full(groups, 1 / groups), size=samples)


def _drawn(ours: Values, theirs: Values, groups: Sequence[Hashable], seed: int, samples: int) -> tuple[Floats, Floats]:
    """Mean of ours and mean of theirs in each bootstrap sample that has a value of both; two rows."""
    if not len(ours) == len(theirs) == len(groups):
        raise ValueError("a paired interval needs the same questions on both sides")
    if all(value is None for value in ours) or all(value is None for value in theirs):
        raise ValueError("an interval is undefined without questions")
    names = {group: number for number, group in enumerate(dict.fromkeys(groups))}
    sums = np.zeros((len(names), 4))
    for mine, other, group in zip(ours, theirs, groups, strict=True):
        sums[names[group]] += (mine or 0.0, mine is not None, other or 0.0, other is not None)
    totals: Floats = _counts(len(names), seed, samples) @ sums
    totals = totals[(totals[:, 1] > 0) & (totals[:, 3] > 0)]
    return totals[:, 0] / totals[:, 1], totals[:, 2] / totals[:, 3]


def _mean(values: Values) -> float:
    defined = [value for value in values if value is not None]
    return sum(defined) / len(defined)


def _interval(estimate: float, values: Floats) -> Interval:
    # The nearest value, not one in between: halfway to an infinite ratio is not a number.
    low, high = np.quantile(values, [0.025, 0.975], method="nearest")
    return Interval(float(estimate), float(low), float(high))


def _surest_first(confidences: Sequence[float], weights: Floats | None) -> tuple[Floats, Floats]:
    given = np.asarray(confidences, dtype=np.float64)
    order = np.argsort(-given, kind="stable")
    return given[order], (np.ones(len(given)) if weights is None else np.asarray(weights, dtype=np.float64))[order]


def _by_the_library(name: str, ranking: Sequence[Hashable], gains: Mapping[Hashable, int], k: int) -> float:
    """A measure of ir-measures, which computes it with trec_eval; an item that comes twice earns once."""
    from ir_measures import Qrel, ScoredDoc, calc_aggregate, parse_measure

    _check_depth(k)
    names: dict[Hashable, str] = {item: str(number) for number, item in enumerate(gains)}
    judged = [Qrel("q", names[item], gain) for item, gain in gains.items()]
    placed = [
        ScoredDoc("q", names.pop(item, f"other {rank}"), -float(rank)) for rank, item in enumerate(ranking[:k], start=1)
    ]
    measure = parse_measure(f"{name}@{k}")
    return float(calc_aggregate([measure], judged, placed)[measure])


def _stands(name: str, told: str) -> bool:
    words = _words(name)
    return bool(words) and f" {' '.join(words)} " in told


def _words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", text.lower())


def _runs(words: Sequence[str], length: int) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(words[i : i + length]) for i in range(len(words) - length + 1))


def _check_depth(k: int) -> None:
    if k < 1:
        raise ValueError(f"k counts from 1, not {k}")

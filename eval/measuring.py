"""The measures of a run: what each says, where it comes from, which way is better, and whether it guards a build."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["FLOORS", "MEASURES", "Measure", "measure"]


@dataclass(frozen=True, slots=True)
class Measure:
    """`name` is without its cut ("recall" for `recall@5`). `total` ones are added up over questions, others averaged.

    `pooled` ones belong to all questions together, and to none by itself.
    """

    name: str
    definition: str
    source: str
    better: Literal["higher", "lower"] = "higher"
    guarded: bool = True
    total: bool = False
    pooled: bool = False


_TREC = "trec_eval by ir-measures"
_OWN = "ours"

MEASURES: tuple[Measure, ...] = (
    Measure("evidence_recall", "share of questions with a passage among the first k that holds 60 % of the word "
            "trigrams of a gold text", "ours; success@k over passages"),
    Measure("recall", "share of the gold papers among the first k papers found", _TREC),
    Measure("MRR", "1 / rank of the first gold paper, 0 beyond k", _TREC),
    Measure("nDCG", "discounted gain of the gold papers among the first k, over that of the best order", _TREC),
    Measure("document_recall", "gold papers among the first k, over min(k, gold papers)",
            "recall_cap of BEIR (Thakur et al., NeurIPS 2021)"),
    Measure("key_fact_recall", "share of the key facts that the answer says; an abstention says none", _OWN),
    Measure("exact_answer", "yes or no (or maybe) as it should be; a factoid's name; share of a list's names; 0 where "
            "it abstains", "BioASQ and PubMedQA, read from prose by rule"),
    Measure("quoted_evidence", "share of the answered questions with a quote that holds 60 % of the word trigrams of a "
            "gold text", _OWN),
    Measure("citation_precision", "share of an answer's citations that are to gold papers",
            "against gold papers; not ALCE's, which asks an entailment model"),
    Measure("citation_recall", "share of the gold papers that an answer cites",
            "against gold papers; not ALCE's, which asks an entailment model"),
    Measure("answered", "share of the answerable questions that are answered", "coverage (El-Yaniv, Wiener, 2010)"),
    Measure("abstention_recall", "share of the unanswerable questions that are abstained from", _OWN),
    Measure("abstention_precision", "share of the abstentions that are from unanswerable questions", _OWN),
    Measure("AURC", "area under the risk-coverage curve: how far it is surer of what has no answer",
            "Geifman, Uziel, El-Yaniv, ICLR 2019", better="lower", pooled=True),
    Measure("unsupported_sentences", "sentences shown whose quote is not in the paper they cite, or that share too "
            "little with it", _OWN, better="lower", total=True),
    Measure("wrong_numbers", "numbers shown that do not stand in what their sentence cites", _OWN, better="lower",
            total=True),
    Measure("forbidden_shown", "texts shown that must not be: injected words, markup", _OWN, better="lower",
            total=True),
    Measure("characters", "length of the answers given", _OWN, better="lower", guarded=False),
    Measure("seconds", "time to an answer, asked alone", _OWN, better="lower", guarded=False),
    Measure("tokens", "tokens of an LLM's prompt and reply", _OWN, better="lower", guarded=False),
)  # fmt: skip
"""In the order in which a report tells them."""

FLOORS = ("unsupported_sentences", "wrong_numbers")
"""What must be zero in all that is shown."""

_BY_NAME = {one.name: one for one in MEASURES}


def measure(name: str) -> Measure:
    """The measure that `name` names, with or without a cut: "recall@5". Raises KeyError for any other."""
    return _BY_NAME[name.partition("@")[0]]

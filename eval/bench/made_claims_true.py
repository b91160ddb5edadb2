"""True claims: a finding said in several forms, none of which is a sentence of the paper."""

from __future__ import annotations

import itertools
from random import Random

from eval.bench.made_claims_nouns import Finding, Pair

__all__ = ["directions", "pairs"]

_MORE = ("increased", "higher", "an increase in")
_LESS = ("decreased", "lower", "a decrease in")


def directions(finding: Finding, label: str, random: Random) -> list[str]:
    """The label said in four forms; a p value or a ratio of the evidence stands behind some of them."""
    i, c, o = finding.intervention, finding.comparator, finding.outcome
    if label == "no significant difference":
        forms = [
            f"There was no significant difference in {o} between {i} and {c}{{}}.",
            f"{_capital(o)} did not differ significantly between {c} and {i}{{}}.",
            f"Compared with {c}, {i} did not significantly change {o}{{}}.",
            f"{_capital(i)} had no significant effect on {o} compared with {c}{{}}.",
        ]
    else:
        verb, adjective, noun = _MORE if label == "increased" else _LESS
        against = _LESS[1] if label == "increased" else _MORE[1]
        forms = [
            f"{_capital(i)} significantly {verb} {o} compared with {c}{{}}.",
            f"{_capital(o)} was significantly {adjective} with {i} than with {c}{{}}.",
            f"{_capital(o)} was significantly {against} with {c} than with {i}{{}}.",
            f"Compared with {c}, {i} led to {noun} {o}{{}}.",
        ]
    figures = [figure for figure in (finding.p, finding.ratio) if figure] if label == finding.label else []
    behind = itertools.cycle([*(f" ({figure})" for figure in figures), ""])
    return [form.format(tail) for form, tail in zip(forms, behind, strict=False)]


def pairs(finding: Finding, pair: Pair | None) -> list[str]:
    """Both arms' figures in eight forms."""
    if pair is None:
        return []
    i, c, o = finding.intervention, finding.comparator, finding.outcome
    x, y = f"{pair.mine}{pair.unit}", f"{pair.other}{pair.unit}"
    return [
        f"{_capital(o)} was {x} with {i} and {y} with {c}.",
        f"{_capital(o)}: {x} for {i} versus {y} for {c}.",
        f"{_capital(o)} was {x} and {y} with {i} and {c}, respectively.",
        f"With {c}, {o} was {y}; with {i}, it was {x}.",
        f"{_capital(o)} was {y} with {c} compared with {x} with {i}.",
        f"{_capital(o)} ({i}, {x}; {c}, {y}) was reported.",
        f"{_capital(i)} versus {c}: {o} was {x} versus {y}.",
        f"For {o}, {c} reached {y}, while {i} reached {x}.",
    ]


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]

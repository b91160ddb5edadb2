"""Claims of which it is known whether they hold: written from Evidence Inference's annotations, then made false.

A true claim is never a sentence of the paper: it is put together, in several forms, from the annotated intervention,
comparator, outcome and label, and from a figure of the annotated evidence. The extractor of those figures is the
benchmark's own and knows nothing of `rag`: it takes what regular print makes certain, and leaves the rest. Which of two
figures is whose is told by the label (an outcome that increased was larger with the intervention).

A corruption changes one thing. What is changed must be false of the passage: a changed number stands nowhere in it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from random import Random

from eval.bench.made_claims_arms import pair_of
from eval.bench.made_claims_false import changed, swapped, turned
from eval.bench.made_claims_figures import p_value, plainly, ratios, squeezed
from eval.bench.made_claims_names import arm_words, name_in_a_sentence
from eval.bench.made_claims_nouns import Finding, MadeClaim
from eval.bench.made_claims_true import directions, pairs
from eval.suites import EvalQuestion
from rag.answer import Passage

__all__ = ["made_claims", "made_pairs", "made_ratios"]


def made_claims(question: EvalQuestion, passage: Passage, random: Random) -> list[MadeClaim]:
    """Every true claim and every corruption that `question` gives, about `passage`, which holds its evidence."""
    finding = _finding(question, passage)
    if finding is None:
        return []
    claims = [MadeClaim("true", text, passage, finding.group) for text in directions(finding, finding.label, random)]
    claims += [MadeClaim("true", text, passage, finding.group) for text in pairs(finding, finding.pair)]
    return [*claims, *turned(finding, random), *swapped(finding), *changed(claims, random)]


_SUBJECT = re.compile(
    r"^(?:(?:In|At|After|Overall|However|Similarly|Moreover)[^,]{0,40}, )?(?:[Tt]he )?"
    r"(?P<subject>[A-Za-z][A-Za-z0-9 /-]{5,70}?) "
    r"(?:was|were|occurred in|averaged) "
)
_VAGUE = re.compile(
    r"\b(?:it|this|these|there|they|we|which|patients|participants|group|arm|no|were|was|although|though|while|whereas|"
    r"when|if|because|since|but)\b",
    re.IGNORECASE,
)


def made_pairs(question: EvalQuestion, passages: Sequence[Passage]) -> list[MadeClaim]:
    """True and swapped claims from any sentence of the paper that gives both arms' figures beside their names.

    The outcome is then the subject of that sentence. What the annotation is used for is who the arms are.
    """
    claims: list[MadeClaim] = []
    for passage in passages:
        if passage.chunk.section.kind in ("table", "figure", "methods", "introduction"):
            continue
        plain = plainly(passage.text)
        names = [name_in_a_sentence(text, plain) for text in (question.intervention, question.comparator)]
        if not all(names) or names[0].lower() == names[1].lower():
            continue
        for sentence in re.split(r"(?<=[a-z)])\. (?=[A-Z])", plain):
            subject = _SUBJECT.match(sentence)
            if not subject or _VAGUE.search(subject["subject"]):
                continue
            pair = pair_of(replace(question, label="no significant difference"), sentence)
            if pair is not None:
                outcome = subject["subject"][0].lower() + subject["subject"][1:]
                if re.match(r"[A-Z]{2}", subject["subject"]):
                    outcome = subject["subject"]
                finding = Finding(names[0], names[1], outcome, "", pair, "", "", passage, question.paper)
                claims += [MadeClaim("true", text, passage, finding.group) for text in pairs(finding, pair)]
                claims += swapped(finding)
    return claims


def made_ratios(group: str, passages: Sequence[Passage], random: Random) -> list[MadeClaim]:
    """True claims that only state a ratio with its interval, and false ones: a bound changed, the ratio renamed."""
    claims: list[MadeClaim] = []
    for passage in passages:
        if passage.chunk.section.kind in ("abstract", "results"):
            texts = [f"The {said.replace(', 95', ' (95')})." for said in ratios(plainly(passage.text), whole=True)]
            claims += [MadeClaim("true", text, passage, group) for text in texts]
    return [*claims, *changed(claims, random)]


def _finding(question: EvalQuestion, passage: Passage) -> Finding | None:
    plain = plainly(passage.text)
    names = [name_in_a_sentence(text, plain) for text in (question.intervention, question.comparator, question.outcome)]
    if not all(names) or len({name.lower() for name in names}) < 3:
        return None
    if not arm_words(question.intervention) & arm_words(f"{passage.paper.title} {passage.text}"):
        return None  # the passage names the arm in no word: it could vouch for nothing said of it
    held = [plainly(text) for text in question.evidence if squeezed(text) in squeezed(passage.text)]
    evidence = ". ".join(held)
    found = ratios(evidence)
    return Finding(
        names[0],
        names[1],
        names[2],
        question.label,
        pair_of(question, evidence),
        p_value(evidence),
        found[0] if len(found) == 1 else "",
        passage,
        question.paper,
    )

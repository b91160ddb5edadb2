"""Sentences that hang on the one before: "these patients", "this approach", "it" have their antecedent there.

"This study", "in our cohort" and "these results" hang on nothing but the paper, which is cited.
"""

from __future__ import annotations

import re

__all__ = ["hangs"]

_WORK = (
    r"stud(?:y|ies)|trials?|analys[ei]s|meta-analys[ei]s|reviews?|reports?|papers?|articles?|work|investigations?|"
    r"results?|findings|data|digests?|cohorts?|series|survey|cent(?:re|er)|observations?"
)
_POINTS = re.compile(
    # "These patients", "this approach", "such lesions", "the latter"; not "this study", not "that" as a conjunction.
    rf"\b(?:this|these|those|such)\s+(?!(?:[\w-]+\s+){{0,2}}?(?:{_WORK})\b)"
    r"(?!an?\b|as\b|that\b|with\b|who\b|of\b|in\b)[a-z][\w-]*"
    r"|\bthe (?:former|latter)\b|\b(?:both|either|neither) of (?:these|them|which)\b",
    re.IGNORECASE,
)
_OPENS = re.compile(
    r"^(?:(?:however|moreover|furthermore|in addition|additionally|thus|therefore|hence|also|"
    r"similarly|in contrast|conversely|consequently|indeed|notably|importantly|finally)\b,?\s*)?"
    r"(?:it|its|they|their|he|she|his|her|this|these|those|both|another|the (?:former|latter|same|other|others|two)|"
    r"(?:one|some|none|all|most|half) of (?:these|them))\b"
    r"(?!\s+(?:is|was|has been)\s+(?:\w+\s+)?(?:known|shown|thought|"
    r"recommended|estimated|reported|suggested|clear|unclear|possible|likely|important|noteworthy|"
    r"believed|accepted|established)\b)",
    re.IGNORECASE,
)
_OWN = re.compile(rf"^(?:\w+,?\s+){{0,2}}?(?:this|these|our)\s+(?:[\w-]+\s+){{0,2}}?(?:{_WORK})\b", re.IGNORECASE)
_CONTINUES = re.compile(
    r"^(?:in contrast|conversely|by contrast|similarly|consequently|therefore|thus|hence|as a result|accordingly|"
    r"for (?:example|instance)|in turn|as such|that is|the same (?:was|is|applies|held|holds)|"
    r"in (?:this|these|such|both|either) )\b",
    re.IGNORECASE,
)
_EARLY = 60  # characters from the start within which what points has its antecedent before, not in the sentence itself


def hangs(sentence: str) -> bool:
    """Whether `sentence` cannot be understood without the one before."""
    if _OWN.match(sentence):
        return False
    pointing = _POINTS.search(sentence)
    return bool(_OPENS.match(sentence) or _CONTINUES.match(sentence) or (pointing and pointing.start() < _EARLY))

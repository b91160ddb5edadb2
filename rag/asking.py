"""What kind of answer a question wants: yes or no, a number, a list, a comparison, how or why, or none of these."""

from __future__ import annotations

import re
from typing import Literal

__all__ = ["Asking", "asking", "bearing"]

Asking = Literal["yes or no", "number", "list", "comparison", "how", "open"]

_YES_OR_NO = re.compile(
    r"^(?:[^?]{0,80},\s+)?(?:is|are|was|were|does|do|did|has|have|had|can|could|should|would|will|may|might)\b"
    r"|,? yes or no\s*\??$",
    re.IGNORECASE,
)
_EITHER = re.compile(r"^\w+ (?:the )?(?:\w+ ){0,8}?or (?!not\b|no\b)", re.IGNORECASE)
_NUMBER = re.compile(
    r"\bhow (?:many|much|long|often|frequent\w*|common|rare|large|accurate\w*|high|likely)\b"
    r"|^(?:what|which)\b[^?]{0,60}?\b(?:percentages?|proportions?|rates?|fractions?|number|frequency|"
    r"incidence|prevalence|dose|duration|median|hazard ratio|odds ratio|phase|auc|accuracy)\b",
    re.IGNORECASE,
)
_COMPARISON = re.compile(
    r"\b(?:compar\w+|versus|vs\.?|differences? between"
    r"|(?:better|worse|superior|inferior|longer|higher|lower|safer) (?:than|to)"
    r"|which (?:is|are|was) (?:better|best|superior|safer))\b",
    re.IGNORECASE,
)
_HOW = re.compile(r"\bmechanisms?\b|^\s*(?:how\b|why\b|by what\b|through (?:what|which)\b)", re.IGNORECASE)
_LIST = re.compile(
    r"^\s*(?:please\s+)?(?:list|name|enumerate)\b"
    r"|^\s*(?:what|which)(?: are| were)?(?: the| other| main| most common| \d+| two| three| four)*"
    r" (?:[\w-]+ ){0,3}?[\w-]{2,}(?<!s)s\b(?<!\bdoes)(?<!\bis)(?<!\bwas)(?<!\bhas)(?<!disease's)",
    re.IGNORECASE,
)
_FIGURE = re.compile(r"\d")
_CAUSE = re.compile(
    r"\b(?:by|through|via|because|due to|owing to|mediat\w+|leads? to|led to|results? in|induc\w+|driv\w+|inhibit\w*|"
    r"suppress\w*|activat\w+|promot\w+|block\w*|exclu\w+|recruit\w*|impair\w*|limit\w*|"
    r"prevent\w*|caus\w+|thereby|express\w*)\b",
    re.IGNORECASE,
)
_COMPARED = re.compile(
    r"\b(?:than|versus|vs|compared (?:with|to)|(?:no|not|without)[\w ]{0,30}differen\w+|similar|"
    r"superior\w*|inferior\w*)\b",
    re.IGNORECASE,
)
_ENUMERATION = re.compile(r"\w,\s[^,.;()]{2,60},?\s(?:and|or)\s\w|\w,\s[^,.;]{2,60},\s\w")


def asking(question: str) -> Asking:
    """The kind of answer that `question` wants; what fits several is the first of the order above."""
    text = question.strip()
    if _YES_OR_NO.search(text) and not _EITHER.match(text):
        return "yes or no"
    if _NUMBER.search(text):
        return "number"
    if _COMPARISON.search(text) or _EITHER.match(text):
        return "comparison"
    if _HOW.search(text):
        return "how"
    return "list" if _LIST.search(text) else "open"


def bearing(wanted: Asking, sentence: str) -> float:
    """How much the manner of `sentence` is that of an answer of the `wanted` kind: 0 or 1."""
    match wanted:
        case "number":
            return float(bool(_FIGURE.search(sentence)))
        case "comparison":
            return float(bool(_COMPARED.search(sentence)))
        case "how":
            return float(bool(_CAUSE.search(sentence)))
        case "list":
            return float(bool(_ENUMERATION.search(sentence)))
        case _:
            return 0.0

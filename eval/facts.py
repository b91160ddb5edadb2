"""Whether an answer says what it has to say: a key fact, or yes or no. Rules of the harness' own, none of `rag/`."""

from __future__ import annotations

import re

from eval.numerals import numerals
from eval.questions import KeyFact
from eval.wording import plain, stands
from ingest.sentences import sentence_spans

__all__ = ["decided", "says"]

# Words that may stand for each other as what a number counts or measures.
_UNITS = (
    frozenset("people patients participants persons subjects adults individuals cases".split()),
    frozenset(("hazard ratio", "hazard ratios", "hr", "hrs")),
    frozenset(("odds ratio", "odds ratios")),
    frozenset(("months", "month", "mo")),
    frozenset(("years", "year")),
    frozenset(("weeks", "week")),
    frozenset(("days", "day")),
)

_OPENING = re.compile(r"\W*(yes|no|maybe)\b", re.IGNORECASE)
_OPEN = re.compile(
    r"\b(?:unclear|uncertain|inconclusive|conflicting|mixed|contradictory|not (?:yet )?(?:known|established)|"
    r"insufficient (?:evidence|data))\b",
    re.IGNORECASE,
)
_DENIAL = re.compile(
    r"\b(?:not|no|nor|neither|never|none|cannot|without|fail(?:s|ed)?|lack(?:s|ed)?)\b|n't\b", re.IGNORECASE
)
_NO_DENIAL = re.compile(
    r"\b(?:not only|whether or not|no (?:new|unexpected)|not (?:been |yet )?reached|"
    r"(?:those|patients|people) without)\b",
    re.IGNORECASE,
)
_MORE = re.compile(
    r"\b(?:more|better|longer|prolong\w*|higher|improv\w*|increas\w*|superior|benefi\w*|greater|rais\w*|extend\w*)\b",
    re.IGNORECASE,
)
_LESS = re.compile(
    r"\b(?:less|worse\w*|shorter|shorten\w*|lower\w*|poor\w*|decreas\w*|inferior|harm\w*|reduc\w*|fewer|smaller)\b",
    re.IGNORECASE,
)


def says(text: str, fact: KeyFact) -> bool:
    """Whether `text` says it: one of its texts, not within a longer word; or the number, in a sentence with its unit.

    A number is right within its tolerance. A share has its percent sign; any other number has its unit, or a word for
    the same ("patients" for "people", "HR" for "hazard ratio"), somewhere in its sentence.
    """
    if fact.number is None:
        told = plain(text)
        return any(stands(wording, told) for wording in fact.texts)
    return any(_says_number(text[start:end], fact, fact.number) for start, end in sentence_spans(text))


def decided(question: str, text: str, *, maybe: bool = False) -> str:
    """What `text` says to a yes/no question: "yes", "no", or, where that is an answer, "maybe".

    A text that opens with the word says it. Else its first sentence does: "no" where it denies something, or where the
    question asks for more and it only speaks of less, or the other way round; "yes" otherwise.
    """
    if opening := _OPENING.match(text):
        return opening.group(1).lower()
    spans = sentence_spans(text)
    first = text[slice(*spans[0])] if spans else text
    if maybe and _OPEN.search(first):
        return "maybe"
    denied = _DENIAL.search(_NO_DENIAL.sub(" ", first)) is not None
    asks, tells = ((_MORE.search(one) is not None, _LESS.search(one) is not None) for one in (question, first))
    turned = asks[0] != asks[1] and tells[0] != tells[1] and asks[0] != tells[0]
    return "no" if denied != turned else "yes"


def _says_number(sentence: str, fact: KeyFact, number: float) -> bool:
    close = [one for one in numerals(sentence) if abs(one.value - number) <= fact.tolerance + 1e-9]
    if fact.unit == "%":
        return any(one.percent is not False for one in close) and "%" in sentence.replace("per cent", "%")
    unit = plain(fact.unit)
    same = next((group for group in _UNITS if unit in group), frozenset({unit}))
    told = plain(sentence)
    return bool(close) and any(stands(name, told) for name in same)

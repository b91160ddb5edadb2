"""Whether a sentence says yes or no to a yes/no question.

No where it denies what the question asks ("did not improve", "failed to"), or says the opposite of it: worse where
better was asked, an oncogene where a suppressor was. Two such turns are none. A sentence that speaks of something else,
or only announces that it was looked at, says neither.
"""

from __future__ import annotations

import re
from typing import Literal

from rag.words import content_words

__all__ = ["Stance", "stance"]

Stance = Literal["yes", "no"]

_DENIAL = re.compile(
    r"\b(?:not?|nor|neither|never|none|cannot|without|fail(?:s|ed|ure)?|lack(?:s|ed|ing)?|absence|unable|ineffective|"
    r"discontinued|terminated|halted|futility|negative (?:results?|trial)|insufficient|unlikely|disappointing|"
    r"n't|non-?significant\w*|similar|no longer)\b|n't\b|\binsignificant",
    re.IGNORECASE,
)
_NO_DENIAL = re.compile(
    r"\bnot only\b|\bno(?:t)? (?:serious|severe|new|unexpected|grade|dose-limiting|treatment-related|related|"
    r"previously|yet been reached|reached)\b|\bmedian [^.;]{0,40}not (?:been )?reached\b"
    r"|\bwhether or not\b|\bnot yet reached\b|\bno (?:prior|previous)\b"
    r"|\b(?:those|women|men|patients|people|subjects|group|arm|that) without\b|\bwho (?:have |had )?fail(?:ed)?\b"
    r"|\bwithout (?:prior|previous|affecting|significant toxicity|increasing|compromising)\b"
    r"|\b(?:is|are|was|were) not (?:fully|completely|well)\b",
    re.IGNORECASE,
)
_OPPOSITES = tuple(
    (re.compile(rf"\b(?:{one})\b", re.IGNORECASE), re.compile(rf"\b(?:{other})\b", re.IGNORECASE))
    for one, other in (
        (r"better|improv\w+|favou?rable|benefi\w+|effective|superior",
         r"worse\w*|less|poor(?:er)?|unfavou?rable|adverse prognos\w+|detriment\w*|inferior|aggressive\w*"),
        (r"long(?:er)?|prolong\w*", r"short(?:er|ened)?"),
        (r"increas\w*|high(?:er)?|elevat\w+|greater|positive\w*|upregulat\w+|promot\w+|enhanc\w+|activat\w+|favou?ring",
         r"decreas\w*|low(?:er)?|reduc\w+|less|negative\w*|downregulat\w+|suppress\w*|inhibit\w*|repress\w*|attenuat\w+|impair\w*"),
        (r"suppressors?|suppressive", r"oncogen\w*|proto-oncogene|promot\w+"),
        (r"benign", r"malignan\w+|metasta\w+"),
        (r"common", r"rare|uncommon"),
        (r"dominant", r"recessive"),
        (r"monoclonal", r"polyclonal"),
        (r"sensiti[sz]\w+|sensitivity", r"resistan\w+|chemoresistan\w+"),
    )
)  # fmt: skip
_ASKS = re.compile(
    r"\b(?:asked|examined|assess\w+|investigated|determine|evaluate[sd]?|test(?:ed)?) (?:whether|if|how)\b"
    r"|\b(?:aim(?:s|ed)?|sought) to\b",
    re.IGNORECASE,
)
_LEAST = 0.34  # of the question's words in a sentence that says anything to it


def stance(question: str, sentence: str) -> Stance | None:
    """Which of the two `sentence` says to `question`; None where it is not about it or asks itself."""
    asked, told = content_words(question), content_words(sentence)
    if (
        not asked
        or len(asked & told) < _LEAST * len(asked)
        or _ASKS.search(sentence)
        or sentence.rstrip().endswith("?")
    ):
        return None
    denied = bool(_DENIAL.search(_NO_DENIAL.sub(" ", sentence)))
    asked_denied = bool(_DENIAL.search(_NO_DENIAL.sub(" ", question)))
    return "no" if (denied ^ asked_denied) ^ _opposed(question, sentence) else "yes"


def _opposed(question: str, sentence: str) -> bool:
    for pair in _OPPOSITES:
        for wanted, other in (pair, pair[::-1]):
            asked = wanted.search(question) and not other.search(question)
            if asked and other.search(sentence) and not wanted.search(sentence):
                return True
    return False

"""Words of direction: what says that something went up, down, better or worse, or that nothing was shown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

__all__ = ["CHANGE", "CUE", "OPPOSITE", "REFERENCE", "Cue", "Sign", "cues"]

Sign = Literal["more", "less", "better", "worse", "same"]
OPPOSITE: dict[Sign, Sign] = {"more": "less", "less": "more", "better": "worse", "worse": "better", "same": "same"}

_CUES: dict[Sign, str] = {
    "better": r"more (?:effective|efficacious)\w*|improv\w+|better|best|superior\w*|benefi(?:t\w*|cial)|favou?r\w*|"
    r"ameliorat\w+",
    "worse": r"less (?:effective|efficacious)\w*|wors\w+|(?<!non-)(?<!non)inferior\w*|deteriorat\w*|poorer|impair\w*|"
    r"detriment\w*|unfavou?rable",
    "more": r"increas\w*|high(?:er|est)|great(?:er|est)|long(?:er|est)|larg(?:er|est)|more|most|rose|rising|rises?|"
    r"elevat\w+|prolong\w*|raise[sd]?|raising|gain(?:ed|s)?|augment\w*|enhanc\w+|upregulat\w+|accelerat\w+|"
    r"older(?= than)|stronger|extend(?:ed|s)|doubl(?:ed|es|ing)",
    "less": r"decreas\w*|low(?:er|ers|ered|est|ering)|short(?:er|est|en\w*)|reduc\w+|small(?:er|est)|fewer|fewest|less|"
    r"least|declin\w+|diminish\w*|fell|fallen|falls?(?= in)|drop(?:ped|s)?|attenuat\w+|suppress\w*|downregulat\w+|"
    r"weaker|lessen\w*|halv(?:ed|es|ing)|delay\w*|prevent(?:ed|s)",
}
CUE = re.compile("|".join(rf"(?P<{sign}>\b(?:{words})\b)" for sign, words in _CUES.items()), re.IGNORECASE)
_NO_CUE = re.compile(  # such words where they say no direction
    r"\bat (?:least|most)\b|\bmore(?: and more|over)"
    r"|\b(?:more|less|fewer|greater|lower|higher|longer|shorter) than (?:or equal to )?[\d(]"
    r"|\b\d+\s*%? or (?:more|less|higher|lower|greater)\b|\bhigher[- ](?:order|education)"
    r"|\b(?:high|low)er (?:extremit|limb|respiratory|lobe|dose)\w*"
    r"|\bbest (?:supportive|corrected|available|overall)"
    r"|\bincreasing(?:ly)? (?:number|evidence|interest|use)|\bmost (?:common|frequent)\w*"
    r"|\b(?:dose|noise|harm|risk) reduc\w+|\bone or more|\bno more than\b"
    r"|\b(?:high|low)(?:er|est) (?:and \w+ )?(?:tertile|quartile|quintile)\w*"
    r"|\b(?:high|low)er (?:scores? (?:indicat|represent|reflect|mean|denot|correspond))\w*",
    re.IGNORECASE,
)
_GREATER = re.compile(r"(?:more|great|larg|high|strong|mark|superior)\w*", re.IGNORECASE)
_SMALLER = re.compile(r"(?:less|small|lower|fewer|weak)\w*", re.IGNORECASE)
_NEAR = re.compile(r"\s+(?:\w+\s+)?")
_DEGREE = re.compile(r"more|less|most|least", re.IGNORECASE)  # reduced more, improved less
CHANGE = re.compile(
    r"\b(?:increase|decrease|reduction|decline|improvement|gain|rise|fall|drop|worsening|deterioration|elevation|"
    r"prolongation|shortening)s?\b",
    re.IGNORECASE,
)
_WAS = re.compile(r"\b(?:was|were|is|are)\s+(?:\w+\s+)?$")  # the reduction in pain was (significantly) …
_MEASURED = re.compile(r"(?:more|less|greater|larger|higher|stronger|smaller|lower|weaker|fewer)", re.IGNORECASE)
_OF_IT = re.compile(r"\s+(?:in|of)\s")
_NO_OBJECT = re.compile(
    r"\s*(?:[,;.:()\[\]<>=]|$|(?:in|with|for|than|among|at|after|before|by|to|from|when|if|compared|and|or|but|on|"
    r"during|between|within|following|under|over|as|while|whereas|significant\w*|statistical\w*|relative|versus|vs|only|"
    r"slight\w*|again|also|throughout|until|per|was|were|is|are|did)\b)"
)
REFERENCE = re.compile(
    r"\b(?:than(?: (?:that|those|it))?|compared|versus|vs\.?|relative to|in comparison|in contrast|"
    r"as opposed to|over that|but not(?= (?:in|with|for|after)\b))"
    r"(?: (?:with|to|in|for|among|of|on|the))*\s+(?P<other>[^,;.()]*)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Cue:
    """Words of direction at `start:end` of a text; `about` is the stretch of it in which what they speak of stands."""

    sign: Sign
    start: int
    end: int
    about: tuple[int, int]


def cues(text: str) -> tuple[Cue, ...]:
    """The words of direction of `text` in their order; "greater reduction" is one, and says less.

    What stands behind ("reduced pain", "an increase in pain") is what they speak of, or else what stands before ("pain
    was lower"), up to the next of them.
    """
    found = _joined(text, _words(text))
    borders = [0, *(end for _, _, end in found)]
    stops = [*(start for _, start, _ in found[1:]), len(text)]
    return tuple(
        Cue(sign, start, end, (end, stop) if _speaks_of_what_follows(text, end) else (border, start))
        for (sign, start, end), border, stop in zip(found, borders, stops, strict=False)
    )


def _words(text: str) -> Iterator[tuple[Sign, int, int]]:
    hidden = [match.span() for match in _NO_CUE.finditer(text)]
    for match in CUE.finditer(text):
        if not any(start <= match.start() < end for start, end in hidden):
            yield match.lastgroup, match.start(), match.end()  # type: ignore[misc]


def _joined(text: str, words: Iterable[tuple[Sign, int, int]]) -> list[tuple[Sign, int, int]]:
    """Words that measure a change taken together with it: "a greater reduction", "the reduction was greater"."""
    found: list[tuple[Sign, int, int]] = []
    for sign, start, end in words:
        if found:
            _, begin, stop = found[-1]
            first, between, second = text[begin:stop], text[stop:start], text[start:end]
            if _NEAR.fullmatch(between) and (_GREATER.fullmatch(first) or _SMALLER.fullmatch(first)):
                found[-1] = (OPPOSITE[sign] if _SMALLER.fullmatch(first) else sign, begin, end)
                continue
            if (_NEAR.fullmatch(between) and _DEGREE.fullmatch(second)) or (
                CHANGE.fullmatch(first) and _WAS.search(between) and _MEASURED.fullmatch(second)
            ):
                found[-1] = (OPPOSITE[found[-1][0]] if _SMALLER.fullmatch(second) else found[-1][0], begin, end)
                continue
        found.append((sign, start, end))
    return found


def _speaks_of_what_follows(text: str, end: int) -> bool:
    return bool(_OF_IT.match(text, end)) or not _NO_OBJECT.match(text, end)

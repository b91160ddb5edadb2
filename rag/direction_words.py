"""Words of direction: what says that something went up, down, better or worse, or that nothing was shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

__all__ = ["CUE", "HEDGED", "NOTHING", "NOT_ONLY", "OPPOSITE", "REFERENCE", "SIGNIFICANT", "Sign", "cues"]

Sign = Literal["more", "less", "better", "worse", "same"]
OPPOSITE: dict[Sign, Sign] = {"more": "less", "less": "more", "better": "worse", "worse": "better", "same": "same"}

_CUES: dict[Sign, str] = {
    "more": r"increas\w*|high(?:er|est)|great(?:er|est)|long(?:er|est)|larg(?:er|est)|more|most|rose|rising|rises?|"
    r"elevat\w+|prolong\w*|raise[sd]?|raising|gain(?:ed|s)?|augment\w*|enhanc\w+|upregulat\w+|accelerat\w+|"
    r"older|stronger|extend(?:ed|s)|doubl(?:ed|es|ing)",
    "less": r"decreas\w*|low(?:er|ers|ered|est|ering)|short(?:er|est|en\w*)|reduc\w+|small(?:er|est)|fewer|fewest|less|"
    r"least|declin\w+|diminish\w*|fell|falls?|drop(?:ped|s)?|attenuat\w+|suppress\w*|downregulat\w+|"
    r"weaker|lessen\w*|halv(?:ed|es|ing)|delay\w*|prevent(?:ed|s)",
    "better": r"improv\w+|better|best|superior\w*|benefi(?:t\w*|cial)|favou?r\w*|ameliorat\w+",
    "worse": r"wors\w+|(?<!non-)(?<!non)inferior\w*|deteriorat\w*|poorer|impair\w*|detriment\w*|unfavou?rable",
}
CUE = re.compile("|".join(rf"(?P<{sign}>\b(?:{words})\b)" for sign, words in _CUES.items()), re.IGNORECASE)
_NO_CUE = re.compile(  # such words where they say no direction
    r"\bat (?:least|most)\b|\bmore(?: and more|over)"
    r"|\b(?:more|less|fewer|greater|lower|higher|longer|shorter) than (?:or equal to )?[\d(]"
    r"|\b\d+\s*%? or (?:more|less|higher|lower|greater)\b|\bhigher[- ](?:order|education)"
    r"|\b(?:high|low)er (?:extremit|limb|respiratory|lobe|dose)\w*"
    r"|\bbest (?:supportive|corrected|available|overall)"
    r"|\bincreasing(?:ly)? (?:number|evidence|interest|use)|\bmost (?:common|frequent)\w*"
    r"|\b(?:dose|noise|harm|risk) reduc\w+|\bone or more|\bno more than\b|\bless likely to be\b(?=NEVER)",
    re.IGNORECASE,
)
NOTHING = re.compile(
    r"\bno (?:[\w-]+ ){0,4}?(?:differen\w+|effects?|changes?|improvement\w*|increases?|decreases?|reductions?|"
    r"benefits?|associations?|correlations?|impact|influence|advantage|trend|superiority|evidence|interactions?|relationships?)\b"
    r"|\b(?:no|none|not|nor|neither|never|cannot|without)\b(?: \w+){0,3}? (?:any )?"
    r"(?:statistical\w* |clinical\w* )?(?:significan\w+|differ\w*)"
    r"|\b(?:did|do|does|was|were|is|are|could|has|have|had|would)(?: not|n't|nt\b)(?: \w+){0,2}? "
    r"(?:\w*affect\w*|chang\w+|alter\w*|influenc\w+|improv\w+|increas\w+|decreas\w+|reduc\w+|lower\w*|rais\w+|prolong\w*|enhanc\w+|differ\w*|"
    r"lead|result|produc\w+|show|demonstrat\w+|associat\w+|confer|provid\w+|better|worse\w*|higher|greater|longer|shorter|superior|inferior)"
    r"|\bnon-?significan\w+|\binsignifican\w+|\b(?:similar|comparable|equivalent|unchanged|unaffected|indistinguishable|alike|"
    r"equal|identical|non-?inferior\w*)\b|\bdid not reach\b|\bfail(?:ed|s|ure)? to\b|\bneither\b|\bthe same\b"
    r"|\bnot (?:\w+ ){0,2}?(?:confirmed|different|observed|found|detected|seen|evident|affected|superior|better)\b"
    r"|\b(?:NS|n\.s\.)(?=\W|$)"
    r"|\b(?:lack of|absence of)(?: \w+){0,2} (?:effect|difference|benefit|improvement)",
    re.IGNORECASE,
)
NOT_ONLY = re.compile(r"\bnot only\b|\bno more than\b|\bno less than\b", re.IGNORECASE)
SIGNIFICANT = re.compile(r"\bsignifican\w+", re.IGNORECASE)
HEDGED = re.compile(
    r"\b(?:numerical\w*|trends?|tend\w*|slight\w*|not (?:statistically )?significant\w*|non-?significant\w*)\b", re.I
)
_GREATER = re.compile(r"(?:more|great|larg|high|strong|mark|superior)\w*", re.IGNORECASE)
_SMALLER = re.compile(r"(?:less|small|lower|fewer|weak)\w*", re.IGNORECASE)
REFERENCE = re.compile(
    r"\b(?:than(?: (?:that|those|it))?|compared|versus|vs\.?|relative to|in comparison|in contrast|"
    r"as opposed to|over that)"
    r"(?: (?:with|to|in|for|among|of|on|the))*\s+(?P<other>[^,;.()]*)",
    re.IGNORECASE,
)


def cues(text: str) -> Iterator[tuple[Sign, int, int]]:
    """The words of direction of `text`; "greater reduction" is one, and says less."""
    hidden = [match.span() for match in _NO_CUE.finditer(text)]
    found: list[tuple[Sign, int, int]] = []
    for match in CUE.finditer(text):
        if any(start <= match.start() < end for start, end in hidden):
            continue
        sign: Sign = match.lastgroup  # type: ignore[assignment]
        if found and re.fullmatch(r"\s+(?:\w+\s+)?", text[found[-1][2] : match.start()]):
            before = text[found[-1][1] : found[-1][2]]
            if _GREATER.fullmatch(before) or _SMALLER.fullmatch(before):
                start = found.pop()[1]
                found.append((OPPOSITE[sign] if _SMALLER.fullmatch(before) else sign, start, match.end()))
                continue
        found.append((sign, match.start(), match.end()))
    yield from found

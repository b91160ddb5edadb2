"""How the clauses of a sentence hang together: where they part, and which of them only speak of the one before."""

from __future__ import annotations

import re

__all__ = ["clauses", "is_about_the_last", "is_afterthought", "takes_up"]

_CUT = re.compile(
    r";\s|[:.]\s(?=[A-Z])|(?:,?\s|(?<=[)}\]]))(?:but|whereas|while|however|although|though|yet|despite)\s|,\swith\sno\b"
    r"|,?\swith the exception of\s|,?\sexcept(?: for| that)?\s"
    r"|,?\sand\s(?=(?:[\w-]+\s){1,6}?(?:was|were|had|did|showed)\b)",
    re.IGNORECASE,
)
_OPENING = re.compile(r"\s*(?:while|whilst|although|though|whereas)\b[^,]*,", re.IGNORECASE)
_AND = re.compile(r",?\sand\s", re.IGNORECASE)
_VERB = re.compile(r"\b(?:was|were|is|are|had|has|have|did|showed|\w{3,}ed)\b", re.IGNORECASE)
_AFTERTHOUGHT = re.compile(
    r"[\s,;]*(?:but|although|though|yet|however|with|and)?[\s,]*(?:again|still|also|overall)?[\s,]*"
    r"(?:this|these|it|the (?:differen|change|effect|result|trend)\w*|"
    r"there|not|no|none|non|without|p|did|was|were|failed)\b",
    re.IGNORECASE,
)
_TAKES_UP = re.compile(
    r"[\s,;]*(?:but|and|whereas|while|although|yet)?[\s,]*(?:however)?[\s,]*(?:(?:at|on|by|after|in) [\w ,]{1,25}? )?"
    r"(?:there|they|it|these|this|was|were)\b",
    re.IGNORECASE,
)
_NEXT = re.compile(r"(?:however|but|this|these|those|the differences?|nevertheless|although)\b", re.IGNORECASE)
_BARE = re.compile(
    r"(?:however,? |overall,? |thus,? )?"
    r"(?:there (?:was|were|is|are)(?:,? \w+,?)? (?:no|a)\b|no\b|(?:a (?:\w+ )?)?significant differen)",
    re.IGNORECASE,
)
_TOPIC = re.compile(
    r"\b(?:in|for|regarding|concerning|of|on|with (?:respect|regard) to|in terms of|as to)\s+"
    r"(?!(?:the |both |two |three |any |either |all |these |those |this |of |study |treatment )*"
    r"(?:groups?|arms?|treatments?|regimens?|them|this|these|differences?|parameters?|variables?|measures?|outcomes?)\b)",
    re.IGNORECASE,
)


def clauses(sentence: str) -> list[str]:
    """The clauses of `sentence`, each with the word that joins it to the one before; brackets are never cut."""
    cuts = {cut.start() for cut in _CUT.finditer(sentence)}
    if opening := _OPENING.match(sentence):
        cuts.add(opening.end())
    found: list[str] = []
    position = 0
    for cut in sorted(cuts - {0}):
        one_subject = _AND.match(sentence, cut) and not _VERB.search(sentence, position, cut)  # "A and B were"
        if not one_subject and sentence.count("(", 0, cut) <= sentence.count(")", 0, cut):
            found.append(sentence[position:cut])
            position = cut
    found.append(sentence[position:])
    return [clause for clause in found if clause.strip()] or [sentence]


def is_afterthought(clause: str) -> bool:
    """Whether `clause` only adds to the one before ("but this was not significant")."""
    return _AFTERTHOUGHT.match(clause) is not None


def takes_up(clause: str) -> bool:
    """Whether `clause` speaks of what the one before spoke of without naming it ("they were lower than with B")."""
    return _TAKES_UP.match(clause) is not None


def is_about_the_last(sentence: str) -> bool:
    """Whether `sentence` names no outcome of its own, as "There was no difference between the groups" does not."""
    if _NEXT.match(sentence):
        return True
    return _BARE.match(sentence) is not None and not _TOPIC.search(sentence.partition("(")[0])

"""Direction and negation: what a claim says went up, down or nowhere, the cited text does not say went otherwise.

Words of direction are compared about the same outcome, not how good they are: "shorter" is not "longer", whatever gets
shorter. Improved and worsened are about how good; they meet more and less only where the outcome tells (a longer
survival is a better one, more toxicity a worse). "No significant difference", "did not improve", "failed to",
"similar", "non-inferior" and p values from 0.05 on say that nothing was shown; so does "higher, but not significantly".
"Lower with B than with A" is "higher with A than with B". Where the cited text speaks of the outcome in no such words,
nothing is said against the claim.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from ingest.sentences import sentence_spans
from rag.abbreviations import abbreviated, abbreviations
from rag.arms import CONTROL, TREATED, arm_words, larger_with
from rag.quantities import quantities
from rag.typography import one_spelling
from rag.words import content_words

__all__ = ["contradicted_direction"]

Sign = Literal["more", "less", "better", "worse", "same"]
_OPPOSITE: dict[Sign, Sign] = {"more": "less", "less": "more", "better": "worse", "worse": "better", "same": "same"}

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
_CUE = re.compile("|".join(rf"(?P<{sign}>\b(?:{words})\b)" for sign, words in _CUES.items()), re.IGNORECASE)
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
_NOTHING = re.compile(
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
_NOT_ONLY = re.compile(r"\bnot only\b|\bno more than\b|\bno less than\b", re.IGNORECASE)
_SIGNIFICANT = re.compile(r"\bsignifican\w+", re.IGNORECASE)
_HEDGED = re.compile(
    r"\b(?:numerical\w*|trends?|tend\w*|slight\w*|not (?:statistically )?significant\w*|non-?significant\w*)\b", re.I
)
_CLAUSE = re.compile(
    r";\s|[:.]\s(?=[A-Z])|,?\s(?:but|whereas|while|however|although|though|yet|despite)\s|,\swith\sno\b"
    r"|,?\sand\s(?=(?:[\w-]+\s){1,6}?(?:was|were|had|did|showed)\b)",
    re.IGNORECASE,
)
_AFTERTHOUGHT = re.compile(
    r"[\s,;]*(?:but|although|though|yet|however|with|and)?[\s,]*"
    r"(?:this|these|it|the (?:differen|change|effect|result|trend)\w*|"
    r"there|not|no|none|non|without|p|did|was|were|failed)\b",
    re.IGNORECASE,
)
_GREATER = re.compile(r"(?:more|great|larg|high|strong|mark|superior)\w*", re.IGNORECASE)
_SMALLER = re.compile(r"(?:less|small|lower|fewer|weak)\w*", re.IGNORECASE)
_COMPARATIVE = re.compile(r"^(?:\w+er|more|less|worse|superior\w*|inferior\w*)\b", re.IGNORECASE)
_REFERENCE = re.compile(
    r"\b(?:than(?: (?:that|those|it))?|compared|versus|vs\.?|relative to|in comparison|in contrast|"
    r"as opposed to|over that)"
    r"(?: (?:with|to|in|for|among|of|on|the))*\s+(?P<other>[^,;.()]*)",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\bbetween (?P<one>[^,;.()]+?) and (?P<two>[^,;.()]+)", re.IGNORECASE)
_A_NOUN = re.compile(r"\b(?:an?|the|no|any)\s+(?:\w+\s+)?$", re.IGNORECASE)  # an increase in …
_NEXT = re.compile(r"(?:however|but|this|these|those|the differences?|nevertheless|although)\b", re.IGNORECASE)
_PLACE = re.compile(
    r"\s+(?:in|with|for|among|on|by|after|under)(?:\s(?:the|a|of|patients?|those|receiving|treated|subjects?|group|women|men))*\s"
)

_GOOD = frozenset(
    "survival surviv respons respond remission quality function efficacy cure recoveri control adherenc complianc "
    "satisfaction knowledg capaciti strength success union heal mobiliti immunogenic".split()
)
_BAD = frozenset(
    "mortality mortaliti death toxicity toxiciti adverse pain recurrence recurrenc relaps relapse failure complic "
    "complication symptom fatigue anxieti anxiety depression bleed infection nausea vomit anorexia dyspnea progression "
    "hazard risk incidence event severiti severity cost attrition dropout bacteraemia hospitalization burden".split()
)
_LEAST = 0.4  # of the outcome's words in a sentence that is about it
_NEARLY = 0.75  # of the best sentence's share
_ARMS_NAMED, _SHOWN = 0.3, 0.2  # of a statement that names the arms, or that a difference was significant
_MARGIN = 0.15  # statements this near to the strongest are heard with it
_LEVEL = Decimal("0.05")


@dataclass(frozen=True, slots=True)
class _Stated:
    """What a claim says: a sign, and the words of the two arms.

    `leads` where its subject is what acts ("A increased"), `significant` where it says so.
    """

    sign: Sign
    subject: frozenset[str]
    other: frozenset[str]
    leads: bool
    significant: bool = False


@dataclass(frozen=True, slots=True)
class _Told:
    """What a passage says: a sign, all words of the sentence, and those of its reference ("than with …").

    `shown` says that a difference was significant, `compared` that groups are set against each other, and not a group
    after against itself before.
    """

    sign: Sign
    shown: bool = False
    words: frozenset[str] = frozenset()
    reference: frozenset[str] = frozenset()
    compared: bool = True


def contradicted_direction(claim: str, cited: Sequence[str], context: str = "") -> str | None:
    """Say where the `cited` texts contradict the direction of `claim`; None where they agree or do not tell.

    `context` is the text of the papers, for what they abbreviate.
    """
    known = {**abbreviations(context), **abbreviations(claim)}
    text = one_spelling(abbreviated(claim, known))
    stated = _main_statement(text)
    if stated is None:
        return None
    outcome = _outcome(text, stated)
    verdicts: list[tuple[float, bool]] = []
    for source in cited:
        for nearness, told in _about(outcome, stated, one_spelling(abbreviated(source, known))):
            verdict = _verdict(stated, told, outcome)
            if verdict is not None:
                verdicts.append((nearness + _weight(stated, told), verdict))
    best = max((weight for weight, _ in verdicts), default=0.0)
    if not verdicts or any(verdict for weight, verdict in verdicts if weight >= best - _MARGIN):
        return None
    return f"the cited text does not say {_SAID[stated.sign]} of this outcome"


_SAID: dict[Sign, str] = {
    "more": '"more" (higher, longer, increased)',
    "less": '"less" (lower, shorter, decreased)',
    "better": '"better"',
    "worse": '"worse"',
    "same": '"no difference"',
}


def _main_statement(text: str) -> _Stated | None:
    """What a claim says; the word of direction that "significantly" or a comparison goes with counts before others."""
    reference = _REFERENCE.search(text)
    other = arm_words(reference["other"]) if reference else frozenset[str]()
    nothing = _NOTHING.search(text)
    if nothing and not (reference and reference.start("other") <= nothing.start() < reference.end("other")):
        if between := _BETWEEN.search(text):
            return _Stated("same", arm_words(between["one"]), arm_words(between["two"]), False)
        return _Stated("same", _before(text, nothing.start(), reference), other, True)
    cues = list(_cues(text))
    if not cues:
        return None

    def weight(cue: tuple[Sign, int, int]) -> tuple[bool, bool, int]:
        before, behind = text[max(0, cue[1] - 16) : cue[1]], text[cue[2] :]
        led = bool(re.search(r"\b(?:significantly|led to(?: an?)?|was|were)\s+$", before))
        return led, bool(re.match(r"\s+(?:with|in|for|among|than)\b", behind)), -cue[1]

    sign, start, end = max(cues, key=weight)
    place = None if _A_NOUN.search(text[:start]) else _PLACE.match(text, end)
    if place:  # higher with A than …
        stop = reference.start() if reference and reference.start() > place.end() else len(text)
        subject = arm_words(text[place.end() : stop])
    else:
        subject = _before(text, start, reference)
    return _Stated(sign, subject, other, not place, _SIGNIFICANT.search(text) is not None)


def _before(text: str, place: int, reference: re.Match[str] | None) -> frozenset[str]:
    """The words before `place`, without a reference that opens the sentence ("Compared with B, A …")."""
    start = reference.end() if reference and reference.end() <= place else 0
    return arm_words(text[start:place])


def _cues(text: str) -> Iterator[tuple[Sign, int, int]]:
    """The words of direction of `text`; "greater reduction" is one, and says less."""
    hidden = [match.span() for match in _NO_CUE.finditer(text)]
    found: list[tuple[Sign, int, int]] = []
    for match in _CUE.finditer(text):
        if any(start <= match.start() < end for start, end in hidden):
            continue
        sign: Sign = match.lastgroup  # type: ignore[assignment]
        if found and re.fullmatch(r"\s+(?:\w+\s+)?", text[found[-1][2] : match.start()]):
            before = text[found[-1][1] : found[-1][2]]
            if _GREATER.fullmatch(before) or _SMALLER.fullmatch(before):
                start = found.pop()[1]
                found.append((_OPPOSITE[sign] if _SMALLER.fullmatch(before) else sign, start, match.end()))
                continue
        found.append((sign, match.start(), match.end()))
    yield from found


_EMPTY = content_words(
    "no not did significant significantly statistically difference different differ change led lead similar "
    "treatment group arm effect had impact using use higher lower longer shorter increase increased decrease decreased "
    "reduction reduced improved improve worse better compared between mean "
    "median rate showed found respectively hazard odds ratio CI"
)


def _outcome(text: str, stated: _Stated) -> frozenset[str]:
    """The claim's words for what was measured: all but figures, words of direction and the arms that it compares."""
    words = frozenset(word for word in content_words(_CUE.sub(" ", text)) if not word[0].isdigit()) - _EMPTY
    without = words - stated.other - stated.subject
    return without or words


def _about(outcome: frozenset[str], stated: _Stated, source: str) -> Iterator[tuple[float, _Told]]:
    """What `source` says about `outcome`, with the share of its words in the sentence that says it.

    A sentence that only says of the one before that it was no difference ("However, …") belongs to it.
    """
    sentences = _sentences(source)
    shares = [len(outcome & words) / max(len(outcome), 1) for _, words in sentences]
    best = max(shares, default=0.0)
    for place, ((sentence, _), share) in enumerate(zip(sentences, shares, strict=True)):
        if share >= max(_LEAST, _NEARLY * best):
            following = [behind for behind, _ in sentences[place + 1 : place + 3] if _NEXT.match(behind)]
            revoked = any(_NOTHING.search(behind) for behind in following)
            if revoked:
                yield share, _Told("same")
            for said in _statements(sentence, outcome, stated):
                if said.shown or not revoked:
                    yield share, said


@lru_cache(maxsize=256)
def _sentences(source: str) -> tuple[tuple[str, frozenset[str]], ...]:
    return tuple((source[start:end], content_words(source[start:end])) for start, end in sentence_spans(source))


def _statements(sentence: str, outcome: frozenset[str], stated: _Stated) -> Iterator[_Told]:
    """What the clauses of `sentence` that are about `outcome` say; an afterthought ("but not …") goes along."""
    clauses = _clauses(sentence)
    shares = [len(outcome & content_words(clause)) for clause in clauses]
    best = max(shares)
    for place, (clause, share) in enumerate(zip(clauses, shares, strict=True)):
        if share < 0.6 * best:
            continue
        whole = clause
        for behind in clauses[place + 1 :]:
            if (any(_cues(whole)) or _NOTHING.search(whole)) and not _AFTERTHOUGHT.match(behind):
                break
            whole += " " + behind
        yield from _said(whole, sentence, stated)


def _clauses(sentence: str) -> list[str]:
    clauses: list[str] = []
    position = 0
    for cut in _CLAUSE.finditer(sentence):
        if sentence.count("(", 0, cut.start()) <= sentence.count(")", 0, cut.start()):
            clauses.append(sentence[position : cut.start()])
            position = cut.start()
    clauses.append(sentence[position:])
    return [clause for clause in clauses if clause.strip()] or [sentence]


def _said(clause: str, sentence: str, stated: _Stated) -> Iterator[_Told]:
    values = [quantity for quantity in quantities(clause).quantities if quantity.kind == "p"]
    shown = any(q.value < _LEVEL or (q.value == _LEVEL and q.bound == "<") for q in values)
    not_shown = any(q.value >= _LEVEL and q.bound in ("", ">", "≥") for q in values)
    nothing = bool(_NOTHING.search(clause)) and not _NOT_ONLY.search(clause)
    if nothing or (not_shown and not shown):
        yield _Told("same")
        return
    if (_HEDGED.search(clause) and not _SIGNIFICANT.search(clause)) or (shown and not_shown and not any(_cues(clause))):
        return
    if not any(_cues(clause)):
        if (larger := larger_with(stated.subject, stated.other, sentence)) is not None and not _NOTHING.search(
            sentence
        ):
            yield _Told("more" if larger else "less", shown, stated.subject, stated.other, shown)
        elif shown:
            yield _Told("same", shown=True)  # a difference, whichever way
        return
    references = list(_REFERENCE.finditer(sentence))
    other = frozenset[str]().union(*(arm_words(reference["other"]) for reference in references))
    rest = sentence
    for reference in reversed(references):
        rest = rest[: reference.start()] + " " + rest[reference.end() :]
    significant = shown or _SIGNIFICANT.search(clause) is not None
    for sign, start, end in _cues(clause):
        compared = _REFERENCE.search(clause) is not None or _COMPARATIVE.search(clause[start:end]) is not None
        yield _Told(sign, significant, arm_words(rest), other, compared)


def _verdict(stated: _Stated, told: _Told, outcome: frozenset[str]) -> bool | None:
    """Whether the text agrees with the claim; None where the two cannot be compared."""
    if told.sign == "same":
        if told.shown:
            return False if stated.sign == "same" else None
        return stated.sign == "same"
    if stated.sign == "same":  # what only changed within a group is no difference between groups
        return False if told.shown and (told.compared or _sides(stated, told)) else None
    sign = _in_terms_of(stated.sign, told.sign, outcome)
    turned = _turned(stated, told)
    return None if sign is None or turned is None else (sign == stated.sign) != turned


def _in_terms_of(wanted: Sign, sign: Sign, outcome: frozenset[str]) -> Sign | None:
    """`sign` as more or less where `wanted` is one of these, else as better or worse; None where it is not known."""
    amounts = ("more", "less")
    if (wanted in amounts) == (sign in amounts):
        return sign
    good, bad = bool(outcome & _GOOD), bool(outcome & _BAD)
    if good == bad:
        return None
    up: Sign = "better" if good else "worse"
    pairs: dict[Sign, Sign] = {"more": up, "less": _OPPOSITE[up], up: "more", _OPPOSITE[up]: "less"}
    return pairs[sign]


def _turned(stated: _Stated, told: _Told) -> bool | None:
    """Whether the text speaks of the claim's reference where the claim speaks of its subject; None where it is open."""
    sides = _sides(stated, told)
    if sides:
        return sides < 0
    mine, other = stated.subject - stated.other, stated.other - stated.subject
    if CONTROL in mine:
        return True
    named = (mine | other) & (told.words | told.reference)
    return False if CONTROL in other or not other or (stated.leads and not named) else None


def _sides(stated: _Stated, told: _Told) -> int:
    """Above 0 where the arms of the claim stand on the same sides in the text, below where they change them."""
    mine, other = stated.subject - stated.other, stated.other - stated.subject
    if CONTROL in mine and CONTROL not in other:
        other |= {TREATED}
    elif CONTROL in other or stated.leads:
        mine, other = mine | {TREATED}, other | {CONTROL}
    subject, reference = told.words - told.reference, told.reference - told.words
    return (bool(mine & subject) + bool(other & reference)) - (bool(other & subject) + bool(mine & reference))


def _weight(stated: _Stated, told: _Told) -> float:
    """What a statement counts for beside its nearness: it names the arms, is significant, compares as a claim does."""
    beside = (bool(stated.other) and not told.compared) or (
        stated.significant and not told.shown and told.sign != "same"
    )
    return _ARMS_NAMED * bool(_sides(stated, told)) + _SHOWN * told.shown - _SHOWN * beside

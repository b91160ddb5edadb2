"""What a passage says about an outcome: its sentences and clauses, each with the direction that it tells."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from ingest.sentences import sentence_spans
from rag.arms import larger_with
from rag.arms_words import CONTROL, TREATED, arm_words
from rag.direction_claims import Stated
from rag.direction_clauses import clauses, is_about_the_last, is_afterthought, takes_up
from rag.direction_words import REFERENCE, Cue, Sign, cues
from rag.significance import hedged, says_nothing, says_significant, shown_by_tests
from rag.words import content_words

__all__ = ["Told", "told_directions"]

_LEAST = 0.25  # of the outcome's words in a sentence that is about it
_NEARLY = 0.75  # of the best sentence's share
_MUCH = 0.6  # of the best clause's

_COMPARATIVE = re.compile(r"^(?:\w+er|more|less|worse|superior\w*|inferior\w*)\b", re.IGNORECASE)
_BEFORE = re.compile(r"\b(?:baseline|pre-?\w*test|before|previous\w*|initial\w*|normal)\b", re.IGNORECASE)
_AT_START = re.compile(  # groups are alike before anything was done
    r"\b(?:at|before) (?:the )?(?:baseline|study entry|enrol\w+|admission|inclusion|randomi[sz]ation)\b"
    r"|\bbaseline (?:characteristic|demographic|value|variable|level|\w+ scores?)|\bdemographic",
    re.IGNORECASE,
)
_AND_LATER = re.compile(r"\bfollow|\bafter|\bpost|\bor at\b|\band at\b|\bcontrolled for\b|\badjust", re.IGNORECASE)
_OF_ALL = re.compile(  # said of every outcome, whatever it is called
    r"\b(?:any|all|none|either) (?:of )?(?:the |these |those )?(?:\w+ ){0,2}?"
    r"(?:outcomes?|variables?|parameters?|measures?|end-?points?|measurements?|comparisons?)\b",
    re.IGNORECASE,
)
_WITHIN = re.compile(  # what each group did, not what set them apart
    r"\bfrom (?:the )?(?:baseline|pre)|\bpre\S* (?:to|and) post"
    r"|\b(?:both|all|each|either)(?: \w+){0,2} (?:groups?|arms?|treatments?)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Told:
    """What a passage says: a sign, the words beside it, by which its arm is known, and those of its reference.

    `shown` says that a difference was significant, `compared` that groups are set against each other, and not a group
    after against itself before.
    """

    sign: Sign
    shown: bool = False
    words: frozenset[str] = frozenset()
    reference: frozenset[str] = frozenset()
    compared: bool = True


def told_directions(outcome: frozenset[str], stated: Stated, source: str) -> Iterator[tuple[float, Told]]:
    """What `source` says about `outcome`, with the share of its words in the sentence that says it.

    A sentence that only says of the one before that it was no difference ("However, …") belongs to it. Where none is
    about the outcome, one that found no difference "in any of the outcomes" is.
    """
    sentences = _sentences(source)
    found: list[tuple[float, list[Told]]] = []
    for place, (sentence, words) in enumerate(sentences):
        share = len(outcome & words) / max(len(outcome), 1)
        if share >= _LEAST:
            said = list(_statements(sentence, outcome, stated))
            following = [behind for behind, _ in sentences[place + 1 : place + 3] if is_about_the_last(behind)]
            if any(says_nothing(behind) for behind in following):
                said = [Told("same"), *(one for one in said if one.shown and one.compared)]
            if said:
                found.append((share, said))
    if not found:
        nothing = [sentence for sentence, _ in sentences if _OF_ALL.search(sentence) and says_nothing(sentence)]
        found = [(_LEAST, [Told("same")]) for _ in nothing[:1]]
    best = max((share for share, _ in found), default=0.0)
    for share, said in found:
        if share >= _NEARLY * best:
            yield from ((share, one) for one in said)


@lru_cache(maxsize=256)
def _sentences(source: str) -> tuple[tuple[str, frozenset[str]], ...]:
    return tuple((source[start:end], content_words(source[start:end])) for start, end in sentence_spans(source))


def _statements(sentence: str, outcome: frozenset[str], stated: Stated) -> Iterator[Told]:
    """What the clauses of `sentence` that are about `outcome` say; an afterthought ("but not …") goes along."""
    parts = clauses(sentence)
    shares = [len(outcome & content_words(part)) for part in parts]
    about = [share >= _MUCH * max(shares) for share in shares]
    for place, part in enumerate(parts):
        if not about[place] and not (place and about[place - 1] and takes_up(part) and cues(part)):
            continue
        whole = part
        for behind in parts[place + 1 :]:
            if (cues(whole) or says_nothing(whole)) and (cues(behind) or not is_afterthought(behind)):
                break
            whole += " " + behind
        yield from _said(whole, sentence, outcome, stated)


def _said(clause: str, sentence: str, outcome: frozenset[str], stated: Stated) -> Iterator[Told]:
    """What `clause` says of `outcome`: that nothing was shown, or the words of direction nearest to it.

    Without either, the figures of both arms tell, or a test that there was a difference.
    """
    shown = shown_by_tests(clause, lambda text: len(outcome & content_words(text)))
    if says_nothing(clause) or shown is False:
        if _AT_START.search(clause) and not _AND_LATER.search(clause):
            return
        yield Told("same", words=arm_words(sentence))
        return
    if hedged(clause) and not says_significant(clause):
        return
    if not cues(clause):
        if (larger := larger_with(stated.subject, stated.other, sentence)) is not None and not says_nothing(sentence):
            yield Told("more" if larger else "less", bool(shown), stated.subject, stated.other, bool(shown))
        elif shown:
            yield Told("same", shown=True)  # a difference, whichever way
        return
    reference = REFERENCE.search(clause)
    against = frozenset[str]().union(*(arm_words(match["other"]) for match in REFERENCE.finditer(sentence)))
    words = arm_words(REFERENCE.sub(" ", clause))
    if not words & (stated.subject | stated.other | {CONTROL, TREATED}):
        words = arm_words(REFERENCE.sub(" ", sentence))
    significant = (bool(shown) or says_significant(clause)) and not _WITHIN.search(clause)
    for cue in _nearest(clause, outcome):
        if reference:
            compared = not _BEFORE.search(reference["other"])
        else:
            compared = _COMPARATIVE.search(clause[cue.start : cue.end]) is not None
        yield Told(cue.sign, significant, words, against, compared)


def _nearest(clause: str, outcome: frozenset[str]) -> list[Cue]:
    """The words of direction in `clause` that speak of `outcome`; all of them where none can be told to."""
    shares = [(cue, len(outcome & content_words(clause[slice(*cue.about)]))) for cue in cues(clause)]
    best = max(share for _, share in shares)
    return [cue for cue, share in shares if share >= _MUCH * best]

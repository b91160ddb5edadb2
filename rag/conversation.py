"""Follow-ups put into words that stand alone: "And in melanoma?", "How toxic is it?", "How many had grade 3?".

An LLM resolves them where there is one. Without it, or where what it writes is odd, the last question is carried over:

- a follow-up that only exchanges something ("And in melanoma?", "Is the same true of ipilimumab?") is the last question
  with that exchanged: a cancer for a cancer, a drug for a drug, "at low risk" for "at high risk";
- one that asks something else of the same ("How toxic is it?", "How many had grade 3?") keeps its words; pronouns
  become what they stand for, and what it does not name itself follows behind: "with nivolumab in melanoma";
- one that names its own subject and points at nothing before it is a new question, and stays as it is.

The last question is taken as it was understood, so that its subject is still known three turns later. What a question
names is told in `rag.named`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from rag.answer import Answer
from rag.follow_ups import TOPIC, asks, bare, connected, hangs, points
from rag.named import OUTCOMES, SUBJECTS, Named, grouped, named
from rag.question import Question
from rag.rephrasing import resolved_follow_up
from rag.restrictions import restrictions
from rag.words import content_words, word_forms

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

__all__ = ["carried_over", "turn", "understood"]

_LONGEST = 2_000  # characters of a question that is put together

_REASON = re.compile(r"why(?: (?:not|so|is that|is this|is it so))?|how (?:so|come)", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"^(?:the )?(?:patients?|people|those|tumou?rs?|cancers?) (?:with|without|who|whose)\b", re.IGNORECASE
)
_SAME = re.compile(
    r"\b(?:the same|true|holds?|the case|appl(?:y|ies)|differs?|different|similar)\b"
    r"|^(?:what|how \w+) (?:is|was|are|were) (?:it|that|they|this) (?:in|for|with|on|under|after)\b",
    re.IGNORECASE,
)
_SAME_WORDS = content_words("same true hold holds case apply applies differ differs different similar arm group")
_ADDS = re.compile(r"\b(?:too|also|either|as well(?! as)|likewise|besides)\b", re.IGNORECASE)
_COMPARES = re.compile(r"\b(?:than|versus|vs|compared|or|instead)\b", re.IGNORECASE)

_POSSESSIVE = re.compile(r"\b(?:its|their|his|her)\b", re.IGNORECASE)
_PEOPLE = re.compile(
    r"\b(?:they|them)\b(?=[^?]*\b(?:live|die|survive|respond\w*|relapse\w*|progress\w*|recover|stop|had|have|receive|"
    r"need|gain|benefit|fare|do)\b)",
    re.IGNORECASE,
)
_THING = re.compile(r"\b(?:it|they|them|that|this)\b", re.IGNORECASE)
# "That" and "it" for all that the last question says: nothing stands for them.
_WHOLE = re.compile(
    r"\b(?:chang|explain|affect|influenc|alter|modif|confirm|predict|mean|matter|caus)\w* (?:it|that|this)\b"
    r"|\b(?:it|that|this) (?:\w+ )?(?:only|just|because|due|seen|found|shown)\b",
    re.IGNORECASE,
)
_NOUNS = (
    (
        "drugs?|treatments?|therap(?:y|ies)|combinations?|regimens?|antibod(?:y|ies)|inhibitors?|vaccines?|agents?",
        "drug",
    ),
    ("cancers?|tumou?rs?|diseases?|malignanc(?:y|ies)", "cancer"),
    ("markers?|biomarkers?|genes?|mutations?|tests?|signatures?|assays?", "biomarker"),
    ("trials?|stud(?:y|ies)|cohorts?", "trial"),
    ("models?|networks?|tools?|algorithms?|systems?|scores?", "method"),
    ("events?|side effects?|toxicit(?:y|ies)|complications?", "event"),
)
_POINTED = tuple(
    (re.compile(rf"\b(?:this|that|these|those|the) (?:{nouns})\b", re.IGNORECASE), kind) for nouns, kind in _NOUNS
)
_OF_A_DRUG = re.compile(
    r"\b(?:toxic\w*|tolera\w+|safe\w*|side effects?|adverse|approved|doses?|dosage|giv(?:en|ing)|taken|costs?|caus\w+|"
    r"works?|on it|with it)\b",
    re.IGNORECASE,
)
_OF_AN_EVENT = re.compile(
    r"\b(?:treat(?:ed|able)|manag\w+|fatal|reversible|resolv\w*|occur\w*|set in)\b", re.IGNORECASE
)

_PREPOSITIONS = r"(?:with|without|in|at|for|on|under|if|when|after|before|among|of|as|by|from|despite|to)"
_JUST_BEFORE = re.compile(rf"\b{_PREPOSITIONS} (?:the |an? )?$", re.IGNORECASE)
_PREPOSITION = re.compile(rf"\b{_PREPOSITIONS}\b", re.IGNORECASE)
_BEHIND = (
    ("with", ("drug", "biomarker", "method", "term", "event")),
    ("in", ("cancer", "setting", "people")),
    ("in", ("trial",)),
    ("according to", ("author",)),
)
_DROPPED = frozenset({"drug", "cancer", "setting", "trial", "people"})  # where the follow-up names another


def understood(question: Question, chat_model: BaseChatModel | None = None) -> Question:
    """`question` as it is asked without its history; one that stands alone stays as it is."""
    if not question.history:
        return question
    if chat_model is not None:
        resolved = resolved_follow_up(chat_model, question.history, question.text)
        if resolved is not None:
            return replace(question, text=resolved, history=())
    text, hints = carried_over(question.text, [asked for asked, _ in question.history])
    return replace(question, text=text, hints=(*question.hints, *hints), history=())


def turn(answer: Answer) -> tuple[str, str]:
    """What a conversation keeps of an answer: the question as it was understood, and the sentences of the answer."""
    return answer.understood or answer.question, " ".join(claim.text for claim in answer.claims)


def carried_over(asked: str, before: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """`asked` after the questions `before` it, oldest first and as understood; and words to search for besides.

    These are the other words of the last question that speaks of something.
    """
    last = next((one for one in reversed(before) if named(one)), "")
    if not last or not hangs(asked):
        return asked, ()
    said = bare(asked).rstrip(" ?.!")
    if not said:  # "Thanks!"
        return asked, ()
    if _REASON.fullmatch(said):
        return f"{last.rstrip(' ?.!')}, and {said.lower()}?", ()
    text = _exchanged(said, last) if _exchanges(said) else _completed(asked, last)
    if len(text) > _LONGEST:
        return asked, ()
    left = content_words(last) - content_words(text)
    return text, tuple(form for word, form in word_forms(last).items() if word in left)


# -- the last question with something exchanged ----------------------------------------------------------------------


def _exchanges(said: str) -> bool:
    """Whether a follow-up, its opening left out, says only what is to be exchanged, and nothing of what is asked."""
    names = named(said)
    if asks(said):
        rest = said
        for one in reversed(names):
            rest = rest[: one.start] + rest[one.end :]
        return bool(names) and bool(_SAME.search(said)) and content_words(rest) <= _SAME_WORDS
    asks_of_it = bool(TOPIC.search(said)) or any(one.kind in OUTCOMES for one in names)
    subject = any(one.kind not in OUTCOMES for one in names) and not (names[0].kind in OUTCOMES and names[0].start == 0)
    return not points(said, names) and (subject or not asks_of_it or bool(_PREPOSITION.match(said)))


def _exchanged(said: str, last: str) -> str:
    """`last` with what `said` names in place of what it named of the same kind; behind it, where there is none."""
    asked = last.rstrip(" ?.!")
    names = named(said)
    if names and asks(said):
        place = _JUST_BEFORE.search(said, 0, names[0].start)
        said = said[place.start() if place else names[0].start :]
        names = named(said)
    if parallel := _parallel(said, names, asked):
        return f"{asked[: parallel[0]]}{said}{asked[parallel[1] :]}?"
    left = content_words(said) - _SAME_WORDS
    adds = _ADDS.search(said) or _ATTRIBUTE.match(said)
    for kind in () if adds else dict.fromkeys(one.kind for one in names):
        new = grouped([one for one in names if one.kind == kind], said)[0]
        old = [one for one in named(asked) if one.kind == kind]
        if old and {one.name for one in names if one.kind == kind} != {one.name for one in old}:
            first = grouped(old, asked)[0]
            asked = f"{asked[: first.start]}{new.text}{asked[first.end :]}"
            left -= content_words(new.text)
    if not left:
        return f"{asked}?"
    if not (names and names[0].start == 0):
        said = f"{said[0].lower()}{said[1:]}"
    return f"{asked} {said}?" if _PREPOSITION.match(said) else f"{asked}, {said}?"


def _parallel(said: str, names: Sequence[Named], last: str) -> tuple[int, int] | None:
    """Where `last` has a preposition with the very thing that `said` names, or ends with: "at high risk"."""
    if not _PREPOSITION.match(said):
        return None
    for head in [one.text for one in names] or said.split()[-1:]:
        place = re.search(rf"\b{re.escape(head)}\b", last, re.IGNORECASE)
        before = [match.start() for match in _PREPOSITION.finditer(last, 0, place.start())] if place else []
        if place and before:
            after = re.compile(rf"\s+{_PREPOSITIONS}\b|[,;]|$", re.IGNORECASE).search(last, place.end())
            return before[-1], after.start() if after else len(last)
    return None


# -- the follow-up with what it leaves out ---------------------------------------------------------------------------


def _completed(asked: str, last: str) -> str:
    """`asked`, its pronouns replaced, and behind it what `last` names and it does not."""
    read = restrictions(asked.strip())
    text = connected(read.rest).rstrip(" ?.!")
    own, told = named(text), named(last)
    whole = bool(_WHOLE.search(text))
    text, meant = _replaced(text, told, last, whole)
    dropped = {one.kind for one in own} & _DROPPED
    if whole or _ADDS.search(text) or _COMPARES.search(text):
        dropped = set()
    if any(one.kind in OUTCOMES for one in own):
        dropped |= {"event"}
    present = {one.name for one in (*own, *meant)}
    kept = [one for one in told if one.kind not in dropped | {"endpoint"} and one.name not in present]
    text = " ".join(filter(None, (text, _behind(kept, last))))
    said = [phrase for phrase in reversed((read if read.phrases else restrictions(last)).phrases) if phrase not in text]
    text = ", ".join((text, *said))
    return f"{text[0].upper()}{text[1:]}?"


def _replaced(text: str, told: Sequence[Named], last: str, whole: bool) -> tuple[str, list[Named]]:
    """`text` with what its pronouns stand for among what was `told`, and what that is."""
    own = {one.kind for one in named(text)}
    for pattern, kind in _POINTED:
        match = pattern.search(text)
        meant = [one for one in told if one.kind == kind]
        if match and meant and kind not in own:
            first = grouped(meant, last)[0]
            return f"{text[: match.start()]}{first.text}{text[match.end() :]}", _within(first, meant)
    text = _POSSESSIVE.sub("the", text)
    if people := _PEOPLE.search(text):
        return f"{text[: people.start()]}patients{text[people.end() :]}", []
    thing = _THING.search(text)
    meant = [] if whole or thing is None else _antecedent(text, told)
    if thing is None or not meant:
        return text, []
    first = grouped(meant, last)[0]
    return f"{text[: thing.start()]}{first.text}{text[thing.end() :]}", _within(first, meant)


def _antecedent(text: str, told: Sequence[Named]) -> list[Named]:
    """What "it" may stand for in `text`: the drug, where it is said to be toxic; else what was named first."""
    kinds = ("drug",) if _OF_A_DRUG.search(text) else ("event",) if _OF_AN_EVENT.search(text) else ()
    wanted = [one for one in told if one.kind in kinds]
    things = [one for one in told if one.kind in SUBJECTS - {"cancer", "author"} | {"event"}]
    found = wanted or things or [one for one in told if one.kind == "cancer"]
    return [one for one in found if one.kind == found[0].kind]


def _within(group: Named, phrases: Sequence[Named]) -> list[Named]:
    return [one for one in phrases if group.start <= one.start < group.end]


def _behind(kept: Sequence[Named], last: str) -> str:
    """What was named before, as it stood there, behind the preposition of its kind."""
    groups = grouped(kept, last)
    joint = " or " if _COMPARES.search(last) else " and "
    pieces = []
    for preposition, kinds in _BEHIND:
        texts = dict.fromkeys(one.text for kind in kinds for one in groups if one.kind == kind)
        if texts:
            pieces.append(f"{preposition} {joint.join(texts)}")
    return " ".join(pieces)

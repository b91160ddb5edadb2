"""What became of each question, in a word, and what stands on its card."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from eval.measuring import MEASURES
from eval.results import Cited, Evaluation, Result, Sentence

__all__ = ["VERDICTS", "Card", "Fact", "Gold", "Line", "Quote", "Verdict", "cards", "verdict"]

Tone = Literal["good", "fair", "bad", "grave", "open"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A word for what became of a question, and what it means."""

    name: str
    tone: Tone
    meaning: str


VERDICTS = (
    Verdict("broken", "grave", "shows what must not be: an unsupported sentence, a wrong number, a forbidden text"),
    Verdict("failed", "grave", "an error kept it from answering"),
    Verdict("wrongly answered", "bad", "the papers do not answer it, and it answered"),
    Verdict("wrongly declined", "bad", "the papers answer it, and it abstained"),
    Verdict("missed", "bad", "answered, without any of what an answer has to say"),
    Verdict("partial", "fair", "answered, with a part of what an answer has to say"),
    Verdict("complete", "good", "answered, with all that an answer has to say"),
    Verdict("rightly declined", "good", "the papers do not answer it, and it abstained"),
    Verdict("answered", "open", "answered, where nothing is known of what an answer has to say, or either is right"),
    Verdict("declined", "open", "abstained, where either is right"),
)
"""Every verdict, the gravest first."""

_BY_NAME = {one.name: one for one in VERDICTS}
_SAID = ("key_fact_recall", "exact_answer")
_COUNTED = tuple(one.name for one in MEASURES if one.total and one.guarded)


@dataclass(frozen=True, slots=True)
class Quote:
    """What a sentence cites; `verbatim` where the quote is the sentence itself, `gold` where the paper answers."""

    paper: str
    title: str
    text: str
    verbatim: bool
    gold: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence as shown, with what the harness found wrong with it."""

    text: str
    quotes: tuple[Quote, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """A key fact, its other wordings, and whether the answer says it."""

    text: str
    others: tuple[str, ...]
    told: bool


@dataclass(frozen=True, slots=True)
class Gold:
    """A paper that answers, and its rank among the papers found; None where it is not among them."""

    paper: str
    title: str
    rank: int | None


@dataclass(frozen=True, slots=True)
class Card:
    """A question with all that is told of it; `anchor` is its name within the page."""

    anchor: str
    result: Result
    verdict: Verdict
    lines: tuple[Line, ...]
    facts: tuple[Fact, ...]
    gold: tuple[Gold, ...]
    peer: Result | None
    peer_verdict: Verdict | None
    peer_lines: tuple[Line, ...]


def verdict(result: Result) -> Verdict:
    """What became of it: the gravest thing that is true."""
    return _BY_NAME[_name(result)]


def cards(evaluation: Evaluation) -> list[Card]:
    """A card for each question of the run, in its order, with the peer's reply where it was asked the same."""
    peer = evaluation.peer
    others = {one.asked.id: one for one in peer.results} if peer else {}
    titles = {**(peer.titles if peer else {}), **evaluation.run.titles}
    told = []
    for number, result in enumerate(evaluation.run.results, start=1):
        other = others.get(result.asked.id)
        told.append(
            Card(
                anchor=f"q{number}",
                result=result,
                verdict=verdict(result),
                lines=_lines(result, titles),
                facts=_facts(result),
                gold=_gold(result, titles),
                peer=other,
                peer_verdict=verdict(other) if other else None,
                peer_lines=_lines(other, titles) if other else (),
            )
        )
    return told


def _name(result: Result) -> str:
    asked, reply = result.asked, result.reply
    if reply.failure:
        return "failed"
    if any(result.values.get(name) for name in _COUNTED):
        return "broken"
    if asked.expected == "either":
        return "answered" if reply.answered else "declined"
    if asked.expected == "abstain":
        return "wrongly answered" if reply.answered else "rightly declined"
    if not reply.answered:
        return "wrongly declined"
    said = [result.values[name] for name in _SAID if name in result.values]
    said = said or [value for value in [result.values.get("quoted_evidence")] if value is not None]
    if not said:
        return "answered"
    return "complete" if min(said) == 1 else "partial" if max(said) > 0 else "missed"


def _lines(result: Result, titles: Mapping[str, str]) -> tuple[Line, ...]:
    sentences = result.reply.sentences
    problems = result.problems or ((),) * len(sentences)
    return tuple(
        Line(one.text, tuple(_quote(one, cited, result, titles) for cited in one.citations), wrong)
        for one, wrong in zip(sentences, problems, strict=True)
    )


def _quote(sentence: Sentence, cited: Cited, result: Result, titles: Mapping[str, str]) -> Quote:
    return Quote(
        cited.paper,
        titles.get(cited.paper, ""),
        cited.quote,
        cited.quote.strip() == sentence.text.strip(),
        cited.paper in result.asked.gold,
    )


def _facts(result: Result) -> tuple[Fact, ...]:
    told = result.told or (False,) * len(result.asked.facts)
    facts = [Fact(str(fact), fact.texts[1:], said) for fact, said in zip(result.asked.facts, told, strict=True)]
    return tuple(facts)


def _gold(result: Result, titles: Mapping[str, str]) -> tuple[Gold, ...]:
    ranks = {
        paper: rank
        for rank, paper in enumerate(dict.fromkeys(passage.paper for passage in result.reply.found), start=1)
    }
    return tuple(Gold(paper, titles.get(paper, ""), ranks.get(paper)) for paper in result.asked.gold)

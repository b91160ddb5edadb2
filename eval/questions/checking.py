"""What is wrong with our own questions: everything that can be told from the digests without asking anything.

Texts are compared in one form: lower case, dashes and hyphens as spaces, thousands without commas. A number stands in
a paper with its unit when one of the paper's sentences holds both.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from eval.distractors import TRIED
from eval.questions import KeyFact, OwnQuestion, RenamedQuestion, Split
from eval.suites import half
from eval.wording import plain, stands
from ingest.papers import Paper
from ingest.sentences import sentence_spans

__all__ = ["HELD_OUT", "groups", "problems", "renamed_problems", "says", "split_of"]

HELD_OUT = 0.4  # share of the groups of papers
_SEED = "immunorag questions 1"
_ANSWERED = ("answerable", "follow-up", "disagreement")
_COPIED = 9  # words in a row that a question may not share with its paper

_NUMBER = re.compile(r"(?<![\d.])\d+(?:\.\d+)?")
_WORD = re.compile(r"[^\W_]+(?:\.\d+)?")


def split_of(group: Collection[str]) -> Split:
    """The split of all questions over the papers of a group, by the SHA-256 of a seed and its first id."""
    digest = hashlib.sha256(f"{_SEED} {min(group)}".encode()).digest()
    return "heldout" if int.from_bytes(digest[:4], "big") < HELD_OUT * 2**32 else "dev"


def groups(questions: Iterable[OwnQuestion]) -> dict[str, frozenset[str]]:
    """Paper -> the papers that questions tie to it, itself among them; all of them lie in one split."""
    found: dict[str, frozenset[str]] = {}
    for question in questions:
        tied = frozenset(paper for named in _papers(question) for paper in found.get(named, {named}))
        found.update(dict.fromkeys(tied, tied))
    return found


def problems(questions: Sequence[OwnQuestion], papers: Mapping[str, Paper]) -> Iterator[str]:
    """Every problem of the questions over `papers` (by id), each with the question's id."""
    for kind, counts in (("id", Counter(q.id for q in questions)), ("question", Counter(map(_asked, questions)))):
        yield from (f"the {kind} {name!r} comes {count} times" for name, count in counts.items() if count > 1)
    tied = groups(questions)
    texts = {id: plain(f"{paper.title}. {paper.text}") for id, paper in papers.items()}
    for question in questions:
        named = _papers(question)
        if missing := [paper for paper in named if paper not in papers]:
            yield f"{question.id}: no digest is {' or '.join(missing)}"
            continue
        if question.split != split_of(tied[named[0]] if named else {question.id}):
            yield f"{question.id}: belongs to the other split than {question.split!r}"
        gold = [papers[paper] for paper in question.gold]
        yield from (f"{question.id}: {problem}" for problem in _problems(question, gold, texts))


def renamed_problems(questions: Sequence[RenamedQuestion], papers: Mapping[str, Paper]) -> Iterator[str]:
    """Every problem of the questions with other names."""
    ids = Counter(question.id for question in questions)
    yield from (f"the id {name!r} comes {count} times" for name, count in ids.items() if count > 1)
    for question in questions:
        if missing := [paper for paper in question.gold if paper not in papers]:
            yield f"{question.id}: no digest is {' or '.join(missing)}"
            continue
        if question.part != half(question.gold[0]):
            yield f"{question.id}: belongs to the other part than {question.part!r}"
        for name in question.other_names:
            if not stands(name, plain(question.text)):
                yield f"{question.id}: does not use {name!r}"
            for paper in question.gold:
                if stands(name, plain(f"{papers[paper].title}. {papers[paper].text}")):
                    yield f"{question.id}: {paper} itself says {name!r}"


def says(paper: Paper, fact: KeyFact) -> bool:
    """Whether the paper says it: the first of the texts, or the number in one sentence with its unit."""
    if fact.number is None:
        return stands(fact.texts[0], plain(paper.text))
    sentences = (plain(paper.text[start:end]) for start, end in sentence_spans(paper.text))
    return any(_says_number(sentence, fact.number, fact.unit) for sentence in sentences)


def _problems(question: OwnQuestion, gold: Sequence[Paper], texts: Mapping[str, str]) -> Iterator[str]:
    for fact in question.facts:
        if not any(says(paper, fact) for paper in gold):
            wanted = repr(fact.texts[0]) if fact.number is None else f"{fact.number:g} with {fact.unit!r}"
            yield f"its gold papers do not say {wanted}"
    for paper in gold:
        if copied := _run(plain(question.text), plain(paper.text)):
            yield f"copies {paper.id}: {copied!r}"
    if question.kind == "unanswerable" and (question.gold or question.facts or question.verdict):
        yield "is unanswerable, yet has gold papers or an answer"
    if question.kind in _ANSWERED and not (question.gold and (question.facts or question.verdict)):
        yield "has no gold paper, or neither key fact nor verdict"
    if question.type == "yes/no" and question.kind == "answerable" and question.verdict not in ("yes", "no"):
        yield "is a yes/no question without a verdict"
    if (question.kind == "follow-up") != bool(question.history and question.standalone):
        yield "a follow-up, and nothing else, has a history and stands alone in other words"
    if question.kind == "unanswerable" and question.expected != "abstain":
        yield "is unanswerable, yet an answer is expected"
    for id, text in texts.items():
        if question.absent and all(stands(name, text) for name in question.absent):
            yield f"{id} holds all of {', '.join(question.absent)}"
    for drug in TRIED:
        if stands(drug, plain(question.text)):
            yield f"names {drug}, of which the distractors claim an effect"


def _papers(question: OwnQuestion) -> tuple[str, ...]:
    return question.gold or question.near


def _asked(question: OwnQuestion) -> str:
    return plain(" ".join((*question.history, question.text)))


def _says_number(sentence: str, number: float, unit: str) -> bool:
    if unit == "%":
        return any(float(match) == number for match in re.findall(r"(?<![\d.])(\d+(?:\.\d+)?)%", sentence))
    return stands(unit, sentence) and any(float(match) == number for match in _NUMBER.findall(sentence))


def _run(question: str, text: str) -> str:
    """The first run of words that the question shares with the text and that is too long for chance; "" for none."""
    words = _WORD.findall(question)
    plain = f" {' '.join(_WORD.findall(text))} "
    runs = (" ".join(words[start : start + _COPIED]) for start in range(len(words) - _COPIED + 1))
    return next((run for run in runs if f" {run} " in plain), "")

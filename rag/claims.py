"""Draft -> claims: each sentence of a draft is bound to verbatim quotes in the passages it names."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.sentences import sentence_spans
from rag.answer import Citation, Claim, Passage, Verdict
from rag.numbers import numbers_in
from rag.quotable import quotable_spans
from rag.typography import folded
from rag.words import content_words

__all__ = ["UNCHECKED", "Drafted", "bind", "find_verbatim", "parse_draft"]

UNCHECKED = Verdict(passed=False, reasons=("not checked yet",))

_MARK = re.compile(r"\[\s*\d+(?:\s*[,;–-]\s*\d+)*\s*\]")
_MARKS_BEFORE_STOP = re.compile(r"((?:\s*\[\s*\d+(?:\s*[,;–-]\s*\d+)*\s*\])+)([.!?]+)")
_LIST_BULLET = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)])\s+")
_MOST_IN_A_RANGE = 20
_FEWEST_WORDS, _LEAST_TAKEN = 4, 0.75  # of a sentence without marks: its content words, and their share in a passage


@dataclass(frozen=True, slots=True)
class Drafted:
    """A sentence as it was drafted, and the numbers (from 1) of the passages that it says support it."""

    text: str
    cites: tuple[int, ...]


def parse_draft(draft: str) -> list[Drafted]:
    """Read an LLM's plain text with `[n]` marks: one `Drafted` a sentence, marks taken out of the text."""
    sentences: list[Drafted] = []
    for line in draft.splitlines():
        plain = _MARKS_BEFORE_STOP.sub(r"\2\1", _LIST_BULLET.sub("", line))
        for text, marks in _sentences_with_marks(plain):
            if any(character.isalpha() for character in text):
                sentences.append(Drafted(text, marks))
            elif marks and sentences:  # marks that stand alone belong to the sentence before
                last = sentences.pop()
                sentences.append(Drafted(last.text, tuple(dict.fromkeys([*last.cites, *marks]))))
    return sentences


def _sentences_with_marks(line: str) -> list[tuple[str, tuple[int, ...]]]:
    """Split where a sentence ends, taking the marks behind its full stop along."""
    bare, marks_at = "", []
    position = 0
    for mark in _MARK.finditer(line):
        bare += line[position : mark.start()]
        marks_at.append((len(bare.rstrip()), _numbers_of(mark.group())))
        position = mark.end()
    bare += line[position:]
    spans = sentence_spans(bare) or [(0, len(bare))]
    found = []
    for index, (start, end) in enumerate(spans):
        first = -1 if index == 0 else spans[index - 1][1]
        last = len(bare) if index == len(spans) - 1 else end
        cites = [number for at, numbers in marks_at if first < at <= last for number in numbers]
        found.append((re.sub(r"\s+([.,;:!?])", r"\1", " ".join(bare[start:end].split())), tuple(dict.fromkeys(cites))))
    return found


def _numbers_of(mark: str) -> list[int]:
    numbers: list[int] = []
    for part in re.split(r"[,;]", mark.strip("[] ")):
        ends = [int(number) for number in re.findall(r"\d+", part)[:2] if len(number) < 6]
        if len(ends) == 2 and 0 < ends[1] - ends[0] < _MOST_IN_A_RANGE:
            numbers.extend(range(ends[0], ends[1] + 1))
        else:
            numbers.extend(ends)
    return numbers


def bind(sentence: Drafted, passages: Sequence[Passage]) -> Claim:
    """Give each passage that `sentence` cites its quote; marks that name no passage are dropped here.

    A sentence without any mark cites the passage that most of its words are from, if there is one: small models copy,
    and forget to say from where; the checks are those of any other sentence. A citation's `number` is that of its
    passage until the answer is composed.
    """
    cites = sentence.cites or _taken_from(sentence.text, passages)
    citations = tuple(
        _cite(number, sentence.text, passages[number - 1]) for number in cites if 0 < number <= len(passages)
    )
    return Claim(sentence.text, citations, UNCHECKED)


def _taken_from(text: str, passages: Sequence[Passage]) -> tuple[int, ...]:
    words = content_words(text)
    if len(words) < _FEWEST_WORDS:
        return ()
    shares = [len(words & content_words(passage.text)) / len(words) for passage in passages]
    best = max(shares, default=0.0)
    return (shares.index(best) + 1,) if best >= _LEAST_TAKEN else ()


def _cite(number: int, text: str, passage: Passage) -> Citation:
    start, end = find_verbatim(text, passage.text) or _nearest_sentences(text, passage.text)
    offset = passage.chunk.start
    return Citation(number, passage, passage.text[start:end], offset + start, offset + end)


def find_verbatim(quote: str, text: str) -> tuple[int, int] | None:
    """Find `quote` in `text` as whole words, typography apart, and return the exact span it has there, else None.

    Dashes, quotes, ligatures, decimal points, white space and a word broken at a line's end may differ (`folded`);
    case, letters and digits may not.
    """
    wanted, (plain, places) = folded(quote)[0].strip(), folded(text)
    at = plain.find(wanted) if wanted else -1
    while at >= 0:
        end = at + len(wanted)
        if not _runs_on(plain, at) and not _runs_on(plain, end):
            return places[at], places[end - 1] + 1
        at = plain.find(wanted, at + 1)
    return None


def _runs_on(plain: str, border: int) -> bool:
    """Whether `border` lies within a word or a number."""
    before, behind = plain[max(0, border - 2) : border], plain[border : border + 2]
    if not before or not behind:
        return False
    if before[-1].isalnum() and behind[0].isalnum():
        return True
    return (before[-1].isdigit() and behind[0] in ".," and behind[1:].isdigit()) or (
        behind[0].isdigit() and before[-1] in ".," and before[:-1].isdigit()
    )


def _nearest_sentences(text: str, passage: str) -> tuple[int, int]:
    """The one or two neighbouring sentences of `passage` that share most words and numbers with `text`."""
    whole = sentence_spans(passage)
    spans = quotable_spans(passage) or whole or [(0, len(passage))]
    pairs = [(left[0], right[1]) for left, right in itertools.pairwise(whole) if left in spans and right in spans]
    wanted_words, wanted_numbers = content_words(text), numbers_in(text)

    def likeness(span: tuple[int, int]) -> tuple[float, int]:
        piece = passage[span[0] : span[1]]
        shared = len(wanted_words & content_words(piece)) + 2 * len(wanted_numbers & numbers_in(piece))
        return shared, -len(piece)

    best = max(spans, key=likeness)
    pair = max(pairs, key=likeness, default=best)
    return pair if likeness(pair)[0] >= likeness(best)[0] + 2 else best

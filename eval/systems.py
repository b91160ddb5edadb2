"""What can be asked the questions of a benchmark: immunorag, the tutorial, or a file with another system's answers."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Protocol, cast

from eval.measures import first_characters
from eval.results import Asked, Cited, Found, LeftOut, Reply, Sentence
from eval.runs import RunError, objects, reply_from_json
from ingest.errors import ImmunoragError

if TYPE_CHECKING:
    from eval.tutorial import Tutorial
    from rag.answer import Answer, Passage, Unanswered
    from rag.assistant import Assistant
    from rag.langchain_retriever import PassageRetriever
    from rag.question import Question
    from rag.retrieval import Retriever

__all__ = ["Filed", "Immunorag", "Peer", "System", "rooms"]

DEPTH = 60  # passages of a ranking, of which at least ten papers can be taken
_WITH_TEXT = 10


class System(Protocol):
    @property
    def name(self) -> str: ...

    def replies(self, asked: Sequence[Asked]) -> Iterator[Reply]:
        """A reply to each question, in their order, as they come."""
        ...


class Immunorag:
    """`assistant`, asked many questions at a time, and its own retrieval, to a depth that no answer reads.

    A follow-up is asked in its conversation, behind the answers to what was asked before.
    """

    def __init__(self, assistant: Assistant, name: str = "immunorag") -> None:
        self.name, self._assistant = name, assistant

    def replies(self, asked: Sequence[Asked]) -> Iterator[Reply]:
        retrieve = cast("PassageRetriever", self._assistant.retriever()).retrieve
        for answer in self._assistant.ask_batch(map(self._after_its_history, asked)):
            yield _reply(answer, _search(retrieve, answer))

    def seconds(self, asked: Asked) -> float | None:
        """The time that one question takes, asked alone; None where an LLM would be paid for it again."""
        if self._assistant.chat_model is not None:
            return None
        history = self._history(asked)
        began = time.perf_counter()
        self._assistant.ask(asked.text, history=history)
        return time.perf_counter() - began

    def _after_its_history(self, asked: Asked) -> str | Question:
        from rag.conversation import turn
        from rag.question import Question

        if not asked.history:
            return asked.text
        return Question(asked.text, history=tuple(turn(answer) for answer in self._history(asked)))

    def _history(self, asked: Asked) -> list[Answer]:
        """The answers to the questions before it, each asked after those before."""
        answers: list[Answer] = []
        for earlier in asked.history:
            answers.append(self._assistant.ask(earlier, history=answers))
        return answers


class Peer:
    """The tutorial, which answers every question with its nearest chunks, cut at as many characters as `rooms` says.

    What it shows of a chunk is a sentence that cites it all. Its confidence is the cosine of the nearest one.
    """

    name = "tutorial"

    def __init__(self, tutorial: Tutorial, rooms: Mapping[str, int]) -> None:
        self._tutorial, self._rooms = tutorial, rooms

    def replies(self, asked: Sequence[Asked]) -> Iterator[Reply]:
        for one in asked:
            began = time.perf_counter()
            found = self._tutorial.search(put(one), DEPTH)
            seconds = time.perf_counter() - began
            texts = first_characters([passage.text for passage in found], self._rooms[one.id])
            yield Reply(
                tuple(
                    Sentence(text, (Cited(passage.paper, text),)) for text, passage in zip(texts, found, strict=False)
                ),
                _found([(passage.paper, passage.text) for passage in found]),
                confidence=1 - found[0].distance / 2 if found else 0.0,
                seconds=seconds,
            )


class Filed:
    """Another system's answers, read from JSON lines (`docs/evaluation.md`); a question that it lacks has failed.

    `ids` says which paper of the library an identifier means. Raises RunError.
    """

    def __init__(self, file: Path, ids: Mapping[str, str]) -> None:
        self.name = file.stem
        self._replies: dict[str, Reply] = {}
        for where, row in objects(file):
            if set(row) == {"system"}:
                self.name = str(row["system"])
                continue
            try:
                key, reply = row["id"], reply_from_json(row)
            except (KeyError, TypeError, ValueError) as error:
                raise RunError(f"{where}: is no answer ({type(error).__name__}: {error})") from error
            if key in self._replies:
                raise RunError(f"{where}: answers {key!r} a second time")
            self._replies[key] = _renamed(reply, ids)

    def replies(self, asked: Sequence[Asked]) -> Iterator[Reply]:
        for one in asked:
            yield self._replies.get(one.id) or Reply(failure="is not in the file")


def put(asked: Asked) -> str:
    """The question as it is put to a system that takes no history."""
    return asked.standalone or asked.text


def rooms(asked: Sequence[Asked], replies: Sequence[Reply]) -> dict[str, int]:
    """The characters that each reply shows; where it shows none, the median of the others."""
    shown = [sum(len(sentence.text) for sentence in reply.sentences) for reply in replies]
    typical = int(median([length for length in shown if length] or [1]))
    return {one.id: length or typical for one, length in zip(asked, shown, strict=True)}


def _reply(answer: Answer | Unanswered, passages: Sequence[Passage]) -> Reply:
    from rag.answer import Unanswered

    found = _found([(passage.paper.id, passage.text) for passage in passages])
    if isinstance(answer, Unanswered):
        return Reply(found=found, failure=answer.reason)
    return Reply(
        tuple(
            Sentence(claim.text, tuple(Cited(one.passage.paper.id, one.quote) for one in claim.citations))
            for claim in answer.claims
        ),
        found,
        answer.confidence,
        tuple(LeftOut(claim.text, claim.verdict.reasons) for claim in answer.left_out),
        seconds=sum(answer.timings.values()) if answer.tokens else None,
        tokens=answer.tokens,
    )


def _search(retrieve: Retriever, answer: Answer | Unanswered) -> Sequence[Passage]:
    """The ranking for the question as it was understood; none where it cannot be asked."""
    from rag.answer import Answer
    from rag.question import Question

    try:
        if isinstance(answer, Answer):
            return retrieve(Question(answer.understood or answer.question, answer.filters), DEPTH)
        return retrieve(Question(answer.question), DEPTH)
    except ImmunoragError:
        return ()


def _found(passages: Sequence[tuple[str, str]]) -> tuple[Found, ...]:
    return tuple(Found(paper, text if rank < _WITH_TEXT else "") for rank, (paper, text) in enumerate(passages))


def _renamed(reply: Reply, ids: Mapping[str, str]) -> Reply:
    def own(paper: str) -> str:
        return ids.get(paper, paper)

    return replace(
        reply,
        sentences=tuple(
            Sentence(one.text, tuple(Cited(own(cited.paper), cited.quote) for cited in one.citations))
            for one in reply.sentences
        ),
        found=tuple(Found(own(one.paper), one.text) for one in reply.found),
    )

"""A batch of questions beside the same questions asked one by one, without an LLM: seconds, and whether they agree.

The questions are our own over the starter library, repeated with another end where there are not enough: a batch
must not gain by answering one twice, and each text is embedded anew. Both run in this process, on one library.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path

from ingest.errors import ImmunoragError
from rag.answer import Answer, Unanswered
from rag.assistant import Assistant

__all__ = ["Timed", "agreement", "asked", "main"]

GOAL = 2.0  # times as fast as one by one


@dataclass(frozen=True, slots=True)
class Timed:
    """Answers, and the seconds that they took."""

    answers: Sequence[Answer | Unanswered]
    seconds: float


def asked(questions: Sequence[str], wanted: int) -> list[str]:
    """`wanted` different questions: those given, then the same again with a number behind."""
    rounds = (question if turn == 0 else f"{question} ({turn})" for turn in count() for question in questions)
    return list(islice(rounds, wanted))


def agreement(one: Sequence[Answer | Unanswered], other: Sequence[Answer | Unanswered]) -> int:
    """How many questions have the same claims with the same quotes in both, or none in both."""
    return sum(_said(mine) == _said(theirs) for mine, theirs in zip(one, other, strict=True))


def _said(answer: Answer | Unanswered) -> object:
    if isinstance(answer, Unanswered):
        return answer.reason
    return [
        (claim.text, [(one.passage.paper.id, one.start, one.end) for one in claim.citations]) for claim in answer.claims
    ]


def main(argv: list[str]) -> int:
    """Print seconds, ratio and agreement; 0 when the batch is fast enough and says the same, else 1."""
    from rich.console import Console

    from eval.questions import own_questions, renamed_questions
    from ingest.embedding import load_embedder
    from ingest.library import Library
    from ingest.starter import papers
    from ingest.starter.vectors import carried

    parser = argparse.ArgumentParser(prog="python -m eval.bench batch", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--questions", type=int, default=1000, metavar="N")
    options = parser.parse_args(argv)
    texts = [question.text for question in own_questions()] + [one.text for one in renamed_questions()]
    questions = asked(list(dict.fromkeys(text for text in texts if len(text) < 1000)), options.questions)
    console = Console(width=80, highlight=False)
    with tempfile.TemporaryDirectory() as folder:
        with Library.open(Path(folder) / "library", embedder=carried(load_embedder())) as library:
            library.add(papers())
        with Library.open(Path(folder) / "library", embedder=load_embedder()) as library:
            assistant = Assistant(library)
            assistant.ask(questions[0])  # the model is loaded, the indexes are open
            together = _timed(lambda: list(assistant.ask_batch(questions)))
            singly = _timed(lambda: [_singly(assistant, question) for question in questions])
    ratio = singly.seconds / together.seconds
    same = agreement(singly.answers, together.answers)
    answered = sum(isinstance(answer, Answer) and not answer.abstained for answer in together.answers)
    console.print(f"{len(questions):,} questions, {answered:,} of them answered")
    console.print(f"one by one {singly.seconds:7.1f} s")
    console.print(f"in a batch {together.seconds:7.1f} s, {ratio:.2f} times as fast (goal {GOAL:.1f})")
    console.print(f"the same answer to {same:,} of {len(questions):,}")
    met = ratio >= GOAL and same == len(questions)
    console.print(f"goals {'met' if met else 'MISSED'}")
    return 0 if met else 1


def _singly(assistant: Assistant, question: str) -> Answer | Unanswered:
    try:
        return assistant.ask(question)
    except ImmunoragError as error:
        return Unanswered(question, str(error))


def _timed(run: Callable[[], list[Answer | Unanswered]]) -> Timed:
    began = time.perf_counter()
    answers = run()
    return Timed(answers, time.perf_counter() - began)

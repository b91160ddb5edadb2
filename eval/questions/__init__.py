"""Our own questions over the starter library, written from its digests without a look at what `rag/` finds.

One file a kind of question, one JSON object a line; `schema.json` tells every field, `docs/questions.md` how to add
one's own, and `python -m eval.questions` counts them and names every problem.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Literal

from eval.suites import Half

__all__ = [
    "FILES", "Area", "Expected", "KeyFact", "Kind", "OwnQuestion", "QuestionType", "RenamedQuestion", "Split",
    "own_questions", "renamed_questions",
]  # fmt: skip

Kind = Literal["answerable", "unanswerable", "follow-up", "disagreement", "adversarial"]
Area = Literal[
    "patient stratification", "biomarker discovery", "treatment strategy", "AI and foundation models", "outside"
]
QuestionType = Literal["yes/no", "factoid", "list", "comparison", "mechanism", "summary"]
Split = Literal["dev", "heldout"]
Expected = Literal["answer", "abstain", "either"]

FILES = (
    "stratification.jsonl", "biomarkers.jsonl", "treatment.jsonl", "models.jsonl", "unanswerable.jsonl",
    "follow-ups.jsonl", "disagreements.jsonl", "adversarial.jsonl",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class KeyFact:
    """One thing an answer has to say: any of `texts`, the first of them in the paper's words; or a number.

    A number stands with its `unit` ("%", "months", "hazard ratio"); within `tolerance` of it is right, too.
    """

    texts: tuple[str, ...] = ()
    number: float | None = None
    unit: str = ""
    tolerance: float = 0.0

    def __str__(self) -> str:
        if self.number is None:
            return self.texts[0]
        return f"{self.number:g}{'' if self.unit == '%' else ' '}{self.unit}"


@dataclass(frozen=True, slots=True)
class OwnQuestion:
    """A question and what is known of its answer.

    `gold` are the papers that answer, by id; `verdict` is "yes" or "no" where the answer is one. A follow-up comes
    after the questions of `history`, and `standalone` asks the same without them. Of what an unanswerable question
    asks, no digest holds all of the words in `absent`; `near` are the papers it was turned away from (retracted ones,
    where it is adversarial), and `exchanged` says what was exchanged. `expected` is whether to answer; nothing in
    `forbidden` may stand in what is shown.
    """

    id: str
    text: str
    kind: Kind
    area: Area
    type: QuestionType
    split: Split
    gold: tuple[str, ...] = ()
    facts: tuple[KeyFact, ...] = ()
    verdict: str = ""
    history: tuple[str, ...] = ()
    standalone: str = ""
    absent: tuple[str, ...] = ()
    near: tuple[str, ...] = ()
    exchanged: str = ""
    expected: Expected = "answer"
    forbidden: tuple[str, ...] = ()
    trick: str = ""


@dataclass(frozen=True, slots=True)
class RenamedQuestion:
    """A question that calls things by `other_names` than its paper does, and the same one in the paper's own words.

    `gold` are the papers that answer, by id; one is enough. `part` is the half of the first of them.
    """

    id: str
    text: str
    own_words: str
    other_names: tuple[str, ...]
    gold: tuple[str, ...]
    part: Half


def own_questions() -> tuple[OwnQuestion, ...]:
    """All questions of FILES, file by file."""
    return tuple(_question(row) for name in FILES for row in rows(name))


def renamed_questions() -> tuple[RenamedQuestion, ...]:
    """The questions of `names.jsonl`, in its order."""
    return tuple(
        RenamedQuestion(
            id=row["id"],
            text=row["question"],
            own_words=row["same_question_in_the_papers_words"],
            other_names=tuple(row["other_names"]),
            gold=tuple(row["gold"]),
            part=row["part"],
        )
        for row in rows("names.jsonl")
    )


def rows(name: str) -> Iterator[dict[str, Any]]:
    """The objects of one file as they stand there."""
    for line in (files(__name__) / name).read_text(encoding="utf-8").splitlines():
        if line.strip():
            yield json.loads(line)


def _question(row: dict[str, Any]) -> OwnQuestion:
    return OwnQuestion(
        id=row["id"],
        text=row["question"],
        kind=row["kind"],
        area=row["area"],
        type=row["type"],
        split=row["split"],
        gold=tuple(row.get("gold", ())),
        facts=tuple(_fact(fact) for fact in row.get("key_facts", ())),
        verdict=row.get("verdict", ""),
        history=tuple(row.get("history", ())),
        standalone=row.get("standalone", ""),
        absent=tuple(row.get("absent", ())),
        near=tuple(row.get("near", ())),
        exchanged=row.get("exchanged", ""),
        expected=row["expected"],
        forbidden=tuple(row.get("forbidden", ())),
        trick=row.get("trick", ""),
    )


def _fact(row: dict[str, Any]) -> KeyFact:
    if "number" in row:
        return KeyFact(number=row["number"], unit=row["unit"], tolerance=row.get("tolerance", 0.0))
    return KeyFact(texts=tuple(row["any_of"]))

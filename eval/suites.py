"""Public benchmarks as they are published: their questions, and the papers those ask about.

Evidence Inference 2.0 (DeYoung et al., BioNLP 2020, doi:10.18653/v1/2020.bionlp-1.13): a folder with `questions.jsonl`
and `papers/<paper>.nxml`. Each question asks what an intervention did to an outcome, and names the sentences that tell.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ingest.errors import ImmunoragError

__all__ = ["EvalQuestion", "Half", "Suite", "SuiteError", "evidence_inference", "half"]

Half = Literal["tune", "report"]


class SuiteError(ImmunoragError):
    """A benchmark that is not in its published format; the message names the file and the line."""


@dataclass(frozen=True, slots=True)
class EvalQuestion:
    """A question and what is known of its answer; `evidence` are texts of `paper`, any one of which answers."""

    id: str
    text: str
    paper: str
    evidence: tuple[str, ...]
    intervention: str = ""
    comparator: str = ""
    outcome: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Suite:
    """A benchmark: its questions in file order and the file of every paper, by the name the questions give it."""

    name: str
    questions: tuple[EvalQuestion, ...]
    papers: Mapping[str, Path]


def evidence_inference(folder: Path) -> Suite:
    """Read Evidence Inference from `folder`; raise SuiteError, with file and line, at the first thing amiss."""
    listing = folder / "questions.jsonl"
    if not listing.is_file():
        raise SuiteError(f"{listing}: no such file; the suite is a folder with questions.jsonl and papers/*.nxml")
    papers = {path.stem: path for path in sorted((folder / "papers").glob("*.nxml"))}
    questions: dict[str, EvalQuestion] = {}
    for number, line in enumerate(listing.read_text(encoding="utf-8").split("\n"), start=1):
        if not line.strip():
            continue
        where = f"{listing}, line {number}"
        question = _question(line, where)
        if question.id in questions:
            raise SuiteError(f"{where}: the id {question.id!r} comes twice")
        if question.paper not in papers:
            raise SuiteError(f"{where}: its paper is missing: {folder / 'papers' / question.paper}.nxml")
        questions[question.id] = question
    if not questions:
        raise SuiteError(f"{listing}: holds no questions")
    return Suite("evidence-inference", tuple(questions.values()), papers)


def half(paper: str) -> Half:
    """The half a paper's questions belong to: tune on one, report the other. Fixed by the SHA-256 of its name.

    Whole papers are halved, never questions: those of one paper share its words.
    """
    return "tune" if hashlib.sha256(paper.encode()).digest()[0] % 2 == 0 else "report"


def _question(line: str, where: str) -> EvalQuestion:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise SuiteError(f"{where}: is no JSON ({error.msg} at column {error.colno})") from error
    if not isinstance(row, dict):
        raise SuiteError(f"{where}: is no JSON object")
    evidence = row.get("evidence")
    if not isinstance(evidence, list) or not evidence or not all(isinstance(t, str) and t.strip() for t in evidence):
        raise SuiteError(f"{where}: 'evidence' must be a list of at least one text")
    return EvalQuestion(
        id=_text(row, "id", where),
        text=_text(row, "question", where),
        paper=_text(row, "paper", where),
        evidence=tuple(evidence),
        intervention=_text(row, "intervention", where),
        comparator=_text(row, "comparator", where),
        outcome=_text(row, "outcome", where),
        label=_text(row, "label", where),
    )


def _text(row: Mapping[str, Any], key: str, where: str) -> str:
    value = row.get(key)
    if not isinstance(value, str) or not value.strip():
        raise SuiteError(f"{where}: {key!r} must be a text that is not empty")
    return value

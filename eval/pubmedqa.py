"""PubMedQA's labelled questions as they are published, and the abstracts that answer them as papers of a library.

PubMedQA (Jin et al., EMNLP 2019, arXiv:1909.06146): `ori_pqal.json`, one JSON object, by PMID: a question that is the
title of the paper or made of it, the paper's abstract without its conclusion, and yes, no or maybe.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from eval.suites import SuiteError
from ingest.papers import Paper, Section
from ingest.readers.sections import section_kind

__all__ = ["PubMedQa", "pubmedqa"]

Decision = Literal["yes", "no", "maybe"]


@dataclass(frozen=True, slots=True)
class PubMedQa:
    """A question, what the paper's authors conclude, and the paper: without a title, for that is the question."""

    id: str
    text: str
    decision: Decision
    paper: Paper


def pubmedqa(file: Path) -> tuple[PubMedQa, ...]:
    """Read the questions of `file`; raise SuiteError, with the PMID, at the first thing amiss."""
    if not file.is_file():
        raise SuiteError(f"{file}: no such file; it is PubMedQA's ori_pqal.json")
    try:
        rows = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise SuiteError(f"{file}: is no JSON ({error})") from error
    if not isinstance(rows, dict) or not rows:
        raise SuiteError(f"{file}: is no JSON object with a question for each PMID")
    questions = []
    for pmid, row in rows.items():
        try:
            questions.append(_question(pmid, row))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise SuiteError(f"{file}, {pmid}: is no PubMedQA question ({error})") from error
    return tuple(questions)


def _question(pmid: str, row: dict[str, Any]) -> PubMedQa:
    decision = row["final_decision"].lower()
    if decision not in ("yes", "no", "maybe"):
        raise ValueError(f"its final_decision is {decision!r}")
    contexts, labels = row["CONTEXTS"], row.get("LABELS", [])
    if not contexts or not all(isinstance(text, str) for text in contexts):
        raise ValueError("its CONTEXTS are no list of texts")
    text, sections = "", []
    for number, context in enumerate(contexts):
        label = str(labels[number]).capitalize() if number < len(labels) else ""
        start = len(text) + 2 if text else 0
        text = f"{text}\n\n{context}" if text else context
        sections.append(Section(section_kind(label) if label else "abstract", label, start, len(text)))
    year = str(row.get("YEAR") or "")
    paper = Paper(
        f"pmid:{pmid}", "", text, tuple(sections), "pubmed", pmid=pmid, year=int(year) if year.isdigit() else None
    )
    return PubMedQa(f"pubmedqa-{pmid}", row["QUESTION"].strip(), decision, paper)

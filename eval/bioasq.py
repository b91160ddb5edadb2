"""BioASQ's questions as they are published, and the abstracts they cite as papers of a library.

BioASQ (Tsatsaronis et al., BMC Bioinformatics 2015, doi:10.1186/s12859-015-0564-6), task b: JSON lines, each a question
with the PMIDs and snippets that answer it, its exact answer (yes or no; names, each with its synonyms) and others.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args

from eval.suites import SuiteError
from ingest.papers import Paper, Section

__all__ = ["BioAsq", "QuestionType", "Snippet", "abstracts", "bioasq", "groups"]

QuestionType = Literal["yesno", "factoid", "list", "summary"]


@dataclass(frozen=True, slots=True)
class Snippet:
    """What answers, word for word, in the title or the abstract of a paper."""

    pmid: str
    text: str
    section: str


@dataclass(frozen=True, slots=True)
class BioAsq:
    """A question and its answer: `items` are names, each as a tuple of synonyms; yes/no questions have `yes` or `no`.

    A factoid's items are one after the other as good; a list's are all wanted. A summary has none.
    """

    id: str
    text: str
    type: QuestionType
    items: tuple[tuple[str, ...], ...]
    snippets: tuple[Snippet, ...]

    @property
    def papers(self) -> tuple[str, ...]:
        """The ids of the papers that answer, each once."""
        return tuple(dict.fromkeys(f"pmid:{snippet.pmid}" for snippet in self.snippets))


def bioasq(file: Path) -> tuple[BioAsq, ...]:
    """Read the questions of `file`; raise SuiteError, with its line, at the first thing amiss."""
    if not file.is_file():
        raise SuiteError(f"{file}: no such file; it is JSON lines, one BioASQ question a line")
    questions: dict[str, BioAsq] = {}
    for number, line in enumerate(file.read_text(encoding="utf-8").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            question = _question(json.loads(line))
        except (ValueError, KeyError, TypeError) as error:
            raise SuiteError(f"{file}, line {number}: is no BioASQ question ({error})") from error
        if question.id in questions:
            raise SuiteError(f"{file}, line {number}: the id {question.id!r} comes twice")
        questions[question.id] = question
    return tuple(questions.values())


def abstracts(questions: Sequence[BioAsq]) -> list[Paper]:
    """One paper a PMID: its cited title, and the snippets cited from it, each once, in the order of the questions."""
    titles: dict[str, str] = {}
    texts: dict[str, dict[str, None]] = {}
    for question in questions:
        for snippet in question.snippets:
            if snippet.section == "title":
                titles.setdefault(snippet.pmid, snippet.text)
            texts.setdefault(snippet.pmid, {}).setdefault(snippet.text)
    papers = []
    for pmid, cited in texts.items():
        text = "\n\n".join(cited)
        sections = (Section("abstract", "", 0, len(text)),)
        papers.append(Paper(f"pmid:{pmid}", titles.get(pmid, ""), text, sections, "pubmed", pmid=pmid))
    return papers


def groups(questions: Sequence[BioAsq]) -> dict[str, str]:
    """The group of each question, by its id: questions that share a paper, directly or over others, are of one.

    A group goes by its first paper, so that no paper serves both halves of the questions.
    """
    first: dict[str, str] = {}

    def root(paper: str) -> str:
        while first.setdefault(paper, paper) != paper:
            paper = first[paper]
        return paper

    for question in questions:
        for paper in question.papers:
            one, other = sorted((root(question.papers[0]), root(paper)))
            first[other] = one
    return {question.id: root(question.papers[0]) for question in questions}


def _question(row: dict[str, Any]) -> BioAsq:
    snippets = tuple(Snippet(str(one["pmid"]), str(one["text"]), str(one["section"])) for one in row["snippets"])
    kind = row["type"]
    if kind not in get_args(QuestionType):
        raise ValueError(f"its type is {kind!r}")
    if not snippets:
        raise ValueError("it has no snippet")
    return BioAsq(str(row["id"]), str(row["question"]), kind, _items(kind, row.get("exact_answer")), snippets)


def _items(kind: QuestionType, exact: Any) -> tuple[tuple[str, ...], ...]:
    """The years of BioASQ write it as a text, a list of texts, or a list of lists of synonyms."""
    if kind == "summary" or exact is None:
        return ()
    if isinstance(exact, str):
        return ((exact,),)
    if kind == "factoid" and all(isinstance(item, str) for item in exact):
        return (tuple(exact),)
    return tuple((item,) if isinstance(item, str) else tuple(map(str, item)) for item in exact)

"""BioASQ's questions as they are published, and the abstracts they cite as papers of a library.

BioASQ (Tsatsaronis et al., BMC Bioinformatics 2015, doi:10.1186/s12859-015-0564-6), task b: each a question
with the PMIDs and snippets that answer it, its exact answer (yes or no; names, each with its synonyms) and others.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
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
    """Read the questions of `file`; raise SuiteError, with the place, at the first thing amiss.

    It is JSON lines, or the one JSON object that BioASQ publishes, with a list of `questions`. Of the latter, questions
    without snippets are left out: nothing is there that could answer them.
    """
    if not file.is_file():
        raise SuiteError(f"{file}: no such file; it is BioASQ's JSON, or JSON lines with a question a line")
    questions: dict[str, BioAsq] = {}
    for where, row in _rows(file):
        try:
            question = _question(json.loads(row) if isinstance(row, str) else row)
        except (ValueError, KeyError, TypeError) as error:
            raise SuiteError(f"{where}: is no BioASQ question ({error})") from error
        if question.id in questions:
            raise SuiteError(f"{where}: the id {question.id!r} comes twice")
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


def _rows(file: Path) -> Iterator[tuple[str, str | dict[str, Any]]]:
    """Each question with the place where it stands: a line as it is, or an object in the form of such a line."""
    text = file.read_text(encoding="utf-8")
    published = _published(text)
    if published is None:
        lines = enumerate(text.split("\n"), start=1)
        yield from ((f"{file}, line {number}", line) for number, line in lines if line.strip())
        return
    for number, row in enumerate(published, start=1):
        if not isinstance(row, dict):
            raise SuiteError(f"{file}, question {number}: is no JSON object")
        if row.get("snippets"):
            yield f"{file}, question {number}", {**row, "question": row.get("body")}


def _published(text: str) -> list[Any] | None:
    """The questions of BioASQ's own JSON; None where `text` is something else."""
    try:
        whole = json.loads(text)
    except ValueError:
        return None
    questions = whole.get("questions") if isinstance(whole, dict) else None
    return questions if isinstance(questions, list) else None


def _question(row: dict[str, Any]) -> BioAsq:
    snippets = tuple(map(_snippet, row["snippets"]))
    kind = row["type"]
    if kind not in get_args(QuestionType):
        raise ValueError(f"its type is {kind!r}")
    if not snippets:
        raise ValueError("it has no snippet")
    if not isinstance(row["question"], str) or not row["question"].strip():
        raise ValueError("it asks nothing")
    return BioAsq(str(row["id"]), row["question"], kind, _items(kind, row.get("exact_answer")), snippets)


def _snippet(row: dict[str, Any]) -> Snippet:
    """BioASQ's own names the paper by its address (".../pubmed/29624723") and the section where the snippet begins."""
    if "document" in row:
        pmid = str(row["document"]).rstrip("/").rpartition("/")[2]
        return Snippet(pmid, str(row["text"]), str(row.get("beginSection", "abstract")))
    return Snippet(str(row["pmid"]), str(row["text"]), str(row["section"]))


def _items(kind: QuestionType, exact: Any) -> tuple[tuple[str, ...], ...]:
    """The years of BioASQ write it as a text, a list of texts, or a list of lists of synonyms."""
    if kind == "summary" or exact is None:
        return ()
    if isinstance(exact, str):
        return ((exact.lower() if kind == "yesno" else exact,),)
    if kind == "factoid" and all(isinstance(item, str) for item in exact):
        return (tuple(exact),)
    return tuple((item,) if isinstance(item, str) else tuple(map(str, item)) for item in exact)

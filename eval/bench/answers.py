"""Whether the answers without an LLM hold what BioASQ wants, beside what a LangChain tutorial shows.

The library holds, for every PMID that a question of `bioasq_dev` cites, the title and the snippets cited from it. The
tutorial is given the same texts; it shows its nearest chunks, cut at as many characters as our answer has (where we
abstain, at the median of our answers). The measures, all in `eval.measures`:

- exact: does the text shown hold the exact answer; factoid: any synonym of any item; list: the share of items. Six
  sentences at most are shown. Where we abstain, it is 0;
- yes or no: from the first sentence shown alone, by one rule for both: "no" where it denies what is asked or says the
  opposite of it (`rag.stance`, a list of words), else "yes";
- document recall@10 over min(10, gold), of the papers in the order in which they were found;
- citation precision: the share of what is cited that is a gold document, of the questions that we answer.

Questions are halved by the papers they cite; whatever is chosen by looking is chosen on `tune`. Intervals are 95 %
paired bootstrap intervals over groups of questions that share a paper. Nothing here is judged by `rag.checks`.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

from eval.bench.asked_libraries import Remembering, opened, say
from eval.bench.data import add_data_option, workplace
from eval.bioasq import BioAsq, abstracts, bioasq, groups
from eval.measures import citation_precision, document_recall, first_characters, items_named, paired_difference
from eval.suites import half
from ingest.sentences import sentence_spans
from rag.stance import stance

if TYPE_CHECKING:
    from rich.console import Console

    from eval.tutorial import Tutorial
    from rag.answer import Answer

__all__ = ["MEASURES", "Shown", "decided", "main", "value"]

MEASURES = ("factoid: exact", "list: share of items", "yes or no: accuracy", "document recall@10", "citation precision")
_DEPTH = 60  # passages, of which the first ten papers are taken


@dataclass(frozen=True, slots=True)
class Shown:
    """What a system shows for a question: its texts in order, the paper of each, and the papers as it found them."""

    texts: tuple[str, ...]
    cited: tuple[str, ...]
    found: tuple[str, ...]


def decided(question: str, text: str) -> str:
    """What the first sentence of `text` says to a yes/no question: "no" where it denies it or says the opposite."""
    spans = sentence_spans(text)
    return stance(question, text[slice(*spans[0])] if spans else text) or "yes"


def value(measure: str, question: BioAsq, shown: Shown) -> float | None:
    """The value of one of MEASURES; None where it does not apply to the question, or nothing is cited."""
    text = "\n".join(shown.texts)
    if measure == "factoid: exact":
        return float(items_named(text, question.items) > 0) if question.type == "factoid" else None
    if measure == "list: share of items":
        return items_named(text, question.items) if question.type == "list" else None
    if measure == "yes or no: accuracy":
        return (
            float(bool(text) and decided(question.text, text) == question.items[0][0])
            if question.type == "yesno"
            else None
        )
    if measure == "document recall@10":
        return document_recall(shown.found, question.papers, 10)
    return citation_precision(shown.cited, question.papers) if shown.cited else None


def main(argv: list[str]) -> int:
    """Print a table a half."""
    from rich.console import Console

    parser = argparse.ArgumentParser(
        prog="python -m eval.bench answers", description=(__doc__ or "").partition("\n")[0]
    )
    add_data_option(parser)
    parser.add_argument("--keep", type=Path, metavar="DIR", help="build both stores there, or use what was built there")
    parser.add_argument("--half", choices=("tune", "report", "both"), default="both", help="whose table is printed")
    options = parser.parse_args(argv)
    asked = bioasq(options.data / "bioasq_dev.jsonl")
    group = groups(asked)
    asked = tuple(one for one in asked if options.half in ("both", half(group[one.id])))
    with workplace(options.keep) as folder:
        ours = _ours(folder, bioasq(options.data / "bioasq_dev.jsonl"), asked)
        typical = int(median([sum(map(len, shown.texts)) for shown in ours if shown.texts] or [1]))
        theirs = _theirs(
            folder,
            bioasq(options.data / "bioasq_dev.jsonl"),
            asked,
            [sum(map(len, one.texts)) or typical for one in ours],
        )
    console = Console(width=100, highlight=False)
    for name in ("tune", "report"):
        if options.half in ("both", name):
            rows = [row for row in zip(asked, ours, theirs, strict=True) if half(group[row[0].id]) == name]
            _print(console, name, rows, group, typical)
    return 0


# -- the systems -----------------------------------------------------------------------------------------------------


def _ours(folder: Path, all_questions: Sequence[BioAsq], asked: Sequence[BioAsq]) -> list[Shown]:
    from ingest.embedding import load_embedder
    from rag.assistant import Assistant
    from rag.question import Question
    from rag.retrieval import hybrid

    embedder = Remembering(load_embedder())
    embedder.load(folder / "v-documents.npz")
    shown = []
    with opened(folder / "documents", embedder, abstracts(all_questions)) as library:
        assistant, retrieve = Assistant(library), hybrid(library)
        for number, question in enumerate(asked):
            if number % 20 == 0:
                say(f"immunorag: question {number} of {len(asked)}")
            answer = assistant.ask(question.text)
            found = [passage.paper.id for passage in retrieve(Question(question.text), _DEPTH)]
            shown.append(_answered(answer, found))
    embedder.save(folder / "v-documents.npz")
    return shown


def _answered(answer: Answer, found: Sequence[str]) -> Shown:
    texts = tuple(claim.text for claim in answer.claims)
    cited = tuple(citation.passage.paper.id for claim in answer.claims for citation in claim.citations)
    return Shown(texts, cited, tuple(found))


def _theirs(
    folder: Path, all_questions: Sequence[BioAsq], asked: Sequence[BioAsq], characters: Sequence[int]
) -> list[Shown]:
    from eval.tutorial import Tutorial

    tutorial = Tutorial(folder / "tutorial-documents")
    known = tutorial.papers()
    new = [paper for paper in abstracts(all_questions) if paper.id not in known]
    if new:
        say(f"tutorial: taking in {len(new)} papers")
        tutorial.add_rows(_rows([(paper.id, f"{paper.title}\n\n{paper.text}".strip()) for paper in new]))
    return [_read(tutorial, question.text, room) for question, room in zip(asked, characters, strict=True)]


def _rows(papers: Sequence[tuple[str, str]]) -> list[tuple[str, str, dict[str, str | int]]]:
    from eval.tutorial import split_text

    return [
        (f"{paper}#{number}", text, {"paper": paper})
        for paper, told in papers
        for number, text in enumerate(split_text(told))
    ]


def _read(tutorial: Tutorial, question: str, room: int) -> Shown:
    found = tutorial.search(question, _DEPTH)
    texts = first_characters([passage.text for passage in found], room)
    papers = [passage.paper for passage in found]
    return Shown(tuple(texts), tuple(papers[: len(texts)]), tuple(papers))


# -- the tables ------------------------------------------------------------------------------------------------------

_Row = tuple[BioAsq, Shown, Shown]
_Value = Callable[[Shown], float | None]


def _print(console: Console, name: str, rows: Sequence[_Row], group: dict[str, str], typical: int) -> None:
    from rich.table import Table

    table = Table(title=f"{name}: {len(rows)} questions", title_justify="left")
    table.add_column("measure")
    for column in ("n", "immunorag", "tutorial", "difference", "95 % interval"):
        table.add_column(column, justify="right")
    for measure in MEASURES:
        values = [(value(measure, question, ours), value(measure, question, theirs)) for question, ours, theirs in rows]
        both = [
            (mine, other, group[row[0].id])
            for (mine, other), row in zip(values, rows, strict=True)
            if mine is not None and other is not None
        ]
        if both:
            mine, other, whose = zip(*both, strict=True)
            apart = paired_difference(mine, other, whose)
            table.add_row(
                measure, str(len(both)), f"{np.mean(mine):.3f}", f"{np.mean(other):.3f}", f"{apart.estimate:+.3f}",
                f"{apart.low:+.3f} to {apart.high:+.3f}",
            )  # fmt: skip
    console.print(table)
    yes = [question.items[0][0] == "yes" for question, _, _ in rows if question.type == "yesno"]
    silent = sum(not ours.texts for _, ours, _ in rows)
    console.print(f"always yes would be right in {np.mean(yes):.3f}; we abstain on {silent} of {len(rows)}; ", end="")
    console.print(f"our answers have {typical} characters (median)")

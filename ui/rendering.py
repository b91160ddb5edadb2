"""Answers, papers and outcomes as people read them in a terminal, and as other programs read them from a pipe.

On a terminal prose is wrapped and indented; in a pipe every paragraph is one line and every row is tab-separated.
Whatever comes from a paper, a file name or a model is shown as inert text: never as markup, never with control
characters.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rich.console import Console
from rich.style import Style
from rich.text import Text

if TYPE_CHECKING:
    from ingest.papers import Notice, Paper
    from ingest.rows import Record
    from rag.answer import Answer, Citation

__all__ = [
    "NOT_ADVICE",
    "Block",
    "answer_blocks",
    "inert",
    "is_terminal",
    "paper_blocks",
    "row",
    "show",
    "study_facts",
]

NOT_ADVICE = "For research; not medical advice."
_EXTRACTIVE = "extractive"
_WIDEST = 100  # columns of prose; longer lines are hard to read
_NEAREST = 5

_DIRECTION_MARKS = dict.fromkeys([0x200E, 0x200F, 0x061C, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
_MARK = re.compile(r"\[\d+\]")
_DOI = re.compile(r"10\.\d{4,9}/[-._;()/:A-Za-z0-9]+")
_DIGEST = "immunorag digest of"


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph. `indent` holds for all its lines, `lead` stands before the first in place of its last columns.

    What is to be copied, such as a command, is not to `wrap`.
    """

    text: Text = field(default_factory=Text)
    indent: int = 0
    lead: str = ""
    wrap: bool = True


def inert(text: str) -> str:
    """`text` on one line, without control characters and without marks that turn the direction of writing."""
    visible = text.translate(_DIRECTION_MARKS)
    spaced = "".join(" " if unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"} else letter for letter in visible)
    return " ".join(spaced.split())


def is_terminal(console: Console) -> bool:
    """Whether a person is looking; FORCE_COLOR may colour a pipe, it does not wrap it."""
    return bool(getattr(console.file, "isatty", lambda: False)())


def show(console: Console, blocks: Iterable[Block]) -> None:
    """Print `blocks`: wrapped to at most 100 columns on a terminal, else one line each."""
    for block in blocks:
        lead = " " * (block.indent - len(block.lead)) + block.lead
        if not block.text.plain:
            lines = [Text()]
        elif block.wrap and is_terminal(console):
            lines = list(block.text.wrap(console, max(min(console.width, _WIDEST) - block.indent, 20)))
        else:
            lines = [block.text]
        for number, line in enumerate(lines):
            line.rstrip()
            before = (lead, "cyan") if number == 0 else (" " * block.indent, "")
            console.print(Text.assemble(before, line) if line.plain else line, soft_wrap=True, highlight=False)


def row(console: Console, *cells: object) -> None:
    """Print one tab-separated line."""
    console.file.write("\t".join(inert(str(cell)) for cell in cells) + "\n")  # rich would turn tabs into spaces
    console.file.flush()


def answer_blocks(answer: Answer) -> list[Block]:
    """The answer, its sources with every quote, what was left out, what wrote it."""
    blocks = _taken_as(answer)
    if answer.abstained:
        blocks += _abstention(answer)
    else:
        blocks += [*_sentences(answer), *_disagreements(answer), *_sources(answer)]
    blocks += _withheld(answer)
    blocks += [Block(_sentence(remark)) for remark in answer.remarks]
    if answer.limits:
        blocks += [Block(), _heading("Limits"), Block(Text(inert(" ".join(answer.limits))))]
    if answer.left_out:
        blocks += [Block(), _heading("Left out: these sentences did not pass the checks")]
        for claim in answer.left_out:
            line = _prose(claim.text)
            line.append(f"  ({inert('; '.join(claim.verdict.reasons))})", style="yellow")
            blocks.append(Block(line, indent=4, lead="–  "))
    blocks.append(Block())
    blocks += [Block(_badge(answer)), Block(Text(NOT_ADVICE, style="dim"))]
    return blocks


def paper_blocks(
    paper: Paper, subjects: Mapping[str, Sequence[str]] | None = None, notices: Sequence[Notice] = ()
) -> list[Block]:
    """A paper without its text: reference, identifiers, kind of study, what it is about, notices on it, sections."""
    blocks = [Block(Text(inert(paper.title), style="bold"))]
    if paper.authors:
        blocks.append(Block(Text(inert(", ".join(paper.authors)))))
    where = inert(" ".join(part for part in (paper.journal, str(paper.year or "")) if part))
    if where:
        blocks.append(Block(Text(where)))
    blocks += [Block(), Block(Text("  ".join(inert(alias) for alias in paper.aliases), style="cyan"))]
    facts = [f"source: {paper.source}", f"status: {paper.status}", *filter(None, [study_facts(paper)])]
    facts += [f"{len(paper.text):,} characters"]
    facts += [f"{len(paper.pages):,} pages"] if paper.pages else []
    blocks.append(Block(Text(inert(" · ".join(facts)))))
    for notice in notices:
        told = ", ".join(part for part in (notice.origin, notice.date, notice.reason) if part)
        blocks.append(Block(Text(inert(f"{notice.status}: {told}"), style="bold red"), indent=2))
    if subjects:
        blocks.append(Block())
    for kind, names in (subjects or {}).items():
        blocks.append(Block(Text(inert(", ".join(names))), indent=13, lead=kind.ljust(13)))
    if paper.source == "digest":
        blocks.append(Block(Text("This is immunorag's digest of the paper, not the paper itself.", style="yellow")))
    blocks += [Block(), _heading("Sections")]
    for section in paper.sections:
        line = Text(inert(section.title or section.kind))
        line.append(f"  {section.kind}, {section.end - section.start:,} characters", style="dim")
        blocks.append(Block(line, indent=2))
    return blocks


def study_facts(paper: Paper | Record) -> str:
    """What kind of study a paper reports, in one line: design, species, size, trials; "" where nothing is known."""
    prospective = {True: "prospective", False: "retrospective", None: ""}[paper.prospective]
    size = "" if paper.sample_size is None else f"n = {paper.sample_size:,}"
    names = " ".join([*paper.trials, *paper.trial_ids])
    return " · ".join(filter(None, (paper.design, prospective, ", ".join(paper.species), size, names)))


def _abstention(answer: Answer) -> list[Block]:
    from rag.formats import ABSTAINED

    blocks = [Block(Text(ABSTAINED, style="bold")), *(Block(_sentence(lack)) for lack in answer.missing)]
    nearest = list({passage.paper.id: passage.paper for passage in answer.passages}.values())[:_NEAREST]
    if nearest:
        blocks += [Block(), _heading("Nearest papers")]
        blocks += [Block(_reference(paper), indent=4, lead="–  ") for paper in nearest]
    blocks += [Block(), Block(Text("Add papers on the subject with: immunorag ingest FOLDER", style="dim"))]
    return blocks


def _taken_as(answer: Answer) -> list[Block]:
    from rag.formats import taken_as

    lines = [Block(Text(inert(line), style="cyan")) for line in taken_as(answer)]
    return [*lines, Block()] if lines else []


def _sentences(answer: Answer) -> list[Block]:
    """An LLM's prose is one paragraph; sentences of different papers stand apart."""
    from rag.formats import lead, marks

    sentences = [_prose(f"{claim.text} {marks(claim)}", lead(claim)) for claim in answer.claims]
    if answer.model != _EXTRACTIVE:
        return [Block(Text(" ").join(sentences)), Block()]
    return [block for sentence in sentences for block in (Block(sentence), Block())]


def _disagreements(answer: Answer) -> list[Block]:
    """Each with its sides one below the other, and what else differs between them."""
    from rag.formats import study

    blocks = []
    for apart in answer.disagreements:
        blocks.append(_heading(inert(f"Studies disagree: {apart.subject}, {apart.endpoint}")))
        width = max(len(side.finding) for side in apart.sides) + 2
        for side in apart.sides:
            line = _prose(f"[{side.citation.number}]  {study(side.citation.passage.paper)}")
            blocks.append(Block(line, indent=width + 2, lead=inert(side.finding).ljust(width)))
        if apart.differences:
            blocks.append(
                Block(Text(inert(f"what else differs: {'; '.join(apart.differences)}"), style="dim"), indent=2)
            )
        blocks.append(Block())
    return blocks


def _withheld(answer: Answer) -> list[Block]:
    from rag.formats import withdrawn

    return [
        block for paper in answer.withheld for block in (Block(), Block(Text(inert(withdrawn(paper)), style="red")))
    ]


def _sources(answer: Answer) -> list[Block]:
    from rag.formats import place, same_trial_as, sources

    blocks = [_heading("Sources")]
    together = same_trial_as(answer)
    for number, citations in sources(answer).items():
        blocks.append(Block(_reference(citations[0].passage.paper), indent=5, lead=f"[{number}]".ljust(5)))
        facts = study_facts(citations[0].passage.paper)
        if number in together:
            facts += f" · the same trial as [{together[number]}]"
        blocks += [Block(Text(inert(facts), style="dim"), indent=7)] if facts else []
        blocks += [_quote(citation, place(citation)) for citation in citations]
    return blocks


def _quote(citation: Citation, place: str) -> Block:
    return Block(Text.assemble((f"{inert(place)}: ", "dim"), (f"“{inert(citation.quote)}”", "italic")), indent=7)


def _reference(paper: Paper) -> Text:
    from rag.formats import WARNINGS, reference

    line = Text(inert(reference(paper)))
    line.highlight_words([_DIGEST], style="yellow")
    doi = _DOI.fullmatch(paper.doi)
    if doi:
        line.stylize(Style(link=f"https://doi.org/{doi.group()}"))
    if paper.status in WARNINGS:
        line = Text.assemble(
            (f"{WARNINGS[paper.status]}  ", "yellow" if paper.status == "corrected" else "bold red"), line
        )
    return line


def _badge(answer: Answer) -> Text:
    wrote = (
        "evidence sentences, no LLM" if answer.model == _EXTRACTIVE else f"written by {inert(answer.model)}, checked"
    )
    read = len(answer.passages)
    papers = len({passage.paper.id for passage in answer.passages})
    return Text(f"{wrote} · {_count(read, 'passage')} of {_count(papers, 'paper')} read", style="dim")


def _sentence(remark: str) -> Text:
    return Text(inert(f"{remark[0].upper()}{remark[1:]}."), style="yellow")


def _prose(text: str, lead: str = "") -> Text:
    line = Text(inert(text))
    line.highlight_regex(_MARK, style="cyan")
    return Text.assemble((lead, "yellow"), line)


def _heading(words: str) -> Block:
    return Block(Text(words, style="bold"))


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"

"""HTML that nobody else's text can break out of: what is written here is `Markup`, all other text is escaped into it.

Whatever comes from a paper, a question, a model or a file name reaches the page through `Markup.format` or `joined`,
which escape everything that is not `Markup` itself. Links are built from identifiers alone, and only from such as have
their form.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from markupsafe import Markup, escape

from ingest.papers import Paper
from ingest.rows import Record
from rag.quotable import NOT_SHOWN, name_shown, quotable_spans
from ui.rendering import inert

__all__ = [
    "Markup", "chip", "joined", "line", "links", "marked", "named", "passage_shown", "plural", "sentence",
    "status_chips",
]  # fmt: skip

_DOI = re.compile(r"10\.\d{4,9}/[-._;()/:A-Za-z0-9]+")
_PMID = re.compile(r"[1-9]\d{0,8}")
_PMCID = re.compile(r"PMC[1-9]\d{0,9}")
_LINK = Markup('<a href="{}" target="_blank" rel="noopener noreferrer">{}</a>')
_STATUSES = {
    "retracted": ("retracted", "Retracted"),
    "concern": ("concern", "Expression of concern"),
    "corrected": ("corrected", "Corrected"),
}


def joined(parts: Iterable[str], between: str = "") -> Markup:
    """The parts one after the other; those that are no `Markup` are escaped."""
    return escape(between).join(parts)


def line(text: str) -> Markup:
    """`text` escaped, on one line, without control characters and marks that turn the direction of writing."""
    return escape(inert(text))


def named(name: str) -> Markup:
    """A title, a name or a heading of a paper: whole, or `[…]` where it may not be shown."""
    return line(name_shown(name))


def sentence(clause: str) -> Markup:
    """A clause as a sentence of its own: a capital at its start, a full stop at its end."""
    text = inert(clause)
    return escape(text[:1].upper() + text[1:] + ("" if text.endswith((".", "?", "!")) else "."))


def plural(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def chip(text: str, kind: str = "") -> Markup:
    """A small label. `kind` is one of the page's own words, for its colour."""
    return Markup('<span class="chip {}">{}</span>').format(kind, line(text))


def status_chips(paper: Paper | Record) -> Markup:
    """What nobody may overlook: that a paper was retracted, doubted, corrected, or that it is a digest."""
    kind, words = _STATUSES.get(paper.status, ("", ""))
    digest = chip("Digest, not the paper", "digest") if paper.source == "digest" else ""
    return joined([chip(words, kind) if words else "", digest])


def links(paper: Paper | Record) -> Markup:
    """Links to the paper, from its DOI, PMID and PMCID; an identifier without the form of one gives none."""
    found = []
    if _DOI.fullmatch(paper.doi):
        found.append(_LINK.format(f"https://doi.org/{paper.doi}", f"doi:{paper.doi}"))
    if _PMID.fullmatch(paper.pmid):
        found.append(_LINK.format(f"https://pubmed.ncbi.nlm.nih.gov/{paper.pmid}/", f"PubMed {paper.pmid}"))
    if _PMCID.fullmatch(paper.pmcid):
        found.append(_LINK.format(f"https://pmc.ncbi.nlm.nih.gov/articles/{paper.pmcid}/", paper.pmcid))
    return Markup('<p class="links">{}</p>').format(joined(found, " ")) if found else Markup("")


def marked(text: str, spans: Sequence[tuple[int, int]]) -> Markup:
    """`text` with what lies in `spans` highlighted, letter by letter as it is; spans that overlap become one."""
    parts: list[str] = []
    done = 0
    for start, end in _merged(spans):
        parts += [text[done:start], Markup("<mark>{}</mark>").format(text[start:end])]
        done = end
    return joined([*parts, text[done:]])


def passage_shown(text: str, quotes: Sequence[tuple[int, int]]) -> Markup:
    """`text` with its quotes highlighted, and `[…]` in place of each stretch that may not be shown."""
    parts: list[str] = []
    done = 0
    for start, end in _merged([*_quotable(text), *quotes]):
        between = text[done:start]
        inside = [(left - start, right - start) for left, right in quotes if start <= left and right <= end]
        parts += [f" {NOT_SHOWN} " if between.strip() else between, marked(text[start:end], inside)]
        done = end
    return joined([*parts, f" {NOT_SHOWN}" if text[done:].strip() else ""])


@lru_cache(maxsize=1024)
def _quotable(text: str) -> tuple[tuple[int, int], ...]:
    return tuple(quotable_spans(text))


def _merged(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged

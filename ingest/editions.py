"""Editions: the same paper as digest, PubMed record, PDF and JATS is one paper, and its best text is kept.

The rules do not depend on the order in which the editions arrive.
"""

from __future__ import annotations

from dataclasses import replace

from ingest.papers import GRAVITY, Paper
from ingest.titles import family_name, title_key

__all__ = ["merged", "same_paper"]

# Of two texts of the same fullness, the one whose sections and tables are surer.
_STRUCTURE = {"digest": 0, "pubmed": 1, "text": 2, "pdf": 3, "jats": 4}
# Characters from which a text is more than an abstract, and from which it is surely the whole paper.
_LEVELS = (5_000, 20_000)


def same_paper(one: Paper, other: Paper) -> bool:
    """Whether two papers are one: the strongest identifier that both have decides, and their titles where none is.

    A shared DOI under two PMIDs is two papers (a PDF reader may take a cited DOI for the paper's own). A correction or
    comment with its paper's title has a DOI of its own, and so stays apart.
    """
    if one.id == other.id:
        return True
    for mine, theirs in ((one.pmid, other.pmid), (one.pmcid, other.pmcid), (one.doi, other.doi)):
        if mine and theirs:
            return mine.lower() == theirs.lower()
    if {alias.lower() for alias in one.aliases} & {alias.lower() for alias in other.aliases}:
        return True
    return _same_title(one, other)


def _same_title(one: Paper, other: Paper) -> bool:
    """Whether title, year and first author agree as far as they are known, and the year or the author confirms it.

    Years may differ by one: a paper often appears online in the year before it is printed, and of its editions one
    names the former, another the latter.
    """
    key = title_key(one.title)
    if not key or key != title_key(other.title):
        return False
    dated = one.year is not None and other.year is not None
    if one.year is not None and other.year is not None and abs(one.year - other.year) > 1:
        return False
    mine, theirs = (family_name(paper.authors[0]) if paper.authors else "" for paper in (one, other))
    if mine and theirs:
        return mine == theirs
    return dated


def merged(known: Paper, arrived: Paper) -> tuple[Paper, bool]:
    """Return the paper to keep, under `known`'s id, and whether its text is that of `arrived`.

    A digest gives way to any other source; else the fuller text wins, and among texts of like length the source with
    the surer structure. What the winner lacks (year, DOI, journal) is taken from the other; the graver status stays.
    """
    fresh = _worth(arrived) > _worth(known)
    best, other = (arrived, known) if fresh else (known, arrived)
    paper = replace(
        best,
        id=known.id,
        title=best.title or other.title,
        authors=best.authors or other.authors,
        journal=best.journal or other.journal,
        year=best.year if best.year is not None else other.year,
        doi=best.doi or other.doi,
        pmid=best.pmid or other.pmid,
        pmcid=best.pmcid or other.pmcid,
        trial_ids=_together(best.trial_ids, other.trial_ids),
        design=best.design or other.design,
        status=max(known.status, arrived.status, key=GRAVITY.__getitem__),
        notices=tuple(dict.fromkeys((*known.notices, *arrived.notices))),
    )
    return paper, fresh


def _together(best: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    """As `best` has them; sorted where `other` adds some, so that it does not matter which came first."""
    both = {*best, *other}
    return best if both == set(best) else tuple(sorted(both))


def _worth(paper: Paper) -> tuple[bool, int, int, int, str, str]:
    """How good an edition is, the better the greater; the text itself at last, so that no two texts are equal."""
    length = len(paper.text)
    level = sum(length >= border for border in _LEVELS)
    return paper.source != "digest", level, _STRUCTURE[paper.source] if level else 0, length, paper.text, paper.title

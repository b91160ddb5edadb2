"""Editions: the same paper as digest, PubMed record, PDF and JATS is one paper, and its best text is kept.

The rules do not depend on the order in which the editions arrive.
"""

from __future__ import annotations

from dataclasses import replace

from ingest.papers import Paper

__all__ = ["merged", "same_paper"]

# Of two texts of the same fullness, the one whose sections and tables are surer.
_STRUCTURE = {"digest": 0, "pubmed": 1, "text": 2, "pdf": 3, "jats": 4}
_GRAVITY = {"normal": 0, "corrected": 1, "concern": 2, "retracted": 3}
# Characters from which a text is more than an abstract, and from which it is surely the whole paper.
_LEVELS = (5_000, 20_000)


def same_paper(one: Paper, other: Paper) -> bool:
    """Whether two papers that share an identifier are one: the strongest identifier that both have decides.

    A shared DOI under two PMIDs is two papers (a PDF reader may take a cited DOI for the paper's own).
    """
    if one.id == other.id:
        return True
    for mine, theirs in ((one.pmid, other.pmid), (one.pmcid, other.pmcid), (one.doi, other.doi)):
        if mine and theirs:
            return mine.lower() == theirs.lower()
    return bool({alias.lower() for alias in one.aliases} & {alias.lower() for alias in other.aliases})


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
        trial_ids=tuple(dict.fromkeys((*best.trial_ids, *other.trial_ids))),
        design=best.design or other.design,
        status=max(known.status, arrived.status, key=_GRAVITY.__getitem__),
    )
    return paper, fresh


def _worth(paper: Paper) -> tuple[bool, int, int, int]:
    length = len(paper.text)
    level = sum(length >= border for border in _LEVELS)
    return paper.source != "digest", level, _STRUCTURE[paper.source] if level else 0, length

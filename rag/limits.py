"""What an answer rests on and what is lacking there, in a few sentences, computed from the papers that it cites.

They say what a critical reader would ask first: how many studies, of which design and size, in whom, how old; whether
one trial is all there is, whether anything was randomised, looked forward, was seen in people, still stands. What is in
order is not told; parts of a question without an answer are told by the answer's remarks.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ingest.papers import DesignClass, Paper
from ingest.study import design_class
from rag.strength import is_preclinical, source_ids, strength

__all__ = ["limits"]

_MOST = 4
_NOUNS: dict[DesignClass | None, tuple[str, str]] = {
    "meta-analysis": ("meta-analysis", "meta-analyses"),
    "systematic review": ("systematic review", "systematic reviews"),
    "guideline": ("guideline", "guidelines"),
    "randomised trial": ("randomised trial", "randomised trials"),
    "trial": ("trial without randomisation", "trials without randomisation"),
    "protocol": ("protocol without results", "protocols without results"),
    "cohort": ("observational study", "observational studies"),
    "case report": ("case report", "case reports"),
    "preclinical": ("laboratory study", "laboratory studies"),
    "computational": ("computational study", "computational studies"),
    "review": ("narrative review", "narrative reviews"),
    "editorial": ("comment", "comments"),
    None: ("study of unknown design", "studies of unknown design"),
}
_COMPARED: frozenset[DesignClass | None] = frozenset({"randomised trial", "meta-analysis", "systematic review"})
_OF_PATIENTS: frozenset[DesignClass | None] = frozenset({"randomised trial", "trial", "cohort", "case report"})


def limits(cited: Iterable[Paper], of_effect: bool = True) -> tuple[str, ...]:
    """At most four sentences on `cited`, the papers of an answer; none where it cites nothing.

    `of_effect` says that the question asks what came out: only then is randomised evidence missed.
    """
    papers = list(cited)
    if not papers:
        return ()
    ids = source_ids(papers)
    sources: dict[str, list[Paper]] = {}
    for paper in papers:
        sources.setdefault(ids[paper.id], []).append(paper)
    told = [_rests_on(list(sources.values())), *_weaknesses(papers, of_effect)]
    return tuple(told[:_MOST])


def _rests_on(sources: Sequence[Sequence[Paper]]) -> str:
    """ "Rests on 2 randomised trials (305 and 541 patients) and 1 cohort (98 patients), published 2012 to 2016." """
    by_kind: dict[DesignClass | None, list[Sequence[Paper]]] = {}
    for reports in sorted(sources, key=lambda reports: strength(reports[0]), reverse=True):
        by_kind.setdefault(design_class(reports[0].design), []).append(reports)
    listed = []
    for kind, ours in by_kind.items():
        sizes = [size for reports in ours if (size := max((paper.sample_size or 0 for paper in reports), default=0))]
        count = len(ours) if len(sources) > 1 else "a single"
        listed.append(f"{count} {_NOUNS[kind][len(ours) > 1]}{_sized(sizes, len(ours), kind)}")
    years = sorted({paper.year for reports in sources for paper in reports if paper.year})
    when = "" if not years else f", published {years[0]}" + (f" to {years[-1]}" if len(years) > 1 else "")
    several = [_reported(reports, len(sources)) for reports in sources if len(reports) > 1]
    return f"Rests on {_and(listed)}{when}{'; ' if several else ''}{_and(several)}."


def _sized(sizes: Sequence[int], count: int, kind: DesignClass | None) -> str:
    """The sizes that are known of `count` studies: each of two, else the range."""
    if not sizes:
        return ""
    low, high = min(sizes), max(sizes)
    told = f"{low:,}" if len(sizes) == 1 else f"{low:,} and {high:,}" if len(sizes) == 2 else f"{low:,} to {high:,}"
    told = f"{told} patients" if kind in _OF_PATIENTS else f"n = {told}"
    return (
        f" ({told})"
        if len(sizes) == count
        else f" ({told} in {len(sizes)}, not told of the other{'s' * (count - len(sizes) > 1)})"
    )


def _reported(reports: Sequence[Paper], studies: int) -> str:
    name = next((name for paper in reports for name in (*paper.trials, *paper.trial_ids)), "one trial")
    return f"{len(reports)} reports are of {name}, {'which counts once' if studies > 1 else 'at several data cuts'}"


def _weaknesses(papers: Sequence[Paper], of_effect: bool) -> list[str]:
    told = []
    doubted = [paper for paper in papers if paper.status in ("concern", "retracted")]
    if doubted:
        told.append(f"{_share(len(doubted), len(papers))} no longer stand{'s' * (len(doubted) == 1)} undoubted.")
    bench = [paper for paper in papers if is_preclinical(paper)]
    kinds = {design_class(paper.design) for paper in papers}
    if len(bench) == len(papers):
        told.append("Nothing of it was seen in people; whether it holds in patients is open.")
    else:
        lacks = []
        if of_effect and not kinds & _COMPARED and kinds & _OF_PATIENTS and kinds != {"trial"}:  # whose name says it
            lacks.append("none of it was randomised")
        backward = sum(paper.prospective is False for paper in papers)
        if backward:
            lacks.append(f"{_share(backward, len(papers)).lower()} looked back at records")
        if bench:
            lacks.append(f"{_share(len(bench), len(papers)).lower()} studied animals or cells only")
        if lacks:
            sentence = _and(lacks)
            told.append(f"{sentence[0].upper()}{sentence[1:]}.")
    digests = sum(paper.source == "digest" for paper in papers)
    if digests:
        of_these = "" if digests == len(papers) else f" for {digests} of the {len(papers)} papers"
        told.append(f"What was read{of_these} are immunorag's digests, not the papers themselves.")
    return told


def _share(some: int, all_of: int) -> str:
    return ("All" if all_of > 1 else "It") if some == all_of else f"{some} of {all_of}"


def _and(parts: Sequence[str]) -> str:
    return ", ".join(parts[:-1]) + (" and " if len(parts) > 1 else "") + parts[-1] if parts else ""

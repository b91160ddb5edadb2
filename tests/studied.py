"""Papers as the rules of `ingest.study` read them, made of a title and a few sentences."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.papers import Paper, Section, SectionKind, Source


def paper(
    title: str = "",
    abstract: str = "",
    *more: tuple[SectionKind, str],
    design: str = "",
    source: Source = "jats",
    trial_ids: Sequence[str] = (),
) -> Paper:
    """A paper of an abstract and further sections, each of its kind."""
    parts = [*more]
    if abstract:
        parts.insert(0, ("abstract", abstract))
    sections: list[Section] = []
    start = 0
    for kind, text in parts:
        sections.append(Section(kind, kind.capitalize(), start, start + len(text)))
        start += len(text) + 2
    return Paper(
        id="sha256:0",
        title=title or "(no title)",
        text="\n\n".join(text for _, text in parts),
        sections=tuple(sections),
        source=source,
        design=design,
        trial_ids=tuple(trial_ids),
    )

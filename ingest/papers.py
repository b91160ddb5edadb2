"""The nouns: a paper is one text and spans over it.

Everything that points into a paper is `(paper_id, start, end)` in Unicode code points of `Paper.text`, so that a quote
can be shown in its place, on its page, in its section. Standard library only.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Literal

__all__ = [
    "GRAVITY", "Chunk", "DesignClass", "Filters", "Notice", "Page", "Paper", "Section", "SectionKind", "Source",
    "Species", "Status", "paper_id",
]  # fmt: skip

SectionKind = Literal[
    "abstract", "introduction", "methods", "results", "discussion", "conclusions", "table", "figure", "other"
]
Source = Literal["digest", "jats", "pubmed", "pdf", "text"]
Status = Literal["normal", "corrected", "concern", "retracted"]
GRAVITY: dict[Status, int] = {"normal": 0, "corrected": 1, "concern": 2, "retracted": 3}
Species = Literal["human", "mouse", "other animal", "cell line", "in silico"]
DesignClass = Literal[
    "meta-analysis", "systematic review", "guideline", "randomised trial", "trial", "protocol", "cohort", "case report",
    "preclinical", "computational", "review", "editorial",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of `Paper.text` under one heading; the heading itself stands in `title`, not in the text.

    Sections do not overlap and follow the text; `title` is "" where the paper gives none, and the way down
    ("Methods > Patients") where headings are nested.
    """

    kind: SectionKind
    title: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a paged source; `number` counts from 1 as a PDF viewer does."""

    number: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Notice:
    """What was made known of a paper after it appeared: that it is now of this `status`, and where that stands.

    `alias` finds the paper (`doi:…`, `pmid:…`); `origin` is the id of the notice, or the list it stood in; `date` is
    YYYY-MM-DD, or as much of it as is known; `reason` is in words, as the origin gives it.
    """

    alias: str
    status: Status
    origin: str
    date: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper as the library knows it. Only `title`, `text` and one section are certain; the rest may be empty.

    `text` holds paragraphs separated by blank lines, no headings, no reference list; table rows end with one newline.
    `source` says what was read: `digest` is a summary in our words, never the paper itself.

    `design` is the study design in words, as exact as it is known ("phase 3 randomised trial"); `species` whom or what
    was studied; `prospective` is None where it is not told; `sample_size` counts patients, or animals; `trial_ids` are
    registry numbers (NCT02142738), `trials` names (KEYNOTE-024). `notices` are what the paper makes known of others: it
    retracts or corrects them.
    """

    id: str
    title: str
    text: str
    sections: tuple[Section, ...]
    source: Source
    authors: tuple[str, ...] = ()
    journal: str = ""
    year: int | None = None
    doi: str = ""
    pmid: str = ""
    pmcid: str = ""
    trial_ids: tuple[str, ...] = ()
    design: str = ""
    species: tuple[Species, ...] = ()
    prospective: bool | None = None
    sample_size: int | None = None
    trials: tuple[str, ...] = ()
    status: Status = "normal"
    pages: tuple[Page, ...] = ()
    notices: tuple[Notice, ...] = ()

    @property
    def aliases(self) -> tuple[str, ...]:
        """Every identifier that finds this paper, its own id first: `pmid:…`, `pmcid:…`, `doi:…`."""
        named = [
            f"{kind}:{value}"
            for kind, value in (("pmid", self.pmid), ("pmcid", self.pmcid), ("doi", self.doi.lower()))
            if value
        ]
        return tuple(dict.fromkeys([self.id, *named]))

    def section_at(self, position: int) -> Section:
        """The section that holds `position`, or the last one that begins before it."""
        index = bisect_right([section.start for section in self.sections], position) - 1
        return self.sections[max(index, 0)]

    def page_at(self, position: int) -> int | None:
        """The number of the page that holds `position`; None where the source has no pages."""
        if not self.pages:
            return None
        index = bisect_right([page.start for page in self.pages], position) - 1
        return self.pages[max(index, 0)].number


@dataclass(frozen=True, slots=True)
class Chunk:
    """The unit of retrieval: whole sentences of one section, `paper.text[start:end]`.

    `id` is `<paper id>#<ordinal>`; `page` is the page on which the chunk begins.
    """

    id: str
    paper_id: str
    section: Section
    page: int | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Filters:
    """Which papers may be retrieved; an empty field admits all. Fields combine with "and", values with "or".

    `since` and `until` are publication years, both included. A paper without a year passes no year filter.
    Retracted papers pass only where `statuses` names them. `cancers` to `methods` are names of the vocabulary, any
    synonym will do; what is narrower passes too. They admit what is about one of them: every chunk of a paper whose
    title or abstract names it, and of other papers the chunks that do.
    """

    papers: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    since: int | None = None
    until: int | None = None
    statuses: tuple[Status, ...] = field(default=("normal", "corrected", "concern"))
    designs: tuple[DesignClass, ...] = ()
    species: tuple[Species, ...] = ()
    cancers: tuple[str, ...] = ()
    drugs: tuple[str, ...] = ()
    biomarkers: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    endpoints: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()


def paper_id(*, pmid: str = "", pmcid: str = "", doi: str = "", sha256: str = "") -> str:
    """The id of a paper from the best identifier it has: `pmid:…`, else `pmcid:…`, `doi:…`, `sha256:…`.

    Raises ValueError when none is given.
    """
    for kind, value in (("pmid", pmid), ("pmcid", pmcid), ("doi", doi.lower()), ("sha256", sha256)):
        if value:
            return f"{kind}:{value}"
    raise ValueError("a paper needs a PMID, PMCID, DOI or the hash of its file")

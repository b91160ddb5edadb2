"""What a question comes back as: claims, each with citations into the library, and the passages they came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ingest.papers import Chunk, Filters, Paper

__all__ = [
    "AdverseEvent",
    "Answer",
    "Citation",
    "Claim",
    "Disagreement",
    "Exchange",
    "Passage",
    "Side",
    "Unanswered",
    "Verdict",
]


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk as retrieval found it. `text` is `paper.text[chunk.start:chunk.end]`; a higher `score` is nearer."""

    chunk: Chunk
    paper: Paper
    text: str
    score: float


@dataclass(frozen=True, slots=True)
class Citation:
    """A verbatim quote: `passage.paper.text[start:end] == quote`. `number` is its paper's `[n]` in the answer."""

    number: int
    passage: Passage
    quote: str
    start: int
    end: int

    @property
    def section(self) -> str:
        """The title of the section the quote stands in, or its kind where the paper gives no title."""
        section = self.passage.paper.section_at(self.start)
        return section.title or section.kind

    @property
    def page(self) -> int | None:
        """The page on which the quote begins; None where the source has no pages."""
        return self.passage.paper.page_at(self.start)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the checks said of a claim: `reasons` is empty where it `passed`, else one clause for each check failed."""

    passed: bool
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of an answer (without its `[n]` marks) and what it rests on."""

    text: str
    citations: tuple[Citation, ...]
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Exchange:
    """What was sent to an LLM, and what came back, unchecked: for an audit, and for nobody's eyes as an answer."""

    prompt: str
    reply: str


@dataclass(frozen=True, slots=True)
class Side:
    """What one study found where studies disagree: `finding` in a word or two ("longer", "no difference")."""

    finding: str
    citation: Citation


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Findings on one comparison that point in different directions, and what else differs between the studies.

    `subject` is the drug or marker, `endpoint` what it was compared on, both by their names in the vocabulary;
    `differences` are clauses such as "cancer: melanoma against lung cancer".
    """

    subject: str
    endpoint: str
    sides: tuple[Side, ...]
    differences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AdverseEvent:
    """How often an adverse event occurred in one arm of one study, as the cited text or table states it.

    `grade` and `cause` are as reported ("3-4", "any"; "treatment-related", "any cause"), "" where that is not told;
    `affected` of `treated` people, `percent` of them; None where not stated, never computed from the others.
    """

    event: str
    grade: str
    cause: str
    arm: str
    affected: int | None
    treated: int | None
    percent: float | None
    citation: Citation


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A question of a batch that raised an error; `reason` is its message."""

    question: str
    reason: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to `question`: claims that passed every check, in reading order.

    Where `abstained`, `claims` is empty, `passages` shows what was nearest and `missing` says what of the question no
    paper found is about. `left_out` are the claims that failed a check. `model` names what wrote the draft
    (`extractive`, or the LLM); `timings` are seconds by stage.

    `parts` are the questions that it was taken apart into, none where it is one. `confidence`, 0 to 1, is how sure it
    is that the library answers at all: abstention is decided by it. `remarks` are sentences on how the answer came
    about that its reader should know. `tokens` are those of prompt and reply, where the provider tells. `filters` are
    those that applied, `exchanges` those with the LLM.

    `understood` is the question as it was put to the library where that is not how it was asked. `disagreements` and
    `adverse_events` are read from the passages, `limits` are sentences on what the answer rests on, computed from its
    sources. `withheld` are papers that would have answered, and were not used because they are retracted; each has as
    its `notices` those on it.
    """

    question: str
    claims: tuple[Claim, ...]
    passages: tuple[Passage, ...]
    abstained: bool
    model: str
    timings: Mapping[str, float] = field(default_factory=dict)
    left_out: tuple[Claim, ...] = ()
    parts: tuple[str, ...] = ()
    confidence: float = 0.0
    remarks: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    tokens: tuple[int, int] | None = None
    filters: Filters = field(default_factory=Filters)
    exchanges: tuple[Exchange, ...] = ()
    understood: str = ""
    disagreements: tuple[Disagreement, ...] = ()
    adverse_events: tuple[AdverseEvent, ...] = ()
    limits: tuple[str, ...] = ()
    withheld: tuple[Paper, ...] = ()

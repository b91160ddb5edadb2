"""The nouns of a run: what is asked, what a system makes of it, what that is worth, and how two runs differ.

```
Asked ─ a system ─► Reply ─ eval.grading ─► Result ┐
                                                   ├► Run ─ eval.summary ─► Summary ┐
                                                   ┘      ─ eval.compare ─► Comparison ┴► Evaluation ► the reports
```

A measure goes by its name: `recall@5`, `key_fact_recall`, `seconds`; `eval.measuring` lists them, each with its
definition. A question for which a measure is undefined has no value of it: an answer without citations has no citation
precision, and none is not zero. All texts in here may be somebody's paper or an LLM's: untrusted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from eval.questions import Expected, KeyFact

__all__ = [
    "Asked",
    "Change",
    "Cited",
    "Comparison",
    "Evaluation",
    "Flip",
    "Found",
    "Judged",
    "LeftOut",
    "Reply",
    "Result",
    "Run",
    "Sentence",
    "Summary",
    "Trend",
]

Trend = Literal["better", "same", "worse"]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a suite and what is known of its answer.

    `text` is what the system is asked, `history` the questions before it, oldest first, and `standalone` the same
    without them, for a system that takes no history. `area`, `type` and `kind` are those of
    `eval.questions.OwnQuestion`, "" where a suite has none. `group` is what it shares with others, a paper mostly:
    intervals draw whole groups. `gold` are the ids of the papers that answer, `evidence` texts of them any one of
    which answers, `facts` what an answer has to say, `verdict` the answer in one word (yes, no, maybe), `items` names
    that are the answer, each as a tuple of synonyms. Nothing in `forbidden` may stand in what is shown.
    """

    id: str
    text: str
    group: str
    area: str = ""
    type: str = ""
    kind: str = "answerable"
    expected: Expected = "answer"
    gold: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    facts: tuple[KeyFact, ...] = ()
    verdict: str = ""
    items: tuple[tuple[str, ...], ...] = ()
    forbidden: tuple[str, ...] = ()
    history: tuple[str, ...] = ()
    standalone: str = ""


@dataclass(frozen=True, slots=True)
class Cited:
    """What a sentence rests on: the id of a paper, and the quote from it as the system gives it."""

    paper: str
    quote: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence that a reader is shown, and what it cites, if anything."""

    text: str
    citations: tuple[Cited, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A passage as the system found it; `text` is "" where only the rank of its paper counts, from the 11th on."""

    paper: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A sentence that the system itself withheld, and why it says it did."""

    text: str
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """What a system makes of one question, ungraded.

    `sentences` are what is shown as the answer, in reading order: none where it abstained, or failed. `found` is its
    ranking, best first, whether or not it answered. `confidence` is any number that is higher where it is surer to
    have an answer, None where the system has none. `seconds` is the time it took; `tokens` are those of an LLM's prompt
    and reply. `failure` is the error that kept it from answering, "" where there was none.
    """

    sentences: tuple[Sentence, ...] = ()
    found: tuple[Found, ...] = ()
    confidence: float | None = None
    left_out: tuple[LeftOut, ...] = ()
    seconds: float | None = None
    tokens: tuple[int, int] | None = None
    failure: str = ""

    @property
    def answered(self) -> bool:
        """Whether anything is shown as an answer."""
        return bool(self.sentences)

    @property
    def text(self) -> str:
        """All that is shown, a line a sentence."""
        return "\n".join(sentence.text for sentence in self.sentences)


@dataclass(frozen=True, slots=True)
class Result:
    """A question, the reply, and what it is worth.

    `values` has the measures that are defined for this question, by name. `problems` has for each sentence of the reply
    what the harness found wrong with it (no clause: nothing): its quote is not in the paper it cites, a number does not
    stand there. `told` has for each of the question's `facts` whether the reply says it.
    """

    asked: Asked
    reply: Reply
    values: Mapping[str, float]
    problems: tuple[tuple[str, ...], ...] = ()
    told: tuple[bool, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """What `system` made of a suite.

    `split` is "dev" or "heldout", "" where the suite has none. `settings` are all that the figures depend on (the LLM,
    passages read, papers in the library, ...), `versions` those of Python and of the packages that compute them.
    `date` is the day it ended, YYYY-MM-DD. `titles` are those of the papers that results name, by id.
    """

    system: str
    suite: str
    split: str
    results: tuple[Result, ...]
    settings: Mapping[str, str | int | float | bool | None] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    seed: int = 0
    date: str = ""
    titles: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Summary:
    """The measures of a run, or of those of its questions that share an area, a type or a kind.

    `n` is the number of questions. `measures` has only what is defined for at least one of them, `counts` the number
    of questions it is a mean over. `intervals` are 95 % bootstrap intervals, (low, high). `risk_coverage` has a point
    for each threshold of confidence, the highest first: the share of the answerable questions answered, that of the
    unanswerable ones, and the share of wrong ones among what is answered (`eval.measures.risk_coverage`).
    `by` has the same for "area", "type" and "kind", each by its names; those parts have no parts themselves, and
    neither have they intervals for fewer than ten questions.
    """

    n: int
    measures: Mapping[str, float]
    intervals: Mapping[str, tuple[float, float]]
    counts: Mapping[str, int]
    risk_coverage: tuple[tuple[float, float, float], ...] = ()
    by: Mapping[str, Mapping[str, Summary]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Flip:
    """A question whose value of a measure changed from `before` to `after`; None where it is undefined."""

    id: str
    before: float | None
    after: float | None


@dataclass(frozen=True, slots=True)
class Change:
    """One measure in two runs: `difference` is after less before, with the bounds of its 95 % paired bootstrap.

    `trend` is "better" or "worse" only where that interval leaves out zero; which way is better is the measure's own.
    A `guarded` measure that is worse fails a build; times and lengths are not guarded. `flips` are the questions whose
    value changed, those that got worse first.
    """

    measure: str
    n: int
    before: float
    after: float
    difference: float
    low: float
    high: float
    trend: Trend
    guarded: bool
    flips: tuple[Flip, ...] = ()


@dataclass(frozen=True, slots=True)
class Comparison:
    """A run against an earlier one, or against a peer's, over the questions that both were asked.

    `before` says what it is compared with ("tutorial", "baseline of 2026-01-31"). `missing` are the ids of questions
    that only one of the two was asked.
    """

    before: str
    changes: tuple[Change, ...]
    missing: tuple[str, ...] = ()

    @property
    def worse(self) -> tuple[str, ...]:
        """The guarded measures that are significantly worse."""
        return tuple(change.measure for change in self.changes if change.guarded and change.trend == "worse")


@dataclass(frozen=True, slots=True)
class Judged:
    """What a person said of sampled sentences: of `n` judged, `supported` are by what they cite; with a 95 % interval.

    `doubted` are those that are not, as (id of the question, sentence, note).
    """

    n: int
    supported: int
    low: float
    high: float
    doubted: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All that a report tells of.

    `peer` and what follows are None without `--compare`, `against_baseline` without `--baseline`. `floors` are the
    hard floors that the run breaks, a clause each ("3 unsupported sentences shown, 0 allowed"). `command` is what was
    typed for it, "" where nothing was.
    """

    run: Run
    summary: Summary
    floors: tuple[str, ...] = ()
    peer: Run | None = None
    peer_summary: Summary | None = None
    against_peer: Comparison | None = None
    against_baseline: Comparison | None = None
    judged: Judged | None = None
    command: str = ""

    @property
    def failed(self) -> bool:
        """Whether a build fails with it: only one that is compared with a baseline can."""
        return self.against_baseline is not None and bool(self.floors or self.against_baseline.worse)

"""Questions to ask, and the papers to ask them of: our own, and the public suites, all in one form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from eval.bioasq import BioAsq, abstracts, bioasq, groups
from eval.distractors import distractors
from eval.pubmedqa import pubmedqa
from eval.questions import OwnQuestion, Split, own_questions
from eval.questions.checking import groups as groups_of_papers
from eval.results import Asked
from eval.suites import SuiteError, evidence_inference
from ingest.papers import Paper
from ingest.starter import papers as digests

__all__ = ["OWN", "PUBLIC", "Benchmark", "own", "public"]

OWN = "own"
_DISTRACTORS = 500


@dataclass(frozen=True, slots=True)
class Benchmark:
    """What is asked of which library: `papers`, and what is read from `files`.

    `gold` of a question names a paper by any of its identifiers.
    """

    suite: str
    split: str
    asked: tuple[Asked, ...]
    papers: tuple[Paper, ...] = ()
    files: tuple[Path, ...] = ()

    def limited(self, questions: int | None) -> Benchmark:
        """The first `questions` of it, of the same library."""
        return self if questions is None else replace(self, asked=self.asked[:questions])


def own(split: Split) -> Benchmark:
    """Our own questions of one split, asked of the starter library among 500 made-up records."""
    questions = own_questions()
    tied = groups_of_papers(questions)
    asked = (_own(one, tied) for one in questions if one.split == split)
    return Benchmark(OWN, split, tuple(asked), (*digests(), *distractors(_DISTRACTORS)))


def public(name: str, path: Path) -> Benchmark:
    """A public suite as it is published; raises SuiteError."""
    if name not in PUBLIC:
        raise SuiteError(f"there is no suite {name!r}; known are {OWN}, {', '.join(PUBLIC)}")
    return PUBLIC[name](path)


def _own(question: OwnQuestion, tied: dict[str, frozenset[str]]) -> Asked:
    named = question.gold or question.near
    return Asked(
        id=question.id,
        text=question.text,
        group=min(tied[named[0]]) if named else question.id,
        area=question.area,
        type=question.type,
        kind=question.kind,
        expected=question.expected,
        gold=question.gold,
        facts=question.facts,
        verdict=question.verdict,
        forbidden=question.forbidden,
        history=question.history,
        standalone=question.standalone,
    )


def _evidence_inference(path: Path) -> Benchmark:
    suite = evidence_inference(path)
    asked = (
        Asked(one.id, one.text, one.paper, type="comparison", gold=(f"pmcid:{one.paper}",), evidence=one.evidence)
        for one in suite.questions
    )
    return Benchmark(suite.name, "", tuple(asked), files=tuple(suite.papers.values()))


def _bioasq(path: Path) -> Benchmark:
    questions = bioasq(path)
    group = groups(questions)
    return Benchmark(
        "bioasq", "", tuple(_of_bioasq(one, group[one.id]) for one in questions), tuple(abstracts(questions))
    )


def _of_bioasq(question: BioAsq, group: str) -> Asked:
    yes_or_no = question.type == "yesno"
    return Asked(
        id=question.id,
        text=question.text,
        group=group,
        type="yes/no" if yes_or_no else question.type,
        gold=question.papers,
        evidence=tuple(snippet.text for snippet in question.snippets if any(map(str.isalnum, snippet.text))),
        verdict=question.items[0][0] if yes_or_no and question.items else "",
        items=() if yes_or_no else question.items,
    )


def _pubmedqa(path: Path) -> Benchmark:
    questions = pubmedqa(path)
    asked = (
        Asked(one.id, one.text, one.paper.id, type="yes/no/maybe", gold=(one.paper.id,), verdict=one.decision)
        for one in questions
    )
    return Benchmark("pubmedqa", "", tuple(asked), tuple(one.paper for one in questions))


PUBLIC: dict[str, Callable[[Path], Benchmark]] = {
    "evidence-inference": _evidence_inference,
    "bioasq": _bioasq,
    "pubmedqa": _pubmedqa,
}

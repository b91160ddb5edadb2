"""When the library holds no answer, does the assistant say so: coverage and risk, beside a cosine threshold.

Every question of both dev sets is asked twice: with its gold papers in the library (it can be answered) and without
(their chunks are struck out of both searches before they are fused, so that they count nowhere but in how rare words
are). Near misses (`eval.near_misses`) exchange a drug, cancer, marker or trial of a question for another, with nothing
left out. An answer to one of the latter two is wrong. Without its gold papers, a BioASQ question may still be answered
by another paper: these count as wrong, too.

Papers, and questions that share one, are halved by the hash of their names. `--calibrate` fits the model and the
threshold of `rag/abstention.py` on `tune`: the lowest confidence at which at most 5 % of those without an answer are
answered (the one in use is lower, see there). The table is that of `report`: what comes of the threshold in use there,
and the curve over all thresholds. The peer
answers where the cosine of the question to the nearest chunk is at least a threshold, chosen on `tune` likewise.

The confidence is the higher one of both rounds of retrieval, as in `rag.rounds`. Intervals are 95 % bootstrap intervals
over groups.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import astuple, dataclass, replace
from datetime import date
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import numpy as np

from eval.bench.asked_libraries import Remembering, opened, say, without
from eval.bench.checks import fit
from eval.bench.data import add_data_option, data_folder, workplace
from eval.bioasq import abstracts, bioasq, groups
from eval.measures import Interval, paired_difference, risk_coverage
from eval.near_misses import KINDS, near_misses
from eval.suites import Half, evidence_inference, half
from rag.abstention import ENOUGH, MODEL, Features, Model, features
from rag.naming import names_of

if TYPE_CHECKING:
    from rich.console import Console

    from ingest.library import Library
    from rag.question import Question
    from rag.retrieval import Retriever

__all__ = ["Asked", "area", "calibrated", "coverage_at", "curve", "main", "threshold"]

WRONGLY = 0.05
GOAL = 0.75  # coverage at that share of wrongly answered ones
_PASSAGES = 8
_ROUNDS = 6  # in which the model is fitted, and the paper it finds surest is taken
_SAMPLES = 1_000


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it was asked: `kind` is `with`, `without`, or what was exchanged; `cosine` is the peer's."""

    suite: str
    group: str
    kind: str
    text: str
    found: tuple[tuple[Features, ...], ...]  # by round and paper
    cosine: float

    @property
    def half(self) -> Half:
        return half(self.group)

    @property
    def answerable(self) -> bool:
        return self.kind == "with"

    def confidence(self, model: Model) -> float:
        return max((model.score(paper) for one in self.found for paper in one), default=0.0)


Score = Callable[[Asked], float]


def main(argv: list[str]) -> int:
    """Print the table and the curve; 0 when the goal is met on the reporting half, else 1."""
    from rich.console import Console

    parser = argparse.ArgumentParser(
        prog="python -m eval.bench abstention", description=(__doc__ or "").partition("\n")[0]
    )
    add_data_option(parser)
    parser.add_argument(
        "--keep", type=Path, metavar="DIR", help="build both libraries there, or use what was built there"
    )
    parser.add_argument("--calibrate", action="store_true", help="fit model and threshold on the tuning half, and stop")
    parser.add_argument("--half", choices=("tune", "report"), default="report", help="whose table is printed")
    options = parser.parse_args(argv)
    with workplace(options.keep) as folder:
        asked = [
            one
            for one in (*_documents(options.data, folder), *_evidence(options.data, folder))
            if one.half in ("tune", options.half)
        ]
    console = Console(width=100, highlight=False)
    tune = [one for one in asked if one.half == "tune"]
    if options.calibrate:
        model = calibrated(tune)
        least = threshold(tune, lambda one: one.confidence(model))
        console.print(
            f"# Fitted on {date.today()} by `python -m eval.bench abstention --calibrate` ({len(tune)} questions)."
        )
        console.print(f"MODEL = {model}\nENOUGH = {least:.3f}")
        return 0
    chosen = [one for one in asked if one.half == options.half]
    return 0 if _print(console, options.half, chosen, tune) else 1


# -- choosing --------------------------------------------------------------------------------------------------------


def calibrated(asked: Sequence[Asked]) -> Model:
    """The logistic model that tells the answerable from the others by the surest paper of the first round.

    Which paper is the surest depends on the model: it is fitted, the papers are chosen anew, and so on.
    """
    seen = [one for one in asked if one.found and one.found[0]]
    model = Model(0.0, Features(*[1.0] * len(astuple(MODEL.weights))))
    for _ in range(_ROUNDS):
        surest = [max(one.found[0], key=model.score) for one in seen]
        bias, *weights = fit([astuple(paper) for paper in surest], [one.answerable for one in seen])
        model = Model(round(bias, 2), Features(*(round(weight, 2) for weight in weights)))
    return model


def threshold(asked: Sequence[Asked], score: Score) -> float:
    """The lowest score at which at most WRONGLY of the questions without an answer are answered."""
    wrong = sorted((score(one) for one in asked if not one.answerable), reverse=True)
    return float(np.nextafter(wrong[int(WRONGLY * len(wrong))], np.inf))


def curve(asked: Sequence[Asked], score: Score) -> list[tuple[float, float, float]]:
    """Coverage, wrongly answered and risk at every threshold; see `eval.measures.risk_coverage`."""
    scores = [(one.answerable, score(one)) for one in asked]
    return risk_coverage([at for right, at in scores if right], [at for right, at in scores if not right])


def coverage_at(points: Sequence[tuple[float, float, float]], wrongly: float = WRONGLY) -> float:
    """The highest coverage at which at most that share is wrongly answered."""
    return max((coverage for coverage, wrong, _ in points if wrong <= wrongly), default=0.0)


def area(points: Sequence[tuple[float, float, float]]) -> float:
    """The area under risk over coverage, 0 (best) to 1, by trapezoids; the first risk holds back to coverage 0."""
    coverage = [0.0, *(point[0] for point in points)]
    risk = [points[0][2], *(point[2] for point in points)]
    return float(np.trapezoid(risk, coverage))


# -- asking ----------------------------------------------------------------------------------------------------------

_Put = tuple[str, str, str, tuple[str, ...]]  # id, group, text, ids of the gold papers


def _documents(data: Path, folder: Path) -> Iterator[Asked]:
    from ingest.embedding import load_embedder

    questions = bioasq(data / "bioasq_dev.jsonl")
    group = groups(questions)
    embedder = Remembering(load_embedder())
    embedder.load(folder / "v-documents.npz")
    with opened(folder / "documents", embedder, abstracts(questions)) as library:
        yield from _asked("BioASQ", library, [(one.id, group[one.id], one.text, one.papers) for one in questions])
    embedder.save(folder / "v-documents.npz")


def _evidence(data: Path, folder: Path) -> Iterator[Asked]:
    from ingest.embedding import load_embedder

    suite = evidence_inference(data_folder(data, "evidence_inference_dev"))
    embedder = Remembering(load_embedder())
    embedder.load(folder / "v-evidence.npz")
    with opened(folder / "evidence", embedder, list(suite.papers.values())) as library:
        ids = {library.paper(record.id).pmcid.upper(): record.id for record in library.records()}
        put = [(one.id, one.paper, one.text, (ids[one.paper],)) for one in suite.questions if one.paper in ids]
        yield from _asked("Evidence Inference", library, put)
    embedder.save(folder / "v-evidence.npz")


def _asked(suite: str, library: Library, put: Sequence[_Put]) -> Iterator[Asked]:
    from rag.question import Question
    from rag.retrieval import hybrid

    papers = {record.id: library.paper(record.id) for record in library.records()}
    trials = sorted({name.text for _, _, text, _ in put for name in names_of(text) if name.kind == "trial"})
    whole = hybrid(library, per_paper=4)
    for number, (key, group, text, gold) in enumerate(put):
        if number % 20 == 0:
            say(f"{suite}: question {number} of {len(put)}")
        random = Random(key)  # noqa: S311
        shuffled = random.sample(trials, len(trials))
        yield _ask(suite, group, "with", library, whole, Question(text), ())
        yield _ask(suite, group, "without", library, without(library, gold), Question(text), gold)
        missed = near_misses(text, [papers[one] for one in gold], list(papers.values()), shuffled, random)
        for miss in missed:
            yield _ask(suite, group, miss.kind, library, whole, Question(miss.text), ())


def _ask(
    suite: str, group: str, kind: str, library: Library, retrieve: Retriever, question: Question, gone: Sequence[str]
) -> Asked:
    """Both rounds of `rag.rounds.research`, the second whatever came of the first."""
    from rag.evidence import weigh
    from rag.rounds import taught

    found = []
    asked = question
    for _ in range(2):
        passages = retrieve(asked, _PASSAGES)
        evidence = weigh(question, passages, library.embedder, library.rarity)
        found.append(tuple(features(question, evidence, passages, library.rarity)))
        asked = replace(question, hints=taught(question, passages))
        if not asked.hints:
            break
    nearest = library.dense(library.embedder.embed([question.text])[0], 100)
    cosines = (score for chunk, score in nearest if chunk.rpartition("#")[0] not in gone)
    return Asked(suite, group, kind, question.text, tuple(found), next(cosines, 0.0))


# -- the tables ------------------------------------------------------------------------------------------------------


def _print(console: Console, name: str, asked: Sequence[Asked], tune: Sequence[Asked]) -> bool:
    """One row a kind of question, the curve, its area; whether the goal is met."""
    from rich.table import Table

    border = threshold(tune, _cosine)
    table = Table(title=f"{name}: share answered at the thresholds of the tuning half", title_justify="left")
    table.add_column("questions")
    for column in ("n", "immunorag", "95 % interval", f"cosine ≥ {border:.2f}", "95 % interval"):
        table.add_column(column, justify="right")
    rows: list[tuple[str, list[Asked]]] = [
        ("can be answered: coverage", [one for one in asked if one.answerable]),
        *((f"  {suite}", [one for one in asked if one.answerable and one.suite == suite]) for suite in _suites(asked)),
        ("cannot: wrongly answered", [one for one in asked if not one.answerable]),
        *(
            (f"  {kind}, {suite}", [one for one in asked if one.kind == kind and one.suite == suite])
            for kind in ("without", *KINDS)
            for suite in _suites(asked)
        ),
    ]
    for label, chosen in rows:
        if chosen:
            shares = (_share(chosen, _confidence, ENOUGH), _share(chosen, _cosine, border))
            table.add_row(label, str(len(chosen)), *(cell for share in shares for cell in _cells(share)))
    console.print(table)
    points = {label: curve(asked, score) for label, score in (("immunorag", _confidence), ("cosine", _cosine))}
    console.print("\nrisk (of what is answered, the share that is wrong) over coverage: o immunorag, x cosine")
    console.print("\n".join(_drawn(points["immunorag"], points["cosine"])), markup=False)
    for label, score in (("immunorag", _confidence), ("cosine", _cosine)):
        best = _interval(asked, score, lambda found: coverage_at(found))
        under = _interval(asked, score, area)
        console.print(
            f"{label}: coverage at {WRONGLY:.0%} wrongly answered {best.estimate:.3f} "
            f"({best.low:.3f} to {best.high:.3f}); "
            f"area under the curve {under.estimate:.3f} ({under.low:.3f} to {under.high:.3f})"
        )
    reached = coverage_at(points["immunorag"])
    wrong = _share([one for one in asked if not one.answerable], _confidence, ENOUGH).estimate
    met = "met" if reached >= GOAL else "MISSED"
    console.print(f"goal: coverage ≥ {GOAL:.2f} at {WRONGLY:.0%} wrongly answered: {met} on the curve of this half")
    console.print(f"the threshold in use answers {wrong:.1%} wrongly here")
    return reached >= GOAL


def _confidence(one: Asked) -> float:
    return one.confidence(MODEL)


def _cosine(one: Asked) -> float:
    return one.cosine


def _suites(asked: Sequence[Asked]) -> list[str]:
    return list(dict.fromkeys(one.suite for one in asked))


def _share(asked: Sequence[Asked], score: Score, least: float) -> Interval:
    answered = [float(score(one) >= least) for one in asked]
    return paired_difference(answered, [0.0] * len(answered), [one.group for one in asked])


def _cells(share: Interval) -> tuple[str, str]:
    return f"{share.estimate:.3f}", f"{share.low:.3f} to {share.high:.3f}"


def _interval(
    asked: Sequence[Asked], score: Score, measure: Callable[[list[tuple[float, float, float]]], float]
) -> Interval:
    """The measure of the curve, with its interval over groups drawn with replacement."""
    members: dict[str, list[tuple[bool, float]]] = {}
    for one in asked:
        members.setdefault(one.group, []).append((one.answerable, score(one)))
    names, random = list(members), np.random.default_rng(0)
    values = []
    for _ in range(_SAMPLES):
        drawn = [pair for name in random.choice(names, len(names)) for pair in members[name]]
        right, wrong = [at for good, at in drawn if good], [at for good, at in drawn if not good]
        values.append(measure(risk_coverage(right, wrong)))
    low, high = np.quantile(values, [0.025, 0.975])
    return Interval(measure(curve(asked, score)), float(low), float(high))


def _drawn(ours: Sequence[tuple[float, float, float]], peer: Sequence[tuple[float, float, float]]) -> list[str]:
    """Both curves on a grid of 61 by 11, risk 0 to 0.5 upwards."""
    grid = [[" "] * 61 for _ in range(11)]
    for points, mark in ((peer, "x"), (ours, "o")):
        for coverage, _, risk in points:
            grid[10 - round(min(risk, 0.5) * 20)][round(coverage * 60)] = mark
    lines = [f"  {0.5 - row / 20:4.2f} |{''.join(line)}" for row, line in enumerate(grid)]
    return [*lines, "       +" + "-" * 61, "        0" + "coverage".center(58) + "1"]

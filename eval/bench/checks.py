"""How many false claims the checks catch, and how many true ones they reject, beside two peers.

Claims are made from `evidence_inference_dev` (`eval.bench.made_claims`) and, for names, from CIViC's statements and the
starter digests (`eval.bench.named_claims`); each cites one passage, the chunk of the paper that holds the evidence. The
papers are halved by the hash of their names: the checks were written, and the support's model and every threshold
chosen, on `tune` (rules of direction also on trial papers of the training set, none of which is here); `report` is what
is printed. A kind has at most --most claims, drawn by paper and seed.

Peers: `in passage` accepts what stands in the passage word for word; `cosine` accepts what the embedding puts near
enough to the passage, at the threshold that does best on `tune` (mean of caught and accepted).

Intervals are 95 % bootstrap intervals over papers. `--calibrate` fits the support's model on `tune` and prints it.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from eval.bench.data import add_data_option, data_folder
from eval.bench.made_claims import made_claims, made_pairs, made_ratios
from eval.bench.made_claims_nouns import Kind, MadeClaim
from eval.bench.named_claims import civic_passages, digest_passages, named_claims
from eval.measures import Interval, paired_difference
from eval.suites import EvalQuestion, Half, Suite, evidence_inference, half
from rag.answer import Claim, Passage
from rag.claims import Drafted, bind

if TYPE_CHECKING:
    from rich.console import Console

    from ingest.embedding import Embedder
    from rag.checks import Check
    from rag.support import Rarity

__all__ = ["GROUPS", "Judged", "Remembering", "best_threshold", "drawn", "fit", "foreign", "holding", "main", "share"]

GROUPS: Mapping[str, tuple[Kind, ...]] = {
    "numbers": (
        "digit changed", "decimals moved", "interval bound changed", "percentage made a count", "unit changed",
        "ratio renamed",
    ),
    "foreign quotes": ("quote of another paper", "passage of another paper"),
    "names": ("drug exchanged", "marker exchanged", "cancer exchanged", "trial exchanged"),
    "direction": ("direction turned", "negation added", "negation removed"),
    "arms": ("arm swapped",),
    "true": ("true", "true name"),
}  # fmt: skip
GOALS = {"numbers": 0.98, "foreign quotes": 0.95, "names": 0.95, "direction": 0.80, "arms": 0.60, "true": 0.08}
_LEAST = 100  # claims of each group in the reporting half
_RATIO_PASSAGES = 3  # of a paper, from which claims about a ratio alone are made
_LOST = 0.02  # share of the tuning half's true claims that the support's threshold may reject

Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Judged:
    """A made claim and what was said of it; a system rejects it where the value is True."""

    made: MadeClaim
    ours: bool
    reasons: tuple[str, ...]
    in_passage: bool
    cosine: float


def main(argv: list[str]) -> int:
    """Print the tables; 0 when the goals are met on the reporting half, else 1."""
    from rich.console import Console

    parser = argparse.ArgumentParser(prog="python -m eval.bench checks", description=(__doc__ or "").partition("\n")[0])
    add_data_option(parser)
    parser.add_argument("--most", type=int, default=240, metavar="N", help="claims of a kind and half (default: 240)")
    parser.add_argument("--seed", type=int, default=0, help="of what is drawn (default: 0)")
    parser.add_argument("--calibrate", action="store_true", help="fit the support's model on the tuning half, and stop")
    parser.add_argument("--half", choices=("tune", "report"), default="report", help="whose table is printed")
    options = parser.parse_args(argv)
    console = Console(width=100, highlight=False)
    suite = evidence_inference(data_folder(options.data, "evidence_inference_dev"))
    civic = data_folder(options.data, "reference") / "civic_immunotherapy_evidence.tsv"

    from ingest.embedding import load_embedder

    embedder = Remembering(load_embedder())
    made, rarity = _made(suite, civic, embedder, options.seed)
    halves = {
        name: drawn([one for one in made if half(one.group) == name], options.most, options.seed) for name in _HALVES
    }
    if options.calibrate:
        _calibrate(console, halves["tune"], embedder, rarity)
        return 0

    from rag.support import supported

    judged = _judged(halves[options.half], embedder, (supported(embedder, rarity),))
    return 0 if _print(console, judged, best_threshold(_cosines(halves["tune"], embedder)), options.half) else 1


# -- the claims ------------------------------------------------------------------------------------------------------

_HALVES: tuple[Half, ...] = ("tune", "report")


def _made(suite: Suite, civic: Path, embedder: Embedder, seed: int) -> tuple[list[MadeClaim], Rarity]:
    from ingest.starter import papers

    passages = _passages(suite, embedder)
    made: dict[MadeClaim, None] = {}
    for question in suite.questions:
        random = Random(f"{seed} {question.id}")  # noqa: S311
        if passage := holding(question, passages[question.paper]):
            made.update(dict.fromkeys(made_claims(question, passage, random)))
        made.update(dict.fromkeys(made_pairs(question, passages[question.paper])))
    for paper, chunks in passages.items():
        made.update(dict.fromkeys(made_ratios(paper, chunks[:_RATIO_PASSAGES], Random(f"{seed} {paper}"))))  # noqa: S311
    for name in _HALVES:
        true = [one for one in made if one.kind == "true" and half(one.group) == name]
        made.update(dict.fromkeys(foreign(true, Random(f"{seed} {name}"))))  # noqa: S311
    for group, passage in (*civic_passages(civic), *digest_passages(papers())):
        made.update(dict.fromkeys(named_claims(passage, group, Random(f"{seed} {passage.chunk.id}"))))  # noqa: S311
    return list(made), _rarity([passage.text for chunks in passages.values() for passage in chunks])


def holding(question: EvalQuestion, passages: Iterable[Passage]) -> Passage | None:
    """The passage that holds one of the question's evidence texts whole; None where a border cuts all of them."""
    for evidence in question.evidence:
        wanted = _squeezed(evidence)
        for passage in passages:
            if wanted in _squeezed(passage.text):
                return passage
    return None


def foreign(true: Sequence[MadeClaim], random: Random) -> list[MadeClaim]:
    """Each true claim citing a passage of another paper, and citing its own passage with the words of another paper."""
    found: list[MadeClaim] = []
    for one in true:
        others = [other for other in true if other.group != one.group]
        if others:
            other = random.choice(others).passage
            found.append(MadeClaim("passage of another paper", one.text, other, one.group, one.text))
            found.append(MadeClaim("quote of another paper", one.text, one.passage, one.group, other.text[:200]))
    return found


def drawn(claims: Sequence[MadeClaim], most: int, seed: int) -> list[MadeClaim]:
    """At most `most` claims of each kind, drawn paper by paper in turn, so that no paper fills a kind."""
    random = Random(seed)  # noqa: S311
    kinds: dict[Kind, dict[str, list[MadeClaim]]] = defaultdict(lambda: defaultdict(list))
    for one in claims:
        kinds[one.kind][one.group].append(one)
    chosen: list[MadeClaim] = []
    for papers in kinds.values():
        queues = [random.sample(queue, len(queue)) for queue in papers.values()]
        random.shuffle(queues)
        rounds = [queue[turn] for turn in range(max(map(len, queues))) for queue in queues if turn < len(queue)]
        chosen += rounds[:most]
    return chosen


def _passages(suite: Suite, embedder: Embedder) -> dict[str, list[Passage]]:
    from ingest.chunking import chunk
    from ingest.readers import read

    passages: dict[str, list[Passage]] = {}
    for name, path in suite.papers.items():
        paper = next(iter(read(path)))
        passages[name] = [Passage(one, paper, paper.text[one.start : one.end], 1.0) for one in chunk(paper, embedder)]
    return passages


def _rarity(texts: Sequence[str]) -> Rarity:
    """How rare words are in `texts`, 0 to 1, as `Library.rarity` has it for its chunks."""
    from rag.words import word_forms

    counts = Counter(form for text in texts for form in set(word_forms(text).values()))
    total = max(len(texts), 2)
    return lambda words: {word: math.log(total / min(max(counts[word], 1), total)) / math.log(total) for word in words}


def _squeezed(text: str) -> str:
    return "".join(filter(str.isalnum, text.lower()))


# -- the judges ------------------------------------------------------------------------------------------------------


class Remembering:
    """An embedder that computes a text once: what is embedded in one batch beforehand costs nothing in the checks."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: dict[str, Vectors] = {}
        self.name, self.dim, self.limit = embedder.name, embedder.dim, embedder.limit
        self.count_tokens = embedder.count_tokens

    def embed(self, texts: Sequence[str]) -> Vectors:
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        self._known.update(zip(new, self._embedder.embed(new), strict=True))
        return np.stack([self._known[text] for text in texts])


def _judged(claims: Sequence[MadeClaim], embedder: Embedder, further: Sequence[Check]) -> list[Judged]:
    from rag.checks import check

    embedder.embed([one.text for one in claims])
    found: list[Judged] = []
    for number, (one, (cosine, _)) in enumerate(zip(claims, _cosines(claims, embedder), strict=True)):
        if number % 500 == 0:
            print(f"claim {number} of {len(claims)}", file=sys.stderr, flush=True)
        verdict = check(_bound(one), further).verdict
        inside = " ".join(_shown(one).casefold().split()) in " ".join(one.passage.text.casefold().split())
        found.append(Judged(one, not verdict.passed, verdict.reasons, not inside, cosine))
    return found


def _cosines(claims: Sequence[MadeClaim], embedder: Embedder) -> list[tuple[float, bool]]:
    """The cosine of what a peer is shown to its passage, and whether the claim is true."""
    shown, passages = (
        embedder.embed(texts) for texts in ([*map(_shown, claims)], [one.passage.text for one in claims])
    )
    cosines = (shown * passages).sum(axis=1)
    return [(float(cosine), one.kind in GROUPS["true"]) for cosine, one in zip(cosines, claims, strict=True)]


def _shown(made: MadeClaim) -> str:
    """What a peer judges: the claim, or the quote where that is what was exchanged."""
    return made.made_from if made.kind == "quote of another paper" else made.text


def _bound(made: MadeClaim) -> Claim:
    claim = bind(Drafted(made.text, (1,)), [made.passage])
    if made.kind != "quote of another paper":
        return claim
    return replace(claim, citations=tuple(replace(citation, quote=made.made_from) for citation in claim.citations))


def best_threshold(cosines: Sequence[tuple[float, bool]]) -> float:
    """The cosine below which to reject: with the highest mean of the shares of true accepted and false rejected."""
    true, false = (np.sort([cosine for cosine, holds in cosines if holds is wanted]) for wanted in (True, False))

    def balanced(border: float) -> float:
        rejected = [float(np.searchsorted(values, border)) / len(values) for values in (true, false)]
        return rejected[1] + 1 - rejected[0]

    return float(max(sorted({*true, *false}), key=balanced))


def share(judged: Sequence[Judged], rejected: Callable[[Judged], bool]) -> Interval:
    """The share of `judged` that is rejected, with its interval over papers."""
    values = [float(rejected(one)) for one in judged]
    return paired_difference(values, [0.0] * len(values), [one.made.group for one in judged])


# -- the support's model ---------------------------------------------------------------------------------------------


def fit(rows: Sequence[Sequence[float]], labels: Sequence[bool], ridge: float = 1.0) -> list[float]:
    """Coefficients of a logistic regression, bias first, by Newton's method; `ridge` holds all but the bias small."""
    x = np.hstack([np.ones((len(rows), 1)), np.asarray(rows, dtype=np.float64)])
    y = np.asarray(labels, dtype=np.float64)
    penalty = ridge * np.eye(x.shape[1])
    penalty[0, 0] = 0.0
    weights = np.zeros(x.shape[1])
    for _ in range(50):
        p = 1 / (1 + np.exp(-x @ weights))
        step = np.linalg.solve((x.T * (p * (1 - p))) @ x + penalty, x.T @ (y - p) - penalty @ weights)
        weights += step
        if np.abs(step).max() < 1e-9:
            break
    return [float(weight) for weight in weights]


def _calibrate(console: Console, tune: Sequence[MadeClaim], embedder: Embedder, rarity: Rarity) -> None:
    """Print the model and the threshold that `rag/support.py` carries."""
    from rag.support import Model, features, sentence_vectors

    vectors = sentence_vectors(embedder)
    chosen = [one for one in tune if one.kind in ("true", "passage of another paper")]
    rows = [features(_bound(one), embedder, rarity, vectors) for one in chosen]
    labels = [one.kind == "true" for one in chosen]
    model = Model(*(round(weight, 2) for weight in fit(rows, labels)))
    scores = sorted(model.score(row) for row, true in zip(rows, labels, strict=True) if true)
    least = math.floor(scores[int(_LOST * len(scores))] * 100) / 100
    caught = [model.score(row) < least for row, true in zip(rows, labels, strict=True) if not true]
    console.print(f"{model}\nLEAST_SUPPORT = {least}")
    console.print(f"{len(scores)} true claims; of {len(caught)} citing another paper it rejects {np.mean(caught):.3f}")


# -- the tables ------------------------------------------------------------------------------------------------------


def _print(console: Console, judged: Sequence[Judged], border: float, name: Half) -> bool:
    """One row a kind and one a group; whether the goals are met."""
    from rich.table import Table

    table = Table(title=f"{name}: share rejected (of true claims: wrongly)", title_justify="left")
    table.add_column("kind", no_wrap=True)
    for column in ("n", "papers", "checks", "95 % interval", "goal", "in passage", "cosine"):
        table.add_column(column, justify="right", no_wrap=True)
    met = True
    for group, kinds in GROUPS.items():
        chosen = [one for one in judged if one.made.kind in kinds]
        goal = GOALS[group]
        ours = share(chosen, lambda one: one.ours)
        good = ours.estimate <= goal if group == "true" else ours.estimate >= goal
        met = met and good and len(chosen) >= _LEAST
        sign = "≤" if group == "true" else "≥"
        _row(table, group, chosen, ours, f"{sign} {goal:.2f}{'' if good else ' MISSED'}", border)
        for kind in kinds if len(kinds) > 1 else ():
            if some := [one for one in chosen if one.made.kind == kind]:
                _row(table, f"  {kind}", some, share(some, lambda one: one.ours), "", border)
        table.add_section()
    console.print(table)
    console.print(f"cosine: rejected below {border:.2f}")
    reasons = Counter(_sort_of(reason) for one in judged if one.made.kind in GROUPS["true"] for reason in one.reasons)
    console.print(
        "true claims rejected because: " + "; ".join(f"{said} {count}" for said, count in reasons.most_common())
    )
    console.print(f"goals {'met' if met else 'MISSED'}")
    return met


def _row(table: object, name: str, judged: Sequence[Judged], ours: Interval, goal: str, border: float) -> None:
    peers = (np.mean([one.in_passage for one in judged]), np.mean([one.cosine < border for one in judged]))
    table.add_row(  # type: ignore[attr-defined]
        name, str(len(judged)), str(len({one.made.group for one in judged})), f"{ours.estimate:.3f}",
        f"{ours.low:.2f} to {ours.high:.2f}", goal, *(f"{peer:.3f}" for peer in peers),
    )  # fmt: skip


def _sort_of(reason: str) -> str:
    """A reason without what is particular to the claim."""
    for sort in ("number", "name", "support", "arm", "words", "quote", "direction"):
        if sort in reason:
            return sort
    return "direction" if "does not say" in reason else "interval or fraction"

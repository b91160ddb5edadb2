"""How the library answers when it holds 200,000 chunks, beside the tutorial's store with the same rows.

The rows are chunks of real papers with their real vectors (Evidence Inference, read, cut and embedded by our own code).
Where there are not enough they come again, with noise: one word of eight from another chunk, and a vector that has a
cosine of about 0.9 to the first one's. Both stores hold the same texts, vectors, paper ids and years (at random, from
1996 to 2025). Ours is written through the catalogue, with an index write every 8,192 chunks; the tutorial's in the
largest batches that Chroma takes. Questions are those of Evidence Inference, embedded before the clock starts.

- cold: a fresh process from start to end that answers one question (imports, opening, one dense and, ours, one lexical
  search); files may be in the system's cache.
- dense, lexical: the first 10 chunks. whole: what `Assistant` retrieves for a question: both searches, 100 deep, fused,
  the passages' text fetched, the first 8. The tutorial's whole is its dense search.
- filters: all (a year that admits everything), year (since 2016: a third), few (only 2025: a thirtieth), paper (one).
- recall@10: share of the exact first 10 that Chroma finds; as near as the exact tenth counts as found.
- bytes a chunk in memory: what the process has grown by, from its imports to after all these searches.
"""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from eval.bench.data import add_data_option, workplace
from eval.bench.scale_material import Material, Questions, material_of, say
from eval.bench.scale_searches import FILTERS, Served, child, measured
from eval.bench.scale_stores import build_ours, build_peer, rebuild, sizes

__all__ = ["main", "measure"]

GOAL_RECALL = 0.99
_COLD_RUNS = 3


@dataclass(frozen=True, slots=True)
class _Figures:
    """One store's figures: seconds, bytes, and `times` in milliseconds (p50, p95) by search and filter."""

    built: float
    rebuilt: float | None
    disk: dict[str, int]
    cold: float
    memory: int
    recall: float
    times: dict[str, tuple[float, float]]


def measure(folder: Path, material: Material, asked: Questions, count: int, peer: bool) -> dict[str, _Figures]:
    """Build the stores in `folder` and measure them."""
    (folder / "questions.json").write_text(json.dumps(list(asked.texts)), encoding="utf-8")
    np.save(folder / "questions.npy", asked.vectors)
    questions = min(len(asked.texts), 90)
    embedder = Served("all-MiniLM-L6-v2", asked.texts, asked.vectors)
    figures: dict[str, _Figures] = {}
    for system in ("immunorag", "tutorial") if peer else ("immunorag",):
        store = folder / system
        shutil.rmtree(store, ignore_errors=True)
        build = build_ours(store, material, count, embedder) if system == "immunorag" else build_peer(
            store, material, count
        )  # fmt: skip
        say(f"{system}: first answers from cold")
        cold = float(np.median([measured("cold", system, folder, questions)["seconds"] for _ in range(_COLD_RUNS)]))
        say(f"{system}: searching")
        warm = measured("warm", system, folder, questions)
        disk = sizes(store)
        rebuilt = rebuild(store, embedder) if system == "immunorag" else None
        figures[system] = _Figures(build, rebuilt, disk, cold, warm["memory"], warm["recall"], warm["times"])
    return figures


def main(argv: list[str]) -> int:
    """Print the tables; 0 when Chroma's recall meets its goal, else 1."""
    from rich.console import Console

    parser = argparse.ArgumentParser(
        prog="python -m eval.bench scale",
        description=(__doc__ or "").partition("\n")[0],
        epilog="200,000 chunks take half an hour on two free processors and 3 GB of disk; 20,000 show the shape in two "
        "minutes.",
    )
    add_data_option(parser)
    parser.add_argument("--chunks", type=int, default=200_000, metavar="N", help="in each store (default: 200000)")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep stores and embedded chunks there for next time")
    parser.add_argument("--no-peer", action="store_true", help="without the tutorial's store")
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)  # task, system, folder
    parser.add_argument("--questions", type=int, default=90, help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    if options.child:
        task, system, folder = options.child
        child(task, system, Path(folder), options.questions)
        return 0
    if options.chunks < 100:
        parser.error("--chunks counts from 100")
    with workplace(options.keep) as place:
        material, asked = material_of(options.data, place)
        say(f"{len(material):,} real chunks, {len(asked.texts)} questions")
        figures = measure(place, material, asked, options.chunks, not options.no_peer)
    return _print(Console(width=80, highlight=False), figures, options.chunks, min(options.chunks, len(material)))


def _print(console: Any, figures: dict[str, _Figures], count: int, real: int) -> int:
    from rich.table import Table

    table = Table(title=f"{count:,} chunks, {real:,} of them real, the others with noise", title_justify="left")
    table.add_column("")
    for system in figures:
        table.add_column(system, justify="right")

    def row(name: str, value: Callable[[_Figures], str]) -> None:
        table.add_row(name, *(value(each) for each in figures.values()))

    row("first answer from cold, s", lambda each: f"{each.cold:.1f}")
    row("recall@10 against exact search", lambda each: f"{each.recall:.3f}")
    row("built, s", lambda each: f"{each.built:.0f}")
    row("built, chunks a second", lambda each: f"{count / each.built:,.0f}")
    row("indexes built again, s", lambda each: "" if each.rebuilt is None else f"{each.rebuilt:.0f}")
    for part in ("catalogue", "Chroma", "Tantivy"):
        row(f"bytes a chunk on disk, {part}", lambda each, part=part: f"{each.disk[part] / count:,.0f}")  # type: ignore[misc]
    row("bytes a chunk in memory", lambda each: f"{each.memory / count:,.0f}")
    console.print(table)

    times = Table(title="A search, ms: p50 / p95", title_justify="left")
    times.add_column("filter")
    for column in ("dense", "lexical", "whole", "tutorial, dense"):
        times.add_column(column, justify="right")
    for name in FILTERS:
        cells = [(system, f"{kind} {name}") for system, kind in _COLUMNS]
        shown = [figures[system].times.get(key) if system in figures else None for system, key in cells]
        times.add_row(name, *("" if pair is None else f"{pair[0]:.1f} / {pair[1]:.1f}" for pair in shown))
    console.print(times)
    met = figures["immunorag"].recall >= GOAL_RECALL
    console.print(f"goal (recall@10 of at least {GOAL_RECALL:.2f}) {'met' if met else 'MISSED'}")
    return 0 if met else 1


_COLUMNS = (("immunorag", "dense"), ("immunorag", "lexical"), ("immunorag", "whole"), ("tutorial", "dense"))

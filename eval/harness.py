"""Ask a system the questions of a benchmark, and grade what it says: a run, gone on with where one was cut off."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import closing, nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

from eval.benchmarks import Benchmark
from eval.grading import Texts, graded
from eval.remembering import Remembering
from eval.results import Asked, Reply, Run
from eval.runs import reply_from_json, to_json
from eval.shelf import Shelf
from eval.systems import Immunorag, System
from ingest.library import Progress

if TYPE_CHECKING:
    from ingest.embedding import Embedder

__all__ = ["TIMED", "evaluated", "kept_for", "versions"]

Settings = Mapping[str, str | int | float | bool | None]
Hear = Callable[[Progress], None]
TIMED = 10

_COMPUTE = ("immunorag", "numpy", "torch", "sentence-transformers", "chromadb", "tantivy", "ir-measures")
_HOUSE = Path(__file__).resolve().parent.parent
_FLOORS = ("ingest", "prompts", "rag", "eval")


def evaluated(
    system: System,
    benchmark: Benchmark,
    shelf: Shelf,
    *,
    texts: Texts | None = None,
    settings: Settings | None = None,
    seed: int = 0,
    kept: Path | None = None,
    timed: int = TIMED,
    hear: Hear = lambda progress: None,
) -> Run:
    """The run of `system` over `benchmark`, whose papers are on `shelf`.

    `texts` are the papers as this system reads them, by default those of the library. Of the questions to immunorag,
    `timed` are drawn by the seed and asked once more, alone, for the time that takes. Replies are written to the file
    `kept` as they come: a run that is cut off goes on behind what stands there, and one that ends removes it. Raises
    what the system raises.
    """
    asked = [shelf.named(one) for one in benchmark.asked]
    replies = []
    with closing(_replies(system, asked, kept)) as coming:
        for reply in coming:
            replies.append(reply)
            hear(Progress(f"questions answered by {system.name}", len(replies), len(asked)))
    if isinstance(system, Immunorag) and timed:
        drawn = Random(seed).sample(range(len(asked)), min(timed, len(asked)))  # noqa: S311 (no secrets)
        replies = _timed(system, shelf.library.embedder, asked, replies, drawn)
    results = tuple(graded(one, reply, texts or shelf.texts) for one, reply in zip(asked, replies, strict=True))
    if kept is not None:
        kept.unlink(missing_ok=True)
    return Run(
        system=system.name,
        suite=benchmark.suite,
        split=benchmark.split,
        results=results,
        settings={**(settings or {}), "papers": len(shelf.texts), "chunks": shelf.library.chunk_count()},
        versions=versions(),
        seed=seed,
        date=datetime.now(UTC).date().isoformat(),
        titles={paper: shelf.texts[paper][0] for paper in sorted(_named(asked, replies) & shelf.texts.keys())},
    )


def kept_for(folder: Path, system: str, benchmark: Benchmark, settings: Settings) -> Path:
    """The file in `folder` for replies of a run with these questions and settings, and with this very code."""
    told = json.dumps([system, benchmark.suite, benchmark.split, to_json(benchmark.asked), dict(settings), versions()])
    digest = hashlib.sha256(told.encode())
    for path in sorted(path for floor in _FLOORS for path in (_HOUSE / floor).rglob("*") if _is_code(path)):
        digest.update(path.read_bytes())
    return folder / f"replies-{digest.hexdigest()[:16]}.jsonl"


def versions() -> dict[str, str]:
    """The versions of Python and of the packages that figures are computed with."""
    found = {"python": platform.python_version()}
    for name in _COMPUTE:
        try:
            found[name] = version(name)
        except PackageNotFoundError:  # run from a checkout that is not installed
            continue
    return found


def _is_code(path: Path) -> bool:
    return path.suffix in {".py", ".toml", ".txt"} and path.is_file()


def _replies(system: System, asked: Sequence[Asked], kept: Path | None) -> Generator[Reply]:
    """What is kept, then what the system says from there."""
    if kept is None:
        yield from system.replies(asked)
        return
    done = _read(kept, asked)
    yield from done
    kept.parent.mkdir(parents=True, exist_ok=True)
    with kept.open("a", encoding="utf-8") as file:
        left = asked[len(done) :]
        for one, reply in zip(left, system.replies(left), strict=True):
            file.write(json.dumps({"id": one.id, **to_json(reply)}, ensure_ascii=False) + "\n")
            file.flush()
            yield reply


def _read(kept: Path, asked: Sequence[Asked]) -> list[Reply]:
    """The replies to the first of `asked` that the file holds; what a killed run left of a line is cut off."""
    replies: list[Reply] = []
    if not kept.exists():
        return replies
    end = 0
    with kept.open("rb+") as file:
        for line, one in zip(file, asked, strict=False):
            try:
                row = json.loads(line)
            except ValueError:
                break
            if not line.endswith(b"\n") or row.get("id") != one.id:
                break
            replies.append(reply_from_json(row))
            end += len(line)
        file.truncate(end)
    return replies


def _timed(
    system: Immunorag, embedder: Embedder, asked: Sequence[Asked], replies: Sequence[Reply], drawn: Sequence[int]
) -> list[Reply]:
    """The same replies, with the seconds that those drawn take alone; the first is asked twice, to warm up.

    Nothing that was embedded before is remembered then.
    """
    timed = list(replies)
    for number in [*drawn[:1], *drawn]:
        with embedder.forgetting() if isinstance(embedder, Remembering) else nullcontext():
            seconds = None if replies[number].failure else system.seconds(asked[number])
        if seconds is not None:
            timed[number] = replace(timed[number], seconds=seconds)
    return timed


def _named(asked: Sequence[Asked], replies: Sequence[Reply]) -> set[str]:
    """The papers that a question or a reply names."""
    gold = {paper for one in asked for paper in one.gold}
    found = {passage.paper for reply in replies for passage in reply.found}
    return gold | found | {one.paper for reply in replies for said in reply.sentences for one in said.citations}

"""What the processes of the kill benchmark do: those that are killed, and those that look at what is left."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
from collections.abc import Callable, Sequence
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from eval.bench.hashing import HashEmbedder
from eval.bench.made_papers import made_paper, to_text

__all__ = ["ended", "ingest", "look", "query", "result_of", "started", "upsert"]

_PATIENCE = 180.0  # seconds after which a process that should have ended counts as hanging
_WARM = ["eval.bench.kills_processes", "eval.tutorial", "ingest.pipeline", "ingest.readers.jats", "ingest.readers.text"]
_WARM += ["chromadb", "tantivy", "langchain_chroma", "langchain_text_splitters"]


def ingest(library: str, papers: str, lines: str) -> None:
    """Ingest group after group; a line a file that gave papers, written when the library says that it is safe."""
    from ingest.library import Library
    from ingest.pipeline import FileOutcome

    _quietly()
    descriptor = os.open(lines, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)

    def report(outcome: FileOutcome) -> None:
        os.write(descriptor, (json.dumps(outcome.paper_ids) + "\n").encode())

    with Library.open(library, embedder=HashEmbedder()) as opened:
        for group in sorted(Path(papers).iterdir()):
            opened.ingest([group], report=report, workers=1)


def look(library: str, result: str) -> None:
    """Open the library, look at all of it, and write what was found as JSON."""
    _quietly()
    found: dict[str, Any]
    try:
        found = _look(Path(library))
    except BaseException as error:
        found = {"error": f"{type(error).__name__}: {error}"}
    Path(result).write_text(json.dumps(found), encoding="utf-8")


def _look(library: Path) -> dict[str, Any]:
    from ingest.checkup import check
    from ingest.library import Library
    from ingest.papers import Filters
    from ingest.vectors import Vectors
    from ingest.words import Words

    notices: list[str] = []
    with Library.open(library, embedder=HashEmbedder(), notice=notices.append) as opened:
        opened.lexical("survival", 1)  # mends what the killed process left
        opened.dense(HashEmbedder().embed(["survival"])[0], 1)
        records = opened.records()
        entries = list(opened.catalogue.entries([record.id for record in records]))
        faults: list[str] = []
        if opened.catalogue.index_state().indexed:
            vectors, words = Vectors(opened.chroma_path), Words(opened.chroma_path.parent / "words")
            for name, count in (("Chroma", vectors.count()), ("Tantivy", words.count())):
                if count != len(entries):
                    faults.append(f"{name} holds {count} chunks, the catalogue {len(entries)}")
            for entry in entries:
                mine = entry.chunk.id
                if mine not in [id_ for id_, _ in vectors.nearest(entry.vector, 2, None)]:
                    faults.append(f"{mine} does not find itself by its vector")
                if mine not in [id_ for id_, _ in words.best(entry.text, 2, Filters(statuses=()))]:
                    faults.append(f"{mine} does not find itself by its text")
            vectors.close()
            words.close()
        elif entries:
            faults.append("chunks, and no indexes")
        faults += [problem for finding in check(opened) for problem in finding.problems]
        digest = hashlib.sha256()
        for entry in sorted(entries, key=lambda entry: entry.chunk.id):
            digest.update(f"{entry.chunk.id}\0{entry.title}\0{entry.year}\0{entry.source}\0{entry.text}\0".encode())
            digest.update(entry.vector.tobytes())
        return {
            "papers": sorted(record.id for record in records),
            "titles": sorted(record.title for record in records),
            "fingerprint": digest.hexdigest(),
            "faults": faults,
            "rebuilt": any("building" in notice for notice in notices),
        }


def upsert(store: str, rows: int, batch: int, lines: str) -> None:
    """Upsert made chunks, `batch` at a time, into the tutorial's store; a line a batch that was acknowledged."""
    from eval.tutorial import Tutorial

    _quietly()
    tutorial = Tutorial(Path(store), _embed)
    descriptor = os.open(lines, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    for start in range(len(tutorial), rows, batch):
        tutorial.add_chunks(f"batch-{start}", [f"{_PEER_TEXT} Cohort {start + row}." for row in range(batch)])
        os.write(descriptor, f"{start + batch}\n".encode())


def query(store: str, result: str) -> None:
    """Open, count and query the tutorial's store as its user would, and write what came of it as JSON."""
    from eval.tutorial import Tutorial

    _quietly()
    found: dict[str, Any]
    try:
        tutorial = Tutorial(Path(store), _embed)
        found = {
            "rows": len(tutorial),
            "counted": tutorial.count(),
            "hits": len(tutorial.search("overall survival", 5)),
        }
    except BaseException as error:
        found = {"error": f"{type(error).__name__}: {error}"}
    Path(result).write_text(json.dumps(found), encoding="utf-8")


_PEER_TEXT = to_text(made_paper(1, 1))[:900]


def _embed(texts: Sequence[str]) -> list[list[float]]:
    rows: list[list[float]] = HashEmbedder().embed(texts).tolist()
    return rows


def _quietly() -> None:
    """Standard output and errors of these processes are nobody's; a group of their own, so that Ctrl-C is ours."""
    os.setpgid(0, 0)
    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


# -- started, ended, asked ------------------------------------------------------------------------------------------


def started(work: Callable[..., None], *arguments: Path | int) -> ForkServerProcess:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_WARM)
    process = context.Process(
        target=work, args=[str(each) if isinstance(each, Path) else each for each in arguments], daemon=False
    )
    process.start()
    return process


def ended(process: ForkServerProcess) -> None:
    process.join(_PATIENCE)
    if process.is_alive():
        process.kill()
        process.join()


def result_of(work: Callable[[str, str], None], what: Path, result: Path) -> dict[str, Any]:
    """What a fresh process that does `work` writes; an error where it writes nothing, or hangs."""
    result.unlink(missing_ok=True)
    process = started(work, what, result)
    ended(process)
    if not result.exists():
        return {"error": f"the process that looked ended with {process.exitcode}"}
    found: dict[str, Any] = json.loads(result.read_text(encoding="utf-8"))
    return found

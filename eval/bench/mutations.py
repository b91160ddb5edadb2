"""Does every spoilt file get its outcome? 3,000 of them, through the workers and the library as an ingest runs them.

Good papers (made by us, and the PDF and JATS files of --data) are spoilt in some thirty ways (eval.bench.mutating):
bits turned, ends lost, blocks doubled, wrong encodings, entity bombs, deep nesting, huge attributes, circles, bombs.
They are ingested by `Library.ingest` with a short deadline, a bound on memory and an embedding that costs nothing.

- paper: the file gave one or more, after all.
- refused: a reader said why.
- unforeseen: an exception of which no reader had thought; the worker put it into words.
- slow, large: over the deadline or the memory, and ended.
- crash: the worker process died (another goes on with the next file).
- none: no outcome; there must be no such file, and none may end the process that ingests.

The seconds of a file that gave papers include the wait for the others it is embedded with.
"""

from __future__ import annotations

import argparse
import re
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from eval.bench.data import add_data_option
from eval.bench.hashing import HashEmbedder
from eval.bench.made_archives import to_tar_gz, to_zip
from eval.bench.made_papers import made_paper, to_bibtex, to_jats, to_markdown, to_nbib, to_pdf, to_ris
from eval.bench.mutating import mutations

__all__ = ["KINDS", "Good", "Tally", "kind_of", "main", "run", "spoilt"]

KINDS = ("paper", "refused", "unforeseen", "slow", "large", "crash", "none")
_BATCH = 100  # files ingested together
_SUFFIX = {"pdf": ".pdf", "jats": ".xml", "pubmed": ".xml", "pubmed.gz": ".xml.gz", "markdown": ".md", "nbib": ".nbib",
           "ris": ".ris", "bibtex": ".bib", "zip": ".zip", "tar.gz": ".tar.gz"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Good:
    """A file before it is spoilt."""

    form: str
    data: bytes


@dataclass(slots=True)
class Tally:
    """What became of the files: (format, kind) -> count; `notable` are those to look into, with their reason."""

    kinds: Counter[tuple[str, str]] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    slowest: list[tuple[float, str, str]] = field(default_factory=list)  # seconds, file, reason
    notable: list[tuple[str, str]] = field(default_factory=list)
    files: int = 0

    def count(self, name: str, outcome: str, reason: str, seconds: float) -> None:
        kind = kind_of(outcome, reason)
        self.files += 1
        self.kinds[name.split("-")[1], kind] += 1
        if kind != "paper":
            self.reasons[_plain(reason)] += 1
        if kind in ("unforeseen", "slow", "large", "crash", "none"):
            self.notable.append((name, f"{kind}: {reason}"))
        self.slowest = sorted([*self.slowest, (seconds, name, reason or outcome)], reverse=True)[:10]

    def of(self, kind: str) -> int:
        return sum(count for (_, each), count in self.kinds.items() if each == kind)


def kind_of(outcome: str, reason: str) -> str:
    """One of KINDS, from what `Library.ingest` reported."""
    if outcome == "":
        return "none"
    if outcome != "failed":
        return "paper"
    for kind, begin in (
        ("slow", r"took longer than"),
        ("large", r"needs more than [\d,]+ MB of memory"),
        ("crash", r"the process that read it"),
        ("unforeseen", r"cannot be read: \w+(?:Error|Exception|Warning)\b|cannot be read: \w+: "),
    ):
        if re.match(begin, reason):
            return kind
    return "refused"


def _plain(reason: str) -> str:
    """A reason without what differs from file to file."""
    return re.sub(r"\d[\d,.]*", "n", re.sub(r" \(.*", "", reason.partition(";")[0]))[:100]


def good_files(data: Path | None, folder: Path) -> list[Good]:
    """Good files of every format, made ones and, of `data`, some PDF, JATS and PubMed files."""
    from eval.bench.made_records import pubmed_set

    papers = [made_paper(number, 1, paragraphs=2) for number in range(12)]
    found = [Good("jats", to_jats(paper).encode()) for paper in papers]
    found += [Good("markdown", to_markdown(paper).encode()) for paper in papers]
    for form, write in (("nbib", to_nbib), ("ris", to_ris), ("bibtex", to_bibtex)):
        found += [Good(form, "".join(map(write, papers[start : start + 4])).encode()) for start in range(9)]
    for paper in papers[:4]:
        path = folder / "good.pdf"
        to_pdf(paper, path)
        found.append(Good("pdf", path.read_bytes()))
    for form, name in (("pubmed", "good.xml"), ("pubmed.gz", "good.xml.gz")):
        pubmed_set(folder / name, 6, 1)
        found.append(Good(form, (folder / name).read_bytes()))
    for start in range(4):
        packed = {f"{number}.xml": to_jats(papers[number]).encode() for number in range(start, start + 3)}
        found += [Good("zip", to_zip(packed)), Good("tar.gz", to_tar_gz(packed))]
    if data is not None:
        for form, pattern in (("pdf", "pdf_with_xml/*.pdf"), ("jats", "jats_*/*.xml"), ("pubmed", "pubmed/*.xml")):
            found += [Good(form, path.read_bytes()) for path in sorted(data.glob(pattern))]
    return found


def spoilt(number: int, seed: int, good: Sequence[Good]) -> tuple[str, bytes]:
    """Name and content of spoilt file `number`: formats and ways take turns, chance does the rest."""
    rng = Random(f"{seed}-{number}")  # noqa: S311 (no secrets)
    forms = list(dict.fromkeys(each.form for each in good))
    form = forms[number % len(forms)]
    ways = mutations(form)
    way = ways[number // len(forms) % len(ways)]
    data = way(rng.choice([each for each in good if each.form == form]).data, rng)
    return f"{number:05}-{form}-{way.__name__}{_SUFFIX[form]}", data


def run(
    files: Iterator[tuple[str, bytes]],
    folder: Path,
    tally: Tally,
    *,
    deadline: float,
    memory: int,
    keep: Path | None = None,
    hear: Callable[[str], None] = lambda _: None,
) -> None:
    """Ingest `files` (name, content), batch after batch, into a library in `folder`, counting in `tally`.

    Files of which more should be known are kept in `keep`.
    """
    from ingest.library import Library
    from ingest.pipeline import FileOutcome

    place = folder / "files"
    place.mkdir(exist_ok=True)
    with Library.open(folder / "library", embedder=HashEmbedder()) as library:
        while batch := [file for _, file in zip(range(_BATCH), files, strict=False)]:
            paths = []
            for name, data in batch:
                (place / name).write_bytes(data)
                paths.append(place / name)
            heard: dict[Path, FileOutcome] = {}
            library.ingest(
                paths, report=lambda outcome, heard=heard: heard.update({outcome.path: outcome}),  # type: ignore[misc]
                deadline=deadline, memory=memory, workers=2, copy=False,
            )  # fmt: skip
            for path in paths:
                outcome = heard.get(path)
                if outcome is None:
                    tally.count(path.name, "", "", 0.0)
                else:
                    tally.count(path.name, outcome.outcome, outcome.reason, outcome.seconds)
                if keep is not None and tally.notable and tally.notable[-1][0] == path.name:
                    (keep / path.name).write_bytes(path.read_bytes())
                path.unlink()
            counts = ", ".join(f"{tally.of(kind)} {kind}" for kind in KINDS if tally.of(kind))
            hear(f"{tally.files} files: {counts}")


def main(argv: list[str]) -> int:
    """Print the tables; 0 when every file had its outcome, else 1."""
    from rich.console import Console

    parser = argparse.ArgumentParser(
        prog="python -m eval.bench mutations",
        description=(__doc__ or "").partition("\n")[0],
        epilog="A file's name says how it was made: --only NUMBER makes it again, and ingests it alone.",
    )
    add_data_option(parser)
    parser.add_argument("--files", type=int, default=3_000, metavar="N", help="spoilt files (default: 3000)")
    parser.add_argument("--seed", type=int, default=1, help="of what is spoilt, and how (default: 1)")
    parser.add_argument("--deadline", type=float, default=10.0, metavar="S", help="seconds a file (default: 10)")
    parser.add_argument("--memory", type=int, default=1_024, metavar="MB", help="a file may need (default: 1024)")
    parser.add_argument("--only", type=int, metavar="NUMBER", help="spoil and ingest this one file")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep there what was slow, large, or not foreseen")
    options = parser.parse_args(argv)
    if options.files < 1:
        parser.error("--files counts from 1")
    if options.keep:
        options.keep.mkdir(parents=True, exist_ok=True)
    tally, stopped, began = Tally(), False, time.monotonic()
    with tempfile.TemporaryDirectory(prefix="immunorag-mutations-") as name:
        data = options.data if options.data.is_dir() else None
        if data is None:
            _say(f"no benchmark data at {options.data}; only made papers are spoilt")
        good = good_files(data, Path(name))
        numbers = range(options.files) if options.only is None else [options.only]
        try:
            run(
                (spoilt(number, options.seed, good) for number in numbers), Path(name), tally,
                deadline=options.deadline, memory=options.memory << 20, keep=options.keep, hear=_say,
            )  # fmt: skip
        except KeyboardInterrupt:
            stopped = True
    _print(Console(width=80, highlight=False), tally, time.monotonic() - began)
    if stopped:
        print("stopped by Ctrl-C; the counts are of what was done until then")
        return 130
    met = tally.files == len(numbers) and not tally.of("none")
    print(f"goals {'met' if met else 'MISSED'}")
    return 0 if met else 1


def _print(console: Any, tally: Tally, seconds: float) -> None:
    from rich.table import Table

    table = Table(title=f"{tally.files:,} spoilt files in {seconds:.0f} s", title_justify="left")
    table.add_column("format")
    for kind in KINDS:
        table.add_column(kind, justify="right")
    for form in dict.fromkeys(form for form, _ in tally.kinds):
        table.add_row(form, *(str(tally.kinds[form, kind]) for kind in KINDS))
    table.add_row("all", *(str(tally.of(kind)) for kind in KINDS), style="bold")
    console.print(table)
    reasons = Table(title="Why there was no paper", title_justify="left")
    reasons.add_column("files", justify="right")
    reasons.add_column("reason")
    for reason, count in tally.reasons.most_common(25):
        reasons.add_row(str(count), reason)
    if tally.reasons:
        console.print(reasons)
    slowest = Table(title="The slowest", title_justify="left")
    slowest.add_column("s", justify="right")
    slowest.add_column("file")
    slowest.add_column("outcome")
    for took, name, reason in tally.slowest[:5]:
        slowest.add_row(f"{took:.1f}", name, reason[:60])
    console.print(slowest)
    if tally.notable:
        console.print("to look into:")
    for name, reason in tally.notable[:20]:
        console.print(f"  {name}: {reason}", markup=False)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 * 1024 if sys.platform == "darwin" else 1024)
    console.print(f"peak memory of the process that ingests: {peak:,} MiB")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)

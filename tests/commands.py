"""The `immunorag` command in tests: in this process where that is enough, else as people start it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

COMMAND = (sys.executable, "-c", "import sys, immunorag; sys.exit(immunorag.main())")

NIVOLUMAB = """\
---
title: Nivolumab in melanoma that had been treated before
authors: [Ada Example, Ben Example]
journal: Journal of Made-Up Trials
year: 2019
doi: 10.1000/made.up.1
pmid: 90000001
---

## Methods

We allocated 210 adults with advanced melanoma to nivolumab or to chemotherapy.
Tumour PD-L1 was measured before treatment in every participant.

## Results

The response rate was 31.7% with nivolumab and 10.6% with chemotherapy.
Patients with PD-L1 on at least 5% of tumour cells had a response rate of 43.6% with nivolumab.
Severe adverse events were seen in 9 of 120 patients given nivolumab.

## Conclusions

Nivolumab led to more responses than chemotherapy in melanoma, above all where PD-L1 was expressed.
"""

COLITIS = """\
---
title: Colitis under ipilimumab and the gut microbiome
authors: [Cara Example]
journal: Journal of Made-Up Trials
year: 2021
pmid: 90000002
---

## Results

Colitis developed in 18 of 60 patients treated with ipilimumab.
Patients whose stool was rich in Bacteroidetes before treatment had less colitis than others.
Corticosteroids resolved colitis in 14 of 18 patients.
"""


@dataclass(frozen=True, slots=True)
class Done:
    code: int
    out: str
    err: str


def write_papers(folder: Path) -> Path:
    """A folder of two small papers, made up for these tests."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "nivolumab.md").write_text(NIVOLUMAB, encoding="utf-8")
    (folder / "colitis.md").write_text(COLITIS, encoding="utf-8")
    return folder


def start(arguments: Sequence[str], *, home: Path, stdin: bytes = b"", environ: Mapping[str, str] = {}) -> Done:
    """Run the command as a process of its own, in an empty home."""
    done = subprocess.run(
        [*COMMAND, *arguments], capture_output=True, input=stdin, env=at_home(home, environ), cwd=home, check=False
    )
    return Done(done.returncode, done.stdout.decode(), done.stderr.decode())


def at_home(home: Path, environ: Mapping[str, str] = {}) -> dict[str, str]:
    """The environment of somebody who lives in `home` and has set nothing but `environ`."""
    ours = ("IMMUNORAG_", "XDG_")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {**inherited, "HOME": str(home), **environ}


@contextmanager
def holding(library: Path, name: str = "writer") -> Iterator[int]:
    """Another process that holds a lock of `library`; yields its pid."""
    code = (
        "import sys, time; from pathlib import Path; from ingest.lock import Lock\n"
        f"with Lock(Path({str(library)!r}) / {name!r}, 5.0, print).hold(alone=True):\n"
        "    print('held', flush=True); sys.stdin.read()\n"
    )
    root = Path(__file__).resolve().parent.parent
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=root
    ) as holder:
        assert holder.stdin is not None
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        try:
            yield holder.pid
        finally:
            holder.stdin.close()


class Command:
    """Runs the command in this process, which is quick once the models are loaded."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: str | Path) -> Done:
        from ui.cli import main

        self._capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        out, err = self._capsys.readouterr()
        return Done(code, out, err)

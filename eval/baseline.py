"""The figures that a change must not make worse: a run, question by question, without a word of what was shown.

`eval/baseline.json` is that of the split `dev` of our own questions; it changes in the commit that changes the figures.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from eval.results import Asked, Reply, Result, Run
from eval.runs import RunError, to_json

__all__ = ["read_baseline", "write_baseline"]

_NOT_KEPT = ("seconds",)  # another machine's


def write_baseline(run: Run, file: Path) -> None:
    """Write what `read_baseline` reads, a line a question, in the order of their ids; raises RunError."""
    head = to_json(Run(run.system, run.suite, run.split, (), run.settings, run.versions, run.seed, run.date))
    del head["results"]
    lines = [json.dumps(_row(one), ensure_ascii=False) for one in sorted(run.results, key=lambda one: one.asked.id)]
    text = json.dumps(head, ensure_ascii=False, indent=1)[:-2] + ',\n "questions": [\n' + ",\n".join(lines) + "\n]}\n"
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise RunError(f"{file}: cannot be written ({error.strerror or error}); name another file") from error


def read_baseline(file: Path) -> Run:
    """A run whose questions have no text and whose replies only a confidence; raises RunError."""
    try:
        row = json.loads(file.read_text(encoding="utf-8"))
        results = tuple(_result(one) for one in row.pop("questions"))
        return Run(row.pop("system"), row.pop("suite"), row.pop("split"), results, **row)
    except OSError as error:
        raise RunError(
            f"{file}: cannot be read ({error.strerror or error}); write one with: --update-baseline"
        ) from error
    except (ValueError, KeyError, TypeError) as error:
        raise RunError(f"{file}: is no baseline of immunorag eval ({type(error).__name__}: {error})") from error


def _row(result: Result) -> dict[str, Any]:
    asked = result.asked
    return {
        "id": asked.id,
        "group": asked.group,
        "expected": asked.expected,
        "confidence": result.reply.confidence,
        "values": {name: value for name, value in result.values.items() if name not in _NOT_KEPT},
    }


def _result(row: dict[str, Any]) -> Result:
    asked = Asked(row["id"], "", row["group"], expected=row["expected"])
    return Result(asked, Reply(confidence=row["confidence"]), dict(row["values"]))

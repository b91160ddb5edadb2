"""What is told of an `Evaluation`: Markdown and JSON for a machine or a pull request, HTML for a person.

Each form is one module with one function: `markdown.to_markdown`, `plain.to_json`, `html.to_html`. All of them take an
`Evaluation` and return text, or plain data; `written` puts them into a folder, with the form for a person to judge.
"""

from __future__ import annotations

import json
from pathlib import Path

from eval.judging import form
from eval.report.html import to_html
from eval.report.markdown import to_markdown
from eval.report.plain import to_json
from eval.results import Evaluation
from eval.runs import RunError

__all__ = ["written"]


def written(evaluation: Evaluation, folder: Path) -> list[Path]:
    """Write every form into `folder`, made where it is not there; raises RunError."""
    told = {
        "report.html": to_html(evaluation),
        "report.md": to_markdown(evaluation),
        "report.json": json.dumps(to_json(evaluation), ensure_ascii=False, indent=1) + "\n",
        "judge.csv": form(evaluation.run),
    }
    files = [folder / name for name in told]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file in files:
            file.write_text(told[file.name], encoding="utf-8")
    except OSError as error:
        raise RunError(f"{folder}: cannot be written ({error.strerror or error}); name another folder") from error
    return files

"""How good the answers are: the last report of `immunorag eval`, readable in the page."""

from __future__ import annotations

import shlex
from pathlib import Path

from ui.page.frame import problem_html
from ui.page.markup import Markup

__all__ = ["quality_html"]

_LARGEST = 20 << 20  # bytes


def quality_html(folder: Path) -> str:
    """The report in `folder`, within a frame that can reach neither this page nor anything else; else how to get one.

    Its own policy holds in the frame, and this page's besides; `sandbox` gives it an origin of its own.
    """
    file = folder / "report.html"
    try:
        if file.stat().st_size > _LARGEST:
            return problem_html(f"{file.name} is larger than {_LARGEST >> 20} MB; look at it in a browser of its own")
        report = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        return str(
            Markup(
                '<div class="empty"><p>Nobody has measured yet how good the answers are. To do so takes some minutes, '
                "and needs no network:</p><p><code>{}</code></p></div>"
            ).format(shlex.join(["immunorag", "eval", "--report", str(folder)]))
        )
    except (OSError, UnicodeDecodeError):
        return problem_html("the report cannot be read; write it anew with: immunorag eval --report FOLDER")
    return str(
        Markup(
            '<iframe class="report" title="The last evaluation" sandbox="allow-scripts" srcdoc="{}"></iframe>'
        ).format(report)
    )

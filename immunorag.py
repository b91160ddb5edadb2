"""immunorag answers questions about cancer immunotherapy from papers, with citations that hold.

    from immunorag import Assistant, Library

    with Library.open("my-library") as library:
        library.ingest(["papers"])
        answer = Assistant(library).ask("Does PD-L1 expression predict response to pembrolizumab?")
        for claim in answer.claims:
            print(claim.text, [citation.quote for citation in claim.citations])

Importing this module is cheap; what a name needs is imported when the name is first used.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ingest.errors import ImmunoragError
    from ingest.library import Library
    from ingest.papers import Filters
    from rag.answer import Answer
    from rag.assistant import Assistant

    __version__: str

__all__ = ["Answer", "Assistant", "Filters", "ImmunoragError", "Library", "__version__", "main"]

_HOMES = {
    "Answer": "rag.answer",
    "Assistant": "rag.assistant",
    "Filters": "ingest.papers",
    "ImmunoragError": "ingest.errors",
    "Library": "ingest.library",
}
_API_NEEDS = ("ingest", "prompts", "rag")
_COMMAND_NEEDS = (*_API_NEEDS, "eval", "ui")


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("immunorag")
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    _require_our_own(_API_NEEDS)
    value = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def main() -> int:
    """The `immunorag` command; returns its exit code."""
    try:
        _require_our_own(_COMMAND_NEEDS)
    except ImportError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    from ui.cli import main as command_line

    return command_line()


def _require_our_own(packages: tuple[str, ...]) -> None:
    """Raise ImportError when importing one of `packages` would give another project's: their names are common."""
    home = Path(__file__).resolve().parent
    for package in packages:
        found = _whereabouts(package)
        if found is None:
            raise ImportError(
                f"immunorag's own package {package!r} is missing beside {home / 'immunorag.py'}; "
                "run: pip install --force-reinstall --no-deps immunorag"
            )
        if found != home / package:
            raise ImportError(
                f"another package named {package!r} stands in immunorag's way: {found}; rename it, or take "
                f"{found.parent} off Python's path (PYTHONPATH, the folder you start Python in), or give immunorag "
                "an environment of its own"
            )


def _whereabouts(package: str) -> Path | None:
    """The folder (of a lone module: the file) that `import package` gives; None when there is none."""
    loaded = sys.modules.get(package)
    try:
        spec = loaded.__spec__ if loaded is not None else importlib.util.find_spec(package)
    except (ImportError, ValueError):
        spec = None
    if spec is None:
        file = getattr(loaded, "__file__", None)
        return Path(file).resolve() if file else None
    folders = list(spec.submodule_search_locations or [])
    if folders:
        return Path(folders[0]).resolve()
    return Path(spec.origin).resolve() if spec.origin else None


if __name__ == "__main__":
    sys.exit(main())

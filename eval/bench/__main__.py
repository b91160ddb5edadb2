"""`python -m eval.bench NAME [options]`: run one benchmark; each is a module of this package with a `main(argv)`."""

from __future__ import annotations

import ast
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path

_NO_BENCHMARKS = {"__init__", "__main__", "data"}


def benchmarks() -> dict[str, str]:
    """Name and first line of the docstring of every benchmark, read without importing any."""
    found: dict[str, str] = {}
    for path in sorted(Path(__file__).parent.glob("*.py")):
        if path.stem in _NO_BENCHMARKS or path.stem.startswith("_"):
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if any(isinstance(node, ast.FunctionDef) and node.name == "main" for node in tree.body):
            found[path.stem] = (ast.get_docstring(tree) or "").partition("\n")[0]
    return found


def usage() -> str:
    known = benchmarks()
    width = max(map(len, known), default=0)
    lines = [f"  {name.ljust(width)}  {first}" for name, first in known.items()]
    return "\n".join(
        ["usage: python -m eval.bench NAME [options]", "", "benchmarks:", *lines, "", "NAME --help shows its options."]
    )


def main(argv: Sequence[str]) -> int:
    """Run the benchmark that `argv` names; 0 when it ran and met its goals, 1 when not, 2 for wrong usage."""
    if not argv or argv[0] in ("-h", "--help"):
        print(usage())
        return 0 if argv else 2
    name, *rest = argv
    if name not in benchmarks():
        print(f"no benchmark is called {name!r}\n\n{usage()}", file=sys.stderr)
        return 2
    try:
        return int(importlib.import_module(f"eval.bench.{name}").main(rest))
    except FileNotFoundError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

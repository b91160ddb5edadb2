"""The house: a package imports only what is below it, and every heavy package has its home."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

FLOORS = {"ingest": 0, "prompts": 1, "rag": 2, "eval": 3, "ui": 4, "immunorag": 5}

# Where each heavy package may be imported; what is imported for type checking alone costs nothing and is free.
HOMES = {
    "PIL": ("ingest/readers/pdf_page.py",),
    "ahocorasick": ("ingest/vocabulary/matching.py",),
    "bibtexparser": ("ingest/readers/bibtex.py",),
    "chromadb": ("ingest/vectors.py", "eval/bench/*.py"),
    "fastapi": ("ui/page/server.py",),
    "gradio": ("ui/app.py", "ui/page/*.py"),
    "httpx": ("ingest/server.py", "ingest/sources/http.py", "ingest/vectors.py"),
    "ir_measures": ("eval/measures.py",),
    "jinja2": ("eval/report/html.py",),
    "langchain": ("rag/chain.py", "rag/models.py"),
    "langchain_chroma": ("eval/tutorial.py",),
    "langchain_core": ("rag/*.py",),
    "langchain_huggingface": ("eval/tutorial.py",),
    "langchain_text_splitters": ("eval/tutorial.py",),
    "langsmith": ("rag/assistant.py", "rag/batch.py"),
    "lxml": ("ingest/readers/*.py", "eval/bench/*.py"),
    "pylatexenc": ("ingest/readers/latex.py",),
    "pypdf": ("eval/tutorial.py", "eval/bench/*.py"),
    "pypdfium2": ("ingest/readers/pdf*.py", "eval/bench/*.py"),
    "rich": ("ui/*.py", "eval/bench/*.py"),
    "sentence_transformers": ("ingest/embedding.py",),
    "sentencex": ("ingest/sentences.py",),
    "sqlite3": ("ingest/database.py",),
    "tantivy": ("ingest/words.py",),
    "tokenizers": ("ingest/embedding.py",),
    "torch": ("ingest/embedding.py", "rag/local_model.py"),
    "transformers": ("ingest/embedding.py", "rag/local_model.py"),
    "typer": ("ui/cli/*.py",),
    "uvicorn": ("ui/page/server.py",),
}

# What `immunorag --help` must not pay for.
DEAR = (
    "ahocorasick",
    "chromadb",
    "fastapi",
    "gradio",
    "httpx",
    "langchain",
    "langchain_core",
    "langgraph",
    "lxml",
    "numpy",
    "onnxruntime",
    "pypdf",
    "pypdfium2",
    "sentence_transformers",
    "tantivy",
    "torch",
    "transformers",
    "uvicorn",
)


def modules() -> Iterator[Path]:
    yield ROOT / "immunorag.py"
    for floor in FLOORS:
        yield from sorted((ROOT / floor).rglob("*.py"))


def imported(source: str, module: Path, *, for_typing: bool = True) -> set[str]:
    """The full names that a module imports, at its top and within functions; relative imports are resolved.

    `module` is its path from the root; `for_typing` takes in what only stands under `if TYPE_CHECKING:`.
    """
    found: set[str] = set()
    todo: list[ast.AST] = [ast.parse(source)]
    while todo:
        node = todo.pop()
        match node:
            case ast.Import(names=names):
                found.update(alias.name for alias in names)
            case ast.ImportFrom(module=name, names=names, level=level):
                package = list(module.parent.parts)
                package = package[: len(package) - level + 1] if level else []
                base = ".".join([*package, *([name] if name else [])])
                found.update(f"{base}.{alias.name}".lstrip(".") for alias in names)
            case ast.Call(
                func=ast.Name(id="__import__" | "import_module") | ast.Attribute(attr="import_module"),
                args=[ast.Constant(value=str(name)), *_],
            ):
                found.add(name)
            case ast.If(test=ast.Name(id="TYPE_CHECKING")) if not for_typing:
                todo.extend(node.orelse)
                continue
        todo.extend(ast.iter_child_nodes(node))
    return found


def upward(source: str, module: Path) -> list[str]:
    """The imports of a module that lead to a floor above its own."""
    own = FLOORS[module.parts[0].removesuffix(".py")]
    return sorted(name for name in imported(source, module) if FLOORS.get(name.partition(".")[0], -1) > own)


def homeless(source: str, module: Path) -> list[str]:
    """The heavy packages that a module imports though it is not their home."""
    names = {name.partition(".")[0] for name in imported(source, module, for_typing=False)}
    return sorted(
        name for name in names if name in HOMES and not any(fnmatch(module.as_posix(), home) for home in HOMES[name])
    )


def test_no_floor_imports_upward() -> None:
    found = {
        path.relative_to(ROOT).as_posix(): names
        for path in modules()
        if (names := upward(path.read_text(encoding="utf-8"), path.relative_to(ROOT)))
    }
    assert found == {}


def test_heavy_packages_are_imported_in_their_homes_only() -> None:
    found = {
        path.relative_to(ROOT).as_posix(): names
        for path in modules()
        if (names := homeless(path.read_text(encoding="utf-8"), path.relative_to(ROOT)))
    }
    assert found == {}


def test_every_floor_was_looked_at() -> None:
    looked_at = {path.relative_to(ROOT).parts[0].removesuffix(".py") for path in modules()}
    assert looked_at == set(FLOORS)
    assert {path.name for path in ROOT.glob("*.py")} == {"immunorag.py"}


def test_the_nouns_need_the_standard_library_only() -> None:
    source = (ROOT / "ingest" / "papers.py").read_text(encoding="utf-8")
    packages = {name.partition(".")[0] for name in imported(source, Path("ingest/papers.py"))}
    assert packages <= sys.stdlib_module_names


@pytest.mark.parametrize(
    ("source", "module", "expected"),
    [
        ("import ui.cli", "rag/chain.py", ["ui.cli"]),
        ("def late():\n    from eval import measures", "rag/chain.py", ["eval.measures"]),
        ("from ..rag import answer", "ingest/library.py", ["rag.answer"]),
        ("from ... import ui", "ingest/readers/pdf.py", ["ui"]),
        ("import importlib\nimportlib.import_module('rag.answer')", "ingest/library.py", ["rag.answer"]),
        ("if TYPE_CHECKING:\n    from rag.answer import Answer", "prompts/__init__.py", ["rag.answer.Answer"]),
        ("import immunorag", "ui/cli/ask.py", ["immunorag"]),
        ("from . import papers\nfrom ingest import papers", "ingest/library.py", []),
        ("from rag import answer\nimport evaluate", "ui/rendering.py", []),
    ],
)
def test_upward_imports_are_seen_however_they_are_written(source: str, module: str, expected: list[str]) -> None:
    assert upward(source, Path(module)) == expected


def test_homeless_imports_are_seen_unless_they_are_for_typing_only() -> None:
    source = (
        "if TYPE_CHECKING:\n    import torch\nelse:\n    import tantivy\n\ndef late():\n    import chromadb.config\n"
    )
    assert homeless(source, Path("ingest/library.py")) == ["chromadb", "tantivy"]
    assert homeless(source, Path("ingest/vectors.py")) == ["tantivy"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        *([command, "--help"] for command in ("ask", "ingest", "fetch", "papers", "eval", "ui")),
    ],
)
def test_help_pays_for_nothing_heavy(arguments: list[str]) -> None:
    code = (
        "import sys, immunorag\n"
        f"sys.argv = ['immunorag', *{arguments!r}]\n"
        "assert immunorag.main() == 0\n"
        "sys.stderr.write(' '.join(sorted({name.partition('.')[0] for name in sys.modules})))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("Usage: immunorag")
    assert sorted(set(done.stderr.split()) & set(DEAR)) == []

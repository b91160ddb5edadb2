"""`import immunorag` is light, says what it offers, and does not mistake another project's packages for ours."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

import immunorag

ROOT = Path(__file__).resolve().parent.parent


def python(code: str, *path: Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run `code` in a fresh interpreter with `path` before everything else that it imports from."""
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, path))}
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environ, cwd=cwd)


def test_all_names_what_is_there_and_nothing_else() -> None:
    assert immunorag.__all__ == [
        "Answer",
        "Assistant",
        "Filters",
        "ImmunoragError",
        "Library",
        "__version__",
        "main",
    ]
    for name in immunorag.__all__:
        assert getattr(immunorag, name) is not None
        assert name in dir(immunorag)


def test_names_are_the_very_classes_of_their_homes() -> None:
    from ingest.errors import ImmunoragError
    from ingest.library import Library
    from ingest.papers import Filters
    from rag.answer import Answer
    from rag.assistant import Assistant

    assert immunorag.ImmunoragError is ImmunoragError
    assert immunorag.Library is Library
    assert immunorag.Filters is Filters
    assert immunorag.Answer is Answer
    assert immunorag.Assistant is Assistant


def test_version_is_that_of_the_installed_distribution() -> None:
    assert immunorag.__version__ == version("immunorag")


def test_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Libary'"):
        immunorag.Libary  # noqa: B018


def test_import_is_light(tmp_path: Path) -> None:
    code = "import sys, immunorag; print(sorted({'ingest', 'rag', 'ui', 'eval', 'numpy', 'rich'} & set(sys.modules)))"
    done = python(code, ROOT, cwd=tmp_path)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("package", ["ingest", "rag", "prompts"])
def test_foreign_package_in_our_way_is_named_with_its_place(package: str, tmp_path: Path) -> None:
    foreign = tmp_path / "other project" / package
    foreign.mkdir(parents=True)
    (foreign / "__init__.py").write_text("raise RuntimeError('imported')\n", encoding="utf-8")
    done = python("from immunorag import Library", foreign.parent, ROOT, cwd=tmp_path)
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith(f"ImportError: another package named {package!r} stands in immunorag's way: {foreign}; ")
    assert "PYTHONPATH" in last


def test_foreign_module_without_a_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "rag.py").write_text("", encoding="utf-8")
    done = python("import immunorag; immunorag.Assistant", tmp_path, ROOT, cwd=tmp_path)
    assert f"another package named 'rag' stands in immunorag's way: {tmp_path / 'rag.py'}; " in done.stderr


def test_foreign_package_that_is_already_imported_is_named(tmp_path: Path) -> None:
    foreign = tmp_path / "rag"
    foreign.mkdir()
    (foreign / "__init__.py").write_text("", encoding="utf-8")
    code = f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import rag; sys.path.pop(0); import immunorag"
    done = python(f"{code}; immunorag.Answer", ROOT, cwd=tmp_path.parent)
    assert f"stands in immunorag's way: {foreign}; " in done.stderr


def test_foreign_package_that_is_not_needed_is_no_obstacle_to_the_api(tmp_path: Path) -> None:
    (tmp_path / "eval").mkdir()
    (tmp_path / "eval" / "__init__.py").write_text("", encoding="utf-8")
    done = python("from immunorag import Filters; print(Filters())", tmp_path, ROOT, cwd=tmp_path)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("package", ["ui", "eval"])
def test_command_says_in_one_line_what_stands_in_its_way(package: str, tmp_path: Path) -> None:
    (tmp_path / package).mkdir()
    (tmp_path / package / "__init__.py").write_text("", encoding="utf-8")
    done = python("import sys, immunorag; sys.exit(immunorag.main())", tmp_path, ROOT, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith(f"error: another package named {package!r} stands in immunorag's way: {tmp_path}")
    assert done.stderr.count("\n") == 1

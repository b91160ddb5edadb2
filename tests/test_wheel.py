"""What is installed is all that is needed: built once from a copy of the tree, looked into, used outside of it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built away from the tree, which stays clean (and other tests may build theirs at the same time)."""
    folder = tmp_path_factory.mktemp("wheel")
    ignored = shutil.ignore_patterns(".*", "build", "dist", "*.egg-info", "__pycache__", "tests")
    shutil.copytree(ROOT, folder / "tree", ignore=ignored)
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "."]
    done = subprocess.run([*command, "--wheel-dir", folder], cwd=folder / "tree", capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return next(folder.glob("immunorag-*.whl"))


def test_wheel_carries_every_module_and_data_file(wheel: Path) -> None:
    packages = ("ingest", "prompts", "rag", "eval", "ui")
    data = (".py", ".txt", ".json", ".jsonl", ".toml", ".md", ".tsv", ".npz", ".css", ".js", ".typed")
    expected = {
        path.relative_to(ROOT).as_posix()
        for package in packages
        for path in (ROOT / package).rglob("*")
        if path.suffix in data or path.name == "py.typed"
    }
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert names == expected | {"immunorag.py"}
    assert {f"{package}/py.typed" for package in packages} <= names
    assert {"ui/answer.schema.json", "prompts/answer.txt", "ingest/starter/keynote-024.md"} <= names


def test_wheel_names_its_licence_and_its_command(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        info = next(name for name in archive.namelist() if name.endswith("/METADATA")).rpartition("/")[0]
        metadata = archive.read(f"{info}/METADATA").decode()
        assert "License-Expression: Apache-2.0" in metadata
        assert f"{info}/licenses/LICENSE" in archive.namelist()
        assert "immunorag = immunorag:main" in archive.read(f"{info}/entry_points.txt").decode()


def test_installed_wheel_answers_outside_the_repository(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    code = (
        "import sys, immunorag, ingest.starter\n"
        f"assert immunorag.__file__.startswith({str(site)!r}), immunorag.__file__\n"
        f"assert ingest.starter.__file__.startswith({str(site)!r})\n"
        "assert len(ingest.starter.papers()) >= 12\n"
        "sys.exit(immunorag.main())\n"
    )
    environ = {**os.environ, "PYTHONPATH": str(site), "HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "data")}
    done = subprocess.run(
        [sys.executable, "-c", code, "demo"], cwd=tmp_path, env=environ, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "immunorag digest of" in done.stdout


def needed() -> set[str]:
    """The names of all distributions that immunorag and its `dev` extra need on this machine, directly or not."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    todo = [Requirement(line) for line in (*project["dependencies"], *extras["dev"])]
    seen: set[tuple[str, frozenset[str]]] = set()
    while todo:
        requirement = todo.pop()
        name, chosen = canonicalize_name(requirement.name), frozenset(requirement.extras)
        if (name, chosen) in seen:
            continue
        seen.add((name, chosen))
        if name == "immunorag":
            todo += [Requirement(line) for extra in chosen for line in extras[extra]]
            continue
        for line in requires(name) or []:
            inner = Requirement(line)
            if inner.marker is None or any(inner.marker.evaluate({"extra": extra}) for extra in (*chosen, "")):
                todo.append(inner)
    return {name for name, _ in seen} - {"immunorag"}


def test_constraints_pin_every_dependency_once_to_what_can_be_had_anywhere() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    names = [pin.partition("==")[0] for pin in pins]
    assert "torch==2.13.0" in pins
    assert len(names) == len(set(names))
    assert all("==" in pin and "+" not in pin and "/" not in pin and "@" not in pin for pin in pins)
    of_a_gpu_build = {name for name in needed() if name == "triton" or name.startswith(("cuda-", "nvidia-"))}
    assert sorted(needed() - set(names) - of_a_gpu_build) == []

"""Every example of the README is run, in its order, in one folder, as its reader would run it.

```console blocks hold commands behind `$ `; what follows a command is what it prints, where a line `…` stands for any
lines and `…` within a line for any text. ```python blocks are run as scripts. ```sh blocks are for setting up, which is
what `make` does; they may hold nothing else.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from commands import at_home, write_papers

README = Path(__file__).resolve().parent.parent / "README.md"
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SETTING_UP = ("git clone ", "cd immunorag", "make ", "python3.11 -m venv ", ". .venv/", "pip install ")


def blocks(*kinds: str) -> Iterator[tuple[str, str]]:
    for match in _BLOCK.finditer(README.read_text(encoding="utf-8")):
        if match[1] in kinds:
            yield match[1], match[2]


def sessions(block: str) -> Iterator[tuple[str, str]]:
    """The commands of a ```console block, each with what it is said to print."""
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        yield command, output


def pattern(output: str) -> re.Pattern[str]:
    """What an example says it prints, as a pattern to find in what it does print."""
    lines = (".*".join(map(re.escape, line.split("…"))) for line in output.splitlines())
    return re.compile("".join(r"(?:.*\n)*?" if line == ".*" else line + r"\n" for line in lines))


def test_every_example_runs_and_prints_what_the_readme_says(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    write_papers(home / "papers")
    tools = Path(sys.executable).parent
    environ = at_home(home, {"PATH": f"{tools}{os.pathsep}{os.environ['PATH']}", "COLUMNS": "80"})
    for kind, block in blocks("console", "python"):
        examples = sessions(block) if kind == "console" else [(f"{sys.executable} example.py", "")]
        (home / "example.py").write_text(block if kind == "python" else "", encoding="utf-8")
        for command, output in examples:
            done = subprocess.run(["bash", "-c", command], cwd=home, env=environ, capture_output=True, text=True)
            assert done.returncode == 0, f"{command}\n{done.stderr}"
            if output:
                assert pattern(output).search(done.stdout), f"{command}\n{done.stdout}"


def test_other_blocks_only_set_up() -> None:
    commands = [line for _, block in blocks("sh") for line in block.splitlines()]
    assert commands
    assert [line for line in commands if not line.startswith(_SETTING_UP)] == []
    assert {kind for kind, _ in blocks(r"console", "python", "sh")} == {"console", "python", "sh"}
    fences = re.findall(r"^```(\w+)", README.read_text(encoding="utf-8"), re.MULTILINE)
    assert set(fences) <= {"console", "python", "sh", "text", "json", "toml"}


@pytest.mark.parametrize(
    ("output", "printed", "fits"),
    [
        ("a\nb\n", "x\na\nb\n", True),
        ("a\nb\n", "a\nc\n", False),
        ("a\n…\nd\n", "a\nb\nc\nd\n", True),
        ("a … (x)\n", "a lot of (x)\n", True),
        ("a.c\n", "abc\n", False),
    ],
)
def test_what_an_example_prints_is_compared(output: str, printed: str, fits: bool) -> None:
    assert bool(pattern(output).search(printed)) is fits

"""Floor 1: what the LLM is told. One plain file a prompt; `fill` puts the slots in."""

from __future__ import annotations

from importlib.resources import files
from string import Formatter

__all__ = ["all_prompts", "fill"]


def fill(name: str, **slots: str) -> str:
    """Return the prompt `name` with its `{slots}` filled; braces within the values stay as they are.

    Raises KeyError for an unknown prompt, ValueError when a slot is missing or not asked for.
    """
    resource = files(__name__) / f"{name}.txt"
    if not resource.is_file():
        raise KeyError(f"no prompt is called {name}")
    template = resource.read_text(encoding="utf-8")
    wanted = {field for _, field, _, _ in Formatter().parse(template) if field}
    if wanted != slots.keys():
        missing, extra = sorted(wanted - slots.keys()), sorted(slots.keys() - wanted)
        raise ValueError(f"prompt {name}: missing slots {missing}, slots it does not have {extra}")
    return template.format(**slots)


def all_prompts() -> list[tuple[str, str]]:
    """Every prompt by its name, unfilled."""
    found = [entry for entry in files(__name__).iterdir() if entry.name.endswith(".txt")]
    ordered = sorted(found, key=lambda entry: entry.name)
    return [(entry.name.removesuffix(".txt"), entry.read_text(encoding="utf-8")) for entry in ordered]

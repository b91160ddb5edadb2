"""The `---` block on top of a Markdown file: `key: value` lines and lists, read leniently and without a YAML engine.

A title may hold ": " unquoted, which YAML forbids; nothing here can make objects or grow without end.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["Value", "split_front_matter"]

Value = str | tuple[str, ...]

_OPENING = re.compile(r"---[ \t]*\n")
_CLOSING = re.compile(r"^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.M)
_KEY = re.compile(r"([A-Za-z_][\w-]{0,40})[ \t]*:(?:[ \t]+(.*)|[ \t]*)$")
_ITEM = re.compile(r"[ \t]*-[ \t]+(.*)$")


def split_front_matter(text: str) -> tuple[Mapping[str, Value], str]:
    """The fields of the block, keys in lower case, and what follows it; no fields where there is no such block."""
    opening = _OPENING.match(text)
    closing = _CLOSING.search(text, opening.end()) if opening else None
    if not opening or not closing:
        return {}, text
    fields: dict[str, list[str]] = {}
    listed: set[str] = set()
    key = ""
    for line in text[opening.end() : closing.start()].split("\n"):
        named = _KEY.match(line)
        item = _ITEM.match(line)
        if named:
            key = named[1].lower().replace("-", "_")
            fields[key] = [value] if (value := (named[2] or "").strip()) and value not in ("|", ">", "|-", ">-") else []
        elif key and item:
            listed.add(key)
            fields[key].append(item[1].strip())
        elif key and line[:1].isspace() and line.strip():
            fields[key].append(line.strip())
        elif line.strip() and not line.lstrip().startswith("#"):
            return {}, text  # a rule and prose, no front matter
    return {name: _value(lines, name in listed) for name, lines in fields.items()}, text[closing.end() :]


def _value(lines: list[str], listed: bool) -> Value:
    if listed:
        return tuple(filter(None, map(_unquoted, lines)))
    value = " ".join(lines)
    if value.startswith("[") and value.endswith("]"):
        parts = re.findall(r"\s*(\"[^\"]*\"|'[^']*'|[^,]+)", value[1:-1])
        return tuple(filter(None, map(_unquoted, parts)))
    return _unquoted(value)


def _unquoted(value: str) -> str:
    value = value.strip()
    return value[1:-1].strip() if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value

"""Runs and replies as JSON: what is read back equals what was written.

A field that has its default is left out, so that a line says only what there is to say. What a person or another system
wrote is read here too (`docs/evaluation.md` documents it), so a line that makes no sense is named.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import MISSING, Field, fields
from pathlib import Path
from typing import IO, Any, TypeVar

from eval.questions import KeyFact
from eval.results import Asked, Cited, Found, LeftOut, Reply, Result, Run, Sentence
from ingest.errors import ImmunoragError

__all__ = [
    "RunError",
    "objects",
    "read_run",
    "reply_from_json",
    "run_from_json",
    "to_json",
    "write_run",
]

Item = TypeVar("Item")


class RunError(ImmunoragError):
    """A file of answers, or of a run, that is not what it should be; the message names file and line."""


def to_json(noun: Any) -> Any:
    """A noun of `eval.results` as plain data, without the fields that have their default."""
    if isinstance(noun, tuple):
        return [to_json(item) for item in noun]
    if isinstance(noun, Mapping):
        return {name: to_json(value) for name, value in noun.items()}
    if not hasattr(noun, "__dataclass_fields__"):
        return noun
    told = ((one.name, getattr(noun, one.name), _default(one)) for one in fields(noun))
    return {name: to_json(value) for name, value, default in told if value != default}


def run_from_json(row: Mapping[str, Any]) -> Run:
    """The run that `to_json` made plain."""
    return Run(
        system=row["system"],
        suite=row["suite"],
        split=row["split"],
        results=_each(row["results"], _result),
        settings=row.get("settings", {}),
        versions=row.get("versions", {}),
        seed=row.get("seed", 0),
        date=row.get("date", ""),
        titles=row.get("titles", {}),
    )


def reply_from_json(row: Mapping[str, Any]) -> Reply:
    """A reply as `to_json` made it plain, or as another system gives it; raises KeyError, TypeError or ValueError."""
    tokens = row.get("tokens")
    return Reply(
        sentences=_each(row.get("sentences", ()), _sentence),
        found=_each(row.get("found", ()), lambda one: Found(_text(one["paper"]), _text(one.get("text", "")))),
        confidence=_number(row.get("confidence")),
        left_out=_each(
            row.get("left_out", ()), lambda one: LeftOut(_text(one["text"]), _texts(one.get("reasons", ())))
        ),
        seconds=_number(row.get("seconds")),
        tokens=None if tokens is None else (int(tokens[0]), int(tokens[1])),
        failure=_text(row.get("failure", "")),
    )


def objects(file: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The objects of a file of JSON lines, each with where it stands ("FILE, line 3"); raises RunError."""
    try:
        lines = file.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise RunError(
            f"{file}: cannot be read ({getattr(error, 'strerror', None) or error}); check the name"
        ) from error
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        where = f"{file}, line {number}"
        try:
            row = json.loads(line)
        except ValueError as error:
            raise RunError(f"{where}: is no JSON ({error})") from error
        if not isinstance(row, dict):
            raise RunError(f"{where}: is no JSON object")
        yield where, row


def write_run(run: Run, file: IO[str]) -> None:
    """Write `run` as one JSON object, a line a result."""
    head = to_json(run)
    results = head.pop("results")
    file.write(json.dumps(head, ensure_ascii=False)[:-1] + ', "results": [\n')
    file.write(",\n".join(json.dumps(result, ensure_ascii=False) for result in results) + "\n]}\n")


def read_run(file: Path) -> Run:
    """The run that `write_run` wrote; raises RunError."""
    try:
        return run_from_json(json.loads(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise RunError(f"{file}: cannot be read ({error.strerror or error}); check the name") from error
    except (ValueError, KeyError, TypeError) as error:
        raise RunError(f"{file}: holds no run of immunorag eval ({type(error).__name__}: {error})") from error


def _result(row: Mapping[str, Any]) -> Result:
    return Result(
        asked=_asked(row["asked"]),
        reply=reply_from_json(row.get("reply", {})),
        values=row["values"],
        problems=_each(row.get("problems", ()), _texts),
        told=tuple(row.get("told", ())),
    )


def _asked(row: Mapping[str, Any]) -> Asked:
    plain: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
    plain["facts"] = _each(row.get("facts", ()), _fact)
    plain["items"] = _each(row.get("items", ()), _texts)
    return Asked(**plain)


def _fact(row: Mapping[str, Any]) -> KeyFact:
    return KeyFact(**{**row, "texts": tuple(row.get("texts", ()))})


def _sentence(row: Mapping[str, Any]) -> Sentence:
    text = _text(row["text"])
    return Sentence(text, _each(row.get("citations", ()), lambda one: Cited(_text(one["paper"]), _text(one["quote"]))))


def _left_out(row: Mapping[str, Any]) -> LeftOut:
    return LeftOut(_text(row["text"]), _texts(row.get("reasons", ())))


def _each(rows: Iterable[Any], read: Callable[[Any], Item]) -> tuple[Item, ...]:
    return tuple(read(row) for row in rows)


def _texts(row: Iterable[Any]) -> tuple[str, ...]:
    return tuple(map(_text, row))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value


def _number(value: Any) -> float | None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
        raise TypeError(f"{value!r} is no number")
    return value


def _default(one: Field[Any]) -> Any:
    if one.default_factory is not MISSING:
        return one.default_factory()
    return one.default

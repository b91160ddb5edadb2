"""Files of questions and of their answers: read row by row, and gone on with where a run was cut off."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.errors import ImmunoragError

__all__ = ["Row", "UnusableFile", "done_already", "read_questions"]

_LONGEST_FIELD = 1 << 20


class UnusableFile(ImmunoragError):
    """A file of questions or answers that cannot be used; the message names it and the reason."""


@dataclass(frozen=True, slots=True)
class Row:
    """A question, or why the row holds none (`error`); `id` is as given, else the row's number from 1."""

    id: str
    question: str
    error: str = ""


def read_questions(path: Path) -> list[Row]:
    """The rows of a file of questions: CSV with a column `question`, where its name ends in .csv, else JSON lines.

    A line is an object with `question`, or a string; `id` is taken where there is one. Raises UnusableFile.
    """
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            if path.suffix.lower() == ".csv":
                return list(_from_csv(path, file))
            return list(_from_jsonl(file))
    except OSError as error:
        raise UnusableFile(f"{path}: cannot be read ({error.strerror or error}); check the name") from error
    except csv.Error as error:
        raise UnusableFile(f"{path}: is no CSV that can be read ({error}); save it as CSV with commas") from error


def done_already(path: Path, rows: Sequence[Row]) -> int:
    """How many of `rows` the file of answers holds already; what a killed run left of a line is cut off.

    Raises UnusableFile where it holds answers to other questions.
    """
    if not path.exists():
        return 0
    done = end = 0
    with path.open("rb+") as file:
        for line in file:
            answer = _parsed(line)
            if not line.endswith(b"\n") or not isinstance(answer, dict):
                break
            if done >= len(rows) or (answer.get("id"), answer.get("question")) != (rows[done].id, rows[done].question):
                raise UnusableFile(f"{path}: holds answers to other questions; name a new file, or delete it")
            done, end = done + 1, end + len(line)
        file.truncate(end)
    return done


def _from_csv(path: Path, file: Iterator[str]) -> Iterator[Row]:
    csv.field_size_limit(_LONGEST_FIELD)
    reader = csv.DictReader(file)
    names = {(name or "").strip().lower(): name for name in reader.fieldnames or ()}
    if "question" not in names:
        raise UnusableFile(f"{path}: has no column named question; name one so in its first line")
    for number, row in enumerate(reader, 1):
        yield _row(number, row.get(names["question"]), row.get(names.get("id", "")))


def _from_jsonl(file: Iterator[str]) -> Iterator[Row]:
    number = 0
    for line in file:
        if not line.strip():
            continue
        number += 1
        found = _parsed(line.encode())
        if isinstance(found, dict):
            yield _row(number, found.get("question"), found.get("id"))
        elif isinstance(found, str):
            yield _row(number, found, None)
        else:
            yield Row(str(number), "", "is no JSON object with a question")


def _row(number: int, question: Any, given: Any) -> Row:
    name = str(given).strip() if given not in (None, "") else str(number)
    if not isinstance(question, str) or not question.strip():
        return Row(name, "", "holds no question")
    return Row(name, question.strip())


def _parsed(line: bytes) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None

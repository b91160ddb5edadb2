"""Sentences for a person to judge: a form that is filled in with any spreadsheet, and read back into the report.

What rules can check, rules check; whether a sentence says what its quote says is for a person. One hundred sentences
are drawn by the seed of the run. In the column `supported`, `yes` is a sentence that its quotes support in full, `no`
any other; a row left empty is not judged.
"""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path
from random import Random

from eval.results import Judged, Result, Run
from eval.runs import RunError

__all__ = ["COLUMNS", "form", "read_form", "sampled"]

COLUMNS = ("question id", "number", "question", "sentence", "quotes", "supported", "note")
_SENTENCES = 100
_FORMULA = ("=", "+", "-", "@", "\t")  # a spreadsheet would compute what begins so
_Z = 1.959964


def sampled(run: Run) -> list[tuple[Result, int]]:
    """The sentences drawn, each by its question and its number there, from 0; in the order of the questions."""
    shown = [(result, number) for result in run.results for number in range(len(result.reply.sentences))]
    drawn = sorted(Random(run.seed).sample(range(len(shown)), min(_SENTENCES, len(shown))))  # noqa: S311 (no secrets)
    return [shown[place] for place in drawn]


def form(run: Run) -> str:
    """The form as CSV: a row a sentence, in the order of the questions."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(COLUMNS)
    for result, number in sampled(run):
        sentence = result.reply.sentences[number]
        quotes = "\n".join(f"{one.paper}: {one.quote}" for one in sentence.citations)
        told = (result.asked.id, str(number + 1), result.asked.text, sentence.text, quotes, "", "")
        rows.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in told])
    return text.getvalue()


def read_form(file: Path, run: Run) -> Judged:
    """What a person filled in, of the sentences that `run` shows; raises RunError.

    The interval is Wilson's (JASA 22 (1927), doi:10.1080/01621459.1927.10502953), each sentence counting by itself.
    """
    shown = {
        (result.asked.id, str(number)): sentence.text
        for result in run.results
        for number, sentence in enumerate(result.reply.sentences, start=1)
    }
    verdicts: dict[tuple[str, str], bool] = {}
    doubted = []
    for line, row in enumerate(_rows(file), start=2):
        key, said = (row["question id"], row["number"]), row["supported"].strip().lower()
        if not said:
            continue
        if said not in ("yes", "no"):
            raise RunError(f"{file}, line {line}: supported is {said!r}; write yes or no, or leave it empty")
        if shown.get(key) != row["sentence"].removeprefix("'") and shown.get(key) != row["sentence"]:
            raise RunError(f"{file}, line {line}: judges a sentence that this run does not show; judge its own form")
        verdicts[key] = said == "yes"
        if said == "no":
            doubted.append((key[0], shown[key], row.get("note") or ""))
    if not verdicts:
        raise RunError(f"{file}: no row is judged; write yes or no in the column supported")
    low, high = _wilson(sum(verdicts.values()), len(verdicts))
    return Judged(len(verdicts), sum(verdicts.values()), low, high, tuple(doubted))


def _rows(file: Path) -> list[dict[str, str]]:
    try:
        with file.open(encoding="utf-8-sig", newline="") as opened:
            reader = csv.DictReader(opened)
            rows = [{name: value or "" for name, value in row.items() if name} for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = getattr(error, "strerror", None) or error
        raise RunError(f"{file}: cannot be read ({reason}); save the form as CSV in UTF-8") from error
    if missing := set(COLUMNS) - set(reader.fieldnames or ()):
        raise RunError(f"{file}: has no column {sorted(missing)[0]!r}; it has to be the form of immunorag eval")
    return rows


def _wilson(right: int, n: int) -> tuple[float, float]:
    share, square = right / n, _Z * _Z
    middle = (share + square / (2 * n)) / (1 + square / n)
    half = _Z / (1 + square / n) * math.sqrt(share * (1 - share) / n + square / (4 * n * n))
    return max(middle - half, 0.0), min(middle + half, 1.0)

"""A form goes to a person and comes back."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from eval.judging import COLUMNS, form, read_form
from eval.results import Asked, Cited, Reply, Result, Run, Sentence
from eval.runs import RunError


def run(*texts: str) -> Run:
    sentences = tuple(Sentence(text, (Cited("pmid:1", f"Quote of {text}"),)) for text in texts)
    return Run("immunorag", "own", "dev", (Result(Asked("q-1", "Does it work?", "g"), Reply(sentences), {}),))


def filled(folder: Path, text: str, *verdicts: str) -> Path:
    rows = list(csv.DictReader(io.StringIO(text)))
    for row, verdict in zip(rows, verdicts, strict=True):
        row["supported"], row["note"] = verdict, f"note on {row['number']}"
    file = folder / "judged.csv"
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return file


def test_what_a_person_says_is_read_back(tmp_path: Path) -> None:
    shown = run("It works.", "It is cheap.", "It is old.", "It is safe.")
    judged = read_form(filled(tmp_path, form(shown), "yes", "No", "", "yes"), shown)
    assert (judged.n, judged.supported) == (3, 2)
    assert judged.doubted == (("q-1", "It is cheap.", "note on 2"),)
    # Wilson for 2 of 3 at 95 %: 0.2077 to 0.9385.
    assert (judged.low, judged.high) == (pytest.approx(0.2077, abs=1e-4), pytest.approx(0.9385, abs=1e-4))


def test_a_hundred_sentences_are_drawn_and_the_same_again(tmp_path: Path) -> None:
    shown = run(*(f"Sentence {number}." for number in range(150)))
    assert len(list(csv.DictReader(io.StringIO(form(shown))))) == 100
    assert form(shown) == form(shown)


def test_a_sentence_is_no_formula_to_a_spreadsheet(tmp_path: Path) -> None:
    shown = run("=1+1 is two.")
    (row,) = csv.DictReader(io.StringIO(form(shown)))
    assert row["sentence"] == "'=1+1 is two."
    assert read_form(filled(tmp_path, form(shown), "yes"), shown).supported == 1


@pytest.mark.parametrize(
    ("verdicts", "message"), [(("perhaps",), "line 2: supported is 'perhaps'"), (("",), "no row is judged")]
)
def test_what_is_no_verdict_is_named(tmp_path: Path, verdicts: tuple[str, ...], message: str) -> None:
    with pytest.raises(RunError, match=message):
        read_form(filled(tmp_path, form(run("It works.")), *verdicts), run("It works."))


def test_a_form_of_another_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="line 2: judges a sentence that this run does not show"):
        read_form(filled(tmp_path, form(run("It works.")), "yes"), run("It worked."))
    (tmp_path / "no.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(RunError, match="has no column"):
        read_form(tmp_path / "no.csv", run("It works."))

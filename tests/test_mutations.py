"""Spoilt files get an outcome each; `python -m eval.bench mutations` spoils three thousand."""

from __future__ import annotations

import time
from pathlib import Path
from random import Random

import pytest

from eval.bench import mutating
from eval.bench.hashing import HashEmbedder
from eval.bench.made_papers import made_paper, to_bibtex, to_jats, to_markdown, to_nbib, to_pdf, to_ris, to_text
from eval.bench.mutations import KINDS, Tally, good_files, kind_of, run, spoilt
from ingest import readers
from ingest.chunking import chunk
from ingest.papers import Paper, Section

HEAVY = {mutating.gzip_bomb, mutating.stream_bomb, mutating.one_huge_line, mutating.huge_text, mutating.many_lines,
         mutating.archive_bomb}  # fmt: skip


def test_every_made_file_is_a_good_one_before_it_is_spoilt(tmp_path: Path) -> None:
    for number, good in enumerate(good_files(None, tmp_path)):
        path = tmp_path / f"{number}"
        path.write_bytes(good.data)
        assert list(readers.read(path)), good.form


@pytest.mark.parametrize("write", [to_jats, to_markdown, to_text, to_nbib, to_ris, to_bibtex])
def test_a_made_paper_keeps_its_title_and_year_in_every_format(write: object, tmp_path: Path) -> None:
    made = made_paper(4, seed=1)
    path = tmp_path / "paper"
    path.write_text(write(made), encoding="utf-8")  # type: ignore[operator]
    (paper,) = readers.read(path)
    assert paper.title == made.title
    assert made.abstract.split(", ")[1] in " ".join(paper.text.split())
    assert write is to_text or paper.year == made.year


def test_the_same_seed_makes_the_same_files(tmp_path: Path) -> None:
    to_pdf(made_paper(1, 1), tmp_path / "one.pdf")
    to_pdf(made_paper(1, 1), tmp_path / "two.pdf")
    assert (tmp_path / "one.pdf").read_bytes() == (tmp_path / "two.pdf").read_bytes()
    good = good_files(None, tmp_path)
    assert spoilt(40, 1, good) == spoilt(40, 1, good)


@pytest.mark.parametrize("form", mutating.BY_FORMAT)
def test_every_way_spoils_what_it_is_given(form: str, tmp_path: Path) -> None:
    data = next(good.data for good in good_files(None, tmp_path) if good.form == form)
    ways = mutating.mutations(form)
    assert len({way.__name__ for way in ways}) == len(ways)
    for way in ways:
        if way not in HEAVY:
            rng = Random(1)  # noqa: S311 (no secrets)
            assert any(way(data, rng) != data for _ in range(40)), way.__name__


def test_spoilt_files_have_an_outcome_each(tmp_path: Path) -> None:
    good = good_files(None, tmp_path)
    light = [spoilt(number, 7, good) for number in range(64)]
    tally = Tally()
    run(iter(light), tmp_path, tally, deadline=20, memory=1 << 30)
    assert tally.files == 64
    assert tally.of("none") == tally.of("crash") == 0
    assert tally.of("paper") > 0
    assert tally.of("refused") > 0


@pytest.mark.parametrize(
    ("outcome", "reason", "kind"),
    [
        ("added", "", "paper"),
        ("replaced", "a fuller text of pmid:1", "paper"),
        ("failed", "is encrypted; remove its password", "refused"),
        ("failed", "cannot be read: Permission denied", "refused"),
        ("failed", "cannot be read: KeyError: '/Kids'", "unforeseen"),
        ("failed", "took longer than 10 s to be read; 3 papers before that were taken in", "slow"),
        ("failed", "needs more than 1,024 MB of memory to be read; split it", "large"),
        ("failed", "the process that read it crashed (SIGSEGV); the file is damaged", "crash"),
        ("failed", "the process that read it was killed, for want of memory as a rule", "crash"),
        ("", "", "none"),
    ],
)
def test_outcomes_are_sorted_by_kind(outcome: str, reason: str, kind: str) -> None:
    assert kind_of(outcome, reason) == kind
    assert kind in KINDS


def test_a_damaged_sentence_of_megabytes_is_cut_in_seconds() -> None:
    text = "a " * 500_000 + "end."
    paper = Paper("pmid:1", "T", text, (Section("other", "", 0, len(text)),), "text")
    began = time.monotonic()
    chunks = chunk(paper, HashEmbedder())
    assert time.monotonic() - began < 20
    assert sum(each.end - each.start for each in chunks) > 0.99 * len(text)

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ingest.catalogue import Entry
from ingest.papers import Chunk, Filters, Section, Status
from ingest.vectors import BrokenIndex
from ingest.words import Words


def entry(name: str, text: str, *, title: str = "", year: int | None = 2020, status: Status = "normal") -> Entry:
    section = Section("results", "Survival", 0, len(text))
    chunk = Chunk(f"{name}#0", name, section, None, 0, len(text))
    return Entry(chunk, title, year, "jats", status, text, np.zeros(2, dtype=np.float32))


def index(folder: Path, *entries: Entry) -> Words:
    words = Words(folder / "words", create=True)
    words.put(entries)
    words.commit()
    return words


def names(found: list[tuple[str, float]]) -> list[str]:
    return [id_.partition("#")[0] for id_, _ in found]


def test_title_section_and_text_are_searched_by_stem_whatever_the_case_and_accent(tmp_path: Path) -> None:
    words = index(
        tmp_path,
        entry("title", "Nothing of it here.", title="Melanoma trials"),
        entry("text", "Guillain-Barré after PD-L1 blockades."),
    )
    assert names(words.best("MELANOMAS", 5, None)) == ["title"]
    assert names(words.best("guillain barre", 5, None)) == ["text"]
    assert names(words.best("pd-l1 blockade", 5, None)) == ["text"]
    assert set(names(words.best("survival", 5, None))) == {"title", "text"}


@pytest.mark.parametrize(
    "question", ['AND OR NOT "', "title:x^2 (", "-foo +bar* ~", "[a TO b]", "\x00 \ud800", "", "?"]
)
def test_no_question_is_read_as_syntax(tmp_path: Path, question: str) -> None:
    words = index(tmp_path, entry("a", "A text."))
    assert words.best(question, 5, None) == [] or names(words.best(question, 5, None)) == ["a"]


def test_a_rare_word_weighs_more_and_a_given_weight_more_still(tmp_path: Path) -> None:
    common = [entry(f"c{i}", "common words only") for i in range(8)]
    words = index(tmp_path, *common, entry("rare", "rare words only"))
    assert names(words.best("common rare", 1, None)) == ["rare"]
    assert names(words.best([("common", 5.0), ("rare", 0.1)], 1, None)) != ["rare"]


def test_a_repeated_word_counts_once_with_its_higher_weight(tmp_path: Path) -> None:
    words = index(tmp_path, entry("a", "alpha"), entry("b", "beta"))
    once = words.best([("alpha", 2.0)], 1, None)
    assert words.best([("alpha", 1.0), ("Alpha alpha", 2.0)], 1, None) == once


def test_filters_hold_before_the_ranking_and_leave_the_scores(tmp_path: Path) -> None:
    better = [entry(f"new{i}", "tumour tumour tumour", year=2021) for i in range(20)]
    words = index(
        tmp_path,
        *better,
        entry("old", "a tumour among many other words of a long text", year=2001),
        entry("none", "tumour", year=None),
        entry("bad", "tumour", status="retracted"),
    )
    unfiltered = dict(words.best("tumour", 30, None))
    for filters, expected in (
        (Filters(until=2005), ["old"]),
        (Filters(papers=("old", "none"), statuses=()), ["none", "old"]),
        (Filters(statuses=("retracted",)), ["bad"]),
        (Filters(sources=("pdf",)), []),
    ):
        found = words.best("tumour", 2, filters)
        assert names(found) == expected
        assert all(score == pytest.approx(unfiltered[id_]) for id_, score in found)


def test_a_dropped_paper_is_gone_and_comes_back_changed(tmp_path: Path) -> None:
    words = index(tmp_path, entry("a", "old text"), entry("b", "old text"))
    words.drop(["a"])
    words.put([entry("a", "new text")])
    words.commit()
    assert names(words.best("old", 5, None)) == ["b"]
    assert names(words.best("new", 5, None)) == ["a"]
    assert words.count() == 2


def test_a_damaged_index_says_so(tmp_path: Path) -> None:
    index(tmp_path, entry("a", "text")).close()
    (tmp_path / "words" / "meta.json").write_text("{")
    with pytest.raises(BrokenIndex):
        Words(tmp_path / "words")
    with pytest.raises(BrokenIndex, match="missing"):
        Words(tmp_path / "nowhere")

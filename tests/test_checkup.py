from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from embedders import HashEmbedder
from made_papers import paper, read_lines, write

from ingest.checkup import Finding, check
from ingest.library import Library, Progress
from ingest.vectors import Vectors
from ingest.words import Words


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of 60 papers, some with the same text, read from files that are kept."""
    folder = tmp_path_factory.mktemp("sound")
    lines = [f"{number} Zebra number {number % 25} met a quokka." for number in range(60)]
    with opened(folder / "library") as library:
        library.ingest([write(folder / "in", *lines)], read=read_lines)
        library.add([paper(999, "One. Two.", doi="10.1/Xy", pmcid="PMC5")])
    return folder / "library"


def opened(folder: Path) -> Library:
    return Library.open(folder, embedder=HashEmbedder(), notice=lambda line: None)


def found(folder: Path) -> dict[str, Finding]:
    with opened(folder) as library:
        return {finding.check: finding for finding in check(library)}


def wrong(folder: Path) -> dict[str, str]:
    """The checks that failed, each with what it says first."""
    return {name: finding.problems[0] for name, finding in found(folder).items() if finding.problems}


def test_a_sound_library_passes_every_check_and_is_looked_at_whole(sound: Path) -> None:
    steps: list[Progress] = []
    with opened(sound) as library:
        findings = list(check(library, steps.append))
    assert [finding.check for finding in findings] == [
        "catalogue", "texts", "embeddings", "identifiers", "Chroma", "Tantivy", "files",
    ]  # fmt: skip
    assert [finding for finding in findings if finding.problems or finding.remedy] == []
    assert findings[1].looked_at == "61 papers, 61 chunks"
    assert findings[-1].looked_at == "60 kept originals"
    assert {Progress("papers checked", 61, 61), Progress("chunks looked up", 61, 61)} < set(steps)


def test_a_sample_is_looked_up_and_missing_chunks_outside_of_it_are_found_all_the_same(
    sound: Path, tmp_path: Path
) -> None:
    steps: list[Progress] = []
    folder = tmp_path / "library"
    shutil.copytree(sound, folder)
    with opened(folder) as library:
        findings = {finding.check: finding for finding in check(library, steps.append, sample=5, seed=7)}
        assert findings["Chroma"].looked_at == "5 of 61 chunks (seed 7), each by its vector"
        assert findings["texts"].looked_at == "61 papers, 61 chunks"
        assert steps[-61] == Progress("chunks looked up", 5, 5)  # before 60 files
        assert [finding for finding in findings.values() if finding.problems] == []
        again = {finding.check: finding for finding in check(library, sample=1000)}
        assert again["Tantivy"].looked_at == "61 chunks, each by its words"
        vectors = Vectors(library.chroma_path)
        vectors._collection.delete(ids=["pmid:8#0"])
        vectors.close()
    with opened(folder) as library:
        (chroma,) = [finding for finding in check(library, sample=1) if finding.check in ("Chroma", "indexes")]
        assert chroma.problems


def test_an_empty_library_is_sound(tmp_path: Path) -> None:
    assert wrong(tmp_path / "library") == {}


DAMAGES: dict[str, tuple[str, str, str]] = {
    "a section beyond the text": (
        """UPDATE texts SET sections = '[["results", "R", 0, 99999]]' WHERE paper_id = 'pmid:999'""",
        "texts", "pmid:999: the section 'R' is not where it should be",
    ),
    "a chunk beyond its section": (
        """UPDATE chunks SET "end" = 500 WHERE paper_id = 'pmid:999'""", "texts", "pmid:999#0 lies outside its section"
    ),
    "a chunk under a wrong id": (
        "UPDATE chunks SET id = 'pmid:999#7' WHERE paper_id = 'pmid:999'", "texts", "pmid:999#7 should be pmid:999#0"
    ),
    "a text that was cut": (
        "UPDATE texts SET text = 'One.', sections = '[[\"results\", \"\", 0, 4]]' WHERE paper_id = 'pmid:999'",
        "texts", "pmid:999#0 lies outside its section",
    ),
    "an embedding of nought": (
        "UPDATE chunks SET embedding = zeroblob(128) WHERE paper_id = 'pmid:999'",
        "embeddings", "pmid:999#0 has length 0, not 1",
    ),
    "an embedding cut short": (
        "UPDATE chunks SET embedding = zeroblob(100) WHERE paper_id = 'pmid:999'",
        "embeddings", "pmid:999#0 has 50 dimensions",
    ),
    "an alias that is gone": (
        "DELETE FROM aliases WHERE alias = 'doi:10.1/xy'", "identifiers", "doi:10.1/Xy of pmid:999 finds nothing"
    ),
    "rows without their paper": (
        "PRAGMA foreign_keys = OFF; DELETE FROM papers WHERE id = 'pmid:999'",
        "catalogue", "5 rows of aliases and chunks and texts belong to no paper",
    ),
}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_catalogue_that_contradicts_itself_is_told(tmp_path: Path, sound: Path, damage: str) -> None:
    statements, name, problem = DAMAGES[damage]
    shutil.copytree(sound, tmp_path / "library")
    with closing(sqlite3.connect(tmp_path / "library" / "catalogue.sqlite")) as connection:
        connection.executescript(statements)
    findings = found(tmp_path / "library")
    assert findings[name].problems[0] == problem
    assert findings[name].remedy


def _chroma(do: Callable[[Vectors, Library], None]) -> Callable[[Library], None]:
    def damage(library: Library) -> None:
        vectors = Vectors(library.chroma_path)
        do(vectors, library)
        vectors.close()

    return damage


def _tantivy(do: Callable[[Words, Library], None]) -> Callable[[Library], None]:
    def damage(library: Library) -> None:
        words = Words(library.chroma_path.parent / "words")
        do(words, library)
        words.commit()

    return damage


def _another_vector(vectors: Vectors, library: Library) -> None:
    from dataclasses import replace

    (entry,) = library.catalogue.entries(["pmid:999"])
    vectors.put([replace(entry, vector=np.eye(64, dtype=np.float32)[3])])


def _another_year(vectors: Vectors, library: Library) -> None:
    from dataclasses import replace

    (entry,) = library.catalogue.entries(["pmid:999"])
    vectors.put([replace(entry, year=1999)])


def _stranger(index: Vectors | Words, library: Library) -> None:
    from dataclasses import replace

    (entry,) = library.catalogue.entries(["pmid:999"])
    index.put([replace(entry, chunk=replace(entry.chunk, id="pmid:7777#0"))])


INDEX_DAMAGES: dict[str, tuple[Callable[[Library], None], str, str]] = {
    "a row of Chroma gone": (
        _chroma(lambda vectors, library: vectors.drop(["pmid:999"])),
        "Chroma", "pmid:999#0 is missing or another than in the catalogue",
    ),
    "another vector": (_chroma(_another_vector), "Chroma", "pmid:999#0 is missing or another than in the catalogue"),
    "another year": (_chroma(_another_year), "Chroma", "pmid:999#0 is missing or another than in the catalogue"),
    "a stranger in Chroma": (_chroma(_stranger), "Chroma", "pmid:7777#0 is not in the catalogue"),
    "a document of Tantivy gone": (
        _tantivy(lambda words, library: words.drop(["pmid:999"])), "Tantivy", "pmid:999#0 is not found, or found twice"
    ),
    "a document twice": (
        _tantivy(lambda words, library: words.put(list(library.catalogue.entries(["pmid:999"])))),
        "Tantivy", "pmid:999#0 is not found, or found twice",
    ),
    "a stranger in Tantivy": (_tantivy(_stranger), "Tantivy", "pmid:7777#0 is not in the catalogue"),
    "no Chroma": (lambda library: shutil.rmtree(library.chroma_path), "indexes", "cannot be opened: chroma is missing"),
}  # fmt: skip


@pytest.mark.parametrize("damage", INDEX_DAMAGES)
def test_an_index_that_differs_is_told_and_a_rebuild_mends_it(tmp_path: Path, sound: Path, damage: str) -> None:
    do, name, problem = INDEX_DAMAGES[damage]
    shutil.copytree(sound, tmp_path / "library")
    with opened(tmp_path / "library") as library:
        do(library)
    findings = found(tmp_path / "library")
    assert {name: problem} == wrong(tmp_path / "library")
    assert "immunorag library rebuild" in findings[name].remedy
    with opened(tmp_path / "library") as library:
        library.rebuild()
    assert wrong(tmp_path / "library") == {}


def test_kept_originals_that_changed_or_are_gone_are_told_and_come_back_with_an_ingest(
    tmp_path: Path, sound: Path
) -> None:
    shutil.copytree(sound.parent, tmp_path / "all")
    folder = tmp_path / "all" / "library"
    gone, changed, *_ = sorted(path for path in (folder / "files").rglob("*") if path.is_file())
    gone.unlink()
    changed.write_text("something else")
    (problem, other), remedy = found(folder)["files"].problems, found(folder)["files"].remedy
    assert {gone.name in problem or gone.name in other, changed.name in problem or changed.name in other} == {True}
    assert "has changed" in problem + other
    assert "No such file" in problem + other
    assert "ingest the original again" in remedy
    changed.unlink()
    with opened(folder) as library:
        report = library.ingest([tmp_path / "all" / "in"], read=read_lines)
    assert {outcome.outcome for outcome in report.outcomes} == {"unchanged"}
    assert wrong(folder) == {}


def test_many_problems_are_named_in_part_and_counted(tmp_path: Path, sound: Path) -> None:
    shutil.copytree(sound, tmp_path / "library")
    with opened(tmp_path / "library") as library:
        vectors = Vectors(library.chroma_path)
        vectors.drop([f"pmid:{number}" for number in range(50)])
        vectors.close()
    assert len(found(tmp_path / "library")["Chroma"].problems) == 4
    assert found(tmp_path / "library")["Chroma"].problems[-1] == "and 47 more"

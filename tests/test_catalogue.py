from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from made_papers import paper
from numpy.typing import NDArray

from ingest.aliases import normal_alias
from ingest.catalogue import SCHEMA_VERSION, Catalogue, FileRecord
from ingest.errors import BrokenLibrary, LibraryError
from ingest.papers import Chunk, Filters, Notice, Page, Paper, Section
from ingest.profile import Profile
from ingest.vocabulary import UnknownConcept


@pytest.fixture
def catalogue(tmp_path: Path) -> Catalogue:
    return Catalogue(tmp_path / "catalogue.sqlite", create=True)


def put(catalogue: Catalogue, one: Paper, pieces: int = 2, **more: tuple[str, ...]) -> NDArray[np.float32]:
    """Store `one` cut into `pieces` chunks with vectors of 4 dimensions; returns these."""
    size = len(one.text) // pieces
    chunks = [
        Chunk(f"{one.id}#{i}", one.id, one.sections[0], one.page_at(i * size), i * size, (i + 1) * size)
        for i in range(pieces)
    ]
    vectors = np.random.default_rng(7).standard_normal((pieces, 4)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    catalogue.put(one, chunks, vectors, **more)
    return vectors


def test_a_paper_comes_back_as_it_went_in(catalogue: Catalogue) -> None:
    whole = paper(
        7,
        "Ünïcode α and 中文 survive. So do \x00 and 🧬.",
        authors=("Ødegård B", "中 文"),
        doi="10.1/X",
        pmcid="PMC7",
        trial_ids=("NCT01",),
        design="phase 3",
        status="concern",
        pages=(Page(1, 0, 10), Page(2, 10, 40)),
        sections=(Section("abstract", "", 0, 10), Section("results", "Results > Survival", 10, 40)),
    )
    put(catalogue, whole)
    assert catalogue.paper("pmid:7") == whole


def test_every_alias_finds_the_paper_in_any_case(catalogue: Catalogue) -> None:
    put(catalogue, paper(7, doi="10.1/AbC", pmcid="PMC9"))
    for name in (
        "pmid:7",
        "7",
        "PMID: 7",
        "PMC9",
        "pmcid:pmc9",
        "doi:10.1/abc",
        "10.1/ABC",
        "https://doi.org/10.1/abc",
    ):
        assert catalogue.find([name]) == ["pmid:7"], name
    assert catalogue.find(["8", "doi:10.1/ab"]) == []


def test_bare_identifiers_are_named() -> None:
    assert normal_alias(" PMC12 ") == "pmcid:pmc12"
    assert normal_alias("Some title") == "some title"


def test_vectors_keep_their_direction(catalogue: Catalogue) -> None:
    vectors = put(catalogue, paper(7))
    ids, rows = catalogue.embeddings()
    assert ids == ["pmid:7#0", "pmid:7#1"]
    assert rows.dtype == np.float32
    assert np.linalg.norm(rows, axis=1) == pytest.approx([1, 1], abs=1e-6)
    assert (rows * vectors).sum(axis=1) == pytest.approx([1, 1], abs=1e-6)


def test_a_replaced_paper_leaves_no_chunk_of_its_old_text(catalogue: Catalogue) -> None:
    put(catalogue, paper(7), pieces=5)
    put(catalogue, paper(7, "A new text of this paper."), pieces=2)
    assert catalogue.chunk_count() == 2
    assert catalogue.present([f"pmid:7#{i}" for i in range(5)]) == {"pmid:7#0", "pmid:7#1"}
    assert catalogue.changes(0) == [("pmid:7", True)]


def test_absorbed_papers_leave_their_names_behind(catalogue: Catalogue) -> None:
    put(catalogue, paper(1))
    put(catalogue, paper(2, id="doi:10.1/b", pmid="", doi="10.1/b"))
    put(catalogue, paper(1, doi="10.1/b"), absorbed=("doi:10.1/b",))
    assert catalogue.count() == 1
    assert catalogue.find(["doi:10.1/b"]) == ["pmid:1"]


def test_a_transaction_that_fails_changes_nothing(catalogue: Catalogue) -> None:
    put(catalogue, paper(1))
    before = catalogue.index_state()
    twice = [Chunk("pmid:2#0", "pmid:2", paper(2).sections[0], None, 0, 3)] * 2
    with pytest.raises(Exception, match="UNIQUE"):
        catalogue.put(paper(2), twice, np.ones((2, 4), dtype=np.float32))
    assert catalogue.paper_ids() == ["pmid:1"]
    assert catalogue.index_state() == before


def test_filters_admit_by_year_source_status_and_paper(catalogue: Catalogue) -> None:
    put(catalogue, paper(1, year=2015, source="pdf"))
    put(catalogue, paper(2, year=2020))
    put(catalogue, paper(3, year=None))
    put(catalogue, paper(4, year=2022, status="retracted"))

    def admitted(filters: Filters | None) -> set[str]:
        records = catalogue.records(filters)
        assert catalogue.chunk_count(filters) == sum(record.chunks for record in records)
        return {record.pmid for record in records}

    assert admitted(None) == {"1", "2", "3", "4"}
    assert admitted(Filters()) == {"1", "2", "3"}
    assert admitted(Filters(since=2016)) == {"2"}
    assert admitted(Filters(since=2015, until=2020)) == {"1", "2"}
    assert admitted(Filters(sources=("pdf",))) == {"1"}
    assert admitted(Filters(statuses=("retracted",))) == {"4"}
    assert admitted(Filters(papers=("2", "PMID:3", "none'); DROP TABLE papers"))) == {"2", "3"}


def test_chunks_come_in_the_order_asked_for_however_many(catalogue: Catalogue) -> None:
    put(catalogue, paper(1, "x" * 40_000), pieces=3000)
    ids = [f"pmid:1#{i}" for i in reversed(range(3000))]
    assert [chunk.id for chunk in catalogue.chunks(["gone#1", *ids])] == ids


def test_a_removed_papers_file_is_forgotten(catalogue: Catalogue) -> None:
    put(catalogue, paper(1))
    catalogue.put_file(FileRecord("ab", "a.xml", 1, False, "", ("pmid:1",), "files/ab/ab.xml"))
    catalogue.put_file(FileRecord("cd", "b.xml", 1, True, "broken", (), ""))
    assert catalogue.remove("pmid:1") == ["files/ab/ab.xml"]
    assert set(catalogue.files()) == {"cd"}
    assert catalogue.find(["pmid:1"]) == []


def test_a_broken_catalogue_names_the_file_and_the_remedy(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.sqlite"
    path.write_bytes(b"this is no database" * 100)
    with pytest.raises(BrokenLibrary, match=r"catalogue\.sqlite.*ingest them into a new library"):
        Catalogue(path, create=False)


def test_a_catalogue_of_another_schema_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.sqlite"
    Catalogue(path, create=True).close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(LibraryError, match=r"made by a newer immunorag \(schema 99, .*update immunorag"):
        Catalogue(path, create=True)


def test_a_catalogue_of_an_older_schema_is_migrated_whole_or_left_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ingest import database as module

    path = tmp_path / "catalogue.sqlite"
    with closing(Catalogue(path, create=True)) as old:
        put(old, paper(1))
    now = SCHEMA_VERSION
    monkeypatch.setattr(module, "SCHEMA_VERSION", now + 2)
    add = "ALTER TABLE papers ADD COLUMN grade TEXT NOT NULL DEFAULT 'A'; CREATE TABLE extra (x)"
    monkeypatch.setattr(module, "MIGRATIONS", {now: add, now + 1: "CREATE TABLE extra (again)"})
    with pytest.raises(LibraryError, match="extra already exists"):
        Catalogue(path, create=False)
    monkeypatch.setattr(module, "MIGRATIONS", {now: add})
    with pytest.raises(
        LibraryError, match=rf"has schema {now + 1}, too old .*ingest the originals in .*files into a new library"
    ):
        Catalogue(path, create=False)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (now,)
        assert connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'extra'").fetchone() == (0,)
    monkeypatch.setattr(module, "MIGRATIONS", {now: add, now + 1: "UPDATE papers SET grade = 'B'"})
    with closing(Catalogue(path, create=False)) as new:
        assert new.paper("pmid:1") == paper(1)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT grade FROM papers").fetchall() == [("B",)]
        assert connection.execute("PRAGMA user_version").fetchone() == (now + 2,)


def bring_back_to_schema_2(connection: sqlite3.Connection) -> None:
    """Take away what schema 2 did not have."""
    for table in ("subjects", "tags", "notices"):
        connection.execute(f"DROP TABLE {table}")
    for column in ("stated", "design_class", "species", "prospective", "sample_size", "trials"):
        connection.execute(f"ALTER TABLE papers DROP COLUMN {column}")
    connection.execute("PRAGMA user_version = 2")


def test_a_library_of_schema_2_keeps_what_its_readers_stated(tmp_path: Path) -> None:
    path = tmp_path / "catalogue.sqlite"
    before = paper(1, design="randomised trial", status="corrected", trial_ids=("NCT00000001",))
    with closing(Catalogue(path, create=True)) as old:
        put(old, before)
    with closing(sqlite3.connect(path)) as connection:
        bring_back_to_schema_2(connection)
    with closing(Catalogue(path, create=False)) as new:
        assert new.paper("pmid:1") == new.stated("pmid:1") == before
        assert new.index_state().profiled == ""
        assert new.defects() == []


def test_a_library_of_schema_1_opens_and_knows_its_papers_by_title(tmp_path: Path) -> None:
    path, title = tmp_path / "catalogue.sqlite", "Anti-PD-1 and TGF-β in advanced melanoma"
    with closing(Catalogue(path, create=True)) as old:
        put(old, paper(1, title=title))
        put(old, paper(2, title="Case report"))
    with closing(sqlite3.connect(path)) as connection:
        bring_back_to_schema_2(connection)
        connection.execute("DROP INDEX papers_by_title")
        connection.execute("ALTER TABLE papers DROP COLUMN title_key")
        connection.execute("PRAGMA user_version = 1")
    same = paper(3, title="Anti PD1 and TGF-beta in Advanced Melanoma.")
    with closing(Catalogue(path, create=False)) as new:
        assert new.paper("pmid:1") == paper(1, title=title)
        assert new.candidates(same) == ["pmid:1"]
        assert new.candidates(paper(3, title="Case report")) == []
        put(new, same)
        assert new.candidates(same) == ["pmid:1", "pmid:3"]
    with closing(Catalogue(path, create=False)) as again:
        assert again.defects() == []


def test_a_replaced_paper_keeps_its_place(catalogue: Catalogue) -> None:
    put(catalogue, paper(1))
    put(catalogue, paper(2))
    put(catalogue, paper(1, "A new text of this paper."))
    assert catalogue.paper_ids() == ["pmid:1", "pmid:2"]


def test_a_snapshot_is_the_catalogue_at_its_moment(catalogue: Catalogue, tmp_path: Path) -> None:
    put(catalogue, paper(1))
    catalogue.snapshot(tmp_path / "copy.sqlite")
    put(catalogue, paper(2))
    with closing(Catalogue(tmp_path / "copy.sqlite", create=False)) as copy:
        assert copy.paper_ids() == ["pmid:1"]
        assert copy.defects() == []
        assert copy.is_plain()


def test_a_notice_changes_a_paper_that_is_here_and_one_that_comes_later(catalogue: Catalogue) -> None:
    put(catalogue, paper(1, doi="10.1000/One"))
    retracted = Notice("doi:10.1000/ONE", "retracted", "pmid:77", "2024-05-01", "images were used twice")
    later = Notice("pmid:2", "concern", "pmid:78")
    assert catalogue.heed([retracted, later]) == ["pmid:1"]
    assert catalogue.paper("pmid:1") == paper(1, doi="10.1000/One", status="retracted")
    assert catalogue.notices("pmid:1") == [replace(retracted, alias="doi:10.1000/one")]
    put(catalogue, paper(2))
    assert [record.status for record in catalogue.records()] == ["retracted", "concern"]
    assert catalogue.paper_ids(Filters()) == ["pmid:2"]


def test_the_gravest_of_notices_and_readers_holds_and_none_undoes_it(catalogue: Catalogue) -> None:
    put(catalogue, paper(1, status="concern"))
    assert catalogue.heed([Notice("pmid:1", "corrected", "pmid:7")]) == []
    assert catalogue.heed([Notice("pmid:1", "retracted", "pmid:8")]) == ["pmid:1"]
    assert catalogue.heed([Notice("pmid:1", "retracted", "pmid:8")]) == []
    catalogue.describe(paper(1, journal="Another"))
    assert catalogue.records()[0].status == "retracted"
    stated = catalogue.stated("pmid:1")
    assert stated is not None and stated.status == "normal"  # of its readers, the last one


def test_a_notice_moves_the_revision_so_that_the_indexes_follow(catalogue: Catalogue) -> None:
    put(catalogue, paper(1))
    before = catalogue.index_state().revision
    catalogue.heed([Notice("pmid:9", "retracted", "list")])
    assert catalogue.index_state().revision == before
    catalogue.heed([Notice("pmid:1", "retracted", "list")])
    assert catalogue.changes(before) == [("pmid:1", True)]


def test_rules_may_overrule_what_readers_stated_which_is_kept(catalogue: Catalogue) -> None:
    put(catalogue, paper(1, design="trial"))
    known = paper(1, design="phase 2 randomised trial", species=("human",), prospective=True, sample_size=210,
                  trials=("KEYNOTE-024",), trial_ids=("NCT02142738",))  # fmt: skip
    catalogue.profile(Profile(known, frozenset({"drug:nivolumab"}), {"pmid:1#1": frozenset({"cancer:melanoma"})}))
    assert catalogue.paper("pmid:1") == known
    assert catalogue.stated("pmid:1") == paper(1, design="trial")
    assert catalogue.subjects("pmid:1") == {"drug:nivolumab"}
    first, second = catalogue.entries(["pmid:1"])
    study = {"designs": ("randomised trial",), "species": ("human",), "drugs": ("nivolumab",)}
    assert first.facets == study
    assert second.facets == {**study, "cancers": ("melanoma",)}


def test_chunks_pass_where_their_paper_is_about_it_or_they_name_it_themselves(catalogue: Catalogue) -> None:
    for number in (1, 2, 3):
        put(catalogue, paper(number))
    about = frozenset({"drug:pembrolizumab", "cancer:melanoma"})
    catalogue.profile(Profile(paper(1), about))
    catalogue.profile(Profile(paper(2), frozenset({"cancer:melanoma"}), {"pmid:2#1": frozenset({"drug:nivolumab"})}))
    found = catalogue.admission(Filters(drugs=("PD-1 inhibitor",), cancers=("melanoma",)))
    assert list(found.papers) == ["pmid:1"]
    assert found.chunks == {"pmid:2#1"}
    assert found.count == 3
    assert [found.admits(id_) for id_ in ("pmid:1#0", "pmid:2#0", "pmid:2#1", "pmid:3#0")] == [True, False, True, False]
    assert catalogue.admission(Filters(drugs=("Keytruda",))).chunks == frozenset()
    with pytest.raises(UnknownConcept):
        catalogue.admission(Filters(drugs=("no such drug",)))

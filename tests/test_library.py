from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from embedders import HashEmbedder
from made_papers import paper

from ingest.errors import BrokenLibrary, LibraryError, LibraryInUse, OtherModel, UnknownPaper
from ingest.library import Library
from ingest.papers import Filters, Section


def opened(folder: Path, **more: object) -> tuple[Library, list[str]]:
    notices: list[str] = []
    return Library.open(folder, embedder=HashEmbedder(), notice=notices.append, **more), notices  # type: ignore[arg-type]


def found(library: Library, question: str, k: int = 5, filters: Filters | None = None) -> tuple[list[str], list[str]]:
    """Papers found by meaning, and by words."""
    dense = library.dense(library.embedder.embed([question])[0], k, filters)
    lexical = library.lexical(question, k, filters)
    return tuple([chunk.paper_id for chunk in library.chunks([id_ for id_, _ in hits])] for hits in (dense, lexical))  # type: ignore[return-value]


def in_step(library: Library) -> bool:
    """Whether both indexes hold exactly the catalogue's chunks, looked at from fresh handles."""
    from ingest.vectors import Vectors
    from ingest.words import Words

    folder = library.chroma_path.parent
    vectors, words = Vectors(folder / "chroma"), Words(folder / "words")
    counts = {library.chunk_count(), vectors.count(), words.count()}
    ids, rows = library.embeddings()
    himself = all(vectors.nearest(row, 1, None)[0][1] > 0.999 for row in rows[:: max(len(rows) // 100, 1)])
    vectors.close()
    return len(counts) == 1 and len(ids) == library.chunk_count() and himself


# -- making and opening ------------------------------------------------------------------------------------------------


def test_a_library_is_made_with_its_parents_and_opened_again(tmp_path: Path) -> None:
    with opened(tmp_path / "a" / "b")[0] as library:
        report = library.add([paper(1, "Pembrolizumab prolonged survival."), paper(2, "Mice ate cheese.")])
        assert [outcome.outcome for outcome in report.outcomes] == ["added", "added"]
    with opened(tmp_path / "a" / "b")[0] as library:
        assert len(library) == 2
        assert found(library, "pembrolizumab survival", 1) == (["pmid:1"], ["pmid:1"])
        assert in_step(library)


def test_an_empty_library_finds_nothing(tmp_path: Path) -> None:
    library, notices = opened(tmp_path)
    assert found(library, "anything") == ([], [])
    assert (len(library), library.records(), notices) == (0, [], [])


def test_places_that_are_no_library_are_named_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "thesis.docx").write_text("x")
    with pytest.raises(LibraryError, match="is a file; a library is a folder"):
        Library.open(tmp_path / "file")
    with pytest.raises(LibraryError, match="file"):
        Library.open(tmp_path / "file" / "below")
    with pytest.raises(LibraryError, match="holds other files and no library"):
        Library.open(tmp_path / "other")
    with pytest.raises(LibraryError, match="there is no library; make one with"):
        Library.open(tmp_path / "none", create=False)
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("damage", ["garbage", "gone", "emptied"])
def test_a_catalogue_that_is_lost_is_never_replaced_by_an_empty_one(tmp_path: Path, damage: str) -> None:
    with opened(tmp_path)[0] as library:
        library.add([paper(1)])
    for path in tmp_path.glob("catalogue.sqlite*"):
        path.unlink()
    if damage != "gone":
        (tmp_path / "catalogue.sqlite").write_bytes(b"garbage!" * 1000 if damage == "garbage" else b"")
    with pytest.raises(BrokenLibrary, match=r"catalogue\.sqlite.*new library"):
        opened(tmp_path)


def test_another_model_or_dimension_is_refused(tmp_path: Path) -> None:
    with opened(tmp_path)[0] as library:
        library.add([paper(1)])
        with pytest.raises(OtherModel):
            library.dense(np.ones(5, dtype=np.float32), 1)
    with pytest.raises(OtherModel, match=r"was made with the model hash-64 .*not other; use that model"):
        Library.open(tmp_path, embedder=HashEmbedder("other"))
    with pytest.raises(OtherModel, match="64 dimensions"):
        Library.open(tmp_path, embedder=HashEmbedder(dim=32))


# -- papers ------------------------------------------------------------------------------------------------------------


def test_papers_are_found_by_any_identifier(tmp_path: Path) -> None:
    library, _ = opened(tmp_path)
    library.add([paper(7, doi="10.1/Ab")])
    assert library.paper("https://doi.org/10.1/aB").id == "pmid:7"
    with pytest.raises(UnknownPaper, match="no paper 'pmid:8'"):
        library.paper("pmid:8")


def test_a_chunk_is_a_span_of_its_papers_text(tmp_path: Path) -> None:
    library, _ = opened(tmp_path)
    text = "First section here. Second section follows."
    library.add([paper(1, text, sections=(Section("methods", "M", 0, 19), Section("results", "R", 20, 43)))])
    (hit, score), *_ = library.lexical("follows", 5)
    (chunk,) = library.chunks([hit])
    assert library.paper("1").text[chunk.start : chunk.end] == "Second section follows."
    assert (chunk.section.title, chunk.id) == ("R", "pmid:1#1")
    assert score > 0


def test_a_real_paper_replaces_its_digest_in_both_indexes_and_a_digest_replaces_nothing(tmp_path: Path) -> None:
    library, _ = opened(tmp_path)
    digest = paper(1, "Zebra digest sentence.", source="digest", doi="10.1/a")
    real = paper(1, "Quokka paper sentence.", id="doi:10.1/a", pmid="", doi="10.1/a", source="pdf")
    assert library.add([digest]).outcomes[0].outcome == "added"
    assert library.add([real]).outcomes[0].outcome == "replaced"
    assert library.add([digest]).outcomes[0].outcome == "unchanged"
    assert (len(library), library.paper("pmid:1").source) == (1, "pdf")
    assert library.lexical("zebra", 5) == []
    assert [id_ for id_, _ in library.lexical("quokka", 5)] == ["pmid:1#0"]
    assert in_step(library)


def test_editions_in_one_batch_become_one_paper(tmp_path: Path) -> None:
    library, _ = opened(tmp_path)
    editions = [paper(1, "Short."), paper(2), paper(1, "The longer text of paper one."), paper(1, "Short.")]
    outcomes = library.add(editions).outcomes
    assert sorted((str(o.path), o.outcome) for o in outcomes) == [
        ("pmid:1", "added"), ("pmid:1", "replaced"), ("pmid:1", "unchanged"), ("pmid:2", "added"),
    ]  # fmt: skip
    assert (len(library), library.paper("1").text) == (2, "The longer text of paper one.")


def test_new_metadata_reaches_the_filters_without_embedding_again(tmp_path: Path) -> None:
    library, _ = opened(tmp_path)
    library.add([paper(1, "Tumours shrank.", year=None)])
    assert found(library, "tumours", filters=Filters(since=2020)) == ([], [])
    seen = library.embedder.seen  # type: ignore[attr-defined]
    outcome = library.add([paper(1, "Tumours shrank.", year=2021, status="concern")]).outcomes[0]
    assert (outcome.outcome, outcome.reason) == ("unchanged", "already in the library as pmid:1; it gave year, status")
    assert library.embedder.seen == seen  # type: ignore[attr-defined]
    assert found(library, "tumours", filters=Filters(since=2020)) == (["pmid:1"], ["pmid:1"])


def test_a_removed_paper_is_gone_everywhere(tmp_path: Path) -> None:
    library, _ = opened(tmp_path)
    library.add([paper(1, "Zebra."), paper(2, "Quokka.")])
    assert library.remove("PMID:1") == "pmid:1"
    assert found(library, "zebra")[1] == []
    assert len(library) == 1
    assert in_step(library)


# -- filters -----------------------------------------------------------------------------------------------------------


def test_retracted_papers_are_found_only_when_asked_for(tmp_path: Path) -> None:
    library, _ = opened(tmp_path)
    library.add([paper(1, "Tumours shrank."), paper(2, "Tumours shrank.", status="retracted")])
    assert found(library, "tumours") == (["pmid:1"], ["pmid:1"])
    everything = Filters(statuses=("normal", "retracted"))
    assert set(found(library, "tumours", filters=everything)[0]) == {"pmid:1", "pmid:2"}
    assert found(library, "tumours", filters=Filters(statuses=("retracted",))) == (["pmid:2"], ["pmid:2"])


def test_nearer_papers_that_a_filter_leaves_out_hide_none_that_it_admits(tmp_path: Path) -> None:
    """120 retracted twins of the question are nearer than the one paper that may be found, among 400 others."""
    library, _ = opened(tmp_path)
    twins = [paper(i, "Zebra stripes zebra.", title="", status="retracted") for i in range(120)]
    others = [paper(i, f"Cheese number {i}.", title="") for i in range(1000, 1400)]
    library.add([*twins, *others, paper(5000, "Zebra in a much longer sentence about other things.", title="")])
    dense, lexical = found(library, "Zebra stripes zebra", 1)
    assert lexical == ["pmid:5000"]
    ids, rows = library.embeddings()
    query = library.embedder.embed(["Zebra stripes zebra"])[0]
    admitted = [(float(row @ query), id_) for id_, row in zip(ids, rows, strict=True) if int(id_[5:-2]) >= 1000]
    assert [f"{paper_id}#0" for paper_id in dense] == [max(admitted)[1]]


def test_papers_may_be_filtered_by_alias(tmp_path: Path) -> None:
    library, _ = opened(tmp_path)
    library.add([paper(1, "Tumours.", doi="10.1/A"), paper(2, "Tumours.")])
    assert found(library, "tumours", filters=Filters(papers=("doi:10.1/a",))) == (["pmid:1"], ["pmid:1"])
    assert found(library, "tumours", filters=Filters(papers=("pmid:99",))) == ([], [])


# -- the indexes -------------------------------------------------------------------------------------------------------

DAMAGES = ["chroma gone", "words gone", "all gone", "chroma garbage", "hnsw garbage", "words garbage", "left writing"]


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of 1,200 chunks: from 1,000 on Chroma writes HNSW files."""
    folder = tmp_path_factory.mktemp("large")
    text = "One here. Two here. Six here. Ten here."
    sections = tuple(Section("other", f"S{start}", start, start + 9) for start in range(0, 40, 10))
    with opened(folder)[0] as library:
        library.add([paper(i, text, title=f"About topic{i}", sections=sections) for i in range(1, 301)])
        assert library.chunk_count() == 1200
    return folder


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_index_is_rebuilt_from_the_catalogue_with_a_word_and_no_embedding(
    tmp_path: Path, large: Path, damage: str
) -> None:
    shutil.copytree(large, tmp_path, dirs_exist_ok=True)
    with opened(tmp_path)[0] as library:
        folder = library.chroma_path.parent
        before = found(library, "topic7", 3)
        if damage == "left writing":
            library.catalogue.mark_writing()
    match damage:
        case "chroma gone":
            shutil.rmtree(folder / "chroma")
        case "words gone":
            shutil.rmtree(folder / "words")
        case "all gone":
            shutil.rmtree(folder)
        case "chroma garbage":
            (folder / "chroma" / "chroma.sqlite3").write_bytes(b"garbage" * 999)
        case "hnsw garbage":
            for path in (folder / "chroma").glob("*/*"):
                path.write_bytes(b"garbage")
        case "words garbage":
            for path in (folder / "words").glob("*.*"):
                path.write_bytes(b"garbage")
    library, notices = opened(tmp_path)
    assert found(library, "topic7", 3) == before
    assert len(notices) == 1
    assert "building them again from the catalogue (1,200 chunks)" in notices[0]
    assert library.embedder.seen == 1  # type: ignore[attr-defined]  # the question above
    assert [path.name for path in tmp_path.glob("index-*")] == [library.chroma_path.parent.name]
    assert in_step(library)


def test_indexes_left_behind_the_catalogue_catch_up(tmp_path: Path) -> None:
    library, notices = opened(tmp_path)
    library.add([paper(1, "Zebra."), paper(2, "Emu."), *(paper(number, "Gnu.") for number in range(4, 9))])
    with library.writing():  # a writer that dies between its last commit and the indexes
        chunks = library.chunks(["pmid:1#0"])
        library.catalogue.put(paper(3, "Zebra."), [_moved(chunks[0], 3)], library.embedder.embed(["Zebra."]))
        library.catalogue.remove("pmid:2")
    assert library.chroma_path.parent.name == "index-0"
    assert set(found(library, "zebra")[1]) == {"pmid:1", "pmid:3"}
    assert notices == []
    assert library.chroma_path.parent.name == "index-0"
    assert in_step(library)


def _moved(chunk: object, number: int) -> object:
    from dataclasses import replace

    return replace(chunk, id=f"pmid:{number}#0", paper_id=f"pmid:{number}")  # type: ignore[type-var]


def test_a_rebuild_finds_the_same(tmp_path: Path) -> None:
    library, _ = opened(tmp_path)
    library.add([paper(i, f"Text of topic{i} and others.") for i in range(300)])
    query = library.embedder.embed(["topic5 and others"])[0]
    before = library.dense(query, 10), library.lexical("topic5 others", 1)
    library.rebuild()
    assert (library.dense(query, 10), library.lexical("topic5 others", 1)) == before


def test_langchain_chroma_opens_the_same_collection_and_finds_the_same(tmp_path: Path) -> None:
    langchain_chroma = pytest.importorskip("langchain_chroma")
    from langchain_core.embeddings import Embeddings

    class Adapter(Embeddings):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            return [[float(x) for x in row] for row in HashEmbedder().embed(texts)]

        def embed_query(self, text: str) -> list[float]:
            return self.embed_documents([text])[0]

    library, _ = opened(tmp_path)
    library.add([paper(i, f"Patients of cohort{i} had responses to drug{i % 7}.") for i in range(50)])
    ours = library.dense(library.embedder.embed(["responses to drug3"])[0], 5)
    theirs = langchain_chroma.Chroma(
        collection_name="chunks", persist_directory=str(library.chroma_path), embedding_function=Adapter()
    )
    documents = theirs.similarity_search_with_score("responses to drug3", k=5)
    assert [document.id for document, _ in documents] == [id_ for id_, _ in ours]
    assert [1 - distance for _, distance in documents] == pytest.approx([score for _, score in ours], abs=1e-5)
    document = documents[0][0]
    whole = library.paper(document.metadata["paper_id"])
    assert document.page_content == whole.text[document.metadata["start"] : document.metadata["end"]]
    assert {"title", "year", "source", "status", "section"} <= set(document.metadata)


# -- processes and threads ---------------------------------------------------------------------------------------------

_WRITER = """
import sys, time
from pathlib import Path
from embedders import HashEmbedder
from made_papers import paper
from ingest.library import Library
with Library.open(sys.argv[1], embedder=HashEmbedder()) as library:
    print("open", flush=True)
    for line in sys.stdin:
        library.add([paper(line.strip(), f"Quokka number {line.strip()}.")])
        print("added", flush=True)
"""


def script(code: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code), *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *filter(None, sys.path)])},
    )


def test_a_reader_that_stays_open_sees_what_another_process_writes(tmp_path: Path) -> None:
    reader, notices = opened(tmp_path)
    reader.add([paper(1, "Zebra.")])
    assert found(reader, "quokka")[1] == []
    writer = script(_WRITER, str(tmp_path))
    try:
        assert writer.stdin is not None
        assert writer.stdout is not None
        assert writer.stdout.readline() == "open\n"
        for number in ("2", "3"):
            writer.stdin.write(f"{number}\n")
            writer.stdin.flush()
            assert writer.stdout.readline() == "added\n"
            dense, lexical = found(reader, f"Quokka number {number}.", 1)
            assert (dense, lexical) == ([f"pmid:{number}"], [f"pmid:{number}"])
        reader.add([paper(4, "Emu.")])  # the other one is open, but not writing
    finally:
        writer.kill()
        writer.wait()
    assert len(reader) == 4
    assert notices == []


def test_readers_read_while_a_writer_is_at_work_and_a_second_writer_is_told_whom_it_waits_for(tmp_path: Path) -> None:
    library, _ = opened(tmp_path)
    library.add([paper(1, "Zebra.")])
    other, _ = opened(tmp_path, wait=0.2)
    with library.writing():
        library.catalogue.put(paper(2, "Zebra."), [_moved(library.chunks(["pmid:1#0"])[0], 2)], np.ones((1, 64)))  # type: ignore[list-item]
        assert found(other, "zebra") == (["pmid:1"], ["pmid:1"])  # as the indexes stand
        assert len(other) == 2
        with pytest.raises(LibraryInUse, match=f"in use by process {os.getpid()}"):
            other.add([paper(3)])
    other.add([paper(3)])
    assert set(found(other, "zebra")[1]) == {"pmid:1", "pmid:2"}


def test_threads_share_a_library_while_one_of_them_adds(tmp_path: Path) -> None:
    library, notices = opened(tmp_path)
    library.add([paper(1, "Zebra stripes.")])
    failures: list[BaseException] = []
    done = threading.Event()

    def ask() -> None:
        try:
            while not done.is_set():
                assert found(library, "zebra stripes", 1)[1] == ["pmid:1"]
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for number in range(2, 12):
        library.add([paper(number, f"Emu {number}.")])
    done.set()
    for thread in threads:
        thread.join()
    assert failures == []
    assert (len(library), notices) == (11, [])


_KILLED = """
import random, sys
from embedders import HashEmbedder
from made_papers import paper
from ingest import intake
from ingest.library import Library
intake._FIRST_BATCH = intake._BATCH = 40
intake._SYNC = 80
start, stop = int(sys.argv[2]), int(sys.argv[3])
with Library.open(sys.argv[1], embedder=HashEmbedder()) as library:
    with library.writing():
        taken = intake.Intake(library, progress=lambda done, total: None)
        print("open", flush=True)
        for number in range(start, stop):
            text = " ".join(f"Sentence {part} of topic{number} is here." for part in range(60))
            taken.take(paper(number, text), lambda one: print(one.paper_id, flush=True))
        taken.finish()
"""


@pytest.mark.parametrize("seed", range(3))
def test_a_writer_killed_at_any_moment_loses_nothing_that_it_reported(tmp_path: Path, seed: int) -> None:
    random = np.random.default_rng(seed)
    reported: set[str] = set()
    for _ in range(4):
        writer = script(_KILLED, str(tmp_path), "0", "200")
        assert writer.stdout is not None
        assert writer.stdout.readline() == "open\n"
        time.sleep(float(random.uniform(0, 1.2)))
        writer.send_signal(signal.SIGKILL)
        writer.wait()
        reported |= set(writer.stdout.read().split("\n")[:-1])
        library, _ = opened(tmp_path)
        ids = [record.id for record in library.records()]
        assert reported <= set(ids)
        assert len(ids) == len(set(ids)) == len(library)
        found(library, "topic1")
        assert not ids or in_step(library)  # killed before the first paper, there is no index yet
        library.close()
    writer = script(_KILLED, str(tmp_path), "0", "200")
    writer.communicate()
    assert writer.returncode == 0
    library, notices = opened(tmp_path)
    assert (len(library), notices) == (200, [])
    assert in_step(library)

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from embedders import HashEmbedder
from made_papers import paper, read_lines, write

from ingest import readers
from ingest.errors import UnreadableFile
from ingest.library import Library, Progress
from ingest.papers import Paper
from ingest.pipeline import FileOutcome, IngestReport


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library", embedder=HashEmbedder()) as one:
        yield one


def run(library: Library, *paths: Path, **more: object) -> IngestReport:
    return library.ingest(paths, read=read_lines, **more)  # type: ignore[arg-type]


def outcomes(report: IngestReport) -> dict[str, str]:
    return {each.path.name: each.outcome for each in report.outcomes}


def reason(report: IngestReport, name: str) -> str:
    (outcome,) = (each for each in report.outcomes if each.path.name == name)
    return outcome.reason


def test_a_folder_is_read_with_all_below_it_and_every_file_reported_once(library: Library, tmp_path: Path) -> None:
    folder = write(tmp_path / "in", "1 Zebra.", "2 Quokka.")
    write(folder / "deep" / "er", "3 Emu.")
    write(folder / ".hidden", "4 Gnu.")
    (folder / ".5.txt").write_text("5 Gnu.")
    (folder / "picture.png").write_bytes(b"no paper")
    (folder / "circle").symlink_to(folder)
    heard: list[FileOutcome] = []
    steps: list[Progress] = []
    report = run(library, folder, folder / "1.txt", report=heard.append, progress=steps.append)
    assert outcomes(report) == {"1.txt": "added", "2.txt": "added", "3.txt": "added"}
    assert (report.added, report.failed, report.chunks, report.interrupted) == (3, 0, 3, False)
    assert tuple(heard) == report.outcomes
    assert Progress("files", 3, 3) in steps
    assert {record.pmid for record in library.records()} == {"1", "2", "3"}
    assert [id_ for id_, _ in library.lexical("emu", 1)] == ["pmid:3#0"]


def test_bad_paths_fail_each_with_its_reason_and_stop_nothing(library: Library, tmp_path: Path) -> None:
    folder = write(tmp_path / "in", "1 Zebra.")
    (tmp_path / "empty").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (folder / "0.txt").write_text("")
    report = run(library, tmp_path / "none.pdf", tmp_path / "empty", tmp_path / "pipe", folder)
    assert outcomes(report) == {
        "none.pdf": "failed",
        "empty": "failed",
        "pipe": "failed",
        "0.txt": "failed",
        "1.txt": "added",
    }
    assert reason(report, "none.pdf") == "there is no such file or folder"
    assert reason(report, "empty").startswith("the folder holds no file to read")
    assert reason(report, "pipe") == "is neither a file nor a folder"
    assert reason(report, "0.txt") == "holds no paper"


def test_a_second_run_reads_and_adds_nothing(library: Library, tmp_path: Path) -> None:
    folder = write(tmp_path / "in", "1 Zebra.", "raise badly")
    run(library, folder)
    seen = library.embedder.seen  # type: ignore[attr-defined]
    report = run(library, folder)
    assert outcomes(report) == {"1.txt": "unchanged", "raise.txt": "failed"}
    assert reason(report, "raise.txt") == "cannot be read: ZeroDivisionError: badly (known; not read again)"
    assert library.embedder.seen == seen  # type: ignore[attr-defined]
    assert len(library) == 1


def test_failures_are_read_again_when_asked_and_by_newer_readers(
    library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write(tmp_path / "in", "raise badly")
    run(library, folder)
    assert "known" not in reason(run(library, folder, retry=True), "raise.txt")
    assert "known" in reason(run(library, folder), "raise.txt")
    monkeypatch.setattr(readers, "READER_VERSION", readers.READER_VERSION + 1)
    assert "known" not in reason(run(library, folder), "raise.txt")


def test_a_removed_paper_is_read_again(library: Library, tmp_path: Path) -> None:
    folder = write(tmp_path / "in", "1 Zebra.")
    run(library, folder)
    library.remove("pmid:1")
    assert list((library.path / "files").rglob("*.txt")) == []
    assert outcomes(run(library, folder)) == {"1.txt": "added"}


def test_files_of_one_content_are_read_once(library: Library, tmp_path: Path) -> None:
    folder = write(tmp_path / "in", "1 Zebra.", "raise badly")
    (folder / "twin.txt").write_bytes((folder / "1.txt").read_bytes())
    (folder / "worse.txt").write_bytes((folder / "raise.txt").read_bytes())
    expected = {"1.txt": "added", "twin.txt": "unchanged", "raise.txt": "failed", "worse.txt": "failed"}
    report = run(library, folder)
    assert outcomes(report) == expected
    assert reason(report, "twin.txt") == f"same file as {folder / '1.txt'}"
    assert outcomes(run(library, folder)) == expected | {"1.txt": "unchanged"}


def test_files_of_one_paper_are_one_paper(library: Library, tmp_path: Path) -> None:
    write(tmp_path / "a", "1 Short text.")
    write(tmp_path / "b", "1 A longer text of it.")
    write(tmp_path / "c", "1 Mid text of it.")
    assert outcomes(run(library, tmp_path / "a")) == {"1.txt": "added"}
    assert outcomes(run(library, tmp_path / "b")) == {"1.txt": "replaced"}
    report = run(library, tmp_path / "c")
    assert outcomes(report) == {"1.txt": "unchanged"}
    assert reason(report, "1.txt") == "same paper as pmid:1, whose text is fuller"
    assert (len(library), library.chunk_count()) == (1, 1)


def test_a_file_of_many_papers_is_one_outcome(library: Library, tmp_path: Path) -> None:
    file = write(tmp_path / "in", "1 Zebra.") / "set.txt"
    file.write_text("1 Zebra.\n2 Emu.\n3 Gnu.\n")
    run(library, tmp_path / "in" / "1.txt")
    (outcome,) = run(library, file).outcomes
    assert (outcome.outcome, outcome.paper_ids) == ("added", ("pmid:1", "pmid:2", "pmid:3"))
    assert outcome.reason == "2 papers added, 1 papers unchanged"


def test_a_text_longer_than_any_paper_is_not_embedded(library: Library) -> None:
    report = library.add([paper(1, "Zebra stripes. " * 200_001), paper(2, "Zebra stripes.")])
    assert [outcome.outcome for outcome in report.outcomes] == ["failed", "added"]
    assert "is not one paper: 3,000,015 characters, of at most 3,000,000" in report.outcomes[0].reason
    assert library.embedder.seen < 10  # type: ignore[attr-defined]


def test_the_papers_before_a_failure_stay(library: Library, tmp_path: Path) -> None:
    file = write(tmp_path / "in", "1 Zebra.\nraise badly") / "1.txt"
    (outcome,) = run(library, file).outcomes
    assert (outcome.outcome, outcome.paper_ids) == ("failed", ("pmid:1",))
    assert outcome.reason == "cannot be read: ZeroDivisionError: badly; 1 papers before that were taken in"
    assert len(library) == 1


def test_a_file_that_hangs_crashes_or_eats_memory_fails_alone(library: Library, tmp_path: Path) -> None:
    folder = write(tmp_path / "in", "hang", "eat", "crash", "1 Zebra.", "2 Emu.", "raise badly")
    began = time.monotonic()
    report = run(library, folder, deadline=2, memory=300 << 20, workers=2)
    assert time.monotonic() - began < 30
    assert outcomes(report) == {
        "1.txt": "added", "2.txt": "added",
        "hang.txt": "failed", "eat.txt": "failed", "crash.txt": "failed", "raise.txt": "failed",
    }  # fmt: skip
    assert reason(report, "hang.txt") == "took longer than 2 s to be read"
    assert reason(report, "eat.txt").startswith("needs more than 300 MB of memory")
    assert "crashed (SIGSEGV)" in reason(report, "crash.txt")


def test_broken_unicode_is_mended_at_its_place(library: Library, tmp_path: Path) -> None:
    run(library, write(tmp_path / "in", "surrogate"))
    assert library.paper("9").text == "One ? broken character."


def test_originals_are_kept_by_hash_unless_not_wanted(library: Library, tmp_path: Path) -> None:
    run(library, write(tmp_path / "a", "1 Zebra.", "raise badly"))
    run(library, write(tmp_path / "b", "2 Emu."), copy=False)
    (kept,) = [path for path in (library.path / "files").rglob("*") if path.is_file()]
    assert kept.read_text() == "1 Zebra."
    assert kept.parent.name == kept.name[:2]


def test_a_library_inside_the_folder_is_not_read(tmp_path: Path) -> None:
    write(tmp_path, "1 Zebra.")
    with Library.open(tmp_path / "library", embedder=HashEmbedder()) as library:
        run(library, tmp_path)
        assert len(run(library, tmp_path).outcomes) == 1


def test_reading_needs_a_function_that_other_processes_find(library: Library, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="module's function"):
        library.ingest([write(tmp_path / "in", "1 Zebra.")], read=lambda path: iter(()))


def test_the_real_readers_are_the_default(library: Library, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "0.pdf").write_bytes(b"")
    (folder / "note.pdf").write_bytes(b"%PDF-1.4 broken")
    report = library.ingest([folder])
    assert outcomes(report) == {"0.pdf": "failed", "note.pdf": "failed"}
    assert all(each.reason for each in report.outcomes)


def test_no_worker_imports_torch(tmp_path: Path) -> None:
    code = "import sys, ingest.worker, ingest.readers; sys.exit('torch' in sys.modules or 'chromadb' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


_INTERRUPTED = """
import sys, time
from embedders import HashEmbedder
from made_papers import read_lines
from ingest import intake
from ingest.library import Library
intake._FIRST_BATCH = intake._BATCH = 4
class Slow(HashEmbedder):
    def embed(self, texts):
        time.sleep(0.1)
        return super().embed(texts)
with Library.open(sys.argv[1], embedder=Slow()) as library:
    report = library.ingest([sys.argv[2]], read=read_lines, report=lambda each: print(each.paper_ids[0], flush=True))
    print("interrupted" if report.interrupted else "done", len(report.outcomes), flush=True)
"""


def test_ctrl_c_ends_after_the_current_commit_in_order_and_the_next_run_goes_on(tmp_path: Path) -> None:
    folder = write(tmp_path / "in", *(f"{number} Zebra number {number}." for number in range(120)))
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(_INTERRUPTED), str(tmp_path / "library"), str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), *filter(None, sys.path)])},
    )
    assert process.stdout is not None
    first = process.stdout.readline().strip()
    process.send_signal(signal.SIGINT)
    lines = [first, *process.stdout.read().split("\n")[:-1]]
    assert process.wait() == 0
    *reported, last = lines
    assert last == f"interrupted {len(reported)}"
    notices: list[str] = []
    with Library.open(tmp_path / "library", embedder=HashEmbedder(), notice=notices.append) as library:
        assert set(reported) <= {record.id for record in library.records()}
        state = library.catalogue.index_state()
        assert state.clean
        assert state.indexed == state.revision
        again = run(library, folder)
        assert len(library) == 120
        assert again.added + again.unchanged == 120
    assert notices == []


def test_unreadable_files_come_home_from_another_process_with_their_reason(library: Library, tmp_path: Path) -> None:
    report = library.ingest([write(tmp_path / "in", "1 x")], read=unreadable)
    assert reason(report, "1.txt") == "is encrypted; save a copy without the password"


def unreadable(path: Path) -> Iterator[Paper]:
    yield from ()
    raise UnreadableFile(path, "is encrypted; save a copy without the password")


def test_a_papers_own_id_is_fixed_at_first_ingest(library: Library) -> None:
    library.add([paper(1, "Abstract.", id="doi:10.1/a", pmid="", doi="10.1/a")])
    library.add([paper(1, "Abstract and all the rest.", doi="10.1/a")])
    assert [record.id for record in library.records()] == ["doi:10.1/a"]
    assert library.paper("pmid:1").text == "Abstract and all the rest."

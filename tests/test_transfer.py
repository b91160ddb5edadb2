from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tarfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from embedders import HashEmbedder
from made_papers import paper, read_lines, write

from ingest.checkup import check
from ingest.errors import LibraryError, LibraryInUse
from ingest.library import Library, Progress
from ingest.transfer import pack, unpack

Members = dict[str, bytes]


def opened(folder: Path, **more: float) -> Library:
    return Library.open(folder, embedder=HashEmbedder(), notice=lambda line: None, **more)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library of four papers, three of them with their files, and what it was packed into."""
    folder = tmp_path_factory.mktemp("packed")
    with opened(folder / "library") as library:
        library.ingest([write(folder / "in", "1 Zebra.", "2 Quokka.", "3 Emu.", "raise x")], read=read_lines)
        library.add([paper(9, "Gnu.", doi="10.1/Ab", status="retracted")])
        assert pack(library, folder / "library.tar.gz") == []
    return folder / "library.tar.gz"


def unpacked_nothing(file: Path, folder: Path) -> str:
    """The word with which `file` is refused; nothing is left of it."""
    folder.mkdir(exist_ok=True)
    with pytest.raises(LibraryError) as refused:
        unpack(file, folder / "new")
    assert list(folder.iterdir()) == []
    return str(refused.value)


def members(file: Path) -> Members:
    with tarfile.open(file) as archive:
        contents = {member.name: archive.extractfile(member) for member in archive}
        return {name: content.read() for name, content in contents.items() if content is not None}


def written(file: Path, contents: Members, *extra: tarfile.TarInfo) -> Path:
    with tarfile.open(file, "w:gz") as archive:
        for name, content in contents.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
        for member in extra:
            archive.addfile(member, io.BytesIO(b"x" * member.size))
    return file


def listed(contents: Members, **more: object) -> Members:
    """`contents` with a manifest that fits them."""
    inside = {name: content for name, content in contents.items() if name != "manifest.json"}
    sizes = {name: (len(content), hashlib.sha256(content).hexdigest()) for name, content in inside.items()}
    manifest = {"immunorag library": 1, "schema": 1, "files": sizes} | more
    return {"manifest.json": json.dumps(manifest).encode(), **inside}


def test_a_library_arrives_whole_and_finds_the_same(packed: Path, tmp_path: Path) -> None:
    steps: list[Progress] = []
    assert unpack(packed, tmp_path / "deep" / "new", steps.append) == 4
    with opened(packed.parent / "library") as old, opened(tmp_path / "deep" / "new") as new:
        assert new.records() == old.records()
        assert [new.paper(record.id) for record in new.records()] == [old.paper(record.id) for record in old.records()]
        assert new.lexical("quokka", 3) == old.lexical("quokka", 3)
        query = new.embedder.embed(["Zebra."])[0]
        assert new.dense(query, 3) == old.dense(query, 3)
        assert [finding.check for finding in check(new) if finding.problems] == []
        again = new.ingest([packed.parent / "in"], read=read_lines)
        assert (again.added, again.unchanged, again.failed) == (0, 3, 1)
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["new"]
    assert {Progress("files unpacked", 4, 4), Progress("chunks indexed", 4, 4)} <= set(steps)


def test_an_empty_folder_may_become_the_library_and_one_that_holds_something_may_not(
    packed: Path, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    assert unpack(packed, tmp_path / "empty") == 4
    with pytest.raises(LibraryError, match="empty: is not empty; name a new folder"):
        unpack(packed, tmp_path / "empty")
    (tmp_path / "file").write_text("x")
    with pytest.raises(LibraryError, match="is not empty"):
        unpack(packed, tmp_path / "file")
    assert {path.name for path in tmp_path.iterdir()} == {"empty", "file"}


def test_what_is_packed_is_whole_or_absent_and_replaces_nothing(packed: Path, tmp_path: Path) -> None:
    with opened(packed.parent / "library") as library:
        with pytest.raises(LibraryError, match="exists already; name a new file"):
            pack(library, packed)
        with pytest.raises(LibraryError, match="No such file or directory"):
            pack(library, tmp_path / "none" / "x.tar.gz")

        def stop(progress: Progress) -> None:
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            pack(library, tmp_path / "x.tar.gz", stop)
    assert list(tmp_path.iterdir()) == []


def test_nobody_changes_the_library_while_it_is_packed(packed: Path, tmp_path: Path) -> None:
    refused: list[str] = []

    def add(progress: Progress) -> None:
        with opened(packed.parent / "library", wait=0.05) as other, pytest.raises(LibraryInUse) as error:
            other.add([paper(77)])
        refused.append(str(error.value))

    with opened(packed.parent / "library") as library:
        pack(library, tmp_path / "x.tar.gz", add)
    assert len(refused) == 4


def test_a_kept_original_that_is_missing_is_told_and_the_rest_is_packed(packed: Path, tmp_path: Path) -> None:
    shutil.copytree(packed.parent / "library", tmp_path / "library")
    kept = sorted(path for path in (tmp_path / "library" / "files").rglob("*") if path.is_file())[0]
    kept.unlink()
    with opened(tmp_path / "library") as library:
        assert pack(library, tmp_path / "x.tar.gz") == [f"files/{kept.parent.name}/{kept.name}"]
    assert unpack(tmp_path / "x.tar.gz", tmp_path / "new") == 4


def test_files_that_are_no_packed_library_are_refused_with_a_word(packed: Path, tmp_path: Path) -> None:
    whole = packed.read_bytes()
    for name, content in {
        "nothing": b"",
        "text": b"no archive at all " * 99,
        "zip": b"PK\x03\x04" + bytes(999),
        "gz": gzip.compress(b"no archive" * 999),
        "short": whole[: len(whole) // 2],
        "shorter": whole[:40],
        "flipped": whole[: len(whole) // 2] + b"\xff\x00\xff" + whole[len(whole) // 2 + 3 :],
    }.items():
        (tmp_path / name).write_bytes(content)
        word = unpacked_nothing(tmp_path / name, tmp_path / "out")
        assert word.startswith(f"{tmp_path / name}: "), name
        assert "again" in word or "immunorag library export" in word, word
    assert "No such file" in unpacked_nothing(tmp_path / "gone", tmp_path / "out")
    other = written(tmp_path / "other.tar.gz", {"readme.txt": b"hello"})
    assert "is no exported library" in unpacked_nothing(other, tmp_path / "out")


def test_newer_formats_are_refused_with_the_remedy(packed: Path, tmp_path: Path) -> None:
    contents = members(packed)
    for more in ({"schema": 99}, {"immunorag library": 2}):
        newer = written(tmp_path / "newer.tar.gz", listed(contents, **more))
        assert "was exported by a newer immunorag" in unpacked_nothing(newer, tmp_path / "out")
    (tmp_path / "catalogue.sqlite").write_bytes(contents["catalogue.sqlite"])
    with closing(sqlite3.connect(tmp_path / "catalogue.sqlite")) as connection:
        connection.execute("PRAGMA user_version = 99")
    contents["catalogue.sqlite"] = (tmp_path / "catalogue.sqlite").read_bytes()
    newer = written(tmp_path / "newer.tar.gz", listed(contents))
    assert "was made by a newer immunorag (schema 99" in unpacked_nothing(newer, tmp_path / "out")


def _file(**more: object) -> tarfile.TarInfo:
    member = tarfile.TarInfo("files/ab/" + "ab" * 32 + ".pdf")
    for name, value in more.items():
        setattr(member, name, value)
    return member


TRICKS: dict[str, Callable[[Members], tuple[Members, list[tarfile.TarInfo]]]] = {
    "a path upward": lambda all_: (listed(all_ | {"files/../../evil": b"x"}), []),
    "an absolute path": lambda all_: (listed(all_ | {"/tmp/immunorag-evil": b"x"}), []),  # noqa: S108
    "a lock": lambda all_: (listed(all_ | {"writer": b"x"}), []),
    "an index": lambda all_: (listed(all_ | {"index-1/chroma/chroma.sqlite3": b"x"}), []),
    "a path with a new line": lambda all_: (listed(all_ | {"files/ab/" + "ab" * 32 + "\n": b"x"}), []),
    "a file that is not listed": lambda all_: (all_, [_file(size=3)]),
    "a link": lambda all_: (
        _with_listed(all_, _file().name), [_file(type=tarfile.SYMTYPE, linkname="/etc/passwd")],
    ),
    "a hard link": lambda all_: (
        _with_listed(all_, _file().name), [_file(type=tarfile.LNKTYPE, linkname="catalogue.sqlite")],
    ),
    "a device": lambda all_: (_with_listed(all_, _file().name), [_file(type=tarfile.CHRTYPE)]),
    "a file twice": lambda all_: (all_, [_again(all_)]),
    "a file that is longer": lambda all_: (_with_listed(all_, _file().name), [_file(size=3)]),
    "another content": lambda all_: (all_ | {_kept(all_): b"x" * len(all_[_kept(all_)])}, []),
    "a file missing": lambda all_: (_with_listed(all_, _file().name), []),
    "no catalogue": lambda all_: (listed({n: c for n, c in all_.items() if n != "catalogue.sqlite"}), []),
    "a manifest of another kind": lambda all_: (all_ | {"manifest.json": b'{"files": 3}'}, []),
    "a manifest that is deep": lambda all_: (all_ | {"manifest.json": b"[" * 200_000}, []),
    "a size below nought": lambda all_: (
        all_ | {"manifest.json": b'{"immunorag library": 1, "schema": 1, "files": {"catalogue.sqlite": [-1, ""]}}'}, [],
    ),
    "a size beyond the disk": lambda all_: (
        all_ | {"manifest.json": b'{"immunorag library":1,"schema":1,"files":{"catalogue.sqlite":[99999999999999,0]}}'},
        [],
    ),
}  # fmt: skip


def _kept(contents: Members) -> str:
    return next(name for name in contents if name.startswith("files/"))


def _with_listed(contents: Members, name: str) -> Members:
    """`contents` with a manifest that names an empty file more."""
    with_it = listed(contents | {name: b""})
    return {key: value for key, value in with_it.items() if key != name}


def _again(contents: Members) -> tarfile.TarInfo:
    member = tarfile.TarInfo(_kept(contents))
    member.size = len(contents[member.name])
    return member


@pytest.mark.parametrize("trick", TRICKS)
def test_archives_with_tricks_are_refused_and_write_nothing(packed: Path, tmp_path: Path, trick: str) -> None:
    contents, extra = TRICKS[trick](members(packed))
    file = written(tmp_path / "evil.tar.gz", contents, *extra)
    word = unpacked_nothing(file, tmp_path / "out")
    assert word.startswith(f"{file}: ")
    assert word.endswith(("it was tampered with", "fetch or export the file again", "free some space"))
    assert {path.name for path in tmp_path.iterdir()} == {"evil.tar.gz", "out"}
    assert not Path("/tmp/immunorag-evil").exists()  # noqa: S108


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE files SET kept = '../../../etc/passwd' WHERE kept != ''",
        "CREATE TRIGGER evil AFTER DELETE ON papers BEGIN DELETE FROM texts; END",
        "CREATE VIEW evil AS SELECT 1",
        "PRAGMA foreign_keys = OFF; DELETE FROM papers",
    ],
)
def test_a_catalogue_that_would_act_or_point_outside_is_refused(packed: Path, tmp_path: Path, statement: str) -> None:
    contents = members(packed)
    database = tmp_path / "evil.sqlite"
    database.write_bytes(contents["catalogue.sqlite"])
    with closing(sqlite3.connect(database)) as connection:
        connection.executescript(statement)
    contents["catalogue.sqlite"] = database.read_bytes()
    word = unpacked_nothing(written(tmp_path / "evil.tar.gz", listed(contents)), tmp_path / "out")
    assert "its catalogue is not whole" in word


_IMPORTING = """
import sys, time
from pathlib import Path
from ingest.transfer import unpack
def slow(progress):
    print(progress.stage, flush=True)
    time.sleep(30)
unpack(Path(sys.argv[1]), Path(sys.argv[2]), slow)
"""


def test_ctrl_c_during_an_import_leaves_nothing(packed: Path, tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", _IMPORTING, str(packed), str(tmp_path / "new")],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"files unpacked\n"
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert process.returncode != 0
    assert list(tmp_path.iterdir()) == []

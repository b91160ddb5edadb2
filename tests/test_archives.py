"""Archives of papers: every file in them has its say, and no archive does more than give papers."""

from __future__ import annotations

import gzip
import io
import os
import stat
import struct
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from embedders import HashEmbedder

from ingest.errors import UnreadableFile
from ingest.library import Library
from ingest.papers import Paper
from ingest.readers import archives, read

PROSE = "Patients with high scores lived longer than patients with low scores, in both arms of the trial. " * 3
JATS = f"<article><body><sec><title>Results</title><p>{PROSE}</p></sec></body></article>".encode()
RIS = f"TY  - JOUR\nTI  - A title\nAN  - 7\nDB  - PubMed\nAB  - {PROSE}\nER  - \nTY  - JOUR\nTI  - B\nER  - \n".encode()
MARKDOWN = f"# Scores and survival\n\n{PROSE}".encode()
Files = dict[str, bytes]


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A temporary folder of the test's own, in which nothing may be left."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert list(folder.iterdir()) == []


def zipped(path: Path, files: Files, method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def tarred(path: Path, files: Files, *more: tarfile.TarInfo) -> Path:
    with tarfile.open(path, "w:gz" if path.suffix in (".gz", ".tgz") else "w") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
        for member in more:
            archive.addfile(member)
    return path


def taken(path: Path) -> tuple[list[Paper], str]:
    """The papers of a file and the note at its end."""
    papers, found = read(path), []
    while True:
        try:
            found.append(next(papers))
        except StopIteration as end:
            return found, end.value or ""


def refused(path: Path) -> tuple[int, str]:
    """How many papers an archive gave before it was refused, and why it was."""
    given = 0
    with pytest.raises(UnreadableFile) as failure:
        for _ in read(path):
            given += 1
    assert "\n" not in str(failure.value)
    assert str(failure.value).startswith(f"{path}: ")
    return given, failure.value.reason


def written(path: Path, files: Files) -> Path:
    return zipped(path, files) if path.suffix == ".zip" else tarred(path, files)


@pytest.mark.parametrize("name", ["a.zip", "a.tar", "a.tar.gz", "a.tgz"])
def test_all_forms_are_read_from_all_archives(tmp_path: Path, name: str) -> None:
    files = {
        "in/one.xml": JATS,
        "in/deep/two.ris": RIS,
        "three.md": MARKDOWN,
        "four.xml.gz": gzip.compress(JATS + b"\n"),
    }
    papers, note = taken(written(tmp_path / name, files))
    assert [(paper.source, paper.title) for paper in papers] == [
        ("jats", "one"),
        ("text", "A title"),
        ("text", "Scores and survival"),
        ("jats", "four.xml"),
    ]
    assert note == "in/deep/two.ris: 1 of 2 records passed over: 1 without an abstract"
    (tmp_path / "one.xml").write_bytes(JATS)
    assert next(read(tmp_path / "one.xml")) == papers[0]


@pytest.mark.parametrize("name", ["a.zip", "a.tar.gz"])
def test_an_archive_is_told_from_its_content(tmp_path: Path, name: str) -> None:
    path = written(tmp_path / name, {"one.pdf": JATS})
    assert len(taken(path.rename(tmp_path / "paper.pdf"))[0]) == 1


@pytest.mark.parametrize("name", ["a.zip", "a.tar"])
def test_an_unpacked_pdf_in_front_does_not_pass_for_the_archive(tmp_path: Path, name: str) -> None:
    files = {"broken.pdf": b"%PDF-1.7\n" + bytes(600), "one.xml": JATS}
    path = zipped(tmp_path / name, files, zipfile.ZIP_STORED) if name == "a.zip" else tarred(tmp_path / name, files)
    papers, note = taken(path)
    assert len(papers) == 1
    assert note.startswith("1 of 2 files in it gave no paper: broken.pdf: is ")


def test_what_gives_no_paper_is_counted_and_named(tmp_path: Path) -> None:
    files = {
        "one.xml": JATS,
        "figure.png": b"\x89PNG\r\n" + bytes(99),
        "LICENSE": PROSE.encode(),
        "empty.pdf": b"",
        "inner.zip": zipped(tmp_path / "inner.zip", {"two.xml": JATS}).read_bytes(),
        "__MACOSX/._one.xml": b"\0",
        ".DS_Store": b"\0",
        "folder/": b"",
        ".hidden/one.xml": JATS,
    }
    papers, note = taken(zipped(tmp_path / "a.zip", files))
    assert len(papers) == 1
    assert note == (
        "4 of 5 files in it gave no paper: figure.png: is an image, which holds no text; "
        "LICENSE: is text that is not named as a paper (.md, .markdown, .txt); empty.pdf: is empty (0 bytes); "
        "and 1 more"
    )


def test_archives_within_archives_are_not_opened(tmp_path: Path) -> None:
    inner = [written(tmp_path / name, {"two.xml": JATS}).read_bytes() for name in ("i.zip", "i.tar", "i.tgz")]
    path = zipped(tmp_path / "a.zip", {f"{number}.zip": content for number, content in enumerate(inner)})
    given, reason = refused(path)
    assert given == 0
    assert reason.startswith("is a Zip archive that gives no paper (3 files: 0.zip: is an archive within an archive; ")
    assert "Zip" in refused(_file(tmp_path / "a.zip.gz", gzip.compress(inner[0])))[1]


@pytest.mark.parametrize("name", ["a.zip", "a.tar", "a.tgz"])
def test_an_archive_of_nothing_says_so(tmp_path: Path, name: str) -> None:
    if name == "a.zip":
        assert "there is no file in it" in refused(written(tmp_path / name, {}))[1]
    assert "gives no paper" in refused(written(tmp_path / name, {"a.dat": bytes(99)}))[1]


def test_office_documents_are_named(tmp_path: Path) -> None:
    for files in ({"[Content_Types].xml": JATS}, {"word/x.xml": JATS, "[Content_Types].xml": JATS}, {"mimetype": b"x"}):
        assert refused(zipped(tmp_path / "a.docx", files)) == (
            0,
            "is an Office document or e-book, which is not supported; save it as PDF",
        )


@pytest.mark.parametrize("name", ["a.zip", "a.tar"])
def test_names_lead_nowhere_and_are_shown_inert(tmp_path: Path, name: str) -> None:
    home = tmp_path / "home"
    home.mkdir()
    files = {
        "../../evil.xml": JATS,
        str(tmp_path / "absolute.xml"): JATS + b"\n",
        "..\\..\\back.xml": JATS + b"\n\n",
        "a\x1b[31m\u202ered.dat": b"\0",
        "x" * 200 + ".dat": b"\0",
    }
    before = {path for path in tmp_path.rglob("*") if "temporary" not in path.parts}
    papers, note = taken(written(home / name, files))
    assert [paper.title for paper in papers] == ["evil", "absolute", "back"]
    assert note.isprintable()
    assert "a\ufffd[31m\ufffdred.dat: is " in note
    assert "x" * 80 not in note
    after = {path for path in tmp_path.rglob("*") if "temporary" not in path.parts}
    assert after - before == {home / name}


def test_links_and_devices_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "secret.xml").write_bytes(JATS)
    special = []
    for kind, name in ((tarfile.SYMTYPE, "s"), (tarfile.LNKTYPE, "l"), (tarfile.CHRTYPE, "c"), (tarfile.FIFOTYPE, "f")):
        member = tarfile.TarInfo(f"{name}.xml")
        member.type, member.linkname = kind, str(tmp_path / "secret.xml")
        special.append(member)
    papers, note = taken(tarred(tmp_path / "a.tar", {"one.xml": JATS}, *special))
    assert len(papers) == 1
    assert note.startswith("4 of 5 files in it gave no paper: s.xml: is a link; l.xml: is a link; c.xml: is no regular")

    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        entry = zipfile.ZipInfo("s.xml")
        entry.create_system, entry.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, str(tmp_path / "secret.xml"))
    assert "s.xml: is a link" in refused(tmp_path / "a.zip")[1]


def test_a_file_without_a_name_costs_no_other(tmp_path: Path) -> None:
    content = bytearray(zipped(tmp_path / "a.zip", {"\x01": JATS, "b.xml": JATS}).read_bytes())
    content[content.index(b"\x01", 30)] = 0  # the reader ends a name there
    content[content.index(b"\x01", content.index(b"PK\x01\x02") + 46)] = 0
    assert [paper.title for paper in taken(_file(tmp_path / "a.zip", bytes(content)))[0]][-1] == "b"


def test_encrypted_and_strangely_packed_files_cost_no_other(tmp_path: Path) -> None:
    content = bytearray(zipped(tmp_path / "a.zip", {"a.xml": JATS, "b.xml": JATS, "c.xml": JATS}).read_bytes())
    first, second = (content.index(b"PK\x01\x02", start) for start in (0, content.index(b"PK\x01\x02") + 4))
    content[first + 8] |= 1  # encrypted
    content[second + 10] = 9  # Deflate64
    (tmp_path / "a.zip").write_bytes(content)
    papers, note = taken(tmp_path / "a.zip")
    assert [paper.title for paper in papers] == ["c"]
    assert note == (
        "2 of 3 files in it gave no paper: a.xml: is encrypted; b.xml: is packed by a method that is not supported"
    )


def test_a_damaged_file_in_a_zip_costs_no_other(tmp_path: Path) -> None:
    content = bytearray(zipped(tmp_path / "a.zip", {"a.xml": JATS, "b.xml": JATS}, zipfile.ZIP_STORED).read_bytes())
    content[content.index(b"Patients")] ^= 1
    (tmp_path / "a.zip").write_bytes(content)
    papers, note = taken(tmp_path / "a.zip")
    assert [paper.title for paper in papers] == ["b"]
    assert note.startswith("1 of 2 files in it gave no paper: a.xml: is damaged in the archive (Bad CRC-32")


def test_bombs_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    blank = b" " * (70 << 20)
    path = zipped(tmp_path / "ratio.zip", {"a.xml": blank})
    assert "bomb" in refused(path)[1]
    assert "bomb" in refused(tarred(tmp_path / "ratio.tgz", {"one.xml": JATS, "a.xml": blank}))[1]
    monkeypatch.setattr(archives, "LARGEST_FILE", 1_000)
    assert "a.xml: is larger than" in refused(zipped(tmp_path / "large.zip", {"a.xml": JATS * 9}))[1]
    assert "a.xml: is larger than" in refused(tarred(tmp_path / "large.tar", {"a.xml": JATS * 9}))[1]


def test_archives_of_too_much_in_all_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {f"{number}.xml": JATS + b" " * number for number in range(4)}
    for name in ("a.zip", "a.tar"):
        monkeypatch.setattr(archives, "MOST_FILES", 3)
        assert "more than 3 files" in refused(written(tmp_path / name, files))[1]
        monkeypatch.undo()
        monkeypatch.setattr(archives, "LARGEST", 3 * len(JATS))
        given, reason = refused(written(tmp_path / name, files))
        assert "unpacks to more than" in reason
        assert given == (0 if name == "a.zip" else 2)
        monkeypatch.undo()


def test_files_that_overlap_are_refused(tmp_path: Path) -> None:
    content = bytearray(zipped(tmp_path / "a.zip", {"a.xml": JATS, "a.xm2": JATS}).read_bytes())
    second = content.index(b"PK\x01\x02", content.index(b"PK\x01\x02") + 4)
    content[second + 42 : second + 46] = struct.pack("<I", 0)
    (tmp_path / "a.zip").write_bytes(content)
    assert "overlap" in refused(tmp_path / "a.zip")[1]


def test_a_file_that_lies_of_its_size_stops_there(tmp_path: Path) -> None:
    content = bytearray(zipped(tmp_path / "a.zip", {"a.xml": JATS}).read_bytes())
    entry = content.index(b"PK\x01\x02")
    content[entry + 24 : entry + 28] = struct.pack("<I", 100)
    assert "is damaged in the archive" in refused(_file(tmp_path / "a.zip", bytes(content)))[1]
    content[entry + 24 : entry + 28] = struct.pack("<I", 0xFFFFFFFF)  # as if a Zip64 field said more
    assert "a.xml: is larger than 1,024 MB" in refused(_file(tmp_path / "a.zip", bytes(content)))[1]


def test_an_archive_that_is_cut_off_gives_what_it_has_and_says_so(tmp_path: Path) -> None:
    files = {f"{number}.xml": JATS + b" " * number for number in range(3)}
    whole = zipped(tmp_path / "a.zip", files).read_bytes()
    assert "cut off or damaged" in refused(_file(tmp_path / "a.zip", whole[:-30]))[1]
    whole = tarred(tmp_path / "a.tar", files).read_bytes()
    for end in (1024 + 300, 1024 + 512, 2048, 2048 + 100):  # each file takes 1,024 bytes
        given, reason = refused(_file(tmp_path / "a.tar", whole[:end]))
        assert "is a tar archive that is cut off or damaged" in reason
        assert given == end // 1024
    noise = {"noise.dat": os.urandom(200_000)}  # so that more than one block is packed
    whole = tarred(tmp_path / "a.tgz", files | noise).read_bytes()
    assert "cut off" in refused(_file(tmp_path / "a.tgz", whole[: len(whole) // 2]))[1]


def test_no_damage_crashes(tmp_path: Path) -> None:
    for name in ("a.zip", "a.tar", "a.tgz"):
        whole = written(tmp_path / name, {"a.xml": JATS, "b.md": MARKDOWN}).read_bytes()
        for position in range(0, len(whole), max(1, len(whole) // 150)):
            for broken in (whole[:position], _flipped(whole, position)):
                try:
                    list(read(_file(tmp_path / "broken", broken)))
                except UnreadableFile:
                    continue


def test_what_a_killed_process_left_is_taken_away_in_time(tmp_path: Path, temporary: Path) -> None:
    old, new, other = (temporary / name for name in ("immunorag-archive-old", "immunorag-archive-new", "other"))
    for folder in (old, new, other):
        folder.mkdir()
        (folder / "file").write_bytes(b"x")
    for folder in (old, other):
        os.utime(folder, (time.time() - 100_000,) * 2)
    taken(zipped(tmp_path / "a.zip", {"a.xml": JATS}))
    assert sorted(temporary.iterdir()) == [new, other]
    for folder in (new, other):
        (folder / "file").unlink()
        folder.rmdir()


def test_an_archive_is_a_file_of_the_library_like_any_other(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    zipped(folder / "a.zip", {"a.xml": JATS, "b.md": MARKDOWN, "c.pdf": b""})
    tarred(folder / "b.tgz", {"a.xml": JATS})
    (folder / "c.tar").write_bytes(bytes(257) + b"ustar" + bytes(250))
    with Library.open(tmp_path / "library", embedder=HashEmbedder()) as library:
        report = {each.path.name: each for each in library.ingest([folder], workers=1).outcomes}
        assert {name: each.outcome for name, each in report.items()} == {
            "a.zip": "added",
            "b.tgz": "unchanged",
            "c.tar": "failed",
        }
        assert report["a.zip"].reason == "2 papers added; 1 of 3 files in it gave no paper: c.pdf: is empty (0 bytes)"
        assert len(library) == 2
        kept = {path.suffix for path in (library.path / "files").rglob("*") if path.is_file()}
        assert ".zip" in kept
        assert {each.outcome for each in library.ingest([folder]).outcomes} == {"unchanged", "failed"}


def _file(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def _flipped(content: bytes, position: int) -> bytes:
    return content[:position] + bytes([content[position] ^ 0xFF]) + content[position + 1 :]

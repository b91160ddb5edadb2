"""A file is known by its content, and one that gives no paper says why in a line."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

import pytest

from ingest.errors import UnreadableFile
from ingest.readers import read
from ingest.readers.identifiers import normal_doi, normal_pmcid, normal_pmid, trial_ids
from ingest.readers.sections import is_back_matter, section_kind

PROSE = "Patients with high scores lived longer than patients with low scores, in both arms of the trial. " * 3
JATS = f"<article><body><sec><title>Results</title><p>{PROSE}</p></sec></body></article>"


def reason(path: Path, content: bytes | str) -> str:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(UnreadableFile) as failure:
        list(read(path))
    assert "\n" not in str(failure.value)
    assert str(failure.value).startswith(f"{path}: ")
    assert pickle.loads(pickle.dumps(failure.value)).reason == failure.value.reason  # noqa: S301
    return failure.value.reason


@pytest.mark.parametrize("name", ["paper.xml", "paper.pdf", "paper.txt", "paper"])
def test_the_format_is_told_from_content_not_from_the_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(JATS)
    assert next(read(path)).source == "jats"
    path.write_text("# A title\n\n" + PROSE)
    assert next(read(path)).source == "text"


def test_missing_paths_folders_and_empty_files_are_named(tmp_path: Path) -> None:
    for path, word in ((tmp_path / "no such file", "does not exist"), (tmp_path, "is a folder")):
        with pytest.raises(UnreadableFile, match=word):
            list(read(path))
    assert "0 bytes" in reason(tmp_path / "empty.pdf", b"")


def test_a_pipe_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UnreadableFile, match="not a regular file"):
        list(read(tmp_path / "pipe"))


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (bytes(range(256)) * 8, "binary"),
        (b"\x1f\x8b\x08" + bytes(40), "gzip"),
        (b"PK\x03\x04" + bytes(40), "Zip"),
        (b"<?xml version='1.0'?><!DOCTYPE art SYSTEM 'article.dtd'>\n<art><ui>x</ui></art>", "BMC article XML"),
        (b"<?xml version='1.0'?>\n<PubmedArticleSet></PubmedArticleSet>", "PubMed XML"),
        (b"<!DOCTYPE html><html><body><p>text</p></body></html>", "HTML"),
        (b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'/>", "HTML"),
        (b"<?xml version='1.0'?><TEI><text/></TEI>", "root <TEI>"),
        (b"<?xml version='1.0'?>", "broken XML"),
        (b"<article><body><p>cut off here", "broken XML"),
        (b"<article><front/><body/></article>", "without the text"),
        (b"<article xmlns='http://docbook.org/ns/docbook'><para>text</para></article>", "without the text"),
        (b"<?xml version='1.0' encoding='utf-8'?><article><body><p>caf\xe9</p></body></article>", "broken XML"),
        (b"hello", "too little text"),
        (b'{"title": "x"}', "JSON"),
        (b"a\tb\tc\n1\t2\t3\n4\t5\t6\n7\t8\t9\n", "table"),
        (b"TY  - JOUR\nTI  - A title\n", "RIS"),
        (b"@article{smith,\n title={x}}\n", "BibTeX"),
        (b"{\\rtf1\\ansi text}", "RTF"),
    ],
)
def test_what_is_no_paper_says_what_it_is(tmp_path: Path, content: bytes, word: str) -> None:
    assert word in reason(tmp_path / "file", content)


def test_entity_bombs_are_refused(tmp_path: Path) -> None:
    layers = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
    bomb = f'<!DOCTYPE article [<!ENTITY l0 "lol">{layers}]><article><body><p>{PROSE} &l9;</p></body></article>'
    assert "bomb" in reason(tmp_path / "bomb.xml", bomb)


def test_deep_nesting_is_refused(tmp_path: Path) -> None:
    deep = "<article>" + "<sec>" * 5000 + "</sec>" * 5000 + "</article>"
    assert "nested deeper" in reason(tmp_path / "deep.xml", deep)


def test_external_entities_are_never_fetched(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("SECRET")
    entity = f'<!ENTITY secret SYSTEM "{(tmp_path / "secret").as_uri()}">'
    (tmp_path / "a.xml").write_text(f"<!DOCTYPE article [{entity}]>" + JATS.replace("Patients", "&secret; Patients", 1))
    paper = next(read(tmp_path / "a.xml"))
    assert "SECRET" not in paper.text
    assert paper.text.startswith("Patients with high")


def test_a_prologue_of_many_instructions_is_read_in_no_time(tmp_path: Path) -> None:
    assert reason(tmp_path / "a.xml", "<?a?>" * 5000 + " " * 5000 + "@")


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("2.1 | METHODS:", "methods"),
        ("Patients and methods", "methods"),
        ("M E T H O D S", "methods"),
        ("I NTRODUCTION", "introduction"),
        ("II. Results", "results"),
        ("Results and discussion", "results"),
        ("Discussion and conclusions", "discussion"),
        ("Methods > Patients", "methods"),
        ("Conclusions and outlook", "conclusions"),
        ("In vivo models", "other"),
        ("Overview of the tumour microenvironment", "other"),
        ("", "other"),
    ],
)
def test_headings_tell_the_kind_of_section(heading: str, kind: str) -> None:
    assert section_kind(heading) == kind


def test_back_matter_is_known_and_nothing_else() -> None:
    for heading in ("References", "7. Acknowledgments", "Funding", "Conflict of interest", "Authors’ contributions"):
        assert is_back_matter(heading), heading
    for heading in ("Reference standard", "Disclosure of HIV status", "Methods", "Data collection", ""):
        assert not is_back_matter(heading), heading


def test_identifiers_come_to_one_spelling() -> None:
    assert normal_doi("https://doi.org/10.1016/S0140-6736(20)30001-2.") == "10.1016/S0140-6736(20)30001-2"
    assert normal_doi("none") == ""
    assert [normal_pmcid(text) for text in ("PMC123", "123", "pmc123.1", "x")] == ["PMC123", "PMC123", "PMC123", ""]
    assert [normal_pmid(text) for text in ("00123", "PMID: 123", "12a")] == ["123", "123", ""]


def test_trials_are_found_by_their_registers() -> None:
    text = "NCT01234567, nct 01234567; ISRCTN12345678; EudraCT 2004-000446-20; NCT123; tel. 123456789"
    assert trial_ids(text) == ("NCT01234567", "ISRCTN12345678", "2004-000446-20")

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from ingest.bibliography import to_bibtex, to_jsonl, to_ris
from ingest.catalogue import Record

PLAIN = Record(
    "pmid:27718847", "Nivolumab in melanoma", ("Ada Example", "Ben van der Berg Jr."), "J Trials", 2019, "jats",
    "normal", "10.1000/a_b", "27718847", "PMC5", 3, 99,
)  # fmt: skip
HARD = replace(
    PLAIN,
    id="sha256:ab",
    title="50% & more: {T} cells_1 in $5 #2 ~x^2 \\alpha\nfor α-PD-1",
    authors=("CheckMate 067 Investigators", "Smith J, MD", "Plato", "Søren Ørsted", "Tom and Jerry"),
    journal="",
    year=None,
    status="retracted",
    source="digest",
    doi="",
    pmid="",
    pmcid="",
)


def test_json_lines_hold_every_field() -> None:
    lines = list(to_jsonl([PLAIN, HARD]))
    assert [line.count("\n") for line in lines] == [1, 1]
    assert json.loads(lines[0])["authors"] == ["Ada Example", "Ben van der Berg Jr."]
    assert set(json.loads(lines[1])) == set(Record.__slots__)
    assert "α-PD-1" in lines[1]


def test_bibtex_names_all_that_is_known() -> None:
    assert list(to_bibtex([PLAIN])) == [
        "@article{example2019,\n"
        "  title = {{Nivolumab in melanoma}},\n"
        "  author = {Example, Ada and van der Berg, Jr., Ben},\n"
        "  journal = {J Trials},\n"
        "  year = {2019},\n"
        "  doi = {10.1000/a\\_b},\n"
        "  pmid = {27718847},\n"
        "  pmcid = {PMC5},\n"
        "}\n\n"
    ]


def test_bibtex_escapes_what_latex_reads_as_syntax_and_keeps_groups_whole() -> None:
    (entry,) = to_bibtex([HARD])
    assert (
        r"title = {{50\% \& more: \{T\} cells\_1 in \$5 \#2 \textasciitilde{}x\textasciicircum{}2 "
        r"\textbackslash{}alpha for α-PD-1}}" in entry
    )
    assert (
        "author = {{CheckMate 067 Investigators} and {Smith J, MD} and {Plato} and Ørsted, Søren and {Tom and" in entry
    )
    assert "@misc{checkmateinvestigators," in entry
    assert "note = {RETRACTED; immunorag's digest, not the paper's text}" in entry


def test_keys_are_each_used_once() -> None:
    keys = [entry.partition("{")[2].partition(",")[0] for entry in to_bibtex([PLAIN] * 29)]
    assert keys[:3] == ["example2019", "example2019a", "example2019b"]
    assert keys[26:] == ["example2019z", "example2019aa", "example2019ab"]


def test_ris_has_a_field_a_line_and_no_line_of_a_title_is_taken_for_one() -> None:
    (record,) = to_ris([replace(PLAIN, title="First\nER  - \r\nTY  - BOOK")])
    assert record.split("\r\n") == [
        "TY  - JOUR", "TI  - First ER - TY - BOOK", "AU  - Example, Ada", "AU  - van der Berg, Ben, Jr.",
        "JF  - J Trials", "PY  - 2019", "DO  - 10.1000/a_b", "AN  - 27718847", "DB  - PubMed", "C2  - PMC5", "ER  - ",
        "", "",
    ]  # fmt: skip
    (hard,) = to_ris([HARD])
    assert "AU  - CheckMate 067 Investigators\r\n" in hard
    assert "N1  - RETRACTED; immunorag's digest" in hard
    assert hard.startswith("TY  - GEN\r\n")


def test_an_outside_parser_reads_the_bibtex_back() -> None:
    bibtexparser = pytest.importorskip("bibtexparser")
    library = bibtexparser.parse_string("".join(to_bibtex([PLAIN, HARD, HARD])))
    assert library.failed_blocks == []
    assert [entry.key for entry in library.entries] == [
        "example2019", "checkmateinvestigators", "checkmateinvestigatorsa",
    ]  # fmt: skip
    assert library.entries[0].fields_dict["year"].value == "2019"


def test_an_outside_parser_reads_the_ris_back(tmp_path: Path) -> None:
    rispy = pytest.importorskip("rispy")
    first, second = rispy.loads("".join(to_ris([PLAIN, HARD])))
    assert (first["title"], first["authors"][0], first["doi"]) == (
        "Nivolumab in melanoma",
        "Example, Ada",
        "10.1000/a_b",
    )
    assert second["authors"] == [
        "CheckMate 067 Investigators",
        "Smith J, MD",
        "Plato",
        "Ørsted, Søren",
        "Tom and Jerry",
    ]

"""RIS: exports of many programs, each with its own idea of the format; broken records cost no other."""

from __future__ import annotations

from pathlib import Path

import pytest
from noted import papers_of

from ingest.errors import UnreadableFile

PROSE = "Patients with high scores lived longer than those with low scores in both arms."
FULL = """TY  - JOUR
TI  - Anti-PD-1 in <i>MSI</i>-high tumours
AU  - Li, Bo
AU  - Berg, Anna, Jr.
AU  - The Group
JO  - Trial Lett
T2  - Trial Letters
PY  - 2016
DA  - 2016/11/10/
DO  - https://doi.org/10.1000/X.1
AB  - Background: Scores are in use (p&lt;0.05). Methods: We gave 10<sup>6</sup> cells to 30 patients
in two arms.
Results: It was good; NCT01234567. © 2016 The Publisher. All rights reserved.
N1  - PMID: 12345678
N1  - Comment in: Other J. 2017. PMID: 99999999
C2  - PMC456789
UR  - https://example.org/paper
KW  - scores
ER  - 
"""  # noqa: W291 (as the format has it)


def record(number: int, *extra: str, end: str = "ER  - \n") -> str:
    return "\n".join(("TY  - JOUR", f"TI  - Study {number}", f"AB  - {PROSE}", *extra, end))


def test_the_fields_of_a_record_are_read(tmp_path: Path) -> None:
    (paper,), note = papers_of(tmp_path, FULL)
    assert (paper.id, paper.pmid, paper.pmcid) == ("pmid:12345678", "12345678", "PMC456789")
    assert (paper.doi, paper.title, paper.source) == ("10.1000/X.1", "Anti-PD-1 in MSI-high tumours", "text")
    assert paper.authors == ("Bo Li", "Anna Berg Jr.", "The Group")
    assert (paper.journal, paper.year, paper.trial_ids) == ("Trial Letters", 2016, ("NCT01234567",))
    assert [(s.title, paper.text[s.start : s.end]) for s in paper.sections] == [
        ("Abstract > Background", "Scores are in use (p<0.05)."),
        ("Abstract > Methods", "We gave 10^6 cells to 30 patients in two arms."),
        ("Abstract > Results", "It was good; NCT01234567."),
    ]
    assert note == ""


def test_a_well_formed_file_is_read_as_rispy_reads_it(tmp_path: Path) -> None:
    rispy = pytest.importorskip("rispy")
    content = "".join(record(number, f"AU  - Family{number}, Given", f"PY  - {2000 + number}") for number in range(9))
    papers, _ = papers_of(tmp_path, content)
    assert [(paper.title, paper.text, [f"{name.split()[1]}, Given" for name in paper.authors], str(paper.year))
            for paper in papers] == [
        (entry["title"], entry["abstract"], entry["authors"], entry["year"]) for entry in rispy.loads(content)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("lines", "field", "value"),
    [
        (("T1  - Another",), "title", "Study 1"),
        (("Y1  - 2014///Spring",), "year", 2014),
        (("PY  - 2014/03/01/",), "year", 2014),
        (("PY  - in press",), "year", None),
        (("A1  - Li, Bo",), "authors", ("Bo Li",)),
        (("JF  - Full Name", "JO  - Fu Na"), "journal", "Full Name"),
        (("M3  - doi: 10.1000/y",), "doi", "10.1000/y"),
        (("UR  - https://doi.org/10.1000/y",), "doi", "10.1000/y"),
        (("UR  - https://pubmed.ncbi.nlm.nih.gov/7654321/",), "pmid", "7654321"),
        (("AN  - 7654321", "DB  - PubMed"), "pmid", "7654321"),
        (("AN  - 2004567890", "DB  - Embase"), "pmid", ""),
        (("N1  - Erratum in: J. 2017. PMID: 7654321",), "pmid", ""),
        (("KW  -", "N1  -  ", "DO  -"), "title", "Study 1"),
        (("N1  - no tag", "XX  - unknown", "  - odd", ""), "title", "Study 1"),
    ],
)
def test_dialects_are_understood(tmp_path: Path, lines: tuple[str, ...], field: str, value: object) -> None:
    (paper,), _ = papers_of(tmp_path, record(1, *lines))
    assert getattr(paper, field) == value


def test_retracted_papers_are_known_by_their_titles(tmp_path: Path) -> None:
    (paper,), _ = papers_of(tmp_path, record(1).replace("Study", "RETRACTED: Study"))
    assert paper.status == "retracted"


def test_the_narrow_dash_and_what_databases_put_on_top_are_read(tmp_path: Path) -> None:
    narrow = record(1).replace("  - ", " - ").replace(PROSE, f"{PROSE}\nPD - 1 was blocked.")
    wide = record(2).replace(PROSE, f"{PROSE}\nPD - 1 was blocked.")
    papers, note = papers_of(tmp_path, f"Provider: Some\nDatabase: Any\n\n{wide}\n1.\n{record(3)}")
    assert [paper.text for paper in papers] == [f"{PROSE} PD - 1 was blocked.", PROSE]
    assert note == ""
    assert papers_of(tmp_path, narrow)[0][0].text == PROSE


def test_a_record_without_its_end_is_not_mixed_into_the_next(tmp_path: Path) -> None:
    papers, note = papers_of(tmp_path, record(1, end="") + record(2) + record(3, end=""))
    assert [paper.title for paper in papers] == ["Study 1", "Study 2", "Study 3"]
    assert note == ""


@pytest.mark.parametrize(
    "broken",
    [
        record(2).replace("TY  - JOUR\n", ""),
        f"TY  - JOUR\nAB  - {'x' * 5_000_000}\nER  - \n",
        "TY  - JOUR\nAB  - " + "x\n" * 2_500_000 + "ER  - \n",
    ],
    ids=["no type", "a line of 5 MB", "5 MB of lines"],
)
def test_a_broken_record_costs_no_other(tmp_path: Path, broken: str) -> None:
    papers, note = papers_of(tmp_path, record(1) + broken + record(3))
    assert [paper.title for paper in papers] == ["Study 1", "Study 3"]
    assert note == "1 of 3 records passed over: 1 broken"


def test_a_record_that_is_cut_off_is_broken(tmp_path: Path) -> None:
    papers, note = papers_of(tmp_path, record(1) + f"TY  - JOUR\nTI  - Study 2\nAB  - {PROSE} The rate was 4")
    assert (len(papers), note) == (1, "1 of 2 records passed over: 1 broken")


def test_records_of_several_encodings_and_line_ends_are_read(tmp_path: Path) -> None:
    one, other = (record(number).replace("lived", "lévéd") for number in (1, 2))
    papers, _ = papers_of(tmp_path, one.encode("utf-8-sig") + other.replace("\n", "\r\n").encode("cp1252"))
    assert [PROSE.replace("lived", "lévéd") == paper.text for paper in papers] == [True, True]


def test_papers_without_identifiers_are_told_apart_and_known_again(tmp_path: Path) -> None:
    (one, two), _ = papers_of(tmp_path, record(1) + record(2))
    ((again),), _ = papers_of(tmp_path, record(2, "KW  - exported anew"))
    assert one.id.startswith("sha256:")
    assert one.id != two.id == again.id


def test_a_file_without_any_abstract_says_so(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"is a RIS file that gives no paper \(1 record: 1 without an abstract\)"):
        papers_of(tmp_path, "TY  - JOUR\nTI  - Study\nER  - \n")

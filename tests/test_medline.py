"""MEDLINE files (`.nbib`): the same fields as PubMed XML gives, and broken records that cost no other."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from noted import papers_of

from ingest.errors import UnreadableFile

PROSE = "Patients with high scores lived longer than those with low scores in both arms."
FULL = """
PMID- 123
OWN - NLM
STAT- MEDLINE
IS  - 1533-4406 (Electronic)
DP  - 2016 Nov 10
TI  - Anti-PD-1 in MSI-high tumours: a title that goes over
      two lines.
LID - 10.1000/X.1 [doi]
LID - S1 [pii]
AB  - BACKGROUND: Scores are in use. METHODS: We gave 10 mg/kg to 30 patients, with
      a HR: 0.5 or less. RESULTS AND DISCUSSION: It was (95% CI 0.4-0.9) good, and
      lasting. FUNDING: Money (ClinicalTrials.gov number, NCT01234567.).
CI  - Copyright 2016
FAU - Li, Bo Jr
AU  - Li B Jr
AD  - Somewhere.
FAU - van der Berg, Anna M
AU  - van der Berg AM
CN  - The Group
LA  - eng
SI  - ClinicalTrials.gov/NCT07654321
PT  - Journal Article
PT  - Randomized Controlled Trial
PT  - Clinical Trial, Phase III
DEP - 20151008
JT  - Trial letters
TA  - Trial Lett
EIN - Trial Lett. 2017;1:1. PMID: 999
PMC - PMC456
AID - 10.1000/X.1 [doi]
SO  - Trial Lett. 2016 Nov 10;1(1):1-9.
"""


def record(pmid: int, *extra: str) -> str:
    return "\n".join((f"PMID- {pmid}", f"TI  - Study {pmid}.", f"AB  - {PROSE}", *extra, "SO  - J. 2016.", "\n"))


def test_the_fields_of_a_record_are_read(tmp_path: Path) -> None:
    (paper,), note = papers_of(tmp_path, FULL)
    assert (paper.id, paper.pmcid, paper.doi, paper.source) == ("pmid:123", "PMC456", "10.1000/X.1", "pubmed")
    assert paper.title == "Anti-PD-1 in MSI-high tumours: a title that goes over two lines"
    assert paper.authors == ("Bo Li Jr", "Anna M van der Berg", "The Group")
    assert (paper.journal, paper.year) == ("Trial letters", 2015)
    assert (paper.design, paper.status) == ("phase 3 randomised trial", "corrected")
    assert paper.trial_ids == ("NCT01234567", "NCT07654321")
    assert note == ""


def test_labels_become_sections_and_other_colons_do_not(tmp_path: Path) -> None:
    (paper,), _ = papers_of(tmp_path, FULL)
    assert [(s.kind, s.title, paper.text[s.start : s.end]) for s in paper.sections] == [
        ("abstract", "Abstract > Background", "Scores are in use."),
        ("abstract", "Abstract > Methods", "We gave 10 mg/kg to 30 patients, with a HR: 0.5 or less."),
        ("abstract", "Abstract > Results and discussion", "It was (95% CI 0.4-0.9) good, and lasting."),
    ]


def test_an_abstract_without_labels_is_one_section(tmp_path: Path) -> None:
    (paper,), _ = papers_of(tmp_path, record(1).replace(PROSE, f"{PROSE} Results: it was good. ORR: 45%."))
    assert [(s.title, s.end) for s in paper.sections] == [("Abstract", len(paper.text))]
    assert paper.text == f"{PROSE} Results: it was good. ORR: 45%."


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("RIN - J. 2017", "retracted"),
        ("PT  - Retracted Publication", "retracted"),
        ("ECI - J. 2017", "concern"),
        ("ROF - J. 2017\nPT  - Retraction of Publication", "normal"),
    ],
)
def test_notices_tell_the_status(tmp_path: Path, line: str, status: str) -> None:
    assert papers_of(tmp_path, record(1, line))[0][0].status == status


def test_a_record_without_full_names_has_its_initials(tmp_path: Path) -> None:
    (paper,), _ = papers_of(tmp_path, record(1, "AU  - van der Berg AM", "AU  - Plato"))
    assert paper.authors == ("AM van der Berg", "Plato")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_line_end_will_do(tmp_path: Path, end: str) -> None:
    (first, second), note = papers_of(tmp_path, (FULL + record(2)).replace("\n", end).encode("utf-8-sig"))
    assert (first.pmid, second.pmid, note) == ("123", "2", "")


def test_records_of_several_encodings_are_read(tmp_path: Path) -> None:
    one, other = (record(number).replace("lived", "lévéd") for number in (1, 2))
    papers, _ = papers_of(tmp_path, one.encode() + other.encode("cp1252"))
    assert all("lévéd" in paper.text for paper in papers)
    assert len(papers_of(tmp_path, (one + other).encode("utf-16"))[0]) == 2


def test_what_is_passed_over_is_counted(tmp_path: Path) -> None:
    content = record(1) + record(2).replace("AB  ", "OAB ") + "PMID- 3\nAB  - " + "x" * 5_000_000 + "\n\n" + record(4)
    papers, note = papers_of(tmp_path, content)
    assert [paper.pmid for paper in papers] == ["1", "4"]
    assert note == "2 of 4 records passed over: 1 without an abstract, 1 broken"


def test_a_record_that_is_cut_off_is_broken(tmp_path: Path) -> None:
    papers, note = papers_of(tmp_path, record(1) + f"PMID- 2\nTI  - Study.\nAB  - {PROSE} And it was n")
    assert (len(papers), note) == (1, "1 of 2 records passed over: 1 broken")


def test_a_record_whose_first_line_is_damaged_is_not_mixed_into_another(tmp_path: Path) -> None:
    papers, note = papers_of(tmp_path, record(1) + record(2).replace("PMID- 2", "PMIX 2", 1) + record(3))
    assert [(paper.pmid, paper.title) for paper in papers] == [("1", "Study 1"), ("", "Study 2"), ("3", "Study 3")]
    assert papers[1].id.startswith("sha256:")
    assert note == ""


def test_a_file_without_any_abstract_says_so(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"is a MEDLINE file that gives no paper \(1 record: 1 without"):
        papers_of(tmp_path, "PMID- 1\nTI  - Study.\nSO  - J.\n")


def test_gzip_and_one_line_of_many_bytes_are_read(tmp_path: Path) -> None:
    assert len(papers_of(tmp_path, gzip.compress(record(1).encode()))[0]) == 1
    with pytest.raises(UnreadableFile, match="broken"):
        papers_of(tmp_path, "PMID- 1 " + "x" * 20_000_000)

"""Markdown and plain text: fields from the front matter, sections from headings, the text as a reader sees it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from ingest.errors import UnreadableFile
from ingest.papers import Paper
from ingest.readers.front_matter import split_front_matter
from ingest.readers.text import read

PROSE = "Patients with high scores lived longer than patients with low scores, in both arms of the trial, it was found."


def paper_of(tmp_path: Path, content: str | bytes, *, digest: bool = False) -> Paper:
    path = tmp_path / "a note.md"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    (paper,) = read(path, digest=digest)
    assert "\n\n".join(paper.text[section.start : section.end] for section in paper.sections) == paper.text
    return paper


FRONT = """---
title: "Pembrolizumab: a summary"
authors:
  - Ada Smith
  - Bo Li
journal: Journal of Trials
year: 2016
doi: https://doi.org/10.1000/ABC.1
pmid: 012345
pmcid: 777
design: phase 3
status: corrected
source: digest
trial_ids: [NCT01234567, ISRCTN12345678]
species: [mouse, Human]
prospective: no
sample_size: 1,034
trials: [KEYNOTE-024, CheckMate 227]
---
"""


def test_front_matter_fills_the_fields(tmp_path: Path) -> None:
    paper = paper_of(tmp_path, FRONT + PROSE)
    assert paper.title == "Pembrolizumab: a summary"
    assert paper.authors == ("Ada Smith", "Bo Li")
    assert (paper.journal, paper.year, paper.design, paper.status) == (
        "Journal of Trials",
        2016,
        "phase 3",
        "corrected",
    )
    assert (paper.id, paper.doi, paper.pmcid) == ("pmid:12345", "10.1000/ABC.1", "PMC777")
    assert paper.trial_ids == ("NCT01234567", "ISRCTN12345678")
    assert (paper.species, paper.prospective, paper.sample_size) == (("human", "mouse"), False, 1034)
    assert paper.trials == ("KEYNOTE-024", "CheckMate 227")
    assert paper.text == PROSE


def test_a_strangers_file_cannot_pass_for_a_digest(tmp_path: Path) -> None:
    assert paper_of(tmp_path, FRONT + PROSE).source == "text"
    assert paper_of(tmp_path, FRONT + PROSE, digest=True).source == "digest"
    assert paper_of(tmp_path, PROSE, digest=True).source == "text"


def test_front_matter_is_lenient_and_a_rule_is_none() -> None:
    fields, body = split_front_matter(
        "---\nTitle: A: b\nauthors: [Li, 'Smith, A']\nabstract: >\n  one\n  two\n---\nbody"
    )
    assert fields == {"title": "A: b", "authors": ("Li", "Smith, A"), "abstract": "one two"}
    assert body == "body"
    assert split_front_matter("---\nJust a rule and words\n---\n")[0] == {}
    assert split_front_matter("---\ntitle: never closed\n") == ({}, "---\ntitle: never closed\n")


def test_nonsense_in_the_front_matter_is_left_out(tmp_path: Path) -> None:
    paper = paper_of(
        tmp_path,
        f"---\ntitle: T\nyear: soon\nstatus: great\npmid: x\nauthors: A B; C D\n"
        f"species: unicorn\nprospective: maybe\nsample_size: many\n---\n{PROSE}",
    )
    assert (paper.year, paper.status, paper.pmid, paper.authors) == (None, "normal", "", ("A B", "C D"))
    assert (paper.species, paper.prospective, paper.sample_size, paper.trials) == ((), None, None, ())
    assert paper.id.startswith("sha256:")


def test_headings_become_sections_and_not_text(tmp_path: Path) -> None:
    paper = paper_of(
        tmp_path,
        f"# The title\n\nLead.\n\n## Methods\n\n### Patients\n\n{PROSE}\n\n## Results\nWe saw it.\n\n"
        "## References\n\n1. Left out.\n\n### Also\nleft out\n\n## Appendix\nKept.\n",
    )
    assert paper.title == "The title"
    assert [(section.kind, section.title) for section in paper.sections] == [
        ("other", ""),
        ("methods", "Methods > Patients"),
        ("results", "Results"),
        ("other", "Appendix"),
    ]
    assert paper.text == f"Lead.\n\n{PROSE}\n\nWe saw it.\n\nKept."


def test_markup_is_reduced_to_what_a_reader_sees(tmp_path: Path) -> None:
    paper = paper_of(
        tmp_path,
        f"# T\n\n{PROSE}\n\nA **bold *word*** and _this_ [link](http://x.org/a_(b)) ![image](x.png)with `code`<br>and"
        " 10<sup>6</sup> cells &amp; p <0.05, HLA-A*02:01 and HLA-B*07:02, file_name_x, 5\\*3.\n\n"
        "> quoted\n\n- one\n- two\n",
    )
    assert paper.text.split("\n\n")[1:] == [
        "A bold word and this link with code and 10^6 cells & p <0.05, HLA-A*02:01 and HLA-B*07:02, file_name_x, 5*3.",
        "quoted",
        "one",
        "two",
    ]


def test_tables_become_a_line_a_row(tmp_path: Path) -> None:
    paper = paper_of(tmp_path, f"# T\n\n{PROSE}\n\n| Arm | ORR | |\n|---|:--:|---|\n| A | 45% | x |\n| B | | |\n\nEnd.")
    assert paper.text.split("\n\n")[1:] == ["Arm: A; ORR: 45%; x\nArm: B", "End."]


def test_plain_text_has_its_headings_recognised(tmp_path: Path) -> None:
    paper = paper_of(
        tmp_path, f"A study of scores\nin two arms\n\nABSTRACT\n\n{PROSE}\n\nMethods\nWe used *x* and _y_.\n"
    )
    assert paper.title == "A study of scores in two arms"
    assert [(section.kind, section.title) for section in paper.sections] == [
        ("abstract", "ABSTRACT"),
        ("methods", "Methods"),
    ]
    assert paper.text.endswith("We used *x* and _y_.")


def test_plain_prose_is_one_section_and_goes_by_its_file(tmp_path: Path) -> None:
    paper = paper_of(tmp_path, PROSE)
    assert (paper.title, [section.kind for section in paper.sections]) == ("a note", ["other"])
    assert paper.id == "sha256:" + hashlib.sha256(PROSE.encode()).hexdigest()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings_are_told_apart(tmp_path: Path, encoding: str) -> None:
    paper = paper_of(tmp_path, f"# Café “T”\r\n\r\n{PROSE} é 0·62\r\n".encode(encoding))
    assert (paper.title, paper.text) == ("Café “T”", f"{PROSE} é 0·62")


def test_too_little_text_is_no_paper(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="too little"):
        paper_of(tmp_path, FRONT + "Short.")


def test_a_text_longer_than_any_paper_is_refused_with_its_length(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"is not one paper: 3,000,0\d\d characters, of at most"):
        paper_of(tmp_path, "# Junk\n\n" + "word " * 600_010)

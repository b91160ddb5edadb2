"""BibTeX: abstracts as a reader sees them, no number or sign lost to LaTeX, and broken entries that cost no other."""

from __future__ import annotations

from pathlib import Path

import pytest
from noted import papers_of

from ingest.errors import UnreadableFile
from ingest.readers.latex import from_latex

PROSE = "Patients with high scores lived longer than those with low scores in both arms."
FULL = r"""% Encoding: UTF-8
@comment{jabref-meta: databaseType:bibtex;}
@string{letters = "Trial Letters"}

@Article{Li2016,
  Author   = {Li, Bo and {The {PD-1} and Others Group} and van der Berg, Jr, Anna and Jos{\'e} M{\"u}ller and others},
  Title    = {Anti-{PD-1} in {MSI}-high tumours},
  Journal  = letters,
  Year     = 2016,
  month    = nov,
  doi      = {10.1000/X\_1},
  pmid     = {123},
  pmcid    = "PMC456",
  Abstract = {BACKGROUND: Scores are in use ($p<0.05$). METHODS: We gave 10$^{6}$ cells to 45% of 30
patients \& others; {\textless}5\,\% left. RESULTS: HR 0.62 (95\% CI 0.47--0.81); NCT01234567.},
}
"""


def entry(number: int, *extra: str) -> str:
    fields = (f"title = {{Study {number}}}", f"abstract = {{{PROSE}}}", *extra)
    return f"@article{{key{number},\n" + ",\n".join(f"  {field}" for field in fields) + "\n}\n"


def test_the_fields_of_an_entry_are_read(tmp_path: Path) -> None:
    (paper,), note = papers_of(tmp_path, FULL)
    assert (paper.id, paper.pmcid, paper.doi, paper.source) == ("pmid:123", "PMC456", "10.1000/X_1", "text")
    assert (paper.title, paper.journal, paper.year) == ("Anti-PD-1 in MSI-high tumours", "Trial Letters", 2016)
    assert paper.authors == ("Bo Li", "The PD-1 and Others Group", "Anna van der Berg Jr", "José Müller")
    assert [(s.title, paper.text[s.start : s.end]) for s in paper.sections] == [
        ("Abstract > Background", "Scores are in use (p<0.05)."),
        ("Abstract > Methods", "We gave 10^6 cells to 45% of 30 patients & others; <5 % left."),
        ("Abstract > Results", "HR 0.62 (95% CI 0.47–0.81); NCT01234567."),
    ]
    assert (paper.trial_ids, note) == (("NCT01234567",), "")


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (r"45\% of {PD-L1}, 45% of all # & so on", "45% of PD-L1, 45% of all # & so on"),
        (r"$10^{6}$, 10\textsuperscript{6}, CD8\textsuperscript{+}", "10^6, 10^6, CD8+"),
        (r"H\textsubscript{2}O, 3\textsubscript{4}, IL\textsubscript{2}3", "H2O, 3_4, IL2 3"),
        (r"M{\"u}ller \'{e}t{\'e} {\L}ukasz \ss{} na\"{\i}ve", "Müller été Łukasz ß naïve"),
        (r"$\alpha$-PD-1 $\geq$ 50\,\%, $\leq 3 \times 10^{-5}$", "α-PD-1 ≥ 50 %, ≤ 3 × 10^-5"),
        (r"{\textless}0.001 {\textpm} 3 {\textgreater} 2 $\pm$ 1", "<0.001 ± 3 > 2 ± 1"),
        ("costs $5 and $7, or $9", "costs $5 and $7, or $9"),
        (r"\textit{in vivo} \emph{and} {\bf so}", "in vivo and so"),
        (r"0.47--0.81, ``quoted'', a~b", "0.47–0.81, “quoted”, a b"),
        (r"\nobodyknows 45 and C:\temp", r"\nobodyknows 45 and C:\temp"),
        (r"\input{/etc/hostname} stays shut", "stays shut"),
        ("unclosed {brace and a stray } one } here", "unclosed brace and a stray one here"),
        ("p_value a^b 50\\\\% c", "p_value a^b 50 % c"),
        ("plain  words", "plain words"),
    ],
)
def test_latex_becomes_what_a_reader_sees(source: str, text: str) -> None:
    assert from_latex(source) == text


@pytest.mark.parametrize(
    ("line", "field", "value"),
    [
        ("date = {2014-03-01}", "year", 2014),
        ("year = {in press}", "year", None),
        ("journaltitle = {Full {Name}}", "journal", "Full Name"),
        ("url = {https://doi.org/10.1000/y}", "doi", "10.1000/y"),
        ("url = {https://pubmed.ncbi.nlm.nih.gov/7654321/}", "pmid", "7654321"),
        ("eprint = {7654321}, eprinttype = {pubmed}", "pmid", "7654321"),
        ("eprint = {1706.03762}, archiveprefix = {arXiv}", "pmid", ""),
        ("note = {See also PMID: 7654321}", "pmid", ""),
        ("note = {PMID: 7654321}", "pmid", "7654321"),
        ("title = {A second title}", "title", "Study 1"),
        ("journal = undefined", "journal", "undefined"),
    ],
)
def test_dialects_are_understood(tmp_path: Path, line: str, field: str, value: object) -> None:
    (paper,), _ = papers_of(tmp_path, entry(1, line))
    assert getattr(paper, field) == value


@pytest.mark.parametrize(
    "broken",
    [
        "@article{key2,\n title = {Never closed,\n abstract = {x}\n",
        "@article{key2,\n title {No sign},\n abstract = {x}\n}\n",
        "@article{key2,\n title = {T}, abstract = {" + "\\emph{" * 3000 + PROSE + "}" * 3000 + "}\n}\n",
        "@article{key2,\n title = {T}, abstract = {" + "x" * 5_000_000 + "}\n}\n",
    ],
    ids=["not closed", "no sign", "deep", "5 MB"],
)
def test_a_broken_entry_costs_no_other(tmp_path: Path, broken: str) -> None:
    papers, note = papers_of(tmp_path, entry(1) + broken + entry(3))
    assert [paper.title for paper in papers] == ["Study 1", "Study 3"]
    assert note == "1 of 3 records passed over: 1 broken"


def test_entries_with_the_same_key_or_on_one_line_are_all_read(tmp_path: Path) -> None:
    same = entry(1) + entry(2).replace("key2", "key1")
    line = f"@misc{{a, title={{A}}, abstract={{{PROSE}}}}} @misc(b, title={{B}}, abstract={{{PROSE}}})\n"
    papers, _ = papers_of(tmp_path, same + line)
    assert [paper.title for paper in papers] == ["Study 1", "Study 2", "A", "B"]


def test_a_sign_at_the_beginning_of_a_line_is_no_entry(tmp_path: Path) -> None:
    (paper,), _ = papers_of(tmp_path, entry(1).replace("lived", "lived\n@home (n=3)"))
    assert paper.text == PROSE.replace("lived", "lived @home (n=3)")


def test_a_run_of_blank_lines_is_read_in_one_pass(tmp_path: Path) -> None:
    gap = "\n \n" * 200_000  # in the square of their number, that would be an hour
    (paper,), _ = papers_of(tmp_path, entry(1).replace("lived", f"lived{gap}on"))
    assert paper.text == PROSE.replace("lived", "lived on")


def test_strings_that_grow_without_end_stay_small(tmp_path: Path) -> None:
    grown = "".join(f"@string{{a{i} = a{i - 1} # a{i - 1}}}\n" for i in range(1, 60))
    (paper,), _ = papers_of(tmp_path, '@string{a0 = "x"}\n' + grown + entry(1, "journal = a59"))
    assert len(paper.journal) < 100


def test_records_of_several_encodings_are_read(tmp_path: Path) -> None:
    one, other = (entry(number).replace("lived", "lévéd") for number in (1, 2))
    papers, _ = papers_of(tmp_path, one.encode("utf-8-sig") + other.replace("\n", "\r\n").encode("cp1252"))
    assert [paper.text for paper in papers] == [PROSE.replace("lived", "lévéd")] * 2


def test_entries_without_abstracts_are_counted(tmp_path: Path) -> None:
    papers, note = papers_of(tmp_path, entry(1) + "@book{b, title={B}}\n" + entry(3))
    assert (len(papers), note) == (2, "1 of 3 records passed over: 1 without an abstract")
    with pytest.raises(UnreadableFile, match=r"is a BibTeX file that gives no paper \(1 record: 1 without"):
        papers_of(tmp_path, "@book{b, title={B}}\n")


def test_the_parsers_say_nothing_on_the_way(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    papers_of(tmp_path, entry(1) + "@article{key2,\n title = {Never closed\n" + entry(3, r"note = {\frac}"))
    assert capfd.readouterr() == ("", "")

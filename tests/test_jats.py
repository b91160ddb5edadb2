"""JATS: the words of the paper, all of them, none that are not its own, and no number that it does not hold."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from ingest.papers import Paper
from ingest.readers.jats import read

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
HEAD = """<front><journal-meta><journal-title-group><journal-title>Trial Letters</journal-title></journal-title-group>
</journal-meta><article-meta>
<article-id pub-id-type="pmid">123</article-id><article-id pub-id-type="pmc">456</article-id>
<article-id pub-id-type="doi">10.1000/x.1</article-id>
<title-group><article-title>Anti-PD-1 in <italic>MSI</italic>-high
 tumours<xref ref-type="fn" rid="f1">*</xref></article-title></title-group>
<contrib-group><contrib contrib-type="author"><name><surname>Li</surname><given-names>Bo</given-names></name>
<xref ref-type="aff" rid="a">1</xref></contrib>
<contrib contrib-type="author"><collab>The Group<contrib-group><contrib contrib-type="author"><name>
<surname>Member</surname></name></contrib></contrib-group></collab></contrib>
<contrib contrib-type="editor"><name><surname>Editor</surname></name></contrib></contrib-group>
<pub-date pub-type="pmc-release"><year>2010</year></pub-date><pub-date pub-type="ppub"><year>2016</year></pub-date>
<pub-date pub-type="epub"><year>2015</year></pub-date>
%s</article-meta></front>"""


def paper_of(tmp_path: Path, body: str, front: str = "", attributes: str = "", prologue: str = "") -> Paper:
    path = tmp_path / "article.xml"
    path.write_text(f"{prologue}<article {attributes}>{HEAD % front}{body}</article>", encoding="utf-8")
    (paper,) = read(path)
    assert "\n\n".join(paper.text[section.start : section.end] for section in paper.sections) == paper.text
    return paper


def line(tmp_path: Path, markup: str) -> str:
    return paper_of(tmp_path, f"<body><p>{markup}</p></body>").text


def test_front_matter_is_read(tmp_path: Path) -> None:
    paper = paper_of(tmp_path, "<body><p>Words; see NCT01234567.</p></body>", attributes='article-type="case-report"')
    assert (paper.id, paper.pmid, paper.pmcid, paper.doi) == ("pmid:123", "123", "PMC456", "10.1000/x.1")
    assert (paper.title, paper.journal, paper.year) == ("Anti-PD-1 in MSI-high tumours", "Trial Letters", 2015)
    assert paper.authors == ("Bo Li", "The Group")
    assert (paper.source, paper.design, paper.status, paper.trial_ids) == (
        "jats",
        "case report",
        "normal",
        ("NCT01234567",),
    )


@pytest.mark.parametrize(
    ("kind", "related", "status"),
    [
        ("research-article", "retraction-forward", "retracted"),
        ("research-article", "correction-forward", "corrected"),
        ("research-article", "expression-of-concern", "concern"),
        ("research-article", "companion", "normal"),
        ("retraction", "retracted-article", "normal"),
        ("correction", "corrected-article", "normal"),
        ("retracted-article", "companion", "retracted"),
    ],
)
def test_a_retracted_article_is_told_from_the_notice_of_it(
    tmp_path: Path, kind: str, related: str, status: str
) -> None:
    link = f'<related-article related-article-type="{related}"/>'
    assert paper_of(tmp_path, "<body><p>Words.</p></body>", link, f'article-type="{kind}"').status == status


def test_sections_follow_the_headings(tmp_path: Path) -> None:
    paper = paper_of(
        tmp_path,
        "<body><p>Lead.</p><sec><title>2. Patients and methods</title><p>One.</p><sec>"
        "<title>Findings on imaging</title>"
        "<p>Two.</p></sec><p>Three.</p></sec><sec sec-type='results'><title>What we saw</title><p>Four.</p></sec>"
        "<sec><title>Funding</title><p>Money.</p></sec><sec><title>Untold</title><p>Five.</p></sec></body>"
        "<back><ack><p>Thanks.</p></ack><app-group><app><title>Appendix A</title><p>Six.</p></app></app-group>"
        "<fn-group><fn><p>None.</p></fn></fn-group><ref-list><ref><mixed-citation>Ref.</mixed-citation></ref></ref-list></back>"
        "<sub-article><body><p>A reply.</p></body></sub-article>",
        "<abstract><sec><title>Background:</title><p>A.</p></sec><sec><title>Results</title><p>B.</p></sec></abstract>"
        '<abstract abstract-type="graphical"><p>G.</p></abstract><trans-abstract><p>Résumé.</p></trans-abstract>',
    )
    assert [(s.kind, s.title, paper.text[s.start : s.end]) for s in paper.sections] == [
        ("abstract", "Abstract > Background", "A."),
        ("abstract", "Abstract > Results", "B."),
        ("introduction", "", "Lead."),
        ("methods", "2. Patients and methods", "One."),
        ("methods", "2. Patients and methods > Findings on imaging", "Two."),
        ("methods", "2. Patients and methods", "Three."),
        ("results", "What we saw", "Four."),
        ("other", "Untold", "Five."),
        ("other", "Appendix A", "Six."),
    ]


CITE = '<xref ref-type="bibr" rid="B1">{}</xref>'


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        (f"It works [{CITE.format(1)}].", "It works."),
        (f"It works [{CITE.format(1)}, {CITE.format(2)}–{CITE.format(5)}, 7] well.", "It works well."),
        (f"It works <sup>{CITE.format(1)},{CITE.format(2)}</sup> well.", "It works well."),
        (f"It works.<sup>{CITE.format('3-5')}</sup> So.", "It works. So."),
        (f"It works,{CITE.format(3)} so.", "It works, so."),
        (f"It works.{CITE.format(5)}<sup>,</sup>{CITE.format(6)} So.", "It works. So."),
        (f"As said (reviewed in {CITE.format('[3]')}).", "As said."),
        (f"As said (Li et al., {CITE.format(4)}).", "As said (Li et al.)."),
        (f"As {CITE.format('Li et al, 2004')} said in ({CITE.format('2005')}).", "As Li et al, 2004 said in (2005)."),
        (f"PTH {CITE.format('[4]')}.While", "PTH.While"),
        (
            "See <xref ref-type='table' rid='t1'>Table 1</xref> ( <xref ref-type='fig' rid='f'>2</xref> ).",
            "See Table 1 (2).",
        ),
        ("In mice.<sup>12,13</sup> So", "In mice. So"),
    ],
)
def test_numeric_citations_leave_no_trace_and_author_year_stays(tmp_path: Path, markup: str, text: str) -> None:
    assert line(tmp_path, markup) == text


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("10<sup>6</sup> cells", "10^6 cells"),
        ("2 × 10<sup>−3</sup>", "2 × 10^−3"),
        ("CO<sub>2</sub> and 200 mg/m<sup>2</sup>", "CO2 and 200 mg/m2"),
        ("log<sub>10</sub>5", "log10 5"),
        ("CD4<sup>+</sup>CD25<sup>+</sup>", "CD4+CD25+"),
        ("PD-1<sup>high</sup>", "PD-1^high"),
        ("the 3<sup>rd</sup> <sup>18</sup>F scan", "the 3rd 18F scan"),
        ("<italic>χ</italic> <sup>2</sup>: 4.1", "χ 2: 4.1"),
        ("<italic>P</italic><sub>interaction</sub>", "P_interaction"),
        ("HR 0·62 (95% CI 0.5–0.7)", "HR 0·62 (95% CI 0.5–0.7)"),
        ("10\u00a0000\u2009mg a\u200bb", "10 000 mg ab"),
        ("12<break/>34", "12 34"),
    ],
)
def test_no_two_numbers_grow_together(tmp_path: Path, markup: str, text: str) -> None:
    assert line(tmp_path, markup) == text


def test_formulas_are_readable_or_gone(tmp_path: Path) -> None:
    math = '<mml:math xmlns:mml="http://www.w3.org/1998/Math/MathML">{}</mml:math>'
    power = "<mml:msup><mml:mn>10</mml:mn><mml:mn>6</mml:mn></mml:msup>"
    tex = r"<tex-math>\begin{{document}}$${}$$\end{{document}}</tex-math>"
    assert line(tmp_path, f"a <inline-formula>{math.format(power)}</inline-formula> b") == "a 10^6 b"
    both = f"<alternatives>{tex.format('x')}{math.format(power)}<graphic/></alternatives>"
    assert line(tmp_path, f"a <inline-formula>{both}</inline-formula> b") == "a 10^6 b"
    assert line(tmp_path, "a " + tex.format(r"P \le 0.05") + " b") == "a P ≤ 0.05 b"
    assert line(tmp_path, "a " + tex.format(r"\frac{1}{2}") + " b") == "a b"


def test_lists_quotes_and_notes_within_paragraphs(tmp_path: Path) -> None:
    text = line(
        tmp_path,
        "Before<fn><p>a note</p></fn> it: <list><list-item><label>1.</label><p>one</p></list-item><list-item><p>two</p>"
        "</list-item></list> after. <disp-quote><p>Said.</p></disp-quote><supplementary-material><p>File</p>"
        "</supplementary-material>",
    )
    assert text == "Before it:\n\none\n\ntwo\n\nafter.\n\nSaid."


def test_floats_follow_the_text_they_interrupt(tmp_path: Path) -> None:
    paper = paper_of(
        tmp_path,
        "<body><sec><title>Results</title><p>One <fig><label>Figure 1.</label>"
        "<caption><title>Curves.</title><p>By arm.</p>"
        "</caption><graphic/></fig>sentence.</p><boxed-text><caption><title>Key points</title></caption><p>Short.</p>"
        "</boxed-text><p>Next.</p></sec></body><floats-group><fig><caption><p>Late.</p></caption></fig></floats-group>",
    )
    assert [(s.kind, s.title, paper.text[s.start : s.end]) for s in paper.sections] == [
        ("results", "Results", "One sentence.\n\nNext."),
        ("figure", "Figure 1", "Curves.\n\nBy arm."),
        ("other", "Key points", "Short."),
        ("figure", "Figure", "Late."),
    ]


def test_tables_keep_caption_headers_spans_and_footnotes(tmp_path: Path) -> None:
    paper = paper_of(
        tmp_path,
        """<body><sec><title>Results</title><table-wrap><label>Table 2.</label><caption><p>Response.</p>
        </caption><table>
        <thead><tr><th rowspan="2">Cohort</th><th colspan="2">Arm A</th></tr><tr><th>n</th><th>ORR, %</th></tr></thead>
        <tbody><tr><td colspan="3">Grade 3</td></tr>
        <tr><td rowspan="2">Old</td><td>12</td><td>45<xref ref-type="table-fn" rid="a"><sup>a</sup></xref></td></tr>
        <tr><td>13</td><td/></tr><tr><td>Young</td><td colspan="2">none</td></tr></tbody></table>
        <table-wrap-foot><fn><label>a</label><p>By RECIST.</p></fn><fn><p>ORR, response.</p></fn></table-wrap-foot>
        </table-wrap></sec></body>""",
    )
    (table,) = paper.sections
    assert (table.kind, table.title) == ("table", "Table 2")
    assert paper.text.split("\n\n") == [
        "Response.",
        "Grade 3\nCohort: Old; Arm A n: 12; Arm A ORR, %: 45^a\nCohort: Old; Arm A n: 13\n"
        "Cohort: Young; Arm A n / Arm A ORR, %: none",
        "a: By RECIST.",
        "ORR, response.",
    ]


def test_a_table_without_header_cells_finds_its_header(tmp_path: Path) -> None:
    rows = "<tr><td>Drug</td><td>ORR</td></tr><tr><td>A</td><td>45%</td></tr><tr><td>B</td><td>30%</td></tr>"
    paper = paper_of(tmp_path, f"<body><table-wrap><table>{rows}</table></table-wrap></body>")
    assert paper.text == "Drug: A; ORR: 45%\nDrug: B; ORR: 30%"


def test_a_mark_without_a_sign_is_none(tmp_path: Path) -> None:
    rows = '<tr><td>Grade 3</td><td>45<xref ref-type="table-fn" rid="a"/></td></tr>'
    assert paper_of(tmp_path, f"<body><table-wrap><table>{rows}</table></table-wrap></body>").text == "Grade 3; 45"


def test_absurd_spans_do_not_blow_up(tmp_path: Path) -> None:
    cell = f'<tr><td colspan="999999999" rowspan="999999999">{"long " * 1000}</td><td>x</td></tr>'
    paper = paper_of(
        tmp_path, f"<body><table-wrap><table>{cell}{'<tr><td>y</td></tr>' * 2000}</table></table-wrap></body>"
    )
    assert len(paper.text) < 100_000


def test_headers_are_not_repeated_without_end(tmp_path: Path) -> None:
    wide = "".join(f'<td rowspan="9999">{"word " * 50}{i}</td>' for i in range(200))
    rows = f"<thead><tr>{wide}</tr></thead><tbody><tr>{wide}</tr>{'<tr><td>x</td></tr>' * 1000}</tbody>"
    paper = paper_of(tmp_path, f"<body><table-wrap><table>{rows}</table></table-wrap></body>")
    assert len(paper.text) < 200_000
    assert "word 199" in paper.text


def test_named_characters_are_read_with_and_without_a_document_type(tmp_path: Path) -> None:
    body = "<body><p>TNF-&alpha;&nbsp;&ge; 5 &lt; 6 &amp; &nosuchname;end</p></body>"
    doctype = '<?xml version="1.0"?>\n<!DOCTYPE article PUBLIC "-//NLM//DTD JATS" "JATS.dtd">'
    assert paper_of(tmp_path, body).text == "TNF-α ≥ 5 < 6 & end"
    assert paper_of(tmp_path, body, prologue=doctype).text == "TNF-α ≥ 5 < 6 & end"
    own = '<!DOCTYPE article [<!ENTITY alpha "A"><!ENTITY big "&alpha;&alpha;">]>'
    assert paper_of(tmp_path, "<body><p>TNF-&alpha; &big;</p></body>", prologue=own).text == "TNF-A"


def test_namespaces_article_sets_and_utf16_are_read(tmp_path: Path) -> None:
    path = tmp_path / "set.xml"
    article = "<article xmlns='https://jats.nlm.nih.gov/ns/archiving/1.3/'><body><p>Text {}.</p></body></article>"
    path.write_text(f"<pmc-articleset>{article.format(1)}{article.format(2)}<article/></pmc-articleset>")
    papers = list(read(path))
    assert [paper.text for paper in papers] == ["Text 1.", "Text 2."]
    assert len({paper.id for paper in papers}) == 2
    path.write_text('<?xml version="1.0" encoding="utf-16"?>' + article.format("é &beta;"), encoding="utf-16")
    assert next(read(path)).text == "Text é β."


def test_what_is_missing_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "bare.xml"
    path.write_text("<article><body><p>Only text.</p></body></article>")
    (paper,) = read(path)
    assert (paper.title, paper.authors, paper.journal, paper.year, paper.doi) == ("bare", (), "", None, "")
    assert paper.id.startswith("sha256:")


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs ../shared/data")
def test_every_article_of_the_shared_data_is_read_whole() -> None:
    files = [*SHARED.glob("jats_*/*ml"), *SHARED.glob("evidence_inference_dev/papers/*.nxml")]
    assert len(files) >= 100
    texts = {}
    for path in files:
        (paper,) = read(path)
        assert "\n\n".join(paper.text[section.start : section.end] for section in paper.sections) == paper.text
        assert paper.title != path.stem
        assert "\x01" not in paper.text
        texts[path.stem] = re.sub("[^a-z0-9]", "", paper.text.lower())
    questions = (SHARED / "evidence_inference_dev" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    held = [
        re.sub("[^a-z0-9]", "", evidence.lower()) in texts[question["paper"]]
        for question in map(json.loads, questions)
        for evidence in question["evidence"]
    ]
    assert sum(held) / len(held) >= 0.95

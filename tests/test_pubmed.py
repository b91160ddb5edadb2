"""PubMed XML: every record with an abstract, none lost in silence, and no record another one's ruin."""

from __future__ import annotations

import gzip
import tracemalloc
from pathlib import Path

import pytest
from noted import papers_of, taken

from eval.bench.made_records import pubmed_set
from ingest.errors import UnreadableFile
from ingest.papers import Paper
from ingest.readers import read

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"
PROSE = "Patients with high scores lived longer than those with low scores in both arms."


def record(pmid: int = 1, abstract: str | None = None, article: str = "", citation: str = "", data: str = "") -> str:
    """A record; `abstract` is what stands in its `Abstract`, "" for none."""
    if abstract is None:
        abstract = f"<AbstractText>{PROSE}</AbstractText>"
    article = article or f"<ArticleTitle>Study {pmid}.</ArticleTitle>"
    return (
        f"<PubmedArticle><MedlineCitation><PMID Version='1'>{pmid}</PMID><Article>"
        f"{article}{f'<Abstract>{abstract}</Abstract>' if abstract else ''}"
        f"</Article>{citation}</MedlineCitation><PubmedData>{data}</PubmedData></PubmedArticle>"
    )


def set_of(*records: str) -> str:
    return f"<?xml version='1.0'?>\n<PubmedArticleSet>{''.join(records)}</PubmedArticleSet>\n"


def one(tmp_path: Path, **parts: str) -> Paper:
    (paper,), note = papers_of(tmp_path, set_of(record(**parts)))  # type: ignore[arg-type]
    assert note == ""
    return paper


FULL = """<Journal><JournalIssue><PubDate><Year>2016</Year><Month>Jan</Month></PubDate></JournalIssue>
<Title>Trial Letters</Title><ISOAbbreviation>Tr Lett</ISOAbbreviation></Journal>
<ArticleTitle>Anti-PD-1 in <i>MSI</i>-high tumours: 10<sup>6</sup> cells.</ArticleTitle>
<ELocationID EIdType="pii">S1</ELocationID><ELocationID EIdType="doi" ValidYN="N">10.1000/wrong</ELocationID>
<ELocationID EIdType="doi" ValidYN="Y">10.1000/X.1</ELocationID>
<AuthorList><Author ValidYN="Y"><LastName>Li</LastName><ForeName>Bo</ForeName><Initials>B</Initials>
<Suffix>Jr</Suffix><AffiliationInfo><Affiliation>Somewhere</Affiliation></AffiliationInfo></Author>
<Author ValidYN="N"><LastName>Lee</LastName></Author><Author><CollectiveName>The Group</CollectiveName></Author>
</AuthorList><DataBankList><DataBank><DataBankName>ClinicalTrials.gov</DataBankName><AccessionNumberList>
<AccessionNumber>NCT01234567</AccessionNumber></AccessionNumberList></DataBank><DataBank><AccessionNumberList>
<AccessionNumber>GENBANK1</AccessionNumber></AccessionNumberList></DataBank></DataBankList>
<PublicationTypeList><PublicationType>Journal Article</PublicationType><PublicationType>Randomized Controlled Trial
</PublicationType><PublicationType>Clinical Trial, Phase III</PublicationType></PublicationTypeList>
<VernacularTitle>Autre titre</VernacularTitle><ArticleDate><Year>2015</Year></ArticleDate>"""
IDS = """<ArticleIdList><ArticleId IdType="pubmed">7</ArticleId>
<ArticleId IdType="pmc">PMC456</ArticleId></ArticleIdList>
<ReferenceList><Reference><ArticleIdList><ArticleId IdType="doi">10.1000/cited</ArticleId></ArticleIdList></Reference>
</ReferenceList>"""


def test_the_fields_of_a_record_are_read(tmp_path: Path) -> None:
    paper = one(tmp_path, article=FULL, data=IDS)
    assert (paper.id, paper.pmid, paper.pmcid, paper.doi) == ("pmid:1", "1", "PMC456", "10.1000/X.1")
    assert (paper.title, paper.journal, paper.year) == (
        "Anti-PD-1 in MSI-high tumours: 10^6 cells",
        "Trial Letters",
        2015,
    )
    assert paper.authors == ("Bo Li Jr", "The Group")
    assert (paper.source, paper.status, paper.design) == ("pubmed", "normal", "phase 3 randomised trial")
    assert paper.trial_ids == ("NCT01234567",)
    assert [(section.kind, section.title) for section in paper.sections] == [("abstract", "Abstract")]


def test_a_cited_doi_is_not_the_papers_own(tmp_path: Path) -> None:
    assert one(tmp_path, data=IDS).doi == ""


def test_labels_become_sections_as_in_jats(tmp_path: Path) -> None:
    paper = one(
        tmp_path,
        abstract='<AbstractText Label="BACKGROUND" NlmCategory="X">Scores are in use everywhere.</AbstractText>'
        '<AbstractText Label="PATIENTS AND METHODS">We gave &#946;<sub>2</sub> to 30 patients.</AbstractText>'
        '<AbstractText Label="UNLABELLED">A line without a label.</AbstractText><AbstractText>And more.</AbstractText>'
        '<AbstractText Label="FUNDING">Money; NCT01234567.</AbstractText>'
        "<CopyrightInformation>All ours.</CopyrightInformation>",
        citation="<OtherAbstract Language='fre'><AbstractText>Un résumé.</AbstractText></OtherAbstract>",
    )
    assert [(s.kind, s.title, paper.text[s.start : s.end]) for s in paper.sections] == [
        ("abstract", "Abstract > Background", "Scores are in use everywhere."),
        ("abstract", "Abstract > Patients and methods", "We gave β2 to 30 patients."),
        ("abstract", "Abstract", "A line without a label.\n\nAnd more."),
    ]
    assert paper.trial_ids == ("NCT01234567",)


@pytest.mark.parametrize(
    ("article", "title"),
    [
        ("<ArticleTitle>[Translated].</ArticleTitle><VernacularTitle>Titre</VernacularTitle>", "Translated"),
        ("<ArticleTitle>[Not Available].</ArticleTitle><VernacularTitle>Titre.</VernacularTitle>", "Titre"),
        ("<ArticleTitle/><VernacularTitle>Titre.</VernacularTitle>", "Titre"),
        ("<ArticleTitle>Does it work?</ArticleTitle>", "Does it work?"),
        ("<ArticleTitle>And so on...</ArticleTitle>", "And so on..."),
    ],
)  # fmt: skip
def test_titles_are_plain(tmp_path: Path, article: str, title: str) -> None:
    assert one(tmp_path, article=article).title == title


@pytest.mark.parametrize(
    ("date", "year"),
    [
        ("<PubDate><MedlineDate>1998 Dec-1999 Jan</MedlineDate></PubDate>", 1998),
        ("<PubDate><MedlineDate>Winter 2001</MedlineDate></PubDate>", 2001),
        ("<PubDate><Year>20x6</Year></PubDate>", 2003),
        ("", 2003),
    ],
)
def test_years_are_read_however_they_are_given(tmp_path: Path, date: str, year: int) -> None:
    paper = one(
        tmp_path,
        article=f"<Journal><JournalIssue>{date}</JournalIssue></Journal><ArticleTitle>T</ArticleTitle>",
        data="<History><PubMedPubDate PubStatus='pubmed'><Year>2003</Year></PubMedPubDate></History>",
    )
    assert paper.year == year


@pytest.mark.parametrize(
    ("links", "kinds", "status"),
    [
        ("RetractionIn", "", "retracted"),
        ("", "Retracted Publication", "retracted"),
        ("ErratumIn ExpressionOfConcernIn", "", "concern"),
        ("ErratumIn", "", "corrected"),
        ("PartialRetractionIn", "", "corrected"),
        ("RetractionOf", "Retraction of Publication", "normal"),
        ("CommentIn UpdateIn", "", "normal"),
    ],
)
def test_a_retracted_paper_is_told_from_the_notice_of_it(tmp_path: Path, links: str, kinds: str, status: str) -> None:
    listed = "".join(f"<CommentsCorrections RefType='{link}'/>" for link in links.split())
    types = f"<PublicationTypeList><PublicationType>{kinds}</PublicationType></PublicationTypeList>"
    paper = one(
        tmp_path,
        article=f"<ArticleTitle>T</ArticleTitle>{types}",
        citation=f"<CommentsCorrectionsList>{listed}</CommentsCorrectionsList>",
    )
    assert paper.status == status


@pytest.mark.parametrize(
    ("types", "design"),
    [
        (("Review", "Meta-Analysis"), "meta-analysis"),
        (("Review", "Systematic Review"), "systematic review"),
        (("Clinical Trial, Phase I", "Clinical Trial, Phase II"), "phase 1/2 trial"),
        (("Randomized Controlled Trial",), "randomised trial"),
        (("Case Reports", "Journal Article"), "case report"),
        (("Journal Article", "Comparative Study"), ""),
    ],
)
def test_the_design_is_what_the_publication_types_say(tmp_path: Path, types: tuple[str, ...], design: str) -> None:
    listed = "".join(f"<PublicationType>{name}</PublicationType>" for name in types)
    article = f"<ArticleTitle>T</ArticleTitle><PublicationTypeList>{listed}</PublicationTypeList>"
    assert one(tmp_path, article=article).design == design


BOOK = "<PubmedBookArticle><BookDocument><PMID>9</PMID><Abstract/></BookDocument></PubmedBookArticle>"
NONE = "<AbstractText>No abstract available.</AbstractText>"


def test_what_is_passed_over_is_counted(tmp_path: Path) -> None:
    papers, note = papers_of(
        tmp_path,
        set_of(record(1), record(2, ""), BOOK, record(3, NONE), record(4)),
    )
    assert [paper.pmid for paper in papers] == ["1", "4"]
    assert note == "3 of 5 records passed over: 2 without an abstract, 1 of a book"


def test_a_set_without_any_abstract_says_so(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"is PubMed XML that gives no paper \(2 records: 2 without an abstract\)"):
        papers_of(tmp_path, set_of(record(1, ""), record(2, "")))


@pytest.mark.parametrize(
    "broken",
    [
        record(2).replace("</Article>", ""),
        record(2).replace("</PubmedArticle>", ""),
        record(2).replace("lived", "&nobody; lived"),
        record(2).replace("lived", "lived < longer & longer"),
        record(2).replace("lived", "lived \x08"),
        "<PubmedArticle>" + "<a>" * 300 + "</a>" * 300 + "</PubmedArticle>",
        "<PubmedArticle></PubmedArticle>",
        f"<PubmedArticle><x>{'A' * 5_000_000}</x></PubmedArticle>",
        f"<PubmedArticle><x y='{'A' * 11_000_000}",
    ],
    ids=["no end tag", "no record end", "entity", "bare signs", "control", "deep", "empty", "5 MB", "11 MB attribute"],
)
def test_a_broken_record_costs_no_other(tmp_path: Path, broken: str) -> None:
    papers, note = papers_of(tmp_path, set_of(record(1), broken, record(3)))
    assert [paper.pmid for paper in papers] == ["1", "3"]
    assert note == "1 of 3 records passed over: 1 broken"


def test_bytes_that_are_no_utf_8_break_their_record_only(tmp_path: Path) -> None:
    content = set_of(record(1), record(2).replace("lived", "l\u00e9ved"), record(3)).encode()
    papers, note = papers_of(tmp_path, content.replace("\u00e9".encode(), b"\xe9"))
    assert [paper.pmid for paper in papers] == ["1", "3"]
    assert "1 broken" in note


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "iso-8859-1"])
def test_other_encodings_are_read(tmp_path: Path, encoding: str) -> None:
    text = set_of(record(1).replace("lived", "l\u00e9ved &alpha;")).replace(
        "version='1.0'", f"version='1.0' encoding='{encoding.removesuffix('-sig')}'"
    )
    (paper,), _ = papers_of(tmp_path, text.encode(encoding))
    assert "l\u00e9ved α" in paper.text


def test_a_long_attribute_or_label_is_no_heading(tmp_path: Path) -> None:
    paper = one(tmp_path, abstract=f"<AbstractText Label='{'A' * 1_000_000}'>{PROSE}</AbstractText>")
    assert [section.title for section in paper.sections] == ["Abstract"]


def test_entity_bombs_and_external_entities_come_to_nothing(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("SECRET")
    layers = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
    declared = f'<!ENTITY l0 "lol">{layers}<!ENTITY secret SYSTEM "{(tmp_path / "secret").as_uri()}">'
    content = set_of(
        record(1).replace("lived", "&l9; lived"), record(2).replace("lived", "&secret; lived"), record(3)
    ).replace("<PubmedArticleSet>", f"<!DOCTYPE PubmedArticleSet [{declared}]><PubmedArticleSet>")
    (paper,), note = papers_of(tmp_path, content)
    assert (paper.pmid, note) == ("3", "2 of 3 records passed over: 2 broken")


@pytest.mark.parametrize("cut", [25, 60, 150])
def test_a_file_that_is_cut_off_gives_what_it_has_and_says_so(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "cut.xml"
    path.write_text(set_of(record(1), record(2))[:-cut])
    papers = read(path)
    assert next(papers).pmid == "1"
    with pytest.raises(UnreadableFile, match=r"cut off after [12] records"):
        list(papers)


def test_sets_that_were_appended_to_each_other_are_read_to_the_end(tmp_path: Path) -> None:
    papers, _ = papers_of(tmp_path, set_of(record(1)) + set_of(record(2)) + set_of(record(3)))
    assert [paper.pmid for paper in papers] == ["1", "2", "3"]


def test_single_records_of_either_kind_are_read(tmp_path: Path) -> None:
    assert papers_of(tmp_path, record(5))[0][0].pmid == "5"
    citation = record(6).removeprefix("<PubmedArticle>").partition("<PubmedData>")[0]
    assert papers_of(tmp_path, citation)[0][0].pmid == "6"
    assert papers_of(tmp_path, f"<MedlineCitationSet>{citation}</MedlineCitationSet>")[0][0].pmid == "6"


def test_gzip_is_told_from_content(tmp_path: Path) -> None:
    assert papers_of(tmp_path, gzip.compress(set_of(record(1), record(2)).encode()))[0][1].pmid == "2"
    jats = f"<article><body><sec><title>Results</title><p>{PROSE}</p></sec></body></article>"
    assert papers_of(tmp_path, gzip.compress(jats.encode()))[0][0].source == "jats"


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (gzip.compress(set_of(record(1)).encode())[:-40], "cut off"),
        (gzip.compress(b"x")[:5], "cut off"),
        (b"\x1f\x8b\x08" + bytes(40), "broken gzip"),
        (gzip.compress(gzip.compress(b"x")), "gzip archive of a gzip archive"),
        (gzip.compress(bytes(257) + b"ustar" + bytes(250)), "tar archive"),
        (gzip.compress(PROSE.encode()), "archive of text"),
        (gzip.compress(b"%PDF-1.7"), "archive of a PDF"),
        (gzip.compress(bytes(range(256))), "binary file"),
    ],
    ids="cut tiny broken twice tar text pdf binary".split(),  # gzip writes the time of day
)
def test_a_packed_file_that_gives_no_paper_says_why(tmp_path: Path, content: bytes, word: str) -> None:
    with pytest.raises(UnreadableFile, match=word):
        papers_of(tmp_path, content)


@pytest.mark.parametrize("start", [b"<PubmedArticleSet>", b"<article><body>", b"PMID- 1\nAB  - ", b"TY  - JOUR\n"])
def test_gzip_bombs_are_refused(tmp_path: Path, start: bytes) -> None:
    with gzip.open(tmp_path / "bomb.gz", "wb", compresslevel=1) as file:
        file.write(start)
        for _ in range(80):
            file.write(bytes(1 << 20).replace(b"\0", b" "))
    with pytest.raises(UnreadableFile, match="bomb"):
        list(read(tmp_path / "bomb.gz"))


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    def peak(n: int) -> int:
        (tmp_path / "set.xml").write_text(set_of(*(record(i, data=f"<x>{'A' * 20_000}</x>") for i in range(1, n + 1))))
        tracemalloc.start()
        try:
            assert sum(1 for _ in read(tmp_path / "set.xml")) == n
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    peak(1)  # what is imported once
    assert peak(600) < 1.1 * peak(200)  # 12 MB, 4 MB


def test_made_sets_are_varied_and_repeatable(tmp_path: Path) -> None:
    for name in ("one.xml", "two.xml", "three.xml.gz"):
        pubmed_set(tmp_path / name, 50, seed=3, without_abstract=0.1)
    assert (tmp_path / "one.xml").read_bytes() == (tmp_path / "two.xml").read_bytes()
    assert gzip.decompress((tmp_path / "three.xml.gz").read_bytes()) == (tmp_path / "one.xml").read_bytes()
    papers, note = taken(tmp_path / "one.xml")
    assert 40 <= len(papers) < 50
    assert note == f"{50 - len(papers)} of 50 records passed over: {50 - len(papers)} without an abstract"
    for field in ("id", "doi", "title", "text"):
        assert len({getattr(paper, field) for paper in papers}) == len(papers)
    assert {paper.trial_ids for paper in papers} == {(f"NCT{int(paper.pmid)}",) for paper in papers}
    pubmed_set(tmp_path / "two.xml", 50, seed=4)
    assert (tmp_path / "one.xml").read_bytes() != (tmp_path / "two.xml").read_bytes()


@pytest.mark.skipif(not SHARED.exists(), reason="needs the shared data")
def test_a_real_record_is_read() -> None:
    (paper,), note = taken(SHARED / "pubmed" / "pubmed-29768149.xml")
    assert (paper.id, paper.doi, paper.year) == ("pmid:29768149", "10.1056/NEJMoa1715274", 2018)
    assert (paper.design, paper.trial_ids, note) == ("phase 3 randomised trial", ("NCT02149199",), "")
    assert [section.title.removeprefix("Abstract > ") for section in paper.sections] == [
        "Background",
        "Methods",
        "Results",
        "Conclusions",
    ]
    assert "34.4% vs. 31.1% of weeks; odds ratio, 1.14; 95% confidence interval [CI], 1.00 to 1.30" in paper.text

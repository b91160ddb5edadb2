"""Europe PMC's search results as files: JSON and XML say the same, and nothing in them is trusted to be there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
from literature_server import Article, articles, result
from noted import papers_of, taken

from ingest.errors import UnreadableFile
from ingest.readers import read

RECORDED = Path(__file__).resolve().parents[2] / "shared" / "data" / "europepmc"
recorded = pytest.mark.skipif(not RECORDED.exists(), reason="needs ../shared/data/europepmc")


def page(*results: object, **more: object) -> str:
    return json.dumps({"version": "6.9", "hitCount": len(results), **more, "resultList": {"result": list(results)}})


def as_xml(value: Any, name: str) -> str:
    """The XML that Europe PMC makes of what it has as JSON."""
    if isinstance(value, dict):
        return f"<{name}>{''.join(as_xml(each, key) for key, each in value.items())}</{name}>"
    if isinstance(value, list):
        return "".join(as_xml(each, name) for each in value)
    return f"<{name}>{escape(str(value))}</{name}>"


def test_json_and_xml_give_the_same_papers(tmp_path: Path) -> None:
    made = [result(one) for one in [*articles(9), Article(90000077, links=(("Retraction in", "1"),))]]
    papers, note = papers_of(tmp_path, page(*made))
    assert (len(papers), note) == (9, "1 of 10 records passed over: 1 without an abstract")
    xml = f'<?xml version="1.0"?><responseWrapper>{as_xml({"result": made}, "resultList")}</responseWrapper>'
    assert papers_of(tmp_path, xml) == (papers, note)
    assert papers_of(tmp_path, page(*made, request={"queryString": "a" * 3000}))[0] == papers
    paper = papers[0]
    assert (paper.id, paper.pmcid, paper.doi) == ("pmid:90000001", "PMC90001001", "10.1000/made.up.90000001")
    assert (paper.authors, paper.year, paper.source) == (("Ada Example", "Ben Example"), 2021, "pubmed")
    assert paper.journal == "Journal of Made-Up Trials"
    assert paper.title == "Made-up response of cohort 90000001 to nivolumab & ipilimumab"
    assert [paper.text[section.start : section.end] for section in paper.sections] == [
        "Cohort 90000001 was made up to see whether a program reads what it was sent.",
        "Responses were seen in 1 of 60 patients (p < 0.05) given nivolumab.",
    ]
    assert papers[-1].status == "retracted"


@pytest.mark.parametrize(
    ("types", "links", "design", "status"),
    [
        (["Randomized Controlled Trial", "Journal Article"], [], "randomised trial", "normal"),
        (["review-article"], [], "review", "normal"),
        (["Systematic Review", "review-article", "Journal Article"], [], "systematic review", "normal"),
        (["Retracted Publication"], [], "", "retracted"),
        (["Journal Article"], ["Retraction in"], "", "retracted"),
        (["Journal Article"], ["Erratum in", "Expression of concern in"], "", "concern"),
        (["Journal Article"], ["Erratum in", "Comment in"], "", "corrected"),
        (["Published Erratum", "correction"], ["Erratum for"], "", "normal"),
        (["correction"], ["Erratum in"], "", "normal"),
        (["Retraction of Publication"], ["Retraction of"], "", "normal"),
    ],
)
def test_types_and_notices_tell_design_and_status(
    tmp_path: Path, types: list[str], links: list[str], design: str, status: str
) -> None:
    made = result(articles(1)[0]) | {
        "pubTypeList": {"pubType": types},
        "commentCorrectionList": {"commentCorrection": [{"type": link, "id": "1"} for link in links]},
    }
    [paper], _ = papers_of(tmp_path, page(made))
    assert (paper.design, paper.status) == (design, status)
    about = {"Erratum for": ("pmid:1", "corrected"), "Retraction of": ("pmid:1", "retracted")}
    assert [(one.alias, one.status) for one in paper.notices] == [about[link] for link in links if link in about]


def test_an_abstract_in_one_piece_and_a_preprint(tmp_path: Path) -> None:
    made: dict[str, object] = {
        "id": "PPR123",
        "source": "PPR",
        "doi": "10.1101/2026.01.01.000001",
        "title": "A <i>made-up</i> preprint",
        "authorString": "Li B, Example AB, Cohort Group.",
        "bookOrReportDetails": {"publisher": "medRxiv", "yearOfPublication": 2026},
        "pubYear": "2026",
        "abstractText": "Survival was longer by 10<sup>2</sup> days in a made-up cohort of patients.",
    }
    [paper], _ = papers_of(tmp_path, page(made))
    assert (paper.id, paper.title, paper.journal) == ("doi:10.1101/2026.01.01.000001", "A made-up preprint", "medRxiv")
    assert paper.authors == ("B Li", "AB Example", "Cohort Group")
    assert paper.text == "Survival was longer by 10^2 days in a made-up cohort of patients."
    assert [section.title for section in paper.sections] == ["Abstract"]


@pytest.mark.parametrize(
    "odd",
    [
        {"title": 7, "authorList": [], "pubTypeList": None, "journalInfo": "x"},
        {
            "authorList": {"author": ["x", None, {"fullName": ["x"]}]},
            "pubYear": {},
            "pubTypeList": {"pubType": [1, {}]},
        },
        {"commentCorrectionList": {"commentCorrection": [None, {"type": None}, {"type": 5}]}, "doi": [], "pmid": True},
        {"title": "\u202eturned", "authorString": "a" * 10**6, "pmcid": "../../etc"},
    ],
)
def test_values_of_the_wrong_type_are_as_if_they_were_missing(tmp_path: Path, odd: dict[str, object]) -> None:
    good = result(articles(1)[0])
    papers, _ = papers_of(tmp_path, page(good | odd))
    assert [paper.id for paper in papers] == ["pmid:90000001"]
    assert papers[0].pmcid in ("PMC90001001", "")
    papers, note = papers_of(tmp_path, page("text", None, 7, [], good))
    assert (len(papers), note) == (1, "4 of 5 records passed over: 4 broken")


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (page(), "Europe PMC search result that gives no paper (0 records)"),
        ('{"version": "6.9", "resultList": {"result": [', "broken JSON of Europe PMC"),
        (
            '{"version": "6.9", "resultList": {"result": ' + "[" * 100_000,
            "broken JSON of Europe PMC (nested too deeply)",
        ),
        ('{"version": "6.9", "resultList": {"result": {"a": 1}}}', "holds no list of results"),
        ("<responseWrapper><resultList><result>", "broken XML"),
        ("<responseWrapper><resultList></resultList></responseWrapper>", "gives no paper (0 records)"),
        ("<responseWrapper><errMsg>no</errMsg></responseWrapper>", "root <responseWrapper>"),
    ],
)
def test_what_gives_no_paper_says_why(tmp_path: Path, content: str, word: str) -> None:
    (tmp_path / "file").write_text(content)
    with pytest.raises(UnreadableFile) as failure:
        list(read(tmp_path / "file"))
    assert word in failure.value.reason


def test_entities_are_neither_expanded_nor_fetched(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("SECRET")
    made = as_xml({"result": [result(articles(1)[0])]}, "resultList").replace("Responses", "&secret; Responses")
    entity = f'<!ENTITY secret SYSTEM "{(tmp_path / "secret").as_uri()}">'
    xml = f"<!DOCTYPE responseWrapper [{entity}]><responseWrapper>{made}</responseWrapper>"
    [paper], _ = papers_of(tmp_path, xml)
    assert "SECRET" not in paper.text


@recorded
def test_what_was_recorded_of_europe_pmc_is_read() -> None:
    papers, note = taken(RECORDED / "search_cancer_core.json")
    assert note == "2 of 25 records passed over: 2 without an abstract"
    assert [len(paper.notices) for paper in papers if not paper.text] == [1, 1]  # errata, which have none
    papers = [paper for paper in papers if paper.text]
    assert len(papers) == 21
    assert all(paper.pmid and paper.year == 2025 and paper.authors and paper.journal for paper in papers)
    assert sum(bool(paper.pmcid) for paper in papers) == 7
    assert {paper.design for paper in papers} == {"", "review", "systematic review", "observational study"}
    assert not any("<" in paper.title or "<h4>" in paper.text for paper in papers)
    assert sum(len(paper.sections) > 1 for paper in papers) == 15
    for name in ("search_cancer.json", "search_cancer.xml", "search_cancer_page2.json", "search_cancer_idlist.json"):
        with pytest.raises(UnreadableFile, match="without an abstract"):
            list(read(RECORDED / name))
    with pytest.raises(UnreadableFile, match=r"\(0 records\)"):
        list(read(RECORDED / "search_no_results.json"))

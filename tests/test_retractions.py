"""Notices of retraction, concern and correction: from the list, from records and articles, before and after a paper."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from commands import COLITIS, NIVOLUMAB, Command
from embedders import HashEmbedder
from made_papers import paper

from ingest.errors import UnreadableFile
from ingest.library import Library
from ingest.papers import Filters, Notice
from ingest.readers import read
from ingest.retractions import RETRACTION_WATCH, read_retractions

_HEADER = (
    "Record ID,Title,RetractionDate,RetractionDOI,OriginalPaperDate,OriginalPaperDOI,OriginalPaperPubMedID,"
    "RetractionNature,Reason\n"
)


def listed(tmp_path: Path, *rows: str) -> Path:
    path = tmp_path / "retraction_watch.csv"
    path.write_text(_HEADER + "".join(f"{row}\n" for row in rows), encoding="utf-8-sig")
    return path


def test_each_row_gives_its_notice_by_doi_and_by_pmid(tmp_path: Path) -> None:
    path = listed(
        tmp_path,
        '1,"A, study",5/30/2024 0:00,10.1/notice,1/2/2020 0:00,10.1000/One,123,Retraction,+Duplicate Image;+Fraud;',
        "2,B,12/1/2023 0:00,,1/2/2020 0:00,unavailable,0,Expression of concern,",
        "3,C,not a day,,,10.1000/three,0,Correction,+Error in Text;",
        "4,D,1/1/2020 0:00,,,10.1000/four,,Something new,",
    )
    why = "Duplicate Image; Fraud"
    assert read_retractions(path) == [
        Notice("doi:10.1000/One", "retracted", RETRACTION_WATCH, "2024-05-30", why),
        Notice("pmid:123", "retracted", RETRACTION_WATCH, "2024-05-30", why),
        Notice("doi:10.1000/three", "corrected", RETRACTION_WATCH, "", "Error in Text"),
    ]


def test_a_later_reinstatement_takes_a_retraction_back_an_earlier_one_does_not(tmp_path: Path) -> None:
    path = listed(
        tmp_path,
        "1,A,1/1/2020 0:00,,,10.1000/one,,Retraction,",
        "2,A,6/1/2021 0:00,,,10.1000/one,,Reinstatement,",
        "3,B,1/1/2022 0:00,,,10.1000/two,,Retraction,",
        "4,B,6/1/2021 0:00,,,10.1000/two,,Reinstatement,",
    )
    assert [notice.alias for notice in read_retractions(path)] == ["doi:10.1000/two"]


@pytest.mark.parametrize("content", ["id;title\n1;x\n", "", "\x00\x01\x02", 'RetractionNature,"broken\n' * 3])
def test_another_file_is_told_from_the_list(tmp_path: Path, content: str) -> None:
    path = tmp_path / "other.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(UnreadableFile, match="Retraction Watch's list"):
        read_retractions(path)


def test_a_newer_list_takes_the_place_of_the_older_and_other_notices_stay(tmp_path: Path) -> None:
    with Library.open(tmp_path / "library", embedder=HashEmbedder()) as library:
        library.add([paper(1), paper(2)])
        library.heed([Notice("pmid:2", "concern", "pmid:99")])
        old = [Notice("pmid:1", "retracted", RETRACTION_WATCH), Notice("pmid:2", "retracted", RETRACTION_WATCH)]
        assert library.heed(old, instead_of=RETRACTION_WATCH) == ["pmid:1", "pmid:2"]
        assert library.lexical("cohort", 9) == []
        assert library.heed([], instead_of=RETRACTION_WATCH) == ["pmid:1", "pmid:2"]
        assert {record.id: record.status for record in library.records()} == {"pmid:1": "normal", "pmid:2": "concern"}
        assert {chunk_id for chunk_id, _ in library.lexical("cohort", 9)} == {"pmid:1#0", "pmid:2#0"}


_PUBMED = """<?xml version="1.0"?><PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>{pmid}</PMID><Article>
<ArticleTitle>{title}</ArticleTitle>{abstract}<PublicationTypeList><PublicationType>{kind}</PublicationType>
</PublicationTypeList></Article><CommentsCorrectionsList><CommentsCorrections RefType="{link}"><RefSource>J. 2019
</RefSource><PMID>90000001</PMID></CommentsCorrections></CommentsCorrectionsList></MedlineCitation></PubmedArticle>
</PubmedArticleSet>"""
_JATS = """<article article-type="{kind}" xmlns:xlink="http://www.w3.org/1999/xlink"><front><article-meta>
<article-id pub-id-type="pmid">90000009</article-id><title-group><article-title>Notice on a study</article-title>
</title-group><pub-date><year>2024</year></pub-date><related-article related-article-type="{link}"
ext-link-type="{by}" xlink:href="{href}"/></article-meta></front>{body}</article>"""


@pytest.mark.parametrize(
    ("link", "status"),
    [
        ("RetractionOf", "retracted"),
        ("ExpressionOfConcernFor", "concern"),
        ("ErratumFor", "corrected"),
        ("Cites", None),
    ],
)
def test_a_pubmed_notice_without_an_abstract_says_what_it_is_about(
    tmp_path: Path, link: str, status: str | None
) -> None:
    path = tmp_path / "notice.xml"
    kind = "Retraction of Publication"
    path.write_text(_PUBMED.format(pmid=90000009, title="Notice", abstract="", kind=kind, link=link), encoding="utf-8")
    if status is None:
        with pytest.raises(UnreadableFile, match="without an abstract"):
            list(read(path))
        return
    (notice,) = read(path)
    assert (notice.text, notice.sections, notice.status) == ("", (), "normal")
    assert [(one.alias, one.status, one.origin) for one in notice.notices] == [
        ("pmid:90000001", status, "pmid:90000009")
    ]


@pytest.mark.parametrize(
    ("kind", "link", "by", "href", "found"),
    [
        ("retraction", "retracted-article", "doi", "10.1000/made.up.1", ("doi:10.1000/made.up.1", "retracted")),
        ("retraction", "retracted-article", "pmid", "90000001", ("pmid:90000001", "retracted")),
        ("expression-of-concern", "object-of-concern", "doi", "10.1000/a", ("doi:10.1000/a", "concern")),
        ("correction", "corrected-article", "doi", "https://doi.org/10.1000/a", ("doi:10.1000/a", "corrected")),
        ("correction", "commentary-article", "doi", "10.1000/a", None),
        ("research-article", "retracted-article", "doi", "10.1000/a", None),
    ],
)
def test_a_jats_notice_says_what_it_is_about(
    tmp_path: Path, kind: str, link: str, by: str, href: str, found: tuple[str, str] | None
) -> None:
    path = tmp_path / "notice.xml"
    body = "<body><sec><title>Notice</title><p>This is the text of a notice about another article.</p></sec></body>"
    path.write_text(_JATS.format(kind=kind, link=link, by=by, href=href, body=body), encoding="utf-8")
    (article,) = read(path)
    assert [(one.alias, one.status) for one in article.notices] == ([found] if found else [])


def test_a_medline_notice_says_what_it_is_about(tmp_path: Path) -> None:
    path = tmp_path / "notice.nbib"
    path.write_text(
        "PMID- 90000009\nTI  - Retraction of a study.\nPT  - Retraction of Publication\n"
        "ROF - J Made Up. 2019;1(1):1-9. doi: 10.1/x. PMID: 90000001\nSO  - J. 2024\n",
        encoding="utf-8",
    )
    (notice,) = read(path)
    assert [(one.alias, one.status) for one in notice.notices] == [("pmid:90000001", "retracted")]


@pytest.mark.parametrize("first", ["paper", "notice"])
def test_a_paper_is_retracted_whether_its_notice_comes_before_it_or_after(
    immunorag: Command, tmp_path: Path, first: str
) -> None:
    papers = tmp_path / "papers"
    papers.mkdir()
    (papers / "paper.md").write_text(NIVOLUMAB, encoding="utf-8")
    (papers / "other.md").write_text(COLITIS, encoding="utf-8")
    notice = _PUBMED.format(
        pmid=90000009, title="N", abstract="", kind="Retraction of Publication", link="RetractionOf"
    )
    (tmp_path / "notice.xml").write_text(notice, encoding="utf-8")
    order = [papers, tmp_path / "notice.xml"]
    for path in order if first == "paper" else reversed(order):
        done = immunorag("ingest", "--library", tmp_path / "library", path)
        assert done.code == 0, done.err
    again = immunorag("ingest", "--library", tmp_path / "library", tmp_path / "notice.xml")
    assert "already in the library" in again.out
    listed = immunorag("papers", "list", "--status", "retracted", "--json", "--library", tmp_path / "library")
    assert [record["id"] for record in json.loads(listed.out)] == ["pmid:90000001"]
    shown = immunorag("papers", "show", "90000001", "--library", tmp_path / "library").out
    assert "status: retracted" in shown
    assert "pmid:90000009" in shown


def test_the_command_marks_papers_and_retracted_ones_do_not_answer(immunorag: Command, tmp_path: Path) -> None:
    (tmp_path / "paper.md").write_text(NIVOLUMAB, encoding="utf-8")
    library = tmp_path / "library"
    immunorag("ingest", "--library", library, tmp_path / "paper.md")
    path = listed(tmp_path, "1,A,5/30/2024 0:00,,,10.1000/MADE.up.1,0,Retraction,+Unreliable Results;")
    done = immunorag("retractions", path, "--library", library)
    assert done.out == "retracted\tpmid:90000001\tNivolumab in melanoma that had been treated before\n"
    assert immunorag("retractions", path, "--library", library).out == ""
    assert "Unreliable Results" in immunorag("papers", "show", "90000001", "--library", library).out
    question = "What was the response rate with nivolumab in melanoma?"
    answer = json.loads(immunorag("ask", "--json", question, "--library", library).out)
    assert (answer["abstained"], answer["passages"]) == (True, [])
    flagged = immunorag("ask", "--status", "retracted", question, "--library", library)
    assert "RETRACTED" in flagged.out


def test_what_is_asked_of_the_rest_is_untouched_by_a_retraction(tmp_path: Path) -> None:
    with Library.open(tmp_path / "library", embedder=HashEmbedder()) as library:
        library.add([paper(1), paper(2)])
        library.heed([Notice("pmid:1", "retracted", "pmid:9")])
        assert [record.id for record in library.records(Filters())] == ["pmid:2"]
        assert library.chunk_count(Filters(statuses=("retracted",))) == 1

"""Twelve papers that come as JATS, as PDF and as PubMed records, in any order, are twelve papers that answer alike."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import permutations
from pathlib import Path

import pytest
from embedders import HashEmbedder
from made_papers import paper as small

from eval.bench.made_papers import MadePaper, made_paper
from ingest.library import Library
from ingest.papers import Paper
from ingest.readers import read
from rag.assistant import Assistant

COUNT = 12
FORMS = ("jats", "pdf", "pubmed")
LABELS = ("Background", "Methods", "Results", "Conclusions")
FAMILIES = "Adeyemi Berg Castro Duarte Eriksen Fontaine Gruber Hashimoto Ivanova Jansen Kowalski Lindqvist".split()
QUESTIONS = (
    "What did pembrolizumab do to time to progression in pretreated patients with cervical cancer?",
    "What did nivolumab do to time to progression in older patients with bladder cancer?",
    "What did avelumab do to progression-free survival in biopsied cases with bladder cancer?",
    "What is the effect of nivolumab on progression-free survival when PD-L1 is high?",
)


@dataclass(frozen=True, slots=True)
class Work:
    """A made paper and what its editions say of it: a DOI, a PMID, and the years online and in print."""

    made: MadePaper
    doi: str
    pmid: str
    authors: tuple[tuple[str, str], ...]
    abstract: tuple[tuple[str, str], ...]

    @property
    def number(self) -> int:
        return self.made.number

    @property
    def printed(self) -> int:
        """The year that PDF and PubMed name: of every fourth paper the one after it went online."""
        return self.made.year + (self.number % 4 == 0)


def work(number: int) -> Work:
    made = replace(made_paper(number, seed=3), title=f"{made_paper(number, seed=3).title}: an IFN-γ study of TGF-β2")
    said = made.abstract.replace(" shows. ", " shows.\n").split("\n")
    authors = ((FAMILIES[number], "Ada"), (FAMILIES[(number + 5) % COUNT], "Ben"))
    return Work(
        made, f"10.5555/made.{number}", str(70_000_000 + number), authors, tuple(zip(LABELS, said, strict=True))
    )


def to_jats(one: Work) -> str:
    """With a DOI, of every second paper also with a PMCID; never with a PMID."""
    names = "".join(
        f"<contrib contrib-type='author'><name><surname>{family}</surname><given-names>{given}</given-names></name>"
        "</contrib>"
        for family, given in one.authors
    )
    abstract = "".join(f"<sec><title>{label}</title><p>{text}</p></sec>" for label, text in one.abstract)
    body = "".join(
        f"<sec><title>{heading}</title>{''.join(f'<p>{text}</p>' for text in texts)}</sec>"
        for heading, texts in one.made.sections
    )
    pmcid = f"<article-id pub-id-type='pmc'>PMC{900_000 + one.number}</article-id>" if one.number % 2 else ""
    return (
        "<?xml version='1.0' encoding='UTF-8'?>\n<article article-type='research-article'><front><journal-meta>"
        "<journal-title-group><journal-title>Made Journal of Words</journal-title></journal-title-group></journal-meta>"
        f"<article-meta><article-id pub-id-type='doi'>{one.doi}</article-id>{pmcid}<title-group><article-title>"
        f"{one.made.title.replace('IFN-γ', 'IFN-<italic>γ</italic>')}</article-title></title-group><contrib-group>"
        f"{names}</contrib-group><pub-date pub-type='epub'><year>{one.made.year}</year></pub-date><abstract>{abstract}"
        f"</abstract></article-meta></front><body>{body}</body></article>\n"
    )


def to_pubmed(works: Sequence[Work]) -> str:
    """Records; every third has no DOI, and so shares nothing but title, year and author with the other editions."""
    records = []
    for one in works:
        names = "".join(
            f"<Author ValidYN='Y'><LastName>{family}</LastName><ForeName>{given}</ForeName></Author>"
            for family, given in one.authors
        )
        abstract = "".join(
            f"<AbstractText Label='{label.upper()}'>{text}</AbstractText>" for label, text in one.abstract
        )
        doi = f"<ELocationID EIdType='doi' ValidYN='Y'>{one.doi}</ELocationID>" if one.number % 3 else ""
        records.append(
            f"<PubmedArticle><MedlineCitation><PMID Version='1'>{one.pmid}</PMID><Article><Journal><JournalIssue>"
            f"<PubDate><Year>{one.printed}</Year></PubDate></JournalIssue><Title>Made J Words</Title></Journal>"
            f"<ArticleTitle>{one.made.title.replace('an IFN-γ', 'an IFN-gamma')}.</ArticleTitle>{doi}"
            f"<Abstract>{abstract}</Abstract><AuthorList>{names}</AuthorList></Article></MedlineCitation>"
            "</PubmedArticle>"
        )
    return f"<?xml version='1.0'?>\n<PubmedArticleSet>{''.join(records)}</PubmedArticleSet>\n"


def print_pdf(one: Work, path: Path) -> None:
    """The text of the JATS edition, printed without any identifier; its fonts have no Greek, so it is spelled."""
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate

    styles = getSampleStyleSheet()

    def line(text: str, style: str = "Normal") -> Flowable:
        return Paragraph(text.replace("γ", "gamma").replace("β", "beta"), styles[style])

    byline = " and ".join(f"{given} {family}" for family, given in one.authors)
    story = [line(one.made.title, "Title"), line(byline, "Heading3")]
    story += [line(f"Made Journal of Words {one.printed};{one.number}:1-9"), line("Abstract", "Heading2")]
    story += [line(f"{label}: {text}") for label, text in one.abstract]
    for heading, texts in one.made.sections:
        story += [line(heading, "Heading2"), *(line(text) for text in texts)]
    SimpleDocTemplate(str(path), invariant=1).build(story)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Path]]:
    """The files of each form: twelve, but for PubMed's one."""
    folder = tmp_path_factory.mktemp("editions")
    works = [work(number) for number in range(COUNT)]
    for one in works:
        (folder / f"{one.number}.xml").write_text(to_jats(one), encoding="utf-8")
        print_pdf(one, folder / f"{one.number}.pdf")
    (folder / "set.xml").write_text(to_pubmed(works), encoding="utf-8")
    numbers = range(COUNT)
    return {
        "jats": [folder / f"{number}.xml" for number in numbers],
        "pdf": [folder / f"{number}.pdf" for number in numbers],
        "pubmed": [folder / "set.xml"],
    }


@pytest.fixture(scope="module")
def editions(files: dict[str, list[Path]]) -> dict[str, list[Paper]]:
    return {form: [paper for path in paths for paper in read(path)] for form, paths in files.items()}


@pytest.fixture(scope="module")
def expected(
    editions: dict[str, list[Paper]], tmp_path_factory: pytest.TempPathFactory
) -> tuple[list[Paper], list[object]]:
    with Library.open(tmp_path_factory.mktemp("expected") / "library", embedder=HashEmbedder()) as library:
        for form in FORMS:
            library.add(editions[form])
        return papers_in(library), answers_of(library)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with Library.open(tmp_path / "library", embedder=HashEmbedder()) as one:
        yield one


def papers_in(library: Library) -> list[Paper]:
    """All that the library knows of its papers but their ids."""
    papers = [replace(library.paper(record.id), id="") for record in library.records()]
    return sorted(papers, key=lambda paper: paper.doi)


def answers_of(library: Library) -> list[object]:
    """Claims with their citations; a paper is named by its DOI, for its id is that of the edition that came first."""
    return [
        [
            (claim.text, [(c.passage.paper.doi, c.number, c.quote, c.start, c.end, c.section) for c in claim.citations])
            for claim in Assistant(library).ask(question).claims
        ]
        for question in QUESTIONS
    ]


def test_the_editions_are_what_they_are_meant_to_be(editions: dict[str, list[Paper]]) -> None:
    assert {form: len(papers) for form, papers in editions.items()} == dict.fromkeys(FORMS, COUNT)
    assert all(not paper.doi and not paper.pmid and paper.year and paper.authors for paper in editions["pdf"])
    assert {paper.source for paper in editions["pdf"]} == {"pdf"}
    assert sum(not paper.doi for paper in editions["pubmed"]) == 4
    assert not any(paper.pmid for paper in editions["jats"])


@pytest.mark.parametrize("order", list(permutations(FORMS)), ids="-".join)
def test_in_any_order_they_are_twelve_papers_with_the_same_answers(
    order: tuple[str, ...],
    library: Library,
    editions: dict[str, list[Paper]],
    expected: tuple[list[Paper], list[object]],
) -> None:
    for form in order:
        library.add(editions[form])
    assert len(library) == COUNT
    assert {record.source for record in library.records()} == {"jats"}
    assert {library.paper(paper.id).id for paper in editions[order[0]]} == {paper.id for paper in editions[order[0]]}
    for papers in editions.values():
        for alias in (alias for paper in papers for alias in paper.aliases):
            assert library.paper(alias)
        assert len({library.paper(paper.id).id for paper in papers}) == COUNT
    papers, answers = expected
    assert papers_in(library) == papers
    assert answers_of(library) == answers
    assert all(answers), "each question has an answer to compare"


@pytest.mark.parametrize("seed", range(3))
def test_mixed_and_in_one_batch_they_are_the_same_twelve(
    seed: int, library: Library, editions: dict[str, list[Paper]], expected: tuple[list[Paper], list[object]]
) -> None:
    mixed = [paper for papers in editions.values() for paper in papers]
    random.Random(seed).shuffle(mixed)  # noqa: S311 (no secrets)
    library.add(mixed)
    assert (papers_in(library), answers_of(library)) == expected


def test_as_files_of_one_folder_they_are_the_same_twelve(
    library: Library, files: dict[str, list[Path]], expected: tuple[list[Paper], list[object]]
) -> None:
    report = library.ingest(path for form in ("pdf", "pubmed", "jats") for path in files[form])
    assert report.failed == 0
    assert (papers_in(library), answers_of(library)) == expected
    again = library.ingest(path for paths in files.values() for path in paths)
    assert {outcome.outcome for outcome in again.outcomes} == {"unchanged"}


TITLE = "Response to an invented antibody in advanced melanoma"


def untold(sha256: str, **more: object) -> Paper:
    """A paper with no identifier but its file's hash."""
    fields = {"id": f"sha256:{sha256}", "pmid": "", "title": TITLE, "authors": ("Ada Berg",)} | more
    return small(0, f"A text of {sha256}.", **fields)


def test_a_correction_with_the_papers_title_stays_apart(library: Library) -> None:
    library.add([small(1, title=TITLE, doi="10.5555/a"), small(2, title=TITLE, doi="10.5555/a.correction")])
    library.add([small(3, id="doi:10.5555/c", pmid="", title=TITLE, doi="10.5555/c")])
    assert len(library) == 3
    library.add([untold("4")])  # could be any of them: it is counted with the first, not as a fourth
    assert len(library) == 3
    assert library.paper("sha256:4").id == "pmid:1"


def test_the_same_title_of_another_year_or_author_is_another_paper(library: Library) -> None:
    library.add([untold("1"), untold("2", year=2022), untold("3", authors=("Ben Castro",))])
    assert len(library) == 3
    library.add([untold("4", year=2021, authors=("Berg, Ada M.",))])
    assert library.paper("sha256:4").id == "sha256:1"


def test_a_short_title_is_no_sign(library: Library) -> None:
    library.add([untold("1", title="Case report"), untold("2", title="Case report")])
    assert len(library) == 2


def test_papers_that_a_third_joins_keep_the_elder_id_and_their_files_go_with_it(
    library: Library, tmp_path: Path
) -> None:
    works = [work(0)]
    (tmp_path / "0.xml").write_text(to_jats(works[0]).replace(works[0].made.title[:9], "Otherwise"), encoding="utf-8")
    (tmp_path / "set.xml").write_text(to_pubmed(works), encoding="utf-8")  # without DOI
    library.ingest([tmp_path / "0.xml"])
    library.ingest([tmp_path / "set.xml"])
    assert len(library) == 2
    library.add([small(70_000_000, doi="10.5555/made.0")])
    assert [record.id for record in library.records()] == ["doi:10.5555/made.0"]
    library.remove("70000000")
    assert [path for path in (library.path / "files").rglob("*") if path.is_file()] == []

"""The starter library: what makes a digest honest, and the checker that holds it to that."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from collections import Counter
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from embedders import HashEmbedder

from ingest.chunking import chunk, indexed_text
from ingest.embedding import DEFAULT_MODEL, load_embedder
from ingest.starter import papers
from ingest.starter.confirmations import (
    Confirmation,
    Digest,
    citations,
    confirmations,
    digests,
    numbers,
    unconfirmed,
)
from ingest.starter.page import AREAS, page
from ingest.starter.vectors import carried, missing
from ingest.study import classified

ROOT = Path(__file__).parents[1]
REFERENCE = ROOT.parent / "shared" / "data" / "reference"
DESIGNS = re.compile(
    r"meta-analysis|phase [123] (randomised )?trial|cohort|case report|case series|preclinical|computational|review"
)
with_reference = pytest.mark.skipif(not REFERENCE.is_dir(), reason="the reference material is not here")


def by_slug() -> dict[str, Digest]:
    return {digest.slug: digest for digest in digests()}


def a_digest(body: str) -> Digest:
    return Digest(slug="made-up", front={}, body=body)


def an_entry(*figures: str) -> Confirmation:
    return Confirmation(digest="made-up", figures=figures, source="https://example.org", says="")


# The checker


def test_number_without_confirmation_is_found() -> None:
    digest = a_digest("The drug helped 40% of 20 patients.")
    (missing,) = unconfirmed(digest, [an_entry("20 patients")])
    assert "40%" in missing


def test_number_inside_a_longer_number_is_not_covered() -> None:
    assert unconfirmed(a_digest("It lasted 10.5 months."), [an_entry("10"), an_entry("5 months")])
    assert unconfirmed(a_digest("It lasted 115 months."), [an_entry("15 months")])
    assert not unconfirmed(a_digest("It lasted 10.5 months."), [an_entry("10.5 months")])


def test_confirmation_of_another_digest_does_not_count() -> None:
    entry = Confirmation(digest="another", figures=("40%",), source="https://example.org", says="40%")
    assert unconfirmed(a_digest("The drug helped 40%."), [entry])


def test_number_word_is_a_figure() -> None:
    assert numbers("Two of twelve patients, half of them women") == {"2", "12", "half"}


def test_number_in_a_name_is_no_figure() -> None:
    names = "PD-L1, CD8, B7-H1, KEYNOTE-024, CheckMate 067, IMspire150, V600, GPT-3.5, GPT-4o, B16/BL6, C57BL/6, 22C3"
    assert numbers(names) == set()


def test_one_number_in_several_spellings_is_one_number() -> None:
    assert numbers("10,380 and 10380; 2.00 and 2; three and 3") == {"10380", "2", "3"}


def test_interval_gives_both_its_ends() -> None:
    assert numbers("0.50 (95% CI 0.37-0.68; P<0.001)") == {"0.5", "95", "0.37", "0.68", "0.001"}


# The digests


def test_every_figure_of_a_digest_is_confirmed() -> None:
    missing = {digest.slug: found for digest in digests() if (found := unconfirmed(digest, confirmations()))}
    assert not missing


def test_confirmed_figure_stands_in_its_digest() -> None:
    bodies = {digest.slug: digest.body for digest in digests()}
    absent = [(e.digest, figure) for e in confirmations() for figure in e.figures if figure not in bodies[e.digest]]
    assert not absent


def test_confirmation_repeats_the_numbers_it_confirms() -> None:
    for entry in confirmations():
        assert numbers(" ".join(entry.figures)) <= numbers(entry.says), entry


def test_source_is_a_public_address() -> None:
    addresses = [entry.source for entry in confirmations()] + [a for listed in citations().values() for a in listed]
    assert all(re.fullmatch(r"https://[a-z0-9.-]+/\S+", address) for address in addresses)


def test_paper_behind_each_digest_was_identified() -> None:
    assert set(citations()) == set(by_slug())
    assert all(citations().values())


@pytest.mark.parametrize("digest", digests(), ids=lambda digest: digest.slug)
def test_front_matter_cites_the_paper(digest: Digest) -> None:
    front = digest.front
    assert all(front.get(key) for key in ("title", "authors", "journal", "year", "design", "area"))
    assert front["authors"].endswith("et al.]")
    assert re.fullmatch(r"(19|20)\d\d", front["year"])
    assert front.get("pmid") or front.get("doi")
    assert re.fullmatch(r"\d{7,8}", front.get("pmid", "26970723"))
    assert re.fullmatch(r"10\.\d{4,9}/\S+", front.get("doi", "10.1000/1"))
    assert DESIGNS.fullmatch(front["design"])
    assert front["area"] in AREAS


# Where the digest tells only the groups that make up the whole.
SUMS = {
    "checkmate-141": (240, 121),
    "irae-cd4-memory": (27, 26, 18),
    "keynote-564": (496, 498),
    "kras-checkpoint": (138, 371),
    "lag-3-immunotype": (188, 94),
    "loris": (2_881, 841),
    "mhc-ii-melanoma": (30, 23),
    "relativity-098": (547, 546),
    "sex-no-difference": (9_322, 4_399),
}


def test_size_of_a_study_is_a_figure_of_its_digest_or_the_sum_of_its_groups() -> None:
    for digest in digests():
        if "sample_size" in digest.front:
            size = int(digest.front["sample_size"])
            groups = SUMS.get(digest.slug, (size,))
            assert sum(groups) == size, digest.slug
            if digest.front["design"] == "case report":
                assert size == 1
                assert re.search(r"\b(?:single|one) patient\b", digest.body), digest.slug
            else:
                assert set(map(str, groups)) <= numbers(digest.body), digest.slug


KINDS = [
    ("tmb-nsclc", ("human",), None, 34, ()),  # not the 16 of its discovery cohort
    ("checkmate-141", ("human",), True, 361, ("CheckMate 141",)),  # not one arm
    ("checkmate-026", ("human",), True, None, ("CheckMate 026",)),  # only the size of its main analysis is told
    ("tmb-and-inflammation", ("human",), None, None, ()),  # tumours of an atlas are no patients of the study
    ("mhc-ii-melanoma", ("human", "cell line"), None, 53, ()),
    ("trialgpt", ("in silico",), None, None, ()),  # its patients are made up
    ("scorpio", ("human",), False, 9_745, ()),  # the prospective study is one that it asks for
    ("belinda", ("human",), True, 322, ("BELINDA",)),
]


@pytest.mark.parametrize(("slug", "species", "prospective", "size", "trials"), KINDS, ids=[kind[0] for kind in KINDS])
def test_kind_of_study_is_that_of_the_whole_study(
    slug: str, species: tuple[str, ...], prospective: bool | None, size: int | None, trials: tuple[str, ...]
) -> None:
    title = by_slug()[slug].front["title"]
    (told,) = (classified(paper) for paper in papers() if paper.title == title)
    assert (told.species, told.prospective, told.sample_size, told.trials) == (species, prospective, size, trials)


def test_no_digest_passes_for_the_paper() -> None:
    for digest in digests():
        assert digest.front["source"] == "digest"
        assert not re.search(r"\b(we|our|us)\b", digest.body, re.IGNORECASE), digest.slug
    assert {paper.source for paper in papers()} == {"digest"}


def test_digest_names_its_study_in_every_sentence_about_results() -> None:
    dangling = re.compile(
        r"(?:^|\. )(?:It|They|These|This|Those|The trial|The drug|Patients) (?:was|were|is|are|had)\b"
    )
    for digest in digests():
        assert not dangling.search(digest.body), digest.slug


def test_library_is_large_and_even_enough() -> None:
    assert len(digests()) >= 60
    areas = Counter(digest.front["area"] for digest in digests())
    assert all(areas[area] >= 12 for area in AREAS)


NEGATIVE = ["belinda", "checkmate-026", "checkmate-914", "echo-301", "immotion010", "keynote-789"]
NEGATIVE += ["relativity-098", "skyscraper-02"]  # trials; and on models:
NEGATIVE += ["chatbot-guidelines", "llm-tumour-board", "pathorob", "single-cell-zero-shot"]


def test_library_holds_negative_results_a_mouse_study_and_a_disagreement() -> None:
    found = by_slug()
    assert all("negative" in found[slug].body for slug in NEGATIVE)
    assert found["tim-3-resistance"].front["design"] == "preclinical"
    assert "contradicts" in found["pd-l1-prognosis-resected"].body
    assert "disagrees" in found["pd-l1-prognosis-squamous"].body


DISAGREEMENTS = [
    ("tmb-keynote-158", "McGrail and colleagues", "tmb-not-everywhere", "KEYNOTE-158"),
    ("sex-men-benefit", "Wallis and colleagues", "sex-no-difference", "Conforti and colleagues"),
    ("steroids-baseline", "Ricciuti and colleagues", "steroids-indication", "Arbour and colleagues"),
    ("antibiotics-meta-analysis", "Swami and colleagues", "antibiotics-melanoma", "Petrelli and colleagues"),
    ("gut-microbiome-melanoma", "Lee and colleagues", "gut-microbiome-cross-cohort", "Gopalakrishnan and colleagues"),
    ("pd-l1-22c3-sp142", "Batenchuk and colleagues", "pd-l1-28-8-22c3", "Xu and colleagues"),
    ("pd-l1-prognosis-resected", "Schmidt and colleagues", "pd-l1-prognosis-squamous", "Tuminello and colleagues"),
    ("keynote-564", "IMmotion010", "immotion010", "KEYNOTE-564"),
    ("keynote-564", "CheckMate 914", "checkmate-914", "KEYNOTE-564"),
    ("zuma-7", "BELINDA", "belinda", "ZUMA-7"),
    ("relativity-047", "RELATIVITY-098", "relativity-098", "RELATIVITY-047"),
    ("scgpt", "Kedzierska and colleagues", "single-cell-zero-shot", "scGPT"),
]


@pytest.mark.parametrize(("one", "names_other", "other", "names_one"), DISAGREEMENTS, ids=lambda part: part)
def test_digests_that_disagree_name_each_other(one: str, names_other: str, other: str, names_one: str) -> None:
    found = by_slug()
    meanings = {slug: found[slug].body.split("\n\n")[-1] for slug in (one, other)}
    assert names_other in meanings[one]
    assert names_one in meanings[other]


def test_retracted_paper_says_so_and_carries_its_status() -> None:
    retracted = [digest for digest in digests() if digest.front.get("status") == "retracted"]
    assert [digest.slug for digest in retracted] == ["cancer-microbiome-retracted"]
    assert "Nature retracted the paper of Poore and colleagues on 26 June 2024" in retracted[0].body
    assert [paper.title for paper in papers() if paper.status == "retracted"] == [retracted[0].front["title"]]
    assert "Design: computational, retracted." in page()


def test_papers_carry_text_sections_and_ids() -> None:
    found = papers()
    assert len(found) == len(digests())
    assert len({paper.id for paper in found}) == len(found)
    for paper in found:
        assert [section.title for section in paper.sections] == [
            "Question",
            "Design and population",
            "Results",
            "Limits",
            "What it means",
        ]
        assert paper.title
        assert paper.authors
        assert paper.year
        assert paper.design


def test_checked_text_is_the_text_that_is_quoted() -> None:
    checked = [re.sub(r"\n+", "\n\n", digest.body) for digest in digests()]
    assert [paper.text for paper in papers()] == checked


# The documentation


def test_page_of_the_documentation_is_up_to_date() -> None:
    written = (ROOT / "docs" / "starter.md").read_text(encoding="utf-8")
    assert written == page(), "run: python -m ingest.starter > docs/starter.md"


def test_page_is_printed_by_the_module() -> None:
    run = subprocess.run([sys.executable, "-m", "ingest.starter"], capture_output=True, check=True, cwd=ROOT)
    assert run.stdout.decode("utf-8").replace("\r\n", "\n") == page()


# Against the reference material


@cache
def reference() -> dict[str, tuple[str, str]]:
    """Address -> (PMID or "", text) of the CIViC evidence items and NCI pages in the reference folder."""
    found: dict[str, tuple[str, str]] = {}
    with (REFERENCE / "civic_immunotherapy_evidence.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            found[row["evidence_civic_url"]] = (row["citation_id"], row["evidence_statement"])
    for path in (REFERENCE / "nci").glob("*.md"):
        text = path.read_text(encoding="utf-8")
        if named := re.search(r"^url: (\S+)$", text, re.MULTILINE):
            found[named[1]] = ("", text)
    return found


def eight_words(text: str) -> set[tuple[str, ...]]:
    words = re.findall(r"[a-z0-9.%]+", text.lower().replace("tumour", "tumor").replace("·", "."))
    return {tuple(words[i : i + 8]) for i in range(len(words) - 7)}


@with_reference
def test_civic_items_and_nci_pages_hold_the_figures() -> None:
    checked = 0
    for entry in confirmations():
        if entry.source in reference():
            text = re.sub(r"[-–/=≥]", " ", reference()[entry.source][1].replace("·", "."))
            assert numbers(" ".join(entry.figures)) <= numbers(text), entry
            checked += 1
    assert checked >= 20


@with_reference
def test_civic_items_are_about_the_paper_of_the_digest() -> None:
    for entry in confirmations():
        pmid, _ = reference().get(entry.source, ("", ""))
        if pmid:
            assert by_slug()[entry.digest].front["pmid"] == pmid, entry


@with_reference
def test_no_eight_words_are_shared_with_the_reference_material() -> None:
    theirs = set().union(*(eight_words(text) for _, text in reference().values()))
    shared = {digest.slug: found for digest in digests() if (found := eight_words(digest.body) & theirs)}
    assert not shared


# Its vectors


def test_every_chunk_has_its_vector_in_the_install() -> None:
    assert missing() == [], "run: python -m ingest.starter.vectors"


def test_carried_vectors_are_the_models_own_and_other_texts_go_to_it() -> None:
    model = HashEmbedder(name=DEFAULT_MODEL, dim=384)
    known = carried(model)
    first = papers()[0]
    text = indexed_text(first, chunk(first, load_embedder())[0], load_embedder())
    rows = known.embed(["another text", text])
    assert model.seen == 1
    assert np.allclose(rows[0], model.embed(["another text"])[0])
    assert float(rows[1] @ load_embedder(precision="fp32").embed([text])[0]) > 0.9999
    other = HashEmbedder()
    assert carried(other) is other

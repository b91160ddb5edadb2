"""Made-up PubMed sets of any size, to measure reading with: varied sentences about immuno-oncology, all of them false.

Built from the word lists below; no sentence is anybody's, and no PMID, DOI or trial number is meant to exist.
"""

from __future__ import annotations

import contextlib
import gzip
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import IO
from xml.sax.saxutils import escape

__all__ = ["pubmed_set"]

_DRUGS = (
    "pembrolizumab nivolumab atezolizumab durvalumab cemiplimab avelumab ipilimumab tremelimumab dostarlimab"
    " relatlimab toripalimab sintilimab tislelizumab camrelizumab".split()
)
_CANCERS = (
    "melanoma", "non-small cell lung cancer", "renal cell carcinoma", "urothelial carcinoma", "gastric cancer",
    "hepatocellular carcinoma", "colorectal cancer", "head and neck squamous cell carcinoma", "Merkel cell carcinoma",
    "triple-negative breast cancer", "endometrial carcinoma", "oesophageal cancer", "mesothelioma", "cervical cancer",
)  # fmt: skip
_MARKERS = (
    "PD-L1 expression", "tumour mutational burden", "microsatellite instability", "CD8+ T-cell density",
    "circulating tumour DNA", "an interferon-γ signature", "the neutrophil-to-lymphocyte ratio", "LDH", "TIM-3",
    "HLA class I loss", "T-cell receptor clonality", "gut microbial diversity", "tertiary lymphoid structures",
)  # fmt: skip
_EVENTS = "colitis pneumonitis hypophysitis hepatitis thyroiditis myocarditis nephritis arthralgia rash".split()
_ENDPOINTS = ("overall survival", "progression-free survival", "recurrence-free survival", "time to next treatment")
_PARTNERS = ("chemotherapy", "radiotherapy", "a cancer vaccine", "lenvatinib", "axitinib", "bevacizumab", "a placebo")
_FAMILIES = (
    "Adeyemi Berg Castro Duarte Eriksen Fontaine Gruber Hashimoto Ivanova Jansen Kowalski Lindqvist Moreau Nakata"
    " Okafor Petrov Quispe Rossi Sato Tanaka Ueda Varga Weiss Xu Yilmaz Zhao".split()
)
_GIVEN = "Ana Bo Chidi Dana Emeka Fumi Greta Hana Iris Jonas Kaito Lena Mira Noor Olga Paul Rui Sena Tomas Yara".split()
_JOURNALS = (
    "Made Immunology",
    "Annals of Invented Oncology",
    "Letters on Imagined Trials",
    "Sample Reports",
)
_TYPES = (
    ("Journal Article",),
    ("Journal Article", "Randomized Controlled Trial", "Clinical Trial, Phase III"),
    ("Journal Article", "Clinical Trial, Phase II"),
    ("Journal Article", "Review"),
    ("Case Reports",),
    ("Journal Article", "Meta-Analysis"),
)


def pubmed_set(path: Path, n: int, seed: int = 0, *, first: int = 1, without_abstract: float = 0.0) -> None:
    """Write a `PubmedArticleSet` of `n` records, packed where `path` ends in `.gz`; the same for the same seed.

    PMIDs count from 90,000,000 + `first`, DOIs likewise; a share `without_abstract` of the records has none.
    """
    random = Random(seed + first - 1)  # noqa: S311 (no secrets)
    with contextlib.closing(_opened(path)) as file:
        file.write(b'<?xml version="1.0" encoding="utf-8"?>\n<PubmedArticleSet>\n')
        for number in range(first, first + n):
            file.write(_record(number, seed, random, random.random() >= without_abstract).encode())
        file.write(b"</PubmedArticleSet>\n")


def _opened(path: Path) -> IO[bytes]:
    return gzip.GzipFile(path, "wb", mtime=0) if path.suffix == ".gz" else path.open("wb")  # type: ignore[return-value]


def _record(number: int, seed: int, random: Random, with_abstract: bool) -> str:
    drug, cancer, marker = random.choice(_DRUGS), random.choice(_CANCERS), random.choice(_MARKERS)
    title = random.choice(
        (
            f"{marker[0].upper()}{marker[1:]} and response to {drug} in {cancer}, cohort {number}",
            f"{drug.capitalize()} with {random.choice(_PARTNERS)} for {cancer}: trial {number}",
            f"{random.choice(_EVENTS).capitalize()} under {drug} in patients with {cancer}, report {number}",
        )
    )
    year = random.randint(2012, 2025)
    authors = "".join(
        f"<Author ValidYN='Y'><LastName>{random.choice(_FAMILIES)}</LastName>"
        f"<ForeName>{random.choice(_GIVEN)}</ForeName></Author>"
        for _ in range(random.randint(1, 8))
    )
    types = "".join(f"<PublicationType UI=''>{name}</PublicationType>" for name in random.choice(_TYPES))
    abstract = "".join(_abstract(number, drug, cancer, marker, random)) if with_abstract else ""
    pmid, doi = 90_000_000 + number, f"10.99999/made.{seed}.{number}"
    return (
        f"<PubmedArticle><MedlineCitation Status='MEDLINE' Owner='NLM'><PMID Version='1'>{pmid}</PMID>"
        f"<Article PubModel='Print'><Journal><JournalIssue><PubDate><Year>{year}</Year></PubDate></JournalIssue>"
        f"<Title>{random.choice(_JOURNALS)}</Title></Journal><ArticleTitle>{escape(title)}.</ArticleTitle>"
        f"<ELocationID EIdType='doi' ValidYN='Y'>{doi}</ELocationID>"
        f"{f'<Abstract>{abstract}</Abstract>' if abstract else ''}"
        f"<AuthorList CompleteYN='Y'>{authors}</AuthorList><PublicationTypeList>{types}</PublicationTypeList></Article>"
        f"</MedlineCitation><PubmedData><ArticleIdList><ArticleId IdType='pubmed'>{pmid}</ArticleId>"
        f"<ArticleId IdType='doi'>{doi}</ArticleId></ArticleIdList></PubmedData></PubmedArticle>\n"
    )


def _abstract(number: int, drug: str, cancer: str, marker: str, random: Random) -> Iterator[str]:
    parts = {
        "BACKGROUND": _background(drug, cancer, marker, random),
        "METHODS": _methods(number, drug, cancer, random),
        "RESULTS": " ".join(_result(drug, marker, random) for _ in range(random.randint(2, 5))),
        "CONCLUSIONS": _conclusion(drug, cancer, marker, random),
    }
    labelled = random.random() < 0.6
    for label, text in parts.items() if labelled else [("", " ".join(parts.values()))]:
        yield f"<AbstractText{f' Label={label!r}' if label else ''}>{escape(text)}</AbstractText>"


def _background(drug: str, cancer: str, marker: str, random: Random) -> str:
    return random.choice(
        (
            f"Few patients with {cancer} have a lasting response to {drug}, and {marker} may tell who they are.",
            f"Whether {marker} predicts benefit from {drug} in {cancer} has been disputed.",
            f"After failure of first treatment, {drug} is one of several choices in {cancer}.",
        )
    )


def _methods(number: int, drug: str, cancer: str, random: Random) -> str:
    patients, sites = random.randint(18, 1200), random.randint(1, 90)
    follow_up = random.randint(6, 60)
    return (
        f"We assigned {patients} adults with {cancer} at {sites} sites to {drug}"
        f" {random.choice(('2 mg/kg', '200 mg', '240 mg', '10 mg/kg'))} every {random.choice((2, 3, 4, 6))} weeks,"
        f" or to {random.choice(_PARTNERS)}; median follow-up was {follow_up} months (NCT{90_000_000 + number})."
    )


def _result(drug: str, marker: str, random: Random) -> str:
    ratio = random.uniform(0.4, 1.3)
    low, high = ratio * random.uniform(0.6, 0.9), ratio * random.uniform(1.1, 1.5)
    months, other = random.uniform(3, 40), random.uniform(3, 40)
    share, p = random.randint(4, 71), random.uniform(0.0001, 0.6)
    return random.choice(
        (
            f"Median {random.choice(_ENDPOINTS)} was {months:.1f} months with {drug} and {other:.1f} months with"
            f" {random.choice(_PARTNERS)} (HR {ratio:.2f}, 95% CI {low:.2f}-{high:.2f}; p={p:.4f}).",
            f"The response rate was {share}% where {marker} was high and {random.randint(1, 40)}% where it was low.",
            f"Grade 3 or worse {random.choice(_EVENTS)} was seen in {random.randint(1, 24)}% of those given {drug}.",
            f"{marker[0].upper()}{marker[1:]} was not linked to {random.choice(_ENDPOINTS)} (p={p:.2f}).",
        )
    )


def _conclusion(drug: str, cancer: str, marker: str, random: Random) -> str:
    return random.choice(
        (
            f"In {cancer}, {marker} may help to choose between {drug} and {random.choice(_PARTNERS)}.",
            f"The benefit of {drug} in {cancer} did not depend on {marker}.",
            f"Longer follow-up of {drug} in {cancer} is needed.",
        )
    )

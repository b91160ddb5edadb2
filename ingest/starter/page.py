"""The page of the documentation that lists every digest with its paper, its figures and their confirmations."""

from __future__ import annotations

from ingest.starter.confirmations import Confirmation, Digest, citations, confirmations, digests

__all__ = ["AREAS", "page"]

AREAS = ("patient stratification", "biomarker discovery", "treatment strategy", "AI and foundation models")

INTRODUCTION = """\
# The starter library

immunorag comes with {count} digests of landmark studies, so that it can answer before any paper has been added.
A digest is **not** the paper. It is a summary in our words; a citation of it reads "immunorag digest of …", and the
real paper, once ingested, takes its place.

Every figure of a digest names where it was confirmed: an evidence item of [CIViC](https://civicdb.org) (CC0), a page of
the US National Cancer Institute (public domain), or another public address, most of them the paper's own abstract.
Addresses of PubMed, PMC, publishers and others were read as stored copies. A test holds that no figure is without a
confirmation, and that CIViC items and NCI pages do hold the figures we say they hold.

This page is generated; write it anew with `python -m ingest.starter > docs/starter.md`.
"""


def page() -> str:
    """The whole page as Markdown: an overview, then each digest with its figures and confirmations."""
    parts = [INTRODUCTION.format(count=len(digests())), _overview()]
    for area in AREAS:
        parts.append(f"## {area[0].upper()}{area[1:]}\n")
        parts.extend(_digest(digest) for digest in digests() if digest.front["area"] == area)
    return "\n".join(parts)


def _overview() -> str:
    rows = ["| digest | paper | design | area | confirmed figures |", "|---|---|---|---|---|"]
    for area in AREAS:
        for digest in digests():
            if digest.front["area"] == area:
                figures = sum(len(entry.figures) for entry in _entries(digest))
                paper = f"{digest.front['journal']} {digest.front['year']}, {_links(digest)}"
                rows.append(f"| [{digest.slug}](#{digest.slug}) | {paper} | {_design(digest)} | {area} | {figures} |")
    return "\n".join(rows) + "\n"


def _digest(digest: Digest) -> str:
    front = digest.front
    authors = front["authors"].strip("[]")
    lines = [
        f"### {digest.slug}\n",
        f"{authors} *{front['title']}*. {front['journal']} {front['year']}. {_links(digest)}.\n",
        f"Design: {_design(digest)}.\n",
        "Paper identified at: " + ", ".join(f"<{address}>" for address in citations()[digest.slug]) + ".\n",
    ]
    if entries := _entries(digest):
        lines += ["| figures in the digest | confirmed at | what stands there |", "|---|---|---|"]
        lines += [f"| {_cell('; '.join(e.figures))} | {_source(e)} | {_cell(e.says)} |" for e in entries]
    else:
        lines.append("This digest holds no figures.")
    return "\n".join(lines) + "\n"


def _entries(digest: Digest) -> list[Confirmation]:
    return [entry for entry in confirmations() if entry.digest == digest.slug]


def _design(digest: Digest) -> str:
    return ", ".join(digest.front[key] for key in ("design", "status") if key in digest.front)


def _links(digest: Digest) -> str:
    front = digest.front
    links = []
    if "doi" in front:
        links.append(f"[doi:{front['doi']}](https://doi.org/{front['doi'].replace('(', '%28').replace(')', '%29')})")
    if "pmid" in front:
        links.append(f"[PMID {front['pmid']}](https://pubmed.ncbi.nlm.nih.gov/{front['pmid']}/)")
    return ", ".join(links)


def _source(entry: Confirmation) -> str:
    return f"<{entry.source}>" + (f" ({_cell(entry.part)})" if entry.part else "")


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")

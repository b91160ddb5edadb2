"""Papers that no one wrote: sentences put together from lists of words, as Markdown, text or JATS files.

They read like abstracts of trials and mean nothing. Every sentence carries a number of its own, so that no two chunks
are alike. The same seed makes the same papers.
"""

from __future__ import annotations

import random
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = [
    "MadePaper",
    "made_paper",
    "to_bibtex",
    "to_jats",
    "to_markdown",
    "to_nbib",
    "to_pdf",
    "to_ris",
    "to_text",
    "write_papers",
]

_DRUGS = "pembrolizumab nivolumab ipilimumab atezolizumab durvalumab cemiplimab avelumab tremelimumab".split()
_TUMOURS = "melanoma lung gastric bladder renal cervical endometrial hepatocellular colorectal oesophageal".split()
_MARKERS = "PD-L1 TMB MSI LAG-3 TIGIT CTLA-4 CD8 STK11 KEAP1 interferon-γ".split()
_ENDPOINTS = ("overall survival", "progression-free survival", "response rate", "time to progression", "toxicity")
_VERBS = "improved reduced prolonged predicted modified preceded followed exceeded matched delayed".split()
_GROUPS = ("older patients", "pretreated patients", "the treated arm", "the control arm", "biopsied cases", "women")
_HEADINGS = ("Introduction", "Methods", "Results", "Discussion")


@dataclass(frozen=True, slots=True)
class MadePaper:
    """`sections` are (heading, paragraphs); `pmid` may be "" (then the library knows it by its file's hash)."""

    number: int
    title: str
    authors: tuple[str, ...]
    year: int
    pmid: str
    abstract: str
    sections: tuple[tuple[str, tuple[str, ...]], ...]


def made_paper(number: int, seed: int, paragraphs: int = 3, sentences: int = 7) -> MadePaper:
    """Paper `number`: four sections of `paragraphs` paragraphs; every third has no PMID."""
    rng = random.Random(f"{seed}-{number}")  # noqa: S311 (not for secrets)
    count = 0

    def paragraph(length: int) -> str:
        nonlocal count
        written = []
        for _ in range(length):
            count += 1
            written.append(_sentence(rng, f"{number}.{count}"))
        return " ".join(written)

    return MadePaper(
        number=number,
        title=f"{rng.choice(_DRUGS).capitalize()} and {rng.choice(_MARKERS)} in {rng.choice(_TUMOURS)} cancer {number}",
        authors=(f"Author{number} A", f"Writer{number} B"),
        year=rng.randrange(2005, 2026),
        pmid="" if number % 3 == 2 else str(10_000_000 + number),
        abstract=paragraph(4),
        sections=tuple((heading, tuple(paragraph(sentences) for _ in range(paragraphs))) for heading in _HEADINGS),
    )


def _sentence(rng: random.Random, mark: str) -> str:
    return (
        f"In {rng.choice(_GROUPS)} with {rng.choice(_TUMOURS)} cancer, {rng.choice(_DRUGS)} {rng.choice(_VERBS)} "
        f"{rng.choice(_ENDPOINTS)} by {rng.uniform(0.1, 40):.1f} months (HR {rng.uniform(0.3, 1.5):.2f}) where "
        f"{rng.choice(_MARKERS)} was {rng.choice(('high', 'low', 'absent', 'not measured'))}, as cohort {mark} shows."
    )


def to_markdown(paper: MadePaper) -> str:
    fields = [f"title: {paper.title}", f"authors: {'; '.join(paper.authors)}", f"year: {paper.year}"]
    if paper.pmid:
        fields.append(f"pmid: {paper.pmid}")
    body = "\n\n".join(part for heading, texts in paper.sections for part in (f"## {heading}", *texts))
    return "\n".join(["---", *fields, "---", "", "## Abstract", "", paper.abstract, "", body, ""])


def to_text(paper: MadePaper) -> str:
    body = "\n\n".join(part for heading, texts in paper.sections for part in (heading, *texts))
    return f"{paper.title}\n\n{paper.abstract}\n\n{body}\n"


def to_jats(paper: MadePaper) -> str:
    ids = f'<article-id pub-id-type="pmid">{paper.pmid}</article-id>' if paper.pmid else ""
    names = "".join(
        f'<contrib contrib-type="author"><name><surname>{surname}</surname><given-names>{given}</given-names>'
        "</name></contrib>"
        for surname, given in (author.split() for author in paper.authors)
    )
    body = "".join(
        f"<sec><title>{heading}</title>{''.join(f'<p>{text}</p>' for text in texts)}</sec>"
        for heading, texts in paper.sections
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<article article-type="research-article"><front><article-meta>'
        f"{ids}<title-group><article-title>{paper.title}</article-title></title-group><contrib-group>{names}"
        f"</contrib-group><pub-date><year>{paper.year}</year></pub-date><abstract><p>{paper.abstract}</p></abstract>"
        f"</article-meta></front><body>{body}</body></article>\n"
    )


def to_nbib(paper: MadePaper) -> str:
    """MEDLINE as PubMed exports it; a paper without PMID gets a made one."""
    authors = "".join(f"FAU - {author.replace(' ', ', ')}\nAU  - {author}\n" for author in paper.authors)
    return (
        f"PMID- {paper.pmid or 20_000_000 + paper.number}\nOWN - NLM\nSTAT- MEDLINE\nDP  - {paper.year} Mar\n"
        f"TI  - {_wrapped(paper.title)}\nAB  - {_wrapped(paper.abstract)}\n{authors}LA  - eng\nPT  - Journal Article\n"
        f"TA  - Made J\nJT  - Made journal\nAID - 10.5555/made.{paper.number} [doi]\nSO  - Made J. {paper.year}.\n\n"
    )


def _wrapped(text: str) -> str:
    return textwrap.fill(text, 80, subsequent_indent="      ", break_on_hyphens=False)


def to_ris(paper: MadePaper) -> str:
    authors = "".join(f"AU  - {author.replace(' ', ', ')}\n" for author in paper.authors)
    return (
        f"TY  - JOUR\n{authors}TI  - {paper.title}\nT2  - Made journal\nPY  - {paper.year}\n"
        f"DO  - 10.5555/made.{paper.number}\nAB  - {paper.abstract}\nER  - \n\n"
    )


def to_bibtex(paper: MadePaper) -> str:
    return (
        f"@article{{made{paper.number},\n  title = {{{{{paper.title}}}}},\n"
        f"  author = {{{' and '.join(author.replace(' ', ', ') for author in paper.authors)}}},\n"
        f'  journal = "Made journal",\n  year = {paper.year},\n  doi = {{10.5555/made.{paper.number}}},\n'
        f"  abstract = {{{paper.abstract}}}\n}}\n\n"
    )


def to_pdf(paper: MadePaper, path: Path) -> None:
    """Print the paper with reportlab."""
    from reportlab.lib.styles import getSampleStyleSheet
    from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate

    styles = getSampleStyleSheet()
    story: list[Flowable] = [Paragraph(paper.title, styles["Title"]), Paragraph("Abstract", styles["Heading2"])]
    story.append(Paragraph(paper.abstract, styles["Normal"]))
    for heading, texts in paper.sections:
        story.append(Paragraph(heading, styles["Heading2"]))
        story.extend(Paragraph(text, styles["Normal"]) for text in texts)
    SimpleDocTemplate(str(path), title=paper.title, invariant=1).build(story)


def write_papers(folder: Path, numbers: Sequence[int], seed: int) -> None:
    """Write papers as files, by turns Markdown, JATS and text; of every sixth both a Markdown and a JATS edition."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in numbers:
        paper = made_paper(number, seed)
        if number % 6 == 0:
            (folder / f"{number:05}.xml").write_text(to_jats(paper), encoding="utf-8")
            (folder / f"{number:05}.md").write_text(to_markdown(paper), encoding="utf-8")
        elif paper.pmid and number % 2:
            (folder / f"{number:05}.xml").write_text(to_jats(paper), encoding="utf-8")
        elif paper.pmid:
            (folder / f"{number:05}.md").write_text(to_markdown(paper), encoding="utf-8")
        else:
            (folder / f"{number:05}.txt").write_text(to_text(paper), encoding="utf-8")

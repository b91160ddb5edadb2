"""JATS and its elder NLM: articles in XML from PubMed Central, Europe PMC and publishers."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.errors import UnreadableFile
from ingest.papers import Paper, Section, SectionKind, paper_id
from ingest.readers.identifiers import trial_ids
from ingest.readers.jats_metadata import metadata
from ingest.readers.jats_tables import caption_paragraphs, label_of, table_paragraphs
from ingest.readers.jats_text import FLOATS, Flow, local, plain
from ingest.readers.safe_xml import parse
from ingest.readers.sections import is_back_matter, section_kind

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["has_body", "read"]

_ASIDE_ABSTRACTS = frozenset(("toc", "teaser", "graphical", "web-summary", "editor", "precis", "video"))
_NO_TEXT = frozenset("title label caption sec-meta fn-group ref-list ack notes bio glossary".split())

logger = logging.getLogger(__name__)


def read(path: Path) -> Iterator[Paper]:
    """The papers of a JATS file: one, or as many as an article set holds.

    Sub-articles (translations, decision letters, responses) and abstracts in further languages are no part of a paper.
    Raises UnreadableFile where the file is broken or no article in it has text.
    """
    root, raw = parse(path)
    articles = [root] if local(root.tag) == "article" else _articles(root)
    found = 0
    for article in articles:
        _drop_namespace(article)
        paper = _paper(article, path, raw, alone=article is root)
        if paper is None:
            logger.info("%s: an article without text was passed over", path)
            continue
        found += 1
        yield paper
    if not found:
        raise UnreadableFile(
            path, "is XML without the text of an article (no JATS abstract or body); use the article's PDF"
        )


def has_body(path: Path) -> bool:
    """Whether the file holds more than front matter, all that PubMed Central gives of some articles.

    Raises UnreadableFile where the file is broken.
    """
    return any(len(body) > 0 for body in parse(path)[0].iter("{*}body"))


def _articles(root: _Element) -> Iterator[_Element]:
    """The outermost articles under a root."""
    for article in root.iter("{*}article"):
        if not any(local(ancestor.tag) == "article" for ancestor in article.iterancestors()):
            yield article


def _drop_namespace(article: _Element) -> None:
    """JATS 1.3 may stand in a namespace of its own; MathML and the like keep theirs."""
    tag = article.tag
    if isinstance(tag, str) and tag.startswith("{"):
        space = tag[: tag.index("}") + 1]
        for element in article.iter(f"{space}*"):
            element.tag = local(element.tag)


def _paper(article: _Element, path: Path, raw: bytes, *, alone: bool) -> Paper | None:
    draft = _Draft()
    for abstract in article.iterfind("front/article-meta/abstract"):
        if (abstract.get("abstract-type") or "") not in _ASIDE_ABSTRACTS:
            draft.read(abstract, plain(abstract.find("title")).rstrip(":.") or "Abstract", "abstract", fixed=True)
    body = article.find("body")
    if body is not None:
        draft.read(body, "", "other")
    for floats in (*article.iterfind("floats-group"), *article.iterfind("floats-wrap")):
        draft.floats(floats)
    for part in article.iterfind("back/*"):
        if local(part.tag) in ("app", "app-group", "sec"):
            draft.appendix(part)
    front = metadata(article)
    if not draft.sections and not front["notices"]:
        return None
    text = "\n\n".join(draft.parts)
    if not (front["pmid"] or front["pmcid"] or front["doi"]):
        from lxml import etree

        digest = hashlib.sha256(raw if alone else etree.tostring(article)).hexdigest()
    else:
        digest = ""
    return Paper(
        id=paper_id(pmid=front["pmid"], pmcid=front["pmcid"], doi=front["doi"], sha256=digest),
        title=front["title"] or path.stem,
        text=text,
        sections=tuple(draft.sections),
        source="jats",
        authors=front["authors"],
        journal=front["journal"],
        year=front["year"],
        doi=front["doi"],
        pmid=front["pmid"],
        pmcid=front["pmcid"],
        trial_ids=trial_ids("\n".join([front["title"], text, *draft.links])),
        design=front["design"],
        status=front["status"],
        notices=front["notices"],
    )


class _Draft:
    """The text of a paper as it grows, with a section for every stretch under one heading."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.sections: list[Section] = []
        self.links: list[str] = []
        self._position = 0

    def read(self, element: _Element, title: str, kind: SectionKind, *, fixed: bool = False) -> None:
        """Read a `sec`, `body`, `abstract` or the like: its own text and floats, then what is nested in it.

        A nested heading decides the kind only where no heading above it has; `fixed`: never.
        """
        flow = Flow()
        nested = False
        for child in element:
            tag = local(child.tag)
            if tag == "sec":
                # what stands before the first heading of a body is its introduction
                self._end(flow, title, kind if nested or element.tag != "body" else "introduction")
                flow, nested = Flow(), True
                self._nested(child, title, kind, fixed)
            elif tag in FLOATS:
                flow.floats.append(child)
            elif tag and tag not in _NO_TEXT:
                flow.block(child)
        self._end(flow, title, kind)

    def appendix(self, element: _Element) -> None:
        """An appendix, or another section of the back matter that is the authors' text."""
        if local(element.tag) == "app-group":
            for app in element.iterfind("app"):
                self.appendix(app)
            return
        title = plain(element.find("title")) or plain(element.find("label")) or "Appendix"
        if not is_back_matter(title) and "COI" not in (element.get("sec-type") or ""):
            self.read(element, title, "other", fixed=True)

    def floats(self, parent: _Element) -> None:
        """All figures, tables and boxes of a group."""
        for child in parent:
            if local(child.tag) in FLOATS:
                self._float(child)

    def _nested(self, sec: _Element, above: str, kind: SectionKind, fixed: bool) -> None:
        own = plain(sec.find("title")).rstrip(":.| ")
        sort = sec.get("sec-type") or ""
        if (fixed or not above) and (is_back_matter(own) or "COI" in sort or sort == "supplementary-material"):
            return
        if not fixed and kind == "other":
            kind = section_kind(own)
            if kind == "other" and sort:
                kind = next((k for k in map(section_kind, sort.split("|")) if k != "other"), "other")
        self.read(sec, " > ".join(filter(None, (above, own))), kind, fixed=fixed)

    def _end(self, flow: Flow, title: str, kind: SectionKind) -> None:
        self._add(kind, title, flow.finish())
        self.links.extend(flow.links)
        for element in flow.floats:
            self._float(element)

    def _float(self, element: _Element) -> None:
        tag = local(element.tag)
        if tag in ("table-wrap", "table", "array"):
            self._add("table", label_of(element, "Table"), table_paragraphs(element))
        elif tag == "fig":
            self._add("figure", label_of(element, "Figure"), caption_paragraphs(element))
        elif tag == "boxed-text":
            title = (
                label_of(element, "") or plain(element.find("title")) or plain(element.find("caption/title")) or "Box"
            )
            self.read(element, title, "other", fixed=True)
        elif tag in ("fig-group", "table-wrap-group"):
            name: tuple[SectionKind, str] = ("figure", "Figure") if tag == "fig-group" else ("table", "Table")
            self._add(name[0], label_of(element, name[1]), caption_paragraphs(element))
            self.floats(element)
        else:
            self.floats(element)

    def _add(self, kind: SectionKind, title: str, paragraphs: list[str]) -> None:
        if not paragraphs:
            return
        text = "\n\n".join(paragraphs)
        self.parts.append(text)
        self.sections.append(Section(kind, title, self._position, self._position + len(text)))
        self._position += len(text) + 2

"""Who wrote a JATS article, where and when, by what identifiers it goes, and whether it still stands."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypedDict

from ingest.papers import Notice, Status
from ingest.readers.identifiers import normal_doi, normal_pmcid, normal_pmid
from ingest.readers.jats_text import local, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lxml.etree import _Element

__all__ = ["RETRACTED_TITLE", "Metadata", "metadata"]

_HREF = "{http://www.w3.org/1999/xlink}href"
_NOT_PUBLISHED = frozenset(
    ("pmc-release", "nihms-submitted", "received", "accepted", "rev-recd", "retracted", "preprint")
)
_NOTICES: dict[str, Status] = {
    "retraction": "retracted",
    "expression-of-concern": "concern",
    "correction": "corrected",
    "partial-retraction": "corrected",
    "addendum": "normal",  # adds to its paper, which stands as it is
}
# How a notice names its relation to the paper that it is about.
_ABOUT = frozenset(
    ("retracted-article", "corrected-article", "object-of-concern", "expression-of-concern", "partial-retraction")
)
_RETRACTED = frozenset(("retraction", "retraction-forward", "withdrawal", "withdrawal-forward", "removal"))
_CONCERN = frozenset(("expression-of-concern", "concern", "concern-forward", "expression-of-concern-forward"))
_CORRECTED = frozenset(
    ("correction", "correction-forward", "corrigendum", "erratum", "partial-retraction", "partial-retraction-forward")
)
RETRACTED_TITLE = re.compile(
    r"\W*(?:retracted|withdrawn|removed)(?: article| paper)?\s*[:\]\)–—-]|\W*retraction notice to\b", re.I
)
_DESIGNS = {
    "review-article": "review",
    "review": "review",
    "reviews": "review",
    "mini review": "review",
    "systematic-review": "systematic review",
    "systematic review": "systematic review",
    "systematic reviews": "systematic review",
    "meta-analysis": "meta-analysis",
    "meta analysis": "meta-analysis",
    "systematic review and meta-analysis": "meta-analysis",
    "case-report": "case report",
    "case report": "case report",
    "case reports": "case report",
    "guideline": "guideline",
    "guidelines": "guideline",
    "practice guideline": "guideline",
    "clinical practice guidelines": "guideline",
    "study protocol": "protocol",
    "protocol": "protocol",
    "editorial": "editorial",
    "article-commentary": "comment",
    "news": "news",
}


class Metadata(TypedDict):
    """The fields of a `Paper` that the front matter of an article fills."""

    title: str
    authors: tuple[str, ...]
    journal: str
    year: int | None
    doi: str
    pmid: str
    pmcid: str
    design: str
    status: Status
    notices: tuple[Notice, ...]


def metadata(article: _Element) -> Metadata:
    """What the front matter of an article says; a field it does not give is empty."""
    meta = article.find("front/article-meta")
    ids = _identifiers(meta)
    title = _title(meta)
    return Metadata(
        title=title,
        authors=tuple(dict.fromkeys(_authors(meta))),
        journal=_journal(article.find("front/journal-meta")),
        year=_year(meta),
        doi=normal_doi(ids.get("doi", "")),
        pmid=normal_pmid(ids.get("pmid", "")),
        pmcid=normal_pmcid(ids.get("pmc", "") or ids.get("pmcid", "")),
        design=_design(article, meta),
        status=_status(article, meta, title),
        notices=tuple(_notices(article, meta, title, ids)),
    )


def _identifiers(meta: _Element | None) -> dict[str, str]:
    found: dict[str, str] = {}
    for element in meta.findall("article-id") if meta is not None else ():
        found.setdefault((element.get("pub-id-type") or "").lower(), plain(element))
    return found


def _title(meta: _Element | None) -> str:
    group = meta.find("title-group") if meta is not None else None
    if group is None:
        return ""
    title, subtitle = plain(group.find("article-title")), plain(group.find("subtitle"))
    return f"{title.rstrip(':')}: {subtitle}" if title and subtitle else title or subtitle


def _journal(journal: _Element | None) -> str:
    if journal is None:
        return ""
    for path in ("journal-title-group/journal-title", "journal-title", "journal-title-group/abbrev-journal-title",
                 "abbrev-journal-title"):  # fmt: skip
        name = plain(journal.find(path))
        if name:
            return name
    return plain(journal.find("journal-id"))


def _authors(meta: _Element | None) -> Iterator[str]:
    for group in meta.findall("contrib-group") if meta is not None else ():
        for contrib in group.findall("contrib"):
            if contrib.get("contrib-type", "author") == "author":
                yield from filter(None, [_name(contrib)])


def _name(contrib: _Element) -> str:
    name = next(contrib.iter("name", "string-name", "collab"), None)
    if name is None:
        return ""
    if local(name.tag) == "collab":
        return " ".join(
            ((name.text or "") + "".join(_outside(child) + (child.tail or "") for child in name)).split()
        ).strip(" ,;:")
    parts = [plain(name.find(part)) for part in ("given-names", "surname", "suffix")]
    return " ".join(filter(None, parts)) or plain(name)


def _outside(element: _Element) -> str:
    """The text of a part of a group author's name, without the members that some publishers list inside it."""
    return "" if local(element.tag) in ("contrib-group", "fn", "xref", "address", "aff", "email") else plain(element)


def _year(meta: _Element | None) -> int | None:
    """The year in which the article first came out, on line or on paper, or its copyright's."""
    if meta is None:
        return None
    published: list[int] = []
    other: list[int] = []
    for date in meta.findall("pub-date"):
        kinds = {date.get("pub-type", ""), date.get("date-type", "")}
        year = plain(date.find("year"))
        if re.fullmatch(r"(?:1[89]|20)\d\d", year):
            (other if kinds & _NOT_PUBLISHED else published).append(int(year))
    if published or other:
        return min(published or other)
    match = re.search(r"(?:1[89]|20)\d\d", plain(meta.find("permissions/copyright-year")))
    return int(match[0]) if match else None


def _design(article: _Element, meta: _Element | None) -> str:
    subjects = (
        [plain(subject).lower() for subject in meta.iterfind("article-categories/subj-group/subject")]
        if meta is not None
        else []
    )
    named = [_DESIGNS[name] for name in (*subjects, (article.get("article-type") or "").lower()) if name in _DESIGNS]
    return next((design for design in named if design != "review"), named[0] if named else "")


def _status(article: _Element, meta: _Element | None, title: str) -> Status:
    """Whether this article was retracted, put in doubt or corrected: what its own front matter points forward to.

    A notice (`article-type="retraction"`) names the retracted article; the notice itself stands.
    """
    kind = (article.get("article-type") or "").lower()
    if kind in _NOTICES:
        return "normal"
    related = {
        (element.get("related-article-type") or "").lower()
        for element in (meta.iter("related-article") if meta is not None else ())
    }
    events = {
        (event.get("event-type") or "").lower()
        for event in (meta.iterfind("pub-history/event") if meta is not None else ())
    }
    if (
        kind == "retracted-article"
        or related & _RETRACTED
        or events & {"retracted", "retraction"}
        or RETRACTED_TITLE.match(title)
    ):
        return "retracted"
    if related & _CONCERN:
        return "concern"
    return "corrected" if related & _CORRECTED else "normal"


def _notices(article: _Element, meta: _Element | None, title: str, ids: Mapping[str, str]) -> Iterator[Notice]:
    """What a notice says of the articles that it is about; other articles say nothing of others."""
    status = _NOTICES.get((article.get("article-type") or "").lower(), "normal")
    if status == "normal" or meta is None:
        return
    origin = next((f"{kind}:{ids[kind]}" for kind in ("pmid", "doi") if ids.get(kind)), "a notice")
    for related in meta.iter("related-article"):
        if (related.get("related-article-type") or "").lower() not in _ABOUT:
            continue
        link = related.get(_HREF) or plain(related)
        kind = (related.get("ext-link-type") or "").lower()
        doi, pmid = normal_doi(link), normal_pmid(link) if kind in ("pmid", "pubmed") else ""
        alias = f"doi:{doi}" if doi else f"pmid:{pmid}" if pmid else ""
        if alias:
            yield Notice(alias, status, origin, str(_year(meta) or ""), title)

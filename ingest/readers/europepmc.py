"""Europe PMC's search results, as JSON or XML (`resultType=core`, which carries abstracts).

Both hold the same fields under the same names; the XML is brought to the shape of the JSON. Everything in them may be
missing, or of another type than it should be.
"""

from __future__ import annotations

import json
import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.errors import UnreadableFile
from ingest.papers import Paper
from ingest.readers.abstracts import Part, headed_parts, heading, plain_text, without_tail
from ingest.readers.publication_types import design_of, notices_of, status_of
from ingest.readers.records import BROKEN, Record, clean_title, papers, years
from ingest.readers.safe_xml import parse
from ingest.readers.streams import whole

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["read", "record", "results"]

_LARGEST = 256 * 10**6  # bytes; a thousand records take 10 MB
_HEADING = re.compile(r"<h4>(.{0,200}?)</h4>", re.S)
_INITIALS = re.compile(r"(.+) ([A-Z]{1,4})")
_MARKED_UP = frozenset(("title", "abstractText"))
# Types that come from JATS instead of MEDLINE.
_AS_MEDLINE = {
    "review-article": "review",
    "systematic-review": "systematic review",
    "case-report": "case report",
    "correction": "published erratum",
    "retraction": "retraction of publication",
    "expression-of-concern": "expression of concern",
}


def read(path: Path) -> Generator[Paper, None, str]:
    """The papers of a page of results that have an abstract.

    Returns a note on the records passed over. Raises UnreadableFile where none gives a paper.
    """
    return (yield from papers(path, "a Europe PMC search result", _records(path)))


def results(raw: bytes) -> tuple[Mapping[str, Any], Sequence[object]]:
    """A page of results in JSON: the whole of it, and the results. Raises ValueError where it is none."""
    try:
        page = json.loads(raw)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    listed = _within(page, "resultList", "result")
    if not isinstance(page, dict) or not isinstance(listed, list):
        raise ValueError("holds no list of results")
    return page, listed


def record(result: object) -> Record | str:
    """What one result says of its paper; a word, why, where it says nothing."""
    if not isinstance(result, dict):
        return BROKEN
    title = clean_title(plain_text(_text(result.get("title"))))
    source, number = _text(result.get("source")), _text(result.get("id"))
    types = [_text(kind) for kind in _list(_within(result, "pubTypeList", "pubType"))]
    types += _text(result.get("pubType")).split("; ")  # of a result without abstract (`resultType=lite`)
    types += [_AS_MEDLINE[kind.lower()] for kind in types if kind.lower() in _AS_MEDLINE]
    links = [_link(link) for link in _list(_within(result, "commentCorrectionList", "commentCorrection"))]
    return Record(
        title=title,
        abstract=_abstract(_text(result.get("abstractText"))),
        source="pubmed",
        authors=_authors(result),
        journal=_text(_within(result, "journalInfo", "journal", "title"))
        or _text(result.get("journalTitle"))
        or _text(_within(result, "bookOrReportDetails", "publisher")),  # of a preprint
        year=years(_text(result.get("firstPublicationDate")), _text(result.get("pubYear"))),
        doi=_text(result.get("doi")),
        pmid=_text(result.get("pmid")) or (number if source == "MED" else ""),
        pmcid=_text(result.get("pmcid")) or (number if source == "PMC" else ""),
        design=design_of(types),
        status=status_of(title, types, (name for name, _ in links)),
        notices=notices_of(links),
    )


def _link(link: object) -> tuple[str, str]:
    """The name of a link as PubMed writes it ("Retraction of" is RetractionOf), and the PMID it leads to, or ""."""
    number = _text(_within(link, "id")) if _text(_within(link, "source")) in ("", "MED") else ""
    return _text(_within(link, "type")).replace(" ", ""), number


def _records(path: Path) -> Iterator[Record | str]:
    raw = whole(path, _LARGEST)
    if raw.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        root, _ = parse(path)
        yield from (record(_shaped(result)) for result in root.iterfind("resultList/result"))
        return
    try:
        _, listed = results(raw)
    except ValueError as error:
        raise UnreadableFile(path, f"is broken JSON of Europe PMC ({str(error)[:140]}); download it again") from None
    yield from map(record, listed)


def _abstract(text: str) -> Sequence[Part]:
    """Europe PMC puts the headings of a structured abstract into `<h4>`."""
    first, *rest = _HEADING.split(text)
    if not rest:
        return headed_parts(plain_text(text))
    headed = zip(rest[::2], rest[1::2], strict=True)
    parts = [("", plain_text(first)), *((heading(plain_text(name)), plain_text(body)) for name, body in headed)]
    return [(name, without_tail(paragraph)) for name, paragraph in parts if paragraph]


def _authors(result: Mapping[str, Any]) -> list[str]:
    found = []
    for author in _list(_within(result, "authorList", "author")):
        given, family = _text(_within(author, "firstName")), _text(_within(author, "lastName"))
        found.append(
            f"{given} {family}"
            if given and family
            else _text(_within(author, "collectiveName")) or _spoken(_text(_within(author, "fullName")))
        )
    return found or [_spoken(name) for name in _text(result.get("authorString")).removesuffix(".").split(", ") if name]


def _spoken(name: str) -> str:
    """ "Li B" as "B Li"."""
    match = _INITIALS.fullmatch(name)
    return f"{match[2]} {match[1]}" if match else name


def _within(value: object, *names: str) -> object:
    """What stands under these names, one in the other; None where nothing does."""
    for name in names:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _text(value: object) -> str:
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _shaped(element: _Element) -> Any:
    """An element of the XML in the shape that the JSON has; `…List` holds lists."""
    if element.tag in _MARKED_UP:
        from lxml import etree

        return (element.text or "") + "".join(etree.tostring(child, encoding="unicode") for child in element)
    children = [child for child in element if isinstance(child.tag, str)]
    if not children:
        return element.text or ""
    if str(element.tag).endswith("List"):
        lists: dict[str, list[Any]] = {}
        for child in children:
            lists.setdefault(str(child.tag), []).append(_shaped(child))
        return lists
    return {str(child.tag): _shaped(child) for child in children}

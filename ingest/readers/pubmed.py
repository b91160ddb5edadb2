"""PubMed XML: sets of any size, record by record.

A set is cut into records before any of it is parsed: memory does not grow with the file, a broken record is no other
record's loss, sets that were appended to each other are read to the end, and no document type can declare anything (no
bombs; a record that names an entity nobody knows is broken, not silently shorter).
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.errors import UnreadableFile
from ingest.papers import Paper
from ingest.readers.abstracts import Part, heading, without_tail
from ingest.readers.jats_text import plain
from ingest.readers.publication_types import design_of, notices_of, status_of
from ingest.readers.records import BROKEN, Record, clean_title, papers, years
from ingest.readers.safe_xml import with_characters
from ingest.readers.streams import LONGEST_RECORD, as_utf8, blocks

if TYPE_CHECKING:
    from lxml.etree import XMLParser, _Element

__all__ = ["read", "split"]

_TAG = re.compile(rb"<(/?)(PubmedArticle|PubmedBookArticle|MedlineCitation)(?=[\s/>])")
_TAIL = 64  # bytes that may hold the beginning of a tag
_SET_END = re.compile(rb"</(?:PubmedArticleSet|MedlineCitationSet)\s*>")
_SET_START = re.compile(rb"<(?:PubmedArticleSet|MedlineCitationSet)[\s>]")


def read(path: Path) -> Generator[Paper, None, str]:
    """The papers of a `PubmedArticleSet`, or of a single record: those that have an abstract in English or in the
    language of their journal (`OtherAbstract` is a translation, and left out).

    Returns a note on the records passed over. Raises UnreadableFile where none gives a paper, and, at the end, where
    the file is cut off.
    """
    return (yield from papers(path, "PubMed XML", _records(path)))


def split(content: bytes, path: Path) -> Iterator[tuple[bytes, Record | str]]:
    """The records of a set, as they stand in it, each with what it says, or why it says nothing; broken ones left out.

    Raises UnreadableFile, at the end, where the set is cut off; it then names `path`.
    """
    parser = _parser()
    for raw in _cut(as_utf8([content]), path):
        found = BROKEN if raw is None else _record(raw, parser)
        if raw is not None and found != BROKEN:
            yield raw, found


def _records(path: Path) -> Iterator[Record | str]:
    parser = _parser()
    for raw in _cut(as_utf8(blocks(path)), path):
        yield BROKEN if raw is None else _record(raw, parser)


def _parser() -> XMLParser:
    from lxml import etree

    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )


def _cut(source: Iterable[bytes], path: Path) -> Iterator[bytes | None]:
    """The outermost records as they stand in the file; None for one that does not end, or is longer than any is."""
    held, start, scanned = b"", 0, 0  # bytes not yet given away, where in them a record begins, what was looked at
    name = b""  # of the record that begins at `start`, "" outside of records
    in_set, last, number = False, b"", 0
    for block in source:
        in_set = in_set or (number == 0 and bool(_SET_START.search(block, 0, 8192)))
        last = (last + block)[-4096:]
        held, scanned, start = held[start:] + block, scanned - start, 0
        while True:
            tag = _TAG.search(held, scanned)
            end = held.find(b">", tag.end()) + 1 if tag else 0
            if tag is None or not end:
                scanned = tag.start() if tag else max(scanned, len(held) - _TAIL)
                break
            scanned = end
            if tag[1] and tag[2] == name:
                number += 1
                yield held[start:end]
                start, name = end, b""
            elif not tag[1] and (not name or tag[2] != b"MedlineCitation" or name == tag[2]):
                if name:
                    number += 1
                    yield None
                start, name = tag.start(), tag[2]
        if name and scanned - start > LONGEST_RECORD:
            number += 1
            yield None
            name = b""
        if not name:
            start = scanned
    if name or (in_set and not _SET_END.search(last)):
        raise UnreadableFile(path, f"is PubMed XML that is cut off after {number:,} records; download it again")


def _record(raw: bytes, parser: XMLParser) -> Record | str:
    from lxml import etree

    try:
        root = etree.fromstring(with_characters(raw, drop_unknown=False), parser)
    except (etree.XMLSyntaxError, ValueError):
        return BROKEN
    if root.tag == "PubmedBookArticle":
        return "of a book"
    citation = root if root.tag == "MedlineCitation" else root.find("MedlineCitation")
    article = citation.find("Article") if citation is not None else None
    if citation is None or article is None:
        return BROKEN
    title = _title(article)
    types = [plain(kind) for kind in article.iterfind("PublicationTypeList/PublicationType")]
    related = list(citation.iterfind("CommentsCorrectionsList/CommentsCorrections"))
    links = [(link.get("RefType") or "", plain(link.find("PMID"))) for link in related]
    ids = _identifiers(root)
    return Record(
        title=title,
        abstract=list(_abstract(article)),
        source="pubmed",
        authors=[name for name in map(_name, article.iterfind("AuthorList/Author")) if name],
        journal=_first(article, "Journal/Title", "Journal/ISOAbbreviation")
        or _first(citation, "MedlineJournalInfo/MedlineTA"),
        year=_year(article, root),
        doi=_doi(article) or ids.get("doi", ""),
        pmid=plain(citation.find("PMID")) or ids.get("pubmed", ""),
        pmcid=ids.get("pmc", ""),
        registers="\n".join(plain(number) for number in article.iterfind("DataBankList/DataBank//AccessionNumber")),
        design=design_of(types),
        status=status_of(title, types, (name for name, _ in links)),
        notices=notices_of(links),
    )


def _first(parent: _Element, *paths: str) -> str:
    return next(filter(None, (plain(parent.find(path)) for path in paths)), "")


def _title(article: _Element) -> str:
    """The title without its full stop, and without the brackets that mark a translated one."""
    title = plain(article.find("ArticleTitle"))
    if not title or title.strip("[]. ").lower() == "not available":
        title = plain(article.find("VernacularTitle")) or title
    return clean_title(title)


def _abstract(article: _Element) -> Iterator[Part]:
    for paragraph in article.iterfind("Abstract/AbstractText"):
        yield heading(paragraph.get("Label") or ""), without_tail(plain(paragraph))


def _name(author: _Element) -> str:
    """ "Given Family Suffix", or the name of a group; an author whose entry was withdrawn (`ValidYN="N"`) is none."""
    if author.get("ValidYN") == "N":
        return ""
    given = _first(author, "ForeName", "FirstName", "Initials")
    own = " ".join(filter(None, (given, plain(author.find("LastName")), plain(author.find("Suffix")))))
    return own or plain(author.find("CollectiveName"))


def _year(article: _Element, root: _Element) -> int | None:
    """The year in which it first came out, on line or on paper; else the one in which PubMed took it in."""
    issue = "Journal/JournalIssue/PubDate"
    published = years(_first(article, f"{issue}/Year", f"{issue}/MedlineDate"), _first(article, "ArticleDate/Year"))
    if published is not None:
        return published
    return years(*(plain(year) for year in root.iterfind("PubmedData/History/PubMedPubDate/Year")))


def _doi(article: _Element) -> str:
    for location in article.iterfind("ELocationID[@EIdType='doi']"):
        if location.get("ValidYN") != "N":
            return plain(location)
    return ""


def _identifiers(root: _Element) -> dict[str, str]:
    """The record's own identifiers; those of its references are deeper down."""
    found: dict[str, str] = {}
    for element in root.iterfind("PubmedData/ArticleIdList/ArticleId"):
        found.setdefault((element.get("IdType") or "").lower(), plain(element))
    return found

"""PubMed by NCBI's E-utilities: a search gives numbers, records come a hundred at a time, full texts from PMC.

https://www.ncbi.nlm.nih.gov/books/NBK25501/. It allows 3 requests a second, and 10 with a key. Everything is sent in
the body of a request: the key stands in no address, and so in no log.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from ingest.errors import UnreadableFile
from ingest.papers import paper_id
from ingest.readers.identifiers import normal_pmcid, normal_pmid
from ingest.readers.jats import has_body
from ingest.readers.pubmed import split
from ingest.readers.records import Record
from ingest.readers.safe_xml import root_name
from ingest.sources.cache import DAY, Cache
from ingest.sources.found import Found, Page, Query
from ingest.sources.http import BadReply, Client, Refused
from ingest.sources.replies import article, counted, fact, has_abstract

__all__ = ["MOST", "RATE", "RATE_WITH_KEY", "URL", "PubMed"]

URL = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils"
RATE, RATE_WITH_KEY = 3.0, 10.0
"""Requests a second."""
MOST = 9_999
"""Papers that PubMed gives of one search."""

_NUMBERS = 500  # asked for at once
_RECORDS = 100
_AGAIN = 3  # times that something is asked for which cannot be missing
_FIRST, _LAST = date(1500, 1, 1), date(3000, 12, 31)
_NUMBER = re.compile(rb"<PMID\b[^>]*>\s*(\d{1,9})\s*</PMID>")
_RECORD_AGE = DAY  # after which a record is asked for again: a paper may have been retracted
_CLOSED_AGE = 30 * DAY  # after which it is asked whether a full text has been opened
_START, _END = b"<PubmedArticleSet>", b"</PubmedArticleSet>"


class PubMed:
    """PubMed as a `Source`; `email` says who asks, `key` is NCBI's."""

    name = "PubMed"

    def __init__(self, client: Client, cache: Cache, *, email: str = "", key: str = "") -> None:
        self._client, self._cache = client, cache
        self._who = {"tool": "immunorag"} | ({"email": email} if email else {}) | ({"api_key": key} if key else {})

    def search(self, query: Query, most: int) -> Iterator[Page]:
        """See `Source`. Of more than `MOST` papers, PubMed gives the first."""
        most, asked = min(most, MOST), dict[str, None]()
        start = 0
        while True:
            numbers, total = self._numbers(query, start, min(_NUMBERS, most - len(asked)))
            fresh = [number for number in dict.fromkeys(numbers) if number not in asked]
            fresh = fresh[: most - len(asked)]
            asked.update(dict.fromkeys(fresh))
            yield Page((), total)
            for first in range(0, len(fresh), _RECORDS):
                yield Page(tuple(self._found(fresh[first : first + _RECORDS])), total)
            start += len(numbers)
            if not numbers or start >= total or len(asked) >= most:
                return

    def full_text(self, found: Found) -> Path | None:
        """See `Source`. Of a paper that is not open, PubMed Central gives the front matter."""
        if not found.full_text:
            return None
        name = f"{found.full_text}.xml"
        path = self._cache.held("full-text", name)
        if path is not None and not _is_open(path):
            path = self._cache.held("full-text", name, _CLOSED_AGE)
        if path is None:
            wanted = {"db": "pmc", "id": found.full_text.removeprefix("PMC"), "retmode": "xml"}
            try:
                path = self._client.ask(
                    "efetch.fcgi",
                    wanted | self._who,
                    lambda raw: self._cache.put("full-text", name, raw, article),
                    in_body=True,
                )
            except Refused as refused:
                if refused.status in (400, 404):  # NCBI knows no such article
                    return None
                raise
        return path if _is_open(path) else None

    def _numbers(self, query: Query, start: int, size: int) -> tuple[list[str], int]:
        """The PubMed numbers from `start` on, and of how many; a page with fewer than are due is asked for again."""
        wanted = {
            "db": "pubmed",
            "term": _syntax(query),
            "retmode": "json",
            "sort": "relevance",
            "retstart": str(start),
            "retmax": str(size),
        }
        for _ in range(_AGAIN):
            numbers, total = self._client.ask("esearch.fcgi", wanted | self._who, _numbers, in_body=True)
            if len(numbers) >= min(size, total - start):
                break
        return numbers, total

    def _found(self, numbers: Sequence[str]) -> Iterator[Found]:
        """The papers with these numbers, whose records are downloaded unless they are in the cache."""
        missing = [number for number in numbers if self._cache.held("records", _file(number), _RECORD_AGE) is None]
        in_vain = 0
        while missing and in_vain < _AGAIN:
            wanted = {"db": "pubmed", "id": ",".join(missing), "retmode": "xml"} | self._who
            kept = self._client.ask("efetch.fcgi", wanted, lambda raw: self._kept(raw, set(numbers)), in_body=True)
            in_vain = 0 if kept & set(missing) else in_vain + 1
            missing = [number for number in missing if number not in kept]
        for number in numbers:
            path = None if number in missing else self._cache.held("records", _file(number))
            yield _described(number, path)

    def _kept(self, raw: bytes, numbers: set[str]) -> set[str]:
        """Keep the records of a reply, each in a file of its own; returns the numbers of those that were asked for."""
        if root_name(raw[:4096].decode("utf-8", "replace")) != "PubmedArticleSet":
            raise BadReply("a reply that is no set of records")
        try:
            records = list(split(raw, Path("the reply")))
        except UnreadableFile as error:
            raise BadReply(f"a reply that {fact(error.reason)}") from error
        kept = set[str]()
        for content, _ in records:
            named = _NUMBER.search(content)
            number = named[1].decode() if named else ""
            if number in numbers:
                self._cache.put("records", _file(number), b"\n".join((_START, content, _END, b"")))
                kept.add(number)
        return kept


def _is_open(path: Path) -> bool:
    try:
        return has_body(path)
    except UnreadableFile:  # damaged since it was kept
        return False


def _described(number: str, path: Path | None) -> Found:
    """What is known of a paper from its record, which may be missing, or that of a book."""
    record: Record | str = ""
    try:
        record = next((record for _, record in split(path.read_bytes(), path)), "") if path else ""
    except UnreadableFile:  # damaged since it was kept
        path = None
    if isinstance(record, str):
        return Found(f"pmid:{number}", "", None, path, "", False)
    pmcid = normal_pmcid(record.pmcid[:40])
    return Found(
        paper_id(pmid=number), record.title, record.year, path, pmcid, has_abstract(record), bool(record.notices)
    )


def _numbers(raw: bytes) -> tuple[list[str], int]:
    try:
        result = json.loads(raw, strict=False)["esearchresult"]  # NCBI's JSON holds bare control characters at times
        numbers = result["idlist"]
    except (KeyError, RecursionError, TypeError, ValueError) as error:
        raise BadReply("a reply that is no list of papers") from error
    if not isinstance(numbers, list):
        raise BadReply("a reply that is no list of papers")
    return [number for number in map(normal_pmid, map(str, numbers)) if number], counted(result.get("count"))


def _file(number: str) -> str:
    return f"PUBMED-{number}.xml"


def _syntax(query: Query) -> str:
    """The query with its dates, as PubMed writes them; `crdt` is the day on which a record was made."""
    parts = [f"({query.text})"]
    if query.since or query.until:
        parts.append(f"{query.since or _FIRST:%Y/%m/%d}:{query.until or _LAST:%Y/%m/%d}[dp]")
    if query.entered:
        parts.append(f"{query.entered:%Y/%m/%d}:{_LAST:%Y/%m/%d}[crdt]")
    return " AND ".join(parts) if len(parts) > 1 else query.text

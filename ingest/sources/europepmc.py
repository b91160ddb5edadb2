"""Europe PMC's REST service: a search gives records with abstracts, page by page; open full texts come one by one.

https://europepmc.org/RestfulWebService. It allows 10 requests a second; we ask for less than a third.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ingest.papers import paper_id
from ingest.readers import europepmc
from ingest.readers.identifiers import normal_doi, normal_pmcid, normal_pmid
from ingest.sources.cache import Cache
from ingest.sources.found import Found, Page, Query
from ingest.sources.http import BadReply, Client, Refused
from ingest.sources.replies import article, counted, has_abstract

__all__ = ["RATE", "URL", "EuropePMC"]

URL = "https://www.ebi.ac.uk/europepmc/webservices/rest"
RATE = 3.0
"""Requests a second."""

_PAGE = 100  # records asked for at once; a core record takes 10 KB
_FIRST, _LAST = date(1500, 1, 1), date(3000, 12, 31)
_NAMED = re.compile(r"([A-Z]{2,4}):([A-Za-z0-9]{1,40})")  # Europe PMC's own name of a record: MED:12345
_AGAIN = 3  # times that a page is asked for which cannot be right
# What is kept of a record: all that is read, and nothing that changes by the day, such as the number of citations.
_KEPT = (
    "id", "source", "pmid", "pmcid", "doi", "title", "authorString", "authorList", "journalInfo", "bookOrReportDetails",
    "pubYear", "firstPublicationDate", "abstractText", "language", "pubTypeList", "commentCorrectionList",
    "isOpenAccess", "inEPMC", "license",
)  # fmt: skip


class EuropePMC:
    """Europe PMC as a `Source`; `email` is sent with searches, if there is one."""

    name = "Europe PMC"

    def __init__(self, client: Client, cache: Cache, *, email: str = "") -> None:
        self._client, self._cache, self._email = client, cache, email

    def search(self, query: Query, most: int) -> Iterator[Page]:
        """See `Source`. A search that breaks off before its end, or turns in circles, ends with what it has found."""
        cursor, cursors, given = "*", {"*"}, set[str]()
        while True:
            reply = self._asked(query, cursor, min(_PAGE, most), cursors, len(given), most)
            found = [one for one in map(self._found, reply.results) if one is not None and one.id not in given]
            unique = list({one.id: one for one in found}.values())[: most - len(given)]
            given.update(one.id for one in unique)
            yield Page(tuple(unique), reply.total)
            if not reply.cursor or reply.cursor in cursors or len(given) >= most:
                return
            cursor = reply.cursor
            cursors.add(cursor)

    def full_text(self, found: Found) -> Path | None:
        """See `Source`."""
        if not found.full_text:
            return None
        name = f"{found.full_text}.xml"
        held = self._cache.held("full-text", name)
        if held is not None:
            return held
        try:
            return self._client.ask(
                f"{found.full_text}/fullTextXML", {}, lambda raw: self._cache.put("full-text", name, raw, article)
            )
        except Refused as refused:
            if refused.status == 404:
                return None
            raise

    def _asked(self, query: Query, cursor: str, size: int, cursors: set[str], given: int, most: int) -> _Reply:
        """A page of results. One that is empty or leads back while more are due is asked for again; then it stands."""
        parameters = {
            "query": _syntax(query),
            "resultType": "core",
            "format": "json",
            "pageSize": str(size),
            "cursorMark": cursor,
        } | ({"email": self._email} if self._email else {})
        for _ in range(_AGAIN):
            reply = self._client.ask("search", parameters, _reply)
            due = min(reply.total, most) - given
            back = not reply.cursor or reply.cursor in cursors
            if len(reply.results) >= due or (reply.results and not back):
                break
        return reply

    def _found(self, result: object) -> Found | None:
        """A result as a paper, its record kept; None where it names none."""
        record = europepmc.record(result)
        if isinstance(record, str) or not isinstance(result, dict):
            return None
        named = _NAMED.fullmatch(f"{result.get('source')}:{result.get('id')}")
        if named is None:
            return None
        kept = {name: result[name] for name in _KEPT if name in result}
        content = json.dumps({"resultList": {"result": [kept]}}, ensure_ascii=False, sort_keys=True, indent=1)
        is_open = result.get("isOpenAccess") == "Y" and result.get("inEPMC") == "Y"
        pmid, pmcid = normal_pmid(record.pmid[:40]), normal_pmcid(record.pmcid[:40])
        known = pmid or pmcid or normal_doi(record.doi[:300])
        return Found(
            id=paper_id(pmid=pmid, pmcid=pmcid, doi=normal_doi(record.doi[:300])) if known else named[0],
            title=record.title,
            year=record.year,
            record=self._cache.put("records", f"{named[1]}-{named[2]}.json", content.encode("utf-8", "replace")),
            full_text=pmcid if is_open else "",
            abstract=has_abstract(record),
            notice=bool(record.notices),
        )


@dataclass(frozen=True, slots=True)
class _Reply:
    """One page as it came: `cursor` leads to the next, "" at the end."""

    results: Sequence[object]
    cursor: str
    total: int


def _reply(raw: bytes) -> _Reply:
    try:
        page, results = europepmc.results(raw)
    except ValueError as error:
        raise BadReply("a reply that is no page of results") from error
    cursor = page.get("nextCursorMark")
    return _Reply(results, cursor if isinstance(cursor, str) else "", counted(page.get("hitCount")))


def _syntax(query: Query) -> str:
    """The query with its dates, as Europe PMC writes them; `FIRST_IDATE` is the day of first indexing."""
    parts = [f"({query.text})"]
    if query.since or query.until:
        parts.append(f"FIRST_PDATE:[{query.since or _FIRST} TO {query.until or _LAST}]")
    if query.entered:
        parts.append(f"FIRST_IDATE:[{query.entered} TO {_LAST}]")
    return " AND ".join(parts) if len(parts) > 1 else query.text

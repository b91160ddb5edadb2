"""Europe PMC and NCBI's E-utilities on loopback: a made-up literature in their shapes, well served or badly.

Every request is recorded. Before the right reply to a request, the server may commit the faults it is given, one each
time the same is asked; so a patient client gets everything in the end.
"""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit
from xml.sax.saxutils import escape

Fault = Callable[["Handler", bytes, str], None]
"""What goes wrong, given the right reply and its type."""


@dataclass(frozen=True, slots=True)
class Article:
    """A made-up paper; `open` ones have a full text in PMC, `closed` ones only front matter there."""

    number: int
    open: bool = True
    closed: bool = False
    abstract: bool = True
    year: int = 2021
    entered: str = "2026-01-10"
    types: tuple[str, ...] = ("Journal Article",)
    links: tuple[tuple[str, str], ...] = ()  # type, and PubMed number of the notice
    named: str = ""

    @property
    def title(self) -> str:
        return self.named or f"Made-up response of cohort {self.number} to nivolumab & ipilimumab"

    @property
    def pmcid(self) -> str:
        return f"PMC{self.number + 1000}" if self.open or self.closed else ""

    @property
    def summary(self) -> tuple[tuple[str, str], ...]:
        if not self.abstract:
            return ()
        return (
            ("Background", f"Cohort {self.number} was made up to see whether a program reads what it was sent."),
            ("Results", f"Responses were seen in {self.number % 40} of 60 patients (p < 0.05) given nivolumab."),
        )

    @property
    def body(self) -> str:
        return f"In the main text, colitis was seen in {self.number % 7} of 60 patients of cohort {self.number}."


def articles(count: int) -> list[Article]:
    """Of ten: six open, one closed in PMC, two with an abstract alone, one with neither."""
    kinds = (
        Article(0), Article(0), Article(0, open=False), Article(0), Article(0, open=False, closed=True), Article(0),
        Article(0), Article(0, open=False), Article(0, open=False, abstract=False), Article(0),
    )  # fmt: skip
    made = []
    for number in range(count):
        kind = kinds[number % len(kinds)]
        made.append(Article(90_000_001 + number, open=kind.open, closed=kind.closed, abstract=kind.abstract))
    return made


def result(article: Article) -> dict[str, object]:
    """As a core result of Europe PMC."""
    found: dict[str, object] = {
        "id": str(article.number),
        "source": "MED",
        "pmid": str(article.number),
        "doi": f"10.1000/made.up.{article.number}",
        "title": f"{article.title.replace('&', '&amp;')}.",
        "authorString": "Example A, Example B.",
        "authorList": {
            "author": [
                {"fullName": "Example A", "firstName": "Ada", "lastName": "Example", "initials": "A"},
                {"fullName": "Example B", "firstName": "Ben", "lastName": "Example", "initials": "B"},
            ]
        },
        "journalInfo": {
            "dateOfPublication": f"{article.year} Jan",
            "yearOfPublication": article.year,
            "journal": {"title": "Journal of Made-Up Trials"},
        },
        "pubYear": str(article.year),
        "language": "eng",
        "pubTypeList": {"pubType": list(article.types)},
        "isOpenAccess": "Y" if article.open else "N",
        "inEPMC": "Y" if article.pmcid else "N",
        "citedByCount": 3,
        "firstIndexDate": article.entered,
        "firstPublicationDate": f"{article.year}-01-05",
    }
    if article.pmcid:
        found["pmcid"] = article.pmcid
    if article.summary:
        found["abstractText"] = "".join(f"<h4>{name}</h4>{text.replace('<', '&lt;')}" for name, text in article.summary)
    if article.links:
        found["commentCorrectionList"] = {
            "commentCorrection": [
                {"id": notice, "source": "MED", "type": kind, "orderIn": place}
                for place, (kind, notice) in enumerate(article.links, 1)
            ]
        }
    return found


def pubmed_article(article: Article) -> str:
    """As a record of PubMed."""
    abstract = "".join(
        f'<AbstractText Label="{name.upper()}">{escape(text)}</AbstractText>' for name, text in article.summary
    )
    links = "".join(
        f'<CommentsCorrections RefType="{kind.title().replace(" ", "")}"><PMID>{notice}</PMID></CommentsCorrections>'
        for kind, notice in article.links
    )
    pmc = f'<ArticleId IdType="pmc">{article.pmcid}</ArticleId>' if article.pmcid else ""
    types = "".join(f"<PublicationType>{kind}</PublicationType>" for kind in article.types)
    return f"""<PubmedArticle><MedlineCitation><PMID Version="1">{article.number}</PMID><Article>
<Journal><JournalIssue><PubDate><Year>{article.year}</Year></PubDate></JournalIssue>
<Title>Journal of Made-Up Trials</Title></Journal><ArticleTitle>{escape(article.title)}.</ArticleTitle>
{f"<Abstract>{abstract}</Abstract>" if abstract else ""}
<AuthorList><Author><LastName>Example</LastName><ForeName>Ada</ForeName></Author></AuthorList>
<PublicationTypeList>{types}</PublicationTypeList></Article>
{f"<CommentsCorrectionsList>{links}</CommentsCorrectionsList>" if links else ""}</MedlineCitation>
<PubmedData><ArticleIdList><ArticleId IdType="pubmed">{article.number}</ArticleId>{pmc}</ArticleIdList></PubmedData>
</PubmedArticle>"""


def jats(article: Article) -> str:
    """As a full text; of a closed one, the front matter alone."""
    abstract = "".join(f"<sec><title>{name}</title><p>{escape(text)}</p></sec>" for name, text in article.summary)
    body = f"<body><sec><title>Results</title><p>{article.body * 3}</p></sec></body>"
    return f"""<article><front><article-meta><article-id pub-id-type="pmid">{article.number}</article-id>
<article-id pub-id-type="pmcid">{article.pmcid}</article-id>
<title-group><article-title>{escape(article.title)}</article-title></title-group>
<pub-date><year>{article.year}</year></pub-date>{f"<abstract>{abstract}</abstract>" if abstract else ""}
</article-meta></front>{"" if article.closed else body}</article>"""


_DOCTYPE = '<?xml version="1.0"?>\n<!DOCTYPE {0} PUBLIC "-//X//DTD X//EN" "https://dtd.example.org/{0}.dtd">\n'


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked: the last part of the path, the parameters of address and body, where the latter stood, when."""

    method: str
    path: str
    address: dict[str, str]
    body: dict[str, str]
    headers: dict[str, str]
    time: float

    @property
    def parameters(self) -> dict[str, str]:
        return self.address | self.body

    @property
    def key(self) -> str:
        return f"{self.path} {sorted(self.parameters.items())}"


@dataclass
class Literature:
    """The server's side; `faults` are committed in turn, `each` of them before the right reply to a request.

    `page` is the most results that a page of a search holds, `overlap` how many of them stand on the page before.
    `before` is called before a request is answered.
    """

    articles: Sequence[Article]
    faults: Sequence[Fault] = ()
    each: int = 0
    page: int = 100
    overlap: int = 0
    before: Callable[[Request], None] = lambda request: None
    url: str = ""
    requests: list[Request] = field(default_factory=list)
    _committed: int = 0
    _faulty: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def fault(self, request: Request) -> Fault | None:
        with self._lock:
            if not self.faults or self._faulty[request.key] >= self.each:
                return None
            self._faulty[request.key] += 1
            self._committed += 1
            return self.faults[self._committed % len(self.faults)]

    def asked(self, path: str) -> list[Request]:
        """The requests of which the path ends so."""
        return [request for request in self.requests if request.path.endswith(path)]

    def reply(self, request: Request) -> tuple[int, str, str]:
        """Status, type and text of the right answer."""
        asked = request.parameters
        if request.path == "search":
            return 200, "application/json", json.dumps(self._search(asked))
        if request.path.endswith("/fullTextXML"):
            named = [one for one in self.articles if one.open and one.pmcid == request.path.split("/")[0]]
            text = _DOCTYPE.format("article") + jats(named[0]) if named else "<errorBean/>"
            return (200 if named else 404), "application/xml", text
        if request.path == "esearch.fcgi":
            return 200, "application/json", json.dumps(self._esearch(asked))
        if request.path == "efetch.fcgi":
            return self._efetch(asked)
        return 404, "text/plain", "no such service"

    def _matching(self, query: str) -> list[Article]:
        """Those taken in on the day that the query names, or later; all where it names none."""
        for mark in ("FIRST_IDATE:[", " AND "):
            _, found, rest = query.rpartition(mark)
            if found and (mark != " AND " or rest.endswith("[crdt]")):
                day = rest[:10].replace("/", "-")
                return [one for one in self.articles if one.entered >= day]
        return list(self.articles)

    def _search(self, asked: dict[str, str]) -> dict[str, object]:
        matching = self._matching(asked["query"])
        size = min(int(asked["pageSize"]), self.page)
        start = 0 if asked["cursorMark"] == "*" else int(asked["cursorMark"].removeprefix("Ao").removesuffix("=="))
        end = start + size
        more = (
            {"nextCursorMark": f"Ao{end}==", "nextPageUrl": "https://elsewhere.example.org/"}
            if end < len(matching)
            else {}
        )
        shown = matching[max(start - self.overlap, 0) : end]
        return {
            "version": "6.9",
            "hitCount": len(matching),
            **more,
            "request": {"queryString": asked["query"], "pageSize": size},
            "resultList": {"result": [result(one) for one in shown]},
        }

    def _esearch(self, asked: dict[str, str]) -> dict[str, object]:
        matching = self._matching(asked["term"])
        first = max(int(asked["retstart"]) - self.overlap, 0)  # as if papers had come on top since the last page
        listed = [str(one.number) for one in matching[first : first + min(int(asked["retmax"]), self.page)]]
        count = str(len(matching) + self.overlap)
        return {"header": {"type": "esearch"}, "esearchresult": {"count": count, "idlist": listed}}

    def _efetch(self, asked: dict[str, str]) -> tuple[int, str, str]:
        numbers = asked["id"].split(",")
        if asked["db"] == "pmc":
            named = [one for one in self.articles if one.pmcid.removeprefix("PMC") in numbers]
            text = "".join(map(jats, named))
            return 200, "text/xml", f"{_DOCTYPE.format('pmc-articleset')}<pmc-articleset>{text}</pmc-articleset>"
        text = "".join(pubmed_article(one) for one in self.articles if str(one.number) in numbers)
        return 200, "text/xml", f"{_DOCTYPE.format('PubmedArticleSet')}<PubmedArticleSet>{text}</PubmedArticleSet>"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    literature: Literature

    def do_GET(self) -> None:
        self._answer({})

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        self._answer(dict(parse_qsl(self.rfile.read(length).decode())))

    def _answer(self, body: dict[str, str]) -> None:
        parts = urlsplit(self.path)
        request = Request(
            self.command,
            parts.path.removeprefix("/rest/"),
            dict(parse_qsl(parts.query)),
            body,
            dict(self.headers),
            time.monotonic(),
        )
        self.literature.requests.append(request)
        self.literature.before(request)
        status, kind, text = self.literature.reply(request)
        fault = self.literature.fault(request)
        if fault is not None:
            fault(self, text.encode(), kind)
        else:
            self.send(text.encode(), kind, status)

    def send(self, content: bytes, kind: str, status: int = 200, *, length: int | None = None, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content) if length is None else length))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *arguments: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that are killed hang up; the tests look at what came of it."""


@contextmanager
def serving(literature: Literature) -> Iterator[Literature]:
    """The server on a free port, while the context lasts; its address stands in `url`."""
    handler = type("OurHandler", (Handler,), {"literature": literature})
    server = _Server(("127.0.0.1", 0), handler)
    literature.url = f"http://127.0.0.1:{server.server_address[1]}/rest"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield literature
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


# -- faults ---------------------------------------------------------------------------------------------------------


def busy_for_seconds(handler: Handler, content: bytes, kind: str) -> None:
    handler.send(b'{"error":"API rate limit exceeded"}', "application/json", 429, Retry_After="7")


def busy_until_a_date(handler: Handler, content: bytes, kind: str) -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=9), usegmt=True)
    handler.send(b"busy", "text/plain", 503, Retry_After=date)


def broken_inside(handler: Handler, content: bytes, kind: str) -> None:
    handler.send(b"<html><body>Internal Server Error</body></html>", "text/html", 500)


def cut_off_by_length(handler: Handler, content: bytes, kind: str) -> None:
    handler.send(content[: len(content) // 2], kind, length=len(content))
    handler.close_connection = True


def cut_off_in_a_chunk(handler: Handler, content: bytes, kind: str) -> None:
    half = content[: len(content) // 2]
    handler.send_response(200)
    handler.send_header("Content-Type", kind)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    handler.wfile.write(b"%x\r\n%b\r\n" % (len(half), half))
    handler.close_connection = True


def cut_off_without_a_word(handler: Handler, content: bytes, kind: str) -> None:
    """Whole as far as HTTP can tell."""
    handler.send(content[: len(content) // 2], kind)


def slow(handler: Handler, content: bytes, kind: str) -> None:
    """Right, though late."""
    handler.send(content[:10], kind, length=len(content))
    time.sleep(0.2)
    handler.wfile.write(content[10:])


def hung_up(handler: Handler, content: bytes, kind: str) -> None:
    handler.close_connection = True


def error_page(handler: Handler, content: bytes, kind: str) -> None:
    handler.send(b"<!DOCTYPE html><html><body><h1>Scheduled maintenance</h1></body></html>", "text/html")


def forbidden(handler: Handler, content: bytes, kind: str) -> None:
    """No fault that patience mends."""
    handler.send(b"no", "text/plain", 403)


def garbled(handler: Handler, content: bytes, kind: str) -> None:
    middle = len(content) // 2
    handler.send(content[:middle] + b'<<"&bogus;' + content[middle:], kind)


def nothing(handler: Handler, content: bytes, kind: str) -> None:
    handler.send(b"", kind)


def bomb(handler: Handler, content: bytes, kind: str) -> None:
    """XML that expands without end, JSON that is nested too deeply."""
    if "json" in kind:
        handler.send(b'{"resultList":' + b"[" * 200_000, kind)
        return
    layers = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    root = "PubmedArticleSet" if b"<PubmedArticleSet" in content else "article"
    handler.send(
        f'<!DOCTYPE {root} [<!ENTITY l0 "lol">{layers}]><{root}><body><p>&l9;</p></body></{root}>'.encode(), kind
    )


def empty_page(handler: Handler, content: bytes, kind: str) -> None:
    """A page of a search without results, though more are due."""
    _altered(handler, content, kind, empty=True)


def same_cursor(handler: Handler, content: bytes, kind: str) -> None:
    """A page that leads to itself."""
    _altered(handler, content, kind, empty=False)


def _altered(handler: Handler, content: bytes, kind: str, *, empty: bool) -> None:
    if b'"resultList"' not in content:
        broken_inside(handler, content, kind)
        return
    page = json.loads(content)
    asked = dict(parse_qsl(urlsplit(handler.path).query))
    if empty:
        page["resultList"]["result"] = []
    else:
        page["nextCursorMark"] = asked["cursorMark"]
    handler.send(json.dumps(page).encode(), kind)


FAULTS: tuple[Fault, ...] = (
    busy_for_seconds, busy_until_a_date, broken_inside, cut_off_by_length, cut_off_in_a_chunk, cut_off_without_a_word,
    slow, hung_up, error_page, garbled, nothing, bomb, empty_page, same_cursor,
)  # fmt: skip

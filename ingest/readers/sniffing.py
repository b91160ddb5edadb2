"""What a file is, from its first bytes; and why it is not read, where it is nothing we read."""

from __future__ import annotations

import csv
import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from pathlib import Path

from ingest.errors import UnreadableFile
from ingest.readers.safe_xml import root_name
from ingest.readers.streams import GZIP, blocks

__all__ = ["OFFICE", "looks_like_text", "sniff"]

HEAD = 65_536
"""Bytes looked at."""

_SIZES = {
    "jats": 256,
    "text": 32,
    "pdf": 2048,
}  # MB that no paper of this form exceeds; sets of records may be any size
RECORDS = frozenset(("pubmed", "europepmc", "medline", "ris", "bibtex"))
_UNPACKED = RECORDS | {"jats"}  # what is read through gzip
JATS_ROOTS = frozenset(("article", "pmc-articleset", "OAI-PMH", "articles"))
_PUBMED = frozenset(("PubmedArticleSet", "PubmedArticle", "PubmedBookArticle", "MedlineCitationSet", "MedlineCitation"))
_UNKNOWN = "is a binary file of unknown kind; use the PDF, JATS or text of the paper"
OFFICE = "an Office document or e-book, which is not supported; save it as PDF"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")  # the second of an empty one
_OFFICE_FIRST = (b"[Content_Types].xml", b"mimetype", b"_rels/.rels", b"docProps/")
_BINARY = (
    (b"\xd0\xcf\x11\xe0", "an old Office document, which is not supported; save it as PDF"),
    (b"\x89PNG", "an image, which holds no text; use the PDF of the paper"),
    (b"\xff\xd8\xff", "an image, which holds no text; use the PDF of the paper"),
    (b"SQLite format 3", "a database, not a paper"),
)
_OTHER_TEXT = (
    (re.compile(r"\{\\rtf"), "RTF, which is not supported; save it as PDF or text"),
    (re.compile(r"%!PS"), "PostScript, which is not supported; convert it to PDF"),
    (re.compile(r"%0 [A-Z]\w+"), "an EndNote file, which is not supported; export it as RIS"),
    (
        re.compile(r"(?:FN [^\n]*\nVR [^\n]*\n)?PT [A-Z]\n"),
        "a Web of Science file, which is not supported; export it as RIS",
    ),
    (re.compile(r"(?:%[^\n]*\n\s*)*\\documentclass"), "LaTeX source, which is not supported; use its PDF"),
    (re.compile(r"\{\s*[\"}]|\[\s*[\{\[\"\d]"), "JSON, not a paper; use the PDF, JATS or text of a paper"),
)
_LISTS = (
    ("europepmc", re.compile(r'\{\s*"(?:version|hitCount|resultList)"(?s:.*?)"result(?:List)?"\s*:\s*[\[{]')),
    ("medline", re.compile(r"PMID ?- ?\d")),
    ("ris", re.compile(r"(?:[^\n]{0,200}\n){0,12}?TY {1,2}- ?[A-Z]{3,}[ \t]*(?:\n|\Z)")),
    (
        "bibtex",
        re.compile(
            r"(?:%[^\n]*\n|\s)*+@\s*(?:(?:comment|preamble|string)\s*[{(]|[a-z]{4,20}\s*[{(][^\s,={}]*\s*,)", re.I
        ),
    ),
)
_CONTROL = re.compile("[\\x00-\\x08\\x0e-\\x1f\\x7f\ufffd]")
_HTML_TAGS = frozenset(
    "a b p div span img h1 h2 h3 br hr center details sub sup em strong table picture small kbd".split()
)


def sniff(path: Path) -> str:
    """ "pdf", "jats", "pubmed", "europepmc", "medline", "ris", "bibtex", "text", "zip", "tar"; else a clause, why none.

    Raises UnreadableFile where the file cannot be opened or is empty, or is a broken gzip archive.
    """
    head, size = _head(path)
    packed = head.startswith(GZIP)
    if packed:
        head = next(blocks(path, HEAD), b"")
        if head.startswith(GZIP):
            return "is a gzip archive of a gzip archive, which is not supported; unpack it first"
        if head.startswith(_ZIP):
            return "is a gzip archive of a Zip archive, which is not supported; unpack it first"
    if head.startswith(_ZIP):
        return f"is {OFFICE}" if head[30:].startswith(_OFFICE_FIRST) else "zip"
    if head[257:262] == b"ustar" and not head.startswith(b"%PDF"):
        return "tar"
    if b"%PDF-" in head[:1024]:
        form = "pdf"
    elif head.startswith((b"%PDF", b"\x00%PDF")):
        return "is a broken PDF (its header is damaged); download it again"
    else:
        form = _text_form(head)
    if packed and form not in _UNPACKED:
        if form in ("pdf", "text"):
            return (
                f"is a gzip archive of {'a PDF' if form == 'pdf' else 'text'}, which is not supported; unpack it first"
            )
        return f"is a gzip archive, and what is in it {form}"
    if size > _SIZES.get(form, 10**9) * 10**6:
        return f"is larger than {_SIZES[form]} MB, which no paper is"
    return form


def looks_like_text(text: str) -> bool:
    """Whether decoded bytes are writing: next to no control characters, and mostly letters, digits and blanks."""
    usual = sum(c.isalnum() or c.isspace() for c in text)
    return _has_few_controls(text) and 0 < len(text) * 6 <= usual * 10


def _has_few_controls(text: str) -> bool:
    return len(_CONTROL.findall(text)) * 500 <= len(text)


def _head(path: Path) -> tuple[bytes, int]:
    try:
        if path.is_dir():
            raise UnreadableFile(path, "is a folder; name the files in it, or give the folder to: immunorag ingest")
        if not path.exists():
            raise UnreadableFile(path, "does not exist; check the spelling of the path")
        if not path.is_file():
            raise UnreadableFile(path, "is not a regular file; copy it to one first")
        size = path.stat().st_size
        if size == 0:
            raise UnreadableFile(path, "is empty (0 bytes); download it again")
        with path.open("rb") as file:
            return file.read(HEAD), size
    except PermissionError:
        raise UnreadableFile(path, "may not be read; give yourself permission to read it") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UnreadableFile(path, f"cannot be opened ({reason}); check the path and the disk") from None


def _text_form(head: bytes) -> str:
    for magic, what in _BINARY:
        if head.startswith(magic):
            return f"is {what}"
    start = _decoded(head)
    if start is None:
        return _UNKNOWN
    start = start.lstrip("\ufeff \t\r\n")
    if start.startswith("<"):
        return _markup_form(start)
    for form, pattern in _LISTS:
        if pattern.match(start.replace("\r\n", "\n").replace("\r", "\n")):
            return form
    for pattern, what in _OTHER_TEXT:
        if pattern.match(start):
            return f"is {what}"
    if _is_table(start):
        return "is a table (CSV or TSV), not a paper; use the PDF, JATS or text of a paper"
    return "text" if looks_like_text(start) else _UNKNOWN


def _is_table(start: str) -> bool:
    """Whether the first lines all hold the same number of cells, three or more."""
    lines = [line for line in start.split("\n")[:21][:-1] if line.strip()]
    if len(lines) < 3:
        return False
    tabs = {line.count("\t") for line in lines}
    try:
        commas = {len(row) for row in csv.reader(lines, strict=True)}
    except csv.Error:
        commas = {0}
    return (len(tabs) == 1 and min(tabs) > 1) or (len(commas) == 1 and min(commas) > 2)


def _markup_form(start: str) -> str:
    name = root_name(start)
    if name in JATS_ROOTS:
        return "jats"
    if name == "art":
        return "is a BMC article XML (root <art>), which is not supported; use the same article's PDF or JATS file"
    if name in _PUBMED:
        return "pubmed"
    if name == "responseWrapper" and "<resultList" in start:
        return "europepmc"
    if name.lower() == "html" or re.match(r"<!doctype\s+html", start, re.I):
        return "is a web page (HTML), which is not supported; use the PDF or the JATS file of the paper"
    if name.lower() in _HTML_TAGS and not start.startswith("<?xml"):
        return "text"  # Markdown may begin with a tag
    if name:
        return f"is XML with the root <{name[:60]}>, which is no paper; use the PDF or the JATS file of the paper"
    return "jats" if start.startswith(("<?xml", "<!DOCTYPE")) else "text"  # broken, its reader says how


def _decoded(head: bytes) -> str | None:
    """The beginning of a text file, roughly decoded; None where it is no text."""
    if head.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        text = head[: len(head) // 2 * 2].decode("utf-16", "replace")
    elif b"\0" in head:
        return None
    else:
        text = head.removeprefix(BOM_UTF8).decode("utf-8", "ignore")
        if len(text.encode()) < len(head) - 8:  # more than a character cut off at the end
            text = head.decode("cp1252", "replace").replace("\ufffd", " ")
    return text if "\0" not in text and (_has_few_controls(text) or text.lstrip().startswith("<")) else None

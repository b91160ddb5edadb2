"""What a file is, from its first bytes; and why it is not read, where it is nothing we read."""

from __future__ import annotations

import csv
import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from pathlib import Path

from ingest.errors import UnreadableFile
from ingest.readers.safe_xml import root_name

__all__ = ["looks_like_text", "sniff"]

HEAD = 65_536
"""Bytes looked at."""

_SIZES = {"jats": 256, "text": 32, "pdf": 2048}  # MB that no paper of this form exceeds
JATS_ROOTS = frozenset(("article", "pmc-articleset", "OAI-PMH", "articles"))
_PUBMED = frozenset(("PubmedArticleSet", "PubmedArticle", "PubmedBookArticle", "MedlineCitationSet", "MedlineCitation"))
_UNKNOWN = "is a binary file of unknown kind; use the PDF, JATS or text of the paper"
_BINARY = (
    (b"\x1f\x8b", "a gzip archive, which is not supported; unpack it first"),
    (b"PK\x03\x04", "a Zip archive or Office document, which is not supported; unpack it, or save it as PDF"),
    (b"\xd0\xcf\x11\xe0", "an old Office document, which is not supported; save it as PDF"),
    (b"\x89PNG", "an image, which holds no text; use the PDF of the paper"),
    (b"\xff\xd8\xff", "an image, which holds no text; use the PDF of the paper"),
    (b"SQLite format 3", "a database, not a paper"),
)
_OTHER_TEXT = (
    (re.compile(r"\{\\rtf"), "RTF, which is not supported; save it as PDF or text"),
    (re.compile(r"%!PS"), "PostScript, which is not supported; convert it to PDF"),
    (re.compile(r"TY {1,2}- "), "a RIS file, which is not supported; use the PDF or JATS files of its papers"),
    (re.compile(r"PMID- ?\d"), "a MEDLINE file, which is not supported; use the PDF or JATS files of its papers"),
    (
        re.compile(r"@[A-Za-z]{4,15}\s*\{[^\n]*,"),
        "a BibTeX file, which is not supported; use the PDF or JATS files of its papers",
    ),
    (re.compile(r"(?:%[^\n]*\n\s*)*\\documentclass"), "LaTeX source, which is not supported; use its PDF"),
    (re.compile(r"\{\s*[\"}]|\[\s*[\{\[\"\d]"), "JSON, not a paper; use the PDF, JATS or text of a paper"),
)
_CONTROL = re.compile("[\\x00-\\x08\\x0e-\\x1f\\x7f\ufffd]")
_HTML_TAGS = frozenset(
    "a b p div span img h1 h2 h3 br hr center details sub sup em strong table picture small kbd".split()
)


def sniff(path: Path) -> str:
    """ "pdf", "jats" or "text"; else the reason, as a clause, why the file is none of them.

    Raises UnreadableFile where the file cannot be opened or is empty.
    """
    head, size = _head(path)
    if b"%PDF-" in head[:1024]:
        form = "pdf"
    elif head.startswith((b"%PDF", b"\x00%PDF")):
        return "is a broken PDF (its header is damaged); download it again"
    else:
        form = _text_form(head)
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
        return (
            f"is a PubMed XML (root <{name}>), which is not supported yet; use the PDF or the JATS file of its papers"
        )
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

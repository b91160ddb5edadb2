"""Mixed JATS content to plain paragraphs: citations out, exponents kept apart from their numbers, floats set aside."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ingest.readers.jats_formulas import mathml, tex

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["FLOATS", "Flow", "local", "plain"]

FLOATS = frozenset(
    "fig fig-group table-wrap table-wrap-group boxed-text table array chem-struct-wrap floats-group floats-wrap".split()
)
_BLOCKS = frozenset(
    "p list list-item def-list def-item disp-quote verse-group verse-line statement speech preformat question answer"
    " title sec disp-formula-group caption".split()
)
_LEFT_OUT = frozenset(
    "graphic inline-graphic inline-supplementary-material supplementary-material media object-id alt-text long-desc fn"
    " fn-group ref-list ref ack private-char label index-term permissions attrib related-article sec-meta kwd-group"
    " glossary notes bio contrib-group copyright-statement textual-form table-wrap-foot".split()
)
_CITED = "\x01"  # stands where a numeric citation was; no XML text can hold it
_NUMERIC = re.compile(r"[\[({\s]*[A-Z]?\d{1,4}[a-z]?(?:[\s,;&\-‐‑–—−]+\d{1,4}[a-z]?)*[\])}\s]*")
_YEAR = re.compile(r"[\[(\s]*(?:19|20)\d\d[a-z]?[\])\s]*")
_FOOTNOTE_MARKS = frozenset(("fn", "table-fn", "author-notes", "corresp", "aff", "contrib"))

_SEPARATORS = r"\s,;&\-‐‑–—−"
_BRACKETED = re.compile(
    rf"\[(?:[{_SEPARATORS}]|\d{{1,3}}(?!\d)|and\b)*{_CITED}(?:[{_SEPARATORS}{_CITED}]|\d{{1,3}}(?!\d)|and\b)*\]"
    rf"|[(\[](?:(?:also |as )?(?:see|reviewed|described|reported)(?: also)?(?: in| by)?|e\.?g\.?,?"
    rf"|ref(?:erence)?s?\.?|cf\.?|for (?:a )?(?:recent )?reviews?,? see|[{_SEPARATORS}])*"
    rf"{_CITED}(?:[{_SEPARATORS}{_CITED}]|and\b)*[)\]]",
    re.I,
)
_RUN = re.compile(
    rf"(?<![\s,;])[\s,;]*{_CITED}(?:[{_SEPARATORS}]*(?:and\s+)?{_CITED})*(?=\s*[)\].,;:])"
    rf"|(?<!\s)\s*{_CITED}(?:[{_SEPARATORS}]*(?:and\s+)?{_CITED})*"
)
_STRAY = (" ,", " ;", " )", " ]", " .", " :", "( ", "[ ")
_STRAY_BLANK = re.compile(r"(?<=[(\[]) | (?=[,;)\]]|[.:](?:\s|$))")
_INVISIBLE = re.compile("[\u200b\u200c\u200d\u2060\ufeff\u00ad]")
_ONLY_SEPARATORS = re.compile(rf"[{_SEPARATORS}{_CITED}\[\]().]*")
_SUPERSCRIPT_CITATION = re.compile(r"\d{1,3}(?:\s*[,\-‐‑–—]\s*\d{1,3})*")
_CAN_BE_CITED = re.compile(r"(?:[a-z]{4}|[a-z)\d][.,;:]|(?:[a-z]{3}|[.,;)%])\s+)$")
_FOOTNOTE = re.compile(r"[A-Z][a-z]{2}")  # what a footnote's mark stands before, and an isotope's number does not
_ORDINAL = frozenset(("st", "nd", "rd", "th"))


def local(tag: object) -> str:
    """The name of an element without its namespace; "" for comments, instructions and entities."""
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def plain(element: _Element | None) -> str:
    """The text of an element as one line."""
    if element is None:
        return ""
    flow = Flow()
    flow.inline(element)
    return " ".join(flow.finish())


class Flow:
    """Reads elements in document order into `paragraphs`; figures, tables and boxes wait in `floats`, hrefs in `links`.

    One flow is one stretch of text under one heading.
    """

    __slots__ = ("_runs", "_table", "floats", "links", "paragraphs")

    def __init__(self, *, table: bool = False) -> None:
        self.paragraphs: list[str] = []
        self.floats: list[_Element] = []
        self.links: list[str] = []
        self._runs: list[str] = []
        self._table = table

    def block(self, element: _Element) -> None:
        """Read one element as paragraphs of its own."""
        self._end_paragraph()
        self._child(element)
        self._end_paragraph()

    def inline(self, element: _Element) -> None:
        """Read what an element holds, not the element itself."""
        if element.text:
            self._runs.append(element.text)
        for child in element:
            self._child(child)
            if child.tail:
                if (
                    child.tail[0].isdigit()
                    and self._last()[-1:].isdigit()
                    and local(child.tag) in ("sub", "sup", "xref")
                ):
                    self._runs.append(" ")  # log<sub>10</sub>5 is not log105
                self._runs.append(child.tail)

    def finish(self) -> list[str]:
        """The paragraphs read so far."""
        self._end_paragraph()
        return self.paragraphs

    def _end_paragraph(self) -> None:
        if self._runs:
            text = _clean("".join(self._runs))
            self._runs.clear()
            if text:
                self.paragraphs.append(text)

    def _last(self) -> str:
        """The end of what has been read of this paragraph: enough to decide what may be joined to it."""
        tail = ""
        for run in reversed(self._runs):
            tail = run[-8:] + tail
            if len(tail) >= 8:
                break
        return tail

    def _child(self, element: _Element) -> None:
        tag = element.tag if isinstance(element.tag, str) else ""
        if "}" in tag:
            tag = local(tag)
        if tag in ("italic", "bold") or not tag:
            if tag:
                self.inline(element)
        elif tag == "xref":
            self._xref(element)
        elif tag in ("sup", "sub"):
            self._script(element, tag)
        elif tag in FLOATS:
            self.floats.append(element)
        elif tag in _BLOCKS:
            self._end_paragraph()
            self.inline(element)
            if tag != "def-item":
                self._end_paragraph()
        elif tag in _LEFT_OUT:
            pass
        elif tag == "break":
            self._runs.append(" ")
        elif tag == "term":
            self.inline(element)
            self._runs.append(": ")
        elif tag == "def":
            self._runs.append(plain(element))
        elif tag == "math":
            self._runs.append(mathml(element))
        elif tag == "tex-math":
            self._runs.append(tex(element))
        elif tag in ("disp-formula", "inline-formula"):
            around = " " if tag == "disp-formula" else ""
            self._runs.append(around)
            self.inline(element)
            self._runs.append(around)
        elif tag == "alternatives":
            self._alternatives(element)
        else:
            if tag in ("ext-link", "uri", "related-object"):
                self.links.append(element.get("{http://www.w3.org/1999/xlink}href") or "")
            self.inline(element)

    def _alternatives(self, element: _Element) -> None:
        """One thing said in several ways: the most readable of them."""
        ways = {local(child.tag): child for child in reversed(element)}
        for best in ("table", "math", "tex-math", "textual-form"):
            if best in ways:
                if best == "textual-form":
                    self.inline(ways[best])
                else:
                    self._child(ways[best])
                return
        for way in ways.values():
            self._child(way)

    def _xref(self, element: _Element) -> None:
        kind = element.get("ref-type") or ""
        text = "".join(element.itertext())
        if kind in _FOOTNOTE_MARKS:
            if self._table and text.strip() and not text.strip().isdigit():
                self._superscript(text.strip(), element.tail or "")
        elif (kind in ("bibr", "ref") or (not kind and element.get("rid", "")[:1] in "BbRrCc")) and (
            not text.strip() or (_NUMERIC.fullmatch(text) and not _YEAR.fullmatch(text))
        ):
            self._runs.append(_CITED)
        else:
            self.inline(element)

    def _script(self, element: _Element, tag: str) -> None:
        outer, self._runs = self._runs, []
        self.inline(element)
        text = "".join(self._runs).strip()
        self._runs = outer
        if _CITED in text:
            self._runs.append(_CITED)
            if _ONLY_SEPARATORS.fullmatch(text):
                return
            text = text.replace(_CITED, "").strip(" ,;")
        if not text:
            return
        if tag == "sup":
            self._superscript(text, element.tail or "")
        else:
            self._subscript(text)

    def _superscript(self, text: str, tail: str) -> None:
        """CD4+, m2, 3rd as they are; 10^6, PD-1^high where joining would make another number or word.

        A number after a word or a full stop is a citation that nobody linked, unless `tail` makes it an isotope.
        """
        last = self._last()
        before = last[-1:]
        if last.endswith(_CITED) and _ONLY_SEPARATORS.fullmatch(text):  # the comma between two citations
            return
        if _SUPERSCRIPT_CITATION.fullmatch(text) and _CAN_BE_CITED.search(last) and not tail[:1].isalpha():
            self._runs.append(_CITED)
        elif text in ("TM", "tm"):
            self._runs.append("™")
        elif before.isdigit() and text in ("o", "O", "º"):
            self._runs.append("°")
        elif not before.strip() and (
            (len(text) == 1 and text.isalpha() and (tail[:1].isalpha() or not tail)) or _FOOTNOTE.match(tail)
        ):  # the mark that opens a footnote
            self._runs.append(text + " ")
        elif (
            (not text[0].isalnum() and not (before.isdigit() and any(c.isdigit() for c in text)))
            or not (before.isalnum() or (before and before in ")]%"))
            or (before.isalpha() and text[0].isdigit())
            or (before.isdigit() and text in _ORDINAL)
        ):
            self._runs.append(text)
        else:
            self._runs.append("^" + text)

    def _subscript(self, text: str) -> None:
        before = self._last()[-1:]
        apart = (before.isdigit() and text[0].isdigit()) or (before.isalnum() and len(text) > 3 and text.isalpha())
        self._runs.append("_" + text if apart else text)


def _clean(text: str) -> str:
    text = " ".join(text.split())
    if _CITED in text:
        for _ in range(3):
            bare = _BRACKETED.sub(_CITED, text)
            if bare == text:
                break
            text = bare
        text = _RUN.sub(_gap, text)
    if not text.isascii():
        text = _INVISIBLE.sub("", text)
    text = " ".join(text.split())
    if any(pair in text for pair in _STRAY):
        text = _STRAY_BLANK.sub("", text)
    return text


def _gap(match: re.Match[str]) -> str:
    """Nothing where a citation was, or a blank where two words would grow together."""
    text, end = match.string, match.end()
    after = text[end : end + 1]
    return " " if after.isalnum() or (after in "([" and after) else ""

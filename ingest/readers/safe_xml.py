"""XML from strangers: parsed without network, DTD, entity expansion or unbounded depth.

A document type that is not loaded leaves named characters such as `&alpha;` undeclared; they are put in their place
before the parser sees them, those nobody knows are dropped. What a document declares itself is left to the parser,
which refuses bombs and never fetches.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from html.entities import html5
from pathlib import Path
from typing import TYPE_CHECKING

from ingest.errors import UnreadableFile
from ingest.readers.streams import whole

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["parse", "root_name", "with_characters"]

_LARGEST = 256 * 10**6  # bytes; a set of articles may be unpacked to as much

_REFERENCE = re.compile(rb"&([A-Za-z_][\w.-]*);")
_PREDEFINED = {b"amp", b"lt", b"gt", b"quot", b"apos"}
_DECLARED = re.compile(rb"<!ENTITY\s+([A-Za-z_][\w.-]*)\s")
_PLAIN = re.compile(
    rb"<!ENTITY\s+([A-Za-z_][\w.-]*)\s+(?:\"([^\"&%<]{0,64}|&#x?[0-9a-fA-F]{1,6};)\"|'([^'&%<]{0,64}|&#x?[0-9a-fA-F]{1,6};)')\s*>"
)
_DECLARATION = re.compile(rb"\A\s*<\?xml\s[^>]*\?>")
_PROLOGUE = re.compile(
    r"\A(?>\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[[^\]]*\]\s*)?>)*+<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)", re.S | re.I
)


def root_name(head: str) -> str:
    """The local name of the first element, from the beginning of a file; "" where that does not show it."""
    match = _PROLOGUE.match(head)
    return match[1] if match else ""


def parse(path: Path) -> tuple[_Element, bytes]:
    """The root element of an XML file, and the file's bytes, unpacked where it is gzip.

    Raises UnreadableFile where it is broken, a bomb, or nested deeper than 256 elements.
    """
    from lxml import etree

    raw = whole(path, _LARGEST)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(with_characters(_as_utf8(raw)), parser), raw
    except (etree.XMLSyntaxError, ValueError, UnicodeError) as error:
        raise UnreadableFile(path, _reason(" ".join(str(error).split()))) from None


def _as_utf8(raw: bytes) -> bytes:
    """UTF-16 re-coded, byte order marks and leading blanks gone: named references are then plain ASCII."""
    if raw.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return _DECLARATION.sub(b"", raw.decode("utf-16").encode())
    return raw.removeprefix(BOM_UTF8).lstrip()


def with_characters(data: bytes, *, drop_unknown: bool = True) -> bytes:
    """The document with every undeclared named reference replaced by its character; one that nobody knows by nothing,
    or left for the parser to refuse."""
    names = set(_REFERENCE.findall(data)) - _PREDEFINED
    if not names:
        return data
    declared = set(_DECLARED.findall(data))
    plain: dict[bytes, bytes] = {}
    if declared:
        plain = {name: double or single for name, double, single in _PLAIN.findall(data)}

    def character(match: re.Match[bytes]) -> bytes:
        name = match[1]
        if name in _PREDEFINED:
            return match[0]
        if name in declared:
            return plain.get(name, match[0])
        known = html5.get(name.decode() + ";", "")
        return "".join(f"&#{ord(c)};" for c in known).encode() if known or drop_unknown else match[0]

    return _REFERENCE.sub(character, data)


def _reason(message: str) -> str:
    if "amplification" in message or "entity loop" in message.lower():
        return "holds an entity bomb (text that expands without end) and was refused"
    if "depth" in message.lower():
        return "is nested deeper than 256 elements, which no paper is, and was refused"
    if "huge" in message.lower() or "too long" in message.lower():
        return "holds a single text longer than 10 MB, which no paper does, and was refused"
    return f"is broken XML ({message[:140]}); download it again"

"""What a PDF says of itself: title, authors, journal, year and DOI, from its metadata and its first page.

Metadata is believed where the first page confirms it: many files carry the title of a template or a typesetter's name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import unescape

from ingest.readers.identifiers import normal_doi
from ingest.readers.pdf_layout import Style
from ingest.readers.pdf_lines import Line
from ingest.readers.sections import section_kind

__all__ = ["FrontMatter", "front_matter", "xmp_packet"]

_LONGEST_XMP = 200_000
_MOST_PACKETS = 100
_NOT_ALNUM = re.compile(r"[\W_]+")
_SUPPLEMENT = re.compile(r"\.(?:[sgt]\d{3}|pdf|full|abstract)$", re.IGNORECASE)
_SPLIT_DOI = re.compile(r"(10\.\d{4,9}/\S*[/.-])\s+(?=\S*\d)")
_OTHERS_DOI = re.compile(r"10\.(?:5281/zenodo|6084/m9\.figshare|5061/dryad|17605|7910/dvn|17632)", re.IGNORECASE)
_YEAR = r"((?:19[5-9]|20[0-4])\d)"
_YEARS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"\({_YEAR}\)\s*\d{{1,4}}\s*[:(,]",  # Trials (2015) 16:26
        rf"\b{_YEAR}\s*;\s*\d{{1,4}}\s*[:(]",  # 2015;16:26
        rf"(?i:published|publication)[^.;\n]{{0,40}}?\b{_YEAR}\b",
        rf"(?:©|\([cC]\)|(?i:copyright))\s*(?:The Authors?\(?s?\)?[,.]?\s*)?{_YEAR}\b",
        rf"(?i:volume|vol\.)\s*\d+.{{0,40}}?\b{_YEAR}\b",
        rf"(?i:accepted|revised|received)\b[^.;\n]{{0,30}}?\b{_YEAR}\b",
    )
)
_ANY_YEAR = re.compile(rf"\b{_YEAR}\b")
_NAME_PART = re.compile(r"[A-Z\u00c0-\u00de\u0100-\u017f][\w'’.-]*$")
_PARTICLES = frozenset("van von de der den da di del della la le el al bin dos du ter ten af zu 't y e".split())
_DEGREES = re.compile(
    r",?\s*\b(?:MD|PhD|Ph\.D\.|M\.D\.|MSc|MPH|BSc|DPhil|FRCP|MS|RN|PharmD|DO|MBBS|MBChB)\b\.?"
    r"(?=\s*[,;*†‡\d]|\s*$|\s+and\b)"
)
_MARKS = re.compile(r"[*†‡§¶‖#✉]|\bORCID\b|(?<=[^\W\d_])[\d,]+(?=\W|$)|(?<=[\s,])\d+(?=[\s,]|$)")
_GROUP = re.compile(r",?\s*\b(?:and\s+)?(?:on behalf of|for the|representing)\b.*", re.IGNORECASE | re.DOTALL)
_BETWEEN = re.compile(r"\s*[,;·•|]\s*|\s+(?:and|&)\s+")
_NO_TITLE = re.compile(
    r"^(?:microsoft word|untitled|document\d*$|pii:?|doi:?|\W*\d)|\.(?:docx?|indd|pdf|tex|qxd|dvi|3d|fm)\b",
    re.IGNORECASE,
)
_JOURNAL = re.compile(rf"\bet al\.?\s+(?P<journal>[A-Z][\w&:,. -]{{2,60}}?),?\s+\(?{_YEAR}\)?\s*[;,]?\s*\d")
_NO_FRONT = re.compile(
    r"open access|^(?:original |research |review )?(?:article|paper|report)$|study protocol$|^review$|^editorial$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What stands before the text. `title_line` is the index of the first page's line on which the title ends, or -1;
    `bottom` is that line's base line."""

    title: str
    authors: tuple[str, ...]
    journal: str
    year: int | None
    doi: str
    title_line: int
    bottom: float


def xmp_packet(data: bytes) -> str:
    """The document's XMP packet, without reading the PDF's objects; figures may carry packets of their own."""
    packets: list[bytes] = []
    start = data.find(b"<x:xmpmeta")
    while start >= 0 and len(packets) < _MOST_PACKETS:
        end = data.find(b"</x:xmpmeta>", start, start + _LONGEST_XMP)
        if end > 0:
            packets.append(data[start:end])
        start = data.find(b"<x:xmpmeta", start + 1)
    named = [packet for packet in packets if b"prism:" in packet] or [p for p in packets if b"dc:title" in p] or packets
    return named[-1].decode("utf-8", errors="replace") if named else ""


def front_matter(
    first_page: Sequence[Line], margins: Sequence[str], info: Mapping[str, str], xmp: str, style: Style
) -> FrontMatter:
    """Read the front matter.

    `first_page` are its lines in drawing order, running heads and feet included; `margins` the heads and feet of all
    pages; `info` the document information dictionary; `xmp` the XMP packet or "".
    """
    printed = [line.text for line in first_page]
    title, title_line = _title(first_page, info, xmp, style)
    return FrontMatter(
        title=title,
        authors=_authors(first_page, title_line, info, xmp),
        journal=_journal(margins, printed, xmp),
        year=_year(margins, printed, info, xmp),
        doi=_doi(margins, printed, info, xmp),
        title_line=title_line,
        bottom=first_page[title_line].y if title_line >= 0 else float("inf"),
    )


def _letters(text: str) -> str:
    return _NOT_ALNUM.sub("", text).casefold()


def _field(xmp: str, *names: str) -> list[str]:
    """The values of the first of `names` that the packet holds, as an element, a list or an attribute."""
    for name in names:
        found = re.search(rf"<{name}\b[^>]*>(.*?)</{name}>", xmp, re.DOTALL)
        if found:
            items = re.findall(r"<rdf:li\b[^>]*>(.*?)</rdf:li>", found.group(1), re.DOTALL) or [found.group(1)]
            values = [" ".join(unescape(re.sub(r"<[^>]*>", "", item)).split()) for item in items]
            if any(values):
                return [value for value in values if value]
        attribute = re.search(rf'\b{name}="([^"]+)"', xmp)
        if attribute:
            return [unescape(attribute.group(1)).strip()]
    return []


def _title(lines: Sequence[Line], info: Mapping[str, str], xmp: str, style: Style) -> tuple[str, int]:
    """The title as printed where it can be found, with the line it ends on; else the metadata's; else ""."""
    named = [
        t for t in (*_field(xmp, "dc:title"), info.get("Title", "")) if len(t.split()) >= 3 and not _NO_TITLE.search(t)
    ]
    page = _letters("".join(line.text for line in lines))
    for candidate in named:
        letters = _letters(candidate)
        if len(letters) >= 15 and letters in page:
            return " ".join(candidate.split()), _line_of_end(lines, letters)
    return _largest(lines, style)


def _line_of_end(lines: Sequence[Line], letters: str) -> int:
    lengths = [len(_letters(line.text)) for line in lines]
    end = _letters("".join(line.text for line in lines)).find(letters) + len(letters)
    total = 0
    for index, length in enumerate(lengths):
        total += length
        if total >= end:
            return index
    return -1


def _largest(lines: Sequence[Line], style: Style) -> tuple[str, int]:
    """The lines in the largest type of the upper part of the page that say more than a journal's name."""
    if not lines:
        return "", -1
    high, low = max(line.y for line in lines), min(line.y for line in lines)
    groups: list[list[int]] = []
    for index, line in enumerate(lines):
        if line.y < high - 0.6 * (high - low) or (line.size < 1.08 * style.size and line.font in style.fonts):
            continue
        last = lines[groups[-1][-1]] if groups and groups[-1][-1] == index - 1 else None
        if last and abs(last.size - line.size) < 0.06 * line.size and 0 < last.y - line.y < 2 * line.size:
            groups[-1].append(index)
        else:
            groups.append([index])
    best: tuple[float, list[int]] = (0.0, [])
    for group in groups:
        text = " ".join(lines[index].text for index in group)
        if len(text.split()) < 3 or len(text) < 15 or len(text) > 400 or _NO_FRONT.search(text) or "http" in text:
            continue
        if section_kind(text) != "other" and len(text.split()) < 4:
            continue
        if lines[group[0]].size > best[0] + 0.3:
            best = (lines[group[0]].size, group)
    group = best[1]
    if not group:
        return "", -1
    text = " ".join(lines[index].text + ("\xad" if lines[index].hyphen else "") for index in group).replace("\xad ", "")
    return text.replace("\xad", "").strip(" *"), group[-1]


def _doi(margins: Sequence[str], printed: Sequence[str], info: Mapping[str, str], xmp: str) -> str:
    """The paper's own: named by the metadata, else in a running head, else the first on its first page.

    What the first page cites in its data statement (Zenodo, figshare and the like) is not the paper.
    """
    named = [
        *_field(xmp, "prism:doi", "pdfx:doi", "crossmark:DOI", "jav:DOI", "prism:url", "dc:identifier"),
        *(info.get(key, "") for key in ("doi", "DOI", "WPS-ARTICLEDOI", "Subject")),
    ]
    for text in (*named, *margins, *printed, _SPLIT_DOI.sub(r"\1", " ".join(printed))):
        doi = _SUPPLEMENT.sub("", normal_doi(text)).rstrip("].,;:}>")
        if doi and not _OTHERS_DOI.match(doi) and len(doi) > 9 and not doi.endswith(("/", "-")):
            return doi.lower()
    return ""


def _year(margins: Sequence[str], printed: Sequence[str], info: Mapping[str, str], xmp: str) -> int | None:
    """The year of publication: from the metadata, from what is printed, else that of the file if the page names it."""
    for value in _field(xmp, "prism:publicationDate", "prism:coverDate", "prism:coverDisplayDate"):
        found = _ANY_YEAR.search(value)
        if found:
            return int(found.group(1))
    head = "\n".join([*margins, *printed])
    for pattern in _YEARS:
        found = pattern.search(head)
        if found:
            return int(found.group(1))
    created = re.search(_YEAR, info.get("CreationDate", ""))
    if created and any(str(int(created.group(1)) + shift) in head for shift in (0, -1, 1)):
        return int(created.group(1))
    return None


def _journal(margins: Sequence[str], printed: Sequence[str], xmp: str) -> str:
    named = _field(xmp, "prism:publicationName")
    if named:
        return named[0]
    for text in (*margins, *printed[:6], *printed[-6:]):
        found = _JOURNAL.search(text)
        if found and len(found.group("journal").split()) <= 8:
            return found.group("journal").strip(" ,.")
    return ""


def _authors(lines: Sequence[Line], title_line: int, info: Mapping[str, str], xmp: str) -> tuple[str, ...]:
    """The line under the title if all of it are names, or the XMP's list: a part of the authors is worse than none."""
    page = _letters("".join(line.text for line in lines))
    listed = [name for name in _field(xmp, "dc:creator") if _is_name(name) and _letters(name.split()[-1]) in page]
    byline = _byline(lines, title_line)
    if byline and len(byline) >= len(listed):
        return byline
    if listed:
        return tuple(listed)
    written = [name.strip() for name in re.split(r"\s*[,;]\s*|\s+and\s+", info.get("Author", "")) if name.strip()]
    return tuple(written) if len(written) > 1 and all(_is_name(name) for name in written) else ()


def _is_name(text: str) -> bool:
    """Two to six words of which the last, and all but particles (van, de), begin with a capital."""
    words = [word for word in text.replace(",", " ").split() if word]
    if not 2 <= len(words) <= 6 or len(text) > 60 or not _NAME_PART.match(words[-1]):
        return False
    return all(word.casefold() in _PARTICLES or _NAME_PART.match(word) for word in words)


def _byline(lines: Sequence[Line], title_line: int) -> tuple[str, ...]:
    if title_line < 0:
        return ()
    text = ""
    size = 0.0
    for line in lines[title_line + 1 : title_line + 13]:
        if size and abs(line.size - size) > 0.12 * size:
            break
        if (
            section_kind(line.text) == "abstract"
            or "@" in line.text
            or "doi" in line.text.lower()
            or line.size > 1.9 * (size or line.size)
        ):
            break
        size = size or line.size
        text = f"{text} {line.text}"
    text = _GROUP.sub("", text)
    text = _MARKS.sub(",", _DEGREES.sub(",", text))
    names = [name.strip(" .,") for name in _BETWEEN.split(text)]
    names = [name.removeprefix("and ").strip() for name in names if len(name) > 1]
    if not names:
        return ()
    good = [name for name in names if _is_name(name) and section_kind(name) == "other"]
    return tuple(good) if len(good) == len(names) and any(" " in name for name in good) else ()

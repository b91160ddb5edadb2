"""From elements in reading order to the sections of a paper: front matter and references left out, headings nested."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ingest.papers import SectionKind
from ingest.readers.pdf_layout import Style
from ingest.readers.pdf_paragraphs import Element
from ingest.readers.sections import bare_heading, is_back_matter, section_kind

__all__ = ["Part", "parts"]

_RUN_IN_ABSTRACT = re.compile(r"^(?:abstract|summary)\s*[:.—–|-]+\s*", re.IGNORECASE)
_LABEL = re.compile(r"^(?P<label>[A-Z][A-Za-z/&, -]{2,60}?)\s*[:.—–]\s*(?=[\w(\"“‘'])")
_LABELS = re.compile(
    r"^(?:background|context|objectives?|aims?|purpose|importance|introduction|rationale|hypothesis|methods?|design|"
    r"setting|patients?|participants?|interventions?|main outcome|outcomes?|measurements?|materials?|experimental|"
    r"results?|findings?|discussion|conclusions?|interpretation|significance|limitations?|funding|"
    r"trial registration|registration|"
    r"clinical trial|data sources?|study selection|relevance|evidence|statistical)\b",
    re.IGNORECASE,
)
_FRONT = re.compile(
    r"^\W*(?:\d\s*)?(?:correspond|©|\(c\) |copyright|full list of author|key\s?words?\b|received\b|accepted\b|"
    r"citation\b|edited by|reviewed by|e-?mail|open access|this is an open.access|how to cite|cite this|"
    r"article history|published|"
    r"author affiliations?|affiliations?\b|equal contrib|these authors|orcid|handling editor|specialty section|"
    r"to whom correspondence|submitted|conflicts? of interest)",
    re.IGNORECASE,
)
_AFFILIATION = re.compile(
    r"\b(?:universit|hospital|institut|department|school of|college|faculty|division of|"
    r"cent(?:er|re) (?:for|of)|clinic)\w*",
    re.IGNORECASE,
)
_REFERENCES = re.compile(r"(?:references?|bibliography|literature|works cited|literature cited)\b", re.IGNORECASE)
_ADDRESSES = re.compile(
    r"authors? (?:details|affiliations)|(?:authors and )?affiliations|authors?$|about the authors?|publishers? note|"
    r"pre ?publication history|open access|rights and permissions",
    re.IGNORECASE,
)
_REFERENCE = re.compile(r"^\[?\d{1,3}[.\])]?\s+[A-Z].*\b(?:19|20)\d\d\b", re.DOTALL)
_MAIN: frozenset[SectionKind] = frozenset(("introduction", "methods", "results", "discussion", "conclusions"))
_PLAIN = re.compile(
    r"(?:introduction|background|(?:materials?|patients?|subjects?|participants?)? ?(?:and )?methods?"
    r"(?: (?:and )?\w+)?|"
    r"experimental (?:section|procedures)|results?(?: and discussion)?|findings|discussion(?: and conclusions?)?|"
    r"conclusions?)$"
)
_Style = tuple[float, str, bool]


@dataclass(frozen=True, slots=True)
class Part:
    """What becomes one section: paragraphs under one heading, or one float."""

    kind: SectionKind
    title: str
    elements: tuple[Element, ...]


def parts(found: Sequence[Element], style: Style) -> list[Part]:
    """The sections of a paper, from its abstract (or what comes first) to where the references begin."""
    top = _top_styles(found)
    start, kind = _beginning(found)
    draft = _Draft(kind, style)
    for position, element in enumerate(found[start:], start):
        if element.role == "heading":
            after = next((other for other in found[position + 1 :] if other.role == "paragraph"), None)
            draft.heading(element, top, after, found[position + 1 :])
        elif element.role == "paragraph":
            draft.paragraph(element)
        else:
            draft.aside(element)
    return draft.finish()


def _top_styles(found: Sequence[Element]) -> frozenset[_Style]:
    """The types in which the paper sets Introduction, Methods, Results, Discussion: the last of each, as an abstract's
    own headings come first."""
    last: dict[SectionKind, _Style] = {}
    for element in found:
        if element.role == "heading" and _PLAIN.match(bare_heading(element.text)) and element.depth <= 1:
            last[section_kind(element.text)] = element.style
    sizes = Counter(last.values())
    largest = max((style[0] for style in sizes), default=0.0)
    return frozenset(style for style in sizes if style[0] >= largest - 0.6)


def _beginning(found: Sequence[Element]) -> tuple[int, SectionKind]:
    """Where the text begins and in what kind of section: the abstract, or the first prose after the title."""
    early = [k for k, element in enumerate(found) if element.first_page <= 3]
    for k in early:
        element = found[k]
        if element.role == "heading" and section_kind(element.text) == "abstract":
            return k, "other"
        if element.role == "paragraph" and _RUN_IN_ABSTRACT.match(element.text):
            return k, "abstract"
    for k in early:
        element = found[k]
        if element.role == "heading" and section_kind(element.text) in _MAIN:
            before = [i for i in early if i < k and _is_prose(found[i])]
            return (before[0], "abstract") if before else (k, "other")
        label = _LABEL.match(element.text) if element.role == "paragraph" else None
        if label and _LABELS.match(label["label"]) and len(element.text) > 120:
            return k, "abstract"
    first = next((k for k in early if _is_prose(found[k])), 0)
    return first, "other"


def _is_prose(element: Element) -> bool:
    """A paragraph of the text, and not authors, affiliations or a notice."""
    text = element.text
    if element.role != "paragraph" or len(text) < 200 or _FRONT.match(text):
        return False
    return text.count(". ") + text.endswith(".") >= 2 and len(_AFFILIATION.findall(text)) < 3


class _Draft:
    """The sections as they grow."""

    def __init__(self, kind: SectionKind, style: Style) -> None:
        self._style = style
        self._parts: list[Part] = []
        self._open: list[Element] = []
        self._kind: SectionKind = kind
        self._title = "Abstract" if kind == "abstract" else ""
        self._stack: list[tuple[Element, SectionKind]] = []
        self._skipping: Element | None = None
        self._references = False

    def heading(self, element: Element, top: frozenset[_Style], after: Element | None, rest: Sequence[Element]) -> None:
        kind = section_kind(element.text)
        is_top = element.style in top or (kind == "abstract" and not self._parts)
        back = self._is_back(element, is_top, after)
        bare = bare_heading(element.text)
        references = bool(_REFERENCES.match(bare)) and is_back_matter(element.text)
        if references or (back and _ADDRESSES.match(bare)):
            self._close()
            self._skipping = element
            self._references = self._references or references
            self._stack = []
            return
        if self._skipping is not None:
            ends = is_top or back or (not self._references and element.style == self._skipping.style)
            if not ends or (self._references and kind == "other" and not back and not _is_appendix(element.text)):
                return
            self._skipping = None
        self._close()
        in_abstract = bool(self._stack) and self._stack[0][1] == "abstract"
        if in_abstract and (not is_top or self._again(element, kind, rest)) and kind != "abstract":
            self._stack = [*self._stack[:1], (element, "abstract")]
        else:
            self._nest(element, kind, is_top or back)
        self._kind = next((k for _, k in self._stack if k != "other"), "other")
        self._title = " > ".join(_tidy(heading.text) for heading, _ in self._stack)

    def _is_back(self, element: Element, is_top: bool, after: Element | None) -> bool:
        if not is_back_matter(element.text):
            return False
        if is_top or self._skipping is not None or not self._stack or (after is not None and after.small):
            return True
        return self._stack[0][1] not in ("introduction", "methods", "results")

    def _again(self, element: Element, kind: SectionKind, rest: Sequence[Element]) -> bool:
        """Whether the main headings are still to come in the same type: then this one is a part of the abstract."""
        alike = [section_kind(e.text) for e in rest if e.role == "heading" and e.style == element.style]
        if kind in _MAIN:
            return kind in alike
        return "introduction" in alike and "methods" in alike

    def _nest(self, element: Element, kind: SectionKind, is_top: bool) -> None:
        if is_top:
            self._stack = [(element, kind)]
            return
        for depth, (above, _) in enumerate(self._stack):
            same = above.style == element.style and above.depth == element.depth
            if same or (above.depth and element.depth and above.depth >= element.depth):
                self._stack = self._stack[:depth]
                break
        self._stack = [*self._stack[:3], (element, kind)]

    def paragraph(self, element: Element) -> None:
        if self._skipping is not None:
            return
        if element.small and element.first_page == 1 and _is_notice(element.text):
            return
        if _FRONT.match(element.text) and element.first_page <= 2 and self._kind in ("abstract", "other"):
            return
        if self._kind == "abstract":
            self._abstract(element)
        elif not (len(self._open) > 3 and _REFERENCE.match(element.text) and _REFERENCE.match(self._open[-1].text)):
            self._open.append(element)

    def _abstract(self, element: Element) -> None:
        """A paragraph of the abstract; "Methods: ..." opens a part of its own, another type ends the abstract."""
        body = not element.small and (element.style[:2] != self._first_style() or element.first_page > 2)
        if body and self._parts and self._style_changed(element):
            self._close()
            self._kind, self._title, self._stack = "introduction", "", []
            self._open.append(element)
            return
        run_in = _RUN_IN_ABSTRACT.match(element.text)
        if run_in:
            element = _without(element, run_in.end())
        label = _LABEL.match(element.text)
        if label and _LABELS.match(label["label"]):
            self._close()
            self._title = f"Abstract > {label['label'].strip()}"
            element = _without(element, label.end())
        self._open.append(element)

    def _first_style(self) -> tuple[float, str] | None:
        first = next((e for part in self._parts if part.kind == "abstract" for e in part.elements), None)
        first = first or (self._open[0] if self._open else None)
        return first.style[:2] if first else None

    def _style_changed(self, element: Element) -> bool:
        first = self._first_style()
        return first is not None and abs(first[0] - element.style[0]) >= 0.5

    def aside(self, element: Element) -> None:
        """A figure's caption, a table or a note: a section of its own, after which the open one goes on."""
        if element.role == "note":
            if (
                self._skipping is None
                and element.first_page > 1
                and len(element.text) > 60
                and not _FRONT.match(element.text)
            ):
                self._add("other", "", [element])
            return
        if element.text:
            kind: SectionKind = "table" if element.role == "table" else "figure"
            self._add(kind, element.label or kind.capitalize(), [element])

    def _add(self, kind: SectionKind, title: str, elements: Sequence[Element]) -> None:
        self._close()
        self._parts.append(Part(kind, title, tuple(elements)))

    def _close(self) -> None:
        if self._open:
            self._parts.append(Part(self._kind, self._title, tuple(self._open)))
            self._open = []

    def finish(self) -> list[Part]:
        self._close()
        return self._parts


def _is_notice(text: str) -> bool:
    return (
        bool(_FRONT.match(text)) or (len(_AFFILIATION.findall(text)) >= 1 and len(text) < 600) or "licens" in text[:300]
    )


def _is_appendix(title: str) -> bool:
    return bare_heading(title).startswith(("appendi", "annex", "box", "figure legend", "tables"))


def _tidy(title: str) -> str:
    return title.strip().rstrip(":.| ")


def _without(element: Element, length: int) -> Element:
    """The element without the first `length` characters of its text."""
    pages = [(max(offset - length, 0), page) for offset, page in element.pages]
    return replace(element, text=element.text[length:], pages=pages)

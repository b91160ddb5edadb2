"""Abstracts that come as one string: markup to what a reader sees, labels ("METHODS: ...") to headed parts."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from ingest.readers.sections import is_back_matter, section_kind

__all__ = ["Part", "headed_parts", "heading", "plain_text", "without_tail"]

Part = tuple[str, str]
"""A heading, "" where there is none, and the paragraph below it."""

_TAG = re.compile(
    r"</?(?:jats:|mml:|x?html:)?(?:p|i|b|u|em|strong|italic|bold|sup|sub|sec|title|br|hr|div|span|font|abstract|list"
    r"|list-item|ul|ol|li|inline-formula|alternatives|tex-math|a|sc|h[1-6])(?:\s[^<>]{0,300})?/?>",
    re.I,
)
_BLOCK_TAG = re.compile(r"</?(?:jats:)?(?:p|sec|br|div|li|title|h[1-6])\b", re.I)
_TITLE = re.compile(r"<(jats:title|title|h[1-6])>\s*([^<>]{1,80}?)\s*:?\s*</\1>", re.I)
_POWER = re.compile(r"(?<=\d)<(?:jats:)?sup>(?=\s*[-−–+]?\d)", re.I)
_INDEX = re.compile(r"(?<=\d)<(?:jats:)?sub>(?=\s*\d)", re.I)
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b\u2060\ufeff\u00ad]")
_TRUNCATED = re.compile(r"\s*\(ABSTRACT TRUNCATED(?: AT \d+ WORDS)?\)\s*$")
_COPYRIGHT = re.compile(r"\s*(?:Copyright\s+)?©\s*(?:\d{4}|The Authors?|Copyright)\b.{0,200}$", re.I)
_LABEL = re.compile(r"(?:(?<=\A)|(?<=[.?!)\]%\"”])\s+)([A-Z][A-Za-z ,/&'’()-]{2,60}?)\s?:\s+(?=\S)")
_UNLABELLED = frozenset(("unlabelled", "unassigned", "abstract", "summary", ""))


def plain_text(text: str) -> str:
    """One line without tags, character entities and control characters; a power stays apart from its number."""
    if "<" in text:
        text = _TITLE.sub(lambda title: "" if heading(title[2]) == "" else f" {title[2]}: ", text)
        text = _INDEX.sub("_", _POWER.sub("^", text))
        text = _TAG.sub(lambda tag: " " if _BLOCK_TAG.match(tag[0]) else "", text)
    if "&" in text:
        text = html.unescape(html.unescape(text) if "&amp;" in text else text)
    return " ".join(_CONTROL.sub("", text).split())


def heading(label: str) -> str:
    """A label as a heading: "METHODS AND RESULTS:" is "Methods and results"; "" for what is none."""
    label = " ".join(label.split()).rstrip(":.| ")
    if len(label) > 100 or label.lower() in _UNLABELLED:
        return ""
    if not label.isupper():
        return label
    words = [word if any(c.isdigit() for c in word) else word.lower() for word in label.split(" ")]
    return words[0][:1].upper() + words[0][1:] + "".join(f" {word}" for word in words[1:])


def headed_parts(text: str) -> Sequence[Part]:
    """The parts of an abstract that is one string: headed where it opens with a label and holds another one.

    A label is a known section's name, or six letters or more in capitals, at the beginning or after a sentence.
    """
    text = without_tail(text)
    labels = [match for match in _LABEL.finditer(text) if _is_label(match[1])]
    if len(labels) < 2 or labels[0].start():
        return [("", text)]
    ends = [*(label.start() for label in labels[1:]), len(text)]
    return [(heading(label[1]), text[label.end() : end].strip()) for label, end in zip(labels, ends, strict=True)]


def without_tail(text: str) -> str:
    """An abstract without the publisher's copyright line and the note that it was cut."""
    return _COPYRIGHT.sub("", _TRUNCATED.sub("", text)).strip()


def _is_label(label: str) -> bool:
    if section_kind(label) not in ("other", "table", "figure") or is_back_matter(label):
        return len(label.split()) <= 5 or label.isupper()
    return label.isupper() and sum(c.isalpha() for c in label) >= 6

"""Markdown to headings and plain paragraphs. Lenient: what is not understood stays as it stands."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["Block", "blocks", "is_markdown"]


@dataclass(frozen=True, slots=True)
class Block:
    """A heading of `level` 1 to 6, or a paragraph (`level` 0); table rows are lines of one paragraph."""

    level: int
    text: str


_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*$")
_SETEXT = re.compile(r" {0,3}(=+|-{2,})[ \t]*$")
_FENCE = re.compile(r" {0,3}(?:```|~~~)")
_RULE = re.compile(r" {0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$")
_BULLET = re.compile(r"[ \t]*(?:[-*+•]|\d{1,3}[.)])[ \t]+(?=\S)")
_QUOTE = re.compile(r"\A {0,3}(?:>[ \t]?)+")
_TABLE_RULE = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")
_DEFINITION = re.compile(r" {0,3}\[[^\]]+\]:[ \t]+\S+")
_TAG = re.compile(
    r"</?(?:a|abbr|b|blockquote|br|center|code|details|div|em|font|h[1-6]|hr|i|img|kbd|li|mark|ol|p|small|span|strong|sub|summary"
    r"|sup|table|tbody|td|th|thead|tr|u|ul)\b[^<>]{0,400}>",
    re.I,
)
_POWER = re.compile(r"(?<=\d)<sup>\s*([^<>]{1,12}?)\s*</sup>", re.I)
_IMAGE = re.compile(r"!\[[^\]]*\](?:\([^()\s]*(?:\([^()]*\)[^()\s]*)?(?:\s+\"[^\"]*\")?\)|\[[^\]]*\])")
_LINK = re.compile(r"\[([^\[\]]+)\](?:\([^()\s]*(?:\([^()]*\)[^()\s]*)?(?:\s+\"[^\"]*\")?\)|\[[^\]]*\])")
_AUTOLINK = re.compile(r"<((?:https?://|mailto:)?[^\s<>]+[@/.][^\s<>]+)>")
_STRONG = re.compile(r"(?<!\w)(\*\*|__)(?=\S)(.{1,2000}?)(?<=\S)\1(?!\w)", re.S)
# a star within a word is no emphasis: HLA-A*02:01
_EMPHASIS = re.compile(r"(?<![\w*\\])([*_])(?=[^\s*_])([^*\n]{0,2000}?)(?<=[^\s\\])\1(?![\w*])", re.S)
_CODE = re.compile(r"(`{1,4})([^`].{0,2000}?)\1", re.S)
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+.!<>|~-])")


def is_markdown(text: str) -> bool:
    """Whether a text has Markdown's headings; without them its stars and underscores are left alone."""
    return re.search(r"^#{1,6}[ \t]+\S", text, re.M) is not None


def blocks(text: str) -> Iterator[Block]:
    """Headings and paragraphs; list items are paragraphs, table rows "header: cell; header: cell" lines."""
    lines = [_QUOTE.sub("", line) for line in _without_comments(text).split("\n")]
    paragraph: list[str] = []
    fenced = False
    index = 0

    def ended() -> Iterator[Block]:
        words = _plain(" ".join(paragraph))
        paragraph.clear()
        if words:
            yield Block(0, words)

    while index < len(lines):
        line = lines[index]
        index += 1
        if _FENCE.match(line):
            yield from ended()
            fenced = not fenced
        elif fenced:
            paragraph.append(line)
        elif not line.strip() or _DEFINITION.match(line):
            yield from ended()
        elif heading := _HEADING.match(line):
            yield from ended()
            yield Block(len(heading[1]), _plain(heading[2]))
        elif paragraph and (under := _SETEXT.match(line)):
            title = _plain(" ".join(paragraph))
            paragraph.clear()
            yield Block(1 if under[1][0] == "=" else 2, title)
        elif _RULE.match(line):
            yield from ended()
        elif "|" in line and index < len(lines) and "|" in lines[index] and _TABLE_RULE.match(lines[index]):
            yield from ended()
            end = index + 1
            while end < len(lines) and "|" in lines[end]:
                end += 1
            rows = _rows(line, lines[index + 1 : end])
            index = end
            if rows:
                yield Block(0, rows)
        else:
            bullet = _BULLET.match(line)
            if bullet:
                yield from ended()
                line = line[bullet.end() :]
            paragraph.append(line.strip())
    yield from ended()


def _without_comments(text: str) -> str:
    kept = []
    while "<!--" in text:
        before, _, after = text.partition("<!--")
        kept.append(before)
        _, closed, text = after.partition("-->")
        if not closed:
            text = after
            break
    return "".join([*kept, text])


def _rows(header: str, rows: list[str]) -> str:
    names = _cells(header)
    lines = []
    for row in rows:
        cells = _cells(row)
        named = [(names[i] if i < len(names) else "", cell) for i, cell in enumerate(cells) if cell]
        lines.append("; ".join(f"{name}: {cell}" if name else cell for name, cell in named))
    return "\n".join(filter(None, lines))


def _cells(row: str) -> list[str]:
    row = row.strip().removeprefix("|")
    row = row[:-1] if row.endswith("|") and not row.endswith("\\|") else row
    return [_plain(cell) for cell in re.split(r"(?<!\\)\|", row)]


def _plain(text: str) -> str:
    """Emphasis, links, images, tags and escapes reduced to what a reader would see."""
    if "<" in text:
        text = _AUTOLINK.sub(r"\1", text)
        text = _TAG.sub(
            lambda tag: " " if tag[0].lower().startswith(("<br", "<p", "<li", "<t")) else "", _POWER.sub(r"^\1", text)
        )
    if "[" in text:
        text = _LINK.sub(r"\1", _IMAGE.sub("", text))
    text = _CODE.sub(r"\2", text)
    for _ in range(2):
        text = _EMPHASIS.sub(r"\2", _STRONG.sub(r"\2", text))
    return " ".join(html.unescape(_ESCAPE.sub(r"\1", text)).split())

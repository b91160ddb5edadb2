"""What of a paper tells how a study was done: its title, its abstract, the beginnings of its methods.

Everything read here is cut to a fixed length, so that the rules cost the same whatever a file holds; and it is in one
plain spelling, so that the rules need not know of kinds of dashes and spaces.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingest.papers import Paper, Section

__all__ = ["MOST_LEAD", "MOST_METHODS", "MOST_TITLE", "Excerpt", "excerpt", "plain"]

MOST_TITLE, MOST_LEAD, MOST_METHODS = 1_000, 6_000, 12_000
"""Characters of each part that are read at most."""

_RUN_ON = re.compile(r"(?<=[a-z0-9%)])\.(?=[A-Z][A-Za-z]{2})")  # "was measured.METHODS: We"

_BEGINNING = 1_200  # characters of one section of the methods: what is done to whom stands first
_WITHOUT_ABSTRACT = 3_000  # characters of a text without an abstract that are read for one
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2212"
_SPACES = "\u00a0\u2002\u2003\u2009\u200a\u202f\n\t"
_PLAIN = str.maketrans({**dict.fromkeys(_DASHES, "-"), **dict.fromkeys(_SPACES, " "), "’": "'", "®": "", "™": ""})


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The parts that the rules read, in plain spelling; `lead` is the abstract, or the beginning where there is none.

    `told` is title and abstract in lower case, where most rules look.
    """

    title: str
    lead: str
    methods: str
    told: str


def excerpt(paper: Paper) -> Excerpt:
    """What the rules read of `paper`: never more than MOST_TITLE, MOST_LEAD and MOST_METHODS characters."""
    title = plain(paper.title[:MOST_TITLE])
    lead = " ".join(_cut(paper, "abstract", MOST_LEAD, MOST_LEAD)) or paper.text[:_WITHOUT_ABSTRACT]
    lead = plain(lead[:MOST_LEAD])
    methods = plain(" ".join(_cut(paper, "methods", _BEGINNING, MOST_METHODS))[:MOST_METHODS])
    return Excerpt(title, lead, methods, f"{title.rstrip('. ')}. {lead}".lower())


def plain(text: str) -> str:
    """The text with one kind of dash, space and apostrophe, without trade marks, and a space after each sentence."""
    return _RUN_ON.sub(". ", text.translate(_PLAIN))


def _cut(paper: Paper, kind: str, each: int, most: int) -> list[str]:
    """The heading and the first `each` characters of the sections of that kind, until `most` are together."""
    found: list[str] = []
    for section in paper.sections:
        if section.kind == kind:
            found.append(f"{_heading(section)}{paper.text[section.start : min(section.end, section.start + each)]}")
            most -= len(found[-1])
            if most <= 0:
                break
    return found


def _heading(section: Section) -> str:
    """ "Methods: " of "Abstract > Methods"; the mere word "Abstract" says nothing."""
    last = section.title[:200].rpartition(" > ")[2].rstrip(" :.")
    return "" if not last or last.lower() == "abstract" else f"{last}: "

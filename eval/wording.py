"""One plain form in which texts of a question, an answer and a paper are compared."""

from __future__ import annotations

import re

__all__ = ["plain", "stands"]

_HYPHENS = re.compile("[-\u2010-\u2015\u2212]")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}\b)")


def plain(text: str) -> str:
    """Lower case, dashes and hyphens as spaces, thousands without commas, one space between words."""
    return " ".join(_THOUSANDS.sub("", _HYPHENS.sub(" ", text.casefold())).split())


def stands(name: str, text: str) -> bool:
    """Whether `name` stands in a plain text, not within a longer word or number."""
    return re.search(rf"(?<![\w.]){re.escape(plain(name))}(?!\w|\.\d)", text) is not None

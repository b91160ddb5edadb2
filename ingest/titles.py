"""Titles and names in the form in which they are compared. Standard library only."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["family_name", "title_key"]

_FEWEST_WORDS, _FEWEST_LETTERS = 5, 30
_TAG = re.compile(r"</?[a-z]{1,6}>", re.IGNORECASE)
_INITIALS = re.compile(r"(?:[A-Z]\.?-?){1,3}")
_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv"})


def title_key(title: str) -> str:
    """The letters and digits of a title: no case, accent, punctuation or white space, Greek letters by their names.

    "" for a title of fewer than 5 words and 30 letters ("Case report"), which says too little to know a paper by.
    White space goes altogether, because PDFs and styles differ on "anti-PD-1", "anti PD1" and divided words.
    """
    words = _words(_TAG.sub("", title))
    key = "".join(words)
    return key if len(words) >= _FEWEST_WORDS or len(key) >= _FEWEST_LETTERS else ""


def family_name(author: str) -> str:
    """The last word of the family name, folded as titles are: of "Cora van Muster", "van Muster C", "Muster, Cora"."""
    family, comma, _ = author.partition(",")
    words = family.split()
    while not comma and len(words) > 1 and ("".join(_words(words[-1])) in _SUFFIXES or _INITIALS.fullmatch(words[-1])):
        words.pop()
    return "".join(_words(words[-1])) if words else ""


def _words(text: str) -> list[str]:
    spelled = "".join(_spelled(letter) for letter in unicodedata.normalize("NFKD", text).replace("&", " and "))
    return re.findall(r"[^\W_]+", spelled.casefold())


def _spelled(letter: str) -> str:
    """A Greek letter as its name ("beta"), a combining accent as nothing, all else as it is."""
    if unicodedata.combining(letter):
        return ""
    kind, _, name = unicodedata.name(letter, "").partition(" LETTER ")
    if kind in {"GREEK SMALL", "GREEK CAPITAL"}:
        return name.removeprefix("FINAL ").split()[0].replace("LAMDA", "LAMBDA")
    return letter

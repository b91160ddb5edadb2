"""Terms in a text: one pass of an Aho-Corasick automaton over its words, whatever the size of the vocabulary.

Text and terms are read as words: runs of letters, runs of digits, single Greek letters by their names, single marks.
Hyphens, dashes and white space part words and are not read, and British spellings count as American ones, so that
PD-L1, PD L1 and PDL1, IFN-γ and IFNgamma's Greek spelling, non-small-cell and non-small cell are one. Every word knows
where it stands, so that a mention's span is exact in the original text whatever was done to its letters.

What is found holds when
- it is whole: no letter or digit touches it, but for the digits of a reference that a reader left stuck to a long word;
- an exact term stands in its own case (a plural "s" may follow), and not in a heading in capitals;
- of a guarded term, one of the words that it wants stands within 25 words, or the text names its concept in another
  way. One such place is enough for the text: a text uses an abbreviation in one sense (Gale, Church and Yarowsky, HLT
  1992, say so of words in a discourse). What must stand ahead must do so at every place, within 3 words;
- no longer one begins at the same place, and none before it reaches into it.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from ingest.vocabulary.terms import Concept, Term

if TYPE_CHECKING:
    from ahocorasick import Automaton

__all__ = ["Mention", "Tagger", "key"]

_GREEK = "\u0370-\u03ff"
_RAISED = "²³¹\u2070-\u209c"  # and lowered
_UNSEEN = "\u0300-\u036f\u00ad\u200b-\u200d\u2060\ufeff"  # accents on their own, soft hyphens, characters of no width
_HYPHENS = "\\-\u2010-\u2015\u2212"
_LETTER = rf"[^\W\d_{_GREEK}{_RAISED}]"
_WORD = re.compile(
    rf"(?P<letters>{_LETTER}+(?:[{_UNSEEN}]+{_LETTER}*)*)"
    rf"|(?P<digits>\d+)|(?P<greek>[{_GREEK}])|(?P<raised>[{_RAISED}]+)"
    rf"|['’]s\b|[{_UNSEEN}]+"  # not read: Hodgkin's lymphoma is Hodgkin lymphoma
    rf"|(?P<break>\n\s*\n)|(?P<mark>[^\w\s{_HYPHENS}]|_)"
)
_BRITISH = re.compile("tumour|aemi|haem|oesoph|oedema|rhoea|paed|coel")
_AMERICAN = {"tumour": "tumor", "oesoph": "esoph", "oedema": "edema", "rhoea": "rhea", "coel": "cel"}
_APART = frozenset({"mark", "break"})
_LONG = 6  # letters of a word that digits may touch
_NEAR = 25  # words on either side
_AHEAD = 3
_CAPITALS = 2  # words of four letters and more, of the three on either side, that tell a heading in capitals


@dataclass(frozen=True, slots=True)
class Mention:
    """A concept named in a text, at `text[start:end]`."""

    concept: Concept
    start: int
    end: int


class _Word(NamedTuple):  # a text makes thousands, and a tuple is made four times as fast as a frozen dataclass
    """`folded` is what is compared; `raw` what stands in the text."""

    folded: str
    raw: str
    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Found:
    """A term at words `first` to `last`."""

    term: Term
    first: int
    last: int


class Tagger:
    """Finds the terms it was made with. Building it takes some tens of milliseconds for a few thousand."""

    def __init__(self, terms: Iterable[Term]) -> None:
        from ahocorasick import Automaton

        by_key: dict[str, list[tuple[Term, tuple[str, ...]]]] = defaultdict(list)
        for term in terms:
            words = list(_words(term.text))
            raws = tuple(word.raw for word in words)
            for folded in _numbers([word.folded for word in words]):
                by_key[folded].append((term, raws))
        self._automaton: Automaton = Automaton()
        for folded, entries in by_key.items():
            self._automaton.add_word(f" {folded} ", (folded.count(" ") + 1, entries))
        if by_key:
            self._automaton.make_automaton()

    def mentions(self, text: str) -> list[Mention]:
        """The mentions in order; two concepts of different kinds may share a place."""
        words = list(_words(text))
        found = _meant(list(self._found(words)), words)
        return [
            Mention(one.term.concept, words[one.first].start, words[one.last].end)
            for one in _longest(found)
            if one.term.concept is not None
        ]

    def _found(self, words: Sequence[_Word]) -> Iterator[_Found]:
        """Every whole term in its own case."""
        if not words or not len(self._automaton):
            return
        line = f" {' '.join(word.folded for word in words)} "
        place = -1
        ends: dict[int, int] = {}
        for index, word in enumerate(words):
            place += len(word.folded) + 1
            ends[place + 1] = index
        for end, (length, entries) in self._automaton.iter(line):
            last = ends.get(end)
            if last is None:  # a white space within a folded word
                continue
            first = last - length + 1
            if first < 0 or not _whole(words, first, last):
                continue
            for term, raws in entries:
                if term.exact and not _same_case(raws, words, first, last):
                    continue
                after = words[last + 1 : last + 1 + _AHEAD]
                if not term.ahead or any(word.folded.startswith(term.ahead) for word in after):
                    yield _Found(term, first, last)


def key(name: str) -> str:
    """The form in which names are compared: "PD-L1", "PD L1" and "pdl1" have one key."""
    return " ".join(word.folded for word in _words(name))


def _words(text: str) -> Iterator[_Word]:
    for match in _WORD.finditer(text):
        kind = match.lastgroup
        if kind is None:
            continue
        raw = match.group()
        yield _Word(_folded(raw, kind), raw, kind, match.start(), match.end())


def _folded(raw: str, kind: str) -> str:
    if kind == "letters":
        return _spelled(raw)
    if kind == "greek":
        return _greek(raw)
    if kind == "raised":
        return unicodedata.normalize("NFKC", raw)
    return "¶" if kind == "break" else raw


@cache
def _greek(letter: str) -> str:
    name = unicodedata.name(letter, "?").rpartition(" LETTER ")[2].removeprefix("FINAL ").split()[0]
    return name.replace("LAMDA", "LAMBDA").casefold()


def _spelled(raw: str) -> str:
    """Letters without case, accents and unseen characters, in American spelling."""
    if not raw.isascii():
        raw = "".join(letter for letter in unicodedata.normalize("NFKD", raw) if letter.isalpha())
    folded = raw.casefold()
    return _BRITISH.sub(lambda match: _AMERICAN.get(match.group(), match.group().replace("ae", "e")), folded)


def _numbers(words: list[str]) -> Iterator[str]:
    """A term as it stands and in the plurals of its last word."""
    *before, last = words
    yield " ".join(words)
    if len(last) < 2 or not last.isalpha():
        return
    if last.endswith("sis"):
        plurals = [last[:-2] + "es"]
    elif last.endswith("y") and last[-2] not in "aeiou":
        plurals = [last[:-1] + "ies"]
    elif last.endswith(("x", "ch", "sh")):
        plurals = [last + "es"]
    elif last.endswith("s"):
        plurals = [last + "es", last + "s"]  # viruses, TLSs
    else:
        plurals = [last + "s"]
    for plural in plurals:
        yield " ".join((*before, plural))


def _whole(words: Sequence[_Word], first: int, last: int) -> bool:
    """Whether nothing touches the words from `first` to `last` that makes another name of them."""
    if first > 0 and words[first - 1].end == words[first].start and words[first - 1].kind not in _APART:
        return False
    if last + 1 == len(words) or words[last].end != words[last + 1].start:
        return True
    after = words[last + 1].kind
    reference = after == "digits" and words[last].kind == "letters" and len(words[last].raw) >= _LONG
    return reference or after == "raised" or after in _APART


def _same_case(raws: Sequence[str], words: Sequence[_Word], first: int, last: int) -> bool:
    here = [word.raw for word in words[first : last + 1]]
    if here[:-1] != list(raws[:-1]) or here[-1] not in (raws[-1], raws[-1] + "s"):
        return False
    return not _shouted(words, first, last)


def _shouted(words: Sequence[_Word], first: int, last: int) -> bool:
    """Whether the words around are all in capitals, as in a heading, so that an abbreviation cannot be told."""
    around = (*words[max(0, first - 3) : first], *words[last + 1 : last + 4])
    longer = [word.raw for word in around if word.kind == "letters" and len(word.raw) > 3]
    return len(longer) >= _CAPITALS and all(raw.isupper() for raw in longer)


def _meant(found: list[_Found], words: Sequence[_Word]) -> list[_Found]:
    """Those that are not guarded, and those whose guard the text satisfies."""
    named = {one.term.concept for one in found if not one.term.near}
    named |= {one.term.concept for one in found if one.term.near and _near(one, words)}
    return [one for one in found if not one.term.near or one.term.concept in named]


def _near(one: _Found, words: Sequence[_Word]) -> bool:
    around = (*words[max(0, one.first - _NEAR) : one.first], *words[one.last + 1 : one.last + 1 + _NEAR])
    return any(word.folded.startswith(one.term.near) for word in around)


def _longest(found: Iterable[_Found]) -> Iterator[_Found]:
    """Leftmost first, longest of these; terms of several concepts at one place all count, unless one is of none."""
    here: tuple[int, int] = (-1, -1)
    named: set[Concept | None] = set()
    for one in sorted(found, key=lambda one: (one.first, -one.last, one.term.concept is not None)):
        place = (one.first, one.last)
        if one.first > here[1]:
            here, named = place, set()
        elif place != here or not named.isdisjoint({one.term.concept, None}):
            continue
        named.add(one.term.concept)
        yield one

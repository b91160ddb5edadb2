"""The names of the field: which concepts a text names, and where; what a concept is called, and what is below it.

    >>> [mention.concept.id for mention in mentions("Keytruda in NSCLC")]
    ['drug:pembrolizumab', 'cancer:non-small cell lung cancer']

The names lie in the TOML files of this folder, see `terms`; how they are found in a text is told in `matching`. Nothing
is read before the first call.
"""

from __future__ import annotations

import difflib
import hashlib
import re
from functools import cache
from importlib.resources import files

from ingest.errors import UnknownConcept
from ingest.vocabulary.matching import Mention, Tagger, key
from ingest.vocabulary.terms import Concept, ConceptKind, all_concepts, all_terms, asked_names

__all__ = [
    "Concept", "ConceptKind", "Mention", "concept", "concepts", "concepts_in", "fingerprint", "mentions", "narrower",
]  # fmt: skip

_SUFFIX = re.compile(r"(?<=\w)-[a-z]{4}$")  # the FDA's of biologics: cemiplimab-rwlc
_LONGEST_NAME = 100
_SUGGESTIONS = 3


def mentions(text: str) -> list[Mention]:
    """Every mention in `text`, in order; they do not overlap, unless one phrase names concepts of several kinds."""
    return _tagger().mentions(text)


def concepts_in(text: str) -> frozenset[Concept]:
    """The concepts that `text` names, without what is broader than they."""
    return frozenset(mention.concept for mention in mentions(text))


def concept(kind: ConceptKind, name: str) -> Concept:
    """The concept of that kind that goes by `name`, in any case and spelling. Raises UnknownConcept."""
    names = _names(kind)
    name = name.strip()
    for wanted in (name, _SUFFIX.sub("", name)):
        if found := names.get(key(wanted[:_LONGEST_NAME])):
            return found
    shown = {key(spelled): spelled for one in concepts(kind) for spelled in (*one.synonyms, one.name)}
    nearest = difflib.get_close_matches(key(name[:_LONGEST_NAME]), shown, n=_SUGGESTIONS, cutoff=0.6)
    hint = f"did you mean {' or '.join(shown[one] for one in nearest)}?" if nearest else "try another name for it"
    raise UnknownConcept(f"no {kind} is called {name[:_LONGEST_NAME]!r} in the vocabulary; {hint}")


def narrower(concept: Concept) -> tuple[Concept, ...]:
    """The concept itself and everything below it, nearest first."""
    below = _below()
    found = {concept: None}
    todo = [concept]
    for one in todo:
        for child in below.get(one.id, ()):
            if child not in found:
                found[child] = None
                todo.append(child)
    return tuple(found)


def concepts(kind: ConceptKind | None = None) -> tuple[Concept, ...]:
    """All concepts, or those of one kind, in the order of the files."""
    return tuple(one for one in all_concepts() if kind is None or one.kind == kind)


@cache
def fingerprint() -> str:
    """16 hexadecimal digits that change with the TOML files and with the code that reads them and finds their names."""
    found = hashlib.sha256()
    for entry in sorted(files(__name__).iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith((".toml", ".py")):
            found.update(entry.name.encode())
            found.update(entry.read_bytes())
    return found.hexdigest()[:16]


@cache
def _tagger() -> Tagger:
    return Tagger(all_terms())


@cache
def _names(kind: ConceptKind) -> dict[str, Concept]:
    """Every name of a kind by its key; the names that a file gives go before the forms that follow from them."""
    given = {key(name): one for one in concepts(kind) for name in (one.name, *one.synonyms)}
    return {key(name): one for one, name in asked_names(kind)} | given


@cache
def _below() -> dict[str, tuple[Concept, ...]]:
    """The id of a concept -> the concepts right below it."""
    found: dict[str, list[Concept]] = {}
    for one in all_concepts():
        for broader in one.broader:
            found.setdefault(f"{one.kind}:{broader}", []).append(one)
    return {id: tuple(children) for id, children in found.items()}

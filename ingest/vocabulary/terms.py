"""Concepts and the terms that name them, as they lie in the TOML files of this package.

One file a kind (`cancers.toml`, `drugs.toml`, ...), one table a concept, whose header is the canonical name:

    ["PD-L1"]
    synonyms = ["B7-H1", "programmed death ligand 1"]     # in any case
    exact = ["UNI"]                                       # in this case only
    guarded = { IC = "PD score SP142" }                   # in this case, and only where the text speaks of it
    forms = { against = ["PD-1", "PDCD1"] }               # each with every form of that name in `forms.toml`
    broader = ["immune checkpoint"]
    ids = { hgnc = "HGNC:17635" }                         # confirmed ones only

The guard of a term is a list of beginnings of words, of which one must stand close by; see `matching`. With a ">" it
must be among the next few words (`advanced = ">cancer >melanom"`); "@disease" is a list of `forms.toml`. Plurals,
hyphens, Greek letters and British spellings need no entry of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal, get_args

__all__ = ["Concept", "ConceptKind", "Term", "all_concepts", "all_terms", "asked_names"]

ConceptKind = Literal["cancer", "drug", "biomarker", "event", "setting", "endpoint", "method"]


@dataclass(frozen=True, slots=True)
class Concept:
    """Something the field has names for. `name` is unique within its kind; `synonyms` are the other names people write.

    `ids` are (system, id), for example ("ncit", "C106432"); `broader` are names of concepts of the same kind.
    """

    kind: ConceptKind
    name: str
    synonyms: tuple[str, ...] = ()
    ids: tuple[tuple[str, str], ...] = ()
    broader: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return f"{self.kind}:{self.name}"


@dataclass(frozen=True, slots=True)
class Term:
    """One spelling of a concept; without a concept, a phrase that holds a name and does not speak of it.

    `exact`: only in this case; `near`: beginnings of words, of which one must stand close by (none: anywhere);
    `ahead`: likewise, but among the words that follow at once.
    """

    text: str
    concept: Concept | None
    exact: bool = False
    near: tuple[str, ...] = ()
    ahead: tuple[str, ...] = ()


@cache
def all_concepts() -> tuple[Concept, ...]:
    """Every concept, by kind and in the order of the files."""
    return tuple(
        Concept(
            kind=kind,
            name=name,
            synonyms=(*entry.get("synonyms", ()), *entry.get("exact", ()), *entry.get("guarded", ())),
            ids=tuple(entry.get("ids", {}).items()),
            broader=tuple(entry.get("broader", ())),
        )
        for kind in get_args(ConceptKind)
        for name, entry in _table(f"{kind}s").items()
    )


@cache
def all_terms() -> tuple[Term, ...]:
    """Every spelling of every concept, and the phrases that are none."""
    forms = _table("forms")
    terms = [term for concept in all_concepts() for term in _terms(concept, forms)]
    return (*terms, *(Term(phrase, None) for phrase in forms["none"]["phrases"]))


def asked_names(kind: ConceptKind) -> Iterator[tuple[Concept, str]]:
    """Names by which a concept of that kind can be asked for: its terms, their plurals apart, and the `asked` forms."""
    forms = _table("forms")
    for concept in all_concepts():
        if concept.kind != kind:
            continue
        for term in _terms(concept, forms):
            yield concept, term.text
        for name in (concept.name, *concept.synonyms):
            for form in forms.get(kind, {}).get("asked", ()):
                yield concept, form.format(name)


def _terms(concept: Concept, forms: dict[str, Any]) -> Iterator[Term]:
    entry = _table(f"{concept.kind}s")[concept.name]
    plain = entry.get("synonyms", [])
    if concept.name not in entry.get("exact", ()) and concept.name not in entry.get("guarded", ()):
        plain = [concept.name, *plain]
    own = forms.get(concept.kind, {})
    for name in plain:
        yield Term(name, concept)
        for form in own.get("every", ()):
            yield Term(form.format(name), concept)
    for form, names in entry.get("forms", {}).items():
        for name in names:
            for pattern in own[form]:
                yield Term(pattern.format(name), concept)
    for name in entry.get("exact", ()):
        yield Term(name, concept, exact=True)
    for name, near in entry.get("guarded", {}).items():
        words = (forms["near"][near[1:]] if near.startswith("@") else near).casefold().split()
        ahead = tuple(word[1:] for word in words if word.startswith(">"))
        yield Term(name, concept, exact=True, near=tuple(word for word in words if word[0] != ">"), ahead=ahead)


@cache
def _table(name: str) -> dict[str, Any]:
    import tomllib  # the command line's --help needs no vocabulary

    return tomllib.loads((files(__package__) / f"{name}.toml").read_text(encoding="utf-8"))

"""What a question and a text name, by whatever name: other names to search for, and one name to compare by."""

from __future__ import annotations

from ingest.vocabulary import concepts_in, mentions, narrower

__all__ = ["canonical", "renamed", "widened"]

# Measured on the questions that use another name than the paper: eval.bench names.
_OTHER_NAME = 0.25  # what another name of a concept weighs, shared among its words; the question's own weigh 1
_NARROWER = 0.2  # likewise of what is narrower: the drugs of a class
_MOST_NARROWER = 24


def canonical(text: str) -> str:
    """`text` with all that it names under the name that the vocabulary gives it: pembrolizumab for Keytruda."""
    written, end = [], 0
    for mention in mentions(text):
        if mention.start >= end:
            written += [text[end : mention.start], mention.concept.name]
            end = mention.end
    return "".join([*written, text[end:]])


def renamed(text: str) -> str:
    """`text`, and after it the same by canonical names where these are others: a vector for both.

    Put in place of the question instead, canonical names cost some papers that are found by the question's own."""
    other = canonical(text)
    return text if other == text else f"{text} {other}"


def widened(text: str) -> list[tuple[str, float]]:
    """Words to search for and their weights: `text` itself, other names of what it names, and what is narrower."""
    words = {text: 1.0}
    for concept in sorted(concepts_in(text), key=lambda concept: concept.id):
        itself, *below = narrower(concept)
        for name in (itself.name, *itself.synonyms):
            words.setdefault(name, _OTHER_NAME / len(name.split()))
        for one in below[:_MOST_NARROWER]:
            words.setdefault(one.name, _NARROWER / len(one.name.split()))
    return list(words.items())

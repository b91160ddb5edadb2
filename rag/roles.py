"""Who is who in a sentence that compares: what is looked at, what it is set against, what patients were on besides.

Told by the words that stand before and behind each name, not by grammar: "those given A lived longer than those given
B" is about A, against B; "in patients on A, B was linked to survival" about B.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ingest.vocabulary import Mention
from rag.report_words import (
    ADDED,
    ALIKE,
    AND,
    CONCOMITANT,
    CONTROLS,
    JOINED,
    LINK_TO,
    LINKED,
    LOW_BEFORE,
    LOW_BEHIND,
    LOW_WITHIN,
    MUTATED,
    MUTATED_BEFORE,
    REFERENCE,
    SECOND_ARM,
    THOSE,
    TO,
    WAS_ON,
)

__all__ = ["ASSAYS", "CONTROL", "Roles", "marked", "roles"]

CONTROL = "control"  # stands for placebo, observation and whatever else a control arm is called
ASSAYS = frozenset(f"biomarker:{name}" for name in ("22C3", "28-8", "SP142", "SP263", "73-10"))
_PLACEBO = "placebo"


@dataclass(frozen=True, slots=True)
class Roles:
    """`subjects` are what is looked at, each a combination; the rest are ids: what they are set against, what patients
    were on, and markers by which they were chosen, with "+" or "-" behind.
    """

    subjects: tuple[tuple[Mention, ...], ...]
    against: frozenset[str]
    therapy: frozenset[str]
    population: frozenset[str]


def roles(sentence: str, begin: int, close: int, named: Sequence[Mention]) -> Roles:
    """Who is who among what `sentence[begin:close]` names; `named` are its mentions."""
    drugs: list[Mention] = []
    markers: list[Mention] = []
    on: list[Mention] = []
    against: list[Mention] = []
    population: set[str] = set()
    alike = ALIKE.search(sentence, begin, close) is not None
    added = ADDED.search(sentence, begin, close) is not None
    cancers = [mention.start for mention in named if mention.concept.kind == "cancer"]
    last: tuple[int, list[Mention]] | None = None  # where the drug before ends, and its role
    for mention in named:
        kind, before = mention.concept.kind, sentence[begin : mention.start]
        if kind in ("biomarker", "event"):
            if mention.concept.id in ASSAYS or REFERENCE.search(before):
                continue
            if kind == "biomarker" and any(0 <= place - mention.end <= 14 for place in cancers):
                population.add(f"{mention.concept.id}{'-' if _is_low(sentence, mention) else '+'}")
            else:
                markers.append(mention)
        elif kind == "drug":
            if (alike and drugs and AND.search(before)) or ((drugs or on) and SECOND_ARM.search(before)):
                role = against
            elif last is not None and _goes_with(sentence[last[0] : mention.start], last[1] is against):
                role = last[1]
            elif REFERENCE.search(before):
                role = against
            elif (added and drugs and TO.search(before)) or (WAS_ON.search(before) and not THOSE.search(before)):
                role = on
            else:
                role = drugs
            role.append(mention)
            last = mention.end, role
    faced = {one.concept.id for one in against}
    shared = faced & {one.concept.id for one in drugs}  # the backbone, which both arms are given
    drugs = [one for one in drugs if one.concept.id not in shared and one.concept.name != _PLACEBO]
    controls = CONTROLS.finditer(sentence, begin, close)
    if shared or any(REFERENCE.search(sentence[begin : match.start()]) for match in controls):
        faced.add(CONTROL)
    faced -= {f"drug:{_PLACEBO}", *shared}
    if len(faced) > 1:
        faced.discard(CONTROL)
    subjects = _subjects(sentence, begin, close, drugs, markers)
    therapy = frozenset(shared.union(one.concept.id for one in on))
    if not subjects and on:
        subjects, therapy = [_each_once(on)], frozenset(shared)
    return Roles(tuple(subjects), frozenset(faced), therapy, frozenset(population))


def _goes_with(between: str, listed: bool) -> bool:
    """Whether the words between two drugs give them one role; a bare comma does in a list of what is compared with."""
    return bool(JOINED.fullmatch(between)) or (listed and between.strip() == ",")


def _subjects(
    sentence: str, begin: int, close: int, drugs: Sequence[Mention], markers: Sequence[Mention]
) -> list[tuple[Mention, ...]]:
    link = LINKED.search(sentence, begin, close)
    if link is not None and (markers or drugs):
        linked = sorted([*drugs, *markers], key=lambda one: one.start)
        reversed_link = LINK_TO.search(sentence, begin, close)
        place = reversed_link.start() if reversed_link else link.start()
        before = [one for one in linked if one.end <= place]
        behind = [one for one in linked if one.start >= place]
        nearest = (behind[:1] or before[-1:]) if reversed_link else (before[-1:] or behind[:1])
        if nearest and nearest[0].concept.kind == "drug":
            return [_each_once(drugs)]
        return [group for group in _together(sentence, markers) if nearest and nearest[0] in group]
    if drugs:
        return [_each_once(drugs)]
    return [
        _each_once(group) for group in _together(sentence, [one for one in markers if one.concept.kind == "biomarker"])
    ]


def _together(sentence: str, markers: Sequence[Mention]) -> list[tuple[Mention, ...]]:
    """Markers that are looked at in combination ("KRAS and STK11 mutations"), each other by itself."""
    groups: list[tuple[Mention, ...]] = []
    for one in markers:
        if groups and CONCOMITANT.fullmatch(sentence[groups[-1][-1].end : one.start]):
            groups[-1] = (*groups[-1], one)
        elif not any(one.concept == other.concept for group in groups for other in group):
            groups.append((one,))
    return groups


def _each_once(named: Sequence[Mention]) -> tuple[Mention, ...]:
    return tuple({mention.concept.id: mention for mention in reversed(named)}.values())[::-1]


def _is_low(sentence: str, mention: Mention) -> bool:
    return bool(
        LOW_BEFORE.search(sentence[: mention.start])
        or LOW_BEHIND.match(sentence[mention.end :])
        or LOW_WITHIN.search(sentence[mention.start : mention.end])
    )


def marked(sentence: str, mention: Mention) -> tuple[int, str]:
    """Whether a sentence speaks of much (1) or little (-1) of a marker, and whether of its mutation."""
    before, behind = sentence[: mention.start], sentence[mention.end :]
    aspect = "mutation" if MUTATED.match(behind) or MUTATED_BEFORE.search(before) else ""
    return (-1 if _is_low(sentence, mention) else 1), aspect

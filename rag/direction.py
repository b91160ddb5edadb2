"""Direction and negation: what a claim says went up, down or nowhere, the cited text does not say went otherwise.

Words of direction are compared about the same outcome, not how good they are: "shorter" is not "longer", whatever gets
shorter. Improved and worsened are about how good; they meet more and less only where the outcome tells (a longer
survival is a better one, more toxicity a worse). "No significant difference", "did not improve", "failed to",
"similar", "non-inferior" and p values from 0.05 on say that nothing was shown; so does "higher, but not significantly".
What was found to change is not "no difference", unless that is said of the groups. "Lower with B than with A" is
"higher with A than with B". Where the cited text speaks of the outcome in no such words, nothing is said against the
claim.
"""

from __future__ import annotations

from collections.abc import Sequence

from rag.abbreviations import abbreviated, abbreviations
from rag.arms_words import CONTROL, TREATED
from rag.direction_claims import Stated, outcome_of, stated_direction
from rag.direction_passages import Told, told_directions
from rag.direction_words import OPPOSITE, Sign
from rag.typography import one_spelling

__all__ = ["contradicted_direction"]

_ARMS_NAMED, _SHOWN = 0.3, 0.2  # of a statement that names the arms, or that a difference was significant
_MARGIN = 0.15  # statements this near to the strongest are heard with it

_GOOD = frozenset(
    "survival surviv respons respond remission quality function efficacy cure recoveri control adherenc complianc "
    "satisfaction knowledg capaciti strength success union heal mobiliti immunogenic".split()
)
_BAD = frozenset(
    "mortality mortaliti death toxicity toxiciti adverse pain recurrence recurrenc relaps relapse failure complic "
    "complication symptom fatigue anxieti anxiety depression bleed infection nausea vomit anorexia dyspnea progression "
    "hazard risk incidence event severiti severity cost attrition dropout bacteraemia hospitalization burden".split()
)


def contradicted_direction(claim: str, cited: Sequence[str], context: str = "") -> str | None:
    """Say where the `cited` texts contradict the direction of `claim`; None where they agree or do not tell.

    `context` is the text of the papers, for what they abbreviate.
    """
    known = {**abbreviations(context), **abbreviations(claim)}
    text = one_spelling(abbreviated(claim, known))
    stated = stated_direction(text)
    if stated is None:
        return None
    outcome = outcome_of(text, stated)
    verdicts: list[tuple[float, bool]] = []
    for source in cited:
        for nearness, told in told_directions(outcome, stated, one_spelling(abbreviated(source, known))):
            verdict = _verdict(stated, told, outcome)
            if verdict is not None:
                verdicts.append((nearness + _weight(stated, told), verdict))
    best = max((weight for weight, _ in verdicts), default=0.0)
    if not verdicts or any(verdict for weight, verdict in verdicts if weight >= best - _MARGIN):
        return None
    return f"the cited text does not say {_SAID[stated.sign]} of this outcome"


_SAID: dict[Sign, str] = {
    "more": '"more" (higher, longer, increased)',
    "less": '"less" (lower, shorter, decreased)',
    "better": '"better"',
    "worse": '"worse"',
    "same": '"no difference"',
}


def _verdict(stated: Stated, told: Told, outcome: frozenset[str]) -> bool | None:
    """Whether the text agrees with the claim; None where the two cannot be compared."""
    if told.sign == "same":
        if told.shown:
            return False if stated.sign == "same" else None
        return stated.sign == "same"
    if stated.sign == "same":  # what only changed within a group is no difference between groups
        return False if told.shown or (told.compared and told.reference) else None
    sign = _in_terms_of(stated.sign, told.sign, outcome)
    turned = _turned(stated, told)
    return None if sign is None or turned is None else (sign == stated.sign) != turned


def _in_terms_of(wanted: Sign, sign: Sign, outcome: frozenset[str]) -> Sign | None:
    """`sign` as more or less where `wanted` is one of these, else as better or worse; None where it is not known."""
    amounts = ("more", "less")
    if (wanted in amounts) == (sign in amounts):
        return sign
    good, bad = bool(outcome & _GOOD), bool(outcome & _BAD)
    if good == bad:
        return None
    up: Sign = "better" if good else "worse"
    pairs: dict[Sign, Sign] = {"more": up, "less": OPPOSITE[up], up: "more", OPPOSITE[up]: "less"}
    return pairs[sign]


def _turned(stated: Stated, told: Told) -> bool | None:
    """Whether the text speaks of the claim's reference where the claim speaks of its subject; None where it is open."""
    sides = _sides(stated, told)
    if sides:
        return sides < 0
    mine, other = stated.subject - stated.other, stated.other - stated.subject
    if CONTROL in mine:
        return True
    named = (mine | other) & (told.words | told.reference)
    return False if CONTROL in other or not other or (stated.leads and not named) else None


def _sides(stated: Stated, told: Told) -> int:
    """Above 0 where the arms of the claim stand on the same sides in the text, below where they change them."""
    mine, other = stated.subject - stated.other, stated.other - stated.subject
    if CONTROL in mine and CONTROL not in other:
        other |= {TREATED}
    elif CONTROL in other or stated.leads:
        mine, other = mine | {TREATED}, other | {CONTROL}
    subject, reference = told.words - told.reference, told.reference - told.words
    return (bool(mine & subject) + bool(other & reference)) - (bool(other & subject) + bool(mine & reference))


def _weight(stated: Stated, told: Told) -> float:
    """What a statement counts for beside its nearness: it names the arms, is significant, compares as a claim does."""
    beside = (bool(stated.other) and not told.compared) or (
        stated.significant and not told.shown and told.sign != "same"
    )
    return _ARMS_NAMED * bool(_sides(stated, told)) + _SHOWN * told.shown - _SHOWN * beside

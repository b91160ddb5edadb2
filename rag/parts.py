"""A question of several parts, taken apart by rule: each part is searched for, and answered, by itself."""

from __future__ import annotations

import re

__all__ = ["split"]

_MOST = 4
_ASKS = (
    r"(?:what|which|who|whom|whose|when|where|why|how|does|do|did|is|are|was|were|can|could|should|has|have|will|would)"
)
_BORDER = re.compile(
    rf"\?\s+(?=\S)"  # one question behind another
    rf"|[;,]?\s+and\s+(?={_ASKS}\b\s+\w+\s+\w+)"  # ..., and how often does it ...
    rf"|;\s+(?={_ASKS}\b)",
    re.IGNORECASE,
)
_DANGLING = re.compile(r"\b(?:it|its|they|their|them|this|that|these|those|he|she|the same)\b", re.IGNORECASE)
_FEWEST_WORDS = 3


def split(question: str) -> list[str]:
    """The parts of `question`, each a question that can be understood alone; one part where it is one question.

    A part that points back ("and how often does it occur?") would be none alone, so that the whole stays one.
    """
    parts = [part.strip(" ?;,") for part in _BORDER.split(question.strip())]
    parts = [part for part in parts if part]
    whole = (
        len(parts) < 2
        or len(parts) > _MOST
        or any(len(part.split()) < _FEWEST_WORDS for part in parts)
        or any(_DANGLING.search(part) for part in parts[1:])
        or not all(re.match(rf"(?:\w+\s+){{0,4}}{_ASKS}\b", part, re.IGNORECASE) for part in parts)
    )
    return [question] if whole else [f"{part}?" for part in parts]

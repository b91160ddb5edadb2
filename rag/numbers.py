"""Every number of a claim stands in the text it cites, with its kind.

What counts as standing there: the same value of the same kind (10.3 months are not 10.3 weeks, a hazard ratio is not an
odds ratio, p < 0.001 is not p = 0.001, 12 of 40 is not 12 of 42, an interval is both of its ends and stays with its
estimate). A bare number may be named where the head of a table would name it: "0.50" vouches for a hazard ratio of
0.50 where the cited text speaks of one. Nothing is computed: 12 months are not found in "1 year". A rounded number
passes only where the claim says that it is one ("about 45%" for 44.8%).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal

from rag.quantities import RATIOS, TIMES, Quantities, Quantity, kind_is_named, quantities, spelled

__all__ = ["format_quantity", "numbers_in", "unsupported_numbers", "vouched_share"]

_STRICT = frozenset({"<", ">"})  # a bound that turns a number into what it is not
_HEAD = re.compile(r"[(,]\s*[^(),;:\d]*(?=[),;:])|%(?=:)")  # where a head says what it counts in: "survival (months)"


def numbers_in(text: str) -> frozenset[tuple[Decimal, str]]:
    """Each number of `text` as `(value, kind)`; see `rag.quantities` for the kinds."""
    return frozenset((quantity.value.normalize(), quantity.kind) for quantity in quantities(text).quantities)


def unsupported_numbers(claim: str, cited: Sequence[str]) -> str | None:
    """Say which number of `claim` none of the `cited` texts vouches for, and why; None where all are vouched for."""
    stated = quantities(claim)
    sources = [(quantities(text), spelled(text)) for text in cited]
    absent = [quantity for quantity in stated.quantities if not any(_stands(quantity, *source) for source in sources)]
    if absent:
        return "; ".join(dict.fromkeys(_why_absent(quantity, [source for source, _ in sources]) for quantity in absent))
    return _torn_interval(stated, [source for source, _ in sources]) or _torn_fraction(
        stated, [source for source, _ in sources]
    )


def vouched_share(claim: str, cited: Sequence[str]) -> float:
    """The share of the quantities of `claim` that one of the `cited` texts vouches for; 1 where it states none."""
    stated = quantities(claim).quantities
    if not stated:
        return 1.0
    sources = [(quantities(text), spelled(text)) for text in cited]
    return sum(any(_stands(quantity, *source) for source in sources) for quantity in stated) / len(stated)


def format_quantity(quantity: Quantity) -> str:
    """The quantity as a person writes it: `30 %`, `HR 0.62`, `p < 0.001`, `10.3 months`."""
    number = f"{quantity.value:f}"
    bound = f"{quantity.bound} " if quantity.bound else ""
    if quantity.kind == "p":
        return f"p {quantity.bound or '='} {number}"
    if quantity.kind in RATIOS:
        return f"{quantity.kind} {bound}{number}"
    if quantity.kind == "level":
        return f"{number} % confidence"
    unit = f"{quantity.kind}s" if quantity.kind in TIMES else quantity.kind
    return f"{bound}{number} {unit}".strip()


def _stands(quantity: Quantity, source: Quantities, text: str) -> bool:
    return any(
        _same_value(quantity, other) and _same_kind(quantity, other, text) and _same_bound(quantity, other)
        for other in source.quantities
    )


def _same_value(quantity: Quantity, other: Quantity) -> bool:
    if quantity.value == other.value:
        return True
    if not quantity.about or abs(other.value) < abs(quantity.value) / 2:
        return False
    return other.value.quantize(_last_place(quantity.value), ROUND_HALF_UP) == quantity.value


def _last_place(value: Decimal) -> Decimal:
    """The place to which a rounded number was rounded: 1 for 45, 10 for 300 (or 50), 0.1 for 4.5."""
    exponent = value.as_tuple().exponent
    digits = f"{value:f}"
    if exponent == 0 and len(digits) > 2 and digits.endswith("0"):
        return Decimal(10)
    return Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0)


def _same_kind(quantity: Quantity, other: Quantity, text: str) -> bool:
    if quantity.kind == other.kind:
        return True
    if not quantity.kind:
        return other.kind not in TIMES and other.kind not in ("%", "level", "p")
    if other.kind:
        return False
    line = text[text.rfind("\n", 0, other.start) + 1 : (text.find("\n", other.end) + 1 or len(text) + 1) - 1]
    if quantity.kind == "%" or quantity.kind in TIMES:  # a cell of a table whose head says (%) or (months)
        return any(kind_is_named(quantity.kind, head) for head in _HEAD.findall(line))
    return quantity.kind != "level" and kind_is_named(quantity.kind, line)


def _same_bound(quantity: Quantity, other: Quantity) -> bool:
    if quantity.bound == other.bound:
        return True
    if quantity.kind == "p" or quantity.bound:
        return False
    return other.bound not in _STRICT  # "50%" may be said of "at least 50%", never of "<50%"


def _why_absent(quantity: Quantity, sources: Iterable[Quantities]) -> str:
    alike = dict.fromkeys(
        format_quantity(other) for source in sources for other in source.quantities if other.value == quantity.value
    )
    there = f" (there: {', '.join(list(alike)[:3])})" if alike else ""
    return f"number not in the cited text: {format_quantity(quantity)}{there}"


def _torn_interval(stated: Quantities, sources: Sequence[Quantities]) -> str | None:
    """An interval whose ends stand in the cited text as ends of others, or around another estimate."""
    known = [interval for source in sources for interval in source.intervals]
    for interval in stated.intervals:
        same = [other for other in known if (other.low, other.high) == (interval.low, interval.high)]
        written = f"{interval.low:f} to {interval.high:f}"
        if not same and any(interval.low == other.low or interval.high == other.high for other in known):
            return f"the cited text has no interval from {written}"
        estimates = {other.estimate for other in same}
        if same and interval.estimate is not None and None not in estimates and interval.estimate not in estimates:
            return f"in the cited text the interval from {written} is not that of {interval.estimate:f}"
    return None


def _torn_fraction(stated: Quantities, sources: Sequence[Quantities]) -> str | None:
    """A fraction one part of which the cited text pairs with another number."""
    known = {fraction for source in sources for fraction in source.fractions}
    for part, whole in stated.fractions:
        if (part, whole) not in known and any((part == other) != (whole == of) for other, of in known):
            return f"the cited text does not say {part:f} of {whole:f}"
    return None

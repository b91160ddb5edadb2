"""Numbers, p values and ratios as papers print them. The benchmark's own reader, which knows nothing of `rag`."""

from __future__ import annotations

import re

__all__ = ["numbers_of", "p_value", "plainly", "ratios", "squeezed"]

_P = re.compile(r"\b[pP](?:[- ]?values?)?\s*(?P<sign>[=<])\s*(?P<value>0?\.\d+)")
_RATIO = re.compile(
    r"(?P<name>\bHR\b|[Hh]azard [Rr]atio|\bOR\b|[Oo]dds [Rr]atio)[^\d.;]{0,12}(?:95% ?CI\W{0,8})?(?P<value>\d+\.\d+)"
    r"(?:\W{0,3}(?:95\s?% ?CI\W{0,4})?(?P<low>\d+\.\d+)\s*(?:-|to|,|;)\s*(?P<high>\d+\.\d+))?"
)


def p_value(text: str) -> str:
    """The p value of `text` as claims say it; "" where it has none, or several."""
    found = {(match["sign"], match["value"]) for match in _P.finditer(text)}
    return "P {} {}".format(*found.pop()) if len(found) == 1 else ""


def ratios(text: str, whole: bool = False) -> list[str]:
    """The hazard and odds ratios of `text` as claims say them, each with its interval; with `whole` only those."""
    return [_said(match) for match in _RATIO.finditer(text) if match["low"] or not whole]


def _said(ratio: re.Match[str]) -> str:
    name = "hazard ratio" if ratio["name"][0] in "Hh" else "odds ratio"
    interval = f", 95% CI {ratio['low']} to {ratio['high']}" if ratio["low"] else ""
    return f"{name} {ratio['value']}{interval}"


def numbers_of(text: str) -> frozenset[float]:
    """Every number of `text` by its value, whatever it is of."""
    plain = re.sub(r"(?<=\d),(?=\d{3})", "", plainly(text))
    return frozenset(float(number) for number in re.findall(r"\d+(?:\.\d+)?|\.\d+", plain))


def plainly(text: str) -> str:
    """`text` with dashes, points and spaces in one way."""
    for one, other in (("−", "-"), ("–", "-"), ("—", "-"), ("‐", "-"), ("·", "."), ("\u2009", " "), ("\u00a0", " ")):
        text = text.replace(one, other)
    return re.sub(r"\s+", " ", text)


def squeezed(text: str) -> str:
    """The letters and digits of `text` alone, in lower case, for finding a text within another."""
    return "".join(re.findall(r"\w+", text.lower()))

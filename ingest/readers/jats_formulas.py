"""Formulas as a line of text: MathML spelled out, TeX only where it is simple; no two numbers ever grow together."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["mathml", "tex"]

_SCRIPTS = {"msup": "^", "msub": "_", "msubsup": "_^", "munder": "_", "munderover": "_^"}
_SPACED = frozenset("=<>≤≥±×≈∼")
_TEX_BODY = re.compile(r"\\begin\{document\}(.*?)\\end\{document\}", re.S)
_TEX_SIGNS = {
    r"\pm": "±", r"\times": "×", r"\le": "≤", r"\leq": "≤", r"\leqslant": "≤", r"\ge": "≥", r"\geq": "≥",
    r"\geqslant": "≥", r"\cdot": "·", r"\sim": "∼", r"\approx": "≈", r"\alpha": "α", r"\beta": "β", r"\gamma": "γ",
    r"\delta": "δ", r"\Delta": "Δ", r"\kappa": "κ", r"\lambda": "λ", r"\mu": "μ", r"\upmu": "μ", r"\sigma": "σ",
    r"\chi": "χ", r"\%": "%", r"\,": " ", r"\;": " ", r"\:": " ", r"\!": "", r"\ ": " ", r"\circ": "°", r"\ne": "≠",
    r"\rightarrow": "→", r"\to": "→", r"\infty": "∞", r"\left": "", r"\right": "", r"\quad": " ", r"\text": "",
    r"\mathrm": "", r"\mathbf": "", r"\mathit": "", r"\rm": "", r"\textit": "", r"\hbox": "", r"\mathsf": "",
}  # fmt: skip
_TEX_COMMAND = re.compile(r"\\(?:[A-Za-z]+|.)")
_TEX_GROUP = re.compile(r"([\^_])\{([^{}]*)\}")


def mathml(element: _Element) -> str:
    """A MathML element as one line: powers as x^2, indices as x_i, fractions as a/b; what holds no text is left out."""
    tag = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
    if not tag or tag in ("annotation", "annotation-xml", "mphantom"):
        return ""
    if not len(element):
        text = " ".join((element.text or "").split())
        return " " if tag == "mspace" else f" {text} " if tag == "mo" and text in _SPACED else text
    parts = [mathml(child) for child in element]
    if tag in _SCRIPTS:
        return _scripted(parts, _SCRIPTS[tag])
    if tag == "mfrac":
        return "/".join(part if part.replace(".", "").isalnum() else f"({part.strip()})" for part in parts)
    if tag == "mfenced":
        return element.get("open", "(") + _fenced(parts, element.get("separators", ",")) + element.get("close", ")")
    if tag in ("mtable", "mtr"):
        return " ".join(parts)
    return f"√({_joined(parts)})" if tag == "msqrt" else _joined(parts)


def tex(element: _Element) -> str:
    """A `tex-math` element as one line, or "" where it takes more than signs and powers."""
    source = "".join(element.itertext())
    body = _TEX_BODY.search(source)
    text = (body[1] if body else source).strip().strip("$")
    text = _TEX_COMMAND.sub(lambda match: _TEX_SIGNS.get(match[0], match[0]), text)
    if "\\" in text or len(text) > 200:
        return ""
    return _TEX_GROUP.sub(r"\1\2", text).replace("{", "").replace("}", "").replace("~", " ")


def _joined(parts: list[str]) -> str:
    """The parts in a row, with a blank where two numbers meet."""
    line = ""
    for part in parts:
        line += " " + part if line[-1:].isdigit() and part[:1].isdigit() else part
    return line


def _fenced(parts: list[str], separators: str) -> str:
    return f"{separators.strip()[0]} ".join(parts) if separators.strip() else _joined(parts)


def _scripted(parts: list[str], marks: str) -> str:
    line = parts[0]
    for mark, part in zip(marks, parts[1:], strict=False):
        line += mark + part.strip() if part.strip() else ""
    return line

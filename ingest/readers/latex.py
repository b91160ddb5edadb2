"""LaTeX in a BibTeX field to plain text, by pylatexenc, with what it would lose put right.

Bibliographies hold prose in which a bare %, & or $ is meant as it stands; and no number may grow or sign vanish:
10\\textsuperscript{6} is 10^6, {\\textless} is <, a macro that nobody knows stays as it is written.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from functools import cache
from typing import Any

__all__ = ["from_latex"]

logging.getLogger("pylatexenc").addHandler(logging.NullHandler())

_LATEX = re.compile(r"[\\{}~$]|--|``|''")
_ESCAPED = re.compile(r"\\([%&#_])")
_PLAIN = {"{": "", "}": "", "~": " ", "---": "—", "--": "–", "``": "“", "''": "”"}
_PLAIN_SIGN = re.compile("|".join(map(re.escape, _PLAIN)))
_BARE = re.compile(r"(?<!\\)((?:\\\\)*)([%&#])")
_DOLLAR = re.compile(r"(?<!\\)\$")
# A formula as Pandoc knows it: no blanks inside of its dollars, no digit behind; other dollars are money.
_MATH = re.compile(r"((?<!\\)\$(?=\S)[^$]{1,300}?(?<=[^\s\\])\$(?!\d))")
_DEEPEST = 60  # braces; the converter calls itself at each
_LONGEST = 100_000  # characters
_RAISED, _LOWERED, _LEVEL = "\x02", "\x03", "\x04"  # stand before and after what was above or below the line
_POWER = re.compile(r"(?<=\d)\x02(?=[-−–+]?\d)")
_INDEX = re.compile(r"(?<=\d)\x03(?=\d)")
_BETWEEN = re.compile(r"(?<=\d)\x04(?=\d)")
_MARKS = re.compile("[\x02-\x04]")
_SIGNS = {
    "textless": "<", "textgreater": ">", "textpm": "±", "textmu": "μ", "upmu": "μ", "micro": "μ", "textdegree": "°",
    "textasciitilde": "~",
    "textasciicircum": "^", "textbackslash": "\\", "textbar": "|", "textendash": "–", "textemdash": "—",
    "textquotedblleft": "“", "textquotedblright": "”", "textquoteleft": "‘", "textquoteright": "’",
    "texttimes": "×", "texttrademark": "™", "textregistered": "®", "textcopyright": "©", "textbullet": "•",
    "textalpha": "α", "textbeta": "β", "textgamma": "γ", "textdelta": "δ", "textkappa": "κ", "leqslant": "≤",
    "geqslant": "≥", "le": "≤", "ge": "≥", "textleq": "≤", "textgeq": "≥", "textsim": "∼", "textdollar": "$",
    "textunderscore": "_", "textperiodcentered": "·", "textquotesingle": "'", "textquotedbl": '"', "allowbreak": "",
}  # fmt: skip
_WITHOUT_TEXT = (
    "bf it em sc rm tt sf sl bfseries itshape scshape upshape mdseries normalfont sffamily rmfamily relax protect"
    " noindent left right tiny small footnotesize normalsize large cite citep citet".split()
)
_AROUND_TEXT = "mbox texttt textsf textnormal uppercase lowercase MakeUppercase MakeLowercase".split()


def from_latex(source: str) -> str:
    """The text as one line. Raises ValueError where braces are nested deeper than in any text, it is no LaTeX, or
    longer than any field."""
    if not _LATEX.search(source):
        return " ".join(source.split())
    if not re.search(r"[\\$]", _ESCAPED.sub("", source)):  # most fields; the converter takes 20 µs a character
        return " ".join(_PLAIN_SIGN.sub(lambda sign: _PLAIN[sign[0]], _ESCAPED.sub(r"\1", source)).split())
    if len(source) > _LONGEST:
        raise ValueError("longer than any field")
    depth = deepest = 0
    for brace in re.findall(r"(?<!\\)[{}]", source):
        depth = max(depth + (1 if brace == "{" else -1), 0)
        deepest = max(deepest, depth)
    if deepest > _DEEPEST or source.count("\\begin") > _DEEPEST:
        raise ValueError("nested deeper than any text")
    source = _BARE.sub(r"\1\\\2", source)
    pieces = _MATH.split(source)
    source = "".join(piece if index % 2 else _DOLLAR.sub(r"\$", piece) for index, piece in enumerate(pieces))
    try:
        text = _converter()(source)
    except (RecursionError, IndexError, KeyError, AttributeError, TypeError) as error:
        raise ValueError(f"LaTeX that cannot be read ({type(error).__name__})") from None
    text = _MARKS.sub("", _BETWEEN.sub(" ", _POWER.sub("^", _INDEX.sub("_", text))))
    return " ".join(text.split())


@cache
def _converter() -> Callable[[str], str]:
    """The converter is built once: its tables take a tenth of a second."""
    from pylatexenc.latex2text import (
        LatexNodes2Text,
        MacroTextSpec,
        get_default_latex_context_db,
    )
    from pylatexenc.latexwalker import LatexWalker
    from pylatexenc.latexwalker import get_default_latex_context_db as get_grammar
    from pylatexenc.macrospec import std_macro

    def as_written(node: Any) -> str:
        return f"{node.latex_verbatim()} "

    texts = get_default_latex_context_db()
    texts.add_context_category(
        "immunorag",
        prepend=True,
        macros=[
            MacroTextSpec("textsuperscript", simplify_repl=_RAISED + "%s" + _LEVEL),
            MacroTextSpec("textsubscript", simplify_repl=_LOWERED + "%s" + _LEVEL),
            MacroTextSpec("url", simplify_repl="%s"),
            *(MacroTextSpec(name, simplify_repl=sign) for name, sign in _SIGNS.items()),
            *(MacroTextSpec(name, simplify_repl="") for name in _WITHOUT_TEXT),
            *(MacroTextSpec(name, simplify_repl=" ") for name in ("par", "newline")),
            *(MacroTextSpec(name, simplify_repl="%s") for name in _AROUND_TEXT),
        ],
    )
    texts.set_unknown_macro_spec(MacroTextSpec("", simplify_repl=as_written))
    grammar = get_grammar()
    with_text = [std_macro(name, False, 1) for name in ("textsuperscript", "textsubscript", *_AROUND_TEXT)]
    grammar.add_context_category("immunorag", prepend=True, macros=with_text)
    decoder = LatexNodes2Text(latex_context=texts, math_mode="text", strict_latex_spaces=False)

    def convert(source: str) -> str:
        nodes, _, _ = LatexWalker(source, latex_context=grammar).get_latex_nodes()
        return str(decoder.nodelist_to_text(nodes))

    return convert

"""Claims of which it is known whether they hold: written from Evidence Inference's annotations, then made false.

A true claim is never a sentence of the paper: it is put together, in several forms, from the annotated intervention,
comparator, outcome and label, and from a figure of the annotated evidence. The extractor of those figures is the
benchmark's own and knows nothing of `rag`: it takes what regular print makes certain, and leaves the rest. Which of two
figures is whose is told by the label (an outcome that increased was larger with the intervention).

A corruption changes one thing. What is changed must be false of the passage: a changed number stands nowhere in it.
"""

from __future__ import annotations

import html
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from random import Random

from eval.suites import EvalQuestion
from rag.answer import Passage

__all__ = ["Kind", "MadeClaim", "made_claims", "made_pairs", "made_ratios", "numbers_of"]

Kind = str
"""`true`, or what was done to a true claim."""


@dataclass(frozen=True, slots=True)
class MadeClaim:
    """A claim about `passage`; `group` is the paper it was made from, `made_from` the true claim where it is false."""

    kind: Kind
    text: str
    passage: Passage
    group: str
    made_from: str = ""


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two figures as printed, with their common unit: of the intervention, of the comparator."""

    mine: str
    other: str
    unit: str


@dataclass(frozen=True, slots=True)
class _Finding:
    """What an annotated question says, in words that can stand in a sentence."""

    intervention: str
    comparator: str
    outcome: str
    label: str
    pair: _Pair | None
    p: str
    ratio: str
    passage: Passage
    group: str


def made_claims(question: EvalQuestion, passage: Passage, random: Random) -> list[MadeClaim]:
    """Every true claim and every corruption that `question` gives, about `passage`, which holds its evidence."""
    finding = _finding(question, passage)
    if finding is None:
        return []
    claims = [MadeClaim("true", text, passage, finding.group) for text in _directions(finding, finding.label, random)]
    claims += [MadeClaim("true", text, passage, finding.group) for text in _pairs(finding, finding.pair)]
    return [*claims, *_turned(finding, random), *_swapped(finding), *_changed(claims, random)]


# -- true claims -----------------------------------------------------------------------------------------------------

_MORE = ("increased", "higher", "an increase in")
_LESS = ("decreased", "lower", "a decrease in")


def _directions(finding: _Finding, label: str, random: Random) -> list[str]:
    """The label said in four forms; a p value or a ratio of the evidence stands behind some of them."""
    i, c, o = finding.intervention, finding.comparator, finding.outcome
    if label == "no significant difference":
        forms = [
            f"There was no significant difference in {o} between {i} and {c}{{}}.",
            f"{_capital(o)} did not differ significantly between {c} and {i}{{}}.",
            f"Compared with {c}, {i} did not significantly change {o}{{}}.",
            f"{_capital(i)} had no significant effect on {o} compared with {c}{{}}.",
        ]
    else:
        verb, adjective, noun = _MORE if label == "increased" else _LESS
        against = _LESS[1] if label == "increased" else _MORE[1]
        forms = [
            f"{_capital(i)} significantly {verb} {o} compared with {c}{{}}.",
            f"{_capital(o)} was significantly {adjective} with {i} than with {c}{{}}.",
            f"{_capital(o)} was significantly {against} with {c} than with {i}{{}}.",
            f"Compared with {c}, {i} led to {noun} {o}{{}}.",
        ]
    figures = [figure for figure in (finding.p, finding.ratio) if figure] if label == finding.label else []
    behind = itertools.cycle([*(f" ({figure})" for figure in figures), ""])
    return [form.format(tail) for form, tail in zip(forms, behind, strict=False)]


def _pairs(finding: _Finding, pair: _Pair | None) -> list[str]:
    """Both arms' figures in eight forms."""
    if pair is None:
        return []
    i, c, o = finding.intervention, finding.comparator, finding.outcome
    x, y = f"{pair.mine}{pair.unit}", f"{pair.other}{pair.unit}"
    return [
        f"{_capital(o)} was {x} with {i} and {y} with {c}.",
        f"{_capital(o)}: {x} for {i} versus {y} for {c}.",
        f"{_capital(o)} was {x} and {y} with {i} and {c}, respectively.",
        f"With {c}, {o} was {y}; with {i}, it was {x}.",
        f"{_capital(o)} was {y} with {c} compared with {x} with {i}.",
        f"{_capital(o)} ({i}, {x}; {c}, {y}) was reported.",
        f"{_capital(i)} versus {c}: {o} was {x} versus {y}.",
        f"For {o}, {c} reached {y}, while {i} reached {x}.",
    ]


# -- false claims ----------------------------------------------------------------------------------------------------


def _turned(finding: _Finding, random: Random) -> Iterator[MadeClaim]:
    """The direction turned, or a negation put in or taken out."""
    truth = _directions(finding, finding.label, random)
    if finding.label == "no significant difference":
        wrong = [("negation removed", random.choice(["increased", "decreased"]))]
    else:
        opposite = "decreased" if finding.label == "increased" else "increased"
        wrong = [("direction turned", opposite), ("negation added", "no significant difference")]
    for kind, label in wrong:
        for text, true in zip(_directions(finding, label, random), truth, strict=True):
            yield MadeClaim(kind, text, finding.passage, finding.group, true)


def _swapped(finding: _Finding) -> Iterator[MadeClaim]:
    """Each arm given the other's figure."""
    if finding.pair is not None:
        wrong = replace(finding.pair, mine=finding.pair.other, other=finding.pair.mine)
        for text, true in zip(_pairs(finding, wrong), _pairs(finding, finding.pair), strict=True):
            yield MadeClaim("arm swapped", text, finding.passage, finding.group, true)


_CLAIMED = re.compile(r"(?<![\w.-])\d+(?:\.\d+)?(?![\w-])")
_TIME_UNITS = ("hours", "days", "weeks", "months", "years")


def _changed(claims: list[MadeClaim], random: Random) -> Iterator[MadeClaim]:
    """A number changed, in every way that the claim's figures allow."""
    for claim in claims:
        known = numbers_of(claim.passage.paper.title + " " + claim.passage.text)
        for kind, text in (*_digits(claim.text, known, random), *_kinds(claim.text, claim.passage.text)):
            yield MadeClaim(kind, text, claim.passage, claim.group, claim.text)


def _digits(text: str, known: frozenset[float], random: Random) -> Iterator[tuple[Kind, str]]:
    figures = [match for match in _CLAIMED.finditer(text) if not _is_level(text, match) and _is_figure(text, match)]
    if not figures:
        return
    bounds = [match for match in figures if re.search(r"CI [\d.-]*(?: to )?$", text[: match.start()])]
    match = random.choice(bounds or figures)
    smaller = "<" in text[max(0, match.start() - 3) : match.start()]
    kind = "interval bound changed" if re.search(r"CI [\d.-]*(?: to )?$", text[: match.start()]) else "digit changed"
    moved = "decimals moved" if kind == "digit changed" else kind
    for done, options in ((kind, _other_digits(match.group())), (moved, _moved(match.group()))):
        wrong = [o for o in options if float(o) not in known and (not smaller or float(o) < float(match.group()))]
        if wrong:
            yield done, text[: match.start()] + random.choice(wrong) + text[match.end() :]


def _is_level(text: str, match: re.Match[str]) -> bool:
    return text[match.end() :].startswith("% CI")


def _is_figure(text: str, match: re.Match[str]) -> bool:
    """Whether the number is one that a form put in, not a word of the outcome's name."""
    before, behind = text[max(0, match.start() - 12) : match.start()], text[match.end() : match.end() + 9]
    return bool(re.search(r"(?:[=<] ?|\bwas |\band |: |versus |compared with |ratio |CI | to |, )$", before)) and bool(
        re.match(r"(?:%| (?:hours|days|weeks|months|years)\b)?(?:[).,;]| with| for| and| versus| compared| to)", behind)
    )


def _other_digits(number: str) -> list[str]:
    places = [place for place, digit in enumerate(number) if digit.isdigit() and number[: place + 1].strip("0.")]
    return [
        number[:place] + digit + number[place + 1 :]
        for place in places
        for digit in "123456789"
        if digit != number[place]
    ]


def _moved(number: str) -> list[str]:
    """0.62 as 0.26, 10.3 as 1.03."""
    whole, dot, decimals = number.partition(".")
    if not dot:
        return []
    moved = [f"{whole}.{decimals[::-1]}"] if len(set(decimals)) > 1 else []
    if whole.strip("0"):
        moved.append(f"{whole[:-1] or '0'}.{whole[-1]}{decimals}")
    else:
        moved.append(f"0.0{decimals}")
    return [text for text in moved if float(text) != float(number)]


def _kinds(text: str, passage: str) -> Iterator[tuple[Kind, str]]:
    """The number kept and what it is of changed, where the passage does not have it of the other kind, too."""
    match = re.search(r"(?<![\w.])(\d+(?:\.\d+)?)% (?:with|for|and|versus|compared)", text)
    if match and not _stands_bare(match[1], passage):
        yield "percentage made a count", text.replace(f"{match[1]}%", f"{match[1]} patients", 1)
    for unit in _TIME_UNITS:
        if match := re.search(rf"(?<![\w.])(\d+(?:\.\d+)?) {unit}\b", text):
            other = _TIME_UNITS[(_TIME_UNITS.index(unit) + 1) % len(_TIME_UNITS)]
            if not re.search(rf"\b{re.escape(match[1])}[ -]?{other[:-1]}|\b{other[:-1]}", passage):
                yield "unit changed", text.replace(f"{match[1]} {unit}", f"{match[1]} {other}", 1)
    for ratio, other in (("hazard ratio", "odds ratio"), ("odds ratio", "hazard ratio")):
        initials = "".join(word[0] for word in other.split()).upper()
        if ratio in text and not re.search(rf"\b{other}|\b{initials}\b", passage, re.IGNORECASE):
            yield "ratio renamed", text.replace(ratio, other)


def _stands_bare(number: str, passage: str) -> bool:
    """Whether `number` stands in `passage` without a percent sign (or where a table's head might say it)."""
    plain = _plain(passage)
    found = list(re.finditer(rf"(?<![\d.]){re.escape(number)}(?![\d]|\.\d)", plain))
    return not found or any(not re.match(r"\s?(?:%|per ?cent)", plain[match.end() :]) for match in found)


# -- figures of both arms elsewhere in the paper ---------------------------------------------------------------------

_SUBJECT = re.compile(
    r"^(?:(?:In|At|After|Overall|However|Similarly|Moreover)[^,]{0,40}, )?(?:[Tt]he )?"
    r"(?P<subject>[A-Za-z][A-Za-z0-9 /-]{5,70}?) "
    r"(?:was|were|occurred in|averaged) "
)
_VAGUE = re.compile(
    r"\b(?:it|this|these|there|they|we|which|patients|participants|group|arm|no|were|was)\b", re.IGNORECASE
)


def made_pairs(question: EvalQuestion, passages: Sequence[Passage]) -> list[MadeClaim]:
    """True and swapped claims from any sentence of the paper that gives both arms' figures beside their names.

    The outcome is then the subject of that sentence. What the annotation is used for is who the arms are.
    """
    claims: list[MadeClaim] = []
    for passage in passages:
        if passage.chunk.section.kind in ("table", "figure", "methods", "introduction"):
            continue
        plain = _plain(passage.text)
        names = [_name(text, plain) for text in (question.intervention, question.comparator)]
        if not all(names) or names[0].lower() == names[1].lower():
            continue
        for sentence in re.split(r"(?<=[a-z)])\. (?=[A-Z])", plain):
            subject = _SUBJECT.match(sentence)
            if not subject or _VAGUE.search(subject["subject"]):
                continue
            pair = _pair(replace(question, label="no significant difference"), sentence)
            if pair is not None:
                outcome = subject["subject"][0].lower() + subject["subject"][1:]
                if re.match(r"[A-Z]{2}", subject["subject"]):
                    outcome = subject["subject"]
                finding = _Finding(names[0], names[1], outcome, "", pair, "", "", passage, question.paper)
                claims += [MadeClaim("true", text, passage, finding.group) for text in _pairs(finding, pair)]
                claims += _swapped(finding)
    return claims


def made_ratios(group: str, passages: Sequence[Passage], random: Random) -> list[MadeClaim]:
    """True claims that only state a ratio with its interval, and false ones: a bound changed, the ratio renamed."""
    claims: list[MadeClaim] = []
    for passage in passages:
        if passage.chunk.section.kind in ("abstract", "results"):
            for match in _RATIO.finditer(_plain(passage.text)):
                if match["low"]:
                    said = _said(match)
                    claims.append(MadeClaim("true", f"The {said.replace(', 95', ' (95')}).", passage, group))
    return [*claims, *_changed(claims, random)]


# -- what the annotation says ----------------------------------------------------------------------------------------

_P = re.compile(r"\b[pP](?:[- ]?values?)?\s*(?P<sign>[=<])\s*(?P<value>0?\.\d+)")
_RATIO = re.compile(
    r"(?P<name>\bHR\b|[Hh]azard [Rr]atio|\bOR\b|[Oo]dds [Rr]atio)[^\d.;]{0,12}(?:95% ?CI\W{0,8})?(?P<value>\d+\.\d+)"
    r"(?:\W{0,3}(?:95\s?% ?CI\W{0,4})?(?P<low>\d+\.\d+)\s*(?:-|to|,|;)\s*(?P<high>\d+\.\d+))?"
)
_ASIDE = re.compile(  # what is said about a figure, not a figure of an arm
    r"\((?:[^()]|\([^()]*\))*\)|\[[^\[\]]*\]|±\s*\d+(?:\.\d+)?|[=<>]\s*-?\d*\.?\d+"
    r"|\b(?:at|after|before|over|within|between|of|day|week|month|n|N)\s\d+\b(?!\.\d|%| ?%)(?: (?:and|to) \d+\b)?"
)
_FIGURE = re.compile(r"(?<![\w.,-])(-?\d+(?:\.\d+)?)(\s?%|\s(?:hours|days|weeks|months|years)\b)?(?![\w,.]*\d)(?!-\w)")
_UNIT = r"(\s?%|\s(?:hours|days|weeks|months|years)\b)?"
_VERSUS = re.compile(
    rf"\(\s*(?:[A-Za-z][\w+-]*:? )?(\d+(?:\.\d+)?){_UNIT}\s*(?:\s±\s?[\d.]+)?(?: [\w+-]+)?,?"
    rf"\s(?:vs\.?|versus)\s?(?:[A-Za-z][\w+-]*:? )?(\d+(?:\.\d+)?){_UNIT}[^\d.]"
)


def _finding(question: EvalQuestion, passage: Passage) -> _Finding | None:
    plain = _plain(passage.text)
    names = [_name(text, plain) for text in (question.intervention, question.comparator, question.outcome)]
    if not all(names) or len({name.lower() for name in names}) < 3:
        return None
    if not _arm_words(question.intervention) & _arm_words(f"{passage.paper.title} {passage.text}"):
        return None  # the passage names the arm in no word: it could vouch for nothing said of it
    held = [_plain(text) for text in question.evidence if _squeezed(text) in _squeezed(passage.text)]
    plain_evidence = ". ".join(held)
    ps = {(match["sign"], match["value"]) for match in _P.finditer(plain_evidence)}
    ratios = list(_RATIO.finditer(plain_evidence))
    sign, value = ps.pop() if len(ps) == 1 else ("", "")
    return _Finding(
        names[0],
        names[1],
        names[2],
        question.label,
        _pair(question, plain_evidence),
        f"P {sign} {value}" if sign else "",
        _said(ratios[0]) if len(ratios) == 1 else "",
        passage,
        question.paper,
    )


def _said(ratio: re.Match[str]) -> str:
    name = "hazard ratio" if ratio["name"][0] in "Hh" else "odds ratio"
    interval = f", 95% CI {ratio['low']} to {ratio['high']}" if ratio["low"] else ""
    return f"{name} {ratio['value']}{interval}"


def _pair(question: EvalQuestion, evidence: str) -> _Pair | None:
    """The two arms' figures of the first sentence of `evidence` that leaves no doubt which is whose.

    Either the arms are named beside the figures, in one of the orders `_order` knows, or the label says it: an outcome
    that increased was larger with the intervention.
    """
    for sentence in re.split(r"(?<=[a-z)])\. (?=[A-Z])", evidence):
        figures = _two_figures(sentence)
        if figures is None:
            continue
        (first, first_unit, first_at), (second, second_unit, second_at) = figures
        if first_unit != second_unit or float(first) == float(second):
            continue
        shown = first_unit if first_unit in ("", "%") else f" {first_unit}"
        order = _order(question, sentence, first_at, second_at)
        if question.label != "no significant difference" and not _CHANGE.search(sentence):
            larger_first = float(first) > float(second)
            told = larger_first == (question.label == "increased")
            if (order is not None and order != told) or (order is None and "respectively" in sentence):
                continue  # the annotation and the print do not agree: not certain
            order = told
        if order is not None:
            return _Pair(first, second, shown) if order else _Pair(second, first, shown)
    return None


def _two_figures(sentence: str) -> list[tuple[str, str, int]] | None:
    """Both figures (number, unit, place) of a sentence that holds two, asides left out, or compares two in brackets."""
    if match := _VERSUS.search(sentence):
        units = [(match[place] or "").strip() for place in (2, 4)]
        return [(match[1], units[0] or units[1], match.start(1)), (match[3], units[1] or units[0], match.start(3))]
    blanked = _ASIDE.sub(lambda match: " " * len(match.group()), sentence)
    figures = [(match[1], (match[2] or "").strip(), match.start()) for match in _FIGURE.finditer(blanked)]
    return figures if len(figures) == 2 else None


def _order(question: EvalQuestion, sentence: str, first_at: int, second_at: int) -> bool | None:
    """True where the first figure is the intervention's, False where it is the comparator's, None where it is not told.

    Known orders: "x in A and y in B", "A x and B y", and "A … B (x vs y)"; in each every arm is named once.
    """
    mine, other = _arm_words(question.intervention), _arm_words(question.comparator)
    mine, other = mine - other, other - mine
    if other & _CONTROL:
        other, mine = other | _CONTROL, (mine | _TREATED) - _CONTROL
    named = [
        (match.start(), word in mine)
        for match in re.finditer(r"[A-Za-z][\w-]*", sentence)
        if ((word := match.group().lower()) in mine) != (word in other)
    ]
    before = {arm for at, arm in named if at < first_at}
    near = any(first_at - 40 < at < first_at for at, _ in named)
    between = {arm for at, arm in named if first_at < at < second_at}
    behind = {arm for at, arm in named if at > second_at}
    for one, two in ((between, behind), (before, between)):
        if len(one) == len(two) == 1 and one != two and not (behind if two is between else before):
            if two is between and not near:
                return None
            return one == {True}
    arms = [arm for arm, _ in itertools.groupby(arm for at, arm in named if at < first_at)]
    if len(arms) == 2 and not between and not behind:
        return arms[0]
    return None


_CONTROL = frozenset("control controls placebo sham usual standard conventional".split())
_TREATED = frozenset("intervention experimental treatment treated active".split())
_NO_ARM = frozenset(
    "the group groups arm and with for then than from day days week weeks daily once per patients".split()
)
_CHANGE = re.compile(r"\b(?:by|from|change[sd]?|reduction|decreas\w+|increas\w+|improve\w+)\b", re.IGNORECASE)


def _arm_words(name: str) -> frozenset[str]:
    words = re.findall(r"[A-Za-z][\w-]*", _plain(html.unescape(html.unescape(name))))
    return frozenset(word.lower() for word in words if len(word) > 2 or word.isupper()) - _NO_ARM


_DOSE = re.compile(
    r"\b(?:a |the )?\d[\d.,]*(?: (?:or|to|and) \d[\d.,]*)?\s?-?(?:%|mg|g|kg|IU|ml|mL|µg|"
    r"Gy|min|minutes?|hours?|h|days?|d|weeks?|wk|months?)"
    r"\b(?:/\w+)*(?: of)?|\d+(?:\.\d+)?%|\b(?:two|three|four|five|six|seven|eight|nine|ten|twelve)\b",
)


def _name(text: str, passage: str) -> str:
    """An annotated name as words of a sentence: without asides, and cut before a figure that the passage lacks."""
    name = _plain(html.unescape(html.unescape(text)))
    name = re.sub(r"\([^()]*\)|\[[^\[\]]*\]", " ", name)
    name = re.split(r"[;:(]|\s(?:was|were|received?|is)\s", name)[0]
    name = _DOSE.sub(" ", name)
    for match in re.finditer(r"\d[\d.,]*", name):
        if not re.search(rf"(?<![\d.]){re.escape(match.group().rstrip('.,'))}(?!\d)", passage):
            name = name[: match.start()]
            break
    name = re.sub(r"\s+", " ", name).strip(" .,;-+×‘’'\"")
    name = re.sub(r"^(?:to|for|used|receive|r)\s+", "", name)
    name = re.sub(
        r"\s*,\s*given\b.*|"
        r"(?:\s+(?:for|with|in|on|at|within|per day|of|and|or|to|given|once daily|daily|TID|divided doses)|/)+$",
        "",
        name,
    )
    if not 2 <= len(name) <= 130 or not re.search(r"[A-Za-z]{2}", name):
        return ""
    return name[0].lower() + name[1:] if re.match(r"[A-Z][a-z]+\b", name) else name


def numbers_of(text: str) -> frozenset[float]:
    """Every number of `text` by its value, whatever it is of."""
    plain = re.sub(r"(?<=\d),(?=\d{3})", "", _plain(text))
    return frozenset(float(number) for number in re.findall(r"\d+(?:\.\d+)?|\.\d+", plain))


def _plain(text: str) -> str:
    for one, other in (("−", "-"), ("–", "-"), ("—", "-"), ("‐", "-"), ("·", "."), ("\u2009", " "), ("\u00a0", " ")):
        text = text.replace(one, other)
    return re.sub(r"\s+", " ", text)


def _squeezed(text: str) -> str:
    return "".join(re.findall(r"\w+", text.lower()))


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]

"""An evaluation as one HTML file for a person: nothing is fetched, and what papers, questions and LLMs wrote is inert.

Templates escape all that they are given. Behind that stands a content security policy in the page itself, under which
only the style sheet and the script of this folder count, by their hashes: what slipped through could neither run nor
load anything.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections import Counter
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from eval.judging import sampled
from eval.measuring import MEASURES
from eval.report import flips
from eval.report.charts import SHARE, scale
from eval.report.headline import day, floors, percent, settings, standfirst, suite
from eval.report.measured import costs, groups, parts
from eval.report.plots import by_depth, risk, time_scale, times
from eval.report.verdicts import VERDICTS, Card, Verdict, cards
from eval.results import Evaluation

if TYPE_CHECKING:
    from jinja2 import Environment

__all__ = ["to_html"]

# Control characters, and marks that turn the direction of what follows: a text could pass itself off as another.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")


def to_html(evaluation: Evaluation) -> str:
    """The report as one file, to be written as UTF-8."""
    told = cards(evaluation)
    style, script = _text("page.css"), _text("page.js")
    return (
        _templates()
        .get_template("page.html")
        .render(
            evaluation=evaluation,
            run=evaluation.run,
            peer=evaluation.peer,
            suite=suite(evaluation.run),
            day=day(evaluation.run.date),
            standfirst=standfirst(evaluation),
            settings=settings(evaluation.run),
            floors=floors(evaluation),
            groups=groups(evaluation),
            costs=costs(evaluation),
            parts=parts(evaluation),
            shares=scale(SHARE),
            by_depth=by_depth(evaluation),
            risk=risk(evaluation),
            times=times(evaluation),
            time_scale=time_scale(),
            comparisons=_comparisons(evaluation, told),
            cards=told,
            choices=_choices(told),
            verdicts=_verdicts(told),
            judged=evaluation.judged,
            sampled=_sampled(evaluation, told),
            definitions=[one for one in MEASURES if _is_told(one.name, evaluation)],
            percent=percent,
            style=style,
            script=script,
            style_hash=_hash(style),
            script_hash=_hash(script),
        )
    )


def _comparisons(evaluation: Evaluation, told: list[Card]) -> list[flips.Compared]:
    found = []
    if evaluation.against_baseline is not None:
        found.append(flips.told(evaluation.against_baseline, told, both=False))
    if evaluation.against_peer is not None:
        found.append(flips.told(evaluation.against_peer, told, both=evaluation.peer is not None))
    return found


def _choices(told: list[Card]) -> dict[str, list[str]]:
    """What questions can be filtered by, each with its values; what has only one value filters nothing."""
    asked = [card.result.asked for card in told]
    verdicts = {card.verdict.name for card in told}
    choices = {
        "area": sorted({one.area for one in asked}),
        "type": sorted({one.type for one in asked}),
        "kind": sorted({one.kind for one in asked}),
        "verdict": [one.name for one in VERDICTS if one.name in verdicts],
    }
    return {name: [value for value in values if value] for name, values in choices.items() if len(values) > 1}


def _verdicts(told: list[Card]) -> list[tuple[Verdict, int, int]]:
    """Every verdict that a question of ours or of the peer's has, with how many of either have it."""
    ours = Counter(card.verdict for card in told)
    theirs = Counter(card.peer_verdict for card in told)
    return [(one, ours[one], theirs[one]) for one in VERDICTS if ours[one] or theirs[one]]


def _sampled(evaluation: Evaluation, told: list[Card]) -> list[dict[str, Any]]:
    """The sentences drawn for a person, each with its card, its line, and the note of whoever doubted it, or None."""
    by_id = {card.result.asked.id: card for card in told}
    notes = {(id, text): note for id, text, note in evaluation.judged.doubted} if evaluation.judged else {}
    drawn = ((by_id[result.asked.id], number) for result, number in sampled(evaluation.run))
    return [
        {"card": card, "line": line, "note": notes.get((card.result.asked.id, line.text))}
        for card, line in ((card, card.lines[number]) for card, number in drawn)
    ]


def _is_told(name: str, evaluation: Evaluation) -> bool:
    return any(told.partition("@")[0] == name for told in evaluation.summary.measures)


def _text(name: str) -> str:
    return (files("eval.report") / "templates" / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    """The hash by which a content security policy knows a style sheet or a script."""
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _inert(value: object) -> object:
    """A text as it is shown: what cannot be seen in it is replaced, so that it can."""
    return value if isinstance(value, Markup) or not isinstance(value, str) else _UNSEEN.sub("\ufffd", value)


@cache
def _templates() -> Environment:
    from jinja2 import Environment, FunctionLoader, StrictUndefined

    return Environment(
        loader=FunctionLoader(_text),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_inert,
        trim_blocks=True,
        lstrip_blocks=True,
    )

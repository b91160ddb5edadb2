"""A sentence -> how often it says that adverse events occurred.

A figure counts only where the sentence ties it to an event by words that mean occurring: "colitis in 12 of 404 patients
(3%)", "colitis (3%)", "3% had colitis". Ranges, bounds, approximations and differences are no frequency; where two
figures stand side by side and the sentence does not tell whose they are, neither counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ingest.vocabulary import mentions
from rag.adverse_event_words import GENERAL, GRADE, Named, cause_of, events_named, grades_of, name_of
from rag.quantities import spelled

__all__ = ["PEOPLE", "Reported", "reported_in"]

PEOPLE = r"(?:patients?|participants?|people|persons?|subjects?|women|men|children|adults|recipients?|individuals?)"
_COUNT = r"(?:\d{1,3}(?:,\d{3})+|\d+)"
_SHARE = r"\d+(?:\.\d+)?"
_FREQUENCY = re.compile(
    rf"(?<![\w.,–/-])(?:"
    rf"(?P<a1>{_COUNT})(?:\s*/\s*|\s+(?:out\s+)?of\s+(?:the\s+|all\s+)?)(?P<n1>{_COUNT})(?![\d.]*\s?%)"
    rf"(?:\s+(?:[A-Za-z-]+\s+){{0,3}}{PEOPLE})?(?:\s*[(\[,;]\s*(?P<p1>{_SHARE})\s?%)?"
    rf"|(?P<p2>{_SHARE})\s?%\s*[(\[]\s*(?:n\s*=\s*)?(?P<a2>{_COUNT})\s*(?:/|of|out of)\s*(?P<n2>{_COUNT})\s*[)\]]"
    rf"|(?P<p3>{_SHARE})\s?%\s*[(\[]\s*n\s*=\s*(?P<a3>{_COUNT})\s*[)\]]"
    rf"|(?P<a4>{_COUNT})\s+(?:[A-Za-z-]+\s+){{0,2}}?(?:{PEOPLE}\s*)?[(\[]\s*(?P<p4>{_SHARE})\s?%"
    rf"|(?P<p5>{_SHARE})\s?%"
    rf")"
)  # fmt: skip
_NO_FIGURE_BEFORE = re.compile(
    r"(?:[<>≥≤~≈±]|\b(?:at least|at most|more than|less than|fewer than|up to|over|under|above|below|about|"
    r"approximately|around|nearly|almost|roughly|some|between|exceed\w*|by|CIs?|interval|from|dose|doses)|\bp\s*=)[\s:,(\[]*$",
    re.IGNORECASE,
)
_NO_FIGURE_BEHIND = re.compile(
    r"\s*(?:[-\s]?(?:CIs?\b|CrI\b|confidence|credible)|(?:–|-|\bto\b)\s*\d|(?:percentage )?points?\b|"
    r"(?:higher|lower|more|less|fewer|greater|increase|decrease|reduction|risk|relative|of the (?:dose|AEs|adverse|"
    r"events|toxicit))\b)|\s+(?:[A-Za-z-]+\s+){0,2}(?:cases|deaths|events|reports|trials|studies|responses|samples|"
    r"doses|cycles|lesions|biopsies)\b",
    re.IGNORECASE,
)
_THRESHOLD = re.compile(r"\b(?:that|which) occurred in\s*(?:≥|>|at least|more than)\s*$", re.IGNORECASE)
_RANGE_BEFORE = re.compile(r"\d\s?%?\s*(?:–|\bto\b|-)\s*$")
# What a figure that an adverse event stands before may be of instead.
_OTHERWISE = re.compile(
    r"\b(?:respon\w+|surviv\w+|alive|PFS|OS|ORR|progress\w+|remission\w*|recurr\w+|relaps\w+|complet\w+|adher\w+|resol\w+|"
    r"recover\w*|improv\w+|revers\w+|manage\w*|steroids?|corticosteroids?|hospitali[sz]\w+|prevent\w+|avoid\w*|"
    r"reduc\w+|increas\w+|decreas\w+|sensitiv\w+|specific\w*|deaths?|died|fatal\w*|deadl\w+|lethal\w*|mortality|cases|"
    r"reports|expected|historical\w*|previous\w*|literature|no|not|without|free|risk|hazard|odds|difference|power|"
    r"tumou?rs?|expression|positive|control rate|onset|median|dose|predict\w*|required|needed|reasons?|indications?)\b",
    re.IGNORECASE,
)
_OCCURS = re.compile(
    r"(?:\b(?:occur\w*|observed|reported|seen|develop\w*|present|noted|recorded|affect\w*|struck|follow\w*|reached|"
    r"experienc\w+|found|documented|amounted to|in|was|were|rates? of|incidence of|are|is)\b|:)"
    r"[^;:.]*$|^\s*(?:\([^()]*\)\s*)?$",
    re.IGNORECASE,
)
_SUFFERED = re.compile(
    r"^(?:\s*\))?\s*(?:of\s+[^;.%]{0,80}?)?(?:\b(?:had|have|has|developed|experienc\w+|suffered(?: from)?|reported)\b)"
    r"\s*(?:at least one |an? |any |one or more )?(?P<between>[^,;.]{0,40})$",
    re.IGNORECASE,
)
_JOINED = re.compile(
    r"(?:\b(?:and|versus|vs\.?|v|than|compared (?:with|to)|against|or)|[,;])\s*"
    r"(?:(?:in|for|with|of|among|by)\s+)?[(\[]?\s*$",
    re.IGNORECASE,
)
_SIDE_BY_SIDE = re.compile(
    r"\s*[)\]]?\s*(?:,|/|and|versus|vs\.?|v\.?|than|compared (?:with|to)|against|or|,\s*and)\s*"
    r"(?:(?:in|with)\s+)?[(\[]?\s*",
    re.IGNORECASE,
)
_NAMED_BEHIND = re.compile(r"\s*(?P<arm>[A-Z][\w+-]*(?:\s[\w+-]+){0,2}?)\s*(?=\bvs?\.?\s|\bversus\b|[),;])")
_LISTS = re.compile(r"\b(?:were|was|included?|including|such as|namely)\b|:")
_LISTED = re.compile(
    r"(?:^|[,;:]|\b(?:and|were|was|are|including|included|include|as|by|or)\b)\s*"
    r"(?P<event>(?:[A-Za-z][A-Za-z'-]*\s){0,3}[A-Za-z][A-Za-z'-]+)\s*[(\[]\s*$"
)
_NO_EVENT = re.compile(rf"\b(?:{PEOPLE}|groups?|arms?|cohorts?|grade|most|those|with|in|of|the|to|a)\b", re.IGNORECASE)
_STOPPED = re.compile(r"\b(?:stop\w*|discontinu\w+|withdr[ae]w\w*|interrupt\w*|delay\w*)\b", re.IGNORECASE)
_LED_TO_STOPPING = re.compile(
    r"(?:\b(?:stop\w*|discontinu\w+)\b[^;.]{0,60}\b(?:because of|due to|for|owing to)\s+(?:[\w-]+\s+){0,6}?adverse)|"
    r"(?:adverse events?|AEs?|toxicit\w+)[^;.,]{0,40}\bleading to (?:treatment |permanent )?discontinuation",
    re.IGNORECASE,
)
_GROUP = re.compile(
    r"\b(?:the\s+)?(?P<name>(?:[A-Z0-9][\w+-]*|[a-z][\w-]+(?:\s(?:plus|and)\s[a-z][\w-]+)?))\s+(?:groups?|arms?)\b"
)
_NO_GROUP = frozenset("each both all either treatment study the two three this other one same patients age".split())
_MERGED = re.compile(r"\s*(?:plus|\+|/|–|-|with|combined with|in combination with|followed by)\s*", re.IGNORECASE)
_MERGED_AND = re.compile(r"\s*(?:,|and|,\s*and)\s*", re.IGNORECASE)
_ITEM = re.compile(r"\s*[)\]]?\s*(?:,|and|or|,\s*and)[\s,]*(?:in\s*)?[(\[]?\s*$", re.IGNORECASE)  # of a list
_GIVEN = re.compile(
    r"\b(?:given|receiving|received|treated with|assigned to|allocated to)\s+(?:the\s+)?"
    r"(?P<arm>[\w+-]+(?:\s(?!in\b|for\b|and\b|or\b|with\b|than\b|versus\b|vs\b|at\b|of\b)[\w+-]+){0,2})"
)
_TURNED_ROUND = re.compile(r"^\s*(?:compared|in comparison|relative)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reported:
    """How often a text says that an event occurred; as `AdverseEvent`, before it is known of which paper."""

    event: str
    grade: str
    cause: str
    arm: str
    affected: int | None
    treated: int | None
    percent: float | None


@dataclass(frozen=True, slots=True)
class _Figure:
    """A frequency at `start:end`; not `plain` where it is a range, a bound, a difference or an interval."""

    affected: int | None
    treated: int | None
    percent: float | None
    start: int
    end: int
    plain: bool


@dataclass(frozen=True, slots=True)
class _Said:
    """The event a figure is of, and what is told of it."""

    event: str
    grade: str
    cause: str


_NOTHING = _Said("", "", "")


def reported_in(sentence: str) -> list[Reported]:
    """What `sentence` reports, in its order."""
    plain = spelled(sentence)
    figures = list(_figures(plain))
    named = events_named(plain) if figures else []
    if not named:
        return []
    borders = [0, *(figure.end for figure in figures)]
    rows = _side_by_side(plain, figures)
    found: list[Reported] = []
    said: _Said | None = None
    intro = _NOTHING
    otherwise = False  # whether the figure before was of something else, and with it the list that it opens
    consumed = 0
    for row in rows:
        first, last = figures[row[0]], figures[row[-1]]
        start = max(borders[row[0]], consumed)
        following = figures[row[-1] + 1].start if row[-1] + 1 < len(figures) else len(plain)
        before, behind = plain[start : first.start], plain[last.end : following]
        if ";" in before:
            intro = _NOTHING
        intro = _introduced(before, start, named) or intro
        item = bool(_ITEM.match(_without(before, start, named)))
        own = None if item and otherwise else _event_before(before, start, named, intro, plain)
        if own is None and (suffered := _event_behind(behind, last.end, named)):
            own, consumed = suffered
        if own is None and said is not None and _goes_on(before):
            own = _going_on(said, before)
        said = own
        otherwise = said is None and (bool(_OTHERWISE.search(_without(before, start, named))) or (item and otherwise))
        if said is None or not all(figures[place].plain for place in row):
            continue
        arms = _arms(plain, [figures[place] for place in row], start, following)
        if arms is None or (_STOPPED.search(f"{before} {behind}") and "discontinuation" not in said.event):
            continue
        for place, arm in zip(row, arms, strict=True):
            figure = figures[place]
            found.append(
                Reported(said.event, said.grade, said.cause, arm, figure.affected, figure.treated, figure.percent)
            )
    return [one for one in found if not any(_contradicts(one, other) for other in found)]


def _contradicts(one: Reported, other: Reported) -> bool:
    """Whether two figures of one event are given to what reads as one arm: whose they are is then not understood."""
    same = (one.event, one.grade, one.cause, one.arm) == (other.event, other.grade, other.cause, other.arm)
    return same and one != other


def _figures(plain: str) -> Iterator[_Figure]:
    for match in _FREQUENCY.finditer(plain):
        before, behind = plain[max(0, match.start() - 30) : match.start()], plain[match.end() :]
        if _THRESHOLD.search(before):
            continue
        affected = next((match[name] for name in ("a1", "a2", "a3", "a4") if match[name]), None)
        treated = match["n1"] or match["n2"]
        percent = next((match[name] for name in ("p1", "p2", "p3", "p4", "p5") if match[name]), None)
        counted = (_whole(affected), _whole(treated), None if percent is None else float(percent))
        ordinary = not (
            _NO_FIGURE_BEFORE.search(before) or _NO_FIGURE_BEHIND.match(behind) or _RANGE_BEFORE.search(before)
        )
        possible = (counted[2] or 0) <= 100 and (counted[1] is None or (counted[0] or 0) <= counted[1])
        yield _Figure(*counted, match.start(), match.end(), ordinary and possible)


def _whole(digits: str | None) -> int | None:
    return None if digits is None else int(digits.replace(",", ""))


def _side_by_side(plain: str, figures: Sequence[_Figure]) -> list[list[int]]:
    """The places of the figures, those that nothing but "and" or "versus" parts in one row."""
    rows: list[list[int]] = []
    for place, figure in enumerate(figures):
        between = plain[figures[place - 1].end : figure.start] if place else ""
        named = _NAMED_BEHIND.match(between)
        if place and (_SIDE_BY_SIDE.fullmatch(between) or (named and _SIDE_BY_SIDE.fullmatch(between[named.end() :]))):
            rows[-1].append(place)
        else:
            rows.append([place])
    return rows


def _introduced(before: str, start: int, named: Sequence[Named]) -> _Said | None:
    """What holds for a list: "Immune-related adverse events of grade 3 or 4 were colitis in 5 patients, …"."""
    here = [one for one in named if start <= one.start and one.end <= start + len(before)]
    for one in here:
        if one.general or one is not here[-1]:
            rest = before[one.end - start :]
            lists = _LISTS.search(rest)
            if lists and rest[lists.end() :].strip(" (["):
                said = before[: one.end - start + lists.start()]
                grades = grades_of(said)
                return _Said("", grades[0] if len(grades) == 1 else "", cause_of(said))
    return None


def _event_before(before: str, start: int, named: Sequence[Named], intro: _Said, plain: str) -> _Said | None:
    """The event named last before a figure, where it is said to occur."""
    here = [one for one in named if start <= one.start and one.end <= start + len(before)]
    listed = _LISTED.search(before)
    bracketed = before.rstrip().endswith(("(", "["))
    if not here or (bracketed and listed and not _overlaps(listed, here[-1], start)):
        if not (bracketed and listed and (here or intro.grade or intro.cause)):
            return None
        event = listed["event"].strip()
        if _NO_EVENT.search(event) or _OTHERWISE.search(before):
            return None
        return _Said(name_of(event), *_told(before, intro))
    last = here[-1]
    event = last.event
    for one in reversed(here[:-1]):
        joint = plain[one.end : last.start].strip().lower()
        if one.general or joint not in ("or", "and", "and/or", "/"):
            break
        if joint == "and" and not bracketed:
            return None
        event = event if joint == "and" else f"{one.event} or {event}"
        last = one
    link = before[here[-1].end - start :]
    if not (_OCCURS.search(GRADE.sub(" ", link)) or (bracketed and not link.strip(" (["))):
        return None
    rest = _without(before, start, here)
    if _LED_TO_STOPPING.search(before):
        return _Said(f"{GENERAL} leading to discontinuation", *_told(before, intro))
    return None if _OTHERWISE.search(GRADE.sub(" ", rest)) else _Said(event, *_told(before, intro))


def _without(before: str, start: int, named: Sequence[Named]) -> str:
    """`before` without the names of events in it: a "treatment-related death" is no word against itself."""
    kept, position = [], 0
    for one in named:
        if start <= one.start and one.end <= start + len(before) and one.start - start >= position:
            kept.append(before[position : one.start - start])
            position = one.end - start
    return " ".join([*kept, before[position:]])


def _overlaps(listed: re.Match[str], one: Named, start: int) -> bool:
    return listed.start("event") < one.end - start and one.start - start < listed.end("event")


def _event_behind(behind: str, start: int, named: Sequence[Named]) -> tuple[_Said, int] | None:
    """The event of "38% of the patients had colitis", and where its name ends."""
    for one in named:
        if one.start < start or one.end > start + len(behind):
            continue
        said = _SUFFERED.match(GRADE.sub(" ", behind[: one.start - start]))
        if not said or _OTHERWISE.search(said["between"]):
            return None
        clause = re.split(r"[,;.]|\b(?:and|versus|vs)\b", behind[one.end - start :])[0]
        if _OTHERWISE.search(clause):
            return None
        told = f"{behind[: one.end - start]}{clause}"
        return _Said(one.event, *_told(told, _NOTHING)), one.end
    return None


def _goes_on(before: str) -> bool:
    """Whether a figure is joined to the one before, so that it is of the same event."""
    bare = GRADE.sub(" ", before)
    return bool(_JOINED.search(re.sub(r"\bof\s+(?=in\b|$)", " ", bare))) and not _OTHERWISE.search(bare)


def _going_on(said: _Said, before: str) -> _Said | None:
    grades = grades_of(before)
    return None if len(grades) > 1 else replace(said, grade=grades[0] if grades else said.grade)


def _told(text: str, intro: _Said) -> tuple[str, str]:
    """Grade and cause that `text` tells, else those of the list; no grade where it tells several."""
    grades = grades_of(text)
    grade = grades[0] if len(grades) == 1 else "" if grades else intro.grade
    return grade, cause_of(text) or intro.cause


# -- arms ------------------------------------------------------------------------------------------------------------


def _arms(plain: str, row: Sequence[_Figure], start: int, following: int) -> list[str] | None:
    """The arm of each figure of a row, "" where none is named; None where they cannot be told apart."""
    behind = plain[row[-1].end : following]
    after = [
        plain[one.end : (row[place + 1].start if place + 1 < len(row) else following)] for place, one in enumerate(row)
    ]
    direct = [_NAMED_BEHIND.match(text) for text in after]
    if len(row) > 1:
        if all(direct):
            return [match["arm"] for match in direct if match]
        before = plain[: row[0].start]
        for text in (behind, plain[start : row[0].start], before):
            arms = _regimens(text, merge_and=False)
            if len(arms) == len(row) and not _TURNED_ROUND.search(before):
                return arms
        return None
    bracketed = plain[: row[0].start].rstrip().endswith(("(", "["))
    if bracketed and direct[0]:
        return [direct[0]["arm"]]
    if not bracketed or row[0].affected is not None:
        clause = re.split(r";|\.\s|,\s(?:and|while|whereas|but)\b", behind)[0]
        own = _regimens(clause, merge_and=True)
        if own:
            return [own[0]]
        if given := _GIVEN.search(clause):
            return [given["arm"]]
    named_before = _regimens(plain[start : row[0].start], merge_and=True)
    if len(named_before) == 1:
        return named_before
    all_named = list(dict.fromkeys(_regimens(plain, merge_and=True)))
    return all_named if len(all_named) == 1 else [""] if not all_named else None


def _regimens(text: str, *, merge_and: bool) -> list[str]:
    """The treatments that `text` names, in their order: drugs that are given together as one, and named groups."""
    spans: list[list[int]] = []
    for mention in mentions(text):
        if mention.concept.kind != "drug" or (spans and mention.start < spans[-1][1]):
            continue
        between = text[spans[-1][1] : mention.start] if spans else ""
        joined = spans and (_MERGED.fullmatch(between) or (merge_and and _MERGED_AND.fullmatch(between)))
        if joined:
            spans[-1][1] = mention.end
        else:
            spans.append([mention.start, mention.end])
    for match in _GROUP.finditer(text):
        begin, end = match.span("name")
        inside = any(left < end and begin < right for left, right in spans)
        if not inside and match["name"].lower() not in _NO_GROUP:
            spans.append([begin, end])
    return [text[begin:end] for begin, end in sorted(spans)]

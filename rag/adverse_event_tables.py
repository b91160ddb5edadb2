"""A row of a table of adverse events -> how often it says that its event occurred.

Rows are text (`ingest.readers.jats_tables`): "header: cell; header: cell", the event in the first cell, arm, grade and
number of patients in the headers. A table counts where its caption, section or headers say that it is one of adverse
events, so that neither responses nor hypertension before treatment are taken for them.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from ingest.papers import Paper, Section
from rag.adverse_event_sentences import Reported
from rag.adverse_event_words import ANY_GRADE, GRADE, cause_of, events_named, grades_of, name_of
from rag.typography import one_spelling

__all__ = ["reported_in_row", "rows_of", "table_at"]

_TABLE = re.compile(
    r"\badverse\b|toxicit|\bside[- ]effect|\birAEs?\b|\bT?[RE]?AEs?\b|immune-(?:related|mediated)|\bCTCAE\b|\bsafety\b",
    re.IGNORECASE,
)
_BASELINE = re.compile(
    r"\bbaseline\b|\bsubgroup|\binteraction\b|\brisk factors?\b|\bodds\b|\bcharacteristics\b|\bdemographic|"
    r"\beligib|\bcriteria\b|\bmanagement\b",
    re.IGNORECASE,
)
_CELL = re.compile(r";\s+(?=[^;:]{1,300}:\s)")
_NAMED = re.compile(r"(?P<head>.*?):\s+(?P<value>[^:]*)$", re.DOTALL)
_COUNT = r"(?:\d{1,3}(?:,\d{3})+|\d+)"
_SHARE = r"\d{1,3}(?:\.\d+)?"
_VALUE = re.compile(
    rf"(?P<affected>{_COUNT})\s*(?:/\s*(?P<treated>{_COUNT})\s*)?[(\[]\s*(?P<percent>{_SHARE})\s*(?P<sign>%)?\s*[)\]]"
    rf"|(?P<share>{_SHARE})\s?%(?:\s*[(\[]\s*(?:n\s*=\s*)?(?P<of>{_COUNT})(?:\s*/\s*(?P<all>{_COUNT}))?\s*[)\]])?"
    rf"|(?P<part>{_COUNT})\s*/\s*(?P<whole>{_COUNT})"
    rf"|(?P<number>{_SHARE})"
)
_PATIENTS = re.compile(rf"\b[nN]\s*=\s*(?P<n>{_COUNT})")
_PERCENT = re.compile(r"%|\bper\s?cent", re.IGNORECASE)
_NUMBER_HEAD = re.compile(r"\bno\.|\bnumber\b|(?<![\w%(])n(?![\w=])", re.IGNORECASE)
_NOT_COUNTED = re.compile(
    r"\bp\b|\bp[- ]?values?\b|\bCI\b|\bratio\b|\bdifference\b|\btime\b|\bmedian\b|\btotal events\b", re.I
)
_NOT_AN_EVENT = re.compile(
    r"^(?:total|n|no\.?|number|patients?|participants?|age|median|mean|dose|cycles?|exposure|duration|follow-up|sex|"
    r"male|female|weeks?|months?|responders?|(?:complete|partial|objective) response|stable disease|progress\w*)\b"
    r"|resol|recover|steroid|managed|hospitali|^(?:\w+ly )?(?:un)?related$",
    re.IGNORECASE,
)
_ALL = re.compile(r"\ball (?:AEs|adverse events|toxicities|events)\b", re.IGNORECASE)
_BARE_GRADE = re.compile(r"(?:[1-5]|IV|I{1,3}|V)(?:\s*[-–/]\s*(?:[1-5]|IV|I{1,3}|V))?\s*\+?|(?:≥|>=)\s*[1-5]")
_ARM_NOISE = re.compile(
    r"[(\[]?\s*\b[nN]\s*=\s*[\d,]+\s*[)\]]?|\bn(?:o\.)?\s*(?:[(\[]\s*%\s*[)\]]|,\s*%)|[(\[]\s*%\s*[)\]]|%|"
    r"\b(?:number|no\.)(?: of)?(?: patients?| events?)?|"
    r"\b(?:any|all)[- ]?(?:cause|grade|AE|adverse event|event)s?\b|"
    r"\b(?:treatment|immune|drug)[- ](?:related|mediated|emergent)\b|"
    r"\badverse events?\b|\bAEs?\b|\bpatients?\b|\bCTCAE(?: (?:grade|classification|category|term))?\b|\bevents?\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]*[^\W\d_IVX][^\W\d_]*")  # more than a number, also a Roman one
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Table:
    """A table of adverse events: what its caption says, and where that begins."""

    caption: str
    start: int


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table, `paper.text[start:end]`, and the heading within the table that stands above it."""

    text: str
    start: int
    end: int
    heading: str


def table_at(paper: Paper, section: Section) -> Table | None:
    """The table of adverse events that `section` is; None where it is none."""
    if section.kind != "table":
        return None
    text = paper.text[section.start : section.end]
    lines = text.split("\n")
    caption = "\n".join(line for line in lines[: _first_row(lines)] if line.strip())
    said = "\n".join([section.title, caption, *lines[_first_row(lines) :][:1]])
    if not _TABLE.search(said) or _BASELINE.search(said):
        return None
    return Table(caption, section.start)


def rows_of(paper: Paper, start: int, end: int) -> list[Row]:
    """The rows between `start` and `end` of the paper's text; a heading above `start` is not seen."""
    found, heading, position = [], "", start
    for line in paper.text[start:end].split("\n"):
        if line.strip():
            if "; " in line or _NAMED.match(line):
                found.append(Row(line, position, position + len(line), heading))
            else:
                heading = line.strip()
        position += len(line) + 1
    return found


def reported_in_row(row: Row, table: Table) -> list[Reported]:
    """What `row` reports, a figure an arm and grade; nothing where its first cell names no event."""
    plain = one_spelling(row.text)
    cells = [(match["head"], match["value"].strip()) if (match := _NAMED.match(cell)) else ("", cell.strip())
             for cell in _CELL.split(plain)]  # fmt: skip
    label = cells[0][1]
    event, grade = _event(label, row.heading)
    if not event or len(cells) < 2:
        return []
    counts = any(re.match(rf"{_COUNT}\s*[(\[/]", value) for _, value in cells[1:])
    found = []
    for head, value in cells[1:]:
        figure = _figure(head, value, table.caption, counts)
        grades = grades_of(head) or ([grade] if grade else [ANY_GRADE] if _ALL.search(head) else [])
        if figure is None or len(grades) > 1 or _NOT_COUNTED.search(_PATIENTS.sub("", head)):
            continue
        cause = cause_of(f"{label} {head}") or cause_of(table.caption)
        found.append(Reported(event, grades[0] if grades else "", cause, _arm(head), *figure))
    columns = Counter((one.grade, one.cause, one.arm) for one in found)
    return [one for one in found if columns[one.grade, one.cause, one.arm] == 1]  # else whose is whose is not told


def _first_row(lines: list[str]) -> int:
    """The number of the line that the rows begin with."""
    for number, line in enumerate(lines):
        if _CELL.search(line) and len(_CELL.split(line)) > 1:
            return number
    return len(lines)


def _event(label: str, heading: str) -> tuple[str, str]:
    """The event that a row is about and the grade that its label gives; "" for what is no event."""
    label = f"grade {label}" if _BARE_GRADE.fullmatch(label) else label
    grades = grades_of(label)
    name = GRADE.sub(" ", label)
    name = " ".join(re.sub(r"[(\[]\s*[)\]]|[*†‡§¶#^]|\b[a-z]$(?<=\s[a-z])", " ", name).split()).strip(" ,;:-–")
    if grades and not name:
        name = heading
    if not name or len(name) > _LONGEST_NAME or _NOT_AN_EVENT.search(name) or not _WORD.search(name):
        return "", ""
    named = events_named(name)
    general = len(named) == 1 and named[0].general and named[0].end - named[0].start >= 0.8 * len(name)
    return named[0].event if general else name_of(name), grades[0] if grades else ""


def _figure(head: str, value: str, caption: str, counts: bool) -> tuple[int | None, int | None, float | None] | None:
    """Affected, treated, percent of a cell; None where it is no such figure."""
    match = _VALUE.fullmatch(value)
    if match is None:
        return None
    patients = _PATIENTS.search(head)
    treated = _whole(patients["n"]) if patients else None
    percent_said = bool(_PERCENT.search(head) or _PERCENT.search(caption))
    if match["affected"]:
        if not match["sign"] and not percent_said:
            return None
        return _possible(_whole(match["affected"]), _whole(match["treated"]) or treated, float(match["percent"]))
    if match["share"]:
        return _possible(_whole(match["of"]), _whole(match["all"]) or treated, float(match["share"]))
    if match["part"]:
        return _possible(_whole(match["part"]), _whole(match["whole"]), None)
    number = match["number"]
    if "." in number or (_PERCENT.search(head) and not counts and not _NUMBER_HEAD.search(head)):
        return _possible(None, treated, float(number)) if _PERCENT.search(head) else None
    if counts or (_NUMBER_HEAD.search(head) and not _PERCENT.search(head)):
        return _possible(int(number), treated, None)
    return None


def _possible(
    affected: int | None, treated: int | None, percent: float | None
) -> tuple[int | None, int | None, float | None] | None:
    wrong = (percent or 0) > 100 or (affected is not None and treated is not None and affected > treated)
    return None if wrong else (affected, treated, percent)


def _whole(digits: str | None) -> int | None:
    return None if digits is None else int(digits.replace(",", ""))


def _arm(head: str) -> str:
    """What a header says beside grade, cause and number of patients."""
    bare = _ARM_NOISE.sub(" ", GRADE.sub(" ", _PATIENTS.sub(" ", head)))
    bare = " ".join(re.sub(r"[(\[]\s*[)\]]", " ", bare).split()).strip(" ,;:-–/")
    return re.sub(r"\s+[nN]$", "", bare)

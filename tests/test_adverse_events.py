"""The table of adverse events: every figure in the cited quote, from text and from tables, each once."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from commands import Command

from ingest.papers import Chunk, Paper, Section, SectionKind
from ingest.readers import read
from rag.adverse_events import MOST, adverse_events
from rag.answer import AdverseEvent, Passage
from rag.question import Question
from tests.made_papers import paper

ASKED = Question("Which immune-related adverse events occur with nivolumab plus ipilimumab?")
JATS = """<?xml version="1.0"?><article article-type="research-article"><front><article-meta>
<article-id pub-id-type="pmid">90000009</article-id>
<title-group><article-title>Nivolumab plus ipilimumab in a made-up cancer</article-title></title-group>
<abstract><p>We gave nivolumab plus ipilimumab to people with a made-up cancer, and looked at harm.</p></abstract>
</article-meta></front><body>
<sec><title>Introduction</title>
<p>In an earlier study, colitis occurred in 99 of 100 patients given ipilimumab.</p></sec>
<sec><title>Results</title>
<p>The response rate was 52% with nivolumab plus ipilimumab. Any-grade immune-related colitis occurred in 24 of 120
patients (20%) given nivolumab plus ipilimumab.</p>
<table-wrap id="t1"><label>Table 1</label><caption><p>Characteristics at baseline</p></caption><table>
<thead><tr><th>Characteristic</th><th>Nivolumab plus ipilimumab (N = 120) n (%)</th></tr></thead>
<tbody><tr><td>Hypertension</td><td>40 (33.3)</td></tr></tbody></table></table-wrap>
<table-wrap id="t2"><label>Table 2</label><caption><p>Adverse events of any cause</p></caption><table>
<thead>
<tr><th rowspan="2">Event</th><th colspan="2">Nivolumab plus ipilimumab (N = 120)</th>
<th colspan="2">Placebo (N = 118)</th></tr>
<tr><th>Any grade, n (%)</th><th>Grade 3-4, n (%)</th><th>Any grade, n (%)</th><th>Grade 3-4, n (%)</th></tr>
</thead>
<tbody>
<tr><td>Colitis</td><td>24 (20.0)</td><td>6 (5.0)</td><td>1 (0.8)</td><td>0</td></tr>
<tr><td>Alanine aminotransferase increased</td><td>18 (15.0)</td><td>9 (7.5)</td><td>3 (2.5)</td><td>–</td></tr>
</tbody></table></table-wrap>
</sec></body></article>"""
NUMBER = re.compile(r"\d+(?:\.\d+)?")


def figures(text: str) -> set[Decimal]:
    """Every figure of a text by its value; commas within numbers count as nothing. Not the extractor that is tested."""
    return {Decimal(number).normalize() for number in NUMBER.findall(text.replace(",", ""))}


def passages_of(one: Paper) -> list[Passage]:
    return [
        Passage(chunk, one, one.text[chunk.start : chunk.end], 1.0)
        for chunk in chunks_of(one)
        if chunk.section.kind == "abstract" or len(one.sections) == 1
    ]


def chunks_of(one: Paper) -> list[Chunk]:
    return [
        Chunk(f"{one.id}#{place}", one.id, section, None, section.start, section.end)
        for place, section in enumerate(one.sections)
    ]


def found_in(*papers: Paper, question: Question = ASKED) -> list[AdverseEvent]:
    known = {one.id: one for one in papers}
    passages = [passage for one in papers for passage in passages_of(one)]
    return list(adverse_events(question, passages, lambda id_: chunks_of(known[id_])))


def row(event: AdverseEvent) -> tuple[Any, ...]:
    return event.event, event.grade, event.cause, event.arm, event.affected, event.treated, event.percent


@pytest.fixture
def jats(tmp_path: Path) -> Paper:
    path = tmp_path / "paper.xml"
    path.write_text(JATS, encoding="utf-8")
    (one,) = read(path)
    return one


def test_a_table_with_two_rows_of_headers_is_read_by_arm_and_grade(jats: Paper) -> None:
    arm, placebo = "Nivolumab plus ipilimumab", "Placebo"
    assert [row(event) for event in found_in(jats)] == [
        ("colitis", "any", "immune-related", "nivolumab plus ipilimumab", 24, 120, 20.0),
        ("colitis", "any", "any cause", arm, 24, 120, 20.0),
        ("alanine aminotransferase increased", "any", "any cause", arm, 18, 120, 15.0),
        ("alanine aminotransferase increased", "3-4", "any cause", arm, 9, 120, 7.5),
        ("colitis", "3-4", "any cause", arm, 6, 120, 5.0),
        ("alanine aminotransferase increased", "any", "any cause", placebo, 3, 118, 2.5),
        ("colitis", "any", "any cause", placebo, 1, 118, 0.8),
        ("colitis", "3-4", "any cause", placebo, 0, 118, None),
    ]


def test_neither_baseline_nor_other_studies_nor_responses_are_adverse_events(jats: Paper) -> None:
    told = [row(event) for event in found_in(jats)]
    assert not [one for one in told if "hypertension" in one[0] or one[4] in (99, 40) or one[6] in (52.0, 33.3)]


def test_every_quote_is_verbatim_and_holds_every_figure_of_its_row(jats: Paper) -> None:
    for event in found_in(jats):
        citation = event.citation
        assert citation.passage.paper.text[citation.start : citation.end] == citation.quote
        shown = " ".join(str(one) for one in (event.grade, event.affected, event.treated, event.percent))
        assert figures(shown) <= figures(citation.quote)


def test_the_same_told_twice_is_shown_once_and_most_fully() -> None:
    one = paper(
        1,
        "Colitis occurred in 20% of patients given nivolumab plus ipilimumab.",
        "Immune-related colitis occurred in 24 of 120 patients (20%) given nivolumab plus ipilimumab.",
    )
    assert [row(event) for event in found_in(one)] == [
        ("colitis", "", "immune-related", "nivolumab plus ipilimumab", 24, 120, 20.0)
    ]


def test_rows_come_by_study_then_by_frequency() -> None:
    first = paper(1, "With nivolumab plus ipilimumab, rash occurred in 5% and colitis occurred in 12% of patients.")
    second = paper(2, "With nivolumab plus ipilimumab, fatigue occurred in 40% of patients.")
    assert [event.event for event in found_in(first, second)] == ["colitis", "rash", "fatigue"]


def test_a_paper_about_another_drug_does_not_count() -> None:
    assert found_in(paper(1, "Colitis occurred in 20% of patients given pembrolizumab.")) == []


def test_who_asks_for_one_event_is_told_of_that() -> None:
    one = paper(1, "With ipilimumab, rash occurred in 5% and colitis occurred in 12% of patients.")
    found = found_in(one, question=Question("How often does ipilimumab cause colitis?"))
    assert [event.event for event in found] == ["colitis"]


def test_who_does_not_ask_about_harm_is_told_of_none() -> None:
    one = paper(1, "With nivolumab plus ipilimumab, rash occurred in 5% of patients.")
    assert found_in(one, question=Question("Does nivolumab plus ipilimumab prolong survival?")) == []


def test_a_grade_that_stands_in_the_caption_alone_is_in_the_quote_too() -> None:
    one = table(
        "Adverse events of grade 3 or 4 with nivolumab plus ipilimumab\n\nEvent: Colitis; All (N = 40): 6 (15%)"
    )
    (event,) = found_in(one)
    assert event.grade == "3-4"
    assert event.citation.quote.startswith("Adverse events of grade 3 or 4")


def test_columns_that_cannot_be_told_apart_are_left_out() -> None:
    assert found_in(table("Adverse events: nivolumab plus ipilimumab\n\nColitis; n (%): 7 (18); n (%): 3 (8)")) == []


def test_a_study_does_not_fill_the_answer() -> None:
    rows = "\n".join(
        f"Event: Symptom{'abcdefghijklmnopqrstuvwxyz'[place]}; Arm (N = 99): {place} (1%)" for place in range(26)
    )
    assert len(found_in(table(f"Adverse events: nivolumab plus ipilimumab\n\n{rows}"))) == MOST


def table(text: str) -> Paper:
    kind: SectionKind = "table"
    return paper(1, text, sections=(Section(kind, "Table 2", 0, len(text)),))


QUESTION = "Which immune-related adverse events occur with nivolumab plus ipilimumab?"


def test_the_starter_library_prints_a_table_whose_every_figure_is_in_its_cited_source(immunorag: Command) -> None:
    assert immunorag("demo", "--library", "starter").code == 0
    answer = json.loads(immunorag("ask", "--library", "starter", "--json", QUESTION).out)
    assert len(answer["adverse_events"]) >= 10
    quotes: dict[str, str] = {}
    for event in answer["adverse_events"]:
        quotes.setdefault(f"[{event['citation']['number']}]", "")
        quotes[f"[{event['citation']['number']}]"] += f"\n{event['citation']['quote']}"
        shown = " ".join(str(event[name]) for name in ("grade", "affected", "treated", "percent"))
        assert figures(shown) <= figures(event["citation"]["quote"])

    printed = immunorag("ask", "--library", "starter", QUESTION).out
    lines = printed[printed.index("\nAdverse events\n") :].split("\n\n")[0].strip().split("\n")[2:]
    assert len(lines) == len(answer["adverse_events"])
    for line in lines:
        *cells, source = line.split("\t")
        assert figures(" ".join(cells)) <= figures(quotes[source])
        assert quotes[source].strip().split("\n")[0] in printed

    markdown = immunorag("ask", "--library", "starter", "--format", "markdown", QUESTION).out
    assert "| adverse event | grade | cause | arm | patients | percent | source |" in markdown
    assert markdown.count("\n| ") == len(lines) + 2

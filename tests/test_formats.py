"""An answer reads well, keeps its quotes, and never passes a digest off as the paper."""

import json
from dataclasses import replace
from importlib.resources import files

from jsonschema import Draft202012Validator

from ingest.papers import Chunk, Filters, Notice, Page, Paper, Section
from rag.answer import Answer, Citation, Claim, Disagreement, Passage, Side, Verdict
from rag.formats import reference, sources, to_json, to_markdown

TEXT = "The response rate was 44.8%. Toxicity was lower."
SECTION = Section("results", "Results", 0, len(TEXT))
PAPER = Paper(
    "pmid:1", "A trial.", TEXT, (SECTION,), "pdf", ("Reck M", "Rodríguez-Abreu D"), "N Engl J Med", 2016, doi="10.1/x",
    pages=(Page(3, 0, len(TEXT)),),
)  # fmt: skip


def answer(paper: Paper = PAPER, abstained: bool = False) -> Answer:
    passage = Passage(Chunk("pmid:1#0", paper.id, SECTION, 3, 0, len(TEXT)), paper, TEXT, 0.03)
    first = Citation(1, passage, TEXT[:28], 0, 28)
    claims = (
        Claim("The response rate was 44.8%.", (first,), Verdict(passed=True)),
        Claim("It was well tolerated.", (first, Citation(1, passage, TEXT[29:], 29, 48)), Verdict(passed=True)),
    )
    return Answer("Does it work?", () if abstained else claims, (passage,), abstained, "extractive", {"total": 0.1})


def test_each_sentence_carries_its_marks_once() -> None:
    assert to_json(answer())["answer"] == "The response rate was 44.8%. [1] It was well tolerated. [1]"


def test_a_source_is_listed_once_with_each_quote_once() -> None:
    assert to_markdown(answer()).splitlines()[2:] == [
        "## Sources",
        "",
        "[1] Reck M et al. A trial. N Engl J Med 2016. doi:10.1/x",
        "",
        "> The response rate was 44.8%. (Results, page 3)",
        "> Toxicity was lower. (Results, page 3)",
    ]


def test_a_digest_is_never_passed_off_as_the_paper() -> None:
    digest = replace(PAPER, source="digest")
    assert reference(digest).startswith("Reck M et al. immunorag digest of “A trial.”")
    found = to_json(answer(digest))["claims"][0]["citations"][0]
    assert found["source"] == "digest"
    assert found["title"].startswith("immunorag digest of")


def test_an_abstention_names_what_is_nearest() -> None:
    assert "does not hold an answer" in to_markdown(answer(abstained=True))
    assert "- Reck M et al." in to_markdown(answer(abstained=True))
    assert to_json(answer(abstained=True))["claims"] == []


def test_offsets_point_into_the_papers_text() -> None:
    for claim in to_json(answer())["claims"]:
        for citation in claim["citations"]:
            assert TEXT[citation["start"] : citation["end"]] == citation["quote"]


def test_limits_and_disagreements_are_in_markdown_and_json() -> None:
    plain = answer()
    sides = tuple(Side(word, plain.claims[0].citations[0]) for word in ("longer", "no difference"))
    apart = Disagreement(
        "nivolumab", "overall survival", sides, ("line: untreated against pretreated", "design: a against b")
    )
    told = replace(plain, disagreements=(apart,), limits=("Rests on a single trial.",))
    lines = to_markdown(told).splitlines()
    at = lines.index("## Studies disagree: nivolumab, overall survival")
    assert lines[at + 2 : at + 6] == [
        "- longer: [1] Reck M et al., 2016",
        "- no difference: [1] Reck M et al., 2016",
        "",
        "What else differs: line: untreated against pretreated; design: a against b.",
    ]
    assert lines[-3:] == ["## Limits", "", "Rests on a single trial."]
    found = to_json(told)
    assert found["limits"] == ["Rests on a single trial."]
    assert [side["finding"] for side in found["disagreements"][0]["sides"]] == ["longer", "no difference"]
    assert found["disagreements"][0]["sides"][0]["citation"]["quote"] == TEXT[:28]


def test_a_paper_that_only_a_disagreement_cites_is_among_the_sources() -> None:
    other = replace(PAPER, id="pmid:2", title="Another trial.")
    passage = replace(answer().passages[0], paper=other)
    side = Side("shorter", Citation(2, passage, TEXT[:28], 0, 28))
    apart = Disagreement("nivolumab", "overall survival", (side, side))
    assert list(sources(replace(answer(), disagreements=(apart,)))) == [1, 2]


def test_what_was_seen_in_mice_is_led_by_it_in_the_answer_and_not_in_the_claim() -> None:
    found = to_json(answer(replace(PAPER, species=("mouse",))))
    assert found["answer"].startswith("In mice: The response rate was 44.8%. [1]")
    assert found["claims"][0]["text"] == "The response rate was 44.8%."
    assert found["claims"][0]["studied_in"] == "mice"


def test_a_paper_that_does_not_stand_undoubted_is_marked_in_markdown() -> None:
    assert "[1] **EXPRESSION OF CONCERN** Reck M et al." in to_markdown(answer(replace(PAPER, status="concern")))


def test_what_was_understood_and_the_filters_are_told_in_every_form() -> None:
    asked = replace(answer(), understood="Does nivolumab work?", filters=Filters(since=2020))
    assert to_json(asked)["understood"] == "Does nivolumab work?"
    assert to_json(asked)["filters"] == {"since": 2020}
    assert to_json(answer())["understood"] == "Does it work?"
    for one in (asked, replace(asked, abstained=True)):
        assert to_markdown(one).splitlines()[:4] == [
            "*Understood as: Does nivolumab work?*", "", "*Only papers: since 2020*", "",
        ]  # fmt: skip


def test_disagreements_studies_limits_and_what_is_withheld_keep_to_the_schema() -> None:
    sides = tuple(Side(word, answer().claims[0].citations[0]) for word in ("longer", "no difference"))
    notice = Notice("pmid:9", "retracted", "Retraction Watch", "2024-06-26", "Duplication of images")
    told = to_json(
        replace(
            answer(replace(PAPER, species=("mouse",))),
            disagreements=(Disagreement("nivolumab", "overall survival", sides, ("line: a against b",)),),
            limits=("Rests on a single trial.",),
            withheld=(replace(PAPER, id="pmid:9", status="retracted", notices=(notice,)),),
        )
    )
    schema = json.loads((files("ui") / "answer.schema.json").read_text(encoding="utf-8"))
    Draft202012Validator(schema).validate(told)
    for key in ("disagreements", "studies", "withheld"):
        documented = schema["$defs"][schema["properties"][key]["items"]["$ref"].rpartition("/")[2]]["properties"]
        assert set(told[key][0]) == set(documented)

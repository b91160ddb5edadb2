"""BioASQ's questions are read as they are published, and questions that share a paper stay together."""

import json
from pathlib import Path

import pytest

from eval.bioasq import abstracts, bioasq, groups
from eval.suites import SuiteError


def row(key: str, *pmids: str, kind: str = "factoid", exact: object = None) -> str:
    snippets = [{"pmid": pmid, "text": f"Snippet of {pmid}.", "section": "abstract"} for pmid in pmids]
    return json.dumps(
        {"id": key, "question": f"What of {key}?", "type": kind, "exact_answer": exact, "snippets": snippets}
    )


def written(folder: Path, *rows: str) -> Path:
    file = folder / "bioasq.jsonl"
    file.write_text("\n".join(rows), encoding="utf-8")
    return file


def test_exact_answers_of_every_year_become_items_with_synonyms(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        row("a", "1", exact=[["two", "2"]]),
        row("b", "1", kind="list", exact=[["IgA"], ["IgG", "gamma"]]),
        row("c", "1", kind="yesno", exact="no"),
        row("d", "1", kind="summary"),
        row("e", "1", exact=["HCC", "liver cancer"]),
    )
    assert [question.items for question in bioasq(file)] == [
        (("two", "2"),), (("IgA",), ("IgG", "gamma")), (("no",),), (), (("HCC", "liver cancer"),),
    ]  # fmt: skip


def test_questions_that_share_a_paper_over_others_are_of_one_group(tmp_path: Path) -> None:
    questions = bioasq(written(tmp_path, row("a", "1", "2"), row("b", "3", "4"), row("c", "2", "3"), row("d", "5")))
    whose = groups(questions)
    assert whose["a"] == whose["b"] == whose["c"] != whose["d"]


def test_a_paper_holds_each_snippet_once(tmp_path: Path) -> None:
    papers = abstracts(bioasq(written(tmp_path, row("a", "1", "1"), row("b", "1"))))
    assert [(paper.id, paper.text) for paper in papers] == [("pmid:1", "Snippet of 1.")]


@pytest.mark.parametrize(
    "line", ["no JSON", "{}", row("a"), row("a", "1", kind="riddle"), f"{row('a', '1')}\n{row('a', '1')}"]
)
def test_what_is_no_question_is_named_by_its_line(tmp_path: Path, line: str) -> None:
    with pytest.raises(SuiteError, match=r"line \d"):
        bioasq(written(tmp_path, line))

"""Our own questions keep their promises: answerable ones from their papers, unanswerable ones from none."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from importlib.resources import files

import pytest
from jsonschema import Draft202012Validator

from eval.questions import FILES, KeyFact, OwnQuestion, RenamedQuestion, own_questions, renamed_questions, rows
from eval.questions.checking import HELD_OUT, groups, problems, renamed_problems, says, split_of
from eval.suites import half
from ingest import starter
from ingest.papers import Paper, Section
from ingest.vocabulary import mentions

TEXT = (
    "Made-up-mab led to a response in 31.7% of 1,264 people. Survival was 9.5 months with made-up-mab and 4 with none."
)
PAPER = Paper("pmid:1", "A trial of made-up-mab", TEXT, (Section("results", "", 0, len(TEXT)),), "digest")
QUESTION = OwnQuestion(
    "own-001", "Who responds to it?", "answerable", "treatment strategy", "factoid", split_of({"pmid:1"}), ("pmid:1",),
    (KeyFact(number=31.7, unit="%"),),
)  # fmt: skip


def found(question: OwnQuestion) -> list[str]:
    return list(problems([question], {"pmid:1": PAPER}))


@pytest.fixture(scope="module")
def digests() -> dict[str, Paper]:
    return {paper.id: paper for paper in starter.papers()}


def test_our_questions_have_no_problem(digests: dict[str, Paper]) -> None:
    assert list(problems(own_questions(), digests)) == []


def test_questions_with_other_names_have_no_problem(digests: dict[str, Paper]) -> None:
    assert list(renamed_problems(renamed_questions(), digests)) == []


@pytest.mark.parametrize("name", [*FILES, "names.jsonl"])
def test_every_line_is_as_the_schema_says(name: str) -> None:
    schema = json.loads((files("eval.questions") / "schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    errors = [error.message for row in rows(name) for error in Draft202012Validator(schema).iter_errors(row)]
    assert errors == []


def test_there_are_enough_questions_of_every_kind_and_area() -> None:
    questions = own_questions()
    kinds = Counter(question.kind for question in questions)
    assert kinds["answerable"] >= 240
    assert kinds["unanswerable"] >= 60
    assert kinds["follow-up"] >= 60
    assert min(kinds["disagreement"], kinds["adversarial"]) >= 20
    answerable = [question for question in questions if question.kind == "answerable"]
    assert min(Counter(question.area for question in answerable).values()) >= 60
    assert min(Counter(question.type for question in answerable).values()) >= 12
    assert len(renamed_questions()) >= 80


def test_most_unanswerable_questions_are_near_misses() -> None:
    unanswerable = [question for question in own_questions() if question.kind == "unanswerable"]
    assert sum(bool(question.near) for question in unanswerable) > len(unanswerable) / 2


def test_about_two_in_five_questions_are_held_out_and_no_paper_is_in_both_splits() -> None:
    questions = own_questions()
    papers = {
        split: {paper for question in questions if question.split == split for paper in question.gold}
        for split in ("dev", "heldout")
    }
    assert not papers["dev"] & papers["heldout"]
    share = sum(question.split == "heldout" for question in questions) / len(questions)
    assert share == pytest.approx(HELD_OUT, abs=0.05)


def test_papers_of_one_question_lie_in_one_split_with_all_that_are_tied_to_them() -> None:
    one = replace(QUESTION, gold=("pmid:1", "pmid:2"))
    two = replace(QUESTION, gold=("pmid:2", "pmid:3"))
    assert groups([one, two, replace(QUESTION, gold=("pmid:4",))]) == {
        **dict.fromkeys(["pmid:1", "pmid:2", "pmid:3"], frozenset({"pmid:1", "pmid:2", "pmid:3"})),
        "pmid:4": frozenset({"pmid:4"}),
    }


def test_a_good_question_has_no_problem() -> None:
    assert found(QUESTION) == []


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        (KeyFact(number=31.7, unit="%"), True),
        (KeyFact(number=31, unit="%"), False),  # part of a number
        (KeyFact(number=1264, unit="people"), True),  # written with a comma
        (KeyFact(number=31.7, unit="months"), False),  # the unit stands in another sentence
        (KeyFact(number=9.5, unit="%"), False),
        (KeyFact(number=4, unit="months"), True),  # the unit is said once for both
        (KeyFact(texts=("made up mab",)), True),  # hyphens make no difference
        (KeyFact(texts=("Made",)), True),
        (KeyFact(texts=("spons",)), False),  # within a word
        (KeyFact(texts=("unheard of", "response")), False),  # the first has to stand there
    ],
)
def test_a_key_fact_has_to_stand_in_a_gold_paper(fact: KeyFact, said: bool) -> None:
    assert says(PAPER, fact) is said
    assert bool(found(replace(QUESTION, facts=(fact,)))) is not said


def test_a_gold_paper_has_to_exist() -> None:
    assert found(replace(QUESTION, gold=("pmid:7",))) == ["own-001: no digest is pmid:7"]


def test_a_question_without_an_answer_is_reported() -> None:
    assert found(replace(QUESTION, facts=())) == ["own-001: has no gold paper, or neither key fact nor verdict"]


def test_a_yes_no_question_needs_its_verdict() -> None:
    assert found(replace(QUESTION, type="yes/no")) == ["own-001: is a yes/no question without a verdict"]


def test_the_same_question_twice_is_reported() -> None:
    assert list(problems([QUESTION, QUESTION], {"pmid:1": PAPER})) == [
        "the id 'own-001' comes 2 times",
        "the question 'who responds to it?' comes 2 times",
    ]


def test_a_question_in_the_wrong_split_is_reported() -> None:
    other = "dev" if QUESTION.split == "heldout" else "heldout"
    assert found(replace(QUESTION, split=other)) == [f"own-001: belongs to the other split than {other!r}"]  # type: ignore[arg-type]


def test_a_question_that_copies_its_paper_is_reported() -> None:
    copied = replace(QUESTION, text="Who led to a response in 31.7% of 1,264 people?")
    assert found(copied) == ["own-001: copies pmid:1: 'led to a response in 31.7 of 1264 people'"]


def test_an_unanswerable_question_that_a_digest_could_answer_is_reported() -> None:
    asked = replace(QUESTION, kind="unanswerable", gold=(), facts=(), near=("pmid:1",), expected="abstain")
    assert found(replace(asked, absent=("made-up-mab", "leukaemia"))) == []
    assert found(replace(asked, absent=("made-up-mab", "survival"))) == [
        "own-001: pmid:1 holds all of made-up-mab, survival"
    ]
    assert found(replace(asked, gold=("pmid:1",))) == ["own-001: is unanswerable, yet has gold papers or an answer"]


def test_a_question_on_a_drug_of_the_distractors_is_reported() -> None:
    assert found(replace(QUESTION, text="Who responds to camrelizumab?")) == [
        "own-001: names camrelizumab, of which the distractors claim an effect"
    ]


def test_another_name_that_the_paper_says_itself_is_reported() -> None:
    renamed = RenamedQuestion("names-001", "Does MUM-1 work?", "Does it?", ("MUM-1",), ("pmid:1",), half("pmid:1"))
    assert list(renamed_problems([renamed], {"pmid:1": PAPER})) == []
    said = replace(renamed, text="Does made up mab work?", other_names=("made up mab",))
    assert list(renamed_problems([said], {"pmid:1": PAPER})) == ["names-001: pmid:1 itself says 'made up mab'"]


def test_the_other_names_name_something_of_the_field() -> None:
    """Most of them are known to the vocabulary; what it does not know keeps the bench honest."""
    names = [name for question in renamed_questions() for name in question.other_names]
    assert sum(bool(mentions(name)) for name in names) > 0.8 * len(names)

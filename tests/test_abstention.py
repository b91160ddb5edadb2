"""Abstention goes by what is named: a paper about something like it does not answer."""

from collections.abc import Sequence

from rag.abstention import confidence, enough, features, missing
from rag.answer import Passage
from rag.evidence import weigh
from rag.naming import Name, holds, names_of
from rag.question import Question
from tests.embedders import HashEmbedder
from tests.passages import passage

LONGER = "Nivolumab prolonged overall survival of patients with advanced melanoma in this trial."


def rarity(words: Sequence[str]) -> dict[str, float]:
    return dict.fromkeys(words, 1.0)


def sure(question: str, *passages: Passage) -> float:
    asked = Question(question)
    return confidence(asked, weigh(asked, passages, HashEmbedder(), rarity), passages, rarity)


def lacking(question: str, *passages: Passage) -> tuple[str, ...]:
    return missing(Question(question), (), passages)


def test_another_drug_or_cancer_is_less_sure() -> None:
    right = sure("Does nivolumab prolong survival in melanoma?", passage(1, LONGER))
    assert enough(right)
    for other in ("Does relatlimab prolong survival in melanoma?", "Does nivolumab prolong survival in glioma?"):
        assert sure(other, passage(1, LONGER)) < right


def test_two_papers_do_not_add_up_to_one_that_answers() -> None:
    question = Question("Does nivolumab prolong survival in glioma?")
    found = [passage(1, LONGER), passage(2, "Survival of patients with glioma remained short for years.")]
    each = features(question, weigh(question, found, HashEmbedder(), rarity), found, rarity)
    assert [one.all_named for one in each] == [0.0, 0.0]


def test_nothing_found_is_not_sure() -> None:
    assert confidence(Question("Does nivolumab help?"), [], [], rarity) == 0.0


def test_what_is_missing_is_named() -> None:
    assert lacking("Does relatlimab help in melanoma?", passage(1, LONGER)) == (
        "no paper found here is about relatlimab",
    )


def test_names_that_no_paper_holds_together_are_named_together() -> None:
    found = passage(1, LONGER), passage(2, "Survival of patients with glioma remained short.")
    assert lacking("Does nivolumab help in glioma?", *found) == (
        "no paper found here is about nivolumab and glioma together",
    )


def test_synonyms_and_narrower_names_count_and_siblings_do_not() -> None:
    (drug,) = names_of("Keytruda")
    assert holds("MK-3475 was given.", drug)
    assert not holds("Nivolumab was given.", drug)
    (cancer,) = names_of("in lung cancer")
    assert holds("Patients with NSCLC", cancer)


def test_trials_and_codes_are_names_without_a_vocabulary() -> None:
    names = names_of("Did RT001 help in the CANDOR trial, CheckMate 067 or phase III?")
    assert [(name.kind, name.text) for name in names] == [
        ("term", "RT001"), ("trial", "CANDOR"), ("trial", "CheckMate 067"),
    ]  # fmt: skip
    assert holds("CheckMate-067 showed it", Name("trial", "CheckMate 067"))


def test_words_that_no_passage_holds_are_missing_where_no_name_is() -> None:
    asked = "How do myeloid cells limit nivolumab?"
    assert "“myeloid”" in " ".join(lacking(asked, passage(1, LONGER)))


def test_a_marker_that_is_told_tells_its_expression() -> None:
    (name,) = names_of("in PD-L1-positive patients")
    assert holds("Patients with PD-L1 on tumour cells responded.", name)

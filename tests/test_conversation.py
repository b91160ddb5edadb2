"""A follow-up becomes what the conversation makes of it; a question on another subject stays as it was asked."""

from __future__ import annotations

import pytest
from langchain_core.language_models import FakeListChatModel

from rag.conversation import carried_over, understood
from rag.follow_ups import hangs
from rag.question import Question

NIVOLUMAB = "Does nivolumab prolong overall survival in melanoma?"
BOTH = "How long do people with kidney cancer live on nivolumab plus ipilimumab?"


@pytest.mark.parametrize(
    ("before", "asked", "meant"),
    [
        (NIVOLUMAB, "And in lung cancer?", "Does nivolumab prolong overall survival in lung cancer?"),
        (NIVOLUMAB, "What about ipilimumab?", "Does ipilimumab prolong overall survival in melanoma?"),
        (NIVOLUMAB, "Is the same true of pembrolizumab?", "Does pembrolizumab prolong overall survival in melanoma?"),
        (NIVOLUMAB, "And ipilimumab in lung cancer?", "Does ipilimumab prolong overall survival in lung cancer?"),
        (BOTH, "And on sunitinib?", "How long do people with kidney cancer live on sunitinib?"),
        (
            "Does it help in kidney cancer at high risk?",
            "And at low risk?",
            "Does it help in kidney cancer at low risk?",
        ),
        ("How much do men gain from nivolumab?", "And women?", "How much do women gain from nivolumab?"),
        (
            "Does nivolumab help when PD-L1 is positive?",
            "And if PD-L1 is negative?",
            "Does nivolumab help if PD-L1 is negative?",
        ),
        (BOTH, "What about nivolumab alone?", "How long do people with kidney cancer live on nivolumab alone?"),
        (
            "Does TMB predict response to nivolumab?",
            "Does it also hold for ipilimumab?",
            "Does TMB predict response to ipilimumab?",
        ),
        (NIVOLUMAB, "Thanks! And in lung cancer?", "Does nivolumab prolong overall survival in lung cancer?"),
    ],
)
def test_what_is_exchanged_takes_the_place_of_its_kind(before: str, asked: str, meant: str) -> None:
    assert carried_over(asked, [before])[0] == meant


@pytest.mark.parametrize(
    ("before", "asked", "meant"),
    [
        ("Does nivolumab work?", "And in melanoma?", "Does nivolumab work in melanoma?"),
        ("Does nivolumab work?", "Is it the same in melanoma?", "Does nivolumab work in melanoma?"),
        ("Does nivolumab work?", "Only in first line?", "Does nivolumab work, only in first line?"),
        (
            "Does nivolumab work in lung cancer?",
            "What about patients with brain metastases?",
            "Does nivolumab work in lung cancer, patients with brain metastases?",
        ),
        ("Does nivolumab work?", "Why?", "Does nivolumab work, and why?"),
        (
            "Does nivolumab work in KRAS-mutant lung cancer?",
            "What if STK11 is mutated too?",
            "Does nivolumab work in KRAS-mutant lung cancer if STK11 is mutated too?",
        ),
    ],
)
def test_what_has_no_place_in_the_last_question_stands_behind_it(before: str, asked: str, meant: str) -> None:
    assert carried_over(asked, [before])[0] == meant


@pytest.mark.parametrize(
    ("before", "asked", "meant"),
    [
        (BOTH, "How toxic is it?", "How toxic is nivolumab plus ipilimumab in kidney cancer?"),
        (BOTH, "What about its toxicity?", "What about the toxicity with nivolumab plus ipilimumab in kidney cancer?"),
        (BOTH, "How many had grade 3?", "How many had grade 3 with nivolumab plus ipilimumab in kidney cancer?"),
        (BOTH, "Is this drug given first-line?", "Is nivolumab plus ipilimumab given first-line in kidney cancer?"),
        ("What is tebentafusp?", "How long do people live on it?", "How long do people live on tebentafusp?"),
        (
            "Does TMB predict response to nivolumab?",
            "How is it measured?",
            "How is TMB measured with nivolumab?",
        ),
        (
            "Does TMB predict response to nivolumab?",
            "Does PD-L1 explain it?",
            "Does PD-L1 explain it with nivolumab and TMB?",
        ),
        (
            "How often does ipilimumab cause colitis?",
            "How is it treated?",
            "How is colitis treated with ipilimumab?",
        ),
        (
            "What did CheckMate 067 show?",
            "How many were alive after three years?",
            "How many were alive after three years in CheckMate 067?",
        ),
        (
            "Is nivolumab better than ipilimumab in melanoma?",
            "Which of the two is more toxic?",
            "Which of the two is more toxic with nivolumab or ipilimumab in melanoma?",
        ),
        (
            "Does TMB predict response to nivolumab?",
            "What is the cut-off?",
            "What is the cut-off with nivolumab and TMB?",
        ),
        (BOTH, "And pneumonitis?", "Pneumonitis with nivolumab plus ipilimumab in kidney cancer?"),
        (NIVOLUMAB, "How does lung cancer respond to it?", "How does lung cancer respond to nivolumab?"),
        (NIVOLUMAB, "Do they have side effects?", "Do patients have side effects with nivolumab in melanoma?"),
    ],
)
def test_what_is_left_out_is_carried_over(before: str, asked: str, meant: str) -> None:
    assert carried_over(asked, [before])[0] == meant


def test_the_other_words_of_the_last_question_are_searched_for_besides() -> None:
    assert carried_over("How toxic is it?", ["Does nivolumab help children?"])[1] == ("help",)


@pytest.mark.parametrize(
    "asked",
    [
        "Does pembrolizumab work in lung cancer?",
        "What is tumor mutational burden?",
        "What is hyperprogression?",
        "How do patients with PD-L1-negative tumours fare?",
        "How do those with liver metastases fare on pembrolizumab?",
        "Is it safe to give pembrolizumab after a transplant?",
        "Does PD-L1 predict response when it is measured in lymph nodes?",
        "Does nivolumab prolong survival, and what is its toxicity in lung cancer?",
        "And does pembrolizumab prolong survival in lung cancer?",
        "Which language models match patients to trials?",
        "Does the evidence that pembrolizumab works in mesothelioma hold?",
        "Has Geneformer been proven useful by its makers?",
        "On how many of its tasks was Prov-GigaPath the best model?",
        "What share of people treated with pembrolizumab die of their toxicity?",
        "How do I change the tyre of a bicycle?",
        "What does apixaban do?",
        "派姆单抗有效吗?",
    ],
)
def test_a_new_question_is_not_polluted(asked: str) -> None:
    assert not hangs(asked)
    assert carried_over(asked, [BOTH]) == (asked, ())


def test_the_subject_is_still_known_turns_later() -> None:
    second, _ = carried_over("How many responded?", ["What did CheckMate 067 show?"])
    assert carried_over("How long did they live?", ["What did CheckMate 067 show?", second])[0] == (
        "How long did patients live in CheckMate 067?"
    )


def test_a_question_that_names_nothing_is_passed_over_for_the_one_before() -> None:
    assert carried_over("And in melanoma?", ["Does nivolumab work in lung cancer?", "Really?"])[0] == (
        "Does nivolumab work in melanoma?"
    )


@pytest.mark.parametrize("before", [[], ["Why?"]])
def test_without_a_subject_before_it_a_follow_up_stays_as_it_was_asked(before: list[str]) -> None:
    assert carried_over("How toxic is it?", before) == ("How toxic is it?", ())


def test_a_restriction_holds_for_what_follows_unless_another_is_said() -> None:
    before = "What did papers published since 2020 find about nivolumab in melanoma?"
    assert carried_over("How toxic is it?", [before])[0] == "How toxic is nivolumab in melanoma, since 2020?"
    assert (
        carried_over("How toxic is it, before 2015?", [before])[0] == "How toxic is nivolumab in melanoma, before 2015?"
    )


def test_an_llm_resolves_where_there_is_one_and_the_rules_where_it_is_odd() -> None:
    asked = Question("How toxic is it?", history=((NIVOLUMAB, "It does."),))
    resolved = "How toxic is nivolumab for people with melanoma?"
    assert understood(asked, FakeListChatModel(responses=[resolved])) == Question(resolved)
    odd = understood(asked, FakeListChatModel(responses=["Ipilimumab causes diarrhoea."]))
    assert odd.text == "How toxic is nivolumab in melanoma?"
    assert odd.history == ()


def test_without_a_history_nothing_is_resolved_and_no_model_asked() -> None:
    model = FakeListChatModel(responses=["Does nivolumab work in melanoma?"])
    assert understood(Question("How toxic is it?"), model) == Question("How toxic is it?")
    assert model.i == 0


def test_thanks_ask_nothing_and_what_grows_too_long_stays_as_it_was_asked() -> None:
    assert carried_over("Thanks!", [NIVOLUMAB]) == ("Thanks!", ())
    assert carried_over("And in melanoma?", [f"Does nivolumab work {'so ' * 1_000}well?"]) == ("And in melanoma?", ())

"""What a question wants is told by its words, and hanging sentences by theirs."""

import pytest

from rag.antecedents import hangs
from rag.asking import asking
from rag.stance import stance


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("Is olaparib effective for prostate cancer?", "yes or no"),
        ("Tocilizumab is an anti-TNF antibody, yes or no?", "yes or no"),
        ("Based on trials, can pioglitazone delay decline?", "yes or no"),
        ("Are male or female persons more prone to autoimmunity?", "comparison"),
        ("How many patients died of toxicity?", "number"),
        ("What response rate did pembrolizumab have?", "number"),
        ("How do myeloid cells limit checkpoint inhibitors?", "how"),
        ("Why do patients become resistant?", "how"),
        ("Which immune-related adverse events occur?", "list"),
        ("List the cancers with BRCA2 loss.", "list"),
        ("What is herd immunity?", "open"),
    ],
)
def test_kinds_of_questions(question: str, wanted: str) -> None:
    assert asking(question) == wanted


@pytest.mark.parametrize(
    "sentence",
    [
        "These patients responded.",
        "It was given weekly.",
        "In contrast, survival fell.",
        "With this approach, PFS rose.",
    ],
)
def test_what_points_back_hangs(sentence: str) -> None:
    assert hangs(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "This study enrolled 40 patients.",
        "In this trial, survival rose.",
        "It is known that PD-L1 varies.",
        "Patients responded.",
    ],
)
def test_what_speaks_of_the_paper_itself_does_not_hang(sentence: str) -> None:
    assert not hangs(sentence)


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("Alpha improved survival in melanoma.", "yes"),
        ("Alpha did not improve survival in melanoma.", "no"),
        ("Alpha worsened survival in melanoma.", "no"),
        ("We examined whether alpha improves survival in melanoma.", None),
        ("The trial enrolled forty people.", None),
    ],
)
def test_what_a_sentence_says_to_a_yes_or_no_question(sentence: str, said: str | None) -> None:
    assert stance("Does alpha improve survival in melanoma?", sentence) == said

"""Sentences that answer come before sentences that merely sound alike, and an answer reads in order."""

from rag.evidence import nearness, weigh
from rag.findings import asks_for_findings, figures, findings_first
from rag.question import Question
from rag.retrieval import limited
from tests.embedders import HashEmbedder
from tests.passages import passage

QUESTION = Question("Does pembrolizumab improve survival compared with chemotherapy?")


def equal_rarity(words: object) -> dict[str, float]:
    return dict.fromkeys(words, 1.0)  # type: ignore[call-overload]


def best(*sentences: str) -> str:
    return weigh(QUESTION, [passage(1, " ".join(sentences))], HashEmbedder(), equal_rarity)[0].text


def test_a_result_beats_an_aim_in_the_same_words() -> None:
    result = "Pembrolizumab improved survival compared with chemotherapy (hazard ratio 0.50; P=0.001)."
    assert (
        best("We aimed to assess whether pembrolizumab improves survival compared with chemotherapy.", result) == result
    )


def test_fragments_and_endless_tables_are_no_sentences() -> None:
    texts = ["Pembrolizumab survival.", "n " * 400 + "end."]
    assert weigh(QUESTION, [passage(1, text) for text in texts], HashEmbedder(), equal_rarity) == []


def test_coverage_counts_rare_words_more() -> None:
    def rarity(words: object) -> dict[str, float]:
        return {word: 1.0 if word == "chemotherapy" else 0.1 for word in words}  # type: ignore[attr-defined]

    rare = "The comparator of this pivotal randomised trial was standard chemotherapy."
    common = "The primary endpoint of this pivotal randomised trial was overall survival."
    weighed = {
        found.text: found.coverage
        for found in weigh(QUESTION, [passage(1, f"{rare} {common}")], HashEmbedder(), rarity)
    }
    assert weighed[rare] > 3 * weighed[common]


def test_the_same_sentence_of_two_overlapping_passages_counts_once() -> None:
    text = "Pembrolizumab improved survival compared with chemotherapy."
    assert len(weigh(QUESTION, [passage(1, text), passage(1, text)], HashEmbedder(), equal_rarity)) == 1


def test_no_evidence_is_not_near() -> None:
    assert nearness([]) == 0.0


def test_questions_about_effects_are_told_from_questions_about_mechanisms() -> None:
    assert asks_for_findings("Does TMB predict response to nivolumab?")
    assert asks_for_findings("What was the effect of nivolumab compared with docetaxel on survival?")
    assert not asks_for_findings("How do myeloid cells reduce T-cell activity?")
    assert not asks_for_findings("What is CAR-T therapy?")


def test_figures_are_counted() -> None:
    assert figures("HR 0.50 (95% CI 0.37-0.68), P<0.001, 12 patients") == 6


def test_results_come_before_the_introduction_of_the_same_paper_only() -> None:
    introduction = passage(1, "Survival.", kind="introduction", score=1.0)
    other = passage(2, "Survival.", kind="introduction", score=0.99)
    results = passage(1, "Survival was 0.5.", kind="results", score=0.98)
    ordered = findings_first([introduction, other, results])
    assert [(found.paper.id, found.chunk.section.kind) for found in ordered] == [
        ("pmid:2", "introduction"),
        ("pmid:1", "results"),
        ("pmid:1", "introduction"),
    ]


def test_a_paper_gives_at_most_so_many_passages() -> None:
    found = [passage(1, "a"), passage(1, "b"), passage(2, "c"), passage(1, "d")]
    assert [kept.text for kept in limited(found, 2)] == ["a", "b", "c"]
    assert limited(found, None) == found

"""A near miss names another drug or cancer, and no paper of the library answers it."""

from random import Random

from eval.near_misses import near_misses
from ingest.vocabulary import concepts_in
from tests.made_papers import paper

QUESTION = "Does nivolumab prolong survival in melanoma?"
RANDOM = Random(1)  # noqa: S311
GOLD = paper(1, "Nivolumab and ipilimumab prolonged survival in melanoma.")


def test_a_name_gives_way_to_one_that_no_gold_paper_holds() -> None:
    drug, cancer = near_misses(QUESTION, [GOLD], [GOLD], [], RANDOM)
    assert (drug.kind, drug.taken, cancer.kind, cancer.taken) == ("drug", "nivolumab", "cancer", "melanoma")
    for miss in (drug, cancer):
        assert miss.text == QUESTION.replace(miss.taken, miss.put)
        assert concepts_in(miss.put).isdisjoint(concepts_in(GOLD.text))


def test_a_name_from_another_papers_title_is_taken_first() -> None:
    other = paper(2, "It was tested.", title="Relatlimab in sarcoma")
    drug, cancer = near_misses(QUESTION, [GOLD], [GOLD, other], [], RANDOM)
    assert (drug.put, cancer.put) == ("relatlimab", "sarcoma")


def test_what_another_paper_answers_is_no_near_miss() -> None:
    other = paper(2, "Relatlimab was given to patients with melanoma.", title="Relatlimab in melanoma")
    drug, _ = near_misses(QUESTION, [GOLD], [GOLD, other], [], RANDOM)
    assert drug.put != "relatlimab"


def test_a_trial_gives_way_to_another() -> None:
    (miss,) = near_misses("What was the CANDOR trial?", [GOLD], [GOLD], ["CANDOR", "TIPS-3"], RANDOM)
    assert (miss.kind, miss.text) == ("trial", "What was the TIPS-3 trial?")

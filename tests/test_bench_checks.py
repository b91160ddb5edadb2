"""The claims of the checks' benchmark are what they say: true ones put together, false ones false of their passage."""

from random import Random

import numpy as np
import pytest

from eval.bench.checks import Judged, Remembering, best_threshold, drawn, fit, foreign, holding, share
from eval.bench.made_claims import made_claims, made_pairs
from eval.bench.made_claims_figures import numbers_of
from eval.bench.made_claims_names import name_in_a_sentence
from eval.bench.made_claims_nouns import MadeClaim
from eval.bench.named_claims import named_claims
from eval.suites import EvalQuestion
from tests.embedders import HashEmbedder
from tests.passages import passage

EVIDENCE = "Mean pain score was 2.1 in the aspirin group and 4.3 in the placebo group (p = 0.02)."
PASSAGE = passage(1, f"All patients were seen. {EVIDENCE} Costs were not measured.", title="Aspirin for pain")
QUESTION = EvalQuestion("q", "?", "p1", (EVIDENCE,), "aspirin", "placebo", "mean pain score", "decreased")

RANDOM = Random(0)  # noqa: S311


def made(kind: str) -> list[str]:
    return [one.text for one in made_claims(QUESTION, PASSAGE, RANDOM) if one.kind == kind]


def test_true_claims_are_put_together_and_are_no_sentence_of_the_passage() -> None:
    true = made("true")
    assert "Aspirin significantly decreased mean pain score compared with placebo (P = 0.02)." in true
    assert "Mean pain score was significantly higher with placebo than with aspirin (P = 0.02)." not in made(
        "negation added"
    )
    assert "Mean pain score was 2.1 with aspirin and 4.3 with placebo." in true
    assert not any(claim in PASSAGE.text for claim in true)


def test_corruptions_change_one_thing() -> None:
    assert "Aspirin significantly increased mean pain score compared with placebo." in [
        text.replace(" (P = 0.02)", "") for text in made("direction turned")
    ]
    assert "Mean pain score was 4.3 with aspirin and 2.1 with placebo." in made("arm swapped")
    assert len(made("arm swapped")) == 8
    assert all("no" in text or "not" in text for text in made("negation added"))


def test_a_changed_number_stands_nowhere_in_the_passage() -> None:
    known = numbers_of(PASSAGE.text)
    changed = made("digit changed") + made("decimals moved")
    assert changed
    assert all(numbers_of(text) - known for text in changed)


def test_an_arm_that_the_passage_does_not_name_gives_no_claims() -> None:
    other = EvalQuestion("q", "?", "p1", (EVIDENCE,), "ibuprofen", "placebo", "mean pain score", "decreased")
    assert made_claims(other, PASSAGE, RANDOM) == []


def test_a_name_of_which_nothing_is_left_gives_no_claims() -> None:
    assert name_in_a_sentence("4,370 IU per day (high dose)", PASSAGE.text) == ""
    assert name_in_a_sentence("patients were independent", PASSAGE.text) == ""
    assert name_in_a_sentence("neutrophil count between 26 and 35 wk", PASSAGE.text) == "neutrophil count"
    assert name_in_a_sentence("reduction ratio at 12, 24 h", "ratio at 12, 24 h") == "reduction ratio"


def test_figures_of_both_arms_are_found_elsewhere_by_their_names() -> None:
    elsewhere = passage(
        1, "Fever rate was 10% with aspirin and 20% with placebo. It was 1 with aspirin and 2 with placebo."
    )
    texts = {one.text for one in made_pairs(QUESTION, [elsewhere]) if one.kind == "true"}
    assert "Fever rate was 10% with aspirin and 20% with placebo." in texts
    assert len(texts) == 8  # "it" is no outcome


def test_names_are_exchanged_for_siblings_that_the_text_does_not_name() -> None:
    text = "Nivolumab was given in melanoma; PD-L1 was stained."
    claims = list(named_claims(passage(1, text), "g", RANDOM))
    assert {one.kind for one in claims} == {"true name", "drug exchanged", "cancer exchanged", "marker exchanged"}
    for one in claims:
        if one.kind == "cancer exchanged":
            assert "Merkel cell carcinoma" in one.text
        if one.kind == "drug exchanged":
            assert "ivolumab" not in one.text
            assert "pdivo" not in one.text


def test_the_passage_that_holds_the_evidence() -> None:
    assert holding(QUESTION, [passage(2, "Nothing."), PASSAGE]) is PASSAGE
    assert holding(QUESTION, [passage(2, "Nothing.")]) is None


def test_a_foreign_passage_is_of_another_paper() -> None:
    one, other = MadeClaim("true", "A.", PASSAGE, "p1"), MadeClaim("true", "B.", passage(2, "Nothing."), "p2")
    found = foreign([one, other], RANDOM)
    assert [(claim.kind, claim.text, claim.passage.paper.id) for claim in found[:2]] == [
        ("passage of another paper", "A.", "pmid:2"), ("quote of another paper", "A.", "pmid:1"),
    ]  # fmt: skip


def test_papers_are_drawn_in_turn() -> None:
    many = [MadeClaim("true", str(number), PASSAGE, "p1") for number in range(9)]
    few = [MadeClaim("true", "x", PASSAGE, "p2")]
    assert sorted(claim.group for claim in drawn([*many, *few], 3, 0)) == ["p1", "p1", "p2"]


def test_the_best_threshold_parts_true_from_false() -> None:
    assert best_threshold([(0.9, True), (0.7, True), (0.6, False), (0.2, False)]) == 0.7


def test_a_share_and_its_interval() -> None:
    judged = [Judged(MadeClaim("true", "", PASSAGE, str(n)), n < 3, (), False, 0.0) for n in range(4)]
    interval = share(judged, lambda one: one.ours)
    assert interval.estimate == pytest.approx(3 / 4)
    assert 0 <= interval.low <= interval.estimate <= interval.high <= 1


def test_the_fit_finds_the_side_of_a_feature() -> None:
    bias, weight = fit([[0.0], [0.1], [0.9], [1.0]], [False, False, True, True], ridge=0.1)
    assert weight > 0
    assert bias + weight / 2 == pytest.approx(0.0, abs=1e-6)  # symmetric about one half


def test_a_text_is_embedded_once() -> None:
    embedder = HashEmbedder()
    remembering = Remembering(embedder)
    rows = remembering.embed(["a", "b", "a"])
    remembering.embed(["b"])
    assert embedder.seen == 2
    assert np.array_equal(rows[0], rows[2])

"""Support is a score from words, vectors and figures; with an embedder it is one more check."""

from collections.abc import Mapping, Sequence

import pytest

from rag.checks import check
from rag.claims import Drafted, bind
from rag.support import Model, features, sentence_vectors, shared_words, supported
from tests.embedders import HashEmbedder
from tests.passages import passage

SOURCE = passage(1, "Overall survival (OS) was 12% longer. Nothing else was seen in mice.", title="Pembrolizumab")


def even(words: Sequence[str]) -> Mapping[str, float]:
    return dict.fromkeys(words, 1.0)


def test_the_model_is_logistic() -> None:
    model = Model(bias=-1.0, overlap=2.0, cosine=0.0, figures=1.0)
    assert model.score((0.0, 0.5, 1.0)) == pytest.approx(0.5)
    assert model.score((1.0, 0.5, 1.0)) == pytest.approx(0.8808, abs=1e-4)  # 1 / (1 + e^-2)


def test_shared_words_are_weighed_by_rarity() -> None:
    assert shared_words("pembrolizumab vaccine", ["Pembrolizumab works."], "") == pytest.approx(1 / 2)
    rare = {"pembrolizumab": 3.0, "vaccine": 1.0}
    assert shared_words("pembrolizumab vaccine", ["Pembrolizumab works."], "", lambda words: rare) == pytest.approx(
        3 / 4
    )


def test_a_short_form_holds_the_words_of_its_long_form() -> None:
    assert shared_words("overall survival", ["OS was long."], "Overall survival (OS) was measured.") == 1.0


def test_features_of_a_claim() -> None:
    embedder = HashEmbedder()
    claim = bind(Drafted("Overall survival (OS) was 12% longer.", (1,)), [SOURCE])
    overlap, cosine, figures = features(claim, embedder, even, sentence_vectors(embedder))
    assert overlap == 1.0
    assert cosine == pytest.approx(1.0, abs=1e-5)
    assert figures == 1.0


def test_support_is_a_further_check() -> None:
    claim = bind(Drafted("In sheep, vitamin C was studied for scurvy.", (1,)), [SOURCE])
    reasons = check(claim, (supported(HashEmbedder(), even),)).verdict.reasons
    assert any("support by the cited text is" in reason for reason in reasons)


def test_sentences_are_embedded_once() -> None:
    embedder = HashEmbedder()
    test = supported(embedder, even)
    for text in ("Survival was longer in one arm.", "Survival was shorter in one arm."):
        test(bind(Drafted(text, (1,)), [SOURCE]))
    assert embedder.seen == 2 + 2  # two sentences of the passage, two claims

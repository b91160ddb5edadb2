"""What the scale benchmark prints is worked out as it says, and a small run of it goes through."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from eval.bench.hashing import HashEmbedder
from eval.bench.scale import measure
from eval.bench.scale_material import Material, Questions, made_papers
from eval.bench.scale_searches import FILTERS, percentiles, share_found

WORDS = "melanoma lung gastric renal bladder cervical hepatic colorectal thyroid nasal".split() * 6
TEXTS = [f"In cohort {number} of {word} patients survival was {number} months." for number, word in enumerate(WORDS)]


def material() -> Material:
    """Six papers of ten chunks."""
    papers = tuple(
        (f"Study {n}", tuple(("Results", text) for text in TEXTS[10 * n : 10 * n + 10])) for n in range(6)
    )  # fmt: skip
    return Material(papers, HashEmbedder().embed(TEXTS))


def test_real_chunks_come_first_and_their_copies_are_near_but_not_the_same() -> None:
    made = list(made_papers(material(), 95))
    assert sum(len(chunks) for _, chunks, _ in made) == 95
    assert len({paper.id for paper, _, _ in made}) == len(made) == 10
    first, copy = made[0], made[6]
    texts = [[paper.text[chunk.start : chunk.end] for chunk in chunks] for paper, chunks, _ in (first, copy)]
    assert texts[0] == TEXTS[:10]
    assert texts[1][0] != texts[0][0]
    assert np.allclose(first[2], material().vectors[:10])
    assert np.allclose(np.linalg.norm(copy[2], axis=1), 1, atol=1e-5)
    assert 0.85 < float(np.mean(np.sum(first[2] * copy[2], axis=1))) < 0.95


def test_percentiles_are_linear_between_ranks_and_undefined_without_measurements() -> None:
    assert percentiles([0.001, 0.002, 0.003]) == (pytest.approx(2.0), pytest.approx(2.9))
    with pytest.raises(ValueError, match="without measurements"):
        percentiles([])


def test_the_share_found_counts_what_is_as_near_as_the_last_of_the_exact() -> None:
    matrix = np.array([[1, 0], [0.8, 0.6], [0.8, 0.6], [0, 1]], dtype=np.float32)
    query = matrix[:1]
    assert share_found([[0, 2]], matrix, query, k=2) == 1.0  # rows 1 and 2 are equally near
    assert share_found([[0, 3]], matrix, query, k=2) == 0.5


def test_three_hundred_chunks_are_measured_whole(tmp_path: Path) -> None:
    asked = Questions(TEXTS[:6], HashEmbedder().embed(TEXTS[:6]))
    figures = measure(tmp_path, material(), asked, 300, peer=False)["immunorag"]
    assert figures.recall > 0.99
    assert set(figures.times) == {f"{kind} {name}" for kind in ("dense", "lexical", "whole") for name in FILTERS}
    assert all(size > 0 for size in figures.disk.values())
    assert figures.cold > 0
    assert figures.built > 0

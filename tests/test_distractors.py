"""The made-up papers sound like the starter library's, are always the same, and claim no effect that is asked about."""

from __future__ import annotations

from eval.distractors import TRIED, distractors
from ingest import starter
from ingest.vocabulary import concepts_in


def test_the_same_seed_makes_the_same_papers_however_many_are_asked_for() -> None:
    assert distractors(12, seed=3) == distractors(20, seed=3)[:12]
    assert distractors(12, seed=3) != distractors(12, seed=4)


def test_no_two_papers_share_an_id_or_a_text() -> None:
    papers = distractors(500)
    assert len({paper.id for paper in papers}) == len({paper.text for paper in papers}) == 500


def test_the_sections_cover_the_text() -> None:
    for paper in distractors(50):
        parts = [paper.text[section.start : section.end] for section in paper.sections]
        assert "\n\n".join(parts) == paper.text


def test_they_name_most_of_what_the_digests_name_most_often() -> None:
    """So that a question's names alone do not tell its paper."""
    named = {one for paper in distractors(500) for one in concepts_in(paper.title + paper.text)}
    for drug in ("pembrolizumab", "nivolumab", "atezolizumab", "ipilimumab"):
        assert any(one.name == drug for one in named)
    kinds = {one.kind for one in named}
    assert {"drug", "cancer", "biomarker", "event", "method"} <= kinds


def test_the_drugs_of_which_they_claim_effects_are_in_no_digest() -> None:
    text = " ".join(f"{paper.title} {paper.text}" for paper in starter.papers())
    assert [drug for drug in TRIED if drug in text] == []

"""Clauses are cut where they part, and known for afterthoughts where they only add."""

from rag.direction_clauses import clauses, is_about_the_last, is_afterthought, takes_up


def test_clauses_are_cut_at_what_joins_them_but_not_in_brackets() -> None:
    assert clauses("Pain was lower, but fever was higher.") == ["Pain was lower", ", but fever was higher."]
    assert clauses("While pain was lower, fever was higher.") == ["While pain was lower,", " fever was higher."]
    assert clauses("Pain was lower (p = 0.01; but see Table 2).") == ["Pain was lower (p = 0.01; but see Table 2)."]


def test_one_subject_is_not_cut() -> None:
    assert len(clauses("No difference between A and B was seen.")) == 1
    assert len(clauses("Pain was lower and fever was higher.")) == 2


def test_a_clause_that_only_adds_is_an_afterthought() -> None:
    assert is_afterthought(", but not significantly.")
    assert is_afterthought(" but again did not differ between groups")
    assert not is_afterthought(", but fever was higher.")


def test_a_clause_may_take_up_what_the_last_spoke_of() -> None:
    assert takes_up("; however, they were lower than with B")
    assert takes_up(" but at days 4 and 7 there were increases")
    assert not takes_up(" but fever was lower")


def test_a_sentence_without_an_outcome_is_about_the_last() -> None:
    assert is_about_the_last("There was however no difference between treatment groups.")
    assert is_about_the_last("No significant difference was noted between the two groups (p = 0.87).")
    assert not is_about_the_last("There was no difference in fever between the groups.")

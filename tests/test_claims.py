"""Drafts are read as they come, and each sentence is bound to a quote that the paper holds."""

import pytest

from ingest.papers import Chunk, Paper, Section
from rag.answer import Passage
from rag.claims import Drafted, bind, find_verbatim, parse_draft

TEXT = (
    "Pembrolizumab was given to 154 patients. The response rate was 44.8% with pembrolizumab\nand 27.8% with "
    "chemotherapy. Toxicity was lower."
)


def passage(text: str = TEXT, before: str = "") -> Passage:
    whole = before + text
    section = Section("results", "Results", 0, len(whole))
    paper = Paper("pmid:1", "A trial of pembrolizumab", whole, (section,), "text")
    return Passage(Chunk("pmid:1#0", paper.id, section, None, len(before), len(whole)), paper, text, 1.0)


@pytest.mark.parametrize(
    ("draft", "expected"),
    [
        ("It works. [1]", [("It works.", (1,))]),
        ("It works [1].", [("It works.", (1,))]),
        ("It works [1][3]. It fails [2, 4].", [("It works.", (1, 3)), ("It fails.", (2, 4))]),
        ("It works [1-3].", [("It works.", (1, 2, 3))]),
        ("- It works [1]\n- It fails [2]", [("It works", (1,)), ("It fails", (2,))]),
        ("1. It works.[1] 2. It fails.", [("It works.", (1,)), ("It fails.", ())]),
        ("The HR [1] was 0.5 [2].", [("The HR was 0.5.", (1, 2))]),
        ("Nothing cited.", [("Nothing cited.", ())]),
        ("It works.\n[1]", [("It works.", (1,))]),
        ("", []),
    ],
)
def test_marks_belong_to_the_sentence_they_end(draft: str, expected: list[tuple[str, tuple[int, ...]]]) -> None:
    assert [(sentence.text, sentence.cites) for sentence in parse_draft(draft)] == expected


def test_an_absurd_range_of_marks_is_not_counted_out() -> None:
    assert parse_draft("It works [1-99999].")[0].cites == (1, 99999)


def test_a_verbatim_sentence_is_quoted_in_its_exact_span() -> None:
    whole = passage(before="An earlier chunk. ")
    claim = bind(Drafted("The response rate was 44.8% with pembrolizumab and 27.8% with chemotherapy.", (1,)), [whole])
    (citation,) = claim.citations
    assert citation.quote == "The response rate was 44.8% with pembrolizumab\nand 27.8% with chemotherapy."
    assert whole.paper.text[citation.start : citation.end] == citation.quote


def test_a_paraphrase_is_bound_to_the_sentence_nearest_to_it() -> None:
    claim = bind(Drafted("With pembrolizumab 44.8% responded, with chemotherapy 27.8%.", (1,)), [passage()])
    assert claim.citations[0].quote.startswith("The response rate")


def test_a_claim_over_two_sentences_quotes_both() -> None:
    claim = bind(Drafted("Among 154 patients on pembrolizumab the response rate was 44.8%.", (1,)), [passage()])
    assert claim.citations[0].quote.startswith("Pembrolizumab was given to 154 patients. The response rate")


def test_marks_that_name_no_passage_are_dropped() -> None:
    assert bind(Drafted("It works.", (0, 2, 7)), [passage()]).citations == ()


@pytest.mark.parametrize(
    ("quote", "text", "found"),
    [
        ("a  b", "x a\nb y", "a\nb"),
        ("44.8% (p < 0.001)", "was 44·8 % (p<0·001).", "44·8 % (p<0·001)"),
        ('the "first" therapy', "the “ﬁrst” ther\u00adapy", "the “ﬁrst” ther\u00adapy"),
        ("immunotherapy of PD-L1", "immuno-\ntherapy of PD‑\nL1", "immuno-\ntherapy of PD‑\nL1"),
        ("-3 to 1-2", "from −3 to 1–2", "−3 to 1–2"),
    ],
)
def test_find_verbatim_is_blind_to_typography_and_keeps_the_source(quote: str, text: str, found: str) -> None:
    span = find_verbatim(quote, text)
    assert span is not None
    assert text[slice(*span)] == found


@pytest.mark.parametrize(
    ("quote", "text"),
    [("a b", "x A b"), ("  ", "x"), ("rate was 44", "rate was 44.8"), ("24", "1,240"), ("survival", "survivals")],
)
def test_find_verbatim_takes_no_other_words(quote: str, text: str) -> None:
    assert find_verbatim(quote, text) is None

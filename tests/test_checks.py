"""What does not hold does not pass, and the reason says why."""

from dataclasses import replace

from ingest.papers import Chunk, Paper, Section
from rag.answer import Claim, Passage
from rag.checks import check
from rag.claims import Drafted, bind

TEXT = "The response rate was 44.8% with pembrolizumab and 27.8% with chemotherapy (hazard ratio, 0.50)."
SECTION = Section("results", "Results", 0, len(TEXT))
PAPER = Paper("pmid:1", "KEYNOTE 024: pembrolizumab", TEXT, (SECTION,), "text")
PASSAGE = Passage(Chunk("pmid:1#0", "pmid:1", SECTION, None, 0, len(TEXT)), PAPER, TEXT, 1.0)


def judged(text: str, *cites: int) -> Claim:
    return check(bind(Drafted(text, cites), [PASSAGE]))


def reason(claim: Claim) -> str:
    assert not claim.verdict.passed
    return "; ".join(claim.verdict.reasons)


def test_a_supported_claim_passes() -> None:
    assert judged("With pembrolizumab the response rate was 44.8%, with chemotherapy 27.8%.", 1).verdict.passed


def test_a_claim_without_citation_is_rejected() -> None:
    assert "cites no passage" in reason(judged("The response rate was 44.8% with pembrolizumab."))


def test_a_citation_of_a_passage_that_was_not_given_is_rejected() -> None:
    assert "cites no passage" in reason(judged("The response rate was 44.8% with pembrolizumab.", 2))


def test_number_absent_from_source_is_rejected() -> None:
    assert "46.8 %" in reason(judged("The response rate was 46.8% with pembrolizumab.", 1))


def test_a_percentage_does_not_vouch_for_a_plain_number() -> None:
    assert "44.8" in reason(judged("The response lasted 44.8 months with pembrolizumab.", 1))


def test_a_number_in_the_title_counts_as_cited() -> None:
    assert judged("In KEYNOTE 024 the response rate with pembrolizumab was 44.8%.", 1).verdict.passed


def test_a_quote_that_is_not_the_papers_text_is_rejected() -> None:
    claim = bind(Drafted("The response rate was 44.8% with pembrolizumab.", (1,)), [PASSAGE])
    forged = replace(claim.citations[0], quote="The response rate was 99% with pembrolizumab.")
    assert "not verbatim" in reason(check(replace(claim, citations=(forged,))))


def test_a_sentence_about_something_else_is_rejected() -> None:
    assert "of its words" in reason(judged("Vitamin supplements cured advanced melanoma in mice.", 1))

"""What does not hold does not pass, and the reason says why."""

from dataclasses import replace

from ingest.papers import Chunk, Paper, Section
from rag.answer import Claim, Passage
from rag.checks import check, is_a_whole_sentence
from rag.claims import Drafted, bind
from tests.passages import passage

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
    assert "cites no passage" in reason(judged("Colitis was seen in mice that had been fed another diet."))


def test_a_claim_without_a_mark_is_judged_by_the_passage_it_is_taken_from() -> None:
    assert judged("The response rate was 44.8% with pembrolizumab.").verdict.passed
    assert "46.8 %" in reason(judged("The response rate was 46.8% with pembrolizumab."))


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


def test_an_invented_citation_goes_and_the_rest_is_judged() -> None:
    claim = judged("The response rate was 44.8% with pembrolizumab.", 1, 7)
    assert claim.verdict.passed
    assert [citation.number for citation in claim.citations] == [1]


def test_a_sentence_of_the_passage_passes_whatever_it_says() -> None:
    assert judged(TEXT, 1).verdict.passed
    half = "27.8% with chemotherapy (hazard ratio, 0.50)."
    assert not is_a_whole_sentence(judged(half, 1))


def test_figures_given_to_the_other_arm_are_rejected() -> None:
    assert "other arm" in reason(
        judged("The response rate was 27.8% with pembrolizumab and 44.8% with chemotherapy.", 1)
    )


def test_another_direction_is_rejected() -> None:
    text = "Response was significantly higher with pembrolizumab than with chemotherapy."
    whole = passage(1, text)
    wrong = bind(Drafted("Response was significantly lower with pembrolizumab than with chemotherapy.", (1,)), [whole])
    assert "does not say" in reason(check(wrong))


def test_a_name_that_the_text_does_not_hold_is_rejected() -> None:
    assert "nivolumab" in reason(judged("The response rate was 44.8% with nivolumab.", 1))


def test_further_checks_are_made_as_well() -> None:
    claim = bind(Drafted("The response rate was 44.8% with pembrolizumab.", (1,)), [PASSAGE])
    assert check(claim, [lambda _: "never good enough"]).verdict.reasons == ("never good enough",)

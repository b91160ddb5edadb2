"""An arm's figure is not the other arm's, however the two are put."""

import pytest

from rag.arms import larger_with, swapped_arms
from rag.arms_words import arm_words

BEHIND = (
    "Median survival was 10.3 months with pembrolizumab and 6.0 months with chemotherapy (HR 0.50; 95% CI 0.37-0.68)."
)
ROW = "Survival was longer with pembrolizumab than with chemotherapy (10.3 vs. 6.0 months, p = 0.004)."
RESPECTIVELY = "Survival was 10.3 and 6.0 months in the pembrolizumab and chemotherapy arms, respectively."
BRACKETS = "Pembrolizumab (10.3 ± 2.1 months) did better than chemotherapy (6.0 ± 1.9 months)."
TABLE = "Arm: pembrolizumab; patients: 154; survival: 10.3\nArm: chemotherapy; patients: 151; survival: 6.0"
COLUMNS = "Outcome: survival; pembrolizumab: 10.3; chemotherapy: 6.0"

TRUE = (
    "Survival was 10.3 months with pembrolizumab and 6.0 months with chemotherapy.",
    "Survival was 6.0 months with chemotherapy compared with 10.3 months with pembrolizumab.",
    "Survival was 10.3 and 6.0 months with pembrolizumab and chemotherapy, respectively.",
    "Pembrolizumab versus chemotherapy: survival was 10.3 versus 6.0 months.",
    "With chemotherapy, survival was 6.0 months; with pembrolizumab, it was 10.3 months.",
    "Survival (pembrolizumab, 10.3 months; chemotherapy, 6.0 months) differed.",
)


def swapped(claim: str) -> str:
    return claim.replace("10.3", "#").replace("6.0", "10.3").replace("#", "6.0")


@pytest.mark.parametrize("source", [BEHIND, ROW, RESPECTIVELY, BRACKETS, TABLE, COLUMNS])
@pytest.mark.parametrize("claim", TRUE)
def test_figures_keep_their_arms(source: str, claim: str) -> None:
    assert swapped_arms(claim, [source]) is None
    assert "to the other arm" in (swapped_arms(swapped(claim), [source]) or "")


def test_one_figure_alone_can_stray() -> None:
    assert swapped_arms("Chemotherapy gave a median survival of 10.3 months.", [BEHIND]) is not None
    assert swapped_arms("Pembrolizumab gave a median survival of 10.3 months.", [BEHIND]) is None


def test_a_control_arm_goes_by_many_names() -> None:
    source = "Complications developed in 12 patients (44.4%) in the control group compared to 6 in the nutrition group."
    assert swapped_arms("Complications: 6 with nutrition versus 12 with placebo.", [source]) is None
    assert swapped_arms("Complications: 12 with nutrition versus 6 with placebo.", [source]) is not None


def test_abbreviations_of_the_paper_are_known() -> None:
    context = "Radiofrequency ablation (RFA) was compared with microwave ablation (MWA)."
    source = "The time was 10.9 min with RFA and 14.3 min with MWA."
    claim = "The time was 14.3 min with radiofrequency ablation and 10.9 min with microwave ablation."
    assert swapped_arms(claim, [source], context) is not None
    true = "The time was 10.9 min with radiofrequency ablation and 14.3 min with microwave ablation."
    assert swapped_arms(true, [source], context) is None


def test_where_the_text_does_not_tell_nothing_is_said() -> None:
    assert swapped_arms(TRUE[0], ["Survival was 10.3 months and 6.0 months in the two groups."]) is None
    assert swapped_arms("No figure at all.", [BEHIND]) is None


def test_the_arm_with_the_larger_figure() -> None:
    mine, other = arm_words("pembrolizumab"), arm_words("chemotherapy")
    assert larger_with(mine, other, BEHIND) is True
    assert larger_with(other, mine, BEHIND) is False
    assert larger_with(mine, other, "Nothing was measured.") is None

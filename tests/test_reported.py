"""What a sentence reports: of what, on what, which way."""

import pytest

from rag.reported import Finding, asked_about, findings
from rag.roles import CONTROL


def one(sentence: str) -> Finding:
    (found,) = findings(sentence, 0, len(sentence))
    return found


def told(sentence: str) -> tuple[str, str, int]:
    found = one(sentence)
    return " + ".join(sorted(id.partition(":")[2] for id in found.subject)), found.endpoint, found.way


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Nivolumab prolonged overall survival compared with docetaxel.", ("nivolumab", "overall survival", 1)),
        ("Nivolumab reduced the risk of death compared with docetaxel.", ("nivolumab", "overall survival", 1)),
        ("Those given nivolumab lived longer than those given docetaxel.", ("nivolumab", "overall survival", 1)),
        ("Overall survival was no better with nivolumab than with docetaxel.", ("nivolumab", "overall survival", 0)),
        ("Nivolumab failed to improve the response rate.", ("nivolumab", "objective response rate", 0)),
        ("High LAG-3 expression was associated with shorter overall survival.", ("LAG-3", "overall survival", -1)),
        ("Low LAG-3 expression was associated with shorter overall survival.", ("LAG-3", "overall survival", 1)),
        ("Response rates had no association with LAG-3.", ("LAG-3", "objective response rate", 0)),
        ("Colitis was more frequent with ipilimumab than with nivolumab.", ("ipilimumab", "colitis", 1)),
        ("Nivolumab was well tolerated and recurrence was delayed.", ("nivolumab", "disease-free survival", 1)),
    ],
)  # fmt: skip
def test_subject_endpoint_and_direction(sentence: str, expected: tuple[str, str, int]) -> None:
    assert told(sentence) == expected


def test_a_ratio_tells_the_direction_where_words_do_not() -> None:
    longer = "Median overall survival was 12 months with nivolumab and 9 with docetaxel (HR 0.70, 95% CI 0.55 to 0.89)."
    nothing = (
        "Median overall survival was 10 months with nivolumab and 9 with docetaxel (HR 0.95, 95% CI 0.75 to 1.20)."
    )
    assert (one(longer).way, one(nothing).way) == (1, 0)


def test_what_is_not_significant_is_a_trend() -> None:
    found = one("Overall survival was numerically longer with nivolumab (HR 0.80, 95% CI 0.60 to 1.07).")
    assert (found.way, found.trend) == (1, True)
    assert one("Overall survival was longer with nivolumab (P=0.12).").trend
    assert not one("Overall survival was longer with nivolumab (P=0.01).").trend


def test_the_backbone_of_both_arms_is_not_the_subject() -> None:
    found = one("Relatlimab plus nivolumab improved overall survival compared with nivolumab.")
    assert found.subject == {"drug:relatlimab"}
    assert found.therapy == {"drug:nivolumab"}
    assert found.against == {CONTROL}


def test_the_second_figure_is_the_comparators() -> None:
    ratio = "(HR 0.50, 95% CI 0.37 to 0.68)"
    for sentence in (
        f"Median overall survival was 10.3 months with pembrolizumab and 6.0 months with docetaxel {ratio}.",
        f"Overall survival was longer, 80.2% of those given pembrolizumab and 72.4% of those given docetaxel {ratio}.",
    ):
        found = one(sentence)
        assert (found.subject, found.against, found.way) == ({"drug:pembrolizumab"}, {"drug:docetaxel"}, 1)


def test_markers_looked_at_in_combination_are_no_single_marker() -> None:
    found = one("Concomitant KRAS and STK11 mutations were associated with shorter overall survival.")
    assert found.subject == {"biomarker:KRAS", "biomarker:STK11"}


def test_the_drug_that_patients_are_on_is_not_the_subject() -> None:
    found = one("In patients treated with nivolumab, antibiotics were associated with shorter overall survival.")
    assert found.subject == {"drug:antibiotic"}
    assert found.therapy == {"drug:nivolumab"}


def test_two_clauses_report_two_findings() -> None:
    sentence = "Atezolizumab improved overall survival, but progression-free survival did not differ from docetaxel."
    assert [(found.endpoint, found.way) for found in findings(sentence, 0, len(sentence))] == [
        ("overall survival", 1),
        ("progression-free survival", 0),
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "We will test whether nivolumab prolongs overall survival.",
        "Whether nivolumab improves overall survival remains unclear.",
        "Earlier trials had found no survival benefit of nivolumab.",
        "The overall survival benefit of nivolumab was similar in women and men.",
        "This contradicts KEYNOTE-024, in which pembrolizumab prolonged overall survival.",
        "Patients received nivolumab or docetaxel.",
    ],
)
def test_aims_doubts_and_the_work_of_others_report_nothing(sentence: str) -> None:
    assert findings(sentence, 0, len(sentence)) == ()


def test_median_not_reached_is_no_denial() -> None:
    assert told("Overall survival was longer with nivolumab (median not reached)")[2] == 1


def test_a_question_is_about_what_patients_take_only_where_it_is_about_nothing_else() -> None:
    assert [one.name for one in asked_about("Do antibiotics harm people on nivolumab?")] == ["antibiotic"]
    assert [one.name for one in asked_about("How do people fare on nivolumab?")] == ["nivolumab"]

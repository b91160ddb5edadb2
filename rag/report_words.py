"""The words by which findings are read: of no report, of no difference, of direction, of who was given what."""

from __future__ import annotations

import re

__all__ = [
    "ADDED", "ALIKE", "AND", "A_RATIO", "CLAUSE", "CONCOMITANT", "CONTROLS", "CUE", "ILL", "JOINED", "LINKED",
    "LINK_TO", "LOW_BEFORE", "LOW_BEHIND", "LOW_WITHIN", "MUTATED", "MUTATED_BEFORE", "NOTHING", "NO_DENIAL",
    "NO_REPORT", "OF_THE_GAIN", "REFERENCE", "SECOND_ARM", "THOSE", "TO", "TREND", "WAS_ON", "WORDED",
]  # fmt: skip

CLAUSE = re.compile(r";\s|,?\s(?:but(?! also)|whereas|while|although|though)\s", re.IGNORECASE)
# Announced, doubted, asked, or of others.
NO_REPORT = re.compile(
    r"\bwhether\b|\bwill be\b|\bwe will\b|\bremains? (?:unclear|unknown|to be)\b|\bhypothesi[sz]"
    r"|\b(?:sought|aims?|aimed) to\b|\bto (?:investigate|assess|evaluate|determine|examine|explore|test|study)\b"
    r"|\b(?:relation\w*|association|link)\b[^.;]{0,120}\b(?:was|were) (?:examined|assessed|investigated|evaluated)\b"
    r"|\b(?:earlier|previous|prior|other|later|smaller|larger) (?:[\w-]+ ){0,2}(?:trials?|study|studies|reports?)\b"
    r"|\b(?:contradict|disagree)\w*\b|\bstands? against\b|\bwho (?:read|held|found|saw|reported)\b"
    r"|\bat (?:an? )?increased risk\b|\bprimary (?:end ?point|outcome) was\b"
    r"|\b(?:may|might|could|would) (?:be|have|not|explain)\b|\bask(?:s|ed)\b|\?$",
    re.IGNORECASE,
)
# The gain is alike, or not, in several groups: nothing is said of whether there is one.
OF_THE_GAIN = re.compile(
    r"\b(?:benefits?|gains?|effects?|advantage)\b[^;]{0,140}"
    r"\b(?:similar|consistent|comparable|the same|did not differ)\b"
    r"|\b(?:regardless|irrespective|whatever the|interaction)\b",
    re.IGNORECASE,
)
NOTHING = re.compile(
    r"\b(?:no|nor|without) (?!(?:\w+ )?side )(?:[\w-]+ ){0,4}?(?:differen\w+|associations?|correlations?|effects?"
    r"|impact|influence|benefits?|improvements?|advantage|gain|increases?|relation\w*|link|evidence|signs?|markers?"
    r"|predictors?)\b"
    r"|\b(?:not|n't) (?:[\w-]+ ){0,3}?(?:differ\w*|improv\w+|prolong\w*|affect\w*|influenc\w+|chang\w+|increas\w+"
    r"|reduc\w+|lower\w*|rais\w+|predict\w*|associat\w+|correlat\w+|linked|related|better|longer|higher|shorter"
    r"|superior|alter\w*|extend\w*|delay\w*|confer\w*|reach\w*|translate\w*|significant\w*|help\w*|shown|seen|found"
    r"|observed|confirmed)\b"
    r"|\bno (?:better|worse|more|less|longer|shorter|higher|lower|different)\b|\bfail(?:ed|s|ure)? to\b|\bneither\b"
    r"|\b(?:similar|comparable|unrelated|unaffected|unchanged|identical|equal|indistinguishable|non-?inferior\w*)\b"
    r"|\bthe same\b|\bin vain\b|\bwas negative\b",
    re.IGNORECASE,
)
NO_DENIAL = re.compile(
    r"\bnot (?:only|merely|just)\b|\bnot (?:yet )?(?:been )?reached\b|\bno more than\b(?= \d)|\bno new\b", re.IGNORECASE
)
ALIKE = re.compile(r"\b(?:similar|comparable|differ\w*|the same|alike|identical|equal)\b", re.IGNORECASE)
TREND = re.compile(
    r"\bnumerical\w*\b|\btrend\w*\b|\btended\b|\bdid not reach (?:statistical )?significance\b"
    r"|\bnot (?:statistically )?significant\w*\b|\bnon-?significant\w*\b",
    re.IGNORECASE,
)
CUE = re.compile(
    r"(?P<up>\b(?:longer|prolong\w*|higher|increas(?:e[sd]?|ing)|greater|larger|raise[sd]?|rose|doubl\w+|tripl\w+"
    r"|more (?:frequent\w*|common\w*|often|likely)|commoner|enriched|extend\w*|lengthen\w*)\b)"
    r"|(?P<down>\b(?:shorter|shorten\w*|reduc\w+|lower(?:ed|s)?|decreas\w+|declin\w+|halv\w+|fell"
    r"|less (?:frequent\w*|common\w*|often|likely)|fewer|rarer)\b)"
    r"|(?P<good>\b(?:improv\w+|better|superior|benefit(?:s|ed)?|favou?r(?:s|ed|able)?|delay(?:s|ed)?|work(?:s|ed))\b)"
    r"|(?P<bad>\b(?:wors\w+|(?<!non-)(?<!non)inferior|poor(?:er)?|impair\w*|detriment\w*|harm\w*|(?<!-)resist\w*"
    r"|unfavou?rable|rarely|seldom|hardly)\b)",
    re.IGNORECASE,
)
# Less of these is more survival.
ILL = re.compile(
    r"\b(?:deaths?|mortality|dying|recurrence|relapse"
    r"|(?:risk|hazard|rate|odds) of (?:disease )?(?:progression|recurrence|relapse))\b(?!-free)",
    re.IGNORECASE,
)
A_RATIO = re.compile(r"\bratio\b|\b[HOR]R\b")
# Endpoints where no term of the field names them, the most telling first.
WORDED = tuple(
    (name, re.compile(pattern, re.IGNORECASE))
    for name, pattern in (
        ("progression-free survival", r"\b(?:risk|hazard(?: ratio)?) (?:of|for) (?:disease )?progression\b"),
        ("disease-free survival", r"\b(?:risk of |hazard(?: ratio)? for )?(?:recurrence|relapse)\b(?!-free)"),
        ("objective response rate", r"\brespon(?:se|ses|ded|d)\b|(?<!-)\bresist(?:ance|ant|ed)\b"),
        ("overall survival", r"\b(?:deaths?|mortality|alive|died|lived|live|surviv(?:al|ed)|prognos\w+)\b"),
    )
)

LINKED = re.compile(
    r"\b(?:associat\w+|correlat\w+|linked|predict\w*|prognostic|(?<!-)relat(?:ed|ion\w*)|unrelated|(?:un)?affect(?:ed|s)?"
    r"|influenc\w+|impact|enriched|went with|goes with|mark(?:s|ed)|effect on)\b",
    re.IGNORECASE,
)
LINK_TO = re.compile(  # what is linked follows
    r"\b(?:associat\w+|correlat\w+|relation\w*|link) (?:of|between)|\b(?:un)?affected by|\binfluenced by", re.IGNORECASE
)

# What stands before a drug that patients merely were on; before one by which a group is known; before a comparator.
_ARTICLE = r"(?:an? |the )*"
WAS_ON = re.compile(
    r"(?:\btreat(?:ed|ment) with|\bon|\bunder|\breceiv(?:ing|ed|e)|\bgiven|\bafter|\bbefore|\bduring|\bundergoing"
    r"|\btherapy with|\b(?:responses?|resistan\w+|responded|rate|assigned|randomi[sz]ed) to)"
    r"\s+(?:an? |the |anti-?|adjuvant |first-line )*$",
    re.IGNORECASE,
)
THOSE = re.compile(
    r"\b(?:those|ones)(?: who)?(?: were)? (?:on|with|given|taking|took|receiv(?:ing|ed)|treated with)\s+"
    rf"{_ARTICLE}$|\bwho took\s+$",
    re.IGNORECASE,
)
REFERENCE = re.compile(
    r"\b(?:than|versus|vs\.?|compare[ds] (?:with|to)|in comparison (?:with|to)|over|against|relative to|rather than)"
    r"\b[^,;()]{0,70}$",
    re.IGNORECASE,
)
# "10.3 months with A and 6.0 months with B": before B.
SECOND_ARM = re.compile(
    r"\b(?:and|against|versus|vs\.?)\s(?:in )?(?:only )?\d[\d.,]*\s?(?:%|months?|weeks?|years?)?[^,;()]{0,40}?"
    rf"\b(?:with|in|given|on|under|for|of)\s+{_ARTICLE}$",
    re.IGNORECASE,
)
CONTROLS = re.compile(
    r"\b(?:placebo|controls?|observation|standard (?:of )?care|best supportive care|transplantation)\b", re.IGNORECASE
)
JOINED = re.compile(
    r"\s*(?:,? and|,? or|plus|\+|/|with|(?:in combination|combined|together) with)\s+(?:an? |the )?", re.IGNORECASE
)
CONCOMITANT = re.compile(r"\+?\s*(?:/|-|\+|and|plus|with)\s*| (?:mutations?|mutated|alterations?) and ", re.IGNORECASE)
ADDED = re.compile(r"\b(?:add(?:ed|ing|ition of)|combining)\b", re.IGNORECASE)
TO = re.compile(rf"\bto\s+{_ARTICLE}$", re.IGNORECASE)
AND = re.compile(rf"\band (?:with |in |those (?:with|given) )?{_ARTICLE}$", re.IGNORECASE)

LOW_BEFORE = re.compile(
    r"\b(?:low(?:er)?|loss of|lack of|lacking|absence of|absent|without|negative for|undetectable|wild-type)\s+"
    rf"{_ARTICLE}$",
    re.IGNORECASE,
)
LOW_BEHIND = re.compile(r"^[- ](?:low|negative|loss|deficien\w+|wild-type|null)\b", re.IGNORECASE)
LOW_WITHIN = re.compile(r"(?:negative|low|loss|deficient)$", re.IGNORECASE)
MUTATED = re.compile(
    r"^[- ](?:\w+ )?(?:mutat\w+|mutant|alter\w+|variants?|amplif\w+)|^ and (?:\w+ )?mutations", re.IGNORECASE
)
MUTATED_BEFORE = re.compile(r"\bmutat\w+ (?:of|in)\s+$|\bwild-type\s+$", re.IGNORECASE)

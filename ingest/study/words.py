"""The words by which the design of a study is told, in the order in which they are asked.

All patterns read lower case. Nothing but tables: `ingest.study.rules` says how they are used.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

__all__ = [
    "BENCH", "CADAVERS", "CASES", "COMPUTED", "DECLARES", "EPIDEMIOLOGY", "EXPERIMENT", "HANDS_ON", "LATER", "NOTICE",
    "OBSERVED", "OTHERS", "OUR_WORK", "OWN_PHASE", "PHASE", "PUBLIC", "RESULT", "SYNTHESES", "TITLES", "TOOLS",
    "TRIALS", "Rule",
]  # fmt: skip

# Whose work a sentence is about when it is not about this one's.
OTHERS = re.compile(
    r"\b(?:previous(?:ly)?|prior|earlier|recent|published|other|several|most|many|some|current|future|existing"
    r"|available) (?:[\w-]+ ){0,3}(?:trials?|stud(?:y|ies)|meta-analys[ei]s|reviews?|evidence|research)\b"
    r"|\bhave shown\b|\bhas shown\b|\bare needed\b|\bis needed\b|\bwarranted\b|\bdespite a\b|\bwe have previously\b"
)


@dataclass(frozen=True, slots=True)
class Rule:
    """A design, the words that tell it, and the words in the same sentence that say it is somebody else's."""

    design: str
    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None = None


def _rules(*rows: tuple[str, str] | tuple[str, str, re.Pattern[str]]) -> tuple[Rule, ...]:
    return tuple(Rule(row[0], re.compile(row[1]), row[2] if len(row) == 3 else None) for row in rows)


# Titles of notices, which are no studies.
NOTICE = re.compile(
    r"^(?:correction|corrigend|errat|department of error|retraction|expression of concern|publisher'?s note"
    r"|addendum)"
)

# In a title, a design is the paper's own; the first that fits counts. A protocol names the trial it plans, a
# meta-analysis the trials it pools, so they come first.
TITLES = _rules(
    (
        "protocol",
        r"\b(?:study|trial) protocol\b|\bprotocol (?:for|of) (?:a|an|the)\b|\brationale and (?:study )?design\b"
        r"|\bdesign and rationale\b|\btrial in progress\b|\bstudy design (?:and|of)\b",
    ),
    ("meta-analysis", r"\bmeta-?\s?analys[ei]s\b|\bpooled analysis of (?:[\w-]+ ){0,3}(?:trials|studies)\b"),
    ("systematic review", r"\bsystematic(?:ally)? (?:literature )?review|\bscoping review|\bumbrella review"),
    (
        "guideline",
        r"\bguidelines?:|\bpractice guidelines?\b(?! implement)"
        r"|\bconsensus (?:statement|recommendations?|report|guidelines?)\b|\bposition (?:paper|statement)\b"
        r"|\brecommendations (?:of|from|by) the\b",
    ),
    ("editorial", r"^(?:editorial|commentary|viewpoint|comment|letter|correspondence) ?[:.]"),
    ("case series", r"\bcase series\b"),
    (
        "case report",
        r"\bcase (?:report|study)\b|^a (?:rare )?case of\b"
        r"|\bin a (?:patient|man|woman|boy|girl|child|\d+-year-old)\b"
        r"|\bin (?:a |an )?(?:\w+ )?(?:chinese|japanese|italian|family) family\b"
        r"|\breport of (?:a|two|three) cases?\b",
    ),
    ("post hoc analysis", r"\bpost[- ]hoc\b|\bsecondary analysis\b"),
    (
        "randomised trial",
        r"\brandomi[sz]ed\b(?!.{0,40}\btrials\b)|(?<!mendelian )\brandomi[sz]ation of\b|\bdouble-blind",
    ),
    (
        "trial",
        r"\bphase (?:[1-4]|i{1,3}v?|iv)[ab]?(?:/(?:[1-4]|i{1,3}))?[ab]?\b.{0,30}\b(?:trial|study)\b|\bopen-label\b"
        r"|\bsingle-arm\b|\bfirst-in-human\b|\bpilot (?:clinical )?trial\b",
    ),
    (
        "review",
        r"\b(?:a|an|narrative|mini-?|brief|literature|critical) review\b|\breview of the literature\b"
        r"|\bstate of the art\b|\b(?:recent )?advances in\b|\bcurrent (?:status|concepts)\b|\bperspectives?$"
        r"|\bchallenges and\b",
    ),
    (
        "computational study",
        r"\b(?:deep|machine)[- ]learning\b|\bneural networks?\b|\bin silico\b|\bcomputational\b|\bmathematical model"
        r"|\bcomputer simulation|\bweb ?server\b|\bsoftware\b|\bbioinformatic|\blarge language models?\b"
        r"|\bfoundation models?\b|\bartificial intelligence\b|\bcost-effectiveness\b.{0,60}\bmodel|\bmarkov\b",
    ),
    ("retrospective cohort study", r"\bretrospective\b"),
    ("case-control study", r"\bcase-(?:control|referent)\b"),
    ("cross-sectional study", r"\bcross-sectional\b"),
    ("prospective cohort study", r"\bprospective (?:cohort|observational|study)\b"),
    ("qualitative study", r"\bqualitative\b|\binterview study\b"),
    ("survey", r"\b(?:national|online|cross|questionnaire|web-based) survey\b|\bsurvey of\b|\bfollow-up survey\b"),
    ("cohort study", r"\bcohort\b|\bregistry\b|\bpopulation-based\b|\breal[- ]world\b|\blongitudinal\b"),
)

# In an abstract a design is the paper's own where it says so of itself, or tells how it was done.
SYNTHESES = _rules(
    (
        "meta-analysis",
        r"\b(?:this|our|the present|the current|an updated|exploratory|perform(?:ed)?|conducted|undertook|a) "
        r"(?:[\w-]+ ){0,4}meta-?analys[ei]s\b"
        r"|\bmeta-?analys[ei]s (?:was|were) (?:performed|conducted|undertaken|used)\b"
        r"|\b(?:studies|trials) were included in the meta-?analys[ei]s\b|\bin the meta-?analys[ei]s\b"
        r"|\bpooled relative risks?\b|\brandom[- ]effects? (?:model|meta-analys[ei]s)s?\b.{0,80}\bpooled\b",
        re.compile(r"\b(?:previous|large|published|earlier|recent) (?:[\w-]+ )?meta-analys"),
    ),
    (
        "systematic review",
        r"\b(?:this|our|present|a|we (?:conducted|performed)) (?:[\w-]+ ){0,2}systematic(?:ally)? "
        r"(?:literature )?(?:search and )?review\b|\bsystematically (?:search|review)(?:ed)?\b"
        r"|\b(?:medline|pubmed|embase|cochrane)\b.{0,200}\b(?:was|were) searched\b"
        r"|\bby searching (?:the )?(?:medline|pubmed|embase)"
        r"|\bsearch(?:ed|es|ing) (?:of |the |in )?(?:[\w-]+ ){0,3}(?:medline|pubmed|embase)\b.{0,400}\b(?:studies"
        r"|articles|trials|papers) (?:were|met|was)\b|\bprospero\b",
        re.compile(r"\bnarrative review\b|\bguideline on\b"),
    ),
    (
        "review",
        r"\bthis (?:narrative |mini-?|short |brief |comprehensive |critical )?(?:review|article|paper|perspective"
        r"|chapter) (?:article |paper )?(?:will |systematically |also |briefly |critically |is based on |aims to "
        r"|seeks to )?(?:review|summari|discuss|focus|highlight|explor|provid|outlin|describ|is based on|address"
        r"|cover|underscor)|\bin this (?:narrative |mini-?)?(?:review|overview|perspective)\b"
        r"|\bthe (?:present|current) review\b"
        r"|\bwe (?:also )?(?:review|summari[sz]e) (?!the (?:records|charts)|and present)|\bnarrative review\b"
        r"|\b(?:aim of|aimed to|purpose of) (?:this |the )?(?:article |paper )?(?:is )?(?:to )?review\b"
        r"|\b(?:article|paper) reviews\b|\bliterature review\b|\breview of the literature\b|\bareas covered\b"
        r"|\bexpert opinion:|\bare (?:reviewed|discussed)\b|\bwe (?:also )?(?:outline|elaborate)\b"
        r"|\bwe aimed to review\b|\brelevant papers for review\b|\bis (?:explored|reviewed|discussed)\.",
        re.compile(
            r"\bmedical records\b|\bcharts?\b|\bpathology\b|\breview the literature\b|\bimage"
            r"|\b(?:results of )?our study\b"
        ),
    ),
)
# "A 45-year-old man": one patient, or a few, told one by one.
CASES = _rules(
    ("case series", r"\bcase series\b"),
    (
        "case report",
        r"\bthis case report\b"
        r"|\b(?:we|the authors) (?:report|describe|present) "
        r"(?:here )?(?:a|an|the|one|two|three|the first|the case|a case) "
        r"(?:[\w-]+ ){0,4}(?:cases?|patients?|man|woman|boy|girl|child|infant|famil(?:y|ies))\b"
        r"|\b(?:a|an) \d{1,3}[- ](?:year|month|day|week)[- ]old\b|\b(?:the|rare) case of (?:a|an)\b"
        r"|^[^.]*\. a case of\b|\b(?:proband|index patient)\b|\bwe describe the (?:first|case)\b",
        re.compile(r"\bcohort\b|\bbase case\b|\bfor example\b|\bmice\b|\brats?\b"),
    ),
)
# A later look at the patients of a trial, which compares what the lot did not decide.
LATER = _rules(
    (
        "post hoc analysis",
        r"\bpost[- ]hoc analys[ei]s of\b"
        r"|\bsecondary analys[ei]s of (?:data from )?(?:a|an|the|this|\w+ )(?:[\w-]+ ){0,4}(?:rct|trial)\b"
        r"|\bretrospective(?:ly)? (?:analy\w+ )?(?:[\w-]+ ){0,6}(?:phase|randomi[sz]ed)\b"
        r"|\b(?:randomi[sz]ed|assigned|allocated) to the (?:[\w-]+ ){0,2}(?:arm|group) of (?:a|an|the|another) "
        r"(?:[\w-]+ ){0,4}trial\b",
    ),
)
# A protocol speaks in the future of what a trial speaks in the past of. "Randomised" alone is not enough: reviews speak
# of randomised trials, models are trained on random halves, genes are randomised by Mendel.
TRIALS = _rules(
    (
        "protocol",
        r"\b(?:patients|participants|children|women|subjects|centres|centers|\w+) will be "
        r"(?:randomi[sz]ed|randomly|recruited|enrolled|assigned|allocated)\b|\bthis protocol describes\b"
        r"|\bis designed to (?:recruit|enrol|show|test|assess|evaluate)\b|\bongoing [\w-]+ trial\b",
    ),
    (
        "randomised trial",
        r"\b(?:were|was|are) (?:then |subsequently |prospectively |centrally |also )?randomi[sz]ed\b"
        r"|\brandomi[sz]ed (?:prospectively|to|into|in a|2:1|1:1)\b"
        r"|\b(?:randomly|at random|randomized manner|random order|random sequence)\b.{0,40}\b(?:assign|allocat|divid"
        r"|group|receiv|treat|order)|\b(?:assign|allocat|divid)ed (?:[\w-]+ ){0,3}(?:randomly|at random)\b"
        r"|\brandomi[sz]ed,? (?:[\w-]+,? ){0,5}(?:trial|study)\b|\brandomi[sz]ation (?:was|to)\b"
        r"|\brandomly (?:assigned|allocated|divided)\b|\bdouble[- ]blind"
        r"|\b(?:and|than|the|versus|vs\.?|with) placebo groups?\b|\bplacebo[- ]controlled\b|\brandomi[sz]ed manner\b"
        r"|\btrial that randomi[sz]ed\b",
        re.compile(
            r"\b(?:previous|earlier|prior|published|recent|simulated|of) (?:[\w-]+ ){0,3}trials\b"
            r"|\brandomi[sz]ed (?:[\w-]+ ){0,3}trials\b|\bmendelian\b|\brandomly selected\b|\brandom digit\b"
            r"|\b(?:training|validation|test|testing|derivation|discovery) "
            r"(?:and \w+ )?(?:sets?|cohorts?|groups?|samples?|data)\b"
            r"|\bin a (?:previous |prior )?(?:phase \w+|randomi[sz]ed) (?:[\w-]+ ){0,2}(?:trial|study),? "
            r".{0,40}(?:has|have) shown\b"
        ),
    ),
    (
        "trial",
        r"\b(?:this|our|a|an) (?:[\w-]+,? ){0,6}phase (?:[1-4]|i{1,3}v?|iv)[ab]?(?:/(?:[1-4]|i{1,3}))?[ab]?\b"
        r"|\bopen-label\b|\bsingle-arm\b|\bdose[- ](?:escalation|expansion)\b"
        r"|\b(?:allocated|assigned) to (?:either )?(?:a |an |the )?(?:[\w-]+ ){0,3}(?:group|arm|intervention"
        r"|training)\b|\bpre(?:test)?-? ?(?:and|/|-) ?post-?(?:test|intervention)\b|\bpilot trial\b"
        r"|\bproof-of-concept study\b|\bcrossover (?:trial|study|design)\b"
        r"|\bwe (?:performed|conducted|carried out|did|undertook) (?:a|an) (?:[\w-]+,? ){0,6}trial\b"
        r"|\b(?:uncontrolled|interventional|quasi-experimental|single-group) (?:[\w-]+ ){0,3}(?:trial|study)\b"
        r"|\b(?:before and after|at the beginning and (?:at )?the end of|prior to and after) "
        r"(?:the |a |an |this |each )?(?:[\w-]+ ){0,2}(?:training|course|intervention|program(?:me)?|workshop|session"
        r"|education|supplementation|exercise|campaign)\b"
        r"|\b(?:participants|volunteers|subjects|providers|students) were asked to "
        r"(?!complete|fill|rate|answer|report|indicate|respond|assess|describe|recall|list|choose|estimate|give|provide)",
        OTHERS,
    ),
)
# Where the result comes out of a computer.
COMPUTED = _rules(
    (
        "computational study",
        r"\bcomputer simulation|\bsimulation (?:was|study|model)|\bmarkov\b|\bdecision[- ]analy\w+ model"
        r"|\bin silico\b|\bmathematical model|\bnumerical (?:approach|simulation)|\bweb ?server\b"
        r"|\b(?:software|computational) (?:package|tool|framework|pipeline|approach|method|program|algorithm)"
        r"|\b(?:online|curated) (?:resource|database)\b|\bopen-source (?:tool|software|package|platform|library)\b"
        r"|\bsoftware to\b|\bweb[- ]?tools?\b"
        r"|\bsynthetic (?:[\w-]+ )?(?:data|networks?)\b|\bartificially generated data\b|\binteractive web resource\b"
        r"|\btheoretical (?:model|arguments|analysis)\b"
        r"|\b(?:deep|machine)[- ]learning(?:-based)? (?:model|algorithm|approach|framework|method)s?\b"
        r"|\blarge language models?\b|\bbioinformatics? (?:analysis|approach|tool|pipeline)"
        r"|\bwe (?:here )?(?:utili[sz]e|develop|propose|introduce) (?:here )?(?:a|an) "
        r"(?:[\w-]+ ){0,5}(?:models?|metric|algorithm|framework|software)\b",
        re.compile(r"\bsimulator\b|\bpatient simulator\b|\banimal model\b|\bsimulated (?:patient|stair|small)"),
    ),
)
# Where what is reported is itself a program or a collection of data, for others to use.
TOOLS = re.compile(
    r"\b(?:freely|publicly|openly) available (?:online )?(?:at|from|on|via|through) (?:https?:|www\.|github)"
    r"|\b(?:software|package|tool|code|program|database|server|resource|catalog(?:ue)?)\b[^.]{0,60}\bavailable "
    r"(?:[\w-]+ ){0,5}(?:at|from|on|via|through) (?:https?:|www\.|github|bioconductor|cran\b)"
    r"|\b(?:an?|new|the|novel) (?:[\w/-]+ ){0,3}(?:r|python|bioconductor) package\b|\bweb interfaces?\b"
    r"|\b(?:we (?:here )?(?:developed|present|describe|built|introduce)|here,? we (?:present|describe)) "
    r"(?:[\w()/:.-]+,? ){0,8}(?:database|software|web ?(?:server|tool|portal)|data ?portal|algorithm)\b"
)
# Kinds of observation, the exact ones first.
OBSERVED = _rules(
    (
        "retrospective cohort study",
        r"\bretrospective(?:ly)? (?:[\w-]+ ){0,5}(?:cohort|study|review|analy|evaluat|collect|screen|includ|assess"
        r"|identif|compar)|\bwe retrospectively\b|\bretrospective(?:ly)?\b|\bhistoric(?:al)? cohort\b"
        r"|\b(?:chart|medical record) review\b",
        OTHERS,
    ),
    ("case-control study", r"\bcase-(?:control|referent) (?:study|analysis)\b"),
    ("cross-sectional study", r"\bcross-sectional (?:[\w-]+ )?(?:study|survey|analysis|design)\b"),
    (
        "prospective cohort study",
        r"\bprospective (?:[\w-]+,? ){0,3}(?:cohort|observational|study|longitudinal)\b"
        r"|\bprospectively (?:[\w-]+ )?(?:assess|collect|enrol|includ|record|follow|evaluat|perform)\w*",
    ),
    (
        "qualitative study",
        r"\bqualitative\b|\bthematic analysis\b|\bin-depth interviews?\b|\bconducted \d+ interviews\b"
        r"|\bfocus groups?\b|\bco-?design (?:method|workshop)",
    ),
    (
        "survey",
        r"\b(?:online|postal|telephone|cross|questionnaire|national) (?:survey|questionnaire)\b"
        r"|\bquestionnaires? (?:was|were)\b",
    ),
    (
        "registry study",
        r"\b(?:cancer|national|population-based|multicent(?:er|re)) registr(?:y|ies)\b|\bseer\b"
        r"|\bregist(?:er|ry)[- ]based\b",
    ),
    ("mendelian randomisation study", r"\bmendelian randomi[sz]ation\b"),
    ("observational study", r"\bobservational study\b|\bdiagnostic accuracy\b"),
    (
        "cohort study",
        r"\bcohort (?:study|of)\b|\bpopulation-based\b|\blongitudinal\b"
        r"|\bconsecutive (?:[\w-]+ ){0,4}(?:patients|women|series|procedures)\b",
    ),
)
# Bodies that were given to the bench; a cadaveric graft is a patient's.
CADAVERS = re.compile(
    r"\b(?:human|fresh|frozen|fresh-frozen|embalmed|unembalmed|adult|two|three|four|five|six|seven|eight|nine|ten|eleven"
    r"|twelve|sixteen|twenty|\d{1,3}) (?:[\w-]+ ){0,3}cadaver(?:s|ic)?\b"
    r"(?! (?:[\w-]+ )?(?:donors?|renal|grafts?|transplant\w*|allografts?|organs?|skin))"
)
# What hands do at the bench, in the words of those who did it.
HANDS_ON = re.compile(
    r"\bwe (?:\w+ )?(?:used|made|placed|recorded|injected|implanted|treated|cultured|isolated|transfected|stained"
    r"|measured|dissected|sequenced|immuni[sz]ed|infected)\b|\bwere (?:injected|sacrificed|implanted|inoculated)\b"
)
# Words of the bench; of some weight only together.
BENCH = re.compile(
    r"\bwestern blot|\bq?rt-?q?pcr\b|\bquantitative (?:real-time )?(?:reverse|pcr|rt)|\bimmunoblot|\bluciferase\b"
    r"|\bknock-?down\b|\bknock-?out\b|\boverexpress|\btransfect|\bapoptosis\b|\bproliferation\b|\bcell cycle\b"
    r"|\bin vitro\b(?! fertili)|\bin vivo\b|\bsi?rna\b|\bmrna\b|\bmicrorna\b|\bmir-\d|\bknockdown\b|\bphosphorylat"
    r"|\btranscription|\bsignal(?:l?ing)\b|\bprotein\b|\bgenes?\b|\binhibitors?\b|\bic\(?50\)?\b|\bexpression\b"
    r"|\bassays?\b|\bbinding\b|\bmutants?\b|\bpurified\b|\brecombinant\b|\benzym|\bbacteri|\bvirus\b|\bplasmid"
    r"|\bsubstrates?\b|\bmechanis|\bcells?\b|\btested\b|\binvasion\b|\bmigration\b|\btumou?rigenesis\b|\boncogen"
    r"|\bmethylat|\bsplicing\b|\b(?:up|down)-?regulat|\bsuppress|\bpathways?\b"
)
# "X promotes Y by Z": how titles of the bench are worded.
DECLARES = re.compile(
    r"\b(?:promot|suppress|inhibit|regulat|mediat|driv|induc|enhanc|sensiti[sz]|modulat|attenuat|trigger|control"
    r"|impair|activat|confer)(?:s|es|ing)\b|\bleads? to\b|\bvia\b|\bby targeting\b"
)
# Patients' data that anybody can fetch.
PUBLIC = re.compile(
    r"\btcga\b|\bcancer genome atlas\b|\bgene expression omnibus\b|\bgeo (?:database|datasets?)\b|\bccle\b|\bgtex\b"
)
# What is reckoned of people only, though the abstract may not name them.
EPIDEMIOLOGY = re.compile(
    r"\bfollow-?up\b|\bincidence\b|\bprevalence\b|\bmortality\b|\bhazard ratio|\bodds ratio|\brisk\b|\bsurvival\b"
)
# Words of the bench that weigh alone.
EXPERIMENT = re.compile(
    r"\bin vitro\b(?! fertili)|\bex vivo\b|\bcadaver|\bexperiments? (?:were|was|are)\b|\bbench\b|\bpreclinical\b"
)
# Signs that an abstract reports figures of its own; a narrative has few.
RESULT = re.compile(
    r"\bp ?[<=>] ?\.?\d|\b95 ?%|\bn ?= ?\d|\bodds ratio\b|\bhazard ratio\b|\b\d+(?:\.\d+)? ?%|\bp<|\bmean\b"
    r"|\bmedian\b"
)
# Signs that an abstract tells what was done, not what is known.
OUR_WORK = re.compile(
    r"\bwe (?:\w+ ){0,2}(?:show|found|find|demonstrat|investigat|measur|stud|analy|test|examin|identif|observ|assess"
    r"|evaluat|compar|determin|generat|develop|search|detect|deriv|conduct|perform|us(?:e|ed)\b|report|screen|select"
    r"|enrol|recruit|provide evidence)|\bwe (?:\w+ly |also |then |first |here )?\w+ed\b"
    r"|\b(?:this|the present|the current|our) study\b|\bour (?:findings|results|data)\b"
    r"|\bthese (?:findings|results|data)\b|\brevealed\b"
    r"|\bhere(?:,? our|,? we|in,? we)\b|\b(?:described|reported) here\b"
    r"|\b(?:was|were) (?:\w+ly )?\w+ed\b.{0,400}\b(?:was|were) (?:\w+ly )?(?:\w+ed|found|built|seen|shown)\b"
    r"|\b(?:was|were) (?:\w+ )?(?:measured|assessed|determined|analy[sz]ed|compared|evaluated|observed|performed"
    r"|included|obtained|identified|treated|examined)\b"
)
PHASE = re.compile(r"\bphase (?P<first>[1-4]|i{1,3}|iv)[ab]?(?:[/-](?P<second>[1-4]|i{1,3}|iv))?[ab]?\b")
# A sentence in which a phase is that of this trial.
OWN_PHASE = re.compile(
    r"\bthis\b|\bour\b|\bwe\b|\bmethods?\b|\beligible\b|\benrol|\brandom(?:ly|i[sz]ed)\b|\bassigned\b|\bopen-label\b"
    r"|\breport\b"
)

"""From the words of a paper to its design: what it calls itself first, then what it speaks of."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ingest.study_excerpt import Excerpt
from ingest.study_size import sample_size
from ingest.study_subjects import Subjects

__all__ = ["found_design"]

_TRIAL_WORDS = r"(?:trials?|stud(?:y|ies))"
# Whose work a sentence is about when it is not about this one's.
_OTHERS = re.compile(
    r"\b(?:previous(?:ly)?|prior|earlier|recent|published|other|several|most|many|some|current|future|existing|available) "
    r"(?:[\w-]+ ){0,3}(?:trials?|stud(?:y|ies)|meta-analys[ei]s|reviews?|evidence|research)\b|\bhave shown\b|\bhas shown\b|\bare needed\b"
    r"|\bis needed\b|\bwarranted\b|\bdespite a\b|\bwe have previously\b"
)


@dataclass(frozen=True, slots=True)
class Rule:
    """A design, the words that tell it, and the words in the same sentence that say it is somebody else's."""

    design: str
    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None = None


def _rules(*rows: tuple[str, str] | tuple[str, str, re.Pattern[str]]) -> tuple[Rule, ...]:
    return tuple(Rule(row[0], re.compile(row[1]), row[2] if len(row) == 3 else None) for row in rows)


_NOTICE = re.compile(
    r"^(?:correction|corrigend|errat|department of error|retract|withdrawn|expression of concern|publisher'?s note|addendum)"
)

# In a title, a design is the paper's own; the first that fits counts. A protocol names the trial it plans, a
# meta-analysis the trials it pools, so they come first.
_TITLES = _rules(
    (
        "protocol",
        r"\b(?:study|trial) protocol\b|\bprotocol (?:for|of) (?:a|an|the)\b|\brationale and (?:study )?design\b"
        r"|\bdesign and rationale\b|\btrial in progress\b|\bstudy design (?:and|of)\b",
    ),
    ("meta-analysis", r"\bmeta-?\s?analys[ei]s\b|\bpooled analysis of (?:[\w-]+ ){0,3}(?:trials|studies)\b"),
    ("systematic review", r"\bsystematic(?:ally)? (?:literature )?review|\bscoping review|\bumbrella review"),
    ("guideline", r"\bguidelines?:|\bpractice guidelines?\b(?! implement)|\bconsensus (?:statement|recommendations?|report|guidelines?)\b"
                  r"|\bposition (?:paper|statement)\b|\brecommendations (?:of|from|by) the\b"),
    ("case series", r"\bcase series\b"),
    ("case report", r"\bcase (?:report|study)\b|^a (?:rare )?case of\b|\bin a (?:patient|man|woman|boy|girl|child|\d+-year-old)\b"
                    r"|\bin (?:a |an )?(?:\w+ )?(?:chinese|japanese|italian|family) family\b|\breport of (?:a|two|three) cases?\b"),
    ("post hoc analysis", r"\bpost[- ]hoc\b|\bsecondary analysis\b"),
    ("randomised trial", r"\brandomi[sz]ed\b(?!.{0,40}\btrials\b)|(?<!mendelian )\brandomi[sz]ation of\b|\bdouble-blind"),
    ("trial", r"\bphase (?:[1-4]|i{1,3}v?|iv)[ab]?(?:/(?:[1-4]|i{1,3}))?[ab]?\b.{0,30}\b(?:trial|study)\b|\bopen-label\b|\bsingle-arm\b"
              r"|\bfirst-in-human\b|\bpilot (?:clinical )?trial\b"),
    ("review", r"\b(?:a|an|narrative|mini-?|brief|literature|critical) review\b|\breview of the literature\b|\bstate of the art\b"
               r"|\b(?:recent )?advances in\b|\bcurrent (?:status|concepts)\b|\bperspectives?$|\bchallenges and\b"),
    ("computational study", r"\b(?:deep|machine)[- ]learning\b|\bneural networks?\b|\bin silico\b|\bcomputational\b|\bmathematical model"
                            r"|\bcomputer simulation|\bweb ?server\b|\bsoftware\b|\bbioinformatic|\blarge language models?\b|\bfoundation models?\b"
                            r"|\bartificial intelligence\b|\bcost-effectiveness\b.{0,60}\bmodel|\bmarkov\b"),
    ("retrospective cohort study", r"\bretrospective\b"),
    ("case-control study", r"\bcase-(?:control|referent)\b"),
    ("cross-sectional study", r"\bcross-sectional\b"),
    ("prospective cohort study", r"\bprospective (?:cohort|observational|study)\b"),
    ("qualitative study", r"\bqualitative\b|\binterview study\b"),
    ("survey", r"\b(?:national|online|cross|questionnaire|web-based) survey\b|\bsurvey of\b|\bfollow-up survey\b"),
    ("cohort study", r"\bcohort\b|\bregistry\b|\bpopulation-based\b|\breal[- ]world\b|\blongitudinal\b"),
)  # fmt: skip

# In an abstract a design is the paper's own where it says so of itself, or tells how it was done.
_SYNTHESES = _rules(
    (
        "meta-analysis",
        r"\b(?:this|our|the present|the current|an updated|exploratory|perform(?:ed)?|conducted|undertook|a) "
        r"(?:[\w-]+ ){0,4}meta-?analys[ei]s\b|\bmeta-?analys[ei]s (?:was|were) (?:performed|conducted|undertaken|used)\b"
        r"|\b(?:studies|trials) were included in the meta-?analys[ei]s\b|\bin the meta-?analys[ei]s\b|\bpooled relative risks?\b"
        r"|\brandom[- ]effects? (?:model|meta-analys[ei]s)s?\b.{0,80}\bpooled\b",
        re.compile(r"\b(?:previous|large|published|earlier|recent) (?:[\w-]+ )?meta-analys"),
    ),
    (
        "systematic review",
        r"\b(?:this|our|present|a|we (?:conducted|performed)) (?:[\w-]+ ){0,2}systematic(?:ally)? (?:literature )?(?:search and )?review\b"
        r"|\bsystematically (?:search|review)(?:ed)?\b(?! recruited)|\b(?:medline|pubmed|embase|cochrane)\b.{0,200}\b(?:was|were) searched\b"
        r"|\bby searching (?:the )?(?:medline|pubmed|embase)|\bsearch(?:ed|es|ing) (?:of |the |in )?(?:[\w-]+ ){0,3}(?:medline|pubmed|embase)\b"
        r".{0,400}\b(?:studies|articles|trials|papers) (?:were|met|was)\b|\bprospero\b",
        re.compile(r"\bnarrative review\b|\bguideline on\b"),
    ),
    (
        "review",
        r"\bthis (?:narrative |mini-?|short |brief |comprehensive |critical )?(?:review|article|paper|perspective|chapter) (?:article |paper )?"
        r"(?:will |systematically |also |briefly |critically |is based on |aims to |seeks to )?"
        r"(?:review|summari|discuss|focus|highlight|explor|provid|outlin|examin|describ|present|is based on|address|cover|underscor)"
        r"|\bin this (?:narrative |mini-?)?(?:review|overview|perspective)\b|\bthe (?:present|current) review\b|\bwe (?:also )?(?:review|summari[sz]e) "
        r"(?!the (?:records|charts)|and present)|\bnarrative review\b|\b(?:aim of|aimed to|purpose of) (?:this |the )?(?:article |paper )?(?:is )?"
        r"(?:to )?review\b(?! is to present)|\b(?:article|paper) reviews\b|\bliterature review\b|\breview of the literature\b|\bareas covered\b"
        r"|\bexpert opinion\b|\bare (?:reviewed|discussed)\b|\bwe (?:also )?(?:outline|elaborate)\b|\bwe aimed to review\b|\brelevant papers for review\b"
        r"|\bis (?:explored|reviewed|discussed)\.",
        re.compile(
            r"\bmedical records\b|\bcharts?\b|\bpathology\b|\breview the literature\b|\bimage|\b(?:results of )?our study\b"
        ),
    ),
)  # fmt: skip
_CASES = _rules(
    ("case series", r"\bcase series\b"),
    (
        "case report",
        r"\bthis case report\b|\b(?:we|the authors) (?:report|describe|present) (?:here )?(?:a|an|the|one|two|three|the first|the case|a case) (?:[\w-]+ ){0,4}"
        r"(?:cases?|patients?|man|woman|boy|girl|child|infant|famil(?:y|ies))\b|\b(?:a|an) \d{1,3}[- ](?:year|month|day|week)[- ]old\b"
        r"|\bcase of (?:a|an)\b|^[^.]*\. a case of\b|\b(?:proband|index patient)\b|\bwe describe the (?:first|case)\b",
        re.compile(r"\bcohort\b|\bbase case\b|\bfor example\b|\bmice\b|\brats?\b"),
    ),
)  # fmt: skip
_LATER = _rules(
    (
        "post hoc analysis",
        r"\bpost[- ]hoc analys[ei]s of\b|\bsecondary analys[ei]s of (?:data from )?(?:a|an|the|this|\w+ )(?:[\w-]+ ){0,4}(?:rct|trial)\b"
        r"|\bretrospective(?:ly)? (?:analy\w+ )?(?:[\w-]+ ){0,6}(?:phase|randomi[sz]ed)\b",
    ),
)
_TRIALS = _rules(
    (
        "protocol",
        r"\b(?:patients|participants|children|women|subjects|centres|centers|\w+) will be (?:randomi[sz]ed|randomly|recruited|enrolled|"
        r"assigned|allocated)\b|\bthis protocol describes\b|\bis designed to (?:recruit|enrol|show|test|assess|evaluate)\b"
        r"|\bongoing [\w-]+ trial\b",
    ),
    (
        "randomised trial",
        r"\b(?:were|was|are) (?:then |subsequently |prospectively |centrally |also )?randomi[sz]ed\b|\brandomi[sz]ed (?:prospectively|to|into|in a|2:1|1:1)\b"
        r"|\b(?:randomly|at random|randomized manner|random order|random sequence)\b.{0,40}\b(?:assign|allocat|divid|group|receiv|treat|order)"
        r"|\b(?:assign|allocat|divid)ed (?:[\w-]+ ){0,3}(?:randomly|at random)\b|\brandomi[sz]ed,? (?:[\w-]+,? ){0,5}(?:trial|study)\b"
        r"|\brandomi[sz]ation (?:was|to)\b|\brandomly (?:assigned|allocated|divided)\b|\bdouble[- ]blind"
        r"|\b(?:and|than|the|versus|vs\.?|with) placebo groups?\b|\bplacebo[- ]controlled\b|\brandomi[sz]ed manner\b|\btrial that randomi[sz]ed\b",
        re.compile(
            r"\b(?:previous|earlier|prior|published|recent|secondary prevention|simulated|of) (?:[\w-]+ ){0,3}trials\b"
            r"|\brandomi[sz]ed (?:[\w-]+ ){0,3}trials\b|\bmendelian\b|\brandomly selected\b|\brandom digit\b"
            r"|\b(?:training|validation|test|testing|derivation|discovery) (?:and \w+ )?(?:sets?|cohorts?|groups?|samples?|data)\b"
            r"|\bin a (?:previous |prior )?(?:phase \w+|randomi[sz]ed) (?:[\w-]+ ){0,2}(?:trial|study),? .{0,40}(?:has|have) shown\b"
        ),
    ),
    (
        "trial",
        r"\b(?:this|our|a|an) (?:[\w-]+,? ){0,6}phase (?:[1-4]|i{1,3}v?|iv)[ab]?(?:/(?:[1-4]|i{1,3}))?[ab]?\b"
        r"|\bopen-label\b|\bsingle-arm\b|\bdose[- ](?:escalation|expansion)\b|\b(?:allocated|assigned) to (?:either )?(?:a |an |the )?"
        r"(?:[\w-]+ ){0,3}(?:group|arm|intervention|training)\b|\bpre(?:test)?-? ?(?:and|/|-) ?post-?(?:test|intervention)\b|\bpilot trial\b"
        r"|\bproof-of-concept study\b|\bcrossover (?:trial|study|design)\b",
        _OTHERS,
    ),
)  # fmt: skip
_COMPUTED = _rules(
    (
        "computational study",
        r"\bcomputer simulation|\bsimulation (?:was|study|model)|\bmarkov\b|\bdecision[- ]analy\w+ model|\bin silico\b|\bmathematical model"
        r"|\bstatistical mechanical model\b|\bnumerical (?:approach|simulation)|\bweb ?server\b|\b(?:software|computational) (?:package|tool|framework|pipeline|approach)"
        r"|\bsynthetic (?:[\w-]+ )?(?:data|networks?)\b|\bartificially generated data\b|\binteractive web resource\b|\btheoretical (?:model|arguments|analysis)\b"
        r"|\b(?:deep|machine)[- ]learning(?:-based)? (?:model|algorithm|approach|framework|method)s?\b"
        r"|\blarge language models?\b|\bbioinformatics? (?:analysis|approach|tool|pipeline)|\bwe (?:utilize|develop|propose) (?:a|an|here a) (?:[\w-]+ ){0,4}"
        r"(?:model|metric|algorithm|measure) (?:linking|to analy|to predict|for predict|based)",
        re.compile(r"\bsimulator\b|\bpatient simulator\b|\banimal model\b|\bsimulated (?:patient|stair|small)"),
    ),
)  # fmt: skip
_OBSERVED = _rules(
    (
        "retrospective cohort study",
        r"\bretrospective(?:ly)? (?:[\w-]+ ){0,5}(?:cohort|study|review|analy|evaluat|collect|screen|includ|assess|identif|compar)"
        r"|\bwe retrospectively\b|\bretrospective(?:ly)?\b|\bhistoric(?:al)? cohort\b|\b(?:chart|medical record) review\b",
        _OTHERS,
    ),
    ("case-control study", r"\bcase-(?:control|referent) (?:study|analysis)\b"),
    ("cross-sectional study", r"\bcross-sectional (?:[\w-]+ )?(?:study|survey|analysis|design)\b"),
    ("prospective cohort study", r"\bprospective (?:[\w-]+,? ){0,3}(?:cohort|observational|study|longitudinal)\b|\bprospectively (?:[\w-]+ )?"
                                 r"(?:assess|collect|enrol|includ|record|follow|evaluat|perform)\w*"),
    ("qualitative study", r"\bqualitative\b|\bthematic analysis\b|\bin-depth interviews?\b|\bconducted \d+ interviews\b|\bfocus groups?\b"
                          r"|\bco-?design (?:method|workshop)"),
    ("survey", r"\b(?:online|postal|telephone|cross|questionnaire|national) (?:survey|questionnaire)\b|\bquestionnaires? (?:was|were)\b"),
    ("registry study", r"\b(?:cancer|national|population-based|multicent(?:er|re)) registr(?:y|ies)\b|\bseer\b|\bregist(?:er|ry)[- ]based\b"),
    ("observational study", r"\bobservational study\b|\bdiagnostic accuracy\b"),
    ("cohort study", r"\bcohort (?:study|of)\b|\bpopulation-based\b|\blongitudinal\b|\bconsecutive (?:[\w-]+ ){0,4}(?:patients|women|series|procedures)\b"),
)  # fmt: skip
# Words of the bench; of some weight only together.
_BENCH = re.compile(
    r"\bwestern blot|\bq?rt-?q?pcr\b|\bquantitative (?:real-time )?(?:reverse|pcr|rt)|\bimmunoblot|\bluciferase\b|\bknock-?down\b|\bknock-?out\b|\boverexpress"
    r"|\btransfect|\bapoptosis\b|\bproliferation\b|\bcell cycle\b|\bin vitro\b|\bin vivo\b|\bsi?rna\b|\bmrna\b|\bmicrorna\b|\bmir-\d|\bknockdown\b"
    r"|\bphosphorylat|\btranscription|\bsignal(?:l?ing)\b|\bprotein\b|\bgenes?\b|\binhibitors?\b|\bic\(?50\)?\b|\bexpression\b|\bassays?\b|\bbinding\b"
    r"|\bmutants?\b|\bpurified\b|\brecombinant\b|\benzym|\bbacteri|\bvirus\b|\bplasmid|\bsubstrates?\b|\bmechanis|\bcells?\b|\btested\b|\binvasion\b|\bmigration\b|\btumou?rigenesis\b|\boncogen|\bmethylat|\bsplicing\b|\b(?:up|down)-?regulat|\bsuppress|\bpathways?\b"
)
# "X promotes Y by Z": how titles of the bench are worded.
_DECLARES = re.compile(
    r"\b(?:promot|suppress|inhibit|regulat|mediat|driv|induc|enhanc|sensiti[sz]|modulat|attenuat|trigger|control|impair|activat|confer)(?:s|es|ing)\b"
    r"|\bleads? to\b|\bvia\b|\bby targeting\b"
)
# Patients' data that anybody can fetch.
_PUBLIC = re.compile(r"\btcga\b|\bcancer genome atlas\b|\bgene expression omnibus\b|\bgeo (?:database|datasets?)\b|\bccle\b|\bgtex\b|\bnhanes and\b")
_EPIDEMIOLOGY = re.compile(r"\bfollow-?up\b|\bincidence\b|\bprevalence\b|\bmortality\b|\bhazard ratio|\bodds ratio|\brisk\b|\bsurvival\b")
_EXPERIMENT = re.compile(r"\bin vitro\b|\bex vivo\b|\bcadaver|\bexperiments? (?:were|was|are)\b|\blung models?\b|\bbench\b|\bpreclinical\b")
_RESULT = re.compile(r"\bp ?[<=>] ?\.?\d|\b95 ?%|\bn ?= ?\d|\bodds ratio\b|\bhazard ratio\b|\b\d+(?:\.\d+)? ?%|\bp<|\bmean\b|\bmedian\b")
_OUR_WORK = re.compile(
    r"\bwe (?:\w+ ){0,2}(?:show|found|find|demonstrat|investigat|measur|stud|analy|test|examin|identif|observ|assess|evaluat|compar"
    r"|determin|generat|develop|search|detect|deriv|conduct|perform|us(?:e|ed)\b|report|screen|select|enrol|recruit|provide evidence)"
    r"|\b(?:this|the present|the current|our) study\b|\bour (?:findings|results|data)\b|\bthese (?:findings|results|data)\b|\brevealed\b"
    r"|\b(?:was|were) (?:\w+ly )?\w+ed\b.{0,400}\b(?:was|were) (?:\w+ly )?(?:\w+ed|found|built|seen|shown)\b"
    r"|\b(?:was|were) (?:\w+ )?(?:measured|assessed|determined|analy[sz]ed|compared|evaluated|observed|performed|included|obtained|identified|treated|examined)\b"
)
_PHASE = re.compile(r"\bphase (?P<first>[1-4]|i{1,3}|iv)[ab]?(?:[/-](?P<second>[1-4]|i{1,3}|iv))?[ab]?\b")
_OWN_PHASE = re.compile(r"\bthis\b|\bour\b|\bwe\b|\bmethods?\b|\beligible\b|\benrol|\brandom(?:ly|i[sz]ed)\b|\bassigned\b|\bopen-label\b|\breport\b")
_NUMERALS = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}


def found_design(parts: Excerpt, seen: Subjects) -> str:
    """The design that title and abstract tell, in words ("phase 3 randomised trial"); "" where they do not tell."""
    title, told = parts.title.lower(), parts.told
    if _NOTICE.match(title):
        return ""
    beastly = seen.beasts > seen.studied and (seen.beasts >= 2 or not seen.persons)
    named = _first(_TITLES, title)
    if named and not (beastly and named not in _ABOUT_STUDIES):
        return _worded(named, title, told)
    found = _first(_SYNTHESES, told)
    if found == "review" and (seen.studied >= 3 or seen.beasts >= 3) and _results(told) >= 2:
        found = ""  # an abstract of findings that closes with the literature
    if found:
        return _worded(found, title, told)
    if seen.beasts <= 2 and not seen.studied and (computed := _first(_COMPUTED, told)):
        return computed
    if beastly and seen.studied < 3:
        return "cross-sectional study" if re.search(r"\bcross-sectional\b|\bseropreval|\bserological\b", told) else "preclinical study"
    for table in (_CASES, _LATER, _TRIALS):
        if found := _first(table, told):
            return "cohort study" if found == "case series" and _large(parts) else _worded(found, title, told)
    if found := _first(_COMPUTED, told):
        return found
    if _first(_TRIALS, parts.methods.lower()) == "randomised trial" and not _first(_OBSERVED, told) and not seen.cells:
        return _worded("randomised trial", title, told)  # only the full text tells how the groups were made
    return _by_weight(parts, seen)


_CASES_AT_MOST = 50
_COUNTED = 30  # patients that no paper of the bench has by the way
_ABOUT_STUDIES = frozenset(("protocol", "meta-analysis", "systematic review", "guideline", "review"))


def _by_weight(parts: Excerpt, seen: Subjects) -> str:
    """A design for an abstract that does not call itself anything, from what it speaks of."""
    told = parts.told
    declares = bool(_DECLARES.search(parts.title.lower()))
    bench = len({match[0] for match in _BENCH.finditer(told)}) + 3 * sum(1 for _ in _EXPERIMENT.finditer(told)) + 2 * seen.cells
    observed = _first(_OBSERVED, told)
    counted = (sample_size("cohort", parts.title, parts.lead) or 0) >= _COUNTED
    clinical = 2 * seen.studied + seen.persons + (4 if observed else 0) + (4 if counted else 0)
    if seen.beasts and not seen.studied:
        return "preclinical study"
    if _PUBLIC.search(told) and not seen.cells and not seen.beasts and not observed:
        return "computational study"
    if bench + (4 if declares else 0) >= 4 and bench + (4 if declares else 0) > clinical:
        ours = declares or seen.cells >= 2 or _results(told) or _OUR_WORK.search(told)
        return "preclinical study" if ours else "review"
    if observed:
        return observed
    if seen.studied >= 2 or (seen.studied and (_results(told) or _OUR_WORK.search(told))):
        return "cohort study"
    if _results(told) >= 2 or _OUR_WORK.search(told):
        if seen.persons or (bench < 4 and _EPIDEMIOLOGY.search(told)):
            return "cohort study"
        return "preclinical study" if bench >= 2 else ""
    return "review" if len(told) > 400 else ""


def _large(parts: Excerpt) -> bool:
    """Whether what calls itself a case series is no longer one of cases but of a population."""
    return (sample_size("cohort", parts.title, parts.lead) or 0) > _CASES_AT_MOST


def _results(told: str) -> int:
    return sum(1 for _ in _RESULT.finditer(told))


def _first(rules: Iterable[Rule], text: str) -> str:
    """The design of the first rule that a sentence of `text` meets."""
    for rule in rules:
        for match in rule.pattern.finditer(text):
            if rule.unless is None or not rule.unless.search(text, *_sentence(text, match.start(), match.end())):
                return rule.design
    return ""


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """Borders of the sentence around a match; a full stop and a space end one, which is enough here."""
    after = text.find(". ", end)
    return text.rfind(". ", 0, start) + 1, after if after >= 0 else len(text)


def _worded(design: str, title: str, told: str) -> str:
    """The design with what else is known of it: the phase and the lot of a trial, the trial of a protocol."""
    if design in ("trial", "randomised trial"):
        randomised = design == "randomised trial" or _first(_TRIALS, told) == "randomised trial"
        return trial_words(_phase(title, told), randomised)
    if design == "protocol":
        randomised = bool(re.search(r"\brandomi[sz]|\brandomly\b", told))
        return f"protocol of a {trial_words(_phase(title, told), randomised)}"
    if design == "post hoc analysis":
        randomised = bool(re.search(r"\brandomi[sz]ed\b|\bplacebo\b|\brct\b", told))
        return f"post hoc analysis of a {trial_words('', randomised)}"
    return design


def trial_words(phase: str, randomised: bool) -> str:
    return " ".join(filter(None, (f"phase {phase}" if phase else "", "randomised" if randomised else "", "trial")))


def _phase(title: str, told: str) -> str:
    """ "2", "1/2" or "": the phase that the title gives, else a sentence of the abstract about this trial."""
    if match := _PHASE.search(title):
        return _numbers(match)
    for match in _PHASE.finditer(told):
        start, end = _sentence(told, match.start(), match.end())
        if _OWN_PHASE.search(told, start, end) and not _OTHERS.search(told, start, end):
            return _numbers(match)
    return ""


def _numbers(match: re.Match[str]) -> str:
    found = [_NUMERALS.get(part, part) for part in (match["first"], match["second"]) if part]
    return "/".join(dict.fromkeys(found))

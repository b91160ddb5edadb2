"""Whom or what a study looked at: people, mice, other animals, cell lines, computer models.

Words are counted in title and abstract. A word that any paper may say of its background ("common in women") is weak
evidence of people; a number of patients, or their tissue, is strong. What the title names was studied.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import get_args

from ingest.papers import DesignClass, Species
from ingest.study.excerpt import Excerpt

__all__ = ["Subjects", "species", "subjects"]

_COUNT = (
    r"(?<![\d.,%])(?:\d{1,3}(?:[, ]\d{3})+|\d{1,7}"
    r"|(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen"
    r"|eighteen|nineteen|hundred|thousand)|(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)(?:-\w{3,5})?)"
)
_PEOPLE = (
    r"(?:patients?|participants|subjects|individuals|women|men|adults|children|infants|boys|girls|persons|people"
    r"|volunteers|survivors|residents|caregivers|students|physicians|clinicians|nurses|surgeons|recipients|veterans"
    r"|inpatients|carriers|newborns|neonates|adolescents|respondents|probands?|families|males|females|controls"
    r"|donors|mothers|providers)"
)

# People, by any word that means them.
_PERSONS = re.compile(rf"\b{_PEOPLE}\b|\bhumans?\b(?! (?:recombinant|cancer cell|[\w-]+ cell lines?))|\bclinical\b")
# Those who can be nobody else; individuals, males, adults, controls may be animals.
_SURELY_PEOPLE = re.compile(
    r"\b(?:patients?|humans?|wom[ae]n|m[ae]n|boys?|girls?|child(?:ren)?|people|persons?|participants|volunteers"
    r"|clinical|proband|famil(?:y|ies)|affected (?:subjects|individuals)|cadaver\w*)\b"
)
# People who were studied: counted, enrolled, followed, asked.
_PATIENTS = (
    rf"(?=[\dtfsenh]){_COUNT} (?:[\w/+<>=-]+ ){{0,5}}{_PEOPLE}\b"
    rf"|(?=[\dtfsenh]){_COUNT} (?:[\w-]+ ){{0,3}}cases (?:of|with|were)\b"
    r"|\b(?:in|from|of|among) (?:[\w-]+ ){0,3}(?:patients|volunteers|donors|women|men|children|adults) "
    r"(?:with|who|aged|under)\b|\bpatients? (?:were|was|underwent|received|samples?|specimens?|cohorts?|tissues?)\b"
    r"|\bparticipants\b|\bmedical records?\b"
)
# They, or what came from their bodies.
_STUDIED = re.compile(
    rf"{_PATIENTS}"
    r"|\b(?:clinical|human|patient|tissue|tumou?r|cancer|nsclc|sclc|tnbc|hcc|rcc|ccrcc|crc|gc|pdac|hnscc|escc|aml"
    r"|cll|gbm|pca) (?:tissue )?(?:specimens|samples|biops(?:ies|y))\b|\bprimary (?:human |tumou?r )?samples\b"
    r"|(?<!ine )\bcadaver\w*\b"  # no canine, porcine, equine one
    r"|\bhuman (?:cancer |kidney )?(?:tissues?|genomes?|subjects|bones?|femurs?|hearts?|brains?|kidneys?"
    r"|grafts|donors|pbmcs?|monocytes|t cells|biops(?:ies|y))\b"
    r"|\bhealthy (?:volunteers|donors|subjects|controls|individuals)\b|\bautops(?:y|ies)\b"
    r"|\bpost-?mortem (?:human|brains?|tissues?|samples?|specimens?|cases)\b"
    r"|\bpatient-derived\b(?! (?:[\w-]+ ){0,3}(?:xenografts?|organoids?|models?|lines?)\b)|\bparaffin-embedded\b"
    r"|\baffected subjects\b|\b[a-z]{2,6} patients and (?:cell lines|cells)\b|\b\d{1,3}-year-old\b"
)
_MICE = re.compile(
    r"\bmice\b|\bmouse\b(?! (?:monoclonal|anti))|\bmurine\b(?! (?:[\w-]+ ){0,4}cell lines?)|\bbalb/c\b|\bc57bl\b"
    r"|\bxenografts?\b|\ballografts? model\b|\bpdx\b|\bnod[-/ ]?scid\b|\bnsg\b|\bknock-?out (?:mice|mouse)\b"
    r"|\bsyngeneic\b"
)
_ANIMALS = re.compile(
    r"\b(?:rats?|rodents?|rabbits?|guinea pigs?|pigs?|piglets?|porcine|swine|minipigs?|dogs?|canines?|beagles?|cats"
    r"|feline|sheep|ovine|lambs?|goats?|cows?|cattle|bovine|horses?|equine|hamsters?|gerbils?|ferrets?|monkeys?"
    r"|macaques?|primates|baboons?|chickens?|chicks?|zebra ?fish|fish (?:were|larvae|species|farms?)|minnows?|trout"
    r"|xenopus|frogs?|drosophila|fruit fly|flies|honey ?bees?|bees|mosquito(?:es)?|c\. elegans|caenorhabditis"
    r"|nematodes?|worms|insects?|livestock|poultry|quails?|ducks?|tadpoles?|marmosets?|mussels|oysters|bivalves?|snails?|shrimps?)\b"
)
# Animals that are no subjects: sera and media, the dog that helps in therapy, apparatus.
_NO_SUBJECT = re.compile(
    r"\b(?:human|mouse|rat|dog|chicken)(?:(?:,|,? and|/) ?(?:human|mouse|rat|dog|chicken))+ genomes\b"
    r"|\b(?:anti-|goat |rabbit |mouse |rat |donkey |bovine |fetal |foetal )(?:anti|polyclonal|monoclonal|serum|calf"
    r"|igg|albumin)\w*|\b(?:dogs?|canines?|animal)[- ](?:assisted|visit|therap)\w*"
    r"|\b(?:therapy|certified \w+|guide|pet) dogs?\b|\bfish (?:or fish )?oils?\b|\bfish,? (?:intake|consumption)"
    r"|\bcat scan"
)
# How lines are called: letters and figures ("bxpc-3"), but not those of markers and of kinds of cells ("cd8", "th17"),
# nor the bacteria in which plasmids are grown ("dh5a").
_LINE = r"\b(?!(?:cd|th|il|pd|p|g|dh|bl|jm|xl)-?\d|type|day|top10)[a-z]{1,5}-?\d{1,4}[a-z]?"
_CELLS = re.compile(
    r"\bcell[- ]lines?\b|\bcultured (?:[\w-]+ ){0,3}cells\b|\bcell cultures?\b|\borganoids?\b|\bspheroids?\b"
    r"|\b(?:hela|hek ?293t?|mcf-?7|mda-mb-\d{3}|a549|a375|pc-?3|lncap|du-?145|hct-?116|ht-?29|caco-?2|hepg2|huh-?7"
    r"|jurkat|k562|raji|thp-?1|u87|u2os|mc-?38|ct-?26|b16(?:-?f10|-?ova)?|4t1|llc1?|id-?8|raw ?264\.7|mkn-?\d\d"
    r"|bt-?549|rko|skov-?3|h1299|h460|ags|nih ?3t3|cho)\b(?! (?:score|scores|syndrome))"
    rf"|{_LINE} cells\b"
    r"|\b(?:transfected|treated|incubated|exposed)\b[^.]{0,60}\bcells\b|\bcancer cells were\b"
    r"|\bcells were (?:transfected|treated|incubated|cultured)\b"
)
_TUMOUR_CELLS = re.compile(
    r"\b(?:cancer|carcinoma|tumou?r|leuka?emi[ac]|lymphoma|myeloma|glioma|glioblastoma|melanoma|sarcoma"
    r"|adenocarcinoma|nsclc|tnbc|hcc|crc) (?:stem )?(?:cells?|lines)\b"
)
# A narrative of medicine is about people where it speaks of their care; one of mechanisms is about nobody.
_CARE = re.compile(
    r"\bpatients?\b|\btrials?\b|\brisk factors\b|\bclinical (?:trials?|practice|management|guidelines?|outcomes?)\b"
    r"|\bparticipants\b|\badults\b|\bchildren\b|\bwomen\b|\bmen\b|\bpeople\b|\bindividuals\b|\bcountries\b"
    r"|\bpopulation\b|\btreatment\b|\bepidemiolog|\bhealth\b|\bsurvival rates\b|\bsurviv(?:al|ors)\b"
)
_MENTIONS_CARE, _CARE_EVERY = 3, 500  # fewer, or rarer than one in so many characters, is a closing word on its use

_PEOPLE_ONLY: frozenset[DesignClass] = frozenset(
    (
        "randomised trial",
        "trial",
        "protocol",
        "cohort",
        "case report",
        "meta-analysis",
        "systematic review",
        "guideline",
    )
)
# Patients of a model, who are nobody.
_SUPPOSED = re.compile(
    r"\bmarkov\b|\bdecision[- ]analy"
    r"|\b(?:hypothetical|simulated|virtual) (?:[\w-]+ ){0,2}(?:cohorts?|patients?|population)"
)
_METHODS_MICE = re.compile(
    r"\b(?:mice|rats) were\b|\bc57bl|\bbalb/c\b|\bnude mice\b|\bnod[-/ ]?scid\b"
    r"|\b(?:female|male) (?:[\w/-]+ ){0,3}mice\b"
)


@dataclass(frozen=True, slots=True)
class Subjects:
    """How often title and abstract speak of each kind of subject; `studied` are people as subjects of the study.

    The title counts threefold.
    """

    persons: int
    studied: int
    mice: int
    animals: int
    cells: int

    @property
    def beasts(self) -> int:
        return self.mice + self.animals


def subjects(told: str, title: str = "") -> Subjects:
    """Count the subjects in `told` (title and abstract, lower case) and twice more in its title."""
    told, title = _NO_SUBJECT.sub(" ", told), _NO_SUBJECT.sub(" ", title.lower())
    persons, studied, mice, animals, cells = (
        sum(1 for _ in pattern.finditer(told)) + 2 * sum(1 for _ in pattern.finditer(title))
        for pattern in (_PERSONS, _STUDIED, _MICE, _ANIMALS, _CELLS)
    )
    if (mice or animals) and not _SURELY_PEOPLE.search(told):
        persons = studied = 0
    return Subjects(persons, studied, mice, animals, cells)


def species(design: DesignClass | None, seen: Subjects, parts: Excerpt) -> tuple[Species, ...]:
    """Whom or what a study of that design looked at, in the order of `Species`; empty where it does not tell.

    A study of people has mice beside them only where they were kept, not where they are talked of.
    """
    found: set[Species] = set()
    if design is None:
        return ()
    if design in ("review", "editorial"):
        wanted = min(_MENTIONS_CARE, 1 + len(parts.told) // _CARE_EVERY)
        if sum(1 for _ in _CARE.finditer(parts.told)) >= wanted or (design == "editorial" and not seen.beasts):
            found.add("human")
    elif design in _PEOPLE_ONLY:
        if design == "cohort" and seen.animals >= 2 and not seen.studied:
            found.add("other animal")
        else:
            found.add("human")
            if seen.mice >= 2 or _METHODS_MICE.search(parts.methods.lower()):
                found.add("mouse")
    elif design == "computational":
        found.add("in silico")
        if seen.studied and not _SUPPOSED.search(parts.told):
            found.add("human")
    else:
        methods = parts.methods.lower()
        found = _laboratory(seen, parts.told) or _laboratory(subjects(methods), methods)
        if not found and _TUMOUR_CELLS.search(parts.told):
            found.add("cell line")
    return tuple(kind for kind in get_args(Species) if kind in found)


def _laboratory(seen: Subjects, text: str) -> set[Species]:
    """Who was in the laboratory. Beside animals, one word of people's tissue, without the people, is background."""
    found: set[Species] = set()
    if seen.mice:
        found.add("mouse")
    if seen.animals and (seen.animals >= seen.mice or seen.animals >= 3):
        found.add("other animal")
    if seen.cells and not seen.beasts > 3 * seen.cells:
        found.add("cell line")
    if seen.studied >= 2 or (seen.studied and (seen.beasts < 2 or re.search(_PATIENTS, text))):
        found.add("human")
    return found

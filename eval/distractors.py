"""Papers to tell the right ones from: made-up records on the drugs, cancers and markers of the starter library.

All of them are false. A question is only well answered when its paper was found among others that sound alike. These
name the same drugs, cancers and markers as the digests, here and there by a brand, but report what no question of ours
asks (levels in the blood, costs, waiting times, case reports, ...); what they claim of an effect, they claim of drugs
that no digest and no question names. The lists are kept here, so that the same seed makes the same papers whatever
becomes of the vocabulary. No sentence is anybody's, and no DOI is meant to exist.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from ingest.papers import Paper, Section, SectionKind

__all__ = ["TRIED", "distractors"]

_DRUGS = (
    "pembrolizumab nivolumab ipilimumab atezolizumab durvalumab avelumab cemiplimab tremelimumab relatlimab tiragolumab"
    " dostarlimab tarlatamab tebentafusp tisagenlecleucel lifileucel epacadostat".split()
)
_BRANDS = {
    "pembrolizumab": "Keytruda", "nivolumab": "Opdivo", "ipilimumab": "Yervoy", "atezolizumab": "Tecentriq",
    "durvalumab": "Imfinzi", "avelumab": "Bavencio", "cemiplimab": "Libtayo", "dostarlimab": "Jemperli",
    "tarlatamab": "Imdelltra", "tebentafusp": "Kimmtrak", "tisagenlecleucel": "Kymriah", "lifileucel": "Amtagvi",
}  # fmt: skip
TRIED = (
    "camrelizumab sintilimab toripalimab tislelizumab penpulimab serplulimab zimberelimab envafolimab sugemalimab"
    " retifanlimab spartalizumab cadonilimab fianlimab domvanalimab vibostolimab balstilimab sasanlimab"
    " cetrelimab".split()
)
"""The drugs whose effects these records claim; no question may name one."""
_CANCERS = (
    "melanoma", "non-small cell lung cancer", "NSCLC", "small-cell lung cancer", "renal cell carcinoma",
    "urothelial carcinoma", "head and neck squamous cell carcinoma", "colorectal cancer", "Merkel cell carcinoma",
    "uveal melanoma", "endometrial cancer", "large B-cell lymphoma", "acute lymphoblastic leukaemia", "gastric cancer",
    "hepatocellular carcinoma", "breast cancer", "cervical cancer", "mesothelioma", "ovarian cancer", "glioblastoma",
)  # fmt: skip
_MARKERS = (
    "PD-L1", "tumour mutational burden", "microsatellite instability", "mismatch repair deficiency", "LAG-3", "TIM-3",
    "STK11", "KRAS", "B2M", "JAK1", "HLA class I", "circulating tumour DNA", "the gut microbiome", "POLE",
    "tertiary lymphoid structures", "tumour-infiltrating lymphocytes", "an interferon gamma signature", "TGF-beta",
    "lactate dehydrogenase", "the neutrophil-to-lymphocyte ratio", "MDM2", "beta-catenin", "HLA-DR",
)  # fmt: skip
_EVENTS = (
    "colitis", "pneumonitis", "hepatitis", "myocarditis", "hypophysitis", "thyroiditis", "rash", "nephritis",
    "cytokine release syndrome", "adrenal insufficiency", "arthritis", "myositis",
)  # fmt: skip
_NETWORKS = (
    "a convolutional network", "a vision transformer", "a large language model", "a pathology foundation model",
    "a graph network", "a random forest", "a vision-language model", "a radiomic signature",
)  # fmt: skip
_PLACES = ("Ostmark", "Velia", "Norrby", "Calderon", "Harrow Bay", "Lindau", "Pont-Clair", "Tamsui")
_FAMILIES = (
    "Abara Bellweather Castellan Dvorsky Emberton Farrow Gallo Hallam Ishii Jorgen Kestrel Lumen Marchetti Norwood"
    " Orlova Pryce Quill Rask Sandoval Tolliver".split()
)


@dataclass(frozen=True, slots=True)
class _Subject:
    """What one record is about."""

    drug: str
    tried: str
    cancer: str
    marker: str
    event: str
    network: str
    place: str


_Topic = Callable[[_Subject, Random], tuple[str, str, str, str]]  # title, methods, results, conclusions


def distractors(n: int = 500, seed: int = 0) -> list[Paper]:
    """`n` papers, the same for the same seed; the first of them do not change when more are asked for."""
    return [_paper(number, seed) for number in range(1, n + 1)]


def _paper(number: int, seed: int) -> Paper:
    rng = Random(f"{seed}-{number}")  # noqa: S311 (no secrets)
    subject = _Subject(
        *(rng.choice(names) for names in (_DRUGS, TRIED, _CANCERS, _MARKERS, _EVENTS, _NETWORKS, _PLACES))
    )
    title, methods, results, conclusions = rng.choice(_TOPICS)(subject, rng)
    parts: list[tuple[SectionKind, str]] = [("methods", methods), ("results", results), ("conclusions", conclusions)]
    if rng.random() < 0.4:  # an abstract without headings
        parts = [("abstract", " ".join(text for _, text in parts))]
    text, sections = "", []
    for kind, part in parts:
        start = len(text) + 2 if text else 0
        text = f"{text}\n\n{part}" if text else part
        sections.append(Section(kind, kind.capitalize(), start, len(text)))
    doi = f"10.5555/distractor.{seed}.{number}"
    return Paper(
        id=f"doi:{doi}",
        title=title,
        text=text,
        sections=tuple(sections),
        source="text",
        authors=tuple(rng.sample(_FAMILIES, rng.randint(1, 4))),
        journal="Made Records of Oncology",
        year=rng.randint(2012, 2025),
        doi=doi,
    )


# -- the topics ------------------------------------------------------------------------------------------------------


def _levels(about: _Subject, rng: Random) -> tuple[str, str, str, str]:
    return (
        f"Trough levels of {about.drug} in {about.cancer}: a population model from {about.place}",
        f"We measured {_named(about.drug, rng)} in {_some(rng)} serum samples of {_few(rng)} people with"
        f" {about.cancer} and fitted a two-compartment model to them.",
        f"Clearance of {about.drug} was {rng.uniform(0.1, 0.5):.2f} litres a day and rose by"
        f" {rng.randint(3, 30)}% with body weight. {_first(about.marker)} explained none of the variance between"
        f" people with {about.cancer}. The half-life of {about.drug} was {rng.uniform(9, 28):.1f} days.",
        f"Weight-based and flat doses of {about.drug} give similar levels in the blood in {about.cancer}.",
    )


def _costs(about: _Subject, rng: Random) -> tuple[str, str, str, str]:
    return (
        f"What a year of {about.drug} for {about.cancer} costs a health service: {about.place}",
        f"A Markov model followed {_some(rng)} imagined people with {about.cancer} given {about.drug}, with and"
        f" without a test for {about.marker} before it.",
        f"Treating {about.cancer} with {_named(about.drug, rng)} cost {rng.randint(20, 190)},000 a year gained."
        f" Testing for {about.marker} first changed the cost by {rng.uniform(1, 25):.1f}%. The price of {about.drug}"
        f" decided more than the price of the test.",
        f"At its list price {about.drug} for {about.cancer} exceeds what {about.place} is ready to pay.",
    )


def _life(about: _Subject, rng: Random) -> tuple[str, str, str, str]:
    return (
        f"Sleep and appetite under {about.drug}: a diary study in {about.cancer}",
        f"In {about.place}, {_few(rng)} people with {about.cancer} kept a diary during {rng.randint(6, 52)} weeks"
        f" of {_named(about.drug, rng)}.",
        f"Sleep improved in {_share(rng)} and appetite in {_share(rng)} of the diaries of people with"
        f" {about.cancer}. Worry about {about.event} was named by {_share(rng)}. Diaries were kept to the end by"
        f" {_share(rng)} of those given {about.drug}.",
        f"Diaries show burdens of {about.drug} in {about.cancer} that visits miss.",
    )


def _waiting(about: _Subject, rng: Random) -> tuple[str, str, str, str]:
    return (
        f"How long people with {about.cancer} wait for the result of a test for {about.marker}",
        f"Records of {_some(rng)} biopsies of {about.cancer} in {about.place} were read for the dates of sampling and"
        f" report of {about.marker}.",
        f"The result on {about.marker} came after a median of {rng.randint(4, 33)} working days. In {_share(rng)}"
        f" of cases of {about.cancer} too little tissue was left. Treatment with {about.drug} began before the result"
        f" in {_share(rng)}.",
        f"Reflex testing of {about.marker} would shorten the wait before {about.drug} in {about.cancer}.",
    )


def _vaccination(about: _Subject, rng: Random) -> tuple[str, str, str, str]:
    return (
        f"Antibodies after influenza vaccination during {about.drug} for {about.cancer}",
        f"Titres were taken before and {rng.randint(3, 6)} weeks after an influenza vaccine in {_few(rng)} people"
        f" with {about.cancer} on {_named(about.drug, rng)} and in relatives without cancer.",
        f"Titres rose fourfold in {_share(rng)} of people on {about.drug} and in {_share(rng)} of relatives."
        f" {_first(about.event)} was not seen more often after vaccination. {_first(about.marker)} was not measured.",
        f"Vaccination can be given between doses of {about.drug} to people with {about.cancer}.",
    )


def _uptake(about: _Subject, rng: Random) -> tuple[str, str, str, str]:
    first = rng.randint(2012, 2017)
    return (
        f"Who receives {about.drug}? {_first(about.cancer)} in the registry of {about.place}, {first} to {first + 6}",
        f"The registry of {about.place} holds {_some(rng)} people diagnosed with {about.cancer}; prescriptions of"
        f" {_named(about.drug, rng)} were linked to it.",
        f"The share of people with {about.cancer} who received {about.drug} went from {_share(rng)} to"
        f" {_share(rng)}. Living more than an hour from a centre lowered the odds"
        f" (odds ratio {rng.uniform(0.4, 0.95):.2f}). A test for {about.marker} stood on record in {_share(rng)}.",
        f"Distance, and not {about.marker}, told who with {about.cancer} was given {about.drug} in {about.place}.",
    )


def _case(about: _Subject, rng: Random) -> tuple[str, str, str, str]:
    dose = rng.randint(2, 14)
    return (
        f"{_first(about.event)} after dose {dose} of {about.drug} in a person with {about.cancer}",
        f"A {rng.randint(31, 84)}-year-old with {about.cancer} came to hospital {rng.randint(3, 40)} days after"
        f" dose {dose} of {_named(about.drug, rng)}.",
        f"Biopsy and laboratory tests spoke for {about.event} due to {about.drug}. Prednisone at"
        f" {rng.choice((1, 2))} mg per kilogram was tapered over {rng.randint(4, 12)} weeks. The {about.cancer}"
        f" was stable {rng.randint(2, 18)} months later. {_first(about.marker)} had not been altered.",
        f"Late {about.event} should be thought of in people who have received {about.drug} for {about.cancer}.",
    )


def _staining(about: _Subject, rng: Random) -> tuple[str, str, str, str]:
    return (
        f"Agreement of readers on {about.marker} in {about.cancer}: a ring trial of {rng.randint(5, 24)} laboratories",
        f"Slides of {_few(rng)} samples of {about.cancer} went round the laboratories, which judged {about.marker}"
        f" twice with a washout of {rng.randint(2, 8)} weeks.",
        f"Readers agreed with themselves on {about.marker} in {_share(rng)} and with each other in {_share(rng)}"
        f" (kappa {rng.uniform(0.3, 0.9):.2f}). Fixation longer than a day lowered the agreement in {about.cancer}.",
        f"Training, more than the reagent, decides how alike {about.marker} is read in {about.cancer}.",
    )


def _images(about: _Subject, rng: Random) -> tuple[str, str, str, str]:
    return (
        f"Outlining {about.cancer} on scans with {about.network}: time saved in {about.place}",
        f"Two radiologists outlined {_some(rng)} lesions of {about.cancer} by hand and after {about.network} had drawn"
        f" them; all patients were about to start {about.drug}.",
        f"Outlining took {rng.uniform(1, 6):.1f} minutes after the machine and {rng.uniform(6, 15):.1f} without it"
        f" (Dice coefficient {rng.uniform(0.6, 0.95):.2f}). Lesions under 1 cm were missed in {_share(rng)}.",
        f"Drawn by {about.network}, outlines of {about.cancer} still need a reader.",
    )


def _letters(about: _Subject, rng: Random) -> tuple[str, str, str, str]:
    return (
        f"Sorting referral letters on {about.drug} with {about.network}",
        f"We gave {_some(rng)} letters on people with {about.cancer} to {about.network} and to two nurses of"
        f" {about.place}, who marked those that mention {about.event} or {about.marker}.",
        f"Letters were sorted as the nurses did in {_share(rng)}. Letters that named {_named(about.drug, rng)} by"
        f" an abbreviation were missed in {_share(rng)}. Sorting took {rng.uniform(0.2, 9):.1f} seconds a letter.",
        f"In {about.place}, {about.network} now sorts letters on {about.drug} under a nurse's eye.",
    )


def _mice(about: _Subject, rng: Random) -> tuple[str, str, str, str]:
    return (
        f"Housing temperature changes the growth of mouse {about.cancer}, with or without {about.drug}",
        f"Mice that bear grafts of {about.cancer} were kept at {rng.randint(20, 23)} or {rng.randint(28, 31)}"
        f" degrees and given a mouse form of {about.drug} or saline.",
        f"Grafts were {_share(rng)} smaller in the warm (n={rng.randint(8, 15)} a group). {_first(about.marker)} in"
        f" the graft did not change with temperature. Weight was lost in {_share(rng)} of mice kept cold.",
        f"Temperature has to be reported when {about.drug} is tested in mice with {about.cancer}.",
    )


def _trial(about: _Subject, rng: Random) -> tuple[str, str, str, str]:
    ratio = rng.uniform(0.5, 1.2)
    return (
        f"{_first(about.tried)} for {about.cancer}: a phase 2 trial in {about.place}",
        f"We gave {about.tried} {rng.choice((200, 240, 360))} mg every {rng.choice((2, 3, 4))} weeks to"
        f" {_few(rng)} adults with {about.cancer}, whatever their {about.marker}, with {about.drug} as a historical"
        " comparison.",
        f"The response rate with {about.tried} was {_share(rng)}. Median progression-free survival was"
        f" {rng.uniform(2, 12):.1f} months (hazard ratio against the registry {ratio:.2f}, 95% CI"
        f" {ratio * 0.7:.2f} to {ratio * 1.4:.2f}). {_first(about.event)} of grade 3 or worse followed {about.tried} in"
        f" {_share(rng)} of people with {about.cancer}.",
        f"{_first(about.tried)} is active in {about.cancer} and should be compared with {about.drug}.",
    )


def _cohort(about: _Subject, rng: Random) -> tuple[str, str, str, str]:
    return (
        f"{_first(about.marker)} and outcome of {about.tried} in {about.cancer}",
        f"In a retrospective cohort of {_few(rng)} people with {about.cancer} treated with {about.tried} in"
        f" {about.place}, {about.marker} was determined in stored tissue or blood.",
        f"Responses to {about.tried} were seen in {_share(rng)} with {about.marker} high or altered and in"
        f" {_share(rng)} without. The interval around the difference was wide (p={rng.uniform(0.01, 0.9):.2f})."
        f" Overall survival under {about.tried} was {rng.uniform(6, 30):.1f} months.",
        f"{_first(about.marker)} may tell who gains from {about.tried} in {about.cancer}; a trial is needed.",
    )


_TOPICS: tuple[_Topic, ...] = (
    _levels, _costs, _life, _waiting, _vaccination, _uptake, _case, _staining, _images, _letters, _mice, _trial,
    _cohort,
)  # fmt: skip


def _named(drug: str, rng: Random) -> str:
    """The drug, and in some records its brand beside it."""
    brand = _BRANDS.get(drug)
    return f"{drug} ({brand})" if brand and rng.random() < 0.3 else drug


def _first(text: str) -> str:
    return text[0].upper() + text[1:]


def _share(rng: Random) -> str:
    return f"{rng.uniform(2, 92):.1f}%"


def _few(rng: Random) -> int:
    return rng.randint(14, 160)


def _some(rng: Random) -> str:
    return f"{rng.randint(170, 4_200):,}"

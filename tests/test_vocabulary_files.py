"""The TOML files of the vocabulary hold together, and no therapy in use is missing."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cache

import pytest

from ingest.vocabulary import Concept, concept, concepts
from ingest.vocabulary.matching import key
from ingest.vocabulary.terms import all_terms

IDS = {
    "doid": re.compile(r"DOID:\d{1,7}"),
    "hgnc": re.compile(r"HGNC:\d{1,5}"),
    "mesh": re.compile(r"[CD]\d{6,9}"),
    "ncit": re.compile(r"C\d{3,6}"),
    "oncotree": re.compile(r"[A-Z0-9_]{2,12}"),
}

# Therapies of the FDA indications that MOAlmanac lists, and the drugs and brands of the NCI's pages on immunotherapy.
THERAPIES = """
Atezolizumab; Bevacizumab; Blinatumomab; Capecitabine; Carboplatin; Cemiplimab; Cisplatin; Cobimetinib;
Cyclophosphamide; Dostarlimab; Doxorubicin; Durvalumab; Fluorouracil; Gemcitabine; Ipilimumab; Lenvatinib;
Nab-paclitaxel; Nivolumab; Oxaliplatin; Paclitaxel; Pembrolizumab; Pemetrexed; Tislelizumab; Trastuzumab; Tremelimumab;
Vemurafenib; Afamitresgene Autoleucel; Tecelra; Atezolizumab and Hyaluronidase-tqjs; Tecentriq Hybreza; Tecentriq;
Avelumab; Bavencio; Blincyto; Cemiplimab-rwlc; Libtayo; Dostarlimab-gxly; Jemperli; Glofitamab-gxbm; Columvi; Yervoy;
Lifileucel; Amtagvi; Mosunetuzumab-axgb; Lunsumio; Nivolumab and Hyaluronidase-nvhy; Opdivo Qvantig; Opdivo;
Obecabtagene Autoleucel; Aucatzyl; Keytruda; Retifanlimab-dlwr; Zynyz; Talquetamab-tgvs; Talvey; Tarlatamab-dlle;
Imdelltra; Tebentafusp-tebn; Kimmtrak; Tislelizumab-jsgr; Tevimbra; Rindopepimut; Radiation Therapy; Ruxolitinib;
Immune Checkpoint Inhibitor; Anti-PD1 Monoclonal Antibody; Anti-PD-L1 Monoclonal Antibody; PD1 Inhibitor;
Anti-CTLA-4 Monoclonal Antibody; Anti-TIM-3 Monoclonal Antibody; Therapeutic Tumor Infiltrating Lymphocytes
"""


@cache
def by_name() -> dict[str, Concept]:
    return {one.id: one for one in concepts()}


def test_no_spelling_belongs_to_two_concepts_of_one_kind() -> None:
    owners: dict[tuple[str, str], set[str]] = defaultdict(set)
    for term in all_terms():
        if term.concept is not None:
            owners[term.concept.kind, key(term.text)].add(term.concept.name)
    assert {spelling: names for spelling, names in owners.items() if len(names) > 1} == {}


def test_every_concept_has_a_term() -> None:
    assert {term.concept.id for term in all_terms() if term.concept} == set(by_name())


def test_no_spelling_is_empty() -> None:
    assert [term for term in all_terms() if not key(term.text)] == []


def test_what_is_broader_exists_and_runs_in_no_circle() -> None:
    for one in concepts():
        seen, todo = set(), [one]
        for above in todo:
            for name in above.broader:
                broader = by_name()[f"{one.kind}:{name}"]
                assert broader != one, f"{one.id} is broader than itself"
                if broader.id not in seen:
                    seen.add(broader.id)
                    todo.append(broader)


def test_every_id_is_well_formed_and_belongs_to_one_concept() -> None:
    owners: dict[tuple[str, str], str] = {}
    for one in concepts():
        for system, identifier in one.ids:
            assert IDS[system].fullmatch(identifier), f"{one.id}: {system} {identifier}"
            assert owners.setdefault((system, identifier), one.id) == one.id


def test_a_guard_is_made_of_words_as_they_are_compared() -> None:
    for term in all_terms():
        for word in (*term.near, *term.ahead):
            assert key(word) == word, f"{term.text}: {word!r} is read as {key(word)!r}"


@pytest.mark.parametrize("name", [name.strip() for name in THERAPIES.split(";")])
def test_every_therapy_of_the_reference_lists_is_known(name: str) -> None:
    assert concept("drug", name).kind == "drug"

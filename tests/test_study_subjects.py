"""Whom or what a study looked at."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ingest.papers import Species
from ingest.study import classified
from tests.studied import paper


@pytest.mark.parametrize(
    ("title", "abstract", "species"),
    [
        ("Drug A or B", "80 patients were randomised to A or B. Drug A had worked in mice.", ("human",)),
        ("Microbes and drug A", "We sequenced stool of 112 patients. Mice with it had small tumours; "
         "mice without had large ones.", ("human", "mouse")),
        ("Drug A in mice", "Mice bearing tumours received drug A; cancer is common in women.", ("mouse",)),
        ("Drug A and anastomoses in rats", "Forty rats were bled. Plasma samples were kept.", ("other animal",)),
        ("Drug A in dogs with melanoma", "We treated nine dogs. Two dogs responded.", ("other animal",)),
        ("Drug A kills cells", "A549 and HeLa cell lines were treated with drug A. Western blot was done.",
         ("cell line",)),
        ("Drug A and its target", "The target was seen in 134 tumour specimens. Three cell lines were "
         "transfected; western blot showed the protein. Apoptosis in vitro was measured in cell lines.",
         ("human", "cell line")),
        ("Drug A and xenografts", "LNCaP cell lines were treated. Xenografts in nude mice shrank.",
         ("mouse", "cell line")),
        ("A mathematical model of immunity", "Simulations show that tumours escape.", ("in silico",)),
        ("Deep learning reads slides", "We trained a network on slides of 900 patients.", ("human", "in silico")),
        ("Deletion of 6q", "FISH was done on tumour samples of 90 patients with ovarian cancer.", ("human",)),
        ("Knees of cadavers", "Six cadaveric knees were tested.", ("human",)),
        ("Tumours in mice", "Patient-derived tumour xenografts grew in nude mice.", ("mouse",)),
        ("Drug A in mice and monkeys", "Drug A was tolerated.", ("mouse", "other animal")),
        ("Drug A in rats", "Ten adult males and ten controls were given drug A.", ("other animal",)),
        ("Flame retardants in minnows", "They are found in human tissues. Minnows ate them; minnows grew less.",
         ("other animal",)),
        ("Loss of a receptor in mice", "Mice were given drug A. Genes were lost in melanomas of patients who died.",
         ("human", "mouse")),
        ("Embalming with spirit", "Postmortem changes were late in the sacrificed rats.", ("other animal",)),
        ("The spine of a dog", "Six canine cadavers were tested. Dogs are often lame.", ("other animal",)),
        ("Drug A slows growth", "We tested it on BxPC-3 cells. Apoptosis was seen in vitro.", ("cell line",)),
        ("Lysis by phage", "Plasmids were grown in DH5a cells. The enzyme was purified in vitro.", ()),
        ("Whom to anticoagulate", "A Markov model was made of 10,000 hypothetical patients.", ("in silico",)),
        ("Drug A: a review", "This review discusses drug A, a treatment of patients.", ("human",)),
        ("Phage and its host", "Lysis of bacteria was measured. The enzyme was purified in vitro.", ()),
        ("How collagen signals", "In this review, we discuss how collagen binds its receptors.", ()),
        ("Screening for cancer", "This review discusses screening of women and men, and what patients want.",
         ("human",)),
    ],
)  # fmt: skip
def test_those_who_were_studied_are_told_from_those_who_are_mentioned(
    title: str, abstract: str, species: tuple[Species, ...]
) -> None:
    assert classified(paper(title, abstract)).species == species


def test_animals_of_a_laboratory_are_looked_up_in_the_methods() -> None:
    told = paper(
        "A potent inhibitor",
        "We found an inhibitor. It enhances expression of genes and binding of the protein in vitro.",
        ("methods", "Nude mice were kept in cages. MC38 cells were cultured."),
    )
    assert classified(told).species == ("mouse", "cell line")


def test_a_stated_species_is_kept() -> None:
    told = replace(paper("Drug A in rats", "Forty rats were operated on."), species=("mouse",))
    assert classified(told).species == ("mouse",)

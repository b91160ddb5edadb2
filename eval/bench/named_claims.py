"""Claims that name a drug, a biomarker, a cancer or a trial, true of a text or with one name exchanged for another.

The texts are CIViC's evidence statements (CC0) and the digests of the starter library. Claims are put together from the
names that a text holds, in any of the ways it is written; an exchange takes a sibling (another PD-1 antibody, PD-1 for
PD-L1, another cancer, another trial) that the text names in no way. The list of names is the benchmark's own.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path
from random import Random

from eval.bench.made_claims_nouns import MadeClaim
from ingest.papers import Chunk, Paper, Section
from rag.answer import Passage

__all__ = ["civic_passages", "digest_passages", "named_claims"]

# Siblings, row by row; the first way of writing is what a claim says, or the second where it is given behind a "=".
_DRUGS = (
    ("pembrolizumab=Keytruda", "nivolumab=Opdivo", "cemiplimab", "dostarlimab"),
    ("atezolizumab=MPDL3280A", "durvalumab=MEDI4736", "avelumab"),
    ("ipilimumab", "tremelimumab"),
    ("vemurafenib", "dabrafenib", "encorafenib"),
    ("cobimetinib", "trametinib", "binimetinib"),
    ("erlotinib", "gefitinib", "osimertinib", "afatinib"),
    ("larotrectinib", "entrectinib"),
    ("docetaxel", "paclitaxel", "pemetrexed"),
    ("ruxolitinib", "dasatinib"),
    ("tisagenlecleucel", "axicabtagene ciloleucel"),
    ("epacadostat", "relatlimab"),
)
_MARKERS = (
    ("PD-L1=CD274", "PD-1=PDCD1", "CTLA-4", "LAG-3", "TIM-3=HAVCR2"),
    ("KRAS", "NRAS", "BRAF"),
    ("JAK1", "JAK2"),
    ("MSH2", "MLH1", "MSH6", "PMS2"),
    ("EGFR", "ERBB2", "ALK", "ROS1"),
    ("STK11=LKB1", "KEAP1"),
    ("B2M", "IFNGR1"),
    ("tumor mutational burden=TMB", "microsatellite instability=MSI"),
)
_CANCERS = (
    ("melanoma", "Merkel cell carcinoma"),
    ("non-small cell lung cancer=NSCLC", "small cell lung cancer", "mesothelioma"),
    ("colorectal cancer", "gastric cancer", "hepatocellular carcinoma"),
    ("ovarian cancer", "breast cancer", "endometrial cancer"),
    ("glioblastoma", "neuroblastoma"),
    ("renal cell carcinoma", "urothelial carcinoma", "prostate cancer"),
    ("papillary thyroid carcinoma", "head and neck squamous cell carcinoma"),
    ("lymphoblastic leukemia", "multiple myeloma"),
)
_TRIALS = (
    ("KEYNOTE-024", "KEYNOTE-042", "KEYNOTE-189"),
    ("KEYNOTE-006", "KEYNOTE-002", "KEYNOTE-054"),
    ("CheckMate 026", "CheckMate 227", "CheckMate 017"),
    ("CheckMate 067", "CheckMate 066", "CheckMate 238"),
    ("CheckMate 141", "CheckMate 214"),
    ("IMspire150", "IMpower150"),
    ("ECHO-301", "ECHO-202"),
)
_TABLES = {"drug": _DRUGS, "marker": _MARKERS, "cancer": _CANCERS, "trial": _TRIALS}
_ALSO = {  # further ways in which a text may speak of a name, for making sure that an exchange is false
    "non-small cell lung cancer": r"non.small.cell|NSCLC|lung",
    "small cell lung cancer": r"small.cell|SCLC",
    "colorectal cancer": r"colorectal|colon|rectal",
    "gastric cancer": r"gastric|stomach",
    "melanoma": r"melanoma",
    "PD-L1": r"PD-?\(?L1|CD274|B7-H1|programmed.(?:cell )?death.ligand|PDL1",
    "PD-1": r"PD-?1\b|PDCD1|PD-\(L\)1|programmed.(?:cell )?death.1",
    "CTLA-4": r"CTLA-?4|ipilimumab|tremelimumab",
    "microsatellite instability": r"microsatellite|MSI|mismatch|MMR",
    "tumor mutational burden": r"mutational burden|mutation burden|TMB|mutational load|mutation load|tumou?r mutation",
    "ERBB2": r"ERBB2|HER2",
    "lymphoblastic leukemia": r"leuka?emia|\bALL\b",
    "glioblastoma": r"glioblastoma|glioma|GBM",
    "renal cell carcinoma": r"renal|kidney",
    "urothelial carcinoma": r"urothelial|bladder",
    "hepatocellular carcinoma": r"hepatocellular|liver",
    "head and neck squamous cell carcinoma": r"head and neck|HNSCC",
    "endometrial cancer": r"endometri",
    "breast cancer": r"breast",
    "ovarian cancer": r"ovarian",
    "prostate cancer": r"prostate",
}
_FORMS = {
    ("drug", "cancer"): ("{0} was studied in {1}.", "The report concerns {1} treated with {0}."),
    ("marker", "drug"): ("{0} was examined in connection with {1}.", "Patients given {1} were assessed for {0}."),
    ("marker", "cancer"): ("{0} was examined in {1}.", "The report is about {1} and {0}."),
    ("trial", "drug"): ("{0} tested {1}.", "The figures on {1} come from {0}."),
    ("trial", "cancer"): ("{0} enrolled people with {1}.", "The patients of {0} had {1}."),
}


def named_claims(passage: Passage, group: str, random: Random) -> Iterator[MadeClaim]:
    """True claims from the names in `passage`, and each with one of its names exchanged."""
    text = f"{passage.paper.title}\n{passage.text}"
    found = {
        kind: [(row, at) for row in table for at in range(len(row)) if _names(row[at], text)]
        for kind, table in _TABLES.items()
    }
    for (one, two), forms in _FORMS.items():
        for row, at in found[one][:2]:
            for other_row, other_at in found[two][:2]:
                form = random.choice(forms)
                names = (random.choice(_written(row[at])), random.choice(_written(other_row[other_at])))
                true = _sentence(form, names)
                yield MadeClaim("true name", true, passage, group)
                for place, kind, siblings in ((0, one, row), (1, two, other_row)):
                    foreign = [_written(name)[0] for name in siblings if not _speaks_of(name, text)]
                    if foreign:
                        exchanged = list(names)
                        exchanged[place] = random.choice(foreign)
                        yield MadeClaim(f"{kind} exchanged", _sentence(form, exchanged), passage, group, true)


def civic_passages(table: Path) -> Iterator[tuple[str, Passage]]:
    """Each evidence statement as a passage of its own paper, whose title is the citation; with the paper's PMID."""
    with table.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.DictReader(file, delimiter="\t")):
            text = row["evidence_statement"].strip()
            section = Section("abstract", "", 0, len(text))
            paper = Paper(f"civic:{row['evidence_id'] or number}", row["citation"], text, (section,), "text")
            yield (
                row["citation_id"],
                Passage(Chunk(f"{paper.id}#0", paper.id, section, None, 0, len(text)), paper, text, 1.0),
            )


def digest_passages(papers: list[Paper]) -> Iterator[tuple[str, Passage]]:
    """Each section of each digest as a passage, with the digest's id."""
    for paper in papers:
        for ordinal, section in enumerate(paper.sections):
            text = paper.text[section.start : section.end]
            chunk = Chunk(f"{paper.id}#{ordinal}", paper.id, section, None, section.start, section.end)
            yield paper.id, Passage(chunk, paper, text, 1.0)


def _written(name: str) -> list[str]:
    return name.split("=")


def _names(name: str, text: str) -> bool:
    """Whether `text` holds `name` in one of the ways it is written."""
    ways = [re.escape(way).replace(r"\ ", r"[\s-]").replace(r"\-", r"[\s-]?") for way in _written(name)]
    return bool(re.search(rf"(?<![A-Za-z])(?<!non.)(?:{'|'.join(ways)})(?![A-Za-z0-9])", text, re.IGNORECASE))


def _speaks_of(name: str, text: str) -> bool:
    """Whether `text` holds `name`, or anything that may stand for it."""
    also = _ALSO.get(_written(name)[0])
    return _names(name, text) or bool(also and re.search(also, text, re.IGNORECASE))


def _sentence(form: str, names: tuple[str, str] | list[str]) -> str:
    text = form.format(*names)
    return text[0].upper() + text[1:]

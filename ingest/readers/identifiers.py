"""Identifiers of papers and trials, brought to one spelling."""

from __future__ import annotations

import re

__all__ = ["normal_doi", "normal_pmcid", "normal_pmid", "trial_ids"]

_DOI = re.compile(r"10\.\d{4,9}/\S+")
_TRIAL = re.compile(
    r"\b(?:(?P<nct>NCT)[\s:#-]?(?P<nct_number>\d{8})"
    r"|(?P<isrctn>ISRCTN)[\s:#-]?(?P<isrctn_number>\d{8})"
    r"|(?P<eudract>20\d\d[-‐‑–]\d{6}[-‐‑–]\d\d(?:[-‐‑–]\d\d)?)"
    r"|(?P<other>ACTRN\d{14}|ChiCTR(?:-[A-Z]{2,4}-)?\d{8,10}|UMIN\d{9}|DRKS\d{8}|jRCTs?\d{9,10}|CTRI/20\d\d/\d\d/\d{6}))(?!\d)",
    re.I,
)
_LONG = re.compile(r"\d{6}")
_DASHES = str.maketrans("‐‑–", "---")


def normal_doi(text: str) -> str:
    """The DOI in `text` ("https://doi.org/10.1/x" is "10.1/x"), or ""."""
    match = _DOI.search(text)
    if not match:
        return ""
    doi = match[0].rstrip(".,;")
    return doi.rstrip(")") if doi.count("(") < doi.count(")") else doi


def normal_pmid(text: str) -> str:
    """The PubMed number in `text` without leading zeros, or ""."""
    match = re.fullmatch(r"\D{0,8}?0*([1-9]\d{0,8})(?:\.0)?", text.strip())
    return match[1] if match else ""


def normal_pmcid(text: str) -> str:
    """ "PMC" and the number in `text` ("3334455", "pmc3334455.1" are "PMC3334455"), or ""."""
    match = re.fullmatch(r"(?:PMCID:?\s*)?(?:PMC)?0*([1-9]\d{0,9})(?:\.\d+)?", text.strip(), re.I)
    return f"PMC{match[1]}" if match else ""


def trial_ids(text: str) -> tuple[str, ...]:
    """The registered trials that `text` names, in order: NCT, ISRCTN, EudraCT or EU CT, and a few more registers."""
    # numbers this long are rare: only what stands around one is looked at closely
    around = "\n".join(text[max(number.start() - 16, 0) : number.end() + 12] for number in _LONG.finditer(text))
    found: dict[str, None] = {}
    for match in _TRIAL.finditer(around):
        if match["nct"]:
            found[f"NCT{match['nct_number']}"] = None
        elif match["isrctn"]:
            found[f"ISRCTN{match['isrctn_number']}"] = None
        elif match["eudract"]:
            found[match["eudract"].translate(_DASHES)] = None
        else:
            found[match["other"]] = None
    return tuple(found)

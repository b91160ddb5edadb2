"""The names by which a paper is found: `pmid:…`, `pmcid:…`, `doi:…`, in one form."""

__all__ = ["normal_alias"]


def normal_alias(identifier: str) -> str:
    """The form in which identifiers are compared: `pmid:…`, `pmcid:pmc…`, `doi:…`, lower case; bare ones are named."""
    text = identifier.strip().lower()
    for prefix in ("https://doi.org/", "http://doi.org/", "https://dx.doi.org/", "http://dx.doi.org/"):
        text = text.removeprefix(prefix)
    if text.startswith("10.") and "/" in text:
        return f"doi:{text}"
    if text.startswith("pmc") and text[3:].isdigit():
        return f"pmcid:{text}"
    kind, colon, value = text.partition(":")
    return f"{kind.strip()}:{value.strip()}" if colon else (f"pmid:{text}" if text.isdigit() else text)

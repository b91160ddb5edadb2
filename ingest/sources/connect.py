"""A literature source, ready to be asked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from ingest.sources import europepmc, pubmed
from ingest.sources.cache import Cache
from ingest.sources.found import Source
from ingest.sources.http import CLOCK, Client, Clock, Patience

__all__ = ["connect"]


@contextmanager
def connect(
    source: Literal["europepmc", "pubmed"],
    cache: Path,
    *,
    email: str = "",
    key: str = "",
    url: str = "",
    patience: Patience | None = None,
    clock: Clock | None = None,
) -> Iterator[Source]:
    """Europe PMC or PubMed, whose downloads are kept below the folder `cache`.

    `email` tells the source who asks; `key` is NCBI's, it allows 10 requests a second instead of 3. `url` is another
    address of the same service. Raises ImmunoragError where that is neither https nor on this machine.
    """
    kept = Cache(cache / source, (clock or CLOCK).now)
    if source == "europepmc":
        with Client("Europe PMC", url or europepmc.URL, europepmc.RATE, patience=patience, clock=clock) as client:
            yield europepmc.EuropePMC(client, kept, email=email)
    else:
        rate = pubmed.RATE_WITH_KEY if key else pubmed.RATE
        with Client("PubMed", url or pubmed.URL, rate, patience=patience, clock=clock) as client:
            yield pubmed.PubMed(client, kept, email=email, key=key)

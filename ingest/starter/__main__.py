"""`python -m ingest.starter` writes the page of the starter library to standard output."""

from __future__ import annotations

import sys

from ingest.starter.page import page

sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]  # a TextIOWrapper, whatever the declared type
sys.stdout.write(page())

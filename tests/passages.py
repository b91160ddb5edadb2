"""Passages to test with: one chunk that is the whole text of its paper."""

from ingest.papers import Chunk, Paper, Section, SectionKind
from rag.answer import Passage


def passage(number: int, text: str, *, title: str = "", kind: SectionKind = "results", score: float = 1.0) -> Passage:
    section = Section(kind, "", 0, len(text))
    paper = Paper(f"pmid:{number}", title or f"Study {number}", text, (section,), "text")
    return Passage(Chunk(f"pmid:{number}#0", paper.id, section, None, 0, len(text)), paper, text, score)

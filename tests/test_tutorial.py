"""The peer is fair: it sees the whole article, and finds what lies on the surface."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.tutorial import Tutorial, read_text, split_text

JATS = """<?xml version="1.0"?>
<article xmlns:xlink="http://www.w3.org/1999/xlink"><front><journal-meta><journal-title>A Journal</journal-title>
</journal-meta><article-meta><title-group><article-title>Zinc in mice</article-title></title-group>
<abstract><title>Aim</title><p>We gave CO<sub>2</sub> and
zinc<xref>1</xref>.</p></abstract></article-meta></front>
<body><sec><title>Results</title><p>Weight rose.</p><p>Fur did not.</p>
<table-wrap><caption><p>Weights</p></caption><table><tr><th>Group</th><th>g</th></tr><tr><td>Zinc</td><td>25</td></tr>
</table></table-wrap></sec></body>
<back><ref-list><ref>Someone else's title</ref></ref-list></back></article>"""


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path


def test_title_abstract_body_and_tables_are_read_and_references_are_not(tmp_path: Path) -> None:
    text = read_text(write(tmp_path / "a.nxml", JATS))
    assert text == (
        "Zinc in mice\n\nAim\n\nWe gave CO2 and zinc1.\n\nResults\n\nWeight rose.\n\nFur did not.\n\nWeights\n\n"
        "Group g\nZinc 25"
    )


def test_the_pages_of_a_pdf_are_joined(tmp_path: Path) -> None:
    canvas = pytest.importorskip("reportlab.pdfgen.canvas")
    page = canvas.Canvas(str(tmp_path / "a.pdf"))
    for line in ("Zinc made mice heavier.", "Their fur stayed the same."):
        page.drawString(72, 700, line)
        page.showPage()
    page.save()
    lines = [line for line in read_text(tmp_path / "a.pdf").split("\n") if line]
    assert lines == ["Zinc made mice heavier.", "Their fur stayed the same."]


def test_chunks_are_of_the_tutorials_size_and_lose_no_word() -> None:
    pytest.importorskip("langchain_text_splitters")
    words = [f"word{number}" for number in range(500)]
    chunks = split_text(" ".join(words))
    assert max(map(len, chunks)) <= 1000
    assert list(dict.fromkeys(" ".join(chunks).split())) == words
    assert chunks[1].split()[0] in chunks[0].split()  # they overlap


def test_the_nearest_chunk_comes_first(tmp_path: Path) -> None:
    pytest.importorskip("langchain_chroma")
    pytest.importorskip("langchain_huggingface")
    tutorial = Tutorial(tmp_path / "store")
    tutorial.add(write(tmp_path / "zinc.txt", "Zinc supplements raised the weight of mice."))
    tutorial.add(write(tmp_path / "paris.txt", "Paris is the capital of France."))
    assert len(tutorial) == 2
    found = tutorial.search("Did mice gain weight?", k=2)
    assert [passage.paper for passage in found] == ["zinc", "paris"]
    assert found[0].text == "Zinc supplements raised the weight of mice."
    assert found[0].distance < found[1].distance

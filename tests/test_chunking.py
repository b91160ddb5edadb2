"""Chunks are whole sentences of one section, and nothing of them is cut off by the embedding model."""

from ingest.chunking import chunk, indexed_text
from ingest.embedding import load_embedder
from ingest.papers import Page, Paper, Section

EMBEDDER = load_embedder()


def paper(
    text: str, *sections: Section, title: str = "Pembrolizumab in lung cancer", pages: tuple[Page, ...] = ()
) -> Paper:
    return Paper("pmid:1", title, text, sections or (Section("results", "Results", 0, len(text)),), "text", pages=pages)


def tokens(read: Paper) -> list[int]:
    return EMBEDDER.count_tokens([indexed_text(read, piece, EMBEDDER) for piece in chunk(read, EMBEDDER)])


def test_context_and_chunk_together_fit_the_model() -> None:
    text = " ".join(f"Patient {number} responded to pembrolizumab after {number} weeks." for number in range(300))
    assert max(tokens(paper(text))) <= EMBEDDER.limit - 2


def test_every_sentence_is_in_exactly_one_chunk() -> None:
    text = " ".join(f"Sentence number {number} stands here." for number in range(200))
    read = paper(text)
    joined = " ".join(read.text[piece.start : piece.end] for piece in chunk(read, EMBEDDER))
    assert joined == text


def test_chunks_do_not_cross_sections() -> None:
    text = "Methods sentence.\n\nResults sentence."
    read = paper(text, Section("methods", "Methods", 0, 17), Section("results", "Results", 19, len(text)))
    assert [(piece.section.kind, read.text[piece.start : piece.end]) for piece in chunk(read, EMBEDDER)] == [
        ("methods", "Methods sentence."),
        ("results", "Results sentence."),
    ]


def test_the_last_chunk_is_not_a_scrap() -> None:
    text = " ".join("Anti-PD-1 antibodies restore exhausted T cells." for _ in range(30))
    sizes = [piece.end - piece.start for piece in chunk(paper(text), EMBEDDER)]
    assert len(sizes) > 1
    assert min(sizes) > 0.6 * max(sizes)


def test_a_sentence_longer_than_the_model_is_cut_between_words_and_kept_whole() -> None:
    text = "word " * 1000 + "end."
    read = paper(text)
    pieces = [read.text[piece.start : piece.end] for piece in chunk(read, EMBEDDER)]
    assert " ".join(pieces).split() == text.split()
    assert max(tokens(read)) <= EMBEDDER.limit - 2


def test_one_endless_word_still_fits() -> None:
    read = paper("ACGT" * 2000)
    assert "".join(read.text[piece.start : piece.end] for piece in chunk(read, EMBEDDER)) == read.text
    assert max(tokens(read)) <= EMBEDDER.limit - 2


def test_an_endless_title_leaves_room_for_the_text() -> None:
    read = paper("A short sentence. " * 100, title="Immunität " * 500)
    assert max(tokens(read)) <= EMBEDDER.limit - 2
    assert len(chunk(read, EMBEDDER)) < 20


def test_chunks_know_their_page() -> None:
    text = "On the first page.\n\nOn the second page."
    sections = (Section("other", "", 0, 18), Section("other", "", 20, len(text)))
    read = paper(text, *sections, pages=(Page(1, 0, 18), Page(2, 20, len(text))))
    assert [piece.page for piece in chunk(read, EMBEDDER)] == [1, 2]


def test_an_empty_section_gives_no_chunk() -> None:
    assert chunk(paper("", Section("other", "", 0, 0)), EMBEDDER) == []

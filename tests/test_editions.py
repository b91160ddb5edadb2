from __future__ import annotations

from itertools import permutations

from made_papers import paper

from ingest.editions import merged, same_paper
from ingest.papers import Paper
from ingest.titles import family_name, title_key


def test_a_digest_gives_way_to_the_paper_and_never_replaces_it() -> None:
    digest, real = paper(1, "A long digest in our own words. " * 9, source="digest"), paper(1, "Short.", source="pdf")
    assert merged(digest, real)[0].text == "Short."
    assert merged(real, digest)[0].text == "Short."


def test_the_fuller_text_wins() -> None:
    abstract, full = paper(1, "a" * 1500, source="jats"), paper(1, "b" * 30_000, source="pdf")
    assert merged(abstract, full) == (full, True)
    assert merged(full, abstract) == (full, False)


def test_of_two_whole_papers_the_surer_source_wins_in_any_order() -> None:
    editions = [
        paper(1, "a" * 31_000, source="pdf"),
        paper(1, "b" * 30_000, source="jats"),
        paper(1, "c" * 1_500, source="pubmed"),
        paper(1, "d" * 40_000, source="text"),
    ]
    for first, *others in permutations(editions):
        best = first
        for other in others:
            best, _ = merged(best, other)
        assert best.source == "jats"


def test_missing_metadata_comes_from_the_other_edition_and_the_id_stays() -> None:
    known = paper(1, "Abstract.", id="doi:10.1/a", pmid="", doi="10.1/a", year=2019, journal="J", trial_ids=("NCT1",))
    arrived = paper(1, "Abstract and more.", year=None, doi="10.1/a", trial_ids=("NCT2",), title="")
    best, fresh = merged(known, arrived)
    assert fresh
    assert (best.id, best.pmid, best.year, best.journal, best.title) == ("doi:10.1/a", "1", 2019, "J", "Study 1")
    assert set(best.trial_ids) == {"NCT1", "NCT2"}


def test_a_retraction_is_never_merged_away() -> None:
    retracted, fuller = paper(1, "Short.", status="retracted"), paper(1, "Much longer text.")
    assert merged(retracted, fuller)[0].status == "retracted"
    assert merged(fuller, retracted)[0].status == "retracted"


def test_a_doi_shared_by_two_pmids_does_not_make_one_paper() -> None:
    assert not same_paper(paper(1, doi="10.1/a"), paper(2, doi="10.1/a"))
    assert same_paper(paper(1, doi="10.1/a"), paper(2, id="doi:10.1/A", pmid="", doi="10.1/A"))
    assert same_paper(paper(1, doi="10.1/a"), paper(1, doi="10.1/preprint"))


def test_titles_are_compared_without_case_accents_punctuation_and_greek() -> None:
    wanted = "antipd1andtgfbetainmalignantepitheliomaofmuller"
    for title in (
        "Anti-PD-1 and TGF-β in malignant epithelioma of Müller",
        "Anti PD1 & TGF-<i>beta</i> in Malignant Epithe\u00adlioma of Muller.",
        "ANTI\u2010PD\u20101  AND TGF-Β IN MALIGNANT EPITHELIOMA OF MÜLLER",
    ):
        assert title_key(title) == wanted
    assert [title_key(title) for title in ("Editorial", "Case report", "", "A case of it", "中文")] == [""] * 5
    assert title_key("Immunotherapy of hepatocellular carcinoma")
    assert title_key("Is it safe in mice?") == "isitsafeinmice"


def test_a_family_name_is_found_in_every_way_to_write_it() -> None:
    for name in ("Cora van Müster", "van Muster C", "van Müster, Cora", "MUSTER C.A.", "C. Muster Jr", "Muster CA Jr."):
        assert family_name(name) == "muster", name
    assert family_name("") == ""


def test_a_title_alone_is_not_enough_and_nothing_may_contradict_it() -> None:
    title, author = "Response to an invented antibody in advanced melanoma", ("Ada Berg",)
    one = paper(1, title=title, authors=author, year=2020)

    def other(**more: object) -> Paper:
        return paper(1, **({"id": "sha256:a", "pmid": "", "title": title, "year": None} | more))

    assert same_paper(one, other(authors=author))
    assert same_paper(one, other(year=2019))
    assert same_paper(one, other(year=2021, authors=("Berg A", "Castro B")))
    assert not same_paper(one, other())
    assert not same_paper(one, other(year=2022, authors=author))
    assert not same_paper(one, other(year=2020, authors=("Ben Castro",)))
    assert not same_paper(one, other(year=2020, title=title + " II"))
    assert not same_paper(one, other(year=2020, authors=author, id="pmid:2", pmid="2"))
    assert not same_paper(paper(1, title=title, doi="10.1/a"), other(year=2020, doi="10.1/b"))

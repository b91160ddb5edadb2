"""What a paper abbreviates is read as it defines it."""

from rag.abbreviations import abbreviated, abbreviations


def test_a_definition_holds_the_letters_of_the_short_form_in_order() -> None:
    text = "Overall survival (OS) and progression-free survival (PFS) after immune checkpoint inhibitors (ICIs); n (%)."
    assert abbreviations(text) == {
        "OS": "Overall survival", "PFS": "progression-free survival", "ICI": "immune checkpoint inhibitors",
    }  # fmt: skip


def test_what_does_not_spell_the_short_form_defines_nothing() -> None:
    assert abbreviations("Many patients (CVVH) and others (see Table 2).") == {}


def test_long_forms_become_short_ones() -> None:
    known = {"OS": "overall survival"}
    assert abbreviated("Overall survival (OS) and overall\nsurvival", known) == "OS and OS"

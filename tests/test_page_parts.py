"""The parts of the page that need no browser: filters, conversations, files to take away, the shelf, passwords."""

from __future__ import annotations

import json
import queue
import stat
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from embedders import HashEmbedder
from made_papers import paper
from passages import passage

from ingest.errors import ImmunoragError, UnknownConcept
from ingest.library import Library, Progress
from ingest.papers import Filters, Notice
from ingest.rows import Record
from ingest.sources.found import Found as FoundPaper
from rag.answer import Answer, Citation, Claim, Verdict
from rag.events import Drafting, Finished, Found, LeftOut, Sentence
from ui.page.adding import Adding, Hear, Line, adding_html, uploads
from ui.page.chosen import LABELS, chips_html, choices, chosen, chosen_as_fields, without
from ui.page.conversation import Turn, conversation_html, conversation_markdown, heard, history_of
from ui.page.desk import Desk
from ui.page.leaf import leaf
from ui.page.passwords import Passwords, hashed, with_person
from ui.page.server import is_here, listening
from ui.page.shelf import Sought, found_html, paper_html, shelf_html, sought
from ui.page.takeaway import answer_gift, conversation_gift

TEXT = "The response rate was 31.7% with nivolumab."


def answer(question: str = "How many responded?") -> Answer:
    found = passage(90000001, TEXT, title="Nivolumab in melanoma")
    claim = Claim(TEXT, (Citation(1, found, TEXT, 0, len(TEXT)),), Verdict(passed=True))
    return Answer(question, (claim,), (found,), abstained=False, model="extractive")


def record(number: int, title: str, **fields: Any) -> Record:
    plain = Record(f"pmid:{number}", title, (), "", None, "text", "normal", "", str(number), "", 1, 100)
    return replace(plain, **fields)


# -- filters -------------------------------------------------------------------------------------------------------


def test_synonyms_become_the_names_of_the_vocabulary() -> None:
    filters = chosen({"drugs": ["Keytruda", "MK-3475"], "since": "2016", "designs": ["cohort"], "statuses": []})
    assert filters == Filters(drugs=("pembrolizumab",), since=2016, designs=("cohort",))


def test_nothing_chosen_asks_the_whole_library_but_what_is_retracted() -> None:
    assert chosen({}) == Filters()
    assert str(chips_html(Filters())) == ""


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"drugs": ["no such drug"]}, "no drug is called"),
        ({"since": "2020", "until": "2019"}, "later than"),
        ({"since": 19}, "four digits"),
        ({"species": ["dragon"]}, "is none of"),
    ],
)
def test_filters_that_cannot_match_are_told(values: dict[str, Any], said: str) -> None:
    with pytest.raises(ImmunoragError, match=said):
        chosen(values)


def test_each_chip_takes_its_own_value_back() -> None:
    filters = Filters(drugs=("nivolumab", "ipilimumab"), until=2020, statuses=("retracted",))
    html = str(chips_html(filters))
    assert html.count("data-drop=") == 4
    assert 'data-drop="drugs" data-value="ipilimumab"' in html
    assert without(filters, "drugs", "nivolumab").drugs == ("ipilimumab",)
    assert without(filters, "until", "2020").until is None
    assert without(filters, "statuses", "retracted").statuses == Filters().statuses
    assert without(filters, "__class__", "x") == filters


def test_fields_hold_what_was_chosen() -> None:
    filters = Filters(drugs=("nivolumab",), since=2019, papers=("pmid:1",), species=("mouse",))
    assert chosen(chosen_as_fields(filters)) == filters
    assert chosen(chosen_as_fields(Filters())) == Filters()


def test_every_field_of_filters_can_be_chosen() -> None:
    assert set(LABELS) == set(Filters.__dataclass_fields__)
    assert "pembrolizumab" in choices("drugs")
    assert "meta-analysis" in choices("designs")


# -- conversations -------------------------------------------------------------------------------------------------


def test_a_turn_follows_the_events_of_its_answer() -> None:
    finished = answer()
    turn = heard(Turn(finished.question), Found(finished.passages))
    assert (turn.passages, turn.papers, turn.over) == (1, 1, False)
    assert heard(turn, Drafting("extractive")).writing == ""
    turn = heard(turn, Drafting("gpt-5-mini"))
    assert "gpt-5-mini writes" in conversation_html([turn])
    turn = heard(turn, Sentence(finished.claims[0]))
    assert TEXT in conversation_html([turn])
    assert heard(turn, LeftOut(finished.claims[0])) == turn
    assert heard(turn, Finished(finished)).over


def test_a_turn_that_failed_or_was_stopped_says_so() -> None:
    assert "The library holds no papers." in conversation_html([Turn("q", failed="the library holds no papers")])
    stopped = conversation_html([Turn("q", stopped=True)])
    assert "Stopped." in stopped
    assert 'data-again="retry"' in stopped


def test_history_is_what_was_understood_and_said() -> None:
    asked = replace(answer(), understood="How many responded to nivolumab?")
    turns = [Turn("How many?", answer=asked), Turn("And?", failed="no"), Turn("Else?", answer=answer("Else?"))]
    assert history_of(turns) == (("How many responded to nivolumab?", TEXT), ("Else?", TEXT))


def test_a_conversation_is_one_document() -> None:
    text = conversation_markdown([Turn("How many\nresponded?", answer=answer()), Turn("Why?", failed="no")])
    assert text.startswith("# A conversation with immunorag\n")
    assert "\n## How many responded?\n" in text
    assert "\n### Sources\n" in text
    assert text.endswith("## Why?\n\n*No answer.*\n")


def test_what_is_taken_away_is_what_the_api_gives() -> None:
    unused: Any = None  # an assistant is needed for an audit alone
    kept = answer()
    assert json.loads(answer_gift("json", kept, unused).text)["claims"][0]["citations"][0]["quote"] == TEXT
    assert answer_gift("markdown", kept, unused).name == "how-many-responded.md"
    assert answer_gift("bibtex", kept, unused).text.startswith("@misc{")
    assert answer_gift("ris", kept, unused).text.startswith("TY  - ")
    assert answer_gift("copy", kept, unused).name == ""
    assert conversation_gift([Turn("../../etc/passwd", answer=kept)]).name == "etc-passwd-conversation.md"


# -- the shelf -----------------------------------------------------------------------------------------------------

SHELF = [
    record(1, "Nivolumab in melanoma", year=2019, journal="B", design="phase 3 randomised trial"),
    record(2, "Colitis", year=2021, journal="A", authors=("Cara Example",), status="retracted"),
    record(3, "antibiotics and outcome", year=None, source="digest", design="retrospective cohort"),
]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (Sought(), [2, 1, 3]),
        (Sought(order="oldest first"), [1, 2, 3]),
        (Sought(order="by title"), [3, 2, 1]),
        (Sought(order="by journal"), [3, 2, 1]),
        (Sought("EXAMPLE 2021"), [2]),
        (Sought("pmid:1"), [1]),
        (Sought(designs=("cohort",)), [3]),
        (Sought(statuses=("retracted",)), [2]),
        (Sought(sources=("digest", "text"), words="nivolumab"), [1]),
        (Sought("no such word"), []),
    ],
)
def test_the_shelf_is_searched_filtered_and_sorted(asked: Sought, expected: list[int]) -> None:
    assert [int(one.pmid) for one in sought(SHELF, asked)] == expected


def test_the_shelf_shows_a_page_and_counts_the_rest() -> None:
    html = shelf_html(SHELF, 5, shown=2)
    assert html.count('data-shelf="open"') == 2
    assert "3 of 5 papers" in html
    assert "Show 1 more" in html
    assert "holds no papers yet" in shelf_html([], 0)
    assert "No paper of the library matches" in shelf_html([], 5)


def test_a_paper_shows_its_text_subjects_and_notices_inert() -> None:
    paper = replace(passage(1, "<b>bold</b>\n\nSecond.").paper, title="<i>T</i>", status="retracted")
    notice = Notice("pmid:1", "retracted", "doi:10.1/x", "2020", "<u>fraud</u>")
    html = paper_html(paper, {"drugs": ("<s>x</s>",)}, [notice])
    assert not {"<b>", "<i>", "<u>", "<s>"} & {html[at : at + 3] for at in range(len(html))}
    for said in ("&lt;b&gt;bold", "&lt;u&gt;fraud", "Drug or class", "has been retracted"):
        assert said in html


def test_what_was_found_says_what_is_here_already() -> None:
    found = [FoundPaper("pmid:1", "One", 2020, None, "", True), FoundPaper("pmid:2", "Two", None, None, "x", True)]
    html = found_html(found, 90, ["pmid:2"])
    assert "The first 2 of 90 papers found" in html
    assert html.count("In the library") == 1


# -- adding --------------------------------------------------------------------------------------------------------


def test_too_many_files_and_none_are_refused() -> None:
    library: Any = None  # nothing is read
    with pytest.raises(ImmunoragError, match="at most 50"):
        uploads(library, [Path(f"{number}.pdf") for number in range(51)])
    with pytest.raises(ImmunoragError, match="choose some first"):
        uploads(library, [])


def test_work_ends_when_the_page_closes() -> None:
    told: queue.SimpleQueue[Line | Progress] = queue.SimpleQueue()
    with pytest.raises(ImmunoragError, match="being closed"):
        Hear(told, lambda: True).progress(Progress("files", 1, 2))


def test_file_names_are_shown_inert() -> None:
    html = adding_html(Adding((Line("failed", "<img src=x onerror=alert(1)>.pdf", "is <b>no</b> paper"),), over=True))
    assert "<img" not in html
    assert "<b>" not in html
    assert "1 failed" in html


# -- the desk ------------------------------------------------------------------------------------------------------


def test_the_desk_opens_in_the_background_and_tells_what_it_waits_for(tmp_path: Path) -> None:
    let_go = threading.Event()

    def slowly() -> Library:
        let_go.wait(10)
        return Library.open(tmp_path / "library")

    assistant: Any = object()
    desk = Desk(slowly, lambda library: assistant, tmp_path)
    desk.start()
    assert not desk.ready
    assert desk.word == "Opening the library"
    let_go.set()
    assert desk.assistant is assistant
    assert desk.word == ""
    desk.close()


def test_what_keeps_the_desk_from_opening_is_raised_to_whoever_waits(tmp_path: Path) -> None:
    def open_library() -> Library:
        raise UnknownConcept("no such thing; take another")

    desk = Desk(open_library, lambda library: pytest.fail("there is no library"), tmp_path)
    desk.start()
    with pytest.raises(UnknownConcept, match="take another"):
        desk.stream("q", Filters(), ())
    assert "take another" in desk.word
    desk.close()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"paper": "pmid:1", "page": 1, "spans": [[0, 5]]}, "keeps no PDF"),
        ({"paper": "../../etc/passwd", "page": 1, "spans": []}, "no paper"),
        ({"paper": "pmid:1", "page": "x", "spans": []}, "no such page"),
        ({"paper": "pmid:1", "page": 1, "spans": [[0]]}, "no such page"),
        ({"paper": None, "page": None, "spans": None}, "no paper"),
        ({}, "no paper"),
    ],
)
def test_a_page_that_a_browser_makes_up_is_not_drawn(tmp_path: Path, asked: dict[str, Any], said: str) -> None:
    library = Library.open(tmp_path / "library", embedder=HashEmbedder())  # type: ignore[arg-type]
    library.add([paper(1)])
    assistant: Any = object()
    desk = Desk(lambda: library, lambda library: assistant, tmp_path)
    desk.start()
    told = leaf(desk, {"key": "k", **asked})
    assert said in told["problem"]
    assert told["key"] == "k"
    desk.close()


# -- passwords and addresses ---------------------------------------------------------------------------------------


def test_passwords_are_kept_as_hashes_that_only_their_owner_can_read(tmp_path: Path) -> None:
    file = tmp_path / "people"
    with_person(file, "ada", "correct horse")
    with_person(file, "ben", "battery staple")
    with_person(file, "ada", "another horse")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "horse" not in file.read_text(encoding="utf-8")
    passwords = Passwords.read(file)
    assert passwords("ada", "another horse")
    assert passwords("ben", "battery staple")
    assert not passwords("ada", "correct horse")
    assert not passwords("cara", "another horse")


@pytest.mark.parametrize(
    ("text", "said"), [("ada:secret", "line 1 is no hashed password"), ("# nobody\n", "holds nobody")]
)
def test_auth_files_that_are_none_are_refused(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "people"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ImmunoragError, match=said):
        Passwords.read(file)
    with pytest.raises(ImmunoragError, match="no such file"):
        Passwords.read(tmp_path / "missing")


def test_names_and_passwords_that_will_not_do_are_told() -> None:
    with pytest.raises(ImmunoragError, match="will not do"):
        hashed("a:b", "long enough")
    with pytest.raises(ImmunoragError, match="too short"):
        hashed("ada", "short")


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),  # noqa: S104 (nobody listens)
        ("10.0.0.5", False),
        ("example.org", False),
    ],
)
def test_only_loopback_is_this_machine(host: str, expected: bool) -> None:
    assert is_here(host) is expected


def test_a_port_that_is_taken_is_told_with_its_remedy() -> None:
    with listening("127.0.0.1", 0) as first, pytest.raises(ImmunoragError, match="choose another with --port"):
        listening("127.0.0.1", first.getsockname()[1])


def test_the_page_is_not_served_to_others_without_passwords(immunorag: Any) -> None:
    done = immunorag("ui", "--host", "0.0.0.0")  # noqa: S104 (refused)
    assert done.code == 1
    assert "--auth-file" in done.err

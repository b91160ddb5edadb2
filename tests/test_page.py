"""The page as people use it: a real browser, a real library, and nothing that leaves this machine."""

from __future__ import annotations

import base64
import io
import json
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from browser import PATIENCE, Visit, chromium, missing, served, visiting
from commands import COLITIS, start, write_papers
from hostile import HOSTILE
from llm_server import Exchange, chunk, is_silent, llm_server
from PIL import Image
from test_pdf import Press, sentences

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [
    pytest.mark.skipif(bool(missing()), reason=f"NOT RUN: {missing()}"),
    pytest.mark.xdist_group("browser"),  # one Chromium, one page
]

QUESTION = "What was the response rate with nivolumab?"
ROOT = Path(__file__).resolve().parent.parent
THIRD = (
    COLITIS.replace("Colitis under ipilimumab", "Hepatitis under tremelimumab")
    .replace("90000002", "90000003")
    .replace("Colitis developed in 18 of 60 patients", "Hepatitis developed in 7 of 50 patients")
    .replace("ipilimumab", "tremelimumab")
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a library of two small papers."""
    home = tmp_path_factory.mktemp("home")
    write_papers(home / "papers")
    done = start(["ingest", "papers", "--library", "library"], home=home)
    assert done.code == 0, done.err
    return home


@pytest.fixture(scope="module")
def address(home: Path) -> Iterator[str]:
    with served(home, home / "library") as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Visit]:
    with visiting(browser, address) as visit:
        yield visit
        assert visit.outside == []
        assert visit.errors == []


def test_an_answer_streams_in_and_its_quote_is_the_apis(visit: Visit, home: Path) -> None:
    visit.page.locator("#question textarea").fill(QUESTION)
    visit.page.locator("#question textarea").press("Enter")
    visit.page.locator("#latest .turn").wait_for()
    visit.answered(QUESTION)
    done = start(["ask", "--library", "library", "--json", QUESTION], home=home)
    claims = json.loads(done.out)["claims"]
    assert visit.page.locator("#latest .claim").count() == len(claims)
    visit.page.locator("#latest .mark").first.click()
    shown = visit.page.locator("#evidence-panel")
    assert shown.locator("mark").first.text_content() == claims[0]["citations"][0]["quote"]
    assert "31.7%" in (shown.locator("mark").first.text_content() or "")
    assert shown.locator("a").first.get_attribute("href") == "https://doi.org/10.1000/made.up.1"
    assert "medical advice" in (visit.page.locator("#fineprint").text_content() or "")


def test_example_is_asked_by_a_click(visit: Visit) -> None:
    visit.page.locator(".examples button").nth(1).click()
    visit.answered("Does PD-L1 expression predict response")


def test_filters_apply_show_and_are_taken_back(visit: Visit) -> None:
    visit.page.get_by_role("button", name="Filters").click()
    field = visit.page.get_by_label("Drug or class")
    field.fill("Yervoy")
    field.press("Enter")
    chip = visit.page.locator("#chips .chip")
    chip.wait_for()
    assert "ipilimumab" in (chip.text_content() or "")
    visit.ask(QUESTION)
    assert "ipilimumab" in (visit.page.locator("#latest .asked .applied").text_content() or "")
    assert "31.7%" not in (visit.page.locator("#latest .answer").text_content() or "")
    chip.click()
    chip.wait_for(state="detached")
    visit.ask("What was the response rate with nivolumab in melanoma?")
    assert "31.7%" in (visit.page.locator("#latest .answer").text_content() or "")


def test_a_question_is_asked_again_edited_and_the_conversation_goes_on(visit: Visit) -> None:
    visit.ask(QUESTION)
    visit.ask("Who had colitis under ipilimumab?")
    assert QUESTION in (visit.page.locator("#past").text_content() or "")
    visit.page.locator("#latest [data-again=retry]").click()
    visit.answered("Who had colitis under ipilimumab?")
    assert visit.page.locator(".turn").count() == 2
    visit.page.locator("#latest [data-again=edit]").click()
    visit.page.wait_for_function("document.querySelector('#question textarea').value.startsWith('Who had colitis')")
    assert visit.page.locator(".turn").count() == 1


def test_a_follow_up_is_understood_from_what_was_asked_before(visit: Visit) -> None:
    visit.ask("Who had colitis under ipilimumab?")
    visit.ask("And what resolved it?")
    assert "ipilimumab" in (visit.page.locator("#latest .understood").text_content() or "")


def test_answers_are_taken_away(visit: Visit) -> None:
    visit.ask(QUESTION)
    for form, begins in (("markdown", "The response rate"), ("json", "{"), ("bibtex", "@"), ("ris", "TY  - ")):
        with visit.page.expect_download() as download:
            visit.page.locator(f"#latest [data-take={form}]").click()
        assert Path(download.value.path()).read_text(encoding="utf-8").startswith(begins), form
    with visit.page.expect_download() as download:
        visit.page.locator("#latest [data-take=audit]").click()
    audit = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
    assert audit["audit_version"] == 1
    with visit.page.expect_download() as download:
        visit.page.get_by_role("button", name="Save conversation").click()
    assert QUESTION in Path(download.value.path()).read_text(encoding="utf-8")
    visit.page.locator("#latest [data-take=copy]").click()
    visit.page.locator("#spoken.on", has_text="Copied").wait_for()
    assert "31.7%" in visit.page.evaluate("navigator.clipboard.readText()")


def test_a_paper_is_uploaded_asked_and_removed(visit: Visit, tmp_path: Path) -> None:
    (tmp_path / "third.md").write_text(THIRD, encoding="utf-8")
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.7 nothing")
    page = visit.page
    page.get_by_role("tab", name="Library").click()
    page.get_by_role("tab", name="Add papers").click()
    visit.choose([tmp_path / "third.md", tmp_path / "broken.pdf"])
    page.get_by_role("button", name="Add to the library").click()
    page.locator("#added .stage", has_text="1 added").wait_for()
    assert "broken.pdf" in (page.locator("#added li.failed").text_content() or "")

    page.get_by_role("tab", name="Ask").click()
    visit.ask("How many patients had hepatitis under tremelimumab?")
    assert "7 of 50" in (page.locator("#latest .sentences").text_content() or "")

    page.get_by_role("tab", name="Library").click()
    page.get_by_role("tab", name="Papers", exact=True).click()
    page.get_by_label("Search").first.fill("tremelimumab")
    page.locator(".shelf li", has_text="tremelimumab").locator("button").click()
    paper = page.locator("article.paper")
    paper.wait_for()
    assert "Hepatitis developed in 7 of 50" in (paper.locator(".text").text_content() or "")
    page.on("dialog", lambda dialog: dialog.accept())
    paper.get_by_role("button", name="Remove").click()
    page.get_by_text("No paper of the library matches").wait_for()


def test_one_paper_is_asked_from_its_page(visit: Visit) -> None:
    page = visit.page
    page.get_by_role("tab", name="Library").click()
    page.locator(".shelf li", has_text="Colitis").locator("button").click()
    page.get_by_role("button", name="Ask this paper").click()
    page.locator("#chips .chip", has_text="pmid:90000002").wait_for()
    visit.ask(QUESTION)
    assert "31.7%" not in (page.locator("#latest .answer").text_content() or "")


def test_the_page_of_a_pdf_is_shown_with_its_quote_marked(browser: Browser, tmp_path: Path) -> None:
    press = Press(columns=1)
    press.front("Nivolumab in melanoma that had been treated before")
    press.heading("Methods")
    press.paragraph(" ".join(sentences("method", 5)))
    press.heading("Results")
    press.paragraph("The response rate was 31.7% with nivolumab and 10.6% with chemotherapy in advanced melanoma.")
    (tmp_path / "paper.pdf").write_bytes(press.done())
    assert start(["ingest", "paper.pdf", "--library", "printed"], home=tmp_path).code == 0
    with served(tmp_path, tmp_path / "printed") as address, visiting(browser, address) as visit:
        visit.ask(QUESTION)
        visit.page.locator("#latest .mark").first.click()
        visit.page.locator("#evidence-panel [data-leaf]").first.click()
        picture = visit.page.locator("#evidence-panel img")
        picture.wait_for()
        data = base64.b64decode((picture.get_attribute("src") or "").partition("base64,")[2])
        colours = Image.open(io.BytesIO(data)).convert("RGB").getcolors(1 << 24) or []
        assert (255, 226, 122) in {colour for _, colour in colours}
        assert picture.evaluate("image => image.naturalWidth") > 500
        visit.page.locator("#evidence-panel [data-leaf]").first.click()
        picture.wait_for(state="hidden")
        (original,) = (tmp_path / "printed" / "files").rglob("*.pdf")
        elsewhere = tmp_path / "elsewhere.pdf"
        original.rename(elsewhere)
        original.symlink_to(elsewhere)
        visit.page.locator("#latest .row").first.click()
        visit.page.locator("#evidence-panel [data-leaf]").first.click()
        visit.page.locator("#evidence-panel .remark", has_text="keeps no PDF").wait_for()
        assert visit.outside == visit.errors == []


def test_the_last_evaluation_is_read_in_a_frame_that_reaches_nothing(visit: Visit, home: Path) -> None:
    page = visit.page
    page.get_by_role("tab", name="Quality").click()
    command = page.locator("#quality code")
    command.wait_for()
    folder = Path((command.text_content() or "").removeprefix("immunorag eval --report "))
    assert folder.is_relative_to(home)
    folder.mkdir(parents=True)
    page.get_by_role("tab", name="Ask").click()
    with closing(socket.create_server(("127.0.0.1", 0))) as elsewhere:
        (folder / "report.html").write_text(
            "<!doctype html><h1>Measured &amp; told</h1><p></p><script>const said = document.querySelector('p');"
            "try { parent.document.title = 'reached' } catch { said.append('kept out, ') }"
            "const picture = new Image(); picture.onerror = () => said.append('no picture');"
            f"picture.src = 'http://127.0.0.1:{elsewhere.getsockname()[1]}/a.png'</script>",
            encoding="utf-8",
        )
        page.get_by_role("tab", name="Quality").click()
        frame = page.frame_locator("#quality iframe")
        frame.get_by_text("kept out, no picture").wait_for()
        elsewhere.setblocking(False)
        with pytest.raises(BlockingIOError):
            elsewhere.accept()
    assert frame.locator("h1").text_content() == "Measured & told"
    assert page.title() != "reached"


def test_everything_is_reached_by_keyboard_alone(visit: Visit) -> None:
    page = visit.page
    page.locator("h1").click()
    page.keyboard.press("/")
    page.keyboard.type(QUESTION)
    page.keyboard.press("Enter")
    visit.answered(QUESTION)
    for _ in range(30):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.classList.contains('mark')"):
            break
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.classList.contains('source')")
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.classList.contains('mark')")


def test_dark_mode_follows_the_system_and_the_readers_choice(browser: Browser, address: str) -> None:
    ground = "getComputedStyle(document.querySelector('.gradio-container')).getPropertyValue('--ir-ground').trim()"
    with visiting(browser, address, dark=True) as visit:
        visit.page.wait_for_function(f"{ground} === '#151615'")
        visit.page.locator(".theme").click()
        visit.page.wait_for_function(f"{ground} === '#faf9f6'")
        visit.page.reload()
        visit.page.locator("#question textarea").wait_for()
        visit.page.wait_for_function(f"{ground} === '#faf9f6'")


@pytest.mark.parametrize("dark", [False, True])
def test_a_phone_shows_all_without_scrolling_sideways(browser: Browser, address: str, dark: bool) -> None:
    with visiting(browser, address, width=390, height=844, dark=dark) as visit:
        fits = "document.documentElement.scrollWidth <= window.innerWidth"
        assert visit.page.evaluate(fits)
        visit.ask(QUESTION)
        assert visit.page.evaluate(fits)
        visit.page.locator("#latest .mark").first.click()
        visit.page.locator("#evidence-panel mark").first.wait_for()
        assert visit.page.evaluate(fits)
        visit.page.locator("#evidence-panel [data-close]").click()
        assert not visit.page.locator("#evidence-panel").is_visible()


def writes_and_waits(exchange: Exchange) -> None:
    """One sentence that holds, one whose number is nowhere, and then nothing until the test is over."""
    exchange.begin()
    exchange.event(chunk("The response rate with nivolumab was 31.7% [1]. The response rate was 99% [1]. And"))
    is_silent(exchange)


def test_a_slow_llm_blocks_nobody_and_is_stopped(browser: Browser, home: Path) -> None:
    with (
        llm_server(writes_and_waits) as llm,
        served(home, home / "library", "--llm", "openai:slow", "--llm-url", llm.url, key="unused") as address,
        visiting(browser, address) as visit,
        visiting(browser, address) as other,
    ):
        page = visit.page
        page.locator("#question textarea").fill(QUESTION)
        page.locator("#question textarea").press("Enter")
        page.locator("#latest .claim").wait_for()
        assert "31.7%" in (page.locator("#latest .sentences").text_content() or "")
        assert "99%" not in (page.locator("#latest .answer").text_content() or "")
        assert "slow writes" in (page.locator("#latest .stage").text_content() or "")
        other.page.get_by_role("tab", name="Library").click()
        other.page.locator(".shelf li").first.wait_for()
        page.get_by_role("button", name="Stop").click()
        page.get_by_text("Stopped.").wait_for()
        assert page.locator("#latest .claim").count() == 1
        page.get_by_role("button", name="Ask", exact=True).wait_for()
        assert visit.outside == other.outside == []


def test_injections_in_six_places_run_nowhere(browser: Browser, tmp_path: Path) -> None:
    """In titles, authors, journals, texts, questions and file names; with Markdown around them where papers have it."""
    assert len(HOSTILE) >= 40
    folder = tmp_path / "papers"
    folder.mkdir()
    for number, text in enumerate(HOSTILE):
        head = {
            "title": f"Nivolumab {text}",
            "authors": [f"Eve {text}"],
            "journal": text,
            "year": 2019,
            "pmid": str(91_000_000 + number),
        }
        matter = "\n".join(f"{name}: {json.dumps(value)}" for name, value in head.items())
        body = f"Responses to nivolumab were seen in {number + 10} of 100 patients {text} in study {number}."
        (folder / f"paper-{number}.md").write_text(
            f"---\n{matter}\n---\n\n## Results {text}\n\n{body}\n", encoding="utf-8"
        )
        name = text.replace("/", "⁄").replace("\n", " ")[:100]
        (folder / f"{number} {name}.md").write_text("no paper", encoding="utf-8")
    home = tmp_path
    assert start(["ingest", "papers", "--library", "hostile"], home=home).code == 0
    with served(home, home / "hostile", "--passages", "60") as address, visiting(browser, address) as visit:
        page = visit.page
        for text in HOSTILE[:6]:
            visit.ask(f"How many responded to nivolumab {text}?")
        for mark in page.locator("#latest .mark").all()[:20]:
            mark.click()
        visit.ask("In how many of 100 patients were responses to nivolumab seen?")
        page.get_by_role("tab", name="Library").click()
        page.locator(".shelf li").first.wait_for()
        for row in page.locator(".shelf button.row").all()[:8]:
            row.click()
        page.locator("article.paper").wait_for()
        page.get_by_role("tab", name="Overview").click()
        page.locator(".charts").wait_for()
        page.get_by_role("tab", name="Add papers").click()
        bad = sorted(path for path in folder.iterdir() if not path.name.startswith("paper-"))
        visit.choose(bad[:43])
        page.get_by_role("button", name="Add to the library").click()
        page.locator("#added .stage", has_text="failed").wait_for()
        assert page.evaluate("window.ran") is None
        assert visit.outside == []
        assert not page.evaluate("location.href").startswith("javascript:")


AXE = ROOT / ".venv" / "axe" / "node_modules" / "axe-core" / "axe.min.js"


@pytest.mark.skipif(
    not AXE.exists(), reason="NOT RUN: axe-core is not installed (npm install --prefix .venv/axe axe-core)"
)
@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_no_serious_violation(browser: Browser, address: str, dark: bool, width: int) -> None:
    with visiting(browser, address, dark=dark, width=width) as visit:
        page = visit.page
        page.locator(".answers:not(.loading)").wait_for(timeout=PATIENCE)
        page.add_script_tag(content=AXE.read_text(encoding="utf-8"))
        found = _serious(visit, "welcome")
        visit.ask(QUESTION)
        page.locator("#latest .mark").first.click()
        found += _serious(visit, "answer")
        page.keyboard.press("Escape")
        page.get_by_role("button", name="Filters").click()
        found += _serious(visit, "filters")
        page.get_by_role("tab", name="Library").click()
        page.locator(".shelf button").first.click()
        page.locator("article.paper").wait_for()
        found += _serious(visit, "library")
        page.get_by_role("tab", name="Overview").click()
        page.locator(".charts").wait_for()
        found += _serious(visit, "overview")
        page.get_by_role("tab", name="Add papers").click()
        found += _serious(visit, "adding")
        page.get_by_role("tab", name="Quality").click()
        page.locator("#quality code, #quality iframe").wait_for()
        found += _serious(visit, "quality")
        assert found == []


def _serious(visit: Visit, state: str) -> list[str]:
    result = visit.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{state}: {violation['id']}: {node['target']} {node['failureSummary'][:200]}"
        for violation in result["violations"]
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]

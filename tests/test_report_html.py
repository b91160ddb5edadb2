"""The report as a file: what it tells of a run, that nobody's text runs in it, and how a browser shows it."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from embedders import HashEmbedder
from made_papers import paper

from eval.benchmarks import Benchmark
from eval.compare import broken_floors, compared
from eval.harness import evaluated
from eval.questions import KeyFact
from eval.report import written
from eval.report.charts import SECONDS, SHARE, Axis, Mark, strip, swarm
from eval.report.flips import told
from eval.report.headline import percent, standfirst
from eval.report.html import to_html
from eval.report.plots import by_depth, risk
from eval.report.verdicts import cards, verdict
from eval.results import Asked, Cited, Evaluation, Found, Judged, Reply, Result, Run, Sentence
from eval.shelf import shelved
from eval.summary import summarised
from eval.systems import Filed, Immunorag
from rag.assistant import Assistant

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
ATTACK = "\"'></script><script>window.ran = 1</script><img src=x onerror='window.ran = 1'>{{ 7 * 7 }}"
RESPONSE = "Pembrolizumab led to a response rate of 44.8% in PD-L1-positive lung cancer."
TOXICITY = "Severe colitis occurred in 12 of 40 patients given ipilimumab for melanoma."
BENCHMARK = Benchmark(
    "own",
    "dev",
    (
        Asked("q-1", "What response rate did pembrolizumab have in PD-L1-positive lung cancer?", "pmid:1",
              area="biomarker discovery", type="factoid", gold=("pmid:1",), facts=(KeyFact(number=44.8, unit="%"),)),
        Asked("q-2", "How many patients given ipilimumab for melanoma had severe colitis?", "pmid:2",
              area="treatment strategy", type="factoid", gold=("pmid:2",),
              facts=(KeyFact(("12 of 40",)), KeyFact(("fatal",)))),
        Asked("u-1", "What is the capital of France?", "u-1", area=f"outside {ATTACK}", type="summary",
              kind="unanswerable", expected="abstain", history=(ATTACK,)),
    ),
    (paper(1, RESPONSE, title=f"Lung {ATTACK}"), paper(2, TOXICITY)),
)  # fmt: skip
OTHER = (
    {"system": f"other {ATTACK}"},
    {"id": "q-1", "confidence": 0.4, "seconds": 2.5, "found": [{"paper": "pmid:2"}, {"paper": "pmid:1"}], "sentences": [
        {"text": f"The response rate was 48.4% {ATTACK}.", "citations": [{"paper": "pmid:1", "quote": "response rate"}]}
    ]},
    {"id": "q-2", "confidence": 0.2},
    {"id": "u-1", "confidence": 0.3, "sentences": [{"text": "Paris \u202eno."}]},
)  # fmt: skip


@pytest.fixture(scope="module")
def evaluation(tmp_path_factory: pytest.TempPathFactory) -> Evaluation:
    """Ours and another system's answers to the same questions, graded, compared, and with one sentence judged."""
    folder = tmp_path_factory.mktemp("report")
    file = folder / "other.jsonl"
    file.write_text("\n".join(map(json.dumps, OTHER)), encoding="utf-8")
    with shelved(BENCHMARK, folder / "work", HashEmbedder(), lambda _: None) as shelf:
        run = evaluated(Immunorag(Assistant(shelf.library)), BENCHMARK, shelf, settings={"llm": None})
        peer = evaluated(Filed(file, shelf.ids), BENCHMARK, shelf)
    doubted = ("q-2", run.results[1].reply.sentences[0].text, f"It says more. {ATTACK}")
    summary = summarised(run)
    return Evaluation(
        run,
        summary,
        broken_floors(summary),
        peer,
        summarised(peer),
        compared(peer, run, peer.system),
        compared(peer, run, "baseline of 2026-01-31"),
        Judged(2, 1, 0.09, 0.91, (doubted,)),
        "immunorag eval --compare other.jsonl",
    )


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    sync_api = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed: pip install playwright")
    if not Path(CHROMIUM).exists():
        pytest.skip("Chromium is not installed: apt-get install chromium")
    arguments = ["--disable-gpu", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser, evaluation: Evaluation, tmp_path: Path) -> Iterator[Page]:
    """The report as a file; fails where it logs an error, asks for another address, or runs what somebody wrote."""
    file = next(path for path in written(evaluation, tmp_path) if path.suffix == ".html")
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    opened, errors, asked = context.new_page(), list[str](), list[str]()
    opened.on("console", lambda message: errors.append(message.text))
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("request", lambda request: asked.append(request.url))
    opened.goto(file.as_uri())
    yield opened
    assert opened.evaluate("window.ran") is None
    context.close()
    assert (errors, asked) == ([], [file.as_uri()])


def result(asked: Asked, *sentences: str, values: dict[str, float] | None = None, failure: str = "") -> Result:
    shown = tuple(Sentence(text, (Cited("pmid:1", text),)) for text in sentences)
    return Result(asked, Reply(shown, failure=failure), values or {})


def shown(page: Page) -> list[str]:
    return [card.get_attribute("id") or "" for card in page.locator("#cards > .card:visible").all()]


@pytest.mark.parametrize(
    ("expected", "sentences", "values", "name"),
    [
        ("answer", ("So.",), {"key_fact_recall": 1.0}, "complete"),
        ("answer", ("So.",), {"key_fact_recall": 0.5}, "partial"),
        ("answer", ("So.",), {"key_fact_recall": 1.0, "exact_answer": 0.0}, "partial"),
        ("answer", ("So.",), {"key_fact_recall": 0.0}, "missed"),
        ("answer", ("So.",), {"quoted_evidence": 1.0}, "complete"),
        ("answer", ("So.",), {}, "answered"),
        ("answer", (), {"key_fact_recall": 0.0}, "wrongly declined"),
        ("abstain", ("So.",), {}, "wrongly answered"),
        ("abstain", (), {}, "rightly declined"),
        ("either", ("So.",), {}, "answered"),
        ("either", (), {}, "declined"),
        ("answer", ("So.",), {"key_fact_recall": 1.0, "wrong_numbers": 1.0}, "broken"),
        ("either", ("So.",), {"unsupported_sentences": 2.0}, "broken"),
    ],
)
def test_a_question_has_the_gravest_verdict_that_is_true(
    expected: str, sentences: tuple[str, ...], values: dict[str, float], name: str
) -> None:
    asked = replace(BENCHMARK.asked[0], expected=expected)
    assert verdict(result(asked, *sentences, values=values)).name == name
    assert verdict(result(asked, *sentences, values=values, failure="no answer in time")).name == "failed"


def test_recall_is_drawn_at_every_depth() -> None:
    asked = replace(BENCHMARK.asked[0], gold=("a", "b"))
    found = tuple(Found(paper) for paper in ("a", "c", "c", "b"))
    run = Run("ours", "own", "dev", (Result(asked, Reply(found=found), {"recall@1": 0.5}),))
    (figure,) = by_depth(Evaluation(run, summarised(run)))
    # The second passage of c takes no place of its own: b is the third paper.
    assert figure.rows == (("ours", ("0.500", "0.500", *["1.000"] * 8)),)


def test_passages_that_hold_the_evidence_are_drawn_where_a_suite_names_it() -> None:
    asked = Asked("e-1", "What did it do?", "p", evidence=("survival was longer with it",))
    found = (Found("p", "Methods."), Found("p", "Overall survival was longer with it."))
    run = Run("ours", "evidence-inference", "", (Result(asked, Reply(found=found), {"evidence_recall@1": 0.0}),))
    (figure,) = by_depth(Evaluation(run, summarised(run)))
    assert figure.rows == (("ours", ("0.000", *["1.000"] * 9)),)


def test_risk_is_told_at_coverages_and_ringed_where_the_system_stands(evaluation: Evaluation) -> None:
    figure = risk(evaluation)
    assert figure is not None
    # Of ours the one unanswerable question is the least sure: no risk until it is answered, too.
    assert figure.rows[0][1] == ("0.000", "0.000", "0.000", "0.000", "0.000")
    # The other is surest of q-1 (0.4), then of u-1 (0.3), then of q-2 (0.2): risks 0 at half, 1 / 2 at all.
    assert figure.rows[1][1] == ("0.250", "0.000", "0.500", "0.500", "0.500")
    assert figure.drawn.count("ring") == 2


def test_marks_stand_where_their_values_do() -> None:
    assert [SHARE.at(value) for value in (-1, 0.25, 2)] == [0, 25, 100]
    assert SECONDS.at(0.1) == 40  # two of the five tenfolds from 1 ms to 100 s
    drawn = strip([Mark("ours", 0.5, (0.4, 0.75))], SHARE)
    assert 'x1="40.0%" x2="75.0%" y1="50%"' in drawn
    assert 'cx="50.0%" cy="50%"' in drawn


def test_dots_that_would_cover_each_other_stand_in_other_rows() -> None:
    drawn = swarm("ours", [1.0, 1.0, 9.0], Axis(0, 10, ()), median=1.0)
    assert re.findall(r'cx="([\d.]+)%" cy="([\d.]+)%"', drawn) == [("10.0", "90"), ("10.0", "81"), ("90.0", "90")]


@pytest.mark.parametrize(
    ("share", "text"), [(0.0, "0 %"), (0.998, "99.8 %"), (1.0, "100 %"), (0.004, "0.4 %"), (0.345, "34 %")]
)
def test_almost_all_is_not_told_as_all(share: float, text: str) -> None:
    assert percent(share).replace("\u00a0", " ") == text


def test_the_first_sentences_are_the_figures(evaluation: Evaluation) -> None:
    told = " ".join(standfirst(evaluation)).replace("\u00a0", " ")
    assert "Of 2 questions that the papers answer, it answers 100 %, and says 75 % of the facts asked for." in told
    assert "Of 1 that they do not answer, it declines 100 %." in told


def test_a_question_that_lost_anything_stands_among_the_worse(evaluation: Evaluation) -> None:
    assert evaluation.against_peer is not None
    backwards = compared(evaluation.run, evaluation.peer or evaluation.run, "ours")
    made = cards(evaluation)
    for comparison, better, worse in ((evaluation.against_peer, 3, 0), (backwards, 0, 3)):
        flips = told(comparison, made, both=True)
        assert (len(flips.better), len(flips.worse)) == (better, worse)


def test_what_others_wrote_is_text_and_nothing_else(evaluation: Evaluation) -> None:
    text = to_html(evaluation)
    assert text.count("<script>") == text.count("</script>") == 1
    assert "<img" not in text
    assert "{{ 7 * 7 }}" in text
    assert "\u202e" not in text  # it would turn what follows
    assert "default-src &#39;none&#39;" in text or "default-src 'none'" in text
    to_html(replace(evaluation, command="\ud800")).encode("utf-8")


def test_a_run_alone_is_told_without_a_peer(evaluation: Evaluation) -> None:
    text = to_html(Evaluation(evaluation.run, evaluation.summary))
    assert "Nobody has judged this run yet." in text
    assert 'class="dot peer' not in text
    assert "Against the" not in text


def test_a_broken_floor_cannot_be_overlooked(evaluation: Evaluation) -> None:
    assert evaluation.peer is not None
    assert evaluation.peer_summary is not None
    floors = broken_floors(evaluation.peer_summary)
    text = to_html(replace(evaluation, run=evaluation.peer, summary=evaluation.peer_summary, floors=floors))
    assert 'class="floor broken"' in text
    assert "This run fails a build." in text


def test_ink_can_be_read_on_every_paper_it_is_printed_on() -> None:
    import eval.report

    style = (Path(eval.report.__file__).parent / "templates" / "page.css").read_text(encoding="utf-8")
    themes = [
        dict(re.findall(r"--(\S+): (#[0-9a-f]{3,6})\b", block)) for block in re.findall(r":root \{(.*?)\}", style, re.S)
    ]
    assert len(themes) == 3  # light, dark, print
    for theme in themes:
        pairs = [(ink, "paper") for ink in ("ink", "quiet", "ours", "peer", "grave", "fair")]
        pairs += [("ink", "sheet"), ("quiet", "sheet"), ("ink", "sunk"), ("ink", "soft"), ("paper", "grave")]
        pairs += [(ink, "grave-soft") for ink in ("ink", "quiet", "grave", "ours")]
        for ink, ground in pairs:
            assert contrast(theme[ink], theme[ground]) >= 4.5, (ink, ground, theme)


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2.2: (lighter + 0.05) / (darker + 0.05), of relative luminances."""
    lighter, darker = sorted(map(luminance, (one, other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    parts = [int(digits[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_is_wider_than_the_screen(page: Page, width: int, theme: str) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_questions_are_filtered_by_words_and_by_what_they_are(page: Page) -> None:
    assert shown(page) == ["q1", "q2", "q3"]
    page.get_by_label("Search").fill("COLITIS severe")
    assert shown(page) == ["q2"]
    page.get_by_role("button", name="Clear").click()
    page.get_by_label("Verdict").select_option("rightly declined")
    assert shown(page) == ["q3"]
    assert page.locator("#shown").inner_text() == "1 of 3 questions"
    page.get_by_label("Area").select_option("treatment strategy")
    assert shown(page) == []
    assert page.get_by_text("No question is like that.").is_visible()


def test_the_filter_and_the_questions_can_be_used_by_keys_alone(page: Page) -> None:
    page.get_by_label("Search").focus()
    page.keyboard.type("capital")
    for _ in range(12):
        if page.evaluate("document.activeElement.tagName") == "SUMMARY":
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.locator("#q3").get_attribute("open") is not None


def test_a_flip_leads_to_its_question(page: Page) -> None:
    page.get_by_label("Search").fill("capital")
    flip = page.locator(".flip").filter(has_text="PD-L1").first
    flip.locator("summary").click()
    flip.get_by_role("link", name="All of this question").click()
    page.wait_for_function("document.querySelector('#q1').open")
    assert shown(page) == ["q1", "q2", "q3"]


def test_a_text_that_were_not_escaped_could_neither_run_nor_load(
    browser: Browser, evaluation: Evaluation, tmp_path: Path
) -> None:
    leaking = "<script>window.ran = 1</script><b onclick='window.ran = 1'>b</b><img src='http://127.0.0.1:9/x.png'>"
    file = tmp_path / "report.html"
    file.write_text(to_html(evaluation).replace("Every question", leaking, 1), encoding="utf-8")
    opened, stopped = browser.new_page(), list[str | None]()
    opened.on("requestfailed", lambda request: stopped.append(request.failure))
    opened.goto(file.as_uri())
    opened.locator("b", has_text=re.compile("^b$")).click()
    assert opened.evaluate("window.ran") is None
    assert stopped == ["csp"]
    opened.close()

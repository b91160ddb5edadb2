"""Pictures of every state of the page, to be looked at: python -m tests.screenshots FOLDER

Light and dark, at the width of a laptop and of a phone, over the starter library.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from browser import PATIENCE, Visit, chromium, missing, served, visiting
from commands import start, write_papers

WIDTHS = {"laptop": (1280, 900), "phone": (390, 844)}
ANSWERED = "Does PD-L1 expression predict response to pembrolizumab or nivolumab?"
UNANSWERED = "What is the half-life of aspirin in horses?"


def welcome(visit: Visit, shoot: Callable[[str], None]) -> None:
    shoot("welcome")


def answer(visit: Visit, shoot: Callable[[str], None]) -> None:
    visit.ask(ANSWERED)
    visit.page.wait_for_timeout(600)
    shoot("answer")
    visit.page.locator("#latest .mark").nth(1).click()
    visit.page.wait_for_timeout(300)
    shoot("source")
    visit.page.keyboard.press("Escape")
    visit.page.locator("#latest .foot").scroll_into_view_if_needed()
    visit.page.wait_for_timeout(300)
    shoot("answer-end")


def events(visit: Visit, shoot: Callable[[str], None]) -> None:
    visit.ask("Which immune-related adverse events occur with nivolumab plus ipilimumab?")
    visit.page.locator("#latest .events").scroll_into_view_if_needed()
    visit.page.wait_for_timeout(300)
    shoot("events")


def abstention(visit: Visit, shoot: Callable[[str], None]) -> None:
    visit.ask(UNANSWERED)
    shoot("abstention")


def filters(visit: Visit, shoot: Callable[[str], None]) -> None:
    visit.page.get_by_role("button", name="Filters").click()
    field = visit.page.get_by_label("Drug or class")
    field.fill("Keytruda")
    field.press("Enter")
    visit.page.locator("#chips .chip").wait_for()
    visit.page.get_by_role("button", name="Filters").scroll_into_view_if_needed()
    visit.page.wait_for_timeout(400)
    shoot("filters")


def library(visit: Visit, shoot: Callable[[str], None]) -> None:
    visit.page.get_by_role("tab", name="Library").click()
    visit.page.locator(".shelf li").first.wait_for()
    shoot("library")
    visit.page.locator(".shelf button").nth(2).click()
    visit.page.locator("article.paper").wait_for()
    visit.page.wait_for_timeout(300)
    shoot("paper")
    visit.page.get_by_role("tab", name="Overview").click()
    visit.page.locator(".charts").wait_for()
    shoot("overview")
    visit.page.get_by_role("tab", name="Add papers").click()
    visit.page.wait_for_timeout(300)
    with tempfile.TemporaryDirectory() as folder:
        files = sorted(write_papers(Path(folder)).iterdir())
        visit.choose(files)
        visit.page.get_by_role("button", name="Add to the library").click()
        visit.page.locator("#added .adding li").nth(1).wait_for(timeout=PATIENCE)
        visit.page.wait_for_timeout(800)
    shoot("adding")
    visit.page.get_by_role("tab", name="Quality").click()
    visit.page.locator("#quality code").wait_for()
    shoot("quality")


STATES = (welcome, answer, events, abstention, filters, library)


def main(folder: Path, only: tuple[str, ...] = ()) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as temporary:
        home = Path(temporary)
        start(["demo", "--library", "starter"], home=home)
        with served(home, home / "starter") as address, chromium() as browser:
            for width, (across, down) in WIDTHS.items():
                for dark in (False, True):
                    name = f"{width}-{'dark' if dark else 'light'}"
                    for state in STATES:
                        if only and state.__name__ not in only:
                            continue
                        with visiting(browser, address, width=across, height=down, dark=dark) as visit:

                            def shoot(what: str, visit: Visit = visit, name: str = name) -> None:
                                visit.page.screenshot(path=folder / f"{what}-{name}.png")

                            visit.page.locator(".answers:not(.loading)").wait_for(timeout=PATIENCE)
                            state(visit, shoot)


if __name__ == "__main__":
    if reason := missing():
        sys.exit(f"NOT RUN: {reason}")
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "screenshots"), tuple(sys.argv[2:]))

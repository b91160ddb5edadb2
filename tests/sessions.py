"""Ten people at the page at once, without an LLM: python -m tests.sessions [SECONDS]

Real browser sessions ask the starter library one question after the other, first one person alone, then ten together.
Told are the seconds from a question to the first sentence with its source, and every error that anybody met.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parent))

from browser import CHROMIUM, PATIENCE, SWITCHES, missing, served
from commands import start

from ui.page.frame import EXAMPLES

if TYPE_CHECKING:
    from playwright.async_api import Browser

TOGETHER = 10
SECONDS = 180
ALONE = 3  # times shorter that one person asks alone
READS = 3  # seconds that a person reads before the next question


async def session(browser: Browser, address: str, number: int, until: float) -> tuple[list[float], list[str]]:
    """What one person met: seconds to the first evidence of each answer, and errors."""
    context = await browser.new_context()
    page = await context.new_page()
    page.set_default_timeout(PATIENCE)
    waited: list[float] = []
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    try:
        await page.goto(address)
        await page.locator(".answers:not(.loading)").wait_for()
        questions = cycle(EXAMPLES[number % len(EXAMPLES) :] + EXAMPLES[: number % len(EXAMPLES)])
        for asked, (_, question) in enumerate(questions):
            if time.monotonic() >= until:
                break
            await page.locator("#question textarea").fill(question)
            began = time.monotonic()
            await page.locator("#question textarea").press("Enter")
            turn = page.locator(f"#latest [data-turn='{asked}']")
            await turn.locator(".mark, .abstained, .failed").first.wait_for()
            waited.append(time.monotonic() - began)
            await page.locator(f"#latest [data-turn='{asked}'][aria-busy=false]").wait_for()
            errors += await turn.locator(".failed").all_text_contents()
            await asyncio.sleep(READS)
    except Exception as error:
        errors.append(f"{type(error).__name__}: {error}")
    finally:
        await context.close()
    return waited, errors


async def sessions(address: str, people: int, seconds: float) -> tuple[list[float], list[str]]:
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        until = time.monotonic() + seconds
        met = await asyncio.gather(*(session(browser, address, number, until) for number in range(people)))
        await browser.close()
    return [one for waited, _ in met for one in waited], [one for _, errors in met for one in errors]


def percentile(values: list[float], share: float) -> float:
    """The smallest value that at least `share` of all do not exceed."""
    ordered = sorted(values)
    return ordered[max(-(-len(ordered) * round(share * 100) // 100) - 1, 0)]


def main(seconds: float) -> int:
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as temporary:
        home = Path(temporary)
        start(["demo", "--library", "starter"], home=home)
        with served(home, home / "starter") as address:
            asyncio.run(sessions(address, 1, 0))  # until the models are loaded
            print("people\tquestions\tp50\tp95\terrors")
            for people, long in ((1, seconds / ALONE), (TOGETHER, seconds)):
                waited, errors = asyncio.run(sessions(address, people, long))
                wrong += errors
                p50, p95 = (f"{percentile(waited, share):.2f} s" if waited else "" for share in (0.5, 0.95))
                print(people, len(waited), p50, p95, len(errors), sep="\t")
    for error in wrong:
        print(error, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    if reason := missing():
        sys.exit(f"NOT RUN: {reason}")
    sys.exit(main(float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS))

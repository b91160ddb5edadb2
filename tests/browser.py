"""The page in a real browser: `immunorag ui` as people start it, and Debian's Chromium, driven by Playwright."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from commands import COMMAND, at_home

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page, Request

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
SWITCHES = ("--disable-gpu", *(("--no-sandbox",) if os.geteuid() == 0 else ()))
PATIENCE = 60_000  # milliseconds: models are loaded once, on machines that do other things too


def missing() -> str:
    """Why the page cannot be tried in a browser here; "" where it can, or where that is demanded."""
    if os.environ.get("IMMUNORAG_BROWSER") == "demanded":
        return ""
    try:
        import playwright  # noqa: F401
    except ImportError:
        return "Playwright is not installed: pip install playwright"
    return "" if Path(CHROMIUM).exists() else "Chromium is not installed: apt-get install chromium"


@contextmanager
def served(home: Path, library: Path, *arguments: str, key: str = "") -> Iterator[str]:
    """The page over `library`, served by a process of its own; yields its address, and ends it by Ctrl-C.

    `key` is that of an LLM, if one is named.
    """
    command = [*COMMAND, "ui", "--library", str(library), "--port", "0", *arguments]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=(home / "page.log").open("wb"),
        env=at_home(home, {"OPENAI_API_KEY": key}),
        cwd=home,
    )
    assert process.stdout is not None
    try:
        address = process.stdout.readline().decode().strip()
        assert address.startswith("http://"), (home / "page.log").read_text()
        yield address
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(60)


@contextmanager
def chromium() -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Visit:
    """One visitor: a context of the browser, its page, and every request that it made."""

    page: Page
    requests: list[Request] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def outside(self) -> list[str]:
        """Addresses of requests that would have left this machine."""
        hosts = {request.url: urlsplit(request.url).hostname for request in self.requests}
        return [url for url, host in hosts.items() if host not in (None, "127.0.0.1", "localhost")]

    def ask(self, question: str) -> None:
        """Ask, and wait until the answer is whole."""
        self.page.locator("#question textarea").fill(question)
        self.page.locator("#question textarea").press("Enter")
        self.answered(question)

    def choose(self, files: Sequence[Path]) -> None:
        """Choose `files` for upload, and wait until they are listed.

        Gradio may draw its field anew just after it appears, and forgets what was chosen before; a hand is slower.
        """
        from playwright.sync_api import TimeoutError as TooLate

        listed = self.page.locator("#files tr.file").nth(len(files) - 1)
        for _ in range(5):
            self.page.locator("#files input[type=file]").set_input_files(files)
            try:
                listed.wait_for(timeout=PATIENCE / 5)
            except TooLate:
                continue
            return
        listed.wait_for(timeout=1)

    def answered(self, question: str) -> None:
        turn = self.page.locator("#latest .turn[aria-busy=false]").filter(has_text=question)
        turn.wait_for(timeout=PATIENCE)


@contextmanager
def visiting(
    browser: Browser, address: str, *, width: int = 1280, height: int = 900, dark: bool = False
) -> Iterator[Visit]:
    context: BrowserContext = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light", accept_downloads=True,
        permissions=["clipboard-read", "clipboard-write"],
    )  # fmt: skip
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    visit = Visit(page)
    page.on("request", lambda request: visit.requests.append(request))
    page.on("pageerror", lambda error: visit.errors.append(str(error)))
    page.goto(address)
    page.locator("#question textarea").wait_for()
    try:
        yield visit
    finally:
        context.close()

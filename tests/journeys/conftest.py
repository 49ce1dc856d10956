"""A real browser, watched: a page that logs an error, breaks its policy or asks another host fails its test."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    expect,
    sync_playwright,
)

ROOT = Path(__file__).parents[2]
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
QUIET = (
    "--no-sandbox",  # CI runs as root, where Chromium has none
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
HERE = {"127.0.0.1", "localhost", "[::1]", "::1"}
SERIOUS = {"serious", "critical"}

Visit = Callable[..., Page]


class Watch:
    """Remembers what no page of ours may do; what a test brings about on purpose it allows beforehand."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.allowed: list[str] = []

    def over(self, context: BrowserContext) -> None:
        """Watch every page of a context."""
        context.on("request", self._request)
        context.on("console", self._console)
        context.on("weberror", lambda error: self._note(f"uncaught: {error.error}"))

    def allow(self, *words: str) -> None:
        """Let pass whatever contains one of these words: ``watch.allow("status of 403")``."""
        self.allowed += words

    def faults(self) -> list[str]:
        """Return what was seen and not allowed."""
        return [fault for fault in self.seen if not any(words in fault for words in self.allowed)]

    def _request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in {"blob", "about"} and address.hostname not in HERE:
            self._note(f"request to another host: {request.url}")

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self._note(f"console {message.type}: {message.text} ({message.location.get('url', '')})")

    def _note(self, fault: str) -> None:
        self.seen.append(fault)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return a real Chromium, started once for all journeys; without one they are skipped, in CI they fail."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("There is no Chromium here; .ci/run installs one.")
        pytest.skip("there is no Chromium on this machine")
    expect.set_options(timeout=15_000)  # a machine of two cores that does other things as well
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=list(QUIET))
        yield opened
        opened.close()


@pytest.fixture
def watch() -> Watch:
    """Return what watches the pages of this test."""
    return Watch()


@pytest.fixture
def visit(browser: Browser, watch: Watch) -> Iterator[Visit]:
    """Return what opens a fresh browser window: ``visit(width=390, java_script_enabled=False)``.

    What serves the pages has to outlive them: a fixture that this one comes after, or an autouse one.
    Each has cookies of its own, so that two people can be at work in one test. Other words go to
    Playwright's ``new_context``.
    """
    contexts: list[BrowserContext] = []

    def opened(width: int = 1440, height: int = 900, **options: Any) -> Page:
        settings = {"locale": "en-GB", "timezone_id": "Europe/Kyiv", "reduced_motion": "reduce"} | options
        context = browser.new_context(viewport={"width": width, "height": height}, **settings)
        context.set_default_timeout(20_000)
        watch.over(context)
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        context.close()
    assert not watch.faults(), "\n".join(["the browser saw:", *watch.faults()])


@pytest.fixture
def page(visit: Visit) -> Page:
    """Return one page in a window of 1440 by 900."""
    return visit()


@pytest.fixture(scope="session")
def axe() -> Callable[[Page], list[str]]:
    """Return what examines a page with axe-core and returns its serious and critical violations."""
    path = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
    if not path.exists():
        pytest.fail("axe-core is not there: python3 frontend/build.py --anew installs it.")
    source = path.read_text("utf-8")

    def examine(page: Page) -> list[str]:
        page.evaluate(source)
        found = page.evaluate("() => axe.run(document, { resultTypes: ['violations'] })")
        return [
            f"{violation['id']}: {violation['help']}: {node['target'][0]} ({node['failureSummary'][:300]})"
            for violation in found["violations"]
            if violation["impact"] in SERIOUS
            for node in violation["nodes"]
        ]

    return examine

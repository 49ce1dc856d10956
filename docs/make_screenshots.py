"""Look at every page: take pictures of the web face with the demonstration's data, and with none.

``python docs/make_screenshots.py``             all pages, wide and narrow, light and dark, into .cache/screenshots
``python docs/make_screenshots.py --tutorial``  the few that the tutorial shows, into docs/tutorial/pictures

It needs Chromium and the built front end (``python3 frontend/build.py``). Without ``--instance`` it builds the
demonstration first, which takes a minute.
"""

import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from rich.progress import Progress
from werkzeug.serving import WSGIRequestHandler, make_server

from evidence_tracker.access.accounts import find_account, set_secret
from evidence_tracker.app import create_app
from evidence_tracker.cli.demonstration.course import run
from evidence_tracker.cli.demonstration.story import Telling
from evidence_tracker.cli.demonstration.world import PASSPHRASE
from evidence_tracker.custody.events import Actor, Door
from evidence_tracker.instance import Instance, create, open_instance
from evidence_tracker.keys.unlockers import CHEAP, Passphrase
from evidence_tracker.settings import Kind

DOCS = Path(__file__).parent
SHOTS = DOCS.parent / ".cache" / "screenshots"
PICTURES = DOCS / "tutorial" / "pictures"
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
WIDTHS = (1440, 390)
SCHEMES = ("light", "dark")
#: The first of a list is what a record page is looked at with; ``*`` stands for it.
ROOMS = (
    "missions",
    "people",
    "interviews",
    "captures",
    "evidence",
    "incidents",
    "allegations",
    "submissions",
    "parties",
    "agreements",
    "instructions",
    "units",
    "suspects",
    "companies",
    "remnants",
    "tasks",
)
PAGES = (
    "/",
    "/search?q=cellar",
    "/notices",
    "/custody/",
    "/custody/access",
    "/custody/identities",
    "/figures",
    "/team/",
    "/compartments/",
    "/account",
    "/account/sessions",
    "/evidence/?view=gallery",
    "/incidents/?view=timeline",
    "/allegations/categories",
    "/allegations/*/matrix",
    "/submissions/*/guide",
    "/people/*/consent",
    "/people/*/protection",
    "/people/*/do/record-consent",
    "/people/new/register",
    "/interviews/*/path",
    "/evidence/receive",
    "/evidence/*/custody",
    "/evidence/*/history",
)
#: What the tutorial shows: name, who sees it, where, at which width and height.
SHOWN = (
    ("start", "marko", "/", 1200, 760),
    ("consent", "marko", "/people/*/do/record-consent", 1200, 900),
    ("taking-in", "marko", "/evidence/receive", 1200, 900),
    ("matrix", "nadia", "/allegations/KYI-A-0001/matrix?element=1", 1200, 900),
    ("guide", "halyna", "/submissions/KYI-S-0001/guide?step=release", 1200, 720),
    ("custody", "halyna", "/custody/", 1200, 760),
)


class Quiet(WSGIRequestHandler):
    """A server that writes no line for each request."""

    def log(self, type: str, message: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def served(instance: Instance) -> Iterator[str]:
    """Serve an open instance on loopback; yields its address."""
    from evidence_tracker.web.house import House  # noqa: PLC0415 - the web is loaded when it is served

    server = make_server("127.0.0.1", 0, create_app(House.of(instance)), threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def empty(path: Path) -> Instance:
    """Return a new instance in which nothing was recorded, with the demonstration's secret."""
    made = create(
        path,
        organisation="Fictional Documentation Centre",
        origin="evidence.example/empty",
        kind=Kind.DEMO,
        unlocker=Passphrase(PASSPHRASE, CHEAP),
        login="halyna",
        system_user=None,
        display_name="Halyna Vydumana (fictional)",
    )
    with made.transaction() as session:
        account = find_account(session, "halyna")
        actor = Actor(account.id, account.login, Door.COMMAND_LINE)
        set_secret(session, account, PASSPHRASE, actor=actor, cost=CHEAP)
    return made


def signed_in(browser: Browser, address: str, login: str, width: int, height: int, scheme: str) -> Page:
    """Return a page of somebody who is signed in."""
    settings = {"locale": "en-GB", "timezone_id": "Europe/Kyiv", "reduced_motion": "reduce"}
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,  # type: ignore[arg-type] # one of two words
        **settings,  # type: ignore[arg-type] # words of Playwright's own
    )
    page = context.new_page()
    page.goto(f"{address}/sign-in")
    page.get_by_label("Login").fill(login)
    page.get_by_label("Secret").fill(PASSPHRASE)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: not url.endswith("/sign-in"))
    return page


def address_of(page: Page, address: str, path: str) -> str | None:
    """Return a page's address, with the newest record of its room for ``*``; None where there is none."""
    if "*" not in path:
        return address + path
    page.goto(f"{address}/{path.split('/')[1]}/")
    first = page.locator("[data-open]").first
    if not first.count():
        return None
    reference = str(first.get_attribute("href")).split("?", maxsplit=1)[0].split("/")[2]
    return address + path.replace("*", reference)


def all_pages(browser: Browser, address: str, login: str, to: Path, name: str) -> None:
    """Save a picture of every page as somebody sees it."""
    paths = [*PAGES, *(f"/{room}/" for room in ROOMS), *(f"/{room}/*" for room in ROOMS)]
    for width in WIDTHS:
        for scheme in SCHEMES:
            page = signed_in(browser, address, login, width, 900, scheme)
            for path in paths:
                url = address_of(page, address, path)
                if url is None:
                    continue
                page.goto(url)
                named = re.sub(r"[^a-z0-9]+", "-", path.replace("*", "one")).strip("-") or "start"
                page.screenshot(path=to / f"{name}-{named}-{width}-{scheme}.png", full_page=True)
            page.context.close()
            click.echo(f"{name}: {width} px, {scheme}")


def tutorial(browser: Browser, address: str, to: Path) -> None:
    """Save the pictures of the tutorial, small enough for a repository."""
    for name, login, path, width, height in SHOWN:
        page = signed_in(browser, address, login, width, height, "light")
        url = address_of(page, address, path)
        if url is None:
            raise click.ClickException(f"{login} sees nothing to show at {path}.")
        page.goto(url)
        taken = to / f"{name}.png"
        page.screenshot(path=taken)
        page.context.close()
        with Image.open(taken) as drawn:
            few = drawn.convert("RGB").quantize(
                128, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE
            )
        few.save(taken, optimize=True)
        click.echo(f"{taken.name}: {taken.stat().st_size // 1024} kB")


@click.command()
@click.option(
    "--in", "to", type=click.Path(file_okay=False, path_type=Path), default=SHOTS, show_default=True
)
@click.option(
    "--instance", type=click.Path(exists=True, path_type=Path), help="A demonstration that is there."
)
@click.option("--tutorial", "is_tutorial", is_flag=True, help="Only the pictures of the tutorial.")
def main(to: Path, instance: Path | None, *, is_tutorial: bool) -> None:
    """Take pictures of the web face, with the demonstration's data and with none."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        raise click.ClickException("There is no Chromium on this machine.")
    target = PICTURES if is_tutorial else to
    target.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as scratch, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        take(browser, instance or told(Path(scratch)), target, Path(scratch), is_tutorial=is_tutorial)
        browser.close()


def told(scratch: Path) -> Path:
    """Build the demonstration; returns where it is."""
    with Progress(disable=True) as bar:
        run(scratch / "demo", None, Telling(is_quiet=True), bar)
    return scratch / "demo"


def take(browser: Browser, demo: Path, to: Path, scratch: Path, *, is_tutorial: bool) -> None:
    """Take the pictures of the demonstration, and of an instance in which there is nothing yet."""
    opened = open_instance(demo, Passphrase(PASSPHRASE, CHEAP))
    with served(opened) as address:
        if is_tutorial:
            tutorial(browser, address, to)
        else:
            all_pages(browser, address, "halyna", to, "demo")
    opened.close()
    if not is_tutorial:
        bare = empty(scratch / "empty")
        with served(bare) as address:
            all_pages(browser, address, "halyna", to, "empty")
        bare.close()


if __name__ == "__main__":
    main()

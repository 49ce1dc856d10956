"""Look at every page: take pictures of the web face with the demonstration's data, and with none.

``python docs/make_screenshots.py``             all pages, wide and narrow, light and dark, into .cache/screenshots
``python docs/make_screenshots.py --tutorial``  the few that the tutorial shows, into docs/tutorial/pictures

It needs Chromium and the built front end (``python3 frontend/build.py``). Without ``--instance`` it builds the
demonstration first, which takes a minute.
"""

import re
import shutil
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

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
from evidence_tracker.web.house import House

DOCS = Path(__file__).parent
SHOTS = DOCS.parent / ".cache" / "screenshots"
PICTURES = DOCS / "tutorial" / "pictures"
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
WIDTHS = (1440, 390)
SCHEMES = ("light", "dark")
HEIGHT = "() => Math.max(900, document.documentElement.scrollHeight)"
HIGHEST = 6000
OK = 200
BROKEN = 500
#: Who looks at the demonstration, in this order: a page is taken as the first sees it who comes to it.
PEOPLE = ("halyna", "ostap", "tomas", "nadia", "vira", "marko")
#: Where a walk begins; it follows every link from there.
BEGINNINGS = ("/", "/search?q=cellar", "/notices", "/account/sessions", "/account/secret", "/no-such-page")
#: Each view of a list, each step of a path and one opened cell of a matrix are pictures of their own.
VIEWS = re.compile(r"(view=\w+|step=[\w-]+|element=1)$")
#: What is no page: files, and what answers for a moment only.
NOT_PAGES = re.compile(r"^/static/|\.csv$|/(preview|page|text|media|bundle|custody/key)(/|$)|^/logout")
REFERENCE = re.compile(r"/(?:PN-[0-9A-Z]+|[A-Z]{3}(?:-[0-9A-Z]+)+|age1\w+)(?=/|$)")
UNIQUE = re.compile(r"/[0-9a-f]{8}-[0-9a-f-]{27}(?=/|$)")
LINKS = "() => [...document.querySelectorAll('main a[href], nav a[href], header a[href]')].map(a => a.href)"
#: All forms are made by one template: one is taken where it has a part that no form before had.
FORM = re.compile("/(do|in|new)/")
PART = re.compile('(?:class|type|role)="[^"]*"')
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
def served(house: House) -> Iterator[str]:
    """Serve an instance on loopback, open or locked; yields its address."""
    server = make_server("127.0.0.1", 0, create_app(house), threaded=True, request_handler=Quiet)
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


def kind_of(path: str) -> str:
    """Return what is the same for all records of a room: ``/people/*/do/amend``, ``/evidence/?view=gallery``."""
    parts = urlsplit(path)
    bare = UNIQUE.sub("/#", REFERENCE.sub("/*", parts.path))
    bare = re.sub(r"^/(team|compartments)/(?!new/)[^/]+|^/(allegations/categories)/.+", r"/\1\2/*", bare)
    return f"{bare}?{parts.query}" if VIEWS.match(parts.query) else bare


def all_pages(browser: Browser, address: str, people: Sequence[str], to: Path, *, every_form: bool) -> None:
    """Save pictures of every kind of page that one of some people comes to by its links."""
    seen: set[str] = set()
    shown: set[str] = set()
    for login in people:
        page = signed_in(browser, address, login, WIDTHS[0], 900, SCHEMES[0])
        waiting = list(BEGINNINGS)
        taken = 0
        while waiting:
            path = waiting.pop(0)
            kind = kind_of(path) if path != "/" else f"start of {login}"
            if kind in seen or NOT_PAGES.search(urlsplit(path).path):
                continue
            if not opens(page, address, path):
                continue  # somebody else may be let in
            seen.add(kind)
            parts = set(PART.findall(page.content().partition("<main")[2]))
            if FORM.search(kind) and parts <= shown and not every_form:
                continue
            shown |= parts
            waiting += [url.removeprefix(address) for url in page.evaluate(LINKS) if url.startswith(address)]
            pictures(page, to, kind)
            taken += 1
        page.context.close()
        click.echo(f"{to.name}: {login} came to {taken} kinds of pages")


def opens(page: Page, address: str, path: str) -> bool:
    """Go to a page; False if who is signed in may not, or if it is a file."""
    answer = page.request.get(address + path, max_redirects=0)
    is_page = answer.headers.get("content-type", "").startswith("text/html")
    if path in BEGINNINGS or (is_page and answer.status == OK):
        page.goto(address + path)
        return True
    if answer.status >= BROKEN:
        raise click.ClickException(f"{path} answered {answer.status}.")
    return False


def pictures(page: Page, to: Path, kind: str) -> None:
    """Save a page as it is now, at each width, light and dark."""
    name = re.sub(r"[^a-z0-9]+", "-", kind.replace("*", "one").replace("#", "row")).strip("-")
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type] # one of two words
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            # As high as the page is: what sticks to an edge stands where it belongs, and every picture is loaded.
            page.set_viewport_size({"width": width, "height": min(page.evaluate(HEIGHT), HIGHEST)})
            page.wait_for_load_state("networkidle")
            page.screenshot(path=to / f"{name}-{width}-{scheme}.png")
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})


def outside(browser: Browser, address: str, to: Path, name: str) -> None:
    """Save what somebody sees who is not signed in: the sign-in, or the locked house."""
    page = browser.new_page(locale="en-GB")
    page.goto(address)
    pictures(page, to, name)
    page.close()


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
@click.option("--every-form", is_flag=True, help="Also the forms that have no part of their own.")
def main(to: Path, instance: Path | None, *, is_tutorial: bool, every_form: bool) -> None:
    """Take pictures of the web face, with the demonstration's data and with none."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        raise click.ClickException("There is no Chromium on this machine.")
    with TemporaryDirectory() as scratch, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        demo = open_instance(instance or told(Path(scratch)), Passphrase(PASSPHRASE, CHEAP))
        if is_tutorial:
            PICTURES.mkdir(parents=True, exist_ok=True)
            with served(House.of(demo)) as address:
                tutorial(browser, address, PICTURES)
        else:
            take(browser, demo, PEOPLE, to / "demo", every_form=every_form)
            bare = empty(Path(scratch) / "empty")
            take(browser, bare, PEOPLE[:1], to / "empty", every_form=every_form)
            bare.close()
        demo.close()
        browser.close()


def told(scratch: Path) -> Path:
    """Build the demonstration; returns where it is."""
    with Progress(disable=True) as bar:
        run(scratch / "demo", None, Telling(is_quiet=True), bar)
    return scratch / "demo"


def take(browser: Browser, instance: Instance, people: Sequence[str], to: Path, *, every_form: bool) -> None:
    """Take pictures of an instance from the sign-in on, and of what is there while it is locked."""
    to.mkdir(parents=True, exist_ok=True)
    with served(House.of(instance)) as address:
        outside(browser, address, to, "sign-in")
        all_pages(browser, address, people, to, every_form=every_form)
    with served(House(instance.settings.path)) as address:
        outside(browser, address, to, "locked")


if __name__ == "__main__":
    main()

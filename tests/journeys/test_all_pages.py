"""Every page there is, on one furnished instance: nothing breaks, nothing runs over, everybody can read it."""

import re
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from evidence_tracker.access.models import Account
from evidence_tracker.access.tasks import give_task
from evidence_tracker.casework.exhibits.models import Exhibit
from evidence_tracker.casework.missions.models import CompetenceCategory
from evidence_tracker.instance import Instance
from evidence_tracker.web import ROOMS
from evidence_tracker.web.kinds import Scope, always
from tests.casework.submissions.scene import stage
from tests.cast import Cast
from tests.factories import (
    actors,
    allegations,
    exhibits,
    incidents,
    interviews,
    missions,
    osint,
    parties,
    persons,
)
from tests.journeys.served import Served, furnish, serving

#: The first who reaches a page is the one as whom it is looked at; together they may see all of them.
PEOPLE = ("olena", "amina", "daria", "chen", "bohdan", "outsider")
#: What is no page: files, and what answers for a moment only.
NOT_PAGES = re.compile(r"^/static/|\.csv$|/(preview|page|text|media|bundle|custody/key)(/|$)|^/logout")
REFERENCE = re.compile(r"/(?:PN-[0-9A-Z]+|KYI(?:-[0-9A-Z]+)+|age1\w+)(?=/|$)")
UNIQUE = re.compile(r"/[0-9a-f]{8}-[0-9a-f-]{27}(?=/|$)")
LINKS = "() => [...document.querySelectorAll('main a[href], nav a[href], header a[href]')].map(a => a.href)"
OVER = """() => {
    const over = document.documentElement.scrollWidth - window.innerWidth;
    if (over <= 1) return '';
    const wide = [...document.querySelectorAll('main *, header *')].filter(one => {
        const box = one.getBoundingClientRect();
        return box.width && one.checkVisibility() && box.right > window.innerWidth + 1 && !one.closest('.table-wrap, .visually-hidden');
    });
    return `${over} px too wide: ` + wide.slice(0, 3).map(one => one.outerHTML.slice(0, 120)).join(' | ');
}"""
#: All forms are made by one template: one is drawn where it has a part that no page before had.
FORM = re.compile("/(do|in|new)/")
PART = re.compile('(?:class|type|role)="[^"]*"')
Axe = Callable[[Page], list[str]]


@pytest.fixture(autouse=True)  # before the pages: it has to be there until they are closed
def served(instance: Instance, cast: Cast) -> Iterator[Served]:
    furnish(instance, cast)
    with serving(instance) as house:
        yield house


@pytest.fixture
def furnished(instance: Instance, cast: Cast, served: Served) -> None:
    """Make something of every room."""
    stage(instance, cast)
    with instance.transaction() as session:
        vault = instance.vault
        made = missions.under_way(session, cast)
        missions.device(session, cast, made)
        interviews.trained(session, cast, cast.amina, CompetenceCategory.CHILD)
        child = persons.child(session, cast.amina, cast.mission, identity=persons.OKSANA)
        interviews.closed(session, cast)
        interviews.planned(session, cast, child)
        capture = osint.capture(session, cast)
        osint.assessment(session, capture, cast.amina)
        exhibits.thing(session, vault, cast)
        exhibits.remnant(session, vault, cast)
        unit = actors.unit(session, cast.amina)
        actors.suspect(session, cast.amina)
        actors.company(session, cast.amina)
        partner = parties.partner(session, cast.olena)
        parties.agreement(session, cast.olena, partner)
        parties.instruction(
            session, cast.olena, parties.prosecutor(session, cast.olena, name="Інша прокуратура")
        )
        row = allegations.allegation(session, cast, incident=incidents.incident(session, cast))
        allegations.bearing(session, cast, row, 1, session.scalars(select(Exhibit).limit(1)).one())
        amina = session.get_one(Account, cast.amina.account_id)
        give_task(session, amina, facts={"title": "Ask again"}, actor=cast.olena, about=unit)


@pytest.mark.long  # every page as every role: many minutes on two cores
def test_every_page_can_be_read_by_everybody_on_every_screen(
    furnished: None, served: Served, visit, axe: Axe, watch
):
    watch.allow("status of 40")  # what somebody may not open answers 403 or 404, and the browser notes it
    faults: list[str] = []
    seen: dict[str, str] = {}
    for login in PEOPLE:
        page = served.sign_in(visit(), login)
        walk(page, served, login, seen, faults, axe)
        page.context.close()
    assert not faults, f"{len(faults)} faults\n" + "\n".join(faults)
    missed = sorted(wanted() - seen.keys())
    assert not missed, "nobody came to:\n" + "\n".join(missed)


def walk(page: Page, served: Served, login: str, seen: dict[str, str], faults: list[str], axe: Axe) -> None:
    """Follow every link to a kind of page that nobody looked at yet, and examine what it leads to."""
    waiting = ["/", "/search?q=cellar", "/account", "/account/secret", "/account/sessions", "/notices"]
    shown: set[str] = set()
    while waiting:
        path = waiting.pop(0)
        kind = kind_of(path)
        if NOT_PAGES.search(urlsplit(path).path) or kind in seen:
            continue
        answer = page.request.get(served.address + path)
        if answer.status in {403, 404}:
            continue
        seen[kind] = login
        if answer.status != 200:
            faults.append(f"{login} {path}: {answer.status}")
        parts = set(PART.findall(answer.text().partition("<main")[2]))
        if answer.status != 200 or (FORM.search(kind) and parts <= shown):
            continue
        shown |= parts
        page.goto(served.address + path)
        faults += examined(page, f"{login} {path}", axe)
        waiting += [urlsplit(url).path for url in page.evaluate(LINKS) if url.startswith(served.address)]


def examined(page: Page, where: str, axe: Axe) -> list[str]:
    """Return what is wrong with a page: what axe finds, and what is wider than the screen."""
    found = [f"{where}: {fault}" for fault in axe(page)]
    for width in (390, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        over = page.evaluate(OVER)
        if over:
            found.append(f"{where} at {width}: {over}")
    return found


def kind_of(path: str) -> str:
    """Return what is the same for all records of a room: ``/people/*/do/amend``."""
    if path.startswith("/allegations/categories/"):
        return "/allegations/categories/*"
    bare = UNIQUE.sub("/#", REFERENCE.sub("/*", urlsplit(path).path))
    return re.sub(r"^/(team|compartments)/(?!new/)[^/]+", r"/\1/*", bare)


def wanted() -> set[str]:
    """Return the pages that must have been looked at: every list, record and form of beginning."""
    pages = {"/", "/search", "/account", "/notices", "/custody/", "/custody/access", "/custody/identities"}
    for room in ROOMS:
        pages |= {f"/{room.name}/", f"/{room.name}/*"}
        pages |= {f"/{room.name}/new/{one.name}" for one in room.actions if one.scope is Scope.LIST}
        pages |= {f"/{room.name}/*/{tab.name}" for tab in room.tabs if tab.when is always}
    return pages

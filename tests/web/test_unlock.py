"""Locked, open, locked again; and the identities, lent by a custodian for a while."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from evidence_tracker.access.models import AccessEntry, AccessKind
from evidence_tracker.errors import Locked
from evidence_tracker.instance import Instance
from evidence_tracker.keys.unlockers import CHEAP, Passphrase
from evidence_tracker.web import attempts, create_app
from evidence_tracker.web.house import LENT_FOR, House
from evidence_tracker.web.session import SIGNED_IN
from tests.cast import PASSPHRASE, Cast


@pytest.fixture
def locked(instance_path: Path) -> Iterator[House]:
    """Return a house that nobody has opened yet."""
    house = House(instance_path)
    yield house
    house.lock()


@pytest.fixture
def browser(locked: House) -> FlaskClient:
    """Return a browser in front of it."""
    made = create_app(locked)
    made.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    return made.test_client()


# ---------------------------------------------------------------------------- locked


def test_a_locked_instance_shows_where_it_is_unlocked_and_nothing_else(browser, locked):
    app: Flask = browser.application
    for rule in app.url_map.iter_rules():
        if rule.endpoint not in {"static", "health.show", "unlock.show"} and "<" not in rule.rule:
            assert (browser.get(rule.rule).location or "").startswith("/unlock"), rule.rule
    assert browser.get("/welcome/anything").location == "/unlock?next=/welcome/anything"
    assert browser.get("/health").json == {"status": "locked"}
    assert browser.head("/health").status_code == 200


def test_a_script_is_told_that_it_is_locked(browser):
    answer = browser.get("/missions", headers={"Accept": "application/json"})

    assert answer.status_code == 423
    assert answer.json == {
        "error": "This instance is locked.",
        "advice": "Ask whoever holds its passphrase to unlock it.",
    }
    assert browser.put("/evidence/receive/x").status_code == 423


def test_the_page_says_what_kind_it_is_and_not_whose(browser):
    page = browser.get("/unlock").text

    assert "Test: its secrets protect nothing" in page
    assert "Fictional Documentation Centre" not in page
    assert "olena" not in page


def test_the_passphrase_opens_it_and_leads_to_where_one_wanted_to_go(browser, locked):
    answer = browser.post("/unlock?next=/account", data={"passphrase": PASSPHRASE})

    assert (answer.status_code, answer.location) == (303, "/account")
    assert locked.is_open
    assert browser.get("/health").json == {"status": "open"}
    assert browser.get("/account").location.startswith("/sign-in")


def test_unlocking_leads_to_no_other_site(browser):
    answer = browser.post("/unlock?next=//evil.example/", data={"passphrase": PASSPHRASE})

    assert answer.location == "/"


@pytest.mark.parametrize("passphrase", ["", "short", "not the passphrase", "x" * 10_000])
def test_anything_else_opens_nothing_and_says_the_same(browser, locked, passphrase):
    answer = browser.post("/unlock", data={"passphrase": passphrase})

    assert answer.status_code == 423
    assert "This is not the passphrase of this instance." in answer.text
    assert not locked.is_open


def test_guessing_is_slowed_down(browser, locked):
    for _ in range(attempts.FREE):
        browser.post("/unlock", data={"passphrase": "a wrong guess"})

    assert "Too many tries." in browser.post("/unlock", data={"passphrase": PASSPHRASE}).text
    assert not locked.is_open


def test_the_form_is_guarded_while_there_is_no_database(locked):
    made = create_app(locked)
    made.config.update(TESTING=True)
    browser = made.test_client()

    assert browser.post("/unlock", data={"passphrase": PASSPHRASE}).location == "/unlock"
    assert not locked.is_open


def test_unlocking_is_a_line_of_the_access_log(browser, locked):
    browser.post("/unlock", data={"passphrase": PASSPHRASE})

    with locked.instance.reading() as session:
        kinds = [row.kind for row in session.scalars(select(AccessEntry))]
    assert kinds == [AccessKind.UNLOCKED]


# ---------------------------------------------------------------------------- locking


def test_whoever_is_signed_in_locks_it_at_once(client_of, house):
    answer = client_of("outsider").post("/lock")

    assert answer.location == "/unlock"
    assert not house.is_open
    with pytest.raises(Locked):
        house.instance  # noqa: B018 - asking for it is the test


def test_a_stranger_locks_nothing(stranger, house):
    stranger.post("/lock")

    assert house.is_open


def test_a_lock_signs_nobody_out(client_of, house):
    browser = client_of("amina")
    before = browser.get_cookie(SIGNED_IN)
    browser.post("/lock")
    browser.get("/account")
    browser.get("/unlock")

    assert browser.get_cookie(SIGNED_IN) == before


# ---------------------------------------------------------------------------- identities


@pytest.fixture
def custodian(instance: Instance, cast: Cast) -> str:
    """Name bohdan a custodian with a secret of his own; returns it."""
    first = instance.keys.custodians()[0]
    private = instance.keys.unlock_identity(first, Passphrase(PASSPHRASE, CHEAP))
    instance.keys.name_custodian(str(cast.bohdan.account_id), Passphrase("secret of bohdan", CHEAP), private)
    return "secret of bohdan"


def test_a_custodian_lends_the_identities_for_a_quarter_of_an_hour(client_of, house, custodian, clock):
    with pytest.raises(Locked):
        house.identities()

    assert client_of("bohdan").post("/custody/identities", data={"secret": custodian}).status_code == 303

    assert house.identities().public().raw == house.instance.identity_public.raw
    assert "lent by bohdan" in client_of("amina").get("/custody/identities").text
    clock.at += LENT_FOR
    with pytest.raises(Locked):
        house.identities()


def test_the_first_custodian_lends_them_with_the_passphrase_of_the_instance(client_of, house):
    client_of("olena").post("/custody/identities", data={"secret": PASSPHRASE})

    assert house.lent is not None
    assert house.lent.login == "olena"


@pytest.mark.parametrize(
    ("login", "secret"), [("bohdan", "wrong secret"), ("amina", "secret of amina"), ("bohdan", PASSPHRASE)]
)
def test_nobody_else_and_nothing_else_opens_them(client_of, house, custodian, login, secret):
    answer = client_of(login).post("/custody/identities", data={"secret": secret})

    assert answer.status_code == 403
    assert house.lent is None


def test_a_custodian_takes_them_back_and_others_cannot(client_of, house, custodian):
    client_of("bohdan").post("/custody/identities", data={"secret": custodian})
    assert client_of("amina").post("/custody/identities", data={"back": "1"}).status_code == 403
    assert house.lent is not None

    client_of("bohdan").post("/custody/identities", data={"back": "1"})

    assert house.lent is None


def test_lending_is_noted_and_a_refusal_too(client_of, instance, custodian):
    browser = client_of("bohdan")
    browser.post("/custody/identities", data={"secret": "wrong secret"})
    browser.post("/custody/identities", data={"secret": custodian})
    browser.post("/custody/identities", data={"back": "1"})

    with instance.reading() as session:
        told = [
            (row.kind, row.what)
            for row in session.scalars(select(AccessEntry).order_by(AccessEntry.id))
            if row.kind != AccessKind.SIGN_IN
        ]
    assert told == [
        (AccessKind.DENIED, "This does not open the identity vault."),
        (AccessKind.UNLOCKED, "lent the identities"),
        (AccessKind.UNLOCKED, "took the identities back"),
    ]


def test_guessing_a_custodians_secret_is_slowed_down(client_of, house, custodian):
    browser = client_of("bohdan")
    for _ in range(attempts.FREE):
        browser.post("/custody/identities", data={"secret": "a wrong guess"})

    browser.post("/custody/identities", data={"secret": custodian})

    assert house.lent is None


def test_locking_forgets_the_identities(client_of, house, custodian):
    client_of("bohdan").post("/custody/identities", data={"secret": custodian})
    client_of("bohdan").post("/lock")

    assert house._lent is None

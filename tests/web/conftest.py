"""Fixtures of the web face: an application on the instance of the test, and people who are signed in."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from evidence_tracker.access import sessions
from evidence_tracker.access.models import Account
from evidence_tracker.custody.events import Actor, Door
from evidence_tracker.instance import Instance
from evidence_tracker.web import attempts, create_app, door, media, worker
from evidence_tracker.web.house import House
from evidence_tracker.web.session import SIGNED_IN, content_for
from evidence_tracker.web.works import Works

ClientOf = Callable[[str], FlaskClient]
Answer = Any


@pytest.fixture
def house(instance: Instance) -> House:
    """Return the house of this test's instance, open."""
    return House.of(instance)


@pytest.fixture(scope="session")
def app_of_all(template: Path) -> Flask:
    """Return the application that all tests of this process share; no request was sent to it yet.

    To make one, its addresses and its templates takes longer than most tests.
    """
    made = create_app(House(template))
    made.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    return made


@pytest.fixture
def app(app_of_all: Flask, house: House) -> Iterator[Flask]:
    """Return the application before the house of this test, as if it had just been started.

    CSRF is checked in the tests that are about it.
    """
    config, extensions = dict(app_of_all.config), dict(app_of_all.extensions)
    app_of_all.extensions |= {
        door.HOUSE: house,
        door.WORKS: Works(),
        attempts.ATTEMPTS: attempts.Attempts(),
        media.SEEN: media.Seen(),
    }
    app_of_all.extensions.pop(worker.WORKER, None)
    yield app_of_all
    for kept, before in ((app_of_all.config, config), (app_of_all.extensions, extensions)):
        kept.clear()
        kept.update(before)


@pytest.fixture
def client_of(app: Flask, instance: Instance) -> ClientOf:
    """Return a maker of browsers in which one of the cast is signed in already."""

    def sign_in(login: str) -> FlaskClient:
        browser = app.test_client()
        browser.set_cookie(SIGNED_IN, token_of(instance, login))
        return browser

    return sign_in


@pytest.fixture
def stranger(app: Flask) -> FlaskClient:
    """Return a browser in which nobody is signed in."""
    return app.test_client()


def token_of(instance: Instance, login: str, browser: str = "Firefox on Linux") -> str:
    """Begin a session of one of the cast, without a secret; returns the token of its cookie."""
    with instance.transaction() as session:
        account = session.scalars(select(Account).where(Account.login == login)).one()
        return sessions.begin_session(
            session,
            account,
            content=content_for(account),
            browser=browser,
            actor=Actor(account.id, account.login, Door.WEB),
        )

"""Fixtures of the web face: an application on the instance of the test, and people who are signed in."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from evidence_tracker.access import sessions
from evidence_tracker.access.models import Account
from evidence_tracker.custody.events import Actor, Door
from evidence_tracker.instance import Instance
from evidence_tracker.web import create_app
from evidence_tracker.web.house import House
from evidence_tracker.web.session import SIGNED_IN, content_for

ClientOf = Callable[[str], FlaskClient]
Answer = Any


@pytest.fixture
def house(instance: Instance) -> House:
    """Return the house of this test's instance, open."""
    return House.of(instance)


@pytest.fixture
def app(house: House) -> Flask:
    """Return the application; CSRF is checked in the tests that are about it."""
    made = create_app(house)
    made.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    return made


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

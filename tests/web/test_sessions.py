"""Sessions of browsers are rows: they end when they should, and a cookie alone is worth nothing."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from evidence_tracker.access import sessions
from evidence_tracker.access.accounts import set_secret, switch_off
from evidence_tracker.access.models import Account
from evidence_tracker.access.sign_in_models import SessionEnd, WebSession
from evidence_tracker.clock import FrozenClock
from evidence_tracker.errors import NotFound
from evidence_tracker.instance import Instance
from evidence_tracker.keys.unlockers import CHEAP
from evidence_tracker.settings import SESSION_IDLE, SESSION_LONGEST
from evidence_tracker.web.browsers import UNKNOWN, family
from evidence_tracker.web.session import BEFORE, SEEN_EVERY, SIGNED_IN
from tests.cast import Cast
from tests.web.conftest import token_of


def rows(instance: Instance) -> list[WebSession]:
    with instance.reading() as session:
        return list(session.scalars(select(WebSession).order_by(WebSession.created_at)))


def is_in(browser: FlaskClient) -> bool:
    return browser.get("/account").status_code == 200


def sign_in(browser: FlaskClient, login: str = "amina") -> Any:
    return browser.post("/sign-in", data={"login": login, "password": f"secret of {login}"})


# ---------------------------------------------------------------------------- the cookie


def test_the_cookie_is_random_and_only_its_digest_is_stored(app, instance):
    browser = app.test_client()
    sign_in(browser)
    cookie = browser.get_cookie(SIGNED_IN)

    assert cookie is not None
    (row,) = rows(instance)
    assert len(cookie.value) >= 43
    assert row.token_digest == sessions.digest_of(cookie.value)
    with instance.engine.connect() as connection:
        assert cookie.value not in str(connection.exec_driver_sql("SELECT * FROM web_session").all())


@pytest.mark.parametrize(
    ("url", "name"), [("http://localhost", SIGNED_IN), ("https://localhost", f"__Host-{SIGNED_IN}")]
)
def test_no_script_and_no_other_site_gets_the_cookie(app, url, name):
    answer = app.test_client().post(
        "/sign-in", data={"login": "amina", "password": "secret of amina"}, base_url=url
    )

    (cookie,) = (line for line in answer.headers.getlist("Set-Cookie") if line.startswith(f"{name}="))
    parts = {part.strip() for part in cookie.split(";")[1:]}
    assert {"HttpOnly", "Path=/", "SameSite=Lax"} <= parts
    assert ("Secure" in parts) == url.startswith("https")
    assert not any(part.startswith(("Domain", "Expires", "Max-Age")) for part in parts)


def test_the_token_is_another_one_after_the_sign_in(app, instance):
    browser = app.test_client()
    browser.get("/sign-in")
    planted = "planted-by-somebody-else"
    browser.set_cookie(SIGNED_IN, planted)
    sign_in(browser)

    cookie = browser.get_cookie(SIGNED_IN)
    assert cookie is not None
    assert cookie.value != planted
    other = app.test_client()
    other.set_cookie(SIGNED_IN, planted)
    assert not is_in(other)


def test_signing_in_leaves_no_cookie_of_before(app):
    browser = app.test_client()
    browser.get("/sign-in")
    assert browser.get_cookie(BEFORE) is not None
    sign_in(browser)

    assert browser.get_cookie(BEFORE) is None


@pytest.mark.parametrize("value", ["", "x", "AAAA", "é", "0" * 3000, "..", '{"_user_id":"1"}'])
def test_a_cookie_that_nobody_gave_is_as_none(app, value):
    browser = app.test_client()
    browser.set_cookie(SIGNED_IN, value)
    browser.set_cookie(BEFORE, value)

    assert not is_in(browser)
    assert browser.get("/sign-in").status_code == 200


def test_the_cookie_before_the_sign_in_lets_nobody_in(app: Flask, cast: Cast):
    with app.test_request_context("/"):
        sealed = app.session_interface._sealed(  # type: ignore[attr-defined] # reached into, as an attacker would
            {"_user_id": str(cast.amina.account_id), "_fresh": True}
        )
    browser = app.test_client()
    browser.set_cookie(BEFORE, sealed)

    assert not is_in(browser)


def test_what_is_kept_before_the_sign_in_cannot_be_read(app):
    browser = app.test_client()
    browser.get("/sign-in")
    cookie = browser.get_cookie(BEFORE)

    assert cookie is not None
    assert "csrf" not in cookie.value
    assert "Y3NyZ" not in cookie.value, "that would be csrf in base64"


def test_strangers_write_no_row(stranger, instance):
    for _ in range(3):
        stranger.get("/sign-in")
        stranger.get("/missions")

    assert rows(instance) == []


# ---------------------------------------------------------------------------- its end


def test_it_ends_after_half_an_hour_without_a_request(client_of, clock: FrozenClock):
    browser = client_of("amina")
    clock.at += SESSION_IDLE - timedelta(minutes=2)
    assert is_in(browser)
    clock.at += SESSION_IDLE - timedelta(minutes=2)
    assert is_in(browser), "a request in between keeps it"
    clock.at += SESSION_IDLE + timedelta(minutes=1)

    assert not is_in(browser)


def test_it_ends_after_a_working_day_whatever_is_done(client_of, clock: FrozenClock):
    browser = client_of("amina")
    end = clock.at + SESSION_LONGEST
    while clock.at < end:
        assert is_in(browser)
        clock.at += timedelta(minutes=20)

    assert not is_in(browser)


def test_signing_out_ends_it_for_whoever_copied_the_cookie_too(client_of, app, instance):
    browser = client_of("amina")
    cookie = browser.get_cookie(SIGNED_IN)
    assert cookie is not None
    copied = app.test_client()
    copied.set_cookie(SIGNED_IN, cookie.value)
    browser.post("/logout")

    assert not is_in(copied)
    assert [row.ended_reason for row in rows(instance)] == [SessionEnd.SIGNED_OUT]
    assert browser.get_cookie(SIGNED_IN) is None


def test_setting_a_secret_ends_them_in_the_same_act(client_of, instance, cast):
    browser = client_of("amina")
    with instance.transaction() as session:
        account = session.get_one(Account, cast.amina.account_id)
        set_secret(session, account, "another secret", actor=cast.olena, cost=CHEAP)

    assert not is_in(browser)


def test_switching_an_account_off_ends_them_in_the_same_act(client_of, instance, cast):
    browser = client_of("amina")
    with instance.transaction() as session:
        switch_off(session, session.get_one(Account, cast.amina.account_id), reason="left", actor=cast.olena)

    assert not is_in(browser)
    assert [row.ended_reason for row in rows(instance)] == [SessionEnd.SWITCHED_OFF]


def test_what_an_ended_session_held_is_forgotten(client_of, instance):
    browser = client_of("amina")
    browser.post("/logout")

    assert [row.content for row in rows(instance)] == ["{}"]


def test_rows_of_long_ago_are_forgotten(instance, clock):
    token_of(instance, "amina")
    clock.at += SESSION_LONGEST + sessions.KEPT_FOR + timedelta(minutes=1)
    token_of(instance, "amina")

    assert len(rows(instance)) == 1


# ---------------------------------------------------------------------------- one's own


def test_one_sees_ones_own_sessions_and_no_others(client_of, instance, app):
    token_of(instance, "amina", "Safari on an iPhone")
    token_of(instance, "chen", "Opera on Windows")

    page = client_of("amina").get("/account/sessions").text

    assert "Safari on an iPhone" in page
    assert "this one" in page
    assert "Opera" not in page


def other_than(instance: Instance, login: str) -> str:
    """Begin one more session of somebody, and return its id."""
    known = {row.id for row in rows(instance)}
    token_of(instance, login)
    (added,) = {row.id for row in rows(instance)} - known
    return str(added)


def test_one_ends_another_of_ones_own(client_of, instance):
    browser = client_of("amina")
    other = other_than(instance, "amina")

    assert browser.post("/account/sessions", data={"session": other}).status_code == 303

    assert is_in(browser)
    assert [row.ended_reason for row in rows(instance) if str(row.id) == other] == [SessionEnd.REVOKED]


def test_one_ends_all_the_others_at_once(client_of, instance):
    browser = client_of("amina")
    for _ in range(3):
        token_of(instance, "amina")
    token_of(instance, "chen")

    browser.post("/account/sessions", data={"session": "others"})

    assert is_in(browser)
    assert sum(row.ended_at is None for row in rows(instance)) == 2


@pytest.mark.parametrize("which", ["", "x", "00000000-0000-0000-0000-000000000000"])
def test_what_is_no_session_is_refused(client_of, which):
    assert client_of("amina").post("/account/sessions", data={"session": which}).status_code in {404, 422}


def test_nobody_ends_the_session_of_somebody_else(client_of, instance):
    other = other_than(instance, "chen")

    assert client_of("amina").post("/account/sessions", data={"session": other}).status_code == 404
    assert all(row.ended_at is None for row in rows(instance))


def test_an_ended_session_is_not_brought_back_by_a_late_request(instance, cast):
    token = token_of(instance, "amina")
    with instance.transaction() as session:
        found = sessions.resume_session(session, token)
        assert found is not None
        row_id = found[0].id
        sessions.end_session(session, row_id, SessionEnd.REVOKED)
        sessions.keep_session(session, row_id, content='{"late": 1}')

    assert [row.content for row in rows(instance)] == ["{}"]
    with instance.reading() as session:
        assert sessions.resume_session(session, token) is None


def test_revoking_asks_whose_it_is(instance, cast: Cast):
    token_of(instance, "chen")
    (row,) = rows(instance)
    with instance.transaction() as session, pytest.raises(NotFound):
        sessions.revoke_session(session, row.id, actor=cast.amina)


# ---------------------------------------------------------------------------- what it costs


def test_a_request_writes_nothing_but_that_it_was_seen_once_a_minute(client_of, instance, clock):
    browser = client_of("amina")
    browser.get("/account")
    (before,) = rows(instance)
    clock.at += SEEN_EVERY / 2
    browser.get("/account")
    (meanwhile,) = rows(instance)
    clock.at += SEEN_EVERY
    browser.get("/account")
    (after,) = rows(instance)

    assert meanwhile.last_seen_at == before.last_seen_at
    assert after.last_seen_at == clock.at


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Safari/604.1",
            "Safari on an iPhone",
        ),
        ("", UNKNOWN),
        ("<script>alert(1)</script>" * 1000, UNKNOWN),
    ],
)
def test_of_a_browser_two_words_are_kept(header, told):
    assert family(header) == told

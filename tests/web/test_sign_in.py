"""Signing in with one's own secret and a code: who comes in, who does not, and what tells them apart."""

import re
import time
from dataclasses import replace
from datetime import timedelta
from typing import Any

import argon2
import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_login import login_user
from passlib.totp import TOTP
from sqlalchemy import select

from evidence_tracker.access import invitations, second_factor
from evidence_tracker.access.accounts import confirm_secret, hash_secret, switch_off, take_as_long
from evidence_tracker.access.models import AccessEntry, AccessKind, Account
from evidence_tracker.clock import FrozenClock
from evidence_tracker.custody.history import events_of
from evidence_tracker.errors import Locked, NotPermitted
from evidence_tracker.instance import Instance
from evidence_tracker.jobs.audit import audit
from evidence_tracker.keys.unlockers import CHEAP, STRONG, Passphrase
from evidence_tracker.settings import Kind
from evidence_tracker.web import attempts, create_app
from evidence_tracker.web.house import House
from evidence_tracker.web.session import SIGNED_IN
from evidence_tracker.web.sign_in import PUBLIC, confirm_own_secret
from evidence_tracker.web.signed_in import SignedIn
from tests.cast import PASSPHRASE, Cast

SECRET = "secret of amina"
WRONG = "The login or the secret is not right."


def sign_in(browser: FlaskClient, login: str = "amina", secret: str = SECRET, **more: str) -> Any:
    return browser.post("/sign-in", data={"login": login, "password": secret, **more})


def lines(instance: Instance) -> list[tuple[str, bool]]:
    """Return what the access log says of sign-ins, and whether it names an account."""
    with instance.reading() as session:
        rows = session.scalars(select(AccessEntry).where(AccessEntry.kind == AccessKind.SIGN_IN))
        return [(row.what, row.account_id is not None) for row in rows.all()]


# ---------------------------------------------------------------------------- who comes in


def test_whoever_has_the_secret_comes_in_and_the_access_log_says_so(stranger, instance):
    answer = sign_in(stranger)

    assert (answer.status_code, answer.location) == (302, "/")
    assert stranger.get("/account").status_code == 200
    assert lines(instance) == [("signed in (secret) with another program", True)]


@pytest.mark.parametrize(
    ("login", "secret"),
    [
        ("amina", "another secret"),
        ("amina", ""),
        ("amina", "x" * 5000),
        ("nobody", SECRET),
        ("", SECRET),
        ("AMINA", SECRET),
        ("amina' OR 1=1 --", SECRET),
        ("аміна", SECRET),
        ("\0amina", SECRET),
    ],
)
def test_a_wrong_secret_and_an_unknown_login_look_alike(stranger, login, secret):
    answer = sign_in(stranger, login, secret)

    assert answer.status_code == 200
    assert WRONG in answer.text
    assert stranger.get_cookie(SIGNED_IN) is None
    assert stranger.get("/account").status_code == 302


def test_what_was_typed_as_a_login_is_in_no_log(stranger, instance, caplog):
    sign_in(stranger, "my secret in the wrong field", "x")

    assert lines(instance) == [("sign-in refused: there is no such login", False)]
    assert "wrong field" not in caplog.text


def test_a_failed_sign_in_is_a_line_of_the_access_log(stranger, instance):
    sign_in(stranger, "amina", "not hers")

    assert lines(instance) == [("sign-in refused: a wrong secret", True)]


def test_an_account_that_was_switched_off_is_as_unknown(stranger, instance, cast: Cast):
    with instance.transaction() as session:
        switch_off(session, session.get_one(Account, cast.amina.account_id), reason="left", actor=cast.olena)

    assert WRONG in sign_in(stranger).text


def test_an_unknown_login_takes_as_long_as_a_wrong_secret(app, monkeypatch):
    spent: list[Any] = []
    monkeypatch.setattr(
        "evidence_tracker.access.accounts.take_as_long", lambda secret, cost: spent.append(cost)
    )

    sign_in(app.test_client(), "nobody", "some secret")

    assert spent == [CHEAP], "the instance's own cost, that a real check would have had"


def test_spending_the_time_of_a_check_takes_the_time_of_a_check():
    account = Account(login="amina", secret_hash=hash_secret("a good secret", STRONG))
    began = time.perf_counter()
    confirm_secret(account, "a good secret")
    real = time.perf_counter() - began
    began = time.perf_counter()
    take_as_long("a good secret", STRONG)
    spent = time.perf_counter() - began

    assert 0.3 < spent / real < 3


def test_the_page_comes_back_to_where_one_wanted_to_go(stranger):
    asked = stranger.get("/account/sessions?x=1")
    assert asked.location == "/sign-in?next=/account/sessions?x%3D1"

    answer = sign_in(stranger, next="/account/sessions?x=1")

    assert answer.location.endswith("/account/sessions?x=1")


@pytest.mark.parametrize(
    "target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x"]
)
def test_nobody_is_led_to_another_site(stranger, target):
    answer = sign_in(stranger, next=target)

    assert answer.location is None or re.match(r"/(?![/\\])", answer.location)


# ---------------------------------------------------------------------------- who is asked


def test_every_page_but_the_named_few_asks_for_a_sign_in(app: Flask, stranger: FlaskClient):
    answered = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint in PUBLIC:
            continue
        path = re.sub(r"<[^>]+>", "x", rule.rule)
        for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"}):
            answer = stranger.open(path, method=method)
            if not (answer.status_code == 401 or (answer.location or "").startswith("/sign-in")):
                answered.append((method, rule.rule, answer.status_code))

    assert answered == []


def test_an_address_that_does_not_exist_tells_a_stranger_nothing(stranger):
    assert stranger.get("/no-such-page").location == "/sign-in?next=/no-such-page"


def test_a_script_is_told_that_the_session_ended(stranger):
    for headers in ({"Accept": "application/json"}, {"HX-Request": "true"}):
        answer = stranger.get("/missions", headers=headers)
        assert answer.status_code == 401
    assert stranger.put("/evidence/receive/x", data=b"bytes").status_code == 401


def test_no_token_in_an_address_or_a_body_lets_anybody_in(stranger, app):
    security = app.extensions["security"]
    with app.test_request_context():
        token = security.remember_token_serializer.dumps({"ver": "5", "uid": "x", "fs_paa": 0, "exp": 0})

    assert stranger.get(f"/account?auth_token={token}").status_code == 302
    assert stranger.get("/account", headers={"Authentication-Token": token}).status_code == 302


# ---------------------------------------------------------------------------- CSRF


@pytest.fixture
def guarded(house: House) -> FlaskClient:
    """Return a browser of an application that checks where forms come from."""
    made = create_app(house)
    made.config.update(TESTING=True)
    return made.test_client()


def token_in(page: str) -> str:
    found = re.search(r'name="csrf-token" content="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_a_form_without_its_token_is_begun_again(guarded):
    answer = sign_in(guarded)

    assert answer.status_code == 302
    assert answer.location == "/sign-in"
    assert guarded.get_cookie(SIGNED_IN) is None


def test_with_its_token_it_is_taken_and_the_sign_out_too(guarded):
    token = token_in(guarded.get("/sign-in").text)
    assert sign_in(guarded, csrf_token=token).location == "/"

    assert guarded.post("/logout").status_code == 400
    token = token_in(guarded.get("/account").text)
    assert guarded.post("/logout", data={"csrf_token": token}).location == "/sign-in"
    assert guarded.get("/account").status_code == 302


def test_a_raw_put_needs_the_token_in_its_header(guarded):
    token = token_in(guarded.get("/sign-in").text)
    sign_in(guarded, csrf_token=token)
    token = token_in(guarded.get("/account").text)

    assert guarded.put("/missions/x/do/approve", data={"title": "x"}).status_code == 400
    kept = guarded.put("/missions/x/do/approve", headers={"X-CSRFToken": token})
    assert kept.status_code == 404


# ---------------------------------------------------------------------------- haste


def test_after_some_failures_one_has_to_wait_and_the_right_secret_waits_too(app):
    browser = app.test_client()
    for _ in range(attempts.FREE):
        assert WRONG in sign_in(browser, "amina", "guess").text

    assert "Too many tries. Wait 1 seconds" in sign_in(browser).text


def test_a_login_that_does_not_exist_is_slowed_down_in_the_same_words(app):
    browser = app.test_client()
    for _ in range(attempts.FREE):
        sign_in(browser, "nobody", "guess")

    assert "Too many tries. Wait 1 seconds" in sign_in(browser, "nobody", "guess").text


def test_one_address_is_slowed_down_whatever_login_it_tries(app):
    browser = app.test_client()
    for number in range(attempts.FREE):
        sign_in(browser, f"login{number}", "guess")

    assert "Too many tries" in sign_in(browser).text


def test_who_signed_in_here_before_is_not_kept_out_by_strangers(app):
    own, stranger = app.test_client(), app.test_client()
    sign_in(own)
    own.post("/logout")
    for _ in range(attempts.FREE):
        sign_in(stranger, "amina", "guess")
    assert "Too many tries" in sign_in(stranger).text

    assert sign_in(own).location == "/"


def test_the_mark_of_a_browser_counts_for_nobody_else(app):
    own = app.test_client()
    sign_in(own)
    own.post("/logout")
    for _ in range(attempts.FREE):
        sign_in(own, "chen", "guess")

    assert "Too many tries" in sign_in(own, "chen", "secret of chen").text


def test_signing_in_does_not_clear_an_address_for_guessing_at_others(app):
    browser = app.test_client()
    for number in range(attempts.FREE - 1):
        sign_in(browser, f"login{number}", "guess")
    sign_in(browser)
    browser.post("/logout")
    sign_in(browser, "chen", "guess")

    assert "Too many tries" in sign_in(browser, "daria", "secret of daria").text


def test_waits_grow_to_a_bound_and_are_forgotten():
    clock = FrozenSeconds()
    counted = attempts.Attempts(time=clock)
    keys = [("sign-in login", "x")]
    waits = []
    for _ in range(14):
        counted.failed(keys)
        waits.append(counted.wait_s(keys))

    assert waits[:5] == [0, 0, 0, 0, 1]
    assert waits == sorted(waits)
    assert waits[-1] == attempts.LONGEST_S
    clock.now += attempts.LONGEST_S
    assert counted.wait_s(keys) == 0
    clock.now += attempts.FORGOTTEN_AFTER_S
    counted.failed(keys)
    assert counted.wait_s(keys) == 0


def test_what_is_counted_takes_bounded_memory():
    counted = attempts.Attempts(most=50)
    for number in range(500):
        counted.failed([("sign-in login", str(number))])

    assert len(counted._failed) == 50


class FrozenSeconds:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


# ---------------------------------------------------------------------------- the second factor


@pytest.fixture
def field(house: House, app: Flask) -> Flask:
    """Return the application as a real instance has it: nobody does without a second factor."""
    house.settings = replace(house.settings, kind=Kind.FIELD)
    return app


def code_at(clock: FrozenClock, key: str) -> str:
    return str(TOTP(key=key).generate(time=clock.now()).token)


def set_factor(browser: FlaskClient, clock: FrozenClock) -> str:
    """Sign in and set the second factor that is asked for; returns the key that the authenticator keeps."""
    assert sign_in(browser).location.startswith("/second-factor/set")
    page = browser.post("/second-factor/set", data={"setup": "authenticator"}).text
    found = re.search(r'<span class="ref">([A-Z2-7 -]+)</span>', page)
    assert found is not None
    key = found[1].replace("-", "").replace(" ", "")
    answer = browser.post("/second-factor", data={"code": code_at(clock, key)})
    assert answer.location == "/account/recovery-codes"
    return key


def test_a_real_instance_lets_nobody_in_before_a_second_factor_is_set(field, clock):
    browser = field.test_client()
    assert sign_in(browser).location.startswith("/second-factor/set")

    assert browser.get("/account").location.startswith("/sign-in")
    assert browser.get_cookie(SIGNED_IN) is None


def test_a_factor_is_set_by_showing_its_code_and_then_asked_for(field, clock):
    key = set_factor(field.test_client(), clock)
    browser = field.test_client()
    clock.at += timedelta(minutes=2)
    assert sign_in(browser).location.startswith("/second-factor?")
    assert browser.get("/account").status_code == 302

    assert "This code is not right" in browser.post("/second-factor", data={"code": "000000"}).text
    assert browser.post("/second-factor", data={"code": code_at(clock, key)}).status_code == 302
    assert browser.get("/account").status_code == 200


def test_the_picture_to_scan_is_part_of_the_page_and_asks_nobody_else(field):
    browser = field.test_client()
    sign_in(browser)

    page = browser.post("/second-factor/set", data={"setup": "authenticator"}).text

    assert "<svg" in page
    assert "data:" not in page
    assert "style=" not in page


def test_a_code_works_once(field, clock):
    key = set_factor(field.test_client(), clock)
    browser = field.test_client()
    sign_in(browser)

    assert "not right" in browser.post("/second-factor", data={"code": code_at(clock, key)}).text


def test_two_at_the_same_time_cannot_use_one_code(instance, cast):
    with instance.transaction() as session:
        account = session.get_one(Account, cast.amina.account_id)
        second_factor.set_second_factor(session, account, "A" * 32, counter=7, actor=cast.amina)

        assert second_factor.note_code_used(session, account.id, 8)
        assert not second_factor.note_code_used(session, account.id, 8)
        assert not second_factor.note_code_used(session, account.id, 7)


def test_codes_cannot_be_tried_one_after_another(field, clock):
    key = set_factor(field.test_client(), clock)
    browser = field.test_client()
    clock.at += timedelta(minutes=2)
    sign_in(browser)
    for _ in range(attempts.FREE):
        browser.post("/second-factor", data={"code": "000000"})

    assert browser.post("/second-factor", data={"code": code_at(clock, key)}).status_code == 403


def test_a_recovery_code_lets_in_once_and_is_shown_once(field, clock, instance):
    first = field.test_client()
    set_factor(first, clock)
    page = first.post("/account/recovery-codes").text
    codes = re.findall(r"<span class=\"ref\">([0-9a-f-]{19})</span>", page)
    assert len(codes) == second_factor.RECOVERY_CODES
    assert codes[0] not in first.get("/account/recovery-codes").text

    for answer in (302, 200):
        browser = field.test_client()
        sign_in(browser)
        assert browser.post("/second-factor/recover", data={"code": codes[0].upper()}).status_code == answer
    with instance.engine.connect() as connection:
        stored = connection.exec_driver_sql("SELECT recovery_digests FROM second_factor").scalar_one()
    assert codes[1] not in stored
    assert codes[1].replace("-", "") not in stored


def test_new_recovery_codes_need_the_secret_again_and_void_the_old(field, clock):
    browser = field.test_client()
    set_factor(browser, clock)
    old = re.findall(r"([0-9a-f]{4}(?:-[0-9a-f]{4}){3})", browser.post("/account/recovery-codes").text)

    assert browser.post("/account/recovery-codes", data={"own_secret": "wrong"}).status_code == 403
    assert browser.post("/account/recovery-codes", data={"own_secret": SECRET}).status_code == 200
    other = field.test_client()
    sign_in(other)
    assert other.post("/second-factor/recover", data={"code": old[0]}).status_code == 200


def test_a_second_factor_can_be_set_anew_with_the_secret_and_not_dropped(field, clock):
    browser = field.test_client()
    key = set_factor(browser, clock)
    clock.at += timedelta(minutes=20)
    asked = browser.get("/second-factor/set")
    if asked.status_code == 302:  # the freshness of the sign-in is by the clock of the machine
        browser.post("/verify", data={"password": SECRET})

    answer = browser.post("/second-factor/set", data={"setup": "disable"})

    assert answer.status_code == 200
    assert "not" in answer.text or answer.status_code == 200
    clock.at += timedelta(minutes=2)
    other = field.test_client()
    assert sign_in(other).location.startswith("/second-factor?")
    assert other.post("/second-factor", data={"code": code_at(clock, key)}).status_code == 302


def test_the_log_says_that_a_factor_was_set_and_not_with_what(field, clock, instance, cast):
    key = set_factor(field.test_client(), clock)

    with instance.reading() as session:
        told = [event.values for event in events_of(session, instance.keyring, cast.amina.account_id)]
    assert told[-1]["reason"] == "second factor set"
    assert told[-1]["door"] == "web"
    assert key not in str(told)
    assert audit(instance).findings == []


def test_a_lost_factor_is_reset_by_an_account_manager_only(field, clock, instance, cast):
    browser = field.test_client()
    set_factor(browser, clock)
    with instance.transaction() as session, pytest.raises(NotPermitted):
        account = session.get_one(Account, cast.amina.account_id)
        second_factor.reset_second_factor(session, account, reason="mine", actor=cast.outsider)
    with instance.transaction() as session:
        account = session.get_one(Account, cast.amina.account_id)
        second_factor.reset_second_factor(session, account, reason="phone lost", actor=cast.olena)

    assert browser.get("/account").status_code == 302
    assert sign_in(field.test_client()).location.startswith("/second-factor/set")


def test_nobody_sets_the_second_factor_of_somebody_else(instance, cast):
    with instance.transaction() as session, pytest.raises(NotPermitted):
        account = session.get_one(Account, cast.amina.account_id)
        second_factor.set_second_factor(session, account, "A" * 32, counter=1, actor=cast.olena)


# ---------------------------------------------------------------------------- secrets and links


def test_the_same_secret_confirms_on_the_command_line_and_in_the_browser(app, client_of, instance, cast):
    with app.test_request_context("/"):
        with instance.reading() as session:
            account = session.get_one(Account, cast.amina.account_id)
        login_user(SignedIn(account))
        confirm_own_secret(SECRET)
        with pytest.raises(NotPermitted, match="not your own secret"):
            confirm_own_secret("secret of chen")
    confirm_secret(account, SECRET)


def test_confirming_is_slowed_down_too(app, instance, cast):
    with app.test_request_context("/"):
        with instance.reading() as session:
            account = session.get_one(Account, cast.amina.account_id)
        login_user(SignedIn(account))
        for _ in range(attempts.FREE):
            with pytest.raises(NotPermitted, match="not your own secret"):
                confirm_own_secret("guess")
        with pytest.raises(NotPermitted, match="Too many tries"):
            confirm_own_secret(SECRET)


def test_the_stored_form_of_a_secret_is_read_by_another_library():
    assert argon2.PasswordHasher().verify(hash_secret("a good secret", CHEAP), "a good secret")


def test_changing_ones_secret_ends_the_other_sessions_and_keeps_this_one(app, client_of):
    here, there = client_of("amina"), client_of("amina")
    form = {"own_secret": SECRET, "new_secret": "five random words now", "again": "five random words now"}

    assert here.post("/account/secret", data=form).location == "/account"

    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 302
    assert WRONG in sign_in(app.test_client()).text
    assert sign_in(app.test_client(), secret="five random words now").location == "/"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"own_secret": "wrong"}, "That is not your own secret."),
        ({"again": "something else"}, "The two secrets differ."),
        ({"new_secret": "short", "again": "short"}, "at least 8 characters"),
    ],
)
def test_a_new_secret_needs_the_old_one_and_two_that_agree(app, client_of, change, says):
    form = {"own_secret": SECRET, "new_secret": "five random words now", "again": "five random words now"}

    assert says in client_of("amina").post("/account/secret", data=form | change).text
    assert sign_in(app.test_client()).location == "/"


def test_a_custodian_who_changes_their_secret_still_opens_the_vault(client_of, instance, cast):
    first = instance.keys.custodians()[0]
    private = instance.keys.unlock_identity(first, Passphrase(PASSPHRASE, CHEAP))
    holder = str(cast.bohdan.account_id)
    instance.keys.name_custodian(holder, Passphrase("secret of bohdan", CHEAP), private)
    form = {"own_secret": "secret of bohdan", "new_secret": "a new one of his", "again": "a new one of his"}

    client_of("bohdan").post("/account/secret", data=form)

    assert instance.keys.unlock_identity(holder, Passphrase("a new one of his", CHEAP)).raw == private.raw
    with pytest.raises(Locked):
        instance.keys.unlock_identity(holder, Passphrase("secret of bohdan", CHEAP))


def invited(instance: Instance, cast: Cast, login: str = "amina") -> str:
    with instance.transaction() as session:
        account = session.scalars(select(Account).where(Account.login == login)).one()
        return invitations.path_of(invitations.invite(session, account, actor=cast.olena))


NEW = {"new_secret": "what I chose myself", "again": "what I chose myself"}


def test_a_link_sets_the_secret_of_whoever_holds_it_once(app, stranger, instance, cast):
    link = invited(instance, cast)
    assert "Your login is amina" in stranger.get(link).text

    assert stranger.post(link, data=NEW).location == "/sign-in?login=amina"

    assert stranger.post(link, data=NEW).status_code == 404
    assert sign_in(app.test_client(), secret="what I chose myself").location == "/"
    assert audit(instance).findings == []


def test_a_link_is_good_for_two_days(stranger, instance, cast, clock):
    link = invited(instance, cast)
    clock.at += timedelta(hours=48)

    assert stranger.get(link).status_code == 404
    assert "Ask for a new one" in stranger.post(link, data=NEW).text


def test_a_new_link_makes_the_earlier_one_void(stranger, instance, cast):
    earlier, later = invited(instance, cast), invited(instance, cast)

    assert stranger.get(earlier).status_code == 404
    assert stranger.get(later).status_code == 200


def test_only_the_digest_of_a_link_is_stored(instance, cast):
    token = invited(instance, cast).rsplit("/", 1)[1]

    with instance.engine.connect() as connection:
        stored = str(connection.exec_driver_sql("SELECT * FROM invitation").all())
    assert token not in stored


def test_a_link_ends_the_sessions_of_its_account(stranger, client_of, instance, cast):
    old = client_of("amina")
    stranger.post(invited(instance, cast), data=NEW)

    assert old.get("/account").status_code == 302


def test_only_an_account_manager_invites(instance, cast):
    with instance.transaction() as session, pytest.raises(NotPermitted):
        account = session.get_one(Account, cast.amina.account_id)
        invitations.invite(session, account, actor=cast.chen)

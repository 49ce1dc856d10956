"""The custody log in the browser: verified, signed, compared, and read only by who may."""

import io
import time

import pytest
from flask.testing import FlaskClient

from evidence_tracker.casework.missions.planning import open_mission
from evidence_tracker.instance import Instance
from tests.cast import Cast
from tests.web.conftest import ClientOf

PATIENCE_S = 60


@pytest.fixture
def olena(client_of: ClientOf) -> FlaskClient:
    return client_of("olena")


def ended(browser: FlaskClient, begun) -> str:
    """Wait for the end of work that was begun; returns the page it leads to."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        answer = browser.get(begun.headers["Location"])
        if answer.status_code == 303:
            return browser.get(answer.headers["Location"]).text
        time.sleep(0.05)
    raise AssertionError("the work did not end")


def test_it_is_verified_beside_the_pages(olena: FlaskClient):
    page = ended(olena, olena.post("/custody/verify", data={"contents": "yes"}))
    assert "as it was recorded" in page
    assert "events" in page


def test_a_changed_row_is_named(olena: FlaskClient, instance: Instance, cast: Cast):
    with instance.transaction() as session:
        open_mission(session, reference="KYI-2026-07", title="Fictional", actor=cast.olena)
    with instance.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE mission SET title = 'Other' WHERE reference = 'KYI-2026-07'")
    page = ended(olena, olena.post("/custody/verify", data={"contents": "no"}))
    assert "damaged" in page
    assert "mission" in page
    assert "Nothing is repaired automatically" in page


def test_a_checkpoint_is_signed_and_the_log_continues_it(olena: FlaskClient, instance: Instance):
    signed = olena.post("/custody/checkpoint")
    assert signed.headers["Content-Disposition"].startswith("attachment")
    assert signed.data.startswith(b"evidence.example/kyiv/1\n")
    for form in ({"note": signed.text}, {"file": (io.BytesIO(signed.data), "old.checkpoint")}):
        assert "The log continues this checkpoint" in olena.post("/custody/compare", data=form).text


def test_something_else_is_no_checkpoint_and_says_so(olena: FlaskClient):
    answer = olena.post("/custody/compare", data={"note": "hello"})
    assert answer.status_code == 422
    assert "is not a checkpoint that this instance signed" in answer.text


def test_the_key_is_there_for_everybody_who_hands_over(client_of: ClientOf, instance: Instance):
    key = client_of("daria").get("/custody/key").text
    assert key.strip() == instance.signer.signer("evidence.example/kyiv/1").vkey


@pytest.mark.parametrize("login", ["amina", "daria", "outsider"])
def test_who_may_not_audit_neither_verifies_nor_reads_who_looked(client_of: ClientOf, login: str):
    browser = client_of(login)
    assert browser.post("/custody/verify").status_code == 403
    assert browser.post("/custody/checkpoint").status_code == 403
    assert browser.post("/custody/compare", data={"note": "x"}).status_code == 403
    assert browser.get("/custody/access").status_code == 403
    assert "Verify everything" not in browser.get("/custody/").text


def test_a_denial_stands_in_the_access_log(client_of: ClientOf, olena: FlaskClient):
    client_of("amina").post("/custody/verify")
    page = olena.get("/custody/access?kind=denied").text
    assert "amina may not read custody and access logs" in page
    assert "amina may not" not in olena.get("/custody/access?kind=read").text

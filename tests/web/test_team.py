"""Accounts, compartments and grants in the browser: only for whoever manages them, confirmed each time."""

import re

import pytest
from sqlalchemy import select

from evidence_tracker.access.accounts import set_secret
from evidence_tracker.access.models import Account, Grant
from evidence_tracker.instance import Instance
from evidence_tracker.keys.unlockers import CHEAP
from tests.cast import MISSION, PASSPHRASE, Cast
from tests.web.conftest import ClientOf

PLACE = f"{MISSION}-C"
ROLE = {"role": "reader", "level": "INTERNAL", "purpose": "training"}


@pytest.fixture
def confirmed(instance: Instance, cast: Cast) -> None:
    """Give olena a secret of her own."""
    with instance.transaction() as session:
        account = session.scalars(select(Account).where(Account.login == "olena")).one()
        set_secret(session, account, PASSPHRASE, actor=cast.olena, cost=CHEAP)


def test_an_account_is_added_invited_let_in_and_switched_off(
    client_of: ClientOf, instance: Instance, confirmed: None, stranger
):
    olena = client_of("olena")
    added = olena.post("/team/new/add", data={"login": "Farida", "display_name": "Фаріда"})
    assert added.headers["Location"] == "/team/farida", added.text

    olena.post("/team/farida/do/invite")
    page = olena.get("/team/farida").text
    link = re.search(r"/welcome/[A-Za-z0-9_-]+", page)
    assert link
    assert stranger.get(link[0]).status_code == 200
    assert link[0] not in olena.get("/team/farida").text, "the link is shown once"

    given = olena.post(
        f"/compartments/{PLACE}/in/grants/give",
        data={**ROLE, "account": "farida", "days": "30", "_own_secret": PASSPHRASE},
    )
    assert given.status_code == 303, given.text
    assert "training" in olena.get("/team/farida").text
    with instance.reading() as session:
        grant = session.scalars(select(Grant).where(Grant.purpose == "training")).one()
    assert grant.expires_at is not None
    assert client_of("farida").get("/missions/").status_code == 200

    ended = olena.post(
        f"/compartments/{PLACE}/in/grants/{grant.id}/end",
        data={"reason": "training is over", "_own_secret": PASSPHRASE},
    )
    assert ended.status_code == 303, ended.text
    off = olena.post("/team/farida/do/switch-off", data={"reason": "left", "_typed": "farida"})
    assert off.status_code == 303, off.text
    with instance.reading() as session:
        assert not session.scalars(select(Account.is_active).where(Account.login == "farida")).one()
    assert "left" in olena.get("/team/farida/custody").text


def test_a_grant_is_given_with_ones_own_secret_alone(
    client_of: ClientOf, instance: Instance, confirmed: None
):
    olena = client_of("olena")
    answer = olena.post(
        f"/compartments/{PLACE}/in/grants/give",
        data={**ROLE, "account": "outsider", "_own_secret": "not my own secret"},
    )
    assert answer.status_code == 403
    assert "That is not your own secret" in answer.text
    assert "training" in answer.text, "what was typed is still there"
    with instance.reading() as session:
        assert session.scalars(select(Grant.id).where(Grant.purpose == "training")).all() == []


def test_a_grant_without_a_purpose_is_refused_in_a_sentence(client_of: ClientOf, confirmed: None):
    answer = client_of("olena").post(
        f"/compartments/{PLACE}/in/grants/give",
        data={**ROLE, "purpose": " ", "account": "outsider", "_own_secret": PASSPHRASE},
    )
    assert answer.status_code == 422
    assert "What the access is for is missing" in answer.text


@pytest.mark.parametrize("login", ["amina", "chen", "outsider"])
@pytest.mark.parametrize(
    "path", ["/team/", "/team/olena", "/team/nobody-there", "/team/new/add", "/team/olena/do/invite"]
)
def test_who_works_here_is_told_to_nobody_but_managers(client_of: ClientOf, login: str, path: str):
    assert client_of(login).get(path).status_code in {403, 404}


def test_who_is_let_in_is_shown_only_to_who_may_let_in(client_of: ClientOf):
    assert "Chen" in client_of("olena").get(f"/compartments/{PLACE}").text
    page = client_of("amina").get(f"/compartments/{PLACE}")
    assert page.status_code == 200
    assert "chen" not in page.text.lower().split("<main")[1]
    assert client_of("outsider").get(f"/compartments/{PLACE}").status_code == 404
    assert client_of("outsider").get("/compartments/NO-SUCH").status_code == 404


def test_a_compartment_is_opened_and_led(client_of: ClientOf):
    olena = client_of("olena")
    form = {"reference": "KYI-STUDY-1", "title": "Дослідження", "kind": "study", "level_ceiling": "INTERNAL"}
    assert olena.post("/compartments/new/open", data=form).headers["Location"] == "/compartments/KYI-STUDY-1"
    again = olena.post("/compartments/new/open", data=form)
    assert again.status_code == 409
    assert client_of("amina").get("/compartments/new/open").status_code == 403

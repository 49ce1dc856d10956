"""The start page: what waits, what was begun, where one works; nothing of what others see."""

import pytest
from sqlalchemy import event as sa_event

from evidence_tracker.casework.missions.planning import open_mission
from evidence_tracker.instance import Instance
from tests.cast import MISSION, Cast
from tests.web.conftest import ClientOf


@pytest.fixture
def mission(instance: Instance, cast: Cast) -> str:
    with instance.transaction() as session:
        return open_mission(session, reference="KYI-2026-08", title="Fictional", actor=cast.olena).reference


def test_what_is_unsafe_waits_for_who_leads_it(client_of: ClientOf, mission: str):
    page = client_of("olena").get("/").text
    assert "Missions without a security plan" in page
    assert f"/missions/{mission}" in page


def test_nothing_of_it_is_on_the_page_of_others(client_of: ClientOf, mission: str):
    for login in ("amina", "outsider"):
        assert mission not in client_of(login).get("/").text
    assert "You were not let in anywhere yet" in client_of("outsider").get("/").text


def test_what_was_begun_can_be_gone_on_with(client_of: ClientOf, mission: str):
    olena = client_of("olena")
    olena.put(f"/missions/{mission}/do/amend", data={"title": "Half a ti", "_version": "1"})
    olena.put("/missions/new/plan", data={"title": "Another"})
    page = olena.get("/").text
    assert "Typed and not saved" in page
    assert f'href="/missions/{mission}/do/amend"' in page
    assert 'href="/missions/new/plan"' in page
    assert "Half a ti" not in page, "the words are on the form alone"
    assert "Typed and not saved" not in client_of("amina").get("/").text


def test_looking_at_the_page_for_taking_in_begins_nothing(client_of: ClientOf):
    amina = client_of("amina")
    assert amina.get("/evidence/receive", follow_redirects=True).status_code == 200
    assert "Typed and not saved" not in amina.get("/").text


def test_where_one_works_narrows_the_lists_and_is_remembered(client_of: ClientOf):
    olena = client_of("olena")
    answer = olena.post("/scope", data={"scope": f"{MISSION}-C", "back": "/submissions/"})
    assert answer.headers["Location"] == "/submissions/"
    assert f"Lists show {MISSION}-C" in olena.get("/").text
    olena.post("/scope", data={"scope": "NO-SUCH", "back": "/"})
    assert "Lists show" not in olena.get("/").text


def test_a_page_that_is_not_there_leads_on_as_any_other_does(client_of: ClientOf, mission: str):
    answer = client_of("olena").get("/missions/KYI-NO-SUCH")
    assert answer.status_code == 404
    assert 'href="/missions/"' in answer.text
    assert 'href="/missions/"' not in client_of("outsider").get("/missions/KYI-NO-SUCH").text


def test_every_page_says_what_the_instance_is_for(client_of: ClientOf):
    for path in ("/", "/search?q=x&kind=mission", "/custody/access", "/no-such-page"):
        assert "strip strip-test" in client_of("olena").get(path).text, path


def test_what_is_new_is_offered_in_the_order_of_the_house(client_of: ClientOf):
    page = client_of("amina").get("/").text
    offered = ["/people/new/", "/interviews/new/", "/captures/new/", "/evidence/new/", "/incidents/new/"]
    offered = [one for one in offered if one in page] + ["/parties/new/", "/units/new/"]
    at = [page.index(one) for one in offered]
    assert len(at) > 4
    assert at == sorted(at)


@pytest.mark.parametrize(
    "back", ["//elsewhere.example/", "https://elsewhere.example/", "/\\elsewhere.example"]
)
def test_choosing_it_leads_to_no_other_host(client_of: ClientOf, back: str):
    answer = client_of("olena").post("/scope", data={"scope": "", "back": back})
    assert answer.headers["Location"] == "/"


def test_the_page_asks_the_database_a_bounded_number_of_times(
    client_of: ClientOf, instance: Instance, cast: Cast, mission: str
):
    with instance.transaction() as session:
        for number in range(8):
            open_mission(session, reference=f"KYI-2027-{number}", title="Fictional", actor=cast.olena)
    olena, asked = client_of("olena"), []
    sa_event.listen(instance.engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    assert olena.get("/").status_code == 200
    reading = [text for text in asked if text.lstrip().upper().startswith(("SELECT", "WITH"))]
    assert len(reading) <= 17, "\n".join(reading)

"""Search, notices and tasks in the browser: over what one may see, and nothing of the rest."""

import re
from urllib.parse import quote

import pytest
from sqlalchemy import select

from evidence_tracker.access.models import Account
from evidence_tracker.access.tasks import give_task
from evidence_tracker.casework.missions.planning import open_mission
from evidence_tracker.instance import Instance
from tests.cast import Cast
from tests.web.conftest import ClientOf


@pytest.fixture
def mission(instance: Instance, cast: Cast) -> str:
    with instance.transaction() as session:
        made = open_mission(
            session, reference="KYI-2026-08", title="Подорож до Вигаданого <script>", actor=cast.olena
        )
        return made.reference


def test_words_find_their_record_and_are_marked_not_run(client_of: ClientOf, mission: str):
    page = client_of("olena").get("/search", query_string={"q": "вигадан"})
    assert page.status_code == 200
    assert f"/missions/{mission}" in page.text
    assert "<script>" not in page.text.split("<main")[1]


def test_a_reference_leads_straight_to_its_record(client_of: ClientOf, mission: str):
    answer = client_of("olena").get("/search", query_string={"q": "kyi-2026-08"})
    assert answer.headers["Location"] == f"/missions/{mission}"


@pytest.mark.parametrize("asked", ["Вигаданого", "KYI-2026-08", "подорож", '"Подорож до"'])
def test_what_one_may_not_see_is_not_found(client_of: ClientOf, mission: str, asked: str):
    page = client_of("outsider").get("/search", query_string={"q": asked})
    assert page.status_code == 200
    assert "Nothing is found that you may see" in page.text
    assert f"/missions/{mission}" not in page.text
    assert "Подорож до Вигаданого" not in page.text


@pytest.mark.parametrize("asked", ['"', "a AND", "NEAR(", "*", "';--", "\u202e", "title:"])
def test_odd_words_are_words(client_of: ClientOf, mission: str, asked: str):
    assert client_of("olena").get("/search", query_string={"q": asked}).status_code == 200


def test_too_many_words_are_refused_in_a_sentence(client_of: ClientOf):
    assert client_of("olena").get("/search", query_string={"q": "x" * 5000}).status_code == 422


@pytest.mark.parametrize("query", ["q=x&after=nonsense", "q=~nonsense", "q=~%00", "q=~", "q=~" + "A" * 200])
def test_a_damaged_address_says_so(client_of: ClientOf, query: str):
    answer = client_of("olena").get(f"/search?{query}")
    assert (answer.status_code, "damaged" in answer.text) == (422, True)


def test_no_address_tells_what_was_searched(client_of: ClientOf, mission: str):
    olena = client_of("olena")
    answer = olena.post("/search", data={"q": " вигадан "})
    assert answer.status_code == 303
    assert not {"вигадан", quote("вигадан")} & set(re.split(r"[?&=]", answer.headers["Location"]))
    assert answer.headers["Location"] == olena.post("/search", data={"q": "вигадан"}).headers["Location"]

    for page in (olena.get(answer.headers["Location"]), client_of("olena").get(answer.headers["Location"])):
        assert f"/missions/{mission}" in page.text
        assert 'value="вигадан"' in page.text
        assert quote("вигадан") not in page.text
    assert f"/missions/{mission}" not in client_of("outsider").get(answer.headers["Location"]).text


def test_too_much_typed_is_refused_before_it_becomes_an_address(client_of: ClientOf):
    answer = client_of("olena").post("/search", data={"q": "x" * 501})
    assert (answer.status_code, "too long" in answer.text) == (422, True)


def test_a_search_for_nothing_is_the_empty_page(client_of: ClientOf):
    assert client_of("olena").post("/search", data={"q": "  "}).headers["Location"] == "/search"


def test_a_task_is_given_told_and_done(client_of: ClientOf, instance: Instance, cast: Cast):
    amina, daria = client_of("amina"), client_of("daria")
    given = amina.post(
        "/tasks/new/give", data={"title": "Перекласти опис", "to": "daria", "due_on": "2030-01-31"}
    )
    assert given.status_code == 303, given.text
    address = given.headers["Location"]
    assert "is a task for you" in daria.get("/notices").text
    assert 'class="count">1<' in daria.get("/missions/").text
    assert daria.post("/notices/seen").status_code == 303
    assert 'class="count">1<' not in daria.get("/missions/").text
    assert "Перекласти опис" in daria.get("/tasks/").text
    done = daria.post(f"{address}/do/finish", data={"outcome": "translated"})
    assert done.status_code == 303, done.text
    assert "translated" in amina.get(address).text
    assert client_of("outsider").get(address).status_code == 404


def test_a_task_for_nobody_keeps_the_words(client_of: ClientOf):
    answer = client_of("amina").post("/tasks/new/give", data={"title": "Work", "to": "nobody-here"})
    assert answer.status_code == 422
    assert "There is no active account" in answer.text
    assert 'value="Work"' in answer.text


def test_notices_of_others_are_not_shown(client_of: ClientOf, instance: Instance, cast: Cast):
    with instance.transaction() as session:
        daria = session.scalars(select(Account).where(Account.login == "daria")).one()
        give_task(session, daria, facts={"title": "Only hers"}, actor=cast.amina)
    assert "Nobody told you anything yet" in client_of("chen").get("/notices").text
    assert "Only hers" not in client_of("chen").get("/tasks/").text

"""Missions in the browser, and what all rooms have of their kind: forms, drafts, conflicts, history, paper."""

import re
import subprocess
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event as sa_event
from sqlalchemy import select

from evidence_tracker.access.accounts import set_secret
from evidence_tracker.access.compartments import grant
from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import Account, Compartment, Draft, Role
from evidence_tracker.casework.missions.models import Mission, MissionState
from evidence_tracker.custody.history import events_of
from evidence_tracker.instance import Instance
from evidence_tracker.jobs.audit import audit
from evidence_tracker.keys.unlockers import CHEAP
from tests.cast import PASSPHRASE, Cast
from tests.web.conftest import ClientOf

REFERENCE = "KYI-2026-09"
BASE = f"/missions/{REFERENCE}"
PLAN = {
    "reference": REFERENCE,
    "title": "Осінь у Вигаданому <b>",
    "mandate": "By decision of the board.",
    "country": "UA",
    "starts_on": "2026-02",
    "ends_on": "2026-05",
    "places": "Вигадане\nІнше",
    "level": "CONFIDENTIAL",
    "legal_basis": "statute, article 2",
}


@pytest.fixture
def olena(client_of: ClientOf) -> FlaskClient:
    browser = client_of("olena")
    planned = browser.post("/missions/new/plan", data=PLAN)
    assert planned.headers["Location"] == BASE, planned.text
    return browser


@pytest.fixture
def let_in(instance: Instance, cast: Cast, olena: FlaskClient) -> None:
    """Let chen supervise the mission, and give both a secret of their own."""
    with instance.transaction() as session:
        place = session.scalars(select(Compartment).where(Compartment.reference == REFERENCE)).one()
        for login, role in (("chen", Role.APPROVER), ("amina", Role.INVESTIGATOR)):
            account = session.scalars(select(Account).where(Account.login == login)).one()
            grant(
                session,
                place,
                account=account,
                role=role,
                level=Level.SEALED,
                purpose="tests",
                actor=cast.olena,
            )
            set_secret(session, account, PASSPHRASE, actor=cast.olena, cost=CHEAP)


def mission(instance: Instance) -> Mission:
    with instance.reading() as session:
        found: Mission = session.scalars(select(Mission).where(Mission.reference == REFERENCE)).one()
        return found


def item(page: str, section: str, action: str) -> str:
    found = re.search(rf'{BASE}/in/{section}/[0-9a-f-]+/{action}(?=")', page)
    assert found, (section, action)
    return found[0]


def sent(browser: FlaskClient, address: str, **form: str) -> Any:
    answer = browser.post(address, data=form)
    assert answer.status_code == 303, answer.text
    return answer


# --------------------------------------------------------------------------- from plan to debrief


def test_a_mission_goes_from_its_plan_to_its_debrief(
    client_of: ClientOf, instance: Instance, olena: FlaskClient, let_in: None
):
    chen = client_of("chen")
    sent(olena, f"{BASE}/in/security/write", text="Mines along the road; leave by the north.")
    plan = olena.get(f"{BASE}/safety").text
    assert "leave by the north" in plan
    own = olena.post(item(plan, "security", "sign-off"), data={"_own_secret": "x"})
    assert own.status_code == 403
    signed = item(chen.get(f"{BASE}/safety").text, "security", "sign-off")
    sent(chen, signed, _own_secret=PASSPHRASE)

    sent(olena, f"{BASE}/in/members/add", account="amina", role="interviewer", languages="uk, ru")
    sent(olena, f"{BASE}/in/contacts/add", name="Голова громади", how_to_reach="by the priest")
    sent(olena, f"{BASE}/in/devices/add", label="Camera 1", kind="camera", serial="X1")
    page = olena.get(f"{BASE}/safety").text
    sent(olena, item(page, "devices", "clock"), offset_seconds="-42", basis="beside the time signal")
    sent(olena, item(page, "contacts", "amend"), _version="1", name="Голова", how_to_reach="by the priest")
    sent(
        olena,
        f"{BASE}/in/deconfliction/add",
        asked_on="2026-02-10",
        channel="telephone",
        question="Does anybody work there?",
        outcome="nobody-to-ask",
    )
    page = olena.get(f"{BASE}/safety").text
    assert "-42" in page
    assert "Does anybody work there?" in page

    sent(chen, f"{BASE}/do/approve", _own_secret=PASSPHRASE)
    sent(olena, f"{BASE}/do/start", on="2026-02-20")
    sent(olena, f"{BASE}/in/log/write", day="2026-02-21", text="Snow. Нікого не застали.")
    sent(olena, f"{BASE}/do/close")
    sent(olena, f"{BASE}/do/debrief", held_on="2026-03-01", lessons="Warm clothes.", outcome="Two accounts.")
    sent(olena, item(olena.get(f"{BASE}/diary").text, "debrief", "amend"), _version="1", held_on="2026-03-01",
         lessons="Warm clothes. Maps.", outcome="Two accounts.")  # fmt: skip
    assert mission(instance).state is MissionState.DEBRIEFED
    assert "Warm clothes. Maps." in olena.get(f"{BASE}/diary").text
    sent(olena, item(olena.get(f"{BASE}/team").text, "members", "end"), reason="back home")
    assert audit(instance).findings == []


def test_a_mission_is_called_off_for_good(olena: FlaskClient, instance: Instance):
    refused = olena.post(f"{BASE}/do/call-off", data={"reason": "floods", "_typed": "KYI"})
    assert refused.status_code == 422
    assert mission(instance).state is MissionState.PLANNED
    sent(olena, f"{BASE}/do/call-off", reason="floods", _typed=REFERENCE)
    again = olena.get(f"{BASE}/do/approve")
    assert again.status_code == 422
    assert "cannot be done to the record as it stands" in again.text


# --------------------------------------------------------------------------- what every form does


def test_bad_input_keeps_every_word_and_says_what_is_wrong(client_of: ClientOf):
    olena = client_of("olena")
    answer = olena.post(
        "/missions/new/plan",
        data={**PLAN, "title": "", "starts_on": "31 March", "mandate": "Текст, який не можна загубити"},
    )
    assert answer.status_code == 422
    assert "Title is missing" in answer.text
    assert "is not a date this system understands" in answer.text
    assert "Текст, який не можна загубити" in answer.text
    assert "31 March" in answer.text
    assert olena.get(BASE).status_code == 404


def test_words_are_shown_and_never_run(olena: FlaskClient):
    page = olena.get(BASE).text
    assert "<b>" not in page.split("<h1")[1].split("</h1>")[0]
    assert "Осінь у Вигаданому &lt;b&gt;" in page


def test_a_draft_is_kept_for_its_writer_alone_and_outside_the_log(
    client_of: ClientOf, olena: FlaskClient, instance: Instance, let_in: None
):
    before = mission(instance)
    kept = olena.put(f"{BASE}/do/amend", data={"title": "Половина речен", "_version": "1"})
    assert kept.json == {"kept": True}
    assert "Половина речен" in olena.get(f"{BASE}/do/amend").text
    assert "Половина речен" not in client_of("amina").get(f"{BASE}/do/amend").text
    with instance.reading() as session:
        events = events_of(session, instance.keyring, before.id)
        assert "Половина" not in str([event.values for event in events])
        assert session.scalars(select(Draft.sealed)).one().find("Половина".encode()) == -1
    olena.post(f"{BASE}/do/amend", data={"_throw_away": "1"})
    assert "Половина речен" not in olena.get(f"{BASE}/do/amend").text


def test_saving_removes_the_draft(olena: FlaskClient, instance: Instance):
    olena.put(f"{BASE}/do/amend", data={"title": "Half", "_version": "1"})
    sent(olena, f"{BASE}/do/amend", **{**PLAN, "title": "Whole", "_version": "1"})
    with instance.reading() as session:
        assert session.scalars(select(Draft)).all() == []
    assert mission(instance).title == "Whole"


def test_who_saved_second_sees_both_and_loses_nothing(olena: FlaskClient, instance: Instance):
    sent(olena, f"{BASE}/do/amend", **{**PLAN, "title": "Theirs", "_version": "1"})
    answer = olena.post(f"{BASE}/do/amend", data={**PLAN, "title": "Mine", "_version": "1"})
    assert answer.status_code == 409
    assert "Theirs" in answer.text
    assert 'value="Mine"' in answer.text
    assert mission(instance).title == "Theirs"
    theirs = {**PLAN, "title": "Mine", "_version": "2", "_choose-title": "theirs", "_theirs-title": "Theirs"}
    again = olena.post(f"{BASE}/do/amend", data={**theirs, "area": "north"})
    assert again.status_code == 303, again.text
    assert (mission(instance).title, mission(instance).area) == ("Theirs", "north")


def test_the_history_shows_what_each_version_changed(olena: FlaskClient):
    sent(olena, f"{BASE}/do/amend", **{**PLAN, "title": "Друга назва", "_version": "1"})
    page = olena.get(f"{BASE}/history").text
    newest = page.split("Version 2")[1].split("Version 1")[0]
    assert "<del" in newest
    assert "Осінь у Вигаданому" in newest
    assert "Друга назва" in newest
    assert "By decision of the board" not in newest, "what did not change is not in the difference"
    assert "Olena (fictional)" in olena.get(f"{BASE}/custody").text
    assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}", olena.get(f"{BASE}/custody").text.split("<main")[1])


def test_a_record_is_set_on_paper_and_the_copy_is_in_the_log(
    olena: FlaskClient, tmp_path, instance: Instance
):
    answer = olena.post(f"{BASE}/pdf")
    assert answer.mimetype == "application/pdf"
    (tmp_path / "record.pdf").write_bytes(answer.data)
    text = subprocess.run(
        ["pdftotext", "-layout", tmp_path / "record.pdf", "-"], capture_output=True, check=True, text=True
    ).stdout
    assert "Осінь у Вигаданому <b>" in text
    assert "CONFIDENTIAL" in text
    assert "Recorded" in text
    with instance.reading() as session:
        acts = [event.values["act"] for event in events_of(session, instance.keyring, mission(instance).id)]
    assert acts[-1] == "copied"


def test_the_csv_is_safe_to_open_in_a_spreadsheet(olena: FlaskClient):
    sent(olena, f"{BASE}/do/amend", **{**PLAN, "title": "=cmd|' /C calc'!A0", "_version": "1"})
    text = olena.get("/missions/list.csv").get_data(as_text=True)
    assert "'=cmd" in text
    assert ",=cmd" not in text


@pytest.mark.parametrize(
    "path", ["/missions/", BASE, f"{BASE}/team", f"{BASE}/safety", f"{BASE}/custody", f"{BASE}/history"]
)
def test_a_page_asks_the_database_little_however_much_there_is(
    olena: FlaskClient, instance: Instance, path: str
):
    for number in range(12):
        sent(olena, f"{BASE}/in/contacts/add", name=f"Contact {number}", how_to_reach="letter")
        sent(olena, "/missions/new/plan", **{**PLAN, "reference": f"KYI-2027-{number:02}"})
    asked: list[str] = []
    with instance.engine.connect() as connection:
        engine = connection.engine
    sa_event.listen(engine, "before_cursor_execute", lambda *told: asked.append(told[2]))
    assert olena.get(path).status_code == 200
    reading = [text for text in asked if text.lstrip().upper().startswith(("SELECT", "WITH"))]
    assert len(reading) <= 12, "\n".join(reading)


@pytest.mark.parametrize("login", ["outsider", "amina"])
def test_a_mission_of_others_does_not_exist(client_of: ClientOf, olena: FlaskClient, login: str):
    browser = client_of(login)
    for path in ("", "/team", "/safety", "/diary", "/custody", "/history", "/do/amend", "/in/members/add"):
        assert browser.get(BASE + path).status_code == 404, path
    assert browser.post(f"{BASE}/pdf").status_code == 404
    assert REFERENCE not in browser.get("/missions/").text


def test_a_level_is_not_taken_away_by_a_form_that_states_none(olena: FlaskClient, instance: Instance):
    answer = olena.post(f"{BASE}/do/amend", data={**PLAN, "level": "", "_version": "1"})
    assert answer.status_code == 422, answer.text
    assert "Level" in answer.text
    assert mission(instance).level.value == "CONFIDENTIAL"

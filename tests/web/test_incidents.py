"""Incidents in the browser: recorded, found again, cited, corrected; nothing of what one may not see."""

import re
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select

from evidence_tracker.access.compartments import grant
from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import AccessEntry, AccessKind, Account, Compartment, Role
from evidence_tracker.casework.actors.companies import add_company
from evidence_tracker.casework.incidents.models import EvidenceLink, Incident, IncidentPerson
from evidence_tracker.instance import Instance
from evidence_tracker.jobs.audit import audit
from tests.cast import MISSION, Cast
from tests.factories import exhibits
from tests.factories import incidents as make
from tests.web.conftest import ClientOf

FILM = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"\0\0\0\x08moov"
HOME = f"{MISSION}-C"
BASE = "/incidents/KYI-N-0001"
MOST_QUERIES = 12  # ten, and two for the sign-in
FACTS = {
    "title": "Удар по пекарні <i>",
    "kind": "attack",
    "occurred": "2022-03-12 14:30",
    "occurred-zone": "Europe/Kyiv",
    "occurred-basis": "as the witness said",
    "place": "Вигадане",
    "place-country": "ua",
    "narrative": "A munition hit the bakery.\nПекарня згоріла.",
    "basis": "two accounts",
    "home": HOME,
    "target_status": "civilian",
    "warning_given": "no",
    "level": "CONFIDENTIAL",
}


@dataclass(frozen=True)
class Scene:
    """What is there to be linked, by reference."""

    film: str
    interview: str
    remnant: str
    unit: str
    company: str
    person: str
    hidden: str


@pytest.fixture
def scene(instance: Instance, cast: Cast) -> Scene:
    with instance.transaction() as session:
        make.incident(session, cast)
        company = add_company(session, name="Fictional Optics", source="an invented list", actor=cast.amina)
        closed = make.closed_compartment(session, cast)
        return Scene(
            film=exhibits.receive(session, instance.vault, cast, FILM, name="f.mp4", title="Film").reference,
            interview=make.interview(session, cast).reference,
            remnant=exhibits.remnant(session, instance.vault, cast).reference,
            unit=make.unit(session, cast).reference,
            company=company.reference,
            person=make.person(session, cast).code,
            hidden=make.capture(session, cast, compartment=closed).reference,
        )


def sent(browser: FlaskClient, address: str, **form: str) -> Any:
    answer = browser.post(address, data=form)
    said = re.findall(r'field-error"[^>]*>([^<]+)|role="alert"[^>]*><p><b>([^<]+)', answer.text)
    assert answer.status_code == 303, (answer.status_code, said)
    return answer


def item(page: str, section: str, action: str) -> str:
    found = re.search(rf'{BASE}/in/{section}/[0-9a-f-]+/{action}(?=")', page)
    assert found, (section, action)
    return found[0]


def reading(instance: Instance, browser: FlaskClient, path: str) -> list[str]:
    """Open a page; returns the queries that it asked."""
    asked: list[str] = []
    engine = instance.engine

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        assert browser.get(path).status_code == 200, path
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return [text for text in asked if text.lstrip().upper().startswith(("SELECT", "WITH"))]


# --------------------------------------------------------------------------- recording


def test_an_incident_is_recorded_as_exactly_as_it_is_known(client_of: ClientOf, instance: Instance):
    amina = client_of("amina")
    made = sent(amina, "/incidents/new/record", **FACTS)
    page = amina.get(made.headers["Location"]).text
    assert "Удар по пекарні &lt;i&gt;" in page
    assert "Пекарня згоріла." in page
    assert "What it was at the time" in page
    with instance.reading() as session:
        row = session.scalars(select(Incident)).one()
    assert (row.happened.value, row.happened.zone) == ("2022-03-12T14:30", "Europe/Kyiv")
    assert row.place is not None
    assert row.place.country == "UA"
    assert row.legal_basis is None
    assert audit(instance).findings == []


def test_it_inherits_from_the_mission_whose_compartment_it_is_kept_in(
    client_of: ClientOf, instance: Instance
):
    olena = client_of("olena")
    sent(
        olena,
        "/missions/new/plan",
        reference="KYI-2026-07",
        title="Spring",
        level="RESTRICTED",
        purpose="documentation",
        legal_basis="fictional act, article 1",
    )
    sent(olena, "/incidents/new/record", **{**FACTS, "home": "KYI-2026-07", "level": ""})
    assert 'href="/missions/KYI-2026-07"' in olena.get(BASE).text
    with instance.reading() as session:
        row = session.scalars(select(Incident)).one()
    assert (row.level.value, row.legal_basis) == ("RESTRICTED", "fictional act, article 1")


def test_bad_input_keeps_every_word_and_says_what_is_wrong(client_of: ClientOf):
    amina = client_of("amina")
    wrong = {**FACTS, "title": "", "occurred": "last spring", "narrative": "Слова, які не можна загубити"}
    answer = amina.post("/incidents/new/record", data=wrong)
    assert answer.status_code == 422
    assert "Title is missing" in answer.text
    assert "is not a date this system understands" in answer.text
    assert "Слова, які не можна загубити" in answer.text
    future = amina.post("/incidents/new/record", data={**FACTS, "occurred": "2126-01-01"})
    assert future.status_code == 422
    assert "lies in the future" in future.text


def test_who_corrects_second_sees_both_and_loses_nothing(client_of: ClientOf, scene: Scene):
    amina, daria = client_of("amina"), client_of("daria")
    changed = {**FACTS, "occurred": "2022-03", "occurred-zone": "", "occurred-basis": "", "_version": "1"}
    sent(daria, f"{BASE}/do/amend", **changed)
    answer = amina.post(f"{BASE}/do/amend", data={**changed, "title": "Mine", "occurred": "2022-04"})
    assert answer.status_code == 409
    assert 'value="Mine"' in answer.text
    assert "March 2022" in answer.text
    sent(amina, f"{BASE}/do/amend", **{**changed, "title": "Mine", "_version": "2"})
    assert "Mine" in amina.get(BASE).text


# --------------------------------------------------------------------------- what hangs on it


def test_all_that_hangs_on_an_incident_is_linked_and_ended(
    client_of: ClientOf, instance: Instance, scene: Scene
):
    amina = client_of("amina")
    part = f"{BASE}/in"
    sent(amina, f"{part}/casualties/count", harm="killed", count_min="2", count_max="4", basis="council")
    sent(amina, f"{part}/casualties/count", harm="injured", count_min="11", basis="hospital")
    for bearer in (scene.unit, scene.company.lower()):
        sent(
            amina,
            f"{part}/actors/link",
            bearer=bearer,
            role="present",
            confidence="possible",
            basis="an account",
            asserted_by="a villager",
        )
    sent(amina, f"{part}/persons/link", person=scene.person, role="victim")
    sent(amina, f"{part}/remnants/attribute", remnant=scene.remnant, attribution="Lay in the crater.")
    sent(
        amina,
        f"{part}/evidence/link",
        evidence=scene.film,
        citation="02:14-02:20",
        shows="Дим над пекарнею",
        stance="contradicts",
    )
    overview, evidence = amina.get(BASE).text, amina.get(f"{BASE}/evidence").text
    for words in ("2–4", "≥ 11", scene.unit, scene.company, "a villager", scene.person):
        assert words in overview, words
    for words in (scene.film, "00:02:14-00:02:20", "Дим над пекарнею", "Contradicts", scene.remnant):
        assert words in evidence, words
    with instance.reading() as session:
        assert session.scalars(select(IncidentPerson)).one().level.value == "RESTRICTED"
        assert session.scalars(select(EvidenceLink)).one().asserted_by == "amina"

    for page, section in (
        (overview, "casualties"),
        (overview, "actors"),
        (overview, "persons"),
        (evidence, "evidence"),
        (evidence, "remnants"),
    ):
        end = item(page, section, "end")
        assert amina.post(end, data={"reason": " "}).status_code == 422
        sent(amina, end, reason="another cellar", _version="1")
    assert "Дим над пекарнею" not in amina.get(f"{BASE}/evidence").text
    assert scene.person not in amina.get(BASE).text
    assert "another cellar" in amina.get(f"{BASE}/custody").text or audit(instance).findings == []


def test_evidence_at_hand_is_one_click_and_any_other_is_typed(client_of: ClientOf, scene: Scene):
    amina = client_of("amina")
    form = amina.get(f"{BASE}/in/evidence/link").text
    assert f'value="{scene.film}"' in form
    assert "data-now" not in form
    said = {"shows": "x", "stance": "context"}
    sent(amina, f"{BASE}/in/evidence/link", **{**said, "evidence-other": scene.interview.lower()})
    both = {**said, "evidence": scene.film, "evidence-other": scene.interview}
    sent(amina, f"{BASE}/in/evidence/link", **both)
    assert scene.film not in amina.get(f"{BASE}/evidence").text
    for wrong, words in (
        ("KYI-E-9999", "There is no exhibit"),
        ("KYI-N-0001", "names neither an exhibit nor"),
        ("", "Evidence is missing"),
    ):
        answer = amina.post(f"{BASE}/in/evidence/link", data={**said, "evidence-other": wrong})
        assert answer.status_code == 422
        assert words in answer.text
    passage = amina.post(
        f"{BASE}/in/evidence/link", data={**said, "evidence": scene.film, "citation": "the end"}
    )
    assert passage.status_code == 422
    assert "is not a passage this system understands" in passage.text
    assert "data-now" in passage.text


def test_of_a_recording_the_position_of_a_player_can_be_taken(client_of: ClientOf, scene: Scene):
    form = client_of("amina").get(f"{BASE}/in/evidence/link?evidence={scene.film}").text
    player = re.search(rf'<video[^>]* id="([^"]+)"[^>]* src="/evidence/{scene.film}/media"', form)
    assert player
    assert f'data-now="#{player[1]}" data-into="citation"' in form
    assert "muted" in form
    assert "autoplay" not in form


def test_what_one_may_not_see_is_neither_offered_nor_cited(client_of: ClientOf, scene: Scene):
    daria, amina = client_of("daria"), client_of("amina")
    said = {"shows": "x", "stance": "context", "evidence-other": scene.hidden}
    assert scene.hidden not in daria.get(f"{BASE}/in/evidence/link").text
    refused = daria.post(f"{BASE}/in/evidence/link", data=said)
    assert refused.status_code == 422
    assert "or you may not see it" in refused.text
    sent(amina, f"{BASE}/in/evidence/link", **said)
    assert scene.hidden in amina.get(f"{BASE}/evidence").text
    assert scene.hidden not in daria.get(f"{BASE}/evidence").text


def test_a_page_that_shows_a_restricted_link_is_noted_as_read(
    client_of: ClientOf, instance: Instance, scene: Scene
):
    amina = client_of("amina")
    sent(amina, f"{BASE}/in/persons/link", person=scene.person, role="witness")
    amina.get(BASE)
    with instance.reading() as session:
        noted = session.scalars(select(AccessEntry).where(AccessEntry.kind == AccessKind.READ)).all()
    assert [row for row in noted if "KYI-N-0001" in row.what and row.level is Level.RESTRICTED]


# --------------------------------------------------------------------------- finding again


def test_the_list_is_narrowed_by_what_was_chosen(client_of: ClientOf, scene: Scene):
    amina = client_of("amina")
    sent(amina, "/incidents/new/record", **{**FACTS, "occurred": "2024-05", "place": "Інше"})
    for asked, there in (
        ({"kind": "attack"}, {"KYI-N-0002"}),
        ({"place": "вигадане"}, {"KYI-N-0001"}),
        ({"country": "ua"}, {"KYI-N-0001", "KYI-N-0002"}),
        ({"since": "2023"}, {"KYI-N-0002"}),
        ({"until": "2022-12-31"}, {"KYI-N-0001"}),
        ({"target_status": "civilian", "since": "2024-05-20"}, {"KYI-N-0002"}),
        ({"target_status": "unknown"}, set()),
    ):
        for view in ({}, {"view": "timeline"}):
            page = amina.get("/incidents/", query_string={**asked, **view}).text
            assert set(re.findall(r"KYI-N-\d{4}", page)) == there, asked
    assert amina.get("/incidents/", query_string={"since": "soon"}).status_code == 422
    assert amina.get("/incidents/", query_string={"kind": "war"}).status_code in {404, 422}
    assert amina.get("/incidents/", query_string={"mission": "KYI-1999-01"}).status_code == 404


def test_the_scope_of_work_narrows_the_list(client_of: ClientOf, scene: Scene):
    amina = client_of("amina")
    amina.post("/scope", data={"scope": "KYI"})
    assert "KYI-N-0001" not in amina.get("/incidents/").text
    amina.post("/scope", data={"scope": HOME})
    assert "KYI-N-0001" in amina.get("/incidents/").text


def test_the_timeline_is_in_the_order_of_events_and_draws_no_point_that_nobody_stated(client_of: ClientOf):
    amina = client_of("amina")
    for when in ("2024-05", "2022-03-12 14:30", "2023", "before 2021", "2022-03-01/2022-03-09"):
        sent(amina, "/incidents/new/record", **{**FACTS, "occurred": when, "title": f"when {when}"})
    page = amina.get("/incidents/?view=timeline").text
    assert re.findall(r"when ([^<]+)</span>", page) == [
        "2024-05",
        "2023",
        "2022-03-12 14:30",
        "2022-03-01/2022-03-09",
        "before 2021",
    ]
    widths = [int(width) for width in re.findall(r'class="times-span"[^>]* width="(\d+)"', page)]
    assert min(widths) >= 4
    assert widths[1] > 10 * widths[2]
    for words in ("stated to the minute", "some time within 9 days", "nothing is known of its beginning"):
        assert words in page, words


def test_the_timeline_goes_on_by_key(client_of: ClientOf, instance: Instance, cast: Cast):
    with instance.transaction() as session:
        for day in range(60):
            make.incident(session, cast, occurred=f"2022-0{1 + day // 28}-{1 + day % 28:02}")
    amina = client_of("amina")
    first = amina.get("/incidents/?view=timeline").text
    more = re.search(r'hx-get="([^"]+)"', first)
    assert more
    rest = amina.get(more[1].replace("&amp;", "&"), headers={"HX-Request": "true"}).text
    seen = re.findall(r">(KYI-N-\d{4})</a>", first + rest)
    assert len(seen) == len(set(seen)) == 60


def test_the_list_leaves_as_csv(client_of: ClientOf, scene: Scene):
    text = client_of("amina").get("/incidents/list.csv").text
    assert "KYI-N-0001" in text
    assert "Cellar of the school, Vyhadane" in text


# --------------------------------------------------------------------------- who may, and what it costs


def test_an_incident_of_others_does_not_exist(client_of: ClientOf, scene: Scene):
    outsider = client_of("outsider")
    for path in (
        "",
        "/evidence",
        "/allegations",
        "/custody",
        "/history",
        "/do/amend",
        "/do/allege",
        "/in/evidence/link",
        "/in/casualties/count",
    ):
        assert outsider.get(BASE + path).status_code == 404, path
        assert outsider.get(f"/incidents/KYI-N-9999{path}").status_code == 404, path
    assert "KYI-N-0001" not in outsider.get("/incidents/").text
    assert "KYI-N-0001" not in outsider.get("/incidents/?view=timeline").text


def test_who_may_read_and_not_record_is_offered_no_act(
    client_of: ClientOf, instance: Instance, cast: Cast, scene: Scene
):
    with instance.transaction() as session:
        outsider = session.scalars(select(Account).where(Account.login == "outsider")).one()
        place = session.get_one(Compartment, cast.mission)
        grant(
            session,
            place,
            role=Role.READER,
            level=Level.CONFIDENTIAL,
            purpose="t",
            actor=cast.olena,
            account=outsider,
        )
    reader = client_of("outsider")
    page = reader.get(BASE).text
    assert "Cellar of the school" in page
    assert "/do/" not in page
    assert "/in/" not in page
    for path in ("/do/amend", "/do/allege", "/in/evidence/link", "/in/casualties/count"):
        assert reader.get(BASE + path).status_code == 403, path
        assert reader.post(BASE + path, data={}).status_code == 403, path
    assert reader.get("/incidents/new/record").status_code == 403


@pytest.mark.parametrize(
    "path", ["/incidents/", "/incidents/?view=timeline", BASE, f"{BASE}/evidence", f"{BASE}/allegations"]
)
def test_a_page_asks_the_database_little_however_much_there_is(
    client_of: ClientOf, instance: Instance, cast: Cast, scene: Scene, path: str
):
    amina = client_of("amina")
    few = reading(instance, amina, path)
    for _ in range(4):
        sent(
            amina,
            f"{BASE}/in/actors/link",
            bearer=scene.unit,
            role="ordered",
            confidence="possible",
            basis="x",
        )
        sent(amina, f"{BASE}/in/evidence/link", evidence=scene.film, shows="x", stance="context")
        sent(amina, f"{BASE}/in/casualties/count", harm="killed", count_min="1", basis="x")
        sent(amina, f"{BASE}/do/allege", category="rome-statute:8(2)(a)(i)", rationale="x")
        sent(amina, "/incidents/new/record", **FACTS)
    many = reading(instance, amina, path)
    assert len(many) <= MOST_QUERIES, "\n".join(many)
    assert len(many) <= len(few) + 2

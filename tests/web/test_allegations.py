"""Allegations in the browser: read from an incident, weighed element by element, for and against."""

import re
from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from evidence_tracker.access.compartments import grant
from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import Account, Compartment, Draft, Role
from evidence_tracker.casework.actors.companies import add_company
from evidence_tracker.casework.allegations.models import (
    Allegation,
    AllegationStatus,
    Bearing,
    Direction,
    ElementFinding,
)
from evidence_tracker.casework.incidents.links import link_evidence
from evidence_tracker.custody.history import events_of
from evidence_tracker.instance import Instance
from evidence_tracker.jobs.audit import audit
from tests.cast import Cast
from tests.factories import allegations as make
from tests.factories import exhibits, incidents
from tests.web.conftest import ClientOf
from tests.web.test_incidents import FILM, MOST_QUERIES, reading, sent

BASE = "/allegations/KYI-A-0001"
INCIDENT = "/incidents/KYI-N-0001"
KILLING = "rome-statute:8(2)(a)(i)"
BEAR = f"{BASE}/in/bearings/bear"
WORDS = {"note": "Двоє дивляться вгору перед ударом.", "strength": "2"}


@dataclass(frozen=True)
class Scene:
    """An allegation of unlawful confinement and what could be cited or named, by reference."""

    film: str
    note: str
    hidden: str
    unit: str
    suspect: str
    company: str


@pytest.fixture
def scene(instance: Instance, cast: Cast) -> Scene:
    with instance.transaction() as session:
        incident = incidents.incident(session, cast)
        make.allegation(session, cast, incident=incident)
        film = exhibits.receive(session, instance.vault, cast, FILM, name="film.mp4", title="Film")
        link_evidence(session, incident, film, shows="smoke", stance="supports", actor=cast.amina)
        company = add_company(session, name="Fictional Optics", source="an invented list", actor=cast.amina)
        closed = incidents.closed_compartment(session, cast)
        return Scene(
            film=film.reference,
            note=exhibits.receive(session, instance.vault, cast, title="Note").reference,
            hidden=incidents.capture(session, cast, compartment=closed).reference,
            unit=incidents.unit(session, cast).reference,
            suspect=incidents.suspect(session, cast).reference,
            company=company.reference,
        )


def item(page: str, section: str, action: str) -> str:
    found = re.search(rf'{BASE}/in/{section}/[0-9a-f-]+/{action}(?=")', page)
    assert found, (section, action)
    return found[0]


def cite(browser: FlaskClient, element: int, direction: str, evidence: str, **more: str) -> None:
    form = {**WORDS, "element": str(element), "direction": direction, "evidence": evidence, **more}
    sent(browser, BEAR, **form)


def cell(page: str, element: int, direction: Direction) -> str:
    """Return one cell of the matrix."""
    row = page.split(f'id="element-{element}"')[1].split("</tr>", maxsplit=1)[0]
    return row.split("<td")[1 + list(Direction).index(direction)]


# --------------------------------------------------------------------------- alleging


def test_an_incident_is_read_under_a_category_that_is_pinned(
    client_of: ClientOf, instance: Instance, scene: Scene
):
    daria = client_of("daria")
    form = daria.get(f"{INCIDENT}/do/allege").text
    assert '<option value="rome-statute:8(2)(a)(i)">Wilful killing' in form
    assert "drafts for review by counsel" in form
    assert '"rome-statute:8(2)(a)"' not in form  # a heading is not offered
    made = sent(daria, f"{INCIDENT}/do/allege", category=KILLING, rationale="Знайдено тіло.")
    assert made.headers["Location"] == "/allegations/KYI-A-0002"
    page = daria.get("/allegations/KYI-A-0002").text
    for words in ("Знайдено тіло.", "KYI-N-0001", "rome-statute@2019.1: 8(2)(a)(i)", "0 of 5 elements"):
        assert words in page, words
    with instance.reading() as session:
        row = session.scalars(select(Allegation).where(Allegation.reference == "KYI-A-0002")).one()
    assert (row.pack_version, row.code, row.status) == ("2019.1", "8(2)(a)(i)", AllegationStatus.CLAIMED)
    assert audit(instance).findings == []


def test_it_can_begin_at_the_list_too_and_says_what_counsel_should_look_at(client_of: ClientOf, scene: Scene):
    daria = client_of("daria")
    made = sent(
        daria,
        "/allegations/new/allege",
        incident="kyi-n-0001",
        category="ua-cc:438(1)/2024",
        rationale="x",
        ihl_basis="GC IV art 49\nAP I art 51(2)",
    )
    page = daria.get(made.headers["Location"]).text
    assert "For counsel to look at" in page
    assert "GC IV art 49, AP I art 51(2)" in page
    assert "The category as a whole" in page


@pytest.mark.parametrize(
    ("category", "words"),
    [
        ("", "Crime category is missing"),
        ("nonsense", "names no pack and code"),
        ("rome-statute:99", "has no category"),
        ("no-pack:1", "There is no pack"),
        ("rome-statute:8(2)(a)", "is a heading"),
        ("ua-cc:438(1)/2024", "name the articles"),
    ],
)
def test_a_category_that_is_none_is_refused_in_a_sentence(
    client_of: ClientOf, scene: Scene, category: str, words: str
):
    form = {"category": category, "rationale": "Слова, які не можна загубити"}
    answer = client_of("daria").post(f"{INCIDENT}/do/allege", data=form)
    assert answer.status_code == 422
    assert words in answer.text
    assert "Слова, які не можна загубити" in answer.text


def test_the_reading_is_changed_and_the_status_moves_with_a_reason(
    client_of: ClientOf, instance: Instance, scene: Scene
):
    daria = client_of("daria")
    own = {"level": "CONFIDENTIAL", "legal_basis": "fictional act, article 1", "purpose": "documentation"}
    sent(daria, f"{BASE}/do/amend", rationale="Двадцять", ihl_basis="GC IV art 42", _version="1", **own)
    late = client_of("amina").post(f"{BASE}/do/amend", data={"rationale": "Mine", "_version": "1", **own})
    assert late.status_code == 409
    assert "Двадцять" in late.text
    assert "Mine" in late.text
    assert daria.post(f"{BASE}/do/status", data={"to": "supported"}).status_code == 422
    assert daria.post(f"{BASE}/do/status", data={"to": "withdrawn", "reason": "x"}).status_code == 422
    sent(daria, f"{BASE}/do/status", to="supported", reason="Element 1 is met.", _version="2")
    assert "Supported" in daria.get(BASE).text
    assert "Element 1 is met." in daria.get(f"{BASE}/custody").text
    with instance.reading() as session:
        row = session.scalars(select(Allegation)).one()
    assert (row.rationale, row.ihl_basis, row.version) == ("Двадцять", ["GC IV art 42"], 3)


def test_a_withdrawn_allegation_takes_nothing_more(client_of: ClientOf, scene: Scene):
    daria = client_of("daria")
    assert daria.post(f"{BASE}/do/withdraw", data={"reason": "double", "_typed": "A"}).status_code == 422
    sent(daria, f"{BASE}/do/withdraw", reason="double", _typed="kyi-a-0001")
    page = daria.get(f"{BASE}/matrix?element=1").text
    assert "/bear?" not in page
    assert "/find?" not in page
    assert "/do/status" not in page
    answer = daria.post(BEAR, data={**WORDS, "element": "1", "direction": "context", "evidence": scene.film})
    assert answer.status_code == 422


# --------------------------------------------------------------------------- the matrix


def test_a_video_is_cited_at_a_position_in_four_clicks(client_of: ClientOf, instance: Instance, scene: Scene):
    daria = client_of("daria")
    clicks = 0

    page = daria.get(BASE).text  # where one stands: the page of the allegation
    plus = re.search(r'class="cite-add" href="([^"]+element=3[^"]+direction=inculpatory)"', page)
    assert plus
    form = daria.get(plus[1].replace("&amp;", "&")).text
    clicks += 1
    assert f'type="radio" name="evidence" value="{scene.film}"' in form
    chosen = re.search(r'class="cites"[^>]* hx-get="([^"]+)"', form)
    assert chosen
    form = daria.get(f"{chosen[1]}?evidence={scene.film}", headers={"HX-Request": "true"}).text
    clicks += 1
    assert re.search(r'data-now="#player-citation-1" data-into="citation"', form)
    clicks += 1  # the position of the player, taken by the script
    saved = sent(
        daria,
        chosen[1],
        element="3",
        direction="inculpatory",
        evidence=scene.film,
        citation="00:02:14",
        strength="1",
        note="Двоє дивляться вгору.",
    )
    clicks += 1

    assert clicks <= 4
    assert saved.headers["Location"] == f"{BASE}/matrix?element=3"
    shown = cell(daria.get(saved.headers["Location"]).text, 3, Direction.INCULPATORY)
    assert scene.film in shown
    assert "02:14" in shown
    with instance.reading() as session:
        bearing = session.scalars(select(Bearing)).one()
    assert (bearing.element_n, bearing.anchor, bearing.asserted_by) == (3, "00:02:14", "daria")


def test_the_matrix_shows_for_against_context_and_gaps(client_of: ClientOf, scene: Scene):
    daria = client_of("daria")
    cite(daria, 1, "inculpatory", scene.film, citation="02:14", strength="3")
    cite(daria, 1, "exculpatory", scene.note, citation="p. 3")
    cite(daria, 2, "context", scene.note)
    page = daria.get(f"{BASE}/matrix").text
    assert "strength 3 of 3" in cell(page, 1, Direction.INCULPATORY)
    assert "p. 3" in cell(page, 1, Direction.EXCULPATORY)
    assert cell(page, 2, Direction.INCULPATORY).startswith(' class="gap"')
    assert "gap: nothing" in cell(page, 2, Direction.INCULPATORY)
    assert 'class="gap"' not in cell(page, 2, Direction.EXCULPATORY)
    assert scene.note in cell(page, 2, Direction.CONTEXT)
    assert "1 of 5 elements" in page
    order = [page.index(words) for words in ("Material elements", "Mental elements", "Contextual elements")]
    assert order == sorted(order)


def test_an_element_opens_with_its_passages_at_an_address_of_its_own(client_of: ClientOf, scene: Scene):
    daria = client_of("daria")
    cite(daria, 1, "exculpatory", scene.film, citation="02:14-02:40", note="Вони сміються <b>")
    panel = daria.get(f"{BASE}/matrix?element=1").text.split('id="panel"')[1].split("</aside>")[0]
    for words in (
        "Вони сміються &lt;b&gt;",
        "00:02:14-00:02:40",
        "Asserted by daria",
        "Nothing is found of it",
    ):
        assert words in panel, words
    assert f'src="/evidence/{scene.film}/media#t=134,160"' in panel
    for nowhere in ("", "?element=99", "?element=x", "?element=-1", "?element=²"):
        closed = daria.get(f"{BASE}/matrix{nowhere}").text
        assert 'aria-label="The opened element"></aside>' in closed, nowhere


def test_what_bears_is_corrected_and_never_turned(client_of: ClientOf, instance: Instance, scene: Scene):
    daria = client_of("daria")
    cite(daria, 1, "inculpatory", scene.film, citation="02:14")
    amend = item(daria.get(f"{BASE}/matrix?element=1").text, "bearings", "amend")
    form = daria.get(amend).text
    assert 'value="00:02:14"' in form
    assert "data-now" in form
    assert 'name="direction"' not in form
    own = {"citation": "02:20", "note": "Троє.", "strength": "3"}
    back = sent(daria, amend, _version="1", direction="exculpatory", **own)
    assert back.headers["Location"] == f"{BASE}/matrix?element=1"
    late = client_of("amina").post(amend, data={**own, "note": "Mine", "_version": "1"})
    assert late.status_code == 409
    assert "Троє." in late.text
    with instance.reading() as session:
        row = session.scalars(select(Bearing)).one()
    assert (row.direction, row.strength, row.anchor, row.note) == (
        Direction.INCULPATORY,
        3,
        "00:02:20",
        "Троє.",
    )


def test_what_speaks_against_is_taken_back_by_a_supervisor_alone(client_of: ClientOf, scene: Scene):
    daria, chen = client_of("daria"), client_of("chen")
    cite(daria, 1, "inculpatory", scene.note)
    cite(daria, 2, "exculpatory", scene.note)
    own = daria.get(f"{BASE}/matrix?element=2").text
    assert "end-against" not in own
    supervised = item(chen.get(f"{BASE}/matrix?element=2").text, "bearings", "end-against")
    assert daria.post(supervised, data={"reason": "It does not suit."}).status_code == 403
    sent(chen, supervised, reason="Запис іншого дня.", _version="1")
    sent(daria, item(daria.get(f"{BASE}/matrix?element=1").text, "bearings", "end"), reason="Misread.")
    page = daria.get(f"{BASE}/matrix").text
    assert "Taken back" in page
    assert "Запис іншого дня." in page
    assert scene.note not in cell(page, 1, Direction.INCULPATORY)


def test_a_finding_is_recorded_once_and_found_anew_by_whoever_read_it(
    client_of: ClientOf, instance: Instance, scene: Scene
):
    daria, amina = client_of("daria"), client_of("amina")
    first = {"element": "1", "state": "met", "reasoning": "Три розповіді."}
    assert daria.post(f"{BASE}/in/findings/find", data={**first, "reasoning": ""}).status_code == 422
    sent(daria, f"{BASE}/in/findings/find", **first)
    assert amina.post(f"{BASE}/in/findings/find", data=first).status_code == 409
    page = amina.get(f"{BASE}/matrix?element=1").text
    assert "Три розповіді." in page
    replace = item(page, "findings", "replace")
    sent(amina, replace, state="contested", reasoning="Одна інакше.", _version="1")
    late = daria.post(replace, data={"state": "met", "reasoning": "Still.", "_version": "1"})
    assert late.status_code == 409
    assert "Одна інакше." in late.text
    with instance.reading() as session:
        row = session.scalars(select(ElementFinding)).one()
    assert (row.state, row.found_by, row.version) == ("contested", "amina", 2)


def test_bad_input_keeps_every_word_and_says_what_is_wrong(client_of: ClientOf, scene: Scene):
    daria = client_of("daria")
    form = {**WORDS, "element": "1", "direction": "inculpatory", "evidence": scene.film}
    for wrong, words in (
        ({"citation": "the end"}, "is not a passage this system understands"),
        ({"element": "77"}, "this is not one of the choices"),
        ({"element": ""}, "Element is missing"),
        ({"direction": ""}, "Which way it points is missing"),
        ({"strength": "9"}, "this is not one of the choices"),
        ({"evidence": "", "evidence-other": scene.hidden}, "or you may not see it"),
    ):
        answer = daria.post(BEAR, data={**form, **wrong})
        assert answer.status_code == 422, wrong
        assert words in answer.text, wrong
        assert WORDS["note"] in answer.text
    assert daria.get(f"{BASE}/in/bearings/00000000-0000-0000-0000-000000000009/amend").status_code == 404


def test_a_bearing_of_another_allegation_is_none_of_this_one(
    client_of: ClientOf, instance: Instance, cast: Cast, scene: Scene
):
    daria = client_of("daria")
    cite(daria, 1, "inculpatory", scene.note)
    amend = item(daria.get(f"{BASE}/matrix?element=1").text, "bearings", "amend")
    with instance.transaction() as session:
        make.allegation(session, cast, KILLING)
    assert daria.get(amend.replace("KYI-A-0001", "KYI-A-0002")).status_code == 404


def test_drafts_of_different_cells_are_kept_apart(client_of: ClientOf, instance: Instance, scene: Scene):
    daria = client_of("daria")
    for element, words in (("1", "Перша половина"), ("2", "Друга половина")):
        kept = daria.put(BEAR, data={"element": element, "direction": "inculpatory", "note": words})
        assert kept.json == {"kept": True}
    assert "Перша половина" in daria.get(f"{BEAR}?element=1&direction=inculpatory").text
    second = daria.get(f"{BEAR}?element=2&direction=inculpatory").text
    assert "Друга половина" in second
    assert "Перша половина" not in second
    assert "половина" not in daria.get(f"{BEAR}?element=1&direction=exculpatory").text
    daria.post(BEAR, data={"element": "2", "direction": "inculpatory", "_throw_away": "1"})
    cite(daria, 1, "inculpatory", scene.film)
    with instance.reading() as session:
        assert session.scalars(select(Draft)).all() == []


def test_what_one_may_not_see_bears_on_nothing_for_that_one(client_of: ClientOf, scene: Scene):
    daria, amina = client_of("daria"), client_of("amina")
    cite(amina, 1, "inculpatory", "", **{"evidence-other": scene.hidden}, note="Видно лише їй.")
    assert scene.hidden in amina.get(f"{BASE}/matrix?element=1").text
    for path in ("", "/matrix", "/matrix?element=1"):
        page = daria.get(BASE + path).text
        assert scene.hidden not in page
        assert "Видно лише їй." not in page
    assert "0 of 5 elements" in daria.get(f"{BASE}/matrix").text
    assert "1 of 5 elements" in amina.get(f"{BASE}/matrix").text
    assert cell(daria.get(f"{BASE}/matrix").text, 1, Direction.INCULPATORY).startswith(' class="gap"')


# --------------------------------------------------------------------------- who is named, and the whole


def test_suspects_and_units_are_named_with_their_mode_and_companies_are_not(
    client_of: ClientOf, scene: Scene
):
    daria = client_of("daria")
    said = {"confidence": "possible", "basis": "signature below an order"}
    sent(daria, f"{BASE}/in/named/name", suspect=scene.suspect.lower(), mode="28(a)", **said)
    sent(daria, f"{BASE}/in/named/name", suspect=scene.unit, asserted_by="a partner", **said)
    page = daria.get(BASE).text
    for words in (scene.suspect, scene.unit, "28(a) · possible", "mode not stated", "asserted by a partner"):
        assert words in page, words
    assert page.count("<title>KYI-A-0001</title>") == 1
    for wrong, words in (
        ({"suspect": scene.company}, "is a company"),
        ({"suspect": scene.unit, "mode": "25(3)(e)"}, "is only for"),
        ({"suspect": scene.unit, "mode": "guilty"}, "has no mode of liability"),
        ({"suspect": "KYI-U-9999"}, "There is no actor"),
    ):
        answer = daria.post(f"{BASE}/in/named/name", data={**said, **wrong})
        assert answer.status_code == 422, wrong
        assert words in answer.text, wrong
    coverage = daria.get(f"{BASE}/matrix").text.split('class="coverage"')[1].split('class="with-panel"')[0]
    assert scene.suspect in coverage
    assert "0 of 5 elements in 1 allegation" in coverage
    sent(daria, item(page, "named", "release"), reason="Another man.", _version="1")


def test_an_incident_shows_all_readings_of_it_side_by_side(client_of: ClientOf, scene: Scene):
    daria = client_of("daria")
    assert "KYI-A-0001" in daria.get(f"{INCIDENT}/allegations").text
    sent(daria, f"{INCIDENT}/do/allege", category=KILLING, rationale="x")
    cite(daria, 1, "inculpatory", scene.film, strength="3")
    said = {"confidence": "possible", "basis": "an order"}
    for reference in ("KYI-A-0001", "KYI-A-0002"):
        sent(daria, f"/allegations/{reference}/in/named/name", suspect=scene.suspect, **said)
    page = daria.get(f"{INCIDENT}/allegations").text
    assert "1 / 5" in page
    assert "0 / 5" in page
    assert "1 of 10 elements in 2 allegations" in page
    assert f'href="{BASE}/matrix?element=1"' in page
    assert page.count("element gap") == 9


def test_all_that_speaks_against_is_found_by_incident_allegation_and_suspect(
    client_of: ClientOf, scene: Scene
):
    daria = client_of("daria")
    cite(daria, 2, "exculpatory", scene.film, citation="02:14", note="Вони йдуть самі.")
    sent(daria, f"{BASE}/in/named/name", suspect=scene.unit, confidence="possible", basis="x")
    for asked in ({}, {"incident": "kyi-n-0001"}, {"allegation": "KYI-A-0001"}, {"suspect": scene.unit}):
        assert "Вони йдуть самі." in daria.get("/allegations/against", query_string=asked).text, asked
    other = daria.get("/allegations/against", query_string={"suspect": scene.suspect}).text
    assert "Вони йдуть самі." not in other
    assert daria.get("/allegations/against?incident=KYI-N-9999").status_code == 404
    assert "Вони йдуть самі." not in client_of("outsider").get("/allegations/against").text


def test_the_list_is_narrowed_by_what_was_chosen(client_of: ClientOf, scene: Scene):
    daria, amina = client_of("daria"), client_of("amina")
    sent(amina, f"{INCIDENT}/do/allege", category=KILLING, rationale="x")
    sent(daria, f"{BASE}/do/status", to="contested", reason="x")
    for asked, there in (
        ({"category": KILLING}, {"KYI-A-0002"}),
        ({"category": "rome-statute:8(2)(a)"}, {"KYI-A-0001", "KYI-A-0002"}),
        ({"category": "ua-cc"}, set()),
        ({"status": "contested"}, {"KYI-A-0001"}),
        ({"incident": "kyi-n-0001"}, {"KYI-A-0001", "KYI-A-0002"}),
        ({"mine": "me"}, {"KYI-A-0001"}),
    ):
        page = daria.get("/allegations/", query_string=asked).text
        assert set(re.findall(r"KYI-A-\d{4}", page)) == there, asked
    assert "8(2)(a)(i) · Wilful killing" in daria.get("/allegations/").text
    assert "0 of 5" in daria.get("/allegations/list.csv").text
    assert daria.get("/allegations/?incident=KYI-N-9999").status_code == 404


# --------------------------------------------------------------------------- who may, and what it costs


def test_an_allegation_of_others_does_not_exist(client_of: ClientOf, scene: Scene):
    outsider = client_of("outsider")
    for path in ("", "/matrix", "/custody", "/history", "/do/amend", "/do/withdraw", "/in/bearings/bear"):
        assert outsider.get(BASE + path).status_code == 404, path
        assert outsider.get(f"/allegations/KYI-A-9999{path}").status_code == 404, path
    assert "KYI-A-0001" not in outsider.get("/allegations/").text


def test_who_may_read_and_not_record_sees_the_matrix_and_no_way_to_change_it(
    client_of: ClientOf, instance: Instance, cast: Cast, scene: Scene
):
    cite(client_of("daria"), 1, "inculpatory", scene.note)
    with instance.transaction() as session:
        outsider = session.scalars(select(Account).where(Account.login == "outsider")).one()
        grant(
            session,
            session.get_one(Compartment, cast.mission),
            role=Role.READER,
            level=Level.CONFIDENTIAL,
            purpose="tests",
            actor=cast.olena,
            account=outsider,
        )
    reader = client_of("outsider")
    for path in ("", "/matrix", "/matrix?element=1"):
        page = reader.get(BASE + path).text
        assert "/in/" not in page, path
        assert "/do/" not in page, path
    assert scene.note in reader.get(f"{BASE}/matrix").text
    for path in ("/in/bearings/bear", "/in/findings/find", "/in/named/name", "/do/amend", "/do/status"):
        assert reader.get(BASE + path).status_code == 403, path
        assert reader.post(BASE + path, data={}).status_code == 403, path


@pytest.mark.parametrize(
    "path", ["/allegations/", BASE, f"{BASE}/matrix?element=1", "/allegations/against", f"{BASE}/custody"]
)
def test_a_page_asks_the_database_little_however_much_there_is(
    client_of: ClientOf, instance: Instance, scene: Scene, path: str
):
    daria = client_of("daria")
    for element in (0, 1, 2, 3, 4, 5):
        for direction in Direction:
            cite(daria, element, direction.value, scene.film, citation="00:14")
    said = {"confidence": "possible", "basis": "x"}
    for bearer in (scene.unit, scene.suspect):
        sent(daria, f"{BASE}/in/named/name", suspect=bearer, **said)
    for _ in range(3):
        sent(daria, f"{INCIDENT}/do/allege", category=KILLING, rationale="x")
    asked = reading(instance, daria, path)
    assert len(asked) <= MOST_QUERIES, "\n".join(asked)


def test_every_act_of_a_browser_is_in_the_log(client_of: ClientOf, instance: Instance, scene: Scene):
    daria = client_of("daria")
    cite(daria, 1, "inculpatory", scene.film, citation="02:14")
    with instance.reading() as session:
        row = session.scalars(select(Bearing)).one()
        events = events_of(session, instance.keyring, row.id)
    assert [(event.values["act"], event.values["door"]) for event in events] == [("linked", "web")]
    assert audit(instance).findings == []

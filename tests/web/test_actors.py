"""Units with their chain of command, suspects and companies in the browser."""

import re
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient

from evidence_tracker.casework.actors import names, queries
from evidence_tracker.casework.actors.suspects import record_position
from evidence_tracker.casework.actors.units import place_under
from evidence_tracker.instance import Instance
from tests.cast import HOME, MISSION, Cast
from tests.factories import actors as make
from tests.web.conftest import ClientOf
from tests.web.doing import MOST_QUERIES, asking, done, let_read, page, refused, version_in

UNIT: dict[str, Any] = {
    "home": HOME,
    "kind": "armed-forces",
    "echelon": "brigade",
    "name": "55-та <i>вигадана</i> бригада",
    "name_latin": "55th Fictional Brigade",
    "name_language": "uk",
    "country": "ua",
    "source": "published order of battle",
}
SUSPECT: dict[str, Any] = {
    "home": HOME,
    "capacity": "commander",
    "name": "Вигаданий Прокіп",
    "name_latin": "Vyhadanyi Prokip",
    "source": "an order with a signature",
    "offence_basis": "authorised-by-national-law",
    "legal_basis": "Fictional Data Act, article 10(2)",
    "level": "RESTRICTED",
    "nationalities": "ru, by",
    "born_on": "c. 1979",
}


@dataclass
class Made:
    """The references of a division over a regiment over a battalion, of a commander and of a company."""

    division: str
    regiment: str
    battalion: str
    suspect: str
    company: str


@pytest.fixture
def made(instance: Instance, cast: Cast) -> Made:
    with instance.transaction() as session:
        division, regiment, battalion = (
            make.unit(session, cast.amina, name=name, name_latin=name, echelon=echelon)
            for name, echelon in (
                ("Division V", "division"),
                ("Regiment V", "regiment"),
                ("Battalion V", "battalion"),
            )
        )
        link: dict[str, Any] = {"actor": cast.amina, "confidence": "probable"}
        place_under(session, regiment, division, basis="two orders", since="2022-02", until="2022-06", **link)
        place_under(session, battalion, regiment, basis="stamps", **link)
        suspect, company = make.suspect(session, cast.amina), make.company(session, cast.amina)
        record_position(session, suspect, title="commander", unit=regiment, source="call", actor=cast.amina)
        return Made(*(row.reference for row in (division, regiment, battalion, suspect, company)))


@pytest.fixture
def amina(client_of: ClientOf) -> FlaskClient:
    return client_of("amina")


def item(shown: str, section: str, action: str) -> str:
    """Return the address of the first form of a row of a section."""
    found = re.search(rf'/\w+/[\w-]+/in/{section}/[0-9a-f-]+/{action}(?=")', shown)
    assert found, (section, action)
    return found[0]


def test_a_unit_is_recorded_where_it_was_said_and_shown_as_typed(amina, instance, cast):
    where = done(
        amina, "/units/new/add", **UNIT, base="Вигадане", **{"base-country": "UA"}, legal_basis="law"
    )
    shown = page(amina, where)
    assert "55-та &lt;i&gt;вигадана&lt;/i&gt; бригада" in shown
    assert "published order of battle" in shown
    assert "<title>KYI-U-0001</title>" in shown
    done(amina, "/units/new/add", **{**UNIT, "home": f"{MISSION}-C"})
    with instance.reading() as session:
        one, two = (queries.find_unit(session, f"KYI-U-000{n}", actor=cast.amina) for n in (1, 2))
    assert (one.compartment_id, two.compartment_id) == (cast.home, cast.mission)
    assert (one.country, one.legal_basis, one.level) == ("UA", "law", "CONFIDENTIAL")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"home": ""}, "Kept in is missing"),
        ({"home": "KYI-NOWHERE"}, "no compartment KYI-NOWHERE here"),
        ({"source": ""}, "According to is missing"),
        ({"name_latin": ""}, "form in Latin letters"),
        ({"country": "SU"}, "not a country code"),
        ({"name_language": "Ukrainian"}, "not a language tag"),
        ({"base": "", "base-latitude": "50"}, "is missing"),
        ({"kind": "pirates"}, "not one of the choices"),
    ],
)
def test_a_unit_that_is_half_stated_is_asked_again_with_every_word(amina, typed, sentence):
    shown = refused(amina, "/units/new/add", **{**UNIT, "description": "Слово лишається", **typed})
    assert sentence.lower() in shown.lower()
    assert "Слово лишається" in shown


def test_no_address_of_a_list_tells_a_name_that_was_typed(amina, made):
    answer = amina.post("/units/", data={"called": "regiment v", "kind": "police", "sort": "oldest"})
    address = answer.headers["Location"]
    assert answer.status_code == 303
    assert "regiment" not in address
    assert {"kind=police", "sort=oldest"} <= set(address.partition("?")[2].split("&"))

    shown = page(amina, address)
    assert "called “regiment v”" in shown
    # Nor does any address that is offered there: other orders, the file, the next filter, the view to keep.
    assert not re.search(r'(?:href|action)="[^"]*regiment', shown)
    assert not re.search(r'name="called" value="regiment', shown)
    assert "damaged" in amina.get("/units/?called=~nonsense").text


def test_units_are_found_by_any_name_a_number_and_where_one_works(amina, made, instance, cast):
    with instance.transaction() as session:
        regiment = queries.find_unit(session, made.regiment, actor=cast.amina)
        names.add_name(session, regiment, text="Сірі вовки", kind="alias", actor=cast.amina)
        names.add_identifier(
            session, regiment, value="в/ч 00777", kind="military-unit-number", actor=cast.amina
        )
    for words in ("сірі", "regiment v", "в/ч 00777"):
        shown = page(amina, f"/units/?called={words}")
        assert made.regiment in shown, words
        assert made.division not in shown, words
    assert "Nothing fits these filters" in page(amina, "/units/?called=—")
    assert made.regiment not in page(amina, "/units/?kind=police")
    assert made.regiment not in page(amina, "/units/?country=ge")
    amina.post("/scope", data={"scope": f"{MISSION}-C"})
    assert made.regiment not in page(amina, "/units/")


def test_a_unit_is_changed_unless_somebody_saved_first(amina, made):
    address = f"/units/{made.regiment}/do/amend"
    assert version_in(page(amina, address)) == "1"
    typed: dict[str, Any] = {**UNIT, "level": "CONFIDENTIAL", "_version": "1"}
    done(amina, address, **typed)
    shown = refused(amina, address, 409, **{**typed, "description": "mine"})
    assert "Somebody else saved first" in shown
    assert "mine" in shown
    assert "level is missing" in refused(amina, address, **{**typed, "level": ""}).lower()


def test_names_and_numbers_are_added_and_withdrawn_with_a_reason(amina, made):
    for room, reference in (
        ("units", made.regiment),
        ("suspects", made.suspect),
        ("companies", made.company),
    ):
        base = f"/{room}/{reference}"
        done(amina, f"{base}/in/names/add", text="Сірі вовки", kind="alias", language="uk", source="graffiti")
        done(amina, f"{base}/in/identifiers/add", value="00777", kind="other", issuer="ministry")
        shown = page(amina, base)
        assert "Сірі вовки" in shown
        assert "00777" in shown
        refused(amina, f"{base}/in/identifiers/add", value="00777", kind="other")
        for section in ("names", "identifiers"):
            refused(amina, item(shown, section, "end"), reason="")
            done(amina, item(shown, section, "end"), reason="misread")
        after = page(amina, base)
        assert "Сірі вовки" not in after
        assert "00777" not in after


def test_a_chain_is_read_from_the_top_with_basis_and_support(amina, made):
    shown = page(amina, f"/units/{made.regiment}/chain")
    places = [shown.index(f'<b dir="auto">{name} V</b>') for name in ("Division", "Regiment", "Battalion")]
    assert places == sorted(places)
    assert "two orders" in shown
    assert "Probable" in shown
    assert "commander" in shown
    before = page(amina, f"/units/{made.regiment}/chain?at=2021&relation=command")
    assert "two orders" not in before
    assert "Nothing is recorded above it, as asked" in before
    assert "stamps" in before
    assert "stamps" not in page(amina, f"/units/{made.regiment}/chain?relation=attached")
    assert amina.get(f"/units/{made.regiment}/chain?at=yesterday").status_code == 422


def test_a_link_is_added_from_either_end_changed_and_withdrawn(amina, made):
    base = f"/units/{made.division}"
    done(amina, "/units/new/add", **UNIT)
    army = "KYI-U-0006"
    link: dict[str, Any] = {"relation": "command", "basis": "wall chart", "since": "2022"}
    done(amina, f"{base}/in/links/under", **link, unit=army, confidence="possible")
    assert "wall chart" in page(amina, f"/units/{made.battalion}/chain")
    done(amina, f"/units/{army}/in/links/over", **{**link, "relation": "attached"}, unit=made.battalion)
    assert "Attached" in page(amina, f"/units/{made.battalion}/chain?relation=attached")
    refused(amina, f"/units/{army}/in/links/under", **link, unit=made.battalion)
    refused(amina, f"{base}/in/links/under", **link, unit="KYI-U-9999")
    shown = page(amina, f"{base}/chain?relation=command&at=2023")
    amend = item(shown, "links", "amend")
    where = done(
        amina, amend, **{**link, "basis": "corrected", "confidence": "confirmed", "level": "CONFIDENTIAL"}
    )
    assert where == f"{base}/chain"
    assert "corrected" in page(amina, f"{base}/chain")
    done(amina, item(page(amina, f"{base}/chain?at=2023"), "links", "end"), reason="misread")
    assert "corrected" not in page(amina, f"{base}/chain")


def test_statements_that_go_round_in_a_circle_are_shown_and_end(amina, made, instance, cast):
    with instance.transaction() as session:
        division, battalion = (
            queries.find_unit(session, reference, actor=cast.amina)
            for reference in (made.division, made.battalion)
        )
        facts: dict[str, Any] = {"basis": "hearsay", "since": "2023", "actor": cast.amina}
        place_under(session, division, battalion, **facts)
    for reference in (made.division, made.regiment, made.battalion):
        assert "hearsay" in page(amina, f"/units/{reference}/chain")


def test_a_named_person_is_not_recorded_without_what_allows_it(amina):
    for missing in ("legal_basis", "offence_basis"):
        shown = refused(amina, "/suspects/new/add", **{**SUSPECT, missing: ""})
        assert "Vyhadanyi Prokip" in shown
    where = done(amina, "/suspects/new/add", **SUSPECT)
    shown = page(amina, where)
    assert "Fictional Data Act, article 10(2)" in shown
    assert "<title>KYI-U-0001</title>" in shown
    assert "Vyhadanyi" not in shown.split("</head>", maxsplit=1)[0]
    amend: dict[str, Any] = {**SUSPECT, "_version": "1"}
    refused(amina, f"{where}/do/amend", **{**amend, "legal_basis": ""})
    done(amina, f"{where}/do/amend", **{**amend, "description": "said to have signed"})


def test_a_post_is_held_in_one_unit_or_one_company(amina, made):
    base = f"/suspects/{made.suspect}"
    post: dict[str, Any] = {
        "title": "member of the board",
        "source": "register",
        "since": "2023",
        "confidence": "confirmed",
    }
    refused(amina, f"{base}/in/positions/add", **post)
    refused(amina, f"{base}/in/positions/add", **post, unit=made.regiment, company=made.company)
    done(amina, f"{base}/in/positions/add", **post, company=made.company, rank="chair")
    shown = page(amina, base)
    assert "member of the board, chair" in shown
    assert f"/companies/{made.company}" in shown
    assert "member of the board" in page(amina, f"/companies/{made.company}")
    amend = item(shown, "positions", "amend")
    typed: dict[str, Any] = {"title": "commander of it all", "source": "call", "level": "RESTRICTED"}
    assert "How well it is supported is missing" in refused(amina, amend, **typed)
    done(amina, amend, **typed, confidence="probable")
    assert "commander of it all" in page(amina, f"/units/{made.regiment}/chain")
    done(amina, amend.replace("amend", "end"), reason="mistaken")
    assert "commander of it all" not in page(amina, base)


def test_suspects_and_companies_are_listed_filtered_and_given_as_csv(amina, made):
    assert made.suspect in page(amina, "/suspects/?capacity=commander&called=vyhadnyk")
    assert made.suspect not in page(amina, "/suspects/?capacity=official")
    assert made.company in page(amina, "/companies/?headquarters_country=nl")
    assert made.company not in page(amina, "/companies/?headquarters_country=cn")
    for room in ("units", "suspects", "companies"):
        csv = page(amina, f"/{room}/list.csv")
        assert "KYI-U-" in csv
        assert "<" not in csv


def test_a_company_is_recorded_and_changed(amina):
    typed = {"home": HOME, "name": "Fictional Chips N.V.", "headquarters_country": "nl", "source": "register"}
    where = done(amina, "/companies/new/add", **typed, ownership="a holding")
    assert "a holding" in page(amina, where)
    done(amina, f"{where}/do/amend", **{**typed, "name_latin": "Fictional Chips", "level": "RESTRICTED"})


def test_lowering_a_level_needs_a_supervisor_and_loses_no_word(amina, client_of, made):
    typed: dict[str, Any] = {**UNIT, "level": "PUBLIC", "description": "a long text"}
    shown = refused(amina, f"/units/{made.regiment}/do/amend", 403, **typed)
    assert "a long text" in shown
    done(client_of("chen"), f"/units/{made.regiment}/do/amend", **typed)


def test_the_outsider_finds_no_actor(client_of, made):
    outsider = client_of("outsider")
    for room, reference in (
        ("units", made.regiment),
        ("suspects", made.suspect),
        ("companies", made.company),
    ):
        for path in ("", "/links", "/do/amend", "/in/names/add"):
            assert outsider.get(f"/{room}/{reference}{path}").status_code == 404, (room, path)
        assert "KYI-U-" not in page(outsider, f"/{room}/")
        assert outsider.get(f"/{room}/new/add").status_code == 403
    assert outsider.get(f"/units/{made.regiment}/chain").status_code == 404


def test_whoever_reads_only_is_offered_no_change(client_of, made, instance, cast):
    let_read(instance, cast)
    outsider = client_of("outsider")
    shown = page(outsider, f"/units/{made.regiment}/chain")
    assert "two orders" in shown
    assert "/in/links/" not in shown
    assert "/do/amend" not in shown
    assert outsider.get(f"/units/{made.regiment}/do/amend").status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        *("/units/", "/units/KYI-U-0002", "/units/KYI-U-0002/chain", "/units/KYI-U-0002/links"),
        *("/suspects/", "/suspects/KYI-U-0004", "/suspects/KYI-U-0004/links"),
        *("/companies/", "/companies/KYI-U-0005", "/companies/KYI-U-0005/links"),
    ],
)
def test_a_page_asks_the_database_little_however_much_there_is(amina, made, instance, cast, path):
    with instance.transaction() as session:
        regiment = queries.find_unit(session, made.regiment, actor=cast.amina)
        suspect = queries.find_suspect(session, made.suspect, actor=cast.amina)
        company = queries.find_company(session, made.company, actor=cast.amina)
        for number in range(6):
            lower = make.unit(session, cast.amina)
            place_under(session, lower, regiment, basis="x", actor=cast.amina)
            make.company(session, cast.amina)
            other = make.suspect(session, cast.amina)
            record_position(session, other, title="x", unit=regiment, source="x", actor=cast.amina)
            record_position(session, suspect, title="x", company=company, source="x", actor=cast.amina)
            for bearer in (regiment, suspect, company):
                names.add_name(session, bearer, text=f"Name {number}", kind="alias", actor=cast.amina)
    with asking(instance) as asked:
        page(amina, path)
    assert len(asked) <= MOST_QUERIES, "\n".join(asked)

"""People who need protection in the browser: their codes, their care, and their identity, which shows once."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from evidence_tracker.access import drafts
from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import AccessEntry, Draft
from evidence_tracker.casework.exhibits.models import PersonRole
from evidence_tracker.casework.exhibits.people import link_person
from evidence_tracker.casework.incidents.links import link_person as link_to_incident
from evidence_tracker.casework.parties.instructions import correct_instruction
from evidence_tracker.casework.parties.queries import page_instructions
from evidence_tracker.casework.persons import queries
from evidence_tracker.casework.persons.links import link_suspect
from evidence_tracker.casework.persons.models import ActorRelation, Need, Person, ThreatLevel
from evidence_tracker.casework.persons.protection import assess_threat
from evidence_tracker.casework.persons.referrals import offer_referral
from evidence_tracker.custody.history import events_of
from evidence_tracker.instance import Instance
from evidence_tracker.keys.unlockers import CHEAP, Passphrase
from evidence_tracker.values.moment import Moment
from evidence_tracker.web.house import House
from tests.cast import MISSION, PASSPHRASE, Cast
from tests.factories import actors, exhibits, incidents, interviews, parties
from tests.factories import persons as make
from tests.web.conftest import ClientOf
from tests.web.doing import MOST_QUERIES, asking, done, let_read, page, refused

NAME, LATIN, PHONE = "Оксана Вигаданенко", "Oksana Vyhadanenko", "+380 67 555 01 23"
IDENTITY = {
    "identity_legal_name": NAME,
    "identity_latin_name": LATIN,
    "identity_alias": "Ксенія\nЛасточка",
    "identity_phone": PHONE,
}
PERSON: dict[str, Any] = {
    "home": f"{MISSION}-C",
    "roles-witness": "on",
    "roles-survivor": "on",
    "age_band": "25-39",
    "languages": "uk, crh-Latn",
    "is_crsv_survivor": "on",
    "vulnerabilities-displaced": "on",
}
SECRETS = (NAME, LATIN, "Vyhadanenko", "Ксенія", "Ласточка", "555")


@pytest.fixture
def amina(client_of: ClientOf) -> FlaskClient:
    return client_of("amina")


@pytest.fixture
def bohdan(client_of: ClientOf) -> FlaskClient:
    """Return the browser of somebody who may reveal identities."""
    return client_of("bohdan")


@pytest.fixture
def lent(house: House, instance: Instance, cast: Cast) -> Iterator[None]:
    """Have a custodian lend the identity root."""
    private = instance.keys.unlock_identity(instance.keys.custodians()[0], Passphrase(PASSPHRASE, CHEAP))
    house.lend_identities(private, by=cast.olena.account_id, login="olena")
    yield
    house.take_identities_back()


@pytest.fixture
def base(amina: FlaskClient) -> str:
    """Register somebody with an identity; return the address of the record."""
    return done(amina, "/people/new/register", **PERSON, **IDENTITY)


def code_in(address: str) -> str:
    return address.rsplit("/", 1)[1]


def stored(instance: Instance, cast: Cast, address: str) -> Person:
    with instance.reading() as session:
        row = queries.find_person(session, code_in(address), actor=cast.amina)
        session.expunge(row)
        return row


def tells(text: str) -> list[str]:
    """Return which words of the identity stand in a text."""
    return [word for word in SECRETS if word in text]


def without_way_back(text: str) -> str:
    """Return a page without its own address, to which the choice of a scope leads back."""
    return re.sub(r'name="back" value="[^"]*"', "", text)


def item(shown: str, section: str, action: str) -> str:
    found = re.search(rf'/people/[\w-]+/in/{section}/[0-9a-f-]+/{action}(?=")', shown)
    assert found, (section, action)
    return found[0]


# --------------------------------------------------------------------------- registering


def test_a_person_is_registered_under_a_code_and_no_page_says_who_it_is(amina, base, instance, cast):
    assert re.fullmatch(r"/people/PN-[0-9A-Z]{6}", base)
    pages = [page(amina, f"{base}{tab}") for tab in ("", "/protection", "/links", "/custody", "/history")]
    pages += [
        page(amina, path) for path in ("/people/", "/people/list.csv", "/people/due", f"{base}/do/amend")
    ]
    assert [tells(text) for text in pages] == [[]] * len(pages)
    assert "Legal name" in pages[0]
    row = stored(instance, cast, base)
    assert (row.level, row.is_child, row.is_crsv_survivor) == (Level.RESTRICTED, False, True)
    assert (row.roles, row.languages, row.vulnerabilities) == (
        ["witness", "survivor"],
        ["uk", "crh-Latn"],
        ["displaced"],
    )
    assert row.compartment_id == cast.mission


def test_an_interview_is_planned_from_the_page_of_the_person(amina, base):
    way = f"/interviews/new/plan?person={code_in(base)}"
    assert f'href="{way}"' in page(amina, base)
    assert page(amina, way).count(f'value="{code_in(base)}"') == 1


def test_what_goes_into_the_logs_says_no_name_either(amina, base, instance, cast):
    page(amina, base)
    row = stored(instance, cast, base)
    with instance.reading() as session:
        logged = str([event.values for event in events_of(session, session.info["keyring"], row.id)])
        noted = " ".join(session.scalars(select(AccessEntry.what)))
    assert not tells(logged + noted)
    assert row.code in noted


def test_the_title_says_what_somebody_is_and_the_tab_of_the_browser_the_code(amina, base):
    shown = page(amina, base)
    assert '<h1 dir="auto">Witness, survivor, 25–39</h1>' in shown
    assert f"<title>{code_in(base)}</title>" in shown


def test_an_identity_is_in_no_draft_and_no_address_fills_it_in(amina, instance, cast):
    typed = {**PERSON, **IDENTITY, "purpose": "half typed"}
    assert amina.put("/people/new/register", data=typed).json == {"kept": True}
    with instance.reading() as session:
        draft = session.scalars(select(Draft)).one()
        kept = drafts.read(session, kind=draft.kind, subject_id=draft.subject_id, actor=cast.amina)
    assert kept is not None
    assert kept["purpose"] == "half typed"
    assert not [name for name in kept if name.startswith("identity")]
    shown = page(amina, f"/people/new/register?identity_legal_name={NAME}&legal_basis=statute")
    assert "half typed" in shown
    assert not tells(without_way_back(shown))


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"age_band": ""}, "not said whether the person is a child"),
        ({"age_band": "12-15", "is_child": "no"}, "contradicts what is said of being a child"),
        ({"level": "CONFIDENTIAL"}, "never below RESTRICTED"),
        ({"languages": "Ukrainian"}, "not a language tag"),
        ({"home": ""}, "Kept in is missing"),
        ({"identity_legal_name": "x" * 20_000}, "longer than 16384 bytes"),
        ({"identity_alias": "a\x07b"}, "control characters"),
    ],
)
def test_a_registration_that_is_refused_gives_every_word_back_and_seals_nothing(
    amina, instance, typed, sentence
):
    shown = refused(amina, "/people/new/register", **{**PERSON, **IDENTITY, **typed})
    assert sentence in shown
    assert LATIN in shown
    with instance.reading() as session:
        assert session.scalars(select(Person)).all() == []


def test_whoever_may_not_record_identities_is_not_asked_for_one(client_of, instance, cast):
    chen = client_of("chen")
    assert "identity_legal_name" not in page(chen, "/people/new/register")
    where = done(chen, "/people/new/register", **PERSON, **IDENTITY)
    with instance.reading() as session:
        row = queries.find_person(session, code_in(where), actor=cast.chen)
        assert queries.recorded_fields(session, row, actor=cast.chen) == []
    assert "/do/seal" not in page(chen, where)
    assert chen.get(f"{where}/do/seal").status_code == 403


def test_a_person_of_a_mission_is_registered_with_its_purpose(client_of, instance, cast):
    olena = client_of("olena")
    plan = {"reference": "KYI-2026-09", "title": "Fictional", "level": "SEALED", "purpose": "spring"}
    done(olena, "/missions/new/plan", **plan, legal_basis="statute 2")
    where = done(olena, "/people/new/register", **{**PERSON, "home": "KYI-2026-09"})
    with instance.reading() as session:
        row = queries.find_person(session, code_in(where), actor=cast.olena)
    assert (row.level, row.purpose, row.legal_basis) == (Level.SEALED, "spring", "statute 2")


def test_a_person_is_changed_unless_somebody_saved_first_and_a_cleared_box_is_a_difference(
    amina, base, instance, cast
):
    typed = {
        **PERSON,
        "is_child": "no",
        "level": "RESTRICTED",
        "protection_level": "critical",
        "_version": "1",
    }
    typed |= {"civil_status": "civilian"}
    done(amina, f"{base}/do/amend", **typed)
    stale = {**typed, "roles-insider": "on"}
    shown = refused(amina, f"{base}/do/amend", 409, **{**stale, "vulnerabilities-displaced": ""})
    assert 'name="_theirs-vulnerabilities-displaced" value="on"' in shown
    theirs = {"_theirs-vulnerabilities-displaced": "on", "_choose-vulnerabilities": "theirs"}
    done(amina, f"{base}/do/amend", **{**stale, "vulnerabilities-displaced": "", "_version": "2"}, **theirs)
    row = stored(instance, cast, base)
    assert (row.roles, row.vulnerabilities) == (["witness", "survivor", "insider"], ["displaced"])
    assert "Care critical" in page(amina, base)


def test_taking_back_what_closes_a_gate_needs_a_supervisor_and_loses_no_word(amina, client_of, base):
    typed = {
        **PERSON,
        "is_child": "no",
        "level": "RESTRICTED",
        "protection_level": "standard",
        "_version": "1",
    }
    typed |= {"civil_status": "civilian", "purpose": "typed at length"}
    del typed["is_crsv_survivor"]
    assert "typed at length" in refused(amina, f"{base}/do/amend", 403, **typed)
    done(client_of("chen"), f"{base}/do/amend", **typed)


# --------------------------------------------------------------------------- the identity


def test_more_is_sealed_later_beside_or_in_place_of_what_was_known(amina, bohdan, base, lent):
    assert "There is nothing to seal" in refused(amina, f"{base}/do/seal")
    done(amina, f"{base}/do/seal", identity_phone="+380 50 111 22 33", beside="on")
    done(amina, f"{base}/do/seal", identity_alias="Марічка")
    secret = {"reason": "a call", "_own_secret": "secret of bohdan"}
    shown = bohdan.post(f"{base}/do/reveal", data=secret).text
    assert PHONE in shown
    assert "+380 50 111 22 33" in shown
    assert "Марічка" in shown
    assert "Ласточка" not in shown
    assert "Ласточка" in bohdan.post(f"{base}/do/reveal", data={**secret, "with_superseded": "on"}).text


def test_an_identity_is_shown_once_for_a_reason_and_the_log_says_so(bohdan, base, lent, instance, cast):
    typed = {"reason": "She asked us to call her back.", "only-legal_name": "on", "only-phone": "on"}
    answer = bohdan.post(f"{base}/do/reveal", data={**typed, "_own_secret": "secret of bohdan"})
    assert answer.status_code == 200
    assert NAME in answer.text
    assert PHONE in answer.text
    assert LATIN not in answer.text
    assert 'data-fade="60"' in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Refresh"] == f"60; url={base}"
    assert not tells(answer.text.split("</head>", maxsplit=1)[0] + str(answer.headers))
    pages = [bohdan.get(f"{base}{tab}").text for tab in ("", "/custody", "/do/reveal")]
    assert [tells(text) for text in pages] == [[], [], []]
    assert "She asked us to call her back." in pages[1]
    with instance.reading() as session:
        row = queries.find_person(session, code_in(base), actor=cast.bohdan)
        last = events_of(session, session.info["keyring"], row.id)[-1].values
    assert (last["act"], last["fields"]) == ("identity_revealed", ["legal_name", "phone"])
    assert last["actor"] == str(cast.bohdan.account_id)


def test_a_locked_vault_says_so_before_and_after_and_reveals_nothing(bohdan, base):
    assert "The identity vault is locked" in page(bohdan, f"{base}/do/reveal")
    typed = {"reason": "a call", "_own_secret": "secret of bohdan"}
    shown = refused(bohdan, f"{base}/do/reveal", 423, **typed)
    assert "Ask a custodian of identities" in shown
    assert "a call" in shown
    assert not tells(shown)


def test_a_reveal_takes_a_reason_and_ones_own_secret(bohdan, base, lent):
    assert "The identity vault is open, lent by olena" in page(bohdan, f"{base}/do/reveal")
    shown = refused(bohdan, f"{base}/do/reveal", reason=" ", _own_secret="secret of bohdan")
    assert "Why is missing" in shown
    shown = refused(bohdan, f"{base}/do/reveal", 403, reason="a call", _own_secret="secret of amina")
    assert "a call" in shown
    assert not tells(shown)
    assert "secret of amina" not in shown


def test_whoever_may_not_reveal_is_not_offered_it(amina, client_of, base, lent):
    for browser in (amina, client_of("chen"), client_of("daria")):
        assert "/do/reveal" not in page(browser, base)
        assert browser.get(f"{base}/do/reveal").status_code == 403
        answer = browser.post(f"{base}/do/reveal", data={"reason": "x", "_own_secret": "secret of amina"})
        assert answer.status_code == 403
        assert not tells(answer.text)


def test_the_reason_of_a_reveal_is_kept_in_no_draft(bohdan, base, instance):
    assert bohdan.put(f"{base}/do/reveal", data={"reason": "half typed"}).json == {"kept": False}
    assert amount(instance, Draft) == 0
    assert "data-draft=" not in page(bohdan, f"{base}/do/reveal")


def amount(instance: Instance, model: type[Any]) -> int:
    with instance.reading() as session:
        return len(session.scalars(select(model)).all())


# --------------------------------------------------------------------------- care


def test_a_threat_is_assessed_looked_at_again_and_corrected(amina, base, instance, cast, clock):
    assert "Nobody has assessed yet" in page(amina, base)
    typed: dict[str, Any] = {"threat_level": "high", "threats": "Сусід погрожував", "review_on": "2026-03-01"}
    refused(amina, f"{base}/in/threats/assess", **typed)
    typed |= {"assessed_on": "2026-02-01", "wishes_anonymity": "yes", "contact_interval_days": "14"}
    done(amina, f"{base}/in/threats/assess", **typed, protection_level="critical")
    shown = page(amina, base)
    assert "Overdue" in shown
    assert "to stay anonymous" in shown
    assert "Care critical" in shown
    clock.at += timedelta(minutes=1)
    done(amina, f"{base}/in/threats/assess", threat_level="low", threats="none now", review_on="2026-09-01")
    shown = page(amina, f"{base}/protection")
    assert shown.index("none now") < shown.index("Earlier assessments") < shown.index("Сусід погрожував")
    where = done(
        amina,
        item(shown, "threats", "amend"),
        threat_level="moderate",
        threats="none now",
        assessed_on="2026-03-02",
        review_on="2026-09-01",
        _version="1",
    )
    assert where == f"{base}/protection"
    with instance.reading() as session:
        row = queries.find_person(session, code_in(base), actor=cast.amina)
        assert queries.assessments(session, row, actor=cast.amina)[0].threat_level is ThreatLevel.MODERATE
    assert "Overdue" not in page(amina, base)


def test_what_happened_to_a_person_is_noted_and_completed(amina, base):
    typed: dict[str, Any] = {
        "kind": "surveillance",
        "happened": "c. 2026-02",
        "description": "Авто під вікнами",
    }
    refused(amina, f"{base}/in/happened/note", **{**typed, "happened": "last week"})
    done(amina, f"{base}/in/happened/note", **typed)
    shown = page(amina, f"{base}/protection")
    assert "Авто під вікнами" in shown
    done(amina, item(shown, "happened", "amend"), **typed, response="route changed", _version="1")
    assert "route changed" in page(amina, f"{base}/protection")


def test_help_is_offered_answered_and_asked_after_and_shared_only_with_consent(amina, base, instance, cast):
    with instance.transaction() as session:
        helper = parties.partner(session, cast.amina).reference
    done(amina, f"{base}/in/referrals/offer", need="psychological", follow_up_on="2026-03-01")
    shown = page(amina, f"{base}/protection")
    answer = item(shown, "referrals", "answer")
    refused(amina, answer, outcome="declined", consent_to_share="yes", provider=helper)
    refused(amina, answer, outcome="accepted", consent_to_share="yes")
    refused(amina, answer, outcome="offered")
    done(amina, answer, outcome="accepted", consent_to_share="yes", provider=helper, _version="1")
    shown = page(amina, f"{base}/protection")
    assert "Accepted" in shown
    assert "Fictional Legal Aid" in shown
    refused(amina, answer, 409, outcome="declined", _version="1")
    done(amina, item(shown, "referrals", "amend"), follow_up_on="2026-05-01", note="after the move")
    shown = page(amina, f"{base}/protection")
    assert "after the move" in shown
    assert "1 May 2026" in shown


def test_what_is_due_is_listed_the_longest_due_first(amina, base, client_of, instance, cast):
    with instance.transaction() as session:
        row = queries.find_person(session, code_in(base), actor=cast.amina)
        facts = {
            "threat_level": "high",
            "threats": "x",
            "assessed_on": "2026-01-01",
            "review_on": "2026-02-20",
        }
        assess_threat(session, row, facts, actor=cast.amina)
        offered = Moment.parse("2026-01-01")
        for need, day in ((Need.LEGAL, date(2026, 2, 10)), (Need.MEDICAL, date(2026, 4, 1))):
            offer_referral(session, row, need=need, offered=offered, follow_up_on=day, actor=cast.amina)
    shown = page(amina, "/people/due")
    assert shown.index("Legal") < shown.index("Look at the threat again")
    assert "Medical" not in shown
    assert "Medical" in page(amina, "/people/due?until=2026-04-01")
    assert "/in/threats/assess" in shown
    assert ">2<" in page(amina, "/people/").split("Due", 1)[1][:80]
    assert amina.get("/people/due?until=soon").status_code == 422
    let_read(instance, cast, Level.RESTRICTED)
    outsider = client_of("outsider")
    shown = page(outsider, "/people/due")
    assert code_in(base) in shown
    assert "/in/threats/assess" not in shown


def test_a_link_to_a_suspect_is_restricted_and_ends_with_a_reason(amina, base, instance, cast):
    with instance.transaction() as session:
        named = actors.suspect(session, cast.amina)
        reference = named.reference
    typed: dict[str, Any] = {"suspect": reference, "relation": "held-by", "basis": "own account"}
    refused(amina, f"{base}/in/suspects/add", **{**typed, "suspect": "KYI-U-9999"})
    done(amina, f"{base}/in/suspects/add", **typed)
    shown = page(amina, f"{base}/links")
    assert f"/suspects/{reference}" in shown
    assert "own account" in shown
    done(amina, item(shown, "suspects", "end"), reason="another person")
    assert "/in/suspects/" not in page(amina, f"{base}/links").replace("/in/suspects/add", "")


# --------------------------------------------------------------------------- around a person


def test_where_a_person_appears_is_said_with_the_part_they_have(amina, base, instance, cast):
    with instance.transaction() as session:
        row = queries.find_person(session, code_in(base), actor=cast.amina)
        exhibit = exhibits.receive(session, instance.vault, cast)
        link_person(session, exhibit, row, role=PersonRole.DEPICTED, actor=cast.amina)
        incident = incidents.incident(session, cast)
        link_to_incident(session, incident, row, role="victim", actor=cast.amina)
        interview = interviews.planned(session, cast, row)
        references = [exhibit.reference, incident.reference, interview.reference]
    shown = page(amina, f"{base}/links")
    assert [reference in shown for reference in references] == [True, True, True]
    assert "Depicted" in shown
    assert "Victim" in shown
    assert "Interviewee" in shown


def test_what_another_body_asks_stands_above_the_person_even_where_it_may_not_be_read(
    amina, base, client_of, instance, cast
):
    with instance.transaction() as session:
        body = parties.prosecutor(session, cast.amina)
        parties.instruction(session, cast.amina, body, person_code=code_in(base))
    shown = page(amina, base)
    assert shown.index("Do not interview") < shown.index("What gates must know")
    with instance.transaction() as session:
        [told] = page_instructions(session, actor=cast.chen)
        correct_instruction(session, told, {"level": "SEALED"}, actor=cast.chen)
    let_read(instance, cast, Level.RESTRICTED)
    shown = page(client_of("outsider"), base)
    assert "Another body has asked to leave this person to it" in shown
    assert "Do not interview" not in shown


def test_a_list_is_filtered_by_what_gates_ask_and_by_where_one_works(amina, base, instance, cast):
    with instance.transaction() as session:
        young = make.child(session, cast.amina, cast.home).code
    code = code_in(base)
    for query, wanted, other in (
        ("is_child=yes", young, code),
        ("is_child=no", code, young),
        ("role=survivor", code, young),
        ("age_band=12-15", young, code),
        ("is_crsv_survivor=yes", code, young),
    ):
        shown = page(amina, f"/people/?{query}")
        assert wanted in shown, query
        assert other not in shown, query
    assert amina.get("/people/?protection_level=lots").status_code == 422
    amina.post("/scope", data={"scope": "KYI"})
    assert code not in page(amina, "/people/")
    assert young in page(amina, "/people/")


def test_a_name_in_an_address_is_not_said_again(amina):
    answer = amina.get("/people/Marusya")
    assert answer.status_code == 404
    assert "Marusya" not in without_way_back(answer.text)


def test_the_outsider_finds_nobody(client_of, base):
    outsider = client_of("outsider")
    for path in ("", "/protection", "/links", "/custody", "/do/amend", "/do/reveal", "/in/threats/assess"):
        assert outsider.get(base + path).status_code == 404, path
    for path in ("/people/", "/people/due", "/people/list.csv"):
        assert "PN-" not in page(outsider, path)
    assert outsider.get("/people/new/register").status_code == 403
    assert outsider.get("/people/PN-000000").status_code == 404


@pytest.mark.parametrize("tab", ["", "/protection", "/links"])
def test_a_page_asks_the_database_little_however_much_there_is(amina, base, instance, cast, tab):
    grow(instance, cast, base)
    with asking(instance) as asked:
        page(amina, f"{base}{tab}")
    assert len(asked) <= MOST_QUERIES, "\n".join(asked)


@pytest.mark.parametrize("path", ["/people/", "/people/due"])
def test_a_list_asks_the_database_little_however_much_there_is(amina, base, instance, cast, path):
    grow(instance, cast, base)
    with asking(instance) as asked:
        page(amina, path)
    assert len(asked) <= MOST_QUERIES, "\n".join(asked)


def grow(instance: Instance, cast: Cast, base: str) -> None:
    """Add much to a person, and more people."""
    with instance.transaction() as session:
        row = queries.find_person(session, code_in(base), actor=cast.amina)
        body = parties.prosecutor(session, cast.amina)
        parties.instruction(session, cast.amina, body, person_code=row.code)
        for _ in range(6):
            other = make.person(session, cast.amina, cast.mission)
            for one in (row, other):
                facts = {
                    "threat_level": "high",
                    "threats": "x",
                    "assessed_on": "2026-01-01",
                    "review_on": "2026-02-01",
                }
                assess_threat(session, one, facts, actor=cast.amina)
                helper = parties.partner(session, cast.amina)
                referral: dict[str, Any] = {
                    "need": Need.LEGAL,
                    "offered": Moment.parse("2026-01"),
                    "provider": helper,
                }
                offer_referral(session, one, follow_up_on=date(2026, 2, 1), actor=cast.amina, **referral)
            named = actors.suspect(session, cast.amina)
            link_suspect(session, row, named, relation=ActorRelation.HELD_BY, basis="x", actor=cast.amina)
            link_person(
                session,
                exhibits.receive(session, instance.vault, cast),
                row,
                role=PersonRole.MENTIONED,
                actor=cast.amina,
            )

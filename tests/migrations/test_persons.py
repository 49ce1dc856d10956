"""The migration of the persons room, up and down again with rows in the database."""

from uuid import UUID

import pytest
from sqlalchemy.exc import IntegrityError

from evidence_tracker.instance import migrate
from tests.migrations.steps import WHEN, count, database, differences, down, put, tables

NAMES = {
    "person",
    "identity_field",
    "threat_assessment",
    "protection_incident",
    "referral",
    "person_actor_link",
}
PERSON, SUSPECT, PARTY = (UUID(int=number) for number in (20, 21, 22))
MOMENT = '{"approximate":false,"precision":"day","value":"2022-03-12","zone":null,"zone_basis":null}'


def furnish(engine):
    put(
        engine,
        "suspect",
        id=SUSPECT,
        reference="KYI-U-0001",
        capacity="commander",
        name="Вигаданий",
        name_latin="Vyhadanyi",
        folded="vyhadanyi",
        nationalities="[]",
        offence_basis="authorised-by-national-law",
        source="order of the day",
    )
    put(
        engine,
        "party",
        id=PARTY,
        reference="KYI-P-0001",
        kind="service-provider",
        name="Clinic",
        name_latin="Clinic",
        age_recipients="[]",
    )


def person(engine, row_id=PERSON, code="PN-7KQ2MX"):
    put(
        engine,
        "person",
        id=row_id,
        code=code,
        protection_level="standard",
        roles="[]",
        civil_status="civilian",
        age_band="25-39",
        is_child=0,
        is_crsv_survivor=0,
        is_severely_traumatised=0,
        vulnerabilities="[]",
        languages="[]",
    )


def people(engine):
    person(engine)
    put(
        engine,
        "identity_field",
        id=UUID(int=40),
        person_id=PERSON,
        number=1,
        name="alias",
        sealed=b"\x00sealed\xff",
    )
    put(
        engine,
        "threat_assessment",
        id=UUID(int=41),
        person_id=PERSON,
        threat_level="high",
        threats="calls",
        assessed_on="2026-03-02",
        review_on="2026-04-02",
    )
    put(
        engine,
        "protection_incident",
        id=UUID(int=42),
        person_id=PERSON,
        kind="threat",
        happened=MOMENT,
        earliest_at=WHEN,
        latest_at=WHEN,
        description="a call",
    )
    put(
        engine,
        "referral",
        id=UUID(int=43),
        person_id=PERSON,
        need="medical",
        provider_id=PARTY,
        offered=MOMENT,
        offered_earliest_at=WHEN,
        outcome="accepted",
        consent_to_share=1,
    )
    put(
        engine,
        "person_actor_link",
        id=UUID(int=44),
        person_id=PERSON,
        suspect_id=SUSPECT,
        relation="subordinate",
        basis="first account",
    )


@pytest.fixture
def engine(tmp_path):
    made = database(tmp_path, "actors")
    furnish(made)
    yield made
    made.dispose()


def test_upgrading_makes_the_tables_as_the_models_have_them(engine):
    assert not NAMES & tables(engine)

    migrate(engine, "persons")

    assert tables(engine) >= NAMES
    assert differences(engine, NAMES) == []


def test_going_back_drops_them_and_leaves_what_was_there(engine):
    migrate(engine, "persons")
    people(engine)

    down(engine, "actors")

    assert not NAMES & tables(engine)
    assert (count(engine, "suspect"), count(engine, "party")) == (1, 1)
    migrate(engine, "persons")
    assert [count(engine, name) for name in sorted(NAMES)] == [0] * len(NAMES)


def test_the_database_keeps_what_the_acts_promise(engine):
    migrate(engine, "persons")
    people(engine)
    offer = {
        "id": UUID(int=62),
        "person_id": PERSON,
        "need": "legal",
        "offered": MOMENT,
        "offered_earliest_at": WHEN,
    }

    with pytest.raises(IntegrityError, match=r"person\.code"):
        person(engine, row_id=UUID(int=99))
    with pytest.raises(IntegrityError, match=r"identity_field\.person_id"):
        put(engine, "identity_field", id=UUID(int=60), person_id=PERSON, number=1, name="phone", sealed=b"x")
    with pytest.raises(IntegrityError, match="sharing_follows_acceptance"):
        put(engine, "referral", **offer, outcome="declined", consent_to_share=1)
    with pytest.raises(IntegrityError, match="FOREIGN KEY"):
        put(
            engine,
            "identity_field",
            id=UUID(int=61),
            person_id=UUID(int=98),
            number=1,
            name="phone",
            sealed=b"x",
        )

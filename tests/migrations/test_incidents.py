"""The migration of the incidents room, up and down again with rows in the database."""

from uuid import UUID

import pytest
from sqlalchemy.exc import IntegrityError

from evidence_tracker.instance import migrate
from tests.migrations.steps import WHEN, count, database, differences, down, put, tables

NAMES = {"incident", "casualty", "incident_person", "incident_actor", "evidence_link", "incident_remnant"}
INCIDENT, UNIT, PERSON, CAPTURE = (UUID(int=number) for number in (20, 21, 22, 23))
MOMENT = '{"approximate":false,"precision":"day","value":"2022-03-12","zone":null,"zone_basis":null}'


def furnish(engine):
    put(
        engine,
        "unit",
        id=UNIT,
        reference="KYI-U-0001",
        kind="armed-forces",
        name="Полк",
        name_latin="Regiment",
        folded="regiment",
        source="first account",
    )
    put(
        engine,
        "person",
        id=PERSON,
        code="PN-7KQ2MX",
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


def incident(engine, row_id=INCIDENT, reference="KYI-N-0001"):
    put(
        engine,
        "incident",
        id=row_id,
        reference=reference,
        title="Cellar of the school",
        kind="confinement",
        occurred=MOMENT,
        earliest_at=WHEN,
        latest_at=WHEN,
        narrative="Thirty villagers were kept in the cellar.",
        basis="two first accounts",
    )


@pytest.fixture
def engine(tmp_path):
    made = database(tmp_path, "osint")
    furnish(made)
    yield made
    made.dispose()


def test_upgrading_makes_the_tables_as_the_models_have_them(engine):
    assert not NAMES & tables(engine)

    migrate(engine, "incidents")

    assert tables(engine) >= NAMES
    assert differences(engine, NAMES) == []


def test_going_back_drops_them_and_leaves_what_was_there(engine):
    migrate(engine, "incidents")
    incident(engine)
    put(
        engine,
        "incident_person",
        id=UUID(int=30),
        incident_id=INCIDENT,
        person_id=PERSON,
        role="witness",
    )

    down(engine, "osint")

    assert not NAMES & tables(engine)
    assert (count(engine, "unit"), count(engine, "person")) == (1, 1)
    migrate(engine, "incidents")
    assert count(engine, "incident") == 0


def test_the_database_keeps_what_the_acts_promise(engine):
    migrate(engine, "incidents")
    incident(engine)
    casualty = {
        "incident_id": INCIDENT,
        "category": "civilian",
        "sex": "unknown",
        "age_band": "unknown",
        "harm": "killed",
        "basis": "list",
    }
    named = {
        "incident_id": INCIDENT,
        "role": "present",
        "confidence": "possible",
        "basis": "b",
        "asserted_by": "a",
    }
    cites = {
        "incident_id": INCIDENT,
        "evidence_version": 1,
        "citation_kind": "whole",
        "anchor": "",
        "shows": "s",
        "stance": "supports",
        "asserted_by": "a",
    }
    put(engine, "casualty", id=UUID(int=40), count_min=2, count_max=None, **casualty)
    put(engine, "incident_actor", id=UUID(int=41), unit_id=UNIT, **named)

    with pytest.raises(IntegrityError, match="counts_in_order"):
        put(engine, "casualty", id=UUID(int=42), count_min=3, count_max=2, **casualty)
    with pytest.raises(IntegrityError, match="one_actor"):
        put(engine, "incident_actor", id=UUID(int=43), **named)
    with pytest.raises(IntegrityError, match="one_evidence"):
        put(engine, "evidence_link", id=UUID(int=44), **cites)
    with pytest.raises(IntegrityError, match="FOREIGN KEY"):
        put(engine, "evidence_link", id=UUID(int=45), capture_id=CAPTURE, **cites)
    with pytest.raises(IntegrityError, match="reference"):
        incident(engine, UUID(int=46))


def test_a_role_is_unique_only_while_it_stands(engine):
    migrate(engine, "incidents")
    incident(engine)
    link = {"incident_id": INCIDENT, "person_id": PERSON, "role": "victim"}
    put(engine, "incident_person", id=UUID(int=50), ended_at=WHEN, ended_reason="mistaken", **link)
    put(engine, "incident_person", id=UUID(int=51), **link)

    with pytest.raises(IntegrityError, match="UNIQUE"):
        put(engine, "incident_person", id=UUID(int=52), **link)

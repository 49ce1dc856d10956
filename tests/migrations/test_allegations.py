"""The migration of the allegations room, up and down again with rows in the database."""

from uuid import UUID

import pytest
from sqlalchemy.exc import IntegrityError

from evidence_tracker.instance import migrate
from tests.migrations.steps import WHEN, count, database, differences, down, put, tables
from tests.migrations.test_incidents import INCIDENT, UNIT, furnish, incident

NAMES = {"allegation", "allegation_suspect", "element_finding", "bearing"}
ALLEGATION, CAPTURE = UUID(int=60), UUID(int=61)


def allegation(engine):
    put(
        engine,
        "allegation",
        id=ALLEGATION,
        reference="KYI-A-0001",
        incident_id=INCIDENT,
        pack_id="rome-statute",
        pack_version="2019.1",
        pack_sha256="0" * 64,
        code="8(2)(a)(vii)-2",
        status="claimed",
        rationale="Thirty civilians held for twelve days.",
        ihl_basis="[]",
    )


@pytest.fixture
def engine(tmp_path):
    made = database(tmp_path, "incidents")
    furnish(made)
    incident(made)
    put(
        made,
        "capture",
        id=CAPTURE,
        reference="KYI-C-0001",
        title="A post",
        url_requested="https://example.org/1",
        redirects="[]",
        captured_at=WHEN,
        method="upload-screenshot",
        control="uncontrolled",
        outcome="complete",
        tool="phone",
        tool_version="1",
        tool_options="{}",
        collector="amina",
        egress="unknown",
        legality_attestation="Public post.",
        reason="Shows the school.",
        archive_urls="[]",
        is_graphic=0,
    )
    yield made
    made.dispose()


def test_upgrading_makes_the_tables_as_the_models_have_them(engine):
    assert not NAMES & tables(engine)

    migrate(engine, "allegations")

    assert tables(engine) >= NAMES
    assert differences(engine, NAMES) == []


def test_going_back_drops_them_and_leaves_what_was_there(engine):
    migrate(engine, "allegations")
    allegation(engine)

    down(engine, "incidents")

    assert not NAMES & tables(engine)
    assert (count(engine, "incident"), count(engine, "capture")) == (1, 1)
    migrate(engine, "allegations")
    assert count(engine, "allegation") == 0


def test_the_database_keeps_what_the_acts_promise(engine):
    migrate(engine, "allegations")
    allegation(engine)
    bearing = {
        "allegation_id": ALLEGATION,
        "evidence_version": 1,
        "citation_kind": "whole",
        "anchor": "",
        "direction": "exculpatory",
        "note": "n",
        "asserted_by": "a",
    }
    naming = {"allegation_id": ALLEGATION, "confidence": "possible", "basis": "b", "asserted_by": "a"}
    finding = {"allegation_id": ALLEGATION, "state": "open", "reasoning": "r", "found_by": "a"}
    put(engine, "bearing", id=UUID(int=70), element_n=0, strength=3, capture_id=CAPTURE, **bearing)
    put(engine, "allegation_suspect", id=UUID(int=71), unit_id=UNIT, **naming)
    put(engine, "element_finding", id=UUID(int=72), element_n=1, **finding)

    with pytest.raises(IntegrityError, match="one_evidence"):
        put(engine, "bearing", id=UUID(int=73), element_n=0, strength=3, **bearing)
    for facts, name in (
        ({"element_n": 0, "strength": 4}, "strength"),
        ({"element_n": -1, "strength": 1}, "element"),
    ):
        with pytest.raises(IntegrityError, match=name):
            put(engine, "bearing", id=UUID(int=74), capture_id=CAPTURE, **facts, **bearing)
    with pytest.raises(IntegrityError, match="one_suspect"):
        put(engine, "allegation_suspect", id=UUID(int=75), **naming)
    with pytest.raises(IntegrityError, match="mode_whole"):
        put(engine, "allegation_suspect", id=UUID(int=76), unit_id=UNIT, mode_code="28(a)", **naming)
    with pytest.raises(IntegrityError, match="element_finding"):
        put(engine, "element_finding", id=UUID(int=77), element_n=1, **finding)

"""The migration of the osint room, up and down again with rows in the database."""

from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from evidence_tracker.instance import migrate
from tests.migrations.steps import SOMEBODY, WHEN, count, database, differences, down, put, tables

NAMES = {"capture", "capture_file", "availability_check", "verification_assessment"}
EXHIBIT, CAPTURE, ASSESSMENT = UUID(int=10), UUID(int=11), UUID(int=12)


def furnish(engine):
    put(
        engine,
        "exhibit",
        id=EXHIBIT,
        reference="KYI-E-0001",
        kind="online-capture",
        title="A page",
        received_at=WHEN,
        particulars="{}",
        is_graphic=False,
    )
    put(
        engine,
        "capture",
        id=CAPTURE,
        reference="KYI-C-0001",
        title="A page",
        url_requested="https://example.org/",
        redirects="[]",
        captured_at=WHEN,
        method="server-http",
        control="controlled-server",
        outcome="complete",
        tool="own",
        tool_version="1",
        tool_options="{}",
        collector="amina",
        egress="direct",
        legality_attestation="public",
        reason="lead",
        archive_urls="[]",
        is_graphic=False,
    )
    put(engine, "capture_file", id=UUID(int=20), capture_id=CAPTURE, exhibit_id=EXHIBIT, role="html")
    put(
        engine,
        "availability_check",
        id=UUID(int=21),
        capture_id=CAPTURE,
        checked_at=WHEN,
        availability="live",
    )
    assessment(engine, ASSESSMENT, capture_id=CAPTURE)


def assessment(engine, id_, **values):
    put(
        engine,
        "verification_assessment",
        id=id_,
        claim="Filmed here",
        method="content",
        reference_material="map",
        finding="possible",
        reasoning="roof",
        done_at=WHEN,
        state="draft",
        **values,
    )


def test_it_makes_the_tables_of_the_models_and_takes_them_away_again(tmp_path):
    engine = database(tmp_path, "interviews")
    before = tables(engine)
    migrate(engine, "osint")
    assert tables(engine) - before == NAMES
    assert differences(engine, NAMES) == []
    furnish(engine)
    down(engine, "interviews")
    assert tables(engine) == before
    assert count(engine, "exhibit") == 1
    migrate(engine, "osint")
    assert [count(engine, name) for name in sorted(NAMES)] == [0, 0, 0, 0]


def test_an_assessment_is_of_one_thing_and_reviewed_by_another_person(tmp_path):
    engine = database(tmp_path, "interviews")
    migrate(engine, "osint")
    furnish(engine)

    with pytest.raises(IntegrityError):
        assessment(engine, UUID(int=30), capture_id=CAPTURE, exhibit_id=EXHIBIT)
    with pytest.raises(IntegrityError):
        assessment(engine, UUID(int=31))
    with engine.begin() as connection, pytest.raises(IntegrityError):
        connection.execute(
            text("UPDATE verification_assessment SET reviewed_by = :who"), {"who": SOMEBODY.hex}
        )

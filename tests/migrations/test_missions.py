"""The migration of the missions room, up and down again with rows in the database."""

from uuid import UUID

import pytest
from sqlalchemy.exc import IntegrityError

from evidence_tracker.instance import migrate
from tests.migrations.steps import SOMEBODY, WHEN, count, database, differences, down, put, tables

NAMES = {
    "mission",
    "mission_member",
    "mission_partner",
    "competence",
    "security_plan",
    "device",
    "mission_log_entry",
    "mission_contact",
    "deconfliction_note",
    "debrief",
}
PARTY, MISSION = UUID(int=10), UUID(int=20)


def a_party(engine):
    put(
        engine,
        "party",
        id=PARTY,
        reference="KYI-P-0001",
        kind="partner",
        name="Partner",
        name_latin="Partner",
        age_recipients="[]",
    )


def a_mission(engine):
    put(
        engine,
        "mission",
        id=MISSION,
        reference="KYI-2026-01",
        title="Spring",
        state="planned",
        places="[]",
    )


def parts_of_it(engine):
    part = {"mission_id": MISSION}
    put(
        engine,
        "mission_member",
        id=UUID(int=21),
        account_id=SOMEBODY,
        role="observer",
        languages="[]",
        **part,
    )
    put(engine, "mission_partner", id=UUID(int=22), party_id=PARTY, part="interprets", **part)
    put(engine, "security_plan", id=UUID(int=23), text="Plan", authors="[]", **part)
    put(engine, "device", id=UUID(int=24), reference="KYI-D-0001", label="Camera 1", kind="camera", **part)
    put(
        engine,
        "mission_log_entry",
        id=UUID(int=25),
        day="{}",
        day_at=WHEN,
        text="Arrived",
        is_security_incident=0,
        **part,
    )
    put(
        engine, "mission_contact", id=UUID(int=26), name="Clinic", how_to_reach="desk", languages="[]", **part
    )
    put(
        engine,
        "deconfliction_note",
        id=UUID(int=27),
        party_id=PARTY,
        asked_on="{}",
        asked_at=WHEN,
        channel="letter",
        question="Do you work there?",
        outcome="clear",
        **part,
    )
    put(engine, "debrief", id=UUID(int=28), held_on="{}", lessons="Go earlier", outcome="Ten", **part)
    put(
        engine,
        "competence",
        id=UUID(int=29),
        account_id=SOMEBODY,
        category="child",
        basis="course",
        awarded_on="{}",
        awarded_at=WHEN,
        expires_on="{}",
        expires_at=WHEN,
    )


def test_it_makes_the_tables_of_the_models_and_takes_them_away_again(tmp_path):
    engine = database(tmp_path, "parties")
    a_party(engine)
    before = tables(engine)
    migrate(engine, "missions")
    assert tables(engine) - before == NAMES
    assert differences(engine, NAMES) == []
    a_mission(engine)
    parts_of_it(engine)
    assert {name: count(engine, name) for name in NAMES} == dict.fromkeys(NAMES, 1)
    down(engine, "parties")
    assert tables(engine) == before
    assert count(engine, "party") == 1
    migrate(engine, "missions")
    a_mission(engine)
    parts_of_it(engine)
    engine.dispose()


def test_a_mission_has_one_plan_one_debrief_and_a_reference_of_its_own(tmp_path):
    engine = database(tmp_path, "missions")
    a_party(engine)
    a_mission(engine)
    parts_of_it(engine)
    with pytest.raises(IntegrityError, match="UNIQUE"):
        put(engine, "security_plan", id=UUID(int=31), mission_id=MISSION, text="Other", authors="[]")
    with pytest.raises(IntegrityError, match="UNIQUE"):
        put(
            engine,
            "mission",
            id=UUID(int=32),
            reference="KYI-2026-01",
            title="Same",
            state="planned",
            places="[]",
        )
    with pytest.raises(IntegrityError, match="FOREIGN KEY"):
        put(
            engine, "device", id=UUID(int=33), reference="D", mission_id=UUID(int=99), label="X", kind="other"
        )
    engine.dispose()

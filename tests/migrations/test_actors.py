"""The migration of the actors room, up and down again with rows in the database."""

from uuid import UUID

import pytest
from sqlalchemy.exc import IntegrityError

from evidence_tracker.instance import migrate
from tests.migrations.steps import count, database, differences, down, put, tables

NAMES = {"unit", "unit_parent", "suspect", "company", "position", "actor_name", "actor_identifier"}
UNIT, PARENT, SUSPECT, COMPANY = (UUID(int=number) for number in (10, 11, 12, 13))


def furnish(engine):
    for number, unit in enumerate((UNIT, PARENT)):
        put(
            engine,
            "unit",
            id=unit,
            reference=f"KYI-U-000{number}",
            kind="armed-forces",
            name="Вигаданий полк",
            name_latin="Vyhadanyi polk",
            folded="x",
            source="report",
        )
    put(
        engine,
        "unit_parent",
        id=UUID(int=20),
        unit_id=UNIT,
        parent_id=PARENT,
        relation="command",
        basis="order",
        confidence="possible",
    )
    put(
        engine,
        "suspect",
        id=SUSPECT,
        reference="KYI-U-0002",
        capacity="commander",
        name="X",
        name_latin="X",
        folded="x",
        nationalities="[]",
        offence_basis="authorised-by-national-law",
        source="report",
    )
    put(
        engine,
        "company",
        id=COMPANY,
        reference="KYI-U-0003",
        name="Y",
        name_latin="Y",
        folded="y",
        source="register",
    )
    held = {"title": "head", "source": "order", "confidence": "possible"}
    put(engine, "position", id=UUID(int=21), suspect_id=SUSPECT, unit_id=UNIT, **held)
    put(
        engine,
        "actor_name",
        id=UUID(int=22),
        suspect_id=SUSPECT,
        kind="alias",
        text="Grey",
        folded="grey",
    )
    put(
        engine,
        "actor_identifier",
        id=UUID(int=23),
        company_id=COMPANY,
        kind="lei",
        value="000",
    )


def test_it_makes_the_tables_of_the_models_and_takes_them_away_again(tmp_path):
    engine = database(tmp_path, "missions")
    before = tables(engine)
    migrate(engine, "actors")
    assert tables(engine) - before == NAMES
    assert differences(engine, NAMES) == []
    furnish(engine)
    down(engine, "missions")
    assert tables(engine) == before
    assert count(engine, "account") == 1
    migrate(engine, "actors")
    furnish(engine)
    assert count(engine, "unit") == 2
    engine.dispose()


@pytest.mark.parametrize("bearers", [{}, {"suspect_id": SUSPECT, "unit_id": UNIT}])
def test_a_name_has_exactly_one_bearer(tmp_path, bearers):
    engine = database(tmp_path, "actors")
    furnish(engine)
    with pytest.raises(IntegrityError, match="ck_actor_name_one_bearer"):
        put(engine, "actor_name", id=UUID(int=30), kind="alias", text="A", folded="a", **bearers)
    with pytest.raises(IntegrityError, match="ck_actor_identifier_one_bearer"):
        put(engine, "actor_identifier", id=UUID(int=31), kind="lei", value="1", **bearers)
    engine.dispose()


@pytest.mark.parametrize("places", [{}, {"company_id": COMPANY, "unit_id": UNIT}])
def test_a_position_is_in_one_place(tmp_path, places):
    engine = database(tmp_path, "actors")
    furnish(engine)
    held = {"title": "head", "source": "order", "confidence": "possible", "suspect_id": SUSPECT}
    with pytest.raises(IntegrityError, match="ck_position_one_place"):
        put(engine, "position", id=UUID(int=32), **held, **places)
    engine.dispose()

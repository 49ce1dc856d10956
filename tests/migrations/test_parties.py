"""The migration of the parties room, up and down again with rows in the database."""

from uuid import UUID

import pytest
from sqlalchemy.exc import IntegrityError

from evidence_tracker.instance import migrate
from tests.migrations.steps import WHEN, count, database, differences, down, put, tables

NAMES = {"party", "agreement", "agreement_party", "instruction"}
PARTY, AGREEMENT = UUID(int=10), UUID(int=11)


def furnish(engine):
    put(
        engine,
        "party",
        id=PARTY,
        reference="KYI-P-0001",
        kind="prosecutor",
        name="Прокуратура",
        name_latin="Prokuratura",
        age_recipients="[]",
    )
    put(engine, "agreement", id=AGREEMENT, reference="KYI-PA-0001", subject="Sharing", scope="All")
    put(
        engine,
        "agreement_party",
        id=UUID(int=12),
        agreement_id=AGREEMENT,
        party_id=PARTY,
        role="controller",
    )
    put(
        engine,
        "instruction",
        id=UUID(int=13),
        reference="KYI-PI-0001",
        party_id=PARTY,
        kind="do-not-interview",
        wording="Leave it to us",
        source="letter",
        since="{}",
        since_at=WHEN,
    )


def test_it_makes_the_tables_of_the_models_and_takes_them_away_again(tmp_path):
    engine = database(tmp_path, "ground")
    before = tables(engine)
    migrate(engine, "parties")
    assert tables(engine) - before == NAMES
    assert differences(engine, NAMES) == []
    furnish(engine)
    down(engine, "ground")
    assert tables(engine) == before
    assert (count(engine, "account"), count(engine, "compartment")) == (1, 1)
    migrate(engine, "parties")
    assert [count(engine, name) for name in sorted(NAMES)] == [0, 0, 0, 0]
    furnish(engine)
    engine.dispose()


def test_it_guards_references_and_links(tmp_path):
    engine = database(tmp_path, "parties")
    furnish(engine)
    with pytest.raises(IntegrityError, match="UNIQUE"):
        put(engine, "agreement", id=UUID(int=20), reference="KYI-PA-0001", subject="S", scope="S")
    with pytest.raises(IntegrityError, match="FOREIGN KEY"):
        put(
            engine,
            "agreement_party",
            id=UUID(int=21),
            agreement_id=AGREEMENT,
            party_id=UUID(int=99),
            role="controller",
        )
    engine.dispose()

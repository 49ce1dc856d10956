"""The index of references, up and down again with a row in the table."""

from uuid import UUID

from sqlalchemy import text

from evidence_tracker.instance import migrate
from tests.migrations.steps import SOMEWHERE, WHEN, count, database, differences, down


def test_up_with_rows_and_down_again(tmp_path):
    engine = database(tmp_path, "saved_views")
    one, here = UUID(int=10).hex, SOMEWHERE.hex
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO search_entry (record_id, kind, reference, compartment_id, level, recorded_at, home_id)"
                " VALUES (:one, 'exhibit', 'KYI-E-0001', :here, 'INTERNAL', :at, :one)"
            ),
            {"one": one, "here": here, "at": WHEN},
        )
    migrate(engine, "search_reference")
    assert differences(engine, {"search_entry"}) == []
    with engine.connect() as connection:
        plan = connection.execute(
            text("EXPLAIN QUERY PLAN SELECT record_id FROM search_entry WHERE reference = 'KYI-E-0001'")
        ).all()
    assert "ix_search_entry_reference" in plan[0][3]
    down(engine, "saved_views")
    assert count(engine, "search_entry") == 1

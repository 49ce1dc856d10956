"""The indexes of lists and of what waits, up and down again with rows in the database."""

from uuid import UUID

from sqlalchemy import text

from evidence_tracker.instance import migrate
from tests.migrations.steps import WHEN, count, database, differences, down, put

TABLES = {
    "allegation", "blob_check", "capture", "exhibit", "exhibit_metadata", "incident", "interview", "person"
}  # fmt: skip


def indexes(engine) -> set[str]:
    with engine.connect() as connection:
        return set(connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'index'")))


def test_up_with_rows_and_down_again(tmp_path):
    engine = database(tmp_path, "blob_checks")
    before = indexes(engine)
    put(
        engine,
        "exhibit",
        id=UUID(int=10),
        reference="KYI-E-0001",
        kind="photo",
        title="A page",
        received_at=WHEN,
        particulars="{}",
        is_graphic=False,
    )
    migrate(engine, "order")
    assert len(indexes(engine) - before) == 12
    assert differences(engine, TABLES) == []
    with engine.connect() as connection:
        plan = connection.execute(
            text("EXPLAIN QUERY PLAN SELECT id FROM exhibit ORDER BY recorded_at DESC, id DESC LIMIT 50")
        ).all()
    assert [row for row in plan if "TEMP B-TREE" in row[3]] == []
    down(engine, "blob_checks")
    assert indexes(engine) == before
    assert count(engine, "exhibit") == 1

"""The index of the search, up and down again with rows in the database."""

from uuid import UUID

from sqlalchemy import text

from evidence_tracker.instance import migrate
from tests.migrations.steps import SOMEWHERE, WHEN, count, database, differences, down, tables

WORDS = ("config", "content", "data", "idx")


def furnish(engine):
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO search_entry (id, record_id, kind, reference, compartment_id, level, recorded_at,"
                " home_id) VALUES (1, :id, 'incident', 'KYI-N-0001', :here, 'INTERNAL', :at, :id)"
            ),
            {"id": UUID(int=9).hex, "here": SOMEWHERE.hex, "at": WHEN},
        )
        connection.execute(
            text(
                "INSERT INTO search_text (rowid, reference, title, text) VALUES (1, 'kyi n 0001', 'хата', '')"
            )
        )


def test_up_with_rows_and_down_again(tmp_path):
    engine = database(tmp_path, "sign_in")
    before = tables(engine)
    migrate(engine, "search")
    assert tables(engine) - before == {"search_entry", "search_text", *(f"search_text_{n}" for n in WORDS)}
    assert differences(engine, {"search_entry"}) == []
    furnish(engine)
    with engine.connect() as connection:
        found = connection.execute(text("SELECT rowid FROM search_text WHERE search_text MATCH '\"хат\" *'"))
        assert found.scalars().all() == [1]
        config = "SELECT v FROM search_text_config WHERE k = 'secure-delete'"
        assert connection.execute(text(config)).scalar_one() == 1
    down(engine, "sign_in")
    assert tables(engine) == before
    migrate(engine, "search")
    assert count(engine, "search_entry") == 0

"""The table of preferences, up and down again with rows in the database."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from evidence_tracker.instance import migrate
from tests.migrations.steps import SOMEBODY, count, database, differences, down, tables

ROW = "INSERT INTO preference (account_id, language) VALUES (:me, 'uk')"


def prefer(engine):
    with engine.begin() as connection:
        connection.execute(text(ROW), {"me": SOMEBODY.hex})


def test_up_with_rows_and_down_again(tmp_path):
    engine = database(tmp_path, "order")
    before = tables(engine)
    migrate(engine, "preferences")
    assert tables(engine) - before == {"preference"}
    assert differences(engine, {"preference"}) == []
    prefer(engine)
    down(engine, "order")
    assert tables(engine) == before
    migrate(engine, "preferences")
    assert count(engine, "preference") == 0


def test_an_account_has_one_preference(tmp_path):
    engine = database(tmp_path, "preferences")
    prefer(engine)
    with pytest.raises(IntegrityError):
        prefer(engine)

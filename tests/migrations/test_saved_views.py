"""The table of views, up and down again with rows in the database."""

from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from evidence_tracker.instance import migrate
from tests.migrations.steps import SOMEBODY, WHEN, count, database, differences, down, tables

ROW = (
    "INSERT INTO saved_view (id, account_id, room, name, query, saved_at)"
    " VALUES (:id, :me, 'evidence', :name, 'kind=video', :at)"
)


def keep(engine, number, name):
    with engine.begin() as connection:
        connection.execute(
            text(ROW), {"id": UUID(int=number).hex, "me": SOMEBODY.hex, "name": name, "at": WHEN}
        )


def test_up_with_rows_and_down_again(tmp_path):
    engine = database(tmp_path, "list_order")
    before = tables(engine)
    migrate(engine, "saved_views")
    assert tables(engine) - before == {"saved_view"}
    assert differences(engine, {"saved_view"}) == []
    keep(engine, 1, "відео")
    keep(engine, 2, "videos")
    down(engine, "list_order")
    assert tables(engine) == before
    migrate(engine, "saved_views")
    assert count(engine, "saved_view") == 0


def test_a_name_is_given_once_in_a_room(tmp_path):
    engine = database(tmp_path, "saved_views")
    keep(engine, 1, "videos")
    with pytest.raises(IntegrityError):
        keep(engine, 2, "videos")

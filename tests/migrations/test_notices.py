"""The table of notices, up and down again with rows in the database."""

from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from evidence_tracker.instance import migrate
from tests.migrations.steps import SOMEBODY, WHEN, count, database, differences, down, tables


def put_notice(engine, number, seen_at=None):
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO notice (id, account_id, at, kind, subject_id, subject_kind, reference, seen_at)"
                " VALUES (:id, :me, :at, 'approved', :subject, 'submission', 'KYI-S-0001', :seen_at)"
            ),
            {
                "id": UUID(int=number).hex,
                "me": SOMEBODY.hex,
                "at": WHEN,
                "subject": UUID(int=9).hex,
                "seen_at": seen_at,
            },
        )


def test_up_with_rows_and_down_again(tmp_path):
    engine = database(tmp_path, "search")
    before = tables(engine)
    migrate(engine, "notices")
    assert tables(engine) - before == {"notice"}
    assert differences(engine, {"notice"}) == []
    put_notice(engine, 10)
    down(engine, "search")
    assert tables(engine) == before
    migrate(engine, "notices")
    assert count(engine, "notice") == 0


def test_the_same_thing_waits_once_to_be_seen(tmp_path):
    engine = database(tmp_path, "notices")
    put_notice(engine, 10, seen_at=WHEN)
    put_notice(engine, 11)
    with pytest.raises(IntegrityError):
        put_notice(engine, 12)

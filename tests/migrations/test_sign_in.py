"""The migration of signing in, up and down again with rows in the database."""

from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from evidence_tracker.instance import migrate
from tests.migrations.steps import SOMEBODY, WHEN, count, database, differences, down, tables

NAMES = {"web_session", "invitation", "second_factor"}
SESSION = (
    "INSERT INTO web_session"
    " (id, account_id, token_digest, content, browser, created_at, last_seen_at, expires_at)"
    " VALUES (:id, :me, 'ab', '{}', 'Firefox', :at, :at, :at)"
)
INVITATION = (
    "INSERT INTO invitation (id, account_id, token_digest, invited_by, created_at, expires_at)"
    " VALUES (:id, :me, 'cd', :me, :at, :at)"
)
FACTOR = (
    "INSERT INTO second_factor (account_id, sealed, recovery_digests, set_at) VALUES (:me, x'00', '[]', :at)"
)


def furnish(engine):
    row = {"me": SOMEBODY.hex, "at": WHEN}
    with engine.begin() as connection:
        connection.execute(text(SESSION), {**row, "id": UUID(int=10).hex})
        connection.execute(text(INVITATION), {**row, "id": UUID(int=11).hex})
        connection.execute(text(FACTOR), row)


def test_it_makes_the_tables_of_the_models_and_takes_them_away_again(tmp_path):
    engine = database(tmp_path, "submissions")
    before = tables(engine)
    migrate(engine, "sign_in")
    assert tables(engine) - before == NAMES
    assert differences(engine, NAMES) == []
    furnish(engine)
    down(engine, "submissions")
    assert tables(engine) == before
    assert count(engine, "account") == 1
    migrate(engine, "sign_in")
    assert [count(engine, name) for name in sorted(NAMES)] == [0, 0, 0]


def test_a_token_is_of_one_session_and_an_account_has_one_second_factor(tmp_path):
    engine = database(tmp_path, "sign_in")
    furnish(engine)
    row = {"id": UUID(int=20).hex, "me": SOMEBODY.hex, "at": WHEN}
    for statement in (SESSION, INVITATION, FACTOR):
        with engine.begin() as connection, pytest.raises(IntegrityError):
            connection.execute(text(statement), row)

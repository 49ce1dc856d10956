"""The table of checked bytes, up and down again with rows in the database."""

from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from evidence_tracker.instance import migrate
from tests.migrations.steps import SOMEWHERE, WHEN, count, database, differences, down, tables

BLOB = UUID(int=20)


def put_blob(engine):
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO blob (id, version, compartment_id, sha256, size, crc32, ciphertext_sha256,"
                " ciphertext_size, media_type, detector, detector_version, wraps, stored_at)"
                " VALUES (:id, 1, :here, 'ab', 1, 1, 'cd', 1, 'text/plain', 'libmagic', '5.45', '[]', :at)"
            ),
            {"id": BLOB.hex, "here": SOMEWHERE.hex, "at": WHEN},
        )


def put_check(engine, blob_id=BLOB):
    with engine.begin() as connection:
        connection.execute(
            text("INSERT INTO blob_check (blob_id, checked_at, fault) VALUES (:id, :at, 'altered')"),
            {"id": blob_id.hex, "at": WHEN},
        )


def test_up_with_rows_and_down_again(tmp_path):
    engine = database(tmp_path, "tasks")
    put_blob(engine)
    before = tables(engine)
    migrate(engine, "blob_checks")
    assert tables(engine) - before == {"blob_check"}
    assert differences(engine, {"blob_check"}) == []
    put_check(engine)
    down(engine, "tasks")
    assert tables(engine) == before
    assert count(engine, "blob") == 1
    migrate(engine, "blob_checks")
    assert count(engine, "blob_check") == 0


def test_a_blob_has_one_note(tmp_path):
    engine = database(tmp_path, "blob_checks")
    put_blob(engine)
    put_check(engine)
    with pytest.raises(IntegrityError):
        put_check(engine)

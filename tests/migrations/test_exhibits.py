"""The migration of the exhibits room, up and down again with rows in the database."""

from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from evidence_tracker.instance import migrate
from tests.migrations.steps import SOMEBODY, SOMEWHERE, WHEN, count, database, differences, down, put, tables

NAMES = {
    "exhibit",
    "exhibit_digest",
    "exhibit_metadata",
    "exhibit_person",
    "provenance_step",
    "physical_item",
    "item_photo",
    "seal",
    "transfer",
    "remnant",
    "component",
}
BLOB, PHOTO, THING, COPY, ITEM, REMNANT, PERSON = (UUID(int=number) for number in range(10, 17))
DAY = '{"approximate":false,"precision":"day","value":"2026-01-01","zone":null,"zone_basis":null}'
PLACE = '{"name":"Here"}'


def furnish(engine):
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO blob (id, version, compartment_id, sha256, size, crc32, ciphertext_sha256,"
                " ciphertext_size, media_type, detector, detector_version, wraps, stored_at) VALUES"
                " (:id, 1, :place, 'ab', 1, 1, 'cd', 100, 'image/png', 'libmagic', '5', '[]', :at)"
            ),
            {"id": BLOB.hex, "place": SOMEWHERE.hex, "at": WHEN},
        )
    exhibit(engine, PHOTO, 1, "photo", blob_id=BLOB, sha256="ab", size_bytes=1, media_type="image/png")
    exhibit(engine, THING, 2, "physical")
    exhibit(engine, COPY, 3, "photo", made_from_id=PHOTO, derivative_kind="thumbnail")
    put(
        engine,
        "exhibit_digest",
        id=UUID(int=20),
        exhibit_id=PHOTO,
        role="claimed-by-camera",
        algorithm="md5",
        value="00",
        stated_by="camera",
    )
    put(
        engine,
        "exhibit_metadata",
        id=UUID(int=21),
        exhibit_id=PHOTO,
        examined_at=WHEN,
        examiner="us",
        properties="{}",
    )
    put(
        engine,
        "provenance_step",
        id=UUID(int=22),
        exhibit_id=PHOTO,
        position=1,
        holder="phone",
        kind="device",
        stated_by="PN",
    )
    put(
        engine,
        "physical_item",
        id=ITEM,
        exhibit_id=THING,
        exception_reason="r",
        imminent_loss="l",
        lawful_basis="b",
        authority_notified="a",
        notified=DAY,
        hazard="none",
    )
    put(
        engine,
        "remnant",
        id=REMNANT,
        reference="KYI-R-0001",
        exhibit_id=PHOTO,
        confidence="unknown",
        found=DAY,
        position=PLACE,
        is_handled=False,
    )
    put(engine, "item_photo", id=UUID(int=23), physical_item_id=ITEM, photo_id=PHOTO, view="in-situ")
    put(
        engine,
        "component",
        id=UUID(int=24),
        remnant_id=REMNANT,
        description="chip",
        battlefield_list="not-checked",
    )


def exhibit(engine, id_, number, kind, **values):
    put(
        engine,
        "exhibit",
        id=id_,
        reference=f"KYI-E-{number:04d}",
        kind=kind,
        title="A thing",
        received_at=WHEN,
        particulars="{}",
        is_graphic=False,
        **values,
    )


def seal(engine, place, **values):
    stated = {"exhibit_id": THING, "position": place, "number": "A1", "applied": DAY}
    put(engine, "seal", id=UUID(int=100 + place), **{**stated, **values})


def transfer(engine, number, **values):
    put(
        engine,
        "transfer",
        id=UUID(int=200 + number),
        reference=f"KYI-T-{number:04d}",
        exhibit_id=THING,
        position=number,
        released_by="a",
        released_organisation="us",
        received_by="b",
        received_organisation="lab",
        happened=DAY,
        reason="r",
        condition="c",
        **values,
    )


@pytest.fixture
def engine(tmp_path):
    """Return a database with the tables of the room and rows in each of them but the rare ones."""
    engine = database(tmp_path, "persons")
    migrate(engine, "exhibits")
    furnish(engine)
    return engine


def test_it_makes_the_tables_of_the_models_and_takes_them_away_again(tmp_path):
    engine = database(tmp_path, "persons")
    before = tables(engine)
    migrate(engine, "exhibits")
    assert tables(engine) - before == NAMES
    assert differences(engine, NAMES) == []
    furnish(engine)
    down(engine, "persons")
    assert tables(engine) == before
    assert count(engine, "blob") == 1
    migrate(engine, "exhibits")
    assert [count(engine, name) for name in sorted(NAMES)] == [0] * len(NAMES)


def test_a_second_open_transfer_is_refused_and_a_closed_one_is_not(engine):
    transfer(engine, 1, ended_as="returned", ended=DAY)
    transfer(engine, 2)

    with pytest.raises(IntegrityError):
        transfer(engine, 3)


def test_a_seal_in_use_is_refused_on_another_exhibit_and_on_the_same(engine):
    seal(engine, 1, opened=DAY)
    seal(engine, 2)

    with pytest.raises(IntegrityError):
        seal(engine, 3, exhibit_id=PHOTO)
    with pytest.raises(IntegrityError):
        seal(engine, 4, number="B2")


@pytest.mark.parametrize(
    "values",
    [
        {"made_from_id": PHOTO},
        {"derivative_kind": "copy"},
        {"blob_id": BLOB},
        {"sha256": "ab"},
        {"checked_by": SOMEBODY, "checked_at": WHEN},
    ],
)
def test_half_an_exhibit_is_refused(engine, values):
    with pytest.raises(IntegrityError):
        exhibit(engine, UUID(int=300), 300, "photo", **values)


def test_remains_that_nobody_cleared_are_not_handled(engine):
    with engine.begin() as connection, pytest.raises(IntegrityError):
        connection.execute(text("UPDATE remnant SET is_handled = 1"))

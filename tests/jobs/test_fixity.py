import pytest

from evidence_tracker.custody.standing import standing_of
from evidence_tracker.jobs.audit import audit
from evidence_tracker.jobs.fixity import check_blob, note_audit
from evidence_tracker.vault.models import Blob, BlobCheck
from tests.factories.exhibits import receive


@pytest.fixture
def exhibit(instance, cast):
    """Return an exhibit of some bytes."""
    with instance.transaction() as session:
        return receive(session, instance.vault, cast, b"as they were received")


def spoil(instance, blob_id):
    path = instance.vault.store._path(blob_id)
    path.chmod(0o600)
    data = bytearray(path.read_bytes())
    data[-3] ^= 1
    path.write_bytes(data)


def standing(instance, exhibit):
    with instance.reading() as session:
        return standing_of(session, exhibit.id, exhibit.blob_id)


def test_an_exhibit_stands_where_its_first_event_is_and_waits_to_be_signed(instance, exhibit):
    before = standing(instance, exhibit)
    assert before.signed_size is None
    assert before.unsigned == before.events == 1
    assert before.checked_at is None

    instance.checkpoint()

    after = standing(instance, exhibit)
    assert (after.epoch, after.index) == (before.epoch, before.index)
    assert after.signed_size == after.index + 1
    assert after.unsigned == 0


def test_nothing_is_said_of_what_the_log_does_not_know(instance, cast):
    with instance.reading() as session:
        assert standing_of(session, cast.amina.account_id.__class__(int=0)) is None


def test_bytes_that_are_whole_are_noted_as_such_with_the_time(instance, exhibit):
    told = []

    assert check_blob(instance, exhibit.blob_id, lambda *said: told.append(said)) is None

    assert told[-1] == ("files", exhibit.size_bytes, exhibit.size_bytes)
    assert standing(instance, exhibit).checked_at == instance.clock.now()
    assert standing(instance, exhibit).fault is None


def test_altered_bytes_are_named_and_a_later_look_replaces_the_note(instance, exhibit, clock):
    check_blob(instance, exhibit.blob_id)
    spoil(instance, exhibit.blob_id)
    clock.at = clock.at.replace(hour=11)

    fault = check_blob(instance, exhibit.blob_id)

    assert fault
    assert standing(instance, exhibit).fault == fault
    assert standing(instance, exhibit).checked_at == clock.at
    with instance.reading() as session:
        assert session.query(BlobCheck).count() == 1


def test_an_audit_of_all_contents_notes_each_blob(instance, exhibit, cast):
    with instance.transaction() as session:
        other = receive(session, instance.vault, cast, b"others")
    spoil(instance, other.blob_id)

    note_audit(instance, audit(instance))

    assert standing(instance, exhibit).fault is None
    assert standing(instance, exhibit).checked_at is not None
    assert standing(instance, other).fault


def test_an_audit_that_did_not_come_to_its_end_notes_nothing(instance, exhibit):
    report = audit(instance, contents=False)

    note_audit(instance, report)

    assert standing(instance, exhibit).checked_at is None
    with instance.reading() as session:
        assert session.query(Blob).count() == 1

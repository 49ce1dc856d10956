"""An exhibit is opened by whoever may read it, and its bytes flow when the session is long over."""

import hashlib
import io

import pytest

from evidence_tracker.access.compartments import grant
from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import Account, Compartment, Role
from evidence_tracker.access.records import Governance
from evidence_tracker.casework.exhibits.reading import open_exhibit
from evidence_tracker.errors import BlobMissing, DigestMismatch, IntegrityFailure, InvalidInput, NotPermitted
from tests.factories.exhibits import exhibit_of, receive, thing

DATA = bytes(range(256)) * 9_000


@pytest.fixture
def exhibit(instance, cast):
    """Return a committed exhibit."""
    with instance.transaction() as session:
        return receive(session, instance.vault, cast, DATA, governance=Governance(Level.RESTRICTED))


def opened(instance, exhibit, actor):
    with instance.reading() as session:
        return open_exhibit(session, instance.vault, exhibit, actor=actor)


def test_it_is_read_after_the_session_without_the_database(instance, cast, exhibit):
    found = opened(instance, exhibit, cast.amina)
    instance.engine.dispose()

    assert (found.reference, found.size, found.level) == (exhibit.reference, len(DATA), Level.RESTRICTED)
    assert b"".join(found.chunks()) == b"".join(found.compared()) == DATA


def test_any_place_of_it_can_be_read(instance, cast, exhibit):
    with opened(instance, exhibit, cast.amina).reader() as reader:
        for start in (0, 1, 16_383, 16_384, len(DATA) - 1, 1_000_000, 7):
            reader.seek(start)
            assert reader.read(100) == DATA[start : start + 100]
        assert reader.seek(0, io.SEEK_END) == len(DATA)
        assert reader.read(1) == b""


def test_who_may_not_read_at_this_level_opens_nothing(instance, cast, exhibit):
    with pytest.raises(NotPermitted):
        opened(instance, exhibit, cast.outsider)
    with instance.transaction() as session:
        grant(
            session,
            session.get_one(Compartment, cast.mission),
            role=Role.READER,
            level=Level.CONFIDENTIAL,
            purpose="one level below",
            actor=cast.olena,
            account=session.get_one(Account, cast.outsider.account_id),
        )
    with pytest.raises(NotPermitted):
        opened(instance, exhibit, cast.outsider)


def test_a_thing_has_no_bytes(instance, cast):
    with instance.transaction() as session, pytest.raises(InvalidInput, match="is a thing"):
        row = exhibit_of(session, thing(session, instance.vault, cast))
        open_exhibit(session, instance.vault, row, actor=cast.amina)


def test_altered_bytes_are_not_read(instance, cast, exhibit):
    alter(instance, exhibit, 500_000)
    found = opened(instance, exhibit, cast.amina)

    with found.reader() as reader:
        assert reader.read(1_000) == DATA[:1_000]
        reader.seek(499_000)
        with pytest.raises(IntegrityFailure):
            reader.read(2_000)
    with pytest.raises(IntegrityFailure):
        list(found.chunks())


def test_shortened_bytes_are_not_even_opened(instance, cast, exhibit):
    path = instance.vault.store._path(exhibit.blob_id)
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-20])

    with pytest.raises(IntegrityFailure):
        opened(instance, exhibit, cast.amina).reader()


def alter(instance, exhibit, place):
    path = instance.vault.store._path(exhibit.blob_id)
    path.chmod(0o600)
    raw = bytearray(path.read_bytes())
    raw[place] ^= 1
    path.write_bytes(raw)


def test_missing_bytes_are_said(instance, cast, exhibit):
    instance.vault.store.delete(exhibit.blob_id)
    with pytest.raises(BlobMissing):
        opened(instance, exhibit, cast.amina).reader()


def test_the_last_bytes_are_held_back_until_the_digest_is_right(instance, cast, exhibit):
    found = opened(instance, exhibit, cast.amina)
    other = type(found)(**{**found.__dict__, "sha256": "0" * 64})
    seen = []
    with pytest.raises(DigestMismatch):
        seen.extend(other.compared())
    assert len(b"".join(seen)) < len(DATA)


def test_an_empty_file_is_whole(instance, cast):
    with instance.transaction() as session:
        empty = receive(session, instance.vault, cast, b"")
    found = opened(instance, empty, cast.amina)
    assert list(found.compared()) == []
    with found.reader() as reader:
        assert reader.read(10) == b""


def test_the_tag_lasts_and_says_nothing_of_the_bytes(instance, cast, exhibit):
    with instance.transaction() as session:
        again = receive(session, instance.vault, cast, DATA)
    first, second = (opened(instance, row, cast.amina) for row in (exhibit, again))

    assert first.blob.blob_id == second.blob.blob_id
    assert first.tag == opened(instance, exhibit, cast.chen).tag != second.tag
    assert hashlib.sha256(DATA).hexdigest()[:8] not in first.tag


def test_no_key_is_shown_by_accident(instance, cast, exhibit):
    shown = repr(opened(instance, exhibit, cast.amina))
    assert exhibit.reference in shown
    assert "key" not in shown

import hashlib
import stat

import pytest

from evidence_tracker.casework.exhibits.extraction import note_extraction, refuse_existing, write_original
from evidence_tracker.custody.history import events_of
from evidence_tracker.errors import IntegrityFailure, InvalidInput, NotPermitted, Refused
from tests.factories.exhibits import exhibit_of, receive, thing

DATA = b"evidence " * 200_000


@pytest.fixture
def exhibit(instance, cast):
    """Return a committed exhibit."""
    with instance.transaction() as session:
        return receive(session, instance.vault, cast, DATA)


def write(instance, exhibit, target, actor):
    with instance.reading() as session:
        write_original(session, instance.vault, exhibit, target, actor=actor)


def test_the_bytes_come_out_as_they_went_in_and_only_for_their_owner(instance, cast, exhibit, tmp_path):
    target = tmp_path / "out.bin"

    write(instance, exhibit, target, cast.chen)

    assert hashlib.sha256(target.read_bytes()).hexdigest() == exhibit.sha256
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_the_log_names_the_extraction_its_purpose_and_who(instance, cast, exhibit):
    with instance.transaction() as session:
        note_extraction(session, exhibit, purpose="examination by a laboratory", actor=cast.chen)
    with instance.reading() as session:
        event = events_of(session, instance.keyring, exhibit.id)[-1].values

    assert (event["act"], event["extraction_purpose"]) == ("extracted", "examination by a laboratory")
    assert event["actor"] == str(cast.chen.account_id)


def test_nothing_is_overwritten(instance, cast, exhibit, tmp_path):
    target = tmp_path / "there"
    target.write_text("mine")

    with pytest.raises(Refused, match="nothing is overwritten"):
        write(instance, exhibit, target, cast.chen)
    assert target.read_text() == "mine"


def test_a_dangling_link_is_not_written_through(instance, cast, exhibit, tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(Refused):
        write(instance, exhibit, tmp_path / "link", cast.chen)
    assert not (tmp_path / "elsewhere").exists()


def test_a_missing_folder_is_said(tmp_path):
    with pytest.raises(InvalidInput, match="is not there"):
        refuse_existing(tmp_path / "no" / "file")


def test_altered_bytes_are_not_left_on_the_disk(instance, cast, exhibit, tmp_path):
    path = instance.vault.store._path(exhibit.blob_id)
    path.chmod(0o600)
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)

    with pytest.raises(IntegrityFailure):
        write(instance, exhibit, tmp_path / "out", cast.chen)
    assert not (tmp_path / "out").exists()


def test_an_extraction_needs_its_purpose(session, instance, cast):
    exhibit = receive(session, instance.vault, cast)

    with pytest.raises(InvalidInput, match="purpose"):
        note_extraction(session, exhibit, purpose="", actor=cast.chen)


def test_a_thing_has_no_bytes_to_extract(session, instance, cast):
    with pytest.raises(InvalidInput, match="is a thing"):
        note_extraction(
            session,
            exhibit_of(session, thing(session, instance.vault, cast)),
            purpose="look",
            actor=cast.chen,
        )


def test_an_investigator_and_an_outsider_extract_nothing(instance, cast, exhibit, tmp_path):
    for nobody in (cast.amina, cast.outsider):
        with pytest.raises(NotPermitted):
            write(instance, exhibit, tmp_path / "out", nobody)
        with instance.reading() as session, pytest.raises(NotPermitted):
            note_extraction(session, exhibit, purpose="look", actor=nobody)

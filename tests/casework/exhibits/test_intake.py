import hashlib
import io
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import Compartment
from evidence_tracker.access.records import Governance
from evidence_tracker.casework.exhibits import intake
from evidence_tracker.casework.exhibits.facts import ExhibitFacts
from evidence_tracker.casework.exhibits.models import Exhibit, ExhibitKind
from evidence_tracker.casework.exhibits.queries import count_exhibits, same_bytes
from evidence_tracker.custody.history import events_of
from evidence_tracker.errors import Conflict, InvalidInput, NotPermitted
from evidence_tracker.outbox import Promise
from evidence_tracker.values.moment import Moment
from evidence_tracker.vault.models import Blob
from tests.factories.exhibits import png, receive


def test_it_registers_what_the_vault_found_and_nothing_a_client_said(session, instance, cast):
    exhibit = receive(session, instance.vault, cast, png(1), name="IMG_0001.png")

    assert exhibit.reference == "KYI-E-0001"
    assert exhibit.sha256 == hashlib.sha256(png(1)).hexdigest()
    assert exhibit.size_bytes == len(png(1))
    assert exhibit.media_type == "image/png"
    assert exhibit.kind is ExhibitKind.PHOTO
    assert exhibit.received_at == instance.clock.now()


def test_the_facts_have_no_place_for_digest_size_or_media_type():
    assert {"sha256", "size_bytes", "media_type", "blob_id"}.isdisjoint(ExhibitFacts.__dataclass_fields__)


def test_the_title_is_neutral_and_never_the_name_of_the_file(session, instance, cast):
    exhibit = receive(session, instance.vault, cast, name="statement of Ivan Vyhadanyi.txt")

    assert exhibit.title == "Document"  # titles go out, references stay here
    assert exhibit.original_name == "statement of Ivan Vyhadanyi.txt"


def test_the_event_opens_with_digest_size_type_and_detector(instance, cast):
    with instance.transaction() as session:
        exhibit = receive(session, instance.vault, cast, png(2), name="IMG_2.png")
    with instance.reading() as session:
        (event,) = events_of(session, instance.keyring, exhibit.id)

    assert event.values["act"] == "exhibit_received"
    assert event.values["sha256"] == exhibit.sha256
    assert event.values["size"] == exhibit.size_bytes
    assert event.values["media_type"] == "image/png"
    assert event.values["original_name"] == "IMG_2.png"
    assert event.values["detector"]
    assert event.values["detector_version"]


def test_the_same_bytes_twice_are_two_exhibits_and_one_blob(instance, cast):
    with instance.transaction() as session:
        first = receive(session, instance.vault, cast, b"twice", received_from="one source")
    with instance.transaction() as session:
        second = receive(session, instance.vault, cast, b"twice", received_from="another source")
    with instance.reading() as session:
        assert first.reference != second.reference
        assert first.blob_id == second.blob_id
        assert session.scalar(select(func.count()).select_from(Blob)) == 1
        assert [row.reference for row in same_bytes(session, first, actor=cast.amina)] == [second.reference]
        assert len(list(instance.vault.store.ids())) == 1


def test_the_same_bytes_in_two_compartments_share_no_blob(instance, cast):
    with instance.transaction() as session:
        here = receive(session, instance.vault, cast, b"both")
        home = session.get_one(Compartment, cast.home)
        there = intake.receive_exhibit(
            session,
            instance.vault,
            instance.vault.deposit(io.BytesIO(b"both")),
            facts=ExhibitFacts(),
            actor=cast.amina,
            compartment=home,
        )

    assert here.blob_id != there.blob_id


def test_same_bytes_shows_an_outsider_nothing(session, instance, cast):
    first = receive(session, instance.vault, cast, b"twice")
    receive(session, instance.vault, cast, b"twice")

    assert same_bytes(session, first, actor=cast.outsider) == []
    assert count_exhibits(session, actor=cast.outsider) == 0
    assert count_exhibits(session, actor=cast.amina) == 2


def test_an_outsider_takes_nothing_in(session, instance, cast):
    with pytest.raises(NotPermitted):
        receive(session, instance.vault, cast, actor=cast.outsider)

    assert session.scalar(select(func.count()).select_from(Exhibit)) == 0


def test_a_reviewer_without_the_right_is_refused_before_bytes_are_read(session, instance, cast):
    with pytest.raises(NotPermitted):
        intake.home_for(session, actor=cast.daria, compartment=session.get_one(Compartment, cast.mission))


def test_an_exhibit_needs_a_mission_or_a_compartment(session, cast):
    with pytest.raises(InvalidInput, match="one mission or into one compartment"):
        intake.home_for(session, actor=cast.amina)


def test_the_examination_is_owed_in_the_same_transaction(session, instance, cast):
    exhibit = receive(session, instance.vault, cast)

    (owed,) = session.scalars(select(Promise)).all()
    assert owed.kind == "examine_exhibit"
    assert owed.payload == {"exhibit": str(exhibit.id)}


def test_an_empty_file_is_an_exhibit(session, instance, cast):
    exhibit = receive(session, instance.vault, cast, b"")

    assert exhibit.size_bytes == 0
    assert exhibit.sha256 == hashlib.sha256(b"").hexdigest()


def test_governance_is_what_was_stated_and_the_legal_basis_has_no_default(session, instance, cast):
    stated = Governance(Level.RESTRICTED, "case building", "GDPR 9(2)(f)")

    assert receive(session, instance.vault, cast, governance=stated).legal_basis == "GDPR 9(2)(f)"
    assert receive(session, instance.vault, cast).legal_basis is None


def test_the_bounds_of_the_collection_are_kept_for_queries(session, instance, cast):
    exhibit = receive(session, instance.vault, cast, collected=Moment.parse("2022-03", zone="Europe/Kyiv"))

    assert exhibit.collected_earliest_at == datetime(2022, 2, 28, 22, tzinfo=UTC)
    assert exhibit.collected_latest_at == datetime(2022, 3, 31, 20, 59, 59, tzinfo=UTC)


def test_unknown_particulars_are_refused_by_name(session, instance, cast):
    with pytest.raises(InvalidInput, match="no particulars named shutter"):
        receive(session, instance.vault, cast, png(), particulars={"shutter": "1/60"})


def test_particulars_of_its_kind_are_kept_as_json(session, instance, cast):
    exhibit = receive(
        session, instance.vault, cast, particulars={"dated": "2022-03", "pages": 3, "is_handwritten": True}
    )

    assert exhibit.particulars["dated"]["precision"] == "month"
    assert exhibit.particulars["pages"] == 3


def test_an_amendment_changes_what_was_stated_and_keeps_the_version(session, instance, cast):
    exhibit = receive(session, instance.vault, cast)

    changed = intake.amend_exhibit(
        session,
        exhibit,
        {"collected": Moment.parse("2023"), "title": "Note"},
        actor=cast.amina,
        expected_version=1,
    )

    assert changed.version == 2
    assert changed.collected_earliest_at is not None


@pytest.mark.parametrize(
    "column", ["sha256", "size_bytes", "media_type", "blob_id", "kind", "original_name", "received_at"]
)
def test_what_was_received_is_never_amended(session, instance, cast, column):
    exhibit = receive(session, instance.vault, cast)

    with pytest.raises(InvalidInput, match=column):
        intake.amend_exhibit(session, exhibit, {column: "x"}, actor=cast.amina)


def test_a_stale_amendment_is_a_conflict(session, instance, cast):
    exhibit = receive(session, instance.vault, cast)
    intake.amend_exhibit(session, exhibit, {"title": "First"}, actor=cast.amina, expected_version=1)

    with pytest.raises(Conflict):
        intake.amend_exhibit(session, exhibit, {"title": "Second"}, actor=cast.amina, expected_version=1)


def test_an_outsider_amends_nothing(session, instance, cast):
    exhibit = receive(session, instance.vault, cast)

    with pytest.raises(NotPermitted):
        intake.amend_exhibit(session, exhibit, {"title": "Mine"}, actor=cast.outsider)

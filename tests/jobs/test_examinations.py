"""The examination of bytes as a job: once, outside the transaction, for whoever took them in."""

from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.exc import NoResultFound

from evidence_tracker.access.notices import NoticeKind, page_notices, unseen
from evidence_tracker.casework.exhibits.models import ExhibitMetadata
from evidence_tracker.casework.exhibits.registration import EXAMINE
from evidence_tracker.custody.history import events_of
from evidence_tracker.errors import InvalidInput
from evidence_tracker.jobs.examinations import JOBS, examine_exhibit
from evidence_tracker.jobs.worker import run_owed
from evidence_tracker.outbox import MAX_ATTEMPTS, Promise, PromiseState
from tests.factories.exhibits import exhibit_of, png, receive, thing


def found(instance):
    with instance.reading() as session:
        return session.scalars(select(ExhibitMetadata)).all()


def test_what_was_promised_is_kept_once(instance, cast):
    with instance.transaction() as session:
        exhibit = receive(session, instance.vault, cast, png(5), name="a.png")

    assert run_owed(instance, JOBS) == 1
    assert run_owed(instance, JOBS) == 0

    (row,) = found(instance)
    assert (row.exhibit_id, row.width_px, row.height_px) == (exhibit.id, 1, 1)
    with instance.reading() as session:
        acts = [event.values["act"] for event in events_of(session, instance.keyring, exhibit.id)]
        doors = [event.values["door"] for event in events_of(session, instance.keyring, exhibit.id)]
    assert acts == ["exhibit_received", "examined"]
    assert doors == ["command-line", "job"]


def test_the_same_job_twice_leaves_one_examination(instance, cast):
    with instance.transaction() as session:
        exhibit = receive(session, instance.vault, cast, png(5), name="a.png")

    for _ in range(2):
        record = examine_exhibit(instance, {"exhibit": str(exhibit.id)})
        with instance.transaction() as session:
            record(session)

    assert len(found(instance)) == 1


def test_a_file_that_cannot_be_read_is_examined_with_the_reason(instance, cast):
    with instance.transaction() as session:
        receive(session, instance.vault, cast, png(5)[:40], name="broken.png")

    run_owed(instance, JOBS)

    (row,) = found(instance)
    assert row.failed


def test_a_thing_has_nothing_to_examine(instance, cast):
    with instance.transaction() as session:
        exhibit = exhibit_of(session, thing(session, instance.vault, cast))

    record = examine_exhibit(instance, {"exhibit": str(exhibit.id)})
    with instance.transaction() as session:
        record(session)

    assert found(instance) == []


def test_what_is_not_there_stays_owed(instance, cast):
    with instance.transaction() as session:
        session.add(
            Promise(
                kind="examine_exhibit",
                key="examine_exhibit/none",
                payload={"exhibit": str(uuid4())},
                promised_at=instance.clock.now(),
                state=PromiseState.OWED.value,
            )
        )

    with pytest.raises(NoResultFound):
        examine_exhibit(instance, {"exhibit": str(uuid4())})
    assert run_owed(instance, JOBS, limit=1) == 0
    with instance.reading() as session:
        assert session.scalars(select(Promise.state)).one() == "owed"


def test_whoever_took_it_in_is_told_once_when_the_work_is_given_up(instance, cast):
    with instance.transaction() as session:
        exhibit = receive(session, instance.vault, cast, png(5), name="a.png")

    def fails(_instance, _payload):
        raise InvalidInput("no.")

    for attempt in range(MAX_ATTEMPTS):
        with instance.reading() as session:
            assert unseen(session, cast.amina) == 0, attempt
        assert run_owed(instance, {EXAMINE: fails}, limit=1) == 0
    with instance.reading() as session:
        (notice,) = page_notices(session, actor=cast.amina)
        assert (notice.kind, notice.reference) == (NoticeKind.WORK_FAILED, exhibit.reference)
        assert unseen(session, cast.chen) == 0

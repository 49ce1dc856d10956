"""Notices: written with their cause, shown to who may still read the record, counted within rights."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from evidence_tracker.access import notices
from evidence_tracker.access.accounts import switch_off
from evidence_tracker.access.compartments import grant
from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import Account, Compartment, Role
from evidence_tracker.access.notices import Notice, NoticeKind
from evidence_tracker.access.policy import Permission
from evidence_tracker.access.records import amend
from evidence_tracker.casework.incidents.models import Incident
from evidence_tracker.clock import FrozenClock
from evidence_tracker.custody.events import Actor
from evidence_tracker.instance import Instance
from tests.cast import Cast
from tests.factories import allegations, incidents
from tests.factories.interviews import lowered
from tests.statements import counted


def tell(instance: Instance, cast: Cast, *actors: Actor, by: Actor | None = None) -> Incident:
    with instance.transaction() as session:
        incident = incidents.incident(session, cast)
        notices.tell(session, [actor.account_id for actor in actors], NoticeKind.WORK_DONE, incident, by=by)
    return incident


def counts(instance: Instance, *actors: Actor) -> list[int]:
    with instance.reading() as session:
        return [notices.unseen(session, actor) for actor in actors]


def test_a_notice_is_shown_to_who_was_told_and_nobody_else(instance: Instance, cast: Cast):
    incident = tell(instance, cast, cast.amina, cast.daria)

    assert counts(instance, cast.amina, cast.daria, cast.chen) == [1, 1, 0]
    with instance.reading() as session:
        (notice,) = notices.page_notices(session, actor=cast.amina)
    assert (notice.reference, notice.subject_kind, notice.told_by) == (incident.reference, "incident", None)


def test_who_caused_it_is_not_told(instance: Instance, cast: Cast):
    tell(instance, cast, cast.amina, cast.daria, by=cast.daria)

    assert counts(instance, cast.amina, cast.daria) == [1, 0]


def test_it_is_rolled_back_with_its_cause(instance: Instance, cast: Cast):
    with pytest.raises(RuntimeError), instance.transaction() as session:
        incident = incidents.incident(session, cast)
        notices.tell(session, [cast.amina.account_id], NoticeKind.WORK_DONE, incident)
        raise RuntimeError
    assert counts(instance, cast.amina) == [0]


def test_who_may_not_read_the_record_has_no_notice_of_it(instance: Instance, cast: Cast):
    incident = tell(instance, cast, cast.amina, cast.outsider)
    assert counts(instance, cast.amina, cast.outsider) == [1, 0]
    with instance.transaction() as session:
        amend(session, session.get_one(Incident, incident.id), {"level": Level.SEALED}, actor=cast.bohdan)
        lowered(session, cast, Level.RESTRICTED, cast.mission)
    assert counts(instance, cast.amina) == [0]
    with instance.reading() as session:
        assert notices.page_notices(session, actor=cast.amina) == []


def test_the_same_thing_told_twice_before_it_was_seen_is_one_notice(
    instance: Instance, cast: Cast, clock: FrozenClock
):
    incident = tell(instance, cast, cast.amina)
    clock.at += timedelta(hours=1)
    with instance.transaction() as session:
        again = session.get_one(Incident, incident.id)
        notices.tell(session, [cast.amina.account_id], NoticeKind.WORK_DONE, again)
        notices.tell(session, [cast.amina.account_id], NoticeKind.WORK_FAILED, again)
    with instance.reading() as session:
        found = notices.page_notices(session, actor=cast.amina)
    assert sorted(notice.kind for notice in found) == [NoticeKind.WORK_DONE, NoticeKind.WORK_FAILED]
    assert {notice.at for notice in found} == {clock.at}


def test_what_was_seen_is_seen_and_told_again_it_is_new(instance: Instance, cast: Cast):
    incident = tell(instance, cast, cast.amina, cast.daria)
    other = tell(instance, cast, cast.amina)
    with instance.transaction() as session:
        first = session.query(Notice).filter_by(subject_id=incident.id).all()
        assert notices.mark_seen(session, [notice.id for notice in first], actor=cast.amina) == 1
    assert counts(instance, cast.amina, cast.daria) == [1, 1]
    with instance.transaction() as session:
        assert notices.mark_seen(session, actor=cast.amina) == 1
        assert notices.mark_seen(session, actor=cast.amina) == 0
        notices.tell(
            session,
            [cast.amina.account_id],
            NoticeKind.WORK_DONE,
            session.get_one(Incident, other.id),
        )
    assert counts(instance, cast.amina, cast.daria) == [1, 1]
    with instance.reading() as session:
        assert len(notices.page_notices(session, actor=cast.amina)) == 3


def test_pages_join_and_the_count_has_an_end(instance: Instance, cast: Cast, clock: FrozenClock):
    for _ in range(3):
        tell(instance, cast, cast.amina)
        tell(instance, cast, cast.amina)
        clock.at += timedelta(minutes=1)
    with instance.reading() as session:
        whole = [notice.id for notice in notices.page_notices(session, actor=cast.amina)]
        pages, after = [], None
        while page := notices.page_notices(session, actor=cast.amina, after=after, limit=1):
            pages += [notice.id for notice in page]
            after = (page[-1].at, page[-1].id)
        assert pages == whole
        assert len(whole) == 6


def test_one_query_counts_and_one_lists(instance: Instance, cast: Cast):
    tell(instance, cast, cast.amina)
    with instance.reading() as session:
        session.connection()
        with counted(session) as seen:
            notices.unseen(session, cast.amina)
        assert len(seen) == 1
        with counted(session) as seen:
            notices.page_notices(session, actor=cast.amina)
        assert len(seen) == 1


def test_holders_are_those_whom_the_policy_allows(instance: Instance, cast: Cast):
    with instance.transaction() as session:
        held = notices.holders(session, Permission.APPROVE, cast.mission, level=Level.SEALED)
        assert held == {cast.chen.account_id}
        assert cast.outsider.account_id not in notices.holders(session, Permission.READ, cast.mission)
        grant(
            session,
            session.get_one(Compartment, cast.mission),
            role=Role.APPROVER,
            level=Level.INTERNAL,
            purpose="tests",
            actor=cast.olena,
            account=session.get_one(Account, cast.outsider.account_id),
        )
        assert notices.holders(session, Permission.APPROVE, cast.mission, level=Level.CONFIDENTIAL) == held
        assert len(notices.holders(session, Permission.APPROVE, cast.mission)) == 2
        switch_off(session, session.get_one(Account, cast.chen.account_id), reason="left", actor=cast.olena)
        assert len(notices.holders(session, Permission.APPROVE, cast.mission)) == 1


def test_what_has_no_reference_cannot_be_told_of(session: Session, cast: Cast):
    row = allegations.allegation(session, cast)
    found = allegations.bearing(session, cast, row, 1, incidents.capture(session, cast))
    with pytest.raises(TypeError, match="bearing has no reference"):
        notices.tell(session, [cast.amina.account_id], NoticeKind.WORK_DONE, found)
    session.expunge_all()

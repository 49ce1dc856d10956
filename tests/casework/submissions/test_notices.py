"""Who is told what of a submission: asked for an approval, approved, written, released, touched by a withdrawal."""

import io

import pytest
from sqlalchemy import select

from evidence_tracker.access.compartments import end_grant
from evidence_tracker.access.models import Grant, Role
from evidence_tracker.access.notices import Notice, NoticeKind, page_notices
from evidence_tracker.casework.exhibits.derivatives import derive
from evidence_tracker.casework.exhibits.models import DerivativeKind, Exhibit
from evidence_tracker.casework.parties.models import Party
from evidence_tracker.casework.submissions import withdrawals
from evidence_tracker.casework.submissions.asking import ask_approval
from evidence_tracker.casework.submissions.checking import revoke
from evidence_tracker.casework.submissions.models import Approval
from evidence_tracker.casework.submissions.preparation import close_submission, live_items, remove_item
from evidence_tracker.errors import ConsentMissing, GateClosed, NotPermitted
from evidence_tracker.jobs.promised import JOBS
from evidence_tracker.jobs.worker import run_owed
from tests.casework.submissions.scene import exhibit_from, submission_of
from tests.casework.submissions.test_approval import Play


@pytest.fixture
def play(instance, cast):
    return Play(instance, cast)


def told(play, who):
    """Return what somebody is told, by its kind."""
    with play.instance.reading() as session:
        found = page_notices(session, actor=who)
        assert {notice.reference for notice in found} <= {play.reference}
        return sorted(notice.kind.value for notice in found)


def ask(play, who):
    return play.act(
        lambda session: [
            account.login for account in ask_approval(session, play.submission(session), actor=who)
        ]
    )


def test_whoever_may_approve_and_prepared_nothing_is_asked(play, cast):
    play.give_role(cast.daria, Role.APPROVER)
    play.give_role(cast.bohdan, Role.APPROVER)

    assert ask(play, cast.daria) == ["bohdan", "chen"]
    assert told(play, cast.chen) == told(play, cast.bohdan) == ["approval-asked"]
    assert told(play, cast.daria) == told(play, cast.amina) == []


def test_nobody_is_called_to_what_cannot_go(play, cast):
    play.withdraw()
    with pytest.raises(ConsentMissing, match="gate"):
        ask(play, cast.daria)
    assert told(play, cast.chen) == []


def test_where_nobody_could_approve_it_the_asker_hears_so(play, cast):
    def end_all(session):
        held = select(Grant).where(Grant.account_id == cast.chen.account_id, Grant.role == Role.APPROVER)
        for row in session.scalars(held).all():
            end_grant(session, row, reason="tests", actor=cast.olena)

    play.act(end_all)
    with pytest.raises(GateClosed, match="Nobody may approve"):
        ask(play, cast.daria)


def test_who_may_not_prepare_asks_nobody(play, cast):
    with pytest.raises(NotPermitted):
        ask(play, cast.amina)


def test_the_way_of_a_bundle_is_told_to_who_waits_for_it(play, cast):
    play.approve()
    assert told(play, cast.daria) == ["approved"]
    assert told(play, cast.chen) == []
    play.seal()
    play.build()
    assert told(play, cast.daria) == ["approved", "bundle-written"]
    play.give_role(cast.bohdan, Role.LEGAL_OFFICER)
    play.release(cast.bohdan)
    assert told(play, cast.daria) == ["approved", "bundle-released", "bundle-written"]
    assert told(play, cast.chen) == ["bundle-released"]
    assert told(play, cast.bohdan) == []


def test_an_approval_that_is_taken_back_is_told(play, cast):
    play.approve()
    play.act(
        lambda session: revoke(
            session, session.scalars(select(Approval)).one(), reason="a doubt", actor=cast.chen
        )
    )
    assert told(play, cast.daria) == ["approval-voided", "approved"]


def test_a_refused_approval_tells_nothing(play, cast):
    play.withdraw()
    with pytest.raises(ConsentMissing):
        play.approve()
    assert told(play, cast.daria) == []


def test_a_withdrawal_is_told_to_who_prepared_what_rests_on_it(play, cast):
    play.withdraw()
    assert told(play, cast.daria) == []
    assert run_owed(play.instance, JOBS) > 0
    assert told(play, cast.daria) == ["consent-withdrawn"]
    assert told(play, cast.amina) == told(play, cast.outsider) == []


def test_a_withdrawal_touches_what_was_made_from_an_item_and_nothing_else(play, instance, cast):
    with instance.transaction() as session:
        office = session.get_one(Party, play.office)
        copy = derive(
            session,
            instance.vault,
            session.get_one(Exhibit, play.exhibits[1]),
            instance.vault.deposit(io.BytesIO(b"a copy\n")),
            kind=DerivativeKind.COPY,
            how="copied",
            tool="cp 9.1",
            actor=cast.amina,
        )
        resting = submission_of(session, cast, office, copy)
        submission_of(session, cast, office, exhibit_from(session, instance, cast, None, b"ours\n"))
        touched = {row.reference for row in withdrawals.resting_on(session, play.person)}
    assert touched == {play.reference, resting.reference}


def test_a_submission_that_was_closed_or_lost_the_item_is_not_touched(play, cast):
    def take_out(session):
        submission = play.submission(session)
        for item in live_items(session, submission):
            remove_item(session, submission, item, reason="not needed", actor=cast.daria)

    assert len(play.act(lambda session: withdrawals.resting_on(session, play.person))) == 1
    play.act(take_out)
    assert play.act(lambda session: withdrawals.resting_on(session, play.person)) == []


def test_what_was_handed_over_is_touched_even_when_it_is_closed(play, cast):
    for step in ("approve", "seal", "build", "release"):
        getattr(play, step)()
    play.act(
        lambda session: close_submission(session, play.submission(session), reason="done", actor=cast.daria)
    )
    assert len(play.act(lambda session: withdrawals.resting_on(session, play.person))) == 1


def test_the_same_withdrawal_run_twice_is_one_notice(play, cast):
    play.withdraw()
    run_owed(play.instance, JOBS)
    play.act(lambda session: withdrawals.tell_preparers(session, play.person))
    with play.instance.reading() as session:
        query = select(Notice).where(Notice.kind == NoticeKind.CONSENT_WITHDRAWN)
        assert len(session.scalars(query).all()) == 1

"""Help that was offered, and what the person said to it."""

from datetime import date

import pytest
from sqlalchemy.exc import IntegrityError

from evidence_tracker.casework.persons.models import Need, ReferralOutcome
from evidence_tracker.casework.persons.queries import follow_ups_due, referrals
from evidence_tracker.casework.persons.referrals import amend_referral, answer_referral, offer_referral
from evidence_tracker.custody.history import events_of
from evidence_tracker.errors import Conflict, GateClosed, InvalidInput, NotPermitted
from evidence_tracker.values.moment import Moment
from tests.factories.parties import partner
from tests.factories.persons import person

OFFERED = Moment.parse("2026-03-01")


@pytest.fixture
def somebody(session, cast):
    return person(session, cast.amina, cast.mission)


@pytest.fixture
def referral(session, cast, somebody):
    return offer_referral(session, somebody, need=Need.PSYCHOLOGICAL, offered=OFFERED, actor=cast.amina)


def test_an_offer_shares_nothing(session, cast, somebody):
    clinic = partner(session, cast.amina)
    made = offer_referral(
        session,
        somebody,
        need=Need.MEDICAL,
        offered=OFFERED,
        provider=clinic,
        follow_up_on=date(2026, 3, 15),
        actor=cast.amina,
    )
    assert made.outcome is ReferralOutcome.OFFERED
    assert made.consent_to_share is None
    assert made.provider_id == clinic.id
    assert made.level is somebody.level


def test_an_acceptance_may_come_with_consent_to_tell_the_provider(session, cast, referral):
    clinic = partner(session, cast.amina)
    answer_referral(
        session,
        referral,
        ReferralOutcome.ACCEPTED,
        provider=clinic,
        consent_to_share=True,
        actor=cast.amina,
        expected_version=1,
    )
    assert (referral.outcome, referral.consent_to_share, referral.version) == (
        ReferralOutcome.ACCEPTED,
        True,
        2,
    )


def test_whoever_declined_may_accept_later(session, cast, referral):
    answer_referral(session, referral, ReferralOutcome.DECLINED, actor=cast.amina)
    answer_referral(
        session, referral, ReferralOutcome.ACCEPTED, actor=cast.amina, follow_up_on=date(2026, 4, 1)
    )
    assert (referral.outcome, referral.follow_up_on) == (ReferralOutcome.ACCEPTED, date(2026, 4, 1))


def test_consent_to_share_is_taken_back_with_the_acceptance(session, cast, referral):
    clinic = partner(session, cast.amina)
    answer_referral(
        session, referral, ReferralOutcome.ACCEPTED, provider=clinic, consent_to_share=True, actor=cast.amina
    )
    answer_referral(session, referral, ReferralOutcome.DECLINED, actor=cast.amina)
    assert referral.consent_to_share is None


def test_nobody_is_told_without_acceptance_and_a_named_provider(session, cast, referral):
    with pytest.raises(GateClosed, match="one provider"):
        answer_referral(session, referral, ReferralOutcome.ACCEPTED, consent_to_share=True, actor=cast.amina)
    with pytest.raises(GateClosed, match="one provider"):
        answer_referral(
            session,
            referral,
            ReferralOutcome.DECLINED,
            provider=partner(session, cast.amina),
            consent_to_share=True,
            actor=cast.amina,
        )
    with pytest.raises(InvalidInput, match="accepting or declining"):
        answer_referral(session, referral, ReferralOutcome.OFFERED, actor=cast.amina)


def test_the_database_too_refuses_sharing_without_acceptance(instance, cast):
    with instance.transaction() as session:
        somebody = person(session, cast.amina, cast.mission)
        made = offer_referral(session, somebody, need=Need.LEGAL, offered=OFFERED, actor=cast.amina)
    with pytest.raises(IntegrityError, match="sharing_follows_acceptance"), instance.transaction() as session:
        session.connection().exec_driver_sql(
            "UPDATE referral SET consent_to_share = 1 WHERE id = ?", (made.id.hex,)
        )


def test_a_stale_answer_and_an_outsider_change_nothing(session, cast, referral):
    answer_referral(session, referral, ReferralOutcome.DECLINED, actor=cast.amina, expected_version=1)
    with pytest.raises(Conflict):
        answer_referral(session, referral, ReferralOutcome.ACCEPTED, actor=cast.amina, expected_version=1)
    with pytest.raises(NotPermitted):
        answer_referral(session, referral, ReferralOutcome.ACCEPTED, actor=cast.outsider)
    with pytest.raises(NotPermitted):
        amend_referral(session, referral, {"note": "x"}, actor=cast.outsider)
    assert referral.outcome is ReferralOutcome.DECLINED


def test_a_follow_up_is_due_until_the_offer_is_declined(session, cast, somebody, referral):
    assert follow_ups_due(session, on=date(2026, 12, 31), actor=cast.amina) == []
    amend_referral(
        session, referral, {"follow_up_on": "2026-03-20", "note": "ask about the group"}, actor=cast.amina
    )
    assert follow_ups_due(session, on=date(2026, 3, 19), actor=cast.amina) == []
    assert follow_ups_due(session, on=date(2026, 3, 20), actor=cast.amina) == [referral]
    assert follow_ups_due(session, on=date(2026, 3, 20), actor=cast.outsider) == []
    answer_referral(session, referral, ReferralOutcome.DECLINED, actor=cast.amina)
    assert follow_ups_due(session, on=date(2026, 3, 20), actor=cast.amina) == []
    assert referrals(session, somebody, actor=cast.chen) == [referral]
    assert referrals(session, somebody, actor=cast.outsider) == []


def test_only_follow_up_and_note_are_amended(session, cast, referral):
    with pytest.raises(InvalidInput, match="nothing here called outcome"):
        amend_referral(session, referral, {"outcome": "accepted"}, actor=cast.amina)


def test_the_answer_is_a_change_of_state_in_the_log(instance, cast):
    with instance.transaction() as session:
        somebody = person(session, cast.amina, cast.mission)
        made = offer_referral(session, somebody, need=Need.MATERIAL, offered=OFFERED, actor=cast.amina)
        answer_referral(session, made, ReferralOutcome.DECLINED, actor=cast.amina)
    with instance.reading() as session:
        acts = [
            (event.values["act"], event.values.get("outcome"))
            for event in events_of(session, instance.keyring, made.id)
        ]
    assert acts == [("recorded", None), ("state_changed", "declined")]

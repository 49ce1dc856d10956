"""The gate on the database: one query, every event, whoever asks."""

from datetime import date, timedelta

import pytest

from evidence_tracker.access.compartments import end_grant, grant
from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import Account, Compartment, Grant, Role
from evidence_tracker.access.policy import now
from evidence_tracker.casework.consent.gates import Reason, Recipient, fold, live, live_by_item
from evidence_tracker.casework.consent.models import ConsentEvent, IdentityLevel, Use
from evidence_tracker.casework.consent.queries import expiring, history, matrix, matrix_as_known
from evidence_tracker.casework.consent.statements import Cell
from evidence_tracker.casework.parties.directory import amend_party, end_party
from evidence_tracker.casework.parties.models import RecipientClass
from evidence_tracker.casework.persons.registration import amend_person
from evidence_tracker.errors import NotFound, NotPermitted
from tests.factories.consent import allow, allow_package, take_back
from tests.factories.parties import partner, prosecutor
from tests.factories.persons import person
from tests.statements import counted

COURT = Cell(RecipientClass.NATIONAL_PROSECUTOR, Use.COURT, IdentityLevel.FULL)


@pytest.fixture
def office(session, cast):
    return prosecutor(session, cast.amina)


def people(session, cast, count):
    return [person(session, cast.amina, cast.mission) for _ in range(count)]


def test_many_persons_are_decided_in_one_query(session, cast, office):
    everybody = people(session, cast, 5)
    for somebody in everybody[:3]:
        allow_package(session, cast.amina, somebody, "prosecutors-with-my-name")
    take_back(session, cast.amina, everybody[2])
    ids = [somebody.id for somebody in everybody]
    with counted(session) as asked:
        decisions = live(session, ids, recipient=office, use=Use.COURT, item_id=None)
    assert len(asked) == 1
    assert [decisions[person_id].reason for person_id in ids] == [
        Reason.ALLOWED,
        Reason.ALLOWED,
        Reason.WITHDRAWN,
        Reason.NEVER_ASKED,
        Reason.NEVER_ASKED,
    ]


def test_nobody_asked_about_is_nobody_decided(session, cast, office):
    assert live(session, [], recipient=office, use=Use.COURT, item_id=None) == {}


def test_a_party_that_is_no_recipient_or_no_longer_gets_nothing(session, cast, office):
    (somebody,) = people(session, cast, 1)
    allow(session, cast.amina, somebody, COURT)
    silent = partner(session, cast.amina, recipient_class=None)
    end_party(session, office, reason="dissolved", actor=cast.olena)
    for party in (silent, office):
        found = live(session, [somebody.id], recipient=party, use=Use.COURT, item_id=None)
        assert (found[somebody.id].allowed, found[somebody.id].reason) == (False, Reason.NO_RECIPIENT)


def test_a_party_that_changes_its_class_loses_what_was_allowed_to_it_by_name(session, cast, office):
    (somebody,) = people(session, cast, 1)
    allow(session, cast.amina, somebody, Cell(office, Use.COURT, IdentityLevel.FULL))
    amend_party(session, office, {"recipient_class": "eurojust"}, actor=cast.olena)
    assert not live(session, [somebody.id], recipient=office, use=Use.COURT, item_id=None)[
        somebody.id
    ].allowed


def test_the_gate_sees_a_withdrawal_that_the_actor_may_not_read(session, cast, office):
    (somebody,) = people(session, cast, 1)
    allow(session, cast.amina, somebody, COURT)
    amend_person(session, somebody, {"level": "SEALED"}, actor=cast.amina)
    take_back(session, cast.amina, somebody)
    assert not live(session, [somebody.id], recipient=office, use=Use.COURT, item_id=None)[
        somebody.id
    ].allowed


def test_a_clock_that_was_set_back_does_not_hide_a_withdrawal(session, cast, clock, office):
    (somebody,) = people(session, cast, 1)
    allow(session, cast.amina, somebody, COURT)
    clock.at += timedelta(days=365)
    take_back(session, cast.amina, somebody)
    clock.at -= timedelta(days=364)
    assert not live(session, [somebody.id], recipient=office, use=Use.COURT, item_id=None)[
        somebody.id
    ].allowed


def test_the_history_is_read_by_those_who_see_the_person(session, cast):
    (somebody,) = people(session, cast, 1)
    said = [*allow(session, cast.amina, somebody, COURT), *take_back(session, cast.amina, somebody)]
    assert history(session, somebody, actor=cast.daria) == said
    with pytest.raises(NotFound):
        history(session, somebody, actor=cast.outsider)
    with pytest.raises(NotFound):
        matrix(session, somebody, actor=cast.outsider)


def test_half_a_history_is_not_shown(session, cast):
    (somebody,) = people(session, cast, 1)
    amend_person(session, somebody, {"level": "SEALED"}, actor=cast.amina)
    take_back(session, cast.amina, somebody)
    amend_person(session, somebody, {"level": "RESTRICTED"}, actor=cast.chen)
    allow(session, cast.amina, somebody, COURT)
    lower_grants_of(session, cast, cast.daria)
    with pytest.raises(NotPermitted, match="above your level"):
        history(session, somebody, actor=cast.daria)


def lower_grants_of(session, cast, actor):
    account = session.get_one(Account, actor.account_id)
    for row in session.query(Grant).filter_by(account_id=account.id):
        end_grant(session, row, reason="tests", actor=cast.olena)
    compartment = session.get_one(Compartment, cast.mission)
    grant(
        session,
        compartment,
        role=Role.READER,
        level=Level.RESTRICTED,
        purpose="tests",
        actor=cast.olena,
        account=account,
    )


def test_the_matrix_of_a_past_day_knows_nothing_of_later_words(session, cast, clock):
    (somebody,) = people(session, cast, 1)
    allow(session, cast.amina, somebody, COURT)
    first_day = clock.at
    clock.at += timedelta(days=30)
    take_back(session, cast.amina, somebody)
    (recipient,) = matrix(session, somebody, actor=cast.amina).recipients
    assert not matrix(session, somebody, actor=cast.amina).decide(recipient, Use.COURT).allowed
    assert (
        matrix_as_known(session, somebody, at=first_day, actor=cast.amina)
        .decide(recipient, Use.COURT)
        .allowed
    )


def test_what_will_expire_is_listed_until_it_is_renewed(session, cast):
    first, second = people(session, cast, 2)
    (soon,) = allow(session, cast.amina, first, COURT, expires_on="2026-05-01")
    allow(session, cast.amina, first, Cell(RecipientClass.ICC_OTP, Use.COURT, IdentityLevel.FULL))
    allow(session, cast.amina, second, COURT, expires_on="2026-04-01")
    (renewed,) = allow(session, cast.amina, second, COURT, expires_on="2027-04-01")
    until, renewed_until = date(2026, 5, 1), date(2027, 4, 1)
    assert expiring(session, until=until, actor=cast.amina) == [soon]
    assert expiring(session, until=renewed_until, actor=cast.amina) == [soon, renewed]
    assert expiring(session, until=until - timedelta(days=1), actor=cast.amina) == []
    assert expiring(session, until=until, actor=cast.outsider) == []


def test_many_items_of_many_persons_are_decided_in_one_query_as_one_by_one(session, cast, office):
    everybody = people(session, cast, 3)
    letter, photo = cast.home, cast.mission  # any ids
    allow(session, cast.amina, everybody[0], Cell(COURT.recipient, COURT.use, IdentityLevel.CODE, (letter,)))
    allow(session, cast.amina, everybody[1], COURT)
    take_back(session, cast.amina, everybody[1], Cell(None, None, None, (photo,)))
    ids = [somebody.id for somebody in everybody]
    with counted(session) as asked:
        found = live_by_item(
            session, ids, recipient=office, use=Use.COURT, items=dict.fromkeys((None, letter, photo), ())
        )
    assert len(asked) == 1
    assert len(found) == 9
    for (person_id, item_id), decision in found.items():
        assert (
            decision
            == live(session, [person_id], recipient=office, use=Use.COURT, item_id=item_id)[person_id]
        )
        assert decision == fold(_said_by(session, person_id), now(session)).decide(
            Recipient(RecipientClass.NATIONAL_PROSECUTOR, office.id), Use.COURT, item_id
        )
    assert [found[ids[0], item].allowed for item in (None, letter, photo)] == [False, True, False]
    assert [found[ids[1], item].allowed for item in (None, letter, photo)] == [True, True, False]


def _said_by(session, person_id):
    return session.query(ConsentEvent).filter_by(person_id=person_id).all()

"""What a person says, recorded; what must be there first, and what must never stand in the way."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from evidence_tracker.access.records import amend
from evidence_tracker.casework.consent.gates import Reason, live
from evidence_tracker.casework.consent.models import (
    ConsentEvent,
    ConsentKind,
    IdentityLevel,
    Scope,
    Use,
)
from evidence_tracker.casework.consent.packages import find_package
from evidence_tracker.casework.consent.statements import (
    NOTIFY_WITHDRAWAL,
    TELL_PREPARERS,
    Cell,
    give,
    limit,
    refuse,
    renew,
    withdraw,
)
from evidence_tracker.casework.parties.models import RecipientClass
from evidence_tracker.custody.findings import Verification
from evidence_tracker.custody.history import events_of
from evidence_tracker.custody.verify import verify_payloads
from evidence_tracker.errors import GateClosed, InvalidInput, NotPermitted
from evidence_tracker.outbox import Promise
from tests.factories.consent import SAID, TAKEN, allow, allow_package, take_back
from tests.factories.parties import partner, prosecutor
from tests.factories.persons import child, person

COURT = Cell(RecipientClass.NATIONAL_PROSECUTOR, Use.COURT, IdentityLevel.FULL)


@pytest.fixture
def witness(session, cast):
    return person(session, cast.amina, cast.mission)


@pytest.fixture
def office(session, cast):
    return prosecutor(session, cast.amina)


def decision(session, somebody, recipient, use=Use.COURT, item_id=None):
    return live(session, [somebody.id], recipient=recipient, use=use, item_id=item_id)[somebody.id]


def promises(session):
    session.flush()
    return session.scalars(select(Promise).where(Promise.kind == NOTIFY_WITHDRAWAL)).all()


def test_one_act_is_a_group_of_events_numbered_per_person(session, cast, witness):
    allow(session, cast.amina, person(session, cast.amina, cast.mission), COURT)
    first = allow(
        session, cast.amina, witness, COURT, Cell(RecipientClass.ICC_OTP, Use.COURT, IdentityLevel.CODE)
    )
    second = take_back(session, cast.amina, witness)
    assert [event.number for event in [*first, *second]] == [1, 2, 3]
    assert first[0].group_id == first[1].group_id != second[0].group_id
    assert (first[0].level, first[0].compartment_id) == (witness.level, witness.compartment_id)
    assert [event.kind for event in second] == [ConsentKind.WITHDRAWN]
    assert (second[0].recipient_class, second[0].use, second[0].identity_level) == (None, None, None)


def test_a_package_becomes_its_cells_and_names_the_words_that_were_read(session, cast, witness, office):
    events = allow_package(session, cast.amina, witness, "prosecutors-without-my-name")
    assert len(events) == len(find_package("prosecutors-without-my-name").cells)
    assert {(event.package, event.package_version, event.text_version) for event in events} == {
        ("prosecutors-without-my-name", 1, "package prosecutors-without-my-name 1")
    }
    assert decision(session, witness, office, Use.INVESTIGATION).identity_level is IdentityLevel.PSEUDONYM
    assert decision(session, witness, office).reason is Reason.NOT_COVERED


def test_a_package_can_be_given_for_some_items_alone(session, cast, witness, office):
    letter, photo = cast.home, cast.mission  # any ids
    events = give(
        session,
        witness,
        find_package("prosecutors-with-my-name"),
        items=[letter],
        facts=TAKEN,
        actor=cast.amina,
    )
    assert {event.scope for event in events} == {Scope.ITEMS}
    assert decision(session, witness, office, item_id=letter).allowed
    assert not decision(session, witness, office, item_id=photo).allowed


def test_what_was_said_goes_into_the_log_in_full_and_verifies(instance, cast):
    with instance.transaction() as session:
        witness = person(session, cast.amina, cast.mission)
        (event,) = allow(
            session, cast.amina, witness, COURT, conditions="not before the trial", expires_on="2026-12-31"
        )
    with instance.reading() as session:
        (logged,) = events_of(session, instance.keyring, event.id)
        report = Verification()
        verify_payloads(session, instance.keyring, report)
    assert logged.values["act"] == "consent_given"
    assert logged.values["occurred"]["value"] == "2026-03-01"
    assert logged.record is not None
    assert logged.record["conditions"] == "not before the trial"
    assert logged.record["expires_on"] == "2026-12-31"
    assert not report.findings


@pytest.mark.parametrize(
    "statement", ["UPDATE consent_event SET kind = 'given'", "DELETE FROM consent_event"]
)
def test_the_database_refuses_to_change_or_remove_what_was_said(instance, cast, statement):
    with instance.transaction() as session:
        take_back(session, cast.amina, person(session, cast.amina, cast.mission))
    with pytest.raises(IntegrityError, match="never changed or removed"), instance.transaction() as session:
        session.connection().exec_driver_sql(statement)


def test_there_is_no_way_to_amend_an_event_through_the_records_either(instance, cast):
    with instance.transaction() as session:
        (event,) = take_back(session, cast.amina, person(session, cast.amina, cast.mission))
    with pytest.raises(IntegrityError, match="never changed or removed"), instance.transaction() as session:
        found = session.get_one(ConsentEvent, event.id)
        amend(session, found, {"kind": ConsentKind.GIVEN}, actor=cast.amina)


@pytest.mark.parametrize("who", ["outsider", "daria", "chen"])
def test_consent_is_recorded_only_by_those_who_may(session, cast, witness, who):
    actor = getattr(cast, who)
    with pytest.raises(NotPermitted):
        allow(session, actor, witness, COURT)
    with pytest.raises(NotPermitted):
        allow_package(session, actor, witness)
    with pytest.raises(NotPermitted):
        take_back(session, actor, witness)


@pytest.mark.parametrize("missing", ["form", "language", "obtained_by", "obtained"])
def test_how_it_was_taken_must_be_said(session, cast, witness, missing):
    facts = {name: value for name, value in TAKEN.items() if name != missing}
    with pytest.raises(InvalidInput, match=missing.replace("_", " ")):
        give(session, witness, [COURT], facts=facts, actor=cast.amina)
    with pytest.raises(InvalidInput, match=missing.replace("_", " ")):
        withdraw(
            session,
            witness,
            facts={name: facts[name] for name in facts if name != "capacity_ok"},
            actor=cast.amina,
        )


@pytest.mark.parametrize(
    ("facts", "match"),
    [
        ({"obtained": "2026-03-09"}, "in the future"),
        ({"expires_on": "2026-02-01"}, "would have expired"),
        ({"expires_on": "one year"}, "not a day"),
        ({"form": "gesture"}, "not a known form"),
        ({"language": "Ukrainian language"}, "not a language tag"),
        ({"obtained": "yesterday"}, "not a date"),
        ({"capacity_ok": "yes"}, "true or false"),
        ({"kind": "given"}, "nothing here called kind"),
        ({"package": "only-help-me"}, "nothing here called package"),
        ({"conditions": "a\x00b"}, "control characters"),
    ],
)
def test_facts_that_make_no_sense_are_refused(session, cast, witness, facts, match):
    with pytest.raises(InvalidInput, match=match):
        allow(session, cast.amina, witness, COURT, **facts)


@pytest.mark.parametrize(
    "cell",
    [
        Cell(None, Use.COURT, IdentityLevel.FULL),
        Cell(RecipientClass.ICC_OTP, None, IdentityLevel.FULL),
        Cell(RecipientClass.ICC_OTP, Use.COURT, None),
    ],
)
def test_a_permission_or_limit_for_everybody_or_everything_is_refused(session, cast, witness, cell):
    with pytest.raises(InvalidInput, match="names the recipient, the use"):
        allow(session, cast.amina, witness, cell)
    with pytest.raises(InvalidInput, match="names the recipient, the use"):
        limit(session, witness, [cell], facts=SAID, actor=cast.amina)


def test_a_permission_at_no_level_is_refused(session, cast, witness):
    with pytest.raises(InvalidInput, match="allows nothing"):
        allow(session, cast.amina, witness, Cell(RecipientClass.ICC_OTP, Use.COURT, IdentityLevel.NONE))


def test_an_act_that_says_nothing_or_twice_the_same_is_refused(session, cast, witness):
    with pytest.raises(InvalidInput, match="not said what"):
        allow(session, cast.amina, witness)
    with pytest.raises(InvalidInput, match="speaks twice"):
        allow(session, cast.amina, witness, COURT, Cell(COURT.recipient, COURT.use, IdentityLevel.CODE))


def test_a_party_that_never_receives_cannot_be_named(session, cast, witness):
    silent = partner(session, cast.amina, recipient_class=None)
    with pytest.raises(InvalidInput, match="never a recipient"):
        allow(session, cast.amina, witness, Cell(silent, Use.COURT, IdentityLevel.FULL))


@pytest.mark.parametrize("capacity", [None, False])
def test_nobody_consents_whose_capacity_is_not_confirmed(session, cast, witness, capacity):
    with pytest.raises(GateClosed, match="able to consent"):
        allow(session, cast.amina, witness, COURT, capacity_ok=capacity)


@pytest.mark.parametrize("form", ["oral-with-witness", "thumbprint"])
def test_an_oral_consent_needs_a_witness(session, cast, witness, form):
    with pytest.raises(GateClosed, match="needs a witness"):
        allow(session, cast.amina, witness, COURT, form=form)
    assert allow(session, cast.amina, witness, COURT, form=form, witness="bohdan")[0].witness == "bohdan"


# -- children


BEST_INTEREST = {
    "is_guardian_conflict_checked": True,
    "child_assent": True,
    "best_interest": "The child asked to be heard; the psychologist agrees.",
}


def test_a_childs_consent_is_the_guardians_and_the_childs_together(session, cast):
    young, mother = (
        child(session, cast.amina, cast.mission),
        person(session, cast.amina, cast.mission, roles=["guardian"]),
    )
    (event,) = give(
        session, young, [COURT], facts={**TAKEN, **BEST_INTEREST}, guardian=mother, actor=cast.amina
    )
    assert (event.guardian_id, event.child_assent, event.is_guardian_conflict_checked) == (
        mother.id,
        True,
        True,
    )


@pytest.mark.parametrize(
    ("change", "match"),
    [
        ({"is_guardian_conflict_checked": False}, "no conflict"),
        ({"child_assent": False}, "own assent"),
        ({"child_assent": None}, "own assent"),
        ({"best_interest": "  "}, "best interest"),
        ({"capacity_ok": False}, "able to consent"),
    ],
)
def test_each_missing_safeguard_of_a_child_closes_the_gate_by_its_name(session, cast, change, match):
    young, mother = child(session, cast.amina, cast.mission), person(session, cast.amina, cast.mission)
    with pytest.raises(GateClosed, match=match):
        give(
            session,
            young,
            [COURT],
            facts={**TAKEN, **BEST_INTEREST, **change},
            guardian=mother,
            actor=cast.amina,
        )


def test_a_child_needs_a_guardian_who_is_somebody_else_and_of_age(session, cast):
    young, other = child(session, cast.amina, cast.mission), child(session, cast.amina, cast.mission)
    for guardian, match in ((None, "guardian's consent"), (young, "not the child"), (other, "of age")):
        with pytest.raises(GateClosed, match=match):
            give(
                session, young, [COURT], facts={**TAKEN, **BEST_INTEREST}, guardian=guardian, actor=cast.amina
            )


def test_everything_that_is_missing_is_named_at_once(session, cast):
    with pytest.raises(GateClosed) as caught:
        allow(session, cast.amina, child(session, cast.amina, cast.mission), COURT)
    for what in ("guardian's consent", "conflict", "assent", "best interest"):
        assert what in str(caught.value)


def test_a_renewal_for_a_child_asks_for_all_of_it_again(session, cast):
    young, mother = child(session, cast.amina, cast.mission), person(session, cast.amina, cast.mission)
    give(session, young, [COURT], facts={**TAKEN, **BEST_INTEREST}, guardian=mother, actor=cast.amina)
    with pytest.raises(GateClosed, match="best interest"):
        renew(session, young, facts=TAKEN, actor=cast.amina)


def test_a_child_says_no_without_anybody(session, cast):
    young = child(session, cast.amina, cast.mission)
    assert refuse(session, young, facts=SAID, actor=cast.amina)[0].kind is ConsentKind.REFUSED
    assert take_back(session, cast.amina, young)[0].kind is ConsentKind.WITHDRAWN


def test_an_adult_consents_alone(session, cast, witness):
    with pytest.raises(InvalidInput, match="an adult consents alone"):
        give(
            session,
            witness,
            [COURT],
            facts=TAKEN,
            guardian=person(session, cast.amina, cast.mission),
            actor=cast.amina,
        )


# -- no, less, again


def test_a_withdrawal_holds_at_once_and_is_owed_to_those_who_received(session, cast, witness, office):
    allow(session, cast.amina, witness, COURT)
    assert decision(session, witness, office).allowed
    (event,) = take_back(session, cast.amina, witness)
    assert decision(session, witness, office).reason is Reason.WITHDRAWN
    (promise,) = promises(session)
    assert promise.kind == NOTIFY_WITHDRAWAL == "notify-withdrawal"
    assert promise.payload == {
        "person_id": str(witness.id),
        "group_id": str(event.group_id),
        "kind": "withdrawn",
    }


def test_whoever_prepared_what_rests_on_it_is_owed_the_news_too(session, cast, witness, office):
    allow(session, cast.amina, witness, COURT)
    take_back(session, cast.amina, witness)
    session.flush()
    kinds = session.scalars(select(Promise.kind).order_by(Promise.kind)).all()
    assert kinds == [NOTIFY_WITHDRAWAL, TELL_PREPARERS]


def test_a_withdrawal_by_cell_leaves_the_other_cells(session, cast, witness, office):
    allow(session, cast.amina, witness, COURT, Cell(COURT.recipient, Use.ANALYSIS, IdentityLevel.FULL))
    take_back(session, cast.amina, witness, Cell(None, Use.COURT))
    assert not decision(session, witness, office).allowed
    assert decision(session, witness, office, Use.ANALYSIS).allowed


def test_whoever_refuses_for_the_first_time_is_owed_no_news(session, cast, witness, office):
    refuse(session, witness, [Cell(office)], facts=SAID, actor=cast.amina)
    assert promises(session) == []
    allow(session, cast.amina, witness, COURT)
    assert decision(session, witness, office).reason is Reason.REFUSED


def test_a_refusal_of_what_was_allowed_before_is_owed_as_a_withdrawal_is(session, cast, witness, office):
    allow(session, cast.amina, witness, COURT)
    refuse(session, witness, [Cell(RecipientClass.ICC_OTP)], facts=SAID, actor=cast.amina)
    assert promises(session) == []
    refuse(session, witness, [Cell(office)], facts=SAID, actor=cast.amina)
    assert [promise.payload["kind"] for promise in promises(session)] == ["refused"]
    assert not decision(session, witness, office).allowed


def test_a_withdrawal_needs_no_capacity_witness_or_permission_to_withdraw(session, cast, witness):
    (event,) = take_back(session, cast.amina, witness, form="thumbprint")
    assert event.capacity_ok is None


def test_a_limit_narrows_what_was_allowed_and_cannot_stand_alone(session, cast, witness, office):
    lower = Cell(office, Use.COURT, IdentityLevel.PSEUDONYM)
    with pytest.raises(GateClosed, match="nothing to limit"):
        limit(session, witness, [lower], facts=SAID, actor=cast.amina)
    allow(session, cast.amina, witness, COURT)
    limit(session, witness, [lower], facts=SAID, actor=cast.amina)
    found = decision(session, witness, office)
    assert (found.identity_level, found.reason) == (IdentityLevel.PSEUDONYM, Reason.LIMITED)
    assert [promise.payload["kind"] for promise in promises(session)] == ["limited"]


@pytest.mark.parametrize("act", [refuse, withdraw, limit])
def test_only_a_permission_can_expire(session, cast, witness, act):
    allow(session, cast.amina, witness, COURT)
    with pytest.raises(InvalidInput, match="Only what is given or renewed can expire"):
        act(session, witness, [COURT], facts={**SAID, "expires_on": "2026-12-31"}, actor=cast.amina)


def test_a_renewal_extends_what_stands_or_stood_at_its_own_level(session, cast, clock, witness, office):
    allow(session, cast.amina, witness, COURT, expires_on="2026-04-01")
    limit(
        session,
        witness,
        [Cell(RecipientClass.NATIONAL_PROSECUTOR, Use.COURT, IdentityLevel.CODE)],
        facts=SAID,
        actor=cast.amina,
    )
    clock.at += timedelta(days=60)
    assert decision(session, witness, office).reason is Reason.EXPIRED
    (event,) = renew(
        session,
        witness,
        facts={**TAKEN, "obtained": "2026-04-30", "expires_on": "2027-04-01"},
        actor=cast.amina,
    )
    assert (event.kind, event.identity_level, event.expires_on) == (
        ConsentKind.RENEWED,
        IdentityLevel.CODE,
        date(2027, 4, 1),
    )
    assert decision(session, witness, office).identity_level is IdentityLevel.CODE


def test_what_was_withdrawn_or_never_allowed_cannot_be_renewed(session, cast, witness):
    with pytest.raises(GateClosed, match="no consent to renew"):
        renew(session, witness, facts=TAKEN, actor=cast.amina)
    allow(session, cast.amina, witness, COURT)
    take_back(session, cast.amina, witness)
    with pytest.raises(GateClosed, match="no consent to renew: court by national-prosecutor"):
        renew(session, witness, [Cell(COURT.recipient, COURT.use)], facts=TAKEN, actor=cast.amina)


def test_a_renewal_of_everything_leaves_out_what_was_withdrawn(session, cast, witness, office):
    allow(session, cast.amina, witness, COURT, Cell(office, Use.ANALYSIS, IdentityLevel.FULL))
    take_back(session, cast.amina, witness, Cell(None, Use.COURT))
    (event,) = renew(session, witness, facts=TAKEN, actor=cast.amina)
    assert (event.use, event.party_id) == (Use.ANALYSIS, office.id)


def test_a_renewal_may_lower_the_level_but_not_raise_it(session, cast, witness):
    allow(session, cast.amina, witness, Cell(COURT.recipient, COURT.use, IdentityLevel.PSEUDONYM))
    with pytest.raises(GateClosed, match="cannot raise"):
        renew(session, witness, [COURT], facts=TAKEN, actor=cast.amina)
    lower = Cell(COURT.recipient, COURT.use, IdentityLevel.ANONYMOUS)
    assert (
        renew(session, witness, [lower], facts=TAKEN, actor=cast.amina)[0].identity_level
        is IdentityLevel.ANONYMOUS
    )
    with pytest.raises(InvalidInput, match="names the recipient and the use"):
        renew(session, witness, [Cell(None, Use.COURT)], facts=TAKEN, actor=cast.amina)


def test_a_consent_for_two_items_is_renewed_for_both_or_for_none(session, cast, witness, office):
    both = Cell(COURT.recipient, COURT.use, IdentityLevel.FULL, (cast.home, cast.mission))
    allow(session, cast.amina, witness, both)
    assert renew(session, witness, facts=TAKEN, actor=cast.amina)[0].items == sorted(
        [str(cast.home), str(cast.mission)]
    )
    take_back(session, cast.amina, witness, Cell(None, None, None, (cast.home,)))
    with pytest.raises(GateClosed, match="no consent to renew"):
        renew(session, witness, facts=TAKEN, actor=cast.amina)

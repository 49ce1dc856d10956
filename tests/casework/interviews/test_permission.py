"""Whether the interviewee allows us to keep the account; of a child, with guardian and assent."""

import pytest

from evidence_tracker.access.records import Governance, create
from evidence_tracker.casework.consent.models import (
    ConsentEvent,
    ConsentForm,
    ConsentKind,
    IdentityLevel,
    Scope,
    Use,
)
from evidence_tracker.casework.consent.statements import Cell
from evidence_tracker.casework.interviews.permission import has_safeguards, storage_decision
from evidence_tracker.casework.parties.models import PartyKind, RecipientClass
from evidence_tracker.values.moment import Moment
from tests.factories import consent, parties, persons
from tests.factories.interviews import STORAGE, begun, planned

OWN = RecipientClass.OWN_ORGANISATION
YESTERDAY = Moment.parse("2026-03-01")


def given(session, cast, child, **safeguards):
    """Record a permission past the acts, as a migration or an older version might have."""
    earliest, latest = YESTERDAY.bounds()
    return create(
        session,
        ConsentEvent,
        compartment_id=child.compartment_id,
        governance=Governance.of(child),
        actor=cast.amina,
        person_id=child.id,
        number=1,
        group_id=child.id,
        kind=ConsentKind.GIVEN,
        recipient_class=OWN,
        use=Use.STORAGE,
        identity_level=IdentityLevel.FULL,
        scope=Scope.ALL,
        items=[],
        form=ConsentForm.WRITTEN,
        language="uk",
        obtained_by="amina",
        obtained=YESTERDAY,
        obtained_earliest_at=earliest,
        obtained_latest_at=latest,
        is_guardian_conflict_checked=True,
        **safeguards,
    )


@pytest.mark.parametrize(
    ("has_guardian", "assent", "enough"),
    [
        (True, True, True),
        (True, False, False),
        (True, None, False),
        (False, True, False),
        (False, None, False),
    ],
)
def test_of_a_child_both_the_guardian_and_the_assent_are_there(session, cast, has_guardian, assent, enough):
    child = persons.child(session, cast.amina, cast.mission)
    guardian = persons.person(session, cast.amina, cast.mission)
    given(session, cast, child, guardian_id=guardian.id if has_guardian else None, child_assent=assent)
    interview = planned(session, cast, child)
    decision = storage_decision(session, interview, child)
    assert decision.allowed, "the fold alone would let it pass"
    assert has_safeguards(session, child, decision) is enough


def test_an_adult_needs_no_guardian(session, cast):
    witness = persons.person(session, cast.amina, cast.mission)
    consent.allow(session, cast.amina, witness, STORAGE)
    interview = begun(session, cast, witness)
    assert has_safeguards(session, witness, storage_decision(session, interview, witness))


def test_if_our_organisation_is_entered_twice_both_must_be_allowed(session, cast):
    twice = [
        parties.partner(session, cast.amina, kind=PartyKind.OWN, recipient_class=OWN, name=name)
        for name in ("Fictional Centre", "Fictional Centre, branch")
    ]
    for refused in twice:
        witness = persons.person(session, cast.amina, cast.mission)
        interview = begun(session, cast, witness)
        consent.allow(session, cast.amina, witness, STORAGE)
        assert storage_decision(session, interview, witness).allowed
        consent.take_back(session, cast.amina, witness, Cell(refused, Use.STORAGE))
        assert not storage_decision(session, interview, witness).allowed

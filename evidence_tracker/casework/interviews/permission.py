"""Whether the interviewee allows us to keep what they say; for a child, with everything that guards it."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence_tracker.access.policy import now
from evidence_tracker.casework.consent.gates import Decision, decide
from evidence_tracker.casework.consent.models import ConsentEvent, Use
from evidence_tracker.casework.interviews.models import Interview
from evidence_tracker.casework.parties.models import Party, RecipientClass
from evidence_tracker.casework.persons.models import Person


def storage_decision(session: Session, interview: Interview, person: Person) -> Decision:
    """Say whether the person allows our organisation to keep this account, now.

    Where our organisation stands in the directory, what was said of it by name counts too;
    if it stands there twice, both must be allowed.
    """
    own = select(Party.id).where(Party.recipient_class == RecipientClass.OWN_ORGANISATION)
    parties: list[UUID | None] = [*session.scalars(own.order_by(Party.id))] or [None]
    events = _events(session, person)
    decisions = [
        decide(
            events,
            recipient_class=RecipientClass.OWN_ORGANISATION,
            party_id=party_id,
            use=Use.STORAGE,
            item_id=interview.id,
            at=now(session),
        )
        for party_id in parties
    ]
    return next((decision for decision in decisions if not decision.allowed), decisions[0])


def has_safeguards(session: Session, person: Person, decision: Decision) -> bool:
    """Say whether the permissions a decision rests on have, for a child, a guardian and the child's assent.

    The person may have been found to be a child only after they were recorded.
    """
    if not person.is_child:
        return True
    used = [event for event in _events(session, person) if event.id in decision.events]
    return all(
        event.guardian_id is not None and event.child_assent is True
        for event in used
        if event.kind.is_permission
    )


def _events(session: Session, person: Person) -> list[ConsentEvent]:
    query = select(ConsentEvent).where(ConsentEvent.person_id == person.id).order_by(ConsentEvent.number)
    return list(session.scalars(query))

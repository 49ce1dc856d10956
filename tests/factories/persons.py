"""People who need protection, made through the acts. All invented."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from evidence_tracker.access.records import Governance
from evidence_tracker.casework.persons.identities import Values
from evidence_tracker.casework.persons.models import Person
from evidence_tracker.casework.persons.registration import PROTECTED, add_person
from evidence_tracker.custody.events import Actor

# An invented family name, with the apostrophe that is written in five ways.
OKSANA = {
    "legal_name": "Оксана Мар'янівна Вигаданенко",
    "latin_name": "Oksana Vyhadanenko",
    "alias": ["Ксенія", "Ласточка"],
    "date_of_birth": "1984-02-29",
    "phone": "+380 (67) 555-01-23",
    "safe_contact": "Signal @lastivka, or write to oksana@mail.example on Sundays",
    "id_seen": "passport ВГ 000123",
}


def person(
    session: Session,
    actor: Actor,
    compartment_id: UUID,
    *,
    governance: Governance = PROTECTED,
    identity: dict[str, Values] | None = None,
    **facts: Any,
) -> Person:
    """Return an adult witness of 25 to 39 who speaks Ukrainian."""
    said: dict[str, Any] = {"age_band": "25-39", "roles": ["witness"], "languages": ["uk"], **facts}
    return add_person(
        session,
        compartment_id=compartment_id,
        facts=said,
        actor=actor,
        governance=governance,
        identity=identity,
    )


def child(session: Session, actor: Actor, compartment_id: UUID, **facts: Any) -> Person:
    """Return a child of 12 to 15."""
    return person(session, actor, compartment_id, **{"age_band": "12-15", "roles": ["victim"], **facts})

"""What threatens a person, what is done about it, and what happened all the same."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from evidence_tracker.access import stated
from evidence_tracker.access.policy import now
from evidence_tracker.access.records import Governance, create
from evidence_tracker.casework.persons.models import (
    Person,
    ProtectionIncident,
    ProtectionIncidentKind,
    ProtectionLevel,
    ThreatAssessment,
    ThreatLevel,
)
from evidence_tracker.casework.persons.registration import amend_person
from evidence_tracker.casework.persons.stating import day
from evidence_tracker.custody.events import Actor
from evidence_tracker.errors import InvalidInput

ASSESSMENT: Mapping[str, stated.Reader] = {
    "threat_level": stated.word(ThreatLevel),
    "threats": stated.text,
    "threat_actors": stated.optional_text,
    "measures": stated.optional_text,
    "wishes_anonymity": stated.optional(stated.yes_or_no),
    "contact_interval_days": stated.optional(stated.count),
    "assessed_on": day,
    "review_on": day,
}
INCIDENT: Mapping[str, stated.Reader] = {
    "kind": stated.word(ProtectionIncidentKind),
    "happened": stated.moment,
    "description": stated.text,
    "response": stated.optional_text,
    "reported_to": stated.optional_text,
}


def assess_threat(
    session: Session,
    person: Person,
    facts: Mapping[str, Any],
    *,
    actor: Actor,
    protection_level: ProtectionLevel | None = None,
) -> ThreatAssessment:
    """Record an assessment; returns it. Earlier ones stay: the newest is the one in force.

    ``threat_level``, ``threats`` and ``review_on`` are needed; ``assessed_on`` is today where
    it is not stated. ``protection_level`` sets the person's at the same time.
    """
    read = {"assessed_on": now(session).date(), **stated.read(facts, ASSESSMENT)}
    _complete(read, ("threat_level", "threats", "review_on"))
    _check_review(read)
    assessment = create(
        session,
        ThreatAssessment,
        compartment_id=person.compartment_id,
        governance=Governance.of(person),
        actor=actor,
        person_id=person.id,
        **{**dict.fromkeys(ASSESSMENT), **read},
    )
    if protection_level is not None:
        amend_person(session, person, {"protection_level": protection_level}, actor=actor)
    return assessment


def amend_assessment(
    session: Session,
    assessment: ThreatAssessment,
    changes: Mapping[str, Any],
    *,
    actor: Actor,
    expected_version: int | None = None,
) -> ThreatAssessment:
    """Correct an assessment; a new judgement is a new assessment."""
    read = stated.read(changes, ASSESSMENT)
    _check_review({name: read.get(name, getattr(assessment, name)) for name in ("assessed_on", "review_on")})
    return stated.amend_stated(session, assessment, read, actor=actor, expected_version=expected_version)


def record_protection_incident(
    session: Session, person: Person, facts: Mapping[str, Any], *, actor: Actor
) -> ProtectionIncident:
    """Record what happened to a person who needs protection; returns it."""
    read = stated.read(facts, INCIDENT)
    _complete(read, ("kind", "happened", "description"))
    return create(
        session,
        ProtectionIncident,
        compartment_id=person.compartment_id,
        governance=Governance.of(person),
        actor=actor,
        occurred=read["happened"],
        person_id=person.id,
        **{**dict.fromkeys(INCIDENT), **_bounded(read)},
    )


def amend_protection_incident(
    session: Session,
    incident: ProtectionIncident,
    changes: Mapping[str, Any],
    *,
    actor: Actor,
    expected_version: int | None = None,
) -> ProtectionIncident:
    """Correct or complete what was recorded; returns the incident."""
    read = _bounded(stated.read(changes, INCIDENT))
    return stated.amend_stated(session, incident, read, actor=actor, expected_version=expected_version)


def _bounded(read: dict[str, Any]) -> dict[str, Any]:
    if "happened" not in read:
        return read
    earliest, latest = read["happened"].bounds()
    return {**read, "earliest_at": earliest, "latest_at": latest}


def _complete(read: Mapping[str, Any], needed: tuple[str, ...]) -> None:
    missing = [name.replace("_", " ") for name in needed if read.get(name) is None]
    if missing:
        raise InvalidInput(f"Not stated: {', '.join(missing)}.")


def _check_review(read: Mapping[str, Any]) -> None:
    if read["review_on"] < read["assessed_on"]:
        raise InvalidInput("The review lies before the assessment.")

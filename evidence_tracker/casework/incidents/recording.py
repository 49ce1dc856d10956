"""Acts on incidents themselves: recording what is said to have happened, and correcting it."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from evidence_tracker.access import records, stated
from evidence_tracker.access.policy import Permission, now, require
from evidence_tracker.access.records import Governance
from evidence_tracker.casework.incidents.models import Answer, Incident, IncidentKind, TargetStatus
from evidence_tracker.casework.missions.models import Mission
from evidence_tracker.custody.events import Actor
from evidence_tracker.errors import InvalidInput
from evidence_tracker.values.moment import Moment
from evidence_tracker.values.place import Place

SERIES = "N"
NEEDED = ("title", "kind", "occurred", "narrative", "basis")


def located(value: object, what: str) -> Place:
    """Return a place whose country, where it has one, is a code that forums can be looked up by."""
    place = stated.place(value, what)
    if place.country is None:
        return place
    return replace(place, country=stated.country(place.country, f"country of the {what}"))


READERS: Mapping[str, stated.Reader] = {
    "title": stated.text,
    "kind": stated.word(IncidentKind),
    "occurred": stated.moment,
    "place": stated.optional(located),
    "narrative": stated.text,
    "basis": stated.text,
    "target_object": stated.optional_text,
    "target_status": stated.optional(stated.word(TargetStatus)),
    "military_presence": stated.optional_text,
    "warning_given": stated.optional(stated.word(Answer)),
    "weapon_system": stated.optional_text,
    "launch_direction": stated.optional_text,
    "damage": stated.optional_text,
    "reverberating_effects": stated.optional_text,
    "undefended_status": stated.optional(stated.word(Answer)),
    "advantage_notes": stated.optional_text,
}


def record_incident(
    session: Session,
    facts: Mapping[str, Any],
    *,
    actor: Actor,
    mission: Mission | None = None,
    compartment_id: UUID | None = None,
    governance: Governance | None = None,
) -> Incident:
    """Record what is said to have happened; returns the incident with its reference.

    It lives in ``compartment_id``, by default in that of the mission, and inherits the
    mission's level, purpose and legal basis unless others are stated.
    """
    home = compartment_id or (mission.compartment_id if mission is not None else None)
    if home is None:
        raise InvalidInput("An incident needs a home.", advice="Name its mission or its compartment.")
    if mission is not None:
        require(session, actor, Permission.READ, mission.compartment_id, level=mission.level)
    missing = [name for name in NEEDED if facts.get(name) in (None, "")]
    if missing:
        raise InvalidInput(
            f"An incident needs its {', '.join(missing)}.", advice="State them; nothing is guessed."
        )
    read = stated.read(facts, READERS)
    happened = read.pop("occurred")
    given = governance or (Governance.of(mission) if mission is not None else Governance())
    return records.create(
        session,
        Incident,
        compartment_id=home,
        governance=given,
        actor=actor,
        reference=records.next_reference(session, SERIES),
        mission_id=mission.id if mission is not None else None,
        happened=happened,
        **_bounds(session, happened),
        **{**dict.fromkeys(set(READERS) - {"occurred"}), **read},
    )


def amend_incident(
    session: Session,
    incident: Incident,
    changes: Mapping[str, Any],
    *,
    actor: Actor,
    expected_version: int | None = None,
) -> Incident:
    """Correct or add facts; earlier versions stay in the custody log. Stale edits raise ``Conflict``."""
    read = stated.read(changes, {**READERS, **stated.GOVERNED})
    if "occurred" in read:
        read |= _bounds(session, read["occurred"])
    return stated.amend_stated(session, incident, read, actor=actor, expected_version=expected_version)


def _bounds(session: Session, occurred: Moment) -> dict[str, Any]:
    earliest, latest = occurred.bounds()
    if earliest > now(session):
        raise InvalidInput(f"{occurred} lies in the future.", advice="Record what is said to have happened.")
    return {"earliest_at": earliest, "latest_at": latest}

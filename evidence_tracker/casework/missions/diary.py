"""Acts on the daily log: entries are written and never changed."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from evidence_tracker.access import records, stated
from evidence_tracker.access.policy import now
from evidence_tracker.access.records import Governance
from evidence_tracker.casework.missions.models import Mission, MissionLogEntry, MissionState
from evidence_tracker.custody.events import Actor
from evidence_tracker.errors import GateClosed, InvalidInput
from evidence_tracker.values.moment import Moment, Precision
from evidence_tracker.values.place import Place

EXACT_ENOUGH = frozenset({Precision.DAY, Precision.HOUR, Precision.MINUTE, Precision.SECOND})


def write_entry(
    session: Session,
    mission: Mission,
    *,
    day: Moment | str,
    text: str,
    actor: Actor,
    place: Place | str | Mapping[str, Any] | None = None,
    is_security_incident: bool = False,
    corrects: MissionLogEntry | None = None,
) -> MissionLogEntry:
    """Write an entry of the daily log, also late; ``corrects`` names an earlier one it puts right."""
    if mission.state is MissionState.CALLED_OFF:
        raise GateClosed(f"Mission {mission.reference} was called off; there is no day to write about.")
    when = stated.moment(day, "day")
    if when.precision not in EXACT_ENOUGH:
        raise InvalidInput("An entry of the daily log is about one day.", advice="Write it as 2026-03-02.")
    if when.bounds()[0] > now(session):
        raise InvalidInput(f"{when} has not come yet.", advice="Write plans into the mission's objectives.")
    if corrects is not None and corrects.mission_id != mission.id:
        raise InvalidInput("The entry to correct belongs to another mission.")
    return records.create(
        session,
        MissionLogEntry,
        compartment_id=mission.compartment_id,
        governance=Governance.of(mission),
        actor=actor,
        occurred=when,
        mission_id=mission.id,
        day=when,
        day_at=when.bounds()[0],
        text=stated.text(text, "entry"),
        place=None if place is None else stated.place(place, "place"),
        is_security_incident=stated.yes_or_no(is_security_incident, "mark of a security incident"),
        corrects_id=corrects.id if corrects is not None else None,
    )

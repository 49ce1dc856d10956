"""Acts on casualties: what one source counts; a wrong count is ended and counted anew."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from evidence_tracker.access import records, stated
from evidence_tracker.access.records import Governance
from evidence_tracker.casework.incidents.models import (
    Casualty,
    CasualtyAge,
    CasualtyCategory,
    Harm,
    Incident,
    Sex,
)
from evidence_tracker.custody.events import Actor
from evidence_tracker.errors import InvalidInput

READERS: Mapping[str, stated.Reader] = {
    "harm": stated.word(Harm),
    "category": stated.word(CasualtyCategory),
    "sex": stated.word(Sex),
    "age_band": stated.word(CasualtyAge),
    "count_min": stated.count,
    "count_max": stated.optional(stated.count),
    "basis": stated.text,
}
NEEDED = ("harm", "count_min", "basis")
UNSTATED = {
    "category": CasualtyCategory.UNKNOWN,
    "sex": Sex.UNKNOWN,
    "age_band": CasualtyAge.UNKNOWN,
    "count_max": None,
}


def count_casualties(
    session: Session, incident: Incident, facts: Mapping[str, Any], *, actor: Actor
) -> Casualty:
    """Record how many were harmed in one way as one source counts them; returns the row.

    ``count_max`` None means that the source gives no upper bound. A count of nobody at
    most says nothing and is refused.
    """
    missing = [name for name in NEEDED if facts.get(name) in (None, "")]
    if missing:
        raise InvalidInput(
            f"A count needs its {', '.join(missing)}.", advice="State them; nothing is guessed."
        )
    read = stated.read({**UNSTATED, **facts}, READERS)
    least, most = read["count_min"], read["count_max"]
    if most is not None and most < max(least, 1):
        raise InvalidInput(
            f"{least} to {most} is no count of casualties.", advice="State the least and the most."
        )
    return records.create(
        session,
        Casualty,
        compartment_id=incident.compartment_id,
        governance=Governance.of(incident),
        actor=actor,
        incident_id=incident.id,
        ended_at=None,
        ended_reason=None,
        **read,
    )

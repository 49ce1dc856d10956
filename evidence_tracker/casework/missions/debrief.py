"""Acts on the debrief: what a mission taught and brought home."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from evidence_tracker.access import records, stated
from evidence_tracker.access.records import Governance
from evidence_tracker.casework.missions.models import Debrief, Mission, MissionState
from evidence_tracker.casework.missions.states import step
from evidence_tracker.custody.events import Actor
from evidence_tracker.values.moment import Moment

READERS: Mapping[str, stated.Reader] = {
    "held_on": stated.moment,
    "lessons": stated.text,
    "outcome": stated.text,
    "interviews_held": stated.optional(stated.count),
    "exhibits_taken": stated.optional(stated.count),
    "care_offered": stated.optional_text,
}


def hold_debrief(
    session: Session,
    mission: Mission,
    *,
    held_on: Moment | str,
    lessons: str,
    outcome: str,
    actor: Actor,
    interviews_held: int | None = None,
    exhibits_taken: int | None = None,
    care_offered: str | None = None,
    governance: Governance | None = None,
) -> Debrief:
    """Record the debrief of a closed mission, which makes it debriefed.

    ``outcome`` is the yield in words; the two counts are what the team says it brought
    home, to be held against what was registered. ``care_offered``: what was offered to the team.
    """
    facts = stated.read(
        {
            "held_on": held_on,
            "lessons": lessons,
            "outcome": outcome,
            "interviews_held": interviews_held,
            "exhibits_taken": exhibits_taken,
            "care_offered": care_offered,
        },
        READERS,
    )
    step(session, mission, MissionState.DEBRIEFED, actor=actor, on=facts["held_on"])
    return records.create(
        session,
        Debrief,
        compartment_id=mission.compartment_id,
        governance=governance or Governance.of(mission),
        actor=actor,
        occurred=facts["held_on"],
        mission_id=mission.id,
        **facts,
    )


def amend_debrief(
    session: Session,
    debrief: Debrief,
    changes: Mapping[str, Any],
    *,
    actor: Actor,
    expected_version: int | None = None,
) -> Debrief:
    """Add to a debrief what came to light later."""
    read = stated.read(changes, {**READERS, **stated.GOVERNED})
    return stated.amend_stated(session, debrief, read, actor=actor, expected_version=expected_version)

"""Acts on the plan: opening a mission with its compartment, amending what it is about."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence_tracker.access import records, stated
from evidence_tracker.access.compartments import open_compartment
from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import CompartmentKind
from evidence_tracker.access.records import Governance
from evidence_tracker.casework.missions.models import Mission, MissionState
from evidence_tracker.casework.missions.states import require_open
from evidence_tracker.custody.events import Actor, CustodyVerb
from evidence_tracker.errors import DuplicateReference, InvalidInput
from evidence_tracker.values.moment import Moment
from evidence_tracker.values.place import Place

_REFERENCE = re.compile(r"[A-Z0-9][A-Z0-9-]{1,31}")

# What an approval is given for: a change of it asks for a new one.
APPROVED_FACTS: Mapping[str, stated.Reader] = {
    "mandate": stated.optional_text,
    "objectives": stated.optional_text,
    "area": stated.optional_text,
    "places": stated.places,
    "country": stated.optional(stated.country),
    "starts_on": stated.optional(stated.moment),
    "ends_on": stated.optional(stated.moment),
}
READERS: Mapping[str, stated.Reader] = {"title": stated.text, **APPROVED_FACTS}


def open_mission(
    session: Session,
    *,
    reference: str,
    title: str,
    actor: Actor,
    mandate: str | None = None,
    objectives: str | None = None,
    area: str | None = None,
    places: Iterable[Place | str | Mapping[str, Any]] = (),
    country: str | None = None,
    starts_on: Moment | str | None = None,
    ends_on: Moment | str | None = None,
    purpose: str | None = None,
    legal_basis: str | None = None,
    level: Level | str = Level.CONFIDENTIAL,
) -> Mission:
    """Plan a mission and open its compartment; whoever opens it leads the compartment.

    ``reference`` is chosen by people and becomes upper case. A taken one raises
    ``DuplicateReference``; purpose and legal basis stay None until somebody states them.
    """
    code = mission_reference(reference)
    facts = stated.read(
        {
            "title": title,
            "mandate": mandate,
            "objectives": objectives,
            "area": area,
            "places": places,
            "country": country,
            "starts_on": starts_on,
            "ends_on": ends_on,
        },
        READERS,
    )
    governed = stated.read({"level": level, "purpose": purpose, "legal_basis": legal_basis}, stated.GOVERNED)
    bounds = _bounds(facts["starts_on"], facts["ends_on"])
    if session.scalar(select(Mission.id).where(Mission.reference == code)) is not None:
        raise DuplicateReference(f"There is a mission {code} already.")
    compartment = open_compartment(
        session, kind=CompartmentKind.MISSION, reference=code, title=facts["title"], actor=actor
    )
    return records.create(
        session,
        Mission,
        compartment_id=compartment.id,
        governance=Governance(**governed),
        actor=actor,
        reference=code,
        state=MissionState.PLANNED,
        approved_by=None,
        state_reason=None,
        **facts,
        **bounds,
    )


def amend_mission(
    session: Session,
    mission: Mission,
    changes: Mapping[str, Any],
    *,
    actor: Actor,
    expected_version: int | None = None,
) -> Mission:
    """Change what a mission is about.

    A change of what was approved sends an approved mission back to planned; on one that is
    under way it asks for the right to approve exceptions.
    """
    read = stated.read(changes, {**READERS, **stated.GOVERNED})
    if read.keys() - stated.GOVERNED.keys():
        require_open(mission)
    read |= _bounds(read.get("starts_on", mission.starts_on), read.get("ends_on", mission.ends_on))
    touched = {name for name in APPROVED_FACTS if name in read and getattr(mission, name) != read[name]}
    verb = CustodyVerb.AMENDED
    if touched and mission.state is MissionState.APPROVED:
        read |= {"state": MissionState.PLANNED, "approved_by": None}
        verb = CustodyVerb.STATE_CHANGED
    return stated.amend_stated(
        session,
        mission,
        read,
        actor=actor,
        expected_version=expected_version,
        supervised=tuple(APPROVED_FACTS) if mission.state is MissionState.UNDER_WAY else (),
        verb=verb,
    )


def mission_reference(text: str) -> str:
    """Return a mission's reference in upper case, or say the rule."""
    code = stated.text(text, "reference")
    if not code.isascii() or _REFERENCE.fullmatch(code.upper()) is None:
        raise InvalidInput(
            f"{code[:80]!r} cannot be the reference of a mission.",
            advice="Use 2 to 32 letters A to Z, digits and hyphens, no hyphen in front: KYI-2026-01.",
        )
    return code.upper()


def _bounds(starts_on: Moment | None, ends_on: Moment | None) -> dict[str, Any]:
    starts_at, ends_at = stated.span(starts_on, ends_on)
    return {"starts_at": starts_at, "ends_at": ends_at}

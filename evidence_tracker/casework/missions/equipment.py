"""Acts on equipment: what the team carries, and how wrong its clocks are."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from evidence_tracker.access import records, stated
from evidence_tracker.access.policy import now
from evidence_tracker.access.records import Governance
from evidence_tracker.casework.missions.models import Device, DeviceKind, Mission
from evidence_tracker.casework.missions.states import require_open
from evidence_tracker.custody.events import Actor, CustodyVerb
from evidence_tracker.errors import InvalidInput

# A camera that lost its battery may believe it is 1970; more than a century is a slip.
MAX_OFFSET_SECONDS = 100 * 366 * 86_400

READERS: Mapping[str, stated.Reader] = {
    "label": stated.text,
    "kind": stated.word(DeviceKind),
    "serial": stated.optional_text,
}


def add_device(
    session: Session,
    mission: Mission,
    *,
    label: str,
    kind: DeviceKind | str,
    actor: Actor,
    serial: str | None = None,
    clock_offset_seconds: int | None = None,
    clock_basis: str | None = None,
) -> Device:
    """Register a device of a mission; its clock may be measured now or later."""
    require_open(mission)
    facts = stated.read({"label": label, "kind": kind, "serial": serial}, READERS)
    offset, basis = _clock(clock_offset_seconds, clock_basis)
    return records.create(
        session,
        Device,
        compartment_id=mission.compartment_id,
        governance=Governance.of(mission),
        actor=actor,
        reference=records.next_reference(session, "D"),
        mission_id=mission.id,
        clock_offset_seconds=offset,
        clock_basis=basis,
        clock_checked_at=now(session) if basis else None,
        ended_at=None,
        end_reason=None,
        **facts,
    )


def amend_device(
    session: Session,
    device: Device,
    changes: Mapping[str, Any],
    *,
    actor: Actor,
    expected_version: int | None = None,
) -> Device:
    """Change the label, kind or serial number of a device."""
    read = stated.read(changes, {**READERS, **stated.GOVERNED})
    return stated.amend_stated(session, device, read, actor=actor, expected_version=expected_version)


def measure_clock(
    session: Session,
    device: Device,
    *,
    offset_seconds: int | None,
    basis: str,
    actor: Actor,
    checked_at: datetime | None = None,
    expected_version: int | None = None,
) -> Device:
    """Record how far a device's clock is from true time (device minus truth), and how it was found.

    None with a basis: it could not be measured, and why. Earlier measurements stay in the log.
    """
    offset, reason = _clock(offset_seconds, stated.text(basis, "basis of the measurement"))
    moment = checked_at or now(session)
    if moment > now(session):
        raise InvalidInput("The clock cannot have been checked in the future.")
    changes = {"clock_offset_seconds": offset, "clock_basis": reason, "clock_checked_at": moment}
    return records.amend(
        session, device, changes, actor=actor, expected_version=expected_version, occurred=moment
    )


def end_device(session: Session, device: Device, *, reason: str, actor: Actor) -> Device:
    """Take a device out of use in this mission: handed back, lost, broken."""
    if device.ended_at is not None:
        raise InvalidInput(f"{device.reference} is out of use already.")
    return records.amend(
        session,
        device,
        {"ended_at": now(session), "end_reason": stated.text(reason, "reason")},
        actor=actor,
        verb=CustodyVerb.STATE_CHANGED,
    )


def _clock(offset_seconds: int | None, basis: str | None) -> tuple[int | None, str | None]:
    reason = stated.optional_text(basis, "basis of the clock's offset")
    if offset_seconds is None:
        return None, reason
    if reason is None:
        raise InvalidInput(
            "A clock's offset needs its basis.", advice="Say for example 'compared with the GPS receiver'."
        )
    offset = stated.whole(offset_seconds, "clock's offset in seconds")
    if abs(offset) > MAX_OFFSET_SECONDS:
        raise InvalidInput(
            "A clock's offset of more than a century is a slip.", advice="State it in seconds."
        )
    return offset, reason

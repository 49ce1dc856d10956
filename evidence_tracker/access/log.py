"""The access log: who looked at what, who was refused.

The door writes it in a short transaction of its own, so that a denial is not rolled
back with the act. A digest of each batch goes into the custody log.
"""

import hashlib
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import AccessEntry, AccessKind, Profile
from evidence_tracker.access.policy import now
from evidence_tracker.custody.events import Actor, CustodyVerb
from evidence_tracker.custody.history import events_of
from evidence_tracker.custody.ledger import record
from evidence_tracker.db import as_json, iso
from evidence_tracker.errors import RecordAltered
from evidence_tracker.integrity.canonical import canonical
from evidence_tracker.vault.keyring import Keyring


def note(
    session: Session, kind: AccessKind, what: str, *, actor: Actor | None, level: Level | None = None
) -> None:
    """Write one line. ``what`` names the record by reference, never its content."""
    session.add(
        AccessEntry(
            at=now(session),
            account_id=actor.account_id if actor else None,
            door=actor.door.value if actor else "unknown",
            system_user=actor.system_user if actor else None,
            kind=kind,
            what=what[:500],
            level=level,
        )
    )


def seal_batch(session: Session, *, actor: Actor) -> int:
    """Commit the lines since the last batch to the custody log; returns how many there were."""
    profile = session.scalars(select(Profile)).one()
    keyring: Keyring = session.info["keyring"]
    first = 1 + max((last for _, last, _ in _batches(session, keyring, profile)), default=0)
    last = session.scalar(select(func.max(AccessEntry.id))) or 0
    if last < first:
        return 0
    record(
        session,
        CustodyVerb.ACCESS_LOG_SEALED,
        profile.id,
        compartment_id=profile.organisation_compartment_id,
        actor=actor,
        facts={"first": first, "last": last, "digest": batch_digest(session, first, last)},
    )
    return last - first + 1


def batch_digest(session: Session, first: int, last: int) -> str:
    """Return the SHA-256 over the canonical lines ``first`` … ``last``."""
    digest = hashlib.sha256()
    rows = session.scalars(
        select(AccessEntry).where(AccessEntry.id.between(first, last)).order_by(AccessEntry.id)
    )
    for row in rows:
        digest.update(canonical(_line(row)) + b"\n")
    return digest.hexdigest()


def check(session: Session, keyring: Keyring) -> None:
    """Raise ``RecordAltered`` if a sealed batch no longer has its digest."""
    profile = session.scalars(select(Profile)).first()
    if profile is None:
        return
    for first, last, digest in _batches(session, keyring, profile):
        if batch_digest(session, first, last) != digest:
            raise RecordAltered(f"Lines {first} to {last} of the access log are not what was sealed.")


def _batches(session: Session, keyring: Keyring, profile: Profile) -> list[tuple[int, int, str]]:
    return [
        (event.values["first"], event.values["last"], event.values["digest"])
        for event in events_of(session, keyring, profile.id)
        if event.values["act"] == CustodyVerb.ACCESS_LOG_SEALED
    ]


def _line(row: AccessEntry) -> dict[str, Any]:
    return {
        "id": row.id,
        "at": iso(row.at),
        "account": as_json(row.account_id),
        "door": row.door,
        "system_user": row.system_user,
        "kind": row.kind.value,
        "what": row.what,
        "level": row.level.value if row.level else None,
    }

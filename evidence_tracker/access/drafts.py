"""Drafts: encrypted, overwritable, outside the log, seen by their author only."""

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from evidence_tracker.access.models import Draft
from evidence_tracker.access.policy import Permission, now, require
from evidence_tracker.custody.events import Actor
from evidence_tracker.keys.wraps import seal, unseal
from evidence_tracker.vault.keyring import Keyring


def keep(
    session: Session,
    *,
    kind: str,
    subject_id: UUID,
    compartment_id: UUID,
    content: dict[str, Any],
    actor: Actor,
    based_on_version: int | None = None,
) -> None:
    """Keep what was typed so far, over what was kept before; nothing goes into the log."""
    require(session, actor, Permission.RECORD, compartment_id)
    row = _row(session, kind, subject_id, actor)
    if row is None:
        row = Draft(
            account_id=actor.account_id, kind=kind, subject_id=subject_id, compartment_id=compartment_id
        )
    row.sealed = seal(_key(session, row), json.dumps(content).encode(), _purpose(row))
    row.based_on_version = based_on_version
    row.updated_at = now(session)
    # Last: opening the compartment's key may query, and a query flushes what was added half made.
    session.add(row)


def read(session: Session, *, kind: str, subject_id: UUID, actor: Actor) -> dict[str, Any] | None:
    """Return the actor's own draft, None if there is none."""
    row = _row(session, kind, subject_id, actor)
    if row is None:
        return None
    content: dict[str, Any] = json.loads(unseal(_key(session, row), row.sealed, _purpose(row)))
    return content


def of_mine(session: Session, *, actor: Actor, limit: int = 20) -> list[Draft]:
    """Return the actor's own drafts, the newest first: which forms wait, not what is in them."""
    query = select(Draft).where(Draft.account_id == actor.account_id)
    return list(session.scalars(query.order_by(Draft.updated_at.desc(), Draft.id).limit(limit)))


def discard(session: Session, *, kind: str, subject_id: UUID, actor: Actor) -> None:
    """Remove the actor's own draft, after it was saved as a version or thrown away."""
    session.execute(
        delete(Draft).where(
            Draft.account_id == actor.account_id, Draft.kind == kind, Draft.subject_id == subject_id
        )
    )


def discard_older(session: Session, *, kind: str, before: datetime, actor: Actor) -> None:
    """Remove the actor's own drafts of a kind that nobody touched since ``before``."""
    session.execute(
        delete(Draft).where(
            Draft.account_id == actor.account_id, Draft.kind == kind, Draft.updated_at < before
        )
    )


def _row(session: Session, kind: str, subject_id: UUID, actor: Actor) -> Draft | None:
    return session.scalars(
        select(Draft).where(
            Draft.account_id == actor.account_id, Draft.kind == kind, Draft.subject_id == subject_id
        )
    ).first()


def _key(session: Session, row: Draft) -> bytes:
    keyring: Keyring = session.info["keyring"]
    return keyring.compartment(session, row.compartment_id)


def _purpose(row: Draft) -> str:
    return f"draft/{row.account_id}/{row.kind}/{row.subject_id}"

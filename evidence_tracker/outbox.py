"""Promises: work owed after a commit, written in the same transaction as its cause.

The rows are the truth (lease, attempts, idempotency key); a worker runs them at least
once, so each job must be safe to run twice.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import String, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from evidence_tracker.clock import Clock
from evidence_tracker.db import Base

LEASE = timedelta(minutes=10)
MAX_ATTEMPTS = 5


class PromiseState(StrEnum):
    """Where a promise stands."""

    OWED = "owed"
    KEPT = "kept"
    GIVEN_UP = "given-up"


class Promise(Base):
    """One piece of work owed; ``key`` makes the same promise twice one promise."""

    __tablename__ = "promise"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    kind: Mapped[str]
    key: Mapped[str] = mapped_column(unique=True)
    payload: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(20), default=PromiseState.OWED.value, index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    last_error: Mapped[str | None]
    promised_at: Mapped[datetime]
    kept_at: Mapped[datetime | None]


def promise(session: Session, kind: str, payload: dict[str, Any], *, key: str) -> None:
    """Owe a piece of work; a promise with the same key is kept only once."""
    clock: Clock = session.info["clock"]
    full_key = f"{kind}/{key}"
    if session.scalar(select(Promise.id).where(Promise.key == full_key)) is None:
        session.add(
            Promise(
                kind=kind,
                key=full_key,
                payload=payload,
                promised_at=clock.now(),
                state=PromiseState.OWED.value,
            )
        )


def lease(session: Session, *, at: datetime, kinds: list[str], limit: int = 1) -> list[Promise]:
    """Take up to ``limit`` owed promises for the length of a lease, oldest first."""
    rows = session.scalars(
        select(Promise)
        .where(
            Promise.state == PromiseState.OWED.value,
            Promise.kind.in_(kinds),
            or_(Promise.lease_until.is_(None), Promise.lease_until < at),
        )
        .order_by(Promise.promised_at, Promise.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()
    for row in rows:
        row.lease_until = at + LEASE
        row.attempts += 1
    return list(rows)


def keep(row: Promise, *, at: datetime) -> None:
    """Note that the work is done."""
    row.state = PromiseState.KEPT.value
    row.kept_at = at
    row.lease_until = None


def failed(row: Promise, reason: str) -> None:
    """Note a failure; after the last attempt the promise is given up and ``doctor`` shows it."""
    row.last_error = reason[:500]
    row.lease_until = None
    if row.attempts >= MAX_ATTEMPTS:
        row.state = PromiseState.GIVEN_UP.value


def owed(session: Session) -> int:
    """Return how many promises are neither kept nor given up."""
    return len(session.scalars(select(Promise.id).where(Promise.state == PromiseState.OWED.value)).all())


def given_up(session: Session, *, limit: int) -> Sequence[Promise]:
    """Return up to ``limit`` promises that were given up, the newest first."""
    query = select(Promise).where(Promise.state == PromiseState.GIVEN_UP.value)
    return session.scalars(query.order_by(Promise.promised_at.desc(), Promise.id).limit(limit)).all()

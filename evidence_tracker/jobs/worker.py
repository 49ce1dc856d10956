"""Runs what the outbox owes: at least once, each promise in a transaction of its own."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from evidence_tracker.errors import EvidenceTrackerError
from evidence_tracker.instance import Instance
from evidence_tracker.outbox import Promise, failed, keep, lease

Job = Callable[[Instance, dict[str, Any]], None]


def run_owed(instance: Instance, jobs: Mapping[str, Job], *, limit: int = 1000) -> int:
    """Run up to ``limit`` owed promises of the kinds in ``jobs``; returns how many were kept."""
    kept = 0
    for _ in range(limit):
        taken = _take(instance, list(jobs))
        if taken is None:
            break
        kept += _run(instance, jobs[taken.kind], taken)
    return kept


def _take(instance: Instance, kinds: list[str]) -> Promise | None:
    with instance.transaction() as session:
        rows = lease(session, at=instance.clock.now(), kinds=kinds)
        return rows[0] if rows else None


def _run(instance: Instance, job: Job, taken: Promise) -> bool:
    reason = None
    try:
        job(instance, taken.payload)
    except EvidenceTrackerError as error:
        reason = f"{error} {error.advice}"
    except Exception as error:  # noqa: BLE001 - the one place: a job that fails must not stop the others
        reason = f"{type(error).__name__}: {error}"
    with instance.transaction() as session:
        _settle(session, taken, reason, instance)
    return reason is None


def _settle(session: Session, taken: Promise, reason: str | None, instance: Instance) -> None:
    row = session.get_one(Promise, taken.id)
    if reason is None:
        keep(row, at=instance.clock.now())
    else:
        failed(row, reason)

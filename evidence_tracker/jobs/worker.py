"""Runs what the outbox owes: at least once, each promise in a transaction of its own."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from evidence_tracker.access import notices
from evidence_tracker.access.notices import NoticeKind
from evidence_tracker.casework.exhibits.models import Exhibit
from evidence_tracker.errors import EvidenceTrackerError
from evidence_tracker.instance import Instance
from evidence_tracker.outbox import Promise, PromiseState, failed, keep, lease

Record = Callable[[Session], None]
Job = Callable[[Instance, dict[str, Any]], Record]

TAKEN_AT_ONCE = 8


def run_owed(instance: Instance, jobs: Mapping[str, Job], *, limit: int = 1000) -> int:
    """Run up to ``limit`` owed promises of the kinds in ``jobs``; returns how many were kept.

    A job does the long work outside any transaction and returns the act that records what came of
    it. That act and the keeping of the promise are one transaction: both are there, or neither.
    """
    kept = tried = 0
    while tried < limit:
        taken = _take(instance, list(jobs), min(limit - tried, TAKEN_AT_ONCE))
        if not taken:
            break
        tried += len(taken)
        kept += sum(_run(instance, jobs[one.kind], one) for one in taken)
    return kept


def _take(instance: Instance, kinds: list[str], most: int) -> list[Promise]:
    with instance.transaction() as session:
        return lease(session, at=instance.clock.now(), kinds=kinds, limit=most)


def _run(instance: Instance, job: Job, taken: Promise) -> bool:
    try:
        _keep(instance, taken, job(instance, taken.payload))
    except EvidenceTrackerError as error:
        reason = f"{error} {error.advice}"
    except Exception as error:  # noqa: BLE001 - the one place: a job that fails must not stop the others
        reason = f"{type(error).__name__}: {error}"
    else:
        return True
    with instance.transaction() as session:
        row = session.get_one(Promise, taken.id)
        failed(row, reason)
        if row.state == PromiseState.GIVEN_UP.value:
            _tell_given_up(session, row)
    return False


def _tell_given_up(session: Session, promise: Promise) -> None:
    """Tell whoever took an exhibit in that the work on it stopped for good; other work has no reader yet."""
    stated = promise.payload.get("exhibit")
    exhibit = session.get(Exhibit, UUID(str(stated))) if stated is not None else None
    if exhibit is not None:
        notices.tell(session, [exhibit.recorded_by], NoticeKind.WORK_FAILED, exhibit)


def _keep(instance: Instance, taken: Promise, record: Record) -> None:
    with instance.transaction() as session:
        row = session.get_one(Promise, taken.id)
        if row.state == PromiseState.OWED.value:  # or another worker took it over when the lease had run out
            record(session)
            keep(row, at=instance.clock.now())

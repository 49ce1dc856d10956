"""What waits in the ground: one's own tasks, and grants that end soon."""

from collections.abc import Iterator

from sqlalchemy import Text, or_, select, type_coerce

from evidence_tracker.access.indexing import SearchEntry
from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import Account, Compartment, Grant
from evidence_tracker.access.policy import Permission
from evidence_tracker.access.tasks import Task, TaskState
from evidence_tracker.access.waiting import Asking, Question

ENDS_WITHIN = 14  # days


def questions(asking: Asking) -> Iterator[Question]:
    """Yield the questions of the ground that mean something to the actor."""
    yield _tasks(asking)
    if asking.may(Permission.GRANT):
        yield _ending_grants(asking)


def _tasks(asking: Asking) -> Question:
    subject = SearchEntry.__table__.alias("subject")
    seen = select(subject.c.id).where(subject.c.record_id == Task.about_id, asking.within(subject.c))
    return asking.question(
        "tasks",
        Task,
        Task.assigned_to == asking.me,
        Task.state == TaskState.OPEN,
        asking.within(Task),
        or_(Task.about_id.is_(None), seen.exists()),
        title=Task.title,
        since=Task.recorded_at,
        due=Task.due_on,
    )


def _ending_grants(asking: Asking) -> Question:
    reached = asking.reached(Permission.GRANT)
    # The right to grant is asked at INTERNAL, whatever the level of the grant.
    places = select(reached.c.compartment_id).where(reached.c.level == Level.INTERNAL)
    source = Grant.__table__.join(Compartment.__table__, Compartment.id == Grant.compartment_id)
    return asking.question(
        "grants-ending",
        Compartment,
        Grant.ended_at.is_(None),
        Grant.expires_at > asking.instant(),
        Grant.expires_at <= asking.instant(ENDS_WITHIN),
        Grant.compartment_id.in_(places),
        title=Account.login + " · " + type_coerce(Grant.role, Text),
        since=Grant.granted_at,
        due=Grant.expires_at,
        source=source.join(Account.__table__, Account.id == Grant.account_id),
    )

"""Tasks: what one person asks of another, until when, about which record.

A task about a record lives in its compartment, at its level or above, so that nobody learns of
the record by the task. It is given only to who may read it there.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CTE, CheckConstraint, ColumnElement, ForeignKey, Index, and_, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from evidence_tracker.access import notices, stated
from evidence_tracker.access.indexing import SearchEntry
from evidence_tracker.access.models import Account, Record, words
from evidence_tracker.access.notices import NoticeKind
from evidence_tracker.access.orders import Start, read_page
from evidence_tracker.access.policy import Permission, may, now, reach, within
from evidence_tracker.access.records import (
    PAGE,
    Governance,
    amend,
    create,
    find,
    find_many,
    needed,
    next_reference,
    profile,
)
from evidence_tracker.access.searched import Searched
from evidence_tracker.custody.events import Actor, CustodyVerb
from evidence_tracker.errors import GateClosed, InvalidInput, NotFound, NotPermitted

After = tuple[date | None, datetime, UUID]
SERIES = "TK"
MAX_TITLE = 200


class TaskState(StrEnum):
    """What became of a task."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


class Task(Record):
    """One thing to be done by one person; ``owner_id`` is who gave it.

    ``about_kind`` is the table of the record it is about, ``about_reference`` its reference.
    ``ended_reason`` says how it was done, or why it was dropped.
    """

    __tablename__ = "task"
    searched = Searched(title=("title",), texts=("note",), along=("about_id",))
    __table_args__ = (
        CheckConstraint(
            "(about_kind IS NULL) = (about_id IS NULL) AND (about_kind IS NULL) = (about_reference IS NULL)",
            name="about_whole",
        ),
        CheckConstraint("(ended_at IS NULL) = (state = 'open')", name="end_whole"),
        Index(None, "assigned_to", "state"),
    )

    reference: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    note: Mapped[str | None]
    due_on: Mapped[date | None]
    assigned_to: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    about_kind: Mapped[str | None]
    about_id: Mapped[UUID | None] = mapped_column(index=True)
    about_reference: Mapped[str | None]
    state: Mapped[TaskState] = mapped_column(words(TaskState), default=TaskState.OPEN)
    ended_at: Mapped[datetime | None]
    ended_reason: Mapped[str | None]


def _title(value: object, what: str) -> str:
    title = stated.text(value, what)
    if len(title) > MAX_TITLE or "\n" in title:
        raise InvalidInput(
            f"The {what} is one line of at most {MAX_TITLE} characters.", advice="Write the rest as the note."
        )
    return title


def _day(value: object, what: str) -> date:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise InvalidInput(f"The {what} is not a date.", advice="Write for example 2026-03-31.") from error


FACTS: Mapping[str, stated.Reader] = {
    "title": _title,
    "note": stated.optional_text,
    "due_on": stated.optional(_day),
    "level": stated.level,
}


def give_task(
    session: Session,
    to: Account,
    *,
    facts: Mapping[str, Any],
    actor: Actor,
    about: Record | None = None,
    compartment_id: UUID | None = None,
) -> Task:
    """Ask somebody to do something; returns the task. They are told.

    ``facts``: the names of ``FACTS``. Without ``about`` and ``compartment_id`` it is a task of the
    organisation. It has the level of the record it is about, or a higher one that was stated.
    """
    read = stated.read(facts, FACTS)
    level = read.pop("level", None)
    base = Governance.of(about) if about is not None else Governance()
    governance = Governance(
        max(base.level, level or base.level, key=lambda one: one.rank), base.purpose, base.legal_basis
    )
    if (due := read.get("due_on")) is not None and due < now(session).date():
        raise InvalidInput(f"{due.isoformat()} is over already.", advice="State a day to come.")
    if about is not None:
        home = about.compartment_id
    else:
        home = compartment_id or profile(session).organisation_compartment_id
    _refuse_who_may_not_read(session, to, home, governance)
    task = create(
        session,
        Task,
        compartment_id=home,
        governance=governance,
        actor=actor,
        permission=_giving(session, actor, home, governance),
        reference=next_reference(session, SERIES),
        title=needed(read.get("title"), "What is to be done"),
        note=read.get("note"),
        due_on=read.get("due_on"),
        assigned_to=to.id,
        state=TaskState.OPEN,
        ended_at=None,
        ended_reason=None,
        **_about(about),
    )
    notices.tell(session, [to.id], NoticeKind.TASK_GIVEN, task, by=actor)
    return task


def finish_task(
    session: Session,
    task: Task,
    *,
    actor: Actor,
    outcome: str | None = None,
    expected_version: int | None = None,
) -> Task:
    """Note that a task is done, and how; whoever gave it is told. Returns it."""
    return _end(
        session, task, TaskState.DONE, stated.optional_text(outcome, "outcome"), actor, expected_version
    )


def finish_tasks(
    session: Session,
    many: Sequence[Task],
    *,
    actor: Actor,
    outcome: str | None = None,
    expected_versions: Mapping[UUID, int] | None = None,
) -> Sequence[Task]:
    """Note that all of these tasks are done in the same way; returns them. One that cannot be stops all."""
    versions = expected_versions or {}
    return [
        finish_task(session, task, actor=actor, outcome=outcome, expected_version=versions.get(task.id))
        for task in many
    ]


def hand_over_task(
    session: Session, task: Task, to: Account, *, actor: Actor, expected_version: int | None = None
) -> Task:
    """Give an open task to somebody else, by whoever has it or gave it; the new one is told. Returns it."""
    _refuse_ended(task)
    permission = _permission_of_a_side(session, task, actor)
    _refuse_who_may_not_read(session, to, task.compartment_id, Governance.of(task))
    if to.id == task.assigned_to:
        raise InvalidInput(f"{to.login} has {task.reference} already.", advice="Name somebody else.")
    amend(
        session,
        task,
        {"assigned_to": to.id},
        actor=actor,
        expected_version=expected_version,
        permission=permission,
    )
    notices.tell(session, [to.id], NoticeKind.TASK_GIVEN, task, by=actor)
    return task


def hand_over_tasks(
    session: Session,
    many: Sequence[Task],
    to: Account,
    *,
    actor: Actor,
    expected_versions: Mapping[UUID, int] | None = None,
) -> Sequence[Task]:
    """Give all of these tasks to somebody; returns them. One that cannot be handed over stops all."""
    versions = expected_versions or {}
    return [
        hand_over_task(session, task, to, actor=actor, expected_version=versions.get(task.id))
        for task in many
    ]


def drop_task(
    session: Session, task: Task, *, reason: str, actor: Actor, expected_version: int | None = None
) -> Task:
    """Note that a task will not be done, and why; both sides are told. Returns it."""
    return _end(session, task, TaskState.DROPPED, stated.text(reason, "reason"), actor, expected_version)


def find_task(session: Session, reference: str, *, actor: Actor) -> Task:
    """Return a task by its reference (in any case), else ``NotFound``."""
    task = find(session, Task, reference.strip().upper(), actor=actor)
    if session.scalar(select(Task.id).where(Task.id == task.id, _is_shown(reach(session, actor)))) is None:
        raise NotFound(f"There is no task {reference!r} here, or you may not see it.")
    return task


def find_tasks(session: Session, references: Sequence[str], *, actor: Actor) -> Sequence[Task]:
    """Return tasks by their references, each once; raises ``NotFound`` where one is not there."""
    found = find_many(session, Task, references, actor=actor, also=_is_shown(reach(session, actor)))
    return list(found)


def tasks_for(
    session: Session,
    *,
    actor: Actor,
    state: TaskState | None = TaskState.OPEN,
    given: bool = False,
    after: After | Start | None = None,
    limit: int = PAGE,
) -> Sequence[Task]:
    """Return one page of one's own tasks, the soonest due first and those without a date last.

    ``given``: those that one gave to others instead. ``after`` is the last one's (due_on,
    recorded_at, id), or says another order.
    """
    mine = Task.owner_id == actor.account_id if given else Task.assigned_to == actor.account_id
    reached = reach(session, actor)
    query = select(Task).where(mine, _is_shown(reached))
    if state is not None:
        query = query.where(Task.state == state)
    if isinstance(after, Start):
        return read_page(session, query, Task, actor=actor, after=after, limit=limit, reached=reached)
    order = (Task.due_on.is_(None), Task.due_on, Task.recorded_at, Task.id)
    if after is not None:
        query = query.where(_behind(after))
    return session.scalars(query.order_by(*order).limit(limit)).all()


def tasks_about(session: Session, record: Record, *, actor: Actor) -> Sequence[tuple[Task, Account]]:
    """Return the tasks about a record with who has them, open ones first, each the newest first."""
    query = (
        select(Task, Account)
        .join(Account, Account.id == Task.assigned_to)
        .where(Task.about_id == record.id, _is_shown(reach(session, actor)))
        .order_by(Task.state != TaskState.OPEN, Task.recorded_at.desc(), Task.id)
    )
    return [(task, account) for task, account in session.execute(query)]


def _is_shown(reached: CTE) -> ColumnElement[bool]:
    """Whoever may no longer see what a task is about does not see the task: its words may tell."""
    entry = SearchEntry.__table__.alias("about")
    subject = select(entry.c.id).where(entry.c.record_id == Task.about_id, within(reached, entry.c))
    return and_(within(reached, Task), or_(Task.about_id.is_(None), subject.exists()))


def _behind(after: After) -> ColumnElement[bool]:
    due_on, recorded_at, row_id = after
    later = or_(Task.recorded_at > recorded_at, and_(Task.recorded_at == recorded_at, Task.id > row_id))
    if due_on is None:
        return and_(Task.due_on.is_(None), later)
    return or_(Task.due_on.is_(None), Task.due_on > due_on, and_(Task.due_on == due_on, later))


def _about(record: Record | None) -> dict[str, Any]:
    if record is None:
        return {"about_kind": None, "about_id": None, "about_reference": None}
    return {
        "about_kind": record.__tablename__,
        "about_id": record.id,
        "about_reference": notices.reference_of(record),
    }


def _giving(session: Session, actor: Actor, home: UUID, governance: Governance) -> Permission:
    # Whoever works with records may ask for work on them, and so may whoever approves.
    for permission in (Permission.RECORD, Permission.SUPERVISE):
        if may(session, actor, permission, home, level=governance.level):
            return permission
    return Permission.RECORD


def _refuse_who_may_not_read(session: Session, to: Account, home: UUID, governance: Governance) -> None:
    if to.id not in notices.holders(session, Permission.READ, home, level=governance.level):
        raise GateClosed(
            f"{to.login} may not read this, and so cannot be asked to work on it.",
            advice="Ask somebody else, or ask for a grant that names the purpose.",
        )


def _end(
    session: Session,
    task: Task,
    state: TaskState,
    reason: str | None,
    actor: Actor,
    expected_version: int | None,
) -> Task:
    _refuse_ended(task)
    permission = _permission_of_a_side(session, task, actor)
    amend(
        session,
        task,
        {"state": state, "ended_at": now(session), "ended_reason": reason},
        actor=actor,
        expected_version=expected_version,
        permission=permission,
        verb=CustodyVerb.STATE_CHANGED,
    )
    notices.tell(session, [task.assigned_to, task.owner_id], NoticeKind.TASK_ENDED, task, by=actor)
    return task


def _refuse_ended(task: Task) -> None:
    if task.state is not TaskState.OPEN:
        raise InvalidInput(f"{task.reference} is {task.state.value} already.", advice="Give a new task.")


def _permission_of_a_side(session: Session, task: Task, actor: Actor) -> Permission:
    """Return by which right this person may end or hand over a task: as one of its sides, or from above."""
    if actor.account_id in {task.assigned_to, task.owner_id}:
        return Permission.READ
    if may(session, actor, Permission.SUPERVISE, task.compartment_id, level=task.level):
        return Permission.SUPERVISE
    raise NotPermitted(
        f"{actor.login} neither has {task.reference} nor gave it.",
        advice="Ask whoever has it, or a person with the right to approve exceptions.",
    )

"""Tasks: what one person asks of another, until when, about which record."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from evidence_tracker.access import tasks
from evidence_tracker.access.levels import Level
from evidence_tracker.access.records import PAGE, get
from evidence_tracker.access.search import find_record
from evidence_tracker.access.tasks import Task, TaskState
from evidence_tracker.custody.events import Actor
from evidence_tracker.web.addresses import address_of
from evidence_tracker.web.fields import Day, Long, Ref, Text, Word
from evidence_tracker.web.kinds import Action, Column, Deed, Facts, Filter, Listing, Room, Scope
from evidence_tracker.web.rooms import asked


def _page(
    session: Session,
    *,
    actor: Actor,
    state: TaskState | None = TaskState.OPEN,
    whose: str = "mine",
    after: tuple[datetime, UUID] | None = None,
    limit: int = PAGE,
) -> Sequence[Task]:
    key = None
    if after is not None:
        last = get(session, Task, after[1], actor=actor)
        key = (last.due_on, last.recorded_at, last.id)
    return tasks.tasks_for(session, actor=actor, state=state, given=whose == "given", after=key, limit=limit)


def _is_open(row: Task) -> bool:
    return row.state is TaskState.OPEN


def _give(deed: Deed) -> Any:
    facts = {
        name: deed.stated[name]
        for name in ("title", "note", "due_on", "level")
        if deed.stated[name] is not None
    }
    return tasks.give_task(
        deed.session, deed.stated["to"], facts=facts, about=deed.stated["about"], actor=deed.actor
    )


def _finish(deed: Deed) -> Any:
    return tasks.finish_task(
        deed.session,
        deed.row,
        outcome=deed.stated["outcome"],
        actor=deed.actor,
        expected_version=deed.version,
    )


def _drop(deed: Deed) -> Any:
    return tasks.drop_task(
        deed.session, deed.row, reason=deed.stated["reason"], actor=deed.actor, expected_version=deed.version
    )


def _about(session: Session, row: Task, actor: Actor) -> Any:
    del session, actor  # whoever may not see what it is about does not see the task
    return row.about_reference


def _find(session: Session, reference: str, /, *, actor: Actor) -> Any:
    return find_record(session, reference, actor=actor)


def _link(row: Task) -> tuple[str, str] | None:
    url = address_of(row.about_kind, row.about_reference)
    return (str(row.about_reference), url) if url else None


ROOM = Room(
    name="tasks",
    icon="checklist",
    one=_l("task"),
    many=_l("Tasks"),
    model=Task,
    find=tasks.find_task,
    listing=Listing(
        page=_page,
        columns=(
            Column(label=_l("What"), cell=lambda row: row.title),
            Column(label=_l("About"), cell=_link, kind="link"),
            Column(label=_l("Until"), cell=lambda row: row.due_on),
            Column(label=_l("State"), cell=lambda row: row.state, kind="state"),
        ),
        filters=(
            Filter(name="state", label=_l("State"), enum=TaskState, read=TaskState),
            Filter(
                name="whose",
                label=_l("Whose"),
                choices=lambda _session, _actor: [
                    ("mine", _l("asked of me")),
                    ("given", _l("that I gave")),
                ],
            ),
        ),
        empty=_l("Nothing waits for you."),
    ),
    facts=(
        Facts(title=_l("What is to be done"), names=("note", "about_reference", "due_on")),
        Facts(title=_l("What became of it"), names=("state", "ended_at", "ended_reason")),
    ),
    show={"about_reference": _about},
    actions=(
        Action(
            name="give",
            label=_l("Give a task"),
            scope=Scope.LIST,
            permission=None,
            fields=(
                Text(name="title", label=_l("What is to be done"), required=True),
                asked.account("to", label=_l("By whom (login)"), required=True),
                Ref(
                    name="about",
                    label=_l("About which record"),
                    help=_l("Its reference, or the code of a person. They must be able to read it."),
                    find=_find,
                ),
                Day(name="due_on", label=_l("Until")),
                Long(name="note", label=_l("What else is to be known"), rows=3),
                Word(name="level", label=_l("Level, if higher than that of the record"), enum=Level),
            ),
            run=_give,
        ),
        Action(
            name="finish",
            label=_l("It is done"),
            permission=None,
            when=_is_open,
            fields=(Long(name="outcome", label=_l("How"), rows=3),),
            run=_finish,
            is_main=True,
        ),
        Action(
            name="drop",
            label=_l("It will not be done"),
            permission=None,
            when=_is_open,
            fields=(asked.reason(),),
            run=_drop,
        ),
    ),
)

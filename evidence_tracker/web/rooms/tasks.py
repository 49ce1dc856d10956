"""Tasks: what one person asks of another, until when, about which record."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from sqlalchemy.orm import Session

from evidence_tracker.access import tasks
from evidence_tracker.access.levels import Level
from evidence_tracker.access.orders import After, Start
from evidence_tracker.access.records import PAGE, get
from evidence_tracker.access.search import find_record
from evidence_tracker.access.tasks import Task, TaskState
from evidence_tracker.custody.events import Actor
from evidence_tracker.web.addresses import address_of
from evidence_tracker.web.fields import Day, Long, Ref, Text, Word
from evidence_tracker.web.kinds import (
    Action,
    Bulk,
    Column,
    Deed,
    Facts,
    Filter,
    Listing,
    Many,
    Room,
    Scope,
    Sort,
    entered,
)
from evidence_tracker.web.rooms import asked


def _page(
    session: Session,
    *,
    actor: Actor,
    state: TaskState | None = TaskState.OPEN,
    whose: str = "mine",
    after: After | None = None,
    limit: int = PAGE,
) -> Sequence[Task]:
    key: tasks.After | Start | None = None
    if isinstance(after, Start):
        key = after
    elif after is not None:
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


def _finish_all(many: Many) -> Any:
    return tasks.finish_tasks(
        many.session,
        many.rows,
        outcome=many.stated["outcome"],
        actor=many.actor,
        expected_versions=many.versions,
    )


def _hand_over_all(many: Many) -> Any:
    return tasks.hand_over_tasks(
        many.session,
        many.rows,
        many.stated["to"],
        actor=many.actor,
        expected_versions=many.versions,
    )


def _hand_over(deed: Deed) -> Any:
    return tasks.hand_over_task(
        deed.session, deed.row, deed.stated["to"], actor=deed.actor, expected_version=deed.version
    )


_TO = asked.account("to", label=_l("To whom (login)"), required=True)
BULK = (
    Bulk(
        name="finish",
        label=_l("They are done"),
        icon="circle-check",
        permission=None,
        says=lambda count: ngettext(
            "%(num)s task will be done, and whoever gave it is told.",
            "%(num)s tasks will be done, and whoever gave them is told.",
            count,
        ),
        becomes=_l("will be done"),
        done=lambda count: ngettext("%(num)s task is done.", "%(num)s tasks are done.", count),
        run=_finish_all,
        fields=(Long(name="outcome", label=_l("How"), rows=3),),
        when=_is_open,
        why_not=_l("it has ended already."),
    ),
    Bulk(
        name="hand-over",
        label=_l("Hand to somebody"),
        icon="send",
        permission=None,
        says=lambda count: ngettext(
            "%(num)s task will be somebody else's, who is told. They must be able to read what it is about.",
            "%(num)s tasks will be somebody else's, who is told. They must be able to read what each is about.",
            count,
        ),
        becomes=_l("will be handed over"),
        done=lambda count: ngettext(
            "%(num)s task was handed over.", "%(num)s tasks were handed over.", count
        ),
        run=_hand_over_all,
        fields=(_TO,),
        when=_is_open,
        why_not=_l("it has ended already."),
    ),
)

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
            Column(name="title", label=_l("What"), cell=lambda row: row.title),
            Column(name="about", label=_l("About"), cell=_link, kind="link"),
            Column(name="due", label=_l("Until"), cell=lambda row: row.due_on),
            Column(name="state", label=_l("State"), cell=lambda row: row.state, kind="state"),
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
        sorts=(Sort(name="due", label=_l("soonest due first"), order=None, column="due"), *entered()),
        bulk=BULK,
        find_marked=tasks.find_tasks,
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
            name="hand-over",
            label=_l("Hand to somebody"),
            permission=None,
            when=_is_open,
            fields=(_TO,),
            run=_hand_over,
            help=_l("They are told. They must be able to read what it is about."),
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

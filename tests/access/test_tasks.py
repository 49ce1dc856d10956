"""Tasks: given to who may read what they are about, ended with a reason, told to both sides."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from evidence_tracker.access import tasks
from evidence_tracker.access.compartments import grant
from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import Account, Compartment, Role
from evidence_tracker.access.notices import Notice, NoticeKind, page_notices
from evidence_tracker.access.records import amend
from evidence_tracker.access.search import search
from evidence_tracker.access.tasks import Task, TaskState
from evidence_tracker.custody.events import Actor
from evidence_tracker.custody.history import events_of
from evidence_tracker.errors import Conflict, GateClosed, InvalidInput, NotFound, NotPermitted
from evidence_tracker.instance import Instance
from tests.cast import Cast
from tests.factories import incidents
from tests.factories.interviews import lowered

Give = Callable[..., Task]


@pytest.fixture
def give(session: Session, cast: Cast) -> Give:
    def given(to: Actor | None = None, *, actor: Actor | None = None, **more: Any) -> Task:
        found = {name: more.pop(name) for name in ("about", "compartment_id") if name in more}
        return tasks.give_task(
            session,
            session.get_one(Account, (to or cast.chen).account_id),
            facts={"title": "Look at the roof in the second picture", **more},
            actor=actor or cast.amina,
            **found,
        )

    return given


def references(session: Session, actor: Actor, **by: Any) -> list[str]:
    return [task.reference for task in tasks.tasks_for(session, actor=actor, **by)]


def test_a_task_is_on_the_list_of_who_has_it_and_of_who_gave_it(session: Session, cast: Cast, give: Give):
    task = give(note="Compare with the satellite picture", due_on="2026-03-09")

    assert task.reference == "KYI-TK-0001"
    assert (task.state, task.due_on) == (TaskState.OPEN, date(2026, 3, 9))
    assert references(session, cast.chen) == [task.reference]
    assert references(session, cast.amina) == []
    assert references(session, cast.amina, given=True) == [task.reference]
    assert references(session, cast.outsider) == []


def test_who_has_it_is_told(session: Session, cast: Cast, give: Give):
    task = give()
    session.flush()
    (notice,) = session.query(Notice).all()

    assert (notice.account_id, notice.kind) == (cast.chen.account_id, NoticeKind.TASK_GIVEN)
    assert (notice.reference, notice.subject_kind) == (task.reference, "task")


def test_it_takes_compartment_level_and_basis_of_what_it_is_about(session: Session, cast: Cast, give: Give):
    incident = incidents.incident(session, cast)
    below = give(about=incident, level="INTERNAL")
    above = give(about=incident, level="RESTRICTED")

    assert (below.compartment_id, below.level, below.legal_basis) == (
        cast.mission,
        Level.CONFIDENTIAL,
        "fictional act, article 1",
    )
    assert above.level is Level.RESTRICTED
    assert (below.about_kind, below.about_reference) == ("incident", incident.reference)


def test_nobody_is_asked_about_what_they_may_not_read(session: Session, cast: Cast, give: Give):
    closed = incidents.closed_compartment(session, cast)
    incident = incidents.incident(session, cast, compartment_id=closed.id)

    with pytest.raises(GateClosed, match="chen may not read this"):
        give(about=incident)
    with pytest.raises(GateClosed, match="outsider may not read this"):
        give(cast.outsider)


def test_who_may_only_read_gives_no_task_and_who_approves_may(session: Session, cast: Cast, give: Give):
    with pytest.raises(NotPermitted):
        give(cast.amina, actor=cast.outsider)
    assert give(cast.amina, actor=cast.chen).owner_id == cast.chen.account_id


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"title": " "}, "title is missing"),
        ({"title": "x" * 201}, "one line of at most 200"),
        ({"title": "a\nb"}, "one line"),
        ({"due_on": "soon"}, "not a date"),
        ({"due_on": "2026-03-01"}, "over already"),
        ({"colour": "red"}, "nothing here called colour"),
    ],
)
def test_what_is_stated_is_read_strictly(give: Give, facts: dict[str, Any], says: str):
    with pytest.raises(InvalidInput, match=says):
        give(**facts)


def test_it_is_done_once_and_the_giver_is_told(session: Session, cast: Cast, give: Give):
    task = tasks.finish_task(session, give(), actor=cast.chen, outcome="The roof is another one.")
    session.flush()

    assert (task.state, task.ended_reason, task.version) == (TaskState.DONE, "The roof is another one.", 2)
    assert references(session, cast.chen) == []
    assert references(session, cast.chen, state=TaskState.DONE) == [task.reference]
    told = session.query(Notice).filter_by(kind=NoticeKind.TASK_ENDED).all()
    assert [notice.account_id for notice in told] == [cast.amina.account_id]
    with pytest.raises(InvalidInput, match="is done already"):
        tasks.drop_task(session, task, reason="late", actor=cast.amina)


def test_who_may_only_read_ends_their_own_task(session: Session, cast: Cast, give: Give):
    grant(
        session,
        session.get_one(Compartment, cast.home),
        role=Role.READER,
        level=Level.SEALED,
        purpose="tests",
        actor=cast.olena,
        account=session.get_one(Account, cast.outsider.account_id),
    )
    task = give(cast.outsider)
    assert tasks.finish_task(session, task, actor=cast.outsider).state is TaskState.DONE


def test_only_both_sides_and_supervisors_end_it(session: Session, cast: Cast, give: Give):
    with pytest.raises(NotPermitted, match="neither has KYI-TK-0001 nor gave it"):
        tasks.finish_task(session, give(cast.bohdan), actor=cast.daria)
    assert (
        tasks.drop_task(session, give(cast.bohdan), reason="moved", actor=cast.chen).ended_reason == "moved"
    )


def test_dropping_needs_a_reason_and_a_stale_version_ends_nothing(session: Session, cast: Cast, give: Give):
    task = give()
    with pytest.raises(InvalidInput, match="reason is missing"):
        tasks.drop_task(session, task, reason=" ", actor=cast.amina)
    with pytest.raises(Conflict):
        tasks.finish_task(session, task, actor=cast.chen, expected_version=7)
    assert task.state is TaskState.OPEN


def test_the_soonest_come_first_and_pages_join(session: Session, cast: Cast, give: Give):
    dates = ["2026-03-20", None, "2026-03-03", None, "2026-03-20", "2026-04-01"]
    made = {give(due_on=day).reference: day for day in dates}
    whole = references(session, cast.chen)

    assert [made[reference] for reference in whole] == [
        "2026-03-03", "2026-03-20", "2026-03-20", "2026-04-01", None, None
    ]  # fmt: skip
    pages, after = [], None
    while page := tasks.tasks_for(session, actor=cast.chen, after=after, limit=1):
        pages += [task.reference for task in page]
        after = (page[-1].due_on, page[-1].recorded_at, page[-1].id)
    assert pages == whole


def test_the_tasks_about_a_record_stand_with_it(instance: Instance, cast: Cast):
    with instance.transaction() as session:
        incident = incidents.incident(session, cast)
        first, second = (
            tasks.give_task(
                session,
                session.get_one(Account, who.account_id),
                facts={"title": "Roof"},
                about=incident,
                actor=cast.amina,
            )
            for who in (cast.chen, cast.daria)
        )
        tasks.finish_task(session, second, actor=cast.daria)
    with instance.reading() as session:
        found = tasks.tasks_about(session, incident, actor=cast.amina)
        assert [(task.reference, who.login) for task, who in found] == [
            (first.reference, "chen"),
            (second.reference, "daria"),
        ]
        assert tasks.tasks_about(session, incident, actor=cast.outsider) == []


def test_who_may_no_longer_see_the_record_does_not_see_the_task(instance: Instance, cast: Cast):
    with instance.transaction() as session:
        incident = incidents.incident(session, cast)
        amina = session.get_one(Account, cast.amina.account_id)
        task = tasks.give_task(session, amina, facts={"title": "Roof"}, about=incident, actor=cast.bohdan)
        lowered(session, cast, Level.CONFIDENTIAL, cast.mission)
    with instance.reading() as session:
        assert references(session, cast.amina) == [task.reference]
        assert len(page_notices(session, actor=cast.amina)) == 1
        assert len(search(session, "roof", actor=cast.amina)) == 1
    with instance.transaction() as session:
        row = session.get_one(type(incident), incident.id)
        amend(session, row, {"level": Level.SEALED}, actor=cast.bohdan)
    with instance.reading() as session:
        assert references(session, cast.amina) == []
        assert references(session, cast.bohdan, given=True) == [task.reference]
        assert search(session, "roof", actor=cast.amina) == []
        with pytest.raises(NotFound):
            tasks.find_task(session, task.reference, actor=cast.amina)
        assert tasks.find_task(session, task.reference.lower(), actor=cast.bohdan).id == task.id


def test_its_versions_are_in_the_custody_log(instance: Instance, cast: Cast):
    with instance.transaction() as session:
        chen = session.get_one(Account, cast.chen.account_id)
        task = tasks.give_task(session, chen, facts={"title": "Roof"}, actor=cast.amina)
    with instance.transaction() as session:
        tasks.finish_task(session, session.get_one(Task, task.id), actor=cast.chen)
    with instance.reading() as session:
        acts = [event.values["act"] for event in events_of(session, instance.keyring, task.id)]
    assert acts == ["recorded", "state_changed"]


def test_a_task_is_handed_over_by_a_side_of_it_and_the_new_one_is_told(
    session: Session, cast: Cast, give: Give
):
    task = give()
    bohdan = session.get_one(Account, cast.bohdan.account_id)
    for who, error in ((cast.daria, NotPermitted), (cast.outsider, NotPermitted)):
        with pytest.raises(error):
            tasks.hand_over_task(session, task, bohdan, actor=who)
    with pytest.raises(Conflict):
        tasks.hand_over_task(session, task, bohdan, actor=cast.chen, expected_version=9)

    tasks.hand_over_task(session, task, bohdan, actor=cast.chen, expected_version=1)

    assert references(session, cast.bohdan) == [task.reference]
    assert references(session, cast.chen) == []
    told = session.query(Notice).filter_by(account_id=cast.bohdan.account_id).all()
    assert [one.kind for one in told] == [NoticeKind.TASK_GIVEN]
    with pytest.raises(InvalidInput, match="already"):
        tasks.hand_over_task(session, task, bohdan, actor=cast.amina)
    outsider = session.get_one(Account, cast.outsider.account_id)
    with pytest.raises(GateClosed):
        tasks.hand_over_task(session, task, outsider, actor=cast.amina)
    tasks.finish_task(session, task, actor=cast.bohdan)
    with pytest.raises(InvalidInput):
        tasks.hand_over_task(session, task, bohdan, actor=cast.amina)


def test_many_tasks_are_found_once_each_and_none_where_one_is_not_there(
    session: Session, cast: Cast, give: Give
):
    made = [give().reference for _ in range(3)]
    asked = [made[2], made[0].lower(), made[2]]
    assert [one.reference for one in tasks.find_tasks(session, asked, actor=cast.chen)] == [made[2], made[0]]
    with pytest.raises(NotFound):
        tasks.find_tasks(session, [*made, "KYI-TK-9999"], actor=cast.chen)
    with pytest.raises(NotFound):
        tasks.find_tasks(session, made, actor=cast.outsider)

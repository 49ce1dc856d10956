"""What one person may see as one SQL table says what the pure decision says, pair by pair."""

from datetime import timedelta
from random import Random

from sqlalchemy import func, select

from evidence_tracker.access.accounts import switch_off
from evidence_tracker.access.compartments import end_grant, grant, open_compartment
from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import Account, Compartment, CompartmentKind, Role
from evidence_tracker.access.policy import Permission, may, reach, visible, within
from evidence_tracker.casework.incidents.models import Incident
from evidence_tracker.clock import FrozenClock
from evidence_tracker.instance import Instance
from tests.cast import Cast
from tests.factories import incidents


def pairs(instance: Instance, cast: Cast, permission: Permission) -> set[tuple[object, Level]]:
    with instance.reading() as session:
        reached = reach(session, cast.outsider, permission)
        return {(place, Level(level)) for place, level in session.execute(select(reached))}


def allowed(instance: Instance, cast: Cast, permission: Permission) -> set[tuple[object, Level]]:
    with instance.reading() as session:
        places = session.scalars(select(Compartment.id)).all()
        return {
            (place, level)
            for place in places
            for level in Level
            if may(session, cast.outsider, permission, place, level=level)
        }


def test_it_agrees_with_the_decision_for_grants_of_every_sort(
    instance: Instance, cast: Cast, clock: FrozenClock
):
    chance = Random(7)  # noqa: S311 - the same grants each time
    with instance.transaction() as session:
        outsider = session.get_one(Account, cast.outsider.account_id)
        for number in range(6):
            place = open_compartment(
                session, kind=CompartmentKind.PROJECT, reference=f"P-{number}", title="x", actor=cast.olena
            )
            for role in chance.sample(list(Role), 3):
                lasts = chance.choice([None, timedelta(hours=1), timedelta(days=9)])
                row = grant(
                    session,
                    place,
                    role=role,
                    level=chance.choice(list(Level)),
                    purpose="tests",
                    actor=cast.olena,
                    account=outsider,
                    expires_at=clock.now() + lasts if lasts else None,
                )
                if chance.random() < 0.2:
                    end_grant(session, row, reason="tests", actor=cast.olena)
    for moved in (timedelta(0), timedelta(hours=1), timedelta(days=30)):
        clock.at += moved
        for permission in Permission:
            assert pairs(instance, cast, permission) == allowed(instance, cast, permission)
    assert pairs(instance, cast, Permission.READ)
    with instance.transaction() as session:
        switch_off(
            session, session.get_one(Account, cast.outsider.account_id), reason="left", actor=cast.olena
        )
    assert pairs(instance, cast, Permission.READ) == set()


def test_a_question_within_it_counts_what_is_visible(instance: Instance, cast: Cast):
    with instance.transaction() as session:
        closed = incidents.closed_compartment(session, cast)
        for place in (cast.mission, closed.id):
            incidents.incident(session, cast, compartment_id=place)
    with instance.reading() as session:
        for actor, expected in ((cast.amina, 2), (cast.chen, 1), (cast.outsider, 0)):
            reached = reach(session, actor)
            counted = select(func.count()).select_from(Incident)
            assert session.scalar(counted.where(within(reached, Incident))) == expected
            assert session.scalar(counted.where(visible(session, actor, Incident))) == expected

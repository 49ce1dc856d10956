"""Who may do what: the pure decision against a plain table, and the same answer in SQL."""

from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from sqlalchemy import func, select

from evidence_tracker.access.accounts import switch_off
from evidence_tracker.access.compartments import end_grant, find_compartment, grant, open_compartment
from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import Account, Compartment, CompartmentKind, Grant, Role
from evidence_tracker.access.policy import ROLES, Held, Permission, decide, may, require, visible
from evidence_tracker.casework.missions.models import Mission
from evidence_tracker.casework.missions.planning import open_mission
from evidence_tracker.clock import FrozenClock
from evidence_tracker.custody.events import Actor
from evidence_tracker.errors import InvalidInput, NotFound, NotPermitted
from evidence_tracker.instance import Instance
from tests.cast import Cast

NOW = datetime(2026, 3, 2, 9, 15, tzinfo=UTC)

#: Written out by hand, row by row, from what each role is for: not derived from the code.
ALLOWED = {
    "lead": "read record take-in consent seal extract prepare build release supervise grant open audit",
    "investigator": "read record take-in consent seal",
    "analyst": "read record take-in extract",
    "legal-officer": "read record extract prepare build release",
    "approver": "read approve supervise",
    "custodian": "read seal reveal",
    "security-officer": "audit grant accounts open",
    "auditor": "audit",
    "operator": "accounts audit open",
    "reader": "read",
}
SHORT = {
    "read": Permission.READ,
    "record": Permission.RECORD,
    "take-in": Permission.TAKE_IN,
    "consent": Permission.CONSENT,
    "seal": Permission.SEAL_IDENTITY,
    "reveal": Permission.REVEAL,
    "extract": Permission.EXTRACT,
    "prepare": Permission.PREPARE,
    "approve": Permission.APPROVE,
    "build": Permission.BUILD,
    "release": Permission.RELEASE,
    "supervise": Permission.SUPERVISE,
    "grant": Permission.GRANT,
    "open": Permission.OPEN_COMPARTMENT,
    "accounts": Permission.MANAGE_ACCOUNTS,
    "audit": Permission.AUDIT,
}


def test_the_table_names_every_role_and_permission():
    assert set(ALLOWED) == {role.value for role in Role}
    assert set(SHORT.values()) == set(Permission)


@pytest.mark.parametrize(("role", "permission"), list(product(Role, Permission)))
def test_each_role_may_do_what_the_table_says_and_nothing_else(role: Role, permission: Permission):
    allowed = {SHORT[word] for word in ALLOWED[role.value].split()}
    held = [Held(role, Level.SEALED, None, None)]
    assert decide(held, permission, Level.INTERNAL, NOW) == (permission in allowed)


@pytest.mark.parametrize(("ceiling", "level"), list(product(Level, Level)))
def test_a_grant_reaches_its_level_and_no_further(ceiling: Level, level: Level):
    order = ["PUBLIC", "INTERNAL", "CONFIDENTIAL", "RESTRICTED", "SEALED"]
    held = [Held(Role.READER, ceiling, None, None)]
    assert decide(held, Permission.READ, level, NOW) == (
        order.index(level.value) <= order.index(ceiling.value)
    )


@pytest.mark.parametrize(
    ("expires", "ended", "answer"),
    [
        (None, None, True),
        (NOW + timedelta(seconds=1), None, True),
        (NOW, None, False),
        (NOW - timedelta(days=1), None, False),
        (None, NOW - timedelta(days=1), False),
        (NOW + timedelta(days=1), NOW, False),
    ],
)
def test_an_expired_or_ended_grant_gives_nothing(
    expires: datetime | None, ended: datetime | None, answer: bool
):
    assert (
        decide([Held(Role.READER, Level.SEALED, expires, ended)], Permission.READ, Level.PUBLIC, NOW)
        is answer
    )


def test_without_a_grant_the_answer_is_no():
    assert not any(decide([], permission, Level.PUBLIC, NOW) for permission in Permission)


def test_approving_and_preparing_never_come_with_one_role():
    for permissions in ROLES.values():
        assert not {Permission.APPROVE, Permission.PREPARE} <= permissions


def add_missions(instance: Instance, cast: Cast) -> None:
    with instance.transaction() as session:
        for number, level in enumerate(Level):
            open_mission(session, reference=f"M-{number}", title=f"{level}", actor=cast.olena, level=level)


def counted(instance: Instance, cast: Cast, who: str) -> int:
    with instance.reading() as session:
        query = select(func.count()).select_from(Mission).where(visible(session, getattr(cast, who), Mission))
        return session.scalar(query) or 0


def test_what_may_not_be_seen_is_not_counted(instance: Instance, cast: Cast):
    add_missions(instance, cast)
    assert counted(instance, cast, "olena") == len(Level)
    assert counted(instance, cast, "amina") == 0
    with instance.transaction() as session:
        for number in range(len(Level)):
            grant(
                session,
                session.get_one(
                    Compartment,
                    session.query(Mission).filter_by(reference=f"M-{number}").one().compartment_id,
                ),
                role=Role.READER,
                level=Level.CONFIDENTIAL,
                purpose="test",
                actor=cast.olena,
                account=session.get_one(Account, cast.outsider.account_id),
            )
    assert counted(instance, cast, "outsider") == 3  # PUBLIC, INTERNAL, CONFIDENTIAL


def test_the_sql_filter_agrees_with_the_decision(instance: Instance, cast: Cast, clock: FrozenClock):
    add_missions(instance, cast)
    cases = list(product([Role.READER, Role.AUDITOR, Role.ANALYST], Level, [None, timedelta(days=1)]))
    with instance.transaction() as session:
        target = session.query(Mission).filter_by(reference="M-2").one()
        place = session.get_one(Compartment, target.compartment_id)
        outsider = session.get_one(Account, cast.outsider.account_id)
    for role, level, lasts in cases:
        with instance.transaction() as session:
            row = grant(
                session,
                session.get_one(Compartment, place.id),
                role=role,
                level=level,
                purpose="test",
                actor=cast.olena,
                account=session.get_one(Account, outsider.id),
                expires_at=clock.now() + lasts if lasts else None,
            )
        for moved in (timedelta(0), timedelta(days=2)):
            clock.at = NOW + moved
            with instance.reading() as session:
                listed = session.scalar(
                    select(func.count())
                    .select_from(Mission)
                    .where(Mission.id == target.id, visible(session, cast.outsider, Mission))
                )
                allowed = may(session, cast.outsider, Permission.READ, place.id, level=target.level)
            assert bool(listed) == allowed
        clock.at = NOW
        with instance.transaction() as session:
            end_grant(session, session.get_one(Grant, row.id), reason="test", actor=cast.olena)


def test_a_switched_off_account_holds_nothing(instance: Instance, cast: Cast):
    with instance.transaction() as session:
        switch_off(session, session.get_one(Account, cast.amina.account_id), reason="left", actor=cast.olena)
    with instance.reading() as session, pytest.raises(NotPermitted, match="amina may not read here"):
        require(session, cast.amina, Permission.READ, cast.mission)


def test_a_compartment_one_holds_nothing_in_does_not_exist(instance: Instance, cast: Cast):
    with instance.reading() as session:
        with pytest.raises(NotFound) as hidden:
            find_compartment(session, "KYI-2026-01-C", actor=cast.outsider)
        with pytest.raises(NotFound) as absent:
            find_compartment(session, "NO-SUCH", actor=cast.outsider)
    assert str(hidden.value).replace("KYI-2026-01-C", "X") == str(absent.value).replace("NO-SUCH", "X")


def test_a_grant_needs_the_right_a_purpose_and_a_future(instance: Instance, cast: Cast, clock: FrozenClock):
    def give(actor: Actor, **changes: Any) -> None:
        with instance.transaction() as session:
            facts: dict[str, Any] = {
                "role": Role.READER,
                "level": Level.INTERNAL,
                "purpose": "test",
                **changes,
            }
            grant(
                session,
                session.get_one(Compartment, cast.mission),
                actor=actor,
                account=session.get_one(Account, cast.outsider.account_id),
                **facts,
            )

    with pytest.raises(NotPermitted):
        give(cast.amina)
    with pytest.raises(InvalidInput, match="purpose"):
        give(cast.olena, purpose="  ")
    with pytest.raises(InvalidInput, match="before it begins"):
        give(cast.olena, expires_at=clock.now())


def test_a_ceiling_cannot_be_passed_by_a_grant(instance: Instance, cast: Cast):
    with instance.transaction() as session:
        place = open_compartment(
            session,
            kind=CompartmentKind.STUDY,
            reference="STUDY-1",
            title="Study",
            actor=cast.olena,
            level_ceiling=Level.INTERNAL,
        )
    with pytest.raises(InvalidInput, match="nothing above INTERNAL"), instance.transaction() as session:
        grant(
            session,
            session.get_one(Compartment, place.id),
            role=Role.READER,
            level=Level.RESTRICTED,
            purpose="test",
            actor=cast.olena,
            account=session.get_one(Account, cast.chen.account_id),
        )

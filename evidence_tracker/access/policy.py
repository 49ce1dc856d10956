"""The one place that says yes or no.

A role is a set of permissions; a grant gives a role in one compartment up to a level
until a moment. Without a live grant the answer is no. Queries filter in SQL with
``visible``, so that what may not be seen is neither listed nor counted.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CTE, ColumnElement, and_, literal, or_, select, tuple_, union_all
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import UnaryExpression
from sqlalchemy.sql.operators import custom_op

from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import Account, Compartment, Grant, Role
from evidence_tracker.clock import Clock
from evidence_tracker.custody.events import Actor
from evidence_tracker.errors import NotPermitted


class Permission(StrEnum):
    """One thing a person may do in a compartment."""

    READ = "read"
    RECORD = "record"
    TAKE_IN = "take in exhibits"
    CONSENT = "record consent"
    SEAL_IDENTITY = "record identities"
    REVEAL = "reveal identities"
    EXTRACT = "extract originals"
    PREPARE = "prepare submissions"
    APPROVE = "approve submissions"
    BUILD = "seal and build bundles"
    RELEASE = "release bundles"
    SUPERVISE = "approve exceptions"
    GRANT = "grant access"
    OPEN_COMPARTMENT = "open compartments"
    MANAGE_ACCOUNTS = "manage accounts"
    AUDIT = "read custody and access logs"


_WORK = {Permission.READ, Permission.RECORD, Permission.TAKE_IN, Permission.CONSENT, Permission.SEAL_IDENTITY}

ROLES: dict[Role, frozenset[Permission]] = {
    Role.LEAD: frozenset(
        _WORK
        | {
            Permission.EXTRACT,
            Permission.PREPARE,
            Permission.BUILD,
            Permission.RELEASE,
            Permission.GRANT,
            Permission.AUDIT,
            Permission.SUPERVISE,
            Permission.OPEN_COMPARTMENT,
        }
    ),
    Role.INVESTIGATOR: frozenset(_WORK),
    Role.ANALYST: frozenset({Permission.READ, Permission.RECORD, Permission.TAKE_IN, Permission.EXTRACT}),
    Role.LEGAL_OFFICER: frozenset(
        {
            Permission.READ,
            Permission.RECORD,
            Permission.EXTRACT,
            Permission.PREPARE,
            Permission.BUILD,
            Permission.RELEASE,
        }
    ),
    Role.APPROVER: frozenset({Permission.READ, Permission.APPROVE, Permission.SUPERVISE}),
    Role.CUSTODIAN: frozenset({Permission.READ, Permission.SEAL_IDENTITY, Permission.REVEAL}),
    Role.SECURITY_OFFICER: frozenset(
        {Permission.AUDIT, Permission.GRANT, Permission.MANAGE_ACCOUNTS, Permission.OPEN_COMPARTMENT}
    ),
    Role.AUDITOR: frozenset({Permission.AUDIT}),
    Role.OPERATOR: frozenset({Permission.MANAGE_ACCOUNTS, Permission.AUDIT, Permission.OPEN_COMPARTMENT}),
    Role.READER: frozenset({Permission.READ}),
}


@dataclass(frozen=True)
class Held:
    """What the decision needs to know of one grant."""

    role: Role
    level: Level
    expires_at: datetime | None
    ended_at: datetime | None


def decide(held: Iterable[Held], permission: Permission, level: Level, at: datetime) -> bool:
    """Say whether any of the grants held in a compartment allows ``permission`` at ``level`` now.

    Pure, so that it can be tested against a plain table of all its inputs.
    """
    return any(
        permission in ROLES[grant.role]
        and level.rank <= grant.level.rank
        and grant.ended_at is None
        and (grant.expires_at is None or at < grant.expires_at)
        for grant in held
    )


def now(session: Session) -> datetime:
    """Return the present of the instance this session belongs to."""
    clock: Clock = session.info["clock"]
    return clock.now()


def require(
    session: Session,
    actor: Actor,
    permission: Permission,
    compartment_id: UUID,
    *,
    level: Level = Level.INTERNAL,
) -> None:
    """Raise ``NotPermitted`` unless the actor may do this here, at this level, now."""
    if not may(session, actor, permission, compartment_id, level=level):
        raise NotPermitted(
            f"{actor.login} may not {permission.value} here.",
            advice="Ask a security officer or the lead of this compartment for a grant that names the purpose.",
        )


def may(
    session: Session,
    actor: Actor,
    permission: Permission,
    compartment_id: UUID,
    *,
    level: Level = Level.INTERNAL,
) -> bool:
    """Say whether the actor may do this here, at this level, now."""
    query = select(Grant.role, Grant.level, Grant.expires_at, Grant.ended_at).where(
        Grant.compartment_id == compartment_id, _held_by(actor.account_id)
    )
    held = [Held(*row) for row in session.execute(query)]
    return decide(held, permission, level, now(session))


def visible(
    session: Session, actor: Actor, model: Any, permission: Permission = Permission.READ
) -> ColumnElement[bool]:
    """Return the SQL condition under which rows of ``model`` exist for this actor.

    ``model`` has ``compartment_id`` and ``level``. Put it into every query: lists,
    counts, searches and look-ups by reference alike.
    """
    at = now(session)
    roles = [role for role, permissions in ROLES.items() if permission in permissions]
    clauses = [
        and_(
            model.level.in_(ceiling.up_to()),
            model.compartment_id.in_(
                select(Grant.compartment_id).where(
                    _held_by(actor.account_id),
                    Grant.level == ceiling,
                    Grant.role.in_(roles),
                    Grant.ended_at.is_(None),
                    or_(Grant.expires_at.is_(None), Grant.expires_at > at),
                )
            ),
        )
        for ceiling in Level
    ]
    return or_(*clauses)


def reach(session: Session, actor: Actor, permission: Permission = Permission.READ) -> CTE:
    """Return every pair of compartment and level at which this actor may do this, as one table of a query.

    For questions that join many tables: the grants are read once, and ``within`` compares. It
    says what ``visible`` says.
    """
    return reach_of(actor.account_id, now(session), permission)


def reach_of(account_id: Any, at: Any, permission: Permission) -> CTE:
    """Return the reach of an account at an instant; either may be a parameter of a prepared question."""
    name = permission.name.lower()
    held = (
        select(Grant.compartment_id, Grant.level)
        .where(
            _held_by(account_id),
            Grant.role.in_([role for role, permissions in ROLES.items() if permission in permissions]),
            Grant.ended_at.is_(None),
            or_(Grant.expires_at.is_(None), Grant.expires_at > at),
        )
        .cte(f"held_{name}")
    )
    steps = [
        select(held.c.compartment_id, literal(level, Grant.level.type).label("level")).where(
            held.c.level.in_([ceiling for ceiling in Level if level in ceiling.up_to()])
        )
        for level in Level
    ]
    return union_all(*steps).cte(f"reach_{name}")


def within(reached: CTE, model: Any, *, is_filter: bool = False) -> ColumnElement[bool]:
    """Return the SQL condition under which rows of ``model`` are within ``reach``.

    ``is_filter``: rows are found and ordered by something else than their compartment.
    """
    place = aside(model.compartment_id) if is_filter else model.compartment_id
    return tuple_(place, model.level).in_(select(reached.c.compartment_id, reached.c.level))


def aside(column: Any) -> ColumnElement[Any]:
    """Return a column for whose condition no index is chosen: a sign before it, which changes nothing."""
    return UnaryExpression(column, operator=custom_op("+"), type_=column.type)


def visible_compartments(session: Session, actor: Actor) -> ColumnElement[bool]:
    """Return the SQL condition under which a compartment exists for this actor (any live grant)."""
    return Compartment.id.in_(
        select(Grant.compartment_id).where(
            _held_by(actor.account_id),
            Grant.ended_at.is_(None),
            or_(Grant.expires_at.is_(None), Grant.expires_at > now(session)),
        )
    )


def _held_by(account_id: Any) -> ColumnElement[bool]:
    # An account that was switched off holds nothing, whatever its grants say.
    mine = select(Account.id).where(Account.id == account_id, Account.is_active)
    my_partner = select(Account.partner_id).where(
        Account.id == account_id, Account.is_active, Account.partner_id.is_not(None)
    )
    return or_(Grant.account_id.in_(mine), Grant.partner_id.in_(my_partner))


@dataclass(frozen=True)
class Rights:
    """Every live grant of one person, read once: what a page shows of what they may do.

    A page leaves out what they may not; the act itself asks again.
    """

    held: Mapping[UUID, tuple[Held, ...]]
    at: datetime

    def may(self, permission: Permission, compartment_id: UUID, level: Level = Level.INTERNAL) -> bool:
        """Say whether this person may do this there, at this level, now."""
        return decide(self.held.get(compartment_id, ()), permission, level, self.at)

    def anywhere(self, permission: Permission) -> bool:
        """Say whether there is a compartment in which this person may do this."""
        return any(decide(held, permission, Level.PUBLIC, self.at) for held in self.held.values())

    def where(self, permission: Permission) -> set[UUID]:
        """Return the compartments in which this person may do this."""
        return {place for place, held in self.held.items() if decide(held, permission, Level.PUBLIC, self.at)}


def rights(session: Session, actor: Actor) -> Rights:
    """Return every grant of this person, in one query."""
    query = select(Grant.compartment_id, Grant.role, Grant.level, Grant.expires_at, Grant.ended_at).where(
        _held_by(actor.account_id), Grant.ended_at.is_(None)
    )
    held: dict[UUID, tuple[Held, ...]] = {}
    for place, role, level, expires_at, ended_at in session.execute(query):
        held[place] = (*held.get(place, ()), Held(role, level, expires_at, ended_at))
    return Rights(held, now(session))

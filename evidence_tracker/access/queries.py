"""Questions about who works here, what they may do, and who looked at what."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import AccessEntry, AccessKind, Account, Compartment, Grant, Profile
from evidence_tracker.access.policy import Permission, require, visible_compartments
from evidence_tracker.access.records import PAGE
from evidence_tracker.custody.events import Actor


def page_accounts(
    session: Session,
    *,
    actor: Actor,
    is_active: bool | None = None,
    after: tuple[datetime, UUID] | None = None,
    limit: int = PAGE,
) -> Sequence[Account]:
    """Return one page of accounts, newest first, for whoever manages them."""
    _require_manager(session, actor)
    query = select(Account)
    if is_active is not None:
        query = query.where(Account.is_active == is_active)
    if after is not None:
        moment, row_id = after
        query = query.where(
            (Account.added_at < moment) | ((Account.added_at == moment) & (Account.id < row_id))
        )
    return session.scalars(query.order_by(Account.added_at.desc(), Account.id.desc()).limit(limit)).all()


def page_compartments(
    session: Session,
    *,
    actor: Actor,
    after: tuple[datetime, UUID] | None = None,
    limit: int = PAGE,
) -> Sequence[Compartment]:
    """Return one page of the compartments in which this person holds a grant, newest first."""
    query = select(Compartment).where(visible_compartments(session, actor))
    if after is not None:
        moment, row_id = after
        query = query.where(
            (Compartment.opened_at < moment) | ((Compartment.opened_at == moment) & (Compartment.id < row_id))
        )
    order = (Compartment.opened_at.desc(), Compartment.id.desc())
    return session.scalars(query.order_by(*order).limit(limit)).all()


def grants_in(
    session: Session, compartment: Compartment, *, actor: Actor
) -> Sequence[tuple[Grant, Account | None]]:
    """Return who may do what in a compartment, those that ended included, newest first."""
    require(session, actor, Permission.GRANT, compartment.id)
    query = (
        select(Grant, Account)
        .outerjoin(Account, Grant.account_id == Account.id)
        .where(Grant.compartment_id == compartment.id)
        .order_by(Grant.granted_at.desc(), Grant.id)
    )
    return [(grant, account) for grant, account in session.execute(query)]


def grants_of(session: Session, account: Account, *, actor: Actor) -> Sequence[tuple[Grant, Compartment]]:
    """Return what an account may do where, for whoever manages accounts, newest first."""
    _require_manager(session, actor)
    query = (
        select(Grant, Compartment)
        .join(Compartment, Compartment.id == Grant.compartment_id)
        .where(Grant.account_id == account.id)
        .order_by(Grant.granted_at.desc(), Grant.id)
    )
    return [(grant, compartment) for grant, compartment in session.execute(query)]


def page_access_log(
    session: Session,
    *,
    actor: Actor,
    kind: AccessKind | None = None,
    account_id: UUID | None = None,
    level: Level | None = None,
    before: int | None = None,
    limit: int = PAGE,
) -> Sequence[tuple[AccessEntry, Account | None]]:
    """Return one page of the access log, newest first, for whoever may read custody and access logs.

    ``before`` is the number of the last line of the page before.
    """
    organisation = session.scalars(select(Profile.organisation_compartment_id)).one()
    require(session, actor, Permission.AUDIT, organisation)
    query = select(AccessEntry, Account).outerjoin(Account, Account.id == AccessEntry.account_id)
    if kind is not None:
        query = query.where(AccessEntry.kind == kind)
    if account_id is not None:
        query = query.where(AccessEntry.account_id == account_id)
    if level is not None:
        query = query.where(AccessEntry.level == level)
    if before is not None:
        query = query.where(AccessEntry.id < before)
    rows = session.execute(query.order_by(AccessEntry.id.desc()).limit(limit))
    return [(entry, account) for entry, account in rows]


def _require_manager(session: Session, actor: Actor) -> None:
    organisation = session.scalars(select(Profile.organisation_compartment_id)).one()
    require(session, actor, Permission.MANAGE_ACCOUNTS, organisation)

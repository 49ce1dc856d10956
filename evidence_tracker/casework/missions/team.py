"""Acts on people: who goes, in which role, and what they are trained for."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence_tracker.access import records, stated
from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import Account
from evidence_tracker.access.policy import Permission, now
from evidence_tracker.access.records import Governance
from evidence_tracker.casework.missions.models import (
    Competence,
    CompetenceCategory,
    Mission,
    MissionMember,
    MissionRole,
)
from evidence_tracker.casework.missions.states import require_open
from evidence_tracker.custody.events import Actor, CustodyVerb
from evidence_tracker.errors import InvalidInput, SecondPersonNeeded
from evidence_tracker.values.moment import Moment

READERS: Mapping[str, stated.Reader] = {"role": stated.word(MissionRole), "languages": stated.languages}


def add_member(
    session: Session,
    mission: Mission,
    account: Account,
    *,
    role: MissionRole | str,
    actor: Actor,
    languages: Iterable[str] = (),
) -> MissionMember:
    """Put somebody on the team. This gives no access: a grant in the compartment does."""
    require_open(mission)
    if not account.is_active:
        raise InvalidInput(f"The account {account.login} is switched off.")
    facts = stated.read({"role": role, "languages": languages}, READERS)
    _not_twice(session, mission, account, facts["role"])
    return records.create(
        session,
        MissionMember,
        compartment_id=mission.compartment_id,
        governance=Governance.of(mission),
        actor=actor,
        verb=CustodyVerb.LINKED,
        mission_id=mission.id,
        account_id=account.id,
        ended_at=None,
        end_reason=None,
        **facts,
    )


def amend_member(
    session: Session,
    member: MissionMember,
    changes: Mapping[str, Any],
    *,
    actor: Actor,
    expected_version: int | None = None,
) -> MissionMember:
    """Change somebody's role or languages."""
    read = stated.read(changes, {**READERS, **stated.GOVERNED})
    return stated.amend_stated(session, member, read, actor=actor, expected_version=expected_version)


def end_member(session: Session, member: MissionMember, *, reason: str, actor: Actor) -> MissionMember:
    """Take somebody off the team; that they were on it stays on record."""
    if member.ended_at is not None:
        raise InvalidInput("This person has left the team already.")
    return records.amend(
        session,
        member,
        {"ended_at": now(session), "end_reason": stated.text(reason, "reason")},
        actor=actor,
        verb=CustodyVerb.UNLINKED,
    )


def record_competence(
    session: Session,
    account: Account,
    *,
    category: CompetenceCategory | str,
    basis: str,
    awarded_on: Moment | str,
    expires_on: Moment | str,
    actor: Actor,
    governance: Governance = Governance(Level.INTERNAL),  # noqa: B008 - frozen
) -> Competence:
    """Record a training or licence that opens interview gates until it expires.

    It lives in the organisation compartment. Nobody certifies themselves, and it asks for
    the right to approve exceptions there.
    """
    if account.id == actor.account_id:
        raise SecondPersonNeeded("Nobody can record their own competence.")
    awarded, expires = (
        stated.moment(awarded_on, "day of the award"),
        stated.moment(expires_on, "day of expiry"),
    )
    awarded_at, expires_at = awarded.bounds()[0], expires.bounds()[0]
    if expires_at <= awarded_at:
        raise InvalidInput("This competence would expire before it was awarded.")
    return records.create(
        session,
        Competence,
        compartment_id=records.profile(session).organisation_compartment_id,
        governance=governance,
        actor=actor,
        permission=Permission.SUPERVISE,
        account_id=account.id,
        category=stated.word(CompetenceCategory)(category, "category of competence"),
        basis=stated.text(basis, "training or licence"),
        awarded_on=awarded,
        awarded_at=awarded_at,
        expires_on=expires,
        expires_at=expires_at,
        ended_at=None,
        end_reason=None,
    )


def end_competence(session: Session, row: Competence, *, reason: str, actor: Actor) -> Competence:
    """Withdraw a competence now: a licence was lost, or it was recorded wrongly."""
    if row.ended_at is not None:
        raise InvalidInput("This competence has ended already.")
    return records.amend(
        session,
        row,
        {"ended_at": now(session), "end_reason": stated.text(reason, "reason")},
        actor=actor,
        verb=CustodyVerb.STATE_CHANGED,
    )


def _not_twice(session: Session, mission: Mission, account: Account, role: MissionRole) -> None:
    there = select(MissionMember.id).where(
        MissionMember.mission_id == mission.id,
        MissionMember.account_id == account.id,
        MissionMember.role == role,
        MissionMember.ended_at.is_(None),
    )
    if session.scalar(there) is not None:
        raise InvalidInput(f"{account.login} is on the team of {mission.reference} as {role} already.")

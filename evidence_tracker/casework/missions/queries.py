"""Questions about missions: where, when, who goes, with what, and who is trained for what."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session

from evidence_tracker.access import records
from evidence_tracker.access.models import Account
from evidence_tracker.access.orders import After
from evidence_tracker.access.policy import now, visible
from evidence_tracker.casework.missions.models import (
    Competence,
    CompetenceCategory,
    Debrief,
    DeconflictionNote,
    Device,
    Mission,
    MissionContact,
    MissionLogEntry,
    MissionMember,
    MissionPartner,
    MissionState,
    SecurityPlan,
)
from evidence_tracker.casework.parties.models import Party
from evidence_tracker.custody.events import Actor
from evidence_tracker.errors import NotFound

AnyPart = TypeVar("AnyPart", SecurityPlan, Debrief)


def find_mission(session: Session, reference: str, *, actor: Actor) -> Mission:
    """Return a mission by its reference (in any case), else ``NotFound``."""
    return records.find(session, Mission, reference.strip().upper(), actor=actor)


def find_device(session: Session, reference: str, *, actor: Actor) -> Device:
    """Return a device by its reference, else ``NotFound``."""
    return records.find(session, Device, reference, actor=actor)


def page_missions(
    session: Session,
    *,
    actor: Actor,
    state: MissionState | None = None,
    country: str | None = None,
    during: tuple[datetime, datetime] | None = None,
    after: After | None = None,
    limit: int = records.PAGE,
) -> Sequence[Mission]:
    """Return one page of missions, newest first; ``during``: those that may have touched a period."""
    query = select(Mission)
    if state is not None:
        query = query.where(Mission.state == state)
    if country is not None:
        query = query.where(Mission.country == country)
    if during is not None:
        start, end = during
        query = query.where(Mission.starts_at <= end, Mission.ends_at >= start)
    return records.page(session, query, Mission, actor=actor, after=after, limit=limit)


def team(
    session: Session, mission: Mission, *, actor: Actor, include_ended: bool = False
) -> Sequence[tuple[MissionMember, Account]]:
    """Return the team with its accounts, in the order in which people joined."""
    query = (
        select(MissionMember, Account)
        .join(Account, Account.id == MissionMember.account_id)
        .where(MissionMember.mission_id == mission.id, visible(session, actor, MissionMember))
        .order_by(MissionMember.recorded_at, MissionMember.id)
    )
    if not include_ended:
        query = query.where(MissionMember.ended_at.is_(None))
    return [(member, account) for member, account in session.execute(query)]


def missions_of(session: Session, account_id: UUID, *, actor: Actor) -> Sequence[Mission]:
    """Return the missions on whose team an account is or was, newest first."""
    on_team = select(MissionMember.mission_id).where(
        MissionMember.account_id == account_id, visible(session, actor, MissionMember)
    )
    query = select(Mission).where(Mission.id.in_(on_team), visible(session, actor, Mission))
    return session.scalars(query.order_by(Mission.recorded_at.desc(), Mission.id.desc())).all()


def security_plan(session: Session, mission: Mission, *, actor: Actor) -> SecurityPlan | None:
    """Return the security plan, None where there is none or not for this actor."""
    return _only(session, SecurityPlan, mission, actor)


def debrief_of(session: Session, mission: Mission, *, actor: Actor) -> Debrief | None:
    """Return the debrief, None where there is none or not for this actor."""
    return _only(session, Debrief, mission, actor)


def devices(session: Session, mission: Mission, *, actor: Actor) -> Sequence[Device]:
    """Return the equipment of a mission, what is out of use included, by reference."""
    query = select(Device).where(Device.mission_id == mission.id, visible(session, actor, Device))
    return session.scalars(query.order_by(Device.reference)).all()


def page_log(
    session: Session,
    mission: Mission,
    *,
    actor: Actor,
    after: After | None = None,
    limit: int = records.PAGE,
) -> Sequence[MissionLogEntry]:
    """Return one page of the daily log, as written, newest first."""
    query = select(MissionLogEntry).where(MissionLogEntry.mission_id == mission.id)
    return records.page(session, query, MissionLogEntry, actor=actor, after=after, limit=limit)


def contacts(session: Session, mission: Mission, *, actor: Actor) -> Sequence[MissionContact]:
    """Return the contacts in use, by name."""
    query = select(MissionContact).where(
        MissionContact.mission_id == mission.id,
        MissionContact.ended_at.is_(None),
        visible(session, actor, MissionContact),
    )
    return session.scalars(query.order_by(MissionContact.name, MissionContact.id)).all()


def partners(session: Session, mission: Mission, *, actor: Actor) -> Sequence[tuple[MissionPartner, Party]]:
    """Return the parties that take part, by name."""
    query = (
        select(MissionPartner, Party)
        .join(Party, Party.id == MissionPartner.party_id)
        .where(
            MissionPartner.mission_id == mission.id,
            MissionPartner.ended_at.is_(None),
            visible(session, actor, MissionPartner),
            visible(session, actor, Party),
        )
        .order_by(Party.name_latin, Party.id)
    )
    return [(link, party) for link, party in session.execute(query)]


def deconfliction_notes(session: Session, mission: Mission, *, actor: Actor) -> Sequence[DeconflictionNote]:
    """Return what other bodies were asked and said, oldest first."""
    query = select(DeconflictionNote).where(
        DeconflictionNote.mission_id == mission.id, visible(session, actor, DeconflictionNote)
    )
    return session.scalars(query.order_by(DeconflictionNote.asked_at, DeconflictionNote.recorded_at)).all()


def competence(
    session: Session, account_id: UUID, category: CompetenceCategory, *, at: datetime | None = None
) -> Competence | None:
    """Return the competence of an account in a category that is live at an instant, or None.

    Gates ask this for whoever interviews, so it is answered to all: it says only what a
    colleague was trained for.
    """
    query = _live(at or now(session)).where(
        Competence.account_id == account_id, Competence.category == category
    )
    return session.scalars(query.order_by(Competence.expires_at.desc()).limit(1)).first()


def competent_members(
    session: Session, mission: Mission, category: CompetenceCategory, *, at: datetime | None = None
) -> Sequence[UUID]:
    """Return the account ids of those on the team who are competent in a category at an instant."""
    moment = at or now(session)
    query = (
        select(MissionMember.account_id)
        .where(
            MissionMember.mission_id == mission.id,
            _on_team(moment),
            MissionMember.account_id.in_(
                _live(moment).where(Competence.category == category).with_only_columns(Competence.account_id)
            ),
        )
        .distinct()
        .order_by(MissionMember.account_id)
    )
    return session.scalars(query).all()


def is_on_team(session: Session, mission: Mission, account_id: UUID, *, at: datetime | None = None) -> bool:
    """Say whether an account is on the team of a mission at an instant."""
    query = select(MissionMember.id).where(
        MissionMember.mission_id == mission.id,
        MissionMember.account_id == account_id,
        _on_team(at or now(session)),
    )
    return session.scalar(query.limit(1)) is not None


def page_competences(
    session: Session,
    *,
    actor: Actor,
    account_id: UUID | None = None,
    live_at: datetime | None = None,
    after: After | None = None,
    limit: int = records.PAGE,
) -> Sequence[Competence]:
    """Return one page of trainings and licences, newest first; of one account, or live, if asked."""
    query = select(Competence) if live_at is None else _live(live_at)
    if account_id is not None:
        query = query.where(Competence.account_id == account_id)
    return records.page(session, query, Competence, actor=actor, after=after, limit=limit)


def member_of(session: Session, mission: Mission, account_id: UUID, *, actor: Actor) -> MissionMember:
    """Return the present membership of an account, the earliest where it has two roles, else ``NotFound``."""
    query = select(MissionMember).where(
        MissionMember.mission_id == mission.id,
        MissionMember.account_id == account_id,
        MissionMember.ended_at.is_(None),
        visible(session, actor, MissionMember),
    )
    found = session.scalars(query.order_by(MissionMember.recorded_at, MissionMember.id).limit(1)).first()
    if found is None:
        raise NotFound(f"This account is not on the team of {mission.reference}.")
    return found


def _only(session: Session, model: type[AnyPart], mission: Mission, actor: Actor) -> AnyPart | None:
    columns: Any = model
    query = select(model).where(columns.mission_id == mission.id, visible(session, actor, model))
    return session.scalars(query).first()


def _on_team(moment: datetime) -> ColumnElement[bool]:
    return or_(MissionMember.ended_at.is_(None), MissionMember.ended_at > moment)


def _live(moment: datetime) -> Select[Competence]:
    return select(Competence).where(
        Competence.awarded_at <= moment,
        Competence.expires_at > moment,
        or_(Competence.ended_at.is_(None), Competence.ended_at > moment),
    )

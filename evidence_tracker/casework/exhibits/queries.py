"""Questions about exhibits; each answers only with what exists for the one who asks."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from evidence_tracker.access.policy import visible
from evidence_tracker.access.records import PAGE, find, page
from evidence_tracker.casework.exhibits.models import Exhibit, ExhibitKind, Remnant
from evidence_tracker.casework.missions.models import Mission
from evidence_tracker.custody.events import Actor


def find_exhibit(session: Session, reference: str, *, actor: Actor) -> Exhibit:
    """Return the exhibit with this reference if it exists for this actor, else ``NotFound``."""
    return find(session, Exhibit, reference, actor=actor)


def find_remnant(session: Session, reference: str, *, actor: Actor) -> Remnant:
    """Return the remains with this reference if they exist for this actor, else ``NotFound``."""
    return find(session, Remnant, reference, actor=actor)


def list_exhibits(
    session: Session,
    *,
    actor: Actor,
    mission: Mission | None = None,
    kind: ExhibitKind | None = None,
    compartment_id: UUID | None = None,
    is_original: bool | None = None,
    after: tuple[datetime, UUID] | None = None,
    limit: int = PAGE,
) -> Sequence[Exhibit]:
    """Return one page of exhibits, newest first; ``after`` is the last row's (recorded_at, id)."""
    query = select(Exhibit)
    if mission is not None:
        query = query.where(Exhibit.mission_id == mission.id)
    if kind is not None:
        query = query.where(Exhibit.kind == kind)
    if compartment_id is not None:
        query = query.where(Exhibit.compartment_id == compartment_id)
    if is_original is not None:
        query = query.where(
            Exhibit.made_from_id.is_(None) if is_original else Exhibit.made_from_id.is_not(None)
        )
    return page(session, query, Exhibit, actor=actor, after=after, limit=limit)


def count_exhibits(session: Session, *, actor: Actor, mission: Mission | None = None) -> int:
    """Return how many exhibits exist for this actor; what may not be seen is not counted."""
    query = select(func.count()).select_from(Exhibit).where(visible(session, actor, Exhibit))
    if mission is not None:
        query = query.where(Exhibit.mission_id == mission.id)
    return session.scalar(query) or 0


def same_bytes(session: Session, exhibit: Exhibit, *, actor: Actor) -> Sequence[Exhibit]:
    """Return the other exhibits of the same bytes: other sources, other consents; the oldest first."""
    if exhibit.sha256 is None:
        return []
    return session.scalars(
        select(Exhibit)
        .where(Exhibit.sha256 == exhibit.sha256, Exhibit.id != exhibit.id, visible(session, actor, Exhibit))
        .order_by(Exhibit.recorded_at, Exhibit.id)
    ).all()


def derivatives_of(session: Session, exhibit: Exhibit, *, actor: Actor) -> Sequence[Exhibit]:
    """Return the working copies made directly from an exhibit, the oldest first."""
    return session.scalars(
        select(Exhibit)
        .where(Exhibit.made_from_id == exhibit.id, visible(session, actor, Exhibit))
        .order_by(Exhibit.recorded_at, Exhibit.id)
    ).all()


def original_of(session: Session, derivative: Exhibit, *, actor: Actor) -> Exhibit | None:
    """Return what a working copy was made from, if it exists for this actor."""
    if derivative.made_from_id is None:
        return None
    return session.scalars(
        select(Exhibit).where(Exhibit.id == derivative.made_from_id, visible(session, actor, Exhibit))
    ).first()


def list_remnants(
    session: Session, *, actor: Actor, after: tuple[datetime, UUID] | None = None, limit: int = PAGE
) -> Sequence[Remnant]:
    """Return one page of remains, newest first."""
    return page(session, select(Remnant), Remnant, actor=actor, after=after, limit=limit)

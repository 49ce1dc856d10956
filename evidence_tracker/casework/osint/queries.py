"""Questions about captures and their verification; each answers only with what exists for the asker."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from evidence_tracker.access.policy import visible
from evidence_tracker.access.records import PAGE, find, page
from evidence_tracker.casework.exhibits.models import Exhibit
from evidence_tracker.casework.missions.models import Mission
from evidence_tracker.casework.osint import addresses
from evidence_tracker.casework.osint.models import (
    Assessment,
    AssessmentMethod,
    Availability,
    AvailabilityCheck,
    Capture,
    CaptureFile,
    ReviewState,
)
from evidence_tracker.custody.events import Actor

GONE = frozenset({Availability.DELETED, Availability.ACCOUNT_SUSPENDED})
# Source, content and whether a machine made it are asked of everything; place and time are
# asked only where somebody claims them.
ALWAYS_ASKED = (AssessmentMethod.SOURCE, AssessmentMethod.CONTENT, AssessmentMethod.SYNTHETIC_CHECK)


@dataclass(frozen=True)
class Standing:
    """How far the verification of something has come.

    ``reviewed`` are the assessments that stand, ``pending`` those not reviewed yet, and
    ``lacking`` the methods that are asked of everything and have no reviewed assessment.
    """

    reviewed: tuple[Assessment, ...]
    pending: tuple[Assessment, ...]
    lacking: tuple[AssessmentMethod, ...]


@dataclass(frozen=True)
class TakeDown:
    """Between which two instants an address went away."""

    last_there_at: datetime
    first_gone_at: datetime


def find_capture(session: Session, reference: str, *, actor: Actor) -> Capture:
    """Return the capture with this reference if it exists for this actor, else ``NotFound``."""
    return find(session, Capture, reference, actor=actor)


def list_captures(
    session: Session,
    *,
    actor: Actor,
    mission: Mission | None = None,
    platform: str | None = None,
    after: tuple[datetime, UUID] | None = None,
    limit: int = PAGE,
) -> Sequence[Capture]:
    """Return one page of captures, newest first; ``after`` is the last row's (recorded_at, id)."""
    query = select(Capture)
    if mission is not None:
        query = query.where(Capture.mission_id == mission.id)
    if platform is not None:
        query = query.where(Capture.platform == platform)
    return page(session, query, Capture, actor=actor, after=after, limit=limit)


def files_of(session: Session, capture: Capture, *, actor: Actor) -> list[tuple[CaptureFile, Exhibit]]:
    """Return the files of a capture with their exhibits, where both exist for this actor."""
    rows = session.execute(
        select(CaptureFile, Exhibit)
        .join(Exhibit, Exhibit.id == CaptureFile.exhibit_id)
        .where(
            CaptureFile.capture_id == capture.id,
            CaptureFile.ended_at.is_(None),
            visible(session, actor, CaptureFile),
            visible(session, actor, Exhibit),
        )
        .order_by(CaptureFile.recorded_at, CaptureFile.id)
    )
    return [(row, exhibit) for row, exhibit in rows]


def captures_of(session: Session, exhibit: Exhibit, *, actor: Actor) -> Sequence[Capture]:
    """Return the captures that brought an exhibit."""
    return session.scalars(
        select(Capture)
        .join(CaptureFile, CaptureFile.capture_id == Capture.id)
        .where(
            CaptureFile.exhibit_id == exhibit.id,
            CaptureFile.ended_at.is_(None),
            visible(session, actor, CaptureFile),
            visible(session, actor, Capture),
        )
        .order_by(Capture.captured_at, Capture.id)
    ).all()


def same_address(session: Session, url: str, *, actor: Actor) -> Sequence[Capture]:
    """Return the captures of an address, however it was spelt, the earliest first."""
    stated = addresses.checked(url)
    return session.scalars(
        select(Capture)
        .where(
            or_(
                Capture.url_canonical.in_({stated, addresses.canonical(url)}),
                Capture.url_requested == stated,
                Capture.url_final == stated,
            ),
            visible(session, actor, Capture),
        )
        .order_by(Capture.captured_at, Capture.id)
    ).all()


def same_post(session: Session, capture: Capture, *, actor: Actor) -> Sequence[Capture]:
    """Return the other captures of the same post on the same platform, the earliest first."""
    if capture.platform is None or capture.platform_post_id is None:
        return []
    return session.scalars(
        select(Capture)
        .where(
            Capture.platform == capture.platform,
            Capture.platform_post_id == capture.platform_post_id,
            Capture.id != capture.id,
            visible(session, actor, Capture),
        )
        .order_by(Capture.captured_at, Capture.id)
    ).all()


def checks_of(session: Session, capture: Capture, *, actor: Actor) -> Sequence[AvailabilityCheck]:
    """Return the later looks at the address, in the order of their time."""
    return session.scalars(
        select(AvailabilityCheck)
        .where(AvailabilityCheck.capture_id == capture.id, visible(session, actor, AvailabilityCheck))
        .order_by(AvailabilityCheck.checked_at, AvailabilityCheck.id)
    ).all()


def take_down(session: Session, capture: Capture, *, actor: Actor) -> TakeDown | None:
    """Return between which looks the address went away; None while nobody found it gone."""
    last_there = capture.captured_at
    for check in checks_of(session, capture, actor=actor):
        if check.availability in GONE:
            return TakeDown(last_there, check.checked_at)
        if check.availability is not Availability.UNKNOWN and check.checked_at > last_there:
            last_there = check.checked_at
    return None


def assessments_of(session: Session, subject: Capture | Exhibit, *, actor: Actor) -> Sequence[Assessment]:
    """Return every assessment of a capture or an exhibit, the oldest first."""
    column = Assessment.capture_id if isinstance(subject, Capture) else Assessment.exhibit_id
    return session.scalars(
        select(Assessment)
        .where(column == subject.id, visible(session, actor, Assessment))
        .order_by(Assessment.recorded_at, Assessment.id)
    ).all()


def standing(session: Session, subject: Capture | Exhibit, *, actor: Actor) -> Standing:
    """Return how far the verification of a capture or an exhibit has come."""
    rows = assessments_of(session, subject, actor=actor)
    reviewed = tuple(row for row in rows if row.state is ReviewState.PEER_REVIEWED)
    closed = {ReviewState.PEER_REVIEWED, ReviewState.SUPERSEDED}
    pending = tuple(row for row in rows if row.state not in closed)
    methods = {row.method for row in reviewed}
    return Standing(reviewed, pending, tuple(method for method in ALWAYS_ASKED if method not in methods))

"""Questions about captures and their verification; each answers only with what exists for the asker."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from evidence_tracker.access.orders import After
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
    CaptureMethod,
    CaptureOutcome,
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


class Verification(StrEnum):
    """How far a list is asked for by its verification."""

    NOT_ASSESSED = "not-assessed"
    DRAFTED = "drafted"
    WAITS_FOR_REVIEW = "waits-for-review"
    REVIEWED = "reviewed"


_STATES = {
    Verification.DRAFTED: (ReviewState.DRAFT, ReviewState.RETURNED),
    Verification.WAITS_FOR_REVIEW: (ReviewState.SUBMITTED,),
    Verification.REVIEWED: (ReviewState.PEER_REVIEWED,),
}


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
    method: CaptureMethod | None = None,
    outcome: CaptureOutcome | None = None,
    availability: Availability | None = None,
    verification: Verification | None = None,
    compartment_id: UUID | None = None,
    url: str | None = None,
    after: After | None = None,
    limit: int = PAGE,
) -> Sequence[Capture]:
    """Return one page of captures, newest first; ``after`` is the last row's (recorded_at, id).

    ``platform`` is compared without regard to case; ``availability`` is what the last look found;
    ``url``: those of an address, however it was spelt.
    """
    equal = {
        Capture.mission_id: None if mission is None else mission.id,
        Capture.method: method,
        Capture.outcome: outcome,
        Capture.compartment_id: compartment_id,
    }
    query = select(Capture).where(*[column == value for column, value in equal.items() if value is not None])
    if platform is not None:
        query = query.where(func.lower(Capture.platform) == platform.strip().lower())
    if url is not None:
        query = query.where(_at_address(url))
    if availability is not None:
        query = query.where(Capture.id.in_(_last_found(session, availability, actor)))
    if verification is not None:
        query = query.where(_is_verified(session, verification, actor))
    return page(session, query, Capture, actor=actor, after=after, limit=limit)


def last_looks(session: Session, captures: Sequence[Capture], *, actor: Actor) -> dict[UUID, Availability]:
    """Return what the last look at each address found, by the capture's id, in one query."""
    query = (
        select(AvailabilityCheck.capture_id, AvailabilityCheck.availability)
        .where(
            AvailabilityCheck.capture_id.in_([capture.id for capture in captures]),
            visible(session, actor, AvailabilityCheck),
        )
        .order_by(AvailabilityCheck.checked_at, AvailabilityCheck.id)
    )
    return {row.capture_id: row.availability for row in session.execute(query)}


def assessment_states(
    session: Session, captures: Sequence[Capture], *, actor: Actor
) -> dict[UUID, list[Assessment]]:
    """Return the assessments that stand or are on their way, by the capture's id, in one query."""
    query = (
        select(Assessment)
        .where(
            Assessment.capture_id.in_([capture.id for capture in captures]),
            Assessment.state != ReviewState.SUPERSEDED,
            visible(session, actor, Assessment),
        )
        .order_by(Assessment.recorded_at, Assessment.id)
    )
    found: dict[UUID, list[Assessment]] = {}
    for row in session.scalars(query):
        if row.capture_id is not None:
            found.setdefault(row.capture_id, []).append(row)
    return found


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
    query = select(Capture).where(_at_address(url), visible(session, actor, Capture))
    return session.scalars(query.order_by(Capture.captured_at, Capture.id)).all()


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


def alike(session: Session, capture: Capture, *, actor: Actor) -> Sequence[Capture]:
    """Return the other captures of the same address or the same post, the earliest first, in one query."""
    urls = {capture.url_requested, capture.url_final, capture.url_canonical} - {None}
    same: list[ColumnElement[bool]] = [
        Capture.url_canonical.in_(urls | {addresses.canonical(capture.url_requested)}),
        Capture.url_requested.in_(urls),
        Capture.url_final.in_(urls),
    ]
    if capture.platform is not None and capture.platform_post_id is not None:
        same.append(
            and_(Capture.platform == capture.platform, Capture.platform_post_id == capture.platform_post_id)
        )
    query = select(Capture).where(or_(*same), Capture.id != capture.id, visible(session, actor, Capture))
    return session.scalars(query.order_by(Capture.captured_at, Capture.id).limit(PAGE)).all()


def take_down(session: Session, capture: Capture, *, actor: Actor) -> TakeDown | None:
    """Return between which looks the address went away; None while nobody found it gone."""
    return went_away(capture, checks_of(session, capture, actor=actor))


def went_away(capture: Capture, checks: Sequence[AvailabilityCheck]) -> TakeDown | None:
    """Return between which of these looks, in the order of their time, the address went away."""
    last_there = capture.captured_at
    for check in checks:
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


def _at_address(url: str) -> ColumnElement[bool]:
    stated = addresses.checked(url)
    return or_(
        Capture.url_canonical.in_({stated, addresses.canonical(url)}),
        Capture.url_requested == stated,
        Capture.url_final == stated,
    )


def _last_found(session: Session, wanted: Availability, actor: Actor) -> Select[UUID]:
    """Return the captures of whose looks the last one found this."""
    later = aliased(AvailabilityCheck)
    newer = select(later.id).where(
        later.capture_id == AvailabilityCheck.capture_id,
        tuple_(later.checked_at, later.id) > tuple_(AvailabilityCheck.checked_at, AvailabilityCheck.id),
        visible(session, actor, later),
    )
    return select(AvailabilityCheck.capture_id).where(
        AvailabilityCheck.availability == wanted,
        ~newer.exists(),
        visible(session, actor, AvailabilityCheck),
    )


def _is_verified(session: Session, wanted: Verification, actor: Actor) -> ColumnElement[bool]:
    seen = select(Assessment.capture_id).where(
        Assessment.capture_id.is_not(None), visible(session, actor, Assessment)
    )
    if wanted is Verification.NOT_ASSESSED:
        return Capture.id.not_in(seen)
    return Capture.id.in_(seen.where(Assessment.state.in_(_STATES[wanted])))


def is_reviewed(session: Session, actor: Actor) -> ColumnElement[bool]:
    """Return the condition under which an exhibit, or a capture that brought it, has an assessment that stands.

    It is for lists of exhibits; a second person reviewed it, and this actor may see it.
    """
    stands = (Assessment.state == ReviewState.PEER_REVIEWED, visible(session, actor, Assessment))
    own = select(Assessment.exhibit_id).where(Assessment.exhibit_id.is_not(None), *stands)
    brought = (
        select(CaptureFile.exhibit_id)
        .join(Assessment, Assessment.capture_id == CaptureFile.capture_id)
        .where(CaptureFile.ended_at.is_(None), visible(session, actor, CaptureFile), *stands)
    )
    return or_(Exhibit.id.in_(own), Exhibit.id.in_(brought))

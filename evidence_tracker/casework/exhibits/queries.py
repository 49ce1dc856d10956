"""Questions about exhibits; each answers only with what exists for the one who asks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, exists, func, not_, or_, select
from sqlalchemy.orm import Session

from evidence_tracker.access.orders import After
from evidence_tracker.access.policy import visible
from evidence_tracker.access.records import PAGE, find, page
from evidence_tracker.casework.actors.models import Company
from evidence_tracker.casework.exhibits.models import (
    Component,
    Confidence,
    Exhibit,
    ExhibitKind,
    ExhibitMetadata,
    ExhibitPerson,
    ItemPhoto,
    PersonRole,
    Remnant,
    SourceKind,
)
from evidence_tracker.casework.missions.models import Mission
from evidence_tracker.casework.persons.models import Person
from evidence_tracker.custody.events import Actor


class MediaFamily(StrEnum):
    """What the bytes of an exhibit are, roughly: the part of the media type that people ask for."""

    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    PDF = "pdf"
    TEXT = "text"
    OTHER = "other"
    NO_BYTES = "no-bytes"


@dataclass(frozen=True, kw_only=True)
class Sieve:
    """What exhibits of a list have in common; None lets everything through.

    ``collected_since`` and ``collected_until`` keep what may have been collected in between: an
    imprecise date is kept as long as it can lie there. The others bound the receipt. Instants.
    """

    mission_id: UUID | None = None
    kind: ExhibitKind | None = None
    media: MediaFamily | None = None
    collected_since: datetime | None = None
    collected_until: datetime | None = None
    received_since: datetime | None = None
    received_until: datetime | None = None
    source_kind: SourceKind | None = None
    has_source: bool | None = None
    has_basis: bool | None = None
    is_original: bool | None = None
    is_graphic: bool | None = None


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
    sieve: Sieve = Sieve(),
    compartment_id: UUID | None = None,
    also: ColumnElement[bool] | None = None,
    after: After | None = None,
    limit: int = PAGE,
) -> Sequence[Exhibit]:
    """Return one page of exhibits, newest first; ``after`` is the last row's (recorded_at, id).

    ``also`` is a condition of a room above, which this one does not know.
    """
    query = select(Exhibit).where(*_conditions(session, sieve, actor))
    if compartment_id is not None:
        query = query.where(Exhibit.compartment_id == compartment_id)
    if also is not None:
        query = query.where(also)
    return page(session, query, Exhibit, actor=actor, after=after, limit=limit)


def _conditions(session: Session, sieve: Sieve, actor: Actor) -> list[ColumnElement[bool]]:
    """Return the conditions of what was chosen."""
    equal: dict[Any, Any] = {
        Exhibit.mission_id: sieve.mission_id,
        Exhibit.kind: sieve.kind,
        Exhibit.source_kind: sieve.source_kind,
        Exhibit.is_graphic: sieve.is_graphic,
    }
    chosen = [column == value for column, value in equal.items() if value is not None]
    chosen += _spans(sieve)
    if sieve.media is not None:
        chosen.append(_of_family(sieve.media))
    for is_wanted, condition in (
        (sieve.is_original, Exhibit.made_from_id.is_(None)),
        (sieve.has_basis, func.coalesce(Exhibit.legal_basis, "") != ""),
        (sieve.has_source, _has_source(session, actor)),
    ):
        if is_wanted is not None:
            chosen.append(condition if is_wanted else not_(condition))
    return chosen


def _spans(sieve: Sieve) -> list[ColumnElement[bool]]:
    bounds: tuple[tuple[datetime | None, Any], ...] = (
        (sieve.collected_since, Exhibit.collected_latest_at.__ge__),
        (sieve.collected_until, Exhibit.collected_earliest_at.__lt__),
        (sieve.received_since, Exhibit.received_at.__ge__),
        (sieve.received_until, Exhibit.received_at.__lt__),
    )
    return [compare(instant) for instant, compare in bounds if instant is not None]


def _of_family(family: MediaFamily) -> ColumnElement[bool]:
    known = {
        MediaFamily.IMAGE: Exhibit.media_type.like("image/%"),
        MediaFamily.VIDEO: Exhibit.media_type.like("video/%"),
        MediaFamily.AUDIO: Exhibit.media_type.like("audio/%"),
        MediaFamily.TEXT: or_(Exhibit.media_type.like("text/%"), Exhibit.media_type.like("message/%")),
        MediaFamily.PDF: Exhibit.media_type == "application/pdf",
        MediaFamily.NO_BYTES: Exhibit.media_type.is_(None),
    }
    return known[family] if family in known else and_(*map(not_, known.values()))


def _has_source(session: Session, actor: Actor) -> ColumnElement[bool]:
    # A source that does not exist for whoever asks is none.
    return exists().where(
        ExhibitPerson.exhibit_id == Exhibit.id,
        ExhibitPerson.role == PersonRole.SOURCE,
        ExhibitPerson.ended_at.is_(None),
        Person.id == ExhibitPerson.person_id,
        visible(session, actor, ExhibitPerson),
        visible(session, actor, Person),
    )


@dataclass(frozen=True)
class Beside:
    """What a page says of an exhibit at once: its mission, and what the newest examination found."""

    mission: str | None
    pages: int | None
    failed: str | None


def beside(session: Session, exhibit: Exhibit, *, actor: Actor) -> Beside:
    """Return the reference of its mission, its pages and why it could not be examined, in one question."""
    mission = select(Mission.reference).where(
        Mission.id == exhibit.mission_id, visible(session, actor, Mission)
    )
    newest = (
        select(ExhibitMetadata.id)
        .where(ExhibitMetadata.exhibit_id == exhibit.id, visible(session, actor, ExhibitMetadata))
        .order_by(ExhibitMetadata.examined_at.desc(), ExhibitMetadata.id)
        .limit(1)
        .scalar_subquery()
    )
    found = select(ExhibitMetadata).where(ExhibitMetadata.id == newest)
    row = session.execute(
        select(
            mission.scalar_subquery(),
            found.with_only_columns(ExhibitMetadata.pages).scalar_subquery(),
            found.with_only_columns(ExhibitMetadata.failed).scalar_subquery(),
        )
    ).one()
    return Beside(*row)


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


@dataclass(frozen=True)
class Kin:
    """The exhibits that one exhibit stands with, as far as they exist for whoever asks."""

    original: Exhibit | None
    derivatives: tuple[Exhibit, ...]
    same_bytes: tuple[Exhibit, ...]


def kin_of(session: Session, exhibit: Exhibit, *, actor: Actor) -> Kin:
    """Return what it was made from, what was made from it, and who else holds its bytes, in one question."""
    alike = [Exhibit.made_from_id == exhibit.id]
    if exhibit.made_from_id is not None:
        alike.append(Exhibit.id == exhibit.made_from_id)
    if exhibit.sha256 is not None:
        alike.append(Exhibit.sha256 == exhibit.sha256)
    query = select(Exhibit).where(or_(*alike), Exhibit.id != exhibit.id, visible(session, actor, Exhibit))
    rows = session.scalars(query.order_by(Exhibit.recorded_at, Exhibit.id)).all()
    return Kin(
        next((row for row in rows if row.id == exhibit.made_from_id), None),
        tuple(row for row in rows if row.made_from_id == exhibit.id),
        tuple(row for row in rows if row.sha256 is not None and row.sha256 == exhibit.sha256),
    )


def list_remnants(
    session: Session,
    *,
    actor: Actor,
    confidence: Confidence | None = None,
    is_handled: bool | None = None,
    compartment_id: UUID | None = None,
    after: After | None = None,
    limit: int = PAGE,
) -> Sequence[Remnant]:
    """Return one page of remains, newest first."""
    equal: dict[Any, Any] = {
        Remnant.confidence: confidence,
        Remnant.is_handled: is_handled,
        Remnant.compartment_id: compartment_id,
    }
    query = select(Remnant).where(*[column == value for column, value in equal.items() if value is not None])
    return page(session, query, Remnant, actor=actor, after=after, limit=limit)


def photos_of_remnant(
    session: Session, remnant: Remnant, *, actor: Actor
) -> Sequence[tuple[ItemPhoto, Exhibit]]:
    """Return the photos that show remains, by their references."""
    query = (
        select(ItemPhoto, Exhibit)
        .join(Exhibit, Exhibit.id == ItemPhoto.photo_id)
        .where(
            ItemPhoto.remnant_id == remnant.id,
            ItemPhoto.ended_at.is_(None),
            visible(session, actor, ItemPhoto),
            visible(session, actor, Exhibit),
        )
        .order_by(Exhibit.reference)
    )
    return [(link, exhibit) for link, exhibit in session.execute(query)]


def components_with(
    session: Session, remnant: Remnant, *, actor: Actor
) -> Sequence[tuple[Component, Company | None, Exhibit | None]]:
    """Return the parts of remains, each with the company it points to and the photo of its trademark.

    A company or a photo that does not exist for whoever asks is None.
    """
    query = (
        select(Component, Company, Exhibit)
        .select_from(Component)
        .outerjoin(Company, (Company.id == Component.company_id) & visible(session, actor, Company))
        .outerjoin(Exhibit, (Exhibit.id == Component.trademark_image_id) & visible(session, actor, Exhibit))
        .where(Component.remnant_id == remnant.id, visible(session, actor, Component))
        .order_by(Component.recorded_at, Component.id)
    )
    return [(part, company, image) for part, company, image in session.execute(query)]


def remnants_on(session: Session, exhibit: Exhibit, *, actor: Actor) -> Sequence[Remnant]:
    """Return the remains that an exhibit documents, by their references."""
    here = (Remnant.exhibit_id == exhibit.id, visible(session, actor, Remnant))
    return session.scalars(select(Remnant).where(*here).order_by(Remnant.reference)).all()

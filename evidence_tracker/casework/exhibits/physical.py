"""Things taken: the exception, behind a gate that names everything that is missing.

The rule is to photograph a thing where it lies, record its position, tell the authority and
leave it there (standards.md 2.4). Taking it needs a reason that somebody can be asked about.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence_tracker.access.policy import Permission, require, visible
from evidence_tracker.access.records import Governance, create
from evidence_tracker.casework.exhibits.facts import ExhibitFacts, columns
from evidence_tracker.casework.exhibits.models import (
    Exhibit,
    ExhibitKind,
    Hazard,
    ItemPhoto,
    PhotoView,
    PhysicalItem,
)
from evidence_tracker.casework.exhibits.registration import Home, described
from evidence_tracker.custody.events import Actor, CustodyVerb
from evidence_tracker.errors import GateClosed, InvalidInput
from evidence_tracker.values.moment import Moment

PHOTOS_NEEDED = 3
HARMLESS = frozenset({Hazard.NONE, Hazard.SHARP})


@dataclass(frozen=True)
class PhysicalFacts:
    """What is stated about a thing that was taken; the first five open the gate."""

    exception_reason: str | None = None
    imminent_loss: str | None = None
    lawful_basis: str | None = None
    authority_notified: str | None = None
    notified: Moment | None = None
    authority_answer: str | None = None
    hazard: Hazard = Hazard.UNKNOWN
    cleared_by: str | None = None
    dimensions: str | None = None
    markings: str | None = None
    packaging: str | None = None
    protective_equipment: str | None = None
    storage_temperature: str | None = None
    storage_location: str | None = None


@dataclass(frozen=True)
class Photo:
    """A photo exhibit and what it shows of the thing."""

    exhibit: Exhibit
    view: PhotoView


def take_in_item(
    session: Session,
    *,
    facts: PhysicalFacts,
    about: ExhibitFacts,
    photos: Sequence[Photo],
    home: Home,
    actor: Actor,
) -> PhysicalItem:
    """Register a thing that was taken, with its exhibit and its photos, if every gate is open.

    ``home`` comes from ``intake.home_for``. Raises ``GateClosed`` naming all that is missing.
    """
    require(session, actor, Permission.TAKE_IN, home.compartment_id, level=home.governance.level)
    for photo in photos:
        refuse_unless_photo(session, photo.exhibit, actor)
    missing = _missing(facts, photos)
    if missing:
        raise GateClosed(
            f"A physical item is not taken in yet. Missing: {'; '.join(missing)}.",
            advice="Photograph it in place, note the position, tell the authority and leave it there. "
            "If it had to be taken, state what the message names.",
        )
    exhibit = create(
        session,
        Exhibit,
        compartment_id=home.compartment_id,
        governance=home.governance,
        actor=actor,
        permission=Permission.TAKE_IN,
        verb=CustodyVerb.EXHIBIT_RECEIVED,
        mission_id=home.mission_id,
        **described(session, about, ExhibitKind.PHYSICAL),
    )
    item = create(
        session,
        PhysicalItem,
        compartment_id=home.compartment_id,
        governance=home.governance,
        actor=actor,
        exhibit_id=exhibit.id,
        **columns(facts),
    )
    for photo in photos:
        add_photo(session, item, photo, actor=actor)
    return item


def add_photo(session: Session, item: PhysicalItem, photo: Photo, *, actor: Actor) -> ItemPhoto:
    """Add a photo that shows the thing."""
    refuse_unless_photo(session, photo.exhibit, actor)
    return create(
        session,
        ItemPhoto,
        compartment_id=item.compartment_id,
        governance=Governance.of(item),
        actor=actor,
        verb=CustodyVerb.LINKED,
        physical_item_id=item.id,
        photo_id=photo.exhibit.id,
        view=photo.view,
    )


def item_of(session: Session, exhibit: Exhibit, *, actor: Actor) -> PhysicalItem | None:
    """Return the physical side of an exhibit, if it has one that exists for this actor."""
    return session.scalars(
        select(PhysicalItem).where(
            PhysicalItem.exhibit_id == exhibit.id, visible(session, actor, PhysicalItem)
        )
    ).first()


def photos_of(session: Session, item: PhysicalItem, *, actor: Actor) -> list[Photo]:
    """Return the photos of a thing that exist for this actor, by their references."""
    rows = session.execute(
        select(Exhibit, ItemPhoto.view)
        .join(ItemPhoto, ItemPhoto.photo_id == Exhibit.id)
        .where(
            ItemPhoto.physical_item_id == item.id,
            ItemPhoto.ended_at.is_(None),
            visible(session, actor, ItemPhoto),
            visible(session, actor, Exhibit),
        )
        .order_by(Exhibit.reference)
    )
    return [Photo(exhibit, view) for exhibit, view in rows]


def thing_with_photos(
    session: Session, exhibit: Exhibit, *, actor: Actor
) -> tuple[PhysicalItem, list[Photo]] | None:
    """Return the physical side of an exhibit with its photos, by their references, in one question."""
    link = (ItemPhoto.physical_item_id == PhysicalItem.id) & ItemPhoto.ended_at.is_(None)
    query = (
        select(PhysicalItem, ItemPhoto.view, Exhibit)
        .select_from(PhysicalItem)
        .outerjoin(ItemPhoto, link & visible(session, actor, ItemPhoto))
        .outerjoin(Exhibit, (Exhibit.id == ItemPhoto.photo_id) & visible(session, actor, Exhibit))
        .where(PhysicalItem.exhibit_id == exhibit.id, visible(session, actor, PhysicalItem))
        .order_by(Exhibit.reference)
    )
    rows = session.execute(query).all()
    if not rows:
        return None
    # The outer joins leave both empty where there is no photo, which the types of the query do not know.
    pairs: list[tuple[PhotoView | None, Exhibit | None]] = [(view, photo) for _item, view, photo in rows]
    return rows[0][0], [Photo(photo, view) for view, photo in pairs if photo is not None and view is not None]


def refuse_unless_photo(session: Session, exhibit: Exhibit, actor: Actor) -> None:
    """Refuse what is no original photo, or what the actor may not see."""
    require(session, actor, Permission.READ, exhibit.compartment_id, level=exhibit.level)
    if exhibit.kind is not ExhibitKind.PHOTO or exhibit.sha256 is None or exhibit.made_from_id is not None:
        raise InvalidInput(
            f"{exhibit.reference} is not an original photo.", advice="Name an exhibit of the kind photo."
        )


def _missing(facts: PhysicalFacts, photos: Sequence[Photo]) -> list[str]:
    asked = {
        "why it had to be taken (exception_reason)": facts.exception_reason,
        "why it would have been lost (imminent_loss)": facts.imminent_loss,
        "why taking it was lawful (lawful_basis)": facts.lawful_basis,
        "the authority that was notified (authority_notified)": facts.authority_notified,
        "when it was notified (notified)": facts.notified,
    }
    if facts.hazard not in HARMLESS:
        asked[f"who cleared it, its hazard being {facts.hazard.value} (cleared_by)"] = facts.cleared_by
    missing = [what for what, value in asked.items() if value is None or not str(value).strip()]
    # Three copies of one photo show no more than one: what counts is different bytes.
    in_situ = {photo.exhibit.sha256 for photo in photos if photo.view is PhotoView.IN_SITU}
    if len(in_situ) < PHOTOS_NEEDED:
        missing.append(f"{PHOTOS_NEEDED} different photos in situ ({len(in_situ)} given)")
    return missing

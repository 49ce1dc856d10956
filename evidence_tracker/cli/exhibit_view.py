"""How exhibits are shown: one line of a list, or everything that is known of one."""

from typing import Any

from sqlalchemy.orm import Session

from evidence_tracker.casework.exhibits import (
    digests,
    examination,
    people,
    physical,
    provenance,
    queries,
    seals,
)
from evidence_tracker.casework.exhibits import transfers as transfers_room
from evidence_tracker.casework.exhibits.models import Exhibit, ExhibitPerson
from evidence_tracker.casework.persons.models import Person
from evidence_tracker.cli.door import Door
from evidence_tracker.cli.exhibit_facts import shown
from evidence_tracker.custody.events import Actor

LINE = ("reference", "kind", "title", "media_type", "size_bytes", "level", "received_at")
FIELDS = (
    "reference",
    "kind",
    "title",
    "description",
    "sha256",
    "size_bytes",
    "media_type",
    "original_name",
    "received_at",
    "received_from",
    "source_kind",
    "method",
    "collected",
    "collected_by",
    "place",
    "device",
    "device_clock_offset_s",
    "language",
    "particulars",
    "is_graphic",
    "admissibility_notes",
    "retention",
    "derivative_kind",
    "made_how",
    "made_with",
    "checked_at",
    "level",
    "purpose",
    "legal_basis",
    "version",
)
EXAMINED = (
    "examined_at",
    "width_px",
    "height_px",
    "pages",
    "claimed_taken",
    "claimed_offset",
    "claimed_latitude",
    "claimed_longitude",
    "camera_make",
    "camera_model",
    "properties",
    "failed",
)


def line(door: Door, row: Exhibit) -> dict[str, Any]:
    """Return one line of a list."""
    return shown(door, row, LINE)


def whole(door: Door, session: Session, row: Exhibit, actor: Actor) -> dict[str, Any]:
    """Return everything about an exhibit that exists for the one who asks."""
    made_from = queries.original_of(session, row, actor=actor)
    copies = queries.derivatives_of(session, row, actor=actor)
    holder = transfers_room.custodian_of(session, row, actor=actor)
    return {
        **shown(door, row, FIELDS),
        "made_from": made_from.reference if made_from is not None else None,
        "derivatives": [copy.reference for copy in copies],
        "digests": [_digest(one) for one in digests.digests_of(session, row, actor=actor)],
        "provenance": [_step(door, one) for one in provenance.provenance_of(session, row, actor=actor)],
        "persons": [_link(*one) for one in people.persons_of(session, row, actor=actor)],
        "custodian": {
            "name": holder.name,
            "organisation": holder.organisation,
            "transfer": holder.transfer.reference if holder.transfer is not None else None,
            "is_out": holder.is_out,
        },
        "transfers": [_transfer(door, one) for one in transfers_room.transfers_of(session, row, actor=actor)],
        "seals": [_seal(door, one) for one in seals.seals_of(session, row, actor=actor)],
        "item": _item(door, session, row, actor),
        "examinations": [
            shown(door, one, EXAMINED) for one in examination.examinations_of(session, row, actor=actor)
        ],
    }


def _digest(one: digests.RoleDigest) -> dict[str, Any]:
    return {
        "role": one.role.value,
        "algorithm": one.algorithm,
        "value": one.value,
        "stated_by": one.stated_by,
        "is_match": one.is_match,
    }


def _step(door: Door, step: Any) -> dict[str, Any]:
    return shown(door, step, ("position", "holder", "kind", "held_from", "held_until", "stated_by", "note"))


def _link(link: ExhibitPerson, person: Person) -> dict[str, Any]:
    basis = link.basis.value if link.basis is not None else None
    return {"person": person.code, "role": link.role.value, "basis": basis}


def _transfer(door: Door, row: Any) -> dict[str, Any]:
    names = (
        "reference",
        "happened",
        "released_by",
        "received_by",
        "received_organisation",
        "ended_as",
        "ended",
    )
    return shown(door, row, names)


def _seal(door: Door, row: Any) -> dict[str, Any]:
    return shown(door, row, ("number", "applied", "opened", "opened_reason", "was_intact"))


def _item(door: Door, session: Session, row: Exhibit, actor: Actor) -> dict[str, Any] | None:
    item = physical.item_of(session, row, actor=actor)
    if item is None:
        return None
    names = tuple(physical.PhysicalFacts.__dataclass_fields__)
    photos = physical.photos_of(session, item, actor=actor)
    return shown(door, item, names) | {
        "photos": [{"reference": photo.exhibit.reference, "view": photo.view.value} for photo in photos]
    }

"""Raising a level takes along what hangs on the record: half-hidden is not hidden."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import Record
from evidence_tracker.access.records import amend
from evidence_tracker.casework.exhibits.models import (
    Component,
    Exhibit,
    ExhibitDigest,
    ExhibitMetadata,
    ExhibitPerson,
    ItemPhoto,
    PhysicalItem,
    ProvenanceStep,
    Remnant,
    Seal,
    Transfer,
)
from evidence_tracker.custody.events import Actor

_OF_EXHIBIT: tuple[Any, ...] = (
    ExhibitDigest,
    ExhibitMetadata,
    ExhibitPerson,
    PhysicalItem,
    ProvenanceStep,
    Remnant,
    Seal,
    Transfer,
)


def raise_exhibit(session: Session, exhibit: Exhibit, *, actor: Actor) -> None:
    """Bring what hangs on an exhibit up to its level; a lower level takes nothing along.

    Working copies are exhibits with a level of their own and stay: a redaction may well be
    less restricted than its original.
    """
    for model in _OF_EXHIBIT:
        raise_rows(session, model, model.exhibit_id == exhibit.id, exhibit.level, actor=actor)
    items = select(PhysicalItem.id).where(PhysicalItem.exhibit_id == exhibit.id)
    remnants = select(Remnant.id).where(Remnant.exhibit_id == exhibit.id)
    shown = or_(ItemPhoto.physical_item_id.in_(items), ItemPhoto.remnant_id.in_(remnants))
    raise_rows(session, ItemPhoto, shown, exhibit.level, actor=actor)
    raise_rows(session, Component, Component.remnant_id.in_(remnants), exhibit.level, actor=actor)


def raise_rows(session: Session, model: Any, which: Any, level: Level, *, actor: Actor) -> None:
    """Amend the rows of a model that stand below ``level``."""
    below = [lower for lower in Level if lower.rank < level.rank]
    rows: Iterable[Record] = session.scalars(select(model).where(which, model.level.in_(below))).all()
    for row in rows:
        amend(session, row, {"level": level}, actor=actor)

"""Remains of munitions and the marked parts inside them; a hypothesis is rated, never a fact."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence_tracker.access import stated
from evidence_tracker.access.policy import Permission, require, visible
from evidence_tracker.access.records import Governance, create, needed, next_reference
from evidence_tracker.casework.actors.models import Company
from evidence_tracker.casework.exhibits.facts import columns
from evidence_tracker.casework.exhibits.models import (
    Component,
    Confidence,
    Exhibit,
    ItemPhoto,
    ListHit,
    Remnant,
)
from evidence_tracker.casework.exhibits.physical import Photo, refuse_unless_photo
from evidence_tracker.casework.exhibits.raising import raise_rows
from evidence_tracker.custody.events import Actor, CustodyVerb
from evidence_tracker.errors import GateClosed, InvalidInput
from evidence_tracker.values.moment import Moment
from evidence_tracker.values.place import Place

SERIES = "R"
_HS_CODE = re.compile(r"\d{4}(\d{2}){0,3}")
_TIERS = range(1, 5)
_FULL_CIRCLE_DEG = 360


@dataclass(frozen=True)
class RemnantFacts:
    """What is stated about remains; lengths in millimetres, azimuth in degrees from true north."""

    found: Moment
    position: Place
    munition: str | None = None
    confidence: Confidence = Confidence.UNKNOWN
    munition_basis: str | None = None
    found_by: str | None = None
    markings: str | None = None
    serial_number: str | None = None
    lot_number: str | None = None
    fuze: str | None = None
    fragments: str | None = None
    crater_diameter_mm: int | None = None
    crater_depth_mm: int | None = None
    crater_azimuth_deg: int | None = None
    crater_note: str | None = None
    cleared_by: str | None = None
    cleared: Moment | None = None
    is_handled: bool = False
    custodian: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class ComponentFacts:
    """What is stated about one part; ``seat_country`` is where its maker sits, not where it was made."""

    description: str
    manufacturer_marking: str | None = None
    part_number: str | None = None
    date_code: str | None = None
    company_basis: str | None = None
    seat_country: str | None = None
    hs_code: str | None = None
    battlefield_list: ListHit = ListHit.NOT_CHECKED
    battlefield_tier: int | None = None
    battlefield_version: str | None = None
    is_dual_use: bool | None = None
    supplier_trace: str | None = None


def add_remnant(session: Session, exhibit: Exhibit, facts: RemnantFacts, *, actor: Actor) -> Remnant:
    """Record remains that an exhibit (a photo, or the thing itself) documents."""
    require(session, actor, Permission.READ, exhibit.compartment_id, level=exhibit.level)
    values = columns(facts)
    _refuse_remnant(values)
    return create(
        session,
        Remnant,
        compartment_id=exhibit.compartment_id,
        governance=Governance.of(exhibit),
        actor=actor,
        occurred=facts.found,
        reference=next_reference(session, SERIES),
        exhibit_id=exhibit.id,
        **values,
    )


def amend_remnant(
    session: Session,
    remnant: Remnant,
    changes: Mapping[str, Any],
    *,
    actor: Actor,
    expected_version: int | None = None,
) -> Remnant:
    """Correct what is stated about remains; every version stays in the log."""
    _refuse_unknown(changes, RemnantFacts)
    _refuse_remnant({name: getattr(remnant, name) for name in columns_of(RemnantFacts)} | dict(changes))
    stated.amend_stated(session, remnant, changes, actor=actor, expected_version=expected_version)
    if "level" in changes:
        raise_rows(session, Component, Component.remnant_id == remnant.id, remnant.level, actor=actor)
        raise_rows(session, ItemPhoto, ItemPhoto.remnant_id == remnant.id, remnant.level, actor=actor)
    return remnant


def add_remnant_photo(session: Session, remnant: Remnant, photo: Photo, *, actor: Actor) -> ItemPhoto:
    """Add a photo that shows the remains."""
    refuse_unless_photo(session, photo.exhibit, actor)
    return create(
        session,
        ItemPhoto,
        compartment_id=remnant.compartment_id,
        governance=Governance.of(remnant),
        actor=actor,
        verb=CustodyVerb.LINKED,
        remnant_id=remnant.id,
        photo_id=photo.exhibit.id,
        view=photo.view,
    )


def add_component(
    session: Session,
    remnant: Remnant,
    facts: ComponentFacts,
    *,
    actor: Actor,
    trademark_image: Exhibit | None = None,
    company: Company | None = None,
) -> Component:
    """Record a marked part inside remains, with the photo of its trademark and the company it points to."""
    require(session, actor, Permission.READ, remnant.compartment_id, level=remnant.level)
    values = columns(facts)
    _refuse_component(values, company_id=_company_id(session, company, actor))
    if trademark_image is not None:
        require(session, actor, Permission.READ, trademark_image.compartment_id, level=trademark_image.level)
    return create(
        session,
        Component,
        compartment_id=remnant.compartment_id,
        governance=Governance.of(remnant),
        actor=actor,
        remnant_id=remnant.id,
        trademark_image_id=trademark_image.id if trademark_image is not None else None,
        company_id=company.id if company is not None else None,
        **_normal(values),
    )


def amend_component(
    session: Session,
    component: Component,
    changes: Mapping[str, Any],
    *,
    actor: Actor,
    company: Company | None = None,
    expected_version: int | None = None,
) -> Component:
    """Correct what is stated about a part, or say which company it points to."""
    _refuse_unknown(changes, ComponentFacts)
    values = _normal(changes)
    if company is not None:
        values["company_id"] = _company_id(session, company, actor)
    whole = {name: getattr(component, name) for name in columns_of(ComponentFacts)} | values
    _refuse_component(whole, company_id=values.get("company_id", component.company_id))
    return stated.amend_stated(session, component, values, actor=actor, expected_version=expected_version)


def components_of(session: Session, remnant: Remnant, *, actor: Actor) -> Sequence[Component]:
    """Return the parts of remains that exist for this actor, as they were recorded."""
    return session.scalars(
        select(Component)
        .where(Component.remnant_id == remnant.id, visible(session, actor, Component))
        .order_by(Component.recorded_at, Component.id)
    ).all()


def columns_of(facts: type[Any]) -> frozenset[str]:
    """Return the names of the fields of a facts dataclass."""
    return frozenset(facts.__dataclass_fields__)


def _refuse_unknown(changes: Mapping[str, Any], facts: type[Any]) -> None:
    fixed = sorted(set(changes) - columns_of(facts) - set(stated.GOVERNED))
    if fixed:
        raise InvalidInput(f"The {', '.join(fixed)} cannot be changed.")


def _refuse_remnant(values: Mapping[str, Any]) -> None:
    if values["is_handled"] and not (values["cleared_by"] or "").strip():
        raise GateClosed(
            "Remains are not handled before somebody qualified has cleared them.",
            advice="Name who cleared them (cleared_by), or record them as seen and not touched.",
        )
    if (values["munition"] is None) != (values["confidence"] is Confidence.UNKNOWN):
        raise InvalidInput(
            "A hypothesis on the munition and its confidence go together.",
            advice="State both, or leave the munition out and the confidence unknown.",
        )
    if values["munition"] is not None:
        needed(values["munition_basis"], "What the hypothesis on the munition rests on (munition_basis)")
    for name in ("crater_diameter_mm", "crater_depth_mm"):
        if values[name] is not None and values[name] < 0:
            raise InvalidInput(f"The {name.replace('_', ' ')} cannot be negative.")
    azimuth = values["crater_azimuth_deg"]
    if azimuth is not None and not 0 <= azimuth < _FULL_CIRCLE_DEG:
        raise InvalidInput("An azimuth lies from 0 to 359 degrees.")


def _refuse_component(values: Mapping[str, Any], *, company_id: UUID | None) -> None:
    needed(values["description"], "What the part is (description)")
    if company_id is not None:
        needed(values["company_basis"], "Why the part points to this company (company_basis)")
    hit, tier = values["battlefield_list"], values["battlefield_tier"]
    if hit is not ListHit.NOT_CHECKED:
        needed(values["battlefield_version"], "Which edition of the list was checked (battlefield_version)")
    if (tier is not None and tier not in _TIERS) or (tier is not None and hit is not ListHit.YES):
        raise InvalidInput("Only a part on the list has a tier, and it is 1, 2, 3 or 4.")


def _normal(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values with code and country in their one spelling."""
    normal = dict(values)
    if normal.get("hs_code") is not None:
        digits = re.sub(r"[\s.]", "", normal["hs_code"])
        if not digits.isascii() or not _HS_CODE.fullmatch(digits):
            raise InvalidInput(
                f"{normal['hs_code']!r} is not an HS or CN code.", advice="It has 4, 6, 8 or 10 digits."
            )
        normal["hs_code"] = digits
    if normal.get("seat_country") is not None:
        normal["seat_country"] = stated.country(normal["seat_country"], "seat of the company")
    return normal


def _company_id(session: Session, company: Company | None, actor: Actor) -> UUID | None:
    if company is None:
        return None
    require(session, actor, Permission.READ, company.compartment_id, level=company.level)
    return company.id

"""Remains of munitions, and the marked parts inside them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy.orm import Session

from evidence_tracker.casework.actors.models import Company
from evidence_tracker.casework.exhibits import queries, remnants
from evidence_tracker.casework.exhibits.models import (
    Component,
    Confidence,
    Exhibit,
    ListHit,
    PhotoView,
    Remnant,
)
from evidence_tracker.casework.exhibits.physical import Photo
from evidence_tracker.custody.events import Actor
from evidence_tracker.web import fields
from evidence_tracker.web.fields import Field, Text, Word
from evidence_tracker.web.forms import amender
from evidence_tracker.web.kinds import (
    Action,
    Column,
    Deed,
    Facts,
    Filter,
    Listing,
    Pair,
    Room,
    Scope,
    Section,
    Tab,
    entered,
    titled,
)
from evidence_tracker.web.rooms import asked
from evidence_tracker.web.rooms.remnant_facts import COMPONENT, REMNANT, VIEWS
from evidence_tracker.web.words import said


@dataclass(frozen=True)
class Part:
    """A part of remains with the company it points to and the photo of its trademark."""

    item: Component
    company: Company | None
    image: Exhibit | None


def _company(**more: Any) -> Field:
    label = _l("Company that it points to (reference)")
    return asked.ref("company", label, Company, lambda row: row.name_latin, **more)


def _parts(session: Session, row: Remnant, actor: Actor) -> Sequence[Part]:
    return [Part(*found) for found in queries.components_with(session, row, actor=actor)]


def _photos(session: Session, row: Remnant, actor: Actor) -> Sequence[Pair]:
    return [Pair(link, photo) for link, photo in queries.photos_of_remnant(session, row, actor=actor)]


def _listed(part: Part) -> str:
    """Return whether a part is on the list, with tier and edition."""
    row = part.item
    if row.battlefield_list is not ListHit.YES:
        return said(row.battlefield_list)
    tier = gettext("tier %(tier)s", tier=row.battlefield_tier) if row.battlefield_tier else ""
    return ", ".join(word for word in (said(row.battlefield_list), tier, row.battlefield_version) if word)


def _company_of(part: Part) -> Markup | None:
    if part.company is None:
        return None
    url = asked.way("companies", part.company.reference)
    name = Markup('<span class="bidi">{}</span>').format(part.company.name_latin)
    return Markup('<a href="{}">{}</a>').format(url, name) if url else name


def _image_of(part: Part) -> Markup | None:
    if part.image is None:
        return None
    url = asked.way("evidence", part.image.reference)
    return Markup('<a class="ref" href="{}">{}</a>').format(url, part.image.reference)


def _exhibit_of(session: Session, row: Remnant, actor: Actor) -> Markup | None:
    return asked.exhibit_link(session, row.exhibit_id, actor)


def _known(deed: Deed) -> dict[str, Any]:
    return {name: value for name, value in deed.stated.items() if value is not None}


def _add_part(deed: Deed) -> Component:
    company, image = deed.took("company"), deed.took("trademark_image")
    facts = remnants.ComponentFacts(**_known(deed))
    return remnants.add_component(
        deed.session, deed.row, facts, trademark_image=image, company=company, actor=deed.actor
    )


def _name_company(deed: Deed) -> Component:
    company = deed.took("company")
    return remnants.amend_component(
        deed.session,
        deed.item,
        deed.stated,
        company=company,
        actor=deed.actor,
        expected_version=deed.version,
    )


def _add_photo(deed: Deed) -> Any:
    photo = Photo(deed.stated["photo"], deed.stated["view"])
    return remnants.add_remnant_photo(deed.session, deed.row, photo, actor=deed.actor)


PARTS = Section(
    name="components",
    title=_l("Marked parts inside it"),
    tab="parts",
    rows=_parts,
    columns=(
        Column(label=_l("Part"), cell=lambda part: part.item.description),
        Column(label=_l("Marking"), cell=lambda part: part.item.manufacturer_marking),
        Column(label=_l("Part number"), cell=lambda part: part.item.part_number),
        Column(label=_l("Company"), cell=_company_of),
        Column(label=_l("Seat"), cell=lambda part: part.item.seat_country),
        Column(label=_l("HS code"), cell=lambda part: part.item.hs_code),
        Column(label=_l("High-priority list"), cell=_listed),
        Column(label=_l("Trademark"), cell=_image_of),
    ),
    empty=_l("No marked part is recorded."),
    actions=(
        Action(
            name="add",
            label=_l("Record a part"),
            scope=Scope.SECTION,
            fields=(
                *COMPONENT,
                _company(),
                asked.exhibit("trademark_image", _l("Photo of the trademark (evidence item)")),
            ),
            run=_add_part,
            help=_l("Where a company sits says nothing about where the part was made."),
        ),
    ),
    item_actions=(
        Action(
            name="amend",
            label=_l("Correct"),
            scope=Scope.ITEM,
            fields=COMPONENT,
            amends=True,
            run=amender(remnants.amend_component),
        ),
        Action(
            name="company",
            label=_l("Name the company"),
            scope=Scope.ITEM,
            fields=(
                _company(required=True),
                Text(name="company_basis", label=_l("Why it points to that company"), required=True),
            ),
            run=_name_company,
        ),
    ),
)
PHOTOS = Section(
    name="photos",
    title=_l("Photos"),
    rows=_photos,
    is_aside=True,
    columns=(
        Column(label=_l("Photo"), cell=lambda row: row.other.reference, kind="ref"),
        Column(label=_l("Shows"), cell=lambda row: str(VIEWS[row.item.view])),
    ),
    link=lambda row: asked.way("evidence", row.other.reference),
    empty=_l("No photo but the item that documents it."),
    actions=(
        Action(
            name="add",
            label=_l("Add a photo"),
            scope=Scope.SECTION,
            fields=(
                asked.exhibit("photo", _l("Photo (evidence item)"), required=True),
                Word(name="view", label=_l("What it shows"), enum=PhotoView, required=True),
            ),
            run=_add_photo,
        ),
    ),
)
ROOM = Room(
    name="remnants",
    icon="bomb",
    one=_l("remnant"),
    many=_l("Remnants"),
    intro=_l("Remains of munitions, each documented by an evidence item. What it was is a rated hypothesis."),
    model=Remnant,
    find=queries.find_remnant,
    title=lambda row: row.munition or gettext("Remains of an unknown munition"),
    status=lambda row: row.confidence,
    listing=Listing(
        page=queries.list_remnants,
        sorts=(*entered(), *titled("munition")),
        columns=(
            Column(name="munition", label=_l("Munition, as a hypothesis"), cell=lambda row: row.munition),
            Column(name="confidence", label=_l("Confidence"), cell=lambda row: row.confidence),
            Column(name="found", label=_l("Found"), cell=lambda row: row.found),
            Column(name="position", label=_l("Position"), cell=lambda row: row.position, is_narrow=True),
            Column(
                name="touched", label=_l("Touched"), cell=lambda row: row.is_handled or None, is_narrow=True
            ),
        ),
        filters=(
            Filter(name="confidence", label=_l("Confidence"), enum=Confidence, read=Confidence),
            Filter(
                name="is_handled",
                label=_l("Touched"),
                choices=lambda _session, _actor: [("yes", _l("touched")), ("no", _l("not touched"))],
                read=lambda text: {"yes": True, "no": False}[text],
                says="%(words)s",
            ),
        ),
        is_scoped=True,
        empty=_l(
            "None yet. Remains are recorded at the evidence item that documents them: Keeping, Record remains."
        ),
    ),
    facts=(
        Facts(
            title=_l("What it may be"),
            names=(
                *("munition", "confidence", "munition_basis", "markings", "serial_number", "lot_number"),
                *("fuze", "fragments"),
            ),
        ),
        Facts(
            title=_l("Where it was found"),
            names=("exhibit_id", "found", "found_by", "position"),
        ),
        Facts(
            title=_l("Traces on the ground"),
            names=("crater_diameter_mm", "crater_depth_mm", "crater_azimuth_deg", "crater_note"),
        ),
        Facts(title=_l("Safety"), names=("is_handled", "cleared_by", "cleared", "custodian", "note")),
    ),
    show={"exhibit_id": _exhibit_of},
    tabs=(Tab(name="parts", title=_l("Parts")),),
    sections=(PARTS, PHOTOS),
    actions=(
        Action(
            name="amend",
            label=_l("Correct"),
            fields=(
                *REMNANT,
                fields.level(required=True, group=_l("Protection and lawfulness")),
                *fields.governance()[1:],
            ),
            amends=True,
            run=amender(remnants.amend_remnant),
            icon="pencil",
            is_main=True,
        ),
    ),
)

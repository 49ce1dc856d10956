"""Things rather than bytes: items taken, their seals and transfers, remnants and their parts.

``models`` lists these too, so that it names every table of the room.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from evidence_tracker.access.models import Record, words
from evidence_tracker.access.searched import Searched
from evidence_tracker.values.moment import Moment
from evidence_tracker.values.place import Place


class Hazard(StrEnum):
    """What a physical item could do to those who handle it."""

    NONE = "none"
    EXPLOSIVE = "explosive"
    CHEMICAL = "chemical"
    BIOLOGICAL = "biological"
    RADIOLOGICAL = "radiological"
    SHARP = "sharp"
    UNKNOWN = "unknown"


class PhysicalItem(Record):
    """The physical side of an exhibit: taking things is the exception, and says why."""

    __tablename__ = "physical_item"
    searched = Searched(texts=("markings",), of=("exhibit_id",))

    exhibit_id: Mapped[UUID] = mapped_column(ForeignKey("exhibit.id"), unique=True)
    exception_reason: Mapped[str]
    imminent_loss: Mapped[str]
    lawful_basis: Mapped[str]
    authority_notified: Mapped[str]
    notified: Mapped[Moment]
    authority_answer: Mapped[str | None]
    hazard: Mapped[Hazard] = mapped_column(words(Hazard))
    cleared_by: Mapped[str | None]
    dimensions: Mapped[str | None]
    markings: Mapped[str | None]
    packaging: Mapped[str | None]
    protective_equipment: Mapped[str | None]
    storage_temperature: Mapped[str | None]
    storage_location: Mapped[str | None]


class PhotoView(StrEnum):
    """What a photo of a thing shows: from far to near, then its marks."""

    IN_SITU = "in-situ"
    OVERALL = "overall"
    MIDDLE = "middle"
    CLOSE = "close"
    MARKING = "marking"
    SCALE = "scale"


class ItemPhoto(Record):
    """A photo exhibit that shows a physical item or a remnant."""

    __tablename__ = "item_photo"
    __table_args__ = (
        CheckConstraint("(physical_item_id IS NULL) <> (remnant_id IS NULL)", name="one_thing"),
    )

    physical_item_id: Mapped[UUID | None] = mapped_column(ForeignKey("physical_item.id"), index=True)
    remnant_id: Mapped[UUID | None] = mapped_column(ForeignKey("remnant.id"), index=True)
    photo_id: Mapped[UUID] = mapped_column(ForeignKey("exhibit.id"), index=True)
    view: Mapped[PhotoView] = mapped_column(words(PhotoView))
    ended_at: Mapped[datetime | None]


class Seal(Record):
    """A numbered seal on an exhibit's packaging, from its closing to its opening."""

    __tablename__ = "seal"
    searched = Searched(codes=("number",), of=("exhibit_id",))
    __table_args__ = (
        Index(
            "uq_seal_in_use",
            "number",
            unique=True,
            sqlite_where=text("opened IS NULL"),
            postgresql_where=text("opened IS NULL"),
        ),
        Index(
            "uq_seal_on_exhibit",
            "exhibit_id",
            unique=True,
            sqlite_where=text("opened IS NULL"),
            postgresql_where=text("opened IS NULL"),
        ),
        UniqueConstraint("exhibit_id", "position"),
    )

    exhibit_id: Mapped[UUID] = mapped_column(ForeignKey("exhibit.id"))
    position: Mapped[int]
    number: Mapped[str]
    container: Mapped[str | None]
    applied: Mapped[Moment]
    witness: Mapped[str | None]
    opened: Mapped[Moment | None]
    opened_reason: Mapped[str | None]
    was_intact: Mapped[bool | None]


class TransferEnd(StrEnum):
    """How a handing over ended."""

    RETURNED = "returned"
    HANDED_ON = "handed-on"
    KEPT = "kept"


class Transfer(Record):
    """One handing over of a physical item or a data carrier, as the custody form has it.

    ``ended_as`` None means that the item is out and expected back; KEPT that the receiver
    keeps it. Who holds the item now is derived from the newest transfer, never stored.
    """

    __tablename__ = "transfer"
    searched = Searched(texts=("reason", "condition"), of=("exhibit_id",))
    __table_args__ = (
        Index(
            "uq_transfer_open",
            "exhibit_id",
            unique=True,
            sqlite_where=text("ended_as IS NULL"),
            postgresql_where=text("ended_as IS NULL"),
        ),
        UniqueConstraint("exhibit_id", "position"),
    )

    reference: Mapped[str] = mapped_column(unique=True)
    exhibit_id: Mapped[UUID] = mapped_column(ForeignKey("exhibit.id"))
    position: Mapped[int]
    released_by: Mapped[str]
    released_organisation: Mapped[str]
    received_by: Mapped[str]
    received_organisation: Mapped[str]
    happened: Mapped[Moment]
    place: Mapped[Place | None]
    reason: Mapped[str]
    authority: Mapped[str | None]
    transport: Mapped[str | None]
    container: Mapped[str | None]
    seal_old: Mapped[str | None]
    seal_new: Mapped[str | None]
    is_seal_intact: Mapped[bool | None]
    condition: Mapped[str]
    media_serial: Mapped[str | None]
    witness: Mapped[str | None]
    signature_id: Mapped[UUID | None] = mapped_column(ForeignKey("exhibit.id"))
    remarks: Mapped[str | None]
    ended_as: Mapped[TransferEnd | None] = mapped_column(words(TransferEnd))
    ended: Mapped[Moment | None]
    end_condition: Mapped[str | None]
    end_remarks: Mapped[str | None]


class Confidence(StrEnum):
    """How sure the person who names a munition is; never a statement of fact."""

    CONFIRMED = "confirmed"
    PROBABLE = "probable"
    POSSIBLE = "possible"
    UNKNOWN = "unknown"


class Remnant(Record):
    """Remains of a munition, documented by at least one photo exhibit.

    Lengths are in millimetres, the azimuth in degrees from true north towards the origin
    of fire. ``is_handled`` needs ``cleared_by``: nobody touches what was not cleared.
    """

    __tablename__ = "remnant"
    searched = Searched(
        title=("munition",),
        texts=("munition_basis", "position", "markings"),
        codes=("serial_number", "lot_number"),
    )
    __table_args__ = (
        CheckConstraint("NOT is_handled OR cleared_by IS NOT NULL", name="cleared_before_handled"),
        CheckConstraint("(munition IS NULL) = (confidence = 'unknown')", name="hypothesis_rated"),
    )

    reference: Mapped[str] = mapped_column(unique=True)
    exhibit_id: Mapped[UUID] = mapped_column(ForeignKey("exhibit.id"), index=True)
    munition: Mapped[str | None]
    confidence: Mapped[Confidence] = mapped_column(words(Confidence))
    munition_basis: Mapped[str | None]
    found: Mapped[Moment]
    found_by: Mapped[str | None]
    position: Mapped[Place]
    markings: Mapped[str | None]
    serial_number: Mapped[str | None]
    lot_number: Mapped[str | None]
    fuze: Mapped[str | None]
    fragments: Mapped[str | None]
    crater_diameter_mm: Mapped[int | None]
    crater_depth_mm: Mapped[int | None]
    crater_azimuth_deg: Mapped[int | None]
    crater_note: Mapped[str | None]
    cleared_by: Mapped[str | None]
    cleared: Mapped[Moment | None]
    is_handled: Mapped[bool] = mapped_column(default=False)
    custodian: Mapped[str | None]
    note: Mapped[str | None]


class ListHit(StrEnum):
    """Whether a part stands on the common high-priority (battlefield) items list."""

    NOT_CHECKED = "not-checked"
    NO = "no"
    YES = "yes"


class Component(Record):
    """A marked part inside a remnant; the maker's country of seat says nothing about where it was made."""

    __tablename__ = "component"
    searched = Searched(
        texts=("description",), codes=("manufacturer_marking", "part_number"), of=("remnant_id",)
    )

    remnant_id: Mapped[UUID] = mapped_column(ForeignKey("remnant.id"), index=True)
    description: Mapped[str]
    manufacturer_marking: Mapped[str | None]
    part_number: Mapped[str | None] = mapped_column(index=True)
    trademark_image_id: Mapped[UUID | None] = mapped_column(ForeignKey("exhibit.id"))
    date_code: Mapped[str | None]
    company_id: Mapped[UUID | None] = mapped_column(ForeignKey("company.id"), index=True)
    company_basis: Mapped[str | None]
    seat_country: Mapped[str | None]
    hs_code: Mapped[str | None]
    battlefield_list: Mapped[ListHit] = mapped_column(words(ListHit), default=ListHit.NOT_CHECKED)
    battlefield_tier: Mapped[int | None]
    battlefield_version: Mapped[str | None]
    is_dual_use: Mapped[bool | None]
    supplier_trace: Mapped[str | None]

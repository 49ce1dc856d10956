"""Exhibits and what hangs on them: nouns only; the acts are in the modules beside this one.

Things that can be held (items, seals, transfers, remnants) are in ``thing_models`` and listed
here too. The columns are described in docs/explanation/data-model/exhibits.md.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from evidence_tracker.access.models import Record, words
from evidence_tracker.access.searched import Searched
from evidence_tracker.casework.exhibits.thing_models import (
    Component,
    Confidence,
    Hazard,
    ItemPhoto,
    ListHit,
    PhotoView,
    PhysicalItem,
    Remnant,
    Seal,
    Transfer,
    TransferEnd,
)
from evidence_tracker.values.moment import Moment
from evidence_tracker.values.place import Place

__all__ = [
    "Component",
    "Confidence",
    "DerivativeKind",
    "DigestRole",
    "Exhibit",
    "ExhibitDigest",
    "ExhibitKind",
    "ExhibitMetadata",
    "ExhibitPerson",
    "Hazard",
    "HolderKind",
    "ItemPhoto",
    "LinkBasis",
    "ListHit",
    "PersonRole",
    "PhotoView",
    "PhysicalItem",
    "ProvenanceStep",
    "Remnant",
    "Retention",
    "Seal",
    "SourceKind",
    "Transfer",
    "TransferEnd",
]


class ExhibitKind(StrEnum):
    """What sort of thing was registered."""

    DIGITAL = "digital"
    DOCUMENT = "document"
    PHOTO = "photo"
    VIDEO = "video"
    AUDIO = "audio"
    PHYSICAL = "physical"
    RECORDING = "recording"
    ONLINE_CAPTURE = "online-capture"
    PRODUCT = "product"


class SourceKind(StrEnum):
    """Where an exhibit came from; a person stands in a link of their own."""

    PERSON = "person"
    PARTNER = "partner"
    PUBLIC = "public"
    OWN = "own"


class DerivativeKind(StrEnum):
    """What a working copy is to the exhibit it was made from."""

    REDACTION = "redaction"
    TRANSCRIPT = "transcript"
    TRANSLATION = "translation"
    THUMBNAIL = "thumbnail"
    COPY = "copy"
    IDENTIFIERS_REMOVED = "identifiers-removed"


class Retention(StrEnum):
    """How long the record is kept; when it ends is decided by a person, never by a clock alone."""

    EVIDENCE_OPEN = "evidence-open"
    LEAD_ONLY = "lead-only"
    RESEARCH = "research"
    PROTECTION = "protection"
    REJECTED_INTAKE = "rejected-intake"


def _backlog(name: str, condition: str) -> Index:
    """Return the index of what waits for somebody, in the order in which it was recorded."""
    where = text(condition)
    return Index(f"ix_exhibit_{name}", "recorded_at", sqlite_where=where, postgresql_where=where)


class Exhibit(Record):
    """One registered original, or a working copy made from one.

    Registration claims nothing about admissibility. Every receipt is an exhibit of its
    own, even of the same bytes. A physical item has no bytes: ``blob_id``, ``sha256``,
    ``size_bytes`` and ``media_type`` are then None, else copied from the vault at receipt.
    """

    __tablename__ = "exhibit"
    searched = Searched(
        title=("title",),
        texts=("description", "place", "original_name", "admissibility_notes"),
        codes=("sha256",),
    )
    __table_args__ = (
        Index(None, "recorded_at", "id", "compartment_id", "level"),
        Index(None, "received_at", "id", "compartment_id", "level"),
        Index(None, "size_bytes", "id", "compartment_id", "level"),
        _backlog("without_basis", "legal_basis IS NULL"),
        _backlog("without_source", "source_kind IS NULL"),
        _backlog("from_persons", "source_kind = 'person'"),
        _backlog("unchecked", "derivative_kind IS NOT NULL AND checked_by IS NULL"),
        CheckConstraint("(made_from_id IS NULL) = (derivative_kind IS NULL)", name="derivative_whole"),
        CheckConstraint("(checked_by IS NULL) = (checked_at IS NULL)", name="check_whole"),
        CheckConstraint("checked_by IS NULL OR checked_by <> recorded_by", name="second_person"),
        CheckConstraint(
            "(blob_id IS NULL) = (sha256 IS NULL) AND (blob_id IS NULL) = (size_bytes IS NULL)"
            " AND (blob_id IS NULL) = (media_type IS NULL)",
            name="bytes_whole",
        ),
    )

    reference: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[ExhibitKind] = mapped_column(words(ExhibitKind))
    title: Mapped[str]
    description: Mapped[str | None]
    mission_id: Mapped[UUID | None] = mapped_column(ForeignKey("mission.id"), index=True)
    blob_id: Mapped[UUID | None] = mapped_column(ForeignKey("blob.id"), index=True)
    sha256: Mapped[str | None] = mapped_column(index=True)
    size_bytes: Mapped[int | None]
    media_type: Mapped[str | None]
    original_name: Mapped[str | None]
    received_at: Mapped[datetime]
    received_from: Mapped[str | None]
    source_kind: Mapped[SourceKind | None] = mapped_column(words(SourceKind))
    method: Mapped[str | None]
    collected: Mapped[Moment | None]
    collected_earliest_at: Mapped[datetime | None]
    collected_latest_at: Mapped[datetime | None]
    collected_by: Mapped[str | None]
    place: Mapped[Place | None]
    device: Mapped[str | None]
    device_clock_offset_s: Mapped[int | None]
    language: Mapped[str | None]
    particulars: Mapped[dict[str, Any]] = mapped_column(default=dict)
    is_graphic: Mapped[bool] = mapped_column(default=False)
    admissibility_notes: Mapped[str | None]
    retention: Mapped[Retention | None] = mapped_column(words(Retention))
    made_from_id: Mapped[UUID | None] = mapped_column(ForeignKey("exhibit.id"), index=True)
    derivative_kind: Mapped[DerivativeKind | None] = mapped_column(words(DerivativeKind))
    made_how: Mapped[str | None]
    made_with: Mapped[str | None]
    checked_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    checked_at: Mapped[datetime | None]


class DigestRole(StrEnum):
    """Who vouches for a digest.

    The last two are read from the exhibit and from its blob, never stated by a person.
    """

    CLAIMED_BY_CAMERA = "claimed-by-camera"
    STATED_BY_THIRD_PARTY = "stated-by-third-party"
    AS_RECEIVED = "as-received"
    AS_STORED = "as-stored"


class ExhibitDigest(Record):
    """A digest that somebody else states for an exhibit; a difference is shown, never repaired."""

    __tablename__ = "exhibit_digest"
    searched = Searched(codes=("value",), of=("exhibit_id",))

    exhibit_id: Mapped[UUID] = mapped_column(ForeignKey("exhibit.id"), index=True)
    role: Mapped[DigestRole] = mapped_column(words(DigestRole))
    algorithm: Mapped[str]
    value: Mapped[str]
    stated_by: Mapped[str]
    is_match: Mapped[bool | None]


class HolderKind(StrEnum):
    """What held an exhibit before it came to us."""

    DEVICE = "device"
    CHANNEL = "channel"
    PARTNER = "partner"
    PERSON = "person"
    US = "us"


class ProvenanceStep(Record):
    """One prior holder, in order from the first (1) to us, each as somebody states it."""

    __tablename__ = "provenance_step"
    __table_args__ = (UniqueConstraint("exhibit_id", "position"),)

    exhibit_id: Mapped[UUID] = mapped_column(ForeignKey("exhibit.id"))
    position: Mapped[int]
    holder: Mapped[str]
    kind: Mapped[HolderKind] = mapped_column(words(HolderKind))
    held_from: Mapped[Moment | None]
    held_until: Mapped[Moment | None]
    stated_by: Mapped[str]
    note: Mapped[str | None]


class PersonRole(StrEnum):
    """What a person is to an exhibit."""

    SOURCE = "source"
    DEPICTED = "depicted"
    MENTIONED = "mentioned"
    OWNER = "owner"


class LinkBasis(StrEnum):
    """Why an exhibit that touches a person may be used without asking that person again."""

    CONSENT = "consent"
    PUBLIC_SOURCE = "public-source"
    REDACTED_DERIVATIVE = "redacted-derivative"
    NECESSITY = "necessity"


class ExhibitPerson(Record):
    """A person's link to an exhibit. Without a basis, "depicted" and "mentioned" close the way out."""

    __tablename__ = "exhibit_person"
    __table_args__ = (
        Index(
            "uq_exhibit_person_live",
            "exhibit_id",
            "person_id",
            "role",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    exhibit_id: Mapped[UUID] = mapped_column(ForeignKey("exhibit.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[PersonRole] = mapped_column(words(PersonRole))
    basis: Mapped[LinkBasis | None] = mapped_column(words(LinkBasis))
    basis_note: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    ended_reason: Mapped[str | None]


class ExhibitMetadata(Record):
    """What the sandboxed examination read in an exhibit's bytes.

    The camera's date and position are the file's claims, kept as they stand; a date
    without an offset is never turned into UTC.
    """

    __tablename__ = "exhibit_metadata"
    __table_args__ = (
        Index(
            "ix_exhibit_metadata_failed",
            "recorded_at",
            sqlite_where=text("failed IS NOT NULL"),
            postgresql_where=text("failed IS NOT NULL"),
        ),
    )

    exhibit_id: Mapped[UUID] = mapped_column(ForeignKey("exhibit.id"), index=True)
    examined_at: Mapped[datetime]
    examiner: Mapped[str]
    width_px: Mapped[int | None]
    height_px: Mapped[int | None]
    pages: Mapped[int | None]
    claimed_taken: Mapped[str | None]
    claimed_offset: Mapped[str | None]
    claimed_latitude: Mapped[str | None]
    claimed_longitude: Mapped[str | None]
    camera_make: Mapped[str | None]
    camera_model: Mapped[str | None]
    properties: Mapped[dict[str, Any]] = mapped_column(default=dict)
    failed: Mapped[str | None]

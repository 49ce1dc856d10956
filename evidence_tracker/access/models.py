"""Accounts, compartments, grants; the base of every record of the rooms; the access log."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, Enum, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from evidence_tracker.access.levels import Level
from evidence_tracker.access.searched import Searched
from evidence_tracker.db import Base, Evidential


def words(enum: type[StrEnum]) -> Enum:
    """Return the column type of an enum: its values as text, checked on the way in and out."""
    return Enum(
        enum,
        values_callable=lambda members: [member.value for member in members],
        native_enum=False,
        create_constraint=False,
        length=40,
        validate_strings=True,
    )


class CompartmentKind(StrEnum):
    """What a compartment is drawn around."""

    ORGANISATION = "organisation"
    MISSION = "mission"
    PROJECT = "project"
    CASE = "case"
    STUDY = "study"
    PARTNER = "partner"


class Role(StrEnum):
    """What a grant lets its holder do in a compartment (``policy.ROLES``)."""

    LEAD = "lead"
    INVESTIGATOR = "investigator"
    ANALYST = "analyst"
    LEGAL_OFFICER = "legal-officer"
    APPROVER = "approver"
    CUSTODIAN = "custodian"
    SECURITY_OFFICER = "security-officer"
    AUDITOR = "auditor"
    OPERATOR = "operator"
    READER = "reader"


class Compartment(Evidential):
    """A fence with a key: every record and blob has exactly one home compartment."""

    __tablename__ = "compartment"

    key_id: Mapped[UUID] = mapped_column(ForeignKey("compartment_key.id"))
    kind: Mapped[CompartmentKind] = mapped_column(words(CompartmentKind))
    reference: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    level_ceiling: Mapped[Level] = mapped_column(words(Level))
    opened_at: Mapped[datetime]


class Account(Evidential):
    """Somebody who works here; never deleted, only switched off."""

    __tablename__ = "account"

    login: Mapped[str] = mapped_column(unique=True)
    display_name: Mapped[str]
    system_user: Mapped[str | None] = mapped_column(unique=True)
    secret_hash: Mapped[str | None]
    partner_id: Mapped[UUID | None]
    is_active: Mapped[bool] = mapped_column(default=True)
    added_at: Mapped[datetime]


class Grant(Evidential):
    """A role in a compartment for one account or one partner, for a purpose, with an end."""

    __tablename__ = "access_grant"
    __table_args__ = (
        CheckConstraint("(account_id IS NULL) <> (partner_id IS NULL)", name="one_holder"),
        Index(None, "account_id", "compartment_id"),
        Index(None, "partner_id", "compartment_id"),
    )

    compartment_id: Mapped[UUID] = mapped_column(ForeignKey("compartment.id"))
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    partner_id: Mapped[UUID | None]
    role: Mapped[Role] = mapped_column(words(Role))
    level: Mapped[Level] = mapped_column(words(Level))
    purpose: Mapped[str]
    granted_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    granted_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class Record(Evidential):
    """The base of every record of the rooms.

    Owner, purpose and legal basis are there from the creation on; the basis has no
    default: None means that nobody has stated one, which closes the way to a submission.
    ``searched`` names the columns by whose words it can be found; None: by none.
    """

    __abstract__ = True

    searched: ClassVar[Searched | None] = None

    compartment_id: Mapped[UUID] = mapped_column(ForeignKey("compartment.id"), index=True)
    level: Mapped[Level] = mapped_column(words(Level))
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    purpose: Mapped[str | None]
    legal_basis: Mapped[str | None]
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))


class Profile(Evidential):
    """What this installation is: one row, inside the encrypted database."""

    __tablename__ = "profile"

    organisation: Mapped[str]
    origin: Mapped[str]
    prefix: Mapped[str]
    kind: Mapped[str]
    organisation_compartment_id: Mapped[UUID] = mapped_column(ForeignKey("compartment.id"))


class ReferenceCounter(Base):
    """The last number given in one series of references."""

    __tablename__ = "reference_counter"

    series: Mapped[str] = mapped_column(primary_key=True)
    last: Mapped[int]


class AccessKind(StrEnum):
    """What the access log notes."""

    READ = "read"
    DENIED = "denied"
    UNLOCKED = "unlocked"
    SIGN_IN = "sign-in"


class AccessEntry(Base):
    """One line of the access log; written by the door in a transaction of its own."""

    __tablename__ = "access_entry"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    account_id: Mapped[UUID | None]
    door: Mapped[str]
    system_user: Mapped[str | None]
    kind: Mapped[AccessKind] = mapped_column(words(AccessKind))
    what: Mapped[str]
    level: Mapped[Level | None] = mapped_column(words(Level))


class Draft(Base):
    """Words not saved yet: encrypted, overwritable, outside the log.

    A half-typed sentence of a survivor is never fixed for ever.
    """

    __tablename__ = "draft"
    __table_args__ = (Index(None, "account_id", "kind", "subject_id", unique=True),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    compartment_id: Mapped[UUID] = mapped_column(ForeignKey("compartment.id"))
    kind: Mapped[str]
    subject_id: Mapped[UUID]
    sealed: Mapped[bytes]
    based_on_version: Mapped[int | None]
    updated_at: Mapped[datetime]


def snapshot_fields(record: Record) -> dict[str, Any]:
    """Return what every record carries, for a new record that inherits it from ``record``."""
    return {"purpose": record.purpose, "legal_basis": record.legal_basis, "level": record.level}

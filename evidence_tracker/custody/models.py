"""Rows of the log. All but the head and the subject keys refuse UPDATE and DELETE by trigger."""

from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from evidence_tracker.db import Base


class LogEpoch(Base):
    """One log: its origin, its size and the right edge of its tree (the head)."""

    __tablename__ = "log_epoch"

    epoch: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    origin: Mapped[str]
    size: Mapped[int]
    frontier: Mapped[list[str]]


class CustodyEventRow(Base):
    """One leaf and its encrypted payload.

    ``leaf`` holds the exact bytes that were hashed; ``payload`` the salted fields,
    encrypted under the subject's key; the other columns repeat fields for look-ups and
    are compared with the payload at verification.
    """

    __tablename__ = "custody_event"
    __table_args__ = (UniqueConstraint("subject", "seq"), Index(None, "act_id"))

    epoch: Mapped[int] = mapped_column(ForeignKey("log_epoch.epoch"), primary_key=True, autoincrement=False)
    idx: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    # No foreign key to subject_key: erasure destroys the key and leaves the leaf.
    subject: Mapped[UUID]
    seq: Mapped[int]
    act_id: Mapped[UUID]
    verb: Mapped[str]
    leaf: Mapped[bytes]
    payload: Mapped[bytes]


class LogNode(Base):
    """The hash of a complete subtree, so that a proof reads as many rows as the tree is high."""

    __tablename__ = "log_node"

    epoch: Mapped[int] = mapped_column(ForeignKey("log_epoch.epoch"), primary_key=True, autoincrement=False)
    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    idx: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[bytes]


class SubjectKey(Base):
    """The wrapped key of one subject's payloads; erasure destroys this row and nothing else."""

    __tablename__ = "subject_key"

    subject: Mapped[UUID] = mapped_column(primary_key=True)
    compartment_id: Mapped[UUID] = mapped_column(ForeignKey("compartment_key.id"))
    wraps: Mapped[list[dict[str, Any]]]


class SignedCheckpoint(Base):
    """A checkpoint this instance signed: never two of one size that differ."""

    __tablename__ = "checkpoint"

    epoch: Mapped[int] = mapped_column(ForeignKey("log_epoch.epoch"), primary_key=True, autoincrement=False)
    size: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    note: Mapped[bytes]

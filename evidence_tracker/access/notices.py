"""Notices: what an account is told in the page, written in the same transaction as its cause.

A notice holds no words: it names the record, and what it says is made when it is read. A notice
of a record that its reader may no longer see does not exist for them.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import TypeVar
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, ForeignKey, Index, Select, and_, func, or_, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from evidence_tracker.access.indexing import SearchEntry
from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import Account, Grant, Record, words
from evidence_tracker.access.policy import ROLES, Permission, now, reach, within
from evidence_tracker.access.records import PAGE
from evidence_tracker.custody.events import Actor
from evidence_tracker.db import Base

AnyRow = TypeVar("AnyRow")
MOST_COUNTED = 100


class NoticeKind(StrEnum):
    """What a notice tells."""

    APPROVAL_ASKED = "approval-asked"
    APPROVED = "approved"
    APPROVAL_VOIDED = "approval-voided"
    BUNDLE_WRITTEN = "bundle-written"
    BUNDLE_RELEASED = "bundle-released"
    WORK_DONE = "work-done"
    WORK_FAILED = "work-failed"
    TASK_GIVEN = "task-given"
    TASK_ENDED = "task-ended"
    EXCEPTION_ASKED = "exception-asked"
    EXCEPTION_DECIDED = "exception-decided"
    CONSENT_WITHDRAWN = "consent-withdrawn"


class Notice(Base):
    """One thing one account is told; the same thing told again before it was seen is one notice.

    ``subject_kind`` is the table of the record and ``reference`` its reference; ``told_by`` who
    caused it, None where it was the program.
    """

    __tablename__ = "notice"
    __table_args__ = (
        Index(None, "account_id", "at", "id"),
        Index(
            "uq_notice_unseen",
            "account_id",
            "kind",
            "subject_id",
            unique=True,
            sqlite_where=text("seen_at IS NULL"),
            postgresql_where=text("seen_at IS NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]
    kind: Mapped[NoticeKind] = mapped_column(words(NoticeKind))
    subject_id: Mapped[UUID]
    subject_kind: Mapped[str]
    reference: Mapped[str]
    told_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    seen_at: Mapped[datetime | None]


def tell(
    session: Session,
    account_ids: Iterable[UUID],
    kind: NoticeKind,
    record: Record,
    *,
    by: Actor | None = None,
) -> None:
    """Tell accounts something about a record that can be found; whoever caused it is not told.

    ``by`` None: the program caused it, and all are told. Nobody is asked for a right: a notice
    is shown only to who may read the record then.
    """
    told = set(account_ids) - ({by.account_id} if by is not None else set())
    if not told:
        return
    unseen = select(Notice).where(
        Notice.account_id.in_(told),
        Notice.kind == kind,
        Notice.subject_id == record.id,
        Notice.seen_at.is_(None),
    )
    known = {notice.account_id: notice for notice in session.scalars(unseen)}
    for account_id in sorted(told):
        notice = known.get(account_id)
        if notice is None:
            notice = Notice(account_id=account_id, kind=kind, subject_id=record.id, seen_at=None)
            session.add(notice)
        notice.at = now(session)
        notice.told_by = by.account_id if by is not None else None
        notice.subject_kind = record.__tablename__
        notice.reference = reference_of(record)


def holders(
    session: Session, permission: Permission, compartment_id: UUID, *, level: Level = Level.INTERNAL
) -> set[UUID]:
    """Return the accounts that may do this in a compartment at this level now: whom to tell.

    For acts; a page would tell who works where.
    """
    live = and_(
        Grant.compartment_id == compartment_id,
        Grant.role.in_([role for role, permissions in ROLES.items() if permission in permissions]),
        Grant.level.in_([ceiling for ceiling in Level if level in ceiling.up_to()]),
        Grant.ended_at.is_(None),
        or_(Grant.expires_at.is_(None), Grant.expires_at > now(session)),
    )
    query = select(Account.id).where(
        Account.is_active,
        or_(
            Account.id.in_(select(Grant.account_id).where(live, Grant.account_id.is_not(None))),
            Account.partner_id.in_(select(Grant.partner_id).where(live, Grant.partner_id.is_not(None))),
        ),
    )
    return set(session.scalars(query))


def unseen(session: Session, actor: Actor) -> int:
    """Return how many notices wait to be seen, 100 where there are more."""
    waiting = _mine(session, select(Notice.id), actor).where(Notice.seen_at.is_(None)).limit(MOST_COUNTED)
    return session.scalar(select(func.count()).select_from(waiting.subquery())) or 0


def page_notices(
    session: Session,
    *,
    actor: Actor,
    after: tuple[datetime, UUID] | None = None,
    limit: int = PAGE,
) -> Sequence[Notice]:
    """Return one page of one's own notices, newest first; ``after`` is the last one's (at, id)."""
    query = _mine(session, select(Notice), actor)
    if after is not None:
        moment, row_id = after
        query = query.where((Notice.at < moment) | ((Notice.at == moment) & (Notice.id < row_id)))
    return session.scalars(query.order_by(Notice.at.desc(), Notice.id.desc()).limit(limit)).all()


def mark_seen(session: Session, notice_ids: Collection[UUID] | None = None, *, actor: Actor) -> int:
    """Note that these of one's own notices were seen (None: all of them); return how many were new."""
    change = update(Notice).where(Notice.account_id == actor.account_id, Notice.seen_at.is_(None))
    if notice_ids is not None:
        change = change.where(Notice.id.in_(notice_ids))
    # With RETURNING, since the number of changed rows is no part of the result's type.
    return len(session.scalars(change.values(seen_at=now(session)).returning(Notice.id)).all())


def _mine(session: Session, query: Select[AnyRow], actor: Actor) -> Select[AnyRow]:
    return query.where(Notice.account_id == actor.account_id, _is_readable(session, actor))


def _is_readable(session: Session, actor: Actor) -> ColumnElement[bool]:
    # Level and compartment as they are now: the entry of the search follows each saved version.
    reached = reach(session, actor)
    entry = SearchEntry.__table__.alias("told_of")
    return select(entry.c.id).where(entry.c.record_id == Notice.subject_id, within(reached, entry.c)).exists()


def reference_of(record: Record) -> str:
    """Return the reference (or the code) of a record that can be found; raises TypeError for others."""
    found = getattr(record, "reference", None) or getattr(record, "code", None)
    if not isinstance(found, str):
        raise TypeError(f"a {record.__tablename__} has no reference to be told by")
    return found

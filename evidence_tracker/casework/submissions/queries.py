"""Questions about submissions: how far each has come, what is in it, who approved, what was handed over."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import Session

from evidence_tracker.access.models import Account
from evidence_tracker.access.orders import After
from evidence_tracker.access.policy import visible
from evidence_tracker.access.records import PAGE, find, page
from evidence_tracker.casework.allegations.models import Allegation
from evidence_tracker.casework.exhibits.models import Exhibit
from evidence_tracker.casework.incidents.models import Incident
from evidence_tracker.casework.interviews.models import Interview
from evidence_tracker.casework.parties.models import Party
from evidence_tracker.casework.persons.models import Person
from evidence_tracker.casework.submissions.models import (
    Approval,
    Bundle,
    BundleState,
    ItemKind,
    Receipt,
    Submission,
    SubmissionItem,
)
from evidence_tracker.custody.events import Actor

KINDS: Mapping[ItemKind, type[Any]] = {
    ItemKind.EXHIBIT: Exhibit,
    ItemKind.INTERVIEW: Interview,
    ItemKind.INCIDENT: Incident,
    ItemKind.ALLEGATION: Allegation,
    ItemKind.PERSON: Person,
}


class Progress(StrEnum):
    """How far a submission has come, from its newest bundle that was not given up."""

    OPEN = "open"
    SEALED = "sealed"
    WRITTEN = "written"
    RELEASED = "released"
    CLOSED = "closed"


def find_submission(session: Session, reference: str, *, actor: Actor) -> Submission:
    """Return a submission by its reference (in any case), else ``NotFound``."""
    return find(session, Submission, reference.strip().upper(), actor=actor)


def page_submissions(
    session: Session,
    *,
    actor: Actor,
    progress: Progress | None = None,
    party_id: UUID | None = None,
    compartment_id: UUID | None = None,
    after: After | None = None,
    limit: int = PAGE,
) -> Sequence[Submission]:
    """Return one page of submissions, newest first; of one progress, recipient or compartment if asked."""
    query = select(Submission)
    if party_id is not None:
        query = query.where(Submission.party_id == party_id)
    if compartment_id is not None:
        query = query.where(Submission.compartment_id == compartment_id)
    if progress is Progress.CLOSED:
        query = query.where(Submission.closed_at.is_not(None))
    elif progress is not None:
        query = query.where(Submission.closed_at.is_(None), _has_come_to(progress))
    return page(session, query, Submission, actor=actor, after=after, limit=limit)


def _has_come_to(progress: Progress) -> Any:
    def has(*states: BundleState) -> Any:
        return exists().where(and_(Bundle.submission_id == Submission.id, Bundle.state.in_(states)))

    unreleased = has(BundleState.SEALED, BundleState.WRITTEN)
    if progress is Progress.OPEN:
        return ~or_(unreleased, has(BundleState.RELEASED))
    if progress is Progress.RELEASED:
        return and_(has(BundleState.RELEASED), ~unreleased)
    return has(BundleState(progress.value))


def progress_of(session: Session, rows: Sequence[Submission]) -> dict[UUID, Progress]:
    """Return how far each of these submissions has come, in one query."""
    query = (
        select(Bundle.submission_id, Bundle.state)
        .where(Bundle.submission_id.in_([row.id for row in rows]), Bundle.state != BundleState.ABANDONED)
        .order_by(Bundle.sealed_at)
    )
    newest = {submission: Progress(state.value) for submission, state in session.execute(query)}
    return {row.id: Progress.CLOSED if row.closed_at else newest.get(row.id, Progress.OPEN) for row in rows}


def recipients_of(session: Session, rows: Sequence[Submission], *, actor: Actor) -> dict[UUID, Party]:
    """Return the recipients of these submissions that exist for this person, by the submission's id."""
    query = select(Party).where(Party.id.in_({row.party_id for row in rows}), visible(session, actor, Party))
    known = {party.id: party for party in session.scalars(query)}
    return {row.id: known[row.party_id] for row in rows if row.party_id in known}


def for_exhibit(session: Session, exhibit: Exhibit, *, actor: Actor) -> Sequence[Submission]:
    """Return the submissions that an exhibit is in, by reference."""
    held = select(SubmissionItem.submission_id).where(
        SubmissionItem.exhibit_id == exhibit.id,
        SubmissionItem.ended_at.is_(None),
        visible(session, actor, SubmissionItem),
    )
    query = select(Submission).where(Submission.id.in_(held), visible(session, actor, Submission))
    return session.scalars(query.order_by(Submission.reference)).all()


def items_of(
    session: Session, submission: Submission, *, actor: Actor
) -> Sequence[tuple[SubmissionItem, Any | None]]:
    """Return the items that are in, each with its record where that exists for this person.

    One query for each kind of record, however many there are.
    """
    query = select(SubmissionItem).where(
        SubmissionItem.submission_id == submission.id,
        SubmissionItem.ended_at.is_(None),
        visible(session, actor, SubmissionItem),
    )
    order = list(ItemKind)
    rows = sorted(session.scalars(query), key=lambda item: (order.index(item.kind), item.number))
    records: dict[UUID, Any] = {}
    for kind in {item.kind for item in rows}:
        model = KINDS[kind]
        ids = [item.subject for item in rows if item.kind is kind]
        found = session.scalars(select(model).where(model.id.in_(ids), visible(session, actor, model)))
        records |= {row.id: row for row in found}
    return [(item, records.get(item.subject)) for item in rows]


def approvals_of(
    session: Session, submission: Submission, *, actor: Actor
) -> Sequence[tuple[Approval, Account]]:
    """Return the approvals of a submission with who gave them, newest first."""
    query = (
        select(Approval, Account)
        .join(Account, Account.id == Approval.approver_id)
        .where(Approval.submission_id == submission.id, visible(session, actor, Approval))
        .order_by(Approval.recorded_at.desc())
    )
    return [(approval, account) for approval, account in session.execute(query)]


def bundles_of(session: Session, submission: Submission, *, actor: Actor) -> Sequence[Bundle]:
    """Return the bundles of a submission, newest first, those that were given up included."""
    query = select(Bundle).where(Bundle.submission_id == submission.id, visible(session, actor, Bundle))
    return session.scalars(query.order_by(Bundle.sealed_at.desc())).all()


def receipts_of(session: Session, submission: Submission, *, actor: Actor) -> Sequence[Receipt]:
    """Return what the recipient acknowledged, newest first."""
    query = (
        select(Receipt)
        .join(Bundle, Bundle.id == Receipt.bundle_id)
        .where(Bundle.submission_id == submission.id, visible(session, actor, Receipt))
    )
    return session.scalars(query.order_by(Receipt.recorded_at.desc())).all()


def annexes_of(session: Session, submission: Submission, *, actor: Actor) -> Sequence[Submission]:
    """Return the identity annexes of a submission."""
    query = select(Submission).where(
        Submission.annex_of_id == submission.id, visible(session, actor, Submission)
    )
    return session.scalars(query.order_by(Submission.recorded_at)).all()

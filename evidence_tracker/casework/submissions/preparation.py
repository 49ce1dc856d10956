"""Opening a submission and choosing what goes into it."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from evidence_tracker.access.policy import Permission, now
from evidence_tracker.access.records import Governance, amend, create, get, needed, next_reference
from evidence_tracker.casework.allegations.models import Allegation
from evidence_tracker.casework.consent.models import Use
from evidence_tracker.casework.exhibits.models import Exhibit
from evidence_tracker.casework.incidents.models import Incident
from evidence_tracker.casework.interviews.models import Interview
from evidence_tracker.casework.parties.models import Party
from evidence_tracker.casework.persons.models import Person
from evidence_tracker.casework.submissions.models import (
    Bundle,
    BundleState,
    Disclosure,
    ItemKind,
    Submission,
    SubmissionItem,
    SubmissionKind,
)
from evidence_tracker.custody.events import Actor, CustodyVerb
from evidence_tracker.errors import GateClosed, InvalidInput

LANGUAGES = ("en", "uk")
Subject = Exhibit | Interview | Incident | Allegation | Person
_KINDS: dict[type[Any], ItemKind] = {
    Exhibit: ItemKind.EXHIBIT,
    Interview: ItemKind.INTERVIEW,
    Incident: ItemKind.INCIDENT,
    Allegation: ItemKind.ALLEGATION,
    Person: ItemKind.PERSON,
}


@dataclass(frozen=True)
class Opening:
    """What a submission begins with; ``statement`` is read by the recipient."""

    title: str
    use: Use
    statement: str = ""
    language: str = "en"


def open_submission(
    session: Session,
    *,
    compartment_id: UUID,
    recipient: Party,
    opening: Opening,
    governance: Governance,
    actor: Actor,
    annex_of: Submission | None = None,
) -> Submission:
    """Open a submission to one recipient for one use; an identity annex names what it is the annex of."""
    if opening.language not in LANGUAGES:
        raise InvalidInput(
            f"There is no index in {opening.language!r}.", advice=f"Choose one of {', '.join(LANGUAGES)}."
        )
    if annex_of is not None:
        _refuse_odd_annex(annex_of, recipient)
    return create(
        session,
        Submission,
        compartment_id=compartment_id,
        governance=governance,
        actor=actor,
        permission=Permission.PREPARE,
        reference=next_reference(session, "S"),
        kind=SubmissionKind.EVIDENCE if annex_of is None else SubmissionKind.IDENTITY_ANNEX,
        title=needed(opening.title, "The title of the submission"),
        party_id=recipient.id,
        use=opening.use,
        statement=opening.statement,
        language=opening.language,
        annex_of_id=annex_of.id if annex_of else None,
    )


def _refuse_odd_annex(annex_of: Submission, recipient: Party) -> None:
    if annex_of.kind is not SubmissionKind.EVIDENCE:
        raise InvalidInput("An annex belongs to a submission of evidence, not to another annex.")
    if annex_of.party_id != recipient.id:
        raise InvalidInput("An identity annex goes to the recipient of the submission it belongs to.")


def amend_submission(
    session: Session,
    submission: Submission,
    changes: dict[str, Any],
    *,
    actor: Actor,
    expected_version: int | None = None,
) -> Submission:
    """Change title, statement, language, purpose, basis or level; an approval given before no longer fits."""
    refuse_fixed(session, submission)
    unknown = changes.keys() - {"title", "statement", "language", "purpose", "legal_basis", "level"}
    if unknown:
        raise InvalidInput(f"{min(unknown)!r} of a submission cannot be changed.")
    return amend(
        session,
        submission,
        changes,
        actor=actor,
        expected_version=expected_version,
        permission=Permission.PREPARE,
    )


def add_item(session: Session, submission: Submission, subject: Subject, *, actor: Actor) -> SubmissionItem:
    """Put a record into the submission; it gets the first number of its kind that is free there."""
    refuse_fixed(session, submission)
    kind = _KINDS[type(subject)]
    _refuse_wrong_kind(submission, kind)
    seen = get(session, type(subject), subject.id, actor=actor)
    column = getattr(SubmissionItem, f"{kind.value}_id")
    present = select(SubmissionItem.number).where(
        SubmissionItem.submission_id == submission.id, column == seen.id, SubmissionItem.ended_at.is_(None)
    )
    if (number := session.scalar(present)) is not None:
        raise InvalidInput(f"It is in this submission already, as {number}.")
    return create(
        session,
        SubmissionItem,
        compartment_id=submission.compartment_id,
        governance=Governance.of(submission),
        actor=actor,
        permission=Permission.PREPARE,
        verb=CustodyVerb.LINKED,
        submission_id=submission.id,
        number=next(_free_numbers(session, submission, kind)),
        kind=kind,
        **_only(kind, seen.id),
    )


def _only(kind: ItemKind, subject: UUID) -> dict[str, Any]:
    return {f"{kind.value}_id": subject}


def _refuse_wrong_kind(submission: Submission, kind: ItemKind) -> None:
    is_annex = submission.kind is SubmissionKind.IDENTITY_ANNEX
    if is_annex and kind is not ItemKind.PERSON:
        raise InvalidInput("An identity annex holds persons only.", advice="Add it to the submission itself.")
    if not is_annex and kind is ItemKind.PERSON:
        raise GateClosed(
            "Identities never go in a submission of evidence.",
            advice="Open an identity annex with 'submission open --annex-of'; it has its own consent and key.",
        )


def _free_numbers(session: Session, submission: Submission, kind: ItemKind) -> Iterator[str]:
    """Yield the numbers of a kind that no item has and no released bundle ever carried, from 1 on."""
    taken = _handed_over(session, submission) | {item.number for item in live_items(session, submission)}
    return (number for place in count(1) if (number := f"{kind.prefix}-{place:04d}") not in taken)


def _handed_over(session: Session, submission: Submission) -> set[str]:
    released = select(Bundle.id).where(Bundle.submission_id == submission.id)
    return set(session.scalars(select(Disclosure.number).where(Disclosure.bundle_id.in_(released))))


def remove_item(
    session: Session, submission: Submission, item: SubmissionItem, *, reason: str, actor: Actor
) -> SubmissionItem:
    """Take an item out again, for a reason that stays here; the numbers behind it move up."""
    refuse_fixed(session, submission)
    if item.ended_at is not None:
        raise InvalidInput(f"{item.number} is out of the submission already.")
    amend(
        session,
        item,
        {"ended_at": now(session), "ended_reason": needed(reason, "The reason")},
        actor=actor,
        permission=Permission.PREPARE,
        verb=CustodyVerb.UNLINKED,
    )
    _close_gaps(session, submission, item.kind, actor=actor)
    return item


def _close_gaps(session: Session, submission: Submission, kind: ItemKind, *, actor: Actor) -> None:
    # A hole in the numbers would tell the recipient that something was withheld, and how much.
    # What was handed over keeps its number: a number never means two things to a reader.
    fixed = _handed_over(session, submission)
    for item in live_items(session, submission):
        if item.kind is not kind or item.number in fixed:
            continue
        free = next(_free_numbers(session, submission, kind))
        if free < item.number:
            amend(session, item, {"number": free}, actor=actor, permission=Permission.PREPARE)


def close_submission(session: Session, submission: Submission, *, reason: str, actor: Actor) -> Submission:
    """Close a submission: nothing more is added, sealed or released."""
    refuse_fixed(session, submission)
    return amend(
        session,
        submission,
        {"closed_at": now(session), "closed_reason": needed(reason, "The reason")},
        actor=actor,
        permission=Permission.PREPARE,
        verb=CustodyVerb.STATE_CHANGED,
    )


def live_items(session: Session, submission: Submission) -> list[SubmissionItem]:
    """Return the items that are in: exhibits, interviews, incidents, allegations, each by number."""
    rows = session.scalars(
        select(SubmissionItem).where(
            SubmissionItem.submission_id == submission.id, SubmissionItem.ended_at.is_(None)
        )
    )
    order = list(ItemKind)
    return sorted(rows, key=lambda item: (order.index(item.kind), item.number))


def bytes_of_exhibits(session: Session, submission: Submission) -> int:
    """Return how many bytes the exhibits in a submission have: what a check or a build has to read."""
    exhibits = [item.exhibit_id for item in live_items(session, submission) if item.exhibit_id is not None]
    return int(
        session.scalar(select(func.coalesce(func.sum(Exhibit.size_bytes), 0)).where(Exhibit.id.in_(exhibits)))
        or 0
    )


def refuse_fixed(session: Session, submission: Submission) -> None:
    """Refuse what is closed, or sealed in a bundle that was neither released nor given up."""
    if submission.closed_at is not None:
        raise GateClosed(f"{submission.reference} is closed.", advice="Open a new submission.")
    sealed = session.scalar(
        select(Bundle.name).where(
            Bundle.submission_id == submission.id,
            Bundle.state.in_([BundleState.SEALED, BundleState.WRITTEN]),
        )
    )
    if sealed is not None:
        raise GateClosed(
            f"{submission.reference} is sealed as bundle {sealed}; what is sealed does not change.",
            advice="Release the bundle, or give it up with 'submission abandon'.",
        )

"""What waits in the submissions room: for an approval, a seal, a bundle, a release, a receipt; and what cannot go."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, literal, or_, select

from evidence_tracker.access.policy import Permission
from evidence_tracker.access.waiting import Asking, Question
from evidence_tracker.casework.exhibits.models import Exhibit
from evidence_tracker.casework.interviews.models import Interview
from evidence_tracker.casework.parties.models import Party
from evidence_tracker.casework.submissions.models import (
    Approval,
    Bundle,
    BundleState,
    Receipt,
    Submission,
    SubmissionItem,
)

_ON_ITS_WAY = (BundleState.SEALED, BundleState.WRITTEN)
_BUNDLES = Bundle.__table__.join(Submission.__table__, Submission.id == Bundle.submission_id)


def questions(asking: Asking) -> Iterator[Question]:
    """Yield the questions of this room that mean something to the actor."""
    if asking.may(Permission.APPROVE):
        yield _to_approve(asking)
    if asking.may(Permission.PREPARE):
        yield from _blocked(asking)
    if asking.may(Permission.BUILD):
        yield _to_seal(asking)
        yield _to_build(asking)
    if asking.may(Permission.RELEASE):
        yield _to_release(asking)
        yield _without_receipt(asking)


def _to_approve(asking: Asking) -> Question:
    me = asking.me
    mine = select(SubmissionItem.id).where(
        SubmissionItem.submission_id == Submission.id, SubmissionItem.recorded_by == me
    )
    return asking.question(
        "submissions-to-approve",
        Submission,
        *_preparing(),
        _has_items(),
        ~_approved().exists(),
        Submission.owner_id != me,
        Submission.recorded_by != me,
        ~mine.exists(),
        asking.within(Submission, Permission.APPROVE),
        title=Submission.title,
        since=Submission.recorded_at,
    )


def _to_seal(asking: Asking) -> Question:
    """Approved, as far as a question can tell: whether the approval still fits is for the seal to say."""
    me = asking.me
    return asking.question(
        "submissions-to-seal",
        Submission,
        *_preparing(),
        _approved().exists(),
        ~_approved().where(Approval.approver_id == me).exists(),
        asking.within(Submission, Permission.BUILD),
        title=Submission.title,
        since=Submission.recorded_at,
    )


def _to_build(asking: Asking) -> Question:
    return _with_bundle(
        asking, "submissions-to-build", Bundle.state == BundleState.SEALED, Permission.BUILD, Bundle.sealed_at
    )


def _to_release(asking: Asking) -> Question:
    return _with_bundle(
        asking,
        "submissions-to-release",
        Bundle.state == BundleState.WRITTEN,
        Permission.RELEASE,
        Bundle.written_at,
    )


def _without_receipt(asking: Asking) -> Question:
    receipt = select(Receipt.id).where(Receipt.bundle_id == Bundle.id)
    return _with_bundle(
        asking,
        "submissions-without-receipt",
        (Bundle.state == BundleState.RELEASED) & ~receipt.exists(),
        Permission.RELEASE,
        Bundle.released_at,
    )


def _with_bundle(
    asking: Asking, group: str, condition: ColumnElement[bool], permission: Permission, since: object
) -> Question:
    return asking.question(
        group,
        Submission,
        condition,
        Submission.closed_at.is_(None),
        asking.within(Submission, permission),
        title=Submission.title,
        since=since,
        source=_BUNDLES,
    )


def _blocked(asking: Asking) -> Iterator[Question]:
    """Yield one question for each gate that a query can ask; the title names the gate.

    All gates are asked on the submission's own page.
    """
    gates: dict[str, ColumnElement[bool]] = {
        "empty": ~_has_items(),
        "statement": Submission.statement == "",
        "recipient": _recipient_ended(),
        "legal-basis": or_(Submission.legal_basis.is_(None), *(_lacks_basis(kind) for kind in _ITEMS)),
        "source-unknown": _lacks_source(),
    }
    for gate, condition in gates.items():
        yield asking.question(
            "submissions-blocked",
            Submission,
            *_preparing(),
            condition,
            asking.within(Submission, Permission.PREPARE),
            title=literal(gate),
            since=Submission.recorded_at,
        )


_ITEMS: tuple[tuple[type[Exhibit] | type[Interview], object], ...] = (
    (Exhibit, SubmissionItem.exhibit_id),
    (Interview, SubmissionItem.interview_id),
)


def _preparing() -> tuple[ColumnElement[bool], ...]:
    on_its_way = select(Bundle.id).where(
        Bundle.submission_id == Submission.id, Bundle.state.in_((*_ON_ITS_WAY, BundleState.RELEASED))
    )
    return Submission.closed_at.is_(None), ~on_its_way.exists()


def _has_items() -> ColumnElement[bool]:
    return (
        select(SubmissionItem.id)
        .where(SubmissionItem.submission_id == Submission.id, SubmissionItem.ended_at.is_(None))
        .exists()
    )


def _approved() -> Question:
    return select(Approval.id).where(Approval.submission_id == Submission.id, Approval.revoked_at.is_(None))


def _recipient_ended() -> ColumnElement[bool]:
    ended = select(Party.id).where(
        Party.id == Submission.party_id,
        or_(Party.ended_at.is_not(None), Party.recipient_class.is_(None)),
    )
    return ended.exists()


def _lacks_basis(kind: tuple[type[Exhibit] | type[Interview], object]) -> ColumnElement[bool]:
    model, pointer = kind
    lacking = select(SubmissionItem.id).where(
        SubmissionItem.submission_id == Submission.id,
        SubmissionItem.ended_at.is_(None),
        model.id == pointer,
        model.legal_basis.is_(None),
    )
    return lacking.exists()


def _lacks_source() -> ColumnElement[bool]:
    lacking = select(SubmissionItem.id).where(
        SubmissionItem.submission_id == Submission.id,
        SubmissionItem.ended_at.is_(None),
        Exhibit.id == SubmissionItem.exhibit_id,
        Exhibit.source_kind.is_(None),
        Exhibit.made_from_id.is_(None),
    )
    return lacking.exists()

"""Checking and approving: every gate is asked, then a second person says yes to exactly that."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence_tracker.access import notices
from evidence_tracker.access.notices import NoticeKind
from evidence_tracker.access.policy import Permission, now, require
from evidence_tracker.access.records import Governance, amend, create, needed
from evidence_tracker.casework.exhibits.models import Exhibit
from evidence_tracker.casework.submissions import annex, payload, scan
from evidence_tracker.casework.submissions.gates import Gate, GateCode
from evidence_tracker.casework.submissions.models import Approval, Submission, SubmissionItem, SubmissionKind
from evidence_tracker.casework.submissions.plan import Plan, annex_gates, make_plan
from evidence_tracker.custody.events import Actor, CustodyVerb
from evidence_tracker.custody.history import events_of
from evidence_tracker.custody.vault import Vault
from evidence_tracker.errors import Conflict, ConsentMissing, GateClosed, InvalidInput, SecondPersonNeeded
from evidence_tracker.keys.roots import PrivateKey
from evidence_tracker.vault.keyring import Keyring

#: Gates that only the person can lift; they raise ``ConsentMissing`` instead of ``GateClosed``.
_PERSONAL = frozenset({GateCode.CONSENT})


def _tell_nobody(_size: int) -> None:
    return None


@dataclass(frozen=True)
class Looking:
    """What a check needs beside the records: the vault and the unlocked identity root.

    ``tell`` hears how many bytes of exhibits were read since it was told last.
    """

    vault: Vault
    private: PrivateKey
    frame: Mapping[str, str]
    tell: Callable[[int], None] = _tell_nobody


def check(session: Session, submission: Submission, looking: Looking, *, actor: Actor) -> Plan:
    """Ask every gate, the scan for names included; returns the plan with what is closed.

    Needs a writing session: opening the names of the identity vault is logged.
    """
    plan = look(session, submission, actor=actor)
    scanned = _scan if submission.kind is SubmissionKind.EVIDENCE else _scan_annex
    plan.gates.extend(scanned(session, submission, plan, looking, actor=actor))
    return plan


def look(session: Session, submission: Submission, *, actor: Actor) -> Plan:
    """Ask every gate but the scan for names, which needs the identity root and takes long."""
    require(session, actor, Permission.READ, submission.compartment_id, level=submission.level)
    plan = make_plan(session, submission, actor=actor)
    if submission.annex_of_id is not None:
        evidence = session.get_one(Submission, submission.annex_of_id)
        plan.gates.extend(annex_gates(plan, make_plan(session, evidence, actor=actor)))
    return plan


def _scan_annex(
    session: Session, submission: Submission, plan: Plan, looking: Looking, *, actor: Actor
) -> list[Gate]:
    """Search the words around the identities: they name nobody, least of all who is not among them."""
    names = scan.names_of_everybody(session, looking.private, submission, {}, {}, actor=actor)
    words = annex.statement(plan.document, looking.frame)
    return scan.scan_texts(names, payload.texts_of({annex.STATEMENT: words}))


def _scan(
    session: Session, submission: Submission, plan: Plan, looking: Looking, *, actor: Actor
) -> list[Gate]:
    subjects = {item["number"]: UUID(item["subject"]) for item in plan.document["items"]}
    names = scan.names_of_everybody(
        session, looking.private, submission, subjects, plan.made_from, actor=actor
    )
    items = payload.load_items(session, plan.document)
    gates = scan.scan_texts(names, payload.texts_of(payload.json_files(plan.document, items, looking.frame)))
    exhibits = {
        item["number"]: session.get_one(Exhibit, UUID(item["subject"]))
        for item in plan.document["items"]
        if item["kind"] == "exhibit"
    }
    return gates + scan.scan_exhibits(session, looking.vault, names, exhibits, looking.tell)


def refuse_closed(plan: Plan) -> None:
    """Raise with every closed gate named, the person's own first."""
    closed = plan.closed
    if not closed:
        return
    message = "; ".join(f"{gate.where}: {gate.says}" for gate in closed)
    kind = ConsentMissing if any(gate.code in _PERSONAL for gate in closed) else GateClosed
    raise kind(
        f"{len(closed)} gate(s) are closed: {message}.",
        advice="; ".join(sorted({f"{gate.where}: {gate.lifted_by}" for gate in closed})) + ".",
    )


def approve(
    session: Session,
    submission: Submission,
    looking: Looking,
    *,
    actor: Actor,
    looked_at: Collection[str] = (),
    state: str | None = None,
    note: str | None = None,
) -> Approval:
    """Say yes to the submission exactly as it stands; the approver prepared none of it.

    The right to approve is needed wherever an item is at home. ``looked_at`` names the items at
    which a person has to look; all of them must be in it. ``state`` is the beginning of the
    digest that was looked at: another one is refused, since the numbers may mean other items.
    """
    require(session, actor, Permission.APPROVE, submission.compartment_id, level=submission.level)
    _refuse_preparers(session, submission, actor)
    plan = check(session, submission, looking, actor=actor)
    for compartment_id, level in plan.homes:
        require(session, actor, Permission.APPROVE, compartment_id, level=level)
    refuse_closed(plan)
    if state is not None and not (state and plan.digest.startswith(state)):
        raise Conflict(
            f"{submission.reference} is in the state {plan.digest[:16]}, not in the one you looked at.",
            advice="Look at it again: 'submission check'.",
        )
    to_see = {gate.where for gate in plan.gates if gate.needs_a_look}
    _refuse_unseen(plan, to_see - set(looked_at))
    notices.tell(session, preparers(session, submission), NoticeKind.APPROVED, submission, by=actor)
    return create(
        session,
        Approval,
        compartment_id=submission.compartment_id,
        governance=Governance.of(submission),
        actor=actor,
        permission=Permission.APPROVE,
        verb=CustodyVerb.SUBMISSION_APPROVED,
        submission_id=submission.id,
        digest=plan.digest,
        approver_id=actor.account_id,
        looked_at=sorted(to_see),
        note=note,
        revoked_at=None,
        revoked_reason=None,
    )


def _refuse_unseen(plan: Plan, unseen: Collection[str]) -> None:
    if not unseen:
        return
    says = sorted(
        {f"{gate.where}: {gate.says}" for gate in plan.gates if gate.where in unseen and gate.needs_a_look}
    )
    raise GateClosed(
        f"A person has to look at {', '.join(sorted(unseen))}. {'; '.join(says)}.",
        advice="Look at each of them yourself, then approve with --looked-at and their numbers.",
    )


def _refuse_preparers(session: Session, submission: Submission, actor: Actor) -> None:
    if actor.account_id in preparers(session, submission):
        raise SecondPersonNeeded(f"{actor.login} prepared {submission.reference} and cannot approve it.")


def preparers(session: Session, submission: Submission) -> set[UUID]:
    """Return whoever made or changed the submission, or put in or took out any of it, by the log."""
    items = session.scalars(select(SubmissionItem).where(SubmissionItem.submission_id == submission.id)).all()
    found = {submission.owner_id, submission.recorded_by, *(item.recorded_by for item in items)}
    keyring: Keyring = session.info["keyring"]
    for subject in (submission.id, *(item.id for item in items if item.version > 1)):
        for event in events_of(session, keyring, subject):
            if event.record is not None:
                found.add(UUID(event.values["actor"]))
    return found


def revoke(session: Session, approval: Approval, *, reason: str, actor: Actor) -> Approval:
    """Take an approval back; whoever prepared the submission is told."""
    if approval.revoked_at is not None:
        raise InvalidInput("This approval was taken back already.")
    submission = session.get_one(Submission, approval.submission_id)
    notices.tell(session, preparers(session, submission), NoticeKind.APPROVAL_VOIDED, submission, by=actor)
    return amend(
        session,
        approval,
        {"revoked_at": now(session), "revoked_reason": needed(reason, "The reason")},
        actor=actor,
        permission=Permission.APPROVE,
        verb=CustodyVerb.APPROVAL_VOIDED,
    )


def fitting_approval(session: Session, submission: Submission, plan: Plan, *, actor: Actor) -> Approval:
    """Return a live approval of exactly this plan by somebody else, or refuse."""
    approvals = session.scalars(
        select(Approval)
        .where(Approval.submission_id == submission.id, Approval.revoked_at.is_(None))
        .order_by(Approval.recorded_at.desc())
    ).all()
    fitting = [row for row in approvals if row.digest == plan.digest]
    if not fitting:
        says = (
            f"{submission.reference} was changed after it was approved."
            if approvals
            else f"{submission.reference} is not approved."
        )
        raise GateClosed(says, advice="Ask another person to approve it as it stands: 'submission approve'.")
    if any(row.approver_id == actor.account_id for row in fitting):
        raise SecondPersonNeeded(
            f"{actor.login} approved {submission.reference} and cannot seal, build or release it."
        )
    return fitting[0]


def explain(plan: Plan) -> list[dict[str, Any]]:
    """Return every gate that is not open as JSON values, closed ones first."""
    return [gate.to_json() for gate in sorted(plan.gates, key=lambda gate: not gate.is_closed)]

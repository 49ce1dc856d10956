"""Seal, build and release: the long way of a bundle, in the order that nothing may leave early.

Freeze → gates → payload and manifests → ``bundle_sealed`` → checkpoint → ZIP with proofs →
``bundle_written`` → checkpoint → receipt file → release (docs/spec/bundle.md).
"""

import hashlib
import os
from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from evidence_tracker.access.records import find, profile
from evidence_tracker.casework.parties.models import Party
from evidence_tracker.casework.submissions import building, checking, releasing, sealing, writing
from evidence_tracker.casework.submissions.checking import Looking
from evidence_tracker.casework.submissions.models import Bundle, BundleState, Submission, SubmissionKind
from evidence_tracker.casework.submissions.plan import Plan
from evidence_tracker.casework.submissions.preparation import bytes_of_exhibits
from evidence_tracker.casework.submissions.sealing import Prepared
from evidence_tracker.casework.submissions.writing import Written
from evidence_tracker.custody.events import Actor
from evidence_tracker.errors import DigestMismatch, NotFound, Refused
from evidence_tracker.instance import Instance
from evidence_tracker.keys.roots import PrivateKey

Progress = Callable[[str, int, int], None]
SCANNING = "looking for names"


def _tell_nobody(_what: str, _done: int, _total: int) -> None:
    return None


class _Meter:
    """Adds up the bytes that were read, and says so."""

    def __init__(self, progress: Progress, what: str, total: int) -> None:
        self._progress = progress
        self._what = what
        self._total = total
        self._done = 0
        progress(what, 0, total)

    def add(self, size: int) -> None:
        """Count ``size`` more bytes."""
        self._done += size
        self._progress(self._what, self._done, self._total)


@dataclass(frozen=True)
class Desk:
    """One person at work on one submission: the instance, who acts, and the unlocked identity root.

    ``progress`` is told (what, bytes done, bytes in all) of work that reads the exhibits.
    """

    instance: Instance
    actor: Actor
    private: PrivateKey
    progress: Progress = _tell_nobody

    def looking(
        self, session: Session, submission: Submission, what: str, sealed_on: str | None = None
    ) -> Looking:
        """Return what gates and payload need beside the records; ``what`` names the step to who waits for it."""
        own = profile(session)
        frame = {
            "organisation": own.organisation,
            "origin": own.origin,
            "sealed_on": sealed_on or self.instance.clock.now().date().isoformat(),
        }
        meter = _Meter(self.progress, what, bytes_of_exhibits(session, submission))
        return Looking(self.instance.vault, self.private, frame, meter.add)

    def submission(self, session: Session, reference: str) -> Submission:
        """Return the submission, if it exists for this person."""
        return find(session, Submission, reference, actor=self.actor)


def check(desk: Desk, reference: str) -> Plan:
    """Ask every gate of a submission."""
    with desk.instance.transaction() as session:
        submission = desk.submission(session, reference)
        return checking.check(
            session, submission, desk.looking(session, submission, SCANNING), actor=desk.actor
        )


def approve(
    desk: Desk,
    reference: str,
    *,
    looked_at: Collection[str],
    note: str | None,
    state: str | None = None,
) -> str:
    """Approve a submission as it stands; returns the digest that was approved.

    ``state`` is (the beginning of) the digest that ``check`` showed to the approver.
    """
    with desk.instance.transaction() as session:
        submission = desk.submission(session, reference)
        seen = looked_at
        if "all" in looked_at:
            plan = checking.check(
                session, submission, desk.looking(session, submission, SCANNING), actor=desk.actor
            )
            seen = {gate.where for gate in plan.gates}
        approval = checking.approve(
            session,
            submission,
            desk.looking(session, submission, SCANNING),
            actor=desk.actor,
            looked_at=seen,
            state=state,
            note=note,
        )
        return approval.digest


def seal(desk: Desk, reference: str, *, unencrypted_reason: str | None) -> Bundle:
    """Seal a submission: compute its payload, fix the manifest in the log, sign a checkpoint."""
    instance = desk.instance
    with instance.transaction() as session:
        submission = desk.submission(session, reference)
        packing = sealing.packing_for(session.get_one(Party, submission.party_id), unencrypted_reason)
        plan = sealing.prepare(
            session, submission, desk.looking(session, submission, SCANNING), actor=desk.actor
        )
    with _computing(instance, submission) as session:
        looking = desk.looking(session, submission, "digesting what will go")
        prepared = sealing.compute(session, submission, plan, looking, actor=desk.actor)
    with instance.transaction() as session:
        submission = desk.submission(session, reference)
        bundle = sealing.seal(session, submission, prepared, packing, actor=desk.actor)
    note = instance.checkpoint()
    with instance.transaction() as session:
        return sealing.remember_checkpoint(
            session, session.get_one(Bundle, bundle.id), note, actor=desk.actor
        )


def _computing(instance: Instance, submission: Submission) -> AbstractContextManager[Session]:
    # Opening identities is an event, so an annex needs a writing session; evidence may take
    # hours to read and must not hold the lock of the log meanwhile.
    is_annex = submission.kind is SubmissionKind.IDENTITY_ANNEX
    return instance.transaction() if is_annex else instance.reading()


def build(desk: Desk, reference: str) -> Written:
    """Write the sealed bundle and its receipt into the instance's ``bundles/``."""
    instance = desk.instance
    with instance.reading() as session:
        submission = desk.submission(session, reference)
        bundle = building.unreleased(session, submission.id)
        if bundle is None:
            raise NotFound(f"{reference} is not sealed.", advice="Seal it first: 'submission seal'.")
        building.permit(session, submission, bundle, actor=desk.actor)
    with _computing(instance, submission) as session:
        written = _write(desk, session, submission, bundle)
    with instance.transaction() as session:
        building.note_written(session, session.get_one(Bundle, bundle.id), written, actor=desk.actor)
    note = instance.checkpoint()
    with instance.reading() as session:
        receipt = building.receipt_file(session, bundle, note)
    _write_receipt(instance.settings.bundles_path, bundle.name, receipt)
    return written


def _write(desk: Desk, session: Session, submission: Submission, bundle: Bundle) -> Written:
    looking = desk.looking(session, submission, "writing the bundle", bundle.sealed_at.date().isoformat())
    files = sealing.payload_files(session, submission, bundle.plan, looking, actor=desk.actor)
    prepared = Prepared(bundle.plan, bundle.plan_digest, files)
    tags = building.tag_files(session, bundle, prepared, desk.instance.signer, looking.frame)
    return writing.write(
        desk.instance.settings.bundles_path,
        bundle.name,
        building.entries(prepared, tags),
        bundle.age_recipients,
    )


def _write_receipt(folder: Path, name: str, receipt: bytes) -> None:
    target = folder / f"{name}.receipt"
    temporary = target.with_name(target.name + ".part")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(receipt)
        out.flush()
        os.fsync(out.fileno())
    temporary.replace(target)
    writing.sync_folder(folder)


def release(desk: Desk, reference: str, *, channel: str) -> Bundle:
    """Let the written bundle go: the file must still be the one that was written."""
    with desk.instance.transaction() as session:
        submission = desk.submission(session, reference)
        bundle = newest(session, submission)
        _check_file(desk.instance, bundle)
        return releasing.release(
            session,
            submission,
            bundle,
            desk.looking(session, submission, SCANNING),
            channel=channel,
            actor=desk.actor,
        )


def newest(session: Session, submission: Submission) -> Bundle:
    """Return the submission's newest bundle that is written or released."""
    rows: list[Bundle] = (
        session.query(Bundle)
        .filter_by(submission_id=submission.id)
        .filter(Bundle.state.in_([BundleState.WRITTEN, BundleState.RELEASED]))
        .order_by(Bundle.sealed_at.desc())
        .limit(1)
        .all()
    )
    if not rows:
        raise NotFound(f"{submission.reference} has no bundle yet.", advice="Seal and build it first.")
    return rows[0]


def bundle_file(instance: Instance, bundle: Bundle) -> Path:
    """Return where a written bundle lies."""
    ending = ".zip.age" if bundle.encrypted_sha256 else ".zip"
    return instance.settings.bundles_path / (bundle.name + ending)


def _check_file(instance: Instance, bundle: Bundle) -> None:
    path = bundle_file(instance, bundle)
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise Refused(f"The bundle file {path.name} cannot be read.", advice="Build it again.") from error
    if digest != (bundle.encrypted_sha256 or bundle.zip_sha256):
        raise DigestMismatch(f"{path.name} is not the file that was written.", advice="Build it again.")


def explain(plan: Plan) -> list[dict[str, Any]]:
    """Return the gates that are not open."""
    return checking.explain(plan)

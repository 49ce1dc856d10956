"""Building: the sealed version becomes the list of files of one ZIP (``writing`` writes it).

The ZIP is a function of the plan and the checkpoint: built twice, it is the same bytes. It
must still have the manifest that was sealed, or nothing is written.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence_tracker.access import notices
from evidence_tracker.access.notices import NoticeKind
from evidence_tracker.access.policy import Permission, now, require
from evidence_tracker.access.records import amend
from evidence_tracker.casework.submissions import payload
from evidence_tracker.casework.submissions.checking import fitting_approval, look, refuse_closed
from evidence_tracker.casework.submissions.models import Bundle, BundleState, Submission
from evidence_tracker.casework.submissions.payload import File
from evidence_tracker.casework.submissions.sealing import Prepared
from evidence_tracker.casework.submissions.writing import Written
from evidence_tracker.custody.checkpoints import LogSigner, latest
from evidence_tracker.custody.events import Actor, CustodyVerb
from evidence_tracker.custody.history import CustodyEvent, events_of, prove
from evidence_tracker.custody.ledger import record
from evidence_tracker.custody.models import CustodyEventRow, LogEpoch
from evidence_tracker.errors import Conflict, DigestMismatch, GateClosed
from evidence_tracker.integrity.archive import Entry
from evidence_tracker.integrity.bagit import BAGIT_TXT, bag_info, manifest_text, payload_oxum
from evidence_tracker.integrity.checkpoint import Checkpoint
from evidence_tracker.integrity.guide import verify_md
from evidence_tracker.vault.keyring import Keyring

SEAL_FIELDS = ("act", "subject", "seq", "prev", "logged_at", "manifest_sha256", "submission_version", "items")
WRITTEN_FIELDS = ("act", "subject", "seq", "prev", "logged_at", "zip_sha256", "encrypted_sha256", "size")
LINK_FIELDS = ("act", "subject", "seq", "prev", "previous_checkpoint", "restored_size")


def permit(session: Session, submission: Submission, bundle: Bundle, *, actor: Actor) -> None:
    """Refuse whoever may not build this bundle, before a byte of it is written.

    The builder may see every item and approved none of it; what was withdrawn or changed since
    the sealing is not even written.
    """
    require(session, actor, Permission.BUILD, submission.compartment_id, level=submission.level)
    plan = look(session, submission, actor=actor)
    refuse_closed(plan)
    if plan.digest != bundle.plan_digest:
        raise GateClosed(
            f"{submission.reference} was changed after {bundle.name} was sealed.",
            advice="Give the bundle up, have the submission approved as it is now, and seal again.",
        )
    fitting_approval(session, submission, plan, actor=actor)


def tag_files(
    session: Session,
    bundle: Bundle,
    prepared: Prepared,
    signer: LogSigner,
    frame: Mapping[str, str],
) -> dict[str, bytes]:
    """Return every file beside ``data/``: bag, manifests, guide, proofs, signed tag manifest."""
    if bundle.checkpoint is None:
        raise GateClosed("The bundle has no checkpoint yet.", advice="Seal it again.")
    if hashlib.sha256(prepared.manifest_sha256).hexdigest() != bundle.manifest_sha256:
        raise DigestMismatch(
            f"The files of {bundle.name} are not the ones that were sealed; nothing was written.",
            advice="If the program was updated since the sealing, give the bundle up and seal again.",
        )
    proofs = _Proofs(session, bundle, signer)
    files = {
        "bagit.txt": BAGIT_TXT,
        "bag-info.txt": bag_info(_bag_info(bundle, prepared, frame)),
        "manifest-sha256.txt": prepared.manifest_sha256,
        "manifest-sha512.txt": prepared.manifest_sha512,
        "VERIFY.md": verify_md(name=bundle.name, origin=proofs.origin),
        **proofs.files(),
    }
    tags = manifest_text({path: hashlib.sha256(data).hexdigest() for path, data in files.items()})
    files["tagmanifest-sha256.txt"] = tags
    files["tagmanifest.note"] = signer.signer(proofs.origin).sign(tags.decode("ascii"))
    return files


def _bag_info(bundle: Bundle, prepared: Prepared, frame: Mapping[str, str]) -> list[tuple[str, str]]:
    return [
        ("Source-Organization", frame["organisation"]),
        ("External-Identifier", bundle.name),
        ("Internal-Sender-Identifier", bundle.name),
        ("Bagging-Date", bundle.sealed_at.date().isoformat()),
        ("Payload-Oxum", payload_oxum(file.size for file in prepared.files.values())),
    ]


class _Proofs:
    """Every proof of one bundle, made against its checkpoint or against that of an older epoch."""

    def __init__(self, session: Session, bundle: Bundle, signer: LogSigner) -> None:
        self._session = session
        self._bundle = bundle
        self._signer = signer
        self._note = bundle.checkpoint or b""
        lines = self._note.decode("utf-8").split("\n")
        self.origin = lines[0]
        self._size = int(lines[1])
        self._epoch = int(self.origin.rsplit("/", 1)[1])

    def files(self) -> dict[str, bytes]:
        files = {
            "proof/checkpoint": self._note,
            "proof/log.vkey": (self._signer.signer(self.origin).vkey + "\n").encode(),
            "proof/seal.tlog-proof": self._prove(self._sealing(), SEAL_FIELDS),
        }
        oldest = self._epoch
        for n, (_item, sent) in enumerate(payload.transmissions(self._items()), start=1):
            files[f"proof/events/{n}.tlog-proof"] = self._prove(sent.event, sent.opened)
            oldest = min(oldest, sent.event.epoch)
        for epoch in range(oldest, self._epoch):
            files |= self._link(epoch)
        return files

    def _items(self) -> list[payload.Item]:
        return payload.load_items(self._session, self._bundle.plan)

    def _sealing(self) -> CustodyEvent:
        keyring: Keyring = self._session.info["keyring"]
        for event in events_of(self._session, keyring, self._bundle.submission_id):
            if event.values["act"] == CustodyVerb.BUNDLE_SEALED and event.values["bundle"] == str(
                self._bundle.id
            ):
                return event
        raise DigestMismatch(f"The log holds no sealing of {self._bundle.name}.")

    def _prove(self, event: CustodyEvent, opened: Any) -> bytes:
        note, size = self._state(event.epoch)
        return prove(self._session, event, opened, note=note, size=size).encode()

    def _state(self, epoch: int) -> tuple[bytes, int]:
        """Return the checkpoint that events of an epoch are proved against, and its size."""
        if epoch == self._epoch:
            return self._note, self._size
        committed = self._committed(epoch)
        size = self._signer.open(committed).size
        restored = self._opening(epoch + 1).values["restored_size"]
        if restored >= size:
            return committed, size
        # Events were lost: what was signed last can no longer be proved into (decision 2).
        kept = latest(self._session, epoch, at_most=restored)
        return kept.note, kept.size

    def _committed(self, epoch: int) -> bytes:
        note: str = self._opening(epoch + 1).values["previous_checkpoint"]
        return note.encode("utf-8")

    def _opening(self, epoch: int) -> CustodyEvent:
        keyring: Keyring = self._session.info["keyring"]
        first = self._session.get_one(CustodyEventRow, (epoch, 0))
        return next(
            event
            for event in events_of(self._session, keyring, first.subject)
            if (event.epoch, event.index) == (epoch, 0)
        )

    def _link(self, epoch: int) -> dict[str, bytes]:
        head = self._session.get_one(LogEpoch, epoch)
        folder = f"proof/epochs/{epoch}"
        committed = self._committed(epoch)
        files = {
            f"{folder}/checkpoint": committed,
            f"{folder}/log.vkey": (self._signer.signer(head.origin).vkey + "\n").encode(),
            f"{folder}/link.tlog-proof": self._prove(self._opening(epoch + 1), LINK_FIELDS),
        }
        note, _ = self._state(epoch)
        if note != committed:
            files[f"{folder}/kept-checkpoint"] = note
        return files


def entries(prepared: Prepared, tags: Mapping[str, bytes]) -> list[Entry]:
    """Return every file of the ZIP."""
    files = {**prepared.files, **{path: File.of(data) for path, data in tags.items()}}
    return [Entry(path, file.size, file.crc32, file.chunks) for path, file in files.items()]


def note_written(session: Session, bundle: Bundle, written: Written, *, actor: Actor) -> Bundle:
    """Append ``bundle_written``: from now on the bytes are known, and only now may they leave."""
    require(session, actor, Permission.BUILD, bundle.compartment_id, level=bundle.level)
    if bundle.state not in {BundleState.SEALED, BundleState.WRITTEN}:
        raise Conflict(
            f"The bundle {bundle.name} was {bundle.state} while it was being written.",
            advice="Look at the submission: 'submission show'.",
        )
    record(
        session,
        CustodyVerb.BUNDLE_WRITTEN,
        bundle.submission_id,
        compartment_id=bundle.compartment_id,
        actor=actor,
        facts={
            "bundle": str(bundle.id),
            "zip_sha256": written.zip_sha256,
            "encrypted_sha256": written.encrypted_sha256,
            "size": written.size,
        },
    )
    submission = session.get_one(Submission, bundle.submission_id)
    # The builder too: a bundle is written for hours, beside the page that asked for it.
    waiting = {submission.owner_id, bundle.recorded_by, actor.account_id}
    notices.tell(session, waiting, NoticeKind.BUNDLE_WRITTEN, submission)
    return amend(
        session,
        bundle,
        {
            "state": BundleState.WRITTEN,
            "zip_sha256": written.zip_sha256,
            "encrypted_sha256": written.encrypted_sha256,
            "size_bytes": written.size,
            "written_at": now(session),
        },
        actor=actor,
        permission=Permission.BUILD,
    )


def receipt_file(session: Session, bundle: Bundle, note: bytes) -> bytes:
    """Return ``NAME.receipt``: the proof of the writing, against a checkpoint signed after it."""
    keyring: Keyring = session.info["keyring"]
    events = [
        event
        for event in events_of(session, keyring, bundle.submission_id)
        if event.values["act"] == CustodyVerb.BUNDLE_WRITTEN and event.values["bundle"] == str(bundle.id)
    ]
    checkpoint = Checkpoint.parse(note.decode("utf-8").split("\n\n", 1)[0] + "\n")
    return prove(session, events[-1], WRITTEN_FIELDS, note=note, size=checkpoint.size).encode()


def unreleased(session: Session, submission_id: Any) -> Bundle | None:
    """Return the submission's bundle that is sealed or written, if there is one."""
    return session.scalars(
        select(Bundle).where(
            Bundle.submission_id == submission_id, Bundle.state.in_([BundleState.SEALED, BundleState.WRITTEN])
        )
    ).first()

"""Building: the sealed version becomes one ZIP, encrypted on its way, never in clear on disk.

The ZIP is a function of the plan and the checkpoint: built twice, it is the same bytes. It
must still have the manifest that was sealed, or nothing is written.
"""

import hashlib
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import pyrage
from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence_tracker.access.policy import Permission, now, require
from evidence_tracker.access.records import amend
from evidence_tracker.casework.submissions import payload
from evidence_tracker.casework.submissions.models import Bundle, BundleState
from evidence_tracker.casework.submissions.payload import File
from evidence_tracker.casework.submissions.sealing import Prepared
from evidence_tracker.custody.checkpoints import LogSigner, latest
from evidence_tracker.custody.events import Actor, CustodyVerb
from evidence_tracker.custody.history import CustodyEvent, events_of, prove
from evidence_tracker.custody.ledger import record
from evidence_tracker.custody.models import CustodyEventRow, LogEpoch
from evidence_tracker.errors import DigestMismatch, GateClosed, InvalidInput
from evidence_tracker.integrity.archive import Entry, write_archive
from evidence_tracker.integrity.bagit import BAGIT_TXT, bag_info, manifest_text, payload_oxum
from evidence_tracker.integrity.checkpoint import Checkpoint
from evidence_tracker.integrity.guide import verify_md
from evidence_tracker.vault.keyring import Keyring

SEAL_FIELDS = ("act", "subject", "seq", "prev", "logged_at", "manifest_sha256", "submission_version", "items")
WRITTEN_FIELDS = ("act", "subject", "seq", "prev", "logged_at", "zip_sha256", "encrypted_sha256", "size")
LINK_FIELDS = ("act", "subject", "seq", "prev", "previous_checkpoint", "restored_size")
PIPE_STEP = 1 << 20


@dataclass(frozen=True)
class Written:
    """What was written: digests in hex, size of the ZIP in bytes, where the file is."""

    zip_sha256: str
    encrypted_sha256: str
    size: int
    path: Path


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


def write(folder: Path, name: str, files: Sequence[Entry], age_recipients: Sequence[str]) -> Written:
    """Stream the ZIP into ``folder``, encrypted to ``age_recipients`` unless there are none.

    The file appears under its name when it is whole and synced, or not at all. Writing it
    again replaces it: the ZIP inside is the same bytes.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    target = folder / (f"{name}.zip.age" if age_recipients else f"{name}.zip")
    temporary = target.with_name(target.name + ".part")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        digested = _Digested(out)
        if age_recipients:
            zip_sha256, size = _encrypted(files, age_recipients, digested)
        else:
            written = write_archive(files, digested.write)
            zip_sha256, size = written.sha256, written.size
        out.flush()
        os.fsync(out.fileno())
    temporary.replace(target)
    sync_folder(folder)
    return Written(zip_sha256, digested.sha256.hexdigest() if age_recipients else "", size, target)


class _Digested:
    """A sink that digests what passes."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self.sha256 = hashlib.sha256()

    def write(self, data: bytes) -> int:
        self.sha256.update(data)
        return self._out.write(data)

    def flush(self) -> None:
        self._out.flush()


def _encrypted(files: Sequence[Entry], age_recipients: Sequence[str], sink: _Digested) -> tuple[str, int]:
    try:
        keys = [pyrage.x25519.Recipient.from_str(text) for text in age_recipients]
    except pyrage.RecipientError as error:
        raise InvalidInput(f"An age key of the recipient is not valid: {error}.") from error
    reading, writing = os.pipe()
    outcome: list[Any] = []
    thread = threading.Thread(target=_feed, args=(files, writing, outcome), name="bundle-zip")
    thread.start()
    try:
        with os.fdopen(reading, "rb", buffering=PIPE_STEP) as source:
            pyrage.encrypt_io(source, sink, keys)
    finally:
        thread.join()
    if isinstance(outcome[0], BaseException):
        raise outcome[0]
    return outcome[0].sha256, outcome[0].size


def _feed(files: Sequence[Entry], writing: int, outcome: list[Any]) -> None:
    try:
        with os.fdopen(writing, "wb", buffering=PIPE_STEP) as out:
            outcome.append(write_archive(files, out.write))
    except BaseException as error:  # noqa: BLE001 - handed to the thread that waits, which raises it
        outcome.append(error)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def note_written(session: Session, bundle: Bundle, written: Written, *, actor: Actor) -> Bundle:
    """Append ``bundle_written``: from now on the bytes are known, and only now may they leave."""
    require(session, actor, Permission.BUILD, bundle.compartment_id, level=bundle.level)
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


Progress = Callable[[int], None]

"""Sealing: the payload is computed, and one transaction fixes its manifest in the log."""

import hashlib
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from evidence_tracker.access.policy import Permission, now, require
from evidence_tracker.access.records import Governance, amend, create, profile
from evidence_tracker.casework.parties.models import Party
from evidence_tracker.casework.persons.codes import CROCKFORD
from evidence_tracker.casework.submissions import annex, payload
from evidence_tracker.casework.submissions.checking import (
    Looking,
    check,
    fitting_approval,
    look,
    refuse_closed,
)
from evidence_tracker.casework.submissions.models import Bundle, BundleState, Submission, SubmissionKind
from evidence_tracker.casework.submissions.payload import File
from evidence_tracker.casework.submissions.plan import Plan
from evidence_tracker.casework.submissions.preparation import refuse_fixed
from evidence_tracker.custody.events import Actor, CustodyVerb
from evidence_tracker.custody.ledger import record
from evidence_tracker.custody.vault import Vault
from evidence_tracker.errors import Conflict, DigestMismatch, GateClosed, IntegrityFailure, InvalidInput
from evidence_tracker.integrity.bagit import manifest_text
from evidence_tracker.integrity.beside import Beside
from evidence_tracker.vault.models import Blob

NAME_LETTERS = 8


@dataclass(frozen=True)
class Packing:
    """How the bundle is to leave: to age keys, or in clear for a stated reason."""

    age_recipients: tuple[str, ...] = ()
    unencrypted_reason: str | None = None

    def __post_init__(self) -> None:
        """Refuse neither and both."""
        if bool(self.age_recipients) == bool(self.unencrypted_reason):
            raise InvalidInput(
                "A bundle is encrypted to the recipient's age keys, or it needs --unencrypted with a reason.",
                advice="Record the recipient's age key on the party, or say why this bundle may go in clear.",
            )


def packing_for(party: Party, unencrypted_reason: str | None) -> Packing:
    """Return how a bundle for this recipient is packed."""
    if unencrypted_reason is not None:
        if not unencrypted_reason.strip():
            raise InvalidInput("A bundle in clear needs its reason.")
        return Packing(unencrypted_reason=unencrypted_reason.strip())
    return Packing(age_recipients=tuple(party.age_recipients))


@dataclass(frozen=True)
class Prepared:
    """A payload computed outside the sealing transaction: the plan and every file of it."""

    plan: dict[str, Any]
    digest: str
    files: dict[str, File]

    @property
    def manifest_sha256(self) -> bytes:
        """Return ``manifest-sha256.txt``."""
        return manifest_text({path: file.sha256 for path, file in self.files.items()})

    @property
    def manifest_sha512(self) -> bytes:
        """Return ``manifest-sha512.txt``."""
        return manifest_text({path: file.sha512 for path, file in self.files.items()})


def new_name(session: Session) -> str:
    """Return a random bundle name: it tells the recipient nothing of others."""
    letters = "".join(secrets.choice(CROCKFORD) for _ in range(NAME_LETTERS))
    return f"{profile(session).prefix}-B-{letters}"


def prepare(session: Session, submission: Submission, looking: Looking, *, actor: Actor) -> Plan:
    """Ask every gate and the approval; returns the plan that may be sealed (first transaction)."""
    require(session, actor, Permission.BUILD, submission.compartment_id, level=submission.level)
    refuse_fixed(session, submission)
    plan = check(session, submission, looking, actor=actor)
    refuse_closed(plan)
    fitting_approval(session, submission, plan, actor=actor)
    return plan


def compute(
    session: Session, submission: Submission, plan: Plan, looking: Looking, *, actor: Actor
) -> Prepared:
    """Read and digest every byte that will go (no transaction is open; this may take long)."""
    document = dict(plan.document)
    files = payload_files(session, submission, document, looking, actor=actor)
    sha512 = {path: file.sha512 for path, file in files.items()}
    document["items"] = [
        {**item, "sha512": sha512[f"data/exhibits/{item['number']}/{item['file']}"]}
        if item["kind"] == "exhibit"
        else item
        for item in document["items"]
    ]
    return Prepared(document, plan.digest, files)


def payload_files(
    session: Session, submission: Submission, document: Mapping[str, Any], looking: Looking, *, actor: Actor
) -> dict[str, File]:
    """Return every file below ``data/``: the small ones made, the exhibits streamed from the vault."""
    if submission.kind is SubmissionKind.IDENTITY_ANNEX:
        made = annex.files(session, document, looking.private, looking.frame, actor=actor)
        return {path: File.of(data) for path, data in made.items()}
    items = payload.load_items(session, document)
    files = {
        path: File.of(data) for path, data in payload.small_files(document, items, looking.frame).items()
    }
    for item in document["items"]:
        if item["kind"] == "exhibit":
            path = f"data/exhibits/{item['number']}/{item['file']}"
            files[path] = exhibit_file(session, looking.vault, item, looking.tell)
    return files


def exhibit_file(
    session: Session, vault: Vault, item: Mapping[str, Any], tell: Callable[[int], None]
) -> File:
    """Return an exhibit's file; its digests are computed now unless the plan has them already."""
    blob = session.get_one(Blob, UUID(item["blob"]))
    if (blob.sha256, blob.size) != (item["sha256"], item["size"]):
        raise DigestMismatch(f"{item['number']} is not the file that was planned.")
    chunks = partial(_bytes_of, session, vault, blob, item["number"], tell)
    return File(blob.size, blob.crc32, blob.sha256, item.get("sha512") or _sha512(chunks()), chunks)


def _bytes_of(
    session: Session, vault: Vault, blob: Blob, number: str, tell: Callable[[int], None]
) -> Iterator[bytes]:
    """Yield an exhibit's bytes; what is wrong with them is said with its number in this submission."""
    try:
        for chunk in vault.chunks(session, blob):
            yield chunk
            tell(len(chunk))
    except IntegrityFailure as error:
        raise type(error)(f"{number} cannot go into the bundle. {error}", advice=error.advice) from error


def _sha512(chunks: Iterable[bytes]) -> str:
    # The cipher proves that these are the bytes that were received, so that SHA-256 and CRC-32 are
    # still those of the receipt; SHA-512 alone is new.
    digest = hashlib.sha512()
    with Beside(digest.update) as hashing:
        for chunk in chunks:
            hashing.put(chunk)
        hashing.finish()
    return digest.hexdigest()


def seal(
    session: Session, submission: Submission, prepared: Prepared, packing: Packing, *, actor: Actor
) -> Bundle:
    """Fix the manifest in the log (one transaction); refuses if anything changed meanwhile."""
    require(session, actor, Permission.BUILD, submission.compartment_id, level=submission.level)
    refuse_fixed(session, submission)
    plan = look(session, submission, actor=actor)
    refuse_closed(plan)
    if plan.digest != prepared.digest or _counts(plan.document) != _counts(prepared.plan):
        raise Conflict(
            f"{submission.reference} or something in it was changed while it was being sealed.",
            advice="Look at the change, have it approved and seal again.",
        )
    approval = fitting_approval(session, submission, plan, actor=actor)
    document = _with_consents_of(plan, prepared.plan)
    manifest_sha256 = hashlib.sha256(prepared.manifest_sha256).hexdigest()
    bundle = create(
        session,
        Bundle,
        compartment_id=submission.compartment_id,
        governance=Governance.of(submission),
        actor=actor,
        permission=Permission.BUILD,
        submission_id=submission.id,
        approval_id=approval.id,
        state=BundleState.SEALED,
        name=new_name(session),
        plan=document,
        plan_digest=prepared.digest,
        submission_version=submission.version,
        sealed_at=now(session),
        manifest_sha256=manifest_sha256,
        checkpoint=None,
        age_recipients=list(packing.age_recipients),
        unencrypted_reason=packing.unencrypted_reason,
        zip_sha256=None,
        encrypted_sha256=None,
        size_bytes=None,
        written_at=None,
        released_at=None,
        ended_reason=None,
    )
    record(
        session,
        CustodyVerb.BUNDLE_SEALED,
        submission.id,
        compartment_id=submission.compartment_id,
        actor=actor,
        facts={
            "bundle": str(bundle.id),
            "manifest_sha256": manifest_sha256,
            "submission_version": submission.version,
            "items": _counts(document),
            "approvals": [{"approval": str(approval.id), "approver": str(approval.approver_id)}],
            "coverage": _coverage(document),
        },
    )
    return bundle


def _with_consents_of(plan: Plan, document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the computed plan with the consents that it rests on now, which no digest covers."""
    now_on = {item["number"]: item["consents"] for item in plan.document["items"]}
    items = [{**item, "consents": now_on[item["number"]]} for item in document["items"]]
    return {**document, "items": items}


def _counts(document: Mapping[str, Any]) -> dict[str, int]:
    return {item["number"]: item["events"] for item in document["items"] if item["kind"] != "person"}


def _coverage(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {"number": item["number"], "level": item["level"], "consents": item["consents"]}
        for item in document["items"]
    ]


def remember_checkpoint(session: Session, bundle: Bundle, note: bytes, *, actor: Actor) -> Bundle:
    """Keep the signed checkpoint that the bundle's proofs are made against."""
    return amend(session, bundle, {"checkpoint": note}, actor=actor, permission=Permission.BUILD)


def abandon(session: Session, bundle: Bundle, *, reason: str, actor: Actor) -> Bundle:
    """Give up a bundle that was not released; its seal stays in the log."""
    if bundle.state not in {BundleState.SEALED, BundleState.WRITTEN}:
        raise GateClosed(f"The bundle {bundle.name} is {bundle.state}; it cannot be given up.")
    if not reason.strip():
        raise InvalidInput("Giving up a bundle needs a reason.")
    return amend(
        session,
        bundle,
        {"state": BundleState.ABANDONED, "ended_reason": reason},
        actor=actor,
        permission=Permission.BUILD,
        verb=CustodyVerb.STATE_CHANGED,
    )
